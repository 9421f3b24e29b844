//! Many prompts, few models: queues, lists, limits, retries, and what it all cost.
//!
//! One task per model holds its queue. A prompt waits for a slot (`max_concurrent` of them) and, where the server takes
//! lists, for others to share a request with. `delivery.rs` brings it to the server and its answer back.

mod delivery;
mod model;
mod outcome;
mod queue;
mod sharing;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;

use codeproof_types::Secret;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::budget::Budget;
use crate::config::{ModelConfig, Role};
use crate::error::Error;
use crate::price::PriceTable;
use crate::providers::{Problem, Setup};
use crate::record::{CallSink, NoSink};
use crate::request::{Reply, Request};
use crate::retry::RetryPolicy;
use crate::{config, transport};
use model::Model;
use queue::Job;

/// Bytes of an answer: a hundred times what the longest answers have.
const ANSWER_BYTES_MAX: usize = 16 << 20;

/// Tells the time as Unix milliseconds. Only signatures and dates in headers need it.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// What a pool is made with, besides its models.
#[derive(Clone)]
pub struct PoolOptions {
    /// When and how often a failed attempt is made again.
    pub retry: RetryPolicy,
    /// What the scan may spend.
    pub budget: Arc<Budget>,
    /// What tokens cost.
    pub prices: Arc<PriceTable>,
    /// Takes the record of every prompt.
    pub sink: Arc<dyn CallSink>,
    /// The time.
    pub clock: Clock,
    /// A proxy for all servers but those of this machine, `http://HOST:PORT`. The environment's proxies are not used: whoever wants them reads
    /// them there.
    pub proxy: Option<String>,
    /// Bytes of one answer; what is longer is refused.
    pub answer_bytes_max: usize,
}

impl PoolOptions {
    /// The usual patience, the built-in prices, records kept nowhere.
    pub fn new(budget: Arc<Budget>, clock: Clock) -> Self {
        Self {
            retry: RetryPolicy::default(),
            budget,
            prices: Arc::new(PriceTable::built_in()),
            sink: Arc::new(NoSink),
            clock,
            proxy: None,
            answer_bytes_max: ANSWER_BYTES_MAX,
        }
    }
}

/// The models of one scan. Dropping it cancels what is on its way.
pub struct ModelPool {
    models: Vec<Entry>,
    by_name: BTreeMap<String, usize>,
}

struct Entry {
    model: Arc<Model>,
    jobs: mpsc::UnboundedSender<Job>,
    worker: JoinHandle<()>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.worker.abort();
    }
}

/// How a model is doing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelStatus {
    /// The user's name of the model.
    pub name: String,
    /// Requests on their way.
    pub in_flight: u32,
    /// The most there were at once.
    pub in_flight_peak: u32,
    /// Why nothing more is sent to it.
    pub out: Option<String>,
    /// Whether its price is known.
    pub priced: bool,
    /// Whether its server takes lists of prompts; absent while nobody knows.
    pub takes_lists: Option<bool>,
    /// Whether its server accepts a schema for answers; absent while nobody knows.
    pub accepts_schema: Option<bool>,
}

impl ModelPool {
    /// Makes ready to ask `models`. Nothing is sent yet. Wants a tokio runtime with time and I/O enabled.
    ///
    /// `variable` looks up an environment variable: this crate does not read the environment.
    ///
    /// # Errors
    /// The first setting that cannot work, key that is missing, or price that a kept cost limit would need.
    pub fn open(
        models: Vec<ModelConfig>,
        options: PoolOptions,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let client = transport::client(options.proxy.as_deref())?;
        let mut pool = Self { models: Vec::with_capacity(models.len()), by_name: BTreeMap::new() };
        for config in models {
            let model = Arc::new(connected(config, &options, &client, variable)?);
            if pool.by_name.insert(model.config.name.clone(), pool.models.len()).is_some() {
                return Err(Error::DuplicateModel { model: model.config.name.clone() });
            }
            let (jobs, incoming) = mpsc::unbounded_channel();
            let worker = tokio::spawn(worker::run(Arc::clone(&model), incoming));
            pool.models.push(Entry { model, jobs, worker });
        }
        Ok(pool)
    }

