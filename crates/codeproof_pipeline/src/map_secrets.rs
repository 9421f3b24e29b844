//! Secrets in what a map quotes of code: SQL that migrations write, defaults of columns and of routes.

use codeproof_types::laravel::{Column, LaravelMap};
use serde_json::Value;

/// Bytes of a text that may hold a secret: the shortest tokens with a shape of their own are longer.
const SECRET_BYTES_MIN: usize = 16;

/// Replaces the texts of a map that may hold secrets by what `mask` makes of them; it is asked only for such texts.
pub(crate) fn mask_secrets(map: &mut LaravelMap, mask: &mut dyn FnMut(&str) -> String) {
    for statement in &mut map.raw_statements {
        mask_text(&mut statement.sql, mask);
    }
    for route in &mut map.routes {
        route.defaults.values_mut().for_each(|value| mask_value(value, mask));
    }
    let operations = map.migrations.iter_mut().chain(&mut map.alternatives).chain(&mut map.rollbacks);
    let columns = operations.flat_map(|operation| &mut operation.columns);
    for Column { default, modifiers, .. } in columns.chain(map.schema.iter_mut().flat_map(|table| &mut table.columns)) {
        default.iter_mut().chain(modifiers.values_mut()).for_each(|value| mask_value(value, mask));
    }
}

/// Masks every text in a JSON value.
fn mask_value(value: &mut Value, mask: &mut dyn FnMut(&str) -> String) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => mask_text(text, mask),
            Value::Array(values) => open.extend(values),
            Value::Object(fields) => open.extend(fields.values_mut()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

fn mask_text(text: &mut String, mask: &mut dyn FnMut(&str) -> String) {
    if may_hold_secret(text) {
        *text = mask(text);
    }
}

/// Whether it is worth asking.
pub(crate) fn may_hold_secret(text: &str) -> bool {
    text.len() >= SECRET_BYTES_MIN && text.bytes().any(|byte| byte.is_ascii_digit())
}
