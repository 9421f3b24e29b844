//! A session for reading: what was found, what was proven, what to do next.

use std::collections::BTreeMap;
use std::path::Path;

use codeproof_inspect::Level;
use codeproof_pipeline::{Session, SessionScanner};
use codeproof_prove::{Aggregated, ParameterVerdict, Proof, ScannerProof, Verdict};
use codeproof_split::{Form, Parameter, Status};
use codeproof_types::{ErrorSeverity, visible};
use console::Style;

/// Characters of a value that are shown.
const VALUE_CHARACTERS_MAX: usize = 48;

/// Entries of a list that are shown when not all are asked for.
const LISTED_MAX: usize = 8;

/// Scanners that have the same note until it is told once for all.
const REPEATED_MAX: usize = 3;

/// How a session is shown.
pub(super) struct TextOptions<'a> {
    /// With colours.
    pub color: bool,
    /// Every parameter, with why its value is the effective one.
    pub verbose: bool,
    /// The data that was given, for what to try next.
    pub data: Option<&'a Path>,
    /// The session's folder, as a person in this folder names it.
    pub folder: std::path::PathBuf,
    /// How programs are run, as flags, with a space before each.
    pub runner: String,
}

impl TextOptions<'_> {
    fn paint(&self, style: Style, text: &str) -> String {
        style.force_styling(self.color).apply_to(visible(text)).to_string()
    }

    fn bold(&self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    fn quiet(&self, text: &str) -> String {
        self.paint(Style::new().dim(), text)
    }
}

/// The text of a session; everything foreign in it is stripped of control characters.
pub(super) fn session(session: &Session, options: &TextOptions<'_>) -> String {
    let mut lines = head(session, options);
    lines.extend(inspection(session, options));
    lines.extend(scanners(session, options));
    lines.extend(set_later(session, options));
    lines.extend(kept_apart(session, options));
    if let Some(proof) = &session.proof {
        lines.extend(proven(proof, session.proof_cached, options));
    }
    lines.extend(troubles(session, options));
    lines.extend(tail(session, options));
    // Names are foreign text: none of them makes a line of its own.
    lines.iter().map(|line| line.replace('\n', "\u{fffd}") + "\n").collect()
}

fn head(session: &Session, options: &TextOptions<'_>) -> Vec<String> {
    let what = match session.split {
        Status::Multi => format!("{} scanners", session.scanners.len()),
        Status::Single => "one scanner; nothing to separate, but it has its template".to_owned(),
        Status::None => "no scanner; nothing was split".to_owned(),
        Status::Error => "cannot be read".to_owned(),
    };
    let mut lines = vec![format!("{}: {what}", options.bold(&session.file))];
    if let Some(problem) = &session.error {
        let column = problem.column.map(|column| format!(":{column}")).unwrap_or_default();
        lines.push(format!("  line {}{column}: {}", problem.line, visible(&problem.message)));
    }
    lines
}

fn inspection(session: &Session, options: &TextOptions<'_>) -> Vec<String> {
    let Some(inspection) = session.inspection.as_ref().filter(|it| it.level >= Level::Medium) else {
        return Vec::new();
    };
    let word = options.paint(Style::new().yellow(), inspection.level.word());
    let mut lines = vec![format!("inspection: {word} (`codeproof inspect` says why)")];
    let bad = inspection.threats_detected.iter().filter(|threat| threat.severity >= Level::High);
    lines.extend(bad.take(LISTED_MAX).map(|threat| visible(&format!("  line {}: {}", threat.line, threat.why)).into()));
    lines
}

fn scanners(session: &Session, options: &TextOptions<'_>) -> Vec<String> {
    let names = session.scanners.iter().map(|it| it.scanner.boundary.name.chars().count());
    let width = names.max().unwrap_or(0).min(40);
    let proof_of = |scanner: &SessionScanner| {
        let of = |it: &&ScannerProof| it.name == scanner.scanner.boundary.name;
        session.proof.as_ref().and_then(|proof| proof.scanners.iter().find(of))
    };
    let notes: Vec<Vec<String>> =
        session.scanners.iter().map(|scanner| scanner_notes(scanner, proof_of(scanner))).collect();
    let repeated = if options.verbose { BTreeMap::new() } else { repeated(&notes) };
    let is_told = |note: &&String| !repeated.contains_key(note.as_str());
    let mut lines = Vec::new();
    for (scanner, notes) in session.scanners.iter().zip(&notes) {
        let proof = proof_of(scanner);
        if lines.is_empty() || options.verbose {
            lines.push(String::new());
        }
        lines.push(scanner_line(scanner, proof, width, options));
        lines.extend(notes.iter().filter(is_told).map(|note| format!("      {}", visible(note))));
        if options.verbose {
            lines.extend(scanner.parameters.iter().map(|parameter| parameter_line(parameter, options)));
        }
    }
    lines.extend(repeated.iter().map(|(note, count)| format!("  {count} scanners: {}", visible(note))));
    lines
}

