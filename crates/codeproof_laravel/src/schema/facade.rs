//! `Schema::…` and the object behind it.

use std::rc::Rc;

use codeproof_types::laravel::{Certainty, Operation, TableIndex};

use super::record::{Doubts, MorphKey};
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Key, Machine, PhpArray, Value};

impl Machine<'_, Laravel> {
    /// A call on the schema builder; `None` when it is not modelled.
    pub(crate) fn schema_call(
        &mut self,
        connection: Option<&Rc<str>>,
        method: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        if let Some(value) = self.schema_setting(method, arguments) {
            return Some(value);
        }
        // Outside of migrations nothing is known about the database.
        self.framework.migrating.run.as_ref()?;
        if let Some(value) = self.schema_question(method, arguments) {
            return Some(value);
        }
        let table = arguments.value(0, "table");
        match method {
            "create" => self.blueprint(Operation::Create, &table, connection, &arguments.value(1, "callback")),
            "table" => self.blueprint(Operation::Alter, &table, connection, &arguments.value(1, "callback")),
            "drop" | "dropIfExists" => {
                let number = self.open_blueprint(Operation::Drop, &table, connection);
                self.close_blueprint(number);
            }
            "rename" => {
                let number = self.open_blueprint(Operation::Alter, &arguments.value(0, "from"), connection);
                self.blueprint_call(number, "rename", &Arguments::of([arguments.value(1, "to")]));
                self.close_blueprint(number);
            }
            "dropColumns" => {
                let number = self.open_blueprint(Operation::Alter, &table, connection);
                self.blueprint_call(number, "dropColumn", &Arguments::of([arguments.value(1, "columns")]));
                self.close_blueprint(number);
            }
            "dropAllTables" => self.drop_all_tables(connection),
            "whenTableHasColumn" | "whenTableDoesntHaveColumn" | "whenTableHasIndex" | "whenTableDoesntHaveIndex" => {
                self.when_table(connection, method, arguments);
            }
            "connection" => {
                let name = arguments.value(0, "name").as_text().filter(|name| !name.is_empty());
                return Some(self.object(Object::SchemaBuilder(name)));
            }
            "getConnection" => return Some(self.object(Object::Connection(connection.cloned()))),
            "getFacadeRoot" | "setConnection" | "getFacadeApplication" => {
                return Some(self.object(Object::SchemaBuilder(connection.cloned())));
            }
            "withoutForeignKeyConstraints" => return Some(self.call_value(&arguments.at(0), Arguments::default())),
            "disableForeignKeyConstraints" | "enableForeignKeyConstraints" => return Some(Value::Boolean(true)),
            "blueprintResolver" => self.framework.migrating.resolver = Some(arguments.at(0)),
            "dropAllViews" | "dropAllTypes" | "ensureExtensionExists" | "ensureVectorExtensionExists" => {}
            _ => return None,
        }
        Some(Value::Null)
    }

    /// What providers set for all migrations.
    fn schema_setting(&mut self, method: &str, arguments: &Arguments) -> Option<Value> {
        match method {
            "defaultStringLength" => self.framework.migrating.string_length = Some(arguments.at(0)),
            "morphUsingUuids" => self.framework.migrating.morph_key = MorphKey::Uuid,
            "morphUsingUlids" => self.framework.migrating.morph_key = MorphKey::Ulid,
            "defaultMorphKeyType" => {
                self.framework.migrating.morph_key = match &*arguments.at(0).as_text()? {
                    "uuid" => MorphKey::Uuid,
                    "ulid" => MorphKey::Ulid,
                    _ => MorphKey::Number,
                };
            }
            "defaultTimePrecision" => {}
            _ => return None,
        }
        Some(Value::Null)
    }

    /// Questions that the simulated schema answers.
    fn schema_question(&mut self, method: &str, arguments: &Arguments) -> Option<Value> {
        let table = arguments.value(0, "table");
        Some(match method {
            "hasTable" => self.has_table(&table),
            "hasView" => {
                let doubt = self.doubt("views are not followed");
                Value::Boolean(false).under(Some(doubt))
            }
            "hasColumn" => self.has_columns(&table, &arguments.value(1, "column")),
            "hasColumns" => self.has_columns(&table, &arguments.value(1, "columns")),
            "hasIndex" => self.has_index(&table, &arguments.value(1, "index")),
            "hasForeignKey" => {
                let wanted = arguments.value(1, "foreignKey");
                self.table_answer(&table, |table| {
                    let (name, columns) = name_or_columns(&wanted);
                    let found = table.foreign_keys.iter().any(|key| key.name == name || key.columns == columns);
                    Value::Boolean(found)
                })
            }
            "getColumnListing" => self.table_answer(&table, |table| {
                Value::list(table.columns.iter().map(|column| Value::text(&column.name)).collect::<Vec<_>>())
            }),
            "getColumns" => self.table_answer(&table, |table| {
                Value::list(table.columns.iter().map(|column| named(&column.name, &[])).collect::<Vec<_>>())
            }),
            "getIndexListing" => self.table_answer(&table, |table| {
                Value::list(
                    table.indexes.iter().filter_map(|index| index.name.as_deref()).map(Value::text).collect::<Vec<_>>(),
                )
            }),
            "getIndexes" => self
                .table_answer(&table, |table| Value::list(table.indexes.iter().map(index_value).collect::<Vec<_>>())),
            "getForeignKeys" => self.table_answer(&table, |table| {
                let keys =
                    table.foreign_keys.iter().map(|key| named(key.name.as_deref().unwrap_or_default(), &key.columns));
                Value::list(keys.collect::<Vec<_>>())
            }),
            "getTableListing" => {
                let names: Vec<Value> = self.framework.migrating.tables.names().map(Value::text).collect();
                Value::list(names)
            }
            "getTables" | "getAllTables" => {
                let names: Vec<Value> = self.framework.migrating.tables.names().map(|name| named(name, &[])).collect();
                Value::list(names)
            }
            "getColumnType" => {
                let wanted = arguments.value(1, "column").as_text()?;
                let value = self.table_answer(&table, |table| {
                    let column = table.columns.iter().find(|column| *column.name == *wanted);
                    column.map_or(Value::Null, |column| Value::text(&column.kind))
                });
                // The database's own word for the type is another one than Laravel's.
                let doubt = self.doubt("how the database calls the type of a column is not known");
                value.under(Some(doubt))
            }
            _ => return None,
        })
    }

    /// `hasTable()`.
    fn has_table(&mut self, name: &Value) -> Value {
        let Some(text) = name.as_text() else {
            return self.unknown("whether a table is there whose name is not known");
        };
        let table = self.framework.migrating.tables.get(&text);
        let certainty = table.map(|state| state.table.certainty);
        let answer = Value::Boolean(certainty.is_some());
        let answer = match certainty {
            Some(Certainty::Conditional) => {
                let doubt = self.doubt(format!("whether the table {text} is there hangs on more than the code"));
                answer.under(Some(doubt))
            }
            _ => answer,
        };
        answer.under(name.doubt().cloned())
    }

    /// `hasColumn()`, `hasColumns()`.
    fn has_columns(&mut self, name: &Value, columns: &Value) -> Value {
        let mut doubts = Doubts::default();
        let wanted = self.names_of(columns, &mut doubts);
        if doubts.is_partial {
            return self.unknown("whether a column is there whose name is not known");
        }
        let Some(text) = name.as_text() else { return self.unknown("a column of a table whose name is not known") };
        let Some(state) = self.framework.migrating.tables.get(&text).cloned() else {
            return Value::Boolean(false).under(name.doubt().cloned());
        };
        let is_there = |wanted: &String| state.table.columns.iter().any(|it| it.name.eq_ignore_ascii_case(wanted));
        let missing = wanted.iter().find(|name| !is_there(name));
        let uncertain = wanted.iter().find(|name| state.uncertain.contains(*name));
        let doubt = match (missing, uncertain) {
            (_, Some(column)) => {
                Some(self.doubt(format!("whether {text} has the column {column} hangs on more than the code")))
            }
            (Some(column), None) if state.is_open => {
                Some(self.doubt(format!("{text} is not wholly known from the migrations, nor whether it has {column}")))
            }
            _ => None,
        };
        let doubts = doubts.doubts.into_iter().next();
        Value::Boolean(missing.is_none()).under(doubt).under(doubts).under(name.doubt().cloned())
    }

    /// `hasIndex()`, by name or by columns.
    pub(super) fn has_index(&mut self, table: &Value, index: &Value) -> Value {
        let index = index.clone();
        let answer = self.table_answer(table, |table| {
            let (name, columns) = name_or_columns(&index);
            let found = table.indexes.iter().any(|it| match &name {
                Some(_) => it.name == name,
                None => it.columns == columns,
            });
            Value::Boolean(found)
        });
        if matches!(answer.plain(), Value::Null) { Value::Boolean(false) } else { answer }
    }

    /// An answer about one table: null when it is not there; in doubt when only a part of it is known.
    pub(super) fn table_answer(
        &mut self,
        name: &Value,
        answer: impl FnOnce(&codeproof_types::laravel::Table) -> Value,
    ) -> Value {
        let Some(text) = name.as_text() else { return self.unknown("something about a table whose name is not known") };
        let Some(state) = self.framework.migrating.tables.get(&text).cloned() else {
            return Value::Null.under(name.doubt().cloned());
        };
        let value = answer(&state.table);
        let doubt =
            state.is_open.then(|| self.doubt(format!("the table {text} is not wholly known from the migrations")));
        value.under(doubt).under(name.doubt().cloned())
    }

    fn when_table(&mut self, connection: Option<&Rc<str>>, method: &str, arguments: &Arguments) {
        let table = arguments.value(0, "table");
        let second = arguments.at(1);
        let has = if method.ends_with("Column") {
            self.has_columns(&table, &second)
        } else {
            self.has_index(&table, &second)
        };
        let wanted = !method.contains("Doesnt");
        let callback = arguments.value(2, "callback");
        let run = |machine: &mut Self| machine.blueprint(Operation::Alter, &table, connection, &callback);
        match (has.truth() == Some(wanted), has.doubt().cloned()) {
            (true, None) => run(self),
            (true, Some(doubt)) => self.under_doubt(doubt, run),
            (false, Some(doubt)) => self.unlikely(doubt, run),
            (false, None) => {}
        }
    }

    fn drop_all_tables(&mut self, connection: Option<&Rc<str>>) {
        let names: Vec<String> = self.framework.migrating.tables.names().map(str::to_owned).collect();
        for name in names {
            let number = self.open_blueprint(Operation::Drop, &Value::text(name), connection);
            self.close_blueprint(number);
        }
    }
}

