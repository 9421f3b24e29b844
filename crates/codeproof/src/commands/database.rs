//! Opening the user's database and cache, and the salt beside them.

use std::io::Write as _;
use std::path::Path;

use codeproof_store::{AnalysisCache, CacheOptions, Store, StoreOptions};

use crate::cli::DatabaseArguments;
use crate::failure::{self, Failure};
use crate::folders;
use crate::settings::{self, UserSettings};

/// The database's URL: the flag, else the setting, else the file in the data folder.
///
/// # Errors
/// When there is no data folder either.
pub(crate) fn url(flag: Option<&str>, user: &UserSettings) -> Result<String, Failure> {
    match flag.or(user.db.as_deref()) {
        Some(url) => Ok(url.to_owned()),
        None => Ok(format!("sqlite://{}", folders::data_folder()?.join("codeproof.db").display())),
    }
}

/// The same for who writes, with the usual folder made; inside why there is none, when nobody named a database.
///
/// # Errors
/// When there is no data folder at all.
pub(crate) fn url_to_write(flag: Option<&str>, user: &UserSettings) -> Result<Result<String, String>, Failure> {
    let named = flag.is_some() || user.db.is_some();
    if !named && let Err(why) = usual_place_is_there() {
        return Ok(Err(why));
    }
    url(flag, user).map(Ok)
}

/// Makes the data folder, as a read-only home (in a container, say) must not keep anybody from scanning.
fn usual_place_is_there() -> Result<(), String> {
    use std::os::unix::fs::DirBuilderExt as _;
    let folder = folders::data_folder().map_err(|failure| failure.to_string())?;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made.map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))
}

/// Opens the database that `codeproof scans` and `codeproof show` read.
///
/// # Errors
/// When it cannot be opened, or nothing was ever stored in it.
pub(crate) async fn open_existing(arguments: &DatabaseArguments) -> Result<Store, Failure> {
    let user = settings::load_user(arguments.config.as_deref())?;
    let url = url(arguments.db.as_deref(), &user)?;
    Store::open_existing(&url, StoreOptions::default()).await.map_err(store_failure)
}

/// Opens or makes a database.
///
/// # Errors
/// In the store's words.
pub(crate) async fn open(url: &str) -> Result<Store, Failure> {
    Store::open(url, StoreOptions::default()).await.map_err(store_failure)
}

/// The exit code of a store error: a wrong database is wrong use, a failing one is a failure.
pub(crate) fn store_failure(error: codeproof_store::Error) -> Failure {
    use codeproof_store::Error;
    let text = failure::chain(&error);
    match &error {
        Error::UnsupportedDatabase { .. }
        | Error::InvalidUrl { .. }
        | Error::InvalidServerUrl { .. }
        | Error::NotADatabase { .. }
        | Error::ForeignDatabase { .. }
        | Error::ForeignSchema { .. }
        | Error::NoSchema { .. }
        | Error::NewerSchema { .. }
        | Error::AccessRefused { .. }
        | Error::NoSuchDatabase { .. }
        | Error::TlsRefused { .. }
        | Error::ServerTooOld { .. }
        | Error::Encoding { .. }
        | Error::ScanEnded { .. }
        | Error::NoSuchScan { .. }
        | Error::Empty { .. } => Failure::usage(text),
        _ => Failure::failed(text),
    }
}

/// Opens the analysis cache, if there is a place for it; what is wrong with it becomes a note in the report.
pub(crate) async fn open_cache(user: &UserSettings) -> Option<AnalysisCache> {
    let path = folders::data_folder().ok()?.join("cache.db");
    Some(AnalysisCache::open(&path, CacheOptions { max_bytes: user.cache_bytes, ..CacheOptions::default() }).await)
}

/// Reads the salt of this installation, and makes it the first time. Without a place to keep it each run gets its own:
/// then equal secrets have equal hashes within a report only.
pub(crate) fn salt() -> [u8; 32] {
    let path = folders::data_folder().ok().map(|folder| folder.join("salt"));
    if let Some(salt) = path.as_deref().and_then(read_salt) {
        return salt;
    }
    let mut salt = [0; 32];
    // A system without randomness still scans; the hashes then say less to nobody but us.
    let _ = getrandom::fill(&mut salt);
    // Another process may have been faster: its salt counts.
    path.as_deref().and_then(|path| keep_salt(path, salt)).unwrap_or(salt)
}

fn read_salt(path: &Path) -> Option<[u8; 32]> {
    std::fs::read(path).ok()?.try_into().ok()
}

fn keep_salt(path: &Path, salt: [u8; 32]) -> Option<[u8; 32]> {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};

    let folder = path.parent()?;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).ok()?;
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => file.write_all(&salt).ok().map(|()| salt),
        Err(_) => read_salt(path),
    }
}
