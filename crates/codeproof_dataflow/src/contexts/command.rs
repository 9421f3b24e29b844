//! Data in a command that a shell runs, or in one argument of a program.
//!
//! POSIX shell, section 2.2: nothing escapes inside of single quotes, so a quote behind a backslash still ends them; in
//! double quotes `$` and backticks run, and a backslash takes their meaning away; outside of quotes nearly every mark
//! means something, and a blank begins another argument. What was quoted as one word must stand outside of quotes: inside
//! of them its own quotes end them.

use super::{Danger, Escape, Piece, Place};
use crate::value::{Facts, Traits};

/// Where in a command the next character will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Outside of quotes, where the name of a program is expected.
    Program,
    /// Outside of quotes, behind the program.
    Bare,
    Single,
    Double,
}

/// Substitutions in each other that are followed; deeper ones are taken for their outside.
const DEPTH_MAX: usize = 16;

/// What means something to a shell outside of quotes (POSIX shell, section 2.2), but for `~`, `=` and `%`, which at most
/// name another value.
const MARKS: &str = "|&;<>()$`\"'*?[]{}!#\n";

/// What begins another argument.
const BLANKS: &str = " \t";

/// Reads a command character by character.
struct Scanner {
    state: State,
    /// For each open substitution: where it stands, and what ends it.
    open: Vec<(State, char)>,
    previous: char,
    is_escaped: bool,
}

pub(super) fn danger(place: Place<'_>) -> Danger {
    let facts = place.facts;
    if facts.is_number() {
        return Danger::No("is a number");
    }
    match state_after(place.before) {
        State::Program => Danger::Yes("stands where the command names its program"),
        State::Bare if facts.traits.has(Traits::SHELL_WORD) => Danger::No("was quoted as one word of the shell"),
        State::Bare => danger_outside_quotes(facts),
        State::Single => {
            let how =
                "stands in single quotes of the command and can hold the quote that ends them; nothing escapes there";
            let ends = facts.brings("'", Escape::Nothing);
            Danger::when(ends, how, "stands in single quotes of the command and holds none")
        }
        State::Double => {
            let how = "stands in double quotes of the command and can hold `\"`, `$` or a backtick";
            let brings = facts.brings("\"$`", Escape::Backslash);
            Danger::when(
                brings,
                how,
                "stands in double quotes of the command and holds neither `\"`, `$` nor a backtick",
            )
        }
    }
}

/// One argument of a program that no shell reads: it can only be taken for an option.
pub(super) fn danger_of_argument(place: Place<'_>) -> Danger {
    let facts = place.facts;
    if !place.before.is_empty() {
        return Danger::No("stands behind the beginning of its argument");
    }
    if facts.traits.has(Traits::NO_OPTION) {
        return Danger::No("was checked to begin with a letter or digit");
    }
    if facts.is_number() {
        return Danger::No("is a number");
    }
    Danger::when(
        facts.holds("-"),
        "can begin with a dash and be taken for an option",
        "holds no dash, so it is no option",
    )
}

fn danger_outside_quotes(facts: &Facts) -> Danger {
    if facts.brings(MARKS, Escape::Backslash) {
        return Danger::Yes("stands outside of quotes in the command");
    }
    let how = "stands outside of quotes in the command and can add arguments";
    let why_not = "stands outside of quotes in the command, but holds no mark of the shell";
    Danger::when(facts.brings(BLANKS, Escape::Backslash), how, why_not)
}

fn state_after(pieces: &[Piece<'_>]) -> State {
    let mut scanner = Scanner { state: State::Program, open: Vec::new(), previous: ' ', is_escaped: false };
    for piece in pieces {
        match piece {
            Piece::Known(text) => text.chars().for_each(|char| scanner.read(char)),
            Piece::Unknown | Piece::Tainted(_) => {
                scanner.previous = 'x';
                scanner.is_escaped = false;
                if scanner.state == State::Program {
                    scanner.state = State::Bare;
                }
            }
        }
    }
    scanner.state
}

impl Scanner {
    fn read(&mut self, char: char) {
        let previous = std::mem::replace(&mut self.previous, char);
        if self.is_escaped {
            self.is_escaped = false;
            return;
        }
        match (self.state, char) {
            (State::Single, '\'') => self.state = State::Bare,
            (State::Single, _) => {}
            (_, '\\') => self.is_escaped = true,
            (_, '`' | ')') if self.open.last().is_some_and(|(_, end)| *end == char) => self.close(),
            (_, '`') => self.open('`'),
            (_, '(') if previous == '$' => self.open(')'),
            (State::Double, '"') => self.state = State::Bare,
            (State::Double, _) => {}
            (_, '"') => self.state = State::Double,
            (_, '\'') => self.state = State::Single,
            (_, ';' | '|' | '&' | '\n' | '(') => self.state = State::Program,
            (State::Program, ' ' | '\t') => {}
            // A blank ends the program's name; until then data would be a part of it.
            (State::Program, _) => self.state = State::Bare,
            (State::Bare, _) => {}
        }
    }

    fn open(&mut self, end: char) {
        if self.open.len() < DEPTH_MAX {
            self.open.push((self.state, end));
            self.state = State::Program;
        }
    }

    fn close(&mut self) {
        if let Some((outside, _)) = self.open.pop() {
            self.state = if outside == State::Program { State::Bare } else { outside };
        }
    }
}
