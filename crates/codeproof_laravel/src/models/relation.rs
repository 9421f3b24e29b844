//! A relation as Eloquent's methods return it, and what happens to it when more is called on it.

use std::rc::Rc;

use super::certainty::Doubts;
use super::eloquent::ModelQuery;
use super::naming::large_first;
use crate::app::{Laravel, Object};
use crate::php::ast::Function;
use crate::php::{Arguments, Machine, Value};

/// Columns of a pivot that `withTimestamps()` adds when the model names no others.
const TIMES: [&str; 2] = ["created_at", "updated_at"];

/// Starts of the names of methods that end a chain: what they give is no relation any more.
const ENDS: &[&str] = &[
    "get",
    "first",
    "find",
    "pluck",
    "count",
    "sum",
    "min",
    "max",
    "avg",
    "average",
    "exists",
    "doesntExist",
    "paginate",
    "simplePaginate",
    "cursor",
    "chunk",
    "each",
    "lazy",
    "create",
    "make",
    "save",
    "push",
    "update",
    "delete",
    "insert",
    "attach",
    "detach",
    "sync",
    "toggle",
    "sole",
    "value",
    "toSql",
    "toRawSql",
    "forceDelete",
    "forceCreate",
    "upsert",
    "increment",
    "decrement",
    "touch",
    "associate",
    "dissociate",
    "implode",
    "toArray",
    "toJson",
    "add",
    "restore",
];

/// Methods that end a chain by exactly these names.
const ENDS_EXACTLY: &[&str] =
    &["is", "isNot", "all", "map", "dd", "dump", "explain", "truncate", "load", "add", "filter"];

/// Methods that start like one of those and still give the relation.
const NO_ENDS: &[&str] = &["makeHidden", "makeVisible", "addSelect", "addBinding", "addWhere"];

/// A relation of one model to another.
#[derive(Debug, Clone, Default)]
pub(crate) struct Relation {
    /// Eloquent's method, or the name of a class with its first letter small.
    pub(super) kind: String,
    pub(super) related: Option<Rc<str>>,
    pub(super) foreign_key: Option<String>,
    pub(super) owner_key: Option<String>,
    pub(super) local_key: Option<String>,
    pub(super) pivot_table: Option<String>,
    pub(super) related_pivot_key: Option<String>,
    pub(super) pivot_columns: Vec<String>,
    pub(super) morph_type: Option<String>,
    pub(super) through: Option<Rc<str>>,
    pub(super) through_key: Option<String>,
    /// The columns `withTimestamps()` adds: those of the model that has the relation.
    pub(super) times: Option<[String; 2]>,
    pub(super) doubts: Doubts,
}

