//! Messengers: services that carry a scanner's alerts to its owner. Each demands a key of its own, in the address, in a
//! header or in a field; that key goes to the service it belongs to. Anything else that is private has no place there.

use super::super::value::{Arguments, HOLE, Origins, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::{Call, Verdict};

const OWN: &str = "send nothing but what your scanners found, to a chat that only you read";

/// Addresses of messengers, with what each is called.
const ADDRESSES: &[(&str, &str)] = &[
    ("api.telegram.org/bot", "Telegram"),
    ("discord.com/api/", "Discord"),
    ("discordapp.com/api/", "Discord"),
    ("hooks.slack.com/", "Slack"),
    ("slack.com/api/", "Slack"),
    ("outlook.office.com/webhook", "Teams"),
    (".webhook.office.com/", "Teams"),
    ("api.pushover.net/", "Pushover"),
    ("api.pushbullet.com/", "Pushbullet"),
    ("notify-api.line.me/", "LINE"),
    ("api.line.me/", "LINE"),
    ("chat.googleapis.com/", "Google Chat"),
    ("qyapi.weixin.qq.com/", "WeCom"),
    ("oapi.dingtalk.com/", "DingTalk"),
    ("open.feishu.cn/", "Feishu"),
    ("open.larksuite.com/", "Lark"),
    ("sctapi.ftqq.com/", "ServerChan"),
    ("sc.ftqq.com/", "ServerChan"),
    ("pushplus.plus/", "PushPlus"),
    ("api.day.app/", "Bark"),
    ("ntfy.sh/", "ntfy"),
    ("maker.ifttt.com/", "IFTTT"),
    ("api.callmebot.com/", "CallMeBot"),
    ("api.twilio.com/", "Twilio"),
    ("api.prowlapp.com/", "Prowl"),
    ("graph.facebook.com/", "WhatsApp"),
];

/// Libraries of messengers.
const LIBRARIES: &[&str] = &[
    "aiogram.",
    "apprise.",
    "discord.",
    "discord_webhook.",
    "knockknock.",
    "line_notify.",
    "notifiers.",
    "pushbullet.",
    "pushover.",
    "pymsteams.",
    "pyrogram.",
    "pywhatkit.",
    "slack.",
    "slack_sdk.",
    "slackweb.",
    "telebot.",
    "telegram.",
    "telethon.",
    "twilio.",
    "vonage.",
];

/// Parts of the names of variables that hold a messenger's key, chat or address.
const VARIABLES: &[&str] = &[
    "TELEGRAM",
    "DISCORD",
    "SLACK",
    "PUSHOVER",
    "PUSHBULLET",
    "WHATSAPP",
    "TWILIO",
    "NTFY",
    "DINGTALK",
    "FEISHU",
    "WECOM",
    "IFTTT",
    "SERVERCHAN",
    "TEAMS_",
    "LINE_NOTIFY",
    "LINE_TOKEN",
    "LINE_CHANNEL",
    "BOT_TOKEN",
    "TG_",
    "BARK_",
];

/// Names of fields, or parts of them, in which a service is told who asks and for whom.
const FIELDS: &[&str] = &["token", "key", "secret", "auth", "user", "chat", "channel", "account", "password", "sid"];

/// What a messenger at this address is called; `rest` is the address after its scheme, in lower case.
pub(super) fn at_address(rest: &str) -> Option<&'static str> {
    // The host itself, not a path or a subdomain that ends like it.
    let host = |address: &str| {
        rest.find(address).is_some_and(|at| {
            let before = &rest[..at];
            !before.contains(['/', '?', '#'])
                && (before.is_empty() || address.starts_with('.') || before.ends_with('@'))
        })
    };
    ADDRESSES.iter().find(|(address, _)| host(address)).map(|(_, name)| *name)
}

/// Whether a function is of a messenger's library.
pub(super) fn is_library(path: &str) -> bool {
    LIBRARIES.iter().any(|library| path.starts_with(library))
}

/// Whether a variable of the environment is named like a messenger's key, or like an address that holds one.
pub(super) fn is_key_variable(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let holds =
        ["TOKEN", "KEY", "SECRET", "HOOK", "URL", "AUTH", "PASS", "CRED"].iter().any(|part| upper.contains(part));
    is_variable(name) && holds
}

