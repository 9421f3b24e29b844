//! What a regular expression says of a text: which characters it can hold when it matched, when it did not, and when
//! every match was replaced.
//!
//! Patterns are read by `regex-syntax` after the little in which PHP and Python differ from it was rewritten. What that
//! does not read (look-around, back-references, possessive quantifiers) says nothing. That `$` also matches before a
//! line's end at the end of the text is left aside in both languages: a single line's end at the end of a value turns
//! none of the texts that sinks read into another one, headers excepted, which both languages refuse with line ends.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::Chars;

/// Whose regular expression it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `/…/flags`; bytes, unless the flag `u` is set.
    Php,
    /// Characters; flags within the pattern.
    Python,
}

/// How much of the text a match spans by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchoring {
    /// Anywhere: `preg_match`, `re.search`.
    Search,
    /// From the beginning: `re.match`.
    Match,
    /// All of it: `re.fullmatch`.
    FullMatch,
}

/// Longest pattern that is read, in bytes; longer ones say nothing.
const PATTERN_BYTES_MAX: usize = 4096;

/// How deep groups may stand in each other.
const DEPTH_MAX: u32 = 50;

/// The characters a text can hold that `pattern` matched; `None` when it can hold others around the match, or the pattern
/// cannot be read.
pub(crate) fn allowed(pattern: &str, dialect: Dialect, anchored: Anchoring) -> Option<Chars> {
    let (hir, is_anchored) = parse(pattern, dialect)?;
    let properties = hir.properties();
    let begins = is_anchored || anchored != Anchoring::Search || properties.look_set_prefix().contains(Look::Start);
    let ends = anchored == Anchoring::FullMatch || properties.look_set_suffix().contains(Look::End);
    (begins && ends).then(|| occurring(&hir))
}

/// The characters a text can no longer hold after every match of `pattern` was replaced (but for what the replacement
/// brings). [`Chars::NONE`] unless the pattern, or one of its alternatives, is a single class.
pub(crate) fn removed(pattern: &str, dialect: Dialect) -> Chars {
    match parse(pattern, dialect) {
        Some((hir, false)) => single_classes(&hir, 0),
        _ => Chars::NONE,
    }
}

/// The characters a text cannot hold in which a search for `pattern` found nothing; `None` when that says nothing of
/// single characters.
pub(crate) fn forbidden(pattern: &str, dialect: Dialect) -> Option<Chars> {
    let (hir, is_anchored) = parse(pattern, dialect)?;
    if is_anchored {
        return None;
    }
    let chars = single_classes(&hir, 1);
    (chars != Chars::NONE).then_some(chars)
}

/// The pattern, and whether a flag anchors it at the beginning.
fn parse(pattern: &str, dialect: Dialect) -> Option<(Hir, bool)> {
    if pattern.len() > PATTERN_BYTES_MAX {
        return None;
    }
    let (body, flags) = match dialect {
        Dialect::Php => without_delimiters(pattern)?,
        Dialect::Python => (pattern, ""),
    };
    let is_unicode = dialect == Dialect::Python || flags.contains('u');
    let hir = ParserBuilder::new()
        .nest_limit(DEPTH_MAX)
        .utf8(is_unicode)
        .unicode(is_unicode)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .ignore_whitespace(flags.contains('x'))
        .build()
        .parse(&rewritten(body))
        .ok()?;
    Some((hir, flags.contains('A')))
}

/// `/…/flags` taken apart.
fn without_delimiters(pattern: &str) -> Option<(&str, &str)> {
    let pattern = pattern.trim_start();
    let open = pattern.chars().next().filter(|char| !char.is_alphanumeric() && *char != '\\')?;
    let close = match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        _ => open,
    };
    let rest = &pattern[open.len_utf8()..];
    let (body, flags) = rest.rsplit_once(close)?;
    flags.chars().all(|flag| flag.is_ascii_alphabetic() || flag.is_ascii_whitespace()).then_some((body, flags))
}

/// The pattern in the words of `regex-syntax`: `\Z` and `\<` mean something else there, and within classes `[`, `&`, `~`
/// and a second `-` do.
fn rewritten(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut chars = pattern.chars().peekable();
    let mut is_class = false;
    while let Some(char) = chars.next() {
        match (char, is_class) {
            ('\\', _) => match chars.next() {
                Some('Z') => text.push_str("\\z"),
                Some(escaped @ ('<' | '>')) => text.push(escaped),
                Some('h') => text.push_str(if is_class { " \\t" } else { "[ \\t]" }),
                Some(escaped) => text.extend(['\\', escaped]),
                None => text.push('\\'),
            },
            ('[', false) => {
                is_class = true;
                text.push('[');
                if chars.next_if_eq(&'^').is_some() {
                    text.push('^');
                }
                if chars.next_if_eq(&']').is_some() {
                    text.push_str("\\]");
                }
            }
            ('[', true) if chars.peek() == Some(&':') => {
                // `[:alpha:]`: copied as it is.
                text.push('[');
                for char in chars.by_ref() {
                    text.push(char);
                    if char == ']' {
                        break;
                    }
                }
            }
            (']', true) => {
                is_class = false;
                text.push(']');
            }
            ('[' | '&' | '~', true) => text.extend(['\\', char]),
            ('-', true) if chars.peek() == Some(&'-') => text.push_str("\\-"),
            _ => text.push(char),
        }
    }
    text
}

