//! The router's own methods, through the facade, `$router` or a registrar: verbs, groups, settings.

use std::rc::Rc;

use super::attributes::{Attributes, PrefixOrder};
use super::register::any;
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Key, Machine, PhpArray, Value};

impl Machine<'_, Laravel> {
    /// A method of the router: through the facade, `$router` or a registrar whose attributes come along.
    pub(crate) fn router_call(&mut self, own: Attributes, method: &str, arguments: &Arguments) -> Option<Value> {
        let verb = method.to_lowercase();
        if let Some(callback) = self.framework.macros.get(method).cloned() {
            let this = self.object(if own.is_blank() { Object::Router } else { Object::Registrar(own) });
            return Some(match callback.plain() {
                crate::php::Value::Closure(closure) => self.call_bound(&closure.clone(), Some(this), arguments.clone()),
                _ => self.call_value(&callback, arguments.clone()),
            });
        }
        match verb.as_str() {
            "get" | "post" | "put" | "patch" | "delete" | "options" => {
                Some(self.verb(vec![verb.to_uppercase()], arguments.value(0, "uri"), arguments.value(1, "action"), own))
            }
            "any" => Some(self.verb(any(), arguments.value(0, "uri"), arguments.value(1, "action"), own)),
            "match" => {
                let mut methods: Vec<String> = Vec::new();
                for method in Attributes::default().texts(self, "methods", &arguments.value(0, "methods")) {
                    let method = method.to_uppercase();
                    if method != "HEAD" && !methods.contains(&method) {
                        methods.push(method);
                    }
                }
                Some(self.verb(methods, arguments.value(1, "uri"), arguments.value(2, "action"), own))
            }
            "view" => Some(self.view(arguments, own)),
            "redirect" | "permanentredirect" => Some(self.redirect(&verb, arguments, own)),
            "fallback" => {
                let uri = Value::text("{fallbackPlaceholder}");
                let route = self.verb(vec!["GET".to_owned()], uri, arguments.value(0, "action"), own);
                self.with_route(&route, |route| {
                    route.attributes.wheres.push(("fallbackPlaceholder".to_owned(), ".*".to_owned()));
                });
                Some(route)
            }
            "group" => Some(self.group_call(own, arguments)),
            "resource"
            | "apiresource"
            | "singleton"
            | "apisingleton"
            | "resources"
            | "apiresources"
            | "singletons"
            | "apisingletons"
            | "softdeletableresources" => Some(self.resource_call(&verb, own, arguments)),
            "macro" => {
                if let Some(name) = arguments.at(0).as_text() {
                    self.framework.macros.insert(name.to_string(), arguments.at(1));
                }
                Some(Value::Null)
            }
            "pattern" => {
                if let (Some(name), Some(pattern)) = (arguments.at(0).as_text(), arguments.at(1).as_text()) {
                    self.framework.patterns.push((name.to_string(), pattern.to_string()));
                }
                Some(Value::Null)
            }
            "patterns" => {
                let more = Attributes::default().pairs(self, &arguments.at(0));
                self.framework.patterns.extend(more);
                Some(Value::Null)
            }
            "model"
            | "bind"
            | "middlewaregroup"
            | "aliasmiddleware"
            | "pushmiddlewaretogroup"
            | "prependmiddlewaretogroup"
            | "resourceverbs"
            | "resourceparameters"
            | "singularresourceparameters"
            | "substitutebindings"
            | "matched"
            | "removemiddlewarefromgroup"
            | "flushmiddlewaregroups" => {
                self.router_setting(&verb, arguments);
                Some(self.object(Object::Router))
            }
            "auth" => {
                self.auth_routes(&arguments.at(0));
                Some(Value::Null)
            }
            "has" | "is" | "current" | "currentroutename" | "getroutes" | "getcurrentroute" | "input" => None,
            _ => self.registrar_attribute(own, method, arguments),
        }
    }

    fn router_setting(&mut self, verb: &str, arguments: &Arguments) {
        if self.middleware_setting(verb, arguments) {
            return;
        }
        if verb == "resourceverbs" {
            let verbs = Attributes::default().pairs(self, &arguments.at(0));
            self.framework.resource_verbs.extend(verbs);
        }
        if verb == "resourceparameters" {
            let map = Attributes::default().pairs(self, &arguments.at(0));
            self.framework.resource_parameters.extend(map);
        }
    }

    fn registrar_attribute(&mut self, mut own: Attributes, method: &str, arguments: &Arguments) -> Option<Value> {
        let value = match (method, arguments.positional.as_slice()) {
            // `Route::middleware('a', 'b')`
            ("middleware" | "withoutMiddleware", [_, _, ..]) => Value::list(arguments.positional.clone()),
            ("where", [name, pattern]) => {
                let key = name.as_key()?;
                Value::Array(Rc::new(PhpArray::from_iter([(key, pattern.clone())])))
            }
            _ => arguments.values().next().cloned().unwrap_or(Value::Boolean(true)),
        };
        if self.parameter_pattern(&mut own, method, arguments) {
            return Some(self.object(Object::Registrar(own)));
        }
        if own.set(self, method, &value) {
            return Some(self.object(Object::Registrar(own)));
        }
        self.package_group(own, method, arguments)
    }

    /// A method that some package adds to the router. When it takes a closure, it is most likely a group: what the
    /// closure registers is shown in doubt.
    fn package_group(&mut self, own: Attributes, method: &str, arguments: &Arguments) -> Option<Value> {
        let closure = arguments.values().find(|value| matches!(value.plain(), Value::Closure(_))).cloned()?;
        let doubt = self.doubt(format!("what Route::{method}() of a package adds is not known"));
        self.under_doubt(doubt, |machine| machine.group(own, &closure));
        Some(self.object(Object::Router))
    }

    /// `whereNumber('id')`, `whereIn('kind', [...])` and their sisters; false for any other method.
    pub(super) fn parameter_pattern(&mut self, own: &mut Attributes, method: &str, arguments: &Arguments) -> bool {
        let pattern = match (method, named_pattern(method)) {
            (_, Some(pattern)) => pattern.to_owned(),
            ("whereIn", None) => own.texts(self, "where", &arguments.at(1)).join("|"),
            _ => return false,
        };
        for name in own.texts(self, "where", &arguments.at(0)) {
            own.wheres.retain(|(known, _)| *known != name);
            own.wheres.push((name, pattern.clone()));
        }
        true
    }

    // ----- groups

    fn group_call(&mut self, own: Attributes, arguments: &Arguments) -> Value {
        let (attributes, routes) = match arguments.positional.as_slice() {
            [attributes, routes, ..] => (Attributes::of_array(self, attributes), routes.clone()),
            [routes] => (own, routes.clone()),
            [] => {
                let routes = arguments.value(1, "routes");
                let given = arguments.value(0, "attributes");
                let attributes = if matches!(given, Value::Null) { own } else { Attributes::of_array(self, &given) };
                (attributes, if matches!(routes, Value::Null) { arguments.value(0, "callback") } else { routes })
            }
        };
        self.group(attributes, &routes);
        self.object(Object::Router)
    }

    /// Registers what a closure, a file or a list of them registers, under more attributes.
    pub(crate) fn group(&mut self, attributes: Attributes, routes: &Value) {
        let is_list = match routes.as_array() {
            Some(array) => {
                !(array.len() == 2 && matches!(array.get(&Key::Integer(0)).map(Value::plain), Some(Value::Object(_))))
            }
            None => false,
        };
        if let (true, Some(array)) = (is_list, routes.as_array()) {
            for one in array.values() {
                self.group(attributes.clone(), one);
            }
            return;
        }
        let merged = match self.framework.groups.last() {
            Some(outer) => attributes.within(outer, PrefixOrder::GroupFirst),
            None => attributes,
        };
        self.framework.groups.push(merged);
        let router = self.object(Object::Router);
        match routes.plain() {
            Value::Text(_) | Value::Host(_) => {
                let read = self.run_file(routes, [("router", router)]);
                self.note_unread(&read);
            }
            Value::Unknown(doubt) => self.limits.push((**doubt).clone()),
            _ => {
                self.call_value(routes, Arguments::of([router]));
            }
        }
        self.framework.groups.pop();
    }

    /// What a file of routes gave is not known: what it registers is missing.
    pub(crate) fn note_unread(&mut self, read: &Value) {
        if let Value::Unknown(doubt) = read {
            self.limits.push((**doubt).clone());
        }
    }
}

/// The pattern of `whereNumber()` and its sisters.
fn named_pattern(method: &str) -> Option<&'static str> {
    Some(match method {
        "whereNumber" => "[0-9]+",
        "whereAlpha" => "[a-zA-Z]+",
        "whereAlphaNumeric" => "[a-zA-Z0-9]+",
        "whereUuid" => "[\\da-fA-F]{8}-[\\da-fA-F]{4}-[\\da-fA-F]{4}-[\\da-fA-F]{4}-[\\da-fA-F]{12}",
        "whereUlid" => "[0-7][0-9a-hjkmnp-tv-zA-HJKMNP-TV-Z]{25}",
        _ => return None,
    })
}
