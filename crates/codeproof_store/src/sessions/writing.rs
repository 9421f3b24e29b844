//! The two steps in which a session's rows are written.

use std::collections::HashMap;

use codeproof_types::sha256;
use sea_orm::{ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _, Set};
use serde_json::json;

use super::integrity::canonical;
use super::records::{
    BoundaryRow, MetricRow, ModelRunRow, ParameterRow, ParameterVerdict, SecurityRow, SessionEnd, SplitRows,
    TemplateRow, ValidationRow,
};
use crate::rows::{
    ai_model_performance, data_integrity_checksums, error_events, generated_templates, insert, insert_with_ids,
    isolated_parameters, isolation_validations, parameter_backups, performance_metrics, scanner_boundaries,
    scanner_sessions, security_analyses, storable, storable_text, to_integer, to_json, to_word,
};
use crate::{Error, Store};

/// The row of a session's rows.
struct Of {
    session_id: i64,
    now_ms: i64,
}

impl Store {
    /// Writes what was found in the file: boundaries, parameters with their checksums and a backup, programs, the
    /// inspection. One transaction.
    ///
    /// # Errors
    /// When the database cannot be written; the rows are then as they were.
    pub async fn store_split(&self, session: i64, rows: &SplitRows) -> Result<(), Error> {
        let failed = self.failed("write what a session found");
        let of = Of { session_id: session, now_ms: (self.options.now_ms)() };
        let transaction = self.begin().await.map_err(&failed)?;
        of.split(rows, &transaction).await.map_err(&failed)?;
        transaction.commit().await.map_err(&failed)
    }

    /// Writes how a session ended: what was proven, what went wrong, what it cost. One transaction.
    ///
    /// # Errors
    /// When the database cannot be written; the rows are then as they were.
    pub async fn finish_session(&self, session: i64, end: &SessionEnd) -> Result<(), Error> {
        let failed = self.failed("finish a session");
        let of = Of { session_id: session, now_ms: (self.options.now_ms)() };
        let transaction = self.begin().await.map_err(&failed)?;
        of.end(end, &transaction).await.map_err(&failed)?;
        transaction.commit().await.map_err(&failed)
    }
}

impl Of {
    async fn split(&self, rows: &SplitRows, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        let boundaries = rows.boundaries.iter().map(|row| self.boundary(row)).collect();
        // Two scanners may have the same name; their namespaces differ.
        let ids: HashMap<String, i64> =
            insert_with_ids(boundaries, scanner_boundaries::Column::ParameterNamespace, transaction).await?;
        let (mut parameters, mut checksums, mut backups) = (Vec::new(), Vec::new(), Vec::new());
        let mut templates = Vec::new();
        for boundary in &rows.boundaries {
            let Some(&boundary_id) = ids.get(&boundary.namespace) else { continue };
            let numbered = numbered(&boundary.parameters);
            let text = canonical(&numbered);
            checksums.push(self.checksum(boundary, sha256(text.as_bytes())));
            backups.push(self.backup(boundary, text));
            parameters.extend(numbered.iter().map(|row| parameter(boundary_id, &boundary.namespace, row, self.now_ms)));
            templates.push(self.template(boundary_id, boundary.confidence, &boundary.template));
        }
        insert(parameters, transaction).await?;
        insert(checksums, transaction).await?;
        insert(backups, transaction).await?;
        insert(templates, transaction).await?;
        if let Some(security) = &rows.security {
            insert(vec![self.security(security, transaction).await?], transaction).await?;
        }
        let change = scanner_sessions::ActiveModel {
            is_multi_scanner: Set(rows.boundaries.len() > 1),
            scanner_count: Set(to_integer(rows.boundaries.len() as u64)),
            boundary_detection_time_ms: Set(Some(to_integer(rows.boundary_detection_ms))),
            parameter_isolation_time_ms: Set(Some(to_integer(rows.parameter_isolation_ms))),
            template_generation_time_ms: Set(Some(to_integer(rows.template_generation_ms))),
            ..Default::default()
        };
        self.change(change, transaction).await
    }

    async fn end(&self, end: &SessionEnd, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        for verdict in &end.verdicts {
            self.note(verdict, transaction).await?;
        }
        for (namespace, template) in &end.templates {
            self.replace_template(namespace, template, transaction).await?;
        }
        insert(end.validation.iter().map(|row| self.validation(row)).collect(), transaction).await?;
        insert(end.events.iter().map(|event| self.event(event)).collect(), transaction).await?;
        insert(end.metrics.iter().map(|metric| self.metric(metric)).collect(), transaction).await?;
        insert(end.models.iter().map(|run| self.model(run)).collect(), transaction).await?;
        let mut change = scanner_sessions::ActiveModel {
            status: Set(to_word(end.status)),
            degraded: Set(to_json(&end.degraded)),
            duration_ms: Set(Some(to_integer(end.duration_ms))),
            overall_isolation_score: Set(end.validation.as_ref().and_then(|row| row.isolation_score)),
            ai_processing_metadata: Set((!end.models.is_empty()).then(|| json!({ "asked": end.models.len() }))),
            ..Default::default()
        };
        if end.status == codeproof_types::SessionStatus::Completed {
            change.progress = Set(100);
        }
        self.change(change, transaction).await
    }

