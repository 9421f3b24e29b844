//! What the tests share: data, an interpreter, a sandbox, and a sentence when this kernel has none. Fixtures read their
//! data by `csv`: a bare Python is enough.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use codeproof_prove::{Data, Error, Progress, Proof, Request, ScannerProof, Settings, Told, prove};
use codeproof_sandbox::{Policy, Python, Sandbox};
use codeproof_split::{Options, Source, Split, split};
use tempfile::TempDir;

/// How fixtures begin: `bars()` gives rows of a ticker, a day, an open and a close.
pub(crate) const BARS: &str = "\
import csv
import os


def bars():
    with open(os.path.join(os.environ['SCAN_DATA_DIR'], 'daily.csv')) as file:
        return [{**row, 'open': float(row['open']), 'close': float(row['close'])} for row in csv.DictReader(file)]


";

/// A scanner of the usual shape.
pub(crate) fn scanner(name: &str, condition: &str) -> String {
    format!(
        "def {name}(rows):\n    return [{{'ticker': row['ticker'], 'date': row['date']}} for row in rows if {condition}]\n\n\n"
    )
}

/// Folders and limits of a proof; what is not set is the usual.
pub(crate) struct Setting {
    pub(crate) data: TempDir,
    pub(crate) second: Option<TempDir>,
    pub(crate) policy: Policy,
    pub(crate) only: Vec<String>,
    pub(crate) modules: Vec<PathBuf>,
    pub(crate) stop_after: Option<usize>,
    pub(crate) time_budget: Option<Duration>,
    /// What the last proof told before values were changed.
    pub(crate) so_far: Mutex<Option<Proof>>,
}

impl Default for Setting {
    fn default() -> Self {
        let policy = Policy {
            wall_time: Duration::from_secs(20),
            cpu_seconds: 10,
            memory_bytes: 512 << 20,
            scratch_bytes: 8 << 20,
            stdout_bytes: 1 << 20,
            ..Policy::default()
        };
        Self {
            data: data(0),
            second: None,
            policy,
            only: Vec::new(),
            modules: Vec::new(),
            stop_after: None,
            time_budget: None,
            so_far: Mutex::default(),
        }
    }
}

/// A folder with thirty days of three symbols; other seeds move the prices.
pub(crate) fn data(seed: u32) -> TempDir {
    let mut text = "ticker,date,open,close\n".to_owned();
    for day in 1..31_u32 {
        for (at, ticker) in ["ABC", "DEF", "GHI"].iter().enumerate() {
            let number = day * 7 + u32::try_from(at).unwrap_or_default() * 13 + seed * 5;
            let (open, close) = (5 + number % 40, 3 + number * 11 % 53);
            text += &format!("{ticker},2024-01-{day:02},{open}.5,{close}.25\n");
        }
    }
    folder(&text)
}

/// A folder with this table, which the private user of a run may read.
pub(crate) fn folder(daily: &str) -> TempDir {
    module("daily.csv", daily)
}

/// The same with a file of another name.
pub(crate) fn module(name: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("rights on it");
    std::fs::write(folder.path().join(name), text).expect("a file in it");
    folder
}

/// Splits text.
pub(crate) fn split_text(text: &str) -> (Source, Split) {
    let source = Source::new("scans.py", text);
    let split = split(&source, &Options::default());
    (source, split)
}

impl Setting {
    /// Proves a text; `None`, and a sentence, where the kernel or the machine cannot.
    pub(crate) fn prove(&self, text: &str) -> Option<Proof> {
        let (source, split) = split_text(text);
        self.prove_split(&source, &split)
    }

    /// Proves a split that a test may have changed.
    pub(crate) fn prove_split(&self, source: &Source, split: &Split) -> Option<Proof> {
        let Some(python) = python() else {
            eprintln!("SKIPPED: no python3 on this machine");
            return None;
        };
        let settings = Settings {
            data: Data { first: self.data.path(), second: self.second.as_ref().map(TempDir::path) },
            modules: &self.modules,
            sandbox: &Sandbox::with_helper(env!("CARGO_BIN_EXE_codeproof-prove-helper")),
            python: &python,
            policy: &self.policy,
            workers: 2,
            mutants_max: 50,
            time_budget: self.time_budget,
            only: &self.only,
        };
        let request = Request { source, split, settings };
        let stop = AtomicBool::new(self.stop_after == Some(0));
        let told: Mutex<Vec<Progress>> = Mutex::default();
        let progress = |what: Told<'_>| {
            let step = match what {
                Told::Progress(step) => step,
                Told::SoFar(proof) => {
                    *self.so_far.lock().expect("no other panic") = Some(proof.clone());
                    return;
                }
            };
            let mut told = told.lock().expect("no other panic");
            told.push(step);
            if self.stop_after.is_some_and(|count| told.len() >= count) {
                stop.store(true, Ordering::Relaxed);
            }
        };
        match prove(&request, &progress, &stop) {
            Ok(proof) => Some(proof),
            Err(Error::Sandbox(codeproof_sandbox::Error::Refused { part, why })) => {
                eprintln!("SKIPPED: this kernel refuses {part}: {why}");
                None
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// The first interpreter that answers, the system's first.
fn python() -> Option<Python> {
    let path = std::fs::read_to_string("/proc/self/environ").unwrap_or_default();
    let folders = path.split('\0').find_map(|entry| entry.strip_prefix("PATH=")).unwrap_or_default();
    let candidates = ["/usr/bin", "/usr/local/bin"].into_iter().chain(folders.split(':'));
    candidates.map(|folder| PathBuf::from(folder).join("python3")).find_map(|path| Python::at(&path).ok())
}

/// A scanner's proof.
#[track_caller]
pub(crate) fn of<'p>(proof: &'p Proof, name: &str) -> &'p ScannerProof {
    proof.scanners.iter().find(|scanner| scanner.name == name).unwrap_or_else(|| panic!("no {name}: {proof:#?}"))
}

/// Verdicts by scanner, for comparing.
pub(crate) fn verdicts(proof: &Proof) -> String {
    let word = |scanner: &ScannerProof| {
        let kind = scanner.problem.as_ref().map(|problem| format!(" ({:?})", problem.kind)).unwrap_or_default();
        format!("{} {:?}{kind}", scanner.name, scanner.verdict)
    };
    proof.scanners.iter().map(word).collect::<Vec<_>>().join(", ")
}
