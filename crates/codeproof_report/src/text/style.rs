//! Colour, or none. Only the sixteen colours of the terminal's own theme are used, so that text stays readable on light
//! and dark grounds.

use codeproof_types::Severity;

/// What a piece of text is, which decides how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// The word of a severity, and the caret under a finding.
    Severity(Severity),
    /// Titles and headings.
    Heading,
    /// A path or rule id to copy.
    Name,
    /// What is there for orientation: line numbers, rulers, units.
    Quiet,
    /// Good news.
    Good,
    /// What needs attention without being a finding.
    Alert,
}

/// Writes ANSI codes around text, or does not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Painter {
    color: bool,
}

impl Painter {
    pub(crate) fn new(color: bool) -> Self {
        Self { color }
    }

    /// `text` in `style`; blank text stays as it is.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        if self.color && !text.trim().is_empty() {
            format!("\u{1b}[{}m{text}\u{1b}[0m", codes(style))
        } else {
            text.to_owned()
        }
    }
}

/// Parameters of the "select graphic rendition" sequence (ECMA-48, section 8.3.117).
fn codes(style: Style) -> &'static str {
    match style {
        Style::Severity(Severity::Critical) => "1;35",
        Style::Severity(Severity::High) => "1;31",
        Style::Severity(Severity::Medium) => "1;33",
        Style::Severity(Severity::Low) => "1;36",
        Style::Severity(Severity::Info) => "1;34",
        Style::Heading => "1",
        Style::Name => "36",
        Style::Quiet => "2",
        Style::Good => "32",
        Style::Alert => "33",
    }
}
