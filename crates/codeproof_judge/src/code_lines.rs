//! Code as models see it: numbered lines of one file, secrets masked.

use codeproof_types::{Language, RepoPath};

/// Lines of one file, one after another, with the imports that belong before them.
///
/// Whoever makes it has masked the secrets: a byte of a secret is a star here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeLines {
    /// The file.
    pub path: RepoPath,
    /// Its language, when it has a grammar.
    pub language: Option<Language>,
    /// Qualified name of the definition the lines are or stand in.
    pub symbol: Option<String>,
    /// The file's imports, outside of the lines: 1-based number and text, without line ends.
    pub preamble: Vec<(u32, String)>,
    /// Number of the first line, 1-based.
    pub first_line: u32,
    /// The lines, without line ends.
    pub lines: Vec<String>,
}

impl CodeLines {
    /// Number of the last line, inclusive; one before the first when there are none.
    pub fn last_line(&self) -> u32 {
        let count = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        self.first_line.saturating_add(count).saturating_sub(1)
    }

    /// The text of a line by its number in the file; `None` outside of the lines.
    pub fn line(&self, number: u32) -> Option<&str> {
        let index = number.checked_sub(self.first_line)?;
        self.lines.get(index as usize).map(String::as_str)
    }

    /// The lines with their numbers.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u32, &str)> {
        (self.first_line..=u32::MAX).zip(self.lines.iter().map(String::as_str))
    }

    /// The lines as one text, LF behind each.
    pub(crate) fn text(&self) -> String {
        self.lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }
}
