//! Table `import_relations`: one row per imported name.

use codeproof_types::RepoPath;
use sea_orm::Set;
use sea_orm::entity::prelude::*;

use super::{Cell, key_text};
use crate::Error;

/// One imported name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRecord {
    /// The file that imports.
    pub path: RepoPath,
    /// 1-based line where the statement starts.
    pub line: u32,
    /// The module, namespace or header; what is longer than 500 characters is cut, as in what is looked for.
    pub module: String,
    /// The name taken from it; `*` for all, empty when the module itself is imported.
    pub name: String,
    /// The name it gets here, when another one is given.
    pub alias: Option<String>,
    /// Dots before a relative Python import; 1 for a quoted C include; else 0.
    pub level: u32,
    /// The file it means, when that is part of the program.
    pub target_path: Option<RepoPath>,
}

/// A row; columns as in schema step m0002.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_relations")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub scan_id: i64,
    pub file_path: String,
    pub line_number: i64,
    pub module: String,
    pub name: String,
    pub alias: Option<String>,
    pub level: i64,
    pub target_path: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of an import.
pub(crate) fn row(scan_id: i64, import: ImportRecord) -> ActiveModel {
    ActiveModel {
        scan_id: Set(scan_id),
        file_path: Set(import.path.into()),
        line_number: Set(import.line.into()),
        module: Set(key_text(import.module)),
        name: Set(import.name),
        alias: Set(import.alias),
        level: Set(import.level.into()),
        target_path: Set(import.target_path.map(String::from)),
        ..Default::default()
    }
}

/// The import of a row.
pub(crate) fn import(row: Model) -> Result<ImportRecord, Error> {
    let cell = |column| Cell { table: "import_relations", row: row.id, column };
    Ok(ImportRecord {
        path: cell("file_path").word(row.file_path)?,
        line: cell("line_number").number(row.line_number)?,
        module: row.module,
        name: row.name,
        alias: row.alias,
        level: cell("level").number(row.level)?,
        target_path: row.target_path.map(|path| cell("target_path").word(path)).transpose()?,
    })
}
