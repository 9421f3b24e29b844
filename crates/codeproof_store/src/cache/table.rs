//! Table `analysis_cache`: reading, writing, dropping the least recently used.

use std::collections::HashMap;

use codeproof_types::ContentHash;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Index, OnConflict};
use sea_orm::{DatabaseTransaction, QueryOrder, QuerySelect, Schema, Set};

use super::CacheKey;
use crate::store::begin_writing;

/// The table's name.
pub(crate) const NAME: &str = "analysis_cache";

/// Keys in one question.
const KEYS_PER_STATEMENT: usize = 500;

/// Values in one insert: few, since a value may have a megabyte.
const VALUES_PER_STATEMENT: usize = 50;

/// A use is noted when the last noted one is older than this: most runs then only read. One hour.
const USE_NOTED_EVERY_MS: i64 = 3_600_000;

/// A row; columns as in the module above.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "analysis_cache")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Vec<u8>,
    pub value: Vec<u8>,
    pub checksum: Vec<u8>,
    pub bytes: i64,
    pub last_used: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Makes the table, and the index that counts the bytes and finds the oldest.
pub(crate) async fn create(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    let schema = Schema::new(transaction.get_database_backend());
    transaction.execute(schema.create_table_from_entity(Entity).if_not_exists()).await?;
    let by_use = Index::create()
        .name("analysis_cache_last_used_bytes")
        .table(Entity)
        .col(Column::LastUsed)
        .col(Column::Bytes)
        .if_not_exists()
        .take();
    transaction.execute(&by_use).await.map(drop)
}

/// What was found.
pub(crate) struct Found {
    pub(crate) values: HashMap<CacheKey, Vec<u8>>,
    /// Values that did not match their checksums; they were dropped.
    pub(crate) damaged: usize,
}

pub(crate) async fn get_many(db: &DatabaseConnection, keys: &[CacheKey], now_ms: i64) -> Result<Found, DbErr> {
    let mut values = HashMap::with_capacity(keys.len());
    let (mut stale, mut damaged) = (Vec::new(), Vec::new());
    for keys in keys.chunks(KEYS_PER_STATEMENT) {
        let rows = Entity::find().filter(is_one_of(keys.iter().map(|key| key.0.to_vec()))).all(db).await?;
        for row in rows {
            if ContentHash::of(&row.value).as_bytes() != row.checksum.as_slice() {
                damaged.push(row.key);
                continue;
            }
            // Every row was asked for by a key of 32 bytes.
            let Ok(key) = row.key.as_slice().try_into() else { continue };
            values.insert(CacheKey(key), row.value);
            if row.last_used < now_ms - USE_NOTED_EVERY_MS {
                stale.push(row.key);
            }
        }
    }
    if !stale.is_empty() || !damaged.is_empty() {
        note_uses(db, stale, &damaged, now_ms).await?;
    }
    Ok(Found { values, damaged: damaged.len() })
}

/// Notes that values were used, and drops damaged ones.
async fn note_uses(db: &DatabaseConnection, used: Vec<Vec<u8>>, damaged: &[Vec<u8>], now_ms: i64) -> Result<(), DbErr> {
    let transaction = begin_writing(db).await?;
    for keys in used.chunks(KEYS_PER_STATEMENT) {
        let now = ActiveModel { last_used: Set(now_ms), ..Default::default() };
        Entity::update_many().set(now).filter(is_one_of(keys.iter().cloned())).exec(&transaction).await?;
    }
    delete(&transaction, damaged).await?;
    transaction.commit().await
}

pub(crate) async fn put_many(
    db: &DatabaseConnection,
    entries: Vec<(CacheKey, Vec<u8>)>,
    now_ms: i64,
    max_bytes: u64,
) -> Result<(), DbErr> {
    let transaction = begin_writing(db).await?;
    let mut rows = entries.into_iter().map(|(key, value)| row(key, value, now_ms)).peekable();
    while rows.peek().is_some() {
        let replace = OnConflict::column(Column::Key)
            .update_columns([Column::Value, Column::Checksum, Column::Bytes, Column::LastUsed])
            .to_owned();
        let some = rows.by_ref().take(VALUES_PER_STATEMENT);
        Entity::insert_many(some).on_conflict(replace).exec_without_returning(&transaction).await?;
    }
    drop_oldest(&transaction, max_bytes).await?;
    transaction.commit().await
}

fn row(key: CacheKey, value: Vec<u8>, now_ms: i64) -> ActiveModel {
    ActiveModel {
        key: Set(key.0.to_vec()),
        checksum: Set(ContentHash::of(&value).as_bytes().to_vec()),
        bytes: Set(value.len() as i64),
        last_used: Set(now_ms),
        value: Set(value),
    }
}

/// Drops the least recently used values until nine tenths of `max_bytes` are left, if there are more than `max_bytes`.
async fn drop_oldest(transaction: &DatabaseTransaction, max_bytes: u64) -> Result<(), DbErr> {
    let sum = Entity::find().select_only().column_as(Column::Bytes.sum(), "bytes").into_tuple::<Option<i64>>();
    let kept = sum.one(transaction).await?.flatten().unwrap_or(0);
    let max_bytes = i64::try_from(max_bytes).unwrap_or(i64::MAX);
    if kept <= max_bytes {
        return Ok(());
    }
    let mut to_free = kept - max_bytes / 10 * 9;
    let by_use = Entity::find()
        .select_only()
        .columns([Column::Key, Column::Bytes])
        .order_by_asc(Column::LastUsed)
        .order_by_asc(Column::Key)
        .into_tuple::<(Vec<u8>, i64)>();
    let mut oldest = Vec::new();
    for (key, bytes) in by_use.all(transaction).await? {
        if to_free <= 0 {
            break;
        }
        to_free -= bytes;
        oldest.push(key);
    }
    delete(transaction, &oldest).await
}

async fn delete(transaction: &DatabaseTransaction, keys: &[Vec<u8>]) -> Result<(), DbErr> {
    for keys in keys.chunks(KEYS_PER_STATEMENT) {
        Entity::delete_many().filter(is_one_of(keys.iter().cloned())).exec(transaction).await?;
    }
    Ok(())
}

fn is_one_of(keys: impl Iterator<Item = Vec<u8>>) -> sea_orm::sea_query::SimpleExpr {
    Column::Key.is_in(keys)
}
