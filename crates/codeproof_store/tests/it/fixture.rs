//! A store in a folder of its own, and findings to put into it.

use std::time::Duration;

use codeproof_store::{FileOutcome, FileRecord, NewScan, ScanRecord, Store, StoreOptions};
use codeproof_types::{
    Confidence, ContentHash, Cwe, Evidence, EvidenceRole, FileClass, Finding, Fingerprint, FingerprintParts, Language,
    Location, Origin, RepoPath, ScanId, Severity, State, Tier,
};
use sea_orm::sqlx;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{ConnectOptions as _, Connection as _};

/// When every test's scans start and rows are written.
pub(crate) const NOW_MS: i64 = 1_760_000_000_000;

/// A folder with one database; gone with the value.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("data/scans.db")
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.file().display())
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.url(), options()).await.unwrap()
    }
}

/// Options with a clock that stands still.
pub(crate) fn options() -> StoreOptions {
    StoreOptions { now_ms: || NOW_MS, ..StoreOptions::default() }
}

/// Options that give up on a lock soon.
pub(crate) fn impatient() -> StoreOptions {
    StoreOptions { busy_timeout: Duration::from_millis(30), ..options() }
}

pub(crate) async fn begin(store: &Store) -> ScanId {
    let scan = NewScan {
        target: ".".to_owned(),
        root: "/src/shop".to_owned(),
        version: "0.1.0".to_owned(),
        settings: serde_json::json!({"fail_on": "high"}),
        started_at_ms: NOW_MS,
    };
    store.begin_scan(scan).await.unwrap()
}

pub(crate) fn path(text: &str) -> RepoPath {
    RepoPath::new(text).unwrap()
}

/// A plain finding in `shop/a.py` at `line`.
pub(crate) fn finding(line: u32) -> Finding {
    let location = Location {
        path: path("shop/a.py"),
        first_line: line,
        last_line: line,
        first_column: Some(5),
        last_column: Some(11),
        content_hash: ContentHash::of(b"eval(x)\n"),
    };
    let parts = FingerprintParts {
        rule_id: "python-eval",
        path: &location.path,
        symbol: "f",
        line_text: "eval(x)",
        ordinal: line as usize,
    };
    Finding {
        id: None,
        fingerprint: Fingerprint::of(parts),
        rule_id: "python-eval".to_owned(),
        title: "Evaluation of computed code".to_owned(),
        severity: Severity::High,
        tier: Tier::Weakness,
        cwe: Some(Cwe(95)),
        category: None,
        origin: Origin::Detector,
        confidence: Confidence::Medium,
        evidence: vec![Evidence {
            location: location.clone(),
            quote: "eval(x)".to_owned(),
            role: EvidenceRole::Sink,
            note: String::new(),
        }],
        location,
        message: "What eval is given runs with this program's rights.".to_owned(),
        remediation: "Read the value with ast.literal_eval.".to_owned(),
        votes: None,
        source_models: Vec::new(),
        state: State::Open,
        suppression: None,
        secret: None,
        baseline_state: None,
    }
}

/// A plain file.
pub(crate) fn file(number: usize) -> ScanRecord {
    ScanRecord::File(FileRecord {
        path: path(&format!("shop/{number}.py")),
        content_hash: Some(ContentHash::of(&number.to_le_bytes())),
        class: Some(FileClass::FirstParty),
        language: Some(Language::Python),
        bytes: 120,
        lines: 10,
        outcome: FileOutcome::Done,
    })
}

/// Another program on the same file.
pub(crate) struct Stranger(sqlx::SqliteConnection);

impl Stranger {
    pub(crate) async fn open(file: &std::path::Path) -> Self {
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
        Self(options.connect().await.unwrap())
    }

    pub(crate) async fn run(&mut self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&mut self.0).await.unwrap();
    }

    /// The first column of the first row.
    pub(crate) async fn ask<T>(&mut self, sql: &'static str) -> T
    where
        T: for<'row> sqlx::Decode<'row, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
    {
        sqlx::query_scalar(sql).fetch_one(&mut self.0).await.unwrap()
    }

    pub(crate) async fn leave(self) {
        self.0.close().await.unwrap();
    }
}
