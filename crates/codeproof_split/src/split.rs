//! The front door: one file in, its [`Split`] out.

use serde::Serialize;

use crate::Source;
use crate::python::{self, Problem};

/// Gives the bytes of a sibling module by its name, when there is one.
pub type ReadModule<'a> = dyn Fn(&str) -> Option<Vec<u8>> + Sync + 'a;

/// What the caller decides, and what this crate cannot see by itself.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// Text of a sibling module by its name (`settings` for `from settings import *`); without it such names are unknown.
    pub read_module: Option<&'a ReadModule<'a>>,
}

/// How many scanners a file holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Two or more.
    Multi,
    /// One: nothing to separate, but its parameters and a template are given.
    Single,
    /// None: a library, a tool, an empty file.
    None,
    /// The file cannot be read; [`Split::error`] says why.
    Error,
}

/// What a file was split into.
#[derive(Clone, Debug, Serialize)]
pub struct Split {
    /// How many scanners there are.
    pub status: Status,
    /// Why the file cannot be read, when it cannot.
    pub error: Option<Problem>,
}

/// Splits one file. Never fails: what cannot be read has [`Status::Error`] and one problem.
pub fn split(source: &Source, _options: &Options<'_>) -> Split {
    match python::read(&source.bytes) {
        Ok(_) => Split { status: Status::None, error: None },
        Err(problem) => Split { status: Status::Error, error: Some(problem) },
    }
}
