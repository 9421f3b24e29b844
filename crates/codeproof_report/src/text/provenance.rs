//! How a finding came about: from the finding back to the votes, the drafts, the code a model saw, and the calls.

use std::io::{self, Write};

use codeproof_types::{FindingId, Judgement, ModelDraft, RepoPath};

use super::{Align, Column, Style, Table, TextOptions, paragraph};
use crate::models;
use crate::{clean, numbers};

/// The way of a finding, as the database has it.
#[derive(Debug, Clone, Copy)]
pub struct Provenance<'p> {
    /// The finding.
    pub finding: FindingId,
    /// The row of what the votes came to, when verifiers were asked.
    pub verified: Option<i64>,
    /// What they came to.
    pub judgement: Option<&'p Judgement>,
    /// The row of the draft; what a rule finds has one, too.
    pub draft: i64,
    /// What each model reported of it, before drafts were merged; empty for what a rule alone found.
    pub drafts: &'p [ModelDraft],
    /// The code the drafts were made from, when it is known.
    pub chunk: Option<&'p ChunkPlace>,
    /// The calls for its drafts and votes, in the order they were made.
    pub calls: &'p [ModelCall],
}

/// The piece of code a model was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkPlace {
    /// Row id.
    pub id: i64,
    /// The file.
    pub path: RepoPath,
    /// 1-based.
    pub first_line: u32,
    /// Inclusive.
    pub last_line: u32,
    /// Qualified name of the symbol it is, when it is one.
    pub symbol: Option<String>,
    /// What became of it, a word.
    pub status: String,
}

/// One call of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelCall {
    /// The user's name of the model.
    pub model: String,
    /// What it was asked for: a role or phase, such as `draft` or `verify`.
    pub purpose: String,
    /// Tokens of the prompt, cached ones included.
    pub input_tokens: u64,
    /// Tokens of the answer.
    pub output_tokens: u64,
    /// Whether the tokens are an estimate.
    pub estimated: bool,
    /// Nano-dollars; `None` when the price is not known.
    pub cost_nano_usd: Option<u64>,
    /// Milliseconds until the answer.
    pub latency_ms: u64,
    /// Attempts until there was one.
    pub attempts: u32,
    /// How it ended, a word such as `answered` or `failed`.
    pub outcome: String,
    /// How the answer could be read, a word such as `ok` or `malformed`, when there was one.
    pub parse_status: Option<String>,
    /// The error, when it failed.
    pub error: Option<String>,
}

/// Writes the way of a finding, newest step first, for below what [`crate::render_finding`] writes.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_provenance(way: &Provenance<'_>, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let painter = options.painter();
    writeln!(out, "{}", painter.paint(Style::Heading, "How it came about"))?;
    for (label, text, below) in steps(way) {
        let lines = paragraph::labelled(label, &text, 2, LABEL, options.columns());
        for (label, line) in lines {
            writeln!(out, "{}{line}", painter.paint(Style::Quiet, &label))?;
        }
        for text in below {
            for line in paragraph::wrap(&text, options.columns() - 2 - LABEL) {
                writeln!(out, "{}{}", " ".repeat(2 + LABEL), painter.paint(Style::Quiet, &line))?;
            }
        }
    }
    if way.calls.is_empty() && !way.drafts.is_empty() {
        let text = "none in this scan: the answers were known from earlier ones";
        for (label, line) in paragraph::labelled("calls", text, 2, LABEL, options.columns()) {
            writeln!(out, "{}{line}", painter.paint(Style::Quiet, &label))?;
        }
    }
    draw_calls(way.calls, options).iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// Columns of a label with the gap after it, as in the facts of a finding.
const LABEL: usize = 13;

