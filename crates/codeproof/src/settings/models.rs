//! `[models.NAME]`, `[budget]` and `[llm]` of the user's file: which models there are, what they may spend, what is
//! kept of what they said.
//!
//! What is stored with a scan is written by the `Serialize` of these types: it holds no text that could be a key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use codeproof_llm::{BudgetLimits, HeaderText, ModelConfig, OnExceed, Script};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::failure::Failure;

/// Days that prompts and answers are kept when nothing else is said; seed 000's default.
const EXCHANGES_DAYS: u32 = 30;
/// Stands where a text was that could be a key.
const MASK: &str = "***";
/// Nano-dollars of a dollar.
const NANO: f64 = 1e9;
/// US dollars above which a limit is a slip of the pen.
const COST_USD_MAX: f64 = 1e6;

/// A model of the settings.
#[derive(Debug, Clone)]
pub(crate) struct ModelSettings {
    /// What the user said.
    pub config: ModelConfig,
    /// The same as it was written, without what could be a key.
    shown: Value,
}

impl<'de> Deserialize<'de> for ModelSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut shown = Value::deserialize(deserializer)?;
        let config = ModelConfig::deserialize(&shown).map_err(D::Error::custom)?;
        mask(&mut shown, &config);
        Ok(Self { config, shown })
    }
}

impl Serialize for ModelSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.shown.serialize(serializer)
    }
}

/// Takes out of the settings of a model what a careless user may have written a key into.
fn mask(shown: &mut Value, config: &ModelConfig) {
    for (name, text) in &config.extra_headers {
        if matches!(text, HeaderText::Text(_))
            && let Some(header) = shown.get_mut("extra_headers").and_then(|headers| headers.get_mut(name))
        {
            *header = MASK.into();
        }
    }
    if let Some(url) = &config.base_url {
        shown["base_url"] = plain_url(url).into();
    }
    if let Some(members) = shown.get_mut("extra_body").and_then(Value::as_object_mut) {
        for text in members.values_mut().filter(|member| member.is_string()) {
            *text = MASK.into();
        }
    }
}

/// The URL without user, password, query and fragment.
pub(crate) fn plain_url(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{MASK}@{host}"),
        (None, Some((_, host))) => format!("{MASK}@{host}"),
        (_, None) => url.to_owned(),
    }
}

/// Names every model by its key and finds its script beside the settings file.
///
/// # Errors
/// When a model is given another name inside.
pub(super) fn named(models: &mut BTreeMap<String, ModelSettings>, folder: Option<&Path>) -> Result<(), Failure> {
    for (key, ModelSettings { config, .. }) in models {
        if !config.name.is_empty() && config.name != *key {
            return Err(Failure::usage(format_args!(
                "[models.{key}] calls itself {:?}; its name is the one in brackets",
                config.name
            ))
            .help("take `name` out; what the server calls it is `model`"));
        }
        config.name.clone_from(key);
        if let (Some(Script::File(path)), Some(folder)) = (&mut config.script, folder) {
            *path = folder.join(&*path);
        }
    }
    Ok(())
}

/// The environment variables that a model's settings name: keys, headers, signatures.
pub(crate) fn variables(config: &ModelConfig) -> Vec<String> {
    let mut names: Vec<String> = config.api_key_env.iter().cloned().collect();
    names.extend(config.extra_headers.values().filter_map(|text| match text {
        HeaderText::Variable { env } => Some(env.clone()),
        HeaderText::Text(_) => None,
    }));
    // With a bearer key nothing is signed.
    if let (Some(aws), None) = (&config.aws, &config.api_key_env) {
        names.extend([aws.access_key_id_env.clone(), aws.secret_access_key_env.clone()]);
    }
    names
}

/// What a scan may spend on models.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct BudgetSettings {
    /// US dollars; `"none"` lifts the limit.
    pub max_cost_usd: CostLimit,
    /// Tokens of prompts and answers together; no limit when absent.
    pub max_tokens: Option<u64>,
    /// What happens at a limit: `warn`, `pause` or `stop`.
    pub on_exceed: OnExceed,
}

impl BudgetSettings {
    /// The limits as the pool wants them.
    pub(crate) fn limits(&self) -> BudgetLimits {
        BudgetLimits { max_cost_nano_usd: self.max_cost_usd.0, max_tokens: self.max_tokens, on_exceed: self.on_exceed }
    }
}

