//! `codeproof trace` and `codeproof specs-of`: questions about the flow of data.

use std::path::{Path, PathBuf};

use codeproof_detect::{Config, Detector};
use codeproof_pipeline::{ProgramRequest, Traced, ValuePlace};
use codeproof_report::{FunctionView, TraceView, TracedSink, render_functions, render_trace};
use codeproof_source::WalkConfig;

use super::{ask, database, scan};
use crate::cli::{CommonArguments, ReferencesFormat, SpecsOfArguments, TraceArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::{ProgressMode, TerminalProgress};
use crate::settings::UserSettings;
use crate::{interrupt, output, settings};

/// Shows where a value comes from and where it goes.
pub(crate) fn run(arguments: &TraceArguments) -> Result<Exit, Failure> {
    let (file, line, name) = split(&arguments.place).ok_or_else(|| {
        Failure::usage(format_args!("{} is no variable on a line", arguments.place))
            .help("write PATH:LINE:NAME, for example `codeproof trace src/app.py:120:user_id`")
    })?;
    let (root, path) = ask::root_of(&file, arguments.root.as_deref())?;
    let (user, detector) = prepared(&arguments.common, &arguments.specs)?;
    let place = ValuePlace { path: &path, line, name: &name };
    let traced = with_request(&root, &user, &arguments.common, |request, progress, stop| {
        codeproof_pipeline::trace(request, &user.specs, place, &detector, progress, stop)
    })?;
    let answer = match traced {
        Traced::Answer(answer) => answer,
        Traced::NoFile => {
            return Err(Failure::usage(format_args!("{path} is not among the files that are looked at"))
                .help("it must be text of the project itself, not ignored by git, and not larger than the limit"));
        }
        Traced::NotFollowed(language) => {
            let what = language.map_or("this file", |language| language.title());
            return Err(Failure::usage(format_args!("data is not followed through {what} yet"))
                .help("Python and PHP are followed"));
        }
        Traced::NoValue => {
            return Err(Failure::usage(format_args!(
                "line {line} of {path} has no variable `{name}` that is followed"
            ))
            .help("name a parameter, a variable that is set or used there, or the last part of `self.name`"));
        }
    };
    let view = TraceView {
        place: format!("{path}:{line}"),
        name,
        from: answer.from,
        to: answer.to,
        sinks: answer.sinks.into_iter().map(|(rule_id, evidence)| TracedSink { rule_id, evidence }).collect(),
    };
    let as_json = arguments.format == ReferencesFormat::Json;
    output::to_stdout(|out| render_trace(&view, as_json, &ask::text_options(), out))?;
    Ok(Exit::Success)
}

/// Shows what the functions of a program do with data.
pub(crate) fn specs_of(arguments: &SpecsOfArguments) -> Result<Exit, Failure> {
    scan::check_path(&arguments.path)?;
    let (user, detector) = prepared(&arguments.common, &arguments.specs)?;
    let answers = with_request(&arguments.path, &user, &arguments.common, |request, progress, stop| {
        codeproof_pipeline::functions(request, &user.specs, &detector, progress, stop)
    })?;
    let views: Vec<FunctionView> = answers
        .into_iter()
        .map(|answer| FunctionView {
            location: answer.location,
            name: answer.name,
            role: answer.role.to_owned(),
            why: answer.why,
            at: answer.at,
        })
        .collect();
    let as_json = arguments.format == ReferencesFormat::Json;
    output::to_stdout(|out| render_functions(&views, as_json, &ask::text_options(), out))?;
    Ok(Exit::Success)
}

/// `src/app.py:120:user_id` in its parts.
fn split(text: &str) -> Option<(PathBuf, u32, String)> {
    let (place, name) = text.rsplit_once(':')?;
    let (file, line) = ask::split_place(place)?;
    let name = name.trim_start_matches('$');
    (!name.is_empty()).then(|| (file, line, name.to_owned()))
}

fn prepared(common: &CommonArguments, specs: &[PathBuf]) -> Result<(UserSettings, Detector), Failure> {
    let mut user = settings::load_user(common.config.as_deref())?;
    user.specs.extend_from_slice(specs);
    let config = Config { salt: database::salt(), gitleaks_config: user.gitleaks_config.clone(), ..Config::default() };
    let detector = Detector::new(config).map_err(Failure::usage)?;
    Ok((user, detector))
}

fn with_request<T>(
    root: &Path,
    user: &UserSettings,
    common: &CommonArguments,
    ask: impl FnOnce(
        &ProgramRequest<'_>,
        &TerminalProgress,
        &std::sync::atomic::AtomicBool,
    ) -> Result<T, codeproof_pipeline::Error>,
) -> Result<T, Failure> {
    let jobs = common.jobs.or(user.jobs).map_or_else(settings::default_jobs, usize::from);
    let progress = TerminalProgress::new(ProgressMode::for_stderr(user.progress && !common.no_progress));
    let walk = WalkConfig {
        include: user.include.clone(),
        exclude: user.exclude.clone(),
        max_file_bytes: user.max_file_bytes,
    };
    let runtime = super::runtime()?;
    let _entered = runtime.enter();
    let stop = interrupt::stop_flag();
    let request = ProgramRequest { root, walk: &walk, jobs, build: &scan::build() };
    ask(&request, &progress, &stop).map_err(scan::pipeline_failure)
}
