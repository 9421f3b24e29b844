//! PostgreSQL's own ways: connecting within a time limit, what the server must be, its tables, the lock for schema
//! steps, trigrams. The only module that knows this backend.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _, Executor as _, Row as _};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, SqlxPostgresConnector, Statement,
    TransactionSession as _, TransactionTrait,
};
use tokio::time::timeout;

use crate::{Error, Place, StoreOptions, pool};

/// The oldest major version that will do: from 13 on pg_trgm may be made without a superuser; what is older gets no
/// fixes from PostgreSQL either.
const OLDEST_VERSION: u32 = 13;

/// How long a program waits for another one's schema steps, on a large database perhaps minutes.
const SCHEMA_STEPS_WAIT: &str = "10min";

/// The first half of the key of the advisory lock for schema steps; the second is the schema. Any number will do that
/// no other program on the same database uses.
const SCHEMA_LOCK: i32 = 0x3a77_51c4;

/// A path in the unique keys of tables: the SHA-256 of its bytes as they are (`decode` would read a backslash as the start
/// of an escape), since a path may have 4,096 bytes and an entry of an index 2,704.
pub(crate) const PATH_DIGEST: &str = r"sha256(decode(replace(path, '\', '\\'), 'escape'))";

/// Connects, and checks the server before anything is asked of it.
pub(crate) async fn connect(
    options: PgConnectOptions,
    place: &Place,
    limits: StoreOptions,
) -> Result<DatabaseConnection, Error> {
    let options = match options.get_application_name() {
        Some(_) => options,
        None => options.application_name("codeproof"),
    };
    let options = options.disable_statement_logging();
    check(&options, place, limits.connect_timeout).await?;
    let set_limits: Arc<str> = session_limits(limits).into();
    let pool = pool::options()
        .max_connections(limits.connections)
        // As with SQLite: tasks of this process queue here while a batch is written.
        .acquire_timeout(limits.busy_timeout + Duration::from_secs(25))
        .after_connect(move |connection: &mut PgConnection, _| {
            let set_limits = Arc::clone(&set_limits);
            Box::pin(async move { connection.execute(sqlx::AssertSqlSafe(set_limits)).await.map(drop) })
        })
        .connect_lazy_with(options);
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

/// Limits of a session, where the user's own settings (of the role, the database or the URL) say nothing.
fn session_limits(limits: StoreOptions) -> String {
    let limit = |name: &str, value: Duration| {
        let milliseconds = value.as_millis();
        format!("SELECT set_config('{name}', '{milliseconds}', false) WHERE current_setting('{name}') = '0';",)
    };
    [
        limit("statement_timeout", limits.statement_timeout),
        limit("lock_timeout", limits.busy_timeout),
        // A program that hangs in the middle of a transaction must not keep others out for ever.
        limit("idle_in_transaction_session_timeout", limits.statement_timeout),
    ]
    .concat()
}

/// Connects once, outside the pool: a pool tries a refused connection again until its own time is over, and tells less.
async fn check(options: &PgConnectOptions, place: &Place, limit: Duration) -> Result<(), Error> {
    let failed = |source| Error::database("open the database", place, connect_error(source));
    let no_answer = |_| Error::NoAnswer { place: place.clone(), waited: limit };
    let mut connection = timeout(limit, options.connect()).await.map_err(no_answer)?.map_err(failed)?;
    // Known from the greeting: what an old server makes of a question is not to be relied on.
    if let Some(version) = connection.server_version_num()
        && version < OLDEST_VERSION * 10_000
    {
        return Err(Error::ServerTooOld { place: place.clone(), version: shown(version), oldest: OLDEST_VERSION });
    }
    let facts = timeout(limit, facts(&mut connection)).await.map_err(no_answer)?.map_err(failed)?;
    if facts.encoding != "UTF8" {
        return Err(Error::Encoding { place: place.clone(), encoding: facts.encoding });
    }
    if facts.schema.is_none() {
        return Err(Error::NoSchema { place: place.clone(), search_path: facts.search_path });
    }
    let _ = timeout(limit, connection.close()).await; // It has served; the server notices in any case.
    Ok(())
}

fn connect_error(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

/// `90624` is `9.6`, `150018` is `15.18`.
fn shown(version: u32) -> String {
    match version / 10_000 {
        major @ ..10 => format!("{major}.{}", version / 100 % 100),
        major => format!("{major}.{}", version % 10_000),
    }
}

/// What a database says of itself.
struct Facts {
    encoding: String,
    schema: Option<String>,
    search_path: String,
}

async fn facts(connection: &mut PgConnection) -> Result<Facts, sqlx::Error> {
    let sql = "SELECT current_setting('server_encoding'), current_schema()::text, current_setting('search_path')";
    let row = sqlx::query(sql).fetch_one(connection).await?;
    Ok(Facts { encoding: row.try_get(0)?, schema: row.try_get(1)?, search_path: row.try_get(2)? })
}

/// The schema new tables go to: the first of the search path that exists.
pub(crate) async fn schema(db: &impl ConnectionTrait) -> Result<String, DbErr> {
    let row = db.query_one_raw(statement("SELECT current_schema()::text AS name")).await?;
    Ok(row.map(|row| row.try_get::<Option<String>>("", "name")).transpose()?.flatten().unwrap_or_default())
}

/// The tables of that schema, by name; without those that extensions brought.
pub(crate) async fn tables(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT relname::text AS name FROM pg_class \
               WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'f') \
               AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass \
                               AND objid = pg_class.oid AND deptype = 'e') \
               ORDER BY relname";
    db.query_all_raw(statement(sql)).await?.iter().map(|row| row.try_get("", "name")).collect()
}

