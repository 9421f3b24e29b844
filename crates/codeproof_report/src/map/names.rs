//! How routes, classes and places are called on the way out, the same in every format. All texts are cleaned.

use codeproof_types::laravel::{Authentication, Certainty, HandlerType, Route, UnknownPart};

use crate::clean;

/// Characters of a name that are shown where rows have to stay readable.
const NAME_CHARACTERS_MAX: usize = 120;

/// A foreign name on one line, cut when it is longer than any sensible one.
pub(super) fn name(text: &str) -> String {
    clean::short(text, NAME_CHARACTERS_MAX)
}

/// A class without the folders that every one of its kind has: what follows `Controllers\`, `Middleware\` or `Models\`,
/// else the last part.
pub(super) fn class(full: &str) -> String {
    let after = ["\\Controllers\\", "\\Middleware\\", "\\Models\\"]
        .into_iter()
        .find_map(|folder| full.split_once(folder).map(|(_, after)| after));
    name(after.filter(|after| !after.is_empty()).unwrap_or_else(|| short_class(full)))
}

/// The last part of a full name.
pub(super) fn short_class(full: &str) -> &str {
    full.rsplit('\\').next().unwrap_or(full)
}

/// `SongController@show`, `closure`, `view welcome`, `redirect to /login`.
pub(super) fn handler(route: &Route) -> String {
    let default = |key: &str| route.defaults.get(key).and_then(serde_json::Value::as_str).map(name);
    match (route.handler_type, &route.controller, &route.action) {
        (HandlerType::Closure, ..) => "closure".to_owned(),
        (HandlerType::View, ..) => default("view").map_or("view".to_owned(), |view| format!("view {view}")),
        (HandlerType::Redirect, ..) => {
            default("destination").map_or("redirect".to_owned(), |target| format!("redirect to {target}"))
        }
        (HandlerType::Invokable, Some(controller), _) => class(controller),
        (_, Some(controller), Some(action)) => format!("{}@{}", class(controller), name(action)),
        (_, Some(controller), None) => class(controller),
        (_, None, Some(action)) => format!("?@{}", name(action)),
        (_, None, None) => "not known".to_owned(),
    }
}

/// `GET|POST`; `any` for all of them.
pub(super) fn verbs(route: &Route) -> String {
    const ALL: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    if ALL.iter().all(|verb| route.methods.iter().any(|of_route| of_route == verb)) {
        return "ANY".to_owned();
    }
    let verbs: Vec<String> = route.methods.iter().map(|verb| clean::short(verb, 10)).collect();
    if verbs.is_empty() { clean::short(&route.method, 10) } else { clean::cut(&verbs.join("|"), 40) }
}

/// The host before the URI when the route is bound to one.
pub(super) fn address(route: &Route) -> String {
    let uri = name(&route.full_uri);
    route.domain.as_deref().map_or(uri.clone(), |domain| format!("{}{uri}", name(domain)))
}

/// A middleware's entry with its class made short: `Illuminate\Auth\Middleware\Authenticate:api` is `Authenticate:api`.
pub(super) fn middleware(entry: &str) -> String {
    let (class, arguments) = entry.split_once(':').map_or((entry, None), |(class, rest)| (class, Some(rest)));
    let class = short_class(class);
    name(&arguments.map_or(class.to_owned(), |arguments| format!("{class}:{arguments}")))
}

/// What runs in front of the handler as the code names it: the registered names without what is excluded, then what the
/// controller asks for.
pub(super) fn middleware_names(route: &Route) -> Vec<String> {
    let registered = route.middleware.iter().filter(|entry| !route.excluded_middleware.contains(entry));
    let mut names: Vec<String> = registered.chain(&route.controller_middleware).map(|it| middleware(it)).collect();
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

/// The word for who may come.
pub(super) fn authentication(route: &Route) -> &'static str {
    match route.authentication {
        Authentication::Required => "auth",
        Authentication::None => "open",
        Authentication::Unknown => "?",
    }
}

/// The word for how sure a row is; empty for the ordinary case.
pub(super) fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Exact => "",
        Certainty::Conditional => "conditional",
        Certainty::Partial => "partial",
    }
}

/// `path:line`.
pub(super) fn place(path: &str, line: u32) -> String {
    format!("{}:{line}", clean::path_text(path))
}

/// The reason and its place: `hangs on config('x') (routes/api.php:12)`.
pub(super) fn reason(part: &UnknownPart) -> String {
    format!("{} ({})", clean::short(&part.reason, 300), place(&part.path, part.line))
}

/// The path and line of a `path:line`.
pub(super) fn place_of(symbol: &str) -> Option<(String, u32)> {
    let (path, line) = symbol.rsplit_once(':')?;
    Some((path.to_owned(), line.parse().ok()?))
}
