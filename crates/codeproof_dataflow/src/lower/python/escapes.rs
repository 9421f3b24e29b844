//! Escape sequences of string literals.

/// Which sequences of a literal mean something.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Escapes {
    /// Backslashes stand for themselves.
    pub(super) is_raw: bool,
    /// `\u`, `\U` and `\N` stand for themselves.
    pub(super) is_bytes: bool,
    /// `{{` and `}}` are one brace.
    pub(super) doubles_braces: bool,
}

/// Appends what `source`, the inside of a literal, means. Lines end with `\n` whatever the file has.
pub(super) fn decode(source: &str, escapes: Escapes, text: &mut String) {
    let is_special = |char: char| match char {
        '\\' => !escapes.is_raw,
        '{' | '}' => escapes.doubles_braces,
        _ => char == '\r',
    };
    let mut rest = source;
    while let Some(at) = rest.find(is_special) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = match rest.as_bytes()[0] {
            b'\\' => escape(rest, escapes, text),
            b'\r' => {
                text.push('\n');
                rest.strip_prefix("\r\n").unwrap_or(&rest[1..])
            }
            brace => {
                text.push(char::from(brace));
                let behind = &rest[1..];
                behind.strip_prefix(char::from(brace)).unwrap_or(behind)
            }
        };
    }
    text.push_str(rest);
}

/// Appends what the backslash at the start of `source` means; the result is what follows.
fn escape<'s>(source: &'s str, escapes: Escapes, text: &mut String) -> &'s str {
    let behind = &source[1..];
    let Some(kind) = behind.chars().next() else {
        text.push('\\');
        return behind;
    };
    let rest = &behind[kind.len_utf8()..];
    let simple = match kind {
        '\n' => return rest,
        '\r' => return rest.strip_prefix('\n').unwrap_or(rest),
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '\\' | '\'' | '"' => kind,
        '0'..='7' => return number(behind, (8, 1, 3), text).unwrap_or(rest),
        'x' => return or_as_is(number(rest, (16, 2, 2), text), source, rest, text),
        'u' if !escapes.is_bytes => return or_as_is(number(rest, (16, 4, 4), text), source, rest, text),
        'U' if !escapes.is_bytes => return or_as_is(number(rest, (16, 8, 8), text), source, rest, text),
        'N' if !escapes.is_bytes && rest.starts_with('{') => {
            // The table of names is not worth its size: what the character is, is hardly ever asked.
            text.push(char::REPLACEMENT_CHARACTER);
            return rest.split_once('}').map_or("", |(_, rest)| rest);
        }
        _ => return or_as_is(None, source, rest, text),
    };
    text.push(simple);
    rest
}

/// `rest`, or, when there is no such sequence, the backslash and what follows as they stand.
fn or_as_is<'s>(decoded: Option<&'s str>, source: &'s str, rest: &'s str, text: &mut String) -> &'s str {
    decoded.unwrap_or_else(|| {
        text.push_str(&source[..source.len() - rest.len()]);
        rest
    })
}

/// Appends the character with the number at the start of `digits`, which has at least and at most so many digits.
fn number<'s>(digits: &'s str, (radix, least, most): (u32, usize, usize), text: &mut String) -> Option<&'s str> {
    let length = digits.chars().take(most).take_while(|digit| digit.is_digit(radix)).count();
    if length < least {
        return None;
    }
    let code = u32::from_str_radix(&digits[..length], radix).ok()?;
    // Half of a surrogate pair is no character.
    text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(&digits[length..])
}
