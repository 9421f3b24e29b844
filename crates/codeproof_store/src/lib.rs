//! Keeps scans and their findings as rows, and analyses as a cache of blobs.
//!
//! In: a database URL, then a scan's records from many threads. Out: stored scans as [`StoredScan`], whole reports as
//! `ScanReport`, single findings. Rows hold paths, ranges, hashes and short quotes with secrets already masked, never
//! whole files. This crate does not know why a row is written, what a rule means, or how a report looks.
//!
//! A database is a SQLite file or a schema of a PostgreSQL server, with the same tables and rows. All functions want a
//! tokio runtime with time and I/O enabled.
//!
//! ```
//! use codeproof_store::{NewScan, ScanEnd, Store, StoreOptions};
//! use codeproof_types::{ScanStatus, ScanSummary};
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! # let folder = tempfile::tempdir().unwrap();
//! # let url = format!("sqlite://{}", folder.path().join("codeproof.db").display());
//! let store = Store::open(&url, StoreOptions::default()).await?;
//! let scan = store.begin_scan(NewScan {
//!     target: ".".to_owned(),
//!     commit: None,
//!     root: "/src/shop".to_owned(),
//!     version: "0.1.0".to_owned(),
//!     settings: serde_json::json!({"fail_on": "high"}),
//!     started_at_ms: 1_760_000_000_000,
//!     profile: None,
//! }).await?;
//! let writer = store.writer(scan);
//! // … writer.send_blocking(ScanRecord::Finding(finding)) from as many threads as there are …
//! let ids = writer.close().await?;
//! store.finish_scan(scan, ScanEnd::completed(&ScanSummary::default(), 1_250)).await?;
//! let report = store.report(scan).await?.expect("it was just written");
//! assert_eq!((report.scan.status, ids.len()), (ScanStatus::Completed, 0));
//! # Ok::<(), codeproof_store::Error>(()) }).unwrap();
//! ```

mod cache;
mod chunks;
mod error;
mod exchanges;
mod index;
mod laravel;
mod memo;
mod model_writer;
mod place;
mod pool;
mod postgres;
mod process;
mod profiles;
mod provenance;
mod reports;
mod rows;
mod scans;
mod schema;
mod sessions;
mod sqlite;
mod store;
mod turn;
mod usage;
mod wishes;
mod writer;

pub use cache::{AnalysisCache, CacheKey, CacheOptions};
pub use error::Error;
pub use exchanges::{Exchange, ExchangeText};
pub use index::{IndexCounts, IndexRows};
pub use laravel::{MappedApplication, MappedRepository, RepositoryRecord};
pub use memo::{Answer, AnswerKey};
pub use model_writer::{ModelRecord, ModelWriter};
pub use place::Place;
pub use process::Activity;
pub use profiles::{AnalyzerRow, ModelRow, ProfileRow, VerifierRow};
pub use provenance::{ChunkPlace, Provenance};
pub use reports::StoredScan;
pub use rows::{
    CallRow, ChunkId, ChunkRecord, ChunkStatus, DraftStatus, FileOutcome, FileRecord, ImportRecord, Purpose,
    ReferenceRecord, SymbolRecord,
};
pub use scans::{NewScan, ScanEnd};
pub use sessions::{
    BoundaryRow, MetricRow, ModelRunRow, NamespaceState, NewSession, ParameterRow, ParameterVerdict, SecurityRow,
    SessionEnd, SessionKey, SessionRecord, SplitRows, StoredTemplate, TemplateRow, ValidationRow,
};
pub use store::{Store, StoreOptions};
pub use wishes::{Requested, Wish};
pub use writer::{Event, ScanRecord, ScanWriter};
