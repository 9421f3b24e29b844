//! Data in a path: of a file that is opened, loaded as code, or stored.
//!
//! Behind a folder of the program, data leaves it by `..` with a separator, so it needs a dot and a slash. Standing
//! first, data needs a separator to name anything outside of the working folder. Escapes mean nothing to a file system.

use super::{Danger, Piece, Place};
use crate::value::{Facts, Traits};

/// What stands before the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    /// Nothing, or the root: the data begins the path.
    Nothing,
    /// Text that fixes the folder, or at least the beginning of the first name.
    Fixed,
    /// `scheme://host/`: the path is one of another machine.
    Address,
}

pub(super) fn danger(place: Place<'_>) -> Danger {
    judge(place).unwrap_or_else(|| begins_path(place.facts, "begins the path, and so chooses the folder"))
}

/// As [`danger`]; standing first, data can also name a stream (`http://`, `php://filter/`), which needs slashes, too.
pub(super) fn danger_of_inclusion(place: Place<'_>) -> Danger {
    let how = "begins the path, and so chooses the folder or stream that is loaded as code";
    judge(place).unwrap_or_else(|| begins_path(place.facts, how))
}

/// An uploaded file does harm by its extension, which the server runs by, or by its folder.
pub(super) fn danger_of_upload(place: Place<'_>) -> Danger {
    let facts = place.facts;
    if facts.is_number() {
        return Danger::No("is a number");
    }
    if has_extension(place.after) {
        let how = "can leave the folder of uploads";
        return Danger::when(facts.holds("/\\"), how, "stands before a fixed extension and holds no separator");
    }
    let why_not = "holds neither a dot nor a separator, so it chooses no extension";
    Danger::when(facts.holds("./\\"), "chooses the extension under which the upload is stored", why_not)
}

/// The judgement where the working folder does not matter; `None` for data that begins the path.
fn judge(place: Place<'_>) -> Option<Danger> {
    let facts = place.facts;
    let base = base(place.before);
    let is_canonical = facts.traits.has(Traits::CANONICAL_PATH);
    let is_inside = facts.traits.has(Traits::INSIDE_FOLDER);
    if facts.is_number() {
        Some(Danger::No("is a number"))
    } else if facts.is_word() {
        Some(Danger::No("holds only letters, digits and underscores"))
    } else if base == Base::Address {
        Some(Danger::No("stands behind a fixed address, which is no file of this machine"))
    } else if is_inside && facts.traits.has(Traits::NO_PARENT) {
        Some(Danger::No("was checked to begin with a folder of the program and to hold no `..`"))
    } else if is_canonical && is_inside {
        Some(Danger::No("was resolved and then checked to stand in a folder of the program"))
    } else if (is_canonical || facts.traits.has(Traits::NO_PARENT)) && base == Base::Fixed {
        Some(Danger::No("stands behind a fixed folder and holds no `..`"))
    } else if is_inside || base == Base::Fixed {
        Some(leaves_folder(facts))
    } else {
        None
    }
}

fn base(before: &[Piece<'_>]) -> Base {
    match before {
        [] => Base::Nothing,
        [Piece::Known(text)] if text.bytes().all(|byte| matches!(byte, b'/' | b'\\')) => Base::Nothing,
        [Piece::Known(text), ..] if is_address(text) => Base::Address,
        // Text of the program fixes the folder. Data is judged by itself, and what follows goes on from there.
        [Piece::Known(_) | Piece::Unknown | Piece::Tainted(_), ..] => Base::Fixed,
    }
}

/// `scheme://host/…` of another machine.
fn is_address(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| scheme != "file" && rest.contains('/'))
}

fn leaves_folder(facts: &Facts) -> Danger {
    if !facts.holds("/\\") {
        return Danger::No("stands behind a fixed folder and holds no separator");
    }
    let how = "stands behind a fixed folder and can leave it by `../`";
    Danger::when(facts.holds("."), how, "stands behind a fixed folder and holds no dot")
}

fn begins_path(facts: &Facts, how: &'static str) -> Danger {
    Danger::when(facts.holds("/\\"), how, "begins the path and holds no separator")
}

/// Whether the last text behind the data ends with an extension that the program fixed.
fn has_extension(after: &[Piece<'_>]) -> bool {
    let Some(Piece::Known(text)) = after.last() else { return false };
    let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
    name.rsplit_once('.').is_some_and(|(_, extension)| {
        !extension.is_empty() && extension.len() <= 5 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
