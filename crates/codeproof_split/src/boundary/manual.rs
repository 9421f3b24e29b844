//! Boundaries that a person gives: a list in JSON, read with clear errors, that decides alone.
//!
//! The format is `[{"name": "gap", "start_line": 3, "end_line": 9}, …]`, or an object whose `scanners` is such a list:
//! `boundaries.json` as it was written, with lines edited by hand. Other fields are not read.

use std::collections::BTreeMap;

use ruff_text_size::{Ranged, TextRange};
use serde_json::Value as Json;

use super::sections::Sections;
use super::seen::Eye;
use super::structure::{Unit, UnitKind};
use super::{Boundary, BoundaryStatus, BoundaryType, Context, Dependencies};
use codeproof_python::{Module, Problem, ProblemKind};

/// Scanners a list may name; a file of 50,000 lines has no room for more.
const SCANNERS_MAX: usize = 5_000;

/// Share of lines, of both together, that a unit and given lines must have in common to mean the same.
const COMMON_MIN: f64 = 0.5;

/// Where a person says that a scanner is. Lines are 1-based and inclusive.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ManualBoundary {
    /// The scanner's name.
    pub name: String,
    /// Its first line.
    pub start_line: u32,
    /// Its last line.
    pub end_line: u32,
}

/// Reads a list of boundaries.
///
/// # Errors
///
/// What is no such list: no JSON, an entry without name or lines, two of one name. The problem's line is that of the list's
/// file where it is no JSON, and else the first line that was given.
pub fn parse(text: &str) -> Result<Vec<ManualBoundary>, Problem> {
    let problem = |line: usize, message: String| {
        Problem::new(ProblemKind::Boundaries, u32::try_from(line).unwrap_or(u32::MAX).max(1), message)
    };
    let json: Json = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| problem(error.line(), format!("the list of boundaries is no JSON: {error}")))?;
    let list = json.get("scanners").unwrap_or(&json);
    let Some(list) = list.as_array() else {
        return Err(problem(1, "expected a list of boundaries, or an object with `scanners`".to_owned()));
    };
    if list.is_empty() || list.len() > SCANNERS_MAX {
        return Err(problem(1, format!("expected 1 to {SCANNERS_MAX} boundaries, found {}", list.len())));
    }
    let mut found: Vec<ManualBoundary> = Vec::with_capacity(list.len());
    for (at, entry) in list.iter().enumerate() {
        let line = |key: &str| entry.get(key).and_then(Json::as_u64).and_then(|line| u32::try_from(line).ok());
        let name = entry.get("name").and_then(Json::as_str).map(str::trim).filter(|name| !name.is_empty());
        let (Some(name), Some(start_line), Some(end_line)) = (name, line("start_line"), line("end_line")) else {
            let message = format!("boundary {}: expected `name`, `start_line` and `end_line`", at + 1);
            return Err(problem(1, message));
        };
        if found.iter().any(|known| known.name == name) {
            return Err(problem(start_line as usize, format!("two boundaries are called {name}")));
        }
        found.push(ManualBoundary { name: name.to_owned(), start_line, end_line });
    }
    Ok(found)
}

/// Checks given boundaries against a module.
pub(crate) fn check(given: &[ManualBoundary], module: &Module) -> Result<(), Problem> {
    let last = module.lines.count();
    let mut sorted: Vec<&ManualBoundary> = given.iter().collect();
    sorted.sort_by_key(|boundary| boundary.start_line);
    let problem = |line, message| Err(Problem::new(ProblemKind::Boundaries, line, message));
    for boundary in &sorted {
        let ManualBoundary { name, start_line, end_line } = boundary;
        if *start_line == 0 || start_line > end_line || *end_line > last {
            let message = format!("{name}: lines {start_line}-{end_line} are not in the file, which has {last} lines");
            return problem((*start_line).max(1), message);
        }
    }
    for pair in sorted.windows(2) {
        let [first, second] = pair else { continue };
        if second.start_line <= first.end_line {
            let message = format!(
                "{} (lines {}-{}) and {} (lines {}-{}) overlap",
                first.name, first.start_line, first.end_line, second.name, second.start_line, second.end_line
            );
            return problem(second.start_line, message);
        }
    }
    Ok(())
}

