//! SQL that migrations write themselves.

use codeproof_types::laravel::RawStatement;

use crate::app::Laravel;
use crate::php::{Machine, Value};

impl Machine<'_, Laravel> {
    /// Writes down SQL that a migration runs.
    pub(super) fn raw_sql(&mut self, sql: &Value) {
        let Some(text) = self.text_of(sql) else { return };
        let (line, _) = self.statement_lines();
        let verb = text.split_whitespace().next().unwrap_or_default().to_uppercase();
        let Some(run) = &mut self.framework.migrating.run else { return };
        run.raw.push(RawStatement {
            file_path: run.file_path.to_string(),
            line,
            direction: run.direction.to_owned(),
            sql: text.to_string(),
            verb,
            tables: Vec::new(),
            destructive_operations: Vec::new(),
        });
    }
}
