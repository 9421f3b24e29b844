//! Rows as multisets: floats to six places, `1` equal to `1.0`, not-a-number equal to nothing. Fields that only a
//! template's rows have do not count.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::Difference;

/// Characters of a row that is shown.
const SHOWN_MAX: usize = 400;

/// What a program found.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rows(pub(crate) Vec<Value>);

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether these are the same rows.
    pub(crate) fn equal(&self, other: &Self) -> bool {
        self.len() == other.len() && counted(&self.0, None) == counted(&other.0, None)
    }

    /// Fields that have other values in a second, equal run (a clock, a random number), when that is all that differs.
    /// Empty for equal rows, `None` for rows that differ otherwise.
    pub(crate) fn unsteady_fields(&self, again: &Self) -> Option<BTreeSet<String>> {
        let fields: BTreeSet<&String> =
            self.0.iter().chain(&again.0).filter_map(Value::as_object).flat_map(|row| row.keys()).collect();
        let values = |rows: &Self, field: &str| {
            let of_field: Vec<Value> = rows.0.iter().map(|row| row.get(field).cloned().unwrap_or_default()).collect();
            counted(&of_field, None)
        };
        let differs = |field: &&&String| values(self, field) != values(again, field);
        let unsteady: BTreeSet<String> = fields.iter().filter(differs).map(|field| (*field).clone()).collect();
        let (mut one, mut other) = (self.clone(), again.clone());
        one.forget(&unsteady);
        other.forget(&unsteady);
        (unsteady.len() < fields.len().max(1) && one.equal(&other)).then_some(unsteady)
    }

    /// Takes fields out of every row.
    pub(crate) fn forget(&mut self, fields: &BTreeSet<String>) {
        for row in self.0.iter_mut().filter_map(Value::as_object_mut).filter(|_| !fields.is_empty()) {
            row.retain(|field, _| !fields.contains(field));
        }
    }

    /// Where a template's rows differ from these of the original; `None` when they do not.
    pub(crate) fn difference(&self, template: &Self) -> Option<Difference> {
        if self.equal(template) {
            return None;
        }
        let fields: BTreeSet<&str> =
            self.0.iter().filter_map(Value::as_object).flat_map(|row| row.keys().map(String::as_str)).collect();
        // Without rows of the original no field is known, and every row of the template is one too many.
        let fields = (!fields.is_empty()).then_some(&fields);
        let (ours, theirs) = (counted(&self.0, fields), counted(&template.0, fields));
        let (missing, only_original) = surplus(&ours, &theirs);
        let (surplus, only_template) = surplus(&theirs, &ours);
        (missing + surplus > 0).then_some(Difference { only_original, only_template, missing, surplus })
    }
}

/// Rows by their canonical text, and how often each is there.
fn counted(rows: &[Value], fields: Option<&BTreeSet<&str>>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(canonical(row, fields)).or_default() += 1;
    }
    counts
}

/// How many of the left rows are not among the right ones, and the first of them.
fn surplus(left: &BTreeMap<String, usize>, right: &BTreeMap<String, usize>) -> (usize, Option<String>) {
    let more = |(row, count): (&String, &usize)| count.saturating_sub(right.get(row).copied().unwrap_or_default());
    let first = left.iter().find(|(row, count)| more((*row, *count)) > 0);
    (left.iter().map(more).sum(), first.map(|(row, _)| shown(row)))
}

fn shown(row: &str) -> String {
    let short: String = row.chars().filter(|char| !char.is_control()).take(SHOWN_MAX).collect();
    if short.len() < row.len() { short + "…" } else { short }
}

/// Text that is the same for equal rows. Depth is that of the JSON, which the policy bounds.
fn canonical(row: &Value, fields: Option<&BTreeSet<&str>>) -> String {
    let mut text = String::new();
    match (row, fields) {
        (Value::Object(entries), Some(fields)) => {
            let kept = entries.iter().filter(|(key, _)| fields.contains(key.as_str()));
            object(kept.collect(), &mut text);
        }
        _ => write(row, &mut text),
    }
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Number(number) => text.push_str(&rounded(number.as_f64().unwrap_or(f64::NAN))),
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at == 0 { "" } else { ", " });
                write(item, text);
            }
            text.push(']');
        }
        Value::Object(entries) => object(entries.iter().collect(), text),
        Value::String(string) if string == "NaN" || string == "nan" => text.push_str("null"),
        other => text.push_str(&other.to_string()),
    }
}

