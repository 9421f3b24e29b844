//! What can fail in the store: the operation, the place, and what to try.

mod cause;

use std::path::PathBuf;
use std::time::Duration;

use codeproof_types::ScanId;
use sea_orm::DbErr;

use crate::Place;
pub(crate) use cause::Cause;

/// A failed operation on the store. The text names the place and what to try; the system's own words are the source.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL names a database this version does not speak to. Only the scheme is kept: the rest may hold a password.
    #[error("{scheme}:// databases are not known; use sqlite://PATH or postgres://…")]
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
    /// The URL does not name a PostgreSQL database. It is not quoted: nobody knows which part of it is a password.
    #[error("the postgres:// URL does not name a database: {why}; write postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    InvalidServerUrl {
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
    #[error("{place} is not a SQLite database; it was left as it is, use --db with another file")]
    NotADatabase {
        /// The file.
        place: Place,
    },
    /// The file belongs to another program.
    #[error(
        "{place} is another program's database (it has a table {table:?}); it was left as it is, use --db with another file"
    )]
    ForeignDatabase {
        /// The file.
        place: Place,
        /// One of its tables.
        table: String,
    },
    /// The schema that tables would be made in belongs to another program.
    #[error(
        "schema {schema:?} of {place} is another program's (it has a table {table:?}); it was left as it is, make a \
         schema for codeproof and add ?options=-csearch_path=NAME to the URL, or use --db with another database"
    )]
    ForeignSchema {
        /// The database.
        place: Place,
        /// The schema, the first of the search path that exists.
        schema: String,
        /// One of its tables.
        table: String,
    },
    /// The search path names no schema that exists.
    #[error(
        "{place} has no schema to keep tables in: none of the search path {search_path:?} exists; make one with \
         CREATE SCHEMA, or name another with ?options=-csearch_path=NAME"
    )]
    NoSchema {
        /// The database.
        place: Place,
        /// The search path as the server tells it.
        search_path: String,
    },
    /// The database was written by a version that knows more schema steps.
    #[error(
        "{place} was made by a newer codeproof: it has schema step {step:?}, codeproof {version} knows them up to \
         {known:?}; use the newer one, or --db with another database",
        version = env!("CARGO_PKG_VERSION")
    )]
    NewerSchema {
        /// The database.
        place: Place,
        /// The last recorded step this version does not know.
        step: String,
        /// The last step this version knows.
        known: String,
    },
    /// The database was to be read, and nobody has stored anything in it.
    #[error("{place} holds no scans yet; run `codeproof scan` with it first, or use --db with another database")]
    Empty {
        /// The database.
        place: Place,
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
    /// Nobody answers at the server's address, or the connection broke.
    #[error("cannot {operation}: {place} cannot be reached; check that the server runs, and its host and port")]
    Unreachable {
        /// What was tried.
        operation: &'static str,
        /// The database.
        place: Place,
        /// The system's words.
        #[source]
        source: DbErr,
    },
    /// The server took the connection and said nothing more.
    #[error(
        "{place} did not answer within {} s; check host and port, and whether something between drops packets",
        waited.as_secs_f32()
    )]
    NoAnswer {
        /// The database.
        place: Place,
        /// How long was waited.
        waited: Duration,
    },
    /// The server refused the user.
    #[error(
        "{place} refused the user or the password; check both (a password may also come from PGPASSWORD or from \
         PostgreSQL's password file)"
    )]
    AccessRefused {
        /// The database.
        place: Place,
        /// The server's words.
        #[source]
        source: DbErr,
    },
    /// The server has no database of this name.
    #[error("{place} is not there: the server runs and has no such database; make it with createdb, or name another")]
    NoSuchDatabase {
        /// The database.
        place: Place,
        /// The server's words.
        #[source]
        source: DbErr,
    },
    /// TLS was asked for, and server and client could not agree on it.
    #[error(
        "no TLS connection to {place}; check that the server has TLS on, and that sslrootcert names the certificate it \
         is signed with when sslmode is verify-ca or verify-full"
    )]
    TlsRefused {
        /// The database.
        place: Place,
        /// Which side refused what.
        #[source]
        source: DbErr,
    },
    /// The server is older than what is asked of it.
    #[error("{place} is PostgreSQL {version}, codeproof needs {oldest} or later")]
    ServerTooOld {
        /// The database.
        place: Place,
        /// The server's version, such as `9.6`.
        version: String,
        /// The oldest major version that will do.
        oldest: u32,
    },
    /// The database cannot hold every text.
    #[error("{place} keeps text in {encoding}, which cannot hold every path and quote; make one with ENCODING 'UTF8'")]
    Encoding {
        /// The database.
        place: Place,
        /// The server's word.
        encoding: String,
    },
    /// The user may not do this.
    #[error("cannot {operation} in {place}: its user may not; grant it the right, or use another user or schema")]
    NotAllowed {
        /// What was tried.
        operation: &'static str,
        /// The database.
        place: Place,
        /// The server's words.
        #[source]
        source: DbErr,
    },
    /// The server ended a statement that took too long.
    #[error(
        "cannot {operation}: {place} took longer than its limit for one statement; try again when it has less to do"
    )]
    TooSlow {
        /// What was tried.
        operation: &'static str,
        /// The database.
        place: Place,
    },
    /// Somebody else held the database for longer than the busy timeout.
    #[error(
        "cannot {operation}: {place} is locked by another program; wait until that one ends, or use --db with another \
         database"
    )]
    Locked {
        /// What was tried.
        operation: &'static str,
        /// The database.
        place: Place,
    },
    /// The file, or its folder, or the server, cannot be written to.
    #[error(
        "cannot {operation}: {place} is read-only; make it and its folder writable, or use --db with another database"
    )]
    ReadOnly {
        /// What was tried.
        operation: &'static str,
        /// The database.
        place: Place,
    },
    /// No room is left.
    #[error("cannot {operation}: no room is left for {place}; free some, or use --db with another database")]
    DiskFull {
        /// What was tried.
        operation: &'static str,
        /// The database.
        place: Place,
    },
    /// The bytes of the file do not fit together.
    #[error("cannot {operation}: {place} is damaged; move it away, or put a copy in its place")]
    Damaged {
        /// What was tried.
        operation: &'static str,
        /// The database.
        place: Place,
    },
    /// The database refused for another reason.
    #[error("cannot {operation} in {place}")]
    Database {
        /// What was tried.
        operation: &'static str,
        /// The database.
        place: Place,
        /// The database's words.
        #[source]
        source: DbErr,
    },
    /// A stored value cannot be read back.
    #[error("row {row} of {table} holds {column} that this version cannot read: {why}; was the database edited?")]
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
    #[error("there is no scan {scan} in {place}; `codeproof scans` lists them")]
    NoSuchScan {
        /// The id.
        scan: ScanId,
        /// The database.
        place: Place,
    },
    /// The scan is over for good.
    #[error("scan {scan} in {place} is {status}: nothing is left to resume; start a new one with `codeproof scan`")]
    ScanEnded {
        /// The id.
        scan: ScanId,
        /// Completed or cancelled.
        status: &'static str,
        /// The database.
        place: Place,
    },
    /// A process is at work on the scan.
    #[error("scan {scan} in {place} is running; wait for it, or stop it first with `codeproof scans pause {scan}`")]
    ScanRuns {
        /// The id.
        scan: ScanId,
        /// The database.
        place: Place,
    },
    /// Another process resumed the scan that this one was at work on.
    #[error(
        "scan {scan} in {place} was resumed by another process while this one was not heard of; leave it to that one, \
         `codeproof scans` shows it"
    )]
    ScanTaken {
        /// The id.
        scan: ScanId,
        /// The database.
        place: Place,
    },
    /// The scan has no index, or one whose writing was never finished.
    #[error("scan {scan} in {place} has no complete index; run `codeproof index --persist`")]
    NoIndex {
        /// The id.
        scan: ScanId,
        /// The database.
        place: Place,
    },
    /// Somebody else began to replace the same scan's index, or deleted the scan.
    #[error("the index of scan {scan} in {place} is being replaced by another program; let one of them finish")]
    IndexTaken {
        /// The id.
        scan: ScanId,
        /// The database.
        place: Place,
    },
    /// The writer has stopped early; `ScanWriter::close` tells why.
    #[error("the writer of this scan's rows stopped early")]
    WriterStopped,
}

