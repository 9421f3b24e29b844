//! The context of a place, for a person, a program, or a model's prompt.

use std::io::{self, Write};

use codeproof_types::{RepoPath, Resolution};
use serde::Serialize;

use super::references::{Definition, sureness};
use crate::text::{Painter, Style, TextOptions};
use crate::{clean, json};

/// Parts that did not fit and are named; JSON has them all.
const LEFT_OUT_MAX: usize = 20;

/// Formats of `codeproof context`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContextFormat {
    /// For reading in a terminal.
    Text,
    /// For programs.
    Json,
    /// For prompts and pull requests: code in fences.
    Markdown,
}

/// One piece of code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContextPart {
    /// `definition`, `import`, `callee`, `caller` or `used`.
    pub kind: &'static str,
    /// Its file.
    pub path: RepoPath,
    /// First line, 1-based.
    pub first_line: u32,
    /// Last line, inclusive.
    pub last_line: u32,
    /// Qualified name of the definition; empty at file level.
    pub name: String,
    /// Why it is here.
    pub why: String,
    /// How sure the link is.
    pub resolution: Option<Resolution>,
    /// Whether all of the definition is shown.
    pub is_whole: bool,
    /// Estimated tokens.
    pub tokens: u32,
    /// The lines, secrets masked.
    pub text: String,
}

/// Something that did not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOutPart {
    /// As in [`ContextPart`].
    pub kind: &'static str,
    /// Its file.
    pub path: RepoPath,
    /// Its first line.
    pub line: u32,
    /// Its qualified name.
    pub name: String,
    /// Whether its head is shown, so that only the rest is missing.
    pub head_is_shown: bool,
    /// Estimated tokens it would have taken.
    pub tokens: u32,
}

/// A context as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ContextView {
    /// The file that was asked about.
    pub path: RepoPath,
    /// The line that was asked about.
    pub line: u32,
    /// The budget in tokens.
    pub budget: u32,
    /// Estimated tokens of all parts.
    pub tokens: u32,
    /// From an entry point to the definition.
    pub entry_path: Vec<Definition>,
    /// How the first of them is entered, when that is known.
    pub entry: Option<&'static str>,
    /// What is shown.
    pub parts: Vec<ContextPart>,
    /// What did not fit.
    pub left_out: Vec<LeftOutPart>,
}

/// Writes a context.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_context(
    context: &ContextView,
    format: ContextFormat,
    options: &TextOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        ContextFormat::Json => json::write_pretty(context, out),
        ContextFormat::Text => text(context, options, out),
        ContextFormat::Markdown => markdown(context, out),
    }
}

/// The heading of each kind of part.
fn title(kind: &str) -> &'static str {
    match kind {
        "definition" => "Definition",
        "import" => "Imports",
        "callee" => "Calls",
        "caller" => "Called by",
        _ => "Uses",
    }
}

fn text(context: &ContextView, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let painter = Painter::new(options.color);
    let place = format!("{}:{}", clean::path(&context.path), context.line);
    let spent = format!("{} of {} tokens (estimated)", context.tokens, context.budget);
    writeln!(out, "{}  {}", painter.paint(Style::Name, &place), painter.paint(Style::Quiet, &spent))?;
    if context.entry_path.len() > 1 {
        writeln!(out, "\n{}", painter.paint(Style::Heading, reached(context)))?;
        for step in &context.entry_path {
            let place = format!("{}:{}", clean::path(&step.path), step.line);
            writeln!(out, "  {}  {}", clean::one_line(&step.name), painter.paint(Style::Name, &place))?;
        }
    }
    let mut kind = "";
    for part in &context.parts {
        if part.kind != kind {
            kind = part.kind;
            writeln!(out, "\n{}", painter.paint(Style::Heading, title(kind)))?;
        }
        if part.kind != "import" {
            let place = format!("{}:{}-{}", clean::path(&part.path), part.first_line, part.last_line);
            let name = if part.name.is_empty() { "at file level".to_owned() } else { clean::one_line(&part.name) };
            let sure = part.resolution.map_or("", sureness);
            let why = if sure.is_empty() { part.why.clone() } else { format!("{}, {sure}", part.why) };
            let why = painter.paint(Style::Quiet, &why);
            writeln!(out, "  {name}  {}  {why}", painter.paint(Style::Name, &place))?;
        }
        for (number, line) in (part.first_line..).zip(part.text.lines()) {
            let number = painter.paint(Style::Quiet, &format!("{number:>6} │"));
            writeln!(out, "{number} {}", codeproof_types::visible(line).replace('\t', "    ").trim_end())?;
        }
        if !part.is_whole && part.kind == "callee" {
            writeln!(out, "{}", painter.paint(Style::Quiet, "       …"))?;
        }
    }
    left_out(context, painter, out)
}

