//! One question to one model: from memory where it was answered before, else asked, read, mended once where it cannot
//! be read, and memorised with what it cost.

use std::sync::Arc;

use codeproof_judge::Prompt;
use codeproof_llm::{CallOutcome, CallRecord, Finish, ModelPool, OnExceed, Output, Reply, Request, Role};
use codeproof_store::{Answer, AnswerKey, CallRow, ChunkId, ExchangeText, ModelRecord, ModelWriter, Purpose, Store};
use codeproof_types::{ContentHash, Fingerprint, ScanId};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::control::{Control, Halt};
use super::counts::Counts;

/// Bytes of answers kept in memory.
const MEMORY_BYTES: u64 = 8 << 20;

/// Answers the memory is laid out for; more do not fit its bytes anyway.
const MEMORY_ANSWERS: usize = 20_000;

/// What reading an answer came to.
pub(super) enum Read {
    /// It can be used; the value to memorise.
    Good(Vec<u8>),
    /// It was cut off; what of it can be used all the same.
    Cut(Option<Vec<u8>>),
    /// It declined, or said nothing.
    Refused,
    /// It cannot be read; why.
    Malformed(String),
}

/// What is asked.
pub(super) struct Question<'q> {
    /// Identity of the answer: everything it depends on.
    pub(super) key: AnswerKey,
    /// The user's name of the model.
    pub(super) model: &'q str,
    pub(super) role: Role,
    /// The analyzer or verifier of the profile.
    pub(super) voice: &'q str,
    pub(super) chunk: Option<ChunkId>,
    pub(super) finding: Option<&'q Fingerprint>,
}

/// An answer.
#[derive(Clone)]
pub(super) struct Answered {
    pub(super) value: Arc<[u8]>,
    pub(super) from_memory: bool,
}

/// Why there is none.
#[derive(Debug, Clone)]
pub(super) enum NoAnswer {
    /// The model did not or could not answer, in one sentence.
    Failed(String),
    /// The scan begins nothing new: the question counts as not asked.
    Halted,
}

/// Reads a raw answer; the flag tells that a limit cut it.
pub(super) type Reader<'r> = &'r (dyn Fn(&str, bool) -> Read + Sync);

/// Makes the request, when it is needed.
pub(super) type Asking<'r> = &'r (dyn Fn() -> Request + Sync);

/// Makes the prompt that asks to mend a malformed answer.
pub(super) type Mender<'r> = &'r (dyn Fn(&str) -> Prompt + Sync);

#[derive(Clone)]
struct Bytes;

impl Weighter<AnswerKey, Arc<[u8]>> for Bytes {
    fn weight(&self, _: &AnswerKey, value: &Arc<[u8]>) -> u64 {
        // The key and what the cache itself needs.
        value.len() as u64 + 96
    }
}

/// Asks, and remembers.
pub(super) struct Asker<'a> {
    pool: &'a ModelPool,
    stored: Option<Stored<'a>>,
    memory: Cache<AnswerKey, Arc<[u8]>, Bytes>,
    counts: &'a Counts,
    control: &'a Control,
    now_ms: fn() -> i64,
}

/// Where answers are memorised.
pub(super) struct Stored<'a> {
    pub(super) store: &'a Store,
    pub(super) scan: ScanId,
    pub(super) writer: ModelWriter,
    /// Whether answers of earlier scans count.
    pub(super) use_answers: bool,
    /// Whether prompts and answers are kept.
    pub(super) keep_exchanges: bool,
}

impl<'a> Asker<'a> {
    pub(super) fn new(
        pool: &'a ModelPool,
        stored: Option<Stored<'a>>,
        counts: &'a Counts,
        control: &'a Control,
        now_ms: fn() -> i64,
    ) -> Self {
        let memory = Cache::with_weighter(MEMORY_ANSWERS, MEMORY_BYTES, Bytes);
        Self { pool, stored, memory, counts, control, now_ms }
    }

    /// Brings what the store knows of `keys` into memory.
    pub(super) async fn remember(&self, keys: &[AnswerKey]) {
        let Some(stored) = &self.stored else { return };
        let only_of = (!stored.use_answers).then_some(stored.scan);
        let keys: Vec<AnswerKey> = keys.iter().flat_map(|key| [self.own(*key), self.in_vain(*key)]).collect();
        match stored.store.answers(&keys, only_of).await {
            Ok(known) => {
                for (key, value) in known {
                    self.memory.insert(key, value.into());
                }
            }
            Err(error) => self.control.refuse(error),
        }
    }

    /// The answer to a question, from memory or from the model. Who asks the same at the same time waits for the first.
    pub(super) async fn answer(
        &self,
        question: &Question<'_>,
        request: Asking<'_>,
        read: Reader<'_>,
        mend: Mender<'_>,
    ) -> Result<Answered, NoAnswer> {
        let mut asked = false;
        let key = self.own(question.key);
        let made = self.memory.get_or_insert_async(&key, async {
            asked = true;
            self.ask(question, request, read, mend).await
        });
        let value = made.await?;
        if !asked {
            self.counts.cached(question.model, question.role);
        }
        Ok(Answered { value, from_memory: !asked })
    }

