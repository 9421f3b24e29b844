//! What counts as a scanner's rows in the original: whatever the program does with what its scanners give.

use codeproof_prove::{ProblemKind, Verdict};
use codeproof_split::manual::ManualBoundary;
use codeproof_split::{Options, Source, split};

use crate::setting::{BARS, Setting, module, of, scanner, verdicts};

/// As much of a table as flags need; these tests do without pandas.
const TABLE: &str = "\
class Column(list):
    def fillna(self, value):
        return Column(value if item is None else item for item in self)

    def astype(self, kind):
        return Column(kind(item) for item in self)

    def nunique(self):
        return len(set(self))

    def __ge__(self, limit):
        return Column(item >= limit for item in self)


class Index:
    names = [None]


class DataFrame:
    index = Index()

    def __init__(self, rows):
        self.rows = [dict(row) for row in rows]

    @property
    def columns(self):
        return list(self.rows[0]) if self.rows else []

    @property
    def size(self):
        return len(self.rows) * len(self.columns)

    def __getitem__(self, key):
        if isinstance(key, str):
            return Column(row.get(key) for row in self.rows)
        if isinstance(key, Column):
            return DataFrame([row for row, is_in in zip(self.rows, key) if is_in])
        return DataFrame([{name: row[name] for name in key} for row in self.rows])

    def __setitem__(self, key, values):
        for row, value in zip(self.rows, values):
            row[key] = value

    def copy(self):
        return DataFrame(self.rows)

    def to_dict(self, how):
        return self.rows


";

#[test]
fn a_flag_of_tables_that_never_leave_a_function_is_seen_in_all_of_them() {
    let text = format!(
        "{BARS}from tables import DataFrame\n\n\ndef flags(df):\n    df['gap_up'] = df['close'] >= 45\n    df['gap_down'] = df['open'] >= 38\n    return df\n\n\n\
         def scan_symbol(symbol):\n    df = flags(DataFrame(row for row in bars() if row['ticker'] == symbol))\n    hits = []\n    \
         for row in df.to_dict('records'):\n        patterns = [name for name in ('gap_up', 'gap_down') if row[name]]\n        \
         if patterns:\n            hits.append({{'ticker': symbol, 'patterns': patterns}})\n    return hits\n\n\n\
         rows = []\nfor symbol in ['ABC', 'DEF', 'GHI']:\n    rows += scan_symbol(symbol)\n"
    );
    let folder = module("tables.py", TABLE);
    let setting = Setting { modules: vec![folder.path().to_owned()], ..Setting::default() };
    let Some(proof) = setting.prove(&text) else { return };
    assert_eq!(verdicts(&proof), "gap_up Proven, gap_down Proven");
    assert!(of(&proof, "gap_up").rows.iter().all(|row| row["ticker"].is_string() && row["date"].is_string()));
    let (up, down) = (of(&proof, "gap_up"), of(&proof, "gap_down"));
    assert!(up.original_rows > 5 && down.original_rows > 5 && up.original_rows != down.original_rows, "{proof:#?}");
    assert_eq!(proof.aggregated.symbols.len(), 3);
}

#[test]
fn of_a_predicate_the_rows_are_those_for_which_it_is_true() {
    let text = format!(
        "{BARS}JUMP = 30\nFLOOR = 35\n\n\ndef is_jump(bar):\n    return bar['close'] - bar['open'] > JUMP\n\n\n\
         def is_high(bar):\n    return bar['open'] > FLOOR and bar['close'] > FLOOR\n\n\n\
         def main():\n    jumps, highs = [], []\n    for bar in bars():\n        ticker = bar['ticker']\n        \
         if is_jump(bar):\n            jumps.append(ticker)\n        if is_high(bar):\n            highs.append(ticker)\n    \
         print(jumps, highs)\n\n\nif __name__ == '__main__':\n    main()\n"
    );
    let line_of = |start: &str| {
        text.lines().position(|line| line.starts_with(start)).map_or(0, |at| u32::try_from(at).unwrap_or_default() + 1)
    };
    let boundary = |name: &str| {
        let start_line = line_of(&format!("def {name}"));
        ManualBoundary { name: name.to_owned(), start_line, end_line: start_line + 1 }
    };
    let manual = [boundary("is_jump"), boundary("is_high")];
    let source = Source::new("scans.py", text.as_str());
    let split = split(&source, &Options { manual: &manual, ..Options::default() });
    let Some(proof) = Setting::default().prove_split(&source, &split) else { return };
    assert_eq!(verdicts(&proof), "is_jump Proven, is_high Proven");
    let jump = of(&proof, "is_jump");
    assert!(jump.original_rows > 0 && jump.original_rows < 45, "{jump:#?}");
    assert!(jump.rows.iter().all(|row| row["value"] == true && row["symbol"].is_string()), "{jump:#?}");
}

