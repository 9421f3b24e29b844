//! Text as it is compared: blanks only where they separate words, nothing invisible, no comma behind the last of a list,
//! one kind of quotes, masked secrets of one length.

/// Words that stand in any code: a quote made of nothing else is found everywhere and says nothing.
const COMMON_WORDS: &[&str] = &[
    "begin", "break", "catch", "continue", "default", "do", "done", "else", "end", "endif", "false", "finally", "fi",
    "if", "nil", "none", "null", "nullptr", "ok", "pass", "return", "self", "this", "throw", "true", "try", "void",
    "while",
];

/// Fewest characters of a quote that may be looked for elsewhere than where it was claimed: `x = y;` is too little,
/// `gets(s)` is not.
const DISTINCT_CHARACTERS_MIN: usize = 6;

/// Stars from which on they are a masked secret; fewer are pointers and powers.
const MASK_STARS_MIN: usize = 4;

/// Characters of a text that are compared, with the index of the line each stands in.
#[derive(Default)]
pub(super) struct Folded {
    pub(super) text: String,
    /// For each byte of the text its line, counted from 0.
    pub(super) lines: Vec<usize>,
    gap: bool,
    stars: usize,
}

impl Folded {
    /// Appends a line; a line end separates words as a blank does.
    pub(super) fn push_line(&mut self, line: &str, index: usize) {
        line.chars().for_each(|c| self.push(c, index));
        self.gap = true;
    }

    fn push(&mut self, c: char, line: usize) {
        if is_nothing(c) {
            return;
        }
        if c.is_whitespace() {
            self.gap = true;
            return;
        }
        self.stars = if c == '*' || is_mask(c) { self.stars + 1 } else { 0 };
        if self.stars > MASK_STARS_MIN {
            return;
        }
        if self.gap && is_word(c) && self.text.chars().next_back().is_some_and(is_word) {
            self.append(' ', line);
        }
        self.gap = false;
        if matches!(c, ')' | ']' | '}') && self.text.ends_with(',') {
            self.text.pop();
            self.lines.truncate(self.text.len());
        }
        self.append(plain(c), line);
    }

    fn append(&mut self, c: char, line: usize) {
        self.text.push(c);
        self.lines.resize(self.text.len(), line);
    }
}

/// A text of one or more lines as it is compared.
pub(super) fn fold(text: &str) -> String {
    let mut folded = Folded::default();
    text.lines().for_each(|line| folded.push_line(line, 0));
    folded.text
}

/// Whether a text holds a word that does not stand in any code.
pub(super) fn says_something(text: &str) -> bool {
    let words = text.split(|c: char| !is_word(c));
    words
        .filter(|word| word.len() > 1 && !word.starts_with(|c: char| c.is_ascii_digit()))
        .any(|word| !COMMON_WORDS.contains(&word.to_ascii_lowercase().as_str()))
}

/// Whether folded text can be looked for anywhere: long enough, and more than words of any code.
pub(super) fn is_distinct(folded: &str) -> bool {
    folded.chars().count() >= DISTINCT_CHARACTERS_MIN && says_something(folded)
}

/// Whether folded text is one name and nothing else: it stands in many lines, and only one of them is meant.
pub(super) fn is_bare_word(folded: &str) -> bool {
    folded.chars().all(is_word)
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Characters that readers drop from answers, and those that prompts show in their place.
fn is_nothing(c: char) -> bool {
    matches!(c, '\u{fffd}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{061c}' | '\u{feff}')
        || (c.is_control() && !c.is_whitespace())
}

/// The character that is compared: models change one kind of quotes into another.
fn plain(c: char) -> char {
    match c {
        '\'' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => '"',
        c if is_mask(c) => '*',
        c => c,
    }
}

/// What stands for a longer character of a masked secret.
fn is_mask(c: char) -> bool {
    matches!(c, '·' | '•' | '\u{1f512}')
}
