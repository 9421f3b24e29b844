//! What `Store::open` makes, and what it refuses without touching it.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use codeproof_store::{Error, Store};

use crate::fixture::{Place, begin, options};
use crate::stranger::Stranger;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// The files beside the database, with their bytes.
fn folder(path: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap());
    let mut files = entries
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect::<Vec<_>>();
    files.sort();
    files
}

/// Opens what stands at the place, and expects it to be refused with this text (after the path) and left as it is.
#[track_caller]
fn check_refused(place: &Place, refused: Result<Store, Error>, before: &[(String, Vec<u8>)], expected: &str) {
    let text = refused.unwrap_err().to_string();
    let path = place.file().display().to_string();
    assert_eq!(text.replace(&path, "FILE"), expected);
    assert!(folder(place.file().parent().unwrap()) == before, "the folder was changed");
}

#[tokio::test]
async fn makes_files_and_folders_for_the_user_alone() {
    let place = Place::new();
    std::fs::set_permissions(place.folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let store = place.open().await;
    begin(&store).await;
    assert_eq!(mode(&place.file()), 0o600);
    for log in ["scans.db-wal", "scans.db-shm"] {
        assert_eq!(mode(&place.file().with_file_name(log)), 0o600, "{log}");
    }
    assert_eq!(mode(place.file().parent().unwrap()), 0o700);
    assert_eq!(mode(place.folder.path()), 0o755, "a folder that was there stays as it was");
    store.close().await.unwrap();
    assert_eq!(folder(place.file().parent().unwrap()).len(), 1, "the log is folded into the file");
}

#[tokio::test]
async fn opens_what_it_made_by_url_and_by_path() {
    let place = Place::new();
    let scan = begin(&place.open().await).await;
    let by_path = Store::open(place.file().to_str().unwrap(), options()).await.unwrap();
    assert!(by_path.scan(scan).await.unwrap().is_some());
    assert_eq!(by_path.place().file(), Some(place.file().as_path()));
}

#[tokio::test]
async fn refuses_what_is_not_a_database() {
    for text in ["no", &"not a database at all. ".repeat(5000)] {
        let place = Place::new();
        std::fs::create_dir(place.file().parent().unwrap()).unwrap();
        std::fs::write(place.file(), text).unwrap();
        let before = folder(place.file().parent().unwrap());
        let refused = Store::open(&place.url(), options()).await;
        let expected = "FILE is not a SQLite database; it was left as it is, use --db with another file";
        check_refused(&place, refused, &before, expected);
    }
}

#[tokio::test]
async fn refuses_the_database_of_another_program() {
    for journal_mode in ["PRAGMA journal_mode = DELETE", "PRAGMA journal_mode = WAL"] {
        let place = Place::new();
        std::fs::create_dir(place.file().parent().unwrap()).unwrap();
        let mut stranger = Stranger::open(&place.file()).await;
        stranger.run(journal_mode).await;
        stranger.run("CREATE TABLE scans (id INTEGER); CREATE TABLE moz_places (id INTEGER)").await;
        stranger.leave().await;
        let before = folder(place.file().parent().unwrap());
        let refused = Store::open(&place.url(), options()).await;
        let expected = "FILE is another program's database (it has a table \"moz_places\"); \
                        it was left as it is, use --db with another file";
        check_refused(&place, refused, &before, expected);
    }
}

#[tokio::test]
async fn refuses_what_a_newer_version_made() {
    let place = Place::new();
    place.open().await.close().await.unwrap();
    let mut newer = Stranger::open(&place.file()).await;
    newer.run("INSERT INTO codeproof_schema_steps VALUES ('m9999_of_the_future', 0)").await;
    newer.leave().await;
    let before = folder(place.file().parent().unwrap());
    let refused = Store::open(&place.url(), options()).await;
    let Err(Error::NewerSchema { known, .. }) = &refused else { panic!("{refused:?}") };
    let expected = format!(
        "FILE was made by a newer codeproof: it has schema step \"m9999_of_the_future\", codeproof {} knows them up to \
         {known:?}; use the newer one, or --db with another database",
        env!("CARGO_PKG_VERSION")
    );
    check_refused(&place, refused, &before, &expected);
}

#[tokio::test]
async fn says_where_a_file_cannot_be_made() {
    let place = Place::new();
    std::fs::write(place.folder.path().join("data"), "a file where a folder should be").unwrap();
    let error = Store::open(&place.url(), options()).await.unwrap_err();
    let folder = place.file().parent().unwrap().display().to_string();
    assert_eq!(
        error.to_string(),
        format!("cannot create {folder}; check that its folder can be written to, or use --db with another place")
    );
    let error = Store::open(place.folder.path().to_str().unwrap(), options()).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot open "), "a folder is no file: {error}");
    let error = Store::open("/dev/null", options()).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot open /dev/null; "), "nor is a device: {error}");
}

#[tokio::test]
async fn a_damaged_database_is_told_apart() {
    let place = Place::new();
    let store = place.open().await;
    let scan = begin(&store).await;
    store.close().await.unwrap();
    let mut bytes = std::fs::read(place.file()).unwrap();
    // The first page, with the list of tables, stays whole; the rows of all tables do not.
    bytes[4096..].fill(0xa5);
    std::fs::write(place.file(), bytes).unwrap();
    let error = match Store::open(&place.url(), options()).await {
        Ok(store) => store.report(scan).await.unwrap_err(),
        Err(error) => error,
    };
    assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn looking_makes_nothing() {
    let place = Place::new();
    let error = Store::open_existing(&place.url(), options()).await.unwrap_err();
    assert_eq!(
        place.told(&error.to_string()),
        "PLACE holds no scans yet; run `codeproof scan` with it first, or use --db with another database"
    );
    assert!(!place.file().parent().unwrap().exists());
    place.open().await.close().await.unwrap();
    assert!(Store::open_existing(&place.url(), options()).await.is_ok());
}