impl Machine<'_, Laravel> {
    /// A method called on a relation; `None` when what comes back is no relation and not known.
    pub(crate) fn relation_call(&mut self, object: u32, method: &str, arguments: &Arguments) -> Option<Value> {
        let itself = Value::Host(object);
        match method {
            "withPivot" => {
                let names = named_columns(arguments);
                self.change(object, |relation| {
                    for name in names {
                        match name {
                            Ok(name) => relation.pivot_columns.push(name),
                            Err(value) => relation.doubts.of_value(&value),
                        }
                    }
                })?;
            }
            "withTimestamps" => {
                let given = [arguments.value(0, "createdAt").as_text(), arguments.value(1, "updatedAt").as_text()];
                self.change(object, |relation| {
                    let times = relation.times.clone().unwrap_or_else(|| TIMES.map(str::to_owned));
                    for (given, time) in given.into_iter().zip(times) {
                        let given = given.filter(|it| !it.is_empty()).map(|it| it.to_string());
                        relation.pivot_columns.push(given.unwrap_or(time));
                    }
                })?;
            }
            "one" => return self.single(object),
            "getRelated" | "getModel" | "newModelInstance" => {
                let related = self.relation(object)?.related.clone()?;
                return Some(self.construct(&related, Arguments::default()));
            }
            "getQuery" | "getBaseQuery" | "toBase" | "newQuery" => {
                let related = self.relation(object)?.related.clone();
                return Some(self.object(Object::ModelQuery(ModelQuery { model: related })));
            }
            "when" | "unless" => {
                self.when(&itself, method, arguments);
            }
            "tap" | "pipe" => {
                self.call_value(&arguments.at(0), Arguments::of([itself.clone()]));
            }
            _ => {
                if let Some(answer) = self.relation(object)?.answer(method) {
                    return Some(answer);
                }
                let related = self.relation(object)?.related.clone();
                if ends_chain(method) && !related.is_some_and(|related| self.has_scope(&related, method)) {
                    return None;
                }
            }
        }
        Some(itself)
    }

    /// Whether a model declares a method of its queries: `scopeActive()` as `active()`, or one marked `#[Scope]`.
    pub(super) fn has_scope(&mut self, model: &str, method: &str) -> bool {
        let scope = format!("scope{}", large_first(method));
        let marked =
            |function: &Function| function.attributes.iter().any(|it| it.name.ends_with("Eloquent\\Attributes\\Scope"));
        self.method(model, &scope).is_some() || self.method(model, method).is_some_and(|(_, it)| marked(&it))
    }

    /// `method_exists($relation, 'withTrashed')`: what Eloquent's relations hand to their queries counts as there.
    pub(crate) fn relation_has(&mut self, relation: &Value, method: &Value) -> Option<Value> {
        let relation = self.relation_of(relation)?;
        let kind = relation.kind;
        let name = method.as_text()?;
        let has = match &*name {
            "withTrashed" | "constrain" | "morphWith" => kind == "morphTo",
            "withPivot" | "using" | "withTimestamps" => kind == "belongsToMany" || kind == "morphToMany",
            "withDefault" => kind.ends_with("One") || kind == "belongsTo" || kind == "morphTo",
            "where" | "get" | "getResults" => true,
            _ => return None,
        };
        Some(Value::Boolean(has))
    }

    /// The relation behind an object.
    pub(super) fn relation(&self, object: u32) -> Option<&Relation> {
        match self.framework.objects.get(object as usize)? {
            Object::Relation(relation) => Some(relation),
            _ => None,
        }
    }

    /// Changes a relation; what the running statement hangs on, the change hangs on.
    fn change(&mut self, object: u32, change: impl FnOnce(&mut Relation)) -> Option<()> {
        let doubts = self.doubts().to_vec();
        let Some(Object::Relation(relation)) = self.framework.objects.get_mut(object as usize) else { return None };
        change(relation);
        for doubt in &doubts {
            relation.doubts.hangs_on(doubt);
        }
        Some(())
    }

    /// `hasMany(…)->one()`: the same keys, one row.
    fn single(&mut self, object: u32) -> Option<Value> {
        let mut relation = self.relation(object)?.clone();
        relation.kind = relation.kind.replace("Many", "One");
        Some(self.object(Object::Relation(Box::new(relation))))
    }

    /// `when($condition, $then, $otherwise)` on something that gives itself back.
    pub(super) fn when(&mut self, itself: &Value, method: &str, arguments: &Arguments) {
        let condition = arguments.at(0);
        let chosen = match condition.truth() {
            Some(truth) => usize::from(truth != (method == "when")) + 1,
            None => 1,
        };
        let callback = arguments.at(chosen);
        let Value::Closure(_) = callback.plain() else { return };
        let given = Arguments::of([itself.clone(), condition.clone()]);
        match condition.doubt().cloned() {
            Some(doubt) => self.under_doubt(doubt, |machine| machine.call_value(&callback, given)),
            None => self.call_value(&callback, given),
        };
    }
}

impl Relation {
    /// What a relation says about itself.
    fn answer(&self, method: &str) -> Option<Value> {
        let text = |value: &Option<String>| value.as_ref().map(Value::text);
        match method {
            "getForeignKeyName" | "getForeignKey" | "getForeignPivotKeyName" => text(&self.foreign_key),
            "getOwnerKeyName" | "getOwnerKey" | "getRelatedKeyName" => text(&self.owner_key),
            "getLocalKeyName" | "getParentKeyName" => text(&self.local_key),
            "getRelatedPivotKeyName" => text(&self.related_pivot_key),
            "getTable" => text(&self.pivot_table),
            "getMorphType" => text(&self.morph_type),
            "getFirstKeyName" => text(&self.through_key),
            _ => None,
        }
    }
}

/// The texts of `withPivot('a', 'b')` or `withPivot(['a', 'b'])`; what is not known comes as it is.
fn named_columns(arguments: &Arguments) -> Vec<Result<String, Value>> {
    let mut found = Vec::new();
    for value in arguments.values() {
        let values: Vec<Value> = match value.as_array() {
            Some(array) => array.values().cloned().collect(),
            None => vec![value.clone()],
        };
        found.extend(values.into_iter().map(|value| value.as_label().map(|it| it.to_string()).ok_or(value)));
    }
    found
}

/// Whether a method of a query gives something else than the query: its result, a number, nothing.
pub(super) fn ends_chain(method: &str) -> bool {
    let starts = |start: &&str| {
        method.strip_prefix(*start).is_some_and(|rest| rest.chars().next().is_none_or(|next| next.is_uppercase()))
    };
    ENDS_EXACTLY.contains(&method) || ENDS.iter().any(&starts) && !NO_ENDS.iter().any(starts)
}
