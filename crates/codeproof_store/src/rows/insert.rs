//! The one way by which rows come into a table: many in one statement, with texts that every database can hold.

use std::collections::HashMap;
use std::hash::Hash;

use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait,
    Iterable as _, QueryTrait as _, TryGetable, Value as Cell,
};
use serde_json::Value as Json;

/// Rows in one statement: 200 of the widest table need 5,200 of the 32,766 parameters SQLite allows (PostgreSQL: 65,535);
/// more rows gain less than a tenth.
const STATEMENT_ROWS: usize = 200;

/// Keys in one statement, for the same reason.
pub(crate) const STATEMENT_KEYS: usize = 500;

/// What stands for a NUL, which PostgreSQL's text and JSON cannot hold, and behind which many tools see nothing of
/// SQLite's: U+2400, the picture of it. Rows are the same in both databases.
const NUL_SHOWN: char = '\u{2400}';

/// Characters of a name that is looked up by; longer ones are data in the shape of a name. 500 of four bytes fit into an
/// entry of PostgreSQL's indexes (2,704 bytes); seed 004 has the same bound.
const KEY_CHARACTERS_MAX: usize = 500;

/// Inserts rows, some in each statement.
pub(crate) async fn insert<Row>(rows: Vec<Row>, transaction: &DatabaseTransaction) -> Result<(), DbErr>
where
    Row: ActiveModelTrait + Send,
{
    let mut rows = rows.into_iter().map(storable).peekable();
    while rows.peek().is_some() {
        let some = rows.by_ref().take(STATEMENT_ROWS);
        Row::Entity::insert_many(some).exec_without_returning(transaction).await?;
    }
    Ok(())
}

/// Inserts rows, or does with those whose keys are there what `conflict` says. No two of the rows may have the same key:
/// PostgreSQL refuses to touch a row twice in one statement.
pub(crate) async fn upsert<Row>(
    rows: Vec<Row>,
    conflict: &OnConflict,
    transaction: &DatabaseTransaction,
) -> Result<(), DbErr>
where
    Row: ActiveModelTrait + Send,
{
    let mut rows = rows.into_iter().map(storable).peekable();
    while rows.peek().is_some() {
        let some = rows.by_ref().take(STATEMENT_ROWS);
        let insert = Row::Entity::insert_many(some).on_conflict(conflict.clone());
        insert.exec_without_returning(transaction).await?;
    }
    Ok(())
}

/// As [`insert`], and returns the rows' ids by what they have in the column `key`: the order in which a database answers
/// is not promised.
pub(crate) async fn insert_with_ids<Row, Key, Value>(
    rows: Vec<Row>,
    key: Key,
    transaction: &DatabaseTransaction,
) -> Result<HashMap<Value, i64>, DbErr>
where
    Row: ActiveModelTrait + Send,
    Key: ColumnTrait,
    Value: TryGetable + Eq + Hash,
{
    with_ids(rows, key, None, transaction).await
}

/// As [`upsert`], and returns ids as [`insert_with_ids`]. `conflict` must change something, or the rows that were there are
/// not among the answers.
pub(crate) async fn upsert_with_ids<Row, Key, Value>(
    rows: Vec<Row>,
    key: Key,
    conflict: &OnConflict,
    transaction: &DatabaseTransaction,
) -> Result<HashMap<Value, i64>, DbErr>
where
    Row: ActiveModelTrait + Send,
    Key: ColumnTrait,
    Value: TryGetable + Eq + Hash,
{
    with_ids(rows, key, Some(conflict), transaction).await
}

async fn with_ids<Row, Key, Value>(
    rows: Vec<Row>,
    key: Key,
    conflict: Option<&OnConflict>,
    transaction: &DatabaseTransaction,
) -> Result<HashMap<Value, i64>, DbErr>
where
    Row: ActiveModelTrait + Send,
    Key: ColumnTrait,
    Value: TryGetable + Eq + Hash,
{
    let mut ids = HashMap::with_capacity(rows.len());
    let mut rows = rows.into_iter().map(storable).peekable();
    while rows.peek().is_some() {
        let mut insert = Row::Entity::insert_many(rows.by_ref().take(STATEMENT_ROWS));
        if let Some(conflict) = conflict {
            insert = insert.on_conflict(conflict.clone());
        }
        let mut statement = insert.into_query();
        statement.returning(Query::returning().columns(["id", key.as_str()]));
        for row in transaction.query_all(&statement).await? {
            ids.insert(row.try_get("", key.as_str())?, row.try_get("", "id")?);
        }
    }
    Ok(ids)
}

/// The row with every NUL in its texts and its JSON shown as [`NUL_SHOWN`].
pub(crate) fn storable<Row: ActiveModelTrait>(mut row: Row) -> Row {
    for column in <Row::Entity as EntityTrait>::Column::iter() {
        let (ActiveValue::Set(mut value) | ActiveValue::Unchanged(mut value)) = row.take(column) else { continue };
        match &mut value {
            Cell::String(Some(text)) => show_nul(text),
            Cell::Json(Some(json)) => show_nul_in_json(json),
            _ => {}
        }
        row.set(column, value);
    }
    row
}

/// A text as it stands in a column that is looked up by: shown as it is stored, and cut to a length that every index
/// takes. What is looked for goes through here, too.
pub(crate) fn key_text(mut text: String) -> String {
    show_nul(&mut text);
    if let Some((cut, _)) = text.char_indices().nth(KEY_CHARACTERS_MAX) {
        text.truncate(cut);
        text.push('…');
    }
    text
}

/// A text as every database can hold it.
pub(crate) fn storable_text(mut text: String) -> String {
    show_nul(&mut text);
    text
}

fn show_nul(text: &mut String) {
    if text.contains('\0') {
        *text = text.replace('\0', NUL_SHOWN.encode_utf8(&mut [0; 4]));
    }
}

fn show_nul_in_json(json: &mut Json) {
    let mut left = vec![json];
    while let Some(value) = left.pop() {
        match value {
            Json::String(text) => show_nul(text),
            Json::Array(list) => left.extend(list),
            Json::Object(map) => {
                if map.keys().any(|key| key.contains('\0')) {
                    *map = std::mem::take(map)
                        .into_iter()
                        .map(|(mut key, value)| {
                            show_nul(&mut key);
                            (key, value)
                        })
                        .collect();
                }
                left.extend(map.values_mut());
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }
}
