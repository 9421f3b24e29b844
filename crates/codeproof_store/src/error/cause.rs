//! Why a database refused, as far as something can be done about it.

use sea_orm::sqlx::postgres::PgDatabaseError;
use sea_orm::sqlx::{self, error::DatabaseError};
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Locked,
    ReadOnly,
    DiskFull,
    Damaged,
    NotADatabase,
    CannotOpen,
    Unreachable,
    AccessRefused,
    NoSuchDatabase,
    TlsRefused,
    NotAllowed,
    TooSlow,
    Other,
}

impl Cause {
    pub(crate) fn of(error: &DbErr) -> Self {
        let error = match error {
            DbErr::Conn(RuntimeErr::SqlxError(error))
            | DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error)) => error.as_ref(),
            // Every connection of the pool stayed in use, or none could be made again.
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => return Self::Locked,
            _ => return Self::Other,
        };
        match error {
            sqlx::Error::Database(error) => Self::of_database(error.as_ref()),
            sqlx::Error::Tls(_) => Self::TlsRefused,
            // The TLS library's word for a certificate that it does not accept.
            sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => Self::TlsRefused,
            sqlx::Error::Io(_) => Self::Unreachable,
            _ => Self::Other,
        }
    }

    fn of_database(error: &dyn DatabaseError) -> Self {
        match error.try_downcast_ref::<PgDatabaseError>() {
            Some(error) => Self::of_sqlstate(error.code()),
            None => error.code().and_then(|code| code.parse().ok()).map_or(Self::Other, Self::of_sqlite_code),
        }
    }

    /// Reads SQLite's primary result code (<https://www.sqlite.org/rescode.html>), the low byte of the extended one.
    fn of_sqlite_code(extended: i32) -> Self {
        match extended & 0xff {
            5 | 6 => Self::Locked,
            8 => Self::ReadOnly,
            11 => Self::Damaged,
            13 => Self::DiskFull,
            14 => Self::CannotOpen,
            26 => Self::NotADatabase,
            _ => Self::Other,
        }
    }

    /// Reads an SQLSTATE (<https://www.postgresql.org/docs/current/errcodes-appendix.html>): its class, the first two
    /// characters, unless one code of the class says more.
    fn of_sqlstate(code: &str) -> Self {
        match code {
            // lock_not_available, deadlock_detected, serialization_failure.
            "55P03" | "40P01" | "40001" => Self::Locked,
            // read_only_sql_transaction: a standby, or a session told so.
            "25006" => Self::ReadOnly,
            "53100" => Self::DiskFull,
            "3D000" => Self::NoSuchDatabase,
            "42501" => Self::NotAllowed,
            // query_canceled: by the time limit; nobody else cancels ours.
            "57014" => Self::TooSlow,
            // data_corrupted, index_corrupted.
            "XX001" | "XX002" => Self::Damaged,
            _ => match code.get(..2) {
                // Invalid authorization: no such user, no such entry in pg_hba.conf, wrong password.
                Some("28") => Self::AccessRefused,
                // Connection exceptions, no connection left, shutting down or starting up.
                Some("08" | "53" | "57") => Self::Unreachable,
                _ => Self::Other,
            },
        }
    }
}
