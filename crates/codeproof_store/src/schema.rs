//! Schema steps: the list, what a file has of it, and bringing it up to date.
//!
//! Steps that were run are rows of `codeproof_schema_steps` (version, applied_at); a file with tables but without that
//! one is another program's. A new step is a file beside this module and one line in [`steps`]; a published step is
//! never changed.

mod m0001_scans;

use std::path::Path;

use sea_orm::sea_query::{Alias, IntoIden as _, Order, Query};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, DynIden};
use sea_orm_migration::{MigrationTrait, MigratorTraitSelf};

use crate::store::begin_writing;
use crate::{Error, sqlite};

/// The table of the steps that were run.
const STEPS_TABLE: &str = "codeproof_schema_steps";

/// Makes a list of steps, oldest first.
pub(crate) type StepList = fn() -> Vec<Box<dyn MigrationTrait>>;

/// Every step, oldest first.
pub(crate) fn steps() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(m0001_scans::Migration)]
}

/// Makes the open file ready for this version, or refuses it without changing it: looks first, copies an older
/// database to a backup beside it, then runs the missing steps in one transaction.
pub(crate) async fn prepare(
    db: &DatabaseConnection,
    path: &Path,
    connect: sqlite::Connect,
    steps: StepList,
) -> Result<(), Error> {
    let tables = sqlite::tables(db).await.map_err(|error| Error::database("read the database", path, error))?;
    let recorded = match tables.iter().any(|table| table == STEPS_TABLE) {
        true => Some(recorded_steps(db).await.map_err(|error| Error::database("read the schema steps", path, error))?),
        false => None,
    };
    let known = steps().iter().map(|step| step.name().to_owned()).collect::<Vec<_>>();
    match compare(&tables, recorded.as_deref(), &known) {
        Standing::Current => return Ok(()),
        Standing::Foreign { table } => return Err(Error::ForeignDatabase { path: path.to_owned(), table }),
        Standing::Newer { step } => return Err(Error::NewerSchema { path: path.to_owned(), step }),
        Standing::Fresh => {}
        Standing::Older { last_step } => {
            let backup = sqlite::back_up(db, path, &last_step).await?;
            tracing::info!(backup = %backup.display(), "the database is older than this version; kept a copy");
        }
    }
    let failed = |error| Error::database("bring the database up to date", path, error);
    sqlite::use_write_ahead_log(db, connect).await.map_err(failed)?;
    run(db, Steps(steps)).await.map_err(failed)
}

/// How a file stands to this version.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    /// Empty.
    Fresh,
    /// All steps were run.
    Current,
    /// Steps are missing.
    Older { last_step: String },
    /// It has a step we do not know.
    Newer { step: String },
    /// It has tables, but not ours.
    Foreign { table: String },
}

fn compare(tables: &[String], recorded: Option<&[String]>, known: &[String]) -> Standing {
    let Some(recorded) = recorded else {
        return match tables.first() {
            Some(table) => Standing::Foreign { table: table.clone() },
            None => Standing::Fresh,
        };
    };
    if let Some(step) = recorded.iter().find(|step| !known.contains(step)) {
        return Standing::Newer { step: step.clone() };
    }
    match recorded.last() {
        _ if recorded.len() == known.len() => Standing::Current,
        Some(last_step) => Standing::Older { last_step: last_step.clone() },
        None => Standing::Fresh,
    }
}

/// The names of the steps that were run, oldest first.
async fn recorded_steps(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let version = Alias::new("version");
    let query =
        Query::select().column(version.clone()).from(Alias::new(STEPS_TABLE)).order_by(version, Order::Asc).to_owned();
    db.query_all(&query).await?.iter().map(|row| row.try_get("", "version")).collect()
}

/// The steps as SeaORM's migrator wants them.
struct Steps(StepList);

impl MigratorTraitSelf for Steps {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        (self.0)()
    }

    fn migration_table_name(&self) -> DynIden {
        Alias::new(STEPS_TABLE).into_iden()
    }
}

/// Runs the missing steps in one transaction: all or none. Two processes that start at once wait for each other, and
/// the second one finds nothing left to do.
async fn run(db: &DatabaseConnection, steps: Steps) -> Result<(), DbErr> {
    let transaction = begin_writing(db).await?;
    steps.up(&transaction, None).await?;
    transaction.commit().await
}
