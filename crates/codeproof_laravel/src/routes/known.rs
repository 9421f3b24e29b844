//! Routes that packages of the framework register: laravel/ui's and those of broadcasting.

use super::attributes::{Attributes, PrefixOrder};
use crate::app::Laravel;
use crate::php::{Machine, Value};

impl Machine<'_, Laravel> {
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
