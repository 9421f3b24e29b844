//! What both databases want of a pool of connections.

use sea_orm::sqlx::Database;
use sea_orm::sqlx::pool::PoolOptions;

/// Connections that are kept until the pool is closed, so that no task looks for old ones.
///
/// That task of sqlx 0.9.0 counts idle connections, and a connection that is given back at the same moment can make the
/// count wrap around: the task then runs for ever, and the process with it when it waits for its runtime (sqlx issue 3645).
/// Nothing is lost with it: a connection that broke is found when it is taken from the pool.
pub(crate) fn options<DB: Database>() -> PoolOptions<DB> {
    PoolOptions::new().idle_timeout(None).max_lifetime(None)
}

#[cfg(test)]
mod tests {
    use sea_orm::sqlx::{Postgres, Sqlite};

    use super::*;

    #[test]
    fn nobody_looks_for_old_connections() {
        let (file, server) = (options::<Sqlite>(), options::<Postgres>());
        assert_eq!((file.get_idle_timeout(), file.get_max_lifetime(), file.get_min_connections()), (None, None, 0));
        assert_eq!(
            (server.get_idle_timeout(), server.get_max_lifetime(), server.get_min_connections()),
            (None, None, 0)
        );
    }
}
