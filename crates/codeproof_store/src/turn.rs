//! Whose turn it is to write into a SQLite file.
//!
//! SQLite lets one connection write at a time, and others ask again after pauses: beside a writer that is always busy one
//! of them can be out of luck until its time is over. The writers of one store stand in a queue instead. A server needs
//! none.

use std::ops::Deref;
use std::sync::Arc;

use sea_orm::{DatabaseTransaction, DbErr};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::Place;

/// The queue; fair, and shared by all clones of a store.
#[derive(Debug, Clone)]
pub(crate) struct Turns(Option<Arc<Mutex<()>>>);

/// The right to write, until it is dropped.
pub(crate) struct Turn {
    _guard: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    pub(crate) fn of(place: &Place) -> Self {
        Self(matches!(place, Place::File(_)).then(Arc::default))
    }

    /// Waits for the turn. Whoever has one must not ask for another.
    pub(crate) async fn wait(&self) -> Turn {
        let guard = match &self.0 {
            Some(queue) => Some(Arc::clone(queue).lock_owned().await),
            None => None,
        };
        Turn { _guard: guard }
    }
}

/// A transaction in its turn. Dropped, it is rolled back before the next one has its turn.
pub(crate) struct Transaction {
    inner: DatabaseTransaction,
    turn: Turn,
}

impl Transaction {
    pub(crate) fn new(inner: DatabaseTransaction, turn: Turn) -> Self {
        Self { inner, turn }
    }

    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        let Self { inner, turn } = self;
        let committed = inner.commit().await;
        drop(turn);
        committed
    }

    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        let Self { inner, turn } = self;
        let rolled_back = inner.rollback().await;
        drop(turn);
        rolled_back
    }
}

impl Deref for Transaction {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.inner
    }
}
