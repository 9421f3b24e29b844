//! What a model inherits from Eloquent: its properties' defaults, what a new object does to itself, and the methods that
//! say something about tables and keys.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::bases::{self, Base};
use super::making::makes_relation;
use super::naming::{pivot_table_of, short, snake, table_of};
use super::relation::ends_chain;
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Instance, Machine, PhpArray, Value};

/// A query for rows of a model.
#[derive(Debug, Clone)]
pub(crate) struct ModelQuery {
    pub(super) model: Option<Rc<str>>,
}

/// Objects of models that were asked something: one of each is enough.
#[derive(Debug, Default)]
pub(crate) struct Models {
    known: FxHashMap<String, Rc<Instance>>,
    /// Steps that may still be spent on asking.
    pub(super) steps_left: u64,
}

/// Properties that hold lists.
const LISTS: &[&str] = &["fillable", "hidden", "visible", "appends", "with", "withCount", "touches", "dates", "casts"];

/// Starts of the names of methods that a model hands to a new query.
const QUERY_STARTS: &[&str] = &[
    "where",
    "orWhere",
    "with",
    "without",
    "order",
    "latest",
    "oldest",
    "select",
    "join",
    "leftJoin",
    "limit",
    "take",
    "skip",
    "offset",
    "group",
    "having",
    "has",
    "doesntHave",
    "orHas",
    "when",
    "unless",
    "distinct",
    "from",
    "onlyTrashed",
    "newQuery",
    "newModelQuery",
    "query",
    "on",
    "scopes",
    "withTrashed",
    "inRandomOrder",
    "reorder",
    "addSelect",
];

/// Packages that can be told which model stands for one of theirs: who is asked, how, and what they use by themselves.
const NAMED_MODELS: &[(&str, &str, &str)] = &[
    ("Laravel\\Passport\\Passport", "clientModel", "Laravel\\Passport\\Client"),
    ("Laravel\\Passport\\Passport", "tokenModel", "Laravel\\Passport\\Token"),
    ("Laravel\\Passport\\Passport", "refreshTokenModel", "Laravel\\Passport\\RefreshToken"),
    ("Laravel\\Passport\\Passport", "authCodeModel", "Laravel\\Passport\\AuthCode"),
    ("Laravel\\Sanctum\\Sanctum", "personalAccessTokenModel", "Laravel\\Sanctum\\PersonalAccessToken"),
    ("Laravel\\Jetstream\\Jetstream", "userModel", "App\\Models\\User"),
    ("Laravel\\Jetstream\\Jetstream", "teamModel", "App\\Models\\Team"),
    ("Laravel\\Jetstream\\Jetstream", "membershipModel", "App\\Models\\Membership"),
    ("Laravel\\Jetstream\\Jetstream", "teamInvitationModel", "App\\Models\\TeamInvitation"),
];

