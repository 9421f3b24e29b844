//! Data in an XPath expression.
//!
//! XPath 1.0 knows no escape inside of quotes, neither a backslash nor doubling: the own quote ends them always. Outside
//! of quotes, words can at most name another node.

use super::{Danger, Escape, Piece, Place};

pub(super) fn danger(place: Place<'_>) -> Danger {
    let facts = place.facts;
    if facts.is_number() {
        return Danger::No("is a number");
    }
    match open_quote(place.before) {
        Some(quote) => {
            let how = "stands in quotes of the expression and can hold the quote that ends them; XPath knows no escape";
            let ends = facts.brings(quote, Escape::Nothing);
            Danger::when(ends, how, "stands in quotes of the expression and holds none of their kind")
        }
        None if facts.is_word() => Danger::No("stands outside of quotes in the expression, but holds no syntax"),
        None => Danger::Yes("stands outside of quotes in the expression"),
    }
}

/// The quote that is open behind `pieces`.
fn open_quote(pieces: &[Piece<'_>]) -> Option<&'static str> {
    let mut open = None;
    for piece in pieces {
        let Piece::Known(text) = piece else { continue };
        for char in text.chars() {
            open = match (open, char) {
                (None, '\'') => Some("'"),
                (None, '"') => Some("\""),
                (Some("'"), '\'') | (Some("\""), '"') => None,
                _ => open,
            };
        }
    }
    open
}