fn name_or_columns(value: &Value) -> (Option<String>, Vec<String>) {
    match value.as_array() {
        Some(list) => (None, list.values().filter_map(Value::as_text).map(|it| it.to_string()).collect()),
        None => (value.as_text().map(|it| it.to_string()), Vec::new()),
    }
}

/// `['name' => …, 'columns' => […]]`.
fn named(name: &str, columns: &[String]) -> Value {
    let columns = Value::list(columns.iter().map(Value::text).collect::<Vec<_>>());
    let pairs = [(Key::Text(Rc::from("name")), Value::text(name)), (Key::Text(Rc::from("columns")), columns)];
    Value::Array(Rc::new(PhpArray::from_iter(pairs)))
}

fn index_value(index: &TableIndex) -> Value {
    use codeproof_types::laravel::IndexKind;
    let Value::Array(array) = named(index.name.as_deref().unwrap_or_default(), &index.columns) else {
        return Value::Null;
    };
    let mut array = (*array).clone();
    let is_unique = matches!(index.kind, IndexKind::Unique | IndexKind::Primary);
    array.insert(Key::Text(Rc::from("unique")), Value::Boolean(is_unique));
    array.insert(Key::Text(Rc::from("primary")), Value::Boolean(index.kind == IndexKind::Primary));
    Value::Array(Rc::new(array))
}
