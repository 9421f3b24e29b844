//! The flow of a scan: begin its row, list the tree, analyse, store, report.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use codeproof_detect::Detector;
use codeproof_source::{Checkout, Since, WalkConfig};
use codeproof_store::{AnalysisCache, NewScan, ScanEnd, ScanWriter, Store};
use codeproof_types::{
    FileClass, Finding, Fingerprint, Language, ModelReport, Phase, Problem, Progress, RepoPath, RuleInfo, ScanId,
    ScanInfo, ScanReport, ScanStatus, ScanSummary, Severity, SilentProgress,
};
use tokio::task::block_in_place;

use crate::deep::{self, DeepInput, DeepRequest, Halt};
use crate::flows::{AllSpecs, Programs};
use crate::maps::Maps;
use crate::merge::{KnownSite, Merged, merge, safe_site};
use crate::scope::Scope;
use crate::tree::Tree;
use crate::work::{Tally, Work};
use crate::{Baseline, Error, compare, pool};

/// What to scan and how.
pub struct Request {
    /// The path as the user gave it, for reports.
    pub target: String,
    /// The folder or file to look at; of a repository its URL, since the folder with its files goes with the request.
    pub root: PathBuf,
    /// The files to look at instead, when they come from a commit.
    pub checkout: Option<Arc<Checkout>>,
    /// Look only at what changed in `root`, when set; a checkout is looked at as a whole.
    pub since: Option<Since>,
    /// An earlier report to compare with, when set.
    pub baseline: Option<Baseline>,
    /// Which files.
    pub walk: WalkConfig,
    /// All rules on vendored, generated and minified files, too.
    pub all: bool,
    /// Folders with the user's own specs, which say what functions do with data.
    pub specs: Vec<PathBuf>,
    /// The report lists the places that were shown to be harmless, too.
    pub with_safe: bool,
    /// Severities that replace those of the rules; the last one for a rule wins.
    pub severities: Vec<(String, Severity)>,
    /// Findings below this are left out.
    pub min_severity: Severity,
    /// Threads.
    pub jobs: usize,
    /// How models are used; `None` keeps the scan offline.
    pub deep: Option<DeepRequest>,
    /// The stored scan to go on with, instead of beginning a new one.
    pub resume: Option<ScanId>,
    /// The settings as they are stored with the scan.
    pub settings: serde_json::Value,
    /// What the reader should know about the settings; goes into the report.
    pub notes: Vec<String>,
    /// Start, milliseconds since 1970 UTC.
    pub started_at_ms: i64,
    /// codeproof's version.
    pub version: String,
    /// Identity of the program's build; another build makes its own cache entries.
    pub build: String,
}

/// What a scan works with.
pub struct Handles<'a> {
    /// The rules.
    pub detector: &'a Detector,
    /// Where rows go; `None` keeps nothing.
    pub store: Option<&'a Store>,
    /// Where analysed files are kept; `None` analyses all anew.
    pub cache: Option<&'a AnalysisCache>,
    /// Who is told how far the scan is.
    pub progress: &'a dyn Progress,
    /// Raised to stop; what was found until then is stored and returned.
    pub stop: &'a AtomicBool,
}

