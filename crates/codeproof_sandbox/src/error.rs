//! Why a program could not be run at all. A program that ran and failed is an [`Outcome`](crate::Outcome).

use std::io;
use std::path::PathBuf;

use crate::Part;

/// A run that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The kernel or its settings refuse a part of the isolation, and nobody said that it may be missing.
    #[error("isolate the program: `{part}` is not available ({why}); {}", part.way_out())]
    Refused {
        /// The part.
        part: Part,
        /// The kernel's words.
        why: String,
    },
    /// A part is missing that is the last wall for something, whatever the policy names.
    #[error(
        "isolate the program: `{part}` is not available ({why}); it is the last wall here, and nothing replaces it"
    )]
    LastWall {
        /// The part.
        part: Part,
        /// The kernel's words.
        why: String,
    },
    /// The interpreter could not say where its files are.
    #[error("ask {} where its files are: {why}", program.display())]
    Python {
        /// The interpreter as it was named.
        program: PathBuf,
        /// What went wrong.
        why: String,
    },
    /// The job asks for something that cannot be.
    #[error("lay out the program's files: {0}")]
    Layout(String),
    /// A step of the isolation failed which is no part that could be left out.
    #[error("prepare the sandbox: {step}: {why}")]
    Setup {
        /// The step.
        step: String,
        /// The kernel's words.
        why: String,
    },
    /// The helper process could not be started or talked to.
    #[error("talk to the sandbox's helper process")]
    Helper(#[from] io::Error),
}
