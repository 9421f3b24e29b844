//! Scans as rows: begun, moved through phases, finished.

use codeproof_types::{ModelReport, Phase, Problem, RuleInfo, ScanId, ScanStatus, ScanSummary};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set};
use serde_json::Value;

use crate::process;
use crate::rows::{scans, storable, to_integer, to_json};
use crate::{Error, Store};

/// What is known when a scan starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScan {
    /// The path as the user gave it.
    pub target: String,
    /// The commit's whole id, when the files came from a repository.
    pub commit: Option<String>,
    /// The same path, absolute: `codeproof show` reads lines from there.
    pub root: String,
    /// codeproof's version.
    pub version: String,
    /// The settings it runs with.
    pub settings: Value,
    /// Start, milliseconds since 1970 UTC.
    pub started_at_ms: i64,
    /// The profile that says which models are asked; `None` when none is.
    pub profile: Option<String>,
}

/// How a scan ended, and what its report needs beside the findings.
#[derive(Debug, Clone, Copy)]
pub struct ScanEnd<'a> {
    /// Any but running.
    pub status: ScanStatus,
    /// Counts; those of a failed scan are taken from its rows instead.
    pub summary: &'a ScanSummary,
    /// Wall time.
    pub duration_ms: u64,
    /// What was not, or not wholly, looked at, in the report's order.
    pub problems: &'a [Problem],
    /// The rules that fired, in the report's order.
    pub rules: &'a [RuleInfo],
    /// What the reader should know about how the result came to be.
    pub notes: &'a [String],
    /// Why it failed, when it did.
    pub error: Option<&'a str>,
    /// What models did; why it paused stands there, too.
    pub models: Option<&'a ModelReport>,
}

impl<'a> ScanEnd<'a> {
    /// A scan that looked at everything without a problem and without a rule that fired.
    pub fn completed(summary: &'a ScanSummary, duration_ms: u64) -> Self {
        Self {
            status: ScanStatus::Completed,
            summary,
            duration_ms,
            problems: &[],
            rules: &[],
            notes: &[],
            error: None,
            models: None,
        }
    }
}

impl Store {
    /// Writes the row of a new scan with status `running`.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn begin_scan(&self, scan: NewScan) -> Result<ScanId, Error> {
        let row = scans::ActiveModel {
            target: Set(scan.target),
            root: Set(scan.root),
            version: Set(scan.version),
            status: Set(ScanStatus::Running.name().to_owned()),
            progress: Set(0),
            started_at_ms: Set(scan.started_at_ms),
            settings: Set(scan.settings),
            commit_id: Set(scan.commit),
            process: Set(process::own_mark()),
            profile: Set(scan.profile),
            ..Default::default()
        };
        let _turn = self.turn().await;
        let row = storable(row).insert(&self.db).await.map_err(self.failed("begin a scan"))?;
        Ok(ScanId(row.id))
    }

    /// Notes how far a scan is; `progress` is percent, 0-100.
    ///
    /// # Errors
    /// When the database cannot be written, or there is no such scan.
    pub async fn set_phase(&self, scan: ScanId, phase: Phase, progress: u8) -> Result<(), Error> {
        let change = scans::ActiveModel {
            phase: Set(Some(phase.name().to_owned())),
            progress: Set(progress.min(100).into()),
            ..Default::default()
        };
        self.change_scan(scan, change, "note the phase of a scan").await
    }

    /// Writes how a scan ended, or paused. Its findings are those the writers were given: close them first.
    ///
    /// # Errors
    /// When the database cannot be written, or there is no such scan.
    pub async fn finish_scan(&self, scan: ScanId, end: ScanEnd<'_>) -> Result<(), Error> {
        let mut change = scans::ActiveModel {
            status: Set(end.status.name().to_owned()),
            duration_ms: Set(Some(to_integer(end.duration_ms))),
            // Whoever fails has lost count; the rows have not.
            summary: Set((end.status != ScanStatus::Failed).then(|| to_json(end.summary))),
            problems: Set(Some(to_json(end.problems))),
            rules: Set(Some(to_json(end.rules))),
            notes: Set(Some(to_json(end.notes))),
            error: Set(end.error.map(str::to_owned)),
            models: Set(end.models.map(to_json)),
            paused_reason: Set(end.models.and_then(|models| models.paused.clone())),
            wish: Set(None),
            ..Default::default()
        };
        if end.status == ScanStatus::Completed {
            change.progress = Set(100);
        }
        self.change_scan(scan, change, "finish a scan").await
    }

    async fn change_scan(
        &self,
        scan: ScanId,
        change: scans::ActiveModel,
        operation: &'static str,
    ) -> Result<(), Error> {
        let update = scans::Entity::update_many().set(storable(change)).filter(scans::Column::Id.eq(scan.0));
        let _turn = self.turn().await;
        match update.exec(&self.db).await.map_err(self.failed(operation))?.rows_affected {
            0 => Err(Error::NoSuchScan { scan, place: self.place.clone() }),
            _ => Ok(()),
        }
    }
}
