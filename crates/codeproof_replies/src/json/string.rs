//! Texts in JSON as models write it: any quotes, any control characters, and quotes inside that nobody escaped.

/// Where a text stands: what may follow it tells a closing quote from one inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Key,
    ObjectValue,
    ArrayValue,
}

/// A text that was read.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) text: String,
    /// Byte behind the closing quote.
    pub(super) end: usize,
    /// The closing quote is there.
    pub(super) closed: bool,
}

/// Reads the text at byte `start`; `None` when no quote stands there.
pub(super) fn read(source: &str, start: usize, place: Place) -> Option<Text> {
    if let Some(quote) = ["\"\"\"", "'''"].into_iter().find(|quote| source[start..].starts_with(quote)) {
        return Some(read_tripled(source, start, quote));
    }
    let open = source[start..].chars().next()?;
    let closers: &[char] = match open {
        '"' => &['"'],
        '\'' => &['\''],
        '`' => &['`'],
        '“' | '”' | '„' => &['”', '“', '"'],
        '‘' | '’' => &['’', '‘', '\''],
        _ => return None,
    };
    let mut text = String::new();
    let mut at = start + open.len_utf8();
    loop {
        let rest = &source[at..];
        let Some(char) = rest.chars().next() else { return Some(Text { text, end: at, closed: false }) };
        let next = at + char.len_utf8();
        if char == '\\' {
            at = next + unescape(&source[next..], &mut text);
        } else if closers.contains(&char) && closes(source, next, place) {
            return Some(Text { text, end: next, closed: true });
        } else {
            text.push(char);
            at = next;
        }
    }
}

fn read_tripled(source: &str, start: usize, quote: &str) -> Text {
    let inner = &source[start + quote.len()..];
    match inner.find(quote) {
        Some(end) => Text { text: inner[..end].to_owned(), end: start + end + 2 * quote.len(), closed: true },
        None => Text { text: inner.to_owned(), end: source.len(), closed: false },
    }
}

/// Whether a quote before byte `at` closes its text, by what follows: no more than two tokens are looked at.
fn closes(source: &str, at: usize, place: Place) -> bool {
    let rest = skip_blanks(&source[at..]);
    let Some(next) = rest.chars().next() else { return true };
    match (place, next) {
        (Place::Key, _) => matches!(next, ':' | '='),
        (_, ',') => after_comma(skip_blanks(&rest[1..]), place),
        (Place::ObjectValue, '}') | (Place::ArrayValue, ']') => true,
        // The other bracket was forgotten, or this one stands in code.
        (_, '}' | ']') => skip_blanks(&rest[1..]).chars().next().is_none_or(|char| matches!(char, '}' | ']' | ',')),
        (_, '/') => rest.starts_with("//") || rest.starts_with("/*"),
        (_, '+') => starts_with_quote(skip_blanks(&rest[1..])),
        (_, ';') => true,
        // A forgotten comma: the next member follows, or the next element on a line of its own.
        (Place::ObjectValue, _) if is_quote(next) => is_key(rest),
        (Place::ArrayValue, _) if is_quote(next) => source[at..].len() > rest.len(),
        (Place::ArrayValue, '{') => true,
        (Place::ObjectValue, _) => source[at..source.len() - rest.len()].contains('\n') && is_key(rest),
        _ => false,
    }
}

/// What stands behind a comma shows whether it separates members or belongs to a text.
fn after_comma(rest: &str, place: Place) -> bool {
    let Some(next) = rest.chars().next() else { return true };
    match place {
        Place::ObjectValue => matches!(next, '}' | ']' | ',' | '/' | '#' | '{') || is_key(rest),
        _ => {
            is_quote(next)
                || matches!(next, '{' | '[' | ']' | '}' | ',' | '-' | '/' | '#' | '.' | '…')
                || next.is_ascii_digit()
                || ["true", "false", "null", "True", "False", "None"].iter().any(|word| rest.starts_with(word))
        }
    }
}

/// Whether a key starts here: a quote, or a bare word with a colon.
fn is_key(rest: &str) -> bool {
    if starts_with_quote(rest) {
        let inner = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
        let word = word_bytes(inner);
        let after = &inner[word..];
        return word > 0 && starts_with_quote(after) && {
            let after = &after[after.chars().next().map_or(0, char::len_utf8)..];
            skip_blanks(after).starts_with([':', '='])
        };
    }
    let word = word_bytes(rest);
    word > 0 && skip_blanks(&rest[word..]).starts_with(':')
}

/// The bytes of a word that may be a key; keys are short.
fn word_bytes(text: &str) -> usize {
    let is_part = |char: &char| char.is_alphanumeric() || matches!(char, '_' | '-' | '$' | ' ');
    text.chars().take(64).take_while(is_part).map(char::len_utf8).sum()
}

fn starts_with_quote(text: &str) -> bool {
    text.chars().next().is_some_and(is_quote)
}

fn is_quote(char: char) -> bool {
    matches!(char, '"' | '\'' | '`' | '“' | '”' | '„' | '‘' | '’')
}

fn skip_blanks(text: &str) -> &str {
    text.trim_start()
}

/// Reads what follows a backslash and returns its bytes. An escape that is none stays as it is written.
fn unescape(rest: &str, out: &mut String) -> usize {
    let Some(char) = rest.chars().next() else {
        out.push('\\');
        return 0;
    };
    let plain = match char {
        '"' | '\'' | '\\' | '/' | '`' => char,
        'n' | '\n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => match unicode(&rest[1..]) {
            Some((char, bytes)) => {
                out.push(char);
                return 1 + bytes;
            }
            None => {
                out.push_str("\\u");
                return 1;
            }
        },
        _ => {
            out.push('\\');
            char
        }
    };
    out.push(plain);
    char.len_utf8()
}

/// Reads `0041` or a pair `d83d\ude00`; half a pair is U+FFFD.
fn unicode(rest: &str) -> Option<(char, usize)> {
    let unit = |text: &str| {
        let digits = text.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(rest)?;
    if let Some(char) = char::from_u32(first) {
        return Some((char, 4));
    }
    let second = rest[4..].strip_prefix("\\u").and_then(unit).filter(|second| (0xdc00..0xe000).contains(second));
    match second {
        Some(second) if first < 0xdc00 => {
            let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            Some((char::from_u32(code).unwrap_or('\u{fffd}'), 10))
        }
        _ => Some(('\u{fffd}', 4)),
    }
}
