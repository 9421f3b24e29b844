//! One deep scan from plan to report: drafting and judging at the same time, watched from the store.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use codeproof_detect::Detector;
use codeproof_judge::PromptKey;
use codeproof_llm::{Budget, CallOutcome, CallRecord, CallSink, ModelPool, PoolOptions, Role, Spending};
use codeproof_source::{ChangedFiles, Snapshot};
use codeproof_store::{ModelRecord, ModelWriter, Store, Wish};
use codeproof_types::{
    FileClass, Finding, Fingerprint, Language, ModelReport, ModelUse, Origin, Problem, Progress, RepoPath, RuleInfo,
    ScanId, Severity, State,
};
use tokio::runtime::Handle;
use tokio::sync::watch;

use super::DeepRequest;
use super::ask::{Asker, Stored, call_row};
use super::context::Surroundings;
use super::control::{Control, Halt};
use super::counts::Counts;
use super::draft::{Drafter, Found, models_of, one_sentence};
use super::plan::{Asked, Plan, Planner};
use super::queue::SeverityQueue;
use super::texts::MaskedTexts;
use super::verify::{Judge, Voter};
use crate::Error;
use crate::program::index_of;

/// Drafts that may wait for their judges; then drafting waits.
const QUEUE_DRAFTS: usize = 512;

/// How often another process is listened to.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// How often the stop flag is looked at.
const STOP_LOOK: Duration = Duration::from_millis(100);

/// What a deep scan works on.
pub(crate) struct DeepInput<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) changed: Option<&'a ChangedFiles>,
    pub(crate) languages: &'a HashMap<RepoPath, (FileClass, Option<Language>)>,
    pub(crate) detector: &'a Detector,
    pub(crate) cache: Option<&'a codeproof_store::AnalysisCache>,
    /// The detector's findings, in the report's order.
    pub(crate) findings: &'a [Finding],
    pub(crate) min_severity: Severity,
    pub(crate) stored: Option<(&'a Store, ScanId)>,
    pub(crate) build: &'a str,
    pub(crate) pool: &'a rayon::ThreadPool,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) stop: &'a AtomicBool,
}

/// What a deep scan brings back.
pub(crate) struct DeepOutcome {
    /// The detector's findings with what models said of them, and those of models, in no order.
    pub(crate) findings: Vec<Finding>,
    /// What the rules of models' findings say of themselves.
    pub(crate) rules: Vec<RuleInfo>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) report: ModelReport,
    /// Why it did not come to its end, when it did not.
    pub(crate) halt: Option<Halt>,
}

/// Takes the records of calls that brought no answer; those that did are stored with it.
struct Sink {
    counts: Arc<Counts>,
    writer: Option<ModelWriter>,
    now_ms: fn() -> i64,
}

impl CallSink for Sink {
    fn record(&self, record: &CallRecord) {
        self.counts.call(record);
        if record.outcome != CallOutcome::Answered
            && let Some(writer) = &self.writer
        {
            let call = Box::new(call_row(record, (self.now_ms)()));
            writer.note(ModelRecord::Call { call, answer: None, exchange: None });
        }
    }
}

/// Runs a deep scan. Must run on a multi-threaded runtime.
///
/// # Errors
/// When a model's settings cannot work, or the database refuses.
pub(crate) async fn run(request: &DeepRequest, input: &DeepInput<'_>) -> Result<DeepOutcome, Error> {
    let writer = input.stored.map(|(store, scan)| store.model_writer(scan));
    let result = run_with(request, input, writer.as_ref()).await;
    // Closed before anything else is decided: what was answered must reach the disk on every way out.
    let closed = match writer {
        Some(writer) => writer.close().await,
        None => Ok(()),
    };
    let scan = input.stored.map(|(_, scan)| scan);
    let outcome = result?;
    closed.map_err(|source| Error::store(scan, source))?;
    Ok(outcome)
}

