//! What models did in a scan: counts, a table of models, the chunks none of them saw, the drafts that were not believed.

use codeproof_types::{Finding, ModelReport};

use super::{Align, Column, Style, Table, TextOptions, paragraph, width};
use crate::models::{self, UseRow};
use crate::{clean, numbers};

/// Chunks that are listed unless the reader wants all.
const UNSEEN_SHOWN: usize = 10;

/// The lines of the section about models.
pub(super) fn draw(models: &ModelReport, options: &TextOptions) -> Vec<String> {
    let painter = options.painter();
    let facts = models::facts(models).into_iter();
    let facts = facts.flat_map(|(label, text)| paragraph::labelled(label, &text, 2, 11, options.columns()));
    let mut lines: Vec<String> =
        facts.map(|(label, line)| format!("{}{line}", painter.paint(Style::Quiet, &label))).collect();
    let rows = models::uses(models);
    if !rows.is_empty() {
        lines.push(String::new());
        lines.extend(draw_uses(&rows, options));
    }
    lines
}

/// A table with notes below its rows, or a paragraph for each row where the terminal is too narrow for it.
fn draw_uses(rows: &[UseRow], options: &TextOptions) -> Vec<String> {
    let column = |(at, head): (usize, &&str)| {
        Column::new(head, if at < UseRow::NUMBERS_FROM { Align::Left } else { Align::Right })
    };
    let mut table = Table::new(UseRow::HEADS.iter().enumerate().map(column).collect());
    for row in rows {
        table.push(row.cells.to_vec());
        notes(row).iter().for_each(|(text, style)| table.note(text, *style));
    }
    if table.columns() + 2 > options.columns() {
        return rows.iter().flat_map(|row| draw_narrow(row, options)).collect();
    }
    let inner = TextOptions { width: options.columns() - 2, ..*options };
    table.draw(&inner).iter().map(|line| format!("  {line}")).collect()
}

fn draw_narrow(row: &UseRow, options: &TextOptions) -> Vec<String> {
    let [model, role, prompts, input, output, cost, mean] = &row.cells;
    let text = format!("{model}, {role}: {prompts} prompts, {input} tokens in, {output} out, {cost}, mean {mean}");
    let mut lines: Vec<String> =
        paragraph::wrap(&text, options.columns() - 2).iter().map(|line| format!("  {line}")).collect();
    for (text, style) in notes(row) {
        let wrapped = paragraph::wrap(&text, options.columns() - 6);
        lines.extend(wrapped.iter().map(|line| format!("      {}", options.painter().paint(style, line))));
    }
    lines
}

/// What stands below a model's numbers.
fn notes(row: &UseRow) -> Vec<(String, Style)> {
    let out = if row.out.is_empty() { String::new() } else { format!("out for the rest of the scan: {}", row.out) };
    let notes = [(row.notes.clone(), Style::Quiet), (out, Style::Alert)];
    notes.into_iter().filter(|(text, _)| !text.is_empty()).collect()
}

/// The title and the lines of what no model saw; `None` when all was seen.
pub(super) fn unseen(models: &ModelReport, options: &TextOptions) -> Option<(String, Vec<String>)> {
    let listed_max = if options.verbose { usize::MAX } else { UNSEEN_SHOWN };
    let title = models::unseen_title(models, listed_max)?;
    let mut lines = Vec::new();
    for (reason, places) in models::unseen_by_reason(models, listed_max) {
        lines.extend(paragraph::wrap(&reason, options.columns() - 2).iter().map(|line| format!("  {line}")));
        lines.extend(places.iter().map(|place| format!("    {}", options.painter().paint(Style::Name, place))));
    }
    Some((title, lines))
}

/// The title and the lines of drafts that verifiers did not confirm; `None` when there are none.
pub(super) fn unconfirmed(drafts: &[&Finding], options: &TextOptions) -> Option<(String, Vec<String>)> {
    if drafts.is_empty() {
        return None;
    }
    let title = format!("{} not confirmed", numbers::counted(numbers::count(drafts.len()), "draft", "drafts"));
    let lines = drafts.iter().flat_map(|finding| {
        let place = format!("{}:{}", clean::path(&finding.location.path), finding.location.first_line);
        let reason = models::unconfirmed_reason(finding, models::REASON_SHORT);
        let from = models::origin_text(finding).unwrap_or_default();
        entry(&place, &models::title(&finding.title), &[reason, from], options)
    });
    Some((title, lines.collect()))
}

/// The title and the lines of drafts whose code is not where the model said; `None` when there are none.
pub(super) fn dropped(models: &ModelReport, options: &TextOptions) -> Option<(String, Vec<String>)> {
    if models.dropped.is_empty() && models.drafts.dropped == 0 {
        return None;
    }
    let lines = models.dropped.iter().flat_map(|draft| {
        let place = format!("{}:{}-{}", clean::path(&draft.path), draft.first_line, draft.last_line);
        entry(&place, &models::title(&draft.title), &[models::dropped_reason(draft)], options)
    });
    Some((models::dropped_title(models), lines.collect()))
}

/// A place, a title beside it where that fits, and quiet lines below.
fn entry(place: &str, title: &str, below: &[String], options: &TextOptions) -> Vec<String> {
    let painter = options.painter();
    let shown_place = painter.paint(Style::Name, place);
    let mut lines = Vec::new();
    if 2 + width::of(place) + 2 + width::of(title) <= options.columns() {
        lines.push(format!("  {shown_place}  {title}").trim_end().to_owned());
    } else {
        lines.push(format!("  {shown_place}"));
        lines.extend(paragraph::wrap(title, options.columns() - 4).iter().map(|line| format!("    {line}")));
    }
    for text in below {
        let wrapped = paragraph::wrap(text, options.columns() - 6);
        lines.extend(wrapped.iter().map(|line| format!("      {}", painter.paint(Style::Quiet, line))));
    }
    lines
}
