//! Calls of models as rows, with what was said in them.

use std::collections::{BTreeMap, HashMap, HashSet};

use codeproof_types::{ContentHash, Fingerprint, ScanId};
use sea_orm::{ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use super::group::Rows;
use crate::exchanges::ExchangeText;
use crate::rows::{
    CallRow, STATEMENT_KEYS, draft_findings, insert, insert_with_ids, llm_call_metrics, llm_exchanges, upsert,
};

/// System texts that are remembered as stored; a scan has one for each analyzer and verifier.
const SYSTEMS_REMEMBERED_MAX: usize = 1000;

/// A sent prompt.
pub(super) struct Call<'r> {
    pub(super) call: &'r CallRow,
    /// Hash of the system text, and all texts.
    pub(super) exchange: Option<(ContentHash, &'r ExchangeText)>,
}

/// What is known of a scan's calls that are stored.
#[derive(Default)]
pub(super) struct Written {
    /// The number of the last one; `None` when the table must be asked.
    pub(super) last_seq: Option<i64>,
    /// System texts.
    systems: HashSet<ContentHash>,
}

impl Written {
    /// Adds what is known of later ones.
    pub(super) fn extend(&mut self, later: Self) {
        self.last_seq = later.last_seq.or(self.last_seq);
        if self.systems.len() + later.systems.len() > SYSTEMS_REMEMBERED_MAX {
            self.systems.clear();
        }
        self.systems.extend(later.systems);
    }
}

impl Rows<'_> {
    /// Writes calls and what was said in them. `drafts` are ids that are known already.
    pub(super) async fn write_calls(
        &self,
        calls: &[Call<'_>],
        drafts: HashMap<String, i64>,
        before: &Written,
    ) -> Result<Written, DbErr> {
        if calls.is_empty() {
            return Ok(Written::default());
        }
        let drafts = self.draft_ids(calls, drafts).await?;
        let last_seq = match before.last_seq {
            Some(seq) => seq,
            None => last_seq(self.scan, self.transaction).await?,
        };
        let rows = calls.iter().zip(last_seq + 1..).map(|(Call { call, .. }, seq)| {
            let draft_id = call.fingerprint.as_ref().and_then(|digits| drafts.get(digits.as_str()).copied());
            llm_call_metrics::row(self.scan.0, seq, draft_id, call)
        });
        let rows = rows.collect::<Vec<_>>();
        let mut written = Written { last_seq: Some(last_seq + rows.len() as i64), systems: HashSet::new() };
        if calls.iter().all(|call| call.exchange.is_none()) {
            insert(rows, self.transaction).await?;
            return Ok(written);
        }
        let ids: HashMap<i64, i64> = insert_with_ids(rows, llm_call_metrics::Column::Seq, self.transaction).await?;
        let mut systems = BTreeMap::new();
        let mut exchanges = Vec::new();
        for (call, seq) in calls.iter().zip(last_seq + 1..) {
            let Some((hash, text)) = call.exchange else { continue };
            let id = ids.get(&seq).copied().expect("the database answers with every key it was given");
            exchanges.push(llm_exchanges::row(id, hash, text, self.now_ms));
            if !before.systems.contains(&hash) {
                systems.insert(hash, &*text.system);
            }
        }
        insert(exchanges, self.transaction).await?;
        let rows = systems.iter().map(|(hash, text)| llm_exchanges::system_row(*hash, text, self.now_ms));
        upsert(rows.collect(), &llm_exchanges::used_again(), self.transaction).await?;
        written.systems.extend(systems.into_keys());
        Ok(written)
    }

    /// Adds the ids of those drafts that calls are about and that were written earlier.
    async fn draft_ids(
        &self,
        calls: &[Call<'_>],
        mut ids: HashMap<String, i64>,
    ) -> Result<HashMap<String, i64>, DbErr> {
        use draft_findings::{Column, Entity};
        let fingerprints = calls.iter().filter_map(|call| call.call.fingerprint.as_ref());
        let unknown = fingerprints.map(Fingerprint::as_str).filter(|digits| !ids.contains_key(*digits));
        let unknown = unknown.collect::<HashSet<_>>();
        if unknown.is_empty() {
            return Ok(ids);
        }
        for some in unknown.into_iter().collect::<Vec<_>>().chunks(STATEMENT_KEYS) {
            let found = Entity::find()
                .select_only()
                .columns([Column::DedupKey, Column::Id])
                .filter(Column::ScanId.eq(self.scan.0))
                .filter(Column::DedupKey.is_in(some.iter().copied()))
                .into_tuple::<(String, i64)>();
            ids.extend(found.all(self.transaction).await?);
        }
        Ok(ids)
    }
}

async fn last_seq(scan: ScanId, transaction: &DatabaseTransaction) -> Result<i64, DbErr> {
    use llm_call_metrics::{Column, Entity};
    let greatest = Entity::find()
        .select_only()
        .column_as(Column::Seq.max(), "seq")
        .filter(Column::ScanId.eq(scan.0))
        .into_tuple::<Option<i64>>();
    Ok(greatest.one(transaction).await?.flatten().unwrap_or(0))
}
