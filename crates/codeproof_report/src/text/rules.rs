//! The list of rules, and one rule explained.

use std::io::{self, Write};

use codeproof_types::RuleInfo;

use super::{Align, Column, Style, Table, TextOptions, paragraph};
use crate::{clean, numbers};

/// Writes a table of rules: id, severity, tier, CWE, languages, title.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_rules(rules: &[RuleInfo], options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let heads = ["rule", "severity", "tier", "cwe", "languages"];
    let mut columns: Vec<Column> = heads.iter().map(|head| Column::new(head, Align::Left)).collect();
    columns.push(Column::new("title", Align::Wrapped));
    let mut table = Table::new(columns);
    for rule in rules {
        table.push_styled(vec![
            (clean::one_line(&rule.id), Some(Style::Name)),
            (rule.severity.to_string(), Some(Style::Severity(rule.severity))),
            (rule.tier.to_string(), None),
            (rule.cwe.map(|cwe| cwe.to_string()).unwrap_or_default(), None),
            (languages(rule), None),
            (clean::one_line(&rule.title), None),
        ]);
    }
    table.draw(options).iter().try_for_each(|line| writeln!(out, "{line}"))?;
    let count = numbers::counted(numbers::count(rules.len()), "rule", "rules");
    writeln!(out, "\n{count}; `codeproof rules ID` explains one.")
}

/// Writes everything a rule says of itself, with its examples.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_rule(rule: &RuleInfo, options: &TextOptions, out: &mut dyn Write) -> io::Result<()> {
    let painter = options.painter();
    let mut lines = vec![format!(
        "{}  {}",
        painter.paint(Style::Name, &clean::one_line(&rule.id)),
        painter.paint(Style::Severity(rule.severity), rule.severity.name())
    )];
    lines.extend(wrapped(&rule.title, 0, options).iter().map(|line| painter.paint(Style::Heading, line)));
    lines.push(String::new());
    for (label, value) in facts(rule) {
        let text = paragraph::labelled(label, &value, 2, 12, options.columns());
        lines.extend(text.into_iter().map(|(label, line)| format!("{}{line}", painter.paint(Style::Quiet, &label))));
    }
    let sections = [
        ("What it finds", &rule.message),
        ("Why it matters", &rule.why),
        ("Instead", &rule.remediation),
        ("When it is wrong", &rule.limits),
    ];
    for (title, text) in sections.into_iter().filter(|(_, text)| !text.trim().is_empty()) {
        lines.extend([String::new(), painter.paint(Style::Heading, title)]);
        lines.extend(wrapped(text, 2, options));
    }
    lines.extend(safe_forms(&rule.safe_variants, options));
    lines.extend(code_list("Fires on", &rule.bad, options));
    lines.extend(code_list("Stays quiet on", &rule.good, options));
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn facts(rule: &RuleInfo) -> Vec<(&'static str, String)> {
    let mut facts = vec![("tier", rule.tier.to_string())];
    facts
        .extend(rule.cwe.map(|cwe| ("class", format!("{cwe}, https://cwe.mitre.org/data/definitions/{}.html", cwe.0))));
    facts.extend(rule.category.map(|category| ("category", category.to_string())));
    facts.push(("languages", languages(rule)));
    if rule.definite {
        facts.push(("definite", "wrong in every context".to_owned()));
    }
    facts.push(("defined in", clean::one_line(&rule.defined_in)));
    facts
}

fn languages(rule: &RuleInfo) -> String {
    let titles: Vec<&str> = rule.languages.iter().map(|language| language.title()).collect();
    if titles.is_empty() { "any text".to_owned() } else { titles.join(", ") }
}

/// Paragraphs keep their breaks; blank lines part them.
fn wrapped(text: &str, indent: usize, options: &TextOptions) -> Vec<String> {
    let paragraphs = text.split("\n\n").map(clean::one_line).filter(|paragraph| !paragraph.is_empty());
    let text = paragraphs.collect::<Vec<_>>().join("\n\n");
    let lines = paragraph::wrap(&text, options.columns() - indent);
    lines.iter().map(|line| format!("{}{line}", " ".repeat(indent)).trim_end().to_owned()).collect()
}

/// Safe forms are prose with code in it, one to a line.
fn safe_forms(forms: &[String], options: &TextOptions) -> Vec<String> {
    if forms.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), options.painter().paint(Style::Heading, "Safe forms")];
    for form in forms {
        let wrapped = wrapped(form, 4, options);
        let marked = wrapped.iter().enumerate().map(|(at, line)| match at {
            0 => format!("  - {}", line.trim_start()),
            _ => line.clone(),
        });
        lines.extend(marked);
    }
    lines
}

/// Examples, each as it is written: code is not wrapped.
fn code_list(title: &str, examples: &[String], options: &TextOptions) -> Vec<String> {
    let painter = options.painter();
    let mut lines = Vec::new();
    for (at, example) in examples.iter().enumerate() {
        let head = if at == 0 { painter.paint(Style::Heading, title) } else { String::new() };
        lines.extend(if at == 0 { vec![String::new(), head] } else { vec![painter.paint(Style::Quiet, "    │")] });
        for line in codeproof_types::visible(example.trim_end()).lines() {
            let line = line.replace('\t', "    ");
            lines.push(format!("{} {line}", painter.paint(Style::Quiet, "    │")).trim_end().to_owned());
        }
    }
    lines
}