/// Scans a tree. Must run on a multi-threaded runtime, because the engines block.
///
/// An interrupted scan is a result with [`ScanStatus::Interrupted`], not an error. In a database the scan's row ends
/// as what happened to it, whatever that was.
///
/// # Errors
/// When the tree cannot be listed, a setting names an unknown rule, or the database refuses.
pub async fn scan(request: &Request, handles: &Handles<'_>) -> Result<ScanReport, Error> {
    let severities = severity_table(request, handles.detector)?;
    let specs = AllSpecs::new(&request.specs)?;
    let started = Instant::now();
    let stored = match handles.store {
        Some(store) => Some((store, begin(request, store).await?)),
        None => None,
    };
    let id = stored.map(|(_, id)| id);
    let store_error = |source| Error::store(id, source);
    let writer = stored.map(|(store, id)| store.writer(id));
    let result = run(request, handles, (&severities, &specs), stored, writer.as_ref()).await;
    // The writer is closed before anything else is decided: what was found must reach the disk on every way out.
    let closed = match writer {
        Some(writer) => writer.close().await.map_err(store_error),
        None => Ok(HashMap::new()),
    };
    let result = match (result, closed) {
        (Ok(outcome), Ok(ids)) => ask_models(request, handles, stored, outcome).await.map(|outcome| (outcome, ids)),
        (Err(error), _) | (Ok(_), Err(error)) => Err(error),
    };
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut outcome = match result {
        Ok((mut outcome, mut ids)) => {
            if let Some((store, id)) = stored.filter(|_| request.deep.is_some()) {
                ids = store.finding_ids(id).await.map_err(store_error)?;
            }
            for finding in &mut outcome.findings {
                finding.id = ids.remove(&finding.fingerprint);
            }
            // What is left was found before a pause, in code that is no longer there.
            if let Some((store, id)) = stored.filter(|_| request.resume.is_some())
                && outcome.status == ScanStatus::Completed
            {
                let gone: Vec<Fingerprint> = ids.into_keys().collect();
                store.drop_findings(id, &gone).await.map_err(store_error)?;
            }
            outcome
        }
        Err(error) => {
            // A scan that another process has taken over is no longer ours to end.
            if let Some((store, id)) = stored.filter(|_| !error.is_taken()) {
                // The first error is the one worth telling; the row says what can still be said.
                let (summary, why) = (ScanSummary::default(), error.to_string());
                let mut end = ScanEnd::completed(&summary, duration_ms);
                end.status = ScanStatus::Failed;
                end.error = Some(&why);
                if let Err(second) = store.finish_scan(id, end).await {
                    tracing::warn!(scan.id = %id, error = %second, "the failed scan could not be marked as failed");
                }
            }
            return Err(error);
        }
    };
    outcome.summary.count_findings(&outcome.findings);
    let mut report = ScanReport {
        scan: ScanInfo {
            id,
            target: request.target.clone(),
            commit: request.checkout.as_ref().map(|checkout| checkout.commit().to_owned()),
            version: request.version.clone(),
            status: outcome.status,
            started_at_ms: request.started_at_ms,
            duration_ms,
        },
        rules: rules_that_fired(&outcome.findings, handles.detector, outcome.model_rules),
        summary: outcome.summary,
        findings: outcome.findings,
        problems: outcome.problems,
        notes: outcome.notes,
        comparison: None,
        safe_sites: request.with_safe.then(|| outcome.sites.into_iter().filter_map(safe_site).collect()),
        models: outcome.models,
    };
    if let Some((store, id)) = stored {
        let end = ScanEnd {
            status: report.scan.status,
            summary: &report.summary,
            duration_ms,
            problems: &report.problems,
            rules: &report.rules,
            notes: &report.notes,
            models: report.models.as_ref(),
            error: None,
        };
        store.finish_scan(id, end).await.map_err(store_error)?;
    }
    // The database keeps what the scan found; how that stands to a baseline is a matter of this report.
    if let Some(baseline) = &request.baseline {
        compare(&mut report, baseline, |finding| !outcome.not_looked_for.contains(&finding.fingerprint));
    }
    Ok(report)
}

/// What the engines bring back.
pub(crate) struct Outcome {
    status: ScanStatus,
    summary: ScanSummary,
    pub findings: Vec<Finding>,
    pub problems: Vec<Problem>,
    notes: Vec<String>,
    /// Every place data flow looked at, with the rules whose findings it took away there.
    pub sites: Vec<KnownSite>,
    /// Findings of the baseline that would not be among `findings` if they were still there.
    not_looked_for: HashSet<Fingerprint>,
    /// Class and language of every file, the latter when it has a grammar.
    pub languages: HashMap<RepoPath, (FileClass, Option<Language>)>,
    /// The files; `None` when they could not be listed before an interrupt.
    tree: Option<Tree>,
    /// What models did, when any were asked.
    models: Option<ModelReport>,
    /// What the rules of models' findings say of themselves.
    model_rules: Vec<RuleInfo>,
}

/// Begins the scan's row, or takes over that of the scan to go on with.
async fn begin(request: &Request, store: &Store) -> Result<ScanId, Error> {
    if let Some(id) = request.resume {
        take_over(store, id).await.map_err(|source| Error::store(None, source))?;
        return Ok(id);
    }
    let new = NewScan {
        target: request.target.clone(),
        commit: request.checkout.as_ref().map(|checkout| checkout.commit().to_owned()),
        root: request.root.display().to_string(),
        version: request.version.clone(),
        settings: request.settings.clone(),
        started_at_ms: request.started_at_ms,
        profile: request.deep.as_ref().map(|deep| deep.profile.name.clone()),
    };
    store.begin_scan(new).await.map_err(|source| Error::store(None, source))
}

