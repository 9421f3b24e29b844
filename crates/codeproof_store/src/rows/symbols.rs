//! Table `symbols`: the definitions of a scanned program.

use codeproof_types::{RepoPath, SymbolKind, Visibility};
use sea_orm::Set;
use sea_orm::entity::prelude::*;

use super::{Cell, key_text, to_word};
use crate::Error;

/// One definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SymbolRecord {
    /// The file it stands in.
    pub path: RepoPath,
    /// What it is.
    pub kind: SymbolKind,
    /// Its own name; what is longer than 500 characters is cut in the row, as in what is looked for.
    pub name: String,
    /// Name with everything around it.
    pub qualified_name: String,
    /// Qualified name of the symbol around it.
    pub parent: Option<String>,
    /// First line, 1-based.
    pub first_line: u32,
    /// Last line, 1-based, inclusive.
    pub last_line: u32,
    /// Head of the definition on one line.
    pub signature: String,
    /// First paragraph of its documentation.
    pub doc: Option<String>,
    /// Who may use it, where the language says.
    pub visibility: Option<Visibility>,
    /// `static` in the language's own sense.
    pub is_static: bool,
    /// What a search reads: name, signature and documentation together.
    pub search_text: String,
}

/// A row; columns as in schema step m0002.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "symbols")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub scan_id: i64,
    pub file_path: String,
    pub kind: String,
    pub name: String,
    pub qualified_name: String,
    pub parent: Option<String>,
    pub start_line: i64,
    pub end_line: i64,
    pub signature: String,
    pub docstring: Option<String>,
    pub visibility: Option<String>,
    pub is_static: bool,
    pub search_text: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of a symbol.
pub(crate) fn row(scan_id: i64, symbol: SymbolRecord) -> ActiveModel {
    ActiveModel {
        scan_id: Set(scan_id),
        file_path: Set(symbol.path.into()),
        kind: Set(symbol.kind.name().to_owned()),
        name: Set(key_text(symbol.name)),
        qualified_name: Set(symbol.qualified_name),
        parent: Set(symbol.parent),
        start_line: Set(symbol.first_line.into()),
        end_line: Set(symbol.last_line.into()),
        signature: Set(symbol.signature),
        docstring: Set(symbol.doc),
        visibility: Set(symbol.visibility.map(to_word)),
        is_static: Set(symbol.is_static),
        search_text: Set(symbol.search_text),
        ..Default::default()
    }
}

/// The symbol of a row.
pub(crate) fn symbol(row: Model) -> Result<SymbolRecord, Error> {
    let cell = |column| Cell { table: "symbols", row: row.id, column };
    Ok(SymbolRecord {
        path: cell("file_path").word(row.file_path)?,
        kind: cell("kind").word(row.kind)?,
        name: row.name,
        qualified_name: row.qualified_name,
        parent: row.parent,
        first_line: cell("start_line").number(row.start_line)?,
        last_line: cell("end_line").number(row.end_line)?,
        signature: row.signature,
        doc: row.docstring,
        visibility: row.visibility.map(|visibility| cell("visibility").word(visibility)).transpose()?,
        is_static: row.is_static,
        search_text: row.search_text,
    })
}
