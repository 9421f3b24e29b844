//! S3: whether a line starts with a marker, and how it is written.

/// Longest name of a marker, in bytes.
const MAX_NAME_BYTES: usize = 40;

/// A line that may be a marker: a name at its start, after decorations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark<'t> {
    /// The name in upper case, its words joined with `_`.
    pub(crate) name: String,
    /// Written with an asterisk: `*NAME`, `**NAME**`, `\*NAME`.
    pub(crate) starred: bool,
    /// The asterisk touches the name, so it is no bullet.
    pub(crate) tight: bool,
    /// Behind `>`.
    pub(crate) quoted: bool,
    pub(crate) case: Case,
    /// What follows the name.
    pub(crate) separator: Option<Separator>,
    /// Nothing follows the name, apart from decorations.
    pub(crate) stands_alone: bool,
    /// The text behind the separator, or behind the name.
    pub(crate) value: &'t str,
}

/// How a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    /// `NAME`
    Upper,
    /// `Name`
    Title,
    /// `name`, `naMe`
    Lower,
}

/// What stands between name and value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separator {
    /// `:`
    Colon,
    /// `=`
    Equals,
}

impl Mark<'_> {
    /// Whether it may be a word that is its own value: `*REJECT`, `**VERIFY:** yes`, never `* Reject: …`.
    pub(crate) fn is_word(&self) -> bool {
        self.starred && self.tight && self.case == Case::Upper && (self.separator.is_some() || self.stands_alone)
    }

    /// Whether it looks like a field, whatever its name: `*OWNER: …`, never `* TODO: …` or `*pointer: …`.
    pub(crate) fn is_foreign_field(&self) -> bool {
        self.starred
            && self.tight
            && self.case == Case::Upper
            && self.separator == Some(Separator::Colon)
            && self.name.len() > 1
    }
}

/// Reads the marker at the start of a line.
pub(crate) fn mark(line: &str) -> Option<Mark<'_>> {
    let prefix = Prefix::of(line);
    let rest = &line[prefix.bytes..];
    let (name_bytes, name) = name_at(rest)?;
    let written = &rest[..name_bytes];
    let mut after = rest[name_bytes..].trim_start_matches(['*', '`', '_', '\\', ']']).trim_start();
    let closed_before = rest[name_bytes..].starts_with(['*', '`', '_']);
    let separator = match after.as_bytes() {
        [b':', b':', ..] | [b'=', b'=', ..] | [b':', b'=', ..] => None,
        [b':', ..] => Some(Separator::Colon),
        [b'=', ..] => Some(Separator::Equals),
        _ => None,
    };
    if separator.is_some() {
        after = &after[1..];
        if prefix.bold && !closed_before {
            after = after.strip_prefix("**").or_else(|| after.strip_prefix("__")).unwrap_or_else(|| {
                // `**TITLE: all of it is bold**`
                let trimmed = after.trim_end();
                trimmed.strip_suffix("**").or_else(|| trimmed.strip_suffix("__")).unwrap_or(after)
            });
        } else if !closed_before && prefix.starred {
            after = after.strip_prefix("* ").unwrap_or(after);
        }
    }
    let stands_alone = after.chars().all(|char| !char.is_alphanumeric());
    Some(Mark {
        name,
        starred: prefix.starred,
        tight: prefix.tight,
        quoted: prefix.quoted,
        case: case_of(written),
        separator,
        stands_alone,
        value: after.trim(),
    })
}

/// What stands before a name.
#[derive(Debug, Default)]
struct Prefix {
    bytes: usize,
    starred: bool,
    tight: bool,
    bold: bool,
    quoted: bool,
}

impl Prefix {
    /// Reads bullets, numbers, quotes, headings and emphasis.
    fn of(line: &str) -> Self {
        let mut prefix = Self::default();
        loop {
            let rest = &line[prefix.bytes..];
            let Some(char) = rest.chars().next() else { return prefix };
            let bytes = match char {
                ' ' | '\t' => {
                    prefix.tight = false;
                    1
                }
                '*' => {
                    prefix.starred = true;
                    prefix.tight = true;
                    prefix.bold |= rest.starts_with("**");
                    1
                }
                '\\' if rest.starts_with("\\*") => 1,
                '_' if rest.starts_with("__") => {
                    prefix.bold = true;
                    2
                }
                '>' => {
                    prefix.quoted = true;
                    1
                }
                '#' | '-' | '+' | '`' | '•' | '·' | '‣' | '▪' | '●' | '◦' | '–' | '—' => char.len_utf8(),
                '0'..='9' | '(' => match number(rest) {
                    Some(bytes) => bytes,
                    None => return prefix,
                },
                // Pictures that models put before headings.
                '\u{2300}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}' => char.len_utf8(),
                _ => return prefix,
            };
            prefix.bytes += bytes;
        }
    }
}

