//! Chunks of a tree, each with whether a model should look at it (seed 000: findings first, then `needs_llm`).
//!
//! A chunk needs no model when definite rules have said what is wrong with it, or when nothing in it can go wrong in a
//! way the rules know: every risky site has a form that is safe, or there is none. Everything else needs one: a finding
//! that asks for judgement, a site that is open, and whatever nobody looked at.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use codeproof_detect::{Detector, FileInput, Site};
use codeproof_source::{Snapshot, SourceFile, WalkConfig};
use codeproof_syntax::Chunk;
use codeproof_types::{
    ContentHash, FileClass, FileFacts, Finding, LineIndex, Phase, Problem, ProblemKind, Progress, RepoPath, State,
};
use rayon::prelude::*;

use crate::{Error, pool};

/// Files judged between two looks at the stop flag.
const BATCH_FILES: usize = 256;

/// Shown when an engine crashed, and when the grammar gave no tree.
const NOT_LOOKED_AT: &str = "no rule could look at this file";

/// A chunk of a file, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedChunk {
    /// The file.
    pub path: RepoPath,
    /// The file's hash.
    pub content_hash: ContentHash,
    /// The lines.
    pub chunk: Chunk,
    /// Whether a model should look at it.
    pub needs_model: bool,
    /// Why, or why not.
    pub reason: String,
}

/// What to cut and how.
pub struct ChunksRequest<'a> {
    /// The folder or file to look at.
    pub root: &'a Path,
    /// Which files.
    pub walk: &'a WalkConfig,
    /// Estimated tokens of a chunk with its imports at most.
    pub tokens_max: u32,
    /// Threads.
    pub jobs: usize,
}

