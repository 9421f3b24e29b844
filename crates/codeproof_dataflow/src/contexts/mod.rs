//! Whether data is dangerous at its place in a text that a sink reads: inside or outside of quotes in SQL, in which state
//! of an HTML page, in which word of a shell command, behind which part of an address or path.
//!
//! Pure functions over the pieces of the text. What the text around the data says comes from constants of the program;
//! what the data can hold comes from [`Facts`]. No name of a sanitiser is known here, only characters and how they are
//! escaped, so one that is right in one context is not believed in another. Taking a character away from the data never
//! makes it more dangerous.

use crate::kinds::SinkKind;
use crate::value::Facts;

mod address;
mod code;
mod command;
pub(crate) mod html;
mod ldap;
mod marks;
mod names;
mod path;
mod questions;
mod script;
mod sql;
mod style;
mod xpath;

use questions::Escape;

/// A piece of the text that reaches a sink.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Piece<'a> {
    /// Text of the program itself.
    Known(&'a str),
    /// Text that nobody outside chose, but which is not known here.
    Unknown,
    /// Tainted data.
    Tainted(&'a Facts),
}

/// Whether a piece is dangerous where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Danger {
    /// It can change what the sink does; how, as the end of a sentence that begins with the data: `stands outside of
    /// quotes in the query`.
    Yes(&'static str),
    /// It cannot; why, as the end of the same sentence: `stands in quotes and holds none`.
    No(&'static str),
}

impl Danger {
    /// `Yes(how)` when `dangerous`, else `No(why_not)`.
    fn when(dangerous: bool, how: &'static str, why_not: &'static str) -> Self {
        if dangerous { Self::Yes(how) } else { Self::No(why_not) }
    }
}

/// Tainted data among the pieces of a text.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    /// What stands before it.
    before: &'a [Piece<'a>],
    /// What is known of it.
    facts: &'a Facts,
    /// What stands behind it.
    after: &'a [Piece<'a>],
}

impl Place<'_> {
    /// The text right behind the data, when the program wrote it.
    fn known_after(&self) -> Option<&str> {
        match self.after.first() {
            Some(Piece::Known(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether the data is the whole text.
    fn is_all(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }
}

/// Judges the tainted piece `pieces[at]` in the text of a sink of `kind`.
pub(crate) fn danger(kind: SinkKind, pieces: &[Piece<'_>], at: usize) -> Danger {
    let Some(Piece::Tainted(facts)) = pieces.get(at) else {
        return Danger::No("is no data of others");
    };
    if facts.harmless.has(kind) {
        return Danger::No("was made harmless for this use");
    }
    let place = Place { before: &pieces[..at], facts, after: &pieces[at + 1..] };
    match kind {
        SinkKind::Sql => sql::danger(place),
        SinkKind::NoSql => code::danger_in_query(place),
        SinkKind::Command => command::danger(place),
        SinkKind::Arguments => command::danger_of_argument(place),
        SinkKind::Code => code::danger(place),
        SinkKind::Inclusion => path::danger_of_inclusion(place),
        SinkKind::Path => path::danger(place),
        SinkKind::Upload => path::danger_of_upload(place),
        SinkKind::Html => html_danger(place),
        SinkKind::Redirect => address::danger_of_redirect(place),
        SinkKind::Request => address::danger_of_request(place),
        SinkKind::Ldap => ldap::danger(place),
        SinkKind::Xpath => xpath::danger(place),
        SinkKind::Header => marks::danger_in_header(facts),
        SinkKind::Log => marks::danger_in_log(facts),
        SinkKind::Template => marks::danger_in_template(facts),
        SinkKind::Xml => marks::danger_in_xml(facts),
        SinkKind::Deserialization => marks::danger_in_objects(facts),
        SinkKind::Regex => marks::danger_in_regex(facts),
        SinkKind::Format => marks::danger_in_format(facts),
        SinkKind::Trust => Danger::Yes("is kept among what the program trusts"),
        SinkKind::Assignment => Danger::Yes("chooses which fields are set"),
        SinkKind::Dispatch => Danger::Yes("chooses what is called"),
        SinkKind::Access => Danger::Yes("chooses the object, and nobody asks whose it is"),
        SinkKind::Token => Danger::Yes("is given away as a token"),
        SinkKind::Cookie => Danger::Yes("also travels unencrypted"),
        SinkKind::Digest => Danger::Yes("is kept as proof"),
        SinkKind::Disclosure => Danger::Yes("is shown to the user"),
        SinkKind::Allocation => Danger::Yes("decides how much is allocated"),
    }
}

/// For a page that is one text; pages emitted piece by piece keep an [`html::HtmlState`] themselves.
fn html_danger(place: Place<'_>) -> Danger {
    let state = place.before.iter().fold(html::HtmlState::default(), |state, piece| match piece {
        Piece::Known(text) => state.after(text),
        Piece::Unknown | Piece::Tainted(_) => state.after_unknown(),
    });
    state.danger(place.facts)
}

#[cfg(test)]
mod tests;
