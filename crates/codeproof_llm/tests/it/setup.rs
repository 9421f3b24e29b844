//! Pools and prompts for tests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use codeproof_llm::{
    Budget, BudgetLimits, CallRecord, CallSink, ModelConfig, ModelPool, OnExceed, PoolOptions, Provider, Request,
    RetryPolicy, Role, Script, Spending,
};

/// Thu, 09 Oct 2025 08:53:20 GMT.
pub(crate) const NOW_MS: u64 = 1_760_000_000_000;

/// Keeps every record.
#[derive(Default)]
pub(crate) struct Records(Mutex<Vec<CallRecord>>);

impl Records {
    pub(crate) fn all(&self) -> Vec<CallRecord> {
        self.0.lock().expect("no test panics while it records").clone()
    }
}

impl CallSink for Records {
    fn record(&self, record: &CallRecord) {
        self.0.lock().expect("no test panics while it records").push(record.clone());
    }
}

/// Options with a budget that only warns, and where the records go.
pub(crate) fn options() -> (PoolOptions, Arc<Records>) {
    options_with(BudgetLimits { max_cost_nano_usd: None, max_tokens: None, on_exceed: OnExceed::Warn })
}

pub(crate) fn options_with(limits: BudgetLimits) -> (PoolOptions, Arc<Records>) {
    let records = Arc::new(Records::default());
    let mut options = PoolOptions::new(Budget::new(limits, Spending::default()), Arc::new(|| NOW_MS));
    options.sink = Arc::clone(&records) as Arc<dyn CallSink>;
    (options, records)
}

/// As many retries as ever, without the waiting: for tests with real sockets, whose clock cannot be paused.
pub(crate) fn impatient(mut options: PoolOptions) -> PoolOptions {
    options.retry = RetryPolicy { delays: vec![Duration::ZERO; 3], ..RetryPolicy::default() };
    options
}

pub(crate) fn open(models: Vec<ModelConfig>, options: PoolOptions) -> ModelPool {
    match ModelPool::open(models, options, &variable) {
        Ok(pool) => pool,
        Err(error) => panic!("the pool does not open: {error}"),
    }
}

/// What the tests' environment holds; made here, so that no key stands in a file.
pub(crate) fn variable(name: &str) -> Option<String> {
    match name {
        "UNSET" => None,
        "EMPTY" => Some(" ".to_owned()),
        name => Some(format!("value-of-{}", name.to_lowercase())),
    }
}

/// A model that answers from `script`.
pub(crate) fn scripted(script: &serde_json::Value) -> ModelConfig {
    let mut model = ModelConfig::new("scripted", Provider::Scripted);
    model.roles.insert(Role::Analyzer);
    model.script = Some(Script::Text(script.to_string().into()));
    model
}

pub(crate) fn prompt(text: impl Into<String>) -> Request {
    Request::new(Role::Analyzer, "Find what is wrong.", text)
}
