//! Splitter sessions: one Python file of scanners is taken apart, written, proven by running, stored and checked.
//!
//! Files are written before anything runs, and again where a proof found a slice wrong. A session goes on without what
//! is missing (a database, a sandbox, data) and says so.

mod folder;
mod outcome;
mod proofs;
mod rows;
mod secrets;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use codeproof_detect::Detector;
use codeproof_prove::{Proof, Settings};
use codeproof_split::{Options, Source, Split, Status, Step, split};
use codeproof_store::{AnalysisCache, ModelRunRow, Store};
use codeproof_types::{SessionPhase, SessionStatus};

use folder::OutputFolder;
use proofs::Proving;
use secrets::Masker;

pub use folder::{FolderError, WrittenFile};
pub use outcome::{PhaseTime, Session, SessionScanner};

/// Bytes of a file of scanners that are read, and of a module beside it.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// One file to be split.
pub struct SessionRequest<'a> {
    /// The file.
    pub file: &'a Path,
    /// The folder in which the session makes its own, named as the file without its extension.
    pub out: &'a Path,
    /// Whether files that were changed since they were written may be replaced.
    pub force: bool,
    /// Everything of the split but what this crate gives: sibling modules and steps.
    pub options: Options<'a>,
    /// What is run, when anything is.
    pub proof: Option<Settings<'a>>,
    /// Whether a file is run that the inspection finds critical.
    pub allow_unsafe: bool,
    /// What models did before, for the rows.
    pub models: Vec<ModelRunRow>,
    /// What was done in a lesser way before.
    pub degraded: Vec<String>,
    /// Identity of the program, for the cache.
    pub build: &'a str,
}

/// Hears how far a session is: the phase, percent, and whose turn it is.
pub type OnProgress<'a> = dyn Fn(SessionPhase, u8, Option<&str>) + Sync + 'a;

/// What a session works with.
pub struct SessionHandles<'a> {
    /// Keeps its rows, when there is a database.
    pub store: Option<&'a Store>,
    /// Knows earlier proofs, when there is a cache.
    pub cache: Option<&'a AnalysisCache>,
    /// Hears how far it is.
    pub progress: &'a OnProgress<'a>,
    /// Ends it between two runs.
    pub stop: &'a AtomicBool,
    /// Makes a detector, when there is a text in which secrets must be masked.
    pub detector: &'a mut dyn FnMut() -> Result<Detector, codeproof_detect::Error>,
}

/// Why a session could not begin or could not write.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: std::path::PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The file is no file, or too large.
    #[error("cannot split {}: {why}", path.display())]
    NotAFile {
        /// The file.
        path: std::path::PathBuf,
        /// What it is instead.
        why: String,
    },
    /// The folder cannot be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The rules that find secrets cannot be loaded.
    #[error(transparent)]
    Rules(#[from] codeproof_detect::Error),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] codeproof_store::Error),
    /// No scanner has that name.
    #[error("there is no scanner {name:?}; the file has {}", known(scanners))]
    UnknownScanner {
        /// The name.
        name: String,
        /// Those there are.
        scanners: Vec<String>,
    },
}

fn known(scanners: &[String]) -> String {
    if scanners.is_empty() { "none".to_owned() } else { scanners.join(", ") }
}

