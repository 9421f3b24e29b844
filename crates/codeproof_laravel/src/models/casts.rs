//! The types attributes are cast to, as Eloquent keeps them: a class, a colon, what the class is given.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::certainty::Doubts;
use crate::app::Laravel;
use crate::php::{Arguments, Key, Machine, Value};

/// Where Eloquent's own casts live.
const NAMESPACE: &str = "Illuminate\\Database\\Eloquent\\Casts\\";

impl Machine<'_, Laravel> {
    /// `AsEnumCollection::of(Status::class)`, `AsCollection::using(Options::class)`.
    pub(crate) fn cast_call(&mut self, class: &str, method: &str, arguments: &Arguments) -> Option<Value> {
        let name = class.strip_prefix(NAMESPACE)?;
        let first = self.class_named(&arguments.at(0));
        let given = match (name, method) {
            ("AsCollection", "of") => format!(",{}", first?),
            ("AsCollection", "using") if self.framework.version == 11 => first?.to_string(),
            ("AsCollection", "using") => {
                let map = self.class_named(&arguments.value(1, "map"));
                format!("{},{}", first?, map.as_deref().unwrap_or_default())
            }
            (_, "of" | "using") => first?.to_string(),
            _ => return None,
        };
        Some(Value::text(format!("{NAMESPACE}{name}:{given}")).under(arguments.at(0).doubt().cloned()))
    }
}

/// Attribute to type; an entry without an attribute stands under its place, as in Eloquent.
pub(super) fn casts(value: &Value, doubts: &mut Doubts) -> BTreeMap<String, String> {
    doubts.of_value(value);
    let mut found = BTreeMap::new();
    let Some(array) = value.as_array() else { return found };
    for (key, cast) in array.iter() {
        doubts.of_value(cast);
        let attribute = match key {
            Key::Text(attribute) => attribute.to_string(),
            Key::Integer(place) => place.to_string(),
        };
        found.extend(cast_type(cast).map(|cast| (attribute, cast)));
    }
    found
}

/// A list is a class and what it is given; so is an object that a cast was written with.
fn cast_type(cast: &Value) -> Option<String> {
    if let Value::Object(instance) = cast.plain() {
        return Some(instance.class.to_string());
    }
    let Some(parts) = cast.as_array() else { return cast.as_label().map(|text| text.to_string()) };
    let parts: Vec<Rc<str>> = parts.values().filter_map(Value::as_label).collect();
    let (class, given) = parts.split_first()?;
    Some(if given.is_empty() { class.to_string() } else { format!("{class}:{}", given.join(",")) })
}
