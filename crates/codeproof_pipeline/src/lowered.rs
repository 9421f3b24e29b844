//! A file on its way into the analysis of its program: its IR, and what findings in it need of its facts.

use std::panic::{AssertUnwindSafe, catch_unwind};

use codeproof_dataflow::ir::Module;
use codeproof_source::{Snapshot, SourceFile};
use codeproof_syntax::ParsedFile;
use codeproof_types::{FileFacts, Language, RepoPath};

/// One file of a program.
pub(crate) struct Lowered {
    /// Its statements and expressions.
    pub module: Module,
    /// Its symbols and comments, without what only an index needs.
    pub facts: FileFacts,
    /// Its own language; a template has none.
    pub language: Option<Language>,
}

/// Languages whose programs are followed.
pub(crate) const LANGUAGES: [Language; 2] = [Language::Python, Language::Php];

/// The language of the program a file belongs to: its own, or that of the programs whose template it may be.
pub(crate) fn language_of(path: &RepoPath, language: Option<Language>) -> Option<Language> {
    let language = language.or_else(|| codeproof_dataflow::template_language(path));
    language.filter(|language| LANGUAGES.contains(language))
}

/// Lowers a file; `None` for those that belong to no program.
///
/// # Errors
/// When the lowering crashed, which is a fault of ours that must not take the file's other findings with it.
pub(crate) fn lower(
    path: &RepoPath,
    text: &str,
    parsed: Option<&ParsedFile>,
    facts: &FileFacts,
) -> Result<Option<Lowered>, Crashed> {
    let language = parsed.map(ParsedFile::language);
    if language_of(path, language).is_none() {
        return Ok(None);
    }
    let module = catch_unwind(AssertUnwindSafe(|| codeproof_dataflow::lower_file(path, text, parsed)));
    Ok(module.map_err(|_| Crashed)?.map(|module| Lowered { module, facts: kept(facts), language }))
}

/// Reads a file, and parses and lowers it; `None` when it belongs to no program, or cannot be read.
pub(crate) fn read(snapshot: &Snapshot, file: &SourceFile) -> Option<Lowered> {
    let source = snapshot.read(file).ok()?;
    let Some(language) = codeproof_syntax::language_of(&file.path, &source.text) else {
        return lower(&file.path, &source.text, None, &FileFacts::default()).ok().flatten();
    };
    let parsed = codeproof_syntax::parse(&source.text, language).0?;
    let facts = codeproof_syntax::facts(&source.text, &parsed);
    lower(&file.path, &source.text, Some(&parsed), &facts).ok().flatten()
}

/// The lowering crashed.
pub(crate) struct Crashed;

/// Names, lines and comments: what fingerprints and suppressions ask for.
fn kept(facts: &FileFacts) -> FileFacts {
    let mut symbols = facts.symbols.clone();
    for symbol in &mut symbols {
        symbol.signature = String::new();
        (symbol.parent, symbol.doc) = (None, None);
        (symbol.bases, symbol.decorators) = (Vec::new(), Vec::new());
    }
    FileFacts { symbols, comments: facts.comments.clone(), ..FileFacts::default() }
}
