//! What names say: of functions, of columns, of parameters. Names only tip the scales; what code does decides.

/// Words that begin or end the names of scanners.
const SCANNER_WORDS: &[&str] = &[
    "scan",
    "scanner",
    "scanners",
    "screen",
    "screener",
    "find",
    "finder",
    "detect",
    "detector",
    "signal",
    "signals",
    "setup",
    "setups",
    "strategy",
    "pattern",
    "validate",
    "check",
    "hits",
    "breakout",
    "breakouts",
];

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
    "test",
    "guarded",
    "retry",
    "forward",
    "backtest",
    "rank",
    "apply",
    "clean",
    "download",
    "update",
    "process",
    "helper",
    "has",
    "create",
    "render",
    "draw",
    "persist",
    "refresh",
    "resolve",
    "diagnose",
    "simulate",
    "insert",
    "upsert",
    "sync",
    "migrate",
    "aggregate",
    "normalize",
    "normalise",
    "enrich",
    "handle",
    "cleanup",
    "execute",
];

/// Words that end the names of classes around scanners: what holds, moves, shows and trades.
const SERVICE_WORDS: &[&str] = &[
    "api",
    "backtester",
    "bot",
    "buffer",
    "builder",
    "cache",
    "calculator",
    "client",
    "collector",
    "connector",
    "dashboard",
    "fetcher",
    "generator",
    "loader",
    "logger",
    "manager",
    "order",
    "portfolio",
    "position",
    "processor",
    "provider",
    "reader",
    "repository",
    "service",
    "simulator",
    "store",
    "supplementer",
    "tracker",
    "trade",
    "trader",
    "utils",
    "visualizer",
    "writer",
];

/// Words that, alone or as a part (`gap_pct`, `prev_close`, `ema9`), name columns of market data.
const MARKET_WORDS: &[&str] = &[
    "open",
    "high",
    "low",
    "close",
    "volume",
    "vol",
    "price",
    "gap",
    "atr",
    "ema",
    "sma",
    "vwap",
    "rvol",
    "rsi",
    "macd",
    "pct",
    "chg",
    "pdc",
    "adv",
    "slope",
    "range",
    "ohlc",
    "adx",
    "bollinger",
    "returns",
    "dollar",
    "dol",
    "obv",
    "mfi",
    "cci",
    "stoch",
    "stochastic",
    "supertrend",
    "donchian",
    "keltner",
    "ichimoku",
    "eps",
    "peg",
    "roe",
    "ebitda",
    "dividend",
    "strike",
    "theta",
    "vega",
    "ohlcv",
    "candle",
    "turnover",
    "fechamento",
    "abertura",
    "preco",
    "preço",
    "cierre",
    "apertura",
    "precio",
    "volumen",
];

/// The same in writing without spaces between words; a part of a name is enough.
const MARKET_SIGNS: &[&str] = &[
    "开盘",
    "收盘",
    "最高",
    "最低",
    "成交",
    "涨跌",
    "涨幅",
    "换手",
    "均线",
    "開盤",
    "收盤",
    "漲跌",
    "成交量",
    "始値",
    "終値",
    "高値",
    "安値",
    "出来高",
    "시가",
    "종가",
    "고가",
    "저가",
    "거래량",
];

/// Columns of one letter that vendors use, alone or with a number of bars: `h`, `c1`.
const BAR_LETTERS: &[&str] = &["o", "h", "l", "c", "v"];

/// Methods of tables and series that scanners use.
const SERIES_WORDS: &[&str] = &[
    "rolling",
    "shift",
    "pct_change",
    "ewm",
    "between",
    "groupby",
    "resample",
    "itertuples",
    "iterrows",
    "diff",
    "cummax",
    "cumsum",
    "nlargest",
    "expanding",
];

pub(super) fn is_scanner_name(name: &str) -> bool {
    let parts = parts(name);
    let is_word = |part: Option<&String>| part.is_some_and(|part| SCANNER_WORDS.contains(&part.as_str()));
    is_word(parts.first()) || is_word(parts.last())
}

pub(super) fn is_helper_name(name: &str) -> bool {
    name.starts_with('_') || parts(name).first().is_some_and(|first| HELPER_WORDS.contains(&first.as_str()))
}

/// Whether a class is named as what serves scanners is.
pub(super) fn is_service_name(name: &str) -> bool {
    !is_scanner_name(name) && parts(name).last().is_some_and(|last| SERVICE_WORDS.contains(&last.as_str()))
}

pub(super) fn is_market_word(word: &str) -> bool {
    market_word(word).is_some()
}

/// The word of market data in a column's name.
pub(super) fn market_word(word: &str) -> Option<&'static str> {
    if word.len() > 60 {
        return None;
    }
    let lower = word.to_lowercase();
    let bare = lower.trim_end_matches(|char: char| char.is_ascii_digit() || char == '_');
    let letter = BAR_LETTERS.iter().find(|letter| **letter == bare);
    let sign = || MARKET_SIGNS.iter().find(|sign| !word.is_ascii() && word.contains(**sign));
    let part = || parts(word).iter().find_map(|part| MARKET_WORDS.iter().find(|known| *known == part));
    letter.or_else(part).or_else(sign).copied()
}

pub(super) fn is_series_method(word: &str) -> bool {
    SERIES_WORDS.contains(&word)
}

/// The words of a name in lower case: `find_gap2` and `findGap2` are `find`, `gap`.
pub(super) fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = vec![String::new()];
    let mut before = '_';
    for char in name.chars().take(200) {
        let begins = char.is_uppercase() && before.is_lowercase();
        if !char.is_alphabetic() || begins {
            parts.push(String::new());
        }
        if char.is_alphabetic()
            && let Some(last) = parts.last_mut()
        {
            last.extend(char.to_lowercase());
        }
        before = char;
    }
    parts.retain(|part| !part.is_empty());
    parts
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
