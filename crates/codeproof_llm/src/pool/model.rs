//! What is known about one model: its settings, and what its server has shown of itself.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use codeproof_types::Secret;
use reqwest::header::HeaderName;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Instant;

use super::{ModelStatus, PoolOptions};
use crate::budget::Amount;
use crate::config::ModelConfig;
use crate::error::Error;
use crate::fault::{self, Fault, FaultKind};
use crate::price::Price;
use crate::providers::{Ask, Outgoing, Reading, Wire};
use crate::record::Usage;
use crate::request::{Output, Request};
use crate::tokens::{count_aside, guess_tokens};
use crate::transport;

/// Requests that failed for good, one after the other, until a model is out; seed 002's 5.
const FAILURES_MAX: u32 = 5;
/// "Too busy" in a row until the whole model waits as long as its server asks. One alone may be chance: a server that
/// refuses every tenth request would otherwise hardly be used.
const BUSY_MAX: u32 = 3;

/// Kinds of forms; a server may take one and refuse another.
const FORMS: usize = 4;
const JSON: usize = 1;
const SCHEMA: usize = 2;

fn form(output: &Output) -> usize {
    match output {
        Output::Text => 0,
        Output::Json => JSON,
        Output::Schema { .. } => SCHEMA,
        Output::Regex(_) => 3,
    }
}

/// One model of a pool.
pub(super) struct Model {
    pub(super) config: ModelConfig,
    pub(super) wire: Box<dyn Wire>,
    pub(super) options: PoolOptions,
    pub(super) slots: Arc<Semaphore>,
    price: Option<(Price, Arc<str>)>,
    headers: Vec<(HeaderName, Secret<String>)>,
    client: reqwest::Client,
    state: Mutex<State>,
    out: watch::Sender<Option<Arc<str>>>,
}

/// What the server has shown of itself.
#[derive(Debug, Default)]
struct State {
    takes_lists: Option<bool>,
    /// By [`form`].
    accepts_form: [Option<bool>; FORMS],
    list_usage_is_sum: Option<bool>,
    failed_in_a_row: u32,
    busy_in_a_row: u32,
    not_before: Option<Instant>,
    in_flight: u32,
    in_flight_peak: u32,
}

impl Model {
    pub(super) fn new(
        config: ModelConfig,
        wire: Box<dyn Wire>,
        headers: Vec<(HeaderName, Secret<String>)>,
        price: Option<(Price, Arc<str>)>,
        client: reqwest::Client,
        options: PoolOptions,
    ) -> Self {
        let slots = Arc::new(Semaphore::new(config.max_concurrent as usize));
        let (out, _) = watch::channel(None);
        Self { config, wire, options, slots, price, headers, client, state: Mutex::default(), out }
    }

    pub(super) fn name(&self) -> &str {
        &self.config.name
    }

    /// Prompts of the next request at most.
    pub(super) fn batch_size(&self) -> usize {
        if !self.wire.takes_lists() || self.state().takes_lists == Some(false) {
            return 1;
        }
        self.config.batch_size.unwrap_or_else(|| self.wire.batch_size()) as usize
    }

    /// Sends one request and reads its answer: one attempt.
    pub(super) async fn exchange(
        &self,
        requests: &[&Request],
        with_form: bool,
        attempt: u32,
    ) -> Result<Reading, Fault> {
        let _in_flight = InFlight::new(self);
        let now_ms = (self.options.clock)();
        match self.wire.write(&Ask { config: &self.config, requests, with_form, attempt, now_ms }) {
            Outgoing::Local { latency, result } => {
                tokio::time::sleep_until(Instant::now() + latency).await;
                result
            }
            Outgoing::Http(mut call) => {
                call.headers.extend(self.headers.iter().cloned());
                let timeout = Duration::from_secs(self.config.timeout_seconds);
                let answer = transport::send(&self.client, call, timeout, self.options.answer_bytes_max).await?;
                if !(200..300).contains(&answer.status) {
                    let now_ms = (self.options.clock)();
                    return Err(fault::from_response(answer.status, &answer.headers, &answer.body, now_ms));
                }
                self.wire.read(&answer.body, requests.len()).map_err(|why| Fault::Unreadable { why })
            }
        }
    }

    /// The most that a prompt and its answer can come to.
    pub(super) fn most(&self, request: &Request) -> Amount {
        let usage = Usage {
            input_tokens: guess_tokens(request.bytes()),
            output_tokens: u64::from(request.max_tokens.unwrap_or(self.config.max_tokens)),
            ..Default::default()
        };
        Amount { cost_nano_usd: self.cost(&usage).unwrap_or(0), tokens: usage.total_tokens() }
    }

    /// Nano-dollars, if the price is known.
    pub(super) fn cost(&self, usage: &Usage) -> Option<u64> {
        self.price.as_ref().map(|(price, _)| price.cost_nano_usd(usage))
    }

    /// Which table told the price.
    pub(super) fn price_version(&self) -> Option<String> {
        self.price.as_ref().map(|(_, version)| version.to_string())
    }

    pub(super) fn prompt_tokens_max(&self) -> Option<u64> {
        self.config.context_tokens.map(|context| u64::from(context.saturating_sub(self.config.max_tokens)))
    }

