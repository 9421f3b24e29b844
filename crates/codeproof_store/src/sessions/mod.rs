//! Splitter sessions as rows: begun before anything is done, filled in two steps, each in one transaction, and checked
//! against their own checksums.
//!
//! A session that is killed between the steps keeps what the first wrote; its status stays `running`.

mod integrity;
mod records;
mod writing;

use codeproof_types::{ScanStatus, SessionPhase, SessionStatus};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};
use sea_orm::{Order, QuerySelect as _};
use uuid::Uuid;

use crate::process::{self, Activity};
use crate::rows::scanner_sessions::{ActiveModel, Column, Entity, Model};
use crate::rows::{Cell, storable, to_integer, to_word};
use crate::{Error, Store};

pub use integrity::{NamespaceState, StoredTemplate};
pub use records::{
    BoundaryRow, MetricRow, ModelRunRow, NewSession, ParameterRow, ParameterVerdict, SecurityRow, SessionEnd,
    SplitRows, TemplateRow, ValidationRow,
};

/// A session's names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionKey {
    /// Row id.
    pub id: i64,
    /// UUIDv7, for the outside.
    pub public_id: String,
}

/// A row of `scanner_sessions`.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRecord {
    /// Its names.
    pub key: SessionKey,
    /// The file as the user gave it.
    pub filename: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub source_sha256: String,
    /// How it stands.
    pub status: SessionStatus,
    /// Whether one that is `running` is at work or was killed.
    pub activity: Activity,
    /// Percent.
    pub progress: u8,
    /// Where its files are, absolute.
    pub output_folder: Option<String>,
    /// How many scanners the file has.
    pub scanners: u64,
    /// Share of parameters that were seen to change nothing but their owner's rows.
    pub isolation_score: Option<f64>,
    /// When it began, milliseconds since 1970 UTC.
    pub created_at_ms: i64,
}

impl SessionRecord {
    fn of(row: Model) -> Result<Self, Error> {
        let cell = |column| Cell { table: "scanner_sessions", row: row.id, column };
        let status: SessionStatus = cell("status").word(row.status)?;
        let activity = match status {
            SessionStatus::Running => process::activity_here(ScanStatus::Running, row.process.as_deref()),
            SessionStatus::Completed | SessionStatus::Failed | SessionStatus::Interrupted => Activity::Ended,
        };
        Ok(Self {
            status,
            activity,
            progress: cell("progress").number(row.progress)?,
            scanners: cell("scanner_count").number(row.scanner_count)?,
            key: SessionKey { id: row.id, public_id: row.public_id },
            filename: row.filename,
            source_sha256: row.source_sha256,
            output_folder: row.output_folder,
            isolation_score: row.overall_isolation_score,
            created_at_ms: row.created_at,
        })
    }
}

impl Store {
    /// Writes the row of a new session with status `running`.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn begin_session(&self, session: NewSession) -> Result<SessionKey, Error> {
        let now_ms = (self.options.now_ms)();
        let row = ActiveModel {
            public_id: Set(Uuid::now_v7().to_string()),
            filename: Set(session.filename),
            source_sha256: Set(session.source_sha256),
            source_bytes: Set(to_integer(session.source_bytes)),
            status: Set(to_word(SessionStatus::Running)),
            progress: Set(0),
            process: Set(process::own_mark()),
            output_folder: Set(session.output_folder),
            is_multi_scanner: Set(false),
            scanner_count: Set(0),
            settings: Set(session.settings),
            degraded: Set(serde_json::json!([])),
            created_at: Set(now_ms),
            updated_at: Set(now_ms),
            ..Default::default()
        };
        let _turn = self.turn().await;
        let row = storable(row).insert(&self.db).await.map_err(self.failed("begin a session"))?;
        Ok(SessionKey { id: row.id, public_id: row.public_id })
    }

    /// Notes how far a session is; `progress` is percent.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn set_session_phase(&self, session: i64, phase: SessionPhase, progress: u8) -> Result<(), Error> {
        let change = ActiveModel {
            phase: Set(Some(to_word(phase))),
            progress: Set(progress.min(100).into()),
            updated_at: Set((self.options.now_ms)()),
            ..Default::default()
        };
        let update = Entity::update_many().set(change).filter(Column::Id.eq(session));
        let _turn = self.turn().await;
        update.exec(&self.db).await.map(drop).map_err(self.failed("note the phase of a session"))
    }

    /// A session by its public id, or by its number.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn session(&self, name: &str) -> Result<Option<SessionRecord>, Error> {
        let wanted = match name.parse::<i64>() {
            Ok(id) => Column::Id.eq(id),
            Err(_) => Column::PublicId.eq(name),
        };
        let row = Entity::find().filter(wanted).one(&self.db).await.map_err(self.failed("read a session"))?;
        row.map(SessionRecord::of).transpose()
    }

    /// The latest sessions, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn sessions(&self, limit: u64) -> Result<Vec<SessionRecord>, Error> {
        let rows = Entity::find().order_by(Column::Id, Order::Desc).limit(limit).all(&self.db).await;
        rows.map_err(self.failed("read the sessions"))?.into_iter().map(SessionRecord::of).collect()
    }
}
