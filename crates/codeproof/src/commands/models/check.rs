//! `codeproof models check`: asks each model a small question for each of its roles.
//!
//! Models are asked at the same time, each in a pool of its own: one that fails says so and keeps nobody else.

use std::sync::Arc;
use std::time::Duration;

use codeproof_llm::{
    Budget, BudgetLimits, ModelConfig, ModelPool, PoolOptions, PriceTable, Provider, Reply, Request, RetryPolicy, Role,
    SchemaField, Spending,
};
use serde::Serialize;

use super::questions::{self, Question};
use super::{Block, look_up, named, no_models, price_table, print};
use crate::cli::CheckArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::settings::{self, UserSettings};

/// Seconds for one attempt: a person waits.
const TIMEOUT_SECONDS: u64 = 120;
/// The wait before the one retry: a busy server is not a broken one.
const RETRY_DELAY: Duration = Duration::from_secs(2);
/// Longest wait a server may ask for.
const SERVER_DELAY_MAX: Duration = Duration::from_secs(10);

/// What was found about one model.
#[derive(Debug, Serialize)]
struct Checked {
    name: String,
    model: String,
    ok: bool,
    roles: Vec<Asked>,
    /// Whether a list of prompts was answered; absent where the provider knows no lists.
    lists: Option<Said>,
    /// Whether an answer kept to a schema; absent where none is sent.
    schema: Option<Said>,
    /// What keeps it from being asked at all.
    error: Option<String>,
}

/// What was found, in words.
#[derive(Debug, Serialize)]
struct Said {
    ok: bool,
    text: String,
}

impl From<Result<String, String>> for Said {
    fn from(result: Result<String, String>) -> Self {
        let ok = result.is_ok();
        Self { ok, text: result.unwrap_or_else(|problem| problem) }
    }
}

/// One question and its answer.
#[derive(Debug, Serialize)]
struct Asked {
    role: Role,
    /// What could be read, or what went wrong and what to try.
    answer: Said,
    latency_ms: Option<u64>,
    input_tokens: Option<u64>,
    output_tokens: Option<u64>,
    /// Whether the server counted the tokens.
    usage_reported: Option<bool>,
    cost_usd: Option<f64>,
}

/// Asks the models and prints what they said.
pub(super) fn run(arguments: &CheckArguments) -> Result<Exit, Failure> {
    let user = settings::load_user(arguments.list.config.as_deref())?;
    let prices = price_table(&user)?;
    let models = chosen(&user, &arguments.names)?;
    let runtime = super::super::runtime()?;
    let checked = runtime.block_on(async {
        let tasks: Vec<_> = models
            .into_iter()
            .map(|config| tokio::spawn(check(config, Arc::clone(&prices), user.llm.proxy.clone())))
            .collect();
        let mut checked = Vec::new();
        for task in tasks {
            checked.extend(task.await.ok());
        }
        checked
    });
    let json = serde_json::to_value(&checked).unwrap_or_default();
    let blocks: Vec<Block> = checked.iter().map(as_block).collect();
    print(arguments.list.format, &json, &blocks, no_models(&user).filter(|_| checked.is_empty()).unwrap_or_default())?;
    Ok(if checked.iter().all(|checked| checked.ok) { Exit::Success } else { Exit::Failed })
}

fn chosen(user: &UserSettings, names: &[String]) -> Result<Vec<ModelConfig>, Failure> {
    match names.is_empty() {
        true => Ok(user.models.values().map(|model| model.config.clone()).collect()),
        false => names.iter().map(|name| named(user, name).cloned()).collect(),
    }
}

