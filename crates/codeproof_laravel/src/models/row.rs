//! From a model's object to its row.

use std::rc::Rc;

use codeproof_types::laravel::Model;

use super::casts::casts;
use super::certainty::Doubts;
use super::creation::own;
use super::find::Found;
use crate::app::Laravel;
use crate::php::{Arguments, Instance, Machine, Value};

/// Steps of making one model, and of each question it is asked.
const STEPS_OF_QUESTION: u64 = 100_000;
/// The trait that keeps deleted rows.
const SOFT_DELETES: &[&str] = &[
    "Illuminate\\Database\\Eloquent\\SoftDeletes",
    "Jenssegers\\Mongodb\\Eloquent\\SoftDeletes",
    "MongoDB\\Laravel\\Eloquent\\SoftDeletes",
];

impl Machine<'_, Laravel> {
    /// The row of one model; `None` when its class cannot be read.
    pub(super) fn model_row(&mut self, found: &Found) -> Option<Model> {
        let class = self.program.class(&found.name)?;
        let model = self.asking(STEPS_OF_QUESTION, |machine| machine.model_of(&found.name))?;
        let mut doubts = Doubts::default();
        let base = self.foreign_base(&found.name)?;
        if !self.base_named(&base)?.is_known {
            doubts.lacks(&self.doubt_at(
                &class.file,
                class.line,
                format!("what {base}, a package's class, says is not known"),
            ));
        }
        let object = Value::Object(model.clone());
        let mut ask = |method: &str| {
            self.asking(STEPS_OF_QUESTION, |machine| machine.call_method(&object, method, Arguments::default()))
        };
        let table = ask("getTable");
        let key = ask("getKeyName");
        let connection = ask("getConnectionName");
        let timestamps = ask("usesTimestamps");
        let lists = ["getFillable", "getGuarded", "getHidden", "getAppends"].map(&mut ask);
        let [fillable, guarded, hidden, appends] = lists.map(|value| texts(&value, &mut doubts));
        let casts = casts(&own(&model, "casts"), &mut doubts);
        let table_name = match class.is_abstract {
            // A base for others has a table only when it names one.
            true => own(&model, "table").as_text().filter(|it| !it.is_empty()).map(|it| it.to_string()),
            false => text(&table, &mut doubts),
        };
        let traits = self.model_traits(&model);
        let relationships = if class.is_abstract { Vec::new() } else { self.relationships(&model) };
        let (certainty, unknown) = doubts.clone().told();
        Some(Model {
            name: class.name.to_string(),
            file_path: class.file.to_string(),
            line: class.line,
            is_abstract: class.is_abstract,
            parent: class.parent.as_ref().map(ToString::to_string),
            table_name,
            connection: connection.as_label().filter(|it| !it.is_empty()).map(|it| it.to_string()),
            primary_key: key.as_text().filter(|it| !it.is_empty()).map(|it| it.to_string()),
            fillable,
            guarded,
            casts,
            hidden,
            appends,
            timestamps: timestamps.truth().unwrap_or(true),
            soft_deletes: traits.iter().any(|name| SOFT_DELETES.contains(&name.as_str())),
            traits,
            relationships,
            certainty,
            unknown,
        })
    }

    /// The traits of a class, those they use, and those of its parents.
    fn model_traits(&mut self, model: &Rc<Instance>) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for class in self.lineage(&model.class.clone()) {
            for part in self.with_traits(&class) {
                for used in &part.traits {
                    if !found.iter().any(|known| **known == **used) {
                        found.push(used.to_string());
                    }
                }
            }
        }
        found
    }
}

fn text(value: &Value, doubts: &mut Doubts) -> Option<String> {
    doubts.of_value(value);
    value.as_text().filter(|text| !text.is_empty()).map(|text| text.to_string())
}

/// The texts of a list; `false` (an old way to guard nothing) is an empty one.
fn texts(value: &Value, doubts: &mut Doubts) -> Vec<String> {
    doubts.of_value(value);
    let mut found = Vec::new();
    let Some(array) = value.as_array() else {
        found.extend(value.as_label().filter(|text| !text.is_empty()).map(|text| text.to_string()));
        return found;
    };
    for value in array.values() {
        doubts.of_value(value);
        found.extend(value.as_label().map(|text| text.to_string()));
    }
    found
}
