//! From syntax trees to the IR, one module for each language; templates, which have no grammar, from their text.

mod builder;
pub(crate) mod jinja;
mod nodes;
mod php;
#[cfg(test)]
mod print;
mod python;
#[cfg(test)]
mod soundness;

pub use php::lower_blade;

use codeproof_syntax::ParsedFile;
use codeproof_types::{Language, RepoPath};

use crate::ir::Module;
use jinja::Manner;

/// Ends of the names of templates that are written as Jinja's, and the language of the programs they belong to.
const TEMPLATES: [(&str, Language); 7] = [
    (".html", Language::Python),
    (".htm", Language::Python),
    (".xhtml", Language::Python),
    (".jinja", Language::Python),
    (".jinja2", Language::Python),
    (".j2", Language::Python),
    (".twig", Language::Php),
];

/// End of the names of Laravel's templates.
const BLADE: &str = ".blade.php";

/// The language of the program that a file without a grammar may be a template of, by its name; [`lower_file`] says by its
/// text whether it is one.
pub fn template_language(path: &RepoPath) -> Option<Language> {
    let path = path.as_str();
    TEMPLATES.iter().find(|(end, _)| ends_with(path, end)).map(|(_, language)| *language)
}

/// Whether a file without a grammar is wanted, since it may be a template.
pub fn is_template(path: &RepoPath) -> bool {
    template_language(path).is_some()
}

/// Lowers one file, a template or what was parsed; `None` for files that are neither, and for languages that have no
/// lowering yet.
pub fn lower_file(path: &RepoPath, text: &str, parsed: Option<&ParsedFile>) -> Option<Module> {
    if ends_with(path.as_str(), BLADE) {
        return Some(lower_blade(text));
    }
    if let Some(parsed) = parsed {
        return lower(text, parsed);
    }
    let language = template_language(path)?;
    (text.contains("{{") || text.contains("{%")).then(|| jinja::lower(text, manner(path.as_str(), language, text)))
}

/// Lowers one file; `None` for languages that have no lowering yet. Never fails: what is not understood becomes
/// [`crate::ir::Expr::Unknown`].
pub fn lower(text: &str, parsed: &ParsedFile) -> Option<Module> {
    match parsed.language() {
        Language::Python => Some(python::lower(text, parsed.tree())),
        Language::Php => Some(php::lower(text, parsed.tree())),
        _ => None,
    }
}

/// How a template is emitted: as Flask's, Django's and Twig's defaults are.
fn manner(path: &str, language: Language, text: &str) -> Manner {
    let inner = [".jinja", ".jinja2", ".j2", ".twig"].iter().find(|end| ends_with(path, end));
    let named = inner.map_or(path, |end| &path[..path.len() - end.len()]);
    let is_named_markup = [".html", ".htm", ".xhtml", ".xml"].iter().any(|end| ends_with(named, end));
    Manner {
        language,
        escapes: is_named_markup || language == Language::Php,
        is_page: is_named_markup || text.contains("</"),
    }
}

fn ends_with(path: &str, end: &str) -> bool {
    let start = path.len().saturating_sub(end.len());
    path.get(start..).is_some_and(|last| last.eq_ignore_ascii_case(end))
}
