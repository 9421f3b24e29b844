//! SQL as words: quoting, comments and the ends of statements as MySQL, PostgreSQL and SQLite write them. One pass, and
//! text that never closes a quote simply ends.

use std::borrow::Cow;

/// Tokens of one statement that are kept; what follows in it is data.
const TOKENS_MAX: usize = 200_000;

/// Bytes of a name in brackets that are looked through for its end.
const NAME_BYTES_MAX: usize = 130;

/// How a database reads backslashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::schema) enum Dialect {
    /// MySQL and MariaDB: a backslash in a text escapes what follows.
    Escapes,
    /// PostgreSQL, SQLite and SQL Server: it is a character like others.
    Plain,
}

impl Dialect {
    /// The dialect of a driver.
    pub(in crate::schema) fn of_driver(driver: &str) -> Self {
        match driver {
            "pgsql" | "sqlite" | "sqlsrv" => Self::Plain,
            _ => Self::Escapes,
        }
    }
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// In backticks, brackets or double quotes.
    Quoted,
    /// In single quotes or dollars.
    Text,
    Number,
    Symbol,
}

/// A piece of SQL and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    /// Without its quotes.
    inner: &'t str,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl<'t> Token<'t> {
    /// Whether it is this keyword or symbol.
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Symbol) && self.inner.eq_ignore_ascii_case(word)
    }

    /// As written between its quotes, doubled quotes made single.
    pub(super) fn text(&self) -> Cow<'t, str> {
        for (kind, double, single) in
            [(Kind::Text, "''", "'"), (Kind::Quoted, "``", "`"), (Kind::Quoted, "\"\"", "\""), (Kind::Text, "\\'", "'")]
        {
            if self.kind == kind && self.inner.contains(double) {
                return Cow::Owned(self.inner.replace(double, single));
            }
        }
        Cow::Borrowed(self.inner)
    }
}

/// One statement.
#[derive(Debug)]
pub(super) struct Statement<'t> {
    pub(super) tokens: Vec<Token<'t>>,
    pub(super) text: &'t str,
    /// The lines of `COPY … FROM stdin`.
    pub(super) data: &'t str,
}

/// Reads statements one after the other.
pub(super) struct Statements<'t> {
    text: &'t str,
    at: usize,
    dialect: Dialect,
    delimiter: &'t str,
    /// Whether it stands in `/*! … */`, which MySQL runs.
    in_run_comment: bool,
}