impl Machine<'_, Laravel> {
    /// What the parent of a class of the application's models gives; `None` when the class is no model.
    pub(super) fn model_base(&mut self, class: &str) -> Option<Base> {
        self.program.class(class)?;
        bases::base(&self.foreign_base(class)?)
    }

    /// A new object of a model of the application, to be asked and not to be changed.
    pub(super) fn model_of(&mut self, class: &str) -> Option<Rc<Instance>> {
        let key = class.trim_start_matches('\\').to_lowercase();
        if let Some(known) = self.framework.models.known.get(&key) {
            return Some(known.clone());
        }
        self.model_base(class)?;
        let instance = self.instantiate(class)?;
        // While its constructor runs, the model is known as it is declared.
        self.framework.models.known.insert(key, instance.clone());
        self.call_method(&Value::Object(instance.clone()), "__construct", Arguments::default());
        Some(instance)
    }

    /// A method that a model inherits. `None`: not one that is known.
    pub(crate) fn model_call(
        &mut self,
        model: &Rc<Instance>,
        base: Base,
        method: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        if makes_relation(method) {
            return self.make_relation(model, method, arguments);
        }
        if let Some(answer) = self.table_question(model, base, method, arguments) {
            return Some(answer);
        }
        if let Some(list) = list_question(method) {
            return Some(own(model, list));
        }
        if self.change_model(model, method, arguments) {
            return Some(Value::Object(model.clone()));
        }
        Some(match method {
            "__construct" => {
                self.initialise(model, base);
                Value::Null
            }
            "boot" | "booted" | "booting" | "bootTraits" | "initializeTraits" | "bootIfNotBooted" => Value::Null,
            "casts" => Value::list([]),
            "through" => return self.through(model, &arguments.at(0)),
            "newInstance" | "replicate" | "newFromBuilder" => self.construct(&model.class, Arguments::default()),
            "fill" | "forceFill" | "setAttribute" | "setRelation" | "unsetRelation" | "load" | "loadMissing"
            | "loadCount" | "refresh" | "setRawAttributes" | "syncOriginal" | "withoutRelations" | "setRelations" => {
                Value::Object(model.clone())
            }
            _ if method.starts_with("new") && makes_relation(&super::naming::small_first(&method[3..])) => {
                return self.relation_of_parts(&method[3..], super::naming::small_first(&method[3..]), arguments);
            }
            _ if is_query(method) => self.object(Object::ModelQuery(ModelQuery { model: Some(model.class.clone()) })),
            _ => return None,
        })
    }

    /// `Model::method()`.
    pub(crate) fn static_call_of_model(&mut self, class: &str, base: &str, method: &str) -> Option<Value> {
        if bases::base(base).is_none() && !base.ends_with("\\ModelProxy") {
            return None;
        }
        let is_scope = self.has_scope(class, method);
        match method {
            // Concord's proxies stand beside the models they stand for.
            "modelClass" => Some(Value::text(class.strip_suffix("Proxy")?)),
            "resolveRelationUsing" | "addGlobalScope" | "observe" | "boot" | "booted" => Some(Value::Null),
            "casts" => None,
            _ if is_scope || is_query(method) => {
                Some(self.object(Object::ModelQuery(ModelQuery { model: Some(Rc::from(class)) })))
            }
            _ => None,
        }
    }

    /// What a package is asked for one of its models; `None` when it is asked something else.
    pub(crate) fn named_model(&mut self, class: &str, method: &str) -> Option<Value> {
        let (_, _, default) = NAMED_MODELS.iter().find(|(owner, asked, _)| *owner == class && *asked == method)?;
        let doubt = self.doubt(format!("{class}::{method}() may be told another model than {default}"));
        Some(Value::text(default).under(Some(doubt)))
    }

    /// A property that a model has without declaring it.
    pub(crate) fn model_property(&mut self, model: &Rc<Instance>, name: &str) -> Option<Value> {
        let base = self.model_base(&model.class.clone())?;
        if let Some((_, value)) = defaults(base).into_iter().find(|(known, _)| *known == name) {
            return Some(value);
        }
        let unknown = self.unknown(format!("what a row holds as {name} is not known"));
        Some(self.related_row(model, name).map_or(unknown.clone(), |row| row.under(unknown.doubt().cloned())))
    }

    /// `$model->owner` where `owner()` is a relation to one row: an object of the related model, should there be one.
    fn related_row(&mut self, model: &Rc<Instance>, name: &str) -> Option<Value> {
        let (_, function) = self.method(&model.class.clone(), name)?;
        if !function.parameters.is_empty()
            || !super::calls::calls(&function).on_itself.iter().any(|it| makes_relation(it))
        {
            return None;
        }
        let relation = self.call_method(&Value::Object(model.clone()), name, Arguments::default());
        let relation = self.relation_of(&relation)?;
        let is_one = matches!(relation.kind.as_str(), "belongsTo" | "hasOne" | "morphOne" | "hasOneThrough");
        let related = relation.related.filter(|_| is_one)?;
        Some(Value::Object(self.model_of(&related)?))
    }

    /// A method called on a query; what ends it is not known.
    pub(crate) fn model_query_call(
        &mut self,
        object: u32,
        query: &ModelQuery,
        method: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        match method {
            "getModel" | "newModelInstance" => {
                let class = query.model.clone()?;
                Some(self.construct(&class, Arguments::default()))
            }
            "when" | "unless" => {
                self.when(&Value::Host(object), method, arguments);
                Some(Value::Host(object))
            }
            _ if ends_chain(method) && !query.model.as_ref().is_some_and(|model| self.has_scope(model, method)) => None,
            _ => Some(Value::Host(object)),
        }
    }

    // ----- what a model says about its table

    fn table_question(
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
                key.unwrap_or_else(|| Value::text(base.key))
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
        let doubt = (!base.is_known).then(|| {
            let parent = self.foreign_base(&model.class).unwrap_or_else(|| Rc::from("its parent"));
            self.doubt(format!("{parent} is a package's class and may name another table"))
        });
        Value::text(table).under(doubt)
    }

    fn column_constant(&mut self, model: &Rc<Instance>, name: &str) -> Value {
        match self.constant_of(&model.class, &Rc::from(name)) {
            Value::Unknown(_) => Value::text(name.to_lowercase()),
            value => value,
        }
    }

    // ----- what a model does to itself

    /// What `new` does: defaults, `casts()`, the initialisers of traits, the class's attributes.
    fn initialise(&mut self, model: &Rc<Instance>, base: Base) {
        for (name, value) in defaults(base) {
            model.properties.borrow_mut().entry(Rc::from(name)).or_insert(value);
        }
        // Laravel 11 was the first to ask the method.
        if self.framework.version == 0 || self.framework.version >= 11 {
            let casts = self.call_method(&Value::Object(model.clone()), "casts", Arguments::default());
            merge_into(model, "casts", &casts);
        }
        for initialiser in self.initialisers(&model.class.clone()) {
            self.call_method(&Value::Object(model.clone()), &initialiser, Arguments::default());
        }
        self.apply_attributes(model, base);
    }

    /// The methods of traits that run for every new object: `initializeHasSlug` of `HasSlug`, and those that say so.
    fn initialisers(&mut self, class: &str) -> Vec<Rc<str>> {
        let mut found: Vec<Rc<str>> = Vec::new();
        for class in self.lineage(class).iter().rev() {
            for part in self.with_traits(class) {
                let by_name = format!("initialize{}", short(&part.name)).to_lowercase();
                let mut methods: Vec<_> = part.methods.iter().collect();
                methods.sort_by_key(|(_, function)| function.line);
                for (key, function) in methods {
                    let is_marked =
                        function.attributes.iter().any(|it| it.name.ends_with("Eloquent\\Attributes\\Initialize"));
                    if (**key == *by_name || is_marked) && !function.is_static && !found.contains(&function.name) {
                        found.push(function.name.clone());
                    }
                }
            }
        }
        found
    }

    /// Methods that change what a model says; false when it is none of them.
    fn change_model(&mut self, model: &Rc<Instance>, method: &str, arguments: &Arguments) -> bool {
        let value = arguments.at(0);
        let property = match method {
            "setTable" => "table",
            "setConnection" => "connection",
            "setKeyName" => "primaryKey",
            "setKeyType" => "keyType",
            "setIncrementing" => "incrementing",
            "setHidden" => "hidden",
            "setVisible" => "visible",
            "setAppends" => "appends",
            "fillable" => "fillable",
            "guard" => "guarded",
            "mergeFillable" | "mergeGuarded" | "mergeCasts" | "mergeHidden" | "mergeVisible" | "mergeAppends" => {
                let property = super::naming::small_first(&method["merge".len()..]);
                merge_into(model, &property, &value);
                return true;
            }
            "append" | "makeHidden" | "addHidden" => {
                let property = if method == "append" { "appends" } else { "hidden" };
                let list = match value.as_array() {
                    Some(_) => value,
                    None => Value::list(arguments.values().cloned().collect::<Vec<_>>()),
                };
                merge_into(model, property, &list);
                return true;
            }
            _ => return false,
        };
        model.properties.borrow_mut().insert(Rc::from(property), value);
        true
    }
}

