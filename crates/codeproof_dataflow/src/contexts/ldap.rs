//! Data in a search filter or name of a directory.
//!
//! RFC 4515: a value of a filter is ended by parentheses, widened by `*`, cut by NUL. A backslash introduces two hex
//! digits that stand for a literal character, so it does no harm alone. RFC 4514: a part of a name is ended by `,`, `+`,
//! `;`, and `=`, `"`, `<`, `>`, `\` have a meaning of their own there.

use super::{Danger, Escape, Piece, Place};

pub(super) fn danger(place: Place<'_>) -> Danger {
    let facts = place.facts;
    if facts.is_number() {
        return Danger::No("is a number");
    }
    if is_name(place) {
        let how = "stands in a directory name and can hold what ends a part of it";
        let brings = facts.brings(",+\"\\<>;=\0", Escape::Backslash);
        return Danger::when(brings, how, "stands in a directory name and cannot end its part");
    }
    let how = "stands in a directory filter and can hold parentheses or `*`";
    Danger::when(facts.holds("()*\0"), how, "stands in a directory filter and holds neither parentheses nor `*`")
}

/// Whether the text is a name of several parts (`uid=…,ou=people`). A filter has parentheses, or is a single comparison.
fn is_name(place: Place<'_>) -> bool {
    let known = || {
        place.before.iter().chain(place.after).filter_map(|piece| match piece {
            Piece::Known(text) => Some(*text),
            Piece::Unknown | Piece::Tainted(_) => None,
        })
    };
    let has_further_part = |text: &str| text.split_once(',').is_some_and(|(_, rest)| rest.contains('='));
    !known().any(|text| text.contains('(')) && known().any(has_further_part)
}