#[test]
fn a_scanner_that_is_called_again_keeps_the_rows_of_all_calls() {
    let text = format!(
        "{BARS}TOP = 40\n\n\n{}for ticker in ['ABC', 'DEF', 'GHI']:\n    \
         hits = scan_high([row for row in bars() if row['ticker'] == ticker])\n    print(len(hits))\n",
        scanner("scan_high", "row['open'] > TOP")
    );
    let Some(proof) = Setting::default().prove(&text) else { return };
    assert_eq!(verdicts(&proof).split(' ').nth(1), Some("Proven"));
    assert_eq!(proof.aggregated.symbols.len(), 3, "{proof:#?}");
}

#[test]
fn what_processes_of_a_pool_find_is_seen() {
    let text = format!(
        "{BARS}from concurrent.futures import ProcessPoolExecutor\n\nTOP = 40\n\n\n{}def rows_of_symbol(ticker):\n    \
         return scan_high([row for row in bars() if row['ticker'] == ticker])\n\n\ndef main():\n    \
         with ProcessPoolExecutor(2) as pool:\n        print(list(pool.map(rows_of_symbol, ['ABC', 'DEF', 'GHI'])))\n\n\n\
         if __name__ == '__main__':\n    main()\n",
        scanner("scan_high", "row['open'] > TOP")
    );
    let Some(proof) = Setting::default().prove(&text) else { return };
    let high = proof.scanners.iter().find(|scanner| scanner.name == "high").expect("the scanner");
    assert_eq!((high.verdict, proof.aggregated.symbols.len()), (Verdict::Proven, 3), "{high:#?}");
}

#[test]
fn what_is_called_in_a_registry_is_seen() {
    let text = format!(
        "{BARS}def above(top):\n    return lambda rows: [row for row in rows if row['open'] > top]\n\n\nSCANS = {{\n    \
         'gap': lambda rows, gap=20: [row for row in rows if row['close'] > row['open'] + gap],\n    \
         'drop': lambda rows, drop=25: [row for row in rows if row['close'] < row['open'] - drop],\n    \
         'high': above(40),\n}}\n\n\ndef main():\n    rows = bars()\n    for name in SCANS:\n        \
         print(name, len(SCANS[name](rows)))\n\n\nif __name__ == '__main__':\n    main()\n"
    );
    let Some(proof) = Setting::default().prove(&text) else { return };
    assert_eq!(verdicts(&proof), "gap Proven, drop Proven, high Proven");
}

#[test]
fn an_engine_that_is_run_for_an_entry_gives_the_rows_of_the_entry() {
    let text = format!(
        "{BARS}CONFIGS = {{\n    'low': {{'top': 8, 'floor': 0}},\n    'high': {{'top': 90, 'floor': 40}},\n}}\n\n\n\
         def describe(name):\n    return name.upper()\n\n\ndef run_scan(name, rows):\n    config = CONFIGS[name]\n    \
         return [row for row in rows if config['floor'] < row['open'] < config['top']]\n\n\ndef main():\n    \
         rows = bars()\n    for name in CONFIGS:\n        print(describe(name), len(run_scan(name, rows)))\n\n\n\
         if __name__ == '__main__':\n    main()\n"
    );
    let boundary = |name: &str| {
        let line = text.lines().position(|line| line.starts_with(&format!("    '{name}'"))).map_or(0, |at| at + 1);
        let line = u32::try_from(line).expect("a short text");
        ManualBoundary { name: name.to_owned(), start_line: line, end_line: line }
    };
    let manual = [boundary("low"), boundary("high")];
    let source = Source::new("scans.py", text.as_str());
    let split = split(&source, &Options { manual: &manual, ..Options::default() });
    let Some(proof) = Setting::default().prove_split(&source, &split) else { return };
    let found: Vec<usize> = proof.scanners.iter().map(|scanner| scanner.original_rows).collect();
    assert!(found.len() == 2 && found.iter().all(|rows| *rows > 0) && found[0] != found[1], "{}", verdicts(&proof));
}

#[test]
fn what_a_scanner_collects_in_its_object_is_its_rows() {
    let text = format!(
        "{BARS}class Strategy:\n    def __init__(self):\n        self.hits = []\n\n    def run(self, rows):\n        \
         for row in rows:\n            self.next(row)\n\n\n\
         class Breakout(Strategy):\n    gap = 20\n\n    def next(self, row):\n        \
         if row['close'] > row['open'] + self.gap:\n            self.hits.append((row['ticker'], row['date']))\n\n\n\
         class Pullback(Strategy):\n    drop = 20\n\n    def next(self, row):\n        \
         if row['close'] < row['open'] - self.drop:\n            self.hits.append((row['ticker'], row['date']))\n\n\n\
         def backtest(cls):\n    strategy = cls()\n    strategy.run(bars())\n    return strategy.hits\n\n\n\
         results = {{'breakout': backtest(Breakout), 'pullback': backtest(Pullback)}}\n"
    );
    let Some(proof) = Setting::default().prove(&text) else { return };
    assert_eq!(verdicts(&proof), "Breakout Proven, Pullback Proven");
}

