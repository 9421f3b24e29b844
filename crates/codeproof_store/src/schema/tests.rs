//! Steps of earlier and later versions, on both databases.

use std::path::{Path, PathBuf};

use sea_orm::Statement;
use sea_orm_migration::prelude::async_trait;
use sea_orm_migration::{MigrationName, SchemaManager};

use super::*;
use crate::StoreOptions;
use crate::place::Address;

#[path = "../../tests/it/server.rs"]
#[expect(dead_code, reason = "the tests at the door use all of it")]
mod server;

use server::PrivateDatabase;

type Steps = Vec<Box<dyn MigrationTrait>>;

/// A step of a later version: adds a table, and fails after that when it is called so.
struct Later {
    name: &'static str,
}

impl MigrationName for Later {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Later {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(Table::create().table(self.name).col(big_pk_auto("id")).take()).await?;
        match self.name {
            "m9002_fails" => Err(DbErr::Custom("no luck".to_owned())),
            _ => Ok(()),
        }
    }
}

fn and_a_later_one() -> Steps {
    let mut list = steps();
    list.push(Box::new(Later { name: "m9001_later" }));
    list
}

fn and_one_that_fails() -> Steps {
    let mut list = and_a_later_one();
    list.push(Box::new(Later { name: "m9002_fails" }));
    list
}

/// The name of the last step there is.
fn last() -> String {
    steps().last().expect("there are steps").name().to_owned()
}

/// A place for a database, without tables.
struct Place {
    folder: tempfile::TempDir,
    server: Option<PrivateDatabase>,
}

impl Place {
    async fn each() -> [Self; 2] {
        let folder = || tempfile::tempdir().expect("a temporary folder");
        let server = Some(PrivateDatabase::empty().await);
        [Self { folder: folder(), server: None }, Self { folder: folder(), server }]
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("scans.db")
    }

    fn url(&self) -> String {
        self.server.as_ref().map_or_else(|| self.file().display().to_string(), PrivateDatabase::url)
    }

    /// The database with these steps.
    async fn with(&self, steps: StepList<'_>) -> Store {
        let address = Address::of(&self.url()).expect("a place");
        let store = Store::connect(address, StoreOptions::default()).await.expect("it connects");
        prepare(&store, steps, Missing::Make).await.expect("it is made");
        store
    }
}

async fn count(store: &Store, table: &str) -> Option<i64> {
    let sql = format!("SELECT COUNT(*) AS n FROM {table}");
    let row = store.db.query_one_raw(Statement::from_string(store.db.get_database_backend(), sql)).await.ok()?;
    row?.try_get("", "n").ok()
}

/// Adds a scan with a file and an event, as every version can.
async fn add_scan(store: &Store) {
    for sql in [
        "INSERT INTO scans (target, root, version, status, progress, started_at_ms, settings) \
         VALUES ('.', '/', '1', 'running', 0, 0, '{}')",
        "INSERT INTO scan_files (scan_id, path, bytes, lines, status) VALUES (1, 'a.c', 3, 1, 'done')",
        "INSERT INTO events (scan_id, seq, at_ms, kind, data) VALUES (1, 1, 0, 'x', '{}')",
    ] {
        store.db.execute_unprepared(sql).await.expect("a row");
    }
}

#[test]
fn every_step_in_the_folder_is_in_the_list() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/schema");
    let files = std::fs::read_dir(folder).expect("the folder of the steps").map(|file| file.expect("a file").path());
    let stems = files.filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()));
    let mut stems = stems.filter(|stem| stem != "tests").collect::<Vec<_>>();
    stems.sort();
    let listed = steps().iter().map(|step| step.name().to_owned()).collect::<Vec<_>>();
    assert_eq!(listed, stems, "one line in steps() for each file, in their order");
}

#[tokio::test]
async fn a_database_of_every_earlier_version_is_brought_up_to_date() {
    for version in 1..steps().len() {
        for place in Place::each().await {
            let earlier = || steps().into_iter().take(version).collect::<Steps>();
            let store = place.with(&earlier).await;
            add_scan(&store).await;
            store.close().await.expect("it closes");

            let store = Store::open(&place.url(), StoreOptions::default()).await.expect("brought up to date");
            let scans = store.scans(9).await.expect("it can be read");
            assert_eq!((scans.len(), scans[0].summary.files), (1, 1), "{}, version {version}", store.place);
            assert_eq!(count(&store, "events").await, Some(1));
            assert_eq!(store.index_counts(scans[0].info.id.expect("it is stored")).await.expect("read"), None);
            store.close().await.expect("it closes");
            Store::open(&place.url(), StoreOptions::default()).await.expect("nothing is left to do");
        }
    }
}

#[tokio::test]
async fn an_older_file_is_copied_before_it_is_changed() {
    let [place, _] = Place::each().await;
    let store = place.with(&steps).await;
    add_scan(&store).await;
    prepare(&store, &and_a_later_one, Missing::Make).await.expect("brought up to date");
    assert_eq!((count(&store, "scans").await, count(&store, "m9001_later").await), (Some(1), Some(0)));

    let backup = place.folder.path().join(format!("scans.db.backup-{}", last()));
    #[cfg(unix)]
    {
        let mode = std::fs::metadata(&backup).map(|facts| std::os::unix::fs::MetadataExt::mode(&facts) & 0o777);
        assert_eq!(mode.ok(), Some(0o600));
    }
    let backup = Store::open(&backup.display().to_string(), StoreOptions::default()).await.expect("a whole copy");
    assert_eq!((count(&backup, "scans").await, count(&backup, "m9001_later").await), (Some(1), None));
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    for place in Place::each().await {
        place.with(&and_a_later_one).await;
        let error = Store::open(&place.url(), StoreOptions::default()).await.expect_err("it is newer");
        let Error::NewerSchema { step, known, .. } = error else { panic!("{error:?}") };
        assert_eq!((step.as_str(), known), ("m9001_later", last()));
    }
}

#[tokio::test]
async fn a_step_that_fails_changes_nothing() {
    for place in Place::each().await {
        let store = place.with(&steps).await;
        for number in ["", "-2"] {
            let error = prepare(&store, &and_one_that_fails, Missing::Make).await.expect_err("it fails");
            assert!(matches!(error, Error::Database { operation: "bring the database up to date", .. }), "{error:?}");
            let copied = place.folder.path().join(format!("scans.db.backup-{}{number}", last())).exists();
            assert_eq!(copied, place.server.is_none(), "an earlier copy is never written over");
        }
        assert_eq!(count(&store, "m9001_later").await, None);
        prepare(&store, &steps, Missing::Make).await.expect("as it was");
    }
}

#[tokio::test]
async fn nothing_is_changed_when_it_cannot_be_copied() {
    let [place, _] = Place::each().await;
    let mut store = place.with(&steps).await;
    // Nobody, not even root, can make a file whose name is this long.
    store.place = crate::Place::File(place.folder.path().join("x".repeat(250)));
    let error = prepare(&store, &and_a_later_one, Missing::Make).await.expect_err("no copy");
    assert!(matches!(error, Error::Backup { .. }), "{error:?}");
    assert_eq!(count(&store, "m9001_later").await, None);
}
