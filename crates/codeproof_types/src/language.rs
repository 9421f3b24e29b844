//! The programming languages codeproof reads.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language with a grammar in `codeproof_syntax`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// C, and headers that hold no C++.
    C,
    /// C++.
    Cpp,
    /// C#.
    CSharp,
    /// Go.
    Go,
    /// Java.
    Java,
    /// JavaScript, with or without JSX.
    JavaScript,
    /// PHP, with or without HTML around it.
    Php,
    /// Python 3.
    Python,
    /// Ruby.
    Ruby,
    /// Rust.
    Rust,
    /// TypeScript with JSX.
    Tsx,
    /// TypeScript without JSX.
    TypeScript,
}

impl Language {
    /// Every language, in the order of their names.
    pub const ALL: [Self; 12] = [
        Self::C,
        Self::Cpp,
        Self::CSharp,
        Self::Go,
        Self::Java,
        Self::JavaScript,
        Self::Php,
        Self::Python,
        Self::Ruby,
        Self::Rust,
        Self::Tsx,
        Self::TypeScript,
    ];

    /// The name on the wire and in rules: `c`, `cpp`, `csharp`, `javascript`.
    pub fn name(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::CSharp => "csharp",
            Self::Go => "go",
            Self::Java => "java",
            Self::JavaScript => "javascript",
            Self::Php => "php",
            Self::Python => "python",
            Self::Ruby => "ruby",
            Self::Rust => "rust",
            Self::Tsx => "tsx",
            Self::TypeScript => "typescript",
        }
    }

    /// The name a person writes: `C`, `C++`, `C#`, `JavaScript`.
    pub fn title(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::Cpp => "C++",
            Self::CSharp => "C#",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::JavaScript => "JavaScript",
            Self::Php => "PHP",
            Self::Python => "Python",
            Self::Ruby => "Ruby",
            Self::Rust => "Rust",
            Self::Tsx => "TSX",
            Self::TypeScript => "TypeScript",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Language {
    type Err = crate::UnknownWord;

    fn from_str(word: &str) -> Result<Self, crate::UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|language| language.name() == word)
            .ok_or_else(|| crate::UnknownWord::new(word, "a language", Self::ALL.map(Self::name).as_slice()))
    }
}
