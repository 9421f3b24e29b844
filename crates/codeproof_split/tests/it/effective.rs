//! The values scanners really use: binding time decides, not the nearest text.

use crate::{scanner, split_text};

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let split = split_text(text);
    let line = |scanner: &codeproof_split::Scanner| {
        let values = scanner.parameters.iter().map(|known| format!("{}={}", known.name, known.value));
        format!("{}: {}", scanner.boundary.name, values.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(split.scanners.iter().map(line).collect::<Vec<_>>(), expected);
}

fn pair(before: &str, between: &str, end: &str) -> String {
    let first = scanner("scan_one", "df['close'] >= MIN");
    let second = scanner("scan_two", "df['open'] >= MIN");
    format!("from vendor import bars\n{before}\n{first}{between}\n{second}{end}")
}

#[test]
fn globals_are_looked_up_when_the_scanner_runs() {
    let late = "def main():\n    df = bars()\n    return {'one': scan_one(df), 'two': scan_two(df)}\nOUT = main()\n";
    check(&pair("MIN = 5", "MIN = 9", late), &["one: MIN=9", "two: MIN=9"]);
    let at_once = "b = scan_two(bars())\n";
    check(&pair("MIN = 5", "a = scan_one(bars())\nMIN = 9", at_once), &["one: MIN=5", "two: MIN=9"]);
}

#[test]
fn what_a_function_sets_stays_set() {
    let text = "\
from vendor import bars
MIN = 1
def pick(df):
    return df['close'] >= MIN
def scan_high(df):
    global MIN
    MIN = 50
    return df[pick(df) & (df['open'] > 1)]
def scan_left(df):
    return df[pick(df) & (df['open'] > 2)]
def scan_text(df):
    globals()['MIN'] = 7
    return df[pick(df) & (df['open'] > 3)]
a = scan_high(bars())
b = scan_left(bars())
c = scan_text(bars())
";
    check(text, &["high: MIN=50 open_min_8=1", "left: MIN=50 open_min_10=2", "text: MIN=7 open_min_13=3"]);
}

#[test]
fn defaults_are_captured_when_the_function_is_defined() {
    let text = "\
from vendor import bars
MIN = 5
def scan_one(df, low=MIN):
    return df[df['close'] >= low]
MIN = 8
def scan_two(df, low=MIN, high=100):
    return df[(df['close'] >= low) & (df['close'] <= high)]
MIN = 9
a = scan_one(bars())
b = scan_two(bars(), high=70)
";
    check(text, &["one: low=5", "two: low=8 high=70"]);
}

#[test]
fn dicts_are_followed_through_aliases_merges_and_changes() {
    let text = "\
from vendor import bars
P = {'gap': 1.1, 'floor': 5.0}
def scan_one(df, p=P):
    return df[(df['open'] >= p['gap']) & (df['close'] >= p.get('floor', 1.0))]
P = dict(P, gap=1.3)
Q = P
Q['floor'] = 7.0
def scan_two(df):
    return df[(df['open'] >= P['gap']) & (df['close'] >= P['floor'])]
P = {**P, 'gap': 1.5}
P.update(floor=8.0)
def scan_three(df):
    return df[(df['open'] >= P['gap']) & (df['close'] >= P['floor'])]
a = scan_one(bars())
c = scan_three(bars())
P = Q
b = scan_two(bars())
";
    check(text, &["one: P.gap=1.1 P.floor=5.0", "two: P.gap=1.3 P.floor=7.0", "three: P.gap=1.5 P.floor=8.0"]);
}

#[test]
fn objects_are_followed_through_classes_and_changes() {
    let text = "\
from dataclasses import dataclass, replace
from vendor import bars
class Config:
    floor = 4.0
    gap = 1.1
cfg = Config()
@dataclass
class Params:
    low: float = 2.0
    high: float = 9.0
def scan_one(df):
    return df[(df['open'] >= cfg.gap) & (df['close'] >= cfg.floor)]
def scan_two(df):
    return df[(df['open'] <= cfg.gap) & (df['close'] >= cfg.floor)]
def scan_three(df, p):
    return df[(df['open'] >= p.low) & (df['close'] <= p.high)]
a = scan_one(bars())
cfg.gap = 1.4
Config.floor = 6.0
b = scan_two(bars())
c = scan_three(bars(), replace(Params(), high=8.0))
";
    check(text, &["one: floor=4.0 gap=1.1", "two: gap=1.4 floor=6.0", "three: low=2.0 high=8.0"]);
}

#[test]
fn options_and_the_environment_have_their_defaults() {
    let text = "\
import argparse
import json
import os
from vendor import bars
parser = argparse.ArgumentParser()
parser.add_argument('--min-gap', type=float, default=1.06)
args = parser.parse_args()
FLOOR = float(os.environ.get('FLOOR', '3.5'))
CFG = json.loads('{\"fade\": {\"drop\": -0.05}}')
def scan_gap(df):
    return df[(df['open'] >= args.min_gap) & (df['close'] >= FLOOR)]
def scan_fade(df):
    return df[df['close'] <= CFG['fade']['drop']]
a = scan_gap(bars())
b = scan_fade(bars())
";
    check(text, &["gap: min_gap=1.06 FLOOR=3.5", "fade: CFG.fade.drop=-0.05"]);
}

/// The values of the first scanner of a file beside `settings.py`.
fn beside(text: &str, settings: &'static [u8]) -> Vec<(String, Option<f64>)> {
    let read = |name: &str| (name == "settings").then(|| settings.to_vec());
    let options = codeproof_split::Options { read_module: Some(&read), ..Default::default() };
    let split = codeproof_split::split(&codeproof_split::Source::new("scans.py", text), &options);
    split.scanners[0].parameters.iter().map(|known| (known.name.clone(), known.value.as_f64())).collect()
}

#[test]
fn a_sibling_module_gives_its_names() {
    let scan =
        "from vendor import bars\n".to_owned() + &scanner("scan_one", "df['close'] >= MIN") + "a = scan_one(bars())\n";
    let all = format!("from settings import *\n{scan}");
    assert_eq!(beside(&all, b"MIN = 4\nMIN = 6\n"), [("MIN".to_owned(), Some(6.0))]);
    // What `__all__` does not list, or begins with an underscore, is not given.
    let own = format!("MIN = 2\nfrom settings import *\n{scan}");
    assert_eq!(beside(&own, b"MIN = 4\n__all__ = ['MAX']\nMAX = 9\n"), [("MIN".to_owned(), Some(2.0))]);
    let hidden = format!("_MIN = 2\nfrom settings import *\n{}", scan.replace("MIN", "_MIN"));
    assert_eq!(beside(&hidden, b"_MIN = 4\n"), [("_MIN".to_owned(), Some(2.0))]);
}

#[test]
fn programs_that_never_end_are_followed_to_the_bound() {
    let text = "\
from vendor import bars
def ping(n):
    return pong(n) + pong(n)
def pong(n):
    return ping(n) + ping(n)
while True:
    ping(1)
def scan_one(df):
    return df[df['close'] >= 5]
a = scan_one(bars())
";
    assert_eq!(split_text(text).scanners.len(), 1);
}

#[test]
fn a_parameter_says_why_how_much_and_what_it_is_for() {
    let text = "\
from vendor import bars
MIN = 5  # lowest price
# bars that are looked back
DAYS = 20
TITLE = 'tall'
P = {'gap': 1.1}
def scan_tall(df, floor=MIN):
    top = df['high'].rolling(DAYS).max()
    out = df[(df['close'] >= MIN) & (df['close'] >= floor) & (df['open'] >= P['gap']) & (df['high'] >= top)]
    return out.assign(title=TITLE)
MIN = 9
P.update(gap=1.4)
a = scan_tall(bars())
";
    let split = split_text(text);
    let known = |name: &str| {
        let found = split.scanners[0].parameters.iter().find(|known| known.name.ends_with(name));
        found.unwrap_or_else(|| panic!("{name} is a parameter"))
    };
    assert_eq!(
        known("MIN").why,
        "last assigned on line 11, after scan_tall was defined on line 7: looked up when it runs"
    );
    assert_eq!(
        known("floor").why,
        "captured as the default when scan_tall was defined on line 7; the value is of line 2"
    );
    assert_eq!(known("floor").description.as_deref(), Some("lowest price"));
    assert_eq!(known("DAYS").description.as_deref(), Some("bars that are looked back"));
    assert_eq!(known("gap").why, "overridden by P.update on line 12");
    let impacts: Vec<_> = ["MIN", "DAYS"].iter().map(|name| known(name).impact).collect();
    assert_eq!(impacts, [codeproof_split::Impact::High, codeproof_split::Impact::Medium]);
}

#[test]
fn a_copy_that_is_deep_shares_nothing() {
    let text = "\
import copy
from vendor import bars
CFG = {'gap': {'low': 1.1}}
OLD = copy.deepcopy(CFG)
SAME = copy.copy(CFG)
CFG['gap']['low'] = 1.5
def scan_old(df):
    return df[df['open'] >= OLD['gap']['low']]
def scan_same(df):
    return df[df['open'] >= SAME['gap']['low']]
a, b = scan_old(bars()), scan_same(bars())
";
    check(text, &["old: OLD.gap.low=1.1", "same: CFG.gap.low=1.5"]);
}

#[test]
fn a_scanner_that_is_called_with_several_values_is_to_be_looked_at() {
    let split = split_text(
        "from vendor import bars\n\
         def wide(df, width):\n    return df[(df['high'] - df['low']) / df['close'] > width]\n\
         def main():\n    for width in (0.02, 0.05):\n        print(len(wide(bars(), width)))\n\
         main()\n",
    );
    let wide = &split.scanner("wide").expect("it is a scanner").boundary;
    assert_eq!(wide.status, codeproof_split::BoundaryStatus::NeedsReview);
    let review = wide.review.as_deref().expect("it is said why");
    assert!(review.contains("width (0.02, 0.05)"), "{review}");
    assert!(split.degraded.iter().any(|line| line.contains("wide is called several times")), "{:?}", split.degraded);
}
