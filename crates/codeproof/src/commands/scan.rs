//! `codeproof scan`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::UNIX_EPOCH;

use codeproof_detect::{Config, Detector};
use codeproof_pipeline::{Baseline, DeepRequest, Handles, MaskedSnippets, Request};
use codeproof_source::{Checkout, Since, WalkConfig};
use codeproof_store::{Store, StoreOptions, StoredScan};
use codeproof_types::{ScanId, ScanReport};

use super::target::{self, ScanTarget};
use super::{baseline, database, deep, kept_settings, reports, resume};
use crate::cli::ScanArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt;
use crate::progress::{ProgressMode, TerminalProgress};
use crate::settings::{self, ProjectFile, ScanSettings, UserSettings};

/// Runs the scan and writes its reports.
pub(crate) fn run(arguments: &ScanArguments) -> Result<Exit, Failure> {
    match arguments.deep.resume {
        None => start(arguments, None),
        Some(id) => {
            let targets = reports::absolute(&arguments.report)?;
            let now = ScanArguments { report: targets, ..arguments.clone() };
            let user = user_settings(&now)?;
            let url = database::url(now.db.as_deref(), &user)?;
            let stored = super::runtime()?.block_on(stored_scan(&url, ScanId(id)))?;
            let (mut then, folder) = resume::arguments_of(&stored, &now)?;
            then.db = Some(url);
            std::env::set_current_dir(&folder).map_err(|error| {
                Failure::failed(format_args!("cannot go to {}, where scan {id} was started: {error}", folder.display()))
            })?;
            start(&then, Some(&stored))
        }
    }
}

/// The scan to go on with.
async fn stored_scan(url: &str, id: ScanId) -> Result<StoredScan, Failure> {
    let store = Store::open_existing(url, StoreOptions::default()).await.map_err(database::store_failure)?;
    let scan = store.scan(id).await.map_err(database::store_failure)?;
    scan.ok_or_else(|| Failure::usage(format_args!("there is no scan {id}")).help("`codeproof scans` lists them"))
}

/// Runs a new scan, or goes on with a stored one.
fn start(arguments: &ScanArguments, resumed: Option<&StoredScan>) -> Result<Exit, Failure> {
    let user = user_settings(arguments)?;
    let deep = deep::request(arguments, &user)?;
    if deep.is_some() && arguments.no_store && resumed.is_none() {
        tracing::info!("a deep scan that is not stored cannot be resumed");
    }
    let fail_on = match arguments.fail_on {
        Some(fail_on) => fail_on,
        None => settings::parse_fail_on(&user.fail_on)?,
    };
    let targets = reports::plan(arguments.report.format, &arguments.report.outputs)?;
    let target = ScanTarget::of(arguments)?;
    let baseline = arguments.baseline.as_deref().map(baseline::read).transpose()?;
    let runtime = super::runtime()?;
    let stop = runtime.block_on(async { interrupt::stop_flag() });
    let progress = TerminalProgress::new(ProgressMode::for_stderr(user.progress));
    let checkout = target.fetch(arguments, &user, &progress, &stop)?;
    let root = checkout.as_ref().map_or_else(|| arguments.path.clone(), |checkout| checkout.root());
    let project = match root.is_dir() && !arguments.no_project_settings {
        true => ProjectFile::read(&root)?,
        false => None,
    };
    let scan = ScanSettings::new(&user, project.as_ref());
    let detector = Detector::new(Config {
        rule_folders: scan.rule_folders.clone(),
        gitleaks_config: scan.gitleaks_config.clone(),
        rules_off: scan.rules_off.clone(),
        salt: database::salt(),
    })
    .map_err(|error| Failure::usage(error).help("`codeproof rules` lists the rules there are"))?;
    let since = target::since(arguments, &user)?;
    let run = Run { arguments, user: &user, detector: &detector, progress: &progress, stop: &stop };
    let models = Models { deep, resumed };
    let compared = Compared { since, baseline };
    let report = runtime.block_on(run.scan_and_store(&target, checkout.clone(), compared, scan, models))?;
    let details = reports::Details { verbose: arguments.verbose, with_drafts: arguments.deep.with_drafts };
    reports::write(&report, &targets, Some(&MaskedSnippets::new(&root, &detector)), details)?;
    Ok(reports::exit(&report, fail_on.threshold()))
}

/// Settings with the flags on top.
fn user_settings(arguments: &ScanArguments) -> Result<UserSettings, Failure> {
    let mut user = settings::load_user(arguments.common.config.as_deref())?;
    user.rules.extend_from_slice(&arguments.rules);
    user.specs.extend_from_slice(&arguments.specs);
    user.exclude.extend_from_slice(&arguments.exclude);
    if !arguments.include.is_empty() {
        user.include.clone_from(&arguments.include);
    }
    if let Some(severity) = arguments.min_severity {
        user.min_severity = severity.into();
    }
    user.jobs = arguments.common.jobs.or(user.jobs);
    user.all |= arguments.all;
    user.cache &= !arguments.no_cache;
    user.progress &= !arguments.common.no_progress;
    Ok(user)
}

/// Says early and plainly when there is nothing to scan.
pub(crate) fn check_path(path: &Path) -> Result<(), Failure> {
    match path.metadata() {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Failure::usage(format_args!("there is no file or folder {}", path.display()))
                .help("give the path of a folder or file that exists, for example `codeproof scan .`"))
        }
        Err(error) => Err(Failure::failed(format_args!("cannot read {}: {error}", path.display()))),
    }
}

