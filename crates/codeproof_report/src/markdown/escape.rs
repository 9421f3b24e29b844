//! Foreign text made harmless in Markdown: no links, images, HTML, mentions, headings, and no way out of a fence.

use codeproof_types::visible;

use crate::clean;

/// Characters of one line of a quote that are shown.
const LINE_CHARACTERS_MAX: usize = 300;

/// Lines of a quote that are shown.
const LINES_MAX: usize = 12;

/// Prose as one line. What stands between backticks becomes code; words that GitHub would turn into links or mentions
/// become code as well, so that they can be read and copied but do nothing; everything else is escaped.
pub(crate) fn prose(text: &str) -> String {
    let text = clean::one_line(text);
    let pieces: Vec<&str> = text.split('`').collect();
    // An odd backtick opens nothing: with it, the last piece is prose again.
    let code_pieces = if pieces.len().is_multiple_of(2) { pieces.len() - 1 } else { pieces.len() };
    let mut written = String::with_capacity(text.len());
    for (at, piece) in pieces.iter().enumerate() {
        if at == code_pieces {
            written.push_str("\\`");
        }
        let is_code = at % 2 == 1 && at < code_pieces;
        if is_code {
            written.push_str(&code_span(piece));
        } else {
            push_words(piece, &mut written);
        }
    }
    written
}

/// Text as inline code: nothing inside it is read as Markdown.
pub(super) fn code_span(text: &str) -> String {
    let text = clean::one_line(text);
    if text.is_empty() {
        return String::new();
    }
    let ticks = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// A path and what follows it, as inline code; a name with line ends or tabs stays on its line.
pub(super) fn place(path: &codeproof_types::RepoPath, line: u32, column: Option<u32>) -> String {
    let column = column.map(|column| format!(":{column}")).unwrap_or_default();
    code_span(&format!("{}:{line}{column}", clean::path(path)))
}

/// A block of code whose fence is longer than any run of backticks in it. Long lines and long quotes are cut.
pub(super) fn fence(code: &str, hint: &str) -> String {
    let code = visible(code);
    let mut lines: Vec<String> = code.lines().take(LINES_MAX).map(cut).collect();
    if code.lines().nth(LINES_MAX).is_some() {
        lines.push("…".to_owned());
    }
    let code = lines.join("\n");
    let ticks = "`".repeat(longest_run(&code).max(2) + 1);
    format!("{ticks}{hint}\n{code}\n{ticks}\n")
}

/// The language of a file for a fence, by its extension; empty when it is not one we know.
pub(super) fn hint(path: &codeproof_types::RepoPath) -> &'static str {
    match path.extension().map(str::to_ascii_lowercase).as_deref() {
        Some("c" | "h") => "c",
        Some("cc" | "cpp" | "cxx" | "hh" | "hpp" | "hxx") => "cpp",
        Some("php" | "phtml" | "inc") => "php",
        Some("py" | "pyi") => "python",
        Some("json") => "json",
        Some("yml" | "yaml") => "yaml",
        Some("toml") => "toml",
        Some("js" | "mjs" | "cjs") => "js",
        Some("ts") => "ts",
        Some("sh") => "sh",
        _ => "",
    }
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LINE_CHARACTERS_MAX) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

fn push_words(text: &str, written: &mut String) {
    for (at, word) in text.split(' ').enumerate() {
        if at > 0 {
            written.push(' ');
        }
        if would_link(word) {
            written.push_str(&code_span(word));
        } else {
            push_escaped(word, written);
        }
    }
}

/// Whether GitHub makes a link or mention of the word by itself: addresses, `@name`, `#12`, `GH-12`.
fn would_link(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let numbered = |mark: &str| {
        lower
            .match_indices(mark)
            .any(|(at, _)| lower[at + mark.len()..].starts_with(|next: char| next.is_ascii_digit()))
    };
    let has_scheme = ["://", "mailto:", "xmpp:"].iter().any(|scheme| lower.contains(scheme));
    has_scheme || lower.contains("www.") || word.contains('@') || numbered("#") || numbered("gh-")
}

/// Any ASCII punctuation may stand behind a backslash (CommonMark 0.31, section 2.4); only what can start something in
/// the middle of a line gets one.
fn push_escaped(word: &str, written: &mut String) {
    for character in word.chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '!' | '|' | '~' | '$') {
            written.push('\\');
        }
        written.push(character);
    }
}

fn longest_run(text: &str) -> usize {
    let mut longest = 0;
    let mut current = 0;
    for character in text.chars() {
        current = if character == '`' { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prose_cannot_start_anything() {
        let cases = [
            ("a <b>bold</b> ![x](y)", r"a \<b\>bold\</b\> \!\[x\](y)"),
            ("use `yaml.safe_load`, not *load*", r"use `yaml.safe_load`, not \*load\*"),
            ("odd ` tick", r"odd \` tick"),
            ("two `a` and `b", r"two `a` and \`b"),
            ("ask @octocat, see https://x.example and #12", "ask `@octocat,` see `https://x.example` and `#12`"),
            ("a\n\n# heading", r"a \# heading"),
            ("``", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(prose(text), expected, "{text:?}");
        }
    }

    #[test]
    fn code_spans_hold_backticks() {
        assert_eq!(code_span("a"), "`a`");
        assert_eq!(code_span("a``b"), "```a``b```");
        assert_eq!(code_span("`"), "`` ` ``");
    }

    proptest! {
        #[test]
        fn nothing_breaks_out_of_a_fence(code in "(`|~|\n|\r|a| |<|\u{2028}){0,60}") {
            let fenced = fence(&code, "c");
            let open = fenced.split('c').next().unwrap().to_owned();
            let inside: Vec<&str> = fenced.lines().skip(1).collect();
            let closing = inside.iter().position(|line| line.trim().starts_with(&open));
            prop_assert_eq!(closing, Some(inside.len() - 1));
        }

        #[test]
        fn nothing_breaks_out_of_a_code_span(text in "(`|a| |\n){0,30}") {
            let span = code_span(&text);
            let ticks = span.chars().take_while(|c| *c == '`').count();
            let inner = &span[ticks.min(span.len())..span.len().saturating_sub(ticks).max(ticks.min(span.len()))];
            prop_assert!(span.is_empty() || longest_run(inner) < ticks, "{}", span);
        }
    }
}
