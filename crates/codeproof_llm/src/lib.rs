//! Talks to language models: wire formats, pools, lists of prompts, retries, token and cost counting.
//!
//! In: models as a user describes them ([`ModelConfig`]), prompts ([`Request`]), a [`Budget`]. Out: answers with what
//! they cost ([`Reply`], [`CallRecord`]), or an [`Error`] that says which model, which server and what to try. This crate
//! does not know what a prompt is about: no findings, no templates, no votes. It reads no environment and no clock; both
//! come as functions.
//!
//! ```
//! use codeproof_llm::{Budget, BudgetLimits, ModelConfig, ModelPool, PoolOptions, Provider, Request, Role, Script, Spending};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let mut model = ModelConfig::new("demo", Provider::Scripted);
//! model.roles.insert(Role::Analyzer);
//! model.script = Some(Script::Text(r#"{"answers": [{"contains": ["gets("], "replies": [{"text": "line 1"}]}]}"#.into()));
//!
//! let budget = Budget::new(BudgetLimits::default(), Spending::default());
//! let options = PoolOptions::new(budget, std::sync::Arc::new(|| 1_760_000_000_000));
//! let pool = ModelPool::open(vec![model], options, &|_variable| None)?;
//! let reply = pool.ask("demo", Request::new(Role::Analyzer, "Find what is wrong.", "1| gets(line);")).await?;
//! assert_eq!((reply.text.as_str(), reply.record.attempts), ("line 1", 1));
//! # Ok::<(), codeproof_llm::Error>(()) }).unwrap();
//! ```

mod budget;
mod config;
mod error;
mod fault;
mod pool;
mod price;
mod providers;
mod record;
mod request;
mod retry;
mod tokens;
mod transport;

pub use budget::{Budget, BudgetLimits, OnExceed, Spending};
pub use config::{AwsConfig, ConfigPrice, HeaderText, ModelConfig, Role, SchemaField, Script};
pub use error::Error;
pub use pool::{Clock, ModelPool, ModelStatus, PoolOptions};
pub use price::{Price, PriceTable};
pub use providers::Provider;
pub use record::{CallOutcome, CallRecord, CallSink, NoSink, Usage};
pub use request::{Finish, Output, Reply, Request, Speaker, Turn};
pub use retry::RetryPolicy;
pub use tokens::count_tokens;
