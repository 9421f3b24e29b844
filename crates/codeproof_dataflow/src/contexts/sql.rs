//! Data in an SQL query.
//!
//! Inside of quotes only the own quote ends them: `'`, `"`, `` ` `` or `]`. The dialect is not known, so a quote counts as
//! escaped behind a backslash (MySQL) and doubled (everyone). A lone backslash does harm where other data follows: it
//! takes the meaning of the closing quote away, and the next quote of the query ends the text instead. Outside of quotes only what is no syntax is harmless: numbers, lists of numbers,
//! whole literals and names, and words, which can at most name another column.

use super::{Danger, Escape, Piece, Place};
use crate::value::{Chars, Facts, Traits};

/// Where in a query the next character will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Bare,
    /// Behind `'\'`, which is a whole literal where the backslash is no escape (`ESCAPE '\'`). A further quote shows that
    /// it was `'\''`, where the backslash is one.
    BehindBackslashLiteral,
    /// Between quotes: the character that ends them, and how far in.
    Quoted(char, Within),
    /// `--` to the end of the line.
    Line,
    /// `/*` to `*/`.
    Block,
}

/// How far inside of quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Start,
    Inside,
    /// Behind a backslash that is not the first character.
    Escaped,
    /// Behind a backslash that is the first character.
    EscapedAtStart,
}

/// Reads a query character by character.
struct Scanner {
    state: State,
    /// The character before.
    previous: char,
}

pub(super) fn danger(place: Place<'_>) -> Danger {
    let facts = place.facts;
    if facts.is_number() {
        return Danger::No("is a number");
    }
    match state_after(place.before) {
        State::Bare | State::BehindBackslashLiteral if place.is_all() => {
            Danger::when(!is_harmless_bare(facts), "is the query", "cannot be a query")
        }
        State::Bare | State::BehindBackslashLiteral => {
            let why_not = "stands outside of quotes in the query, but holds no syntax";
            Danger::when(!is_harmless_bare(facts), "stands outside of quotes in the query", why_not)
        }
        State::Quoted(quote, _) => {
            let ends = facts.brings(quote.encode_utf8(&mut [0; 4]), Escape::BackslashOrDoubling);
            if !ends && takes_quote_away(place, quote) {
                return Danger::Yes(
                    "can hold a backslash before the quote that ends it, so that data behind it is read as SQL",
                );
            }
            let how = "stands in quotes of the query and can hold the quote that ends them";
            Danger::when(ends, how, "stands in quotes of the query and cannot end them")
        }
        State::Line => {
            let how = "stands in a comment of the query and can hold the line's end";
            Danger::when(facts.holds("\n\r"), how, "stands in a comment of the query and cannot end it")
        }
        State::Block => {
            let how = "stands in a comment of the query and can hold what ends it";
            let ends = facts.holds("*") && facts.holds("/");
            Danger::when(ends, how, "stands in a comment of the query and cannot end it")
        }
    }
}

/// Whether data brings a backslash of its own in quotes where MySQL reads one, and other data that is no word follows.
/// Who doubles quotes writes for a dialect that reads none.
fn takes_quote_away(place: Place<'_>, quote: char) -> bool {
    let follows = |piece: &Piece<'_>| match piece {
        Piece::Tainted(facts) => !facts.is_number() && !is_harmless_bare(facts),
        Piece::Known(_) | Piece::Unknown => false,
    };
    matches!(quote, '\'' | '"')
        && place.facts.brings("\\", Escape::Backslash)
        && !place.facts.doubled.0.has(quote)
        && place.after.iter().any(follows)
}

fn is_harmless_bare(facts: &Facts) -> bool {
    let names = Chars::word().or(Chars::of(".+-"));
    let numbers = Chars::number().or(Chars::of(", "));
    facts.traits.has(Traits::SQL_LITERAL)
        || facts.traits.has(Traits::SQL_NAME)
        || facts.is_quoted_literal()
        || facts.holds_only(names)
        || facts.holds_only(numbers)
}

fn state_after(pieces: &[Piece<'_>]) -> State {
    let mut scanner = Scanner { state: State::Bare, previous: ' ' };
    for piece in pieces {
        match piece {
            Piece::Known(text) => text.chars().for_each(|char| scanner.read(char)),
            Piece::Unknown | Piece::Tainted(_) => scanner.pass_unknown(),
        }
    }
    scanner.state
}

impl Scanner {
    fn read(&mut self, char: char) {
        let previous = std::mem::replace(&mut self.previous, char);
        self.state = match self.state {
            State::BehindBackslashLiteral if char == '\'' => State::Bare,
            State::Bare | State::BehindBackslashLiteral => self.read_bare(char, previous),
            State::Quoted('\'', Within::EscapedAtStart) if char == '\'' => State::BehindBackslashLiteral,
            State::Quoted(quote, Within::Escaped | Within::EscapedAtStart) => State::Quoted(quote, Within::Inside),
            State::Quoted(quote, _) if char == quote => State::Bare,
            State::Quoted(quote @ ('\'' | '"'), Within::Start) if char == '\\' => {
                State::Quoted(quote, Within::EscapedAtStart)
            }
            State::Quoted(quote @ ('\'' | '"'), Within::Inside) if char == '\\' => {
                State::Quoted(quote, Within::Escaped)
            }
            State::Quoted(quote, _) => State::Quoted(quote, Within::Inside),
            State::Line if char == '\n' => State::Bare,
            State::Block if char == '/' && previous == '*' => State::Bare,
            state @ (State::Line | State::Block) => state,
        }
    }

    fn read_bare(&mut self, char: char, previous: char) -> State {
        match char {
            '\'' | '"' | '`' => State::Quoted(char, Within::Start),
            // `[name]` of SQL Server; `x[1]` and `ARRAY[…]` are no quotes.
            '[' if !(previous.is_alphanumeric() || matches!(previous, '_' | ']' | ')')) => {
                State::Quoted(']', Within::Start)
            }
            '-' if previous == '-' => State::Line,
            '*' if previous == '/' => {
                self.previous = ' ';
                State::Block
            }
            _ => State::Bare,
        }
    }

    fn pass_unknown(&mut self) {
        self.previous = 'x';
        self.state = match self.state {
            State::Quoted(quote, _) => State::Quoted(quote, Within::Inside),
            State::BehindBackslashLiteral => State::Bare,
            state => state,
        };
    }
}
