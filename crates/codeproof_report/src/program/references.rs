//! Who calls a definition, and what it calls.

use std::io::{self, Write};

use codeproof_types::{CallKind, RepoPath, Resolution, SymbolKind};
use serde::Serialize;

use crate::text::{Painter, Style, TextOptions};
use crate::{clean, json, numbers};

/// Rows of one list that text shows; the rest is counted, JSON has them all.
const ROWS_MAX: usize = 60;

/// A definition, by place and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// Its file.
    pub path: RepoPath,
    /// Its line, 1-based.
    pub line: u32,
    /// What it is.
    pub kind: SymbolKind,
    /// Its name across files.
    pub name: String,
    /// Its head on one line.
    pub signature: String,
}

/// One place that refers to something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// The file of the place.
    pub path: RepoPath,
    /// Its line, 1-based.
    pub line: u32,
    /// Its column, 1-based, in characters.
    pub column: u32,
    /// Call or mention; `None` for a word that is neither.
    pub kind: Option<CallKind>,
    /// The definition at the other end: who calls, or what is called; `None` at file level and for what is not known.
    pub other: Option<Definition>,
    /// The name as written there.
    pub written: String,
    /// How sure the link is.
    pub resolution: Resolution,
    /// The line of code, secrets masked.
    pub quote: String,
}

/// A definition with the places that refer to it or that it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct References {
    /// The definition.
    pub definition: Definition,
    /// `callers` or `callees`.
    pub direction: &'static str,
    /// The places, in the order of path and line.
    pub references: Vec<Reference>,
    /// Calls of that name whose target is not known: they may mean it. For callees: what they call is not known.
    pub unsure: Vec<Reference>,
    /// Places that name it without a call: tables of functions, callbacks.
    pub mentions: Vec<Reference>,
}

/// Writes what refers to each definition: as text, or as one JSON array.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_references(
    found: &[References],
    as_json: bool,
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    if as_json {
        return json::write_pretty(&found, out);
    }
    let painter = Painter::new(options.color);
    for (at, one) in found.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        head(&one.definition, painter, out)?;
        let is_callers = one.direction == "callers";
        let (what, none) = match is_callers {
            true => (("place calls it", "places call it"), "nobody in this program calls it"),
            false => (("call leads", "calls lead"), "it calls nothing of this program"),
        };
        if one.references.is_empty() {
            writeln!(out, "  {none}")?;
        } else {
            let behind = if is_callers { "" } else { " into this program" };
            writeln!(out, "  {}{behind}", numbers::counted(numbers::count(one.references.len()), what.0, what.1))?;
        }
        rows(&one.references, is_callers, options, out)?;
        if !one.mentions.is_empty() {
            let count = numbers::counted(numbers::count(one.mentions.len()), "place names it", "places name it");
            writeln!(out, "  {count} without a call")?;
            rows(&one.mentions, is_callers, options, out)?;
        }
        if !one.unsure.is_empty() {
            let text = match is_callers {
                true => "of that name may mean it or another",
                false => "lead out of this program, or nobody knows where",
            };
            writeln!(out, "  {} {text}", numbers::counted(numbers::count(one.unsure.len()), "call", "calls"))?;
            if is_callers || options.verbose {
                rows(&one.unsure, is_callers, options, out)?;
            }
        }
    }
    Ok(())
}

/// `name  path:line`, and the head of the definition below.
pub(super) fn head(definition: &Definition, painter: Painter, out: &mut dyn Write) -> io::Result<()> {
    let place = format!("{}:{}", clean::path(&definition.path), definition.line);
    let name = painter.paint(Style::Heading, &clean::one_line(&definition.name));
    let place = painter.paint(Style::Name, &place);
    writeln!(out, "{name}  {}  {place}", painter.paint(Style::Quiet, definition.kind.name()))?;
    let signature = clean::one_line(&definition.signature);
    if !signature.is_empty() {
        writeln!(out, "  {}", painter.paint(Style::Quiet, &signature))?;
    }
    Ok(())
}

/// Two lines for each place: who or what and where, then the code.
fn rows(references: &[Reference], is_callers: bool, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let painter = Painter::new(options.color);
    for row in references.iter().take(if options.verbose { usize::MAX } else { ROWS_MAX }) {
        let place = painter.paint(Style::Name, &format!("{}:{}:{}", clean::path(&row.path), row.line, row.column));
        let name = match (&row.other, is_callers) {
            (Some(other), true) => clean::one_line(&other.name),
            (Some(other), false) => {
                format!("{}  {}:{}", clean::one_line(&other.name), clean::path(&other.path), other.line)
            }
            (None, true) => "at file level".to_owned(),
            (None, false) => clean::one_line(&row.written),
        };
        let sure = match sureness(row.resolution) {
            "" => String::new(),
            sure => format!("  {}", painter.paint(Style::Quiet, sure)),
        };
        writeln!(out, "    {place}  {name}{sure}")?;
        let code: String = clean::one_line(&row.quote).chars().take(options.width.saturating_sub(8).max(40)).collect();
        writeln!(out, "        {}", painter.paint(Style::Quiet, &code))?;
    }
    if references.len() > ROWS_MAX && !options.verbose {
        writeln!(out, "    and {} more; --format json or -v has them all", references.len() - ROWS_MAX)?;
    }
    Ok(())
}

/// Nothing for what is certain, a word for what is not.
pub(super) fn sureness(resolution: Resolution) -> &'static str {
    match resolution {
        Resolution::Exact | Resolution::Import => "",
        Resolution::NameUnique => "by name",
        Resolution::Ambiguous => "several fit",
        Resolution::Unresolved => "",
    }
}
