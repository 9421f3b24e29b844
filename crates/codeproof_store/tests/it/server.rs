//! Databases on the PostgreSQL that `cargo xtask test` runs: one for each test, gone with it.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use codeproof_types::ContentHash;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, ConnectOptions as _, Connection as _, Executor as _};
use url::Url;

/// The variable that names the server: a superuser's URL by way of a socket, with the port for the network.
const VARIABLE: &str = "CODEPROOF_TEST_POSTGRES";

/// A database for one test.
pub(crate) struct PrivateDatabase {
    pub(crate) name: String,
}

impl PrivateDatabase {
    /// One without tables.
    pub(crate) async fn empty() -> Self {
        Self::copy_of("template0").await
    }

    /// One with the tables that `make` makes in the database it is given the URL of. They are made once, and copied.
    pub(crate) async fn made_by(make: impl AsyncFnOnce(String)) -> Self {
        let template = format!("codeproof_template_{}", &hash_of_schema()[..16]);
        let mut admin = admin().await;
        // Other tests and other test programs wait here for the first one.
        execute(&mut admin, "SELECT pg_advisory_lock(1)").await;
        let there = sqlx::query_scalar::<_, bool>("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)");
        if !there.bind(&template).fetch_one(&mut admin).await.unwrap() {
            let unfinished = Self::empty().await;
            make(unfinished.url()).await;
            // codeproof: ignore[rust-sql-format] names made by this file; the name of a database cannot be bound
            execute(&mut admin, &format!("ALTER DATABASE {} RENAME TO {template}", unfinished.name)).await;
        }
        admin.close().await.unwrap();
        Self::copy_of(&template).await
    }

    async fn copy_of(template: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("codeproof_test_{}_{number}", std::process::id());
        let mut admin = admin().await;
        // codeproof: ignore[rust-sql-format] the same
        execute(&mut admin, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        admin.close().await.unwrap();
        Self { name }
    }

    /// The superuser's URL of this database, as it is shown, too.
    pub(crate) fn url(&self) -> String {
        self.url_with(|_| {})
    }

    /// The URL, changed.
    pub(crate) fn url_with(&self, change: impl FnOnce(&mut Url)) -> String {
        let mut url = server();
        url.set_path(&self.name);
        change(&mut url);
        url.into()
    }

    /// The URL by network, for a user with a password, with these parameters.
    pub(crate) fn url_by_network(&self, user: &str, password: &str, parameters: &str) -> String {
        self.url_with(|url| {
            url.set_username(user).unwrap();
            url.set_password(Some(password)).unwrap();
            url.set_query(Some(parameters).filter(|parameters| !parameters.is_empty()));
        })
    }

    /// Makes a user of this test with a password of this run, and returns both.
    pub(crate) async fn new_user(&self, rights: &str) -> (String, String) {
        let user = format!("{}_user", self.name);
        let password = ContentHash::of(format!("{user} {}", std::process::id()).as_bytes()).to_string();
        let mut admin = admin().await;
        // `rights` says USER for its name.
        let sql = format!("CREATE ROLE USER LOGIN PASSWORD '{password}'; {rights}").replace("USER", &user);
        execute(&mut admin, &sql).await;
        admin.close().await.unwrap();
        (user, password)
    }

    /// The certificate that signed the server's.
    pub(crate) fn authority() -> String {
        let url = server();
        let pair = url.query_pairs().find(|(key, _)| key == "sslrootcert").expect("the server has a certificate");
        pair.1.into_owned()
    }
}

impl Drop for PrivateDatabase {
    fn drop(&mut self) {
        let sql = format!(
            "DROP DATABASE IF EXISTS {0} WITH (FORCE); DROP OWNED BY {0}_user; DROP ROLE IF EXISTS {0}_user",
            self.name
        );
        // A test may end in the middle of its runtime: this needs one of its own.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut admin = admin().await;
                for statement in sql.split("; ") {
                    // There may be no such user.
                    let _ = admin.execute(sqlx::AssertSqlSafe(statement.to_owned())).await;
                }
            });
        });
        let _ = dropping.join();
    }
}

/// A hash of everything the tables are made by: a template is for one version of it.
fn hash_of_schema() -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../codeproof_store/src");
    let steps = std::fs::read_dir(source.join("schema")).unwrap().map(|entry| entry.unwrap().path());
    let mut files = steps.chain(["schema.rs", "postgres.rs"].map(|name| source.join(name))).collect::<Vec<_>>();
    files.sort();
    let text = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect::<String>();
    ContentHash::of(text.as_bytes()).to_string()
}

async fn execute(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap();
}

async fn admin() -> PgConnection {
    let options: PgConnectOptions = server().as_str().parse().unwrap();
    options.connect().await.unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the tests' server is started by who runs the tests")]
fn server() -> Url {
    let url = std::env::var(VARIABLE).expect("this test wants a PostgreSQL of its own: run cargo xtask test");
    url.parse().expect("the URL of the tests' server")
}
