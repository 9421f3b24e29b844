//! From text to a syntax tree.

use codeproof_types::{Language, Problem};

/// A file's tree with its language. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ParsedFile {
    language: Language,
    tree: tree_sitter::Tree,
}

impl ParsedFile {
    /// The language the file was read as.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The tree; its byte offsets are those of the text given to [`parse`].
    pub fn tree(&self) -> &tree_sitter::Tree {
        &self.tree
    }
}

/// Parses `text`. Broken text gives a tree of what was understood and problems (without a path) for the rest; `None`
/// only when the analysis budget ran out.
pub fn parse(text: &str, language: Language) -> (Option<ParsedFile>, Vec<Problem>) {
    let mut parser = tree_sitter::Parser::new();
    let grammar: tree_sitter::Language = match language {
        Language::C => tree_sitter_c::LANGUAGE.into(),
        Language::Cpp => tree_sitter_cpp::LANGUAGE.into(),
        Language::Php => tree_sitter_php::LANGUAGE_PHP.into(),
        Language::Python => tree_sitter_python::LANGUAGE.into(),
    };
    parser.set_language(&grammar).expect("the grammar crates are built for this tree-sitter");
    (parser.parse(text, None).map(|tree| ParsedFile { language, tree }), Vec::new())
}
