//! Foreign text made fit for one line of output.

use codeproof_types::{RepoPath, visible};

/// `text` without hidden characters and with every run of blanks and line ends folded to one space.
pub(crate) fn one_line(text: &str) -> String {
    visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A path without hidden characters. Tabs and line ends, which Unix allows in names, are replaced as well: a name must
/// not break the line it stands on.
pub(crate) fn path(path: &RepoPath) -> String {
    path_text(path.as_str())
}

/// The same for a path that is only text, such as a scan's target.
pub(crate) fn path_text(path: &str) -> String {
    visible(path).replace(['\n', '\t'], "\u{fffd}")
}

/// `text`, or its start and `…` when it has more than `characters`.
pub(crate) fn cut(text: &str, characters: usize) -> String {
    if text.chars().nth(characters).is_none() {
        return text.to_owned();
    }
    text.chars().take(characters.saturating_sub(1)).chain(['…']).collect()
}

/// Text of a model on one line, cut: it may be as long as the model could go on.
pub(crate) fn short(text: &str, characters: usize) -> String {
    cut(&one_line(text), characters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_to_one_line() {
        assert_eq!(one_line(" a\n\tb \u{1b}[0m\u{202e}c\u{2028}d"), "a b \u{fffd}[0m\u{fffd}c\u{fffd}d");
        assert_eq!([short("a\n b", 3), short("a\n bc", 3)], ["a b", "a …"]);
        assert_eq!(path_text("a b\n\u{7}c"), "a b\u{fffd}\u{fffd}c");
    }
}
