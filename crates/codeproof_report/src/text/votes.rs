//! Who drafted a finding and what verifiers said of it, below its texts.

use codeproof_types::Finding;

use super::{Style, TextOptions, paragraph};
use crate::models;

/// Columns of a label with the gap after it.
const LABEL: usize = 8;

/// Columns before the texts: labels are indented by two.
const MARGIN: usize = 2 + LABEL;

/// The lines about models; nothing when none had a part in the finding. Each reason has at most `characters`.
pub(super) fn draw(finding: &Finding, characters: usize, options: &TextOptions) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(origin) = models::origin_text(finding) {
        lines.extend(field("from", &origin, options));
    }
    let Some(tally) = models::tally_beside(finding) else { return lines };
    lines.extend(field("votes", &tally, options));
    let ballots = models::ballots(finding, characters);
    for ballot in &ballots {
        let severity = ballot.severity.map(|severity| format!(" (as {severity})")).unwrap_or_default();
        let colon = if ballot.reasoning.is_empty() { "" } else { ": " };
        let text = format!("{}, {}{severity}{colon}{}", ballot.verdict, ballot.voter, ballot.reasoning);
        lines.extend(hanging(&text, options));
    }
    if let Some(path) = models::attack_path(&ballots) {
        lines.extend(field("attack", path, options));
    }
    lines
}

fn field(label: &str, text: &str, options: &TextOptions) -> Vec<String> {
    let lines = paragraph::labelled(label, text, 2, LABEL, options.columns()).into_iter();
    lines.map(|(label, line)| format!("{}{line}", options.painter().paint(Style::Heading, &label))).collect()
}

/// Text behind the margin, its later lines two columns further in.
fn hanging(text: &str, options: &TextOptions) -> Vec<String> {
    let lines = paragraph::wrap(text, options.columns() - MARGIN - 2);
    let indents = std::iter::once(MARGIN).chain(std::iter::repeat(MARGIN + 2));
    indents.zip(lines).map(|(indent, line)| format!("{}{line}", " ".repeat(indent))).collect()
}
