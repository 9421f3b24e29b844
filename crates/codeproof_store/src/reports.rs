//! Stored scans read back: lists, whole reports, single findings.

use std::collections::HashMap;

use codeproof_types::{Finding, FindingId, Fingerprint, Phase, ScanId, ScanInfo, ScanReport, ScanSummary};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use crate::process::{self, Activity};
use crate::rows::{Cell, draft_findings, findings, scan_files, scans};
use crate::{Error, Store, Wish};

/// Findings read at once: a row with its parsed JSON takes several times the memory of the finding made from it.
const PAGE_ROWS: u64 = 1000;

/// Keys in one statement: fewer than either database's limit of parameters.
const KEYS_AT_ONCE: usize = 500;

/// A stored scan without its findings.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredScan {
    /// What was scanned; `duration_ms` is 0 until it has ended.
    pub info: ScanInfo,
    /// The scanned path, absolute.
    pub root: String,
    /// The settings it ran with.
    pub settings: Value,
    /// The last phase it reached.
    pub phase: Option<Phase>,
    /// Percent, 0-100.
    pub progress: u8,
    /// Whether it ended, runs or was killed.
    pub activity: Activity,
    /// Counts; of a scan that failed or has not ended, those of the rows written until then.
    pub summary: ScanSummary,
    /// Why it failed, when it did.
    pub error: Option<String>,
    /// The profile that said which models are asked, when any were.
    pub profile: Option<String>,
    /// What was asked of it and not done yet.
    pub wish: Option<Wish>,
    /// Why it paused, when it did and said why.
    pub paused_reason: Option<String>,
}

