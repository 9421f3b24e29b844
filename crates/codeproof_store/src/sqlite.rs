//! SQLite's own ways: making the file, connecting, switching to WAL, copying. The only module that knows this
//! backend.

use std::fs::{DirBuilder, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sea_orm::sqlx::ConnectOptions as _;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, RuntimeErr, SqlxSqliteConnector, Statement};

use crate::error::Cause;
use crate::{Error, StoreOptions, pool};

/// What a connection keeps of the file in memory, as SQLite wants it told: 8 MiB (2 by default) hold the inner pages of
/// indexes whose keys come in no order.
const PAGE_CACHE: &str = "-8192";

/// How a database is connected to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Connect {
    /// How long a statement waits for another program's lock.
    pub(crate) busy_timeout: Duration,
    /// Connections in the pool.
    pub(crate) connections: u32,
}

impl From<StoreOptions> for Connect {
    fn from(options: StoreOptions) -> Self {
        Self { busy_timeout: options.busy_timeout, connections: options.connections }
    }
}

/// Held while a file is made, since closing any handle of a file drops this process's POSIX locks on it, SQLite's too
/// (<https://www.sqlite.org/howtocorrupt.html>, 2.2): nobody may get past [`create_file`] while a handle is open.
static CREATING: Mutex<()> = Mutex::new(());

/// Makes an empty file that only the user may read and write (mode 0600; SQLite gives `-wal` and `-shm` the same), in
/// a folder that only the user may enter (0700, made with its parents). What exists stays as it is.
pub(crate) fn create_file(path: &Path) -> Result<(), Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Create { path, source }
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        private(DirBuilder::new().recursive(true)).create(folder).map_err(failed(folder))?;
    }
    // A pipe would be waited on for ever, and a device would swallow the rows.
    if path.exists() && !path.is_file() {
        return Err(Error::Open { path: path.to_owned(), source: std::io::Error::other("it is not a file") });
    }
    let _creating = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
    match new_private_file(path) {
        Err(source) if source.kind() != ErrorKind::AlreadyExists => Err(failed(path)(source)),
        _ => Ok(()),
    }
}

/// Makes an empty file for the user alone; an error when it exists.
fn new_private_file(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn private(folder: &mut DirBuilder) -> &mut DirBuilder {
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(folder, 0o700);
    folder
}

/// Connects to an existing file and reads from it, without changing a byte of it: journal mode is switched later, when
/// the file is known to be ours.
pub(crate) async fn connect(path: &Path, options: Connect) -> Result<DatabaseConnection, DbErr> {
    let connect = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(options.busy_timeout)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Normal)
        .pragma("cache_size", PAGE_CACHE)
        .disable_statement_logging();
    let pool = pool::options()
        .max_connections(options.connections)
        // Tasks of this process queue here while a batch is written: longer than a lock by another program may last.
        .acquire_timeout(options.busy_timeout + Duration::from_secs(25))
        .connect_with(connect)
        .await
        .map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

/// The file's own tables, by name.
pub(crate) async fn tables(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let sql =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}

/// The version of SQLite, for people.
pub(crate) async fn describe(db: &DatabaseConnection) -> Result<String, DbErr> {
    let sql = "SELECT sqlite_version() AS version";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the version".to_owned()))?;
    Ok(format!("SQLite {}", row.try_get::<String>("", "version")?))
}

/// A number a program may keep in the file's header; 0 when it did not.
pub(crate) async fn user_version(db: &DatabaseConnection) -> Result<i64, DbErr> {
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), "PRAGMA user_version")).await?;
    row.map_or(Ok(0), |row| row.try_get("", "user_version"))
}

/// Keeps `version` in the file's header.
pub(crate) async fn set_user_version(db: &impl ConnectionTrait, version: i64) -> Result<(), DbErr> {
    db.execute_unprepared(&format!("PRAGMA user_version = {version}")).await.map(drop)
}

/// Switches the file to write-ahead logging: readers and the writer do not wait for each other, and a killed process
/// leaves whole transactions. SQLite does not wait for locks here, so that two first starts at once would meet as an
/// error: tried again until the busy timeout is over.
#[expect(clippy::disallowed_methods, reason = "SQLite has nothing to wait on here: its own busy timeout sleeps, too")]
pub(crate) async fn use_write_ahead_log(db: &DatabaseConnection, options: Connect) -> Result<(), DbErr> {
    const PAUSE: Duration = Duration::from_millis(20);
    let mut waited = Duration::ZERO;
    loop {
        match db.execute_unprepared("PRAGMA journal_mode = WAL").await {
            Err(error) if Cause::of(&error) == Cause::Locked && waited < options.busy_timeout => {
                tokio::time::sleep(PAUSE).await;
                waited += PAUSE;
            }
            result => return result.map(drop),
        }
    }
}

/// Copies the whole database to `PATH.backup-NAME` (`…-2`, `…-3` when that exists), mode 0600, and says where. Others
/// may go on reading and writing meanwhile; the copy is the database of one moment.
pub(crate) async fn back_up(db: &DatabaseConnection, path: &Path, name: &str) -> Result<PathBuf, Error> {
    let failed = |backup: &Path, source| Error::Backup { path: path.to_owned(), backup: backup.to_owned(), source };
    let mut backup = with_suffix(path, &format!(".backup-{name}"));
    let mut number = 1;
    while let Err(error) = new_private_file(&backup) {
        if error.kind() != ErrorKind::AlreadyExists {
            return Err(failed(&backup, error.into()));
        }
        number += 1;
        backup = with_suffix(path, &format!(".backup-{name}-{number}"));
    }
    let target = backup.to_string_lossy().into_owned();
    let copy = Statement::from_sql_and_values(db.get_database_backend(), "VACUUM INTO ?", [target.into()]);
    match db.execute_raw(copy).await {
        Ok(_) => Ok(backup),
        Err(error) => {
            // Half a copy is worth nothing; that it cannot be removed changes nothing for the caller.
            let _ = std::fs::remove_file(&backup);
            Err(failed(&backup, error.into()))
        }
    }
}

/// The path with `suffix` after its last character.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