/// Notes of so many scanners that they are told once, below all.
fn repeated(notes: &[Vec<String>]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for note in notes.iter().flatten() {
        *counts.entry(note.as_str()).or_default() += 1;
    }
    counts.retain(|_, count| *count > REPEATED_MAX);
    counts
}

fn scanner_line(
    scanner: &SessionScanner,
    proof: Option<&ScannerProof>,
    width: usize,
    options: &TextOptions<'_>,
) -> String {
    let boundary = &scanner.scanner.boundary;
    let gap = " ".repeat(width.saturating_sub(boundary.name.chars().count()));
    let form = match scanner.scanner.form {
        Form::Slice => "slice",
        Form::WholeProgram => "whole program",
    };
    let facts = format!(
        "lines {}-{}  {}  confidence {:.2}  {}  {form}",
        boundary.start_line,
        boundary.end_line,
        boundary.kind,
        boundary.confidence,
        counted(scanner.parameters.len(), "parameter"),
    );
    let verdict = proof.map(|proof| format!("  {}", verdict(proof, options))).unwrap_or_default();
    format!("  {}{gap}  {}{verdict}", options.bold(&boundary.name), visible(&facts))
}

fn verdict(proof: &ScannerProof, options: &TextOptions<'_>) -> String {
    let (style, word) = match proof.verdict {
        Verdict::Proven => (Style::new().green(), "proven"),
        Verdict::EqualOnThisData => (Style::new().green(), "equal on this data"),
        Verdict::Differs => (Style::new().red().bold(), "DIFFERS"),
        Verdict::NotExercised => (Style::new().yellow(), "not exercised"),
        Verdict::NotRun => (Style::new().yellow(), "not run"),
    };
    let tried = |verdict| proof.parameters.iter().filter(|parameter| parameter.verdict == verdict).count();
    let own = tried(ParameterVerdict::OwnRowsOnly);
    let exercised = own + tried(ParameterVerdict::ChangesOthers);
    let isolated =
        if exercised > 0 { format!(", {own} of {exercised} changed values isolated") } else { String::new() };
    let rows = counted(proof.template_rows, "row");
    match proof.verdict {
        Verdict::NotRun | Verdict::NotExercised => options.paint(style, word),
        _ => format!("{}: {rows}{isolated}", options.paint(style, word)),
    }
}

/// What is not as good as it could be.
fn scanner_notes(scanner: &SessionScanner, proof: Option<&ScannerProof>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(why) = &scanner.scanner.whole_program_because {
        notes.push(format!("whole program: {why}"));
    }
    if !scanner.scanner.depends_on.is_empty() {
        notes.push(format!("runs a part of: {}", scanner.scanner.depends_on.join(", ")));
    }
    let Some(proof) = proof else { return notes };
    // What was wrong with a slice that was replaced is told as the reason for the whole program.
    let problem = proof.problem.as_ref().filter(|problem| !problem.succeeded).map(|problem| problem.message.clone());
    notes.extend(problem.or_else(|| proof.remark.clone()));
    if !proof.fields_not_compared.is_empty() {
        let fields = proof.fields_not_compared.join(", ");
        notes.push(format!("not compared, because two equal runs differ in it: {fields}"));
    }
    if let Some(difference) = proof.first_difference.as_ref().filter(|_| proof.verdict == Verdict::Differs) {
        notes.push(format!("{} rows are missing, {} are too many", difference.missing, difference.surplus));
        notes.extend(difference.only_original.iter().map(|row| format!("only the original finds {row}")));
        notes.extend(difference.only_template.iter().map(|row| format!("only the template finds {row}")));
    }
    let others = proof.parameters.iter().filter(|parameter| parameter.verdict == ParameterVerdict::ChangesOthers);
    notes.extend(others.map(|it| format!("{} (line {}) also changes {}", it.name, it.line, it.changed.join(", "))));
    notes
}

fn parameter_line(parameter: &Parameter, options: &TextOptions<'_>) -> String {
    let value = cut(&parameter.value.to_string());
    let shared = if parameter.shared { "shared; " } else { "" };
    let why = options.quiet(&format!("line {}: {shared}{}", parameter.line, parameter.why));
    format!("      {} = {}  {why}", visible(&parameter.name), visible(&value))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Values that count and stand below the scanner that uses them: who reads from the top expects others.
fn set_later(session: &Session, options: &TextOptions<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for scanner in &session.scanners {
        let place = &scanner.scanner.boundary;
        for parameter in scanner.parameters.iter().filter(|parameter| parameter.line > place.end_line) {
            let value = cut(&parameter.value.to_string());
            let line = format!("  {}: {} is {value}: {}", place.name, parameter.name, parameter.why);
            found.push(visible(&line).into_owned());
        }
    }
    if found.is_empty() {
        return found;
    }
    let shown = if options.verbose { found.len() } else { LISTED_MAX };
    let more = found.len().saturating_sub(shown);
    found.truncate(shown);
    let mut lines = vec![String::new(), options.bold("Set below the scanner: what stands above it does not count")];
    lines.append(&mut found);
    if more > 0 {
        lines.push(format!("  and {more} more (--verbose)"));
    }
    lines
}

/// Values that share a name, and nothing else.
fn kept_apart(session: &Session, options: &TextOptions<'_>) -> Vec<String> {
    let avoided = &session.avoided_contaminations;
    if avoided.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), options.bold("Kept apart: the same name, another value")];
    let shown = if options.verbose { avoided.len() } else { LISTED_MAX };
    for one in avoided.iter().take(shown) {
        let line =
            format!("  {}: {} = {} belongs to {}", one.scanner, one.name, cut(&one.value.to_string()), one.belongs_to);
        lines.push(visible(&line).into_owned());
    }
    if avoided.len() > shown {
        lines.push(format!("  and {} more (--verbose)", avoided.len() - shown));
    }
    lines
}

