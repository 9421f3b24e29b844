//! Runs the migrations in Laravel's order, each up and, on a copy of the schema, down.

use std::collections::BTreeMap;
use std::rc::Rc;

use codeproof_types::laravel::{LaravelMap, MigrationOperation, Operation};
use rustc_hash::{FxHashMap, FxHashSet};

use super::record::{Kept, Run};
use super::tables::Tables;
use crate::app::Laravel;
use crate::php::{Arguments, Doubt, Machine, Value};

/// Steps of one direction of one migration: people's own take some thousands.
const STEPS_OF_ONE: u64 = 1_000_000;
/// Steps of all migrations: a bound on the time, some seconds at worst.
const STEPS_OF_ALL: u64 = 20_000_000;

impl Machine<'_, Laravel> {
    /// Runs all migrations.
    pub(super) fn migrate(&mut self, map: &mut LaravelMap) {
        let mut left = STEPS_OF_ALL;
        let prefix = self.database_prefix();
        self.framework.migrating.prefix = prefix;
        let files = self.migration_files();
        let names: FxHashSet<&str> = files.iter().map(|file| &*file.name).collect();
        let dump = self.dump(&names).unwrap_or_default();
        // What the dump holds was run on an empty database; whatever else there is Laravel runs behind the dump.
        let has_dump = !dump.tables.is_empty();
        let mut history = Tables::default();
        self.framework.migrating.tables = dump.tables;
        for (order, file) in (0u32..).zip(&files) {
            if left == 0 {
                let reason = "the migrations take more steps than are followed; this and later ones were not run";
                self.limits.push(Doubt::of_file(&file.path, reason));
                break;
            }
            let is_history = has_dump && dump.migrations.contains(&file.name);
            if is_history {
                std::mem::swap(&mut history, &mut self.framework.migrating.tables);
            }
            let budget = left.min(STEPS_OF_ONE);
            let (up, spent) = self.with_steps(budget, |machine| machine.run_one(file, order, "up"));
            left = left.saturating_sub(spent);
            let kept = self.framework.migrating.tables.clone();
            let (down, spent) = self.with_steps(left.min(STEPS_OF_ONE), |machine| machine.run_one(file, order, "down"));
            left = left.saturating_sub(spent);
            self.framework.migrating.tables = kept;
            if is_history {
                std::mem::swap(&mut history, &mut self.framework.migrating.tables);
            }
            for (row, happens) in settled(up.rows) {
                let rows = if happens || row.is_destructive { &mut map.migrations } else { &mut map.alternatives };
                rows.push(row);
            }
            map.rollbacks.extend(settled(down.rows).into_iter().map(|(row, _)| row));
            map.raw_statements.extend(up.raw);
            map.raw_statements.extend(down.raw);
        }
        self.framework.migrating.run = None;
    }

    fn run_one(&mut self, file: &MigrationFile, order: u32, direction: &'static str) -> Run {
        self.framework.migrating.run = Some(Run {
            file_path: file.path.clone(),
            file_name: Rc::from(file.name.as_str()),
            order,
            direction,
            connection: None,
            rows: Vec::new(),
            raw: Vec::new(),
        });
        let doubts = file.doubt.clone();
        match doubts {
            Some(doubt) => self.under_doubt(doubt, |machine| machine.run_direction(file, direction)),
            None => self.run_direction(file, direction),
        }
        let blank = Run {
            file_path: file.path.clone(),
            file_name: Rc::from(""),
            order,
            direction,
            connection: None,
            rows: Vec::new(),
            raw: Vec::new(),
        };
        self.framework.migrating.blueprints.clear();
        self.framework.migrating.resolver = None;
        self.framework.migrating.run.take().unwrap_or(blank)
    }

    fn run_direction(&mut self, file: &MigrationFile, direction: &'static str) {
        let returned = self.run_file(&Value::text(format!("/{}", file.path)), []);
        let object = match returned.plain() {
            Value::Object(_) => returned,
            _ => match self.migration_class(file) {
                Some(class) => self.construct(&class, Arguments::default()),
                None => {
                    if direction == "up" {
                        self.told(file, "no class of a migration is found in this file");
                    }
                    return;
                }
            },
        };
        let Value::Object(instance) = object.plain() else { return };
        let class = instance.class.clone();
        if self.method(&class, direction).is_none() {
            let base = self.foreign_base(&class);
            if direction == "up" && base.as_deref().is_none_or(|base| !base.ends_with("Migration")) {
                self.told(file, "what this migration does is not in the application");
            }
            return;
        }
        let connection = self.call_method(&object, "getConnection", Arguments::default()).as_text();
        if let Some(run) = &mut self.framework.migrating.run {
            run.connection = connection.filter(|name| !name.is_empty());
        }
        let runs = match self.method(&class, "shouldRun") {
            // Laravel asks since version 12.
            Some(_) if !self.is_before(12) => self.call_method(&object, "shouldRun", Arguments::default()),
            _ => Value::Boolean(true),
        };
        match (runs.truth(), runs.doubt().cloned()) {
            (Some(true), None) => {
                self.call_method(&object, direction, Arguments::default());
            }
            (Some(false), None) => {}
            (Some(true), Some(doubt)) => {
                self.under_doubt(doubt, |machine| machine.call_method(&object, direction, Arguments::default()));
            }
            (_, doubt) => {
                let doubt = doubt.unwrap_or_else(|| self.doubt("whether this migration runs is not known"));
                self.unlikely(doubt, |machine| machine.call_method(&object, direction, Arguments::default()));
            }
        }
    }

    fn told(&mut self, file: &MigrationFile, reason: &str) {
        self.limits.push(Doubt::of_file(&file.path, reason));
    }

    /// The class of an older migration: named after the file, else the one that looks like a migration.
    fn migration_class(&mut self, file: &MigrationFile) -> Option<Rc<str>> {
        let names = self.program.own_classes(&file.path);
        let wanted = class_name(&file.name);
        let short = |name: &Rc<str>| name.rsplit('\\').next().unwrap_or_default().to_lowercase();
        if let Some(name) = names.iter().find(|name| short(name) == wanted) {
            return Some(name.clone());
        }
        let found = names.iter().find(|name| {
            let base = self.foreign_base(name);
            base.is_some_and(|base| base.ends_with("Migration"))
        });
        found.or_else(|| names.last()).cloned()
    }

    fn database_prefix(&mut self) -> String {
        let default = self.default_connection().as_text().unwrap_or_else(|| Rc::from("mysql"));
        let connection = format!("database.connections.{default}");
        let indexed = self.configured(&format!("{connection}.prefix_indexes"), Value::Null);
        if indexed.truth() != Some(true) && self.framework.version > 5 {
            return String::new();
        }
        let prefix = self.configured(&format!("{connection}.prefix"), Value::Null);
        prefix.as_text().unwrap_or_else(|| Rc::from("")).to_string()
    }

    /// Migrations in a folder that nothing loads are not run: another command may name it.
    fn tell_folder(&mut self, folders: &[Rc<str>], folder: &str, path: &str) {
        let is_told = self.limits.iter().any(|told| &*told.path == folder);
        let is_dated = path.rsplit('/').next().is_some_and(|name| name.starts_with(|it: char| it.is_ascii_digit()));
        if !is_told && is_dated && path.ends_with(".php") && !folders.iter().any(|it| **it == *folder) {
            let reason = "nothing that was read loads the migrations of this folder; they were not run";
            self.limits.push(Doubt::of_file(folder, reason));
        }
    }

    /// All migrations, by name; of two with one name Laravel runs the one of the later folder.
    fn migration_files(&mut self) -> Vec<MigrationFile> {
        let mut found: BTreeMap<String, MigrationFile> = BTreeMap::new();
        let mut folders = self.framework.migrating.folders.clone();
        folders.push(Rc::from("database/migrations"));
        let mut seen = FxHashSet::default();
        folders.retain(|folder| seen.insert(folder.clone()));
        for folder in &folders {
            for path in self.program.list(folder) {
                let inner = path.strip_prefix(&**folder).unwrap_or(&path).trim_start_matches('/');
                match inner.rsplit_once('/') {
                    None => add_file(&mut found, &path, None),
                    Some((below, _)) => self.tell_folder(&folders, &format!("{folder}/{below}"), &path),
                }
            }
            if folder.ends_with(".php") && self.program.has_file(folder) {
                add_file(&mut found, folder, None);
            }
        }
        for path in self.program.list("Modules").into_iter().chain(self.program.list("modules")) {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if folder.to_lowercase().ends_with("database/migrations") && !folders.iter().any(|it| **it == *folder) {
                let doubt = Doubt::of_file(&path, "no provider that was read loads the migrations of this module");
                add_file(&mut found, &path, Some(Rc::new(doubt)));
            }
        }
        found.into_values().collect()
    }
}

