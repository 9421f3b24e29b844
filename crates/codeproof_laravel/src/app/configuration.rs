//! `config()` and `env()`: read from the application's own files; what the environment decides is assumed to be unset.

use std::rc::Rc;

use super::Laravel;
use crate::php::{Arguments, Key, Machine, PhpArray, Value};

impl Machine<'_, Laravel> {
    /// `env('NAME', default)`: the default, in doubt.
    pub(crate) fn environment_value(&mut self, arguments: &Arguments) -> Value {
        let name = arguments.at(0).as_text().unwrap_or_default();
        let default = arguments.value(1, "default");
        let default = match default.plain() {
            Value::Closure(_) => self.call_value(&default, Arguments::default()),
            _ => default,
        };
        let reason = format!("the environment variable {name} may be set");
        let doubt = match default.plain() {
            Value::Null | Value::Unknown(_) => self.doubt(reason),
            _ => self.default_doubt(reason),
        };
        default.under(Some(doubt))
    }

    /// `config('file.key', default)`.
    pub(crate) fn configured(&mut self, key: &str, default: Value) -> Value {
        let mut parts = key.split('.');
        let file = parts.next().unwrap_or_default();
        let Some(mut value) = self.configuration_file(file) else {
            let doubt =
                self.doubt(format!("config/{file}.php is not in the application, so config('{key}') may be set"));
            return default.under(Some(doubt));
        };
        for part in parts {
            let doubt = value.doubt().cloned();
            let next = match value.plain() {
                Value::Array(array) => array.get_text(part).cloned(),
                Value::Unknown(_) => return value,
                _ => None,
            };
            match next {
                Some(next) => value = next.under(doubt),
                None => return default.under(doubt),
            }
        }
        if matches!(value.plain(), Value::Null) && value.doubt().is_none() { Value::Null } else { value }
    }

    fn configuration_file(&mut self, file: &str) -> Option<Value> {
        if let Some(known) = self.framework.configuration.get(file) {
            return known.clone();
        }
        // While it is read, the file does not see itself.
        self.framework.configuration.insert(file.to_owned(), None);
        let folder = self.framework.configuration_folder.as_deref().unwrap_or("/config");
        let path = format!("{folder}/{file}.php");
        let value = self.program.has_file(path.trim_start_matches('/')).then(|| self.run_file(&Value::text(path), []));
        self.framework.configuration.insert(file.to_owned(), value);
        let (now, later) = std::mem::take(&mut self.framework.configuration_merges)
            .into_iter()
            .partition(|(_, key)| key.split('.').next() == Some(file));
        self.framework.configuration_merges = later;
        let now: Vec<(Value, String)> = now;
        for (path, key) in now {
            self.merge_now(&path, &key);
        }
        self.framework.configuration.get(file).cloned().flatten()
    }

    /// `mergeConfigFrom(path, key)`: waits until somebody asks for that configuration, which is rare and the files large.
    pub(crate) fn merge_configuration(&mut self, path: &Value, key: &str) {
        let file = key.split('.').next().unwrap_or_default();
        match self.framework.configuration.contains_key(file) {
            true => self.merge_now(path, key),
            false => self.framework.configuration_merges.push((path.clone(), key.to_owned())),
        }
    }

    /// The application's own values stay in front.
    fn merge_now(&mut self, path: &Value, key: &str) {
        let package = self.run_file(path, []);
        let own = self.configured(key, Value::list([]));
        let mut merged = package.as_array().map(|array| (**array).clone()).unwrap_or_default();
        if let Some(own) = own.as_array() {
            merged.merge(own);
        }
        self.set_configuration(key, Value::Array(Rc::new(merged)));
    }

    /// `config(['file.key' => value])`.
    pub(crate) fn set_configuration(&mut self, key: &str, value: Value) {
        let mut parts = key.split('.');
        let file = parts.next().unwrap_or_default();
        let mut whole = self.configuration_file(file).unwrap_or_else(|| Value::list([]));
        let keys: Vec<Key> = parts.map(|part| Key::from_text(&Rc::from(part))).collect();
        let mut holder = &mut whole;
        for key in keys {
            if holder.as_array().is_none() {
                *holder = Value::list([]);
            }
            if let Value::Assumed(inner) = holder {
                *holder = inner.0.plain().clone();
            }
            let Value::Array(array) = holder else { return };
            holder = Rc::make_mut(array).entry(key);
        }
        *holder = value;
        self.framework.configuration.insert(file.to_owned(), Some(whole));
    }

    /// `config(…)` with its three forms.
    pub(crate) fn configuration_call(&mut self, arguments: &Arguments) -> Value {
        let first = arguments.value(0, "key");
        match (first.as_array().cloned(), first.as_text()) {
            (Some(values), _) => {
                self.set_all(&values);
                Value::Null
            }
            (None, Some(key)) if !key.is_empty() => self.configured(&key, arguments.value(1, "default")),
            (None, Some(_)) => self.object(super::Object::Configuration),
            (None, None) => first,
        }
    }

    pub(crate) fn set_all(&mut self, values: &Rc<PhpArray>) {
        for (key, value) in values.iter() {
            if let Some(key) = key.to_value().as_text() {
                self.set_configuration(&key, value.clone());
            }
        }
    }
}
