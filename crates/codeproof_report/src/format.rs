//! The formats a scan can be reported in.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use codeproof_types::UnknownWord;

/// A format of a scan report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For reading in a terminal.
    Text,
    /// The public JSON, for programs.
    Json,
    /// SARIF 2.1.0, for code-scanning services and editors.
    Sarif,
    /// For pull requests and wikis.
    Markdown,
    /// One page with filters, for a browser.
    Html,
}

impl Format {
    /// Every format, in the order help texts list them.
    pub const ALL: [Self; 5] = [Self::Text, Self::Json, Self::Sarif, Self::Markdown, Self::Html];

    /// The word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// The format a file's name asks for: `.txt`, `.json`, `.sarif`, `.sarif.json`, `.md`, `.html`; capitals do not matter.
    pub fn from_extension(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        // The longest extension first: a `.sarif.json` is no plain JSON.
        let extensions = [
            (".sarif.json", Self::Sarif),
            (".sarif", Self::Sarif),
            (".json", Self::Json),
            (".txt", Self::Text),
            (".md", Self::Markdown),
            (".html", Self::Html),
            (".htm", Self::Html),
        ];
        extensions.into_iter().find(|(extension, _)| name.ends_with(extension)).map(|(_, format)| format)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.map(Self::name);
        Self::ALL
            .into_iter()
            .find(|format| format.name() == word)
            .ok_or_else(|| UnknownWord::new(word, "a report format", &known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_both_ways_and_errors_list_them() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
        }
        let error = "xml".parse::<Format>().unwrap_err().to_string();
        assert_eq!(error, "\"xml\" is not a report format; use one of text, json, sarif, markdown, html");
    }

    #[test]
    fn extensions_choose_the_format() {
        let format = |name| Format::from_extension(Path::new(name));
        assert_eq!(format("out/report.sarif.json"), Some(Format::Sarif));
        assert_eq!(format("report.SARIF"), Some(Format::Sarif));
        assert_eq!(format("report.json"), Some(Format::Json));
        assert_eq!(format("report.txt"), Some(Format::Text));
        assert_eq!(format("report.md"), Some(Format::Markdown));
        assert_eq!(format("report.html"), Some(Format::Html));
        assert_eq!(format("report.xml"), None);
        assert_eq!(format("json"), None);
        assert_eq!(format(".."), None);
    }
}
