//! What can fail in the store: the operation, the place, and what to try.

use std::path::{Path, PathBuf};

use codeproof_types::ScanId;
use sea_orm::{DbErr, RuntimeErr, sqlx};

/// A failed operation on the store. The text names the place and what to try; the system's own words are the source.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL names a database this version does not speak to. Only the scheme is kept: the rest may hold a password.
    #[error("{scheme}:// databases are not in this version; use sqlite://PATH")]
    UnsupportedDatabase {
        /// What stood before `://`.
        scheme: String,
    },
    /// The URL does not name a file.
    #[error("{url:?} does not name a database file: {why}; use sqlite://PATH or a plain path")]
    InvalidUrl {
        /// The URL as given.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The folder or the file could not be made.
    #[error("cannot create {path}; check that its folder can be written to, or use --db with another place")]
    Create {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// The file is there and cannot be opened.
    #[error("cannot open {path}; check its permissions and those of its folder, or use --db with another file")]
    Open {
        /// The file.
        path: PathBuf,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// The file is something else.
    #[error("{path} is not a SQLite database; it was left as it is, use --db with another file")]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file belongs to another program.
    #[error(
        "{path} is another program's database (it has a table {table:?}); it was left as it is, use --db with another file"
    )]
    ForeignDatabase {
        /// The file.
        path: PathBuf,
        /// One of its tables.
        table: String,
    },
    /// The file was written by a version that knows more schema steps.
    #[error("{path} was made by a newer codeproof (schema step {step:?}); use that one, or --db with another file")]
    NewerSchema {
        /// The file.
        path: PathBuf,
        /// The first recorded step this version does not know.
        step: String,
    },
    /// The copy that is made before an old database is changed could not be written.
    #[error(
        "cannot back up {path} to {backup} before bringing it up to date, so it was left as it is; make room beside it"
    )]
    Backup {
        /// The database.
        path: PathBuf,
        /// The copy.
        backup: PathBuf,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Somebody else held the database for longer than the busy timeout.
    #[error(
        "cannot {operation}: {path} is locked by another program; wait until that one ends, or use --db with another file"
    )]
    Locked {
        /// What was tried.
        operation: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The file, or its folder, cannot be written to.
    #[error(
        "cannot {operation}: {path} or its folder is read-only; change the permissions, or use --db with another file"
    )]
    ReadOnly {
        /// What was tried.
        operation: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// No room is left.
    #[error("cannot {operation}: no room is left for {path}; free some, or use --db with a file on another disk")]
    DiskFull {
        /// What was tried.
        operation: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The bytes of the file do not fit together.
    #[error("cannot {operation}: {path} is damaged; move it away, or put a copy in its place")]
    Damaged {
        /// What was tried.
        operation: &'static str,
        /// The file.
        path: PathBuf,
    },
    /// The database refused for another reason.
    #[error("cannot {operation} in {path}")]
    Database {
        /// What was tried.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// The database's words.
        #[source]
        source: DbErr,
    },
    /// A stored value cannot be read back.
    #[error("row {row} of {table} holds {column} that this version cannot read: {why}; was the file edited?")]
    UnreadableRow {
        /// The table.
        table: &'static str,
        /// The row's id.
        row: i64,
        /// The column.
        column: &'static str,
        /// Why not.
        why: String,
    },
    /// There is no such scan to change.
    #[error("there is no scan {scan} in {path}; `codeproof scans` lists them")]
    NoSuchScan {
        /// The id.
        scan: ScanId,
        /// The file.
        path: PathBuf,
    },
    /// The writer has stopped early; `ScanWriter::close` tells why.
    #[error("the writer of this scan's rows stopped early")]
    WriterStopped,
}

impl Error {
    /// Sorts the database's refusal of `operation` ("cannot …") into the variant that says what to try.
    pub(crate) fn database(operation: &'static str, path: &Path, source: DbErr) -> Self {
        let path = path.to_owned();
        match Cause::of(&source) {
            Cause::Locked => Self::Locked { operation, path },
            Cause::ReadOnly => Self::ReadOnly { operation, path },
            Cause::DiskFull => Self::DiskFull { operation, path },
            Cause::Damaged => Self::Damaged { operation, path },
            Cause::NotADatabase => Self::NotADatabase { path },
            Cause::CannotOpen => Self::Open { path, source: std::io::Error::other(source) },
            Cause::Other => Self::Database { operation, path, source },
        }
    }
}

/// Why a database refused, as far as something can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Locked,
    ReadOnly,
    DiskFull,
    Damaged,
    NotADatabase,
    CannotOpen,
    Other,
}

impl Cause {
    /// Reads SQLite's primary result code (<https://www.sqlite.org/rescode.html>), the low byte of the extended one.
    pub(crate) fn of(error: &DbErr) -> Self {
        match sqlite_code(error).map(|extended| extended & 0xff) {
            Some(5 | 6) => Self::Locked,
            Some(8) => Self::ReadOnly,
            Some(11) => Self::Damaged,
            Some(13) => Self::DiskFull,
            Some(14) => Self::CannotOpen,
            Some(26) => Self::NotADatabase,
            _ => Self::Other,
        }
    }
}

fn sqlite_code(error: &DbErr) -> Option<i32> {
    let (DbErr::Conn(RuntimeErr::SqlxError(error))
    | DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return None;
    };
    let sqlx::Error::Database(error) = error.as_ref() else { return None };
    error.code()?.parse().ok()
}