#[test]
fn a_scanner_that_always_fails_is_not_one_that_never_ran() {
    let high = scanner("scan_high", "row['open'] > P['top']");
    let low = scanner("scan_low", "row['open'] < P['floor']");
    let text = format!(
        "{BARS}P = {{'top': 40}}\n\n\n{high}P = {{'floor': 8}}\n\n\n{low}found = {{}}\nfor scan in (scan_high, scan_low):\n    \
         try:\n        found[scan.__name__] = scan(bars())\n    except KeyError:\n        pass\n"
    );
    let Some(proof) = Setting::default().prove(&text) else { return };
    assert_eq!(verdicts(&proof), "high NotRun (Failed), low Proven");
    let told = &of(&proof, "high").problem.as_ref().expect("why").message;
    assert!(told.starts_with("scan_high was called once, and it ended with KeyError: 'top'"), "{told}");
    let line_of = |start: &str| text.lines().position(|line| line.starts_with(start)).map_or(0, |at| at + 1);
    let (first, second) = (line_of("P = {'top'"), line_of("P = {'floor'"));
    assert!(told.ends_with(&format!("P of line {second} replaced that of line {first} before it ran")), "{told}");
}

#[test]
fn a_question_to_the_user_is_told_with_its_line() {
    let text = format!(
        "{BARS}TOP = 40\n\n\n{}top = float(input('Highest open: '))\nhits = scan_high(bars())\n",
        scanner("scan_high", "row['open'] > TOP")
    );
    let line = text.lines().position(|line| line.contains("input(")).expect("the question") + 1;
    let Some(proof) = Setting::default().prove(&text) else { return };
    let high = of(&proof, "high");
    let problem = high.problem.as_ref().expect("why it was not run");
    assert_eq!((high.verdict, problem.kind), (Verdict::NotRun, ProblemKind::Failed));
    assert!(problem.message.contains(&format!("line {line} asks for input (Highest open:)")), "{}", problem.message);
}

#[test]
fn of_a_class_that_sets_flags_the_rows_are_those_in_which_they_are_set() {
    let class = |name: &str, condition: &str| {
        format!(
            "class {name}:\n    def prepare(self, df):\n        return df\n\n    def mark(self, df, about):\n        \
             df['enter'] = {condition}\n        return df\n\n\n"
        )
    };
    let text = format!(
        "{BARS}from tables import DataFrame\n\n\n{}{}def run(strategy):\n    found = 0\n    \
         for pair in ['ABC', 'DEF', 'GHI']:\n        \
         df = DataFrame({{'day': row['date'], 'open': row['open'], 'close': row['close']}} for row in bars() if row['ticker'] == pair)\n        \
         df = strategy.mark(strategy.prepare(df), {{'pair': pair}})\n        found += sum(df['enter'])\n    return found\n\n\n\
         for strategy in (Low, High):\n    print(run(strategy()))\n",
        class("Low", "df['close'] >= 45"),
        class("High", "df['open'] >= 38"),
    );
    let folder = module("tables.py", TABLE);
    let setting = Setting { modules: vec![folder.path().to_owned()], ..Setting::default() };
    let Some(proof) = setting.prove(&text) else { return };
    assert_eq!(verdicts(&proof), "Low Proven, High Proven");
    let low = of(&proof, "Low");
    assert!(low.original_rows > 5 && low.original_rows < 45, "{low:#?}");
    assert!(low.rows.iter().all(|row| row["ticker"].is_string() && row["enter"] == true), "{low:#?}");
}

#[test]
fn dicts_of_several_calls_are_rows() {
    let text = format!(
        "{BARS}TOP = 40\n\n\ndef scan_last(ticker):\n    rows = [row for row in bars() if row['ticker'] == ticker and row['open'] > TOP]\n    \
         if not rows:\n        return None\n    return {{'ticker': ticker, 'open': rows[-1]['open'], 'days': [row['date'] for row in rows]}}\n\n\n\
         if __name__ == '__main__':\n    for ticker in ['ABC', 'DEF', 'GHI', 'XYZ']:\n        print(scan_last(ticker))\n"
    );
    let Some(proof) = Setting::default().prove(&text) else { return };
    let last = proof.scanners.first().expect("the scanner");
    assert_eq!((last.verdict, last.original_rows), (Verdict::Proven, 3), "{last:#?}");
    assert_eq!(proof.aggregated.symbols.len(), 3);
}
