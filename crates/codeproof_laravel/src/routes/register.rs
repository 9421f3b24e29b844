//! Registration: a route with its place, its groups and its conditions goes into the table.

use std::rc::Rc;

use codeproof_types::laravel::HandlerType;

use super::attributes::{Attributes, PrefixOrder};
use super::handler::Handler;
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Doubt, Machine, Place, UNKNOWN_PART, Value, more_bytes};

/// The verbs of `Route::any()` without HEAD.
const ANY: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
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

    pub(super) fn verb(&mut self, methods: Vec<String>, uri: Value, action: Value, own: Attributes) -> Value {
        let surroundings = self.surroundings();
        self.add_route(methods, &uri, &action, own, surroundings)
    }

    pub(super) fn view(&mut self, arguments: &Arguments, own: Attributes) -> Value {
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

    pub(super) fn redirect(&mut self, verb: &str, arguments: &Arguments, own: Attributes) -> Value {
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
            let doubt = self.doubt("more routes are registered than are kept");
            if !self.limits.iter().any(|limit| limit.reason == doubt.reason) {
                self.limits.push((*doubt).clone());
            }
            return Value::Unknown(doubt);
        }
        more_bytes(registered.attributes.bytes() + registered.uri.len());
        self.framework.routes.push(registered);
        let place = self.framework.routes.len() - 1;
        self.object(Object::Route(place))
    }
}

pub(super) fn any() -> Vec<String> {
    ANY.iter().map(|verb| (*verb).to_owned()).collect()
}

pub(super) fn joined(prefix: &str, uri: &str) -> String {
    let whole = format!("{prefix}/{uri}");
    let trimmed = whole.trim_matches('/');
    if trimmed.is_empty() { "/".to_owned() } else { trimmed.to_owned() }
}
