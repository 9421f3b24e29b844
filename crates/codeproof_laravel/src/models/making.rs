//! The methods of a model that make relations, with the keys Eloquent takes when none are given
//! (`Illuminate\Database\Eloquent\Concerns\HasRelationships`).

use std::rc::Rc;

use super::eloquent::ModelQuery;
use super::naming::{short, snake};
use super::relation::Relation;
use crate::app::{Laravel, Object};
use crate::inflect::plural;
use crate::php::{Arguments, Instance, Machine, Value};

/// Eloquent's own methods that make relations.
pub(super) const RELATION_METHODS: &[&str] = &[
    "hasOne",
    "hasMany",
    "belongsTo",
    "belongsToMany",
    "hasOneThrough",
    "hasManyThrough",
    "morphOne",
    "morphMany",
    "morphTo",
    "morphToMany",
    "morphedByMany",
];

/// Relations of packages start like Eloquent's: `hasManyDeep`, `belongsToThrough`, `embedsMany`.
const PACKAGE_STARTS: &[&str] = &["hasMany", "hasOne", "belongsTo", "morph", "embedsMany", "embedsOne", "hybrid"];

/// Methods that start alike and make no relation.
const NO_RELATIONS: &[&str] = &["morphClass", "morphMap", "hasOneOrMany"];

/// Whether a method makes a relation, going by its name.
pub(super) fn makes_relation(method: &str) -> bool {
    RELATION_METHODS.iter().any(|known| known.eq_ignore_ascii_case(method))
        || PACKAGE_STARTS.iter().any(|start| method.starts_with(start)) && !NO_RELATIONS.contains(&method)
}

/// One relation on its way: which model has it, what was given.
struct Making<'a> {
    model: &'a Rc<Instance>,
    given: &'a Arguments,
    relation: Relation,
}

