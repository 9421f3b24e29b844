//! What is cut out for one scanner, and what is not because it would not be sure.

use codeproof_split::{Form, Options, Source, Split, TemplateStyle, split};

use crate::split_text;

/// The template of a scanner.
#[track_caller]
fn template(split: &Split, scanner: &str) -> String {
    let name = &split.scanner(scanner).expect("there is such a scanner").template;
    let file = split.files.iter().find(|file| file.name == *name).expect("its template is there");
    String::from_utf8(file.bytes.clone()).expect("templates are UTF-8")
}

/// The part of a slice that was cut out of the original.
#[track_caller]
pub(crate) fn cut(text: &str, scanner: &str) -> String {
    let split = split_text(text);
    let found = split.scanner(scanner).expect("there is such a scanner");
    assert_eq!(found.form, Form::Slice, "{:?}", found.whole_program_because);
    let text = template(&split, scanner);
    assert!(codeproof_python::read(text.as_bytes()).is_ok(), "a template is Python");
    let start = text.find("import types\n").map_or(0, |at| at + "import types\n".len());
    let end = text.find("\nSCANNER = ").expect("the command line stands behind what was cut out");
    text[start..end].to_owned()
}

/// Why a scanner is no slice.
#[track_caller]
pub(crate) fn because(text: &str, scanner: &str) -> String {
    let split = split_text(text);
    let found = split.scanner(scanner).expect("there is such a scanner");
    assert_eq!(found.form, Form::WholeProgram);
    assert!(split.files.iter().any(|file| file.name == "original_scans.py"), "the original lies beside it");
    found.whole_program_because.clone().unwrap_or_default()
}

const FLAGS: &str = "\
import pandas as pd
from vendor import bars
START = '2024-03-01'

df = bars()
print('features')
df['pc'] = df.groupby('ticker')['c'].shift(1)
# big gaps
df['gap_up'] = ((df['o'] / df['pc'] >= 1.05) & (df['c'] >= 5) &
                # (df['v'] >= 9) &
                (df['v'] >= 1000)).astype(int)
df['fade'] = ((df['c'] / df['o'] <= 0.94) & (df['c'] >= 8) & (df['v'] >= 2000)).astype(int)
hits = df[(df['date'] >= START) & ((df['gap_up'] == 1) | (df['fade'] == 1))]
hits = hits.sort_values(['date', 'ticker'])
for flag in ['gap_up', 'fade']:
    print(flag, hits[flag].sum())
";

#[test]
fn a_flag_is_cut_out_with_the_columns_it_needs() {
    insta::assert_snapshot!(cut(FLAGS, "gap_up"));
}

#[test]
fn a_flag_that_is_changed_behind_the_condition_is_run_whole() {
    let text =
        FLAGS.replace("hits = hits.sort_values", "hits['gap_up'] = hits['gap_up'] * 0 + 1\nhits = hits.sort_values");
    assert_eq!(because(&text, "gap_up"), "line 14 changes the flag behind a condition on it");
}

#[test]
fn rows_of_other_flags_stay_where_rows_are_looked_at_together() {
    let text = FLAGS
        .replace("hits = hits.sort_values", "hits['n'] = hits.groupby('ticker').cumcount()\nhits = hits.sort_values");
    assert!(cut(&text, "gap_up").contains("hits = df["), "a column that nobody reads may go");
    let text =
        FLAGS.replace("hits = hits.sort_values", "hits = hits.groupby('ticker').head(1)\nhits = hits.sort_values");
    assert_eq!(because(&text, "gap_up"), "head (line 14) looks at rows that other scanners have let through");
}

const PASTED: &str = "\
from vendor import bars
P = {'gap': 0.05, 'price': 5.0}

def check(df, gap=P['gap']):
    return df[(df['gap'] >= gap) & (df['c'] >= P['price'])][['ticker', 'date']]

gap_rows = check(bars())

# second
P = {'drop': -0.06, 'price': 10.0}
P['price'] = 12.0

def check(df):
    return df[(df['move'] <= P['drop']) & (df['c'] >= P['price'])][['ticker', 'date']]

drop_rows = check(bars())
P['price'] = 99.0
";

#[test]
fn names_that_are_bound_again_keep_the_value_of_their_time() {
    insta::assert_snapshot!(cut(PASTED, "check_2"));
}

