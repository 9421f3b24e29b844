//! The facts of every file of a tree, in the order of their paths: what `codeproof symbols`, `calls`, `imports` print.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use codeproof_source::{Snapshot, SourceFile, WalkConfig};
use codeproof_types::{FileFacts, Language, Phase, Problem, Progress, RepoPath};
use rayon::prelude::*;

use crate::{Error, pool};

/// Files analysed between two deliveries; bounds the facts held in memory.
const BATCH_FILES: usize = 256;

/// One file with a grammar.
pub struct FileWithFacts {
    /// Its path.
    pub path: RepoPath,
    /// Its language.
    pub language: Language,
    /// Its facts, in file order.
    pub facts: FileFacts,
}

/// Calls `deliver` with the facts of every file below `root` that has a grammar, vendored ones too, sorted by path,
/// until `deliver` answers `false`. Returns what was not read or not understood.
///
/// # Errors
/// When the tree cannot be listed, threads cannot be started, or `stop` was raised.
pub fn each_file(
    root: &Path,
    walk: &WalkConfig,
    jobs: usize,
    progress: &dyn Progress,
    stop: &AtomicBool,
    mut deliver: impl FnMut(FileWithFacts) -> bool,
) -> Result<Vec<Problem>, Error> {
    let pool = pool::make(jobs)?;
    let snapshot = pool.install(|| codeproof_source::snapshot(root, walk, progress, stop))?;
    let mut problems = snapshot.problems.clone();
    progress.start(Phase::Parse, Some(snapshot.files.len() as u64));
    'files: for batch in snapshot.files.chunks(BATCH_FILES) {
        if stop.load(Ordering::Relaxed) {
            return Err(codeproof_source::Error::Interrupted.into());
        }
        let done: Vec<_> = pool.install(|| batch.par_iter().map(|file| read_facts(&snapshot, file)).collect());
        progress.advance(Phase::Parse, batch.len() as u64, batch.iter().map(|file| file.bytes).sum());
        for (record, found) in done {
            problems.extend(found);
            if let Some(record) = record
                && !deliver(record)
            {
                break 'files;
            }
        }
    }
    progress.finish(Phase::Parse);
    Ok(problems)
}

fn read_facts(snapshot: &Snapshot, file: &SourceFile) -> (Option<FileWithFacts>, Vec<Problem>) {
    let source = match snapshot.read(file) {
        Ok(source) => source,
        Err(error) => return (None, vec![error.into()]),
    };
    let Some(language) = codeproof_syntax::language_of(&file.path, &source.text) else {
        return (None, Vec::new());
    };
    let (parsed, mut problems) = codeproof_syntax::parse(&source.text, language);
    for problem in &mut problems {
        problem.path = Some(file.path.clone());
    }
    let facts = parsed.map(|parsed| codeproof_syntax::facts(&source.text, &parsed)).unwrap_or_default();
    (Some(FileWithFacts { path: file.path.clone(), language, facts }), problems)
}
