//! Registration: what the router, its registrars and its routes do when their methods are called.

use std::rc::Rc;

use codeproof_types::laravel::HandlerType;

use super::attributes::{Attributes, PrefixOrder};
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Doubt, Key, Machine, PhpArray, Place, UNKNOWN_PART, Value};

/// The verbs of `Route::any()` without HEAD.
const ANY: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
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
/// Rows of one application; more are not a router but data.
const ROUTES_MAX: usize = 200_000;

/// A route as it stands while its chain of calls goes on.
#[derive(Debug, Clone)]
pub(crate) struct Registered {
    pub(crate) methods: Vec<String>,
    pub(crate) uri: String,
    pub(crate) attributes: Attributes,
    pub(crate) handler: Handler,
    pub(crate) defaults: Vec<(String, Value)>,
    pub(crate) group_prefix: String,
    pub(crate) group_middleware: Vec<String>,
    pub(crate) place: Place,
    pub(crate) through: Vec<Rc<str>>,
    pub(crate) conditions: Vec<Rc<Doubt>>,
    pub(crate) framework: bool,
    /// The order of registration.
    pub(crate) sequence: usize,
}

/// What answers.
#[derive(Debug, Clone)]
pub(crate) struct Handler {
    pub(crate) kind: HandlerType,
    pub(crate) class: Option<String>,
    pub(crate) method: Option<String>,
}

/// Where and under which groups something is registered.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    pub(crate) group: Option<Attributes>,
    pub(crate) place: Place,
    pub(crate) through: Vec<Rc<str>>,
    pub(crate) conditions: Vec<Rc<Doubt>>,
    pub(crate) sequence: usize,
}

impl Machine<'_, Laravel> {
    /// Where the run stands, as a registration remembers it.
    pub(crate) fn surroundings(&mut self) -> Surroundings {
        self.framework.sequence += 1;
        let mut through: Vec<Rc<str>> = Vec::new();
        for place in self.trail() {
            if through.last() != Some(&place.path) {
                through.push(place.path.clone());
            }
        }
        through.pop();
        Surroundings {
            group: self.framework.groups.last().cloned(),
            place: self.place(),
            through,
            conditions: self.doubts().to_vec(),
            sequence: self.framework.sequence,
        }
    }

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
    fn parameter_pattern(&mut self, own: &mut Attributes, method: &str, arguments: &Arguments) -> bool {
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

    // ----- routes

    fn verb(&mut self, methods: Vec<String>, uri: Value, action: Value, own: Attributes) -> Value {
        let surroundings = self.surroundings();
        self.add_route(methods, &uri, &action, own, surroundings)
    }

    fn view(&mut self, arguments: &Arguments, own: Attributes) -> Value {
        let action = Value::text("\\Illuminate\\Routing\\ViewController");
        let route = self.verb(vec!["GET".to_owned()], arguments.value(0, "uri"), action, own);
        let view = arguments.value(1, "view");
        let status = arguments.get(3, "status").cloned().unwrap_or(Value::Integer(200));
        let has_status = self.framework.version >= 7;
        self.with_route(&route, |route| {
            route.handler.kind = HandlerType::View;
            route.defaults.push(("view".to_owned(), view));
            route.defaults.extend(has_status.then(|| ("status".to_owned(), status)));
        });
        route
    }

    fn redirect(&mut self, verb: &str, arguments: &Arguments, own: Attributes) -> Value {
        let action = Value::text("\\Illuminate\\Routing\\RedirectController");
        let route = self.verb(any(), arguments.value(0, "uri"), action, own);
        let status = match (verb, arguments.get(2, "status")) {
            ("permanentredirect", _) => Value::Integer(301),
            (_, Some(status)) => status.clone(),
            (_, None) => Value::Integer(302),
        };
        let destination = arguments.value(1, "destination");
        self.with_route(&route, |route| {
            route.handler.kind = HandlerType::Redirect;
            route.defaults.push(("destination".to_owned(), destination));
            route.defaults.push(("status".to_owned(), status));
        });
        route
    }

    /// Puts a route into the table and gives the object its chain of calls works on.
    pub(crate) fn add_route(
        &mut self,
        methods: Vec<String>,
        uri: &Value,
        action: &Value,
        mut own: Attributes,
        surroundings: Surroundings,
    ) -> Value {
        let group = surroundings.group.unwrap_or_default();
        let uri = own.text(self, "the URI", uri).unwrap_or_else(|| UNKNOWN_PART.to_owned());
        let handler = self.handler(action, &mut own, &group);
        let prefix = group.prefix.clone().unwrap_or_default();
        let mut uri = joined(prefix.trim_matches('/'), uri.trim_matches('/'));
        if let Some(first) = &own.prefix {
            uri = joined(first.trim_matches('/'), uri.trim_matches('/'));
        }
        let group_middleware = group.middleware.clone().unwrap_or_default();
        let attributes = own.within(&group, PrefixOrder::RouteFirst);
        let registered = Registered {
            methods,
            uri,
            attributes,
            handler,
            defaults: Vec::new(),
            group_prefix: prefix,
            group_middleware,
            place: surroundings.place,
            through: surroundings.through,
            conditions: surroundings.conditions,
            framework: self.framework.in_framework,
            sequence: surroundings.sequence,
        };
        if self.framework.routes.len() >= ROUTES_MAX {
            return self.unknown("more routes than are kept");
        }
        self.framework.routes.push(registered);
        let place = self.framework.routes.len() - 1;
        self.object(Object::Route(place))
    }

    fn handler(&mut self, action: &Value, own: &mut Attributes, group: &Attributes) -> Handler {
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
            Some((class, method)) => (HandlerType::Controller, class, method),
            None => (HandlerType::Invokable, uses, "__invoke"),
        };
        Handler { kind, class: Some(class.to_owned()), method: Some(method.to_owned()) }
    }

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

    // ----- what packages of the framework register

    /// `Auth::routes()`: the routes of laravel/ui.
    pub(crate) fn auth_routes(&mut self, options: &Value) {
        let namespace = self.framework.groups.last().and_then(|group| group.namespace.clone());
        let class = |name: &str| match &namespace {
            Some(namespace) => format!("{namespace}\\Auth\\{name}"),
            None => format!("Auth\\{name}"),
        };
        let missing = self.program.class(&class("LoginController")).is_none();
        let attributes =
            Attributes { namespace: missing.then(|| "\\App\\Http\\Controllers".to_owned()), ..Attributes::default() };
        let confirm_class = class("ConfirmPasswordController");
        let has_confirm = self.framework.version >= 6 && self.program.class(&confirm_class).is_some();
        let option = |name: &str, default: bool| {
            options.as_array().and_then(|options| options.get_text(name)).and_then(Value::truth).unwrap_or(default)
        };
        let parts = [
            (option("login", true), LOGIN),
            (option("logout", true), LOGOUT),
            (option("register", true), REGISTER),
            (option("reset", true), RESET),
            (option("confirm", has_confirm), CONFIRM),
            (option("verify", false), VERIFY),
        ];
        let merged = match self.framework.groups.last() {
            Some(outer) => attributes.within(outer, PrefixOrder::GroupFirst),
            None => attributes,
        };
        self.framework.groups.push(merged);
        for (verb, uri, uses, name) in parts.iter().filter(|(wanted, _)| *wanted).flat_map(|(_, routes)| *routes) {
            let route = self.verb(vec![(*verb).to_owned()], Value::text(uri), Value::text(uses), Attributes::default());
            let is_unnamed = name.is_empty() || (*name == "password.update" && self.framework.version < 6);
            self.with_route(&route, |route| {
                if !is_unnamed {
                    let outer = route.attributes.name.take().unwrap_or_default();
                    route.attributes.name = Some(format!("{outer}{name}"));
                }
            });
        }
        self.framework.groups.pop();
    }

    /// `Broadcast::routes()`.
    pub(crate) fn broadcast_routes(&mut self, attributes: &Value) {
        let attributes = match attributes.as_array().filter(|array| !array.is_empty()) {
            Some(_) => Attributes::of_array(self, attributes),
            None => Attributes { middleware: Some(vec!["web".to_owned()]), ..Attributes::default() },
        };
        let merged = match self.framework.groups.last() {
            Some(outer) => attributes.within(outer, PrefixOrder::GroupFirst),
            None => attributes,
        };
        self.framework.groups.push(merged);
        let uses = Value::text("\\Illuminate\\Broadcasting\\BroadcastController@authenticate");
        let route = self.verb(
            vec!["GET".to_owned(), "POST".to_owned()],
            Value::text("broadcasting/auth"),
            uses,
            Attributes::default(),
        );
        let excluded = match self.framework.version {
            ..=7 => None,
            8..=12 => Some("Illuminate\\Foundation\\Http\\Middleware\\VerifyCsrfToken"),
            _ => Some("Illuminate\\Foundation\\Http\\Middleware\\PreventRequestForgery"),
        };
        self.with_route(&route, |route| route.attributes.excluded.extend(excluded.map(str::to_owned)));
        self.framework.groups.pop();
    }
}

