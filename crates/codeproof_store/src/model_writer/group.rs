//! Turns a group of records into rows, in one transaction.
//!
//! Rows that scans share (answers, system texts) come last and in the order of their keys: two scans that write the same
//! ones wait for each other briefly, and never in a circle.

use std::collections::{BTreeMap, HashMap, HashSet};

use codeproof_types::{ContentHash, Finding, Fingerprint, Origin, ScanId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set,
};

use super::ModelRecord;
use super::judged::Judgements;
use crate::error::Cause;
use crate::exchanges::ExchangeText;
use crate::memo::Answer;
use crate::rows::{
    CallRow, ChunkId, ChunkStatus, analysis_cache, draft_findings, findings, insert, insert_with_ids, llm_call_metrics,
    llm_exchanges, scan_file_chunks, to_json, to_word, upsert, upsert_with_ids,
};
use crate::{Error, Store};

/// System texts that are remembered as stored; a scan has one for each analyzer and verifier.
const SYSTEMS_REMEMBERED_MAX: usize = 1000;

/// Writes groups of one scan.
pub(super) struct GroupWriter {
    store: Store,
    scan: ScanId,
    /// The number of the last call; `None` until the table was asked.
    last_seq: Option<i64>,
    /// System texts that are stored.
    systems: HashSet<ContentHash>,
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
pub(super) fn failed(operation: &'static str) -> impl Fn(DbErr) -> Failed {
    move |source| Failed { operation, source }
}

/// A reported finding.
struct Drafted<'r> {
    finding: &'r Finding,
    chunk: Option<ChunkId>,
    sources: serde_json::Value,
}

