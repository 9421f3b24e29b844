//! Where a value comes from and goes, and what functions do with data.

use std::io::{self, Write};

use codeproof_types::{Evidence, Location};
use serde::Serialize;

use crate::text::{Painter, Style, TextOptions};
use crate::{clean, json};

/// Lines of one list that text shows; the rest is counted, JSON has them all.
const LINES_MAX: usize = 60;

/// Where a value comes from and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TraceView {
    /// The variable, without sigil.
    pub name: String,
    /// Its place.
    pub place: String,
    /// Each origin of its data: the source first, then the lines on the way to the value.
    pub from: Vec<Vec<Evidence>>,
    /// Every line its data reaches, in the order of the files.
    pub to: Vec<Evidence>,
    /// The sinks it reaches.
    pub sinks: Vec<TracedSink>,
}

/// A sink that a value reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedSink {
    /// The rule that a finding there would have.
    pub rule_id: String,
    /// The place, and what happens there.
    pub evidence: Evidence,
}

/// What a function does with data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunctionView {
    /// Where it is defined.
    pub location: Location,
    /// What it is called.
    pub name: String,
    /// `source`, `sink` or `sanitizer`.
    pub role: String,
    /// Why, as a sentence about it.
    pub why: String,
    /// The place that makes it so.
    pub at: Option<Location>,
}

/// Writes a trace, for reading or as JSON.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_trace(view: &TraceView, as_json: bool, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    if as_json {
        return json::write_pretty(view, out);
    }
    let painter = options.painter();
    let title = format!("`{}` at {}", clean::one_line(&view.name), clean::one_line(&view.place));
    writeln!(out, "{}", painter.paint(Style::Heading, &title))?;
    if view.from.is_empty() {
        writeln!(out, "comes from: nothing foreign that is known")?;
    }
    for (number, lines) in view.from.iter().enumerate() {
        let which =
            if view.from.len() > 1 { format!(" ({} of {})", number + 1, view.from.len()) } else { String::new() };
        writeln!(out, "comes from{which}:")?;
        write_lines(lines, &painter, out)?;
    }
    match view.to.is_empty() {
        true => writeln!(out, "goes nowhere that is followed")?,
        false => writeln!(out, "goes to:")?,
    }
    write_lines(&view.to, &painter, out)?;
    for sink in &view.sinks {
        let rule = painter.paint(Style::Alert, &clean::one_line(&sink.rule_id));
        writeln!(out, "reaches a sink: {rule}")?;
        write_lines(std::slice::from_ref(&sink.evidence), &painter, out)?;
    }
    Ok(())
}

fn write_lines(lines: &[Evidence], painter: &Painter, out: &mut dyn Write) -> io::Result<()> {
    for evidence in lines.iter().take(LINES_MAX) {
        let place = format!("{}:{}", clean::path(&evidence.location.path), evidence.location.first_line);
        writeln!(out, "  {}  {}", painter.paint(Style::Name, &place), clean::one_line(&evidence.note))?;
        for line in evidence.quote.lines() {
            writeln!(out, "      {}", clean::one_line(line.trim()))?;
        }
    }
    if lines.len() > LINES_MAX {
        writeln!(out, "  and {} more lines (--format json has them all)", lines.len() - LINES_MAX)?;
    }
    Ok(())
}

/// Writes what functions do with data, for reading or as JSON.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_functions(
    functions: &[FunctionView],
    as_json: bool,
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    if as_json {
        return json::write_pretty(&functions, out);
    }
    let painter = options.painter();
    if functions.is_empty() {
        return writeln!(
            out,
            "No function of this program gives foreign data, hands a parameter to a sink, or cleans one."
        );
    }
    for function in functions {
        let place = format!("{}:{}", clean::path(&function.location.path), function.location.first_line);
        let role = painter.paint(Style::Heading, &format!("{:9}", function.role));
        let name = painter.paint(Style::Name, &clean::one_line(&function.name));
        let at = match &function.at {
            Some(at) if at.path != function.location.path => {
                format!(" at {}:{}", clean::path(&at.path), at.first_line)
            }
            Some(at) => format!(" at line {}", at.first_line),
            None => String::new(),
        };
        writeln!(out, "{role}  {place}  {name} {}{at}", clean::one_line(&function.why))?;
    }
    Ok(())
}
