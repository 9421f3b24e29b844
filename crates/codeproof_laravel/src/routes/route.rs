//! The methods of a route that is registered already: its chain of calls goes on.

use super::attributes::Attributes;
use super::register::{Registered, joined};
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Machine, Value};

/// Methods of a route that change nothing that a row shows: the framework's, and those of well-known packages.
const HARMLESS: &[&str] = &[
    "defaults",
    "uses",
    "withTrashed",
    "scopeBindings",
    "withoutScopedBindings",
    "missing",
    "block",
    "withoutBlocking",
    "fallback",
    "setFallback",
    "metadata",
    "getName",
    "uri",
    "methods",
    "getAction",
    "getPrefix",
    "getDomain",
    "breadcrumbs",
];

impl Machine<'_, Laravel> {
    /// Changes a route by its object.
    pub(crate) fn with_route(&mut self, route: &Value, change: impl FnOnce(&mut Registered)) {
        if let Value::Host(object) = route
            && let Some(Object::Route(place)) = self.framework.objects.get(*object as usize)
            && let Some(route) = self.framework.routes.get_mut(*place)
        {
            change(route);
        }
    }

    /// A method called on a route.
    pub(crate) fn route_call(&mut self, place: usize, method: &str, arguments: &Arguments) -> Option<Value> {
        let end_line = self.place().end_line;
        let mut attributes = std::mem::take(&mut self.framework.routes.get_mut(place)?.attributes);
        let several = match arguments.positional.as_slice() {
            [_, _, ..] => Value::list(arguments.positional.clone()),
            _ => arguments.values().next().cloned().unwrap_or(Value::Null),
        };
        let mut uri = None;
        match method {
            "name" | "as" => {
                if let Some(name) = attributes.text(self, "the name", &several) {
                    attributes.name = Some(format!("{}{name}", attributes.name.unwrap_or_default()));
                }
            }
            "middleware" => {
                let more = attributes.middleware_names(self, &several);
                attributes.middleware.get_or_insert_default().extend(more);
            }
            "withoutMiddleware" => {
                let more = attributes.texts(self, "middleware", &several);
                attributes.excluded.extend(more);
            }
            "can" => {
                let ability = attributes.text(self, "an ability", &arguments.at(0)).unwrap_or_default();
                let models = attributes.texts(self, "a model", &arguments.at(1));
                let middleware = std::iter::once(ability).chain(models).collect::<Vec<_>>().join(",");
                attributes.middleware.get_or_insert_default().push(format!("can:{middleware}"));
            }
            "domain" => attributes.domain = attributes.text(self, "the domain", &several),
            "prefix" => uri = attributes.text(self, "the prefix", &several),
            "where" | "setWheres" => {
                let more = match arguments.at(0).as_array() {
                    Some(_) => attributes.pairs(self, &arguments.at(0)),
                    None => {
                        let name = attributes.text(self, "where", &arguments.at(0));
                        name.zip(attributes.text(self, "where", &arguments.at(1))).into_iter().collect()
                    }
                };
                for (name, pattern) in more {
                    attributes.wheres.retain(|(known, _)| *known != name);
                    attributes.wheres.push((name, pattern));
                }
            }
            _ if HARMLESS.contains(&method) || self.framework.route_macros.contains_key(method) => {}
            _ => {
                if !self.parameter_pattern(&mut attributes, method, arguments) {
                    let doubt = self.doubt(format!("what {method}() of a package does to a route is not known"));
                    attributes.doubts.push((doubt, false));
                }
            }
        }
        let default = (method == "defaults").then(|| (arguments.at(0).as_text(), arguments.at(1)));
        let handler =
            (method == "uses").then(|| self.handler(&arguments.at(0), &mut attributes, &Attributes::default()));
        let route = self.framework.routes.get_mut(place)?;
        route.attributes = attributes;
        route.place.end_line = route.place.end_line.max(end_line);
        if let Some(prefix) = uri {
            route.uri = joined(prefix.trim_matches('/'), route.uri.trim_matches('/'));
        }
        if let Some((Some(name), value)) = default {
            route.defaults.push((name.to_string(), value));
        }
        if let Some(handler) = handler {
            route.handler = handler;
        }
        if let Some(callback) = self.framework.route_macros.get(method).cloned() {
            let this = self.object(Object::Route(place));
            if let Value::Closure(closure) = callback.plain() {
                return Some(self.call_bound(&closure.clone(), Some(this), arguments.clone()));
            }
        }
        Some(self.object(Object::Route(place)))
    }
}