/// A sent prompt.
struct Call<'r> {
    call: &'r CallRow,
    exchange: Option<(ContentHash, &'r ExchangeText)>,
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
        Self { store, scan, last_seq: None, systems: HashSet::new() }
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
        let written = self.write_in(group, &transaction).await;
        let committed = match written {
            Ok(written) => transaction.commit().await.map(|()| written).map_err(begin),
            Err(refusal) => {
                // The first error is the one to tell; a connection that is lost has rolled back by itself.
                let _ = transaction.rollback().await;
                Err(refusal)
            }
        };
        match committed {
            Ok(Written { last_seq, systems }) => {
                self.last_seq = last_seq.or(self.last_seq);
                if self.systems.len() + systems.len() > SYSTEMS_REMEMBERED_MAX {
                    self.systems.clear();
                }
                self.systems.extend(systems);
                Ok(())
            }
            Err(refusal) => {
                // Whoever else numbered calls of this scan: the table knows.
                self.last_seq = None;
                Err(refusal)
            }
        }
    }

    async fn write_in(&self, group: Group<'_>, transaction: &DatabaseTransaction) -> Result<Written, Failed> {
        let now_ms = (self.store.options.now_ms)();
        let Group { chunks, drafted, judged, calls, answers } = group;
        self.note_chunks(chunks, transaction).await.map_err(failed("note what became of chunks"))?;
        let mut drafts = self.write_drafts(drafted, now_ms, transaction).await.map_err(failed("write drafts"))?;
        let judgements = Judgements { scan: self.scan, now_ms, transaction };
        drafts.extend(judgements.write(judged).await.map_err(failed("write votes"))?);
        let written = self.write_calls(&calls, drafts, now_ms, transaction).await;
        let written = written.map_err(failed("write calls of models"))?;
        let rows = answers.into_values().map(|(model, answer)| analysis_cache::row(self.scan.0, model, answer, now_ms));
        let answered_again = analysis_cache::answered_again();
        upsert(rows.collect(), &answered_again, transaction).await.map_err(failed("write answers of models"))?;
        Ok(written)
    }

    /// Chunks with the same fate in one statement: most often all of them.
    async fn note_chunks(
        &self,
        chunks: BTreeMap<ChunkId, (ChunkStatus, &Option<String>)>,
        transaction: &DatabaseTransaction,
    ) -> Result<(), DbErr> {
        use scan_file_chunks::{Column, Entity};
        let mut by_fate = HashMap::<_, Vec<i64>>::new();
        for (chunk, fate) in chunks {
            by_fate.entry(fate).or_default().push(chunk.0);
        }
        for ((status, why), ids) in by_fate {
            let note = Entity::update_many()
                .col_expr(Column::Status, Expr::val(to_word(status)))
                .col_expr(Column::Why, Expr::val(why.clone()))
                .filter(Column::ScanId.eq(self.scan.0))
                .filter(Column::Id.is_in(ids));
            note.exec(transaction).await?;
        }
        Ok(())
    }

    /// Writes drafts and their findings; returns the drafts' ids.
    async fn write_drafts(
        &self,
        drafted: BTreeMap<&Fingerprint, Drafted<'_>>,
        now_ms: i64,
        transaction: &DatabaseTransaction,
    ) -> Result<HashMap<String, i64>, DbErr> {
        let mut ids = HashMap::new();
        let (detectors, models) =
            drafted.into_values().partition::<Vec<_>, _>(|drafted| drafted.finding.origin == Origin::Detector);
        for (origin, drafted) in [(Origin::Detector, detectors), (Origin::Draft, models)] {
            let row = |drafted: &Drafted<'_>| draft_findings::ActiveModel {
                chunk_id: Set(drafted.chunk.map(|chunk| chunk.0)),
                sources: Set(Some(drafted.sources.clone())),
                ..draft_findings::row(self.scan.0, drafted.finding, now_ms)
            };
            let rows = drafted.iter().map(row).collect();
            let key = draft_findings::Column::DedupKey;
            let of_these = upsert_with_ids(rows, key, &draft_findings::reported_again(origin), transaction).await?;
            let row = |drafted: &Drafted<'_>| {
                let draft_id = draft_id(&of_these, &drafted.finding.fingerprint);
                findings::row(self.scan.0, draft_id, drafted.finding, now_ms)
            };
            let rows = drafted.iter().map(row).collect();
            upsert(rows, &findings::reported_again(origin), transaction).await?;
            ids.extend(of_these);
        }
        Ok(ids)
    }

    /// Writes calls and what was said in them. `drafts` are ids that are known already.
    async fn write_calls(
        &self,
        calls: &[Call<'_>],
        drafts: HashMap<String, i64>,
        now_ms: i64,
        transaction: &DatabaseTransaction,
    ) -> Result<Written, DbErr> {
        if calls.is_empty() {
            return Ok(Written::default());
        }
        let drafts = self.draft_ids(calls, drafts, transaction).await?;
        let last_seq = match self.last_seq {
            Some(seq) => seq,
            None => last_seq(self.scan, transaction).await?,
        };
        let rows = calls.iter().zip(last_seq + 1..).map(|(Call { call, .. }, seq)| {
            let draft_id = call.fingerprint.as_ref().and_then(|digits| drafts.get(digits.as_str()).copied());
            llm_call_metrics::row(self.scan.0, seq, draft_id, call)
        });
        let rows = rows.collect::<Vec<_>>();
        let mut written = Written { last_seq: Some(last_seq + rows.len() as i64), systems: Vec::new() };
        if calls.iter().all(|call| call.exchange.is_none()) {
            insert(rows, transaction).await?;
            return Ok(written);
        }
        let ids: HashMap<i64, i64> = insert_with_ids(rows, llm_call_metrics::Column::Seq, transaction).await?;
        let mut systems = BTreeMap::new();
        let mut exchanges = Vec::new();
        for (call, seq) in calls.iter().zip(last_seq + 1..) {
            let Some((hash, text)) = call.exchange else { continue };
            let id = ids.get(&seq).copied().expect("the database answers with every key it was given");
            exchanges.push(llm_exchanges::row(id, hash, text, now_ms));
            if !self.systems.contains(&hash) {
                systems.insert(hash, text.system.as_str());
            }
        }
        insert(exchanges, transaction).await?;
        let rows = systems.iter().map(|(hash, text)| llm_exchanges::system_row(*hash, text, now_ms));
        upsert(rows.collect(), &llm_exchanges::used_again(), transaction).await?;
        written.systems.extend(systems.into_keys());
        Ok(written)
    }

    /// Adds the ids of those drafts that calls are about and that were written earlier.
    async fn draft_ids(
        &self,
        calls: &[Call<'_>],
        mut ids: HashMap<String, i64>,
        transaction: &DatabaseTransaction,
    ) -> Result<HashMap<String, i64>, DbErr> {
        use draft_findings::{Column, Entity};
        let fingerprints = calls.iter().filter_map(|call| call.call.fingerprint.as_ref());
        let unknown = fingerprints.map(Fingerprint::as_str).filter(|digits| !ids.contains_key(*digits));
        let unknown = unknown.collect::<HashSet<_>>();
        if unknown.is_empty() {
            return Ok(ids);
        }
        let found = Entity::find()
            .select_only()
            .columns([Column::DedupKey, Column::Id])
            .filter(Column::ScanId.eq(self.scan.0))
            .filter(Column::DedupKey.is_in(unknown))
            .into_tuple::<(String, i64)>();
        ids.extend(found.all(transaction).await?);
        Ok(ids)
    }
}

/// What the writer remembers of a group that was committed.
#[derive(Default)]
struct Written {
    last_seq: Option<i64>,
    systems: Vec<ContentHash>,
}

/// The id of a draft that was just written.
pub(super) fn draft_id(ids: &HashMap<String, i64>, fingerprint: &Fingerprint) -> i64 {
    ids.get(fingerprint.as_str()).copied().expect("the database answers with every key it was given")
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