    /// The key as this scan memorises it: one that does without the answers of others must not lose its own to them.
    fn own(&self, key: AnswerKey) -> AnswerKey {
        match &self.stored {
            Some(stored) if !stored.use_answers => {
                let parts = [&key.0[..], &stored.scan.0.to_le_bytes()].concat();
                AnswerKey(*ContentHash::of(&parts).as_bytes())
            }
            _ => key,
        }
    }

    /// The key under which this scan remembers that there is no answer: what was asked in vain is finished, too, but
    /// another scan may have more luck.
    fn in_vain(&self, key: AnswerKey) -> AnswerKey {
        let scan = self.stored.as_ref().map_or(0, |stored| stored.scan.0);
        let parts = [b"in vain", &key.0[..], &scan.to_le_bytes()].concat();
        AnswerKey(*ContentHash::of(&parts).as_bytes())
    }

    async fn ask(
        &self,
        question: &Question<'_>,
        request: Asking<'_>,
        read: Reader<'_>,
        mend: Mender<'_>,
    ) -> Result<Arc<[u8]>, NoAnswer> {
        if self.control.is_halted() {
            return Err(NoAnswer::Halted);
        }
        if let Some(why) = self.memory.get(&self.in_vain(question.key)) {
            return Err(NoAnswer::Failed(String::from_utf8_lossy(&why).into_owned()));
        }
        let request = request();
        let reply = self.send(question, request.clone()).await?;
        let mut asked = Sent { request, reply };
        let mut result = Self::read(&asked.reply, read);
        if let Read::Cut(_) = result {
            result = self.ask_for_longer(question, &mut asked, result, read).await?;
        }
        if let Read::Malformed(why) = result {
            if asked.reply.form_was_sent {
                // Its server took a schema and the answer breaks it. The name is known: we just asked it.
                let _ = self.pool.forget_schemas(question.model);
            }
            result = self.mend(question, &mut asked, why, read, mend).await?;
        }
        let (status, why) = match result {
            Read::Good(value) | Read::Cut(Some(value)) => {
                self.keep(question, &asked, "ok", Some((self.own(question.key), value.clone()))).await?;
                return Ok(value.into());
            }
            Read::Cut(None) => {
                self.counts.malformed(question.model, question.role);
                ("truncated", "its answer was cut off before it said anything".to_owned())
            }
            Read::Refused => {
                self.counts.refused(question.model, question.role);
                ("refusal", "it declined to answer".to_owned())
            }
            Read::Malformed(why) => {
                self.counts.malformed(question.model, question.role);
                (CallRow::MALFORMED, format!("its answer could not be read: {why}"))
            }
        };
        let in_vain = (self.in_vain(question.key), why.clone().into_bytes());
        self.keep(question, &asked, status, Some(in_vain)).await?;
        Err(NoAnswer::Failed(why))
    }

    fn read(reply: &Reply, read: Reader<'_>) -> Read {
        match &reply.finish {
            Finish::Refused(_) => Read::Refused,
            finish => read(&reply.text, *finish == Finish::Length),
        }
    }

    /// Asks once more with twice the room, when the model has it.
    async fn ask_for_longer(
        &self,
        question: &Question<'_>,
        asked: &mut Sent,
        cut: Read,
        read: Reader<'_>,
    ) -> Result<Read, NoAnswer> {
        let Ok(config) = self.pool.config(question.model) else { return Ok(cut) };
        let longer = config.max_tokens.saturating_mul(2);
        if config.context_tokens.is_some_and(|context| u64::from(longer) * 2 > u64::from(context)) {
            return Ok(cut);
        }
        let mut request = asked.request.clone();
        request.max_tokens = Some(longer);
        match self.send(question, request.clone()).await {
            Ok(reply) => {
                self.keep(question, asked, "truncated", None).await?;
                let again = Self::read(&reply, read);
                *asked = Sent { request, reply };
                Ok(match again {
                    Read::Cut(None) | Read::Refused | Read::Malformed(_) => cut,
                    better => better,
                })
            }
            Err(NoAnswer::Halted) => Err(NoAnswer::Halted),
            // What there is has to do.
            Err(NoAnswer::Failed(_)) => Ok(cut),
        }
    }

    /// Lets a model with the role `chat` rewrite a malformed answer, once.
    async fn mend(
        &self,
        question: &Question<'_>,
        asked: &mut Sent,
        why: String,
        read: Reader<'_>,
        mend: Mender<'_>,
    ) -> Result<Read, NoAnswer> {
        let Some(mender) = self.pool.models_for(Role::Chat).next().map(|config| config.name.clone()) else {
            return Ok(Read::Malformed(why));
        };
        let mending = Question { model: &mender, role: Role::Chat, ..*question };
        let request = request(Role::Chat, &mend(&asked.reply.text));
        match self.send(&mending, request.clone()).await {
            Ok(reply) => {
                let mended = Self::read(&reply, read);
                // The malformed answer is kept as what it is, the mended one answers the question.
                self.keep(question, asked, CallRow::MALFORMED, None).await?;
                if let Read::Good(_) = mended {
                    *asked = Sent { request, reply };
                    return Ok(mended);
                }
                self.keep(&mending, &Sent { request, reply }, CallRow::MALFORMED, None).await?;
                Ok(Read::Malformed(why))
            }
            Err(NoAnswer::Halted) => Err(NoAnswer::Halted),
            Err(NoAnswer::Failed(_)) => Ok(Read::Malformed(why)),
        }
    }

