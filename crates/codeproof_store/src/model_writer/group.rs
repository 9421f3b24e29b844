//! A group of records, and its one transaction.
//!
//! Rows that scans share (answers, system texts) come last and in the order of their keys: two scans that write the same
//! ones wait for each other briefly, and never in a circle.

use std::collections::{BTreeMap, HashMap};

use codeproof_types::{ContentHash, Finding, Fingerprint, ScanId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _};

use super::ModelRecord;
use super::calls::{Call, Written};
use super::drafts::Drafted;
use crate::error::Cause;
use crate::exchanges::ExchangeText;
use crate::memo::Answer;
use crate::rows::{
    ChunkId, ChunkStatus, STATEMENT_KEYS, analysis_cache, scan_file_chunks, scans, storable_text, to_json, to_word,
    upsert,
};
use crate::{Error, Store};

/// Writes groups of one scan.
pub(super) struct GroupWriter {
    store: Store,
    scan: ScanId,
    written: Written,
}

/// A refusal of the database, for everybody who had a part in the group.
#[derive(Debug, Clone)]
pub(super) struct Failed {
    operation: &'static str,
    source: DbErr,
}

impl Failed {
    /// Whether other records could be written although these were refused.
    pub(super) fn may_be_one_records_fault(&self) -> bool {
        Cause::of(&self.source) == Cause::Other
    }
}

/// For `map_err`: the database refused `operation`.
fn failed(operation: &'static str) -> impl Fn(DbErr) -> Failed {
    move |source| Failed { operation, source }
}

/// Records by kind; where a group has several of one key the last one counts.
#[derive(Default)]
struct Group<'r> {
    chunks: BTreeMap<ChunkId, (ChunkStatus, &'r Option<String>)>,
    drafted: BTreeMap<&'r Fingerprint, Drafted<'r>>,
    judged: BTreeMap<&'r Fingerprint, &'r Finding>,
    calls: Vec<Call<'r>>,
    answers: BTreeMap<[u8; 32], (&'r str, &'r Answer)>,
}

impl<'r> Group<'r> {
    fn of(records: impl Iterator<Item = &'r ModelRecord>) -> Self {
        let mut group = Self::default();
        for record in records {
            match record {
                ModelRecord::Call { call, answer, exchange } => {
                    let hashed = |text: &'r ExchangeText| (ContentHash::of(text.system.as_bytes()), text);
                    group.calls.push(Call { call, exchange: exchange.as_ref().map(hashed) });
                    if let Some(answer) = answer {
                        group.answers.insert(answer.key.0, (&call.model, answer));
                    }
                }
                ModelRecord::Chunk { chunk, status, why } => {
                    group.chunks.insert(*chunk, (*status, why));
                }
                ModelRecord::Drafted { finding, chunk, sources } => {
                    let drafted = Drafted { finding, chunk: *chunk, sources: to_json(sources) };
                    group.drafted.insert(&finding.fingerprint, drafted);
                }
                ModelRecord::Judged { finding } => {
                    group.judged.insert(&finding.fingerprint, finding);
                }
            }
        }
        group
    }
}

impl GroupWriter {
    pub(super) fn new(store: Store, scan: ScanId) -> Self {
        Self { store, scan, written: Written::default() }
    }

    /// The error of a refusal.
    pub(super) fn error(&self, failed: &Failed) -> Error {
        Error::database(failed.operation, &self.store.place, failed.source.clone())
    }

    /// Writes all records in one transaction, or none.
    pub(super) async fn write(&mut self, parts: &[&[ModelRecord]]) -> Result<(), Failed> {
        let group = Group::of(parts.iter().copied().flatten());
        if parts.iter().all(|part| part.is_empty()) {
            return Ok(());
        }
        let begin = failed("write what models did");
        let transaction = self.store.begin().await.map_err(&begin)?;
        let rows = Rows { scan: self.scan, now_ms: (self.store.options.now_ms)(), transaction: &transaction };
        let committed = match rows.write(group, &self.written).await {
            Ok(written) => transaction.commit().await.map(|()| written).map_err(begin),
            Err(refusal) => {
                // The first error is the one to tell; a connection that is lost has rolled back by itself.
                let _ = transaction.rollback().await;
                Err(refusal)
            }
        };
        match committed {
            Ok(written) => self.written.extend(written),
            Err(refusal) => {
                // Whoever else numbered calls of this scan: the table knows.
                self.written.last_seq = None;
                return Err(refusal);
            }
        }
        Ok(())
    }
}

/// One transaction with rows of one scan.
pub(super) struct Rows<'t> {
    pub(super) scan: ScanId,
    pub(super) now_ms: i64,
    pub(super) transaction: &'t DatabaseTransaction,
}

impl Rows<'_> {
    async fn write(&self, group: Group<'_>, before: &Written) -> Result<Written, Failed> {
        let Group { chunks, drafted, judged, calls, answers } = group;
        self.note_chunks(chunks).await.map_err(failed("note what became of chunks"))?;
        if !drafted.is_empty() || !judged.is_empty() {
            scans::lock_findings(self.scan.0, self.transaction).await.map_err(failed("write drafts"))?;
        }
        let mut drafts = self.write_drafts(drafted).await.map_err(failed("write drafts"))?;
        drafts.extend(self.write_judgements(judged).await.map_err(failed("write votes"))?);
        let written = self.write_calls(&calls, drafts, before).await.map_err(failed("write calls of models"))?;
        let rows = answers.into_values();
        let rows = rows.map(|(model, answer)| analysis_cache::row(self.scan.0, model, answer, self.now_ms)).collect();
        let answered_again = analysis_cache::answered_again();
        upsert(rows, &answered_again, self.transaction).await.map_err(failed("write answers of models"))?;
        Ok(written)
    }

    /// Chunks with the same fate in one statement: most often all of them.
    async fn note_chunks(&self, chunks: BTreeMap<ChunkId, (ChunkStatus, &Option<String>)>) -> Result<(), DbErr> {
        use scan_file_chunks::{Column, Entity};
        let mut by_fate = HashMap::<_, Vec<i64>>::new();
        for (chunk, fate) in chunks {
            by_fate.entry(fate).or_default().push(chunk.0);
        }
        for ((status, why), ids) in by_fate {
            for some in ids.chunks(STATEMENT_KEYS) {
                let note = Entity::update_many()
                    .col_expr(Column::Status, Expr::val(to_word(status)))
                    .col_expr(Column::Why, Expr::val(why.clone().map(storable_text)))
                    .filter(Column::ScanId.eq(self.scan.0))
                    .filter(Column::Id.is_in(some.iter().copied()));
                note.exec(self.transaction).await?;
            }
        }
        Ok(())
    }
}