/// Keeps other programs from running schema steps in the same schema until the transaction ends, and lets the steps
/// take the time they need.
pub(crate) async fn lock_schema(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    let sql = format!(
        "SELECT set_config('lock_timeout', '{SCHEMA_STEPS_WAIT}', true), set_config('statement_timeout', '0', true); \
         SELECT pg_advisory_xact_lock({SCHEMA_LOCK}, hashtext(current_schema()::text))"
    );
    transaction.execute_unprepared(&sql).await.map(drop)
}

/// Adds a trigram index, for searching parts of names, where the server offers pg_trgm to a user that is no superuser.
/// Elsewhere there is none: [`describe`] says so, and a search reads the table.
pub(crate) async fn try_trigram_index<C>(db: &C, table: &str, column: &str) -> Result<(), DbErr>
where
    C: ConnectionTrait + TransactionTrait,
{
    // In a savepoint: a refusal leaves the schema step as it was.
    let attempt = db.begin().await?;
    match trigram_index(&attempt, table, column).await {
        Ok(()) => attempt.commit().await,
        Err(error) => {
            attempt.rollback().await?;
            tracing::info!(%error, "no trigram index: pg_trgm is not to be had here");
            Ok(())
        }
    }
}

async fn trigram_index(db: &impl ConnectionTrait, table: &str, column: &str) -> Result<(), DbErr> {
    db.execute_unprepared("CREATE EXTENSION IF NOT EXISTS pg_trgm").await?;
    // Somebody may have made it in a schema outside the search path.
    let home = "SELECT quote_ident(nspname) AS name FROM pg_extension \
                JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm'";
    let home = db.query_one_raw(statement(home)).await?;
    let home = home.ok_or_else(|| DbErr::RecordNotFound("the extension pg_trgm".to_owned()))?;
    let home: String = home.try_get("", "name")?;
    let sql = format!("CREATE INDEX {table}_{column}_trigrams ON {table} USING gin ({column} {home}.gin_trgm_ops)");
    db.execute_unprepared(&sql).await.map(drop)
}

/// The server's version, and what it lacks, for people.
pub(crate) async fn describe(db: &impl ConnectionTrait) -> Result<String, DbErr> {
    let sql = "SELECT current_setting('server_version') AS version, \
               to_regclass('symbols_name_trigrams') IS NOT NULL AS has_trigrams";
    let row = db.query_one_raw(statement(sql)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the server's version".to_owned()))?;
    let version: String = row.try_get("", "version")?;
    Ok(match row.try_get("", "has_trigrams")? {
        true => format!("PostgreSQL {version}"),
        false => {
            format!("PostgreSQL {version}, without the extension pg_trgm: searching parts of names reads all of them")
        }
    })
}

fn statement(sql: &str) -> Statement {
    Statement::from_string(sea_orm::DbBackend::Postgres, sql)
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn versions_are_written_as_their_makers_do() {
        assert_eq!((shown(90_624), shown(100_023), shown(150_018)), ("9.6".into(), "10.23".into(), "15.18".into()));
    }
}
