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
