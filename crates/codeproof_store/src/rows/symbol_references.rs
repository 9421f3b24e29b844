//! Table `symbol_references`: calls and mentions of classes, with what they were resolved to.

use codeproof_types::{CallKind, RepoPath, Resolution};
use sea_orm::Set;
use sea_orm::entity::prelude::*;

use super::{Cell, key_text, to_word};
use crate::Error;

/// One call or mention of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceRecord {
    /// Call or mention.
    pub kind: CallKind,
    /// The file it stands in.
    pub path: RepoPath,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in characters.
    pub column: u32,
    /// The called name without its receiver; what is longer than 500 characters is cut, as in what is looked for.
    pub callee: String,
    /// What stands before the last `.`, `->` or `::`.
    pub receiver: Option<String>,
    /// Qualified name of the symbol it stands in.
    pub caller: Option<String>,
    /// The file of the definition it means.
    pub target_path: Option<RepoPath>,
    /// 1-based line of that definition.
    pub target_line: Option<u32>,
    /// Qualified name of that definition; cut like `callee`.
    pub target_name: Option<String>,
    /// How sure that is.
    pub resolution: Resolution,
}

/// A row; columns as in schema step m0002.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "symbol_references")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub scan_id: i64,
    pub file_path: String,
    pub kind: String,
    pub line_number: i64,
    pub column_number: i64,
    pub callee: String,
    pub receiver: Option<String>,
    pub caller: Option<String>,
    pub target_path: Option<String>,
    pub target_line: Option<i64>,
    pub target_name: Option<String>,
    pub resolution: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of a reference.
pub(crate) fn row(scan_id: i64, reference: ReferenceRecord) -> ActiveModel {
    ActiveModel {
        scan_id: Set(scan_id),
        file_path: Set(reference.path.into()),
        kind: Set(to_word(reference.kind)),
        line_number: Set(reference.line.into()),
        column_number: Set(reference.column.into()),
        callee: Set(key_text(reference.callee)),
        receiver: Set(reference.receiver),
        caller: Set(reference.caller),
        target_path: Set(reference.target_path.map(String::from)),
        target_line: Set(reference.target_line.map(i64::from)),
        target_name: Set(reference.target_name.map(key_text)),
        resolution: Set(reference.resolution.name().to_owned()),
        ..Default::default()
    }
}

/// The reference of a row.
pub(crate) fn reference(row: Model) -> Result<ReferenceRecord, Error> {
    let cell = |column| Cell { table: "symbol_references", row: row.id, column };
    Ok(ReferenceRecord {
        kind: cell("kind").word(row.kind)?,
        path: cell("file_path").word(row.file_path)?,
        line: cell("line_number").number(row.line_number)?,
        column: cell("column_number").number(row.column_number)?,
        callee: row.callee,
        receiver: row.receiver,
        caller: row.caller,
        target_path: row.target_path.map(|path| cell("target_path").word(path)).transpose()?,
        target_line: row.target_line.map(|line| cell("target_line").number(line)).transpose()?,
        target_name: row.target_name,
        resolution: cell("resolution").word(row.resolution)?,
    })
}
