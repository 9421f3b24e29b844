//! Slices of scanners whose rows the program keeps nowhere: what runs them, and nothing that is done with the rows.

use crate::slices::{because, cut};

/// What stands behind the code that keeps rows.
#[track_caller]
fn own(text: &str, scanner: &str, from: &str) -> String {
    let cut = cut(text, scanner);
    let start = cut.find(from).unwrap_or_else(|| panic!("{from} stands in\n{cut}"));
    let end = cut.find("\n\ndef found():").expect("what was found is given below the program");
    cut[start..end].trim_end().to_owned()
}

const FLAGS: &str = "\
from vendor import bars, symbols

def flags(df):
    if df.empty:
        return df
    df['gap_up'] = ((df['gap'] >= 0.05) & (df['v'] >= 1000)).astype(int)
    df['fade'] = ((df['move'] <= -0.04) & (df['v'] >= 2000)).astype(int)
    return df[df[['gap_up', 'fade']].any(axis=1)]

def scan_symbol(symbol):
    try:
        df = bars(symbol)
        if df.empty:
            return []
        df['ticker'] = symbol
        hits = flags(df)
        if hits.empty:
            return []
        results = []
        for _, row in hits.iterrows():
            patterns = []
            if row['gap_up'] == 1:
                patterns.append('gap_up')
            if row['fade'] == 1:
                patterns.append('fade')
            results.append({'symbol': symbol, 'patterns': patterns})
        return results
    except ValueError as error:
        print(symbol, error)
        return []

if __name__ == '__main__':
    rows = []
    for symbol in symbols():
        rows += scan_symbol(symbol)
    print(len(rows))
";

#[test]
fn a_flag_of_a_table_per_symbol_is_cut_out_up_to_the_flag() {
    insta::assert_snapshot!(own(FLAGS, "gap_up", "def flags"));
}

#[test]
fn flags_that_are_put_together_afterwards_are_run_whole() {
    let text = FLAGS
        .replace("        results = []\n", "        found.append(hits)\n        results = []\n")
        .replace("    print(len(rows))", "    print(pd.concat(found).drop_duplicates('symbol'))")
        .replace("from vendor", "import pandas as pd\nfound = []\nfrom vendor");
    assert!(!because(&text, "gap_up").is_empty());
}

#[test]
fn a_key_that_is_set_behind_the_flag_stays() {
    let text = FLAGS.replace("    return df[df[[", "    df['date'] = df['date'].dt.date\n    return df[df[[");
    assert!(own(&text, "fade", "def flags").contains("df['date'] = "));
}

#[test]
fn rows_of_a_flag_that_a_dict_keeps_are_taken_from_there() {
    let text = "\
from vendor import bars
df = bars()
df['gap_up'] = (df['gap'] >= 0.05) & (df['v'] >= 1000)
df['fade'] = (df['move'] <= -0.04) & (df['v'] >= 2000)
out = {}
for flag in ('gap_up', 'fade'):
    out[flag] = df.loc[df[flag] == 1, ['ticker', 'date']]
";
    assert!(cut(text, "fade").contains("return out['fade']"));
}

const SUITE: &str = "\
from vendor import bars, symbols

class Suite:
    def __init__(self, config):
        self.price = config.get('price', 5.0)

    def run_all(self, data):
        found = []
        kept = {t: df for t, df in data.items() if df['c'].iloc[-1] >= self.price}
        found.extend(self._run_movers(kept))
        found.extend(self._run_gainers(kept))
        return found

    def _run_movers(self, data):
        results = []
        for ticker, df in data.items():
            if df['v'].iloc[-1] >= 9_000_000:
                results.append({'ticker': ticker, 'signal': 'mover'})
        return results

    def _run_gainers(self, data):
        results = []
        for ticker, df in data.items():
            if df['move'].iloc[-1] >= 0.05:
                results.append({'ticker': ticker, 'signal': 'gainer'})
        return results

for row in Suite({'price': 5.0}).run_all({t: bars(t) for t in symbols()}):
    print(row)
";

#[test]
fn a_method_that_a_runner_collects_is_cut_out_of_its_suite() {
    insta::assert_snapshot!(own(SUITE, "run_movers", "class Suite"));
}

#[test]
fn what_another_method_leaves_behind_keeps_both_together() {
    let text = SUITE.replace(
        "found.extend(self._run_movers(kept))",
        "found.extend(self._run_movers(kept))\n        if len(found) > 3:\n            return found",
    );
    assert!(cut(&text, "run_movers").contains("self._run_movers(kept)"));
    assert_eq!(because(&text, "run_gainers"), "line 10 runs it together with other scanners");
}

const STRATEGIES: &str = "\
from vendor import bars, symbols

class Dip:
    low = 20

    def entries(self, df):
        df.loc[df['c'] < df['l'].rolling(self.low).min().shift(1), 'enter'] = 1
        return df

class Rise:
    high = 50

    def entries(self, df):
        df.loc[df['c'] > df['h'].rolling(self.high).max().shift(1), 'enter'] = 1
        return df

def run(strategy):
    rows = []
    for symbol in symbols():
        df = strategy.entries(bars(symbol))
        rows += df[df['enter'] == 1].to_dict('records')
    return rows

if __name__ == '__main__':
    for strategy in (Dip, Rise):
        print(strategy.__name__, len(run(strategy())))
";

#[test]
fn a_strategy_class_is_cut_out_with_what_drives_it() {
    insta::assert_snapshot!(own(STRATEGIES, "Dip", "@class_recorder"));
}

const PRESETS: &str = "\
from vendor import bars, symbols

DEFAULTS = {'price': 5.0, 'days': 20}
SCANS = {
    'surge': {'ratio': 2.0},
    'quiet': {'days': 50, 'ratio': 1.2},
}

def scan(name, data):
    cfg = {**DEFAULTS, **SCANS[name]}
    rows = []
    for ticker, df in data.items():
        ratio = df['v'].iloc[-1] / df['v'].tail(cfg['days']).mean()
        if df['c'].iloc[-1] >= cfg['price'] and ratio >= cfg['ratio']:
            rows.append({'ticker': ticker, 'ratio': ratio})
    return rows

def main():
    data = {t: bars(t) for t in symbols()}
    for name in SCANS:
        hits = scan(name, data)
        print(name, len(hits))

main()
";

#[test]
fn an_entry_of_settings_is_cut_out_with_its_engine() {
    let own = own(PRESETS, "quiet", "@rows_recorder");
    assert!(cut(PRESETS, "quiet").contains("SCANS = {\n    'quiet': {"));
    insta::assert_snapshot!(own);
}

const REGISTRY: &str = "\
from vendor import bars, symbols

def above(days):
    return lambda df: df['c'].iloc[-1] > df['c'].rolling(days).mean().iloc[-1]

SCANS = [
    {'name': 'gap', 'check': lambda df, gap=0.01: df['o'].iloc[-1] / df['c'].iloc[-2] - 1 > gap},
    {'name': 'trend', 'check': above(100)},
]
found = {}
for scan in SCANS:
    found[scan['name']] = [t for t in symbols() if scan['check'](bars(t))]
";

#[test]
fn a_lambda_of_a_registry_is_cut_out_with_the_loop_that_calls_it() {
    insta::assert_snapshot!(own(REGISTRY, "gap", "SCANS = "));
    assert!(own(REGISTRY, "trend", "def above").contains("'check': recorder(GIVEN)(above(PARAMETERS["));
}
