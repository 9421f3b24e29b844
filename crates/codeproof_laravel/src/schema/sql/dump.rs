//! Squashed dumps (`database/schema/<connection>-schema.sql`): the tables that they make, and the migrations that they
//! say were run.

use codeproof_types::laravel::Operation;
use rustc_hash::FxHashSet;

use super::raw::fill;
use super::statement::{Reader, changes, split};
use super::tokens::{Dialect, Kind, Statement, Statements};
use crate::app::Laravel;
use crate::php::{Doubt, Machine};
use crate::schema::record::Doubts;
use crate::schema::tables::Tables;

/// What a dump holds.
#[derive(Debug, Default)]
pub(in crate::schema) struct Dump {
    pub(in crate::schema) tables: Tables,
    /// Names of the migrations that are in it.
    pub(in crate::schema) migrations: FxHashSet<String>,
}

impl Machine<'_, Laravel> {
    /// The dump that Laravel loads in front of the migrations: that of the default connection. One of another connection
    /// counts, in doubt, when it holds migrations whose files are gone.
    pub(in crate::schema) fn dump(&mut self, files: &FxHashSet<&str>) -> Option<Dump> {
        let listed = self.program.list("database/schema");
        let of = |path: &str| {
            let name = path.strip_prefix("database/schema/")?;
            let name = name.strip_suffix(".sql").or_else(|| name.strip_suffix(".dump"))?;
            name.strip_suffix("-schema").map(str::to_owned)
        };
        let dumps: Vec<(String, String)> = listed.into_iter().filter_map(|path| Some((of(&path)?, path))).collect();
        let default = self.default_connection().as_text().unwrap_or_else(|| "mysql".into());
        if let Some((name, path)) = dumps.iter().find(|(name, _)| **name == *default) {
            return self.dump_of(name, path, &Doubts::default());
        }
        // Dumps for test databases are made apart and often older than the rest.
        for (name, path) in dumps.iter().filter(|(name, _)| !name.contains("test")) {
            let mut doubts = Doubts::default();
            let reason = format!("the dump is for the connection {name}, and the default one is {default}");
            doubts.doubts.push(std::rc::Rc::new(Doubt::of_file(path, reason)));
            let dump = self.dump_of(name, path, &doubts);
            if dump.as_ref().is_some_and(|dump| dump.migrations.iter().any(|name| !files.contains(&**name))) {
                return dump;
            }
        }
        None
    }

    fn dump_of(&mut self, name: &str, path: &str, doubts: &Doubts) -> Option<Dump> {
        let Some(text) = self.program.text(path) else {
            self.limits.push(Doubt::of_file(path, "this dump is too large to be read, or no text"));
            return None;
        };
        let driver = self.configured(&format!("database.connections.{name}.driver"), crate::php::Value::text(name));
        let dialect = Dialect::of_driver(&driver.as_text().unwrap_or_default());
        Some(self.read_dump(path, &text, dialect, doubts))
    }

    fn read_dump(&mut self, path: &str, text: &str, dialect: Dialect, doubts: &Doubts) -> Dump {
        let mut dump = Dump::default();
        let mut statements = Statements::new(text, dialect);
        let (mut line, mut counted) = (1u32, 0);
        while let Some(statement) = statements.next_statement() {
            dump.migrations.extend(run_migrations(&statement));
            for change in changes(&statement, text) {
                let start = statement.tokens.first().map_or(0, |token| token.start);
                line += u32::try_from(text.as_bytes()[counted..start].iter().filter(|it| **it == b'\n').count())
                    .unwrap_or(0);
                counted = start;
                if change.operation == Operation::Drop || change.table == "migrations" || change.loses_rows {
                    continue;
                }
                let mut row = self.new_row(change.operation, &change.table);
                path.clone_into(&mut row.file_path);
                row.start_line = line;
                let (table, mut change) = (change.table.clone(), change);
                let patches = std::mem::take(&mut change.patches);
                fill(&mut row, change);
                doubts.mark(&mut row);
                dump.tables.apply(&row, &doubts.uncertain(&row));
                dump.tables.patch(&table, &patches);
            }
        }
        dump
    }
}

/// The names in `INSERT INTO migrations VALUES (…)` and `COPY migrations FROM stdin`.
fn run_migrations(statement: &Statement<'_>) -> Vec<String> {
    let mut reader = Reader::new(&statement.tokens);
    if reader.accept(&["copy"]) {
        let is_it = reader.name().as_deref() == Some("migrations");
        let lines = statement.data.lines().filter(|_| is_it);
        return lines.filter_map(|line| line.split('\t').nth(1).map(str::to_owned)).collect();
    }
    if !reader.accept(&["insert", "into"]) || reader.name().as_deref() != Some("migrations") {
        return Vec::new();
    }
    let mut names = Vec::new();
    for part in split(&statement.tokens[reader.at..]) {
        let name = part.iter().find(|token| token.is("(")).and_then(|_| part.iter().find(|it| it.kind == Kind::Text));
        names.extend(name.map(|token| token.text().into_owned()));
    }
    names
}