const LISTED: &str = "\
import asyncio
from vendor import bars, session
SETTINGS = {
    'common': {'days': 4},
    'gap': {'min': 0.05},   # gap
    'fade': {'max': -0.04},
}

async def scan_gap(df):
    return df.loc[df['gap'] >= SETTINGS['gap']['min'], ['ticker', 'date']]

async def scan_fade(df):
    return df.loc[df['move'] <= SETTINGS['fade']['max'], ['ticker', 'date']]

async def main():
    found = {}
    async with session() as s:
        for scan in (scan_gap, scan_fade):
            found[scan.__name__[5:]] = await scan(bars())
    print(len(found))
    return found

if __name__ == '__main__':
    FOUND = asyncio.run(main())
";

#[test]
fn other_scanners_leave_lists_and_settings() {
    insta::assert_snapshot!(cut(LISTED, "fade"));
}

#[test]
fn a_loop_that_carries_something_on_is_run_whole() {
    let text = "\
from vendor import bars
def scan_gap(df):
    return df[df['gap'] >= 0.05][['ticker', 'date']]
def scan_fade(df):
    return df[df['move'] <= -0.05][['ticker', 'date']]
df = bars()
seen = []
out = {}
for scan in (scan_gap, scan_fade):
    rows = [row for row in scan(df).itertuples() if row not in seen]
    seen.extend(rows)
    out[scan.__name__] = rows
";
    assert_eq!(because(text, "fade"), "the loop in line 9 carries something from one scanner to the next");
}

#[test]
fn rows_with_all_columns_of_a_shared_table_are_run_whole() {
    let text = "\
from vendor import bars
def scan_gap(df):
    df['size'] = df['o'] / df['pc']
    return df[df['size'] >= 1.05]
def scan_fade(df):
    return df[df['c'] / df['o'] <= 0.95]
df = bars()
gaps = scan_gap(df)
fades = scan_fade(df)
";
    assert_eq!(because(text, "fade"), "its rows may show columns that other scanners write");
    assert!(cut(&text.replace("<= 0.95]", "<= 0.95][['ticker', 'date']]"), "fade").contains("fades = scan_fade(df)"));
}

#[test]
fn what_the_program_does_not_keep_is_recorded() {
    let text = "\
from vendor import bars
def scan_gap(df, least=0.05):
    return df[df['gap'] >= least][['ticker', 'date']]
def scan_fade(df, most=-0.04):
    return df[df['move'] <= most][['ticker', 'date']]
def main():
    df = bars()
    print(scan_gap(df, 0.07))
    print(scan_fade(df))
main()
";
    let gap = cut(text, "gap");
    assert!(
        gap.contains("@recorder(GIVEN)\ndef scan_gap(") && gap.contains("print(scan_gap(df, PARAMETERS['least']))"),
        "{gap}"
    );
    assert!(!gap.contains("scan_fade") && gap.contains("def program():"), "{gap}");
}

#[test]
fn where_the_data_is_is_asked_when_the_scan_runs() {
    let text = "\
import os
import pandas as pd
FOLDER = os.environ.get('SCAN_DATA_DIR', 'data')
LEAST = 0.05
def load():
    return pd.read_csv(os.path.join(FOLDER, 'daily.csv'))
def scan_gap(df):
    return df[df['gap'] >= LEAST][['ticker', 'date']]
def scan_fade(df):
    return df[df['move'] <= -LEAST][['ticker', 'date']]
df = load()
gaps = scan_gap(df)
fades = scan_fade(df)
";
    let gap = cut(text, "gap");
    let (before, program) = gap.split_once("def program():").expect("a part that runs");
    assert!(program.contains("FOLDER = os.environ.get(") && program.contains("global "), "{gap}");
    assert!(before.contains("def load():") && !before.contains("FOLDER ="), "{gap}");
}

#[test]
fn what_a_registry_holds_brings_what_it_reads() {
    let text = "\
from vendor import bars
SCANNERS = {}
GAP = 1.05
FADE = 0.95
def register(name):
    def keep(scan):
        SCANNERS[name] = scan
        return scan
    return keep
@register('gap')
def scan_gap(df):
    return df[df['o'] / df['pc'] >= GAP][['ticker', 'date']]
@register('fade')
def scan_fade(df):
    return df[df['c'] / df['o'] <= FADE][['ticker', 'date']]
df = bars()
OUT = {}
for name, scan in SCANNERS.items():
    OUT[name] = scan(df)
";
    let gap = cut(text, "gap");
    assert!(
        gap.contains("\nGAP = PARAMETERS['GAP']\n") && !gap.contains("FADE") && !gap.contains("scan_fade"),
        "{gap}"
    );
}