    async fn change(
        &self,
        mut change: scanner_sessions::ActiveModel,
        transaction: &DatabaseTransaction,
    ) -> Result<(), DbErr> {
        change.updated_at = Set(self.now_ms);
        let update = scanner_sessions::Entity::update_many().set(storable(change));
        update.filter(scanner_sessions::Column::Id.eq(self.session_id)).exec(transaction).await.map(drop)
    }

    fn boundary(&self, row: &BoundaryRow) -> scanner_boundaries::ActiveModel {
        scanner_boundaries::ActiveModel {
            session_id: Set(self.session_id),
            scanner_name: Set(row.scanner_name.clone()),
            start_line: Set(row.start_line.into()),
            end_line: Set(row.end_line.into()),
            confidence_score: Set(row.confidence.clamp(0.0, 1.0)),
            boundary_type: Set(row.boundary_type.clone()),
            detected_patterns: Set(to_json(&row.detected_patterns)),
            parameter_namespace: Set(row.namespace.clone()),
            dependencies: Set(to_json(&row.dependencies)),
            validation_status: Set(row.validation_status.clone()),
            context_metadata: Set(row.context_metadata.clone()),
            created_at: Set(self.now_ms),
            updated_at: Set(self.now_ms),
            ..Default::default()
        }
    }

    fn checksum(&self, boundary: &BoundaryRow, value: String) -> data_integrity_checksums::ActiveModel {
        data_integrity_checksums::ActiveModel {
            session_id: Set(self.session_id),
            namespace_id: Set(boundary.namespace.clone()),
            scanner_name: Set(boundary.scanner_name.clone()),
            checksum_value: Set(value),
            checksum_algorithm: Set("sha256".to_owned()),
            created_at: Set(self.now_ms),
            ..Default::default()
        }
    }

    fn backup(&self, boundary: &BoundaryRow, text: String) -> parameter_backups::ActiveModel {
        parameter_backups::ActiveModel {
            session_id: Set(self.session_id),
            namespace_id: Set(boundary.namespace.clone()),
            checksum_value: Set(sha256(text.as_bytes())),
            parameters: Set(text),
            created_at: Set(self.now_ms),
            ..Default::default()
        }
    }

    fn template(&self, boundary_id: i64, confidence: f64, row: &TemplateRow) -> generated_templates::ActiveModel {
        generated_templates::ActiveModel {
            session_id: Set(self.session_id),
            boundary_id: Set(boundary_id),
            confidence_score: Set(Some(confidence.clamp(0.0, 1.0))),
            created_at: Set(self.now_ms),
            ..written(row)
        }
    }

    async fn replace_template(
        &self,
        namespace: &str,
        row: &TemplateRow,
        transaction: &DatabaseTransaction,
    ) -> Result<(), DbErr> {
        use generated_templates::{Column, Entity};
        let boundary = scanner_boundaries::Entity::find()
            .filter(scanner_boundaries::Column::SessionId.eq(self.session_id))
            .filter(scanner_boundaries::Column::ParameterNamespace.eq(namespace));
        let Some(boundary) = boundary.one(transaction).await? else { return Ok(()) };
        let update = Entity::update_many().set(storable(written(row))).filter(Column::BoundaryId.eq(boundary.id));
        update.exec(transaction).await.map(drop)
    }

    async fn security(
        &self,
        row: &SecurityRow,
        transaction: &DatabaseTransaction,
    ) -> Result<security_analyses::ActiveModel, DbErr> {
        let session = scanner_sessions::Entity::find_by_id(self.session_id).one(transaction).await?;
        Ok(security_analyses::ActiveModel {
            session_id: Set(self.session_id),
            filename: Set(session.map_or_else(String::new, |session| session.filename)),
            level: Set(row.level.clone()),
            risk_score: Set(row.risk_score.clamp(0.0, 1.0)),
            execution_allowed: Set(row.execution_allowed),
            threats_detected: Set(row.threats.clone()),
            security_recommendations: Set(to_json(&row.recommendations)),
            analysis_timestamp: Set(self.now_ms),
            ..Default::default()
        })
    }

    fn validation(&self, row: &ValidationRow) -> isolation_validations::ActiveModel {
        isolation_validations::ActiveModel {
            session_id: Set(self.session_id),
            overall_isolation_score: Set(row.isolation_score),
            contamination_detected: Set(!row.contamination.is_empty()),
            contamination_details: Set(to_json(&row.contamination)),
            validation_tests: Set(row.tests.clone()),
            recommendations: Set(to_json(&row.recommendations)),
            validation_passed: Set(row.passed),
            created_at: Set(self.now_ms),
            ..Default::default()
        }
    }

