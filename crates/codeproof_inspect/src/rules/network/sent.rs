//! What a request carries to a service: data, a fixed text, or only what logging in needs.

use super::super::super::value::{Origins, Shape, Value};
use super::super::super::verdict::{Level, ThreatType};
use super::super::{Call, messengers};
use super::Host;

/// Data that goes to a service.
pub(super) fn sent(call: &Call<'_>, host: Host, origins: Origins) -> (ThreatType, Level, String) {
    let given =
        ["data", "json", "files", "content", "body", "params"].iter().filter_map(|name| call.arguments.named(name));
    let payload: Vec<&Value> = given.chain(call.arguments.positional.iter().skip(1)).collect();
    let only_constants = payload.iter().all(|value| value.is_constant() || is_key_only(value));
    let (level, why) = match host {
        _ if origins.any(Origins::HOST) => (Level::High, "sends the machine's or the user's name out"),
        Host::Local => (Level::Medium, "sends data to a service on this machine"),
        Host::Named | Host::Plain if only_constants && call.arguments.named("files").is_none() => {
            (Level::Medium, "sends a fixed request to a service")
        }
        _ => (Level::High, "sends data to another machine"),
    };
    (ThreatType::DataExfiltration, level, why.to_owned())
}

/// A key, or a dictionary of keys, constants and settings: what logging in needs.
fn is_key_only(value: &Value) -> bool {
    let keys = Origins::KEY.with(Origins::CHANNEL);
    match &value.shape {
        Shape::Dictionary(items) => {
            let named = items.iter().any(|(_, value)| value.origins.any(keys));
            let grant = items.iter().any(|(field, _)| field.as_known_text().as_deref() == Some("grant_type"));
            items.iter().all(|(field, value)| is_setting(value, named) || grant && is_of_login(field, value))
        }
        _ => is_setting(value, false),
    }
}

/// A field of a login by OAuth, whatever holds its value.
fn is_of_login(field: &Value, value: &Value) -> bool {
    let name = field.as_known_text().unwrap_or_default().to_ascii_lowercase();
    let known = messengers::is_field(&name) || matches!(&*name, "code" | "redirect_uri" | "scope" | "code_verifier");
    let keys = Origins::KEY.with(Origins::CHANNEL).with(Origins::FILE).with(Origins::NETWORK).with(Origins::PARAMETER);
    known && value.origins.without(keys) == Origins::NONE
}

/// A constant, or a key as it came from the environment; with `settings` any other variable of it, too.
fn is_setting(value: &Value, settings: bool) -> bool {
    let keys = Origins::KEY.with(Origins::CHANNEL);
    value.alternatives().iter().all(|single| {
        let only_key = single.origins.any(keys) && single.origins.without(keys) == Origins::NONE;
        let variable = is_variable(single) && (only_key || settings && single.origins == Origins::NONE);
        single.is_constant() || variable || only_key && matches!(single.shape, Shape::Unknown)
    })
}

/// One variable of the environment.
fn is_variable(value: &Value) -> bool {
    let Shape::Object(class, _) = &value.shape else { return false };
    matches!(&**class, "os.getenv" | "os.environ.get" | "getpass.getpass")
}
