//! Running a proof, or taking that of an earlier session: of the same bytes, data, modules, interpreter and limits.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use codeproof_prove::{Error, Proof, Request, Settings, Told, Verdict, prove as run};
use codeproof_split::{Source, Split};
use codeproof_store::{AnalysisCache, CacheKey};
use codeproof_types::{ErrorCategory, ErrorEvent, ErrorSeverity, RecoveryAction, SessionPhase};

use super::{OnProgress, Session};

/// Bytes of data and modules that are hashed for the cache; with more the proof is always run.
const HASHED_BYTES_MAX: u64 = 2 << 30;

/// Files of data and modules that are hashed, for the same reason.
const HASHED_FILES_MAX: usize = 20_000;

/// What a proof is made with.
pub(super) struct Proving<'a> {
    pub(super) settings: &'a Settings<'a>,
    pub(super) source: &'a Source,
    pub(super) split: &'a Split,
    /// Whether a critical file is run.
    pub(super) allow_unsafe: bool,
    /// Identity of the program, for the cache.
    pub(super) build: &'a str,
    pub(super) cache: Option<&'a AnalysisCache>,
    pub(super) progress: &'a OnProgress<'a>,
    pub(super) stop: &'a AtomicBool,
    /// Keeps what is proven before values are changed, should the program be killed.
    pub(super) keep: &'a (dyn Fn(&Session, &Proof) + Sync),
}

impl Proving<'_> {
    /// Proves the split; `None` when nothing was run, which the session then says.
    pub(super) async fn run(&self, session: &mut Session) -> Option<Proof> {
        let is_allowed = session.inspection.as_ref().is_none_or(|inspection| inspection.execution_allowed);
        if !is_allowed && !self.allow_unsafe {
            session.degraded.push("not proven: the inspection finds the file critical".to_owned());
            session.events.push(refusal(
                ErrorCategory::SecurityViolation,
                "the inspection finds the file critical and it was not run; read the lines it names, and allow it with \
                 --allow-unsafe if you wrote them"
                    .to_owned(),
            ));
            return None;
        }
        let key = self.cache.and_then(|_| key_of(self.settings, self.source, self.split, self.build));
        let cached = self.cache.zip(key);
        if let Some((cache, key)) = cached
            && let Some(known) = look_up(cache, key, self.split).await
        {
            session.proof_cached = true;
            return Some(known);
        }
        match self.prove(session) {
            Ok(proven) => {
                if let Some((cache, key)) = cached.filter(|_| is_lasting(&proven)) {
                    let bytes = serde_json::to_vec(&proven).unwrap_or_default();
                    cache.put_many(vec![(key, bytes)]).await;
                }
                Some(proven)
            }
            Err(error) => {
                let (category, mode) = match &error {
                    Error::Sandbox(_) => (ErrorCategory::SecurityViolation, "no sandbox: nothing was run"),
                    Error::UnknownScanner(_) => (ErrorCategory::ExecutionRuntime, "nothing was run"),
                };
                session.degraded.push(mode.to_owned());
                session.events.push(refusal(category, words(&error)));
                None
            }
        }
    }

    fn prove(&self, session: &Session) -> Result<Proof, Error> {
        let request = Request { source: self.source, split: self.split, settings: *self.settings };
        let told = |told: Told<'_>| {
            let told = match told {
                Told::Progress(told) => told,
                Told::SoFar(proof) => return (self.keep)(session, proof),
            };
            let phase = told.phase;
            let left = told.left.filter(|left| left.runs > 0).map(estimate);
            let words: Vec<String> = told.scanner.into_iter().chain(left).collect();
            let words = (!words.is_empty()).then(|| words.join(", "));
            (self.progress)(phase, phase.progress(told.done, told.total), words.as_deref());
        };
        tokio::task::block_in_place(|| run(&request, &told, self.stop))
    }
}

