//! What is to be run: an interpreter, a program, and what the program may read.

use std::path::PathBuf;

use crate::Python;

/// Starts a program of the scratch folder.
const START_IN_SCRATCH: &str = include_str!("start_in_scratch.py");

/// A folder of this machine that the program may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Where it is.
    pub host: PathBuf,
    /// Where the program sees it, absolute, such as `/data`.
    pub inside: String,
}

/// A file that is made for the run, or comes back from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedFile {
    /// Its name, `/`-separated and relative.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// One program to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The interpreter.
    pub python: Python,
    /// The program: its file name and text. It stands read-only in `/job`.
    pub program: PlacedFile,
    /// Files beside the program, read-only.
    pub support: Vec<PlacedFile>,
    /// Files in the scratch folder, in which the program starts; it may change them.
    pub scratch: Vec<PlacedFile>,
    /// Files below the scratch folder that come back in [`Outcome::files`](crate::Outcome::files) after the run.
    pub collect: Vec<String>,
    /// The program's arguments. Paths in them are paths inside.
    pub arguments: Vec<String>,
    /// Folders to read, each at its place inside.
    pub folders: Vec<Folder>,
    /// Folders with modules, searched before the interpreter's packages (`PYTHONPATH`).
    pub modules: Vec<PathBuf>,
    /// Variables on top of the few that every run gets. The caller's own are never passed on.
    pub environment: Vec<(String, String)>,
}

impl Job {
    /// A program without arguments, folders or further files.
    pub fn new(python: Python, name: &str, text: impl Into<Vec<u8>>) -> Self {
        Self {
            python,
            program: PlacedFile { name: name.to_owned(), content: text.into() },
            support: Vec::new(),
            scratch: Vec::new(),
            collect: Vec::new(),
            arguments: Vec::new(),
            folders: Vec::new(),
            modules: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// A program that stands in the scratch folder, with what lies beside it: many write files beside themselves.
    /// Arguments that are added are the program's.
    pub fn in_scratch(python: Python, program: PlacedFile, beside: Vec<PlacedFile>) -> Self {
        let mut job = Self::new(python, "start_in_scratch.py", START_IN_SCRATCH).argument(program.name.clone());
        job.scratch = beside;
        job.scratch.push(program);
        job
    }

    /// Adds an argument.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Lets the program read a folder, at `inside`.
    #[must_use]
    pub fn folder(mut self, host: impl Into<PathBuf>, inside: impl Into<String>) -> Self {
        self.folders.push(Folder { host: host.into(), inside: inside.into() });
        self
    }

    /// Lets a file of the scratch folder come back after the run.
    #[must_use]
    pub fn collect(mut self, name: impl Into<String>) -> Self {
        self.collect.push(name.into());
        self
    }

    /// Adds a folder with modules.
    #[must_use]
    pub fn modules(mut self, host: impl Into<PathBuf>) -> Self {
        self.modules.push(host.into());
        self
    }
}
