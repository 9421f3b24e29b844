//! Proves a split by running it: does each template find what its scanner finds in the original, and does each value
//! that is said to be one scanner's change nobody else's rows?
//!
//! A [`Request`] (the file, its split, folders with data, a sandbox) goes in, a [`Proof`] comes out: a verdict per scanner
//! with its rows, a verdict per parameter, the isolation score, and the templates that must be written in place of
//! slices that turned out wrong. Programs run in `codeproof_sandbox` only; nothing is written on this machine. This
//! crate knows which programs to run and what their rows prove; it must not know the store, the terminal or a model.
//!
//! How: the original runs twice as a whole and tells the rows of all scanners (what differs between two equal runs can
//! be neither proven nor refuted). Each template runs alone; where a slice gives other rows, the whole-program template
//! takes its place. Then mutants: copies of the original with exactly one literal changed. Only the rows of that
//! literal's scanners may change, and the template that is given the same value must find the mutant's rows.
//!
//! ```no_run
//! use std::sync::atomic::AtomicBool;
//!
//! use codeproof_prove::{Data, Request, Settings, prove};
//! use codeproof_sandbox::{Policy, Python, Sandbox, enter_if_helper};
//! use codeproof_split::{Options, Source, split};
//!
//! enter_if_helper(std::env::args_os()); // first thing in `main`
//! let source = Source::new("scans.py", std::fs::read("scans.py").unwrap());
//! let split = split(&source, &Options::default());
//! let settings = Settings {
//!     data: Data { first: "data".as_ref(), second: None },
//!     modules: &[],
//!     sandbox: &Sandbox::of_this_program(),
//!     python: &Python::at("/usr/bin/python3".as_ref()).unwrap(),
//!     policy: &Policy::default(),
//!     workers: 2,
//!     mutants_max: 200,
//!     time_budget: None,
//!     only: &[],
//! };
//! let request = Request { source: &source, split: &split, settings };
//! let proof = prove(&request, &|_| {}, &AtomicBool::new(false)).unwrap();
//! for scanner in &proof.scanners {
//!     println!("{} {:?} {} rows", scanner.name, scanner.verdict, scanner.template_rows);
//! }
//! ```

mod aggregate;
mod bench;
mod execution;
mod failure;
mod mutation;
mod observation;
mod problem;
mod proof;
mod prove;
mod request;
mod rows;
mod runner;
mod template;
mod trial;
mod verdict;
mod workers;

pub use problem::{Error, Problem, ProblemKind};
pub use proof::{
    Aggregated, Contamination, Cost, Difference, ParameterProof, ParameterVerdict, Proof, ScannerProof, Verdict,
};
pub use prove::prove;
pub use request::{Data, Left, Progress, Request, Settings, Told};
