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
    /// PHP, with or without HTML around it.
    Php,
    /// Python 3.
    Python,
}

impl Language {
    /// Every language, in the order of their names.
    pub const ALL: [Self; 4] = [Self::C, Self::Cpp, Self::Php, Self::Python];

    /// The name on the wire and in rules: `c`, `cpp`, `php`, `python`.
    pub fn name(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::Php => "php",
            Self::Python => "python",
        }
    }

    /// The name a person writes: `C`, `C++`, `PHP`, `Python`.
    pub fn title(self) -> &'static str {
        match self {
            Self::C => "C",
            Self::Cpp => "C++",
            Self::Php => "PHP",
            Self::Python => "Python",
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
