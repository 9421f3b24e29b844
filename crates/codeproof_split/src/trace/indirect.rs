//! Calls by others: pools and `map` call what they are given, frameworks make objects of classes, text names columns.

use ruff_python_ast::Expr;

use super::calls::Arguments;
use super::machine::Machine;
use super::value::{Constant, Data, Value};

/// Items a `map` over known ones is followed for.
const ROUNDS_MAX: usize = 200;

impl<'a> Machine<'a, '_> {
    /// A call of something unknown: functions among its arguments may be called by it.
    pub(super) fn unknown_call(&mut self, function: &Value<'a>, arguments: &Arguments<'a>) -> Value<'a> {
        let mut parts = vec![function.clone()];
        let all: Vec<Value<'a>> =
            arguments.positional.iter().chain(arguments.keywords.iter().map(|(_, value)| value)).cloned().collect();
        for argument in all {
            if matches!(argument.data, Data::Function(_) | Data::Method(..) | Data::Partial(_)) {
                let open = Arguments { open: true, ..Arguments::default() };
                parts.push(self.call(&argument, open));
            }
            // A framework that is handed a class makes objects of it.
            if let Data::Class(class) = &argument.data
                && class.has_unknown_base
            {
                parts.push(self.run_by_framework(class, &arguments.keywords));
            }
            parts.push(argument);
        }
        Value::from_all(&parts)
    }

    /// A call of something unknown that may call a function it is given, with what it is given for it.
    pub(super) fn hand_on(&mut self, name: &str, function: &Value<'a>, mut arguments: Arguments<'a>) -> Value<'a> {
        let is_callable = |value: &Value<'a>| {
            matches!(value.data, Data::Function(_) | Data::Method(..) | Data::Partial(_) | Data::Instance(_))
        };
        let first = arguments.positional.iter().position(is_callable);
        match (name, first) {
            ("submit" | "apply_async" | "to_thread" | "run_sync" | "run_in_executor" | "call_soon", Some(at))
                if at <= 1 =>
            {
                let rest = arguments.positional.split_off(at + 1);
                let inner = arguments.positional.pop().unwrap_or_else(Value::opaque);
                self.call(&inner, Arguments { positional: rest, ..arguments })
            }
            ("map" | "imap" | "imap_unordered" | "thread_map" | "process_map", Some(0)) => {
                let items = arguments.positional.get(1).map(|items| (self.items_of(items), items.clone()));
                match items {
                    Some((Some(items), _)) if arguments.positional.len() == 2 && items.len() <= ROUNDS_MAX => {
                        let inner = arguments.positional.swap_remove(0);
                        let once = |item| Arguments { positional: vec![item], ..Arguments::default() };
                        Value::list(items.into_iter().map(|item| self.call(&inner, once(item))).collect())
                    }
                    _ => self.call(function, arguments),
                }
            }
            ("query" | "eval", None) => {
                if let Some(text) = arguments.positional.first().and_then(Value::as_text) {
                    self.read_in_text(&text);
                }
                self.call(function, arguments)
            }
            ("delayed" | "njit" | "jit" | "lru_cache" | "cache", Some(0)) => arguments.positional.swap_remove(0),
            ("Thread" | "Process" | "Timer", _) => {
                let mut keyword = |name: &str| {
                    let at = arguments.keywords.iter().position(|(known, _)| known == name)?;
                    Some(arguments.keywords.swap_remove(at).1)
                };
                let (target, given) = (keyword("target"), keyword("args"));
                let positional = given.and_then(|given| self.items_of(&given)).unwrap_or_default();
                match target {
                    Some(target) => self.call(&target, Arguments { positional, ..Arguments::default() }),
                    None => self.call(function, arguments),
                }
            }
            _ => self.call(function, arguments),
        }
    }

    /// `df.query('gap >= @MIN_GAP')` reads names, too.
    fn read_in_text(&mut self, text: &str) {
        for part in text.split('@').skip(1).take(100) {
            let end = part.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(part.len());
            self.name(&part[..end]);
        }
    }

    /// `self.__dict__.update(…)`.
    pub(super) fn update_attributes(&mut self, base: &'a Expr, arguments: Arguments<'a>) -> Value<'a> {
        let base = self.value(base);
        for value in &arguments.positional {
            if let Data::Dict(dict) = &value.data {
                let items = dict.items.borrow().clone();
                items.into_iter().for_each(|(key, item)| self.set_attribute(&base, &key.to_key(), item));
            }
        }
        for (name, value) in arguments.keywords {
            self.set_attribute(&base, &name, value);
        }
        Value::constant(Constant::None)
    }
}

/// The object of `object.__dict__.update`.
pub(super) fn attributes_of(callee: &Expr) -> Option<&Expr> {
    let Expr::Attribute(method) = callee else { return None };
    let Expr::Attribute(dict) = &*method.value else { return None };
    (method.attr.as_str() == "update" && dict.attr.as_str() == "__dict__").then_some(&*dict.value)
}
