//! Resources and singletons: what `Illuminate\Routing\ResourceRegistrar` makes of one call.

use super::attributes::{Attributes, PrefixOrder};
use super::register::Surroundings;
use crate::app::{Laravel, Object};
use crate::inflect::singular;
use crate::php::{Arguments, Machine, Value};

/// A resource whose chain of calls goes on; it is registered at the end of the run, at its place in the order.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    name: String,
    controller: Value,
    is_singleton: bool,
    options: Options,
    surroundings: Surroundings,
}

#[derive(Debug, Clone, Default)]
struct Options {
    only: Option<Vec<String>>,
    except: Vec<String>,
    /// One name for all, or names by action.
    name: Option<String>,
    names: Vec<(String, String)>,
    name_prefix: Option<String>,
    parameters: Vec<(String, String)>,
    middleware: Option<Vec<String>>,
    middleware_for: Vec<(String, Vec<String>)>,
    excluded: Vec<String>,
    excluded_for: Vec<(String, Vec<String>)>,
    wheres: Vec<(String, String)>,
    fields: Vec<(String, String)>,
    shallow: bool,
    creatable: bool,
    destroyable: bool,
    doubts: Attributes,
}

impl Machine<'_, Laravel> {
    /// `resource()`, `apiResource()`, `singleton()` and their plurals.
    pub(crate) fn resource_call(&mut self, verb: &str, own: Attributes, arguments: &Arguments) -> Value {
        if let Some(single) = verb.strip_suffix('s').filter(|it| it.ends_with("resource") || it.ends_with("singleton"))
        {
            let single = if single == "softdeletableresource" { "resource" } else { single };
            let list = arguments.value(0, "resources");
            for (name, controller) in list.as_array().cloned().unwrap_or_default().iter() {
                let one = Arguments::of([name.to_value(), controller.clone(), arguments.value(1, "options")]);
                self.resource_call(single, own.clone(), &one);
            }
            return Value::Null;
        }
        let mut options = Options::default();
        options.set_all(self, &arguments.value(2, "options"));
        options.name_prefix = own.name.clone().or(options.name_prefix);
        options.middleware = own.middleware.clone().or(options.middleware);
        options.excluded.extend(own.excluded.clone());
        options.wheres.extend(own.wheres.clone());
        options.doubts.doubts.extend(own.doubts);
        let is_singleton = verb.ends_with("singleton");
        if verb.starts_with("api") && options.only.is_none() {
            let all: &[&str] = if is_singleton {
                &["store", "show", "update", "destroy"]
            } else {
                &["index", "show", "store", "update", "destroy"]
            };
            options.only = Some(all.iter().map(|it| (*it).to_owned()).collect());
        }
        let Some(name) = options.doubts.text(self, "the resource", &arguments.value(0, "name")) else {
            return self.unknown("a resource whose name is not known");
        };
        let surroundings = self.surroundings();
        let controller = arguments.value(1, "controller");
        self.framework.pending.push(Pending { name, controller, is_singleton, options, surroundings });
        let place = self.framework.pending.len() - 1;
        self.object(Object::Pending(place))
    }

    /// A method called on a resource.
    pub(crate) fn pending_call(&mut self, place: usize, method: &str, arguments: &Arguments) -> Option<Value> {
        let mut options = std::mem::take(&mut self.framework.pending.get_mut(place)?.options);
        let several = match arguments.positional.as_slice() {
            [_, _, ..] => Value::list(arguments.positional.clone()),
            _ => arguments.values().next().cloned().unwrap_or(Value::Null),
        };
        options.call(self, method, &several, arguments);
        let end_line = self.place().end_line;
        let pending = self.framework.pending.get_mut(place)?;
        pending.options = options;
        pending.surroundings.place.end_line = pending.surroundings.place.end_line.max(end_line);
        Some(self.object(Object::Pending(place)))
    }

    /// Registers every resource that is still pending.
    pub(crate) fn register_pending(&mut self) {
        for pending in std::mem::take(&mut self.framework.pending) {
            self.register_resource(pending);
        }
    }

    fn register_resource(&mut self, mut pending: Pending) {
        if let Some((prefix, name)) = pending.name.rsplit_once('/') {
            let attributes = Attributes { prefix: Some(prefix.to_owned()), ..Attributes::default() };
            let group = pending.surroundings.group.take().unwrap_or_default();
            pending.surroundings.group = Some(attributes.within(&group, PrefixOrder::GroupFirst));
            pending.name = name.to_owned();
        }
        let options = &pending.options;
        let mut actions: Vec<&str> = if pending.is_singleton {
            match (options.creatable, options.destroyable) {
                (true, _) => vec!["show", "edit", "update", "create", "store", "destroy"],
                (false, true) => vec!["show", "edit", "update", "destroy"],
                (false, false) => vec!["show", "edit", "update"],
            }
        } else {
            vec!["index", "create", "store", "show", "edit", "update", "destroy"]
        };
        if let Some(only) = &options.only {
            actions.retain(|action| only.iter().any(|it| it == action));
        }
        actions.retain(|action| !options.except.iter().any(|it| it == action));
        for action in actions {
            self.register_action(&pending, action);
        }
    }

    fn register_action(&mut self, pending: &Pending, action: &str) {
        let options = &pending.options;
        let shallow = options.shallow && matches!(action, "show" | "edit" | "update" | "destroy");
        let name = match pending.name.rsplit_once('.') {
            Some((_, last)) if shallow => last,
            _ => &pending.name,
        };
        let base =
            if pending.is_singleton { self.singleton_uri(options, name) } else { self.resource_uri(options, name) };
        let item = if pending.is_singleton {
            base.clone()
        } else {
            let last = name.rsplit('.').next().unwrap_or(name);
            format!("{base}/{{{}}}", self.wildcard(options, last))
        };
        let word = |machine: &Self, verb: &str| {
            let own = machine.framework.resource_verbs.iter().rev().find(|(it, _)| it == verb);
            own.map_or(verb.to_owned(), |(_, word)| word.clone())
        };
        let (methods, uri): (&[&str], String) = match action {
            "index" => (&["GET"], base),
            "create" => (&["GET"], format!("{base}/{}", word(self, "create"))),
            "store" => (&["POST"], base),
            "show" => (&["GET"], item),
            "edit" => (&["GET"], format!("{item}/{}", word(self, "edit"))),
            "update" => (&["PUT", "PATCH"], item),
            _ => (&["DELETE"], item),
        };
        let uses = match pending.controller.as_text() {
            Some(controller) => Value::text(format!("{controller}@{action}")),
            None => pending.controller.clone(),
        };
        let own = options.attributes(name, action);
        let methods = methods.iter().map(|it| (*it).to_owned()).collect();
        let route = self.add_route(methods, &Value::text(uri), &uses, own, pending.surroundings.clone());
        let fields = options.fields.clone();
        self.with_route(&route, |route| {
            for (parameter, field) in fields {
                route.uri = route.uri.replace(&format!("{{{parameter}}}"), &format!("{{{parameter}:{field}}}"));
            }
        });
    }

    fn wildcard(&self, options: &Options, segment: &str) -> String {
        let given = options.parameters.iter().chain(&self.framework.resource_parameters).find(|(it, _)| it == segment);
        given.map_or_else(|| singular(segment), |(_, name)| name.clone()).replace('-', "_")
    }

    fn resource_uri(&self, options: &Options, name: &str) -> String {
        let segments: Vec<&str> = name.split('.').collect();
        let mut uri = String::new();
        for (place, segment) in segments.iter().enumerate() {
            if place > 0 {
                uri.push('/');
            }
            uri.push_str(segment);
            if place + 1 < segments.len() {
                uri.push_str(&format!("/{{{}}}", self.wildcard(options, segment)));
            }
        }
        uri
    }

    fn singleton_uri(&self, options: &Options, name: &str) -> String {
        self.resource_uri(options, name)
    }
}

