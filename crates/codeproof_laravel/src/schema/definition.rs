//! What stands behind a column, an index or a foreign key in a blueprint: `->nullable()`, `->on('users')` …

use codeproof_types::laravel::{Column, ForeignKey};
use serde_json::Value as Json;

use super::blueprint::{Part, index_name};
use super::record::Doubts;
use crate::app::{Laravel, Object};
use crate::inflect;
use crate::php::{Arguments, Machine, Value};

impl Machine<'_, Laravel> {
    /// A call on a part of a blueprint.
    pub(crate) fn part_call(
        &mut self,
        number: usize,
        place: usize,
        method: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        let same = self.object(Object::BlueprintPart(number, place));
        let value = arguments.positional.first().or_else(|| arguments.named.first().map(|(_, value)| value)).cloned();
        let mut doubts = Doubts::default();
        if let Some(value) = &value {
            doubts.of_value(value);
        }
        let is_foreign_id = self.with_part(number, place, &doubts, |part| matches!(part, Part::Column(_, true)))?;
        if is_foreign_id && matches!(method, "constrained" | "references") {
            return self.constrained(number, place, method, arguments);
        }
        let text = match &value {
            Some(value) if !matches!(value.plain(), Value::Null) => match value.plain() {
                Value::Host(_) => self.expression_text(value),
                Value::Array(list) => {
                    Some(list.values().filter_map(Value::as_text).collect::<Vec<_>>().join(",").into())
                }
                _ => self.text_of(value),
            },
            _ => None,
        };
        let json = value.as_ref().map(|value| self.json_of(value));
        self.with_part(number, place, &Doubts::default(), |part| match part {
            Part::Column(column, _) => refine_column(column, method, json, value.is_some()),
            Part::Foreign(key) => refine_key(key, method, text.as_deref()),
            Part::Index(index) if method == "name" => {
                index.name = text.as_deref().map(str::to_owned).or(index.name.take());
            }
            _ => {}
        });
        Some(same)
    }

    fn with_part<T>(
        &mut self,
        number: usize,
        place: usize,
        doubts: &Doubts,
        run: impl FnOnce(&mut Part) -> T,
    ) -> Option<T> {
        let entry = self.framework.migrating.blueprints.get_mut(number)?.entries.get_mut(place)?;
        entry.doubts.extend(doubts);
        Some(run(&mut entry.part))
    }

    /// `foreignId('user_id')->constrained()`, `->references('id')`: a key over the column.
    fn constrained(&mut self, number: usize, place: usize, method: &str, arguments: &Arguments) -> Option<Value> {
        let (name, own_table, own_column) =
            self.with_part(number, place, &Doubts::default(), |part| match part {
                Part::Column(column, _) => {
                    let text = |key: &str| column.modifiers.get(key).and_then(Json::as_str).map(str::to_owned);
                    Some((column.name.clone(), text("table"), text("referencesModelColumn")))
                }
                _ => None,
            })??;
        let columns = vec![name.clone()];
        let (references, on, given) = if method == "references" {
            (arguments.value(0, "column"), None, arguments.value(1, "indexName"))
        } else {
            let column = arguments.value(1, "column");
            let column = match (column.plain(), own_column) {
                (Value::Null, Some(own)) => Value::text(own),
                (Value::Null, None) => Value::text("id"),
                _ => column,
            };
            let table = arguments.value(0, "table");
            let table = match (table.plain(), own_table) {
                (Value::Null, Some(own)) => Value::text(own),
                (Value::Null, None) => {
                    let key = column.as_text().unwrap_or_else(|| "id".into());
                    let stem = name.rfind(&format!("_{key}")).map_or(&*name, |end| &name[..end]);
                    Value::text(inflect::plural(stem))
                }
                _ => table,
            };
            (column, Some(table), arguments.value(2, "indexName"))
        };
        let mut doubts = Doubts::default();
        let references = self.name_of(&references, "a key's column that is not known", &mut doubts);
        let on = on.and_then(|table| self.name_of(&table, "a key's table that is not known", &mut doubts));
        let name = match given.as_text().filter(|name| !name.is_empty()) {
            Some(name) => name.to_string(),
            None => index_name(&self.framework.migrating.prefix, &self.blueprint_table(number), &columns, "foreign"),
        };
        let key = ForeignKey { columns, references, on, on_delete: None, on_update: None, name: Some(name) };
        Some(self.add_part(number, Part::Foreign(key), doubts))
    }
}

/// A modifier of a column; `Fluent` keeps every word it is given.
fn refine_column(column: &mut Column, method: &str, value: Option<Json>, is_given: bool) {
    match method {
        "nullable" => column.nullable = value.is_none_or(|value| value != Json::Bool(false)),
        "default" => column.default = value.or(Some(Json::Null)),
        "change" => column.change = true,
        "type" => {
            if let Some(Json::String(kind)) = value {
                column.kind = kind;
            }
        }
        "each" | "map" | "tap" | "when" | "unless" => {}
        _ => {
            let value = if is_given { value.unwrap_or(Json::Null) } else { Json::Bool(true) };
            if value.is_null() {
                column.modifiers.remove(method);
            } else {
                column.modifiers.insert(method.to_owned(), value);
            }
        }
    }
}

fn refine_key(key: &mut ForeignKey, method: &str, text: Option<&str>) {
    let text = text.map(str::to_owned);
    match method {
        "references" => key.references = text,
        "on" => key.on = text,
        "onDelete" => key.on_delete = text,
        "onUpdate" => key.on_update = text,
        "name" => key.name = text.or(key.name.take()),
        "cascadeOnDelete" => key.on_delete = Some("cascade".to_owned()),
        "cascadeOnUpdate" => key.on_update = Some("cascade".to_owned()),
        "restrictOnDelete" => key.on_delete = Some("restrict".to_owned()),
        "restrictOnUpdate" => key.on_update = Some("restrict".to_owned()),
        "nullOnDelete" => key.on_delete = Some("set null".to_owned()),
        "nullOnUpdate" => key.on_update = Some("set null".to_owned()),
        "noActionOnDelete" => key.on_delete = Some("no action".to_owned()),
        "noActionOnUpdate" => key.on_update = Some("no action".to_owned()),
        _ => {}
    }
}
