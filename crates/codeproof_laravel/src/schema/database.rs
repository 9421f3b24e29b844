//! `DB::…` and connections: SQL that a migration writes itself, and questions about the database.

use std::rc::Rc;

use super::record::Doubts;
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Machine, Value};

impl Machine<'_, Laravel> {
    /// A call on a connection, or on the facade that forwards to the default one; `None`: not modelled.
    pub(crate) fn database_call(
        &mut self,
        connection: Option<&Rc<str>>,
        method: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        if method == "raw" {
            return Some(self.expression(&arguments.at(0)));
        }
        let own = self.framework.migrating.run.as_ref()?.connection.clone();
        let connection = connection.or(own.as_ref());
        let first = arguments.at(0);
        Some(match method {
            "table" | "query" => {
                let table = self.table_of_query(&arguments.value(0, "table"));
                self.object(Object::Query { table, is_narrowed: false })
            }
            "statement" | "unprepared" | "affectingStatement" | "exec" => {
                self.raw_sql(&first);
                Value::Boolean(true)
            }
            "update" | "delete" | "insert" => {
                self.raw_sql(&first);
                let doubt = self.doubt("how many rows there are is not in the code");
                Value::Integer(0).under(Some(doubt))
            }
            "select" | "selectFromWriteConnection" | "cursor" | "selectResultSets" => {
                self.raw_sql(&first);
                let doubt = self.rows_doubt(None);
                Value::list([]).under(Some(doubt))
            }
            "selectOne" | "scalar" => {
                self.raw_sql(&first);
                let doubt = self.rows_doubt(None);
                Value::Null.under(Some(doubt))
            }
            "connection" | "reconnect" | "usingConnection" => {
                let name = first.as_text().filter(|name| !name.is_empty());
                let object = self.object(Object::Connection(name.or_else(|| connection.cloned())));
                if method == "usingConnection" {
                    self.call_value(&arguments.at(1), Arguments::default());
                }
                object
            }
            "getSchemaBuilder" => self.object(Object::SchemaBuilder(connection.cloned())),
            "transaction" | "pretend" | "withoutPretending" => {
                let itself = self.object(Object::Connection(connection.cloned()));
                self.call_value(&arguments.value(0, "callback"), Arguments::of([itself]))
            }
            "getPdo"
            | "getPDO"
            | "getReadPdo"
            | "getDoctrineConnection"
            | "getDoctrineSchemaManager"
            | "getDoctrineColumn"
            | "getDatabasePlatform"
            | "getSchemaGrammar"
            | "getQueryGrammar"
            | "useWriteConnectionWhenReading" => self.object(Object::Connection(connection.cloned())),
            "beginTransaction"
            | "commit"
            | "rollBack"
            | "rollback"
            | "listen"
            | "afterCommit"
            | "disableQueryLog"
            | "enableQueryLog"
            | "flushQueryLog"
            | "purge"
            | "disconnect"
            | "setDefaultConnection"
            | "registerDoctrineTypeMapping"
            | "setTablePrefix"
            | "setQueryGrammar"
            | "setSchemaGrammar"
            | "registerDoctrineType"
            | "unsetEventDispatcher" => Value::Null,
            "getDriverName" | "getDriver" | "driver" => self.driver(connection),
            "getDefaultConnection" => self.default_connection(),
            "getName" => match connection {
                Some(name) => Value::Text(name.clone()),
                None => self.default_connection(),
            },
            "getConfig" => self.connection_setting(connection, &first),
            "getTablePrefix" => Value::text(&self.framework.migrating.prefix),
            "listTableIndexes" => {
                let listed = self.schema_call(connection, "getIndexes", arguments)?;
                keyed_by_name(&listed)
            }
            "introspectTable" | "listTableDetails" => self.object(Object::DatabaseTable(first.as_text()?)),
            "tablesExist" => {
                let names: Vec<Value> = match first.as_array() {
                    Some(list) => list.values().cloned().collect(),
                    None => vec![first.clone()],
                };
                let all: Vec<Value> = names
                    .iter()
                    .filter_map(|name| self.schema_call(connection, "hasTable", &Arguments::of([name.clone()])))
                    .collect();
                let doubt = all.iter().find_map(|value| value.doubt().cloned());
                Value::Boolean(all.iter().all(|value| value.truth() == Some(true))).under(doubt)
            }
            "listTableForeignKeys" | "listTableColumns" | "listTableNames" => {
                self.unknown("what the database's own tools list is not followed")
            }
            "getAttribute" if first.as_text().as_deref() == Some("ATTR_DRIVER_NAME") => self.driver(connection),
            "getDatabaseName" | "getServerVersion" | "getAttribute" => {
                self.unknown("which database the application runs on is not known")
            }
            _ => return None,
        })
    }

    /// `DB::raw(…)`.
    pub(crate) fn expression(&mut self, value: &Value) -> Value {
        match self.text_of(value) {
            Some(text) => self.object(Object::Expression(text)).under(value.doubt().cloned()),
            None => value.clone(),
        }
    }

    /// The text of `DB::raw(…)`.
    pub(super) fn expression_text(&mut self, value: &Value) -> Option<Rc<str>> {
        let Value::Host(object) = value.plain() else { return None };
        match self.framework.objects.get(*object as usize)? {
            Object::Expression(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// The table's name without an alias.
    pub(super) fn table_of_query(&mut self, value: &Value) -> Option<Rc<str>> {
        let mut doubts = Doubts::default();
        let name = self.name_of(value, "a table whose name is not known", &mut doubts)?;
        Some(Rc::from(name.split_whitespace().next().unwrap_or_default()))
    }

    pub(super) fn rows_doubt(&self, table: Option<&str>) -> Rc<crate::php::Doubt> {
        match table {
            Some(table) => self.doubt(format!("which rows {table} holds is not in the code")),
            None => self.doubt("which rows the database holds is not in the code"),
        }
    }

    pub(super) fn default_connection(&mut self) -> Value {
        self.configured("database.default", Value::text("mysql"))
    }

    /// The driver of a connection; the environment may choose another one.
    pub(super) fn driver(&mut self, connection: Option<&Rc<str>>) -> Value {
        let driver = self.connection_setting(connection, &Value::text("driver"));
        if !matches!(driver.plain(), Value::Null | Value::Unknown(_)) {
            return driver;
        }
        match connection {
            Some(name) => Value::Text(name.clone()),
            None => self.default_connection(),
        }
    }

    fn connection_setting(&mut self, connection: Option<&Rc<str>>, key: &Value) -> Value {
        let default = self.default_connection();
        let name = match connection {
            Some(name) => Some(name.clone()),
            None => default.as_text(),
        };
        let (Some(name), Some(key)) = (name, key.as_text()) else { return self.unknown("a setting of the database") };
        let key = if key.is_empty() { String::new() } else { format!(".{key}") };
        let value = self.configured(&format!("database.connections.{name}{key}"), Value::Null);
        if connection.is_some() { value } else { value.under(default.doubt().cloned()) }
    }
}

impl Machine<'_, Laravel> {
    /// A question to a table as the database's own tools show it.
    pub(crate) fn database_table_call(
        &mut self,
        table: &Rc<str>,
        method: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        let table = Value::Text(table.clone());
        let first = arguments.at(0);
        match method {
            "hasIndex" => Some(self.has_index(&table, &first)),
            "hasColumn" => self.schema_call(None, "hasColumn", &Arguments::of([table, first])),
            "hasForeignKey" => self.schema_call(None, "hasForeignKey", &Arguments::of([table, first])),
            "getIndexes" => {
                let listed = self.schema_call(None, "getIndexes", &Arguments::of([table]))?;
                Some(keyed_by_name(&listed))
            }
            _ => None,
        }
    }
}

/// A list of `['name' => …]` by these names.
fn keyed_by_name(list: &Value) -> Value {
    use crate::php::{Key, PhpArray};
    let Some(array) = list.as_array() else { return list.clone() };
    let pairs = array.values().filter_map(|value| {
        let name = value.as_array()?.get_text("name")?.as_text()?;
        Some((Key::Text(name), value.clone()))
    });
    Value::Array(Rc::new(PhpArray::from_iter(pairs))).under(list.doubt().cloned())
}