/// The unit each given boundary means: the one that has most lines in common with it, or the only definition inside it;
/// else its statements of the module are a section.
pub(crate) fn sections(given: &[ManualBoundary], units: &[Unit], module: &Module) -> Sections {
    let mut sections = Sections { is_notebook: true, ..Sections::default() };
    for boundary in given {
        if unit_of(boundary, units, module).is_some() {
            continue;
        }
        let body = &module.parsed.syntax().body;
        let first = |range: TextRange| module.lines.line(range.start());
        let inside: Vec<_> = body
            .iter()
            .filter(|stmt| (boundary.start_line..=boundary.end_line).contains(&first(stmt.range())))
            .collect();
        let (Some(start), Some(end)) = (inside.first(), inside.last()) else { continue };
        let range = TextRange::new(start.range().start(), end.range().end());
        let mut eye = Eye::default();
        inside.iter().for_each(|statement| eye.take(statement));
        let id = range.end().to_u32().saturating_sub(1);
        let unit = Unit { id, ..Unit::new(range, UnitKind::Section, &boundary.name, eye) };
        sections.statements.extend(inside.iter().map(|statement| (statement.range().start().to_u32(), id)));
        sections.units.push(unit);
    }
    sections
}

fn unit_of<'u>(given: &ManualBoundary, units: &'u [Unit], module: &Module) -> Option<&'u Unit> {
    let lines = |unit: &Unit| (module.lines.line(unit.range.start()), module.lines.last_line(unit.range));
    let wanted = (given.start_line, given.end_line);
    let best = units
        .iter()
        .map(|unit| (unit, super::semantic::common(lines(unit), wanted)))
        .max_by(|(_, first), (_, second)| first.total_cmp(second))
        .filter(|(_, common)| *common >= COMMON_MIN);
    let inside = |unit: &&Unit| {
        let (start, end) = lines(unit);
        let is_definition = matches!(unit.kind, UnitKind::Function | UnitKind::Class | UnitKind::Column);
        is_definition && wanted.0 <= start && end <= wanted.1
    };
    best.map(|(unit, _)| unit).or_else(|| {
        let mut definitions = units.iter().filter(inside);
        definitions.next().filter(|_| definitions.next().is_none())
    })
}

/// The given boundaries as they are used.
pub(crate) fn boundaries(given: &[ManualBoundary], units: &[Unit], module: &Module) -> Result<Vec<Boundary>, Problem> {
    let mut sorted: Vec<&ManualBoundary> = given.iter().collect();
    sorted.sort_by_key(|boundary| boundary.start_line);
    let mut taken: BTreeMap<u32, &str> = BTreeMap::new();
    let mut found = Vec::with_capacity(sorted.len());
    for boundary in sorted {
        let ManualBoundary { name, start_line, end_line } = boundary;
        let Some(unit) = unit_of(boundary, units, module) else {
            let message = format!("{name}: lines {start_line}-{end_line} hold no statement of their own");
            return Err(Problem::new(ProblemKind::Boundaries, *start_line, message));
        };
        if let Some(other) = taken.insert(unit.id, name) {
            let message = format!("{other} and {name} mean the same code, {}", unit.name);
            return Err(Problem::new(ProblemKind::Boundaries, *start_line, message));
        }
        found.push(Boundary {
            name: name.clone(),
            kind: unit.kind.word(),
            entry: unit.name.clone(),
            start_line: *start_line,
            end_line: *end_line,
            confidence: 1.0,
            boundary_type: match unit.kind {
                UnitKind::Function | UnitKind::Method | UnitKind::Class | UnitKind::Lambda => {
                    BoundaryType::FunctionBased
                }
                _ => BoundaryType::PatternBased,
            },
            status: BoundaryStatus::Valid,
            review: None,
            detected_patterns: vec!["given by hand"],
            dependencies: Dependencies::default(),
            context_metadata: Context::default(),
            unit: unit.id,
            range: (unit.range.start().to_u32(), unit.range.end().to_u32()),
        });
    }
    Ok(found)
}
