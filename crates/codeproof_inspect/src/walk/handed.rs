//! Functions that are handed to a library, which will call them.

use ruff_text_size::TextRange;

use super::super::rules;
use super::super::value::{Arguments, Origins, Shape, Value};
use super::Walk;
use super::expressions::hole;

impl Walk<'_> {
    /// Functions that are handed to a library will be called: `map(os.system, commands)`, `Thread(target=f, args=(…))`.
    pub(super) fn hand_over(&mut self, path: &str, given: &Arguments, range: TextRange) -> Vec<Value> {
        let spreads = matches!(
            path.rsplit('.').next(),
            Some("map" | "starmap" | "imap" | "imap_unordered" | "apply_async" | "filter" | "map_async")
        );
        let mut results = Vec::new();
        let keeps = matches!(
            path,
            "functools.partial"
                | "functools.reduce"
                | "functools.cache"
                | "functools.lru_cache"
                | "builtins.staticmethod"
                | "builtins.classmethod"
                | "builtins.property"
                | "builtins.print"
                | "builtins.getattr"
                | "builtins.map"
                | "functools.wraps"
        ) || path.starts_with("list.")
            || path.starts_with("dict.")
            || path.starts_with("?.append");
        for (place, value) in given.positional.iter().enumerate() {
            if value.is_callable() || !matches!(value.alternatives(), [_]) {
                let rest = given.positional.get(place + 1..).unwrap_or_default();
                let arguments = match (spreads, rest) {
                    (true, rest) => rest.iter().map(Value::element).collect(),
                    (false, []) => Vec::new(),
                    (false, rest) => rest.to_vec(),
                };
                if !keeps || path == "builtins.map" {
                    results.extend(self.called_back(value, arguments, given, range));
                }
            }
        }
        for (_, value) in &given.named {
            let arguments = given.named("args").map(Value::elements).unwrap_or_default();
            if !keeps && value.is_callable() {
                results.extend(self.called_back(value, arguments, given, range));
            }
        }
        results
    }

    fn called_back(
        &mut self,
        function: &Value,
        arguments: Vec<Value>,
        given: &Arguments,
        range: TextRange,
    ) -> Vec<Value> {
        let mut results = Vec::new();
        for single in function.alternatives() {
            let arguments = match arguments.is_empty() {
                true => vec![hole(given.origins().without(Origins::DETOUR))],
                false => arguments.clone(),
            };
            let arguments = Arguments { positional: arguments, named: Vec::new() };
            let is_library = matches!(&single.shape, Shape::Name(path) if rules::is_sink(path));
            if is_library || matches!(single.shape, Shape::Function(..) | Shape::Partial(..)) {
                results.push(self.call_one(single, &arguments, range));
            }
        }
        results
    }
}
