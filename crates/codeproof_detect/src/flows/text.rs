//! One file as flows quote it.

use std::sync::OnceLock;

use codeproof_types::{ContentHash, FileClass, FileFacts, Language, LineIndex, Location, RepoPath, Span};

use crate::quote::quote;
use crate::{Detector, FileInput};

/// The text of a file of the program, with what is needed to show places in it. Secrets are masked when the first quote
/// is asked for.
pub struct FlowText<'d> {
    path: RepoPath,
    hash: ContentHash,
    language: Option<Language>,
    class: FileClass,
    text: String,
    lines: LineIndex,
    facts: &'d FileFacts,
    detector: &'d Detector,
    masked: OnceLock<String>,
}

impl<'d> FlowText<'d> {
    /// Takes the decoded text of the file at `path`, whose bytes have this hash; of `facts` symbols and comments count. A
    /// template has no language.
    pub fn new(
        (path, class): (RepoPath, FileClass),
        hash: ContentHash,
        language: Option<Language>,
        text: String,
        facts: &'d FileFacts,
        detector: &'d Detector,
    ) -> Self {
        let lines = LineIndex::new(&text);
        Self { path, hash, language, class, text, lines, facts, detector, masked: OnceLock::new() }
    }

    /// The file as the other engines get it, without its tree.
    pub(crate) fn input(&self) -> FileInput<'_> {
        FileInput {
            path: &self.path,
            text: &self.text,
            hash: self.hash,
            lines: &self.lines,
            language: self.language,
            parsed: None,
            facts: self.facts,
            secrets_only: false,
        }
    }

    /// Whether the file is one of the project's tests.
    pub(super) fn is_test(&self) -> bool {
        self.class == FileClass::Test
    }

    /// The place of a span; `None` when it is none of this text.
    pub(super) fn location(&self, span: Span) -> Option<Location> {
        let inside = self.text.get(span.range())?;
        let (first_line, last_line) = self.lines.lines_of(span);
        let last = inside.char_indices().next_back().map_or(span.start, |(at, _)| span.start + at);
        Some(Location {
            path: self.path.clone(),
            first_line,
            last_line,
            first_column: Some(self.lines.position(&self.text, span.start).column),
            last_column: Some(self.lines.position(&self.text, last).column),
            content_hash: self.hash,
        })
    }

    /// Lines of a span, secrets masked, and the last line quoted.
    pub(super) fn quote(&self, span: Span) -> (String, u32) {
        quote(self.masked(), &self.lines, span)
    }

    /// The code of a span on one line, secrets masked, at most `characters` long.
    pub(super) fn code(&self, span: Span, characters: usize) -> String {
        let text = self.masked().get(span.range()).unwrap_or_default();
        let folded = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'");
        match folded.char_indices().nth(characters) {
            Some((end, _)) => format!("{}…", &folded[..end]),
            None => folded,
        }
    }

    /// The 1-based line of a byte.
    pub(super) fn line(&self, at: usize) -> u32 {
        self.lines.line(at)
    }

    /// Qualified name of the innermost definition around a line.
    pub(super) fn symbol_at(&self, line: u32) -> Option<&str> {
        self.facts.symbol_at(line).map(|symbol| symbol.qualified_name.as_str())
    }

    fn masked(&self) -> &str {
        self.masked.get_or_init(|| self.detector.mask_file(&self.path, &self.text).into_owned())
    }
}
