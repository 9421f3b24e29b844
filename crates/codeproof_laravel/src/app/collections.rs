//! `collect()`: the methods that code which registers things uses.

use std::rc::Rc;

use super::{Laravel, Object};
use crate::php::{Arguments, Machine, PhpArray, Value};

impl Machine<'_, Laravel> {
    pub(crate) fn collection_call(&mut self, value: &Value, method: &str, arguments: &Arguments) -> Option<Value> {
        let Some(array) = value.as_array().cloned() else {
            return Some(value.clone());
        };
        let doubt = value.doubt().cloned();
        let callback = arguments.at(0);
        let result = match method {
            "each" | "eachSpread" => {
                for (key, value) in array.iter() {
                    self.call_value(&callback, Arguments::of([value.clone(), key.to_value()]));
                }
                array
            }
            "map" | "filter" | "reject" | "flatMap" | "mapWithKeys" => {
                let mut result = PhpArray::default();
                for (key, value) in array.iter() {
                    let made = if matches!(callback, Value::Null) {
                        value.clone()
                    } else {
                        self.call_value(&callback, Arguments::of([value.clone(), key.to_value()]))
                    };
                    match method {
                        "map" => result.insert(key.clone(), made),
                        "filter" if made.truth() != Some(false) => result.insert(key.clone(), value.clone()),
                        "reject" if made.truth() != Some(true) => result.insert(key.clone(), value.clone()),
                        "flatMap" | "mapWithKeys" => result.merge(&made.as_array().cloned().unwrap_or_default()),
                        _ => {}
                    }
                }
                Rc::new(result)
            }
            "merge" | "concat" => {
                let mut result = (*array).clone();
                result.merge(&callback.as_array().cloned().unwrap_or_default());
                Rc::new(result)
            }
            "push" | "add" => {
                let mut result = (*array).clone();
                result.push(callback);
                Rc::new(result)
            }
            "values" => Rc::new(PhpArray::from_iter(
                Value::list(array.values().cloned().collect::<Vec<_>>())
                    .as_array()?
                    .iter()
                    .map(|(k, v)| (k.clone(), v.clone())),
            )),
            "keys" => Value::list(array.iter().map(|(key, _)| key.to_value()).collect::<Vec<_>>()).as_array()?.clone(),
            "toArray" | "all" => return Some(Value::Array(array).under(doubt)),
            "implode" | "join" => {
                return Some(self.call_function("implode", Arguments::of([callback, Value::Array(array)])));
            }
            "contains" => {
                return Some(self.call_function("in_array", Arguments::of([callback, Value::Array(array)])));
            }
            "isEmpty" => return Some(Value::Boolean(array.is_empty()).under(doubt)),
            "isNotEmpty" => return Some(Value::Boolean(!array.is_empty()).under(doubt)),
            "count" => return Some(self.call_function("count", Arguments::of([Value::Array(array)]))),
            "first" => return Some(array.values().next().cloned().unwrap_or(Value::Null).under(doubt)),
            "get" => return Some(array.get(&callback.as_key()?).cloned().unwrap_or(arguments.at(1)).under(doubt)),
            _ => return None,
        };
        Some(self.object(Object::Collection(Value::Array(result).under(doubt))))
    }
}