#[test]
fn what_is_given_back_is_the_same_object() {
    let text = "\
from vendor import bars
def prepared(df):
    df['gap'] = df['o'] / df['pc']
    return df
def scan_gap(df):
    return df[df['gap'] >= 1.05][['ticker', 'date']]
def scan_fade(df):
    return df[df['c'] / df['o'] <= 0.95][['ticker', 'date']]
df = bars()
table = prepared(df)
table['gap'] = table['gap'].fillna(0)
fades = scan_fade(df)
gaps = scan_gap(df)
";
    assert!(cut(text, "gap").contains("    table['gap'] = table['gap'].fillna(0)\n"));
}

#[test]
fn a_file_that_other_code_writes_is_read_by_the_whole_program() {
    let text = "\
import pandas as pd
from vendor import bars
def scan_gap(df):
    return df[df['gap'] >= 1.05][['ticker', 'date']]
def scan_again(df):
    known = pd.read_csv('out/gaps.csv')
    return df[(df['gap'] >= 1.02) & df['ticker'].isin(known['ticker'])][['ticker', 'date']]
df = bars()
gaps = scan_gap(df)
gaps.to_csv('out/gaps.csv')
again = scan_again(df)
";
    assert_eq!(because(text, "again"), "it reads a file that other code of the program may write (out/gaps.csv)");
}

#[test]
fn a_class_keeps_the_method_and_what_it_reads() {
    let text = "\
from vendor import bars
class Finder:
    def __init__(self, df):
        self.df = df
        self.least = 0.05  # gap
        self.most = -0.04  # fade
    def find_gap(self):
        return self.df.loc[self.df['gap'] >= self.least, ['ticker', 'date']]
    def find_fade(self):
        return self.df.loc[self.df['move'] <= self.most, ['ticker', 'date']]
    def run(self):
        return {'gap': self.find_gap(), 'fade': self.find_fade()}
finder = Finder(bars())
FOUND = finder.run()
";
    insta::assert_snapshot!(cut(text, "gap"));
}

#[test]
fn a_name_of_the_file_is_not_taken_by_the_code_around_it() {
    let text = "\
from datetime import datetime
from vendor import bars
def plain(df):
    return df[df['date'] >= datetime(2024, 1, 1)]
def scan_gap(df):
    return plain(df).loc[df['gap'] >= 0.05, ['ticker', 'date']]
def main():
    return scan_gap(bars())
if __name__ == '__main__':
    json = main()
";
    let split = split_text(text);
    let gap = template(&split, "gap");
    assert!(gap.contains("import datetime as datetime_\n") && gap.contains("datetime_.datetime"), "{gap}");
    assert!(gap.contains("import json as json_\n") && gap.contains("print(json_.dumps("));
    assert!(gap.contains("def plain_(value):") && gap.contains("def main_():") && gap.contains("    main_()\n"));
    assert!(codeproof_python::read(gap.as_bytes()).is_ok());
}

#[test]
fn what_stands_in_the_block_is_what_the_code_reads() {
    let text = "\
from vendor import bars
BASE = 0.02
LIMIT = BASE * 2
P = {'gap': 0.09, 'days': [5, 10]}
P['gap'] = 0.05
def windows(least=-0.5, days=(1, 2)):
    return [least, *days]
def scan_gap(df):
    return df[(df['gap'] >= P['gap']) & (df['n'] <= LIMIT) & df['d'].isin(P['days'] + windows())][['ticker', 'date']]
OUT = scan_gap(bars())
";
    let split = split_text(text);
    let gap = template(&split, "gap");
    let block = &gap[gap.find("PARAMETERS = {").expect("the block")..gap.find("PARAMETERS.update").expect("its end")];
    assert!(block.contains("    'P.gap': 0.05,  # line 5: ") && !block.contains("0.09"), "{block}");
    assert!(block.contains("    'P.days': [5, 10],  # line 4: ") && block.contains("    # 'LIMIT': 0.04,"), "{block}");
    assert!(gap.contains("\nP['gap'] = PARAMETERS['P.gap']\n"), "{gap}");
    assert!(gap.contains("\nLIMIT = PARAMETERS.get('LIMIT', "), "{gap}");
    assert!(gap.contains("COMPUTED = ['LIMIT']\n"), "{gap}");
    assert!(gap.find("PARAMETERS = {") < gap.find("import "), "names and values stand first");
}