/// Labels, texts, and what stands below them.
fn steps(way: &Provenance<'_>) -> Vec<(&'static str, String, Vec<String>)> {
    let mut steps = vec![("finding", way.finding.to_string(), Vec::new())];
    match way.judgement {
        Some(judgement) => {
            let tally = models::tally_of(judgement).unwrap_or_else(|| "nobody has voted".to_owned());
            let text = format!("{}{}: {tally}", way.verified.map(row).unwrap_or_default(), judgement.outcome);
            steps.push(("judged", text, vec![voters(judgement)]));
        }
        None => steps.push(("judged", "no verifier was asked".to_owned(), Vec::new())),
    }
    if way.drafts.is_empty() {
        steps.push(("draft", format!("{}a rule found it, without a model", row(way.draft)), Vec::new()));
    }
    for draft in way.drafts {
        steps.push(("draft", draft_text(draft, way.draft), vec![clean::short(&draft.reason, models::REASON_LONG)]));
    }
    if let Some(chunk) = way.chunk {
        let place = format!("{}:{}-{}", clean::path(&chunk.path), chunk.first_line, chunk.last_line);
        let symbol = chunk.symbol.as_deref().map(|name| format!(" · {}", models::title(name))).unwrap_or_default();
        steps.push((
            "chunk",
            format!("{}{place}{symbol} · {}", row(chunk.id), models::name(&chunk.status)),
            Vec::new(),
        ));
    }
    steps
}

/// `mistral verify, llama reject`.
fn voters(judgement: &Judgement) -> String {
    let votes = judgement.votes.iter();
    let words: Vec<String> = votes.map(|vote| format!("{} {}", models::name(&vote.voter), vote.verdict)).collect();
    words.join(", ")
}

/// `#41 · `.
fn row(id: i64) -> String {
    format!("#{id} · ")
}

/// `#41 · mistral as security: SQL injection · CWE-89 · high · line 8 (claimed 7)`.
fn draft_text(draft: &ModelDraft, id: i64) -> String {
    let claim = match draft.claimed_line {
        Some(line) if line == draft.line => String::new(),
        Some(line) => format!(" (claimed {line})"),
        None => " (claimed none)".to_owned(),
    };
    let cwe = draft.cwe.map(|cwe| format!(" · {cwe}")).unwrap_or_default();
    format!(
        "{}{} as {}: {}{cwe} · {} · line {}{claim}",
        row(id),
        models::name(&draft.model),
        models::name(&draft.analyzer),
        models::title(&draft.title),
        draft.severity,
        draft.line,
    )
}

fn draw_calls(calls: &[ModelCall], options: &TextOptions) -> Vec<String> {
    if calls.is_empty() {
        return Vec::new();
    }
    let columns = HEADS.iter().enumerate().map(|(at, head)| {
        let is_number = (2..6).contains(&at);
        Column::new(head, if is_number { Align::Right } else { Align::Left })
    });
    let mut table = Table::new(columns.collect());
    let rows: Vec<[String; 7]> = calls.iter().map(call_cells).collect();
    for (row, call) in rows.iter().zip(calls) {
        table.push(row.to_vec());
        if let Some(error) = error(call) {
            table.note(&error, Style::Alert);
        }
    }
    let mut lines = vec![String::new()];
    if table.columns() + 2 <= options.columns() {
        let inner = TextOptions { width: options.columns() - 2, ..*options };
        lines.extend(table.draw(&inner).into_iter().map(|line| format!("  {line}")));
        return lines;
    }
    for ([model, purpose, input, output, cost, time, answer], call) in rows.into_iter().zip(calls) {
        let error = error(call).map(|error| format!("; {error}")).unwrap_or_default();
        let text = format!("{purpose} by {model}: {input} tokens in, {output} out, {cost}, {time}, {answer}{error}");
        lines.extend(paragraph::wrap(&text, options.columns() - 2).iter().map(|line| format!("  {line}")));
    }
    lines
}

fn error(call: &ModelCall) -> Option<String> {
    call.error.as_deref().map(|error| clean::short(error, models::REASON_SHORT))
}

/// Heads of the table of calls.
const HEADS: [&str; 7] = ["model", "for", "tokens in", "out", "cost", "time", "answer"];

fn call_cells(call: &ModelCall) -> [String; 7] {
    let about = if call.estimated { "≈ " } else { "" };
    let again = if call.attempts > 1 { format!(", {} attempts", call.attempts) } else { String::new() };
    [
        models::name(&call.model),
        models::name(&call.purpose),
        format!("{about}{}", numbers::grouped(call.input_tokens)),
        format!("{about}{}", numbers::grouped(call.output_tokens)),
        call.cost_nano_usd.map_or_else(|| "unpriced".to_owned(), |cost| format!("{about}{}", numbers::money(cost))),
        numbers::duration(call.latency_ms),
        format!("{}{again}", models::name(call.parse_status.as_deref().unwrap_or(&call.outcome))),
    ]
}
