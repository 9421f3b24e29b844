//! `codeproof split`.

mod check;
mod progress;
mod semantic;
mod text;
mod verify;

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use codeproof_detect::{Config, Detector};
use codeproof_pipeline::{OnProgress, Session, SessionError, SessionHandles, SessionRequest, run_session};
use codeproof_prove::{Data, Settings};
use codeproof_sandbox::{Python, Sandbox};
use codeproof_split::manual::{self, ManualBoundary};
use codeproof_split::{Options, Status};
use codeproof_store::Store;
use codeproof_types::{SessionPhase, SessionStatus};

pub(super) use super::runner;
use super::{database, scan};
use crate::cli::{SplitArguments, SplitCommand, SplitFormat};
use crate::exit::Exit;
use crate::failure::{self, Failure};
use crate::progress::ProgressMode;
use crate::settings::UserSettings;
use crate::{interrupt, output, settings};

/// Bytes of a file of boundaries that are read.
const BOUNDARIES_BYTES_MAX: u64 = 16 << 20;

/// Splits a file, or does what the subcommand says.
pub(crate) fn run(arguments: &SplitArguments) -> Result<Exit, Failure> {
    match &arguments.command {
        Some(SplitCommand::Check(arguments)) => return check::run(arguments),
        Some(SplitCommand::Verify(arguments)) => return verify::run(arguments),
        None => {}
    }
    let (Some(file), Some(out)) = (&arguments.file, &arguments.out) else {
        return Err(Failure::usage("give a file and --out DIR"));
    };
    runner::check_file(file, "codeproof split scans.py --out parts")?;
    let user = settings::load_user(arguments.config.as_deref())?;
    let manual = arguments.boundaries.as_deref().map(boundaries).transpose()?;
    let runner = arguments.prove.then(|| runner::Runner::new(&arguments.runner)).transpose()?;
    for folder in [&arguments.data, &arguments.data2].into_iter().flatten() {
        runner::check_folder(folder)?;
    }
    let runtime = super::runtime()?;
    let stop = runtime.block_on(async { interrupt::stop_flag() });
    let advice = match &arguments.model {
        Some(model) => Some(runtime.block_on(semantic::ask(model, file, &user))?),
        None => None,
    };
    let sandbox = Sandbox::of_this_program();
    let policy = arguments.runner.policy();
    let proof = runner.as_ref().zip(arguments.data.as_deref()).map(|(runner, data)| Settings {
        data: Data { first: data, second: arguments.data2.as_deref() },
        modules: &arguments.runner.pythonpath,
        python: &runner.python,
        sandbox: &sandbox,
        policy: &policy,
        workers: runner::workers(arguments.jobs),
        mutants_max: arguments.mutants,
        time_budget: arguments.time_budget.map(Duration::from_secs),
        only: &arguments.scanners,
    });
    let (generated, build) = (today(), scan::build());
    let request = SessionRequest {
        file,
        out,
        force: arguments.force,
        options: Options {
            style: arguments.template.into(),
            generated: Some(&generated),
            manual: manual.as_deref().unwrap_or_default(),
            proposals: advice.as_ref().map_or(&[][..], |advice| &advice.proposals),
            ..Options::default()
        },
        proof,
        allow_unsafe: arguments.runner.allow_unsafe,
        models: advice.iter().map(|advice| advice.row.clone()).collect(),
        degraded: advice.iter().filter_map(|advice| advice.failed.clone()).collect(),
        build: &build,
    };
    let progress = progress::Progress::new(ProgressMode::for_stderr(user.progress && !arguments.no_progress));
    let told = |phase: SessionPhase, percent: u8, scanner: Option<&str>| progress.tell(phase, percent, scanner);
    let result = runtime.block_on(run_kept(arguments, &user, request, &told, &stop));
    progress.finish();
    let session = result?;
    write(arguments, &session)?;
    Ok(exit(arguments, &session))
}

