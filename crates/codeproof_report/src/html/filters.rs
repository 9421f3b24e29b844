//! What the page can be filtered by: the words with their counts, and the findings as data for the script.

use std::collections::BTreeMap;

use codeproof_types::{Origin, Severity, Tier};
use serde::Serialize;

use super::finding::{Status, View};

/// A row of check boxes.
#[derive(Debug, Clone)]
pub(super) struct Choices {
    /// The word in the address.
    pub name: &'static str,
    pub label: &'static str,
    pub choices: Vec<Choice>,
}

/// One check box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub value: &'static str,
    pub count: usize,
    /// Whether it is set when the page is opened.
    pub is_set: bool,
}

/// The rows of check boxes that make a difference on this page: those with at least two values.
pub(super) fn choices(views: &[View]) -> Vec<Choices> {
    let count = |is: &dyn Fn(&View) -> bool| views.iter().filter(|view| is(view)).count();
    let choice = |value, count, is_set| Choice { value, count, is_set };
    let severities = Severity::ALL.iter().rev();
    let severities = severities.map(|it| choice(it.name(), count(&|view| view.severity == *it), false)).collect();
    let tiers = Tier::ALL.iter().rev().map(|it| choice(it.name(), count(&|view| view.tier == *it), false)).collect();
    // What was answered, fixed or known before is there on demand.
    let statuses = Status::ALL.into_iter();
    let statuses =
        statuses.map(|it| choice(it.name(), count(&|view| view.status == it), it.needs_a_reader())).collect();
    let origins = Origin::ALL.iter();
    let origins = origins.map(|it| choice(it.name(), count(&|view| view.origin_word == it.name()), false)).collect();
    let rows = [
        Choices { name: "severity", label: "Severity", choices: severities },
        Choices { name: "tier", label: "Tier", choices: tiers },
        Choices { name: "origin", label: "Found by", choices: origins },
        Choices { name: "state", label: "State", choices: statuses },
    ];
    rows.into_iter().filter_map(with_a_choice).collect()
}

fn with_a_choice(mut row: Choices) -> Option<Choices> {
    row.choices.retain(|choice| choice.count > 0);
    // A box that is set and has none beside it would hide nothing.
    (row.choices.len() > 1).then_some(row)
}

/// Values of a list to choose from, with how many findings have each; sorted by value.
pub(super) fn counted<'v>(values: impl Iterator<Item = &'v str>) -> Vec<(&'v str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// JSON that may stand inside a `<script>` element: no character of it can end the element or start another.
#[derive(Debug, Clone)]
pub(super) struct ScriptJson(String);

impl ScriptJson {
    /// Serialises a value. `<`, `>`, `&` and the two line separators that JavaScript once did not allow in strings are
    /// written as `\u` escapes; outside of strings JSON has none of them.
    fn of(value: &impl Serialize) -> Self {
        let text = serde_json::to_string(value).expect("texts and numbers are JSON");
        let mut safe = String::with_capacity(text.len());
        for character in text.chars() {
            match character {
                '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => safe.push_str(&format!("\\u{:04x}", u32::from(character))),
                other => safe.push(other),
            }
        }
        Self(safe)
    }

    /// The text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// A finding as the script filters and sorts it.
#[derive(Serialize)]
struct Row<'v> {
    number: usize,
    severity: &'v str,
    tier: &'v str,
    origin: &'v str,
    state: &'v str,
    cwe: String,
    rule: &'v str,
    path: &'v str,
    line: u32,
}

/// All findings of the page as data for the script, in their order.
pub(super) fn data(views: &[View]) -> ScriptJson {
    let rows = views.iter().map(|view| Row {
        number: view.number,
        severity: view.severity.name(),
        tier: view.tier.name(),
        origin: view.origin_word,
        state: view.status.name(),
        cwe: cwe_word(view.cwe),
        rule: &view.rule_id,
        path: &view.path,
        line: view.line,
    });
    ScriptJson::of(&rows.collect::<Vec<_>>())
}

/// `CWE-89`, or `none`.
pub(super) fn cwe_word(cwe: Option<u32>) -> String {
    cwe.map_or("none".to_owned(), |number| format!("CWE-{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_script_element() {
        let hostile = "</script><script>alert(1)</script><!-- & \u{2028}\u{2029} \" \\ \u{7}";
        let json = ScriptJson::of(&hostile);
        assert!(!json.as_str().contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{}", json.as_str());
        assert_eq!(serde_json::from_str::<String>(json.as_str()).unwrap(), hostile);
    }
}