#[test]
fn thresholds_are_called_by_what_they_are_compared_with() {
    let split = split_text(FLAGS);
    let names: Vec<&str> = split.scanners[0].parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    assert_eq!(names, ["o_to_pc_min_9", "c_min_9", "v_min_11"]);
    let gap = template(&split, "gap_up");
    assert!(
        gap.contains("    'o_to_pc_min_9': 1.05,  # ")
            && gap.contains("ALIASES = {'@11:")
            && gap.contains(": 'o_to_pc_min_9'"),
        "{gap}"
    );
}

#[test]
fn styles_differ_in_what_is_around() {
    let source = Source::new("scans.py", FLAGS);
    let of = |style| split(&source, &Options { style, generated: Some("2026-01-02"), ..Options::default() });
    let minimal = template(&of(TemplateStyle::Minimal), "gap_up");
    assert!(
        minimal.contains("\n    'START': '2024-03-01',\n") && minimal.contains("by codeproof on 2026-01-02."),
        "{minimal}"
    );
    let enterprise = template(&of(TemplateStyle::Enterprise), "gap_up");
    assert!(enterprise.contains("SOURCE_SHA256 = '") && enterprise.contains("'duration_ms': duration"));
    assert!(enterprise.contains("import logging\n") && !minimal.contains("import logging\n"));
    assert!(codeproof_python::read(enterprise.as_bytes()).is_ok());
}

#[test]
fn results_are_told_apart_by_their_keys() {
    let text = "\
from vendor import bars
def scan_gap(df):
    return df[df['gap'] >= 0.05][['ticker', 'date']]
def scan_fade(df):
    return df[df['move'] <= -0.05][['ticker', 'date']]
def main():
    df = bars()
    gaps = scan_gap(df)
    fades = scan_fade(df)
    return {'gap': [row for row in gaps.itertuples()], 'fade': [row for row in fades.itertuples()]}
FOUND = main()
";
    let gap = cut(text, "gap");
    assert!(!gap.contains("fade") && gap.contains("{'gap': [row for row in gaps.itertuples()]}"), "{gap}");
    let gap = cut(&text.replace("FOUND = main()", "print(main())"), "gap");
    assert!(gap.contains("@recorder(GIVEN)\ndef scan_gap(") && !gap.contains("fade"), "{gap}");
}

#[test]
fn asking_whether_a_name_is_bound_reaches_no_other() {
    let text = "\
from vendor import bars
def scan_gap(symbols):
    for symbol in symbols:
        if 'df' not in locals():
            df = bars()
    return df[df['gap'] >= 0.05][['ticker', 'date']]
def scan_fade(df):
    return df[df['move'] <= -0.05][['ticker', 'date']]
gaps = scan_gap(['A', 'B'])
fades = scan_fade(bars())
";
    assert!(cut(text, "gap").contains("        if 'df' not in locals():\n            df = bars()\n"));
    let asked = text.replace("'df' not in locals()", "locals().get('df') is None");
    assert!(cut(&asked, "gap").contains("        if locals().get('df') is None:\n"));
    let text = text.replace("'df' not in locals()", "locals()");
    assert_eq!(because(&text, "gap"), "locals() (line 4) can reach any name");
}

#[test]
fn results_that_others_put_beside_it_are_left_out_unless_they_are_read() {
    let text = "\
from vendor import bars
class Finder:
    def scan_gap(self, df, least=0.05):
        return df[df['gap'] >= least][['ticker', 'date']]
    def scan_fade(self, df, most=-0.05):
        return df[df['move'] <= most][['ticker', 'date']]
def main():
    finder = Finder()
    found = {}
    found['gap'] = finder.scan_gap(bars())
    found['fade'] = finder.scan_fade(bars())
    for name, rows in found.items():
        print(name, len(rows))
    return found
if __name__ == '__main__':
    main()
";
    let gap = cut(text, "gap");
    assert!(gap.contains("    found['gap'] = finder.scan_gap(bars())\n") && !gap.contains("fade"), "{gap}");
}
