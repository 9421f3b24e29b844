//! Lists in prose: steps and addresses.

/// The steps of a list: numbers and bullets go, wrapped lines are joined. Without either, each line is a step.
pub(crate) fn steps(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty() && !is_fence(line)).collect();
    let has_items = lines.iter().any(|line| item(line).is_some());
    let mut steps: Vec<String> = Vec::new();
    for line in lines {
        match (item(line), has_items, steps.last_mut()) {
            (Some(step), ..) => steps.push(step.to_owned()),
            (None, true, Some(last)) => {
                last.push(' ');
                last.push_str(line.trim());
            }
            // A sentence before the list.
            (None, true, None) => {}
            (None, false, _) => steps.push(line.trim().to_owned()),
        }
    }
    if let [only] = steps.as_slice()
        && let Some(inline) = inline_steps(text, only)
    {
        return inline;
    }
    steps.into_iter().map(|step| step.trim().to_owned()).filter(|step| !step.is_empty()).collect()
}

fn is_fence(line: &str) -> bool {
    line.trim_start().starts_with("```")
}

/// The text of a list item; `None` for other lines.
fn item(line: &str) -> Option<&str> {
    let line = line.trim_start().trim_start_matches("**");
    if let Some(rest) = line.strip_prefix(['-', '*', '•', '+', '–', '·', '▪', '‣']) {
        let rest = rest.strip_prefix(' ').or_else(|| rest.strip_prefix('\t'))?.trim_start();
        let rest = ["[ ]", "[x]", "[X]"].iter().find_map(|tick| rest.strip_prefix(tick)).unwrap_or(rest).trim_start();
        return Some(numbered(rest).unwrap_or(rest));
    }
    numbered(line)
}

/// The text behind `1.`, `1)`, `(1)`, `Step 1:`, `a)`.
fn numbered(line: &str) -> Option<&str> {
    let rest = line
        .strip_prefix("Step ")
        .or_else(|| line.strip_prefix("STEP "))
        .or_else(|| line.strip_prefix("step "))
        .unwrap_or(line);
    let is_step = rest.len() < line.len();
    let rest = rest.strip_prefix('(').unwrap_or(rest);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let letter = digits == 0 && rest.starts_with(|char: char| char.is_ascii_lowercase()) && rest[1..].starts_with(')');
    let rest = match (digits, letter) {
        (1..=3, _) => &rest[digits..],
        (0, true) => &rest[1..],
        _ => return None,
    };
    let rest = rest.strip_prefix(['.', ')', ':']).or_else(|| if is_step { rest.strip_prefix(" -") } else { None })?;
    let rest = rest.strip_prefix("**").unwrap_or(rest);
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| rest.trim())
}

/// `1. This 2. That` on one line.
fn inline_steps(text: &str, only: &str) -> Option<Vec<String>> {
    if !text.trim_start().starts_with("1.") && !text.trim_start().starts_with("1)") {
        return None;
    }
    let mut steps = Vec::new();
    let mut rest = only;
    for number in 2..=50 {
        let (dot, paren) = (format!(" {number}. "), format!(" {number}) "));
        let Some(at) = rest.find(&dot).or_else(|| rest.find(&paren)) else { break };
        steps.push(rest[..at].trim().trim_end_matches([';', ',']).to_owned());
        rest = &rest[at + dot.len()..];
    }
    steps.push(rest.trim().to_owned());
    (steps.len() > 1).then_some(steps)
}

/// The `http://` and `https://` addresses in a text, each once, without the punctuation of the text around them.
pub(crate) fn addresses(text: &str) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find("http") {
        let start = at + offset;
        let rest = &text[start..];
        let scheme = ["https://", "http://"].iter().find(|scheme| rest.starts_with(**scheme));
        let Some(scheme) = scheme else {
            at = start + 4;
            continue;
        };
        let stop = |char: char| {
            char.is_whitespace()
                || matches!(char, '<' | '>' | '"' | '\'' | '`' | '|' | '\\' | '[' | ']' | '{' | '}' | '^')
        };
        let address = trimmed(&rest[..rest.find(stop).unwrap_or(rest.len())]);
        at = start + address.len().max(scheme.len());
        if address.len() > scheme.len() && seen.insert(address) {
            found.push(address.to_owned());
        }
    }
    found
}

/// Without closing punctuation, and without a bracket that was opened before the address.
fn trimmed(address: &str) -> &str {
    // `[text](address) and more)`: an unbalanced bracket ends the address.
    let mut open = 0usize;
    let mut end = address.len();
    for (at, char) in address.char_indices() {
        match char {
            '(' => open += 1,
            ')' if open == 0 => {
                end = at;
                break;
            }
            ')' => open -= 1,
            _ => {}
        }
    }
    address[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_in_many_forms() {
        for text in [
            "1. a b\n2. c",
            "- a\n  b\n- c",
            "1) a b\n\n2) c",
            "Step 1: a b\nStep 2: c",
            "a b\nc",
            "1. a b 2. c",
            "Do this:\n* a b\n* c",
        ] {
            assert_eq!(steps(text), ["a b", "c"], "{text}");
        }
    }

    #[test]
    fn addresses_in_prose() {
        let text = "[x](https://a.example/b_(c)), <http://d.example/>. ftp://e.example https://a.example/b_(c) httpd";
        assert_eq!(addresses(text), ["https://a.example/b_(c)", "http://d.example/"]);
    }
}
