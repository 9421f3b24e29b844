//! The names of middleware: what every application has, what its kernel adds, and what its providers change.

use codeproof_types::laravel::MiddlewareNames;

use crate::app::Laravel;
use crate::php::{Arguments, Key, Machine, UNKNOWN_PART, Value};

/// Aliases that the framework brings since version 11 (`Illuminate\Foundation\Configuration\Middleware`).
const ALIASES: &[(&str, &str)] = &[
    ("auth", "Illuminate\\Auth\\Middleware\\Authenticate"),
    ("auth.basic", "Illuminate\\Auth\\Middleware\\AuthenticateWithBasicAuth"),
    ("auth.session", "Illuminate\\Session\\Middleware\\AuthenticateSession"),
    ("cache.headers", "Illuminate\\Http\\Middleware\\SetCacheHeaders"),
    ("can", "Illuminate\\Auth\\Middleware\\Authorize"),
    ("guest", "Illuminate\\Auth\\Middleware\\RedirectIfAuthenticated"),
    ("password.confirm", "Illuminate\\Auth\\Middleware\\RequirePassword"),
    ("precognitive", "Illuminate\\Foundation\\Http\\Middleware\\HandlePrecognitiveRequests"),
    ("signed", "Illuminate\\Routing\\Middleware\\ValidateSignature"),
    ("throttle", "Illuminate\\Routing\\Middleware\\ThrottleRequests"),
    ("verified", "Illuminate\\Auth\\Middleware\\EnsureEmailIsVerified"),
];

const WEB: &[&str] = &[
    "Illuminate\\Cookie\\Middleware\\EncryptCookies",
    "Illuminate\\Cookie\\Middleware\\AddQueuedCookiesToResponse",
    "Illuminate\\Session\\Middleware\\StartSession",
    "Illuminate\\View\\Middleware\\ShareErrorsFromSession",
    CSRF_UNTIL_12,
    SUBSTITUTE_BINDINGS,
];
const CSRF_UNTIL_12: &str = "Illuminate\\Foundation\\Http\\Middleware\\ValidateCsrfToken";
const CSRF_SINCE_13: &str = "Illuminate\\Foundation\\Http\\Middleware\\PreventRequestForgery";
const SUBSTITUTE_BINDINGS: &str = "Illuminate\\Routing\\Middleware\\SubstituteBindings";

const GLOBAL: &[&str] = &[
    "Illuminate\\Foundation\\Http\\Middleware\\InvokeDeferredCallbacks",
    "Illuminate\\Http\\Middleware\\TrustProxies",
    "Illuminate\\Http\\Middleware\\HandleCors",
    "Illuminate\\Foundation\\Http\\Middleware\\PreventRequestsDuringMaintenance",
    "Illuminate\\Http\\Middleware\\ValidatePostSize",
    "Illuminate\\Foundation\\Http\\Middleware\\TrimStrings",
    "Illuminate\\Foundation\\Http\\Middleware\\ConvertEmptyStringsToNull",
];
const PATH_ENCODING_SINCE_12: &str = "Illuminate\\Http\\Middleware\\ValidatePathEncoding";

/// What an application has before it says anything; `version` is the major one, 0 for an unknown one.
pub(super) fn defaults(version: u32) -> MiddlewareNames {
    let owned = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let mut web = owned(WEB);
    if version >= 13 {
        web.iter_mut().filter(|it| *it == CSRF_UNTIL_12).for_each(|it| CSRF_SINCE_13.clone_into(it));
    }
    let mut global = owned(GLOBAL);
    if version >= 12 {
        global.insert(0, PATH_ENCODING_SINCE_12.to_owned());
    }
    MiddlewareNames {
        aliases: ALIASES.iter().map(|(name, class)| ((*name).to_owned(), (*class).to_owned())).collect(),
        groups: [("web".to_owned(), web), ("api".to_owned(), vec![SUBSTITUTE_BINDINGS.to_owned()])].into(),
        global,
    }
}

