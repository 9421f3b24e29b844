//! Programs written in one text, and what the engine says of them.

use std::sync::LazyLock;

use codeproof_dataflow::{Analysis, Flow, SourceFile, Specs, Spot, analyse, is_template, lower_file};
use codeproof_types::{Language, RepoPath};

/// The built-in specs of the two languages, read once.
pub(crate) fn specs(language: Language) -> &'static Specs {
    static PYTHON: LazyLock<Specs> = LazyLock::new(|| loaded(Language::Python));
    static PHP: LazyLock<Specs> = LazyLock::new(|| loaded(Language::Php));
    if language == Language::Php { &PHP } else { &PYTHON }
}

fn loaded(language: Language) -> Specs {
    Specs::load(language, &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// Files of one language.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) language: Language,
    /// Path and text of each.
    pub(crate) files: Vec<(String, String)>,
}

impl Program {
    /// One file.
    pub(crate) fn one(language: Language, text: impl Into<String>) -> Self {
        let path = if language == Language::Php { "main.php" } else { "main.py" };
        Self { language, files: vec![(path.to_owned(), text.into())] }
    }

    /// The files of a text in which `#- path` or `//- path` begins each; without such a line it is one file. Lines keep
    /// their numbers in the text: the lines of the files before are left blank.
    pub(crate) fn parted(language: Language, text: &str) -> Self {
        let header = if language == Language::Php { "//- " } else { "#- " };
        let mut files: Vec<(String, String)> = Vec::new();
        for (number, line) in text.lines().enumerate() {
            if let Some(path) = line.strip_prefix(header) {
                files.push((path.trim().to_owned(), "\n".repeat(number + 1)));
            } else if let Some((_, file)) = files.last_mut() {
                file.push_str(line);
                file.push('\n');
            }
        }
        if files.is_empty() { Self::one(language, text) } else { Self { language, files } }
    }

    /// What the engine says of it.
    pub(crate) fn analyse(&self) -> Analysis {
        let files = self.files.iter().map(|(path, text)| self.file(path, text)).collect();
        analyse(files, specs(self.language))
    }

    fn file(&self, path: &str, text: &str) -> SourceFile {
        let at = RepoPath::new(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let parsed = if is_template(&at) { None } else { codeproof_syntax::parse(text, self.language).0 };
        let module = lower_file(&at, text, parsed.as_ref()).unwrap_or_else(|| panic!("{path} is not lowered"));
        SourceFile { path: at, module }
    }

    /// The text at a place, blanks folded.
    pub(crate) fn quote(&self, analysis: &Analysis, spot: Spot) -> String {
        self.text_at(analysis, spot)[spot.range()].split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The 1-based line of a place.
    pub(crate) fn line(&self, analysis: &Analysis, spot: Spot) -> usize {
        self.text_at(analysis, spot)[..spot.range().start].matches('\n').count() + 1
    }

    fn text_at(&self, analysis: &Analysis, spot: Spot) -> &str {
        let path = analysis.paths[spot.file as usize].as_str();
        let (_, text) = self.files.iter().find(|(known, _)| known == path).expect("spots name files of the program");
        text
    }

    /// A flow in one line: `command <- request.args`, with `?` when it is not certain.
    pub(crate) fn shown(&self, analysis: &Analysis, flow: &Flow) -> String {
        let doubt = if flow.is_certain { "" } else { "?" };
        format!("{}{doubt} <- {}", flow.kind.name(), self.quote(analysis, flow.source.spot))
    }
}
