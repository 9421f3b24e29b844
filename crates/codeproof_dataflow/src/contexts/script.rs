//! Where in a script of a page a text stands, and what it can do there.
//!
//! Follows the lexical grammar of ECMAScript: a string ends with its own quote or, broken, with the line; a template also
//! runs `${…}`; whether `/` divides or begins a regular expression is told by whether an operand stands before it. A
//! string that is handed to `eval` or a timer is itself code. A lone backslash or line's end in a string breaks the
//! script but runs nothing, so neither is counted as danger.

use super::names::{Names, Progress, nodes};
use super::{Danger, Escape};
use crate::value::{Chars, Facts, Traits};

/// Calls that run the text they are given.
const RUNNING: &[&str] = &["eval(", "setTimeout(", "setInterval(", "setImmediate(", "execScript(", "Function("];
static RUNNING_NAMES: Names<{ nodes(RUNNING) }> = Names::new(RUNNING);

/// Where in a script the next character will stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct Script {
    state: State,
    /// How much of a call of [`RUNNING`] was read.
    call: Progress,
    /// Open braces since `${`; 0 outside of templates.
    depth: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
enum State {
    /// An operand is expected: `/` begins a regular expression.
    #[default]
    Bare,
    /// Behind an operand: `/` divides.
    Operand,
    /// Behind a `/` where an operand was expected, or behind one.
    Slash {
        divides: bool,
    },
    Quoted(Quote),
    Escaped(Quote),
    /// Behind `$` in a template.
    Dollar,
    Line,
    Block,
    BlockStar,
    Regex,
    RegexEscaped,
    RegexClass,
    RegexClassEscaped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Quote {
    Single,
    Double,
    /// The string is code itself.
    RunSingle,
    RunDouble,
    Template,
}

impl Quote {
    fn byte(self) -> u8 {
        match self {
            Self::Single | Self::RunSingle => b'\'',
            Self::Double | Self::RunDouble => b'"',
            Self::Template => b'`',
        }
    }
}

impl Script {
    /// The state behind one more byte.
    #[must_use]
    pub(super) fn behind(self, byte: u8) -> Self {
        let state = match self.state {
            State::Bare | State::Operand => return self.behind_code(byte),
            State::Slash { .. } if byte == b'/' => State::Line,
            State::Slash { .. } if byte == b'*' => State::Block,
            State::Slash { divides: true } => return Self { state: State::Bare, ..self }.behind_code(byte),
            State::Slash { divides: false } => return Self { state: State::Regex, ..self }.behind(byte),
            State::Quoted(quote) => return self.behind_quoted(quote, byte),
            State::Escaped(quote) => State::Quoted(quote),
            State::Dollar if byte == b'{' => return Self { state: State::Bare, depth: 1, call: Progress::START },
            State::Dollar if byte == b'$' => State::Dollar,
            State::Dollar => return self.behind_quoted(Quote::Template, byte),
            State::Line if byte == b'\n' => State::Bare,
            State::Line => State::Line,
            State::Block | State::BlockStar if byte == b'*' => State::BlockStar,
            State::BlockStar if byte == b'/' => State::Bare,
            State::Block | State::BlockStar => State::Block,
            // A regular expression does not go on in the next line.
            State::Regex | State::RegexEscaped | State::RegexClass | State::RegexClassEscaped if byte == b'\n' => {
                State::Bare
            }
            State::Regex => match byte {
                b'/' => State::Operand,
                b'\\' => State::RegexEscaped,
                b'[' => State::RegexClass,
                _ => State::Regex,
            },
            State::RegexEscaped => State::Regex,
            State::RegexClass => match byte {
                b']' => State::Regex,
                b'\\' => State::RegexClassEscaped,
                _ => State::RegexClass,
            },
            State::RegexClassEscaped => State::RegexClass,
        };
        Self { state, ..self }
    }