/// Verb, URI, handler, name.
type Known = (&'static str, &'static str, &'static str, &'static str);

const LOGIN: &[Known] = &[
    ("GET", "login", "Auth\\LoginController@showLoginForm", "login"),
    ("POST", "login", "Auth\\LoginController@login", ""),
];
const LOGOUT: &[Known] = &[("POST", "logout", "Auth\\LoginController@logout", "logout")];
const REGISTER: &[Known] = &[
    ("GET", "register", "Auth\\RegisterController@showRegistrationForm", "register"),
    ("POST", "register", "Auth\\RegisterController@register", ""),
];
const RESET: &[Known] = &[
    ("GET", "password/reset", "Auth\\ForgotPasswordController@showLinkRequestForm", "password.request"),
    ("POST", "password/email", "Auth\\ForgotPasswordController@sendResetLinkEmail", "password.email"),
    ("GET", "password/reset/{token}", "Auth\\ResetPasswordController@showResetForm", "password.reset"),
    ("POST", "password/reset", "Auth\\ResetPasswordController@reset", "password.update"),
];
const CONFIRM: &[Known] = &[
    ("GET", "password/confirm", "Auth\\ConfirmPasswordController@showConfirmForm", "password.confirm"),
    ("POST", "password/confirm", "Auth\\ConfirmPasswordController@confirm", ""),
];
const VERIFY: &[Known] = &[
    ("GET", "email/verify", "Auth\\VerificationController@show", "verification.notice"),
    ("GET", "email/verify/{id}/{hash}", "Auth\\VerificationController@verify", "verification.verify"),
    ("POST", "email/resend", "Auth\\VerificationController@resend", "verification.resend"),
];

fn any() -> Vec<String> {
    ANY.iter().map(|verb| (*verb).to_owned()).collect()
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
    Some(Handler {
        kind: HandlerType::Controller,
        class: Some(class.trim_start_matches('\\').to_owned()),
        method: Some(method.to_string()),
    })
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

fn joined(prefix: &str, uri: &str) -> String {
    let whole = format!("{prefix}/{uri}");
    let trimmed = whole.trim_matches('/');
    if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() }
}
