//! What runs programs of others: the interpreter, the limits, how many at a time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use codeproof_sandbox::{Policy, Python};

use crate::cli::RunnerArguments;
use crate::failure::{self, Failure};
use crate::settings;

/// Resident memory that one worker takes with pandas, its server and its runs, in bytes.
const WORKER_BYTES: u64 = 512 << 20;

/// Workers at most: each has a server of its own, and a file has rarely more scanners.
const WORKERS_MAX: usize = 16;

/// Bytes of a program.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// An interpreter that answered.
pub(crate) struct Runner {
    pub python: Python,
}

impl Runner {
    /// Asks the interpreter, and looks at the folders.
    ///
    /// # Errors
    /// When there is none, it does not answer, or a folder is not there.
    pub(crate) fn new(arguments: &RunnerArguments) -> Result<Self, Failure> {
        arguments.pythonpath.iter().try_for_each(|folder| check_folder(folder))?;
        let program = find_python(arguments.python.as_deref())?;
        if !program.exists() {
            return Err(Failure::usage(format_args!("there is no interpreter {}", program.display()))
                .help("give the path of one with --python, such as .venv/bin/python"));
        }
        let python = Python::at(&program).map_err(|error| {
            Failure::usage(format_args!("cannot {}", failure::chain(&error)))
                .help("give an interpreter with --python PATH")
        })?;
        Ok(Self { python })
    }
}

impl RunnerArguments {
    /// What was said about the interpreter and its folders, to be said again.
    pub(crate) fn flags(&self) -> String {
        let python = self.python.iter().map(|path| format!(" --python {}", path.display()));
        let folders = self.pythonpath.iter().map(|path| format!(" --pythonpath {}", path.display()));
        python.chain(folders).collect()
    }

    /// The limits of each run.
    pub(crate) fn policy(&self) -> Policy {
        let seconds = u64::from(self.timeout);
        Policy {
            wall_time: Duration::from_secs(seconds),
            cpu_seconds: seconds,
            memory_bytes: u64::from(self.memory) << 20,
            allow_weaker: self.allow_weaker.clone(),
            ..Policy::default()
        }
    }
}

/// The interpreter that is meant: a path as it is, a name as the shell finds it; `python3` when nothing is said.
///
/// # Errors
/// When no folder of `PATH` has it.
pub(crate) fn find_python(given: Option<&Path>) -> Result<PathBuf, Failure> {
    let name = given.unwrap_or(Path::new("python3"));
    if name.components().count() > 1 {
        return Ok(name.to_owned());
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    // What lies in the folder one stands in is data, whatever PATH says.
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).filter(|folder| folder.is_absolute()).collect();
    let found = folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file());
    found.ok_or_else(|| {
        Failure::usage(format_args!("there is no {} in the folders of PATH", name.display()))
            .help("install Python 3, or give an interpreter with --python PATH")
    })
}

/// # Errors
/// When there is no such file.
pub(crate) fn check_file(file: &Path, example: &str) -> Result<(), Failure> {
    match file.metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Failure::usage(format_args!("there is no file {}", file.display()))
                .help(format_args!("give a Python file that exists, for example `{example}`")))
        }
        Err(error) => Err(Failure::failed(format_args!("cannot read {}: {error}", file.display()))),
        Ok(_) => Ok(()),
    }
}

/// A program's text, for as long as it is a file: devices and pipes have no end.
///
/// # Errors
/// When it is no file, too large, or cannot be read.
pub(crate) fn read_file(file: &Path) -> Result<Vec<u8>, Failure> {
    let path = file.display();
    let failed = |error: std::io::Error| Failure::failed(format_args!("cannot read {path}: {error}"));
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() || metadata.len() > FILE_BYTES_MAX {
        return Err(Failure::usage(format_args!("cannot read {path}: it is no file, or too large")));
    }
    std::fs::read(file).map_err(failed)
}

/// # Errors
/// When it is no folder.
pub(crate) fn check_folder(folder: &Path) -> Result<(), Failure> {
    match folder.is_dir() {
        true => Ok(()),
        false => Err(Failure::usage(format_args!("{} is no folder", folder.display()))),
    }
}

/// How many programs run at a time: one per core, as far as free memory goes.
pub(crate) fn workers(wanted: Option<u16>) -> usize {
    if let Some(wanted) = wanted {
        return usize::from(wanted);
    }
    let cores = settings::default_jobs();
    let fitting = free_bytes().map_or(cores, |bytes| usize::try_from(bytes / WORKER_BYTES).unwrap_or(cores));
    cores.min(fitting).clamp(1, WORKERS_MAX)
}

/// Memory that can be taken without swapping, as the kernel guesses it (`MemAvailable`, in KiB).
fn free_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib << 10)
}
