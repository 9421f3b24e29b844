//! The text of an indexed program as it may be shown: checked against the snapshot, secrets masked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use codeproof_detect::Detector;
use codeproof_types::RepoPath;

use crate::Program;

/// Masked texts of the files of a program, each read and masked once.
pub struct ProgramText<'p> {
    program: &'p Program,
    detector: &'p Detector,
    kept: Mutex<HashMap<RepoPath, Option<Arc<str>>>>,
}

impl<'p> ProgramText<'p> {
    /// Masks with the secret rules of `detector`.
    pub fn new(program: &'p Program, detector: &'p Detector) -> Self {
        Self { program, detector, kept: Mutex::default() }
    }

    /// The whole text of a file; `None` when it is not in the program or has changed since it was read.
    pub fn of(&self, path: &RepoPath) -> Option<Arc<str>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(path) {
            return known.clone();
        }
        let file = self.program.file(path);
        let text = file.and_then(|file| self.program.snapshot.read(file).ok());
        let masked = text.map(|source| Arc::from(self.detector.mask_file(path, &source.text).as_ref()));
        kept.insert(path.clone(), masked.clone());
        masked
    }

    /// One line, 1-based, without its end; empty when there is none.
    pub fn line(&self, path: &RepoPath, line: u32) -> String {
        let text = self.of(path);
        let found = text.as_deref().and_then(|text| text.lines().nth((line as usize).saturating_sub(1)));
        found.unwrap_or_default().to_owned()
    }
}