/// What is left to run, in words.
fn estimate(left: codeproof_prove::Left) -> String {
    let seconds = left.time.as_secs();
    let time = match seconds {
        0..=89 => format!("{} s", seconds.max(1)),
        _ => format!("{} min", (seconds + 30) / 60),
    };
    format!("about {} runs, {time}; --mutants N or --time-budget S for fewer", left.runs)
}

/// An error with the reasons behind it.
fn words(error: &dyn std::error::Error) -> String {
    let mut text = format!("cannot {error}");
    let mut reason = error.source();
    while let Some(error) = reason {
        text.push_str(&format!(": {error}"));
        reason = error.source();
    }
    text
}

fn refusal(category: ErrorCategory, message: String) -> ErrorEvent {
    ErrorEvent {
        category,
        phase: SessionPhase::Execution,
        severity: ErrorSeverity::High,
        message,
        scanner: None,
        recovery: RecoveryAction::ManualIntervention,
        attempted: false,
        succeeded: false,
    }
}

/// Whether the same run would end the same: what ran out of time on a busy machine may not on an idle one.
fn is_lasting(proof: &Proof) -> bool {
    !proof.stopped
        && proof.scanners.iter().all(|scanner| scanner.verdict != Verdict::NotRun && scanner.problem.is_none())
}

/// An earlier proof, with the programs that it puts in place of the split's.
async fn look_up(cache: &AnalysisCache, key: CacheKey, split: &Split) -> Option<Proof> {
    let bytes = cache.get_many(&[key]).await.remove(&key)?;
    let mut proof: Proof = serde_json::from_slice(&bytes).ok()?;
    for (at, scanner) in split.scanners.iter().enumerate() {
        let fell_back = proof.scanners.iter().any(|it| it.fell_back && it.name == scanner.boundary.name);
        for file in if fell_back { split.whole_program(at) } else { Vec::new() } {
            if !proof.replaced.contains(&file) {
                proof.replaced.push(file);
            }
        }
    }
    Some(proof)
}

/// All that a proof depends on. `None` when that is too much to read, or cannot be read.
fn key_of(settings: &Settings<'_>, source: &Source, split: &Split, build: &str) -> Option<CacheKey> {
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(b"proof");
    add(build.as_bytes());
    add(&source.bytes);
    for file in &split.files {
        add(file.name.as_bytes());
        add(&file.bytes);
    }
    add(format!("{:?} {:?} {}", settings.python, settings.policy, settings.mutants_max).as_bytes());
    add(settings.only.join("\n").as_bytes());
    let folders = [Some(settings.data.first), settings.data.second].into_iter().flatten();
    let mut left = (HASHED_FILES_MAX, HASHED_BYTES_MAX);
    for folder in folders.chain(settings.modules.iter().map(PathBuf::as_path)) {
        add(b"folder");
        add_folder(folder, &mut left, &mut add)?;
    }
    Some(CacheKey(*hasher.finalize().as_bytes()))
}

/// Names and bytes of all files below a folder, in order. Links are not followed: what they lead to is not hashed, so a
/// folder with links is not cached.
fn add_folder(root: &Path, left: &mut (usize, u64), add: &mut impl FnMut(&[u8])) -> Option<()> {
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(&folder).ok()?.collect::<Result<_, _>>().ok()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let (path, kind) = (entry.path(), entry.file_type().ok()?);
            if kind.is_dir() {
                open.push(path);
                continue;
            }
            let length = entry.metadata().ok()?.len();
            *left = (left.0.checked_sub(1)?, left.1.checked_sub(length)?);
            if !kind.is_file() {
                return None;
            }
            add(path.strip_prefix(root).ok()?.as_os_str().as_encoded_bytes());
            let mut of_file = blake3::Hasher::new();
            of_file.update_reader(std::fs::File::open(&path).ok()?).ok()?;
            add(of_file.finalize().as_bytes());
        }
    }
    Some(())
}
