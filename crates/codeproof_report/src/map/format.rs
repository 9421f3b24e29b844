//! The formats a map can be written in.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use codeproof_types::UnknownWord;

/// A format of a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MapFormat {
    /// For reading in a terminal.
    Text,
    /// The public JSON, for programs.
    Json,
    /// Markdown with a fenced Mermaid block for each diagram.
    Mermaid,
    /// All diagrams as one picture.
    Svg,
    /// One page with diagrams and a route table to search, for a browser.
    Html,
}

impl MapFormat {
    /// Every format, in the order help texts list them.
    pub const ALL: [Self; 5] = [Self::Text, Self::Json, Self::Mermaid, Self::Svg, Self::Html];

    /// The word on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Mermaid => "mermaid",
            Self::Svg => "svg",
            Self::Html => "html",
        }
    }

    /// The format a file's name asks for: `.txt`, `.json`, `.md`, `.mmd`, `.svg`, `.html`; capitals do not matter.
    pub fn from_extension(path: &Path) -> Option<Self> {
        match path.extension()?.to_string_lossy().to_ascii_lowercase().as_str() {
            "txt" => Some(Self::Text),
            "json" => Some(Self::Json),
            "md" | "mmd" => Some(Self::Mermaid),
            "svg" => Some(Self::Svg),
            "html" | "htm" => Some(Self::Html),
            _ => None,
        }
    }
}

impl fmt::Display for MapFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for MapFormat {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.map(Self::name);
        Self::ALL
            .into_iter()
            .find(|format| format.name() == word)
            .ok_or_else(|| UnknownWord::new(word, "a map format", &known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_go_both_ways_and_extensions_choose() {
        for format in MapFormat::ALL {
            assert_eq!(format.to_string().parse::<MapFormat>().unwrap(), format);
        }
        assert!("sarif".parse::<MapFormat>().unwrap_err().to_string().contains("text, json, mermaid, svg, html"));
        let format = |name| MapFormat::from_extension(Path::new(name));
        assert_eq!(format("out/map.HTML"), Some(MapFormat::Html));
        assert_eq!(format("map.md"), Some(MapFormat::Mermaid));
        assert_eq!(format("map.svg"), Some(MapFormat::Svg));
        assert_eq!([format("map"), format("map.png")], [None, None]);
    }
}