/// Runs a session with the user's database and cache.
async fn run_kept(
    arguments: &SplitArguments,
    user: &UserSettings,
    request: SessionRequest<'_>,
    progress: &OnProgress<'_>,
    stop: &AtomicBool,
) -> Result<Session, Failure> {
    let store = open_store(arguments, user).await?;
    let cache = match user.cache && !arguments.no_cache {
        true => database::open_cache(user).await,
        false => None,
    };
    let mut detector = || Detector::new(Config { salt: database::salt(), ..Config::default() });
    let handles =
        SessionHandles { store: store.as_ref(), cache: cache.as_ref(), progress, stop, detector: &mut detector };
    let result = run_session(request, handles).await.map_err(session_failure);
    if let Some(cache) = cache {
        cache.close().await;
    }
    if let Some(store) = store {
        store.close().await.map_err(database::store_failure)?;
    }
    result
}

/// Interrupted beats refuted beats failed.
fn exit(arguments: &SplitArguments, session: &Session) -> Exit {
    match () {
        () if session.status == SessionStatus::Interrupted => Exit::Interrupted,
        () if session.is_refuted() => Exit::Findings,
        () if session.split == Status::Error => Exit::Failed,
        () if arguments.prove && session.proof.is_none() && !session.scanners.is_empty() => Exit::Failed,
        () => Exit::Success,
    }
}

fn write(arguments: &SplitArguments, session: &Session) -> Result<(), Failure> {
    output::to_stdout(|out| match arguments.format {
        SplitFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, session)?;
            writeln!(out)
        }
        SplitFormat::Text => {
            let options = text::TextOptions {
                color: output::stdout_is_colored(),
                verbose: arguments.verbose,
                data: arguments.data.as_deref(),
                folder: nearer(Path::new(&session.folder)),
                runner: arguments.runner.flags(),
            };
            out.write_all(text::session(session, &options).as_bytes())
        }
    })
}

async fn open_store(arguments: &SplitArguments, user: &UserSettings) -> Result<Option<Store>, Failure> {
    if arguments.no_store {
        return Ok(None);
    }
    match database::url_to_write(arguments.db.as_deref(), user)? {
        Ok(url) => database::open(&url).await.map(Some),
        Err(why) => {
            output::to_stderr(&format!("the session is not stored: {why}\n"));
            Ok(None)
        }
    }
}

/// Reads a file of boundaries that somebody wrote.
fn boundaries(path: &Path) -> Result<Vec<ManualBoundary>, Failure> {
    let failed = |why: &dyn std::fmt::Display| {
        Failure::usage(format_args!("cannot use {}: {why}", path.display()))
            .help("write [{\"name\": \"gap\", \"start_line\": 3, \"end_line\": 9}], or change a boundaries.json")
    };
    let length = path.metadata().map_err(|error| failed(&error))?.len();
    if length > BOUNDARIES_BYTES_MAX {
        return Err(failed(&format_args!("it has {} MiB", length >> 20)));
    }
    let text = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
    manual::parse(&text).map_err(|problem| failed(&format_args!("line {}: {}", problem.line, problem.message)))
}

fn session_failure(error: SessionError) -> Failure {
    match error {
        SessionError::Store(error) => database::store_failure(error),
        SessionError::Folder(_) | SessionError::NotAFile { .. } | SessionError::UnknownScanner { .. } => {
            Failure::usage(failure::chain(&error))
        }
        SessionError::Read { .. } | SessionError::Rules(_) => Failure::failed(failure::chain(&error)),
    }
}

/// A path below this folder, as one names it from here.
fn nearer(path: &Path) -> std::path::PathBuf {
    let here = std::env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path).to_owned()
}

/// The day, for the heads of templates: `2026-11-22`.
fn today() -> String {
    codeproof_report::utc_from_ms(super::now_ms()).chars().take(10).collect()
}

/// Whether this Python is there, for `doctor`.
pub(crate) fn python_line() -> Result<String, String> {
    let python = runner::find_python(None).map_err(|failure| failure.to_string())?;
    let found = Python::at(&python).map_err(|error| failure::chain(&error))?;
    Ok(format!("Python {} ({})", found.version(), python.display()))
}