/// Cuts every file of code, and judges each chunk by the rules. Vendored, generated and minified files are left out, and
/// files that are neither code nor templates. In the order of path and line; then what could not be read or understood.
///
/// # Errors
/// When the tree cannot be listed, threads cannot be started, or `stop` was raised.
pub fn chunks(
    request: &ChunksRequest<'_>,
    detector: &Detector,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<(Vec<JudgedChunk>, Vec<Problem>), Error> {
    let pool = pool::make(request.jobs)?;
    let snapshot = pool.install(|| codeproof_source::snapshot(request.root, request.walk, progress, stop))?;
    let (mut chunks, mut problems) = (Vec::new(), snapshot.problems.clone());
    progress.start(Phase::Detect, Some(snapshot.files.len() as u64));
    for batch in snapshot.files.chunks(BATCH_FILES) {
        if stop.load(Ordering::Relaxed) {
            return Err(codeproof_source::Error::Interrupted.into());
        }
        let judge = |file: &SourceFile| judge_file(&snapshot, detector, file, request.tokens_max);
        let judged: Vec<_> = pool.install(|| batch.par_iter().with_max_len(1).map(judge).collect());
        progress.advance(Phase::Detect, batch.len() as u64, batch.iter().map(|file| file.bytes).sum());
        for (found, wrong) in judged {
            chunks.extend(found);
            problems.extend(wrong);
        }
    }
    progress.finish(Phase::Detect);
    Ok((chunks, problems))
}

/// The chunks of one file. A file that cannot be read has none, and is a problem.
pub(crate) fn judge_file(
    snapshot: &Snapshot,
    detector: &Detector,
    file: &SourceFile,
    tokens_max: u32,
) -> (Vec<JudgedChunk>, Vec<Problem>) {
    if !matches!(file.class, FileClass::FirstParty | FileClass::Test) {
        return (Vec::new(), Vec::new());
    }
    let text = match snapshot.read(file) {
        Ok(source) => source.text,
        Err(error) => return (Vec::new(), vec![error.into()]),
    };
    let judge = || judge_text(detector, file, &text, tokens_max);
    let (chunks, problems) = catch_unwind(AssertUnwindSafe(judge)).unwrap_or_else(|_| {
        let message = "the analysis of this file crashed; please report it with the file".to_owned();
        let problem = Problem { path: Some(file.path.clone()), line: None, kind: ProblemKind::Engine, message };
        let chunks = codeproof_syntax::chunks(&text, &FileFacts::default(), tokens_max);
        (chunks.into_iter().map(|chunk| (chunk, Verdict::model(NOT_LOOKED_AT))).collect(), vec![problem])
    });
    let judged = |(chunk, verdict): (Chunk, Verdict)| JudgedChunk {
        path: file.path.clone(),
        content_hash: file.hash,
        chunk,
        needs_model: verdict.needs_model,
        reason: verdict.reason,
    };
    (chunks.into_iter().map(judged).collect(), problems)
}

fn judge_text(
    detector: &Detector,
    file: &SourceFile,
    text: &str,
    tokens_max: u32,
) -> (Vec<(Chunk, Verdict)>, Vec<Problem>) {
    let Some(language) = codeproof_syntax::language_of(&file.path, text) else {
        if !is_code_without_grammar(&file.path) {
            return (Vec::new(), Vec::new());
        }
        let chunks = codeproof_syntax::chunks(text, &FileFacts::default(), tokens_max);
        let no_rules = |chunk| (chunk, Verdict::model("no rules for this language"));
        return (chunks.into_iter().map(no_rules).collect(), Vec::new());
    };
    let (parsed, mut problems) = codeproof_syntax::parse(text, language);
    let facts = parsed.as_ref().map(|parsed| codeproof_syntax::facts(text, parsed)).unwrap_or_default();
    let chunks = codeproof_syntax::chunks(text, &facts, tokens_max);
    let input = FileInput {
        path: &file.path,
        text,
        hash: file.hash,
        lines: &LineIndex::new(text),
        language: Some(language),
        parsed: parsed.as_ref(),
        facts: &facts,
        secrets_only: false,
    };
    let (findings, found) = detector.detect(&input);
    problems.extend(found);
    for problem in &mut problems {
        problem.path = Some(file.path.clone());
    }
    let sites = detector.sites(&input);
    let judge = |chunk: Chunk| {
        let verdict = match parsed {
            Some(_) => verdict(&chunk, &findings, &sites, |id| detector.rule(id).is_some_and(|rule| rule.definite)),
            None => Verdict::model(NOT_LOOKED_AT),
        };
        (chunk, verdict)
    };
    (chunks.into_iter().map(judge).collect(), problems)
}

/// Whether a model should look, and why or why not.
struct Verdict {
    needs_model: bool,
    reason: String,
}

impl Verdict {
    fn model(reason: impl Into<String>) -> Self {
        Self { needs_model: true, reason: reason.into() }
    }

    fn no_model(reason: impl Into<String>) -> Self {
        Self { needs_model: false, reason: reason.into() }
    }
}

/// Judges one chunk. A definite finding speaks for the sites it stands on, and for no other.
fn verdict(chunk: &Chunk, findings: &[Finding], sites: &[Site], is_definite: impl Fn(&str) -> bool) -> Verdict {
    let overlaps = |first: u32, last: u32| first <= chunk.last_line && chunk.first_line <= last;
    let here =
        findings.iter().filter(|it| it.state == State::Open && overlaps(it.location.first_line, it.location.last_line));
    let (definite, doubtful): (Vec<&Finding>, Vec<&Finding>) = here.partition(|finding| is_definite(&finding.rule_id));
    let is_judged = |first: u32, last: u32| {
        definite.iter().any(|it| first <= it.location.last_line && it.location.first_line <= last && last - first < 10)
    };
    let sites: Vec<&Site> = sites.iter().filter(|site| overlaps(site.line, site.last_line)).collect();
    if let Some(finding) = doubtful.iter().find(|it| !is_judged(it.location.first_line, it.location.last_line)) {
        return Verdict::model(format!("a rule asks for judgement: {}", finding.rule_id));
    }
    if let Some(site) = sites.iter().find(|site| !site.is_safe && !is_judged(site.line, site.last_line)) {
        return Verdict::model(format!("risky site: {} in line {}", site.what, site.line));
    }
    if let Some(finding) = definite.first() {
        return Verdict::no_model(format!("definite: {}", finding.rule_id));
    }
    Verdict::no_model(match sites.len() {
        0 => "no risky site".to_owned(),
        1 => "its risky site has a safe form".to_owned(),
        count => format!("all {count} risky sites have safe forms"),
    })
}

/// Languages and templates people write that have no grammar here: they are cut by lines.
fn is_code_without_grammar(path: &RepoPath) -> bool {
    const EXTENSIONS: &str = "asm asp aspx bash bat blade cfm clj cljs cmd coffee cr cshtml d dart ejs elm erb erl ex exs f90 \
        fish fs ftl gradle graphql groovy haml handlebars hbs hcl hs htm html j2 jinja jinja2 jl jsp jspx kt kts liquid \
        lua m ml mli mm mustache nim njk pas perl phtml pl pm pp proto ps1 psm1 pug r razor s scala sh slim sol sql \
        svelte swift tcl tf twig v vb vbs vhd vm vue xsl xslt zig zsh";
    const NAMES: &str = "dockerfile makefile jenkinsfile vagrantfile";
    let holds = |list: &str, word: &str| list.split_ascii_whitespace().any(|known| known == word);
    path.extension().is_some_and(|extension| holds(EXTENSIONS, &extension.to_ascii_lowercase()))
        || holds(NAMES, &path.file_name().to_ascii_lowercase())
}
