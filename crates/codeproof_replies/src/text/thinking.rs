//! S2: what a model thought aloud is no part of its answer.
//!
//! A block opens where a tag starts a line or follows `>`, and ends with the closer that balances it (or, if none
//! does, with the last closer there is). A closer without an opener ends thinking that began in the prompt. An opener
//! without a closer leaves the text in, but only what is complete may count from there. Inside a record tags are code.

/// Names of the tags.
const NAMES: &[&str] = &["think", "thinking", "thought", "thoughts", "reasoning", "scratchpad"];

/// What a line means for the records of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// A record starts.
    Start,
    /// A record ends.
    End,
    /// Neither.
    None,
}

/// An answer without its thinking.
#[derive(Debug)]
pub(crate) struct Spoken {
    pub(crate) text: String,
    /// 0-based line from which on the text stands behind an opener that was never closed.
    pub(crate) unclosed_from: Option<usize>,
}

/// Removes the thinking from `text`; `edge` says where records start and end.
pub(crate) fn without_thinking(text: &str, edge: impl Fn(&str) -> Edge) -> Spoken {
    if !text.contains(['<', '[', '◁']) {
        return Spoken { text: text.to_owned(), unclosed_from: None };
    }
    let mut lines: Vec<&str> = text.split('\n').collect();
    // What comes next after each line: so a closer inside a record that goes on is told from one after a false start.
    let mut next_edges = vec![Edge::None; lines.len()];
    let mut next = Edge::None;
    for (at, line) in lines.iter().enumerate().rev() {
        next_edges[at] = next;
        let this = edge(line);
        if this != Edge::None {
            next = this;
        }
    }
    let mut out = Output { text: String::with_capacity(text.len()), in_record: false };
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        match effective_tag(line, out.in_record) {
            None => {
                out.push_line(line, edge(line));
                at += 1;
            }
            Some(tag) if tag.closes => {
                if out.in_record && next_edges[at] == Edge::End {
                    out.push_line(line, edge(line));
                    at += 1;
                } else {
                    out.text.clear();
                    out.in_record = false;
                    lines[at] = &line[tag.end..];
                }
            }
            Some(tag) => {
                let before = &line[..tag.start];
                if !before.trim().is_empty() {
                    out.push_line(before, edge(before));
                }
                match block_end(&lines, at, tag.end) {
                    Some((last, end)) => {
                        at = last;
                        lines[at] = &lines[at][end..];
                    }
                    None => {
                        let unclosed_from = out.text.bytes().filter(|byte| *byte == b'\n').count();
                        out.text.push_str(&line[tag.end..]);
                        out.text.push('\n');
                        for line in &lines[at + 1..] {
                            out.text.push_str(line);
                            out.text.push('\n');
                        }
                        return Spoken { text: out.text, unclosed_from: Some(unclosed_from) };
                    }
                }
            }
        }
    }
    Spoken { text: out.text, unclosed_from: None }
}

struct Output {
    text: String,
    in_record: bool,
}