impl Options {
    fn set_all(&mut self, machine: &mut Machine<'_, Laravel>, given: &Value) {
        for (key, value) in given.as_array().cloned().unwrap_or_default().iter() {
            let Some(key) = key.to_value().as_text() else { continue };
            match &*key {
                "as" => self.name_prefix = self.doubts.text(machine, "as", value),
                "middleware" => self.middleware = Some(self.doubts.texts(machine, "middleware", value)),
                "excluded_middleware" => self.excluded = self.doubts.texts(machine, "middleware", value),
                "wheres" | "where" => self.wheres = self.doubts.pairs(machine, value),
                "shallow" => self.shallow = value.truth().unwrap_or(true),
                key => self.call(machine, key, value, &Arguments::of([value.clone()])),
            }
        }
    }

    fn call(&mut self, machine: &mut Machine<'_, Laravel>, method: &str, several: &Value, arguments: &Arguments) {
        match method {
            "only" => self.only = Some(self.doubts.texts(machine, "only", several)),
            "except" => self.except = self.doubts.texts(machine, "except", several),
            "names" => match several.as_array() {
                Some(_) => self.names = self.doubts.pairs(machine, several),
                None => self.name = self.doubts.text(machine, "names", several),
            },
            "name" => {
                let action = self.doubts.text(machine, "name", &arguments.at(0));
                let name = self.doubts.text(machine, "name", &arguments.at(1));
                self.names.extend(action.zip(name));
            }
            "parameters" => self.parameters = self.doubts.pairs(machine, several),
            "parameter" => {
                let old = self.doubts.text(machine, "parameter", &arguments.at(0));
                let new = self.doubts.text(machine, "parameter", &arguments.at(1));
                self.parameters.extend(old.zip(new));
            }
            "middleware" => {
                let more = self.doubts.texts(machine, "middleware", several);
                for (_, known) in &mut self.middleware_for {
                    known.extend(more.clone());
                    unique(known);
                }
                self.middleware = Some(more);
            }
            "middlewareFor" => {
                let mut all = self.middleware.clone().unwrap_or_default();
                all.extend(self.doubts.texts(machine, "middleware", &arguments.at(1)));
                unique(&mut all);
                for action in self.doubts.texts(machine, "actions", &arguments.at(0)) {
                    self.middleware_for.push((action, all.clone()));
                }
            }
            "withoutMiddleware" => {
                let more = self.doubts.texts(machine, "middleware", several);
                self.excluded.extend(more);
            }
            "withoutMiddlewareFor" => {
                let excluded = self.doubts.texts(machine, "middleware", &arguments.at(1));
                for action in self.doubts.texts(machine, "actions", &arguments.at(0)) {
                    self.excluded_for.push((action, excluded.clone()));
                }
            }
            "where" => self.wheres = self.doubts.pairs(machine, &arguments.at(0)),
            "scoped" => self.fields = self.doubts.pairs(machine, &arguments.at(0)),
            "shallow" => self.shallow = arguments.positional.first().and_then(Value::truth).unwrap_or(true),
            "creatable" => self.creatable = true,
            "destroyable" => self.destroyable = true,
            _ => {}
        }
    }

    fn attributes(&self, resource: &str, action: &str) -> Attributes {
        let own_name = self.names.iter().rev().find(|(it, _)| it == action).map(|(_, name)| name.clone());
        let name = own_name.unwrap_or_else(|| {
            let prefix = self.name_prefix.as_ref().map(|prefix| format!("{prefix}.")).unwrap_or_default();
            format!("{prefix}{}.{action}", self.name.as_deref().unwrap_or(resource)).trim_matches('.').to_owned()
        });
        let special = self.middleware_for.iter().rev().find(|(it, _)| it == action).map(|(_, list)| list.clone());
        let mut excluded = self.excluded.clone();
        excluded.extend(self.excluded_for.iter().filter(|(it, _)| it == action).flat_map(|(_, list)| list.clone()));
        unique(&mut excluded);
        Attributes {
            name: Some(name),
            middleware: special.or_else(|| self.middleware.clone()),
            excluded,
            wheres: self.wheres.clone(),
            doubts: self.doubts.doubts.clone(),
            ..Attributes::default()
        }
    }
}

fn unique(list: &mut Vec<String>) {
    let mut seen = rustc_hash::FxHashSet::default();
    list.retain(|it| seen.insert(it.clone()));
}
