//! Whether data is dangerous at its place in a text that a sink reads: inside or outside of quotes in SQL, in which state
//! of an HTML page, in which word of a shell command, behind which part of an address or path.
//!
//! Pure functions over the pieces of the text. What the text around the data says comes from constants of the program;
//! what the data can hold comes from [`Facts`].

use crate::kinds::SinkKind;
use crate::value::Facts;

pub(crate) mod html;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Danger {
    /// It can change what the sink does; how, as the end of a sentence that begins with the data: `stands outside of
    /// quotes in the query`.
    Yes(&'static str),
    /// It cannot; why, as the end of the same sentence: `stands in quotes and holds none`.
    No(&'static str),
}

/// Judges the tainted piece `pieces[at]` in the text of a sink of `kind`.
pub(crate) fn danger(kind: SinkKind, pieces: &[Piece<'_>], at: usize) -> Danger {
    let _ = (pieces, at);
    Danger::Yes(match kind {
        SinkKind::Sql => "is part of the query",
        _ => "is not made harmless",
    })
}
