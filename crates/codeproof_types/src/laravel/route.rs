//! One registered route as it goes over the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Certainty, UnknownPart};

/// What answers a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HandlerType {
    /// A method of a controller.
    Controller,
    /// A function written in the route file.
    Closure,
    /// A class with `__invoke`.
    Invokable,
    /// Laravel's own controller that shows a view.
    View,
    /// Laravel's own controller that redirects.
    Redirect,
}

/// Whether a request has to be signed in, or to carry a signature, to reach the handler.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Authentication {
    /// A middleware of the chain turns others away.
    Required,
    /// Nothing in the chain does.
    None,
    /// Something in the chain is not known.
    #[default]
    Unknown,
}

/// One registered route. Field names are the public JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Route {
    /// The first verb.
    pub method: String,
    /// All verbs without the HEAD that comes with every GET.
    pub methods: Vec<String>,
    /// As Laravel keeps it: without a leading slash, `/` for the root.
    pub uri: String,
    /// With its leading slash.
    pub full_uri: String,
    /// The name, with those of its groups.
    pub name: Option<String>,
    /// The full name of the class that answers.
    pub controller: Option<String>,
    /// The method that answers.
    pub action: Option<String>,
    /// What kind of thing answers.
    pub handler_type: HandlerType,
    /// Middleware as registered, in order; groups and aliases are not expanded.
    pub middleware: Vec<String>,
    /// What `withoutMiddleware` takes off again.
    pub excluded_middleware: Vec<String>,
    /// Middleware that the controller asks for by itself, in its constructor or as `HasMiddleware`, for this method.
    pub controller_middleware: Vec<String>,
    /// Everything that runs in front of the handler, in order of registration (Laravel moves some forward by its list of
    /// priorities): groups and aliases resolved to classes (arguments behind a colon), what is excluded taken off. The
    /// application's global middleware is not among them.
    pub middleware_classes: Vec<String>,
    /// Whether a request has to be signed in.
    pub authentication: Authentication,
    /// The entry of `middleware_classes` that sees to it.
    pub authenticated_by: Option<String>,
    /// The host, when it is bound to one.
    pub domain: Option<String>,
    /// Patterns of parameters.
    #[serde(rename = "where")]
    pub wheres: BTreeMap<String, String>,
    /// Default values of parameters.
    pub defaults: BTreeMap<String, serde_json::Value>,
    /// Parameters that are looked up by another column: `{post:slug}`.
    pub binding_fields: BTreeMap<String, String>,
    /// The prefix its groups give.
    pub group_prefix: String,
    /// The middleware its groups give.
    pub group_middleware: Vec<String>,
    /// The file that registers it.
    pub source_file: String,
    /// First line of the registration, 1-based.
    pub start_line: u32,
    /// Last line of the registration.
    pub end_line: u32,
    /// The files that led there, outermost first.
    pub registered_through: Vec<String>,
    /// Where the controller's method is declared, as `path:line`.
    pub controller_symbol: Option<String>,
    /// The full names of the application's models that the controller's method mentions, in order of first mention.
    #[serde(default)]
    pub models: Vec<String>,
    /// Whether the framework registers it by itself.
    pub framework: bool,
    /// How sure the row is.
    pub certainty: Certainty,
    /// Whether it hangs on something outside the code.
    pub conditional: bool,
    /// What is not known.
    pub unknown: Vec<UnknownPart>,
}

/// What the names of middleware stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MiddlewareNames {
    /// Short name to class, with those every application has.
    pub aliases: BTreeMap<String, String>,
    /// Name of a group to its entries, in order.
    pub groups: BTreeMap<String, Vec<String>>,
    /// What runs for every request.
    pub global: Vec<String>,
}
