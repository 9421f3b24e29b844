//! Table `analysis_cache`: what models answered, by a key that holds everything the answer depends on.

use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

use crate::memo::Answer;

/// A row; columns as in schema step m0004.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "analysis_cache")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Vec<u8>,
    pub scan_id: Option<i64>,
    pub analyzer: String,
    pub model: String,
    pub value: Vec<u8>,
    pub created_at: i64,
    pub last_used: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of an answer that `model` gave in a scan.
pub(crate) fn row(scan_id: i64, model: &str, answer: &Answer, now_ms: i64) -> ActiveModel {
    ActiveModel {
        key: Set(answer.key.0.to_vec()),
        scan_id: Set(Some(scan_id)),
        analyzer: Set(answer.analyzer.clone()),
        model: Set(model.to_owned()),
        value: Set(answer.value.clone()),
        created_at: Set(now_ms),
        last_used: Set(now_ms),
    }
}

/// The last answer is the one that counts.
pub(crate) fn answered_again() -> OnConflict {
    use Column::*;
    OnConflict::column(Key).update_columns([ScanId, Analyzer, Model, Value, CreatedAt, LastUsed]).to_owned()
}
