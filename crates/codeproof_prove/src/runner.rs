//! Runs programs on one folder of data: in a warm server while there is one, else one by one.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use codeproof_sandbox::{Error, Job, Outcome, PlacedFile, Policy, Sandbox, Warm};
use codeproof_split::OutputFile;

use crate::Request;

/// Where programs see their data.
pub(crate) const DATA: &str = "/data";

/// What servers import before they fork; what is not installed is left out. Standard modules are those that templates
/// import, and the slow ones that scanners do.
const PRELOAD: [&str; 12] = [
    "pandas",
    "numpy",
    "argparse",
    "ast",
    "asyncio",
    "concurrent.futures",
    "csv",
    "dataclasses",
    "datetime",
    "inspect",
    "json",
    "threading",
];

/// Servers that may die under a runner until it does without.
const SERVERS_MAX: u32 = 2;

/// One worker's way to run programs.
pub(crate) struct Runner<'r> {
    request: &'r Request<'r>,
    data: &'r Path,
    server: Option<Warm>,
    /// Servers that were started and are gone.
    lost: u32,
    /// Counts programs of all runners.
    runs: &'r AtomicUsize,
}

/// A program and what lies beside it.
pub(crate) struct Program<'p> {
    pub(crate) file: &'p OutputFile,
    pub(crate) beside: Vec<PlacedFile>,
    pub(crate) arguments: Vec<String>,
}

impl<'r> Runner<'r> {
    pub(crate) fn new(request: &'r Request<'r>, data: &'r Path, runs: &'r AtomicUsize) -> Self {
        Self { request, data, server: None, lost: 0, runs }
    }

    /// Runs a program. A server that dies is replaced once, and the program runs again.
    ///
    /// # Errors
    /// Those of the sandbox; none of them is the program's doing.
    pub(crate) fn run(&mut self, program: Program<'_>, policy: &Policy) -> Result<Outcome, Error> {
        self.runs.fetch_add(1, Ordering::Relaxed);
        let job = self.job(program);
        while self.lost < SERVERS_MAX {
            match self.run_warm(&job, policy) {
                Ok(outcome) => return Ok(outcome),
                Err(error @ (Error::Refused { .. } | Error::LastWall { .. } | Error::Layout(_))) => return Err(error),
                Err(_) => self.lost += 1,
            }
        }
        self.sandbox().run(&job, policy)
    }

    /// Lets the server go until the next run.
    pub(crate) fn rest(&mut self) {
        self.server = None;
    }

    /// Servers that failed here.
    pub(crate) fn lost_servers(&self) -> u32 {
        self.lost
    }

    fn run_warm(&mut self, job: &Job, policy: &Policy) -> Result<Outcome, Error> {
        let mut server = match self.server.take() {
            Some(server) => server,
            None => self.sandbox().warm(job, self.request.settings.policy, &PRELOAD)?,
        };
        let outcome = server.run(job, policy)?;
        self.server = Some(server);
        Ok(outcome)
    }

    fn sandbox(&self) -> &'r Sandbox {
        self.request.settings.sandbox
    }

    fn job(&self, program: Program<'_>) -> Job {
        let mut job = Job::in_scratch(self.request.settings.python.clone(), placed(program.file), program.beside);
        job = self.request.settings.modules.iter().fold(job.folder(self.data, DATA), |job, folder| job.modules(folder));
        job.arguments.extend(program.arguments);
        job
    }
}

/// A file of a split as a run gets it.
pub(crate) fn placed(file: &OutputFile) -> PlacedFile {
    PlacedFile { name: file.name.clone(), content: file.bytes.clone() }
}
