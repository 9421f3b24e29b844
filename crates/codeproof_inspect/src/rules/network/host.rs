//! Where a request goes, as far as its address is known.

use super::super::super::value::{HOLE, Origins, Value};
use super::super::messengers;

/// Hosts where anybody can drop or fetch anything.
const DROPS: &[&str] = &[
    "pastebin.com",
    "hastebin",
    "paste.ee",
    "ghostbin",
    "transfer.sh",
    "file.io",
    "0x0.st",
    "anonfiles",
    "webhook.site",
    "requestbin",
    "pipedream.net",
    "ngrok",
    "burpcollaborator",
    "oast.",
    "interact.sh",
    ".onion",
    "serveo.net",
    "hookbin",
    "beeceptor",
    "termbin",
    "dnslog",
    "requestcatcher",
    "canarytokens",
    "trycloudflare",
];

/// What is known of where a request goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in super::super) enum Host {
    Named,
    Plain,
    Local,
    Numbered,
    Drop,
    /// The service of a cloud that gives keys to whoever asks.
    Metadata,
    /// A service that carries messages to the program's owner, by its name.
    Messenger(&'static str),
    Unknown,
}

pub(super) fn host_of(url: &Value) -> Host {
    let Some(text) = url.as_text() else {
        let whole = url.origins.any(Origins::CHANNEL) && !url.origins.any(Origins::KEY);
        return if whole { Host::Messenger("a messenger") } else { Host::Unknown };
    };
    let lower = text.to_lowercase();
    let (scheme, rest) = lower.split_once("://").unwrap_or(("https", &lower));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let numbers = !name.is_empty()
        && name.split('.').all(|part| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit()));
    match () {
        () if host.starts_with("169.254.169.254")
            || host.starts_with("metadata.google")
            || host.starts_with("100.100.100.200") =>
        {
            Host::Metadata
        }
        () if name == "localhost" || name.starts_with("127.") || name == "0.0.0.0" || name == "[::1]" => Host::Local,
        () if numbers || host.starts_with('[') || name.starts_with("0x") => Host::Numbered,
        () if let Some(name) = messengers::at_address(rest) => Host::Messenger(name),
        () if DROPS.iter().any(|one| rest.contains(one)) => Host::Drop,
        () if name.is_empty() || name.contains(HOLE) => Host::Unknown,
        () if scheme == "http" || scheme == "ws" || scheme == "ftp" => Host::Plain,
        () => Host::Named,
    }
}