/// Whether a variable of the environment is named like a messenger's: its key, its chat, its address.
pub(super) fn is_variable(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    VARIABLES.iter().any(|part| name.contains(part))
}

/// A request to a messenger.
pub(super) fn request(call: &Call<'_>, url: &Value, name: &str) -> (ThreatType, Level, String) {
    let origins = call.arguments.origins().with(url.origins);
    let address = has_foreign_key_in_address(url).then_some(Level::Critical);
    let foreign = address.max(foreign_key(call.arguments, &["url", "headers", "auth"], 1));
    let (level, why) = judged(origins, foreign, name);
    (if level == Level::Medium { ThreatType::ApiAbuse } else { ThreatType::DataExfiltration }, level, why)
}

/// A message by a library.
pub(super) fn message(call: &Call<'_>) -> Verdict {
    let foreign = foreign_key(call.arguments, &[], 0);
    let (level, why) = judged(call.arguments.origins(), foreign, "a messenger");
    let kind = if level == Level::Medium { ThreatType::ApiAbuse } else { ThreatType::DataExfiltration };
    Verdict::new(kind, level, why, OWN)
}

fn judged(origins: Origins, foreign: Option<Level>, name: &str) -> (Level, String) {
    match foreign {
        Some(Level::Critical) => (Level::Critical, format!("sends a key of something else to {name}")),
        _ if origins.any(Origins::OWN_TEXT) => (Level::Critical, format!("sends its own program text to {name}")),
        Some(level) => (level, format!("sends something of a file of keys to {name}")),
        None if origins.any(Origins::HOST) => {
            (Level::High, format!("sends the machine's or the user's name to {name}"))
        }
        None => (Level::Medium, format!("sends messages to {name}")),
    }
}

/// A key in a part of the address that is the message and not the service's own: `…?text=KEY`.
fn has_foreign_key_in_address(url: &Value) -> bool {
    let Some(text) = url.as_text().filter(|_| url.origins.any(Origins::KEY)) else { return false };
    let (path, query) = text.split_once('?').unwrap_or((&text, ""));
    let unknown = query.split('&').filter(|pair| pair.contains(HOLE));
    let mut fields = unknown.map(|pair| pair.split('=').next().unwrap_or(pair));
    // The service's own key is in the path, beside a messenger's variable there is no other; else a field names it.
    let own = path.contains(HOLE) && !url.origins.any(Origins::CHANNEL) || fields.clone().any(is_field);
    !own && fields.any(|field| !is_field(field))
}

/// How bad a key is in what is sent, elsewhere than where the service asks for one. Arguments of the names `apart`, and
/// the first ones by place, are not looked at.
fn foreign_key(arguments: &Arguments, apart: &[&str], skipped: usize) -> Option<Level> {
    let named = arguments.named.iter().filter(|(name, _)| {
        let name = name.as_deref().unwrap_or_default();
        !apart.contains(&name) && !is_field(name)
    });
    let values = arguments.positional.iter().skip(skipped).chain(named.map(|(_, value)| value));
    values.flat_map(Value::alternatives).filter_map(level_of_foreign_key).max()
}

fn level_of_foreign_key(value: &Value) -> Option<Level> {
    // An address is looked at by itself.
    if !value.origins.any(Origins::KEY) || value.as_text().is_some_and(|text| text.contains("://")) {
        return None;
    }
    match &value.shape {
        Shape::Dictionary(items) => {
            let texts = items.iter().filter(|(field, _)| field.as_text().is_none_or(|name| !is_field(&name)));
            texts.filter_map(|(_, value)| level_of_text(value)).max()
        }
        Shape::Object(class, arguments) if &**class == "json.dumps" => foreign_key(arguments, &[], 0),
        _ => level_of_text(value),
    }
}

/// A file of keys holds settings, too: a piece of one may be anything, the whole one is not.
fn level_of_text(value: &Value) -> Option<Level> {
    let whole = matches!(&value.shape, Shape::Object(class, _) if class.contains(".read"));
    let piece = value.origins.any(Origins::FILE) && !whole;
    value.origins.any(Origins::KEY).then_some(if piece { Level::High } else { Level::Critical })
}

/// Whether a field tells a service who asks and for whom.
pub(super) fn is_field(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with("id") || FIELDS.iter().any(|field| name.contains(field))
}
