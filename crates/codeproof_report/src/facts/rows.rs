//! The rows of facts; their serde form is the public JSON of the commands.

use std::io::{self, Write};

use codeproof_types::{CallKind, CallSite, Import, RepoPath, Resolution, Symbol, SymbolKind, Visibility};
use serde::Serialize;

use crate::json;

/// One definition and its file.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SymbolRow<'a> {
    /// The file.
    pub path: &'a RepoPath,
    /// What it is.
    pub kind: SymbolKind,
    /// Its own name.
    pub name: &'a str,
    /// Name with everything around it, in the language's notation.
    pub qualified_name: &'a str,
    /// Qualified name of the symbol around it.
    pub parent: Option<&'a str>,
    /// First line of the definition, 1-based.
    pub first_line: u32,
    /// Last line, inclusive.
    pub last_line: u32,
    /// First line with decorators.
    pub decorated_first_line: u32,
    /// Head of the definition on one line.
    pub signature: &'a str,
    /// First paragraph of its documentation.
    pub doc: Option<&'a str>,
    /// Who may use it, where the language says.
    pub visibility: Option<Visibility>,
    /// `static` in the language's own sense.
    pub is_static: bool,
}

impl<'a> SymbolRow<'a> {
    /// The row of `symbol`, whose names are those across files.
    pub fn new(path: &'a RepoPath, symbol: &'a Symbol) -> Self {
        Self {
            path,
            kind: symbol.kind,
            name: &symbol.name,
            qualified_name: &symbol.qualified_name,
            parent: symbol.parent.as_deref(),
            first_line: symbol.first_line,
            last_line: symbol.last_line,
            decorated_first_line: symbol.decorated_first_line,
            signature: &symbol.signature,
            doc: symbol.doc.as_deref(),
            visibility: symbol.visibility,
            is_static: symbol.is_static,
        }
    }
}

/// One imported name and its file.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ImportRow<'a> {
    /// The file that imports.
    pub path: &'a RepoPath,
    /// 1-based line where the statement starts.
    pub line: u32,
    /// The module, namespace or header; `None` in Python's `from . import name`.
    pub module: Option<&'a str>,
    /// The name taken from it, `*` for all; `None` when the module itself is imported.
    pub name: Option<&'a str>,
    /// The name it gets here, when another one is given.
    pub alias: Option<&'a str>,
    /// Dots before a relative Python import; 1 for a quoted C include; else 0.
    pub level: u32,
    /// The file it is in, when that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_path: Option<&'a RepoPath>,
}

impl<'a> ImportRow<'a> {
    /// An import whose file nobody has looked for.
    pub fn unresolved(path: &'a RepoPath, import: &'a Import) -> Self {
        let told = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        Self {
            path,
            line: import.line,
            module: told(&import.module),
            name: told(&import.name),
            alias: import.alias.as_deref(),
            level: import.level,
            target_path: None,
        }
    }
}

/// One call or mention of a class, its file and its target.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct CallRow<'a> {
    /// Call or mention.
    pub kind: CallKind,
    /// The file.
    pub path: &'a RepoPath,
    /// 1-based line.
    pub line: u32,
    /// 1-based column in characters.
    pub column: u32,
    /// The called name without its receiver.
    pub callee: &'a str,
    /// What stands before the callee.
    pub receiver: Option<&'a str>,
    /// Arguments as written.
    pub arguments: u32,
    /// The file of the definition, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_path: Option<&'a RepoPath>,
    /// Its line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_line: Option<u32>,
    /// Its qualified name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_name: Option<&'a str>,
    /// How sure the target is.
    pub resolution: Resolution,
}

impl<'a> CallRow<'a> {
    /// A call whose target nobody has looked for.
    pub fn unresolved(path: &'a RepoPath, call: &'a CallSite) -> Self {
        Self {
            kind: call.kind,
            path,
            line: call.position.line,
            column: call.position.column,
            callee: &call.callee,
            receiver: call.receiver.as_deref(),
            arguments: call.arguments,
            target_path: None,
            target_line: None,
            target_name: None,
            resolution: Resolution::Unresolved,
        }
    }
}

/// Writes each row as one line of JSON.
///
/// # Errors
/// Only when `out` cannot be written.
pub fn render_json_lines<R: Serialize>(rows: impl IntoIterator<Item = R>, out: &mut dyn Write) -> io::Result<()> {
    rows.into_iter().try_for_each(|row| json::write_compact(&row, out))
}