async fn check(mut config: ModelConfig, prices: Arc<PriceTable>, proxy: Option<String>) -> Checked {
    config.timeout_seconds = config.timeout_seconds.min(TIMEOUT_SECONDS);
    let mut checked = Checked {
        name: config.name.clone(),
        model: config.served_name().to_owned(),
        ok: false,
        roles: Vec::new(),
        lists: None,
        schema: None,
        error: None,
    };
    let pool = match ModelPool::open(vec![config.clone()], options(prices, proxy), &look_up) {
        Ok(pool) => pool,
        Err(error) => {
            checked.error = Some(error.to_string());
            return checked;
        }
    };
    for role in &config.roles {
        if let Some(question) = questions::of_role(*role, &config) {
            checked.roles.push(ask(&pool, &config.name, *role, &question).await);
        }
    }
    let answers = checked.roles.iter().any(|asked| asked.answer.ok);
    if answers && config.provider == Provider::Vllm {
        checked.lists = Some(lists(&pool, &config.name).await.into());
    }
    if answers && config.schema_field != SchemaField::None && config.provider != Provider::Scripted {
        checked.schema = Some(schema(&pool, &config.name).await.into());
    }
    if checked.roles.is_empty() {
        checked.error = Some("it has no role that can be asked; write roles = [\"analyzer\", \"verifier\"]".to_owned());
    }
    checked.ok = checked.error.is_none() && checked.roles.iter().all(|asked| asked.answer.ok);
    checked
}

fn options(prices: Arc<PriceTable>, proxy: Option<String>) -> PoolOptions {
    let limits = BudgetLimits { max_cost_nano_usd: None, ..BudgetLimits::default() };
    let clock = Arc::new(|| u64::try_from(crate::commands::now_ms()).unwrap_or_default());
    let retry = RetryPolicy { delays: vec![RETRY_DELAY], server_delay_max: SERVER_DELAY_MAX };
    PoolOptions { retry, prices, proxy, ..PoolOptions::new(Budget::new(limits, Spending::default()), clock) }
}

async fn ask(pool: &ModelPool, model: &str, role: Role, question: &Question) -> Asked {
    let reply = pool.ask(model, Request { role, ..question.request.clone() }).await;
    let record = reply.as_ref().ok().map(|reply: &Reply| &reply.record);
    Asked {
        role,
        latency_ms: record.map(|record| record.latency_ms),
        input_tokens: record.map(|record| record.usage.input_tokens),
        output_tokens: record.map(|record| record.usage.output_tokens),
        usage_reported: record.map(|record| !record.usage.estimated),
        cost_usd: record.and_then(|record| record.cost_nano_usd).map(|nano| nano as f64 / 1e9),
        answer: reply.as_ref().map_err(ToString::to_string).and_then(|reply| question.read(reply)).into(),
    }
}

/// Sends two prompts at once; the pool makes a list of them and goes single when that fails.
async fn lists(pool: &ModelPool, model: &str) -> Result<String, String> {
    // Two different ones: equal prompts are asked once.
    let [one, two] =
        [questions::word("ready"), questions::word("steady")].map(|question| pool.ask(model, question.request));
    let (one, two) = tokio::join!(one, two);
    let (one, two) = (one.map_err(|error| error.to_string())?, two.map_err(|error| error.to_string())?);
    match one.record.batch_size.max(two.record.batch_size) > 1 {
        true => Ok("taken".to_owned()),
        false => {
            Err("not taken: prompts are sent one by one; set batch_size = 1, or use provider = \"openai\"".to_owned())
        }
    }
}

async fn schema(pool: &ModelPool, model: &str) -> Result<String, String> {
    let question = questions::schema();
    let reply = pool.ask(model, question.request.clone()).await.map_err(|error| error.to_string())?;
    match reply.form_was_sent {
        true => question.read(&reply),
        false => {
            Err("the server refused it; try another schema_field, or keep to output_mode = \"markers\"".to_owned())
        }
    }
}

fn as_block(checked: &Checked) -> Block {
    let mut block = Block::of(&format!("{}: {}", checked.name, if checked.ok { "works" } else { "FAILS" }));
    for asked in &checked.roles {
        let figures = match (asked.latency_ms, asked.input_tokens, asked.output_tokens) {
            (Some(latency), Some(input), Some(output)) => {
                let counted =
                    if asked.usage_reported == Some(true) { "" } else { ", estimated: the server counts none" };
                let cost = asked.cost_usd.map_or(", no price known".to_owned(), |usd| format!(", {usd:.6} USD"));
                format!("  ({latency} ms, {input} tokens in, {output} out{counted}{cost})")
            }
            _ => String::new(),
        };
        block.line(asked.role.as_str(), &format!("{}{figures}", asked.answer.text));
    }
    for (label, result) in [("lists", &checked.lists), ("schema", &checked.schema)] {
        if let Some(result) = result {
            block.line(label, &result.text);
        }
    }
    if let Some(error) = &checked.error {
        block.line("problem", error);
    }
    block
}
