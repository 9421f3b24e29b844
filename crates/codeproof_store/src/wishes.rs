//! Pausing, cancelling and resuming a scan, from whatever process.
//!
//! The process that runs a scan has its mark in the scan's row and writes the time there twice a second (its heartbeat).
//! Others leave a wish in the row, which the heartbeat brings back. When nobody runs the scan the wish is granted at once.
//! Who resumes a scan puts its own mark there: a former owner that comes back from a long sleep is told by its next
//! heartbeat.

use codeproof_types::{ScanId, ScanStatus};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockType, Query};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    Set,
};
use serde::{Deserialize, Serialize};

use crate::process::{self, Activity};
use crate::rows::scans::{self, ActiveModel, Column, Entity};
use crate::rows::{Cell, to_word};
use crate::{Error, Store, StoredScan};

/// What somebody wants of a running scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// To stop, and be resumed later.
    Pause,
    /// To stop for good.
    Cancel,
}

/// What came of a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    /// A process runs the scan; it sees the wish within a second.
    Asked,
    /// No process runs the scan; it has this status now.
    Marked(ScanStatus),
    /// The scan had this status already, which the wish cannot change.
    Ended(ScanStatus),
}

impl Store {
    /// Asks whoever runs the scan to pause or to give it up. A scan that nobody runs (paused, interrupted, failed, killed)
    /// is marked as cancelled at once, and one that was killed as paused.
    ///
    /// # Errors
    /// When the database cannot be written, or there is no such scan.
    pub async fn request(&self, scan: ScanId, wish: Wish) -> Result<Requested, Error> {
        let failed = self.failed("ask for a scan to stop");
        let transaction = self.begin().await.map_err(&failed)?;
        let row = self.locked(scan, &transaction).await?;
        let status = status(&row)?;
        let runs = self.activity_of(&row)?;
        let mut change = ActiveModel { wish: Set(Some(to_word(wish))), ..Default::default() };
        let requested = match (status, wish) {
            (ScanStatus::Completed | ScanStatus::Cancelled, _) => return Ok(Requested::Ended(status)),
            (ScanStatus::Running, _) if runs == Activity::Running => Requested::Asked,
            (ScanStatus::Running, Wish::Pause) => Requested::Marked(ScanStatus::Paused),
            (_, Wish::Pause) => return Ok(Requested::Ended(status)),
            (_, Wish::Cancel) => Requested::Marked(ScanStatus::Cancelled),
        };
        if let Requested::Marked(status) = requested {
            // The wish stays: a process that nobody could see finds it when it comes back.
            change.status = Set(status.name().to_owned());
        }
        let update = Entity::update_many().set(change).filter(Column::Id.eq(scan.0));
        update.exec(&*transaction).await.map_err(&failed)?;
        transaction.commit().await.map_err(&failed)?;
        Ok(requested)
    }

    /// Says that this process is at work on the scan, and returns what others want of it. One statement; every half second.
    ///
    /// # Errors
    /// When the database cannot be written, there is no such scan, or another process has taken the scan over
    /// ([`Error::ScanTaken`]): stop then, and write nothing more.
    pub async fn heartbeat(&self, scan: ScanId) -> Result<Option<Wish>, Error> {
        let failed = self.failed("note that a scan is at work");
        let own = match process::own_mark() {
            Some(mark) => Expr::col(Column::Process).eq(mark),
            None => Expr::col(Column::Process).is_null(),
        };
        let beat = Query::update()
            .table(Entity)
            .value(Column::HeartbeatAtMs, (self.options.now_ms)())
            .and_where(Expr::col(Column::Id).eq(scan.0))
            .and_where(own)
            .returning(Query::returning().column(Column::Wish))
            .to_owned();
        let turn = self.turn().await;
        let beaten = self.db.query_one(&beat).await.map_err(&failed)?;
        drop(turn);
        let Some(row) = beaten else {
            return Err(match self.scan_row(scan).await? {
                Some(_) => Error::ScanTaken { scan, place: self.place.clone() },
                None => Error::NoSuchScan { scan, place: self.place.clone() },
            });
        };
        let wish = row.try_get::<Option<String>>("", "wish").map_err(&failed)?;
        wish.map(|wish| Cell { table: "scans", row: scan.0, column: "wish" }.word(wish)).transpose()
    }

    /// Makes this process the owner of a scan that was paused, interrupted or killed, or that failed: its status is
    /// `running`, nobody's wish is left, and of its end only problems, rules and notes are kept until the next one. Of two
    /// processes that try, one succeeds.
    ///
    /// # Errors
    /// When the database cannot be written, there is no such scan, it is completed or cancelled ([`Error::ScanEnded`]), or
    /// a process runs it ([`Error::ScanRuns`]). A process on another machine counts as gone 30 s after its last heartbeat.
    pub async fn take_over(&self, scan: ScanId) -> Result<StoredScan, Error> {
        let failed = self.failed("resume a scan");
        let transaction = self.begin().await.map_err(&failed)?;
        let row = self.locked(scan, &transaction).await?;
        let status = status(&row)?;
        match status {
            ScanStatus::Completed | ScanStatus::Cancelled => {
                return Err(Error::ScanEnded { scan, status: status.name(), place: self.place.clone() });
            }
            ScanStatus::Running if self.activity_of(&row)? == Activity::Running => {
                return Err(Error::ScanRuns { scan, place: self.place.clone() });
            }
            _ => {}
        }
        let change = ActiveModel {
            status: Set(ScanStatus::Running.name().to_owned()),
            process: Set(process::own_mark()),
            heartbeat_at_ms: Set(Some((self.options.now_ms)())),
            wish: Set(None),
            paused_reason: Set(None),
            error: Set(None),
            // What a scan counted when it stopped is not what it has from now on: that is counted from its rows.
            summary: Set(None),
            models: Set(None),
            ..Default::default()
        };
        let update = Entity::update_many().set(change).filter(Column::Id.eq(scan.0));
        update.exec(&*transaction).await.map_err(&failed)?;
        transaction.commit().await.map_err(&failed)?;
        let taken = self.scan(scan).await?;
        taken.ok_or_else(|| Error::NoSuchScan { scan, place: self.place.clone() })
    }

    /// The row of a scan, that nobody else changes until the transaction ends.
    async fn locked(&self, scan: ScanId, transaction: &DatabaseTransaction) -> Result<scans::Model, Error> {
        let row = Entity::find_by_id(scan.0).lock(LockType::Update).one(transaction).await;
        row.map_err(self.failed("read a scan"))?.ok_or_else(|| Error::NoSuchScan { scan, place: self.place.clone() })
    }

    /// Whether a process runs the scan; never in doubt: one that cannot be seen and has not been heard of since the scan
    /// began counts as gone soon after that.
    fn activity_of(&self, row: &scans::Model) -> Result<Activity, Error> {
        let last_heard = row.heartbeat_at_ms.unwrap_or(row.started_at_ms);
        let now_ms = (self.options.now_ms)();
        Ok(process::activity_here(status(row)?, row.process.as_deref()).with_heartbeat(Some(last_heard), now_ms))
    }
}

fn status(row: &scans::Model) -> Result<ScanStatus, Error> {
    Cell { table: "scans", row: row.id, column: "status" }.word(row.status.clone())
}