    /// Refuses a prompt that cannot fit: some servers cut it without a word. Most are judged by their length alone.
    pub(super) async fn check_fits(&self, request: &Arc<Request>) -> Result<(), Error> {
        let Some(max) = self.prompt_tokens_max().filter(|max| guess_tokens(request.bytes()) > *max) else {
            return Ok(());
        };
        // The vocabulary has no token longer than 128 bytes: such prompts need not be counted.
        let least = request.bytes() as u64 / 128;
        let tokens = match least > max {
            true => least,
            false => {
                let request = Arc::clone(request);
                count_aside(move || request.count_tokens()).await
            }
        };
        if tokens <= max {
            return Ok(());
        }
        let message = format!("it has about {tokens} tokens, and context_tokens less max_tokens leaves {max}");
        Err(Error::TooLong { model: self.name().to_owned(), message })
    }

    /// A slot for one more request.
    pub(super) async fn slot(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.slots).acquire_owned().await.ok()
    }

    pub(super) fn sends_form(&self, request: &Request) -> bool {
        self.wire.sends_form(&self.config, request) && self.accepts_form(&request.output) != Some(false)
    }

    /// Whether the server takes lists of prompts; `None` while nobody knows.
    pub(super) fn takes_lists(&self) -> Option<bool> {
        self.state().takes_lists
    }

    /// Whether the server takes this form of answer; `None` while nobody knows.
    pub(super) fn accepts_form(&self, output: &Output) -> Option<bool> {
        self.state().accepts_form[form(output)]
    }

    pub(super) fn learn_lists(&self, takes_lists: bool) {
        self.state().takes_lists = Some(takes_lists);
    }

    pub(super) fn learn_form(&self, output: &Output, accepts: bool) {
        self.state().accepts_form[form(output)] = Some(accepts);
    }

    /// Notes that answers break the schemas they were held to.
    pub(super) fn forget_schemas(&self) {
        let mut state = self.state();
        state.accepts_form[SCHEMA] = Some(false);
        state.accepts_form[JSON] = Some(false);
    }

    /// Whether the usage of a list is that of all its prompts; `None` while nobody knows.
    pub(super) fn list_usage_is_sum(&self) -> Option<bool> {
        self.state().list_usage_is_sum
    }

    pub(super) fn learn_list_usage(&self, is_sum: bool) {
        self.state().list_usage_is_sum = Some(is_sum);
    }

    /// Why nothing more is sent to it.
    pub(super) fn out(&self) -> Option<Arc<str>> {
        self.out.borrow().clone()
    }

    /// Ends when the model is out.
    pub(super) async fn until_out(&self) {
        // The sender lives as long as `self`.
        let _ = self.out.subscribe().wait_for(Option::is_some).await;
    }

    /// When the next request may be sent.
    pub(super) fn not_before(&self) -> Option<Instant> {
        self.state().not_before.filter(|then| *then > Instant::now())
    }

    pub(super) fn note_success(&self) {
        let mut state = self.state();
        state.failed_in_a_row = 0;
        state.busy_in_a_row = 0;
    }

    /// Notes an attempt that will be made again; in a storm the whole model waits as long as its server asks, or as long
    /// as a first retry waits.
    pub(super) fn note_busy(&self, fault: &Fault) {
        if fault.kind() != Some(FaultKind::Busy) {
            return;
        }
        let own = || self.options.retry.delays.first().copied().unwrap_or_default();
        let wait = fault.server_delay().unwrap_or_else(own);
        let mut state = self.state();
        state.busy_in_a_row += 1;
        if state.busy_in_a_row >= BUSY_MAX {
            let then = Instant::now() + wait;
            state.not_before = Some(state.not_before.map_or(then, |before| before.max(then)));
        }
    }

    /// Notes a request that failed for good; `at_once` when the next one would fail for sure.
    pub(super) fn note_failure(&self, error: &Error, at_once: bool) {
        let failed = {
            let mut state = self.state();
            state.failed_in_a_row += 1;
            state.failed_in_a_row
        };
        if !at_once && failed < FAILURES_MAX {
            return;
        }
        let reason: Arc<str> = match at_once {
            true => error.to_string().into(),
            false => format!("{failed} requests in a row failed, the last with: {error}").into(),
        };
        let is_news = self.out.send_if_modified(|out| {
            let is_news = out.is_none();
            out.get_or_insert(reason);
            is_news
        });
        if is_news {
            tracing::warn!(model = self.name(), failed, "nothing more is sent to this model");
        }
    }

    pub(super) fn status(&self) -> ModelStatus {
        let out = self.out().map(|reason| reason.to_string());
        let state = self.state();
        ModelStatus {
            name: self.config.name.clone(),
            in_flight: state.in_flight,
            in_flight_peak: state.in_flight_peak,
            out,
            priced: self.price.is_some(),
            takes_lists: if self.wire.takes_lists() { state.takes_lists } else { Some(false) },
            accepts_schema: state.accepts_form[SCHEMA],
        }
    }

    /// Takes keys out of a server's words.
    pub(super) fn redacted(&self, words: &str) -> String {
        let secrets = self.wire.secrets().into_iter().chain(self.headers.iter().map(|(_, value)| value));
        // Short values are no keys, and replacing them would tear the words apart.
        let secrets = secrets.map(Secret::expose).filter(|secret| secret.len() >= 8);
        secrets.fold(words.to_owned(), |words, secret| words.replace(secret.as_str(), "(key)"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is whole before the lock is let go.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a request while it is on its way.
struct InFlight<'a>(&'a Model);

impl<'a> InFlight<'a> {
    fn new(model: &'a Model) -> Self {
        let mut state = model.state();
        state.in_flight += 1;
        state.in_flight_peak = state.in_flight_peak.max(state.in_flight);
        drop(state);
        Self(model)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.state().in_flight -= 1;
    }
}