/// What every step of a run needs.
struct Run<'a> {
    arguments: &'a ScanArguments,
    user: &'a UserSettings,
    detector: &'a Detector,
    progress: &'a TerminalProgress,
    stop: &'a AtomicBool,
}

/// What the result is compared with.
struct Compared {
    since: Option<Since>,
    baseline: Option<Baseline>,
}

/// How models are used, and which scan goes on.
struct Models<'a> {
    deep: Option<DeepRequest>,
    resumed: Option<&'a StoredScan>,
}

impl Run<'_> {
    async fn scan_and_store(
        &self,
        target: &ScanTarget,
        checkout: Option<Arc<Checkout>>,
        compared: Compared,
        mut scan: ScanSettings,
        models: Models<'_>,
    ) -> Result<ScanReport, Failure> {
        let store = open_store(self.arguments, self.user, &mut scan.notes).await?;
        if let Some((store, deep)) = store.as_ref().zip(models.deep.as_ref()) {
            kept_settings::keep(store, self.user, (deep.now_ms)()).await?;
        }
        let cache = match self.user.cache {
            true => database::open_cache(self.user).await,
            false => None,
        };
        let Compared { since, baseline } = compared;
        let with_safe = self.arguments.with_safe;
        let mut request = Request { checkout, since, baseline, with_safe, ..request(target, self.user, scan) };
        request.deep = models.deep;
        match models.resumed {
            Some(resumed) => {
                request.resume = resumed.info.id;
                request.started_at_ms = resumed.info.started_at_ms;
            }
            None => resume::remember(&mut request.settings, &request.target),
        }
        let (detector, progress, stop) = (self.detector, self.progress, self.stop);
        let handles = Handles { detector, store: store.as_ref(), cache: cache.as_ref(), progress, stop };
        codeproof_pipeline::scan(&request, &handles).await.map_err(pipeline_failure)
    }
}

pub(super) fn request(target: &ScanTarget, user: &UserSettings, scan: ScanSettings) -> Request {
    Request {
        target: target.shown(),
        root: match target {
            ScanTarget::Path(path) => std::path::absolute(path).unwrap_or_else(|_| path.clone()),
            ScanTarget::Repository(url) => PathBuf::from(url.shown()),
        },
        checkout: None,
        since: None,
        baseline: None,
        walk: WalkConfig { include: scan.include, exclude: scan.exclude, max_file_bytes: scan.max_file_bytes },
        all: scan.all,
        specs: user.specs.clone(),
        with_safe: false,
        deep: None,
        resume: None,
        severities: scan.severities,
        min_severity: scan.min_severity,
        jobs: user.jobs.map_or_else(settings::default_jobs, usize::from),
        // The database's URL may hold a password; nothing else in the settings is secret.
        settings: serde_json::to_value(UserSettings { db: None, ..user.clone() }).unwrap_or_default(),
        notes: scan.notes,
        started_at_ms: super::now_ms(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        build: build(),
    }
}

/// Version, size and time of this program's file: a build with the same version and other code makes its own cache
/// entries.
pub(crate) fn build() -> String {
    let metadata = std::env::current_exe().and_then(|path| path.metadata()).ok();
    let changed = metadata.as_ref().and_then(|metadata| metadata.modified().ok()).unwrap_or(UNIX_EPOCH);
    let age = changed.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    format!("{} {} {age}", env!("CARGO_PKG_VERSION"), metadata.map_or(0, |metadata| metadata.len()))
}

/// The database; `None` when the user wants none, or when nobody named one and there is no place for the usual one.
async fn open_store(
    arguments: &ScanArguments,
    user: &UserSettings,
    notes: &mut Vec<String>,
) -> Result<Option<Store>, Failure> {
    if arguments.no_store {
        return Ok(None);
    }
    match database::url_to_write(arguments.db.as_deref(), user)? {
        Ok(url) => database::open(&url).await.map(Some),
        Err(why) => {
            notes.push(format!("this scan is not stored, `codeproof scans` will not know it: {why}"));
            Ok(None)
        }
    }
}

/// The exit code and help of a flow that ended early.
pub(crate) fn pipeline_failure(error: codeproof_pipeline::Error) -> Failure {
    match error {
        codeproof_pipeline::Error::Source(codeproof_source::Error::Interrupted) => Failure::interrupted(),
        codeproof_pipeline::Error::Source(codeproof_source::Error::Git(error)) => target::git_failure(error),
        codeproof_pipeline::Error::Source(error @ codeproof_source::Error::Unreadable { .. }) => Failure::failed(error),
        codeproof_pipeline::Error::Source(error) => Failure::usage(error),
        codeproof_pipeline::Error::Store { source, .. } => database::store_failure(*source),
        error @ codeproof_pipeline::Error::Specs(_) => {
            Failure::usage(error).help("docs/specs.md describes the files that --specs reads")
        }
        error @ (codeproof_pipeline::Error::Rules(_) | codeproof_pipeline::Error::UnknownRule { .. }) => {
            Failure::usage(error)
        }
        error @ (codeproof_pipeline::Error::Models(_)
        | codeproof_pipeline::Error::Profile(_)
        | codeproof_pipeline::Error::FileFilter { .. }) => Failure::usage(error)
            .help("`codeproof models check` asks each model; docs/models.md describes the settings"),
        error @ (codeproof_pipeline::Error::NotLaravel { .. } | codeproof_pipeline::Error::Lumen { .. }) => {
            Failure::usage(error)
        }
        error @ codeproof_pipeline::Error::Threads { .. } => Failure::failed(error),
    }
}
