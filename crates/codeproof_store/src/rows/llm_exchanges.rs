//! Table `llm_exchanges`: prompts and answers as they were sent and came, packed. A system text, which the prompts of an
//! analyzer share, is one row; see schema step m0004.

use codeproof_types::ContentHash;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

use super::conflict::new;
use crate::exchanges::{ExchangeText, pack};

/// A row; columns as in schema step m0004.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "llm_exchanges")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub call_id: Option<i64>,
    pub text_hash: Option<String>,
    pub system_hash: Option<String>,
    pub prompt: Vec<u8>,
    pub answer: Option<Vec<u8>>,
    pub bytes: i64,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The row of the exchange of a stored call.
pub(crate) fn row(call_id: i64, system: ContentHash, text: &ExchangeText, now_ms: i64) -> ActiveModel {
    ActiveModel {
        call_id: Set(Some(call_id)),
        text_hash: Set(None),
        system_hash: Set(Some(system.to_string())),
        prompt: Set(pack(&text.prompt)),
        answer: Set(Some(pack(&text.answer))),
        bytes: Set((text.prompt.len() + text.answer.len()) as i64),
        created_at: Set(now_ms),
        ..Default::default()
    }
}

/// The row of a system text.
pub(crate) fn system_row(hash: ContentHash, text: &str, now_ms: i64) -> ActiveModel {
    ActiveModel {
        call_id: Set(None),
        text_hash: Set(Some(hash.to_string())),
        system_hash: Set(None),
        prompt: Set(pack(text)),
        answer: Set(None),
        bytes: Set(text.len() as i64),
        created_at: Set(now_ms),
        ..Default::default()
    }
}

/// A system text that is there was used again.
pub(crate) fn used_again() -> OnConflict {
    OnConflict::column(Column::TextHash).value(Column::CreatedAt, new(Column::CreatedAt)).to_owned()
}
