//! Questions about data flow: where a value comes from and goes, and what the functions of a program do with data.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use codeproof_dataflow::{Question, SourceFile as ProgramFile};
use codeproof_detect::{Detector, FlowText, FunctionAnswer, TraceAnswer};
use codeproof_source::{Snapshot, SourceFile};
use codeproof_types::{FileFacts, Language, LineIndex, Phase, Progress, RepoPath};
use rayon::prelude::*;

use crate::flows::AllSpecs;
use crate::lowered::{self, LANGUAGES, Lowered};
use crate::{Error, ProgramRequest, pool};

/// Which value is meant: a variable on a line.
#[derive(Debug, Clone, Copy)]
pub struct ValuePlace<'a> {
    /// The file.
    pub path: &'a RepoPath,
    /// Its line, 1-based.
    pub line: u32,
    /// The variable, without sigil.
    pub name: &'a str,
}

/// What came of following a value.
#[derive(Debug)]
pub enum Traced {
    /// The file is not among those that are looked at.
    NoFile,
    /// Data is not followed through files of its language.
    NotFollowed(Option<Language>),
    /// The line has no such variable, or nothing happens to it.
    NoValue,
    /// Where it comes from and goes.
    Answer(TraceAnswer),
}

/// The files of one language of a program, ready to be analysed.
struct Files<'s> {
    snapshot: &'s Snapshot,
    known: Vec<(&'s SourceFile, FileFacts, Option<Language>)>,
}

/// Follows a value through the program of its language.
///
/// # Errors
/// When the tree cannot be listed, specs are wrong, threads cannot be started, or `stop` was raised.
pub fn trace(
    request: &ProgramRequest<'_>,
    specs: &[PathBuf],
    place: ValuePlace<'_>,
    detector: &Detector,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Traced, Error> {
    let specs = AllSpecs::new(specs)?;
    let pool = pool::make(request.jobs)?;
    pool.install(|| {
        let snapshot = codeproof_source::snapshot(request.root, request.walk, progress, stop)?;
        let Some(file) = snapshot.files.iter().find(|file| file.path == *place.path) else { return Ok(Traced::NoFile) };
        let Ok(source) = snapshot.read(file) else { return Ok(Traced::NoFile) };
        let language = codeproof_syntax::language_of(&file.path, &source.text);
        let Some(language) = lowered::language_of(&file.path, language) else {
            return Ok(Traced::NotFollowed(language));
        };
        let lines = LineIndex::new(&source.text);
        let Some(line) = lines.line_range(&source.text, place.line) else { return Ok(Traced::NoValue) };
        let (files, modules) = files_of(&snapshot, language, progress, stop)?;
        let question = Question { path: place.path, line: (line.start, line.end), name: place.name };
        let trace = codeproof_dataflow::trace(modules, specs.of(language)?, question);
        if !trace.is_found {
            return Ok(Traced::NoValue);
        }
        Ok(Traced::Answer(files.with_texts(&trace.paths, detector, |texts| detector.trace_answer(&trace, texts))))
    })
}

/// What the functions of a program do with data, by language and place.
///
/// # Errors
/// As [`trace`].
pub fn functions(
    request: &ProgramRequest<'_>,
    specs: &[PathBuf],
    detector: &Detector,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Vec<FunctionAnswer>, Error> {
    let specs = AllSpecs::new(specs)?;
    let pool = pool::make(request.jobs)?;
    pool.install(|| {
        let snapshot = codeproof_source::snapshot(request.root, request.walk, progress, stop)?;
        let mut answers = Vec::new();
        for language in LANGUAGES {
            let (files, modules) = files_of(&snapshot, language, progress, stop)?;
            if modules.is_empty() {
                continue;
            }
            let analysis = codeproof_dataflow::analyse(modules, specs.of(language)?);
            answers.extend(
                files.with_texts(&analysis.paths, detector, |texts| detector.function_answers(&analysis, texts)),
            );
        }
        Ok(answers)
    })
}

/// Reads and lowers the project's own files of one language.
fn files_of<'s>(
    snapshot: &'s Snapshot,
    language: Language,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(Files<'s>, Vec<ProgramFile>), Error> {
    progress.start(Phase::Parse, Some(snapshot.files.len() as u64));
    let one = |file: &'s SourceFile| {
        progress.advance(Phase::Parse, 1, file.bytes);
        if file.class.is_secrets_only() || stop.load(Ordering::Relaxed) {
            return None;
        }
        let Lowered { module, facts, language: own } = lowered::read(snapshot, file)?;
        if lowered::language_of(&file.path, own) != Some(language) {
            return None;
        }
        Some(((file, facts, own), ProgramFile { path: file.path.clone(), module }))
    };
    let read: Vec<_> = snapshot.files.par_iter().filter_map(one).collect();
    progress.finish(Phase::Parse);
    if stop.load(Ordering::Relaxed) {
        return Err(codeproof_source::Error::Interrupted.into());
    }
    let (known, modules) = read.into_iter().unzip();
    Ok((Files { snapshot, known }, modules))
}

impl Files<'_> {
    /// Hands `tell` the texts of the files by their numbers in `paths`.
    fn with_texts<T>(
        &self,
        paths: &[RepoPath],
        detector: &Detector,
        tell: impl FnOnce(&codeproof_detect::Texts<'_, '_>) -> T,
    ) -> T {
        let read: Vec<OnceLock<Option<FlowText<'_>>>> = paths.iter().map(|_| OnceLock::new()).collect();
        tell(&|number: u32| {
            let place = read.get(number as usize)?;
            let text = place.get_or_init(|| {
                let path = &paths[number as usize];
                let at = self.known.binary_search_by(|(file, ..)| file.path.cmp(path)).ok()?;
                let (file, facts, language) = &self.known[at];
                let text = self.snapshot.read(file).ok()?.text;
                Some(FlowText::new((path.clone(), file.class), file.hash, *language, text, facts, detector))
            });
            text.as_ref()
        })
    }
}
