//! What a model says about its table, its key and its lists, where the application does not override it.

use std::rc::Rc;

use super::bases::Base;
use super::creation::own;
use super::naming::{pivot_table_of, short, snake, table_of};
use crate::app::Laravel;
use crate::php::{Arguments, Doubt, Instance, Machine, Value};

impl Machine<'_, Laravel> {
    /// The answer of one of Eloquent's getters; `None` when the method is none of them.
    pub(super) fn table_question(
        &mut self,
        model: &Rc<Instance>,
        base: Base,
        method: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        let itself = Value::Object(model.clone());
        let mut ask = |method: &str| self.call_method(&itself, method, Arguments::default());
        Some(match method {
            "getTable" => match (own(model, base.table_property), own(model, "table")) {
                (Value::Null, Value::Null) => self.table_by_name(model, base),
                (Value::Null, table) | (table, _) => table,
            },
            "getKeyName" => {
                let key = model.properties.borrow().get("primaryKey").cloned();
                let doubt = self.doubt_of_base(model, base, "primaryKey");
                key.unwrap_or_else(|| Value::text(base.key)).under(doubt)
            }
            // A pivot is told its keys by the relation that loads it.
            "getForeignKey" if base.is_pivot => self.unknown("a pivot has no foreign key of its own"),
            "getForeignKey" => {
                let key = ask("getKeyName");
                let name = key.as_text().map(|key| {
                    // `_id` of documents counts as `id`.
                    Value::text(format!("{}_{}", snake(short(&model.class)), key.trim_start_matches('_')))
                });
                name.map_or(key.clone(), |name| name.under(key.doubt().cloned()))
            }
            "getQualifiedKeyName" | "qualifyColumn" => {
                let column = if method == "qualifyColumn" { arguments.at(0) } else { ask("getKeyName") };
                let table = ask("getTable");
                let (Some(table_text), Some(text)) = (table.as_text(), column.as_text()) else { return None };
                Value::text(format!("{table_text}.{text}")).under(table.doubt().cloned())
            }
            "getKeyType" => own(model, "keyType"),
            "getIncrementing" => own(model, "incrementing"),
            "usesTimestamps" => own(model, "timestamps"),
            "getConnectionName" => own(model, "connection"),
            "getCreatedAtColumn" => self.column_constant(model, "CREATED_AT"),
            "getUpdatedAtColumn" => self.column_constant(model, "UPDATED_AT"),
            "getDeletedAtColumn" => self.column_constant(model, "DELETED_AT"),
            "getMorphClass" => Value::Text(model.class.clone()),
            "getActualClassNameForMorph" => arguments.at(0),
            "joiningTableSegment" => Value::text(snake(short(&model.class))),
            _ => return None,
        })
    }

    fn table_by_name(&mut self, model: &Rc<Instance>, base: Base) -> Value {
        let table = if base.has_singular_table { pivot_table_of(&model.class) } else { table_of(&model.class) };
        let doubt = self.doubt_of_base(model, base, base.table_property);
        Value::text(table).under(doubt)
    }

    /// What is in doubt about a property that the application leaves to a package's class that was not read.
    fn doubt_of_base(&mut self, model: &Rc<Instance>, base: Base, property: &str) -> Option<Rc<Doubt>> {
        let mut lineage = self.lineage(&model.class).into_iter();
        if base.is_known || lineage.any(|class| class.properties.iter().any(|it| &*it.name == property)) {
            return None;
        }
        let parent = self.foreign_base(&model.class).unwrap_or_else(|| Rc::from("its parent"));
        Some(self.doubt(format!("{parent} is a package's class and may name another {property}")))
    }

    fn column_constant(&mut self, model: &Rc<Instance>, name: &str) -> Value {
        match self.constant_of(&model.class, &Rc::from(name)) {
            Value::Unknown(_) => Value::text(name.to_lowercase()),
            value => value,
        }
    }
}

/// The property that a getter gives.
pub(super) fn list_question(method: &str) -> Option<&'static str> {
    Some(match method {
        "getFillable" => "fillable",
        "getGuarded" => "guarded",
        "getHidden" => "hidden",
        "getVisible" => "visible",
        "getAppends" => "appends",
        "getCasts" => "casts",
        "getTouchedRelations" => "touches",
        _ => return None,
    })
}