impl<'t> Statements<'t> {
    pub(super) fn new(text: &'t str, dialect: Dialect) -> Self {
        Self { text, at: 0, dialect, delimiter: ";", in_run_comment: false }
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn line(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
        self.at += end;
        rest[..end].trim()
    }

    /// Skips blanks and comments.
    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("--") || trimmed.starts_with('#') {
                self.line();
            } else if let Some(inner) = trimmed.strip_prefix("/*!") {
                let digits = inner.len() - inner.trim_start_matches(|it: char| it.is_ascii_digit()).len();
                self.at += 3 + digits;
                self.in_run_comment = true;
            } else if trimmed.starts_with("/*") {
                self.at += trimmed.find("*/").map_or(trimmed.len(), |end| end + 2);
            } else if self.in_run_comment && trimmed.starts_with("*/") {
                self.at += 2;
                self.in_run_comment = false;
            } else {
                return;
            }
        }
    }

    /// The end of a text that is closed by `quote`, behind it.
    fn quoted(&self, quote: u8, escapes: bool) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        while let Some(byte) = bytes.get(at) {
            if escapes && *byte == b'\\' {
                at += 2;
            } else if *byte == quote {
                if bytes.get(at + 1) != Some(&quote) {
                    return at + 1;
                }
                at += 2;
            } else {
                at += 1;
            }
        }
        bytes.len()
    }

    /// `$$ … $$`, `$tag$ … $tag$`: the tag with its dollars.
    fn dollar_tag(&self) -> Option<&'t str> {
        let rest = self.rest();
        let end = rest[1..].find('$')? + 2;
        let tag = &rest[..end];
        let is_tag = tag[1..end - 1].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_tag.then_some(tag)
    }

    fn token(&mut self) -> Option<Token<'t>> {
        let start = self.at;
        let first = *self.text.as_bytes().get(start)?;
        let (kind, end, margin) = match first {
            b'\'' => (Kind::Text, self.quoted(b'\'', self.dialect == Dialect::Escapes), 1),
            b'`' => (Kind::Quoted, self.quoted(b'`', false), 1),
            b'"' => (Kind::Quoted, self.quoted(b'"', self.dialect == Dialect::Escapes), 1),
            b'[' => match self.rest().bytes().take(NAME_BYTES_MAX).position(|byte| byte == b']') {
                Some(end) if self.rest()[1..end].bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_') => {
                    (Kind::Quoted, start + end + 1, 1)
                }
                _ => (Kind::Symbol, start + 1, 0),
            },
            b'$' => match self.dollar_tag() {
                Some(tag) => {
                    let body = self.text.get(start + tag.len()..).unwrap_or_default();
                    let end = body.find(tag).map_or(self.text.len(), |end| start + end + 2 * tag.len());
                    (Kind::Text, end, tag.len())
                }
                None => (Kind::Symbol, start + 1, 0),
            },
            b'0'..=b'9' => (Kind::Number, start + run(self.rest(), |it| it.is_ascii_alphanumeric() || it == '.'), 0),
            _ => match run(self.rest(), |it| it.is_alphanumeric() || matches!(it, '_' | '$' | '{' | '}' | '@')) {
                0 => (Kind::Symbol, start + self.rest().chars().next().map_or(1, char::len_utf8), 0),
                length => (Kind::Word, start + length, 0),
            },
        };
        let end = floor(self.text, end);
        self.at = end;
        let inner_end = floor(self.text, end.saturating_sub(margin).max(start + margin)).min(end);
        let inner = self.text.get((start + margin).min(inner_end)..inner_end).unwrap_or_default();
        Some(Token { kind, inner, start, end })
    }

    /// The next statement with something in it.
    pub(super) fn next_statement(&mut self) -> Option<Statement<'t>> {
        loop {
            self.skip();
            if self.at >= self.text.len() {
                return None;
            }
            if self.rest().starts_with('\\') {
                // A command of psql.
                self.line();
                continue;
            }
            if self.rest().len() > 9
                && self.rest().as_bytes()[..9].eq_ignore_ascii_case(b"delimiter")
                && self.rest().as_bytes()[9].is_ascii_whitespace()
            {
                self.delimiter = self.line()[9..].trim();
                if self.delimiter.is_empty() {
                    self.delimiter = ";";
                }
                continue;
            }
            let statement = self.statement();
            if !statement.tokens.is_empty() {
                return Some(statement);
            }
        }
    }

    fn statement(&mut self) -> Statement<'t> {
        let start = self.at;
        let mut end = start;
        let mut tokens: Vec<Token<'t>> = Vec::new();
        let mut routine = Routine::default();
        loop {
            self.skip();
            if self.delimiter != ";" && self.rest().starts_with(self.delimiter) {
                self.at += self.delimiter.len();
                break;
            }
            let Some(token) = self.token() else { break };
            if self.delimiter == ";" && token.is(";") && !routine.is_open() {
                break;
            }
            routine.see(&token, tokens.len());
            end = token.end;
            if tokens.len() < TOKENS_MAX {
                tokens.push(token);
            }
        }
        let is_copy = tokens.first().is_some_and(|it| it.is("copy")) && tokens.last().is_some_and(|it| it.is("stdin"));
        let data = if is_copy { self.copied() } else { "" };
        Statement { tokens, text: self.text.get(start..end).unwrap_or_default(), data }
    }

    /// The lines behind `COPY … FROM stdin;` up to `\.`.
    fn copied(&mut self) -> &'t str {
        self.line();
        let start = self.at;
        while self.at < self.text.len() {
            let before = self.at;
            if self.line() == "\\." {
                return &self.text[start..before];
            }
        }
        &self.text[start..]
    }
}

/// How many bytes from the start satisfy a condition.
fn run(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|character| !is_part(character)).unwrap_or(text.len())
}

/// The nearest boundary of a character at or in front of a place.
fn floor(text: &str, place: usize) -> usize {
    let mut place = place.min(text.len());
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}

/// The body of a trigger, function or procedure: its semicolons end no statement.
#[derive(Debug, Default)]
struct Routine {
    is_create: bool,
    is_routine: bool,
    depth: u32,
    after_end: bool,
}

impl Routine {
    fn is_open(&self) -> bool {
        self.depth > 0
    }

    fn see(&mut self, token: &Token<'_>, place: usize) {
        if place == 0 {
            self.is_create = token.is("create");
        }
        if !self.is_create {
            return;
        }
        if place < 4 && ["table", "index", "view"].iter().any(|word| token.is(word)) {
            self.is_create = false;
            return;
        }
        if place < 16 && ["trigger", "procedure", "function", "event"].iter().any(|word| token.is(word)) {
            self.is_routine = true;
        }
        if !self.is_routine {
            return;
        }
        let reopens = self.after_end && ["if", "loop", "while", "repeat"].iter().any(|word| token.is(word));
        let opens = token.is("begin") || (token.is("case") && !self.after_end);
        if reopens || opens {
            self.depth += 1;
        } else if token.is("end") {
            self.depth = self.depth.saturating_sub(1);
        }
        self.after_end = token.is("end");
    }
}