/// The characters that occur in texts that match, when nothing stands around the match.
fn occurring(hir: &Hir) -> Chars {
    let mut found = Chars::NONE;
    let mut open = vec![hir];
    while let Some(hir) = open.pop() {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => {
                found = literal.0.iter().fold(found, |found, byte| found.or(char_of_byte(*byte)));
            }
            HirKind::Class(class) => found = found.or(any_of(class)),
            HirKind::Repetition(repetition) => open.push(&repetition.sub),
            HirKind::Capture(capture) => open.push(&capture.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => open.extend(parts),
        }
    }
    found
}

/// The characters each of which matches by itself, wherever it stands: those of a class, repeated or not, and of the
/// alternatives that are one. A repetition must match at least `min` times (and any that may match nothing must be
/// greedy, or it would do so always).
fn single_classes(hir: &Hir, min: u32) -> Chars {
    let mut found = Chars::NONE;
    let mut open = vec![hir];
    while let Some(hir) = open.pop() {
        match hir.kind() {
            HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
                // Of other characters, one says nothing of all.
                Ok(text) if text.len() == 1 => found = found.or(Chars::of(text)),
                _ => {}
            },
            HirKind::Class(class) => found = found.or(all_of(class)),
            HirKind::Repetition(repetition)
                if (min..=1).contains(&repetition.min) && (repetition.greedy || repetition.min == 1) =>
            {
                // Only a class directly below: alternatives of a repetition are matched one after the other, but a
                // longer one could need its neighbours.
                if let HirKind::Class(_) | HirKind::Literal(_) = repetition.sub.kind() {
                    open.push(&repetition.sub);
                }
            }
            HirKind::Capture(capture) => open.push(&capture.sub),
            HirKind::Alternation(parts) => open.extend(parts),
            HirKind::Empty | HirKind::Look(_) | HirKind::Repetition(_) | HirKind::Concat(_) => {}
        }
    }
    found
}

fn char_of_byte(byte: u8) -> Chars {
    if byte.is_ascii() { Chars::range(char::from(byte), char::from(byte)) } else { Chars::of("\u{e9}") }
}

/// The characters of a class; the others together when it has any of them.
fn any_of(class: &Class) -> Chars {
    ranges(class).fold(Chars::NONE, |found, (first, last)| {
        let found = if first < 128 { found.or(ascii(first, last)) } else { found };
        if last >= 128 { found.or(Chars::of("\u{e9}")) } else { found }
    })
}

/// The characters of a class; the others together only when it has all of them.
fn all_of(class: &Class) -> Chars {
    let last_char = match class {
        Class::Unicode(_) => u32::from(char::MAX),
        Class::Bytes(_) => 255,
    };
    let has_others = ranges(class).any(|(first, last)| first <= 128 && last == last_char);
    let ascii_only = Chars::range('\0', '\u{7f}');
    let found = any_of(class).and(ascii_only);
    if has_others { found.or(ascii_only.complement()) } else { found }
}

fn ascii(first: u32, last: u32) -> Chars {
    let char = |code: u32| char::from(u8::try_from(code.min(127)).unwrap_or(127));
    Chars::range(char(first), char(last))
}

