//! Headers a user adds to every request.

use codeproof_types::Secret;
use reqwest::header::{HeaderName, HeaderValue};
use serde::Deserialize;

use super::ModelConfig;
use crate::error::Error;

/// Headers whose value is a key by its nature: their text must not stand in a settings file.
const KEY_HEADERS: [&str; 7] = [
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "api-key",
    "x-goog-api-key",
    "cookie",
    "x-amz-security-token",
];

/// The value of an additional header.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum HeaderText {
    /// The text as it is sent.
    Text(String),
    /// The environment variable that holds it.
    Variable {
        /// The variable's name.
        env: String,
    },
}

/// Whether a header of that name carries a key.
pub(crate) fn carries_key(name: &str) -> bool {
    KEY_HEADERS.iter().any(|header| header.eq_ignore_ascii_case(name))
}

/// The additional headers of a model, with the values of their variables.
pub(crate) fn headers(
    config: &ModelConfig,
    look_up: &dyn Fn(&str) -> Result<Secret<String>, Error>,
) -> Result<Vec<(HeaderName, Secret<String>)>, Error> {
    let mut headers = Vec::with_capacity(config.extra_headers.len());
    for (name, value) in &config.extra_headers {
        let problem = |why: String| Error::InvalidConfig { model: config.name.clone(), field: "extra_headers", why };
        let header =
            HeaderName::try_from(name.as_str()).map_err(|_| problem(format!("{name:?} is no header's name")))?;
        let value = match value {
            HeaderText::Text(text) => Secret::new(text.clone()),
            HeaderText::Variable { env } => look_up(env)?,
        };
        if HeaderValue::from_str(value.expose()).is_err() {
            return Err(problem(format!("the value of {name} holds characters that no header may have")));
        }
        headers.push((header, value));
    }
    Ok(headers)
}
