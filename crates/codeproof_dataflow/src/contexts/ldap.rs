//! Data in a search filter or name of a directory.
//!
//! RFC 4515: a value of a filter is ended by parentheses, widened by `*`, cut by NUL. A backslash introduces two hex
//! digits that stand for a literal character, so it does no harm alone. RFC 4514: a name is ended by `,`, `+`, `;`, takes
//! a new attribute by `=`, and `"`, `<`, `>`, `\` have a meaning of their own.

use super::{Danger, Escape, Piece, Place};

pub(super) fn danger(place: Place<'_>) -> Danger {
    let facts = place.facts;
    if facts.is_number() {
        return Danger::No("is a number");
    }
    if is_name(place.before) {
        let how = "stands in a directory name and can hold what ends a part of it";
        let brings = facts.brings(",+\"\\<>;=\0", Escape::Backslash);
        return Danger::when(brings, how, "stands in a directory name and cannot end its part");
    }
    let how = "stands in a directory filter and can hold parentheses or `*`";
    Danger::when(facts.holds("()*\0"), how, "stands in a directory filter and holds neither parentheses nor `*`")
}

/// Whether the text before is of a name (`cn=`, `uid=…,ou=`) and not of a filter, which begins with a parenthesis.
fn is_name(before: &[Piece<'_>]) -> bool {
    match before.first() {
        Some(Piece::Known(text)) => !text.contains('(') && text.contains('=') && !text.trim_start().starts_with('!'),
        _ => false,
    }
}
