//! Reads `--db`: which database, where.

use std::path::{Path, PathBuf};

use crate::Error;

/// The file a database URL names: `sqlite://PATH`, `sqlite:PATH` or a plain path; `None` when it names none. Looks at
/// nothing and makes nothing, unlike [`Store::open`](crate::Store::open).
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    file_of(url).ok()
}

/// Turns `sqlite://PATH`, `sqlite:PATH` or a plain path into the path of a file. The path is taken as written, without
/// percent-decoding: what the user types is what `ls` shows.
pub(crate) fn file_of(url: &str) -> Result<PathBuf, Error> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        let told = match file_of(url) {
            Ok(path) => path.display().to_string(),
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
    fn keeps_passwords_of_other_databases_to_itself() {
        check("postgres://scanner:hunter@host/db", "postgres:// databases are not in this version; use sqlite://PATH");
    }
}
