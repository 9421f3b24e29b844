//! Data in an address: where a browser is sent, or a request goes.
//!
//! What decides is the host. Data that stands behind `https://host/`, `/path` or `?` cannot change it; data that begins the
//! address needs a scheme's `:` or the two slashes (browsers read `\` as one) of another host; data inside of the host
//! chooses it. Follows the URL standard's states: scheme, authority, path.

use super::{Danger, Piece, Place};
use crate::value::Traits;

/// Where in an address the data stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spot {
    /// In a header that is none of an address.
    OtherHeader,
    /// At the beginning.
    Start,
    /// Right behind `/`, which a second one makes the beginning of a host.
    Slash,
    /// Behind `scheme://`, where the host begins.
    Host,
    /// Behind the beginning of the host.
    InHost,
    /// Behind the host, or in a relative address.
    Fixed,
}

pub(super) fn danger_of_redirect(place: Place<'_>) -> Danger {
    danger(place, "/\\:")
}

/// A request may also go to a bare name with a dot.
pub(super) fn danger_of_request(place: Place<'_>) -> Danger {
    danger(place, "/\\:.")
}

/// `start_marks`: what data at the beginning needs to name a host.
fn danger(place: Place<'_>, start_marks: &str) -> Danger {
    let facts = place.facts;
    match spot(place.before) {
        Spot::Start | Spot::Slash | Spot::InHost if facts.is_number() => Danger::No("is a number"),
        Spot::OtherHeader => Danger::No("stands in a header that sends nobody anywhere"),
        _ if facts.traits.has(Traits::LOCAL_URL) => Danger::No("was checked to stay on a host of the program"),
        Spot::Start if facts.traits.has(Traits::BEGINS_WITH_SLASH) => {
            let how = "begins the address with a slash, and can have another one behind it, which begins a host";
            Danger::when(facts.holds("/\\"), how, "begins the address, but can name no host")
        }
        Spot::Start => {
            let how = "begins the address and so chooses the host";
            Danger::when(facts.holds(start_marks), how, "begins the address, but can name no host")
        }
        Spot::Slash => {
            let how = "stands behind one `/` and can begin a host by another";
            Danger::when(facts.holds("/\\"), how, "stands behind a fixed `/` and holds none")
        }
        Spot::Host if is_fixed_domain(place) => {
            let how = "stands at the beginning of the host and can end it";
            Danger::when(facts.holds("/\\?#@:"), how, "chooses only a part of a host that the program fixed")
        }
        Spot::Host => Danger::Yes("stands where the address names its host"),
        Spot::InHost if facts.traits.has(Traits::BEGINS_WITH_SLASH) => {
            Danger::No("begins with a slash, which ends the host of the address")
        }
        Spot::InHost => {
            let how = "stands in the host of the address and can extend it";
            Danger::when(facts.holds(".@"), how, "stands behind the host and holds neither a dot nor `@`")
        }
        Spot::Fixed => Danger::No("stands behind the host of the address"),
    }
}

/// Whether the text behind the data goes on with a domain: `.example.org`.
fn is_fixed_domain(place: Place<'_>) -> bool {
    place.known_after().is_some_and(|text| {
        let mut chars = text.chars();
        chars.next() == Some('.') && chars.next().is_some_and(char::is_alphanumeric)
    })
}

fn spot(before: &[Piece<'_>]) -> Spot {
    let Some((first, rest)) = before.split_first() else { return Spot::Start };
    let Piece::Known(text) = first else { return Spot::Fixed };
    let Some(address) = address_in(text) else { return Spot::OtherHeader };
    if let Some(authority) = authority_of(address) {
        let ends_host = |text: &str| text.contains(['/', '\\', '?', '#']);
        let is_behind = rest.iter().any(|piece| match piece {
            Piece::Known(text) => ends_host(text),
            // A host the program chose is taken to be all of it.
            Piece::Unknown => true,
            Piece::Tainted(_) => false,
        });
        return match authority {
            _ if ends_host(authority) || is_behind => Spot::Fixed,
            "" if rest.is_empty() => Spot::Host,
            _ => Spot::InHost,
        };
    }
    match address {
        _ if !rest.is_empty() => Spot::Fixed,
        "" => Spot::Start,
        "/" => Spot::Slash,
        _ if is_part_of_scheme(address) => Spot::Host,
        _ => Spot::Fixed,
    }
}

/// The address in a text that may be a whole header; `None` when the header has another purpose. Blanks and quotes that
/// a program wrongly puts around it are passed over.
fn address_in(text: &str) -> Option<&str> {
    let wrapping: &[char] = &[' ', '\t', '\'', '"'];
    let text = text.trim_start_matches(wrapping);
    let Some((name, value)) = text.split_once(':') else { return Some(text) };
    if name.eq_ignore_ascii_case("location") {
        return Some(value.trim_start_matches(wrapping));
    }
    if name.eq_ignore_ascii_case("refresh") {
        let lower = value.to_ascii_lowercase();
        let start = lower.find("url=").map_or(value.len(), |start| start + 4);
        return Some(value[start..].trim_start_matches(wrapping));
    }
    let is_header_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let is_header = is_header_name && (value.starts_with(' ') || name.contains('-'));
    if is_header { None } else { Some(text) }
}

/// What stands behind `scheme://` or a leading `//`.
fn authority_of(address: &str) -> Option<&str> {
    if let Some(rest) = address.strip_prefix("//") {
        return Some(rest);
    }
    let (scheme, rest) = address.split_once("://")?;
    let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    is_scheme.then_some(rest)
}

/// Whether data can complete the scheme: `http`, `https:/`.
fn is_part_of_scheme(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    "https://".starts_with(&lower) || "http://".starts_with(&lower)
}