impl Machine<'_, Laravel> {
    /// `$model->hasMany(…)` and its sisters.
    pub(super) fn make_relation(&mut self, model: &Rc<Instance>, method: &str, arguments: &Arguments) -> Option<Value> {
        let known = RELATION_METHODS.iter().find(|known| known.eq_ignore_ascii_case(method));
        let Some(method) = known.copied() else { return self.package_relation(method, arguments) };
        let kind = if method == "morphedByMany" { "morphToMany" } else { method };
        let relation = Relation { kind: kind.to_owned(), ..Relation::default() };
        let mut making = Making { model, given: arguments, relation };
        match method {
            "hasOne" | "hasMany" => self.has(&mut making),
            "belongsTo" => self.belongs_to(&mut making),
            "hasOneThrough" | "hasManyThrough" => self.has_through(&mut making),
            "morphOne" | "morphMany" => self.morph(&mut making),
            "morphTo" => self.morph_to(&mut making),
            "belongsToMany" => self.belongs_to_many(&mut making),
            inverse => self.morph_to_many(&mut making, inverse == "morphedByMany"),
        }
        let relation = making.relation;
        self.own_relation(model, method, relation)
    }

    fn has(&mut self, making: &mut Making<'_>) {
        self.related(making, 0, "related");
        let foreign_key = self.asked(making.model, "getForeignKey");
        let foreign_key = making.text_or(1, "foreignKey", &foreign_key);
        making.relation.foreign_key = foreign_key.map(|key| column(&key));
        let key = self.asked(making.model, "getKeyName");
        making.relation.local_key = making.text_or(2, "localKey", &key);
    }

    fn belongs_to(&mut self, making: &mut Making<'_>) {
        self.related(making, 0, "related");
        let owner_key = self.asked_of_related(making, "getKeyName");
        let name = self.relation_name(making, 3, "relation").unwrap_or_default();
        let is_document = self.model_base(&making.model.class.clone()).is_some_and(|base| base.key == "_id");
        let guessed = made(&owner_key, |key| {
            let key = if is_document { key.trim_start_matches('_') } else { key };
            format!("{}_{key}", snake(&name))
        });
        making.relation.foreign_key = making.text_or(1, "foreignKey", &guessed);
        making.relation.owner_key = making.text_or(2, "ownerKey", &owner_key);
    }

    fn has_through(&mut self, making: &mut Making<'_>) {
        self.related(making, 0, "related");
        let through = making.given.value(1, "through");
        making.relation.through = self.class_named(&through);
        if making.relation.through.is_none() {
            let doubt = through.doubt().cloned().unwrap_or_else(|| self.doubt("the model in between is not known"));
            making.relation.doubts.lacks(&doubt);
        }
        let first = self.asked(making.model, "getForeignKey");
        making.relation.through_key = making.text_or(2, "firstKey", &first);
        let second = match making.relation.through.clone() {
            Some(through) => self.asked_of_class(making, &through, "getForeignKey"),
            None => Value::Null,
        };
        making.relation.foreign_key = making.text_or(3, "secondKey", &second);
        let key = self.asked(making.model, "getKeyName");
        making.relation.local_key = making.text_or(4, "localKey", &key);
    }

    fn morph(&mut self, making: &mut Making<'_>) {
        self.related(making, 0, "related");
        let name = making.given.value(1, "name");
        making.morphs(&name, 2, 3);
        let key = self.asked(making.model, "getKeyName");
        making.relation.local_key = making.text_or(4, "localKey", &key);
    }

    fn morph_to(&mut self, making: &mut Making<'_>) {
        let name = self.relation_name(making, 0, "name");
        let name = name.map_or(Value::Null, |name| Value::text(snake(&name)));
        making.morphs(&name, 1, 2);
        making.relation.owner_key = making.text_or(3, "ownerKey", &Value::Null);
    }

    fn belongs_to_many(&mut self, making: &mut Making<'_>) {
        self.related(making, 0, "related");
        let foreign_key = self.asked(making.model, "getForeignKey");
        let related_key = self.asked_of_related(making, "getForeignKey");
        let table = self.joining_table(making);
        making.relation.pivot_table = self.pivot_table(making, 1, &table);
        making.relation.foreign_key = making.text_or(2, "foreignPivotKey", &foreign_key);
        making.relation.related_pivot_key = making.text_or(3, "relatedPivotKey", &related_key);
        self.keys_of_both(making, 4);
    }

    fn morph_to_many(&mut self, making: &mut Making<'_>, is_inverse: bool) {
        self.related(making, 0, "related");
        let name = making.given.value(1, "name");
        let morph_key = made(&name, |name| format!("{name}_id"));
        let (foreign_key, related_key) = match is_inverse {
            true => (self.asked(making.model, "getForeignKey"), morph_key),
            false => (morph_key, self.asked_of_related(making, "getForeignKey")),
        };
        let table = made(&name, |name| {
            let (head, last) = name.split_at(name.rfind('_').map_or(0, |place| place + 1));
            format!("{head}{}", plural(last))
        });
        making.relation.pivot_table = self.pivot_table(making, 2, &table);
        making.relation.morph_type = making.text(&made(&name, |name| format!("{name}_type")));
        making.relation.foreign_key = making.text_or(3, "foreignPivotKey", &foreign_key);
        making.relation.related_pivot_key = making.text_or(4, "relatedPivotKey", &related_key);
        self.keys_of_both(making, 5);
    }

    /// The keys a pivot leads to on both sides, and the times its rows have.
    fn keys_of_both(&mut self, making: &mut Making<'_>, place: usize) {
        let key = self.asked(making.model, "getKeyName");
        making.relation.local_key = making.text_or(place, "parentKey", &key);
        let related_key = self.asked_of_related(making, "getKeyName");
        making.relation.owner_key = making.text_or(place + 1, "relatedKey", &related_key);
        let times = ["getCreatedAtColumn", "getUpdatedAtColumn"];
        let times = times.map(|method| self.asked(making.model, method).as_text().filter(|time| !time.is_empty()));
        if let [Some(created), Some(updated)] = times {
            making.relation.times = Some([created.to_string(), updated.to_string()]);
        }
    }

    /// Both names in alphabetical order.
    fn joining_table(&mut self, making: &mut Making<'_>) -> Value {
        let own = self.asked(making.model, "joiningTableSegment");
        let other = self.asked_of_related(making, "joiningTableSegment");
        let Some(other_text) = other.as_text().filter(|text| !text.is_empty()) else { return other };
        made(&own, |own| {
            let mut segments = [&*other_text, own];
            segments.sort_unstable();
            segments.join("_").to_lowercase()
        })
        .under(other.doubt().cloned())
    }

    /// The name of the pivot table; a class that is given stands for its table.
    fn pivot_table(&mut self, making: &mut Making<'_>, place: usize, default: &Value) -> Option<String> {
        let table = making.text_or(place, "table", default)?;
        if !table.contains('\\') || self.model_of(&table).is_none() {
            return Some(table);
        }
        let table = self.asked_of_class(making, &table, "getTable");
        making.text(&table)
    }

    fn related(&mut self, making: &mut Making<'_>, place: usize, name: &str) {
        let value = making.given.value(place, name);
        making.relation.related = self.class_named(&value);
        match &making.relation.related {
            Some(class) if self.program.is_own_name(class) && self.program.class(class).is_none() => {
                let doubt = self.doubt(format!("the class {class} is not in the application"));
                making.relation.doubts.lacks(&doubt);
            }
            Some(class) => {
                making.relation.doubts.of_value(&value);
                if self.program.class(class).is_some_and(|class| class.is_abstract) {
                    let doubt = self.doubt(format!("{class} is abstract: Eloquent cannot make an object of it"));
                    making.relation.doubts.lacks(&doubt);
                }
            }
            None => {
                let doubt = value.doubt().cloned().unwrap_or_else(|| self.doubt("the related model is not known"));
                making.relation.doubts.lacks(&doubt);
            }
        }
    }

    /// The name of a class as a value holds it: a text, or an object of it.
    pub(super) fn class_named(&mut self, value: &Value) -> Option<Rc<str>> {
        match value.plain() {
            Value::Text(name) if !name.is_empty() => {
                let name = name.trim_start_matches('\\');
                let declared = self.program.class(name).map(|class| class.name.clone());
                Some(declared.unwrap_or_else(|| Rc::from(name)))
            }
            Value::Object(instance) => Some(instance.class.clone()),
            _ => None,
        }
    }

    /// The name of the method that asks for the relation, as Eloquent finds it on the stack.
    fn relation_name(&mut self, making: &mut Making<'_>, place: usize, name: &str) -> Option<String> {
        let given = making.given.value(place, name);
        if given.truth() == Some(false) {
            return self.running_functions().next().map(ToString::to_string);
        }
        making.text(&given)
    }

    /// What a method of the model itself gives.
    fn asked(&mut self, model: &Rc<Instance>, method: &str) -> Value {
        self.call_method(&Value::Object(model.clone()), method, Arguments::default())
    }

    fn asked_of_related(&mut self, making: &mut Making<'_>, method: &str) -> Value {
        match making.relation.related.clone() {
            Some(related) => self.asked_of_class(making, &related, method),
            None => Value::Null,
        }
    }

    /// What a method of another model gives; of a class that is not the application's, Eloquent's default, in doubt.
    fn asked_of_class(&mut self, making: &mut Making<'_>, class: &str, method: &str) -> Value {
        if let Some(model) = self.model_of(class) {
            return self.asked(&model, method);
        }
        if !self.program.is_own_name(class) {
            let doubt = self.doubt(format!("{class} is a package's class: its key is taken to be `id`"));
            making.relation.doubts.hangs_on(&doubt);
        }
        match method {
            "getKeyName" => Value::text("id"),
            "getForeignKey" => Value::text(format!("{}_id", snake(short(class)))),
            "joiningTableSegment" => Value::text(snake(short(class))),
            _ => Value::Null,
        }
    }

    /// The relation as an object: of the class that the model makes for it, when it overrides Eloquent's.
    fn own_relation(&mut self, model: &Rc<Instance>, method: &str, relation: Relation) -> Option<Value> {
        let maker = format!("new{}{}", method[..1].to_uppercase(), &method[1..]);
        let query = ModelQuery { model: relation.related.clone() };
        let keys: Vec<Option<String>> = match method {
            "hasOne" | "hasMany" => vec![relation.foreign_key.clone(), relation.local_key.clone()],
            "belongsTo" => vec![relation.foreign_key.clone(), relation.owner_key.clone(), None],
            "morphOne" | "morphMany" => {
                vec![relation.morph_type.clone(), relation.foreign_key.clone(), relation.local_key.clone()]
            }
            _ => Vec::new(),
        };
        let host = self.object(Object::Relation(Box::new(relation)));
        let is_overridden = self.method(&model.class.clone(), &maker).is_some();
        if !is_overridden || keys.is_empty() {
            return Some(host);
        }
        let query = self.object(Object::ModelQuery(query));
        let keys = keys.into_iter().map(|key| key.map_or(Value::Null, Value::text));
        let arguments = Arguments::of([query, Value::Object(model.clone())].into_iter().chain(keys));
        let made = self.call_method(&Value::Object(model.clone()), &maker, arguments);
        Some(if self.relation_of(&made).is_some() { made } else { host })
    }

    /// A relation of a package: its kind and its first argument say something, its keys are the package's business.
    fn package_relation(&mut self, method: &str, arguments: &Arguments) -> Option<Value> {
        if !makes_relation(method) {
            return None;
        }
        let related = self.class_named(&arguments.at(0))?;
        let mut relation = Relation { kind: method.to_owned(), related: Some(related), ..Relation::default() };
        let doubt = self.doubt(format!("{method}() is a package's: the keys it takes are not known"));
        relation.doubts.lacks(&doubt);
        Some(self.object(Object::Relation(Box::new(relation))))
    }
}

