//! Schema steps: the list, what a database has of it, and bringing it up to date.
//!
//! Steps that were run are rows of `codeproof_schema_steps` (version, applied_at); a database with tables but without
//! that one is another program's. A new step is a file beside this module and one line in [`steps`]; a published step is
//! never changed.

mod m0001_scans;
mod m0002_index;
mod m0003_commit;
mod m0004_models;
mod m0005_laravel;
mod m0006_sessions;

use sea_orm::sea_query::{
    Alias, ForeignKey, ForeignKeyAction, IntoIden as _, Order, Query, Table, TableCreateStatement,
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, DynIden};
use sea_orm_migration::schema::{big_integer, big_pk_auto};
use sea_orm_migration::{MigrationTrait, MigratorTraitSelf};

use crate::store::begin_writing;
use crate::{Error, Place, Store, postgres, sqlite};

/// The table of the steps that were run.
const STEPS_TABLE: &str = "codeproof_schema_steps";

/// Makes a list of steps, oldest first.
pub(crate) type StepList<'l> = &'l (dyn Fn() -> Vec<Box<dyn MigrationTrait>> + Sync);

/// Every step, oldest first.
pub(crate) fn steps() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m0001_scans::Migration),
        Box::new(m0002_index::Migration),
        Box::new(m0003_commit::Migration),
        Box::new(m0004_models::Migration),
        Box::new(m0005_laravel::Migration),
        Box::new(m0006_sessions::Migration),
    ]
}

/// What to do where there are no tables yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Make them.
    Make,
    /// Say so.
    Refuse,
}

/// Makes the open database ready for this version, or refuses it without changing it: looks first, copies an older file
/// to a backup beside it, then runs the missing steps in one transaction.
pub(crate) async fn prepare(store: &Store, steps: StepList<'_>, missing: Missing) -> Result<(), Error> {
    let last_step = match standing(store, &store.db, steps).await? {
        Standing::Current => return Ok(()),
        Standing::Fresh if missing == Missing::Refuse => return Err(Error::Empty { place: store.place.clone() }),
        Standing::Fresh => None,
        Standing::Older { last_step } => Some(last_step),
    };
    let failed = store.failed("bring the database up to date");
    if let Place::File(path) = &store.place {
        if let Some(last_step) = last_step {
            let backup = sqlite::back_up(&store.db, path, &last_step).await?;
            tracing::info!(backup = %backup.display(), "the database is older than this version; kept a copy");
        }
        sqlite::use_write_ahead_log(&store.db, store.options.into()).await.map_err(&failed)?;
    }
    let transaction = lock(&store.db).await.map_err(&failed)?;
    // Another program may have been faster: look again, now that nobody else can change it.
    if standing(store, &transaction, steps).await? != Standing::Current {
        Steps(steps).up(&transaction, None).await.map_err(&failed)?;
    }
    transaction.commit().await.map_err(&failed)
}

/// How a database that is ours, or may become ours, stands to this version.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    /// Empty.
    Fresh,
    /// All steps were run.
    Current,
    /// Steps are missing.
    Older { last_step: String },
}

/// Looks at the tables and the recorded steps.
async fn standing(store: &Store, db: &impl ConnectionTrait, steps: StepList<'_>) -> Result<Standing, Error> {
    let tables = match store.place {
        Place::File(_) => sqlite::tables(db).await,
        Place::Server(_) => postgres::tables(db).await,
    };
    let tables = tables.map_err(store.failed("read the database"))?;
    if !tables.iter().any(|table| table == STEPS_TABLE) {
        return match tables.into_iter().next() {
            None => Ok(Standing::Fresh),
            Some(table) => Err(foreign(store, db, table).await?),
        };
    }
    let mut recorded = recorded_steps(db).await.map_err(store.failed("read the schema steps"))?;
    let known = steps().iter().map(|step| step.name().to_owned()).collect::<Vec<_>>();
    if let Some(step) = recorded.iter().rfind(|step| !known.contains(step)) {
        let (place, step) = (store.place.clone(), step.clone());
        return Err(Error::NewerSchema { place, step, known: known.last().cloned().unwrap_or_default() });
    }
    Ok(match recorded.pop() {
        None => Standing::Fresh,
        Some(_) if recorded.len() + 1 == known.len() => Standing::Current,
        Some(last_step) => Standing::Older { last_step },
    })
}

/// The refusal of what another program made.
async fn foreign(store: &Store, db: &impl ConnectionTrait, table: String) -> Result<Error, Error> {
    let place = store.place.clone();
    Ok(match place {
        Place::File(_) => Error::ForeignDatabase { place, table },
        Place::Server(_) => {
            let schema = postgres::schema(db).await.map_err(store.failed("read the database"))?;
            Error::ForeignSchema { place, schema, table }
        }
    })
}

/// The names of the steps that were run, oldest first.
async fn recorded_steps(db: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let version = Alias::new("version");
    let query =
        Query::select().column(version.clone()).from(Alias::new(STEPS_TABLE)).order_by(version, Order::Asc).to_owned();
    db.query_all(&query).await?.iter().map(|row| row.try_get("", "version")).collect()
}

/// Begins a transaction in which nobody else changes the schema. Programs that start at once wait for each other here,
/// and all but the first find nothing left to do.
async fn lock(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let transaction = begin_writing(db).await?;
    if db.get_database_backend() == DbBackend::Postgres {
        postgres::lock_schema(&transaction).await?;
    }
    Ok(transaction)
}

/// The steps as SeaORM's migrator wants them.
struct Steps<'l>(StepList<'l>);

impl MigratorTraitSelf for Steps<'_> {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        (self.0)()
    }

    fn migration_table_name(&self) -> DynIden {
        Alias::new(STEPS_TABLE).into_iden()
    }
}

/// A table whose rows belong to a scan and go with it.
fn of_a_scan(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(big_pk_auto("id"))
        .col(big_integer("scan_id"))
        .foreign_key(ForeignKey::create().from(table, "scan_id").to("scans", "id").on_delete(ForeignKeyAction::Cascade))
        .take()
}

#[cfg(test)]
mod tests;