async fn run_with(
    request: &DeepRequest,
    input: &DeepInput<'_>,
    writer: Option<&ModelWriter>,
) -> Result<DeepOutcome, Error> {
    let earlier = match input.stored {
        Some((store, scan)) => store.model_usage(scan).await.map_err(|source| Error::store(Some(scan), source))?,
        None => Vec::new(),
    };
    let tokens = |used: &ModelUse| used.input_tokens + used.output_tokens;
    let spent = Spending {
        cost_nano_usd: earlier.iter().filter_map(|used| used.cost_nano_usd).sum(),
        tokens: earlier.iter().map(tokens).sum(),
        unpriced_tokens: earlier.iter().filter(|used| used.cost_nano_usd.is_none()).map(tokens).sum(),
        exceeded: false,
    };
    let budget = Budget::new(request.limits, spent);
    let counts = Arc::new(Counts::resumed(earlier));
    let sink = Sink { counts: Arc::clone(&counts), writer: writer.cloned(), now_ms: request.now_ms };
    let now_ms = request.now_ms;
    let clock = Arc::new(move || u64::try_from(now_ms()).unwrap_or_default());
    let options = PoolOptions {
        prices: Arc::clone(&request.prices),
        sink: Arc::new(sink),
        proxy: request.proxy.clone(),
        ..PoolOptions::new(Arc::clone(&budget), clock)
    };
    let models = ModelPool::open(request.models.clone(), options, &request.variable)?;
    let analyzers = Asked::all(&request.profile.analyzers, &models)?;
    let voters = Voter::all(&request.profile.verifiers, request.profile.context_tokens, &models)?;
    let texts = MaskedTexts::new(input.snapshot, input.detector);
    let planner = Planner {
        snapshot: input.snapshot,
        detector: input.detector,
        texts: &texts,
        languages: input.languages,
        changed: input.changed,
        analyzers: &analyzers,
        tokens_max: chunk_tokens(request, &models, &analyzers),
        send_cleared: request.profile.send_cleared,
        stored: input.stored,
        progress: input.progress,
        stop: input.stop,
    };
    let plan = planner.plan(input.pool).await?;
    let index = index_of(input.snapshot, input.build, input.cache, input.pool, input.progress, input.stop).await?.index;
    let paths = input.snapshot.files.iter().map(|file| &file.path);
    let surroundings = Surroundings::new(&index, &texts, paths, request.profile.context_tokens);
    let control = Control::new();
    let stored = input.stored.zip(writer).map(|((store, scan), writer)| Stored {
        store,
        scan,
        writer: writer.clone(),
        use_answers: request.use_answers,
        keep_exchanges: request.keep_exchanges,
    });
    let asker = Asker::new(&models, stored, &counts, &control, request.now_ms);
    counts.chunks(|chunks| {
        chunks.total = plan.total;
        chunks.cleared = plan.cleared;
    });
    let run =
        Run { request, input, plan: &plan, analyzers: &analyzers, voters: &voters, models: &models, budget: &budget };
    let (found, judged) = run.draft_and_judge(&asker, &texts, &surroundings, &counts, &control);
    if let Some(refusal) = control.refusal() {
        return Err(Error::store(input.stored.map(|(_, scan)| scan), refusal));
    }
    let halt = control.reason();
    let mut report = counts.report(&request.profile.name);
    let spending = budget.spending();
    report.unpriced_tokens = spending.unpriced_tokens;
    report.max_cost_nano_usd = request.limits.max_cost_nano_usd;
    report.limit_reached = spending.exceeded;
    for status in models.status() {
        for used in report.models.iter_mut().filter(|used| used.model == status.name) {
            used.out.clone_from(&status.out);
        }
    }
    report.paused = match &halt {
        Some(Halt::Paused(why) | Halt::Stopped(why)) => Some(why.clone()),
        _ => None,
    };
    let findings = brought_together(input.findings, found, judged);
    let mut rule_ids: Vec<&str> =
        findings.iter().filter(|it| it.origin == Origin::Draft).map(|it| it.rule_id.as_str()).collect();
    rule_ids.sort_unstable();
    rule_ids.dedup();
    let rules = rule_ids.into_iter().filter_map(codeproof_judge::rule_info).collect();
    Ok(DeepOutcome { rules, findings, problems: plan.problems, report, halt })
}

