//! Prompts and answers as texts: kept packed for a while, so that users can see what was said.
//!
//! A packed text is an LZ4 block behind its length (four bytes, little-endian). LZ4 takes some twentieth of a millisecond
//! for the prompt of a chunk, a tenth of what DEFLATE takes, and packs source code to about half.

use std::collections::HashMap;
use std::sync::Arc;

use codeproof_types::FindingId;
use lz4_flex::block::{compress_prepend_size, decompress, uncompressed_size};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde::Serialize;

use crate::rows::llm_exchanges::{self, Column, Entity};
use crate::rows::{Cell, Purpose};
use crate::{Error, Store};

/// Bytes of an unpacked text that are believed: no model reads so much, a damaged row could claim four gigabytes.
const TEXT_BYTES_MAX: usize = 256 << 20;

/// What was said to a model, and what it answered; secrets are masked already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeText {
    /// The system text; each is stored once.
    pub system: Arc<str>,
    /// The prompt.
    pub prompt: String,
    /// The answer; of a call that failed, empty.
    pub answer: String,
}

/// One exchange with a model that led to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exchange {
    /// When the prompt was sent, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The user's name of the model.
    pub model: String,
    /// What the prompt was for.
    pub purpose: Purpose,
    /// The system text; `None` when it is kept no longer.
    pub system: Option<String>,
    /// The prompt.
    pub prompt: String,
    /// The answer.
    pub answer: String,
}

impl Store {
    /// What was said to models on the way to a finding, oldest first, as far as it was kept.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn exchanges(&self, finding: FindingId) -> Result<Vec<Exchange>, Error> {
        let calls = self.calls_behind(finding).await?;
        let ids = calls.iter().map(|call| call.id);
        let failed = self.failed("read what was said to models");
        let rows = Entity::find().filter(Column::CallId.is_in(ids)).all(&self.db).await.map_err(&failed)?;
        let hashes = rows.iter().filter_map(|row| row.system_hash.clone()).collect::<Vec<_>>();
        let systems = Entity::find().filter(Column::TextHash.is_in(hashes)).all(&self.db).await.map_err(&failed)?;
        let mut texts = HashMap::with_capacity(systems.len());
        for row in systems {
            let text = unpacked(row.id, "prompt", &row.prompt)?;
            texts.insert(row.text_hash.unwrap_or_default(), text);
        }
        let mut by_call = rows.into_iter().filter_map(|row| Some((row.call_id?, row))).collect::<HashMap<_, _>>();
        let mut exchanges = Vec::with_capacity(by_call.len());
        for call in calls {
            let Some(row) = by_call.remove(&call.id) else { continue };
            exchanges.push(Exchange {
                at_ms: call.at_ms,
                model: call.model,
                purpose: Cell { table: "llm_call_metrics", row: call.id, column: "purpose" }.word(call.purpose)?,
                system: row.system_hash.and_then(|hash| texts.get(&hash).cloned()),
                prompt: unpacked(row.id, "prompt", &row.prompt)?,
                answer: unpacked(row.id, "answer", row.answer.as_deref().unwrap_or_default())?,
            });
        }
        Ok(exchanges)
    }

    /// Drops prompts and answers that were stored before `older_than_ms` (milliseconds since 1970 UTC), and system texts
    /// that no prompt is left of; returns how many exchanges went.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn prune_exchanges(&self, older_than_ms: i64) -> Result<u64, Error> {
        let failed = self.failed("drop old prompts and answers");
        let old = || llm_exchanges::Entity::delete_many().filter(Column::CreatedAt.lt(older_than_ms));
        let _turn = self.turn().await;
        let exchanges = old().filter(Column::CallId.is_not_null()).exec(&self.db).await.map_err(&failed)?;
        let used = Query::select()
            .column(Column::SystemHash)
            .from(Entity)
            .and_where(Column::SystemHash.is_not_null())
            .to_owned();
        let unused = old().filter(Column::TextHash.is_not_null()).filter(Column::TextHash.not_in_subquery(used));
        unused.exec(&self.db).await.map_err(&failed)?;
        Ok(exchanges.rows_affected)
    }
}

/// Packs a text.
pub(crate) fn pack(text: &str) -> Vec<u8> {
    compress_prepend_size(text.as_bytes())
}

/// Unpacks what [`pack`] made; says what is wrong with anything else.
fn unpack(packed: &[u8]) -> Result<String, String> {
    let (bytes, block) = uncompressed_size(packed).map_err(|error| error.to_string())?;
    if bytes > TEXT_BYTES_MAX {
        return Err(format!("it claims {bytes} bytes"));
    }
    let text = decompress(block, bytes).map_err(|error| error.to_string())?;
    String::from_utf8(text).map_err(|error| error.to_string())
}

fn unpacked(row: i64, column: &'static str, packed: &[u8]) -> Result<String, Error> {
    unpack(packed).map_err(|why| Cell { table: "llm_exchanges", row, column }.unreadable(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        for text in ["", "a", "\0ünï", &"strcpy(buffer, input);\n".repeat(5000)] {
            assert_eq!(unpack(&pack(text)).as_deref(), Ok(text));
        }
        assert!(pack(&"strcpy(buffer, input);\n".repeat(5000)).len() < 2000);
    }

    #[test]
    fn damage_is_told() {
        let mut packed = pack(&"some text, some text, some text".repeat(9));
        assert!(unpack(&packed[..3]).is_err());
        assert!(unpack(&packed[..packed.len() - 1]).is_err());
        packed[..4].copy_from_slice(&[0xff; 4]);
        assert_eq!(unpack(&packed), Err("it claims 4294967295 bytes".to_owned()));
    }
}
