//! `withMiddleware(fn (Middleware $middleware) => …)`: what is said there, and what Laravel makes of it
//! (`Illuminate\Foundation\Configuration\Middleware`).

use super::names::names_of;
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Machine, Value};

/// Changes to one list: the parts that Laravel keeps apart and applies in its own order.
#[derive(Debug, Clone, Default)]
struct Changes {
    prepended: Vec<String>,
    appended: Vec<String>,
    removed: Vec<String>,
    replaced: Vec<(String, String)>,
}

/// What `withMiddleware()` was told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Configuration {
    /// The whole list of global middleware, when it was given.
    whole: Vec<String>,
    global: Changes,
    groups: Vec<(String, Vec<String>)>,
    group_changes: Vec<(String, Changes)>,
    aliases: Vec<(String, String)>,
    trusts_hosts: bool,
    stateful_api: bool,
    api_limiter: Option<String>,
    throttles_with_redis: bool,
    authenticates_sessions: bool,
}

impl Changes {
    fn applied(&self, list: &mut Vec<String>) {
        for name in list.iter_mut() {
            if let Some((_, new)) = self.replaced.iter().rev().find(|(old, _)| old == name) {
                name.clone_from(new);
            }
        }
        list.retain(|name| !self.removed.contains(name));
        list.splice(0..0, self.prepended.clone());
        list.extend(self.appended.clone());
        let mut seen = rustc_hash::FxHashSet::default();
        list.retain(|name| seen.insert(name.clone()));
    }

    /// `append`, `prepend`, `remove`, `replace` as `web()` and `api()` take them.
    fn set(&mut self, arguments: &Arguments) {
        let given = |place, name| match arguments.get(place, name) {
            Some(value) => names_of(value),
            None => Vec::new(),
        };
        self.appended.extend(given(0, "append"));
        self.prepended.splice(0..0, given(1, "prepend"));
        self.removed.extend(given(2, "remove"));
        self.replaced.extend(pairs(&arguments.value(3, "replace")));
    }
}

impl Configuration {
    fn group(&mut self, name: &str) -> &mut Changes {
        let place = self.group_changes.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.group_changes.push((name.to_owned(), Changes::default()));
            self.group_changes.len() - 1
        });
        &mut self.group_changes[place].1
    }

    /// One method of the object that the closure gets; what has no bearing on names is passed over.
    pub(crate) fn call(&mut self, method: &str, arguments: &Arguments) {
        let first = arguments.values().next().cloned().unwrap_or(Value::Null);
        let group = first.as_label().unwrap_or_default();
        let second = || names_of(&arguments.value(1, "middleware"));
        match method {
            "append" => self.global.appended.extend(names_of(&first)),
            "prepend" => {
                self.global.prepended.splice(0..0, names_of(&first));
            }
            "remove" => self.global.removed.extend(names_of(&first)),
            "replace" => {
                let new = names_of(&arguments.value(1, "replace")).pop();
                self.global.replaced.extend(names_of(&first).pop().zip(new));
            }
            "use" => self.whole = names_of(&first),
            "group" => self.groups.push((group.to_string(), second())),
            "appendToGroup" => self.group(&group).appended.extend(second()),
            "prependToGroup" => {
                self.group(&group).prepended.splice(0..0, second());
            }
            "removeFromGroup" => self.group(&group).removed.extend(second()),
            "replaceInGroup" => {
                let old = names_of(&arguments.value(1, "search")).pop();
                let new = names_of(&arguments.value(2, "replace")).pop();
                self.group(&group).replaced.extend(old.zip(new));
            }
            "web" | "api" => self.group(method).set(arguments),
            "alias" => self.aliases = pairs(&first),
            "trustHosts" => self.trusts_hosts = true,
            "statefulApi" => self.stateful_api = true,
            "throttleApi" => {
                self.api_limiter = Some(first.as_label().map_or("api".to_owned(), |limiter| limiter.to_string()));
                let redis = arguments.value(1, "redis").truth() == Some(true);
                self.throttles_with_redis |= redis;
            }
            "throttleWithRedis" => self.throttles_with_redis = true,
            "authenticateSessions" => self.authenticates_sessions = true,
            _ => {}
        }
    }
}

impl Machine<'_, Laravel> {
    /// Runs the closures and makes the names from what they say.
    pub(super) fn read_configuration(&mut self) {
        for callback in std::mem::take(&mut self.framework.middleware.callbacks) {
            let told = self.object(Object::Middleware);
            self.call_value(&callback, Arguments::of([told]));
        }
        let told = std::mem::take(&mut self.framework.middleware.configuration);
        let names = &mut self.framework.middleware.names;
        if told.trusts_hosts {
            names.global.insert(1.min(names.global.len()), "Illuminate\\Http\\Middleware\\TrustHosts".to_owned());
        }
        if !told.whole.is_empty() {
            names.global.clone_from(&told.whole);
        }
        told.global.applied(&mut names.global);
        if told.authenticates_sessions {
            names.groups.entry("web".to_owned()).or_default().push("auth.session".to_owned());
        }
        let api = names.groups.entry("api".to_owned()).or_default();
        if let Some(limiter) = &told.api_limiter {
            api.insert(0, format!("throttle:{limiter}"));
        }
        if told.stateful_api {
            api.insert(0, "Laravel\\Sanctum\\Http\\Middleware\\EnsureFrontendRequestsAreStateful".to_owned());
        }
        names.groups.extend(told.groups);
        for (group, changes) in &told.group_changes {
            changes.applied(names.groups.entry(group.clone()).or_default());
        }
        if told.throttles_with_redis {
            let class = "Illuminate\\Routing\\Middleware\\ThrottleRequestsWithRedis".to_owned();
            names.aliases.insert("throttle".to_owned(), class);
        }
        names.aliases.extend(told.aliases);
    }
}

fn pairs(value: &Value) -> Vec<(String, String)> {
    let Some(array) = value.as_array() else { return Vec::new() };
    let named = array.iter().filter_map(|(key, value)| Some((key.to_value().as_text()?, names_of(value).pop()?)));
    named.map(|(name, class)| (name.trim_start_matches('\\').to_owned(), class)).collect()
}