/// What both loops need.
struct Run<'a> {
    request: &'a DeepRequest,
    input: &'a DeepInput<'a>,
    plan: &'a Plan,
    analyzers: &'a [Asked<'a>],
    voters: &'a [Voter<'a>],
    models: &'a ModelPool,
    budget: &'a Budget,
}

impl Run<'_> {
    /// Two threads, a queue between them, and an ear to the store. Blocks until both are done.
    fn draft_and_judge(
        &self,
        asker: &Asker<'_>,
        texts: &MaskedTexts<'_>,
        surroundings: &Surroundings<'_>,
        counts: &Counts,
        control: &Control,
    ) -> (Found, HashMap<Fingerprint, Finding>) {
        let Self { request, input, plan, .. } = self;
        let queue = SeverityQueue::new(QUEUE_DRAFTS);
        let key = PromptKey::new(request.secret);
        let drafter = Drafter {
            asker,
            analyzers: self.analyzers,
            detector: input.detector,
            texts,
            surroundings,
            key: &key,
            known: input.findings,
            min_severity: input.min_severity,
            queue: &queue,
            counts,
            control,
            progress: input.progress,
            window: self.window(Role::Analyzer),
            found: Mutex::default(),
        };
        let judge = Judge {
            asker,
            voters: self.voters,
            surroundings,
            languages: input.languages,
            key: &key,
            queue: &queue,
            counts,
            control,
            progress: input.progress,
            window: self.window(Role::Verifier),
            judged: Mutex::default(),
        };
        let handle = Handle::current();
        let (drafted, drafting) = watch::channel(false);
        let (ended, ending) = watch::channel(false);
        tokio::task::block_in_place(|| {
            std::thread::scope(|scope| {
                let watching = scope.spawn({
                    let handle = handle.clone();
                    move || handle.block_on(self.watch(control, ending))
                });
                let judging = scope.spawn({
                    let (handle, queue, judge) = (handle.clone(), &queue, &judge);
                    move || {
                        // However this thread ends, nobody waits for it to make room.
                        let _closed_at_the_end = ClosesAtTheEnd(queue);
                        handle.block_on(async {
                            if judge.voters.is_empty() {
                                queue.close();
                            } else {
                                tokio::join!(judge.judge_all(), self.feed(queue, control, drafting));
                            }
                        });
                    }
                });
                handle.block_on(drafter.draft_all(&plan.tasks));
                drafted.send_replace(true);
                let judging = judging.join();
                ended.send_replace(true);
                let watching = watching.join();
                // A crash of ours is the caller's to tell, as one of any other engine.
                if let Err(panic) = judging.and(watching) {
                    std::panic::resume_unwind(panic);
                }
            });
        });
        let found = drafter.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        (found, judge.judged.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Brings the detector's findings before the judges, the gravest first, and closes the queue when nothing more comes.
    async fn feed(&self, queue: &SeverityQueue<Finding>, control: &Control, mut drafting: watch::Receiver<bool>) {
        let push_all = async {
            if self.request.profile.judge_detector_findings {
                let mut known: Vec<&Finding> = self.input.findings.iter().filter(|it| can_be_judged(it)).collect();
                known.sort_by_key(|finding| Reverse(finding.severity));
                for finding in known {
                    queue.push(finding.severity, finding.clone()).await;
                }
            }
            // The sender is dropped only after it has told.
            let _ = drafting.wait_for(|done| *done).await;
        };
        tokio::select! {
            () = push_all => {}
            // Who still drafts must not wait for room that nobody makes.
            () = control.halted() => {}
        }
        queue.close();
    }

    /// Listens for the user and for other processes until the scan has ended.
    async fn watch(&self, control: &Control, mut ending: watch::Receiver<bool>) {
        let listen = async {
            let mut looks = tokio::time::interval(STOP_LOOK);
            let mut beats = tokio::time::interval(HEARTBEAT);
            let mut told = BTreeSet::new();
            loop {
                tokio::select! {
                    _ = looks.tick() => {
                        if self.input.stop.load(Ordering::Relaxed) {
                            control.halt(Halt::Interrupted);
                        }
                    }
                    _ = beats.tick() => {
                        self.tell(&mut told);
                        self.beat(control).await;
                    }
                }
            }
        };
        tokio::select! {
            () = listen => {}
            _ = ending.wait_for(|done| *done) => {}
        }
    }

    /// Tells once what the user would want to know before the report: a model that is out, a limit that is passed.
    fn tell(&self, told: &mut BTreeSet<String>) {
        let out = self.models.status().into_iter().filter_map(|status| {
            Some(format!("model {} is out for this scan: {}", status.name, one_sentence(&status.out?)))
        });
        let over = self.budget.spending().exceeded.then(|| "the limit of this scan is reached".to_owned());
        for line in out.chain(over) {
            if !told.contains(&line) {
                self.input.progress.say(&line);
                told.insert(line);
            }
        }
    }

    async fn beat(&self, control: &Control) {
        let Some((store, scan)) = self.input.stored else { return };
        match store.heartbeat(scan).await {
            Ok(Some(Wish::Pause)) => control.halt(Halt::Paused("paused by the user".to_owned())),
            Ok(Some(Wish::Cancel)) => control.halt(Halt::Cancelled),
            Ok(None) => {}
            // Another process goes on with the scan: what we write would be written twice.
            Err(error @ codeproof_store::Error::ScanTaken { .. }) => control.refuse(error),
            Err(error) => tracing::warn!(%error, "the scan's row could not be asked for wishes"),
        }
    }

    /// Items in work at once: enough that no model waits for the next one while another is slow.
    fn window(&self, role: Role) -> usize {
        let slots = self
            .models
            .models_for(role)
            .map(|config| config.max_concurrent as usize * config.batch_size.unwrap_or(1).max(1) as usize);
        3 * slots.max().unwrap_or(1).max(8)
    }
}

/// Closes a queue when it is dropped.
struct ClosesAtTheEnd<'q>(&'q SeverityQueue<Finding>);

