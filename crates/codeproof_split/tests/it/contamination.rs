//! Assignments somebody else made are judged.

use codeproof_split::check::{Case, check};

use crate::split_text;

const TWO: &str = "\
from vendor import bars
GAP = 1.1
def scan_one(df):
    return df[(df['open'] >= GAP) & (df['close'] >= 5)]
a = scan_one(bars())
GAP = 1.3
LOW = 2.5
def scan_two(df):
    return df[(df['open'] >= GAP) & (df['close'] >= LOW)]
b = scan_two(bars())
";

#[track_caller]
fn judge(assignment: &str, contaminated: bool) {
    let text = format!(r#"{{"file": "scans", "assignment": {assignment}}}"#);
    let case: Case = serde_json::from_str(&text).expect("a case");
    let verdict = check(&case, &split_text(TWO));
    assert_eq!(verdict.contaminated, contaminated, "{}", verdict.why);
    assert_eq!(verdict.why.is_empty(), !contaminated);
}

#[test]
fn own_values_are_clean_and_foreign_ones_are_not() {
    judge(
        r#"{"one": [{"name": "GAP", "value": 1.1}], "two": [{"name": "GAP", "value": 1.3}, {"name": "LOW", "value": 2.5}]}"#,
        false,
    );
    judge(r#"{"one": [{"name": "GAP", "value": 1.3}]}"#, true);
    judge(r#"{"one": [{"name": "LOW", "value": 2.5}]}"#, true);
    judge(r#"{"scan_one": [{"name": "@9:50", "value": 5, "line": 9, "kind": "inline"}]}"#, true);
}

#[test]
fn what_a_run_leaves_behind_makes_the_next_depend_on_it() {
    let text = "\
from vendor import bars
class Config:
    gap = 1.1
    low = 2.0
cfg = Config()
def first(df):
    return df[(df['open'] >= cfg.gap) & (df['close'] >= cfg.low)]
def second(df):
    return df[(df['high'] >= cfg.gap) & (df['close'] >= cfg.low)]
a = first(bars())
cfg.gap = 1.4
b = second(bars())
";
    let split = split_text(text);
    assert_eq!(split.scanners[1].depends_on, ["first"]);
    let judge = |assignment: &str| {
        let text = format!(r#"{{"file": "scans", "assignment": {assignment}}}"#);
        let case: Case = serde_json::from_str(&text).expect("a case");
        check(&case, &split).contaminated
    };
    let beside = r#"{"second": [{"name": "gap", "value": 1.4}, {"name": "gap", "value": 1.1}]}"#;
    assert!(!judge(beside), "what it depends on may stand beside its own");
    assert!(judge(r#"{"second": [{"name": "gap", "value": 1.1}]}"#), "but not in its place");
}
