//! Settings from outside: command line options, the environment, JSON in the file. Nobody gives any, so defaults count.

use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall, Number, StmtAssign};
use ruff_text_size::Ranged;

use super::builtins::convert;
use super::calls::{Arguments, last_name};
use super::containers::tuple;
use super::machine::{Machine, named};
use super::value::{Constant, Data, Value};
use super::{Kind, Origin, fold};

/// What `parse_args` gives.
pub(super) const OPTIONS: &str = "argparse.options";

/// Words for what holds settings.
const SETTINGS: &[&str] = &[
    "param",
    "params",
    "parameters",
    "config",
    "cfg",
    "conf",
    "settings",
    "options",
    "opts",
    "kwargs",
    "overrides",
    "thresholds",
    "criteria",
    "limits",
];

impl<'a> Machine<'a, '_> {
    /// `self.low = config.get('low', 5.0)`: where nothing says what the settings are, the number written there counts.
    pub(super) fn setting(&self, stmt: &'a StmtAssign, value: Value<'a>) -> Value<'a> {
        let ([Expr::Attribute(target)], Expr::Call(call)) = (stmt.targets.as_slice(), &*stmt.value) else {
            return value;
        };
        let is_own = matches!(&*target.value, Expr::Name(name) if name.id.as_str() == "self");
        let is_get = matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "get");
        let [Expr::StringLiteral(_), default] = &*call.arguments.args else { return value };
        if !(is_own && is_get && matches!(value.data, Data::Opaque(_))) {
            return value;
        }
        match number(default) {
            Some(number) => {
                let name = target.attr.to_string();
                Value::constant(number).at(Origin { kind: Kind::Environment, name, range: default.range() })
            }
            None => value,
        }
    }

    pub(super) fn call_settings(&mut self, path: &str, arguments: Arguments<'a>) -> Value<'a> {
        let first = arguments.positional.first().cloned();
        match (path, first) {
            ("os.environ.get" | "os.getenv" | "environ.get" | "getenv", _) => {
                let default =
                    arguments.positional.into_iter().nth(1).unwrap_or_else(|| Value::constant(Constant::None));
                as_kind(default, Kind::Environment)
            }
            ("json.loads" | "loads", Some(value)) => {
                match value.as_text().and_then(|text| serde_json::from_str(&text).ok()) {
                    Some(json) => {
                        let origin =
                            value.origin.as_deref().map(|origin| Origin { kind: Kind::Json, ..origin.clone() });
                        fold::from_json(&json, 8, origin.as_ref())
                    }
                    None => Value::from_all([&value]),
                }
            }
            ("argparse.ArgumentParser" | "ArgumentParser", _) => Value::new(Data::Outside(Rc::from("argparse.parser"))),
            ("argparse.parser.add_argument", _) => self.add_option(&arguments),
            ("argparse.parser.set_defaults", _) => {
                for (name, value) in arguments.keywords {
                    let value = named(value, &name, Kind::Environment);
                    self.options.insert(name, value);
                }
                Value::constant(Constant::None)
            }
            ("argparse.parser.parse_args", first) => {
                self.given_options(first.and_then(|list| self.items_of(&list)).unwrap_or_default());
                Value::new(Data::Outside(Rc::from(OPTIONS)))
            }
            ("argparse.parser.parse_known_args", _) => {
                tuple(vec![Value::new(Data::Outside(Rc::from(OPTIONS))), Value::list(Vec::new())])
            }
            ("argparse.parser.add_argument_group", _) => Value::new(Data::Outside(Rc::from("argparse.parser"))),
            _ => self.unknown_call(&Value::opaque(), &arguments),
        }
    }

    /// `add_argument('--min-gap', default=…)`: nobody gives options, so the default is what is used.
    fn add_option(&mut self, arguments: &Arguments<'a>) -> Value<'a> {
        let keyword =
            |name: &str| arguments.keywords.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let texts: Vec<Rc<str>> = arguments.positional.iter().filter_map(Value::as_text).collect();
        let long = texts.iter().find(|text| text.starts_with("--")).or(texts.first());
        let name = keyword("dest").and_then(|value| value.as_text()).or_else(|| long.cloned());
        let stored = keyword("action").and_then(|value| value.as_text()).filter(|action| &**action == "store_true");
        let default = keyword("default").or_else(|| stored.map(|_| Value::constant(Constant::Bool(false))));
        let made = keyword("type").and_then(|value| match value.data {
            Data::Outside(path) => Some(path),
            _ => None,
        });
        // Text is read as the option's own would be.
        let default = match (default, made) {
            (Some(text), Some(made)) if text.as_text().is_some() => Some(convert(&made, &text, 1)),
            (default, _) => default,
        };
        if let (Some(name), Some(default)) = (name, default) {
            let name = name.trim_start_matches('-').replace('-', "_");
            let value = named(default, &name, Kind::Environment);
            self.options.insert(name, value);
        }
        Value::opaque()
    }

    /// `parse_args(['--low', '1'])`: options that the program gives itself.
    pub(super) fn given_options(&mut self, list: Vec<Value<'a>>) {
        let mut open: Option<String> = None;
        for value in list.into_iter().take(1_000) {
            let Some(text) = value.as_text() else { continue };
            let plain = |name: &str| name.trim_start_matches('-').replace('-', "_");
            let (name, value) = match (text.strip_prefix("--"), open.take()) {
                (Some(option), _) => match option.split_once('=') {
                    Some((name, given)) => {
                        let given = Value::text(given);
                        (plain(name), Value { origin: value.origin.clone(), ..given })
                    }
                    None => {
                        open = Some(plain(option));
                        continue;
                    }
                },
                (None, Some(name)) => (name, value),
                (None, None) => continue,
            };
            let made = match self.options.get(&name).and_then(|known| known.as_constant().cloned()) {
                Some(Constant::Int(_)) => convert("int", &value, 1),
                Some(Constant::Float(_)) => convert("float", &value, 1),
                _ => value,
            };
            let made = named(made, &name, Kind::Environment);
            self.options.insert(name, made);
        }
    }
}

fn as_kind(mut value: Value<'_>, kind: Kind) -> Value<'_> {
    if let Some(origin) = value.origin.as_deref() {
        // Stays without a name, so that the name it is bound to becomes its own.
        value.origin = Some(Rc::new(Origin {
            kind: if origin.kind == Kind::Inline { Kind::Inline } else { kind },
            ..origin.clone()
        }));
    }
    value
}

/// `st.slider('Gap', 0.0, 0.2, 0.05)`: what a page shows before anybody moves anything.
pub(super) fn preset_of_page<'a>(
    function: &Value<'a>,
    name: Option<&str>,
    arguments: &Arguments<'a>,
) -> Option<Value<'a>> {
    let at = match name? {
        "slider" | "number_input" => 3,
        "text_input" | "checkbox" | "toggle" => 1,
        _ => return None,
    };
    let is_page = match &function.data {
        Data::Outside(path) => path.starts_with("streamlit.") || path.starts_with("st."),
        // A column or the side of a page.
        Data::Opaque(_) => true,
        _ => false,
    };
    let keyword = || arguments.keywords.iter().find(|(name, _)| name == "value").map(|(_, value)| value);
    let preset = keyword().or_else(|| arguments.positional.get(at)).filter(|_| is_page)?;
    preset.as_constant()?;
    Some(as_kind(preset.clone(), Kind::Environment))
}

/// `params.get('days', 20)`: where nothing says what the settings are, the number written there counts.
pub(super) fn asked_of_settings<'a>(call: &'a ExprCall) -> Option<(&'a str, Value<'a>)> {
    let Expr::Attribute(method) = &*call.func else { return None };
    let [Expr::StringLiteral(key), default] = &*call.arguments.args else { return None };
    let holder = last_name(&method.value)?.to_lowercase();
    let is_settings = holder.split('_').any(|word| SETTINGS.contains(&word));
    if method.attr.as_str() != "get" || !is_settings {
        return None;
    }
    let origin = Origin { kind: Kind::Environment, name: key.value.to_str().to_owned(), range: default.range() };
    Some((key.value.to_str(), Value::constant(number(default)?).at(origin)))
}

/// A number that is written there.
fn number(literal: &Expr) -> Option<Constant> {
    match &literal.as_number_literal_expr()?.value {
        Number::Int(value) => value.as_i64().map(Constant::Int),
        Number::Float(value) => Some(Constant::Float(*value)),
        Number::Complex { .. } => None,
    }
}
