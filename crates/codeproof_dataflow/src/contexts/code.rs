//! Data in code that is run: of PHP, Python or, for queries of document databases, JavaScript.
//!
//! Inside of quotes the own quote ends them, unless it stands behind a backslash; double quotes also run `$name` and
//! `{$…}` in PHP, and every quote of a Python f-string runs `{…}`. Outside of quotes a word can at most name a value: it
//! calls nothing.

use super::{Danger, Escape, Piece, Place};

/// Where in code the next character will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Bare,
    /// `'…'`, `"…"`, `` `…` ``.
    Quoted {
        quote: char,
        is_formatted: bool,
    },
    /// `#` or `//` to the end of the line.
    Line,
    /// `/*` to `*/`.
    Block,
}

pub(super) fn danger(place: Place<'_>) -> Danger {
    let facts = place.facts;
    if facts.is_number() {
        return Danger::No("is a number");
    }
    match state_after(place.before) {
        State::Bare if facts.is_word() => Danger::No("stands outside of quotes in the code, but can call nothing"),
        State::Bare if facts.is_quoted_literal() => Danger::No("was checked to be one literal in quotes"),
        State::Bare if place.is_all() => Danger::Yes("is the code"),
        State::Bare => Danger::Yes("stands outside of quotes in the code"),
        State::Quoted { quote: '`', .. } => {
            Danger::when(!facts.is_word(), "stands in a command of the code", "stands in a command and is one word")
        }
        State::Quoted { quote, is_formatted } => {
            let marks = match (quote, is_formatted) {
                ('\'', false) => "'",
                ('\'', true) => "'{",
                (_, false) => "\"$",
                (_, true) => "\"${",
            };
            let how = "stands in quotes of the code and can hold what ends them or runs inside";
            let brings = facts.brings(marks, Escape::Backslash);
            Danger::when(brings, how, "stands in quotes of the code and can neither end them nor run inside")
        }
        State::Line => {
            let how = "stands in a comment of the code and can hold the line's end";
            Danger::when(facts.holds("\n\r"), how, "stands in a comment of the code and cannot end it")
        }
        State::Block => {
            let how = "stands in a comment of the code and can hold what ends it";
            let ends = facts.holds("*") && facts.holds("/");
            Danger::when(ends, how, "stands in a comment of the code and cannot end it")
        }
    }
}

/// A query of a document database: a text with data in it is code; data alone can be a whole condition (`{"$ne": ""}`)
/// unless it is a number or a word.
pub(super) fn danger_in_query(place: Place<'_>) -> Danger {
    if !place.is_all() {
        return danger(place);
    }
    let facts = place.facts;
    if facts.is_number() {
        return Danger::No("is a number");
    }
    Danger::when(!facts.is_word(), "can be a condition instead of a value", "is one word, so no condition")
}

fn state_after(pieces: &[Piece<'_>]) -> State {
    let mut state = State::Bare;
    let mut previous = ' ';
    let mut is_escaped = false;
    for piece in pieces {
        let Piece::Known(text) = piece else {
            previous = 'x';
            is_escaped = false;
            continue;
        };
        for char in text.chars() {
            if is_escaped {
                is_escaped = false;
            } else if matches!(state, State::Quoted { .. }) && char == '\\' {
                is_escaped = true;
            } else {
                state = state.behind(char, previous);
            }
            previous = char;
        }
    }
    state
}

impl State {
    fn behind(self, char: char, previous: char) -> Self {
        match (self, char) {
            (Self::Bare, '\'' | '"' | '`') => Self::Quoted { quote: char, is_formatted: matches!(previous, 'f' | 'F') },
            (Self::Bare, '#') => Self::Line,
            (Self::Bare, '/') if previous == '/' => Self::Line,
            (Self::Bare, '*') if previous == '/' => Self::Block,
            (Self::Quoted { quote, .. }, _) if quote == char => Self::Bare,
            (Self::Line, '\n') => Self::Bare,
            (Self::Block, '/') if previous == '*' => Self::Bare,
            _ => self,
        }
    }
}
