//! Prose with code in it: what stands between backticks is shown as code.

use crate::clean;

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub text: String,
    pub is_code: bool,
}

/// One paragraph, split at its backticks. An odd backtick opens nothing and stays as it is.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let text = clean::one_line(text);
    let parts: Vec<&str> = text.split('`').collect();
    let code_parts = if parts.len().is_multiple_of(2) { parts.len() - 1 } else { parts.len() };
    let mut pieces = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let lead = if at == code_parts { "`" } else { "" };
        let piece = Piece { text: format!("{lead}{part}"), is_code: at % 2 == 1 && at < code_parts };
        if !piece.text.is_empty() {
            pieces.push(piece);
        }
    }
    pieces
}

/// The paragraphs of a longer text.
pub(super) fn paragraphs(text: &str) -> Vec<Vec<Piece>> {
    text.split("\n\n").map(pieces).filter(|pieces| !pieces.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, bool)]) {
        let found = pieces(text);
        let found: Vec<(&str, bool)> = found.iter().map(|piece| (piece.text.as_str(), piece.is_code)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn backticks_make_code_in_pairs_only() {
        check("use `a` or `b`.", &[("use ", false), ("a", true), (" or ", false), ("b", true), (".", false)]);
        check("an odd ` one", &[("an odd ", false), ("` one", false)]);
        check("``", &[]);
        check(" a\n b ", &[("a b", false)]);
        assert_eq!(paragraphs("a\n\n\n\nb").len(), 2);
    }
}
