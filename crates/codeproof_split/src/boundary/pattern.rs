//! What names say: of functions, of columns, of parameters.

/// Words that begin or end the names of scanners.
const SCANNER_WORDS: &[&str] =
    &["scan", "scanner", "screen", "screener", "find", "detect", "signal", "signals", "setup", "strategy", "pattern"];

/// Words that begin the names of what serves scanners.
const HELPER_WORDS: &[&str] = &[
    "compute",
    "calc",
    "calculate",
    "get",
    "load",
    "fetch",
    "read",
    "write",
    "save",
    "print",
    "show",
    "format",
    "plot",
    "to",
    "main",
    "run",
    "summarize",
    "summarise",
    "summary",
    "filter",
    "add",
    "make",
    "build",
    "merge",
    "dedupe",
    "collect",
    "report",
    "export",
    "prepare",
    "init",
    "log",
    "send",
    "parse",
    "is",
    "in",
    "with",
    "setup_logging",
    "test",
    "guarded",
    "retry",
    "forward",
    "backtest",
];

/// Columns and attributes of market data.
const MARKET_WORDS: &[&str] = &[
    "o",
    "h",
    "l",
    "c",
    "v",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "adj_close",
    "ticker",
    "symbol",
    "date",
    "gap",
    "gap_pct",
    "atr",
    "vwap",
    "ema9",
    "ema20",
    "ema50",
    "rvol",
    "pdc",
    "prev_close",
    "prev_high",
    "dol_v",
    "pm_high",
    "h1",
    "c1",
    "range",
    "pct_chg",
];

/// Methods of tables and series that scanners use.
const SERIES_WORDS: &[&str] =
    &["rolling", "shift", "pct_change", "ewm", "between", "groupby", "resample", "itertuples", "iterrows"];

pub(super) fn is_scanner_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    let parts: Vec<&str> = lower.split('_').filter(|part| !part.is_empty()).collect();
    let is_word = |part: Option<&&str>| part.is_some_and(|part| SCANNER_WORDS.contains(part));
    is_word(parts.first()) || is_word(parts.last()) || lower.ends_with("scanner") || lower.ends_with("strategy")
}

pub(super) fn is_helper_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.starts_with('_') || HELPER_WORDS.contains(&lower.split('_').next().unwrap_or_default())
}

pub(super) fn is_market_word(word: &str) -> bool {
    let lower = word.to_lowercase();
    MARKET_WORDS.contains(&lower.as_str())
}

pub(super) fn is_series_method(word: &str) -> bool {
    SERIES_WORDS.contains(&word)
}

/// A scanner's name from that of its function or class: without `scan_`, `_scanner` and the like.
pub(super) fn scanner_name(entry: &str) -> String {
    let words = ["scan", "scanner", "screen", "screener", "find", "detect", "check", "strategy"];
    let mut name = entry.trim_matches('_');
    for word in words {
        name = name
            .strip_prefix(word)
            .and_then(|rest| rest.strip_prefix('_'))
            .filter(|rest| !rest.is_empty())
            .unwrap_or(name);
        name = name
            .strip_suffix(word)
            .and_then(|rest| rest.strip_suffix('_'))
            .filter(|rest| !rest.is_empty())
            .unwrap_or(name);
    }
    name.to_owned()
}