impl Error {
    /// Sorts the database's refusal of `operation` ("cannot …") into the variant that says what to try.
    pub(crate) fn database(operation: &'static str, place: &Place, source: DbErr) -> Self {
        let place = place.clone();
        match (Cause::of(&source), place) {
            (Cause::Locked, place) => Self::Locked { operation, place },
            (Cause::ReadOnly, place) => Self::ReadOnly { operation, place },
            (Cause::DiskFull, place) => Self::DiskFull { operation, place },
            (Cause::Damaged, place) => Self::Damaged { operation, place },
            (Cause::NotADatabase, place) => Self::NotADatabase { place },
            (Cause::CannotOpen, Place::File(path)) => Self::Open { path, source: std::io::Error::other(source) },
            (Cause::Unreachable, place) => Self::Unreachable { operation, place, source },
            (Cause::AccessRefused, place) => Self::AccessRefused { place, source },
            (Cause::NoSuchDatabase, place) => Self::NoSuchDatabase { place, source },
            (Cause::TlsRefused, place) => Self::TlsRefused { place, source },
            (Cause::NotAllowed, place) => Self::NotAllowed { operation, place, source },
            (Cause::TooSlow, place) => Self::TooSlow { operation, place },
            (Cause::CannotOpen | Cause::Other, place) => Self::Database { operation, place, source },
        }
    }
}
