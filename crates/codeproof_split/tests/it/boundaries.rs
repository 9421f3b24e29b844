//! Which parts of a file are scanners.

use codeproof_split::Status;

use crate::{scanner, split_text};

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let split = split_text(text);
    let found: Vec<String> = split
        .scanners
        .iter()
        .map(|scanner| &scanner.boundary)
        .map(|found| format!("{} {} {}-{}", found.kind, found.name, found.start_line, found.end_line))
        .collect();
    assert_eq!(found, expected);
    let status = [Status::None, Status::Single, Status::Multi][expected.len().min(2)];
    assert_eq!(split.status, status);
}

const LOAD: &str = "from vendor import bars\n";

#[test]
fn functions_are_told_from_their_helpers() {
    let text = format!(
        "{LOAD}{}{}{}df = bars()\na = scan_gap(df)\nb = fade(df)\n",
        "def position(df, low):\n    return (df['close'] - low) / low\n\n\n",
        scanner("scan_gap", "(df['open'] >= df['close'] * 1.05) & (position(df, 2) >= 0.5)"),
        scanner("fade", "df['close'] <= df['open'] * 0.95"),
    );
    check(&text, &["function gap 6-7", "function fade 10-11"]);
}

#[test]
fn flag_columns_are_told_from_features() {
    let text = "\
from vendor import bars
df = bars()
df['rising'] = (df['high'] >= df['low'])
df['d2'] = ((df['rising'] == True) & (df['gap'] >= .2) &
            (df['volume'] >= 100)).astype(int)
# df['d2_old'] = (df['gap'] >= .9).astype(int)
'''
df['dead'] = ((df['gap'] >= .5) & (df['close'] >= 5)).astype(int)
'''
df['d3'] = ((df['rising'] == True) & (df['gap'] >= .1)).astype(int)
hits = df[(df['d2'] == 1) | (df['d3'] == 1)]
";
    check(text, &["column d2 4-5", "column d3 10-10"]);
}

#[test]
fn variants_count_and_what_they_are_made_of_does_not() {
    let text = "\
from functools import partial
from vendor import bars
def base(df, gap):
    return df.loc[df['open'] / df['close'] >= gap, ['ticker', 'date']]
def make(limit):
    def scan(df):
        return df.loc[df['close'] / df['open'] >= limit, ['ticker', 'date']]
    return scan
tight = partial(base, gap=1.1)
thrust = make(1.05)
crash = lambda df: df.loc[df['close'] / df['open'] <= 0.9, ['ticker']]
df = bars()
a, b, c = tight(df), thrust(df), crash(df)
";
    check(text, &["partial tight 9-9", "closure thrust 10-10", "lambda crash 11-11"]);
}

#[test]
fn entries_of_settings_run_by_one_engine_count() {
    let text = "\
from vendor import bars
CONFIGS = [
    {'name': 'small', 'gap': 1.03},
    {'name': 'big',
     'gap': 1.10},
]
def run(df, cfg):
    return df.loc[df['open'] / df['close'] >= cfg['gap'], ['ticker', 'date']]
OUT = {cfg['name']: run(bars(), cfg) for cfg in CONFIGS}
";
    check(text, &["config small 3-3", "config big 4-5"]);
}

#[test]
fn a_class_is_one_scanner_unless_its_methods_are_run_one_by_one() {
    let class = "\
from vendor import bars
class Screener:
    def scan_gap(self, df):
        return df['open'] / df['close'] >= 1.05
    def scan_volume(self, df):
        return df['volume'] >= 1000
";
    let whole =
        "    def run(self, df):\n        return df[self.scan_gap(df) & self.scan_volume(df) & (df['close'] >= 5)]\n";
    check(&format!("{class}{whole}hits = Screener().run(bars())\n"), &["class Screener 2-8"]);
    let apart = "one = Screener()\na = one.scan_gap(bars())\nb = one.scan_volume(bars())\n";
    check(&format!("{class}{apart}"), &["method gap 3-4", "method volume 5-6"]);
}

#[test]
fn classes_that_only_set_numbers_of_their_base_are_scanners() {
    let text = "\
from vendor import bars
class Base:
    gap = 1.05
    def run(self, df):
        return df.loc[df['open'] / df['close'] >= self.gap, ['ticker']]
class BigStrategy(Base):
    gap = 1.2
class SmallStrategy(Base):
    gap = 1.01
a = BigStrategy().run(bars())
b = SmallStrategy().run(bars())
";
    check(text, &["class Big 6-7".replace("Big", "BigStrategy").as_str(), "class SmallStrategy 8-9"]);
}

#[test]
fn tools_and_libraries_have_none() {
    check(
        "import os\ndef scan_directory(path):\n    return [f for f in os.listdir(path) if len(f) > 3]\nscan_directory('.')\n",
        &[],
    );
    check("def sma(series, window):\n    return series.rolling(window).mean()\n", &[]);
    check("\"\"\"def scan_gap(df):\n    return df[df['close'] > 5]\n\"\"\"\n", &[]);
}
