//! Whether a session's parameters and files are still what they were, and putting the parameters back.

use codeproof_types::sha256;
use sea_orm::{ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};

use super::records::ParameterRow;
use super::writing::parameter;
use crate::rows::{
    data_integrity_checksums, generated_templates, insert, isolated_parameters, parameter_backups, scanner_boundaries,
};
use crate::{Error, Store};

/// How the parameters of one scanner compare with their checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceState {
    /// `ns_<scanner>_<hash>`.
    pub namespace: String,
    /// The scanner.
    pub scanner: String,
    /// The checksum that was stored, in hexadecimal digits.
    pub stored: String,
    /// That of the rows as they are.
    pub current: String,
    /// Whether the backup is whole, so that the rows can be put back.
    pub backup_is_whole: bool,
}

impl NamespaceState {
    /// Whether the rows are what they were.
    pub fn is_intact(&self) -> bool {
        self.stored == self.current
    }
}

/// A program as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTemplate {
    /// File name.
    pub name: String,
    /// Where it was written, absolute.
    pub path: Option<String>,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
}

impl Store {
    /// Compares the parameters of a session with their checksums, and notes the time at those that are intact.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn verify_session(&self, session: i64) -> Result<Vec<NamespaceState>, Error> {
        let failed = self.failed("verify a session");
        let now_ms = (self.options.now_ms)();
        let transaction = self.begin().await.map_err(&failed)?;
        let states = states(session, &transaction).await.map_err(&failed)?;
        for state in states.iter().filter(|state| state.is_intact()) {
            note_verified(session, &state.namespace, now_ms, &transaction).await.map_err(&failed)?;
        }
        transaction.commit().await.map_err(&failed)?;
        Ok(states)
    }

    /// Puts the parameters of those scanners back whose rows are not what they were and whose backup is whole; returns
    /// how many. One transaction.
    ///
    /// # Errors
    /// When the database cannot be read or written; the rows are then as they were.
    pub async fn restore_parameters(&self, session: i64) -> Result<usize, Error> {
        let failed = self.failed("restore the parameters of a session");
        let now_ms = (self.options.now_ms)();
        let transaction = self.begin().await.map_err(&failed)?;
        let states = states(session, &transaction).await.map_err(&failed)?;
        let mut restored = 0;
        for state in states.iter().filter(|state| !state.is_intact() && state.backup_is_whole) {
            restore(session, &state.namespace, now_ms, &transaction).await.map_err(&failed)?;
            restored += 1;
        }
        transaction.commit().await.map_err(&failed)?;
        Ok(restored)
    }

    /// The programs of a session, by name.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn session_templates(&self, session: i64) -> Result<Vec<StoredTemplate>, Error> {
        use generated_templates::{Column, Entity};
        let rows = Entity::find().filter(Column::SessionId.eq(session)).order_by_asc(Column::TemplateName);
        let rows = rows.all(&self.db).await.map_err(self.failed("read the programs of a session"))?;
        let template = |row: generated_templates::Model| StoredTemplate {
            name: row.template_name,
            path: row.file_path,
            sha256: row.file_sha256,
        };
        Ok(rows.into_iter().map(template).collect())
    }
}

async fn states(session: i64, transaction: &DatabaseTransaction) -> Result<Vec<NamespaceState>, DbErr> {
    use data_integrity_checksums::{Column, Entity};
    let checksums = Entity::find().filter(Column::SessionId.eq(session)).order_by_asc(Column::Id);
    let mut states = Vec::new();
    for checksum in checksums.all(transaction).await? {
        let rows = match boundary(session, &checksum.namespace_id, transaction).await? {
            Some(boundary) => parameters(boundary.id, transaction).await?,
            None => Vec::new(),
        };
        let backup = backup(session, &checksum.namespace_id, transaction).await?;
        let is_whole = |backup: &parameter_backups::Model| {
            backup.checksum_value == checksum.checksum_value
                && sha256(backup.parameters.as_bytes()) == checksum.checksum_value
        };
        states.push(NamespaceState {
            current: sha256(canonical(&rows).as_bytes()),
            backup_is_whole: backup.as_ref().is_some_and(is_whole),
            namespace: checksum.namespace_id,
            scanner: checksum.scanner_name,
            stored: checksum.checksum_value,
        });
    }
    Ok(states)
}

async fn restore(session: i64, namespace: &str, now_ms: i64, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    let Some(backup) = backup(session, namespace, transaction).await? else { return Ok(()) };
    let Some(boundary) = boundary(session, namespace, transaction).await? else { return Ok(()) };
    let rows: Vec<ParameterRow> =
        serde_json::from_str(&backup.parameters).map_err(|error| DbErr::Custom(error.to_string()))?;
    use isolated_parameters::{Column, Entity};
    Entity::delete_many().filter(Column::BoundaryId.eq(boundary.id)).exec(transaction).await?;
    let rows = rows.iter().map(|row| parameter(boundary.id, namespace, row, now_ms)).collect();
    insert(rows, transaction).await?;
    let change = parameter_backups::ActiveModel { restored_at: Set(Some(now_ms)), ..Default::default() };
    let of_backup = parameter_backups::Column::Id.eq(backup.id);
    parameter_backups::Entity::update_many().set(change).filter(of_backup).exec(transaction).await?;
    Ok(())
}

async fn note_verified(
    session: i64,
    namespace: &str,
    now_ms: i64,
    transaction: &DatabaseTransaction,
) -> Result<(), DbErr> {
    use data_integrity_checksums::{ActiveModel, Column, Entity};
    let change = ActiveModel { verified_at: Set(Some(now_ms)), ..Default::default() };
    let update = Entity::update_many().set(change).filter(Column::SessionId.eq(session));
    update.filter(Column::NamespaceId.eq(namespace)).exec(transaction).await.map(drop)
}

async fn boundary(
    session: i64,
    namespace: &str,
    transaction: &DatabaseTransaction,
) -> Result<Option<scanner_boundaries::Model>, DbErr> {
    use scanner_boundaries::{Column, Entity};
    let found = Entity::find().filter(Column::SessionId.eq(session)).filter(Column::ParameterNamespace.eq(namespace));
    found.one(transaction).await
}

async fn backup(
    session: i64,
    namespace: &str,
    transaction: &DatabaseTransaction,
) -> Result<Option<parameter_backups::Model>, DbErr> {
    use parameter_backups::{Column, Entity};
    let found = Entity::find().filter(Column::SessionId.eq(session)).filter(Column::NamespaceId.eq(namespace));
    found.one(transaction).await
}

async fn parameters(boundary_id: i64, transaction: &DatabaseTransaction) -> Result<Vec<ParameterRow>, DbErr> {
    use isolated_parameters::{Column, Entity};
    let rows = Entity::find()
        .filter(Column::BoundaryId.eq(boundary_id))
        .order_by_asc(Column::LineNumber)
        .order_by_asc(Column::Ordinal);
    let whole = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    let row = |row: isolated_parameters::Model| ParameterRow {
        line: whole(row.line_number),
        ordinal: whole(row.ordinal),
        name: row.parameter_name,
        kind: row.kind,
        type_name: row.parameter_type,
        value: row.parameter_value,
        expression: row.context,
        reason: row.reason,
        impact: row.impact_level,
        description: row.description,
        shared: row.shared,
        confidence: row.confidence_score,
    };
    Ok(rows.all(transaction).await?.into_iter().map(row).collect())
}

/// The text that a checksum is over.
pub(super) fn canonical(rows: &[ParameterRow]) -> String {
    serde_json::to_string(rows).expect("rows are plain data")
}
