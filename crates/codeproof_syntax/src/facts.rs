//! From a tree to the facts of its file.

use codeproof_types::{FileFacts, Language, RepoPath};

use crate::collector::Collector;
use crate::parse::ParsedFile;

/// Reads symbols, imports, calls and comments of `text` from `parsed`, the tree that [`crate::parse`] made of it. In
/// file order, outer before inner; total: broken places give fewer facts, never none at all. O(bytes), no recursion.
pub fn facts(text: &str, parsed: &ParsedFile) -> FileFacts {
    let mut collector = Collector::new(text);
    (crate::languages::of(parsed.language()).read)(parsed.tree(), &mut collector);
    collector.finish()
}

/// The name of a symbol across files: Python names get their module from the path (`django/conf/__init__.py` and
/// `Settings` make `django.conf.Settings`); the other languages' names say it already.
///
/// ```
/// use codeproof_types::{Language, RepoPath};
///
/// let path = RepoPath::new("src/flask/app.py").unwrap();
/// assert_eq!(codeproof_syntax::qualified(&path, Language::Python, "Flask.run"), "src.flask.app.Flask.run");
/// ```
pub fn qualified(path: &RepoPath, language: Language, qualified_name: &str) -> String {
    match (crate::languages::of(language).module)(path) {
        Some(module) => format!("{module}.{qualified_name}"),
        None => qualified_name.to_owned(),
    }
}
