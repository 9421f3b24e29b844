//! What is to be proven, and on what.

use std::path::{Path, PathBuf};
use std::time::Duration;

use codeproof_sandbox::{Policy, Python, Sandbox};
use codeproof_split::{Source, Split};

use codeproof_types::SessionPhase;

use crate::Proof;

/// Folders with market data, absolute. Programs see the one of their run as `/data`, read-only.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// The folder everything runs on.
    pub first: &'a Path,
    /// A folder on which originals and templates run, too: rows must be equal on both.
    pub second: Option<&'a Path>,
}

/// A split to prove.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The original.
    pub source: &'a Source,
    /// What it was split into.
    pub split: &'a Split,
    /// What is run, and how.
    pub settings: Settings<'a>,
}

/// What is run, on what, within which limits.
#[derive(Clone, Copy)]
pub struct Settings<'a> {
    /// What programs run on.
    pub data: Data<'a>,
    /// Folders with modules the programs import (`PYTHONPATH`), absolute, read-only.
    pub modules: &'a [PathBuf],
    /// What runs programs.
    pub sandbox: &'a Sandbox,
    /// The interpreter.
    pub python: &'a Python,
    /// Limits of each run.
    pub policy: &'a Policy,
    /// Programs that run at a time, at least one. Each worker holds one warm server (pandas: about 150 MB).
    pub workers: usize,
    /// Literals that are mutated at most, all scanners together; the first ones of every scanner come first.
    pub mutants_max: usize,
    /// How long after the proof's start mutants are begun; originals and templates always run. `None` means for ever.
    pub time_budget: Option<Duration>,
    /// Names of the scanners to prove; empty means all.
    pub only: &'a [String],
}

/// What is told while a proof is made.
#[derive(Clone, Debug)]
pub enum Told<'p> {
    /// Something has ended.
    Progress(Progress),
    /// Originals and templates were compared; this is what stands when the program is killed while values are changed.
    SoFar(&'p Proof),
}

/// How far a proof is, told when something has ended. Within a phase `done` grows; `total` may grow as well.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Progress {
    /// The phase.
    pub phase: SessionPhase,
    /// What has ended in it.
    pub done: usize,
    /// What there is to do in it, as far as known.
    pub total: usize,
    /// The scanner whose turn it was.
    pub scanner: Option<String>,
    /// What is left of the mutants, estimated; only they take long.
    pub left: Option<Left>,
}

/// An estimate of what is still to be run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Left {
    /// Programs.
    pub runs: usize,
    /// How long they will take with the workers there are.
    pub time: Duration,
}
