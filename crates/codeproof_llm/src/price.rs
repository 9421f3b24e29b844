//! What tokens cost: the built-in table, a user's table over it, a user's own word over both.
//!
//! Both tables have the keys of LiteLLM's public price map, so that a downloaded copy can be used as it is:
//! `input_cost_per_token`, `output_cost_per_token`, `cache_read_input_token_cost`, `cache_creation_input_token_cost`, all
//! in US dollars, and the same with `_above_{N}k_tokens`, which then hold for all tokens of a prompt that long. An entry
//! `_table` with `version` names the table. A model that is in no table has no price, which is not the same as 0.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::config::{ConfigPrice, ModelConfig};
use crate::error::Error;
use crate::providers::Provider;
use crate::record::Usage;

const BUILT_IN: &str = include_str!("price/table.json");
/// The version of a price that stands in the settings.
const SETTINGS_VERSION: &str = "settings";
/// The version of a table that names none.
const UNNAMED_VERSION: &str = "file";

/// Prices by model.
#[derive(Clone, Debug)]
pub struct PriceTable {
    entries: BTreeMap<String, (Price, Arc<str>)>,
    version: Arc<str>,
}

/// What one model's tokens cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    base: Rates,
    /// Rates of longer prompts: from how many tokens on, ascending.
    long: Vec<(u64, Rates)>,
}

/// Pico-dollars (1e-12 USD) per token: fine enough for the cheapest cached token, and exact in sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rates {
    input: u64,
    output: u64,
    cached_input: u64,
    cache_write: u64,
}

impl PriceTable {
    /// The table this program was built with.
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN).expect("the built-in table is read by a test")
    }

    /// The built-in table with the entries of a file over it.
    ///
    /// # Errors
    /// When the file cannot be read, is no JSON object, or an entry's price is no amount.
    pub fn with_file(path: &Path) -> Result<Self, Error> {
        let problem = |why: String| Error::PriceTable { path: path.to_owned(), why };
        let text = std::fs::read_to_string(path).map_err(|error| problem(format!("it cannot be read: {error}")))?;
        let file = Self::parse(&text).map_err(problem)?;
        let mut table = Self::built_in();
        table.version = format!("{} over {}", file.version, table.version).into();
        table.entries.extend(file.entries);
        Ok(table)
    }

    /// What the table is called.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Every model with its price, by name, and the version of the table it stands in.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Price, &str)> {
        self.entries.iter().map(|(name, (price, version))| (name.as_str(), price, &**version))
    }

    /// A model's price and the version of what says so: its settings, else the tables, by the server's name for it,
    /// alone and behind the provider's usual prefix.
    pub fn price_of(&self, config: &ModelConfig) -> Option<(Price, Arc<str>)> {
        if let Some(price) = &config.price {
            return Some((Price::from(price), SETTINGS_VERSION.into()));
        }
        if config.provider == Provider::Scripted {
            return Some((Price::FREE, SETTINGS_VERSION.into()));
        }
        let name = config.served_name();
        let host = config.base_url.as_deref().unwrap_or_default();
        let prefix = match config.provider {
            Provider::Gemini => "gemini/",
            Provider::Bedrock => "bedrock/",
            Provider::OpenAi if host.contains("//openrouter.ai/") => "openrouter/",
            _ => "",
        };
        self.entries.get(&format!("{prefix}{name}")).or_else(|| self.entries.get(name)).cloned()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let json: BTreeMap<String, Value> =
            serde_json::from_str(text).map_err(|error| format!("it is no JSON object: {error}"))?;
        let version = json.get("_table").and_then(|table| table.get("version")?.as_str());
        let version: Arc<str> = version.unwrap_or(UNNAMED_VERSION).into();
        let mut entries = BTreeMap::new();
        for (name, entry) in &json {
            if let Some(price) = Price::from_entry(entry).map_err(|why| format!("{name}: {why}"))? {
                entries.insert(name.clone(), (price, Arc::clone(&version)));
            }
        }
        Ok(Self { entries, version })
    }
}

