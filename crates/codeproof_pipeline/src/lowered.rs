//! A file on its way into the analysis of its program: its IR, and what findings in it need of its facts.

use std::panic::{AssertUnwindSafe, catch_unwind};

use codeproof_dataflow::ir::Module;
use codeproof_syntax::ParsedFile;
use codeproof_types::{FileFacts, Language, RepoPath};

/// End of the names of Laravel's templates.
const BLADE: &str = ".blade.php";

/// One file of a program.
pub(crate) struct Lowered {
    /// Its statements and expressions.
    pub module: Module,
    /// Its symbols and comments, without what only an index needs.
    pub facts: FileFacts,
}

/// Languages whose programs are followed.
pub(crate) const LANGUAGES: [Language; 2] = [Language::Python, Language::Php];

/// Lowers a file; `None` for languages that are not followed, and when the lowering crashed, which is a fault of ours that
/// must not take the file's other findings with it.
pub(crate) fn lower(
    path: &RepoPath,
    text: &str,
    parsed: &ParsedFile,
    facts: &FileFacts,
) -> Result<Option<Lowered>, ()> {
    if !LANGUAGES.contains(&parsed.language()) {
        return Ok(None);
    }
    let module = catch_unwind(AssertUnwindSafe(|| match path.as_str().ends_with(BLADE) {
        true => Some(codeproof_dataflow::lower_blade(text)),
        false => codeproof_dataflow::lower(text, parsed),
    }));
    Ok(module.map_err(|_| ())?.map(|module| Lowered { module, facts: kept(facts) }))
}

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