/// The bytes of `1.`, `1)`, `(1)`, `1:` followed by a blank or an asterisk.
fn number(text: &str) -> Option<usize> {
    let open = usize::from(text.starts_with('('));
    let digits = text[open..].bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 4 {
        return None;
    }
    let end = open + digits;
    let fits = text[end..].starts_with(if open == 1 { &[')'][..] } else { &['.', ')', ':'][..] });
    let follows = text.get(end + 1..).is_some_and(|rest| rest.starts_with([' ', '\t', '*', '\\']));
    (fits && follows).then_some(end + 1)
}

/// The name at the start of `text` in its normal form, and its bytes as written.
fn name_at(text: &str) -> Option<(usize, String)> {
    if !text.starts_with(|char: char| char.is_ascii_alphabetic()) {
        return None;
    }
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' ' | b'\\');
    let run = text.bytes().take(MAX_NAME_BYTES + 1).take_while(is_part).count();
    let ends_well = text[run..].is_empty()
        || (run <= MAX_NAME_BYTES && text[run..].starts_with([':', '=', '*', '`', ']', '.', '!', '<', '\t']));
    let written = if ends_well {
        text[..run].trim_end_matches([' ', '-', '\\', '_'])
    } else {
        // No separator in sight: the first word alone, which may be an END.
        let word = text.bytes().take_while(|byte| is_part(byte) && *byte != b' ').count();
        &text[..word]
    };
    (!written.is_empty() && written.len() <= MAX_NAME_BYTES).then(|| (written.len(), normal_form(written)))
}

/// A name in upper case, runs of `_`, `-`, `\` and blanks as one `_`.
pub(super) fn normal_form(written: &str) -> String {
    let mut name = String::with_capacity(written.len());
    for part in written.split(['_', '-', ' ', '\\']).filter(|part| !part.is_empty()) {
        if !name.is_empty() {
            name.push('_');
        }
        name.push_str(&part.to_ascii_uppercase());
    }
    name
}

pub(super) fn case_of(written: &str) -> Case {
    if !written.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return Case::Upper;
    }
    if written.starts_with(|char: char| char.is_ascii_uppercase()) { Case::Title } else { Case::Lower }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, name: &str, value: &str) {
        let mark = mark(line).unwrap_or_else(|| panic!("{line:?} is a marker"));
        assert_eq!((mark.name.as_str(), mark.value), (name, value), "{line:?}");
    }

    #[test]
    fn decorations_do_not_matter() {
        for line in [
            "*LINE: 42",
            "**LINE:** 42",
            "**LINE**: 42",
            "- **Line**: 42",
            "### *LINE: 42",
            "> LINE = 42",
            "1. *line: 42",
            "\\*LINE: 42",
            "(2) *LINE: 42",
            "`*LINE:` 42",
            "    • LINE: 42",
            "**LINE: 42**",
            "__LINE__: 42",
            "🔴 LINE: 42",
        ] {
            check(line, "LINE", if line.starts_with('`') { "` 42" } else { "42" });
        }
        check("*IMPACTED CODE: *p = 1;", "IMPACTED_CODE", "*p = 1;");
        check("\\*END\\_DRAFT", "END_DRAFT", "");
        check("*END-DRAFT.", "END_DRAFT", ".");
        check("*PARAM path: a b", "PARAM_PATH", "a b");
    }

    #[test]
    fn code_is_not_decorated_text() {
        assert_eq!(mark("*type = 3;").map(|mark| mark.separator), Some(Some(Separator::Equals)));
        assert_eq!(mark("Type::new()").and_then(|mark| mark.separator), None);
        assert_eq!(mark("line == 3").and_then(|mark| mark.separator), None);
        assert_eq!(mark("\"*LINE: 3\""), None);
        assert_eq!(mark("/* LINE: 3 */"), None);
    }
}