    fn behind_code(self, byte: u8) -> Self {
        let runs = RUNNING_NAMES.name(self.call).is_some();
        let is_name = byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || !byte.is_ascii();
        let call = match byte {
            b' ' | b'\t' | b'\r' | b'\n' if runs => self.call,
            b'(' => RUNNING_NAMES.next(self.call, byte).or_start(),
            _ if is_name => RUNNING_NAMES.next(self.call, byte),
            _ => Progress::START,
        };
        let mut depth = self.depth;
        let state = match byte {
            b'\'' if runs => State::Quoted(Quote::RunSingle),
            b'"' if runs => State::Quoted(Quote::RunDouble),
            b'\'' => State::Quoted(Quote::Single),
            b'"' => State::Quoted(Quote::Double),
            b'`' => State::Quoted(Quote::Template),
            b'/' => State::Slash { divides: self.state == State::Operand },
            b' ' | b'\t' | b'\r' | b'\n' => self.state,
            b')' | b']' => State::Operand,
            b'{' if depth > 0 => {
                depth = depth.saturating_add(1);
                State::Bare
            }
            b'}' if depth > 0 => {
                depth -= 1;
                if depth == 0 { State::Quoted(Quote::Template) } else { State::Bare }
            }
            _ if is_name => State::Operand,
            _ => State::Bare,
        };
        Self { state, call, depth }
    }

    fn behind_quoted(self, quote: Quote, byte: u8) -> Self {
        let state = match byte {
            b'\\' => State::Escaped(quote),
            b'$' if quote == Quote::Template => State::Dollar,
            // A string does not go on in the next line.
            b'\n' if quote != Quote::Template => State::Bare,
            _ if byte == quote.byte() => State::Operand,
            _ => State::Quoted(quote),
        };
        Self { state, ..self }
    }

    /// The state behind text that is not known.
    #[must_use]
    pub(super) fn behind_unknown(self) -> Self {
        let state = match self.state {
            State::Bare | State::Operand | State::Slash { .. } => State::Operand,
            State::Quoted(quote) | State::Escaped(quote) => State::Quoted(quote),
            State::Dollar => State::Quoted(Quote::Template),
            State::Line => State::Line,
            State::Block | State::BlockStar => State::Block,
            State::Regex | State::RegexEscaped => State::Regex,
            State::RegexClass | State::RegexClassEscaped => State::RegexClass,
        };
        Self { state, call: Progress::NOWHERE, ..self }
    }

    /// Whether data is dangerous here. What ends the script as a whole is for the page to judge.
    pub(super) fn danger(self, facts: &Facts) -> Danger {
        if facts.is_number() {
            return Danger::No("is a number");
        }
        match self.state {
            State::Bare | State::Operand | State::Slash { .. } => danger_of_code(facts),
            State::Quoted(Quote::RunSingle | Quote::RunDouble)
            | State::Escaped(Quote::RunSingle | Quote::RunDouble) => {
                let how = "stands in a string that the script runs as code";
                Danger::when(!facts.is_word(), how, "stands in a string that is run as code, but can call nothing")
            }
            State::Quoted(Quote::Template) | State::Escaped(Quote::Template) | State::Dollar => {
                let how = "stands in a template of a script and can end it or run `${…}`";
                Danger::when(
                    facts.brings("`$", Escape::Backslash),
                    how,
                    "stands in a template of a script and cannot end it",
                )
            }
            State::Quoted(quote) | State::Escaped(quote) => {
                let mark = if quote == Quote::Single { "'" } else { "\"" };
                let how = "stands in a string of a script and can hold the quote that ends it";
                Danger::when(
                    facts.brings(mark, Escape::Backslash),
                    how,
                    "stands in a string of a script and cannot end it",
                )
            }
            State::Line => {
                let how = "stands in a comment of a script and can hold the line's end";
                Danger::when(facts.holds("\n\r"), how, "stands in a comment of a script and cannot end it")
            }
            State::Block | State::BlockStar => {
                let how = "stands in a comment of a script and can hold what ends it";
                let ends = facts.holds("*") && facts.holds("/");
                Danger::when(ends, how, "stands in a comment of a script and cannot end it")
            }
            State::Regex | State::RegexEscaped | State::RegexClass | State::RegexClassEscaped => {
                let how = "stands in a regular expression of a script and can end it";
                Danger::when(
                    facts.brings("/\n", Escape::Backslash),
                    how,
                    "stands in a regular expression and cannot end it",
                )
            }
        }
    }
}

/// Outside of quotes: what is a value whatever it holds, or can only name one.
fn danger_of_code(facts: &Facts) -> Danger {
    if facts.traits.has(Traits::JSON) {
        return Danger::No("is one JSON value of a script");
    }
    let names = Chars::word().or(Chars::of(".+-"));
    let is_harmless = facts.is_quoted_literal() || facts.holds_only(names);
    let why_not = "stands outside of quotes in a script, but can call nothing";
    Danger::when(!is_harmless, "stands outside of quotes in a script", why_not)
}