impl Drop for ClosesAtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Tokens of a chunk: the profile's, or half of what the narrowest model takes.
fn chunk_tokens(request: &DeepRequest, models: &ModelPool, analyzers: &[Asked<'_>]) -> u32 {
    let windows = analyzers.iter().filter_map(|asked| models.prompt_tokens_max(&asked.analyzer.model).ok().flatten());
    let narrowest = windows.min().map_or(u32::MAX, |tokens| u32::try_from(tokens / 2).unwrap_or(u32::MAX));
    request.profile.chunk_tokens.min(narrowest).max(64)
}

/// Whether a vote on a detector's finding says anything: a secret is masked in prompts.
fn can_be_judged(finding: &Finding) -> bool {
    finding.state == State::Open && finding.category.is_none() && finding.secret.is_none()
}

/// The detector's findings with what models said, then those of models.
fn brought_together(known: &[Finding], mut found: Found, mut judged: HashMap<Fingerprint, Finding>) -> Vec<Finding> {
    let mut findings = Vec::with_capacity(known.len() + found.drafted.len());
    for (at, finding) in known.iter().enumerate() {
        let mut finding = judged.remove(&finding.fingerprint).unwrap_or_else(|| finding.clone());
        if let Some(sources) = found.joined.remove(&at) {
            finding.source_models = models_of(&sources);
        }
        findings.push(finding);
    }
    for (fingerprint, drafted) in found.drafted {
        findings.push(judged.remove(&fingerprint).unwrap_or(drafted));
    }
    findings
}
