//! The languages codeproof reads: one file each, and one word in the list below.

use codeproof_types::{Language, RepoPath};

use crate::collector::Collector;

/// What the rest of the crate must know of a language.
pub(crate) struct Definition {
    /// Which one it is.
    pub(crate) language: Language,
    /// Its grammar.
    pub(crate) grammar: fn() -> tree_sitter::Language,
    /// Extensions of its files, lower case, without dot.
    pub(crate) extensions: &'static [&'static str],
    /// Names of its files that have no extension of the language.
    pub(crate) file_names: &'static [&'static str],
    /// Programs that run it, as a `#!` line names them, without version.
    pub(crate) interpreters: &'static [&'static str],
    /// A text of the same length with the same line ends that the grammar reads better; `None` when it would be equal.
    pub(crate) prepare: fn(&str) -> Option<String>,
    /// Adds the facts of a tree.
    pub(crate) read: for<'t> fn(&'t tree_sitter::Tree, &mut Collector<'t>),
    /// The module a path names, in languages where it does.
    pub(crate) module: fn(&RepoPath) -> Option<String>,
}

/// Declares the languages: a module each, and the list of their definitions.
macro_rules! languages {
    ($($name:ident),+ $(,)?) => {
        $(mod $name;)+

        /// Every language.
        pub(crate) const ALL: &[&Definition] = &[$(&$name::DEFINITION),+];

        #[cfg(test)]
        mod tests;

        /// Names of node kinds that each language reads, for the test that compares them with the grammar.
        #[cfg(test)]
        const KIND_NAMES: &[(&str, &[&str])] = &[$((stringify!($name), $name::KIND_NAMES)),+];
    };
}

languages! { c, cpp, csharp, go, java, javascript, php, python, ruby, rust, tsx, typescript }

/// A text of the same length with the same line ends that the grammar may read better, for a text it cannot read as it
/// is; `None` when the language has none.
pub(crate) fn repaired(language: Language, text: &str) -> Option<String> {
    if language == Language::CSharp { crate::csharp_conditionals::first_branches(text) } else { None }
}

/// The definition of `language`.
pub(crate) fn of(language: Language) -> &'static Definition {
    ALL.iter().find(|definition| definition.language == language).expect("a test compares the list with Language::ALL")
}
