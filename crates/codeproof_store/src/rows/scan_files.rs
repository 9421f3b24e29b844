//! Table `scan_files`: one row per file of a scan, read or not.

use codeproof_types::{ContentHash, FileClass, Language, RepoPath, ScanSummary};
use sea_orm::DbBackend;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

use super::{Cell, to_integer};
use crate::Error;
use crate::postgres::PATH_DIGEST;

/// A file as the scan saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRecord {
    /// The file; one row per scan and path.
    pub path: RepoPath,
    /// Hash of its bytes, when they were read.
    pub content_hash: Option<ContentHash>,
    /// What it is to its project, when that is known.
    pub class: Option<FileClass>,
    /// Its language, when it has one with a grammar.
    pub language: Option<Language>,
    /// Its size.
    pub bytes: u64,
    /// Its lines; 0 when it was not read.
    pub lines: u64,
    /// How it ended.
    pub outcome: FileOutcome,
}

/// How the scan of one file ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileOutcome {
    /// Looked at.
    Done,
    /// Left out on purpose.
    Skipped {
        /// Such as `binary` or a size limit.
        why: String,
    },
    /// Could not be looked at.
    Failed {
        /// The system's or engine's words.
        why: String,
    },
}

/// The word of [`FileOutcome::Done`] in column `status`.
const DONE: &str = "done";

/// A row; columns as in schema step m0001.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "scan_files")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub scan_id: i64,
    pub path: String,
    pub content_hash: Option<String>,
    pub class: Option<String>,
    pub language: Option<String>,
    pub bytes: i64,
    pub lines: i64,
    pub status: String,
    pub why: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of a file.
pub(crate) fn row(scan_id: i64, file: FileRecord) -> ActiveModel {
    let (status, why) = match file.outcome {
        FileOutcome::Done => (DONE, None),
        FileOutcome::Skipped { why } => ("skipped", Some(why)),
        FileOutcome::Failed { why } => ("failed", Some(why)),
    };
    ActiveModel {
        scan_id: Set(scan_id),
        path: Set(file.path.into()),
        content_hash: Set(file.content_hash.map(|hash| hash.to_string())),
        class: Set(file.class.map(|class| class.name().to_owned())),
        language: Set(file.language.map(|language| language.name().to_owned())),
        bytes: Set(to_integer(file.bytes)),
        lines: Set(to_integer(file.lines)),
        status: Set(status.to_owned()),
        why: Set(why),
        ..Default::default()
    }
}

/// A file that is seen again is what it is now.
pub(crate) fn seen_again(backend: DbBackend) -> OnConflict {
    use Column::*;
    let mut conflict = OnConflict::column(ScanId);
    match backend {
        DbBackend::Postgres => conflict.expr(Expr::cust(PATH_DIGEST)),
        _ => conflict.expr(Expr::col(Path)),
    };
    conflict.update_columns([ContentHash, Class, Language, Bytes, Lines, Status, Why]).to_owned()
}

/// Adds a stored file to the counts of its scan.
pub(crate) fn count(row: Model, summary: &mut ScanSummary) -> Result<(), Error> {
    if row.status != DONE {
        summary.files_not_read += 1;
        return Ok(());
    }
    let cell = |column| Cell { table: "scan_files", row: row.id, column };
    let lines = cell("lines").number::<u64>(row.lines)?;
    summary.files += 1;
    summary.bytes += cell("bytes").number::<u64>(row.bytes)?;
    summary.lines += lines;
    if let Some(class) = row.class {
        summary.classes.add(cell("class").word(class)?);
    }
    if let Some(language) = row.language {
        let counts = summary.languages.entry(cell("language").word(language)?).or_default();
        counts.files += 1;
        counts.lines += lines;
    }
    Ok(())
}
