//! What answers a route, in all the ways to write it.

use std::rc::Rc;

use codeproof_types::laravel::HandlerType;

use super::attributes::Attributes;
use crate::app::Laravel;
use crate::php::{Key, Machine, PhpArray, Value};

/// What answers.
#[derive(Debug, Clone)]
pub(crate) struct Handler {
    pub(crate) kind: HandlerType,
    pub(crate) class: Option<String>,
    pub(crate) method: Option<String>,
}

impl Machine<'_, Laravel> {
    pub(super) fn handler(&mut self, action: &Value, own: &mut Attributes, group: &Attributes) -> Handler {
        let closure = Handler { kind: HandlerType::Closure, class: None, method: None };
        match action.plain() {
            Value::Text(uses) => self.string_handler(uses, group),
            Value::Closure(_) | Value::Null => {
                own.doubts.extend(action.doubt().map(|doubt| (doubt.clone(), true)));
                closure
            }
            Value::Array(array) => {
                let array = array.clone();
                if let Some(handler) = pair(&array) {
                    return handler;
                }
                let mut uses = array.get_text("uses").cloned();
                for (key, value) in array.iter() {
                    match key {
                        Key::Text(key) if &**key != "uses" => {
                            own.set(self, key, value);
                        }
                        Key::Integer(_) if matches!(value.plain(), Value::Closure(_)) => {
                            uses = uses.or(Some(value.clone()));
                        }
                        _ => {}
                    }
                }
                match uses {
                    Some(uses) if !matches!(uses.plain(), Value::Array(_)) => self.handler(&uses, own, group),
                    Some(uses) => uses.as_array().and_then(|array| pair(array)).unwrap_or(closure),
                    None => closure,
                }
            }
            Value::Unknown(doubt) => {
                own.doubts.push((doubt.clone(), true));
                closure
            }
            _ => closure,
        }
    }

    fn string_handler(&mut self, uses: &Rc<str>, group: &Attributes) -> Handler {
        let mut uses = uses.to_string();
        if let Some(controller) = &group.controller
            && !uses.contains('@')
            && !uses.contains('\\')
            && self.program.class(&uses).is_none()
        {
            uses = format!("{controller}@{uses}");
        }
        if let Some(namespace) = &group.namespace
            && !uses.starts_with('\\')
            && !(self.framework.version >= 8 && uses.starts_with(namespace.as_str()))
        {
            uses = format!("{namespace}\\{uses}");
        }
        let uses = uses.trim_start_matches('\\');
        let (kind, class, method) = match uses.split_once('@') {
            Some((class, "__invoke")) => (HandlerType::Invokable, class, "__invoke"),
            Some((class, method)) => (HandlerType::Controller, class, method),
            None => (HandlerType::Invokable, uses, "__invoke"),
        };
        Handler { kind, class: Some(class.to_owned()), method: Some(method.to_owned()) }
    }
}

/// `[Class::class, 'method']`.
fn pair(array: &PhpArray) -> Option<Handler> {
    if array.len() != 2 {
        return None;
    }
    let class = match array.get(&Key::Integer(0))?.plain() {
        Value::Object(instance) => instance.class.clone(),
        other => other.as_text()?,
    };
    let method = array.get(&Key::Integer(1))?.as_text()?;
    let is_invoked = method.eq_ignore_ascii_case("__invoke");
    Some(Handler {
        kind: if is_invoked { HandlerType::Invokable } else { HandlerType::Controller },
        class: Some(class.trim_start_matches('\\').to_owned()),
        method: Some(method.to_string()),
    })
}