impl Price {
    const FREE: Self = Self { base: Rates { input: 0, output: 0, cached_input: 0, cache_write: 0 }, long: Vec::new() };

    /// The cost of `usage`, in nano-dollars, rounded up.
    pub fn cost_nano_usd(&self, usage: &Usage) -> u64 {
        let rates = self.long.iter().rev().find(|(from, _)| usage.input_tokens > *from).map_or(&self.base, |(_, r)| r);
        let special = usage.cached_input_tokens.saturating_add(usage.cache_write_tokens);
        let parts = [
            (usage.input_tokens.saturating_sub(special), rates.input),
            (usage.cached_input_tokens, rates.cached_input),
            (usage.cache_write_tokens, rates.cache_write),
            (usage.output_tokens, rates.output),
        ];
        let pico: u128 = parts.iter().map(|(tokens, rate)| u128::from(*tokens) * u128::from(*rate)).sum();
        u64::try_from(pico.div_ceil(1_000)).unwrap_or(u64::MAX)
    }

    /// Dollars per million tokens of short prompts: input, output.
    pub fn usd_per_million(&self) -> (f64, f64) {
        let usd = |pico: u64| pico as f64 / 1e6;
        (usd(self.base.input), usd(self.base.output))
    }

    /// `None` for entries without prices of tokens: the public map also prices pictures, pages and seconds.
    fn from_entry(entry: &Value) -> Result<Option<Self>, String> {
        let (Some(input), Some(output)) =
            (rate(entry, "input_cost_per_token", "")?, rate(entry, "output_cost_per_token", "")?)
        else {
            return Ok(None);
        };
        let base = Rates {
            input,
            output,
            cached_input: rate(entry, "cache_read_input_token_cost", "")?.unwrap_or(input),
            cache_write: rate(entry, "cache_creation_input_token_cost", "")?.unwrap_or(input),
        };
        let mut long = Vec::new();
        for (suffix, from) in long_suffixes(entry) {
            let of = |key: &str, short: u64| rate(entry, key, &suffix).map(|long| long.unwrap_or(short));
            let rates = Rates {
                input: of("input_cost_per_token", base.input)?,
                output: of("output_cost_per_token", base.output)?,
                cached_input: of("cache_read_input_token_cost", base.cached_input)?,
                cache_write: of("cache_creation_input_token_cost", base.cache_write)?,
            };
            long.push((from, rates));
        }
        long.sort_by_key(|(from, _)| *from);
        Ok(Some(Self { base, long }))
    }
}

impl From<&ConfigPrice> for Price {
    fn from(price: &ConfigPrice) -> Self {
        let rate = |usd_per_million: f64| pico(usd_per_million / 1e6).unwrap_or(u64::MAX);
        let input = rate(price.input_usd_per_million);
        let cached_input = price.cached_input_usd_per_million.map_or(input, rate);
        let output = rate(price.output_usd_per_million);
        Self { base: Rates { input, output, cached_input, cache_write: input }, long: Vec::new() }
    }
}

/// The tiers an entry names, from `input_cost_per_token_above_200k_tokens`: the suffix, and the tokens.
fn long_suffixes(entry: &Value) -> Vec<(String, u64)> {
    let keys = entry.as_object().into_iter().flat_map(|entry| entry.keys());
    let tier = |key: &String| {
        let rest = key.strip_prefix("input_cost_per_token_above_")?;
        let thousands: u64 = rest.strip_suffix("k_tokens")?.parse().ok()?;
        Some((format!("_above_{thousands}k_tokens"), thousands.saturating_mul(1_000)))
    };
    keys.filter_map(tier).collect()
}