fn reached(context: &ContextView) -> &'static str {
    match context.entry {
        Some("main") => "Reached from where the program starts",
        Some("route") => "Reached from a route",
        Some("command") => "Reached from a command",
        _ => "Reached from a definition that nobody here calls",
    }
}

fn left_out(context: &ContextView, painter: Painter, out: &mut dyn Write) -> io::Result<()> {
    if context.left_out.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", painter.paint(Style::Heading, "Left out"))?;
    let (named, more) = left_out_named(context);
    for part in named {
        let place = format!("{}:{}", clean::path(&part.path), part.line);
        let rest = if part.head_is_shown { ", all but its head" } else { "" };
        let size = format!("{}, {} tokens{rest}", part.kind, part.tokens);
        let (name, place) = (clean::one_line(&part.name), painter.paint(Style::Name, &place));
        writeln!(out, "  {name}  {place}  {}", painter.paint(Style::Quiet, &size))?;
    }
    if more > 0 {
        writeln!(out, "  and {more} more; --format json names them, --budget N makes room")?;
    }
    Ok(())
}

/// What did not fit, callees first and callers last, as many as a person reads; and how many more there are.
fn left_out_named(context: &ContextView) -> (Vec<&LeftOutPart>, usize) {
    let mut parts: Vec<&LeftOutPart> = context.left_out.iter().collect();
    parts.sort_by_key(|part| part.kind == "caller");
    let more = parts.len().saturating_sub(LEFT_OUT_MAX);
    parts.truncate(LEFT_OUT_MAX);
    (parts, more)
}

fn markdown(context: &ContextView, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# {}:{}", clean::path(&context.path), context.line)?;
    if context.entry_path.len() > 1 {
        writeln!(out, "\n{}:\n", reached(context))?;
        for step in &context.entry_path {
            let place = format!("{}:{}", clean::path(&step.path), step.line);
            writeln!(out, "1. {} {}", code_span(&step.name), code_span(&place))?;
        }
    }
    let mut kind = "";
    for part in &context.parts {
        if part.kind != kind {
            kind = part.kind;
            writeln!(out, "\n## {}", title(kind))?;
        }
        let place = format!("{}:{}-{}", clean::path(&part.path), part.first_line, part.last_line);
        let name = if part.name.is_empty() { "file level" } else { &part.name };
        writeln!(out, "\n{} {} ({})", code_span(name), code_span(&place), clean::one_line(&part.why))?;
        // A fence longer than any run of backticks in the code cannot be closed by it.
        let longest = part.text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        writeln!(out, "{fence}\n{}\n{fence}", codeproof_types::visible(&part.text))?;
    }
    if !context.left_out.is_empty() {
        writeln!(out, "\n## Left out\n")?;
        let (named, more) = left_out_named(context);
        for part in named {
            let place = format!("{}:{}", clean::path(&part.path), part.line);
            writeln!(out, "- {} {} ({}, {} tokens)", code_span(&part.name), code_span(&place), part.kind, part.tokens)?;
        }
        if more > 0 {
            writeln!(out, "- and {more} more")?;
        }
    }
    Ok(())
}

fn code_span(text: &str) -> String {
    format!("`{}`", clean::one_line(text).replace('`', "'"))
}