    fn event(&self, event: &codeproof_types::ErrorEvent) -> error_events::ActiveModel {
        error_events::ActiveModel {
            session_id: Set(self.session_id),
            category: Set(to_word(event.category)),
            phase: Set(to_word(event.phase)),
            severity: Set(to_word(event.severity)),
            message: Set(event.message.clone()),
            scanner_name: Set(event.scanner.clone()),
            recovery_action: Set(to_word(event.recovery)),
            recovery_attempted: Set(event.attempted),
            recovery_success: Set(event.succeeded),
            created_at: Set(self.now_ms),
            ..Default::default()
        }
    }

    fn metric(&self, row: &MetricRow) -> performance_metrics::ActiveModel {
        performance_metrics::ActiveModel {
            session_id: Set(self.session_id),
            metric_type: Set(row.kind.to_owned()),
            metric_name: Set(row.name.clone()),
            metric_value: Set(row.value),
            metric_unit: Set(row.unit.to_owned()),
            metadata: Set(None),
            measurement_timestamp: Set(self.now_ms),
            ..Default::default()
        }
    }

    fn model(&self, run: &ModelRunRow) -> ai_model_performance::ActiveModel {
        ai_model_performance::ActiveModel {
            session_id: Set(self.session_id),
            model_type: Set(run.model_type.to_owned()),
            operation_type: Set(run.operation.to_owned()),
            confidence_score: Set(run.confidence.map(|score| score.clamp(0.0, 1.0))),
            accuracy_score: Set(run.accuracy.map(|score| score.clamp(0.0, 1.0))),
            execution_time_ms: Set(to_integer(run.duration_ms)),
            model_version: Set(run.version.clone()),
            input_size: Set(to_integer(run.input_bytes)),
            success: Set(run.error.is_none()),
            error_message: Set(run.error.clone()),
            created_at: Set(self.now_ms),
            ..Default::default()
        }
    }

    async fn note(&self, verdict: &ParameterVerdict, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        use isolated_parameters::{ActiveModel, Column, Entity};
        let change = ActiveModel { validation_status: Set(Some(verdict.verdict.clone())), ..Default::default() };
        let of_session = scanner_boundaries::Entity::find()
            .filter(scanner_boundaries::Column::SessionId.eq(self.session_id))
            .filter(scanner_boundaries::Column::ParameterNamespace.eq(verdict.namespace.as_str()))
            .one(transaction)
            .await?;
        let Some(boundary) = of_session else { return Ok(()) };
        let update = Entity::update_many()
            .set(change)
            .filter(Column::BoundaryId.eq(boundary.id))
            .filter(Column::LineNumber.eq(i64::from(verdict.line)))
            .filter(Column::ParameterName.eq(storable_text(verdict.name.clone())));
        update.exec(transaction).await.map(drop)
    }
}

/// What of a program's row may change.
fn written(row: &TemplateRow) -> generated_templates::ActiveModel {
    generated_templates::ActiveModel {
        template_name: Set(row.name.clone()),
        form: Set(row.form.clone()),
        template_code: Set(row.code.clone()),
        dependencies: Set(to_json(&row.dependencies)),
        validation_result: Set(row.validation.clone()),
        generation_metadata: Set(row.metadata.clone()),
        file_path: Set(row.path.clone()),
        file_sha256: Set(row.sha256.clone()),
        ..Default::default()
    }
}

/// In the order of lines, each with its place among those of its line.
fn numbered(parameters: &[ParameterRow]) -> Vec<ParameterRow> {
    let mut rows = parameters.to_vec();
    rows.sort_by_key(|row| row.line);
    let mut last = (0, 0);
    for row in &mut rows {
        // The checksum is over what the database can hold.
        for text in [&mut row.name, &mut row.expression, &mut row.reason].into_iter().chain(&mut row.description) {
            *text = storable_text(std::mem::take(text));
        }
        last = if row.line == last.0 { (row.line, last.1 + 1) } else { (row.line, 0) };
        row.ordinal = last.1;
    }
    rows
}

/// The row of a parameter.
pub(super) fn parameter(
    boundary_id: i64,
    namespace: &str,
    row: &ParameterRow,
    now_ms: i64,
) -> isolated_parameters::ActiveModel {
    isolated_parameters::ActiveModel {
        boundary_id: Set(boundary_id),
        namespace_id: Set(namespace.to_owned()),
        parameter_name: Set(row.name.clone()),
        parameter_value: Set(row.value.clone()),
        parameter_type: Set(row.type_name.clone()),
        kind: Set(row.kind.clone()),
        confidence_score: Set(row.confidence),
        line_number: Set(row.line.into()),
        ordinal: Set(row.ordinal.into()),
        context: Set(row.expression.clone()),
        reason: Set(row.reason.clone()),
        impact_level: Set(row.impact.clone()),
        description: Set(row.description.clone()),
        shared: Set(row.shared),
        created_at: Set(now_ms),
        ..Default::default()
    }
}
