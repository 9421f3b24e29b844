//! Libraries of market data and of brokers: what fetches, and what trades.

/// Libraries that fetch market data.
const MARKET_DATA: &[&str] = &[
    "yfinance.",
    "pandas_datareader.",
    "ccxt.",
    "polygon.",
    "alpaca_trade_api.",
    "alpha_vantage.",
    "tiingo.",
    "quandl.",
    "nasdaqdatalink.",
    "finnhub.",
    "twelvedata.",
    "openalgo.",
    "nsepy.",
    "jugaad_data.",
    "akshare.",
    "baostock.",
    "tushare.",
    "fredapi.",
    "ib_insync.",
    "ib_async.",
    "kiteconnect.",
    "smartapi.",
    "fyers_api.",
    "alpaca.",
    "binance.",
];

/// Whether a function of such a library fetches: not what is then done with the table it gave.
pub(super) fn fetches(path: &str) -> bool {
    let Some(rest) = MARKET_DATA.iter().find_map(|library| path.strip_prefix(library)) else { return false };
    let name = rest.rsplit('.').next().unwrap_or(rest);
    let word = [
        "get", "fetch", "download", "history", "query", "load", "list_", "historic", "quote", "intraday", "req",
        "connect",
    ];
    let begins = word.iter().any(|word| name.to_ascii_lowercase().starts_with(word));
    begins || name.starts_with(|letter: char| letter.is_ascii_uppercase()) || !rest.contains('.')
}

/// Whether a function of such a library, or of a broker's, trades.
pub(super) fn trades(path: &str) -> bool {
    let broker = MARKET_DATA.iter().any(|library| path.starts_with(library));
    let name = path.rsplit('.').next().unwrap_or(path).to_ascii_lowercase();
    let trades = [
        "create_order",
        "create_market",
        "create_limit",
        "submit_order",
        "place",
        "cancel_order",
        "cancelorder",
        "cancel_all",
        "close_position",
    ];
    broker && trades.iter().any(|word| name.starts_with(word))
}
