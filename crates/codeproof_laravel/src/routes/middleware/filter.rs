//! Routes by what does not run in front of them.

use codeproof_types::laravel::{Authentication, LaravelMap, Route};

/// Whether nothing of a route's chain is `name`. `auth` means everything that turns away who is not signed in: guards,
/// `verified`, `signed`, an application's own; any other name is an alias, a group, or a class by its short or full name.
pub fn without_middleware(route: &Route, name: &str, map: &LaravelMap) -> bool {
    if name == "auth" {
        return route.authentication != Authentication::Required;
    }
    let alias = map.middleware.aliases.get(name);
    let class = alias.map_or(name, String::as_str).trim_start_matches('\\');
    let in_chain = route.middleware_classes.iter().any(|entry| {
        let entry = entry.split(':').next().unwrap_or_default();
        entry.eq_ignore_ascii_case(class)
            || entry.rsplit('\\').next().is_some_and(|short| short.eq_ignore_ascii_case(name))
    });
    let is_excluded = route.excluded_middleware.iter().any(|entry| entry == name);
    let registered = route.middleware.iter().chain(&route.controller_middleware).any(|entry| entry == name);
    !in_chain && (is_excluded || !registered)
}
