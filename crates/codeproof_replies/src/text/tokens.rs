//! Special tokens that leak into answers: ends of turns, roles, channels, and `<answer>` wrappers.
//!
//! They go where they stand at the start or the end of a line; in the middle of a line they may be quoted code.

/// Tokens without a common shape.
const TOKENS: &[&str] = &[
    "<s>",
    "</s>",
    "<bos>",
    "<eos>",
    "<pad>",
    "<end_of_turn>",
    "<start_of_turn>model",
    "<start_of_turn>",
    "[TOOL_CALLS]",
    "[/INST]",
    "[INST]",
    "[EOS]",
    "<answer>",
    "</answer>",
    "<final_answer>",
    "</final_answer>",
    "<response>",
    "</response>",
];

/// Tokens of this shape have at most so many bytes, so that a comparison in code is not taken for one.
const MAX_TOKEN_BYTES: usize = 48;

/// Tokens after which the name of a role stands.
const BEFORE_ROLE: &[&str] = &["im_start", "start_header_id", "start", "start_of_role"];

/// The token before the answer proper in the harmony format; what stands before it is thinking.
const FINAL_CHANNEL: &str = "<|channel|>final<|message|>";

/// Removes special tokens from the starts and ends of lines.
pub(crate) fn without_tokens(text: &str) -> String {
    if !text.contains(['<', '[']) {
        return text.to_owned();
    }
    let text = text.rfind(FINAL_CHANNEL).map_or(text, |at| &text[at + FINAL_CHANNEL.len()..]);
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        out.push_str(strip_end(strip_start(line)));
        out.push_str(end);
    }
    out
}

fn strip_start(mut line: &str) -> &str {
    while let Some(rest) = token_at_start(line.trim_start()) {
        line = rest;
    }
    line
}

fn token_at_start(line: &str) -> Option<&str> {
    if let Some(rest) = TOKENS.iter().find_map(|token| strip_prefix_ignoring_case(line, token)) {
        return Some(rest);
    }
    let inner = line.strip_prefix("<|").or_else(|| line.strip_prefix("<｜"))?;
    let close = inner.char_indices().take(MAX_TOKEN_BYTES).find(|(_, char)| matches!(char, '|' | '｜'))?.0;
    let name = &inner[..close];
    let rest = inner[close..].trim_start_matches(['|', '｜']).strip_prefix('>')?;
    if !is_token_name(name) {
        return None;
    }
    if BEFORE_ROLE.contains(&name) || name == "channel" {
        let word = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        return Some(&rest[word..]);
    }
    Some(rest)
}

fn is_token_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | '▁' | ' '))
}

fn strip_end(mut line: &str) -> &str {
    while let Some(rest) = token_at_end(line.trim_end()) {
        line = rest;
    }
    line
}

fn token_at_end(line: &str) -> Option<&str> {
    if !line.ends_with(['>', ']']) {
        return None;
    }
    if let Some(rest) = TOKENS.iter().find_map(|token| strip_suffix_ignoring_case(line, token)) {
        return Some(rest);
    }
    let inner = line.strip_suffix("|>").or_else(|| line.strip_suffix("｜>"))?;
    let open = inner.char_indices().rev().take(MAX_TOKEN_BYTES).find(|(_, char)| *char == '<')?.0;
    let name = inner[open + 1..].strip_prefix(['|', '｜'])?;
    is_token_name(name).then_some(&line[..open])
}

fn strip_prefix_ignoring_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    text.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix)).map(|_| &text[prefix.len()..])
}

fn strip_suffix_ignoring_case<'t>(text: &'t str, suffix: &str) -> Option<&'t str> {
    let at = text.len().checked_sub(suffix.len())?;
    text.get(at..).filter(|end| end.eq_ignore_ascii_case(suffix)).map(|_| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(without_tokens(input), expected);
    }

    #[test]
    fn tokens_go_at_the_edges_of_lines() {
        check("*END_VOTE<|im_end|>", "*END_VOTE");
        check("<|im_start|>assistant\n*VOTE: REJECT</s>\n", "\n*VOTE: REJECT\n");
        check("<|start_header_id|>assistant<|end_header_id|>\nx", "\nx");
        check("<answer>\nx\n</answer><｜end▁of▁sentence｜>", "\nx\n");
        check("<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>x<|return|>", "x");
        check("if (a <| b |> c) x = \"<|im_end|>\";", "if (a <| b |> c) x = \"<|im_end|>\";");
    }
}