/// First and last code of each range of a class, in order and apart from each other.
fn ranges(class: &Class) -> Box<dyn Iterator<Item = (u32, u32)> + '_> {
    match class {
        Class::Unicode(class) => {
            Box::new(class.ranges().iter().map(|range| (u32::from(range.start()), u32::from(range.end()))))
        }
        Class::Bytes(class) => {
            Box::new(class.ranges().iter().map(|range| (u32::from(range.start()), u32::from(range.end()))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those of `chars` that decide something in some sink, `↵` for a line's end and `…` for all that is not ASCII.
    fn shown(chars: Chars) -> String {
        let mut shown: String = "az09_-. \n'\"<>&;/\\:(é".chars().filter(|char| chars.has(*char)).collect();
        shown = shown.replace('\n', "↵").replace('é', "…");
        shown
    }

    #[track_caller]
    fn check_allowed(pattern: &str, dialect: Dialect, anchored: Anchoring, expected: Option<&str>) {
        let found = allowed(pattern, dialect, anchored).map(shown);
        assert_eq!(found.as_deref(), expected, "{pattern}");
    }

    #[test]
    fn a_match_of_the_whole_text_tells_its_characters() {
        let php = |pattern, expected| check_allowed(pattern, Dialect::Php, Anchoring::Search, expected);
        php("/^[a-z]+$/", Some("az"));
        php("/^[a-z0-9]*\\z/i", Some("az09"));
        php("/\\A\\d+\\Z/", Some("09"));
        php("/^\\w+$/D", Some("az09_"));
        php("/^\\w+$/u", Some("az09_…"));
        php("#^/files/[\\w.-]+$#", Some("az09_-./"));
        php("~^(yes|no)$~", Some(""));
        php("{^[0-9]{2}-[0-9]{2}$}", Some("09-"));
        php("/^.*$/", Some("az09_-. '\"<>&;/\\:(…"));
        php("/^.*$/s", Some("az09_-. ↵'\"<>&;/\\:(…"));
        php("/^[^<>]+$/", Some("az09_-. ↵'\"&;/\\:(…"));
        php("/^[[:alpha:]]+$/", Some("az"));
        php("/^[\\w[.]+$/", Some("az09_."));
        php("/^[a&&z]+$/", Some("az&"));
        php("/[a-z]+/A", None);
        php("/^ [a-z]+ $/x", Some("az"));
        php("/^[a-z]+$ | ^[0-9]+$/x", Some("az09"));
    }

    #[test]
    fn a_match_somewhere_tells_nothing() {
        let php = |pattern: &str| check_allowed(pattern, Dialect::Php, Anchoring::Search, None);
        php("/[a-z]+/");
        php("/^[a-z]+/");
        php("/[a-z]+$/");
        php("/^[a-z]+$/m");
        php("/^[a-z]+$|x/");
        php("/^(?=x)[a-z]+$/");
        php("/^(.)\\1$/");
        php("/^[a-z+$/");
        php("no delimiters");
        php("");
        php("/");
        php(&format!("/^{}$/", "a".repeat(5000)));
        php(&format!("/^{}$/", "(".repeat(1000)));
    }

    #[test]
    fn python_anchors_by_the_function() {
        let python = |pattern, anchored, expected| check_allowed(pattern, Dialect::Python, anchored, expected);
        python("[a-z]+", Anchoring::FullMatch, Some("az"));
        python("[a-z]+", Anchoring::Match, None);
        python("[a-z]+$", Anchoring::Match, Some("az"));
        python("[a-z]+\\Z", Anchoring::Match, Some("az"));
        python("^[a-z]+$", Anchoring::Search, Some("az"));
        python("(?i)^[a-z]+$", Anchoring::Search, Some("az…"));
        python("(?m)^[a-z]+$", Anchoring::Search, None);
        python("\\d+", Anchoring::FullMatch, Some("09…"));
        python("(?P<name>[0-9]+)\\.txt", Anchoring::FullMatch, Some("09."));
    }

    #[test]
    fn replacing_a_class_takes_its_characters_out() {
        let php = |pattern, expected: &str| assert_eq!(shown(removed(pattern, Dialect::Php)), expected, "{pattern}");
        php("/'/", "'");
        php("/[^a-z0-9_.-]/i", " ↵'\"<>&;/\\:(…");
        php("/\\W/si", "-. ↵'\"<>&;/\\:(…");
        php("/[<>]+/", "<>");
        php("/[<>]*/", "<>");
        php("/(<|>|')/", "'<>");
        php("/[<>]{2,}/", "");
        php("/<script>/", "");
        php("/\\.\\.\\//", "");
        php("/'|--/", "'");
        php("/^'/", "");
        php("/[<>]*?/", "");
        php("/é/u", "");
        let python = |pattern| shown(removed(pattern, Dialect::Python));
        assert_eq!(python("[^a-z]"), "09_-. ↵'\"<>&;/\\:(…");
        assert_eq!(python("\\W+"), "-. ↵'\"<>&;/\\:(");
    }

    #[test]
    fn finding_nothing_forbids_a_class() {
        let php = |pattern, expected: Option<&str>| {
            assert_eq!(forbidden(pattern, Dialect::Php).map(shown).as_deref(), expected, "{pattern}");
        };
        php("/[^0-9]/", Some("az_-. ↵'\"<>&;/\\:(…"));
        php("/['\"]/", Some("'\""));
        php("/[<>]+/", Some("<>"));
        php("/<|>/", Some("<>"));
        php("/[<>]*/", None);
        php("/[<>]x/", None);
        php("/^[<>]/", None);
        php("/'|--/", Some("'"));
        php("/[<>]/A", None);
    }
}