/// Takes over a stored scan. A process that was killed a moment ago takes a moment to be gone.
async fn take_over(store: &Store, id: ScanId) -> Result<(), codeproof_store::Error> {
    const LOOKS: u32 = 30;
    const BETWEEN: Duration = Duration::from_millis(100);
    let mut looks = tokio::time::interval(BETWEEN);
    for _ in 1..LOOKS {
        looks.tick().await;
        match store.take_over(id).await {
            // There is nothing to wait on: a process of somebody else tells nobody that it is gone.
            Err(codeproof_store::Error::ScanRuns { .. }) => {}
            other => return other.map(drop),
        }
    }
    store.take_over(id).await.map(drop)
}

/// The deep part of a scan, when the request has one and nobody interrupted the scan before.
async fn ask_models(
    request: &Request,
    handles: &Handles<'_>,
    stored: Option<(&Store, ScanId)>,
    mut outcome: Outcome,
) -> Result<Outcome, Error> {
    let (Some(deep), Some(tree)) = (&request.deep, outcome.tree.take()) else { return Ok(outcome) };
    if outcome.status != ScanStatus::Completed {
        return Ok(outcome);
    }
    if let Some((store, id)) = stored {
        store.set_phase(id, Phase::Draft, 0).await.map_err(|source| Error::store(Some(id), source))?;
    }
    let pool = pool::make(request.jobs)?;
    let input = DeepInput {
        snapshot: &tree.snapshot,
        changed: tree.changed.as_ref(),
        languages: &outcome.languages,
        detector: handles.detector,
        cache: handles.cache,
        findings: &outcome.findings,
        min_severity: request.min_severity,
        stored,
        build: &request.build,
        pool: &pool,
        progress: handles.progress,
        stop: handles.stop,
    };
    let done = deep::run(deep, &input).await?;
    outcome.findings = done.findings;
    outcome.findings.sort_by(|one, other| one.report_order().cmp(&other.report_order()));
    outcome.model_rules = done.rules;
    outcome.problems.extend(done.problems);
    outcome.problems.sort();
    outcome.problems.dedup();
    outcome.models = Some(done.report);
    outcome.status = match done.halt {
        None => ScanStatus::Completed,
        Some(Halt::Paused(_)) => ScanStatus::Paused,
        Some(Halt::Cancelled) => ScanStatus::Cancelled,
        Some(Halt::Stopped(_) | Halt::Interrupted | Halt::Broken) => ScanStatus::Interrupted,
    };
    Ok(outcome)
}

pub(crate) async fn run(
    request: &Request,
    handles: &Handles<'_>,
    (severities, specs): (&HashMap<&str, Severity>, &AllSpecs),
    stored: Option<(&Store, ScanId)>,
    writer: Option<&ScanWriter>,
) -> Result<Outcome, Error> {
    let mut notes = request.notes.clone();
    let pool = pool::make(request.jobs)?;
    let walked = block_in_place(|| pool.install(|| Tree::read(request, handles)));
    let tree = match walked {
        Ok(tree) => tree,
        Err(codeproof_source::Error::Interrupted) => return Ok(Outcome::nothing_yet(notes)),
        Err(error) => return Err(error.into()),
    };
    if let Some((store, id)) = stored {
        store.set_phase(id, Phase::Detect, 0).await.map_err(|source| Error::store(Some(id), source))?;
    }
    let engine = format!("{} {}", request.build, handles.detector.version());
    let work = Work {
        snapshot: &tree.snapshot,
        changed: tree.changed.as_ref().map(|changed| &changed.lines),
        unchanged_findings: AtomicU64::new(0),
        detector: handles.detector,
        cache: handles.cache,
        writer,
        progress: handles.progress,
        stop: handles.stop,
        severities,
        min_severity: request.min_severity,
        all: request.all,
        engine: &engine,
    };
    let mut tally = work.all_files(&pool).await;
    let mut merged = follow(request, handles, specs, &tree, &mut tally, &engine, &pool).await?;
    if !handles.stop.load(Ordering::Relaxed) {
        let maps = block_in_place(|| Maps::of(request, &tree, handles));
        tally.problems.extend(maps.problems());
        merged.findings.extend(block_in_place(|| maps.findings(&tree.snapshot, handles.detector)));
        if let Some((store, _)) = stored {
            maps.store(store, request, &tree).await?;
        }
    }
    // When the writer stopped, closing it tells why.
    let _ = block_in_place(|| work.write_merged(&mut merged.findings));
    tally.findings.append(&mut merged.findings);
    notes.extend(tree.notes(request, work.unchanged_findings.load(Ordering::Relaxed)));
    notes.extend(handles.cache.map(AnalysisCache::warnings).unwrap_or_default());
    let status = if handles.stop.load(Ordering::Relaxed) { ScanStatus::Interrupted } else { ScanStatus::Completed };
    let mut findings = tally.findings;
    findings.sort_by(|one, other| one.report_order().cmp(&other.report_order()));
    let mut problems = tally.problems;
    problems.sort();
    let scope = Scope { request, handles, tree: &tree, severity: &|rule| severities.get(rule).copied() };
    let old = request.baseline.as_ref().map_or(&[][..], |baseline| &baseline.report.findings);
    let not_looked_for = scope.not_looked_for(old, &problems);
    let not_looked_for = not_looked_for.into_iter().map(|finding| finding.fingerprint.clone()).collect();
    notes.extend(dropped_note(&merged.sites));
    Ok(Outcome {
        status,
        summary: tally.summary,
        findings,
        problems,
        notes,
        sites: merged.sites,
        not_looked_for,
        languages: tally.languages,
        tree: Some(tree),
        models: None,
        model_rules: Vec::new(),
    })
}

