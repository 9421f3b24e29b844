//! The store: one open database.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use crate::place::Address;
use crate::schema::{self, Missing};
use crate::turn::{Transaction, Turn, Turns};
use crate::{Error, Place, postgres, sqlite};

/// How a store is opened.
#[derive(Debug, Clone, Copy)]
pub struct StoreOptions {
    /// How long a statement waits for another program's lock before it fails; 5 s, as SQLite's users expect.
    pub busy_timeout: Duration,
    /// How long a server may take to answer when it is connected to; 10 s, as PostgreSQL's users set it most often.
    pub connect_timeout: Duration,
    /// How long a server may take for one statement, unless its own settings say something else; 5 min, since a scan's
    /// largest statement takes less than a second.
    pub statement_timeout: Duration,
    /// Connections kept open: one writes, the others read.
    pub connections: u32,
    /// The clock, milliseconds since 1970 UTC.
    pub now_ms: fn() -> i64,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(300),
            connections: 4,
            now_ms: system_now_ms,
        }
    }
}

/// An open database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) db: DatabaseConnection,
    pub(crate) place: Place,
    pub(crate) options: StoreOptions,
    turns: Turns,
}

impl Store {
    /// Opens the database at `url`: `sqlite://PATH`, a plain path, or `postgres://…`. A missing file is made (mode 0600)
    /// with its folder (0700), an empty schema of a server gets its tables. What an older version made is brought up to
    /// date in one transaction; a file after a copy of it was written beside it.
    ///
    /// # Errors
    /// When the place cannot be made or reached, or when what is there is not ours, newer than this version, locked,
    /// read-only or damaged: then it is left as it is.
    pub async fn open(url: &str, options: StoreOptions) -> Result<Self, Error> {
        Self::open_address(Address::of(url)?, options, Missing::Make).await
    }

    /// As [`open`](Self::open), for who only wants to read: where nothing was stored, nothing is made.
    ///
    /// # Errors
    /// As `open`, and [`Error::Empty`] when there is nothing yet.
    pub async fn open_existing(url: &str, options: StoreOptions) -> Result<Self, Error> {
        Self::open_address(Address::of(url)?, options, Missing::Refuse).await
    }

    async fn open_address(address: Address, options: StoreOptions, missing: Missing) -> Result<Self, Error> {
        let place = address.place();
        if missing == Missing::Refuse && place.file().is_some_and(|path| !path.exists()) {
            return Err(Error::Empty { place });
        }
        let store = Self::connect(address, options).await?;
        if let Err(error) = schema::prepare(&store, &schema::steps, missing).await {
            let _ = store.db.close().await; // The first error is the one to tell.
            return Err(error);
        }
        Ok(store)
    }

    /// Connects to whatever is there.
    pub(crate) async fn connect(address: Address, options: StoreOptions) -> Result<Self, Error> {
        let place = address.place();
        let db = match address {
            Address::Sqlite(path) => {
                sqlite::create_file(&path)?;
                let failed = |source| Error::database("open the database", &place, source);
                sqlite::connect(&path, sqlite::Connect::from(options)).await.map_err(failed)?
            }
            Address::Postgres { options: connect, .. } => postgres::connect(*connect, &place, options).await?,
        };
        let turns = Turns::of(&place);
        Ok(Self { db, place, options, turns })
    }

    /// Where the database is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What keeps the rows, in a few words for people: program and version, and what it lacks.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn describe(&self) -> Result<String, Error> {
        let described = match self.place {
            Place::File(_) => sqlite::describe(&self.db).await,
            Place::Server(_) => postgres::describe(&self.db).await,
        };
        described.map_err(self.failed("ask the database for its version"))
    }

    /// Closes the connections and folds the write-ahead log into the file. A store that is only dropped loses nothing:
    /// the next one folds it.
    ///
    /// # Errors
    /// When the database refuses to close.
    pub async fn close(self) -> Result<(), Error> {
        self.db.close_by_ref().await.map_err(self.failed("close the database"))
    }

    /// For `map_err`: the database refused `operation` ("cannot …").
    pub(crate) fn failed(&self, operation: &'static str) -> impl Fn(DbErr) -> Error + '_ {
        move |source| Error::database(operation, &self.place, source)
    }

    /// Starts a transaction that may write, when it is its turn.
    pub(crate) async fn begin(&self) -> Result<Transaction, DbErr> {
        let turn = self.turn().await;
        Ok(Transaction::new(begin_writing(&self.db).await?, turn))
    }

    /// Waits for the turn of a statement that writes outside a transaction.
    pub(crate) async fn turn(&self) -> Turn {
        self.turns.wait().await
    }
}

/// Starts a transaction; SQLite's holds the write lock from its first moment: a deferred one fails at once, without
/// waiting, when somebody wrote between its first read and its first write.
pub(crate) async fn begin_writing(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    db.begin_with_options(immediate).await
}

/// The system's clock; 0 before 1970.
#[expect(clippy::disallowed_methods, reason = "the default of an option: who wants another clock gives it")]
pub(crate) fn system_now_ms() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}
