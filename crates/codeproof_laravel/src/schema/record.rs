//! What a run of the migrations has written down so far.

use std::rc::Rc;

use codeproof_types::laravel::{Certainty, MigrationOperation, Operation, RawStatement, Table, UnknownPart};
use rustc_hash::{FxHashMap, FxHashSet};

use super::blueprint::Blueprint;
use super::tables::{Tables, Uncertain, touched};
use crate::app::Laravel;
use crate::php::{Doubt, Instance, Machine, UNKNOWN_PART, Value, inside};
use crate::routes::table::part;

/// Reasons that are kept for one row; more say nothing new.
const UNKNOWN_MAX: usize = 20;

/// The migrations' part of the framework's state.
#[derive(Debug, Default)]
pub(crate) struct Migrating {
    /// Folders and files that providers name with `loadMigrationsFrom()`.
    pub(crate) folders: Vec<Rc<str>>,
    /// `Blueprint::macro()`.
    pub(super) macros: FxHashMap<String, Value>,
    /// `blueprintResolver()`: what makes the blueprints of this migration.
    pub(super) resolver: Option<Value>,
    /// `Schema::defaultStringLength()`; Laravel's own is 255.
    pub(super) string_length: Option<Value>,
    pub(super) morph_key: MorphKey,
    /// The migration that runs.
    pub(super) run: Option<Run>,
    pub(super) tables: Tables,
    pub(super) blueprints: Vec<Blueprint>,
    /// What stands in front of every table's name.
    pub(super) prefix: String,
}

impl Migrating {
    /// Whether a migration runs.
    pub(crate) fn is_running(&self) -> bool {
        self.run.is_some()
    }

    /// The tables that are there now, by name.
    pub(super) fn into_schema(self) -> Vec<Table> {
        self.tables.into_list()
    }
}

/// What kind of key the columns of a morph hold unless they say it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum MorphKey {
    #[default]
    Number,
    Uuid,
    Ulid,
}

/// One direction of one migration.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) file_path: Rc<str>,
    pub(super) file_name: Rc<str>,
    pub(super) order: u32,
    /// `up` or `down`.
    pub(super) direction: &'static str,
    /// The connection that the migration itself names.
    pub(super) connection: Option<Rc<str>>,
    pub(super) rows: Vec<Kept>,
    pub(super) raw: Vec<RawStatement>,
}

/// A row with what its migration's end asks about it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) row: MigrationOperation,
    /// Whether the schema had the table before.
    pub(super) had_table: bool,
    /// Whether it happens when everything outside the code is as assumed.
    pub(super) happens: bool,
    /// Whether it becomes a row of the map: SQL does so only when it loses data.
    pub(super) is_shown: bool,
}

/// What stands for the name of a table that is not known.
pub(super) const NO_NAME: &str = "?";

/// Whether a name is wholly known.
pub(super) fn is_known_name(name: &str) -> bool {
    name != NO_NAME && !name.contains(UNKNOWN_PART)
}

/// What is in doubt about a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Doubts {
    pub(super) doubts: Vec<Rc<Doubt>>,
    /// Whether a part of the row is missing, and not only uncertain.
    pub(super) is_partial: bool,
    /// Whether that part is a name.
    pub(super) lacks_name: bool,
}

impl Doubts {
    /// Takes over what is in doubt about a value.
    pub(super) fn of_value(&mut self, value: &Value) {
        self.doubts.extend(value.real_doubt().cloned());
        self.is_partial |= matches!(value.plain(), Value::Unknown(_));
    }

    pub(super) fn extend(&mut self, other: &Doubts) {
        self.doubts.extend(other.doubts.iter().cloned());
        self.is_partial |= other.is_partial;
        self.lacks_name |= other.lacks_name;
    }

    /// What a statement of these doubts leaves uncertain.
    pub(super) fn uncertain(&self, row: &MigrationOperation) -> Uncertain {
        let columns = if self.doubts.is_empty() { Vec::new() } else { touched(row).cloned().collect() };
        Uncertain { columns, is_open: self.lacks_name }
    }

    /// Writes it into a row.
    pub(super) fn mark(&self, row: &mut MigrationOperation) {
        let mut seen = FxHashSet::default();
        for doubt in &self.doubts {
            if row.unknown.len() < UNKNOWN_MAX && seen.insert((&doubt.reason, &doubt.path, doubt.line)) {
                row.unknown.push(part(doubt));
            }
        }
        row.certainty = match (self.is_partial, self.doubts.is_empty()) {
            (true, _) => Certainty::Partial,
            (false, false) => Certainty::Conditional,
            (false, true) => Certainty::Exact,
        };
        row.conditional = row.certainty != Certainty::Exact;
    }
}

impl Machine<'_, Laravel> {
    /// `loadMigrationsFrom()`: a folder or file, or several.
    pub(crate) fn load_migrations_from(&mut self, paths: &Value) {
        let all: Vec<Value> = match paths.as_array() {
            Some(list) => list.values().cloned().collect(),
            None => vec![paths.clone()],
        };
        for path in all {
            match self.text_of(&path).and_then(|text| inside(&text)) {
                Some(path) => self.framework.migrating.folders.push(Rc::from(path)),
                None => {
                    let doubt = self.doubt("a folder of migrations that is not known");
                    self.limits.push((*doubt).clone());
                }
            }
        }
    }

    /// The connection that a migration or model names.
    pub(crate) fn migration_connection(&mut self, instance: &Rc<Instance>) -> Value {
        instance.properties.borrow().get("connection").cloned().unwrap_or(Value::Null)
    }

    /// The conditions that the running statement hangs on.
    pub(super) fn current_doubts(&self) -> Doubts {
        Doubts { doubts: self.doubts().to_vec(), ..Doubts::default() }
    }

    /// First and last line of the statement that runs, in the migration's own file.
    pub(super) fn statement_lines(&self) -> (u32, u32) {
        let own = self.framework.migrating.run.as_ref().map(|run| run.file_path.clone());
        let place = self.trail().iter().rev().find(|place| Some(&place.path) == own.as_ref());
        place.map_or((0, 0), |place| (place.line, place.end_line.max(place.line)))
    }

    /// A row that does nothing yet.
    pub(super) fn new_row(&self, operation: Operation, table: &str) -> MigrationOperation {
        let (start_line, end_line) = self.statement_lines();
        let run = self.framework.migrating.run.as_ref();
        MigrationOperation {
            file_path: run.map(|run| run.file_path.to_string()).unwrap_or_default(),
            file_name: run.map(|run| run.file_name.to_string()).unwrap_or_default(),
            migration_order: run.map_or(0, |run| run.order),
            start_line,
            end_line,
            operation,
            table_name: table.to_owned(),
            to: None,
            connection: None,
            columns: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            dropped_columns: Vec::new(),
            dropped: Vec::new(),
            renames: Vec::new(),
            is_destructive: false,
            destructive_operations: Vec::new(),
            raw: false,
            certainty: Certainty::Exact,
            conditional: false,
            unknown: Vec::<UnknownPart>::new(),
        }
    }

    /// Keeps a row; one that happens as far as is known changes the simulated schema, when its table is known.
    pub(super) fn keep_row(&mut self, row: MigrationOperation, uncertain: &Uncertain, happens: bool) {
        let had_table = self.framework.migrating.tables.get(&row.table_name).is_some();
        if happens && is_known_name(&row.table_name) {
            self.framework.migrating.tables.apply(&row, uncertain);
        }
        if let Some(run) = &mut self.framework.migrating.run {
            run.rows.push(Kept { row, had_table, happens, is_shown: true });
        }
    }
}
