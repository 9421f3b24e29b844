//! What is called on a model and not declared by the application: relations, questions, queries.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::bases::{self, Base};
use super::creation::{defaults, own};
use super::making::makes_relation;
use super::naming::small_first;
use super::questions::list_question;
use super::relation::ends_chain;
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Instance, Machine, Value};

/// A query for rows of a model.
#[derive(Debug, Clone)]
pub(crate) struct ModelQuery {
    pub(super) model: Option<Rc<str>>,
}

/// Objects of models that were asked something: one of each is enough.
#[derive(Debug, Default)]
pub(crate) struct Models {
    known: FxHashMap<String, Rc<Instance>>,
    /// Lower-case names of packages' classes that are models going by the classes that extend them.
    pub(super) guessed: FxHashSet<String>,
    /// Steps that may still be spent on asking.
    pub(super) steps_left: u64,
}

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
        let base = self.foreign_base(class)?;
        self.base_named(&base)
    }

    /// What a class that is not the application's gives the models that extend it; `None` when it is no model.
    pub(crate) fn base_named(&self, class: &str) -> Option<Base> {
        let is_guessed = || self.framework.models.guessed.contains(&class.to_lowercase());
        bases::base(class).or_else(|| is_guessed().then_some(bases::GUESSED))
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
            _ if method.starts_with("new") && makes_relation(&small_first(&method[3..])) => {
                return self.relation_of_parts(&method[3..], small_first(&method[3..]), arguments);
            }
            _ if is_query(method) => self.object(Object::ModelQuery(ModelQuery { model: Some(model.class.clone()) })),
            _ => return None,
        })
    }

    /// `Model::method()`.
    pub(crate) fn static_call_of_model(&mut self, class: &str, base: &str, method: &str) -> Option<Value> {
        if self.base_named(base).is_none() && !base.ends_with("\\ModelProxy") {
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
}

/// Whether a model hands a method to a query, going by its name.
fn is_query(method: &str) -> bool {
    !ends_chain(method)
        && QUERY_STARTS.iter().any(|start| {
            method.strip_prefix(*start).is_some_and(|rest| rest.chars().next().is_none_or(|next| next.is_uppercase()))
        })
}