/// Follows data through the programs, and decides between its findings and those of pattern rules.
async fn follow(
    request: &Request,
    handles: &Handles<'_>,
    specs: &AllSpecs,
    tree: &Tree,
    tally: &mut Tally,
    engine: &str,
    pool: &rayon::ThreadPool,
) -> Result<Merged, Error> {
    // What changed is looked at in the whole program: a chain through a changed line may begin and end elsewhere.
    let whole = match tree.changed {
        Some(_) if tally.has_followed() => {
            let list = || codeproof_source::snapshot(&request.root, &request.walk, &SilentProgress, handles.stop);
            match block_in_place(|| pool.install(list)) {
                Ok(snapshot) => Some(snapshot),
                Err(codeproof_source::Error::Interrupted) => None,
                Err(error) => return Err(error.into()),
            }
        }
        _ => None,
    };
    let programs = Programs {
        snapshot: whole.as_ref().unwrap_or(&tree.snapshot),
        detector: handles.detector,
        specs,
        cache: handles.cache,
        stop: handles.stop,
        all: request.all,
        engine,
    };
    let mut flows = programs.flows(&tally.languages, std::mem::take(&mut tally.lowered), pool).await?;
    tally.problems.append(&mut flows.problems);
    let mut merged = merge(std::mem::take(&mut tally.held), flows, handles.detector);
    if let Some(changed) = &tree.changed {
        merged.sites.retain(|known| changed.lines.touches(&known.site.location));
    }
    Ok(merged)
}

/// How many findings of pattern rules were taken away because data flow knows better; nothing when none was.
fn dropped_note(sites: &[KnownSite]) -> Option<String> {
    let places: BTreeSet<_> =
        sites.iter().filter(|site| !site.dropped.is_empty()).map(|it| &it.site.location).collect();
    let (places, was) = match places.len() {
        0 => return None,
        1 => ("1 place".to_owned(), "was"),
        several => (format!("{several} places"), "were"),
    };
    Some(format!(
        "{places} that pattern rules point at {was} shown to be harmless by data flow; --with-safe lists them"
    ))
}

impl Outcome {
    /// An interrupt during the walk.
    fn nothing_yet(notes: Vec<String>) -> Self {
        let (findings, problems) = (Vec::new(), Vec::new());
        let (summary, not_looked_for) = (ScanSummary::default(), HashSet::new());
        let sites = Vec::new();
        Self {
            status: ScanStatus::Interrupted,
            summary,
            findings,
            problems,
            notes,
            sites,
            not_looked_for,
            languages: HashMap::new(),
            tree: None,
            models: None,
            model_rules: Vec::new(),
        }
    }
}

/// The user's severities by rule, checked against the rules there are.
fn severity_table<'r>(request: &'r Request, detector: &Detector) -> Result<HashMap<&'r str, Severity>, Error> {
    let mut table = HashMap::new();
    for (rule, severity) in &request.severities {
        if detector.rule(rule).is_none() {
            return Err(Error::UnknownRule { rule: rule.clone() });
        }
        table.insert(rule.as_str(), *severity);
    }
    Ok(table)
}

/// The rules named by findings, sorted by id; `of_models` are those of models' findings.
fn rules_that_fired(findings: &[Finding], detector: &Detector, of_models: Vec<RuleInfo>) -> Vec<RuleInfo> {
    let fired: BTreeSet<&str> = findings.iter().map(|finding| finding.rule_id.as_str()).collect();
    let mut rules: Vec<RuleInfo> = fired.into_iter().filter_map(|id| detector.rule(id)).cloned().collect();
    rules.extend(of_models);
    rules.sort_by(|one, other| one.id.cmp(&other.id));
    rules
}