/// What Eloquent declares.
fn defaults(base: Base) -> Vec<(&'static str, Value)> {
    let mut defaults: Vec<(&'static str, Value)> = LISTS.iter().map(|name| (*name, Value::list([]))).collect();
    let guarded = if base.is_unguarded { Value::list([]) } else { Value::list([Value::text("*")]) };
    defaults.extend([
        ("guarded", guarded),
        ("table", base.table.map_or(Value::Null, Value::text)),
        ("connection", Value::Null),
        ("primaryKey", Value::text(base.key)),
        ("keyType", Value::text(if base.key_is_text { "string" } else { "int" })),
        ("incrementing", Value::Boolean(!base.key_is_text)),
        ("timestamps", Value::Boolean(true)),
        ("perPage", Value::Integer(15)),
        ("exists", Value::Boolean(false)),
    ]);
    defaults
}

/// A property of an object as it is now.
pub(super) fn own(model: &Rc<Instance>, name: &str) -> Value {
    model.properties.borrow().get(name).cloned().unwrap_or(Value::Null)
}

/// Puts the elements of a list behind those of a property; texts that are there already are left out, keys replace.
pub(super) fn merge_into(model: &Rc<Instance>, property: &str, more: &Value) {
    let known = own(model, property);
    let mut merged = known.as_array().map(|array| (**array).clone()).unwrap_or_default();
    let Some(more_array) = more.as_array() else {
        let doubt = more.doubt().cloned();
        if doubt.is_some() {
            model.properties.borrow_mut().insert(Rc::from(property), known.under(doubt));
        }
        return;
    };
    let mut new = PhpArray::default();
    for (key, value) in more_array.iter() {
        match key {
            crate::php::Key::Integer(_) if merged.values().any(|known| known.same(value) == Some(true)) => {}
            _ => new.insert(key.clone(), value.clone()),
        }
    }
    merged.merge(&new);
    let doubt = known.doubt().or(more.doubt()).cloned();
    model.properties.borrow_mut().insert(Rc::from(property), Value::Array(Rc::new(merged)).under(doubt));
}

/// The property that a getter gives.
fn list_question(method: &str) -> Option<&'static str> {
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

/// Whether a model hands a method to a query, going by its name.
fn is_query(method: &str) -> bool {
    !ends_chain(method)
        && QUERY_STARTS.iter().any(|start| {
            method.strip_prefix(*start).is_some_and(|rest| rest.chars().next().is_none_or(|next| next.is_uppercase()))
        })
}