fn rate(entry: &Value, key: &str, suffix: &str) -> Result<Option<u64>, String> {
    match entry.get(format!("{key}{suffix}")) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let usd = value.as_f64().ok_or_else(|| format!("{key} is no number"))?;
            pico(usd).map(Some).ok_or_else(|| format!("{key} is no amount: {usd}"))
        }
    }
}

/// Dollars as whole pico-dollars; `None` for what is negative, endless or absurd (over a dollar per token).
fn pico(usd: f64) -> Option<u64> {
    (0.0..=1.0).contains(&usd).then(|| (usd * 1e12).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(input_tokens: u64, cached_input_tokens: u64, cache_write_tokens: u64, output_tokens: u64) -> Usage {
        Usage { input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, ..Usage::default() }
    }

    #[test]
    fn costs_are_exact_and_long_prompts_have_their_rate() {
        let table = r#"{"_table": {"version": "t"}, "m": {
            "input_cost_per_token": 1.25e-06, "output_cost_per_token": 1e-05, "cache_read_input_token_cost": 2.5e-10,
            "cache_creation_input_token_cost": 2e-06, "input_cost_per_token_above_200k_tokens": 2.5e-06,
            "output_cost_per_token_above_200k_tokens": 1.5e-05}, "picture": {"output_cost_per_image": 0.04}}"#;
        let table = PriceTable::parse(table).expect("it is a table");
        let mut config = ModelConfig::new("m", Provider::OpenAi);
        let (price, version) = table.price_of(&config).expect("it has a price");
        assert_eq!((&*version, table.entries().count()), ("t", 1));
        assert_eq!(price.cost_nano_usd(&usage(1_000, 0, 0, 100)), 1_250_000 + 1_000_000);
        assert_eq!(price.cost_nano_usd(&usage(1_000, 600, 300, 0)), 125_000 + 150 + 600_000);
        assert_eq!(price.cost_nano_usd(&usage(1, 1, 0, 0)), 1, "a quarter of a nano-dollar is not nothing");
        assert_eq!(price.cost_nano_usd(&usage(200_000, 0, 0, 0)), 250_000_000);
        assert_eq!(price.cost_nano_usd(&usage(200_001, 0, 0, 1)), 500_002_500 + 15_000);
        assert_eq!(price.cost_nano_usd(&usage(u64::MAX, 0, 0, u64::MAX)), u64::MAX);
        config.model = Some("another".to_owned());
        assert_eq!(table.price_of(&config), None);
        config.price = Some(ConfigPrice {
            input_usd_per_million: 0.5,
            output_usd_per_million: 0.0,
            cached_input_usd_per_million: None,
        });
        let (price, version) = table.price_of(&config).expect("the settings say so");
        assert_eq!((price.cost_nano_usd(&usage(3, 1, 0, 9)), &*version), (1_500, "settings"));
    }

    #[test]
    fn a_table_with_a_wrong_price_is_refused() {
        for wrong in ["-1e-6", "\"dear\"", "5"] {
            let table = format!(r#"{{"m": {{"input_cost_per_token": {wrong}, "output_cost_per_token": 0}}}}"#);
            let why = PriceTable::parse(&table).expect_err("a wrong price");
            assert!(why.starts_with("m: input_cost_per_token is no"), "{why}");
        }
        assert!(PriceTable::parse("[]").is_err());
    }

    #[test]
    fn the_built_in_table_is_whole() {
        let table = PriceTable::built_in();
        assert!(table.version().contains("2026"), "{}", table.version());
        assert!(table.entries().count() > 40);
        let mut gemini = ModelConfig::new("g", Provider::Gemini);
        gemini.model = Some("gemini-2.5-pro".to_owned());
        assert_eq!(table.price_of(&gemini).map(|(price, _)| price.usd_per_million()), Some((1.25, 10.0)));
        gemini.model = Some("gemini-3-pro-preview".to_owned());
        assert_eq!(table.price_of(&gemini), None, "withdrawn models have no price, rather than none to pay");
    }
}
