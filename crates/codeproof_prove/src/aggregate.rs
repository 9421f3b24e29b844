//! Which scanners hit which symbols and days. Columns are recognised by the last word of their names, whatever the case:
//! `ticker`, `Symbol`, `signal_date`; rows of a dict by symbol have it as `key`, those of tuples in their first two places.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::Aggregated;
use crate::rows::Rows;

/// Symbols and days, each, that are kept; real files have hundreds.
const ENTRIES_MAX: usize = 10_000;

const SYMBOLS: [&str; 5] = ["ticker", "symbol", "sym", "tickers", "stock"];
const DATES: [&str; 6] = ["date", "day", "timestamp", "time", "datetime", "session"];

/// Counts hits; scanners are given with their rows.
pub(crate) fn aggregate<'a>(scanners: impl IntoIterator<Item = (&'a str, &'a Rows)>) -> Aggregated {
    let (mut symbols, mut dates) = (Hits::default(), Hits::default());
    let mut both: BTreeMap<(String, String), BTreeSet<&str>> = BTreeMap::new();
    let mut rows = 0;
    for (name, found) in scanners {
        rows += found.len();
        for row in found.0.iter().filter_map(Value::as_object) {
            let (symbol, date) = (symbol(row), date(row));
            if let Some(symbol) = &symbol {
                symbols.add(symbol, name);
            }
            if let Some(date) = &date {
                dates.add(date, name);
            }
            if let (Some(symbol), Some(date)) = (symbol, date)
                && both.len() < ENTRIES_MAX * 10
            {
                both.entry((symbol, date)).or_default().insert(name);
            }
        }
    }
    Aggregated {
        rows,
        shared_symbols: symbols.shared(),
        shared_dates: dates.shared(),
        shared_hits: both.values().filter(|names| names.len() > 1).count(),
        truncated: symbols.truncated || dates.truncated,
        symbols: symbols.named(),
        dates: dates.named(),
    }
}

#[derive(Default)]
struct Hits<'a> {
    by: BTreeMap<String, BTreeSet<&'a str>>,
    truncated: bool,
}

impl<'a> Hits<'a> {
    fn add(&mut self, what: &str, name: &'a str) {
        if let Some(names) = self.by.get_mut(what) {
            names.insert(name);
        } else if self.by.len() < ENTRIES_MAX {
            self.by.insert(what.to_owned(), BTreeSet::from([name]));
        } else {
            self.truncated = true;
        }
    }

    fn shared(&self) -> usize {
        self.by.values().filter(|names| names.len() > 1).count()
    }

    fn named(self) -> BTreeMap<String, Vec<String>> {
        self.by.into_iter().map(|(what, names)| (what, names.into_iter().map(str::to_owned).collect())).collect()
    }
}

fn symbol(row: &Map<String, Value>) -> Option<String> {
    let named = field(row, &SYMBOLS).and_then(Value::as_str);
    let placed =
        || ["key", "0", "1", "value"].iter().filter_map(|name| row.get(*name)?.as_str()).find(|text| is_symbol(text));
    named.or_else(placed).map(|text| text.trim().chars().take(40).collect()).filter(|text: &String| !text.is_empty())
}

fn date(row: &Map<String, Value>) -> Option<String> {
    let named = field(row, &DATES).and_then(Value::as_str).filter(|text| is_day(text));
    let placed = || ["key", "0", "1", "2"].iter().filter_map(|name| row.get(*name)?.as_str()).find(|text| is_day(text));
    named.or_else(placed).map(|text| text.chars().take(10).collect())
}

/// The field whose name, or its last word, is one of these; earlier names first.
fn field<'r>(row: &'r Map<String, Value>, names: &[&str]) -> Option<&'r Value> {
    names.iter().find_map(|name| {
        let is_it = |key: &&String| last_word(key).eq_ignore_ascii_case(name);
        row.keys().find(is_it).and_then(|key| row.get(key))
    })
}

fn last_word(name: &str) -> &str {
    name.rsplit(['_', ' ', '.', '-']).next().unwrap_or(name)
}

/// Short and in capitals, as tickers are.
fn is_symbol(text: &str) -> bool {
    let is_part = |char: char| char.is_ascii_uppercase() || char.is_ascii_digit() || ".-/^=".contains(char);
    text.len() <= 12 && text.chars().all(is_part) && text.chars().any(|char| char.is_ascii_uppercase())
}

/// Begins as `2024-01-02` does.
fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits =
        |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    digits(0..4) && bytes.get(4) == Some(&b'-') && digits(5..7) && bytes.get(7) == Some(&b'-') && digits(8..10)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hits_are_found_whatever_the_columns_are_called() {
        let first = Rows(vec![
            json!({"Ticker": "ABC", "signal_date": "2024-03-01T10:00:00", "close": 3}),
            json!({"0": "XYZ", "1": "2024-03-04", "2": 1.5}),
        ]);
        let second = Rows(vec![
            json!({"key": "ABC", "date": "2024-03-01"}),
            json!({"value": "no symbol"}),
            json!({"symbol": "QQQ", "day": 5}),
            json!(7),
        ]);
        let found = aggregate([("one", &first), ("two", &second)]);
        assert_eq!(
            serde_json::to_value(&found).expect("plain data"),
            json!({
                "rows": 6, "truncated": false,
                "symbols": {"ABC": ["one", "two"], "QQQ": ["two"], "XYZ": ["one"]},
                "dates": {"2024-03-01": ["one", "two"], "2024-03-04": ["one"]},
                "shared_symbols": 1, "shared_dates": 1, "shared_hits": 1,
            })
        );
    }
}
