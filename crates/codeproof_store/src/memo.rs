//! The memo of a scan's models: what was answered once, in this scan or in another, is not asked again.
//!
//! An answer is written by the [`ModelWriter`](crate::ModelWriter) in the transaction that stores what it cost. A scan
//! that was killed runs again with the memo: what had been finished is there, whole, and paid for once.

use std::collections::HashMap;

use codeproof_types::ScanId;
use sea_orm::sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, Query};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _};

use crate::rows::STATEMENT_KEYS;
use crate::rows::analysis_cache::{Column, Entity};
use crate::{Error, Store};

/// A use is noted when the last noted one is older than this, so that most runs only read. One hour.
const USE_NOTED_EVERY_MS: i64 = 3_600_000;

/// Identity of a model's answer: 32 bytes hashed by the caller from all that the answer depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnswerKey(pub [u8; 32]);

/// An answer to be memorised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it is found by.
    pub key: AnswerKey,
    /// The analyzer or verifier that was asked.
    pub analyzer: String,
    /// What was read from it, in the caller's own form.
    pub value: Vec<u8>,
}

impl Store {
    /// The memorised answers among `keys`, whoever paid for them; with `only_of`, those that this scan wrote itself: what a
    /// scan without cache may read when it is resumed. A key has one answer, the last one written.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn answers(
        &self,
        keys: &[AnswerKey],
        only_of: Option<ScanId>,
    ) -> Result<HashMap<AnswerKey, Vec<u8>>, Error> {
        let failed = self.failed("read the answers of models");
        let now_ms = (self.options.now_ms)();
        let mut answers = HashMap::with_capacity(keys.len());
        let mut stale = Vec::new();
        for some in keys.chunks(STATEMENT_KEYS) {
            let mut found = Entity::find().filter(Column::Key.is_in(some.iter().map(|key| key.0.to_vec())));
            if let Some(scan) = only_of {
                found = found.filter(Column::ScanId.eq(scan.0));
            }
            for row in found.all(&self.db).await.map_err(&failed)? {
                // Every row was asked for by a key of 32 bytes.
                let Ok(key) = row.key.as_slice().try_into() else { continue };
                if row.last_used < now_ms - USE_NOTED_EVERY_MS {
                    stale.push(row.key);
                }
                answers.insert(AnswerKey(key), row.value);
            }
        }
        if !stale.is_empty()
            && let Err(error) = self.note_uses(&stale, now_ms).await
        {
            // The answers are what was asked for, and a database that is only read has them, too.
            tracing::debug!(%error, "the use of answers could not be noted");
        }
        Ok(answers)
    }

    /// Drops answers that nobody used for so long that their last use is older than `used_before_ms` (milliseconds since
    /// 1970 UTC); returns how many.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn prune_answers(&self, used_before_ms: i64) -> Result<u64, Error> {
        let old = Entity::delete_many().filter(Column::LastUsed.lt(used_before_ms));
        let _turn = self.turn().await;
        let deleted = old.exec(&self.db).await.map_err(self.failed("drop old answers of models"))?;
        Ok(deleted.rows_affected)
    }

    /// Notes that answers were used, except those that another program is writing just now.
    async fn note_uses(&self, keys: &[Vec<u8>], now_ms: i64) -> Result<(), Error> {
        let failed = self.failed("note the use of answers");
        let transaction = self.begin().await.map_err(&failed)?;
        for some in keys.chunks(STATEMENT_KEYS) {
            let free = Query::select()
                .column(Column::Key)
                .from(Entity)
                .and_where(Expr::col(Column::Key).is_in(some.iter().cloned()))
                .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
                .to_owned();
            let note = Query::update()
                .table(Entity)
                .value(Column::LastUsed, now_ms)
                .and_where(Expr::col(Column::Key).in_subquery(free))
                .to_owned();
            transaction.execute(&note).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(&failed)
    }
}
