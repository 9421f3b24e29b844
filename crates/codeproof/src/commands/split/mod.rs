//! `codeproof split`.

mod check;
mod text;
mod verify;

use codeproof_detect::{Config, Detector};
use codeproof_pipeline::{ProofRequest, Session, SessionError, SessionHandles, SessionRequest, run_session};
use codeproof_sandbox::{Python, Sandbox};
use codeproof_split::{Options, Status};
use codeproof_store::Store;
use codeproof_types::{SessionPhase, SessionStatus};

pub(super) use super::runner;
use super::{database, scan};
use crate::cli::{SplitArguments, SplitCommand, SplitFormat};
use crate::exit::Exit;
use crate::failure::{self, Failure};
use crate::progress::ProgressMode;
use crate::{interrupt, output, settings};

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
    scan::check_path(file)?;
    let user = settings::load_user(arguments.config.as_deref())?;
    let runner = arguments.prove.then(|| runner::Runner::new(&arguments.runner)).transpose()?;
    for folder in [&arguments.data, &arguments.data2].into_iter().flatten() {
        runner::check_folder(folder)?;
    }
    let runtime = super::runtime()?;
    let stop = runtime.block_on(async { interrupt::stop_flag() });
    let sandbox = Sandbox::of_this_program();
    let policy = arguments.runner.policy();
    let proof = runner.as_ref().zip(arguments.data.as_deref()).map(|(runner, data)| ProofRequest {
        data,
        second_data: arguments.data2.as_deref(),
        modules: &arguments.runner.pythonpath,
        python: &runner.python,
        sandbox: &sandbox,
        policy: &policy,
        workers: runner::workers(arguments.jobs),
        mutants_max: arguments.mutants,
        only: &arguments.scanners,
    });
    let (generated, build) = (today(), scan::build());
    let request = SessionRequest {
        file,
        out,
        force: arguments.force,
        options: Options { style: arguments.template.into(), generated: Some(&generated), ..Options::default() },
        proof,
        allow_unsafe: arguments.runner.allow_unsafe,
        models: Vec::new(),
        degraded: Vec::new(),
        build: &build,
    };
    let progress = Progress::new(ProgressMode::for_stderr(user.progress && !arguments.no_progress));
    let told = |phase: SessionPhase, percent: u8, scanner: Option<&str>| progress.tell(phase, percent, scanner);
    let mut detector = || Detector::new(Config { salt: database::salt(), ..Config::default() });
    let result = runtime.block_on(async {
        let store = open_store(arguments, &user).await?;
        let cache = match user.cache && !arguments.no_cache {
            true => database::open_cache(&user).await,
            false => None,
        };
        let handles = SessionHandles {
            store: store.as_ref(),
            cache: cache.as_ref(),
            progress: &told,
            stop: &stop,
            detector: &mut detector,
        };
        let result = run_session(request, handles).await.map_err(session_failure);
        if let Some(cache) = cache {
            cache.close().await;
        }
        if let Some(store) = store {
            store.close().await.map_err(database::store_failure)?;
        }
        result
    });
    progress.finish();
    let session = result?;
    write(arguments, &session)?;
    Ok(exit(arguments, &session))
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
                runner: arguments.runner.flags(),
            };
            out.write_all(text::session(session, &options).as_bytes())
        }
    })
}

async fn open_store(arguments: &SplitArguments, user: &settings::UserSettings) -> Result<Option<Store>, Failure> {
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

fn session_failure(error: SessionError) -> Failure {
    match error {
        SessionError::Store(error) => database::store_failure(error),
        SessionError::Folder(_) | SessionError::NotAFile { .. } | SessionError::UnknownScanner { .. } => {
            Failure::usage(failure::chain(&error))
        }
        SessionError::Read { .. } | SessionError::Rules(_) => Failure::failed(failure::chain(&error)),
    }
}

/// The day, for the heads of templates: `2026-11-22`.
fn today() -> String {
    codeproof_report::utc_from_ms(super::now_ms()).chars().take(10).collect()
}

/// One line that shows how far a session is.
struct Progress {
    mode: ProgressMode,
    bar: indicatif::ProgressBar,
}

impl Progress {
    fn new(mode: ProgressMode) -> Self {
        let bar = match mode {
            ProgressMode::Live => indicatif::ProgressBar::new(100),
            ProgressMode::Plain | ProgressMode::Silent => indicatif::ProgressBar::hidden(),
        };
        let style = indicatif::ProgressStyle::with_template("{percent:>3} % {wide_bar:.cyan/dim} {msg}");
        bar.set_style(style.expect("the template is valid"));
        Self { mode, bar }
    }

    fn tell(&self, phase: SessionPhase, percent: u8, scanner: Option<&str>) {
        if self.mode == ProgressMode::Live {
            // Workers tell it in any order; it never goes back.
            self.bar.set_position(self.bar.position().max(percent.into()));
            let scanner = scanner.map(|name| format!(" {name}")).unwrap_or_default();
            self.bar.set_message(codeproof_types::visible(&format!("{}{scanner}", phase.title())).into_owned());
        }
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Whether this Python is there, for `doctor`.
pub(crate) fn python_line() -> Result<String, String> {
    let python = runner::find_python(None).map_err(|failure| failure.to_string())?;
    let found = Python::at(&python).map_err(|error| failure::chain(&error))?;
    Ok(format!("Python {} ({})", found.version(), python.display()))
}
