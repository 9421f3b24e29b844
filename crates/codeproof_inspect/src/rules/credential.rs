//! Passwords and keys that stand in the text.

use super::super::value::{HOLE, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::{Call, Verdict};

/// What a verdict on a text says whose line must not be quoted as it is.
pub(in super::super) const HELD: &str = "holds a password or key";

/// Letters of a key at least; shorter ones are words.
const KEY_LETTERS_MIN: usize = 12;

/// Names, or their last parts, of what keeps a key.
const KEY_NAMES: &[&str] =
    &["key", "apikey", "api_key", "secret", "token", "access_key", "auth", "private_key", "client_secret", "bearer"];

const PASSWORD_NAMES: &[&str] = &["password", "passwd", "pwd", "passphrase"];

/// Beginnings of keys that their services give them.
const PREFIXES: &[&str] =
    &["AKIA", "ASIA", "sk_live_", "rk_live_", "ghp_", "gho_", "github_pat_", "xoxb-", "xoxp-", "glpat-", "sk-proj-"];

/// What stands where a key is to be filled in.
const PLACEHOLDERS: &[&str] = &[
    "your",
    "xxx",
    "example",
    "change",
    "placeholder",
    "insert",
    "dummy",
    "fake",
    "todo",
    "...",
    "enter",
    "replace",
    "demo",
];

/// `name = value`, `call(name=value)`, `{'name': value}`.
pub(in super::super) fn held(name: &str, value: &Value) -> Option<Verdict> {
    let Shape::Text(text) = &value.shape else { return None };
    let name = name.to_ascii_lowercase();
    let is_named = |names: &[&str]| names.iter().any(|known| name == *known || name.ends_with(&format!("_{known}")));
    let password =
        is_named(PASSWORD_NAMES) && text.len() >= 6 && text.bytes().any(|letter| !letter.is_ascii_lowercase());
    let key = (is_named(KEY_NAMES) || name.ends_with("apikey")) && is_like_a_key(text);
    let known = PREFIXES.iter().any(|prefix| text.starts_with(prefix)) && is_like_a_key(text);
    ((password || key || known) && !is_placeholder(text)).then(verdict)
}

/// A key in the address or the arguments of a call.
pub(super) fn judge(call: &Call<'_>) -> Option<Verdict> {
    let named = call.arguments.named.iter().find_map(|(name, value)| held(name.as_deref()?, value));
    let address = || {
        let text = call.arguments.positional.first()?.as_text()?;
        let query = text.split_once("://")?.1.split_once('?')?.1.to_owned();
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find_map(|(name, value)| held(&name.to_ascii_lowercase(), &Value::text(value)))
    };
    named.or_else(address)
}

fn is_like_a_key(text: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    !is_worded(text)
        && text.len() >= KEY_LETTERS_MIN
        && letters >= 4
        && digits >= 2
        && !text.contains([' ', '/', '{', '<', '\n'])
}

/// Words and numbers with something between them, `close_20d_avg`: a key of a dictionary, not of a service.
fn is_worded(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['_', '-', '.', ':', '|']).collect();
    let word = |part: &&str| {
        let ticker = part.len() <= 5 && part.bytes().all(|letter| letter.is_ascii_uppercase());
        ticker
            || part.len() <= 3
            || part.bytes().all(|letter| letter.is_ascii_lowercase())
            || part.bytes().all(|letter| letter.is_ascii_digit())
    };
    parts.len() > 1 && parts.iter().all(word)
}

fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    text.contains([HOLE, ' '])
        || PLACEHOLDERS.iter().any(|word| lower.contains(word))
        || text.starts_with(['$', '%', '<', '{'])
}

fn verdict() -> Verdict {
    Verdict::new(
        ThreatType::Credential,
        Level::Medium,
        HELD,
        "read keys from the environment, and make this one invalid",
    )
}
