//! S1: bytes to plain text. What cannot be seen goes, what only looks different becomes the same.

/// Decodes an answer: invalid UTF-8, byte order marks, zero-width and direction characters, NUL, ANSI escapes and
/// U+FFFD go; CRLF and CR become LF; blanks of any width become a space, a fullwidth colon a colon.
///
/// ```
/// assert_eq!(codeproof_replies::decode(b"\xff\xfe*VOTE\xef\xbc\x9a\x1b[1mREJECT\x1b[0m\r\n"), "*VOTE:REJECT\n");
/// ```
pub fn decode(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
        return text.into_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            '\x1b' => skip_escape(&mut chars),
            '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => out.push(' '),
            '\u{ff1a}' => out.push(':'),
            '\t' | '\n' => out.push(char),
            _ if is_invisible(char) => {}
            _ => out.push(char),
        }
    }
    out
}

fn is_invisible(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{e0000}'..='\u{e007f}')
}

/// Skips what follows ESC: a control sequence (`[` … letter), a title (`]` … BEL), or one character.
fn skip_escape(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match chars.peek() {
        Some('[') => {
            chars.next();
            while chars.next_if(|char| matches!(char, '0'..='9' | ';' | '?' | ' '..='/' | ':'..='?')).is_some() {}
            chars.next_if(|char| matches!(char, '@'..='~'));
        }
        Some(']') => {
            // An unfinished title ends with its line, so that one stray byte cannot swallow the answer.
            while let Some(char) = chars.next_if(|char| !matches!(char, '\n' | '\r')) {
                if char == '\x07' {
                    break;
                }
            }
        }
        Some(char) if !char.is_whitespace() && char.is_ascii_punctuation() => {
            chars.next();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(decode(input.as_bytes()), expected);
    }

    #[test]
    fn what_cannot_be_seen_goes() {
        check("\u{feff}a\u{200b}b\0c\u{fffd}", "abc");
        check("\x1b[31;1mred\x1b[0m", "red");
        check("\x1b]0;title\x07text\x1b", "text");
        check("a\r\nb\rc\n\r", "a\nb\nc\n\n");
        check("a\u{a0}b\u{3000}c：", "a b c:");
        check("x\x1b[", "x");
    }
}
