//! Turns records into rows: a batch in one transaction.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use codeproof_types::{Finding, FindingId, Fingerprint, Phase, ScanId};
use sea_orm::{
    ColumnTrait, ConnectionTrait as _, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, Set,
};

use super::{Event, ScanRecord};
use crate::rows::{FileRecord, draft_findings, events, findings, insert, scan_files, scans, upsert, upsert_with_ids};
use crate::{Error, Store};

/// Writes the records of one scan.
pub(super) struct RowWriter {
    store: Store,
    scan: ScanId,
    /// Findings written so far.
    ids: HashMap<Fingerprint, FindingId>,
    /// The number of the last event; `None` until the table was asked.
    last_seq: Option<i64>,
}

/// Records by kind.
#[derive(Default)]
struct Batch {
    files: Vec<FileRecord>,
    findings: Vec<Finding>,
    events: Vec<Event>,
    phase: Option<(Phase, u8)>,
}

impl RowWriter {
    pub(super) fn new(store: Store, scan: ScanId) -> Self {
        Self { store, scan, ids: HashMap::new(), last_seq: None }
    }

    /// The row ids of all findings.
    pub(super) fn into_ids(self) -> HashMap<Fingerprint, FindingId> {
        self.ids
    }

    /// Writes a batch in one transaction: all of it or nothing.
    pub(super) async fn write(&mut self, records: impl Iterator<Item = ScanRecord>) -> Result<(), Error> {
        let batch = self.sort(records);
        let store = self.store.clone();
        let transaction = store.begin().await.map_err(store.failed("write rows of a scan"))?;
        let files = batch.files.into_iter().map(|file| scan_files::row(self.scan.0, file)).collect();
        let seen_again = scan_files::seen_again(transaction.get_database_backend());
        upsert(files, &seen_again, &transaction).await.map_err(store.failed("write the files of a scan"))?;
        let written = self.insert_findings(&batch.findings, &transaction).await;
        let written = written.map_err(store.failed("write the findings of a scan"))?;
        self.insert_events(batch.events, &transaction).await.map_err(store.failed("write the events of a scan"))?;
        transaction.commit().await.map_err(store.failed("write rows of a scan"))?;
        self.ids.extend(written);
        if let Some((phase, progress)) = batch.phase {
            store.set_phase(self.scan, phase, progress).await?;
        }
        Ok(())
    }

    /// Sorts records by kind. Leaves out findings that were written or stand in the batch already, and of two records of a
    /// file the earlier: a statement may name a key once.
    fn sort(&self, records: impl Iterator<Item = ScanRecord>) -> Batch {
        let mut batch = Batch::default();
        let mut seen = HashSet::new();
        let mut places = HashMap::new();
        for record in records {
            match record {
                ScanRecord::File(file) => match places.entry(file.path.clone()) {
                    Entry::Occupied(place) => batch.files[*place.get()] = file,
                    Entry::Vacant(place) => {
                        place.insert(batch.files.len());
                        batch.files.push(file);
                    }
                },
                ScanRecord::Finding(finding) => {
                    let fingerprint = finding.fingerprint.clone();
                    if !self.ids.contains_key(&fingerprint) && seen.insert(fingerprint) {
                        batch.findings.push(*finding);
                    }
                }
                ScanRecord::Event(event) => batch.events.push(event),
                ScanRecord::Phase { phase, progress } => batch.phase = Some((phase, progress)),
            }
        }
        batch
    }

    /// Writes each finding's draft, then the finding with its draft's id.
    async fn insert_findings(
        &self,
        findings: &[Finding],
        transaction: &DatabaseTransaction,
    ) -> Result<HashMap<Fingerprint, FindingId>, DbErr> {
        if findings.is_empty() {
            return Ok(HashMap::new());
        }
        scans::lock_findings(self.scan.0, transaction).await?;
        let created_at = (self.store.options.now_ms)();
        let drafts = findings.iter().map(|finding| draft_findings::row(self.scan.0, finding, created_at));
        let (key, found_again) = (draft_findings::Column::DedupKey, draft_findings::found_again());
        let draft_ids = upsert_with_ids::<_, _, String>(drafts.collect(), key, &found_again, transaction).await?;
        let rows = findings.iter().map(|finding| {
            let draft_id = draft_ids.get(finding.fingerprint.as_str()).copied();
            let draft_id = draft_id.expect("the database answers with every key it was given");
            findings::row(self.scan.0, draft_id, finding, created_at)
        });
        let (key, found_again) = (findings::Column::Fingerprint, findings::found_again());
        let ids = upsert_with_ids::<_, _, String>(rows.collect(), key, &found_again, transaction).await?;
        Ok(ids.into_iter().map(|(digits, id)| (Fingerprint::from(digits), FindingId(id))).collect())
    }

    /// Numbers the events after those of an earlier writer, and writes them.
    async fn insert_events(&mut self, events: Vec<Event>, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        if events.is_empty() {
            return Ok(());
        }
        let last_seq = match self.last_seq {
            Some(seq) => seq,
            None => last_seq(self.scan, transaction).await?,
        };
        let rows = events.into_iter().zip(last_seq + 1..).map(|(event, seq)| events::ActiveModel {
            scan_id: Set(self.scan.0),
            seq: Set(seq),
            at_ms: Set(event.at_ms),
            kind: Set(event.kind),
            data: Set(event.data),
            ..Default::default()
        });
        let rows = rows.collect::<Vec<_>>();
        self.last_seq = Some(last_seq + rows.len() as i64);
        insert(rows, transaction).await
    }
}

async fn last_seq(scan: ScanId, transaction: &DatabaseTransaction) -> Result<i64, DbErr> {
    let greatest = events::Entity::find()
        .select_only()
        .column_as(events::Column::Seq.max(), "seq")
        .filter(events::Column::ScanId.eq(scan.0))
        .into_tuple::<Option<i64>>();
    Ok(greatest.one(transaction).await?.flatten().unwrap_or(0))
}