/// Splits a file, writes its folder, proves it when asked, and stores what came of it.
///
/// # Errors
/// When the file cannot be read, the folder cannot be written, or the database refuses. A file that is no Python is no
/// error: the session says what is wrong with it.
pub async fn run_session(request: SessionRequest<'_>, handles: SessionHandles<'_>) -> Result<Session, SessionError> {
    let started = Instant::now();
    let SessionHandles { store, cache, progress, stop, detector } = handles;
    let source = read(request.file)?;
    let folder = OutputFolder::plan(request.out, request.file)?;
    let mut session = Session::new(request.file, &source, folder.path());
    session.degraded.extend(request.degraded.iter().cloned());
    let key = match store {
        Some(store) => Some(store.begin_session(rows::new_session(&request, &source, folder.path())).await?),
        None => None,
    };
    session.session = key.as_ref().map(|key| key.public_id.clone());
    let mut masker = Masker::new(detector);

    progress(SessionPhase::BoundaryDetection, SessionPhase::BoundaryDetection.band().0, None);
    let inspection = codeproof_python::read(&source.bytes).ok().map(|module| codeproof_inspect::inspect(&module));
    let split = timed_split(&request, &source, progress, &mut session);
    check_names(request.proof.as_ref(), &split)?;
    session.take(&split, inspection, &mut masker)?;
    let mut shown = session.shown(&split);
    session.files = folder.write(&shown, None, &session, request.force)?;
    if let (Some(store), Some(key)) = (store, &key) {
        let rows = rows::split_rows(&split, &session, &mut masker)?;
        store.store_split(key.id, &rows).await?;
        store.set_session_phase(key.id, SessionPhase::Execution, SessionPhase::Execution.band().0).await?;
    }

    if let Some(settings) = &request.proof
        && !split.scanners.is_empty()
    {
        let (source, split, build, allow_unsafe) = (&source, &split, request.build, request.allow_unsafe);
        // A folder that cannot be written is told when the whole proof is.
        let keep = |session: &Session, proof: &Proof| {
            let mut session = session.clone();
            session.apply(proof);
            let _ = folder.write(&session.shown(split), Some(proof), &session, true);
        };
        let proving = Proving { settings, source, split, allow_unsafe, build, cache, progress, stop, keep: &keep };
        session.proof = proving.run(&mut session).await;
    }
    if let Some(proof) = session.proof.take() {
        session.apply(&proof);
        progress(SessionPhase::TemplateGeneration, SessionPhase::TemplateGeneration.band().0, None);
        shown = session.shown(&split);
        session.files = folder.write(&shown, Some(&proof), &session, true)?;
        session.proof = Some(proof);
    }
    progress(SessionPhase::Validation, SessionPhase::Validation.band().0, None);
    session.status = match split.status {
        Status::Error => SessionStatus::Failed,
        _ if stop.load(Ordering::Relaxed) => SessionStatus::Interrupted,
        _ => SessionStatus::Completed,
    };
    session.duration_ms = millis(started);
    if let (Some(store), Some(key)) = (store, &key) {
        let end = rows::session_end(&split, &session, request.models, &mut masker)?;
        store.finish_session(key.id, &end).await?;
        let states = store.verify_session(key.id).await?;
        session.check(&states);
    }
    progress(SessionPhase::Validation, 100, None);
    session.mask(&mut masker)?;
    Ok(session)
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Reads a file whole; devices and pipes are not waited for.
fn read(path: &Path) -> Result<Source, SessionError> {
    let failed = |source| SessionError::Read { path: path.to_owned(), source };
    let refused = |why: String| SessionError::NotAFile { path: path.to_owned(), why };
    let metadata = path.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(refused("it is no file; give one Python file".to_owned()));
    }
    if metadata.len() > FILE_BYTES_MAX {
        return Err(refused(format!("it has {} MiB; at most {} are read", metadata.len() >> 20, FILE_BYTES_MAX >> 20)));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Source::new(name, std::fs::read(path).map_err(failed)?))
}

/// Reads the module of that name beside the file, when there is one.
pub fn read_sibling(file: &Path, module: &str) -> Option<Vec<u8>> {
    let is_name = !module.is_empty() && module.chars().all(|char| char.is_alphanumeric() || char == '_');
    let path = is_name.then(|| file.with_file_name(format!("{module}.py")))?;
    let metadata = path.metadata().ok()?;
    (metadata.is_file() && metadata.len() <= FILE_BYTES_MAX).then(|| std::fs::read(path).ok()).flatten()
}

fn timed_split(
    request: &SessionRequest<'_>,
    source: &Source,
    progress: &OnProgress<'_>,
    session: &mut Session,
) -> Split {
    let steps: Mutex<Vec<(Step, Instant)>> = Mutex::default();
    let on_step = |step: Step| {
        let (phase, percent) = match step {
            Step::Boundaries => (SessionPhase::BoundaryDetection, 10),
            Step::Parameters => (SessionPhase::ParameterIsolation, 20),
            Step::Templates => (SessionPhase::ParameterIsolation, 35),
        };
        progress(phase, percent, None);
        steps.lock().unwrap_or_else(PoisonError::into_inner).push((step, Instant::now()));
    };
    let read_module = |module: &str| read_sibling(request.file, module);
    let options = Options { read_module: Some(&read_module), on_step: Some(&on_step), ..request.options };
    let split = split(source, &options);
    let end = Instant::now();
    let steps = std::mem::take(&mut *steps.lock().unwrap_or_else(PoisonError::into_inner));
    let ends = steps.iter().skip(1).map(|(_, start)| *start).chain([end]);
    for ((step, start), end) in steps.iter().zip(ends) {
        session.phases.push(PhaseTime { phase: outcome::phase_of(*step), duration_us: micros(end - *start) });
    }
    split
}

fn micros(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Refuses names that no scanner has, before anything is written.
fn check_names(proof: Option<&Settings<'_>>, split: &Split) -> Result<(), SessionError> {
    let unknown = proof.and_then(|proof| proof.only.iter().find(|name| split.scanner(name).is_none()));
    match unknown {
        Some(name) if split.error.is_none() => Err(SessionError::UnknownScanner {
            name: name.clone(),
            scanners: split.scanners.iter().map(|scanner| scanner.boundary.name.clone()).collect(),
        }),
        _ => Ok(()),
    }
}
