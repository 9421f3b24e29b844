//! What happens to one file: read, parse, detect.

use std::panic::{AssertUnwindSafe, catch_unwind};

use codeproof_detect::{Detector, FileInput};
use codeproof_source::{Snapshot, SourceFile};
use codeproof_types::{FileFacts, Finding, Language, LineIndex, Phase, Problem, ProblemKind, Progress};
use serde::{Deserialize, Serialize};

use crate::lowered::{self, Crashed, Lowered};

/// The result for one file; also the value of its cache entry, as JSON.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct FileAnalysis {
    /// Its language, when it has a grammar.
    pub language: Option<Language>,
    /// Its lines.
    pub lines: u32,
    /// What was found; rule severities, not yet the user's.
    pub findings: Vec<Finding>,
    /// What was not understood.
    pub problems: Vec<Problem>,
}

impl FileAnalysis {
    /// Whether a later run on the same bytes gives the same, so that it may be kept.
    pub(crate) fn is_lasting(&self) -> bool {
        !self.problems.iter().any(|problem| problem.kind.is_failure())
    }
}

/// Analyses one file, and lowers it for the analysis of its program. Never panics: a panic in an engine becomes a problem of that file, so that one bad file cannot
/// take the others' results with it.
pub(crate) fn analyse(
    snapshot: &Snapshot,
    file: &SourceFile,
    secrets_only: bool,
    detector: &Detector,
    progress: &dyn Progress,
) -> (FileAnalysis, Option<Lowered>) {
    catch_unwind(AssertUnwindSafe(|| run(snapshot, file, secrets_only, detector, progress))).unwrap_or_else(|_| {
        let problem = Problem {
            path: Some(file.path.clone()),
            line: None,
            kind: ProblemKind::Engine,
            message: "the analysis of this file crashed; please report it with the file".to_owned(),
        };
        (FileAnalysis { problems: vec![problem], ..FileAnalysis::default() }, None)
    })
}

fn run(
    snapshot: &Snapshot,
    file: &SourceFile,
    secrets_only: bool,
    detector: &Detector,
    progress: &dyn Progress,
) -> (FileAnalysis, Option<Lowered>) {
    let source = match snapshot.read(file) {
        Ok(source) => source,
        Err(error) => return (FileAnalysis { problems: vec![error.into()], ..FileAnalysis::default() }, None),
    };
    let text = source.text.as_str();
    let language = codeproof_syntax::language_of(&file.path, text);
    let lines = LineIndex::new(text);
    let mut problems = Vec::new();
    let (parsed, facts) = match language.filter(|_| !secrets_only) {
        Some(language) => {
            let (parsed, found) = codeproof_syntax::parse(text, language);
            problems.extend(found);
            let facts = parsed.as_ref().map(|parsed| codeproof_syntax::facts(text, parsed)).unwrap_or_default();
            (parsed, facts)
        }
        None => (None, FileFacts::default()),
    };
    progress.advance(Phase::Parse, 1, file.bytes);
    let input = FileInput {
        path: &file.path,
        text,
        hash: file.hash,
        lines: &lines,
        language: language.filter(|_| parsed.is_some()),
        parsed: parsed.as_ref(),
        facts: &facts,
        secrets_only,
    };
    let (findings, found) = detector.detect(&input);
    problems.extend(found);
    let lowered = match language.is_some() && parsed.is_none() || secrets_only {
        true => Ok(None),
        false => lowered::lower(&file.path, text, parsed.as_ref(), &facts),
    };
    let lowered = lowered.unwrap_or_else(|Crashed| {
        let message = "preparing this file for data flow crashed; please report it with the file".to_owned();
        problems.push(Problem { path: None, line: None, kind: ProblemKind::Engine, message });
        None
    });
    for problem in &mut problems {
        problem.path = Some(file.path.clone());
    }
    progress.advance(Phase::Detect, 1, file.bytes);
    (FileAnalysis { language, lines: lines.line_count(), findings, problems }, lowered)
}