    /// Asks one model and waits for its answer. Dropping the future takes the prompt back.
    ///
    /// # Errors
    /// What is left when everything that may help was tried; see [`Error`].
    pub async fn ask(&self, model: &str, request: Request) -> Result<Reply, Error> {
        let entry = self.entry(model)?;
        let request = Arc::new(request);
        entry.model.check_fits(&request).await?;
        let (answer, reply) = oneshot::channel();
        let job = Job::new(request, Instant::now(), answer);
        let cancelled = || Error::Cancelled { model: model.to_owned() };
        entry.jobs.send(job).map_err(|_| cancelled())?;
        reply.await.unwrap_or_else(|_| Err(cancelled()))
    }

    /// The models that have `role` and are not out, in the order of the settings.
    pub fn models_for(&self, role: Role) -> impl Iterator<Item = &ModelConfig> {
        let models = self.models.iter().map(|entry| &*entry.model);
        models
            .filter(move |model| model.config.roles.contains(&role) && model.out().is_none())
            .map(|model| &model.config)
    }

    /// Whether anybody is left for `role`.
    ///
    /// # Errors
    /// [`Error::NoModel`], with what happened to each model that had the role: the reason for a scan to pause.
    pub fn require(&self, role: Role) -> Result<(), Error> {
        if self.models_for(role).next().is_some() {
            return Ok(());
        }
        let reasons: Vec<String> = self
            .models
            .iter()
            .filter(|entry| entry.model.config.roles.contains(&role))
            .filter_map(|entry| Some(format!("{}: {}", entry.model.config.name, entry.model.out()?)))
            .collect();
        let why = match reasons.is_empty() {
            true => format!("no model of the settings has it; add roles = [\"{role}\"] to one"),
            false => reasons.join("; "),
        };
        Err(Error::NoModel { role, why })
    }

    /// Settings of a model.
    pub fn config(&self, model: &str) -> Result<&ModelConfig, Error> {
        self.entry(model).map(|entry| &entry.model.config)
    }

    /// Tokens that a prompt for `model` may have beside the longest answer; absent when its context is not told.
    pub fn prompt_tokens_max(&self, model: &str) -> Result<Option<u64>, Error> {
        self.entry(model).map(|entry| entry.model.prompt_tokens_max())
    }

    /// Notes that `model` does not keep to schemas, so that none is sent any more: its server took one and the answer
    /// broke it. Only the caller reads answers.
    pub fn forget_schemas(&self, model: &str) -> Result<(), Error> {
        self.entry(model).map(|entry| entry.model.forget_schemas())
    }

    /// How each model is doing, in the order of the settings.
    pub fn status(&self) -> Vec<ModelStatus> {
        self.models.iter().map(|entry| entry.model.status()).collect()
    }

    fn entry(&self, model: &str) -> Result<&Entry, Error> {
        self.by_name.get(model).and_then(|at| self.models.get(*at)).ok_or_else(|| Error::UnknownModel {
            model: model.to_owned(),
            known: match self.by_name.is_empty() {
                true => "none".to_owned(),
                false => self.by_name.keys().cloned().collect::<Vec<_>>().join(", "),
            },
        })
    }
}

/// Checks a model's settings and looks up its keys.
fn connected(
    config: ModelConfig,
    options: &PoolOptions,
    client: &reqwest::Client,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Model, Error> {
    config::check(&config)?;
    let missing = |variable: String, field| Error::MissingKey { model: config.name.clone(), variable, field };
    let look_up = |name: &str, field| match variable(name).filter(|value| !value.trim().is_empty()) {
        Some(value) => Ok(Secret::new(value.trim().to_owned())),
        None => Err(missing(name.to_owned(), field)),
    };
    let key = config.api_key_env.as_deref().map(|name| look_up(name, "api_key_env")).transpose()?;
    let headers = config::headers(&config, &|name| look_up(name, "extra_headers"))?;
    let setup = Setup { config: &config, key, variable };
    let wire = config.provider.connect(setup).map_err(|problem| match problem {
        Problem::Setting(field, why) => Error::InvalidConfig { model: config.name.clone(), field, why },
        Problem::Variable(variable, field) => missing(variable, field),
    })?;
    if config.batch_size.is_some_and(|size| size > 1) && !wire.takes_lists() {
        return Err(Error::InvalidConfig {
            model: config.name.clone(),
            field: "batch_size",
            why: format!("{} sends one prompt per request; only vllm takes lists", config.provider),
        });
    }
    let price = options.prices.price_of(&config);
    if price.is_none() && options.budget.needs_prices() {
        return Err(Error::Unpriced { model: config.name });
    }
    Ok(Model::new(config, wire, headers, price, client.clone(), options.clone()))
}
