//! Relations whose classes are not Eloquent's own: subclasses of the application, objects that it makes itself, and
//! `through()`.

use std::rc::Rc;

use super::certainty::Doubts;
use super::naming::{short, small_first};
use super::relation::Relation;
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Instance, Machine, Value};

/// The property that keeps the relation of an object of the application's own relation class.
const RELATION: &str = "\0relation";

/// Where Eloquent's relations live.
const NAMESPACE: &str = "Illuminate\\Database\\Eloquent\\Relations\\";

/// `$model->through(…)`: half a relation.
#[derive(Debug, Clone)]
pub(crate) struct Through {
    local: Relation,
}

/// Whether a class that is not the application's is a relation.
pub(crate) fn is_relation_class(class: &str) -> bool {
    let class = class.trim_start_matches('\\');
    let is_eloquents =
        class.strip_prefix(NAMESPACE).is_some_and(|rest| !rest.contains('\\') && !rest.ends_with("Pivot"));
    let is_packages = class.rsplit_once('\\').is_some_and(|(space, name)| {
        space.split('\\').any(|part| part == "Relations" || part == "Relationships")
            && ["HasOne", "HasMany", "BelongsTo", "Morph", "Embeds", "Relation"].iter().any(|it| name.starts_with(it))
            && !name.ends_with("Pivot")
    });
    is_eloquents || is_packages
}

impl Machine<'_, Laravel> {
    /// Whether a class, the application's or not, is a relation.
    pub(super) fn is_relation(&mut self, class: &str) -> bool {
        self.foreign_base(class).is_some_and(|base| is_relation_class(&base))
    }

    /// The relation that a value is.
    pub(super) fn relation_of(&self, value: &Value) -> Option<Relation> {
        match value.plain() {
            Value::Host(object) => self.relation(*object).cloned(),
            Value::Object(instance) => match instance.properties.borrow().get(RELATION) {
                Some(Value::Host(object)) => self.relation(*object).cloned(),
                _ => None,
            },
            _ => None,
        }
    }

    /// A method that an object of the application's own relation class inherits.
    pub(crate) fn own_relation_call(
        &mut self,
        instance: &Rc<Instance>,
        base: &str,
        method: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        if method == "__construct" {
            let kind = small_first(short(&instance.class));
            let relation = self.relation_of_parts(short(base), kind, arguments)?;
            instance.properties.borrow_mut().insert(Rc::from(RELATION), relation);
            return Some(Value::Null);
        }
        let relation = instance.properties.borrow().get(RELATION).cloned();
        let Some(Value::Host(object)) = relation else { return None };
        match self.relation_call(object, method, arguments)? {
            Value::Host(same) if same == object => Some(Value::Object(instance.clone())),
            other => Some(other),
        }
    }

    /// A relation from what its class's constructor is given: a query, the model, then keys.
    pub(crate) fn relation_of_parts(&mut self, class: &str, kind: String, given: &Arguments) -> Option<Value> {
        let mut relation = Relation { kind, ..Relation::default() };
        let query = given.value(0, "query");
        relation.related = match query.plain() {
            Value::Host(object) => match self.framework.objects.get(*object as usize) {
                Some(Object::ModelQuery(query)) => query.model.clone(),
                _ => None,
            },
            Value::Object(instance) => Some(instance.class.clone()),
            _ => None,
        };
        let mut doubts = Doubts::default();
        if relation.related.is_none() {
            match query.doubt() {
                Some(doubt) => doubts.lacks(doubt),
                None => doubts.lacks(&self.doubt("the related model is not known")),
            }
        }
        let mut key = |place: usize, name: &str| {
            let value = given.value(place, name);
            doubts.of_value(&value);
            let text = value.as_text().filter(|text| !text.is_empty())?;
            Some(text.rsplit('.').next().unwrap_or_default().to_owned())
        };
        match class {
            "HasOne" | "HasMany" => {
                relation.foreign_key = key(2, "foreignKey");
                relation.local_key = key(3, "localKey");
            }
            "BelongsTo" => {
                relation.foreign_key = key(2, "foreignKey");
                relation.owner_key = key(3, "ownerKey");
            }
            "MorphOne" | "MorphMany" => {
                relation.morph_type = key(2, "type");
                relation.foreign_key = key(3, "id");
                relation.local_key = key(4, "localKey");
            }
            "MorphTo" => {
                relation.foreign_key = key(2, "foreignKey");
                relation.owner_key = key(3, "ownerKey");
                relation.morph_type = key(4, "type");
            }
            "BelongsToMany" | "MorphToMany" => {
                // The second has the name of its two columns in front of the table.
                let shift = usize::from(class == "MorphToMany");
                if shift == 1 {
                    relation.morph_type = key(2, "name").map(|name| format!("{name}_type"));
                }
                relation.pivot_table = key(2 + shift, "table");
                relation.foreign_key = key(3 + shift, "foreignPivotKey");
                relation.related_pivot_key = key(4 + shift, "relatedPivotKey");
                relation.local_key = key(5 + shift, "parentKey");
                relation.owner_key = key(6 + shift, "relatedKey");
            }
            "HasManyThrough" | "HasOneThrough" => {
                relation.through_key = key(3, "firstKey");
                relation.foreign_key = key(4, "secondKey");
                relation.local_key = key(5, "localKey");
            }
            _ => {}
        }
        relation.doubts = doubts;
        if class.ends_with("Through") {
            relation.through = self.class_named(&given.value(2, "throughParent"));
        }
        Some(self.object(Object::Relation(Box::new(relation))))
    }

    /// `$model->through('orders')`.
    pub(super) fn through(&mut self, model: &Rc<Instance>, relation: &Value) -> Option<Value> {
        let relation = match relation.plain() {
            Value::Text(name) => {
                let name = name.clone();
                self.call_method(&Value::Object(model.clone()), &name, Arguments::default())
            }
            _ => relation.clone(),
        };
        let local = self.relation_of(&relation)?;
        Some(self.object(Object::Through(Box::new(Through { local }))))
    }

    /// `->has('items')`, `->hasItems()`, `->has(fn ($order) => $order->items())` behind `through()`.
    pub(crate) fn through_call(&mut self, through: &Through, method: &str, arguments: &Arguments) -> Option<Value> {
        let named = small_first(method.strip_prefix("has")?);
        let middle = through.local.related.clone()?;
        let middle = Value::Object(self.model_of(&middle)?);
        let distant = match (named.is_empty(), arguments.at(0).plain()) {
            (false, _) => self.call_method(&middle, &named, Arguments::default()),
            (true, Value::Text(name)) => {
                let name = name.clone();
                self.call_method(&middle, &name, Arguments::default())
            }
            (true, _) => self.call_value(&arguments.at(0), Arguments::of([middle])),
        };
        let distant = self.relation_of(&distant)?;
        let is_many = distant.kind == "hasMany" || through.local.kind == "hasMany";
        let mut relation = Relation {
            kind: if is_many { "hasManyThrough" } else { "hasOneThrough" }.to_owned(),
            related: distant.related.clone(),
            foreign_key: distant.foreign_key.clone(),
            local_key: through.local.local_key.clone(),
            through: through.local.related.clone(),
            through_key: through.local.foreign_key.clone(),
            doubts: through.local.doubts.clone(),
            ..Relation::default()
        };
        relation.doubts.extend(&distant.doubts);
        Some(self.object(Object::Relation(Box::new(relation))))
    }
}