    /// Sends one request; a limit or the end of all models halts the scan.
    async fn send(&self, question: &Question<'_>, request: Request) -> Result<Reply, NoAnswer> {
        let reply = tokio::select! {
            biased;
            reply = self.pool.ask(question.model, request) => reply,
            () = self.control.cut() => return Err(NoAnswer::Halted),
        };
        match reply {
            Ok(reply) => Ok(reply),
            Err(codeproof_llm::Error::Cancelled { .. }) => Err(NoAnswer::Halted),
            Err(error @ codeproof_llm::Error::BudgetExceeded { on_exceed, .. }) => {
                self.control.halt(match on_exceed {
                    OnExceed::Stop => Halt::Stopped(error.to_string()),
                    OnExceed::Pause | OnExceed::Warn => Halt::Paused(error.to_string()),
                });
                Err(NoAnswer::Halted)
            }
            Err(error) => {
                if question.role != Role::Chat
                    && let Err(nobody) = self.pool.require(question.role)
                {
                    self.control.halt(Halt::Paused(nobody.to_string()));
                    return Err(NoAnswer::Halted);
                }
                Err(NoAnswer::Failed(error.to_string()))
            }
        }
    }

    /// Memorises an answer with what it cost.
    async fn keep(
        &self,
        question: &Question<'_>,
        asked: &Sent,
        status: &str,
        value: Option<(AnswerKey, Vec<u8>)>,
    ) -> Result<(), NoAnswer> {
        let Some(stored) = &self.stored else { return Ok(()) };
        let mut call = call_row(&asked.reply.record, (self.now_ms)());
        call.chunk = question.chunk;
        call.fingerprint = question.finding.cloned();
        call.parse_status = Some(status.to_owned());
        let exchange = stored.keep_exchanges.then(|| ExchangeText {
            system: Arc::clone(&asked.request.system),
            prompt: asked.request.turns.iter().map(|turn| turn.text.as_str()).collect::<Vec<_>>().join("\n\n"),
            answer: asked.reply.text.clone(),
        });
        let answer = value.map(|(key, value)| Answer { key, analyzer: question.voice.to_owned(), value });
        self.commit(vec![ModelRecord::Call { call: Box::new(call), answer, exchange }]).await
    }

    /// Writes records, all or none; a database that refuses halts the scan.
    pub(super) async fn commit(&self, records: Vec<ModelRecord>) -> Result<(), NoAnswer> {
        let Some(stored) = &self.stored else { return Ok(()) };
        stored.writer.commit(records).await.map_err(|error| {
            self.control.refuse(error);
            NoAnswer::Halted
        })
    }
}

/// A request that was sent, and its reply.
struct Sent {
    request: Request,
    reply: Reply,
}

/// What is sent for a prompt.
pub(super) fn request(role: Role, prompt: &Prompt) -> Request {
    let output = match &prompt.schema {
        Some(schema) => Output::Schema { name: prompt.schema_name.to_owned(), schema: Arc::clone(schema) },
        None => Output::Text,
    };
    Request::new(role, Arc::clone(&prompt.system), prompt.user.clone()).with_output(output)
}

/// A record of a call as a row; what it was for is the caller's to say.
pub(super) fn call_row(record: &CallRecord, at_ms: i64) -> CallRow {
    let (outcome, error) = match &record.outcome {
        CallOutcome::Answered => (CallRow::ANSWERED, None),
        CallOutcome::Failed { error } => ("failed", Some(error.clone())),
        CallOutcome::Cancelled => ("cancelled", None),
    };
    CallRow {
        at_ms,
        model: record.model.clone(),
        role: record.role.as_str().to_owned(),
        purpose: purpose(record.role),
        prompt_hash: record.prompt_hash,
        input_tokens: record.usage.input_tokens,
        cached_input_tokens: record.usage.cached_input_tokens,
        cache_write_tokens: record.usage.cache_write_tokens,
        output_tokens: record.usage.output_tokens,
        reasoning_tokens: record.usage.reasoning_tokens,
        estimated: record.usage.estimated,
        cost_nano_usd: record.cost_nano_usd,
        price_version: record.price_version.clone(),
        latency_ms: record.latency_ms,
        attempts: record.attempts,
        batch_size: record.batch_size,
        outcome: outcome.to_owned(),
        error,
        parse_status: None,
        chunk: None,
        fingerprint: None,
    }
}

/// A deep scan asks models for three things.
fn purpose(role: Role) -> Purpose {
    match role {
        Role::Verifier => Purpose::Verify,
        Role::Chat => Purpose::Mend,
        Role::Analyzer | Role::Enricher | Role::Investigator | Role::Embedding => Purpose::Draft,
    }
}