fn proven(proof: &Proof, is_cached: bool, options: &TextOptions<'_>) -> Vec<String> {
    let mut lines = vec![String::new()];
    let is_compared = proof.scanners.iter().any(|scanner| scanner.verdict != Verdict::NotRun);
    let score = match proof.isolation_score {
        Some(score) => format!("isolation score {score:.2}"),
        None if !is_compared => "no isolation score: no scanner could be compared".to_owned(),
        None if proof.mutants == 0 => "no isolation score: no value was changed".to_owned(),
        None => "no isolation score: no changed value changed a row on this data".to_owned(),
    };
    let cached = if is_cached { ", known from an earlier session" } else { "" };
    let (runs, values) = (counted(proof.runs, "run"), counted(proof.mutants, "changed value"));
    lines.push(format!("{} ({runs}, {values}{cached})", options.bold(&score)));
    for one in &proof.contamination {
        let line = format!(
            "  {} (line {}) belongs to {} and changes {}",
            one.parameter,
            one.line,
            one.owners.join(", "),
            one.changed.join(", ")
        );
        lines.push(options.paint(Style::new().red(), &line));
    }
    lines.extend(hits(&proof.aggregated, proof.scanners.len() > 1));
    lines
}

/// What was hit, and what by several; nothing is said of symbols and days where rows tell none.
fn hits(hits: &Aggregated, are_several: bool) -> Option<String> {
    let mut words = vec![counted(hits.rows, "row")];
    let kinds = [(hits.symbols.len(), "symbol"), (hits.dates.len(), "day")];
    words.extend(kinds.iter().filter(|(count, _)| *count > 0).map(|(count, word)| counted(*count, word)));
    let mut line = words.join(", ");
    if are_several && !hits.symbols.is_empty() {
        let (shared, were) = match hits.shared_symbols {
            0 => ("no symbol".to_owned(), "was"),
            1 => ("1 symbol".to_owned(), "was"),
            count => (format!("{count} symbols"), "were"),
        };
        let same_day = match hits.shared_hits {
            0 => String::new(),
            1 => ", once on the same day".to_owned(),
            count => format!(", {count} times on the same day"),
        };
        line.push_str(&format!("; {shared} {were} hit by more than one scanner{same_day}"));
    }
    (hits.rows > 0).then_some(line)
}

/// `1 row`, `2 rows`.
fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// What went wrong with the scanners that were proven.
fn problems(session: &Session) -> impl Iterator<Item = &str> {
    let scanners = session.proof.iter().flat_map(|proof| &proof.scanners);
    scanners.map(|scanner| scanner.problem.as_ref().map_or("", |problem| problem.message.as_str()))
}

fn troubles(session: &Session, options: &TextOptions<'_>) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    // A file that cannot be read is told in the first line.
    let events = session.events.iter().filter(|event| session.error.is_none() && event.scanner.is_none());
    let of_scanners: Vec<&str> = problems(session).collect();
    // What every scanner is told is not told again.
    let is_new = |message: &str| of_scanners.is_empty() || !of_scanners.iter().all(|told| *told == message);
    let events = events.filter(|event| event.severity >= ErrorSeverity::Medium && is_new(&event.message));
    for event in events {
        lines.push(options.paint(Style::new().yellow(), &format!("! {}", event.message)));
    }
    let mut degraded = session.degraded.clone();
    degraded.dedup();
    lines.extend(degraded.iter().map(|mode| options.quiet(&format!("- {mode}"))));
    if !lines.is_empty() {
        lines.insert(0, String::new());
    }
    lines
}

fn tail(session: &Session, options: &TextOptions<'_>) -> Vec<String> {
    let mut lines = vec![String::new(), format!("written to {}", visible(&options.folder.display().to_string()))];
    let first = session.scanners.first().map(|it| options.folder.join(&it.scanner.template));
    if let Some(template) = first {
        let data = options.data.map_or_else(|| "DATA".to_owned(), |data| data.display().to_string());
        let line = match session.proof {
            Some(_) => format!("codeproof run {} --data {data}{}", template.display(), options.runner),
            None => {
                format!("codeproof split {} --out OUT --prove --data {data}   runs and compares them", session.file)
            }
        };
        lines.push(options.quiet(&line));
    }
    if let Some(id) = session.session.as_ref().filter(|_| !session.scanners.is_empty()) {
        lines.push(options.quiet(&format!("codeproof split verify {id}")));
    }
    lines
}