/// The names of a list, or one name; what is not known is [`UNKNOWN_PART`], what is empty is left out.
pub(super) fn names_of(value: &Value) -> Vec<String> {
    let one = |value: &Value| match value.plain() {
        Value::Null | Value::Boolean(false) => String::new(),
        Value::Closure(_) => super::controllers::CLOSURE.to_owned(),
        _ => value.as_label().map_or(UNKNOWN_PART.to_owned(), |name| name.trim_start_matches('\\').to_owned()),
    };
    let all = match value.as_array() {
        Some(array) => array.values().map(one).collect(),
        None => vec![one(value)],
    };
    all.into_iter().filter(|name| !name.is_empty()).collect()
}

impl Machine<'_, Laravel> {
    /// Reads what the kernel or `withMiddleware()` says; providers change it afterwards.
    pub(crate) fn load_middleware(&mut self) {
        let version = self.framework.version;
        let kernel = self.kernel_class();
        self.framework.middleware.names = match &kernel {
            Some(_) => MiddlewareNames::default(),
            None => defaults(version),
        };
        match kernel {
            Some(kernel) => self.read_kernel(&kernel),
            None => self.read_configuration(),
        }
    }

    /// The application's own HTTP kernel: the one it binds, else the one where the skeleton has it.
    fn kernel_class(&mut self) -> Option<String> {
        let bound = self.framework.middleware.kernel.clone();
        if let Some(bound) = bound.filter(|class| self.program.class(class).is_some()) {
            return Some(bound.to_string());
        }
        if self.framework.middleware.is_configured {
            return None;
        }
        let mut namespaces = vec!["App\\".to_owned()];
        namespaces.extend(self.program.namespaces());
        namespaces.into_iter().map(|space| format!("{space}Http\\Kernel")).find(|it| self.program.class(it).is_some())
    }

    fn read_kernel(&mut self, class: &str) {
        let Some(instance) = self.instantiate(class) else { return };
        if self.method(class, "__construct").is_some() {
            self.call_method(&Value::Object(instance.clone()), "__construct", Arguments::default());
        }
        let properties = instance.properties.borrow();
        let names = &mut self.framework.middleware.names;
        names.global = properties.get("middleware").map(names_of).unwrap_or_default();
        for group in ["middlewareGroups"].iter().filter_map(|it| properties.get(*it)?.as_array()) {
            names.groups.extend(group.iter().filter_map(|(name, list)| Some((text(name)?, names_of(list)))));
        }
        for aliases in ["routeMiddleware", "middlewareAliases"].iter().filter_map(|it| properties.get(*it)?.as_array())
        {
            let known = aliases.iter().filter_map(|(name, class)| Some((text(name)?, names_of(class).pop()?)));
            names.aliases.extend(known);
        }
    }

    /// A method of the router or of the kernel that changes names; false for any other.
    pub(crate) fn middleware_setting(&mut self, method: &str, arguments: &Arguments) -> bool {
        let names = &mut self.framework.middleware.names;
        let first = arguments.at(0).as_label().unwrap_or_default().to_string();
        let second = names_of(&arguments.at(1));
        match method.to_lowercase().as_str() {
            "aliasmiddleware" => {
                names.aliases.extend(second.into_iter().next().map(|class| (first, class)));
            }
            "middlewaregroup" => {
                names.groups.insert(first, second);
            }
            "pushmiddlewaretogroup" | "appendmiddlewaretogroup" => {
                let group = names.groups.entry(first).or_default();
                let new: Vec<String> = second.into_iter().filter(|name| !group.contains(name)).collect();
                group.extend(new);
            }
            "prependmiddlewaretogroup" => {
                let group = names.groups.entry(first).or_default();
                let new: Vec<String> = second.into_iter().filter(|name| !group.contains(name)).collect();
                group.splice(0..0, new);
            }
            "removemiddlewarefromgroup" => {
                names.groups.entry(first).or_default().retain(|name| !second.contains(name));
            }
            "pushmiddleware" => names.global.extend(names_of(&arguments.at(0))),
            "prependmiddleware" => {
                names.global.splice(0..0, names_of(&arguments.at(0)));
            }
            _ => return false,
        }
        true
    }
}

fn text(key: &Key) -> Option<String> {
    Some(key.to_value().as_text()?.to_string())
}
