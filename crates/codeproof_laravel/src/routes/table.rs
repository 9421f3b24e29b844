//! From registrations to rows: the last registration of a verb, host and URI wins, as in Laravel's own collection.

use std::collections::BTreeMap;

use codeproof_types::laravel::{Certainty, Route, UnknownPart};
use rustc_hash::FxHashMap;

use super::register::Registered;
use crate::app::Laravel;
use crate::php::{Doubt, Machine, UNKNOWN_PART, Value};

impl Machine<'_, Laravel> {
    /// All rows, in the order of registration.
    pub(crate) fn rows(&mut self) -> Vec<Route> {
        self.register_pending();
        self.framework.misses_routes = !self.limits.is_empty();
        let mut routes = std::mem::take(&mut self.framework.routes);
        routes.sort_by_key(|route| route.sequence);
        let mut winner: FxHashMap<(String, Option<String>, String), usize> = FxHashMap::default();
        for (place, route) in routes.iter().enumerate() {
            for method in &route.methods {
                let uri = bound(&route.uri).0;
                winner.insert((method.clone(), route.attributes.domain.clone(), uri), place);
            }
        }
        let mut rows = Vec::new();
        for (place, mut route) in routes.into_iter().enumerate() {
            let uri = bound(&route.uri).0;
            let domain = route.attributes.domain.clone();
            let is_unknown = uri.contains(UNKNOWN_PART);
            route.methods.retain(|method| {
                is_unknown || winner.get(&(method.clone(), domain.clone(), uri.clone())) == Some(&place)
            });
            if !route.methods.is_empty() {
                rows.push(self.row(route));
            }
        }
        rows
    }

    /// Where a controller's method is declared.
    fn symbol(&mut self, class: &str, method: &str) -> Option<String> {
        let (path, line) = self.program.method_line(class, method)?;
        Some(format!("{path}:{line}"))
    }

    fn row(&mut self, route: Registered) -> Route {
        let (uri, binding_fields) = bound(&route.uri);
        let mut wheres: BTreeMap<String, String> = self.framework.patterns.iter().cloned().collect();
        wheres.extend(route.attributes.wheres.iter().cloned());
        let unknown = unknown_parts(&route);
        let is_partial = route.attributes.doubts.iter().any(|(_, missing)| *missing);
        let certainty = match (is_partial, unknown.is_empty()) {
            (true, _) => Certainty::Partial,
            (false, false) => Certainty::Conditional,
            (false, true) => Certainty::Exact,
        };
        let middleware = route.attributes.middleware.clone().unwrap_or_default();
        let handler = route.handler.class.as_deref().zip(route.handler.method.as_deref());
        let in_part = route.attributes.has_unknown_middleware;
        let chain = self.chain(&middleware, handler, &route.attributes.excluded, in_part);
        let controller_symbol = match (&route.handler.class, &route.handler.method) {
            (Some(class), Some(method)) => self.symbol(class, method),
            _ => None,
        };
        Route {
            method: route.methods.first().cloned().unwrap_or_default(),
            methods: route.methods,
            full_uri: format!("/{}", uri.trim_start_matches('/')),
            uri,
            name: route.attributes.name,
            controller: route.handler.class,
            action: route.handler.method,
            handler_type: route.handler.kind,
            middleware,
            excluded_middleware: route.attributes.excluded,
            controller_middleware: chain.controller.clone(),
            middleware_classes: chain.classes.clone(),
            authentication: chain.authentication,
            authenticated_by: chain.authenticated_by.clone(),
            domain: route.attributes.domain,
            wheres,
            defaults: route.defaults.into_iter().map(|(name, value)| (name, json(&value, 0))).collect(),
            binding_fields,
            group_prefix: route.group_prefix,
            group_middleware: route.group_middleware,
            source_file: route.place.path.to_string(),
            start_line: route.place.line,
            end_line: route.place.end_line,
            registered_through: route.through.iter().map(ToString::to_string).collect(),
            controller_symbol,
            models: Vec::new(),
            framework: route.framework,
            conditional: certainty != Certainty::Exact,
            certainty,
            unknown,
        }
    }
}

fn unknown_parts(route: &Registered) -> Vec<UnknownPart> {
    let mut parts: Vec<UnknownPart> = Vec::new();
    let doubts = route.conditions.iter().chain(route.attributes.doubts.iter().map(|(doubt, _)| doubt));
    for doubt in doubts {
        let part = part(doubt);
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts
}

/// A doubt as it goes over the wire.
pub(crate) fn part(doubt: &Doubt) -> UnknownPart {
    UnknownPart { reason: doubt.reason.clone(), path: doubt.path.to_string(), line: doubt.line }
}

/// The URI without the columns that parameters are looked up by, and these columns.
fn bound(uri: &str) -> (String, BTreeMap<String, String>) {
    let mut fields = BTreeMap::new();
    let mut plain = String::with_capacity(uri.len());
    let mut rest = uri;
    while let Some(place) = rest.find('{') {
        plain.push_str(&rest[..=place]);
        rest = &rest[place + 1..];
        let end = rest.find('}').unwrap_or(rest.len());
        let parameter = &rest[..end];
        match parameter.split_once(':') {
            Some((name, field)) => {
                let optional = field.ends_with('?');
                plain.push_str(name);
                if optional {
                    plain.push('?');
                }
                fields.insert(name.to_owned(), field.trim_end_matches('?').to_owned());
            }
            None => plain.push_str(parameter),
        }
        rest = &rest[end..];
    }
    plain.push_str(rest);
    (plain, fields)
}

/// A value as JSON; what has no JSON is null. Deep arrays are cut.
fn json(value: &Value, depth: u32) -> serde_json::Value {
    match value.plain() {
        Value::Boolean(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Array(array) if depth < 8 => match array.is_list() {
            true => array.values().map(|value| json(value, depth + 1)).collect(),
            false => serde_json::Value::Object(
                array
                    .iter()
                    .filter_map(|(key, value)| Some((key.to_value().as_text()?.to_string(), json(value, depth + 1))))
                    .collect(),
            ),
        },
        other => other.as_label().map_or(serde_json::Value::Null, |text| text.to_string().into()),
    }
}
