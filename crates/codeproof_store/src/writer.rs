//! The one writer of a scan's rows.
//!
//! Engines send records from their threads into a bounded channel; one task drains it into multi-row inserts, a batch
//! in one transaction. A prototype wrote 58,922 rows/s that way and 3,679 with a transaction for each; this schema takes
//! 232,000 files, or 13,000 findings with their drafts, per CPU second (release build, WAL, synchronous NORMAL). A full
//! channel makes the senders wait, so memory stays bounded. A killed process loses at most the batch in work and the
//! queue behind it; what was committed stays readable.

mod row_writer;

use std::collections::HashMap;
use std::time::Duration;

use codeproof_types::{Finding, FindingId, Fingerprint, Phase, ScanId};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::rows::FileRecord;
use crate::{Error, Store};
use row_writer::RowWriter;

/// Records that may wait for the writer; then senders wait. Some megabytes when all are findings.
const QUEUE_RECORDS: usize = 4096;

/// Records in one transaction.
const BATCH_RECORDS: usize = 1024;

/// How long a batch waits to be filled, so that a slow scan does not pay a transaction for each row.
const BATCH_WAIT: Duration = Duration::from_millis(100);

/// Something of a scan that becomes a row.
#[derive(Debug, Clone, PartialEq)]
pub enum ScanRecord {
    /// A file. The second record of a path replaces the first, as when a scan is resumed.
    File(FileRecord),
    /// A finding. The second one with the same fingerprint is the same finding and is left out; one that an earlier writer
    /// of the scan wrote is brought up to date, and keeps its id and what models said of it.
    Finding(Box<Finding>),
    /// Something that happened; numbered in the order of arrival.
    Event(Event),
    /// How far the scan is, as `Store::set_phase`, for engines that cannot await.
    Phase {
        /// The phase.
        phase: Phase,
        /// Percent, 0-100.
        progress: u8,
    },
}

/// Something that happened during a scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What, in a word or two with dots, such as `phase.started`.
    pub kind: String,
    /// The facts.
    pub data: Value,
}

/// Takes the records of one scan, from any number of threads. Close it: rows still in the queue when the runtime shuts
/// down are not written.
#[derive(Debug)]
#[must_use = "records are written for certain only when the writer is closed"]
pub struct ScanWriter {
    records: mpsc::Sender<ScanRecord>,
    task: JoinHandle<Result<HashMap<Fingerprint, FindingId>, Error>>,
}

impl Store {
    /// Starts the writer of a scan's rows. Must be called within a tokio runtime.
    pub fn writer(&self, scan: ScanId) -> ScanWriter {
        let (records, inbox) = mpsc::channel(QUEUE_RECORDS);
        let task = tokio::spawn(drain(RowWriter::new(self.clone(), scan), inbox));
        ScanWriter { records, task }
    }
}

impl ScanWriter {
    /// Hands over a record; waits while the queue is full. For threads outside the runtime, such as rayon's.
    ///
    /// # Errors
    /// [`Error::WriterStopped`] when an earlier record could not be written: stop, [`close`](Self::close) tells why.
    ///
    /// # Panics
    /// Within an async task, which must not block: use [`send`](Self::send) there.
    pub fn send_blocking(&self, record: ScanRecord) -> Result<(), Error> {
        self.records.blocking_send(record).map_err(|_| Error::WriterStopped)
    }

    /// Hands over a record; waits while the queue is full.
    ///
    /// # Errors
    /// As [`send_blocking`](Self::send_blocking).
    pub async fn send(&self, record: ScanRecord) -> Result<(), Error> {
        self.records.send(record).await.map_err(|_| Error::WriterStopped)
    }

    /// Writes what is queued and ends. Returns the row ids of all findings.
    ///
    /// # Errors
    /// Why rows could not be written; those of earlier batches are kept.
    pub async fn close(self) -> Result<HashMap<Fingerprint, FindingId>, Error> {
        let Self { records, task } = self;
        drop(records);
        // The task ends without an answer only when the runtime shuts down around it.
        task.await.unwrap_or(Err(Error::WriterStopped))
    }
}

/// Writes batches until the last sender is gone or a batch fails; then the inbox closes and senders see it.
async fn drain(
    mut rows: RowWriter,
    mut inbox: mpsc::Receiver<ScanRecord>,
) -> Result<HashMap<Fingerprint, FindingId>, Error> {
    let mut batch = Vec::with_capacity(BATCH_RECORDS);
    while fill(&mut inbox, &mut batch).await {
        rows.write(batch.drain(..)).await?;
    }
    Ok(rows.into_ids())
}

/// Waits for a first record, then for more until the batch is full or old enough; `false` when none will come.
async fn fill(inbox: &mut mpsc::Receiver<ScanRecord>, batch: &mut Vec<ScanRecord>) -> bool {
    inbox.recv_many(batch, BATCH_RECORDS).await;
    let deadline = Instant::now() + BATCH_WAIT;
    while !batch.is_empty() && batch.len() < BATCH_RECORDS {
        match timeout_at(deadline, inbox.recv_many(batch, BATCH_RECORDS - batch.len())).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    !batch.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NewScan, StoreOptions};
    use codeproof_types::{RepoPath, ScanReport};
    use sea_orm::ConnectionTrait as _;

    /// A store whose only connection has run `pragma`, and a scan begun before that.
    async fn store_with(pragma: &str) -> (tempfile::TempDir, Store, ScanId) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("scans.db").display().to_string();
        let options = StoreOptions { connections: 1, ..StoreOptions::default() };
        let store = Store::open(&path, options).await.expect("a new database");
        let (target, root, version) = (String::new(), String::new(), String::new());
        let scan =
            NewScan { target, commit: None, root, version, settings: Value::Null, started_at_ms: 0, profile: None };
        let scan = store.begin_scan(scan).await.expect("room for a row");
        store.db.execute_unprepared(pragma).await.expect("a pragma SQLite knows");
        (folder, store, scan)
    }

    fn file(number: usize) -> ScanRecord {
        ScanRecord::File(FileRecord {
            path: RepoPath::new(format!("{number}/{}", "long/".repeat(40) + "name")).expect("a plain path"),
            content_hash: None,
            class: None,
            language: None,
            bytes: 1,
            lines: 1,
            outcome: crate::FileOutcome::Done,
        })
    }

    /// Sends files until one is refused; returns what `close` tells.
    async fn write_until_refused(store: &Store, scan: ScanId) -> Error {
        let writer = store.writer(scan);
        let mut number = 0;
        while writer.send(file(number)).await.is_ok() {
            number += 1;
        }
        writer.close().await.expect_err("a record was refused")
    }

    #[tokio::test]
    async fn a_full_disk_keeps_what_was_written() {
        // The tables take some 20 pages of 4 KiB; the rest is the room for a few thousand rows.
        let (_folder, store, scan) = store_with("PRAGMA max_page_count = 500").await;
        let error = write_until_refused(&store, scan).await;
        assert!(matches!(error, Error::DiskFull { operation: "write the files of a scan", .. }), "{error:?}");
        let ScanReport { summary, .. } = store.report(scan).await.expect("readable").expect("begun");
        assert!(summary.files > 0 && summary.files.is_multiple_of(BATCH_RECORDS as u64), "{summary:?}");
    }

    #[tokio::test]
    async fn a_read_only_database_is_told_apart() {
        let (_folder, store, scan) = store_with("PRAGMA query_only = ON").await;
        let error = write_until_refused(&store, scan).await;
        assert!(matches!(error, Error::ReadOnly { .. }), "{error:?}");
        assert!(store.scan(scan).await.expect("readable").is_some());
    }
}