/// A text made of another; what is no text stays what it is.
fn made(value: &Value, make: impl FnOnce(&str) -> String) -> Value {
    match value.as_text().filter(|text| !text.is_empty()) {
        Some(text) => Value::text(make(&text)).under(value.doubt().cloned()),
        None => value.clone(),
    }
}

/// The column of `posts.user_id`. Of several columns (a package's doing) each keeps its own name.
fn column(key: &str) -> String {
    if key.contains(", ") { key.to_owned() } else { key.rsplit('.').next().unwrap_or_default().to_owned() }
}

impl Making<'_> {
    /// The text of a value; what is not known becomes a doubt.
    fn text(&mut self, value: &Value) -> Option<String> {
        self.relation.doubts.of_value(value);
        match value.plain() {
            Value::Null => None,
            // Several columns make one key (a package's doing).
            Value::Array(columns) => {
                let columns: Vec<Rc<str>> = columns.values().filter_map(Value::as_text).collect();
                Some(columns.join(", "))
            }
            other => other.as_text().filter(|text| !text.is_empty()).map(|text| text.to_string()),
        }
    }

    /// A text that was given, else Eloquent's.
    fn text_or(&mut self, place: usize, name: &str, default: &Value) -> Option<String> {
        let value = self.given.value(place, name);
        if value.truth() == Some(false) {
            self.relation.doubts.of_value(&value);
            return self.text(default);
        }
        self.text(&value)
    }

    /// The two columns of a relation to several kinds of models.
    fn morphs(&mut self, name: &Value, type_place: usize, id_place: usize) {
        let default = |end: &str| made(name, |name| format!("{name}_{end}"));
        self.relation.morph_type = self.text_or(type_place, "type", &default("type")).map(|key| column(&key));
        self.relation.foreign_key = self.text_or(id_place, "id", &default("id")).map(|key| column(&key));
    }
}
