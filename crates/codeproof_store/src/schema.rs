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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, StoreOptions};
    use sea_orm_migration::prelude::{Table, async_trait};
    use sea_orm_migration::schema::big_pk_auto;
    use sea_orm_migration::{MigrationName, SchemaManager};

    const CONNECT: sqlite::Connect =
        sqlite::Connect { busy_timeout: std::time::Duration::from_millis(100), connections: 1 };

    /// A step of a later version: adds a table, and fails after that when it is the second one.
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
                "m0003_fails" => Err(DbErr::Custom("no luck".to_owned())),
                _ => Ok(()),
            }
        }
    }

    fn with_second() -> Vec<Box<dyn MigrationTrait>> {
        let mut list = steps();
        list.push(Box::new(Later { name: "m0002_later" }));
        list
    }

    fn with_failing_third() -> Vec<Box<dyn MigrationTrait>> {
        let mut list = with_second();
        list.push(Box::new(Later { name: "m0003_fails" }));
        list
    }

    /// A database of today's version in a folder of its own.
    async fn today() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("scans.db").display().to_string();
        (folder, Store::open(&path, StoreOptions::default()).await.expect("a new database"))
    }

    async fn count(db: &DatabaseConnection, table: &str) -> Option<i64> {
        let sql = format!("SELECT COUNT(*) AS n FROM {table}");
        let row = db.query_one_raw(sea_orm::Statement::from_string(db.get_database_backend(), sql)).await.ok()?;
        row?.try_get("", "n").ok()
    }

    async fn add_scan(db: &DatabaseConnection) {
        let sql = "INSERT INTO scans (target, root, version, status, progress, started_at_ms, settings) \
                   VALUES ('.', '/', '1', 'running', 0, 0, '{}')";
        db.execute_unprepared(sql).await.expect("a row");
    }

    #[test]
    fn every_step_in_the_folder_is_in_the_list() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/schema");
        let files =
            std::fs::read_dir(folder).expect("the folder of the steps").map(|file| file.expect("a file").path());
        let mut stems = files.filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned())).collect::<Vec<_>>();
        stems.sort();
        let listed = steps().iter().map(|step| step.name().to_owned()).collect::<Vec<_>>();
        assert_eq!(listed, stems, "one line in steps() for each file, in their order");
    }

    #[tokio::test]
    async fn an_older_database_is_copied_then_brought_up_to_date() {
        let (folder, store) = today().await;
        add_scan(&store.db).await;
        prepare(&store.db, &store.path, CONNECT, with_second).await.expect("brought up to date");
        assert_eq!(count(&store.db, "scans").await, Some(1));
        assert_eq!(count(&store.db, "m0002_later").await, Some(0));

        let backup = folder.path().join("scans.db.bak-m0001_scans");
        #[cfg(unix)]
        {
            let mode = std::fs::metadata(&backup).map(|facts| std::os::unix::fs::MetadataExt::mode(&facts) & 0o777);
            assert_eq!(mode.ok(), Some(0o600));
        }
        let backup = Store::open(&backup.display().to_string(), StoreOptions::default()).await.expect("a whole copy");
        assert_eq!(count(&backup.db, "scans").await, Some(1));
        assert_eq!(count(&backup.db, "m0002_later").await, None);

        let error = prepare(&store.db, &store.path, CONNECT, steps).await.expect_err("it is newer now");
        assert!(matches!(error, Error::NewerSchema { step, .. } if step == "m0002_later"));
    }

    #[tokio::test]
    async fn a_step_that_fails_changes_nothing() {
        let (folder, store) = today().await;
        for backup in ["scans.db.bak-m0001_scans", "scans.db.bak-m0001_scans-2"] {
            let error = prepare(&store.db, &store.path, CONNECT, with_failing_third).await.expect_err("it fails");
            assert!(matches!(error, Error::Database { operation: "bring the database up to date", .. }), "{error:?}");
            assert!(folder.path().join(backup).exists(), "an earlier copy is never written over");
        }
        assert_eq!(count(&store.db, "m0002_later").await, None);
        prepare(&store.db, &store.path, CONNECT, steps).await.expect("as it was");
    }

    #[tokio::test]
    async fn nothing_is_changed_when_it_cannot_be_copied() {
        let (folder, store) = today().await;
        // Nobody, not even root, can make a file whose name is this long.
        let path = folder.path().join("x".repeat(250));
        let error = prepare(&store.db, &path, CONNECT, with_second).await.expect_err("no copy");
        assert!(matches!(error, Error::Backup { .. }), "{error:?}");
        assert_eq!(count(&store.db, "m0002_later").await, None);
    }
}
