//! Rows: one entity per table, and the way to and from the shared nouns.

pub(crate) mod ai_model_performance;
pub(crate) mod analysis_cache;
mod conflict;
pub(crate) mod data_integrity_checksums;
pub(crate) mod draft_findings;
pub(crate) mod eloquent_models;
pub(crate) mod error_events;
pub(crate) mod events;
pub(crate) mod findings;
pub(crate) mod generated_templates;
pub(crate) mod import_relations;
mod insert;
pub(crate) mod isolated_parameters;
pub(crate) mod isolation_validations;
pub(crate) mod llm_call_metrics;
pub(crate) mod llm_exchanges;
pub(crate) mod migrations;
pub(crate) mod model_configs;
pub(crate) mod parameter_backups;
pub(crate) mod performance_metrics;
pub(crate) mod profile_analyzers;
pub(crate) mod profile_verifiers;
pub(crate) mod repositories;
pub(crate) mod routes;
pub(crate) mod scan_file_chunks;
pub(crate) mod scan_files;
pub(crate) mod scan_profiles;
pub(crate) mod scanner_boundaries;
pub(crate) mod scanner_sessions;
pub(crate) mod scans;
pub(crate) mod security_analyses;
pub(crate) mod symbol_references;
pub(crate) mod symbols;
pub(crate) mod verification_votes;
pub(crate) mod verified_findings;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Error;

pub(crate) use insert::{
    STATEMENT_KEYS, insert, insert_with_ids, key_text, storable, storable_text, upsert, upsert_with_ids,
};

pub use draft_findings::DraftStatus;
pub use import_relations::ImportRecord;
pub use llm_call_metrics::{CallRow, Purpose};
pub use scan_file_chunks::{ChunkId, ChunkRecord, ChunkStatus};
pub use scan_files::{FileOutcome, FileRecord};
pub use symbol_references::ReferenceRecord;
pub use symbols::SymbolRecord;

/// Where a value was read, for errors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    pub(crate) table: &'static str,
    pub(crate) row: i64,
    pub(crate) column: &'static str,
}

impl Cell {
    pub(crate) fn unreadable(self, why: impl ToString) -> Error {
        let Self { table, row, column } = self;
        Error::UnreadableRow { table, row, column, why: why.to_string() }
    }

    /// Reads JSON, or a word on the wire.
    pub(crate) fn json<T: DeserializeOwned>(self, value: Value) -> Result<T, Error> {
        serde_json::from_value(value).map_err(|error| self.unreadable(error))
    }

    pub(crate) fn word<T: DeserializeOwned>(self, word: String) -> Result<T, Error> {
        self.json(Value::String(word))
    }

    pub(crate) fn number<T: TryFrom<i64, Error: ToString>>(self, number: i64) -> Result<T, Error> {
        T::try_from(number).map_err(|error| self.unreadable(error.to_string()))
    }
}

/// Shared nouns as JSON.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> Value {
    serde_json::to_value(value).expect("the shared nouns are plain data with text as map keys")
}

/// A shared noun's word on the wire.
pub(crate) fn to_word<T: Serialize>(value: T) -> String {
    match to_json(&value) {
        Value::String(word) => word,
        other => unreachable!("enums without data are words on the wire, not {other}"),
    }
}

/// Sizes and durations as the databases' 64-bit integers; 2^63 bytes or milliseconds are not met.
pub(crate) fn to_integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
