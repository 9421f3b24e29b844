//! The methods of `Blueprint` that are no columns: indexes, keys, drops and renames.

use codeproof_types::laravel::{DropKind, DroppedPart, ForeignKey, IndexKind, RenamedPart, TableIndex};
use serde_json::Value as Json;

use super::blueprint::{Part, index_name};
use super::columns::Shape;
use super::record::Doubts;
use crate::app::Laravel;
use crate::php::{Arguments, Machine, Value};

impl Machine<'_, Laravel> {
    /// A call on a blueprint.
    pub(crate) fn blueprint_call(&mut self, number: usize, method: &str, arguments: &Arguments) -> Option<Value> {
        if let Some(Value::Closure(closure)) = self.framework.migrating.macros.get(&method.to_lowercase()).cloned() {
            let object = self.object(crate::app::Object::Blueprint(number));
            return Some(self.call_bound(&closure, Some(object), arguments.clone()));
        }
        if let Some(value) = self.column_call(number, method, arguments) {
            return Some(value);
        }
        if let Some(value) = self.index_call(number, method, arguments) {
            return Some(value);
        }
        if method.starts_with("drop")
            && let Some(value) = self.drop_call(number, method, arguments)
        {
            return Some(value);
        }
        if let Some(value) = self.table_call(number, method, arguments) {
            return Some(value);
        }
        Some(self.foreign_column(number, method, arguments))
    }

    fn index_call(&mut self, number: usize, method: &str, arguments: &Arguments) -> Option<Value> {
        let (kind, word) = match method.to_lowercase().as_str() {
            "primary" => (IndexKind::Primary, "primary"),
            "unique" => (IndexKind::Unique, "unique"),
            "index" | "rawindex" => (IndexKind::Index, "index"),
            "fulltext" => (IndexKind::Fulltext, "fulltext"),
            "spatialindex" => (IndexKind::Spatial, "spatialindex"),
            "vectorindex" => (IndexKind::Vector, "vectorindex"),
            "foreign" => {
                let mut doubts = Doubts::default();
                let columns = self.names_of(&arguments.value(0, "columns"), &mut doubts);
                let name = self.given_name(number, arguments, &columns, "foreign");
                let key = ForeignKey {
                    columns,
                    references: None,
                    on: None,
                    on_delete: None,
                    on_update: None,
                    name: Some(name),
                };
                return Some(self.add_part(number, Part::Foreign(key), doubts));
            }
            _ => return None,
        };
        let mut doubts = Doubts::default();
        let columns = self.names_of(&arguments.value(0, "columns"), &mut doubts);
        let name = self.given_name(number, arguments, &columns, word);
        let index = TableIndex { kind, columns, name: Some(name) };
        Some(self.add_part(number, Part::Index(index), doubts))
    }

    fn given_name(&mut self, number: usize, arguments: &Arguments, columns: &[String], kind: &str) -> String {
        match arguments.value(1, "name").as_text().filter(|name| !name.is_empty()) {
            Some(name) => name.to_string(),
            None => self.index_name_of(number, columns, kind),
        }
    }

    fn index_name_of(&mut self, number: usize, columns: &[String], kind: &str) -> String {
        index_name(&self.framework.migrating.prefix, &self.blueprint_table(number), columns, kind)
    }

    /// Names given as one text or as a list.
    pub(super) fn names_of(&mut self, value: &Value, doubts: &mut Doubts) -> Vec<String> {
        match value.as_array().cloned() {
            Some(list) => {
                doubts.doubts.extend(value.real_doubt().cloned());
                list.values()
                    .filter_map(|name| self.name_of(name, "a column whose name is not known", doubts))
                    .collect()
            }
            None => self.name_of(value, "a column whose name is not known", doubts).into_iter().collect(),
        }
    }

    fn drop_call(&mut self, number: usize, method: &str, arguments: &Arguments) -> Option<Value> {
        let mut doubts = Doubts::default();
        let first = arguments.positional.first().or_else(|| arguments.named.first().map(|(_, value)| value)).cloned();
        let given = first.clone().unwrap_or(Value::Null);
        let columns = match method {
            "drop" | "dropIfExists" => return Some(self.add_part(number, Part::DropTable, doubts)),
            "dropColumn" | "dropColumns" | "removeColumn" if given.as_array().is_some() => {
                self.names_of(&given, &mut doubts)
            }
            "dropColumn" | "dropColumns" => {
                let all: Vec<Value> = arguments.values().cloned().collect();
                self.names_of(&Value::list(all), &mut doubts)
            }
            "dropTimestamps" | "dropTimestampsTz" | "dropDatetimes" => {
                vec!["created_at".to_owned(), "updated_at".to_owned()]
            }
            "dropSoftDeletes" | "dropSoftDeletesTz" | "dropSoftDeletesDatetime" => match first {
                Some(_) => self.names_of(&given, &mut doubts),
                None => vec!["deleted_at".to_owned()],
            },
            "dropRememberToken" => vec!["remember_token".to_owned()],
            "dropMorphs" => {
                let name = self.name_of(&given, "the columns of a morph, whose name is not known", &mut doubts)?;
                let columns = vec![format!("{name}_type"), format!("{name}_id")];
                let index = match arguments.at(1).as_text().filter(|it| !it.is_empty()) {
                    Some(index) => index.to_string(),
                    None => self.index_name_of(number, &columns, "index"),
                };
                let part = DroppedPart { kind: DropKind::Index, name: Some(index), columns: Vec::new() };
                self.add_part(number, Part::Drop(part), doubts.clone());
                columns
            }
            "dropForeignIdFor" | "dropConstrainedForeignIdFor" | "dropConstrainedForeignId" => {
                let columns = match (method, arguments.at(1).as_text().filter(|it| !it.is_empty())) {
                    ("dropConstrainedForeignId", _) => self.names_of(&given, &mut doubts),
                    (_, Some(column)) => vec![column.to_string()],
                    (_, None) => {
                        let class = self.name_of(&given, "a model that is not known", &mut doubts)?;
                        vec![self.model_facts(&class).foreign_key]
                    }
                };
                if method != "dropForeignIdFor" {
                    self.drop_named(number, DropKind::Foreign, "foreign", columns.clone(), doubts.clone());
                }
                columns
            }
            _ => return self.drop_index_call(number, method, &given, doubts),
        };
        Some(self.add_part(number, Part::DropColumns(columns), doubts))
    }

    fn drop_index_call(&mut self, number: usize, method: &str, given: &Value, mut doubts: Doubts) -> Option<Value> {
        let (kind, word) = match method {
            "dropPrimary" => (DropKind::Primary, "primary"),
            "dropUnique" => (DropKind::Unique, "unique"),
            "dropIndex" => (DropKind::Index, "index"),
            "dropFullText" | "dropFulltext" => (DropKind::Fulltext, "fulltext"),
            "dropSpatialIndex" => (DropKind::Spatial, "spatialindex"),
            "dropForeign" => (DropKind::Foreign, "foreign"),
            _ => return None,
        };
        if given.as_array().is_some() {
            let columns = self.names_of(given, &mut doubts);
            return Some(self.drop_named(number, kind, word, columns, doubts));
        }
        let name = match given {
            Value::Null => None,
            _ => self.name_of(given, "an index whose name is not known", &mut doubts),
        };
        Some(self.add_part(number, Part::Drop(DroppedPart { kind, name, columns: Vec::new() }), doubts))
    }

    fn drop_named(&mut self, number: usize, kind: DropKind, word: &str, columns: Vec<String>, doubts: Doubts) -> Value {
        let name = Some(self.index_name_of(number, &columns, word));
        self.add_part(number, Part::Drop(DroppedPart { kind, name, columns }), doubts)
    }

    fn table_call(&mut self, number: usize, method: &str, arguments: &Arguments) -> Option<Value> {
        let mut doubts = Doubts::default();
        let part = match method {
            "renameColumn" | "renameIndex" => {
                let kind = if method == "renameColumn" { "column" } else { "index" };
                let from = self.name_of(&arguments.value(0, "from"), "a name that is not known", &mut doubts);
                let to = self.name_of(&arguments.value(1, "to"), "a name that is not known", &mut doubts);
                match (from, to) {
                    (Some(from), Some(to)) => Part::Rename(RenamedPart { kind: kind.to_owned(), from, to }),
                    _ => Part::Nothing,
                }
            }
            "rename" => match self.name_of(&arguments.at(0), "a table whose name is not known", &mut doubts) {
                Some(to) => Part::RenameTable(to),
                None => Part::Nothing,
            },
            "addColumn" => {
                let kind = self.name_of(&arguments.value(0, "type"), "a column whose type is not known", &mut doubts);
                let name = self.name_of(&arguments.value(1, "name"), "a column whose name is not known", &mut doubts);
                let mut shape = Shape::of(kind.as_deref().unwrap_or("?"));
                if let Some(parameters) = arguments.value(2, "parameters").as_array().cloned() {
                    for (key, value) in parameters.iter() {
                        if let Some(key) = key.to_value().as_text() {
                            let value = self.json_of(value);
                            shape.put(&key, value);
                        }
                    }
                }
                return Some(self.add_column(number, name, shape, doubts));
            }
            "removeColumn" => {
                let name = self.name_of(&arguments.at(0), "a column whose name is not known", &mut doubts)?;
                if let Some(blueprint) = self.framework.migrating.blueprints.get_mut(number) {
                    for entry in &mut blueprint.entries {
                        if matches!(&entry.part, Part::Column(column, _) if column.name == name) {
                            entry.part = Part::Nothing;
                        }
                    }
                }
                return Some(self.object(crate::app::Object::Blueprint(number)));
            }
            "after" => {
                let column = self.name_of(&arguments.at(0), "a column whose name is not known", &mut doubts);
                self.set_after(number, column);
                let object = self.object(crate::app::Object::Blueprint(number));
                self.call_value(&arguments.value(1, "callback"), Arguments::of([object]));
                self.set_after(number, None);
                return Some(Value::Null);
            }
            "getTable" => return Some(Value::text(self.blueprint_table(number))),
            "getPrefix" => return Some(Value::text(&self.framework.migrating.prefix)),
            "engine"
            | "innoDb"
            | "charset"
            | "collation"
            | "temporary"
            | "comment"
            | "create"
            | "foreignKeyConstraints"
            | "build"
            | "toSql" => return Some(Value::Null),
            "getColumns" | "getAddedColumns" | "getChangedColumns" | "getCommands" => {
                return Some(self.unknown("what a blueprint holds already is not followed"));
            }
            _ => return None,
        };
        Some(self.add_part(number, part, doubts))
    }

    fn set_after(&mut self, number: usize, column: Option<String>) {
        if let Some(blueprint) = self.framework.migrating.blueprints.get_mut(number) {
            blueprint.after = column;
        }
    }

    /// A method that a package adds: a column when it is given a name for one, else something that is not known.
    fn foreign_column(&mut self, number: usize, method: &str, arguments: &Arguments) -> Value {
        let mut doubts = Doubts::default();
        let name = arguments.at(0).as_text().filter(|name| {
            let is_word = name.chars().all(|character| character.is_alphanumeric() || character == '_');
            is_word && !name.is_empty() && self.may_add_column(number, method, name)
        });
        match name {
            Some(name) => {
                let mut shape = Shape::of(&format!("macro:{method}"));
                for (key, value) in &arguments.named {
                    let value = self.json_of(value);
                    shape.put(key, value);
                }
                self.add_column(number, Some(name.to_string()), shape, doubts)
            }
            None => {
                let doubt = self.doubt(format!("what {method}() does to the table is not in the application"));
                doubts.doubts.push(doubt);
                doubts.is_partial = true;
                doubts.lacks_name = true;
                self.add_part(number, Part::Nothing, doubts)
            }
        }
    }

    /// Whether a foreign method may add a column of a name: no method that speaks of something else does, nor one that
    /// names a column that is there already.
    fn may_add_column(&self, number: usize, method: &str, name: &str) -> bool {
        const OTHER_THINGS: &[&str] =
            &["index", "drop", "remove", "rename", "unique", "primary", "constraint", "check", "trigger", "foreign"];
        let word = method.to_lowercase();
        if OTHER_THINGS.iter().any(|other| word.contains(other)) {
            return false;
        }
        let migrating = &self.framework.migrating;
        let table = migrating.tables.get(&self.blueprint_table(number));
        let is_in_table = table.is_some_and(|state| state.table.columns.iter().any(|column| column.name == name));
        let entries = migrating.blueprints.get(number).map(|blueprint| &*blueprint.entries).unwrap_or_default();
        let is_asked_for = entries.iter().any(|entry| matches!(&entry.part, Part::Column(it, _) if it.name == name));
        !is_in_table && !is_asked_for
    }

    /// A value as JSON; what has none stands as null.
    pub(super) fn json_of(&mut self, value: &Value) -> Json {
        self.json_within(value, 6)
    }

    fn json_within(&mut self, value: &Value, levels: u32) -> Json {
        match value.plain() {
            Value::Boolean(value) => Json::Bool(*value),
            Value::Integer(value) => Json::from(*value),
            Value::Float(value) => Json::from(*value),
            Value::Text(text) => Json::String(text.to_string()),
            Value::Case(case) => case.value.as_ref().map_or_else(
                || Json::String(case.name.to_string()),
                |value| value.as_text().map_or(Json::Null, |text| Json::String(text.to_string())),
            ),
            Value::Host(_) => self.expression_text(value).map_or(Json::Null, |text| Json::String(text.to_string())),
            Value::Array(array) if levels > 0 => {
                let array = array.clone();
                if array.is_list() {
                    Json::Array(array.values().map(|value| self.json_within(value, levels - 1)).collect())
                } else {
                    let pairs = array.iter().filter_map(|(key, value)| {
                        Some((key.to_value().as_text()?.to_string(), self.json_within(value, levels - 1)))
                    });
                    Json::Object(pairs.collect())
                }
            }
            Value::Object(_) => self.text_of(value).map_or(Json::Null, |text| Json::String(text.to_string())),
            _ => Json::Null,
        }
    }
}