/// Nano-dollars that a scan may cost; `None` is no limit. Written in dollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CostLimit(pub Option<u64>);

impl Default for CostLimit {
    fn default() -> Self {
        Self(BudgetLimits::default().max_cost_nano_usd)
    }
}

impl CostLimit {
    fn of_usd(usd: f64) -> Result<Self, String> {
        match (0.0..=COST_USD_MAX).contains(&usd) {
            true => Ok(Self(Some((usd * NANO).round() as u64))),
            false => Err(format!("{usd} is no cost limit; write US dollars, as 2.0, or \"none\"")),
        }
    }
}

impl std::str::FromStr for CostLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.parse()) {
            ("none", _) => Ok(Self(None)),
            (_, Ok(usd)) => Self::of_usd(usd),
            (_, Err(_)) => Err(format!("{text:?} is no cost limit; write US dollars, as 2.0, or \"none\"")),
        }
    }
}

impl<'de> Deserialize<'de> for CostLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limit = match Value::deserialize(deserializer)? {
            Value::String(word) => word.parse(),
            other => other.as_f64().ok_or_else(|| format!("{other} is no cost limit")).and_then(Self::of_usd),
        };
        limit.map_err(D::Error::custom)
    }
}

impl Serialize for CostLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(nano) => serializer.serialize_f64(nano as f64 / NANO),
            None => serializer.serialize_str("none"),
        }
    }
}

/// What holds for all models.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LlmSettings {
    /// Keep prompts and answers, compressed and with secrets masked.
    pub keep_exchanges: bool,
    /// Days that they are kept.
    pub exchanges_days: u32,
    /// Prices over the built-in ones, in the keys of LiteLLM's map.
    pub price_table: Option<PathBuf>,
    /// A proxy for all servers but those of this machine, `http://HOST:PORT`.
    #[serde(serialize_with = "without_password")]
    pub proxy: Option<String>,
}

impl Default for LlmSettings {
    fn default() -> Self {
        Self { keep_exchanges: true, exchanges_days: EXCHANGES_DAYS, price_table: None, proxy: None }
    }
}

fn without_password<S: Serializer>(proxy: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    proxy.as_deref().map(plain_url).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_of_a_model_holds_no_key() {
        let hidden = "hidden".repeat(2);
        let text = format!(
            "provider = 'openai'\nbase_url = 'https://me:{hidden}@example.com/v1?key={hidden}'\ntemperature = 0.5\n\
             extra_headers = {{ X-Title = '{hidden}', X-Team = {{ env = 'TEAM' }} }}\n\
             extra_body = {{ tier = '{hidden}', top_k = 20 }}"
        );
        let model: ModelSettings = toml::from_str(&text).unwrap();
        let stored = serde_json::to_string(&model).unwrap();
        assert!(!stored.contains(&hidden), "{stored}");
        for kept in ["openai", "TEAM", "\"top_k\":20", "https://***@example.com/v1", "0.5"] {
            assert!(stored.contains(kept), "{kept} is missing in {stored}");
        }
        assert_eq!(model.config.extra_headers.len(), 2);
    }

    #[test]
    fn cost_limits_are_dollars_or_none() {
        let limit = |text: &str| toml::from_str::<BudgetSettings>(text).map(|budget| budget.max_cost_usd.0);
        assert_eq!(limit(""), Ok(Some(2_000_000_000)));
        assert_eq!(limit("max_cost_usd = 0.25"), Ok(Some(250_000_000)));
        assert_eq!(limit("max_cost_usd = 3"), Ok(Some(3_000_000_000)));
        assert_eq!(limit("max_cost_usd = 'none'"), Ok(None));
        assert_eq!("2.5".parse::<CostLimit>(), Ok(CostLimit(Some(2_500_000_000))));
        for wrong in ["max_cost_usd = -1", "max_cost_usd = nan", "max_cost_usd = 'much'", "max_cost_usd = [1]"] {
            assert!(limit(wrong).is_err(), "{wrong}");
        }
        for text in ["max_cost_usd = 'none'", "max_cost_usd = 0.25", ""] {
            let budget: BudgetSettings = toml::from_str(text).unwrap();
            let stored = serde_json::to_value(&budget).unwrap();
            let again: BudgetSettings = serde_json::from_value(stored).unwrap();
            assert_eq!(again.max_cost_usd, budget.max_cost_usd);
        }
    }
}