fn object(mut entries: Vec<(&String, &Value)>, text: &mut String) {
    entries.sort_by_key(|(key, _)| *key);
    text.push('{');
    for (at, (key, value)) in entries.into_iter().enumerate() {
        text.push_str(if at == 0 { "" } else { ", " });
        text.push_str(&Value::from(key.as_str()).to_string());
        text.push_str(": ");
        write(value, text);
    }
    text.push('}');
}

/// To six places, without zeros that say nothing. Large numbers have no places to round.
fn rounded(number: f64) -> String {
    if number.abs() >= 1e15 {
        return format!("{number:e}");
    }
    let text = format!("{number:.6}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(original: Value, template: Value, expected: Option<(usize, usize)>) {
        let rows = |value: Value| Rows(value.as_array().cloned().unwrap_or_default());
        let difference = rows(original).difference(&rows(template));
        assert_eq!(difference.as_ref().map(|found| (found.missing, found.surplus)), expected, "{difference:?}");
    }

    #[test]
    fn rows_are_multisets_of_rounded_values() {
        check(json!([{"a": 1, "b": null}, {"a": 2}]), json!([{"a": 2.0000000001}, {"b": null, "a": 1.0}]), None);
        check(json!([{"a": -0.0000001}]), json!([{"a": 0}]), None);
        check(json!([{"a": 1}, {"a": 1}]), json!([{"a": 1}]), Some((1, 0)));
        check(json!([{"a": 1}, {"a": 1}, {"a": 2}]), json!([{"a": 1}, {"a": 2}, {"a": 2}]), Some((1, 1)));
        check(json!([{"a": 1.00001}]), json!([{"a": 1}]), Some((1, 1)));
        check(json!([{"a": true}]), json!([{"a": 1}]), Some((1, 1)));
        check(json!([{"a": {"x": [1, 2]}}]), json!([{"a": {"x": [1.0, 2.0]}}]), None);
        check(json!([{"a": 1e300}]), json!([{"a": 1e301}]), Some((1, 1)));
        check(json!([]), json!([]), None);
    }

    #[test]
    fn more_fields_do_not_hurt_and_fewer_do() {
        check(json!([{"a": 1}, {"a": 2}]), json!([{"a": 1, "z": 9}, {"a": 2, "z": 8}]), None);
        check(json!([{"a": 1, "z": 9}]), json!([{"a": 1}]), Some((1, 1)));
        check(json!([]), json!([{"a": 1}]), Some((0, 1)));
        check(json!([{"a": 1}]), json!([3]), Some((1, 1)));
    }

    #[test]
    fn what_a_clock_says_is_told_from_what_is_found() {
        let fields = |one: Value, other: Value| {
            let rows = |value: Value| Rows(value.as_array().cloned().unwrap_or_default());
            rows(one).unsteady_fields(&rows(other)).map(|fields| fields.into_iter().collect::<Vec<_>>())
        };
        let row = |symbol: &str, at: u32| json!({"symbol": symbol, "at": at});
        assert_eq!(fields(json!([row("A", 1)]), json!([row("A", 2)])), Some(vec!["at".to_owned()]));
        assert_eq!(fields(json!([row("A", 1), row("B", 2)]), json!([row("B", 2), row("A", 1)])), Some(Vec::new()));
        assert_eq!(fields(json!([row("A", 1)]), json!([row("B", 2)])), None, "nothing is left to compare");
        assert_eq!(fields(json!([row("A", 1)]), json!([])), None);
        assert_eq!(fields(json!([]), json!([])), Some(Vec::new()));
    }

    #[test]
    fn a_shown_row_is_short_and_plain() {
        let long = "x".repeat(1000) + "\u{1b}[0m";
        let difference = Rows(vec![json!({ "a": long })]).difference(&Rows::default()).expect("a difference");
        let shown = difference.only_original.expect("the row");
        assert!(shown.chars().count() <= SHOWN_MAX + 1 && shown.ends_with('…'), "{shown}");
    }
}
