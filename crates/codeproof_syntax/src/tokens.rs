//! How many tokens a language model reads in a text, estimated without any model's vocabulary.

/// Estimates the tokens of `text`: each piece of a word (split at `_` and where the case changes) of up to six letters
/// is one, each run of digits one for three, each other visible character one for two of the same kind, each line end
/// with its indentation one. Meant for code; O(bytes).
///
/// ```
/// assert_eq!(codeproof_syntax::estimate_tokens(""), 0);
/// assert_eq!(codeproof_syntax::estimate_tokens("return total"), 2);
/// ```
pub fn estimate_tokens(text: &str) -> u32 {
    let mut tokens = 0u32;
    let mut before = Kind::Blank;
    let mut length = 0u32;
    for c in text.chars() {
        let kind = Kind::of(c);
        let continues = match (before, kind) {
            (Kind::Lower | Kind::Upper, Kind::Lower) => length < 6,
            (Kind::Upper, Kind::Upper) => length < 4,
            (Kind::Digit, Kind::Digit) => length < 3,
            (Kind::Mark, Kind::Mark) => length < 2,
            (Kind::Line | Kind::Blank, Kind::Blank) | (Kind::Line, Kind::Line) => true,
            _ => false,
        };
        length = if continues { length + 1 } else { 1 };
        // A single blank goes with the word behind it; indentation goes with its line end.
        tokens += u32::from(!continues && kind != Kind::Blank);
        before = if kind == Kind::Blank && before == Kind::Line { Kind::Line } else { kind };
    }
    tokens
}

/// What decides whether two neighbours are one token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lower,
    Upper,
    Digit,
    Mark,
    Blank,
    Line,
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            '\n' => Self::Line,
            'a'..='z' => Self::Lower,
            'A'..='Z' => Self::Upper,
            '0'..='9' => Self::Digit,
            c if c.is_whitespace() => Self::Blank,
            c if c.is_ascii() => Self::Mark,
            _ => Self::Other,
        }
    }
}
