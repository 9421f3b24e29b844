//! The first paragraph of a definition's documentation, from comments before it or a string inside it.

use codeproof_types::Comment;

use crate::collector::fold;

/// Characters of documentation that are kept: a paragraph, not a chapter.
const CHARACTERS_MAX: usize = 500;

/// Comment lines read upwards from a definition; longer headers are licences, not documentation.
const COMMENTS_MAX: usize = 60;

/// Bytes before a comment that are looked at for the start of its line.
const INDENTATION_BYTES_MAX: usize = 400;

/// The documentation in the comments that end right above `offset`, with nothing but blanks between.
pub(crate) fn before(text: &str, comments: &[Comment], offset: usize) -> Option<String> {
    let mut next = offset;
    let mut lines = Vec::new();
    let above = comments.partition_point(|comment| comment.span.end <= offset);
    for comment in comments[..above].iter().rev().take(COMMENTS_MAX) {
        let gap = text.get(comment.span.end..next)?;
        let starts_line = starts_line(text, comment.span.start);
        let is_block = text[comment.span.range()].starts_with("/*");
        if !gap.trim().is_empty() || gap.matches('\n').count() > 1 || !starts_line || (is_block && next != offset) {
            break;
        }
        next = comment.span.start;
        lines.push(&text[comment.span.range()]);
        if is_block {
            break;
        }
    }
    lines.reverse();
    if let Some(summary) = summary(&lines) {
        return Some(summary);
    }
    first_paragraph(&lines.iter().flat_map(|comment| comment.lines()).map(without_marker).collect::<Vec<_>>())
}

/// Whether nothing but blanks stands between the start of its line and `offset`.
fn starts_line(text: &str, offset: usize) -> bool {
    let window = text.floor_char_boundary(offset.saturating_sub(INDENTATION_BYTES_MAX));
    let before = &text[window..offset];
    let line = before.rsplit('\n').next().unwrap_or_default();
    (window == 0 || line.len() < before.len()) && line.trim().is_empty()
}

/// The first paragraph of a string literal that documents what it stands in; quotes and prefix as written.
pub(crate) fn of_string(literal: &str) -> Option<String> {
    let quoted = literal.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| quoted.starts_with(quote))?;
    let content = quoted.strip_prefix(quote)?;
    let content = content.strip_suffix(quote).unwrap_or(content);
    first_paragraph(&content.lines().map(str::trim).collect::<Vec<_>>())
}

/// The text of `<summary>` in the XML that documents C#, without tags; a tag that only refers to a name is that name.
fn summary(lines: &[&str]) -> Option<String> {
    let first = lines.iter().position(|line| line.contains("<summary>"))?;
    let unmarked: Vec<&str> =
        lines[first..].iter().flat_map(|it| it.lines()).map(|it| it.trim().trim_start_matches(['/', '*'])).collect();
    let text = unmarked.join("\n");
    let text = text.split_once("<summary>")?.1;
    let text = text.split_once("</summary>").map_or(text, |(inside, _)| inside);
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        plain.push_str(before);
        let (tag, behind) = tag.split_once('>')?;
        if tag.ends_with('/') {
            plain.push_str(tag.split('"').nth(1).unwrap_or(" "));
        }
        rest = behind;
    }
    plain.push_str(rest);
    let folded = fold(&plain, CHARACTERS_MAX);
    (!folded.is_empty()).then_some(folded)
}

fn first_paragraph(lines: &[&str]) -> Option<String> {
    let paragraph: Vec<&str> = lines
        .iter()
        .copied()
        .skip_while(|line| line.is_empty())
        // `@param` of Java and JavaScript, `<p>` of Java begin something else.
        .take_while(|line| !line.is_empty() && !line.starts_with('@') && !line.starts_with("<p>"))
        .collect();
    let folded = fold(&paragraph.join(" "), CHARACTERS_MAX);
    (!folded.is_empty()).then_some(folded)
}

/// One line of a comment without `/**`, `*`, `//`, `#`, rulers and blanks.
fn without_marker(line: &str) -> &str {
    let line = line.trim();
    let line = line.strip_suffix("*/").unwrap_or(line);
    let line = line.trim_start_matches(['/', '*', '#', '!', '<']).trim();
    if line.chars().all(|character| matches!(character, '*' | '-' | '=' | '/' | '#' | '_')) { "" } else { line }
}