/// One migration.
#[derive(Debug)]
struct MigrationFile {
    path: Rc<str>,
    /// Without folders and `.php`.
    name: String,
    doubt: Option<Rc<Doubt>>,
}

fn add_file(found: &mut BTreeMap<String, MigrationFile>, path: &str, doubt: Option<Rc<Doubt>>) {
    let file = path.rsplit('/').next().unwrap_or(path);
    // Laravel asks for `*_*.php`.
    let Some(name) = file.strip_suffix(".php").filter(|name| name.contains('_')) else { return };
    if doubt.is_some() && found.contains_key(name) {
        return;
    }
    found.insert(name.to_owned(), MigrationFile { path: Rc::from(path), name: name.to_owned(), doubt });
}

/// The class that Laravel expects in a file: its name without the four parts of the date, in capitals; here all small.
fn class_name(file: &str) -> String {
    file.split('_').skip(4).collect::<String>().replace(['-', ' '], "").to_lowercase()
}

/// Says of the rows of one migration what they destroy; gives also whether each happens as far as is assumed.
fn settled(rows: Vec<Kept>) -> Vec<(MigrationOperation, bool)> {
    let mut creates: FxHashMap<String, usize> = FxHashMap::default();
    for (place, Kept { row, .. }) in rows.iter().enumerate() {
        if row.operation == Operation::Create {
            creates.insert(row.table_name.clone(), place);
        }
    }
    // What this same migration made a moment before holds no data. What is made only under other circumstances counts
    // for what happens under those.
    let (mut made, mut made_otherwise) = (Made::default(), Made::default());
    let mut settled = Vec::new();
    for (place, Kept { mut row, had_table, happens, is_shown }) in rows.into_iter().enumerate() {
        let mut is_own = made.has_table(&row) || (!happens && made_otherwise.has_table(&row));
        if row.operation == Operation::Drop {
            is_own |= !had_table && creates.get(&row.table_name).is_some_and(|later| *later > place);
        }
        let mut lost = std::mem::take(&mut row.destructive_operations);
        if row.operation == Operation::Drop {
            lost.push(format!("table {}", row.table_name));
        }
        for column in &row.dropped_columns {
            let column = (row.table_name.clone(), column.clone());
            if !made.columns.contains(&column) && (happens || !made_otherwise.columns.contains(&column)) {
                lost.push(format!("column {}.{}", column.0, column.1));
            }
        }
        if is_own {
            lost.clear();
        }
        if happens {
            made.see(&row)
        } else {
            made_otherwise.see(&row)
        }
        row.is_destructive = !lost.is_empty();
        row.destructive_operations = lost;
        // SQL is a row only for what it loses.
        if is_shown && (row.is_destructive || !row.raw) {
            settled.push((row, happens));
        }
    }
    settled
}

/// Tables and columns that one migration made so far.
#[derive(Debug, Default)]
struct Made {
    tables: FxHashSet<String>,
    columns: FxHashSet<(String, String)>,
}

impl Made {
    fn has_table(&self, row: &MigrationOperation) -> bool {
        self.tables.contains(&row.table_name)
    }

    fn see(&mut self, row: &MigrationOperation) {
        match row.operation {
            Operation::Create => {
                self.tables.insert(row.table_name.clone());
            }
            Operation::Drop => {
                self.tables.remove(&row.table_name);
            }
            Operation::Rename => {
                if self.tables.remove(&row.table_name) {
                    self.tables.extend(row.to.clone());
                }
            }
            Operation::Alter => {
                let added = row.columns.iter().filter(|column| !column.change);
                self.columns.extend(added.map(|column| (row.table_name.clone(), column.name.clone())));
            }
        }
    }
}
