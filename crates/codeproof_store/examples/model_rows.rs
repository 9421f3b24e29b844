//! Measures the storing of what models say: `model_rows URL [RESULTS] [COMMITTERS] [RATE]` lets that many tasks commit
//! results (a call with its answer and its texts, and the status of its chunk), as many as they can or RATE a second, and
//! says how many commits a second there were, how long one waited, and what each took of the processor. The database may
//! be new; it keeps the rows.

use std::error::Error;
use std::time::{Duration, Instant};

use codeproof_store::{
    Answer, AnswerKey, CallRow, ChunkId, ChunkRecord, ChunkStatus, ExchangeText, ModelRecord, ModelWriter, NewScan,
    Purpose, Store, StoreOptions,
};
use codeproof_types::{ContentHash, RepoPath, ScanId};

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("usage: model_rows URL [RESULTS] [COMMITTERS] [RATE]")?;
    let results: u32 = arguments.next().map_or(Ok(15_000), |results| results.parse())?;
    let committers: u32 = arguments.next().map_or(Ok(24), |committers| committers.parse())?;
    let rate: Option<f64> = arguments.next().map(|rate| rate.parse()).transpose()?;
    let store = Store::open(&url, StoreOptions::default()).await?;
    println!("{}, {results} results, {committers} at once", store.describe().await?);
    let scan = store.begin_scan(scan()).await?;
    let chunks = (0..results).map(chunk).collect::<Vec<_>>();
    let started = Instant::now();
    let chunks = store.put_chunks(scan, &chunks).await?;
    println!("chunks       {:>9.0} rows/s", f64::from(results) / started.elapsed().as_secs_f64());
    measure(&store, scan, &chunks, committers, rate).await?;
    store.close().await?;
    Ok(())
}

async fn measure(
    store: &Store,
    scan: ScanId,
    chunks: &[ChunkId],
    committers: u32,
    rate: Option<f64>,
) -> Result<(), Box<dyn Error>> {
    let (started, cpu) = (Instant::now(), cpu_seconds()?);
    let writer = store.model_writer(scan);
    let tasks = (0..committers).map(|committer| {
        let of_this = chunks.iter().skip(committer as usize).step_by(committers as usize).copied();
        let pause = rate.map(|rate| Duration::from_secs_f64(f64::from(committers) / rate));
        tokio::spawn(commit_all(writer.clone(), of_this.collect(), pause))
    });
    let mut waits = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        waits.extend(task.await?.map_err(|error| error.to_string())?);
    }
    writer.close().await?;
    let (seconds, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds()? - cpu);
    waits.sort();
    let at = |percent: usize| waits[(waits.len() - 1) * percent / 100];
    let count = waits.len() as f64;
    println!("results      {:>9.0} /s, {seconds:.2} s wall", count / seconds);
    println!("one commit   {:?} median, {:?} at 99 %, {:?} longest", at(50), at(99), at(100));
    println!("processor    {:.1} µs each, {:.2} % of one core", cpu / count * 1e6, cpu / seconds * 100.0);
    Ok(())
}

/// Commits a result for each chunk; returns how long each took.
async fn commit_all(
    writer: ModelWriter,
    chunks: Vec<ChunkId>,
    pause: Option<Duration>,
) -> Result<Vec<Duration>, codeproof_store::Error> {
    let mut timer = pause.map(tokio::time::interval);
    let mut waits = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        if let Some(timer) = &mut timer {
            timer.tick().await;
        }
        let records = result(chunk);
        let asked = Instant::now();
        writer.commit(records).await?;
        waits.push(asked.elapsed());
    }
    Ok(waits)
}

/// Processor time of this process so far: fields 14 and 15 of `/proc/self/stat`, in ticks of 1/100 s.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(") ").ok_or("no such field")?;
    let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(ticks as f64 / 100.0)
}

fn scan() -> NewScan {
    let text = String::new;
    NewScan {
        target: text(),
        commit: None,
        root: text(),
        version: text(),
        settings: serde_json::Value::Null,
        started_at_ms: 0,
        profile: Some("deep".to_owned()),
    }
}

fn chunk(number: u32) -> ChunkRecord {
    ChunkRecord {
        path: RepoPath::new(format!("src/shop/models/file_{}.py", number / 8)).expect("a plain path"),
        content_hash: ContentHash::of(b"file"),
        chunk_hash: ContentHash::of(&number.to_le_bytes()),
        first_line: number % 8 * 60 + 1,
        last_line: number % 8 * 60 + 60,
        symbol: Some(format!("shop.models.Order.update_{number}")),
        tokens: 700,
        needs_model: true,
        reason: "calls eval".to_owned(),
    }
}

/// What comes of one prompt: some 3 KB of code, an answer of some hundred bytes.
fn result(chunk: ChunkId) -> Vec<ModelRecord> {
    let number = chunk.0;
    let line =
        |line: i64| format!("{line}| result[{number}] = order.update(customer_{line}, amount={})\n", number * line);
    let exchange = ExchangeText {
        system: "You look for weaknesses in code. ".repeat(60).into(),
        prompt: (1..=60).map(line).collect(),
        answer: format!("*DRAFT: Evaluation of input\n*LINE: {number}\n*SNIPPET: eval(x)\n*END_DRAFT\n"),
    };
    let key = AnswerKey(*ContentHash::of(&number.to_le_bytes()).as_bytes());
    let value = format!("{{\"drafts\": [{{\"line\": {number}, \"title\": \"Evaluation of input\"}}]}}").into_bytes();
    let answer = Answer { key, analyzer: "careful".to_owned(), value };
    let call = Box::new(call(chunk));
    vec![
        ModelRecord::Call { call, answer: Some(answer), exchange: Some(exchange) },
        ModelRecord::Chunk { chunk, status: ChunkStatus::Done, why: None },
    ]
}

fn call(chunk: ChunkId) -> CallRow {
    CallRow {
        chunk: Some(chunk),
        fingerprint: None,
        at_ms: 1_760_000_000_000,
        model: "qwen".to_owned(),
        role: "analyzer".to_owned(),
        purpose: Purpose::Draft,
        prompt_hash: ContentHash::of(&chunk.0.to_le_bytes()),
        input_tokens: 1200,
        cached_input_tokens: 300,
        cache_write_tokens: 0,
        output_tokens: 80,
        reasoning_tokens: 0,
        estimated: false,
        cost_nano_usd: Some(1_000),
        price_version: Some("2026-11".to_owned()),
        latency_ms: 250,
        attempts: 1,
        batch_size: 8,
        outcome: CallRow::ANSWERED.to_owned(),
        error: None,
        parse_status: Some("ok".to_owned()),
    }
}
