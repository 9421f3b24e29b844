//! Reads `--db`: which database, where, and how that may be shown.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use sea_orm::sqlx::postgres::PgConnectOptions;
use url::Url;

use crate::Error;

/// Where a database is, as people may read it: never with a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A SQLite file.
    File(PathBuf),
    /// The URL of a PostgreSQL database, `***` where a password stood.
    Server(String),
}

impl Place {
    /// The place a `--db` names: `sqlite://PATH`, `sqlite:PATH`, a plain path, `postgres://…` or `postgresql://…`. Looks
    /// at nothing and makes nothing, unlike [`Store::open`](crate::Store::open).
    ///
    /// # Errors
    /// When it names none.
    pub fn of(url: &str) -> Result<Self, Error> {
        Address::of(url).map(|address| address.place())
    }

    /// The file, when it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Server(_) => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(url) => url.fmt(f),
        }
    }
}

/// What it takes to reach a database.
#[derive(Debug)]
pub(crate) enum Address {
    Sqlite(PathBuf),
    Postgres {
        /// What the URL leaves out is taken from PostgreSQL's own `PG…` variables and password file, as every client of
        /// it does.
        options: Box<PgConnectOptions>,
        shown: String,
    },
}

impl Address {
    pub(crate) fn of(url: &str) -> Result<Self, Error> {
        match url.split_once("://") {
            Some((scheme, _)) if is_postgres(scheme) => server(url),
            _ => file(url).map(Self::Sqlite),
        }
    }

    pub(crate) fn place(&self) -> Place {
        match self {
            Self::Sqlite(path) => Place::File(path.clone()),
            Self::Postgres { shown, .. } => Place::Server(shown.clone()),
        }
    }
}

fn is_postgres(scheme: &str) -> bool {
    ["postgres", "postgresql"].iter().any(|word| scheme.eq_ignore_ascii_case(word))
}

/// Turns `sqlite://PATH`, `sqlite:PATH` or a plain path into the path of a file. The path is taken as written, without
/// percent-decoding: what the user types is what `ls` shows.
fn file(url: &str) -> Result<PathBuf, Error> {
    let invalid = |why| Error::InvalidUrl { url: url.to_owned(), why };
    let path = match url.split_once(':') {
        Some(("sqlite", rest)) => {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            if path.contains('?') {
                return Err(invalid("parameters after ? are not read"));
            }
            path
        }
        Some((scheme, rest)) if rest.starts_with("//") => {
            return Err(Error::UnsupportedDatabase { scheme: scheme.to_owned() });
        }
        _ => url,
    };
    match path {
        "" => Err(invalid("the path is empty")),
        ":memory:" => Err(invalid("a database in memory would be gone after the scan")),
        _ if path.contains('\0') => Err(invalid("the path holds a NUL")),
        _ if path.ends_with('/') => Err(invalid("it is a folder")),
        // SQLite reads `file:` at the front of a name as a URI of its own; `./` keeps it a name.
        _ if path.starts_with("file:") => Ok(Path::new(".").join(path)),
        _ => Ok(PathBuf::from(path)),
    }
}

/// Parameters that the client reads; it would log any other with its value, be it a mistyped password.
const PARAMETERS: [&str; 17] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
];

/// Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?PARAMETERS`. Errors quote nothing of it: when it cannot be read,
/// nobody knows which part of it is the password.
fn server(text: &str) -> Result<Address, Error> {
    let invalid = |why| Error::InvalidServerUrl { why };
    let url = Url::parse(text)
        .map_err(|_| invalid("it cannot be read (in a password, / ? # @ % stand as %2F %3F %23 %40 %25)"))?;
    if url.fragment().is_some() {
        return Err(invalid("it has a # (in a password it stands as %23)"));
    }
    let known = |key: &str| PARAMETERS.contains(&key) || key == "options" || key.starts_with("options[");
    if !url.query_pairs().all(|(key, _)| known(&key)) {
        return Err(invalid(
            "it has a parameter that is not known; those that are: sslmode, sslrootcert, sslcert, sslkey, host, port, \
             dbname, user, password, application_name, options (such as options=-csearch_path=NAME)",
        ));
    }
    let options = PgConnectOptions::from_str(text).map_err(|_| invalid("one of its parameters has no meaning"))?;
    Ok(Address::Postgres { options: Box::new(options), shown: shown(url) })
}

/// The URL with `***` for each password in it.
fn shown(mut url: Url) -> String {
    const MASK: &str = "***";
    if url.password().is_some() {
        // It has a password, so it has the host that this wants.
        let _ = url.set_password(Some(MASK));
    }
    let holds_password = |pair: &str| url::form_urlencoded::parse(pair.as_bytes()).any(|(key, _)| key == "password");
    let masked = url.query().map(|query| {
        let pairs = query.split('&').map(|pair| match holds_password(pair) {
            true => format!("password={MASK}"),
            false => pair.to_owned(),
        });
        pairs.collect::<Vec<_>>().join("&")
    });
    url.set_query(masked.as_deref());
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        let told = match Place::of(url) {
            Ok(place) => place.to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(told, expected, "{url:?}");
    }

    #[test]
    fn names_a_file_or_says_why_not() {
        check("sqlite:///var/lib/scans.db", "/var/lib/scans.db");
        check("sqlite://scans 100%.db", "scans 100%.db");
        check("sqlite:scans.db", "scans.db");
        check("what?.db", "what?.db");
        check("file:x.db", "./file:x.db");
        check("", "\"\" does not name a database file: the path is empty; use sqlite://PATH or a plain path");
        check(
            "sqlite://x.db?mode=rwc",
            "\"sqlite://x.db?mode=rwc\" does not name a database file: parameters after ? are not read; \
             use sqlite://PATH or a plain path",
        );
        check(
            "sqlite::memory:",
            "\"sqlite::memory:\" does not name a database file: a database in memory would be gone after the scan; \
             use sqlite://PATH or a plain path",
        );
        check(
            "folder/",
            "\"folder/\" does not name a database file: it is a folder; use sqlite://PATH or a plain path",
        );
    }

    #[test]
    fn shows_servers_without_passwords() {
        check("postgres://scanner@db.example:6432/scans", "postgres://scanner@db.example:6432/scans");
        check("postgres://scanner:hunter@db.example/scans", "postgres://scanner:***@db.example/scans");
        check("POSTGRESQL://scanner:a%2Fb@db.example/scans", "postgresql://scanner:***@db.example/scans");
        check(
            "postgres:///scans?host=/run/postgresql&p%61ssword=hunter&options=-csearch_path%3Dscans",
            "postgres:///scans?host=/run/postgresql&password=***&options=-csearch_path%3Dscans",
        );
    }

    #[test]
    fn says_nothing_of_what_may_be_a_password() {
        check("mysql://scanner:hunter@host/db", "mysql:// databases are not known; use sqlite://PATH or postgres://…");
        for url in [
            "postgres://scanner:hun/ter@host/db",
            "postgres://scanner:hun#ter@host/db",
            "postgres://scanner:1?hunter@host/db",
            "postgres://scanner@host/db?passwd=hunter",
            "postgres://scanner@host/db?sslmode=hunter",
            "postgres://scanner:hunter@host:port/db",
        ] {
            let error = Place::of(url).expect_err(url);
            assert!(!format!("{error} {error:?}").contains("hun"), "{error}");
            assert!(error.to_string().starts_with("the postgres:// URL does not name a database: "), "{error}");
        }
    }
}