impl Store {
    /// The last `limit` scans, newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn scans(&self, limit: u64) -> Result<Vec<StoredScan>, Error> {
        let newest = scans::Entity::find().order_by_desc(scans::Column::Id).limit(limit);
        let rows = newest.all(&self.db).await.map_err(self.failed("list the scans"))?;
        let mut scans = Vec::with_capacity(rows.len());
        for row in rows {
            scans.push(self.stored_scan(row).await?);
        }
        Ok(scans)
    }

    /// One scan; `None` when there is no such one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn scan(&self, scan: ScanId) -> Result<Option<StoredScan>, Error> {
        match self.scan_row(scan).await? {
            Some(row) => Ok(Some(self.stored_scan(row).await?)),
            None => Ok(None),
        }
    }

    /// Everything a report of the scan needs; `None` when there is no such one. Of a scan that has not ended it holds
    /// what was written so far.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn report(&self, scan: ScanId) -> Result<Option<ScanReport>, Error> {
        let Some(mut row) = self.scan_row(scan).await? else { return Ok(None) };
        let cell = |column| Cell { table: "scans", row: scan.0, column };
        let findings = self.findings(scan).await?;
        let models = match row.models.take() {
            Some(models) => Some(cell("models").json(models)?),
            None => self.models_so_far(&row).await?,
        };
        Ok(Some(ScanReport {
            scan: info(&row)?,
            summary: self.summary(scan, row.summary.take(), &findings).await?,
            findings,
            problems: cell("problems").json(row.problems.unwrap_or_else(empty_list))?,
            rules: cell("rules").json(row.rules.unwrap_or_else(empty_list))?,
            notes: cell("notes").json(row.notes.unwrap_or_else(empty_list))?,
            comparison: None,
            safe_sites: None,
            models,
        }))
    }

    /// The row ids of a scan's findings.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn finding_ids(&self, scan: ScanId) -> Result<HashMap<Fingerprint, FindingId>, Error> {
        let ids = findings::Entity::find()
            .select_only()
            .columns([findings::Column::Fingerprint, findings::Column::Id])
            .filter(findings::Column::ScanId.eq(scan.0))
            .into_tuple::<(String, i64)>();
        let ids = ids.all(&self.db).await.map_err(self.failed("read the findings of a scan"))?;
        Ok(ids.into_iter().map(|(digits, id)| (Fingerprint::from(digits), FindingId(id))).collect())
    }

    /// Deletes findings of a scan with their drafts and votes: those that an earlier part of a resumed scan found in files
    /// that have changed since.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn drop_findings(&self, scan: ScanId, gone: &[Fingerprint]) -> Result<(), Error> {
        for some in gone.chunks(KEYS_AT_ONCE) {
            let keys = some.iter().map(|fingerprint| fingerprint.as_str());
            let drafts = draft_findings::Entity::delete_many()
                .filter(draft_findings::Column::ScanId.eq(scan.0))
                .filter(draft_findings::Column::DedupKey.is_in(keys));
            let transaction = self.begin().await.map_err(self.failed("drop findings of a scan"))?;
            drafts.exec(&*transaction).await.map_err(self.failed("drop findings of a scan"))?;
            transaction.commit().await.map_err(self.failed("drop findings of a scan"))?;
        }
        Ok(())
    }

    /// One finding with its scan; `None` when there is no such one.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn finding(&self, finding: FindingId) -> Result<Option<(Finding, StoredScan)>, Error> {
        let found = findings::Entity::find_by_id(finding.0).one(&self.db).await;
        let Some(row) = found.map_err(self.failed("read a finding"))? else { return Ok(None) };
        let Some(scan) = self.scan(ScanId(row.scan_id)).await? else { return Ok(None) };
        Ok(Some((findings::finding(row)?, scan)))
    }

    pub(crate) async fn scan_row(&self, scan: ScanId) -> Result<Option<scans::Model>, Error> {
        scans::Entity::find_by_id(scan.0).one(&self.db).await.map_err(self.failed("read a scan"))
    }

    /// The findings of a scan in the report's order. Sorted here: databases differ in how they compare text.
    async fn findings(&self, scan: ScanId) -> Result<Vec<Finding>, Error> {
        let mut findings = Vec::new();
        let mut last_read = String::new();
        loop {
            // The unique key finds each page at once; by id, every page would sort the whole scan.
            let page = findings::Entity::find()
                .filter(findings::Column::ScanId.eq(scan.0))
                .filter(findings::Column::Fingerprint.gt(last_read.as_str()))
                .order_by_asc(findings::Column::Fingerprint)
                .limit(PAGE_ROWS);
            let rows = page.all(&self.db).await.map_err(self.failed("read the findings of a scan"))?;
            let Some(last) = rows.last() else { break };
            last_read.clone_from(&last.fingerprint);
            for row in rows {
                findings.push(findings::finding(row)?);
            }
        }
        findings.sort_by(|one, other| one.report_order().cmp(&other.report_order()));
        Ok(findings)
    }

    async fn stored_scan(&self, mut row: scans::Model) -> Result<StoredScan, Error> {
        let cell = |column| Cell { table: "scans", row: row.id, column };
        let scan = ScanId(row.id);
        let summary = row.summary.take();
        let findings = if summary.is_none() { self.findings(scan).await? } else { Vec::new() };
        let info = info(&row)?;
        let activity = process::activity_here(info.status, row.process.as_deref());
        Ok(StoredScan {
            activity: activity.with_heartbeat(row.heartbeat_at_ms, (self.options.now_ms)()),
            info,
            root: row.root,
            settings: row.settings,
            phase: row.phase.map(|phase| cell("phase").word(phase)).transpose()?,
            progress: cell("progress").number(row.progress.into())?,
            summary: self.summary(scan, summary, &findings).await?,
            error: row.error,
            profile: row.profile,
            wish: row.wish.map(|wish| cell("wish").word(wish)).transpose()?,
            paused_reason: row.paused_reason,
        })
    }

    /// The counts a scan wrote at its end, or those of its rows so far.
    async fn summary(&self, scan: ScanId, stored: Option<Value>, findings: &[Finding]) -> Result<ScanSummary, Error> {
        if let Some(stored) = stored {
            return Cell { table: "scans", row: scan.0, column: "summary" }.json(stored);
        }
        let mut summary = ScanSummary::default();
        summary.count_findings(findings);
        let of_scan = scan_files::Entity::find().filter(scan_files::Column::ScanId.eq(scan.0));
        for row in of_scan.all(&self.db).await.map_err(self.failed("read the files of a scan"))? {
            scan_files::count(row, &mut summary)?;
        }
        Ok(summary)
    }
}

/// The public facts of a scan's row.
fn info(row: &scans::Model) -> Result<ScanInfo, Error> {
    let cell = |column| Cell { table: "scans", row: row.id, column };
    Ok(ScanInfo {
        commit: row.commit_id.clone(),
        id: Some(ScanId(row.id)),
        target: row.target.clone(),
        version: row.version.clone(),
        status: cell("status").word(row.status.clone())?,
        started_at_ms: row.started_at_ms,
        duration_ms: cell("duration_ms").number(row.duration_ms.unwrap_or_default())?,
    })
}

/// What a scan that has not ended has of a list it writes at its end.
fn empty_list() -> Value {
    Value::Array(Vec::new())
}
