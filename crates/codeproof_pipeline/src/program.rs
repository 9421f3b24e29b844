//! A whole program: the facts of every file, from the cache where its bytes are known, and the index over them.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use codeproof_index::{Index, InputFile, is_manifest};
use codeproof_source::{Snapshot, SourceFile, WalkConfig};
use codeproof_store::{AnalysisCache, CacheKey};
use codeproof_types::{FileClass, FileFacts, Language, Phase, Problem, ProblemKind, Progress, RepoPath};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::task::block_in_place;

use crate::{Error, cache_key, pool};

/// Files looked up in the cache, read and kept together.
const BATCH_FILES: usize = 2048;

/// What to index and how.
pub struct ProgramRequest<'a> {
    /// The folder or file to look at.
    pub root: &'a Path,
    /// Which files.
    pub walk: &'a WalkConfig,
    /// Threads.
    pub jobs: usize,
    /// Identity of the program's build; another build makes its own cache entries.
    pub build: &'a str,
}

/// A tree whose references are resolved.
pub struct Program {
    /// The files as they were read.
    pub snapshot: Snapshot,
    /// Definitions, calls and imports.
    pub index: Index,
    /// What was not read or not understood; sorted.
    pub problems: Vec<Problem>,
    /// How many files' facts came from the cache.
    pub cached: usize,
}

impl Program {
    /// The file at `path` as it was read.
    pub fn file(&self, path: &RepoPath) -> Option<&SourceFile> {
        let files = &self.snapshot.files;
        files.binary_search_by(|file| file.path.cmp(path)).ok().map(|at| &files[at])
    }
}

/// One file's facts as the cache keeps them: path-free.
#[derive(Serialize, Deserialize)]
struct FactsEntry {
    language: Option<Language>,
    facts: FileFacts,
    /// Line, kind and message.
    problems: Vec<(Option<u32>, ProblemKind, String)>,
}

/// Reads, parses and resolves every file below the root that has a grammar; vendored ones too, minified ones not.
/// Must run on a multi-threaded runtime, because the engines block.
///
/// # Errors
/// When the tree cannot be listed, threads cannot be started, or `stop` was raised.
pub async fn program(
    request: &ProgramRequest<'_>,
    cache: Option<&AnalysisCache>,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Program, Error> {
    let pool = pool::make(request.jobs)?;
    let snapshot =
        block_in_place(|| pool.install(|| codeproof_source::snapshot(request.root, request.walk, progress, stop)))?;
    let Indexed { index, problems, cached } = index_of(&snapshot, request.build, cache, &pool, progress, stop).await?;
    Ok(Program { snapshot, index, problems, cached })
}

/// An index over the files of a snapshot.
pub(crate) struct Indexed {
    pub(crate) index: Index,
    /// What was not read or not understood; sorted.
    pub(crate) problems: Vec<Problem>,
    /// How many files' facts came from the cache.
    pub(crate) cached: usize,
}

/// As [`program`], of files that are listed already.
pub(crate) async fn index_of(
    snapshot: &Snapshot,
    build: &str,
    cache: Option<&AnalysisCache>,
    pool: &rayon::ThreadPool,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Indexed, Error> {
    let mut problems = snapshot.problems.clone();
    let mut files = Vec::new();
    let mut cached = 0;
    progress.start(Phase::Parse, Some(snapshot.files.len() as u64));
    for batch in snapshot.files.chunks(BATCH_FILES) {
        if stop.load(Ordering::Relaxed) {
            return Err(codeproof_source::Error::Interrupted.into());
        }
        let keys: Vec<CacheKey> = batch.iter().map(|file| cache_key::of_facts(file, build)).collect();
        let kept = match cache {
            Some(cache) => cache.get_many(&keys).await,
            None => HashMap::new(),
        };
        let read = block_in_place(|| {
            pool.install(|| {
                let one = |(file, key): (&SourceFile, &CacheKey)| {
                    one_file(snapshot, file, kept.get(key).map(Vec::as_slice), cache.is_some())
                };
                batch.par_iter().zip(&keys).map(one).collect::<Vec<_>>()
            })
        });
        let mut entries = Vec::new();
        for ((file, key), (entry, fresh)) in batch.iter().zip(&keys).zip(read) {
            progress.advance(Phase::Parse, 1, file.bytes);
            cached += usize::from(kept.contains_key(key) && entry.language.is_some());
            entries.extend(fresh.map(|fresh| (*key, fresh)));
            problems.extend(entry.problems.into_iter().map(|(line, kind, message)| {
                let path = Some(file.path.clone());
                Problem { path, line, kind, message }
            }));
            if let Some(language) = entry.language {
                files.push(InputFile { path: file.path.clone(), language, facts: entry.facts });
            }
        }
        if let Some(cache) = cache {
            cache.put_many(entries).await;
        }
    }
    progress.finish(Phase::Parse);
    let manifests = manifests(snapshot);
    let index = block_in_place(|| pool.install(|| Index::build(files, manifests)));
    problems.sort();
    Ok(Indexed { index, problems, cached })
}

/// The facts of one file, and their cache entry when they are new.
fn one_file(snapshot: &Snapshot, file: &SourceFile, kept: Option<&[u8]>, keep: bool) -> (FactsEntry, Option<Vec<u8>>) {
    // An entry that cannot be read counts as none.
    if let Some(entry) = kept.and_then(|bytes| postcard::from_bytes(bytes).ok()) {
        return (entry, None);
    }
    let source = match snapshot.read(file) {
        Ok(source) => source,
        Err(error) => {
            let (language, facts) = (None, FileFacts::default());
            let Problem { line, kind, message, .. } = error.into();
            return (FactsEntry { language, facts, problems: vec![(line, kind, message)] }, None);
        }
    };
    let language =
        codeproof_syntax::language_of(&file.path, &source.text).filter(|_| file.class != FileClass::Minified);
    let (mut facts, mut problems) = (FileFacts::default(), Vec::new());
    if let Some(language) = language {
        let (parsed, found) = codeproof_syntax::parse(&source.text, language);
        problems = found.into_iter().map(|it| (it.line, it.kind, it.message)).collect();
        facts = parsed.map(|parsed| codeproof_syntax::facts(&source.text, &parsed)).unwrap_or_default();
    }
    let entry = FactsEntry { language, facts, problems };
    let bytes = keep.then(|| postcard::to_stdvec(&entry).ok()).flatten();
    (entry, bytes)
}

fn manifests(snapshot: &Snapshot) -> BTreeMap<RepoPath, String> {
    let manifests = snapshot.files.iter().filter(|file| is_manifest(&file.path));
    // A manifest that cannot be read is among the snapshot's problems already, or changed just now.
    manifests.filter_map(|file| Some((file.path.clone(), snapshot.read(file).ok()?.text))).collect()
}
