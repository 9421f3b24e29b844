//! Measures a pool against a server on this machine: `bench_pool URL CHUNKS MODELS CONCURRENCY LATENCY_MS [BATCH]`.
//!
//! Prints one line of JSON: wall time, the ideal for that latency, their ratio, CPU time and memory of this process,
//! the most requests that were in flight. All prompts are asked at once, as a scan's bounded queue would not: memory is
//! the worst case.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use codeproof_llm::{
    Budget, BudgetLimits, ModelConfig, ModelPool, OnExceed, PoolOptions, Provider, Request, Role, Spending,
};

struct Job {
    url: String,
    chunks: usize,
    models: usize,
    concurrency: u32,
    latency_ms: f64,
    batch: u32,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = |at: usize| arguments.get(at).context("URL CHUNKS MODELS CONCURRENCY LATENCY_MS [BATCH]");
    let job = Job {
        url: text(0)?.clone(),
        chunks: text(1)?.parse()?,
        models: text(2)?.parse()?,
        concurrency: text(3)?.parse()?,
        latency_ms: text(4)?.parse()?,
        batch: text(5).map_or(Ok(1), |text| text.parse())?,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(measure(job))
}

async fn measure(job: Job) -> anyhow::Result<()> {
    let limits = BudgetLimits { max_cost_nano_usd: None, max_tokens: None, on_exceed: OnExceed::Warn };
    let options = PoolOptions::new(Budget::new(limits, Spending::default()), Arc::new(|| 0));
    let pool = Arc::new(ModelPool::open((0..job.models).map(|at| model(&job, at)).collect(), options, &|_| None)?);
    let started = Instant::now();
    let asks: Vec<_> = (0..job.models * job.chunks)
        .map(|at| {
            let (pool, chunk) = (Arc::clone(&pool), at / job.models);
            let name = format!("good{}", at % job.models);
            tokio::spawn(async move { pool.ask(&name, request(chunk)).await.map(|reply| reply.text.len()) })
        })
        .collect();
    let mut failed = 0;
    for ask in asks {
        failed += usize::from(ask.await?.is_err());
    }
    report(&job, &pool, started.elapsed(), failed)
}

fn model(job: &Job, at: usize) -> ModelConfig {
    let provider = if job.batch > 1 { Provider::Vllm } else { Provider::OpenAi };
    let mut model = ModelConfig::new(format!("good{at}"), provider);
    model.base_url = Some(job.url.clone());
    model.max_concurrent = job.concurrency;
    model.max_tokens = 2_000;
    model.batch_size = (job.batch > 1).then_some(job.batch);
    model
}

/// A numbered chunk of 60 lines with one thing to find.
fn request(chunk: usize) -> Request {
    let line = |number: usize| match number == 7 + chunk % 40 {
        true => format!("{number}| strcpy(b, s); // {chunk}\n"),
        false => format!("{number}| int v{number} = {chunk} * {number};\n"),
    };
    let code: String = (1..=60).map(line).collect();
    let prompt = format!("FILE: src/f{chunk}.c\n```c\n{code}```");
    Request::new(Role::Analyzer, "Find vulnerabilities. *DRAFT *END_DRAFT", prompt)
}

fn report(job: &Job, pool: &ModelPool, wall: Duration, failed: usize) -> anyhow::Result<()> {
    let requests = job.chunks.div_ceil(job.batch as usize);
    let ideal_s = requests.div_ceil(job.concurrency as usize) as f64 * job.latency_ms / 1e3;
    let wall_s = wall.as_secs_f64();
    let cpu_s = cpu_seconds()?;
    let peak = pool.status().iter().map(|status| status.in_flight_peak).max();
    let line = serde_json::json!({
        "wall_s": wall_s,
        "ideal_s": ideal_s,
        "ratio": wall_s / ideal_s,
        "cpu_s": cpu_s,
        "cpu_ms_per_request": cpu_s * 1e3 / (requests * job.models) as f64,
        "rss_peak_mib": rss_peak_mib()?,
        "in_flight_peak": peak,
        "failed": failed,
    });
    println!("{line}");
    Ok(())
}

/// User and system time; the kernel counts in hundredths of a second.
fn cpu_seconds() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, after) = stat.rsplit_once(')').context("a name in brackets")?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| -> anyhow::Result<f64> { Ok(fields.get(at).context("a field")?.parse()?) };
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}

fn rss_peak_mib() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? / 1_024)
}