impl Output {
    fn push_line(&mut self, line: &str, edge: Edge) {
        match edge {
            Edge::Start => self.in_record = true,
            Edge::End => self.in_record = false,
            Edge::None => {}
        }
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// A tag in a line: bytes `start..end`.
#[derive(Debug, Clone, Copy)]
struct Tag {
    start: usize,
    end: usize,
    closes: bool,
}

/// The first tag of a line that changes anything: an opener at its start or after `>`, outside records; or a closer
/// that is not quoted.
fn effective_tag(line: &str, in_record: bool) -> Option<Tag> {
    let mut from = 0;
    while let Some(tag) = next_tag(line, from) {
        let before = line[..tag.start].trim_end();
        let quoted = before.ends_with(['`', '"', '\'']);
        let opens = !tag.closes && !in_record && (before.is_empty() || before.ends_with('>'));
        if opens || (tag.closes && !quoted) {
            return Some(tag);
        }
        from = tag.end;
    }
    None
}

/// Where the block that was opened before byte `from` of line `at` ends: line and byte.
fn block_end(lines: &[&str], at: usize, from: usize) -> Option<(usize, usize)> {
    let mut depth = 1usize;
    let mut last_closer = None;
    let mut from = from;
    for (number, line) in lines.iter().enumerate().skip(at) {
        while let Some(tag) = next_tag(line, from) {
            from = tag.end;
            if !tag.closes {
                depth += 1;
                continue;
            }
            depth -= 1;
            last_closer = Some((number, tag.end));
            if depth == 0 {
                return last_closer;
            }
        }
        // A model that wraps its answer has ended its thinking, whether it said so or not.
        if number > at && line.trim_start().get(..8).is_some_and(|start| start.eq_ignore_ascii_case("<answer>")) {
            return Some((number, 0));
        }
        from = 0;
    }
    last_closer
}

fn next_tag(line: &str, from: usize) -> Option<Tag> {
    let mut at = from;
    while let Some(offset) = line[at..].find(['<', '[', '◁']) {
        let start = at + offset;
        if let Some(tag) = tag_at(line, start) {
            return Some(tag);
        }
        at = start + line[start..].chars().next().map_or(1, char::len_utf8);
    }
    None
}

/// Reads `<think>`, `</think>`, `<think attribute>`, `[THINK]`, `◁think▷`.
fn tag_at(line: &str, start: usize) -> Option<Tag> {
    let open = line[start..].chars().next()?;
    let close = match open {
        '<' => '>',
        '[' => ']',
        _ => '▷',
    };
    let mut at = start + open.len_utf8();
    let closes = line[at..].starts_with('/');
    at += usize::from(closes);
    let length = line[at..].bytes().take_while(u8::is_ascii_alphabetic).count();
    let name = &line[at..at + length];
    let known = if open == '<' { NAMES } else { &NAMES[..1] };
    if !known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return None;
    }
    at += length;
    let rest = &line[at..];
    if let Some(rest) = rest.strip_prefix(close) {
        return Some(Tag { start, end: line.len() - rest.len(), closes });
    }
    // Attributes, a few.
    if open != '<' || !rest.starts_with(' ') {
        return None;
    }
    let end = rest.char_indices().take(80).find(|(_, char)| *char == '>')?.0;
    Some(Tag { start, end: at + end + 1, closes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(line: &str) -> Edge {
        match line.trim() {
            "*END" => Edge::End,
            line if line.starts_with("*VOTE") => Edge::Start,
            _ => Edge::None,
        }
    }

    #[track_caller]
    fn check(input: &str, expected: &str) {
        let spoken = without_thinking(input, edge);
        assert_eq!(spoken.text.trim(), expected);
        assert_eq!(spoken.unclosed_from, None);
    }

    #[test]
    fn blocks_go() {
        check("<think>a</think>\n*VOTE", "*VOTE");
        check("<THINK>a <think>b</think> c</think>*VOTE", "*VOTE");
        check("<think>\n*VOTE\n</think>\n*VOTE: x", "*VOTE: x");
        check("<think>say <think> once</think>\nb", "b");
        check("[THINK]a[/THINK]b", "b");
    }

    #[test]
    fn a_lone_closer_drops_what_was_before() {
        check("hm\n*VOTE: no\n</think>\n*VOTE: yes\n*END", "*VOTE: yes\n*END");
    }

    #[test]
    fn tags_in_a_record_are_code() {
        let text = "*VOTE: x\n<think>\n</think>\n*END";
        check(text, text);
        check("the tag <think> is fine", "the tag <think> is fine");
    }

    #[test]
    fn an_unclosed_block_stays_and_is_told() {
        let spoken = without_thinking("a\n<think>\nb\n*VOTE", edge);
        assert_eq!(spoken.unclosed_from, Some(1));
        assert!(spoken.text.contains("*VOTE"));
    }
}
