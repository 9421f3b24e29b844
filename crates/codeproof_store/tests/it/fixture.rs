//! A store in a place of its own, on each database, and findings to put into it.

use std::time::Duration;

use codeproof_store::{FileOutcome, FileRecord, NewScan, ScanRecord, Store, StoreOptions};
use codeproof_types::{
    Confidence, ContentHash, Cwe, Evidence, EvidenceRole, FileClass, Finding, Fingerprint, FingerprintParts, Language,
    Location, Origin, RepoPath, ScanId, Severity, State, Tier,
};

use crate::server::PrivateDatabase;
use crate::stranger::Stranger;

/// When every test's scans start and rows are written.
pub(crate) const NOW_MS: i64 = 1_760_000_000_000;

/// Runs each test on SQLite and on PostgreSQL: `name` becomes `name::sqlite` and `name::postgres`.
macro_rules! on_both_databases {
    ($($test:ident),+ $(,)?) => {
        $(mod $test {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$test($crate::fixture::Place::new()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$test($crate::fixture::Place::with_tables_on_a_server().await).await;
            }
        })+
    };
}
pub(crate) use on_both_databases;

/// A folder, and in it or on the tests' server one database; gone with the value.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    server: Option<PrivateDatabase>,
}

impl Place {
    /// A folder without a file.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), server: None }
    }

    /// A database without tables on the server.
    pub(crate) async fn on_a_server() -> Self {
        Self { server: Some(PrivateDatabase::empty().await), ..Self::new() }
    }

    /// A database with today's tables on the server.
    pub(crate) async fn with_tables_on_a_server() -> Self {
        let tables = async |url: String| Store::open(&url, options()).await.unwrap().close().await.unwrap();
        Self { server: Some(PrivateDatabase::made_by(tables).await), ..Self::new() }
    }

    /// The SQLite file.
    pub(crate) fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("data/scans.db")
    }

    /// The database on the server.
    pub(crate) fn server(&self) -> &PrivateDatabase {
        self.server.as_ref().expect("this place is on a server")
    }

    pub(crate) fn url(&self) -> String {
        match &self.server {
            Some(server) => server.url(),
            None => format!("sqlite://{}", self.file().display()),
        }
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.url(), options()).await.unwrap()
    }

    /// Another program on the same database.
    pub(crate) async fn stranger(&self) -> Stranger {
        match &self.server {
            Some(server) => Stranger::on_server(&server.url()).await,
            None => Stranger::open(&self.file()).await,
        }
    }

    /// The text with the place's name as `PLACE`.
    pub(crate) fn told(&self, text: &str) -> String {
        match &self.server {
            Some(server) => text.replace(&server.url(), "PLACE"),
            None => text.replace(self.file().to_str().unwrap(), "PLACE"),
        }
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

/// The commit of every scan here.
pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

pub(crate) async fn begin(store: &Store) -> ScanId {
    let scan = NewScan {
        target: ".".to_owned(),
        commit: Some(COMMIT.to_owned()),
        root: "/src/shop".to_owned(),
        version: "0.1.0".to_owned(),
        settings: serde_json::json!({"fail_on": "high"}),
        started_at_ms: NOW_MS,
        profile: None,
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
        judgement: None,
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
