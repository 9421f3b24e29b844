//! Reads a whole program for the commands that ask about it.

use std::path::Path;

use codeproof_pipeline::{Program, ProgramRequest};
use codeproof_source::WalkConfig;
use codeproof_types::{Problem, visible};

use super::{database, scan};
use crate::cli::CommonArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::{ProgressMode, TerminalProgress};
use crate::{interrupt, output, settings};

/// Indexes the tree at `path`, with the user's settings and cache.
pub(crate) fn read(path: &Path, common: &CommonArguments) -> Result<Program, Failure> {
    scan::check_path(path)?;
    let user = settings::load_user(common.config.as_deref())?;
    let jobs = common.jobs.or(user.jobs).map_or_else(settings::default_jobs, usize::from);
    let progress = TerminalProgress::new(ProgressMode::for_stderr(user.progress && !common.no_progress));
    let walk = WalkConfig {
        include: user.include.clone(),
        exclude: user.exclude.clone(),
        max_file_bytes: user.max_file_bytes,
    };
    super::runtime()?.block_on(async {
        let stop = interrupt::stop_flag();
        let cache = if user.cache { database::open_cache(&user).await } else { None };
        let request = ProgramRequest { root: path, walk: &walk, jobs, build: &scan::build() };
        let program = codeproof_pipeline::program(&request, cache.as_ref(), &progress, &stop).await;
        if let Some(cache) = cache {
            for warning in cache.warnings() {
                output::to_stderr(&visible(&format!("{warning}\n")));
            }
            cache.close().await;
        }
        program.map_err(scan::pipeline_failure)
    })
}

/// Prints what could not be read, and the exit code that goes with it.
pub(crate) fn exit_of(program: &Program) -> Exit {
    exit_with(&program.problems)
}

/// Prints which of the problems are failures, and the exit code that goes with them.
pub(crate) fn exit_with(problems: &[Problem]) -> Exit {
    let failures: Vec<_> = problems.iter().filter(|problem| problem.kind.is_failure()).collect();
    for problem in &failures {
        let path = problem.path.as_ref().map_or("", |path| path.as_str());
        output::to_stderr(&visible(&format!("{path}: {}\n", problem.message)));
    }
    if failures.is_empty() { Exit::Success } else { Exit::Failed }
}
