//! The application: what composer knows about it, how it starts, and the framework's own classes as far as starting needs
//! them.

mod collections;
mod composer;
mod configuration;
mod detect;
mod disks;
mod file_walk;
mod framework;
mod start;
mod words;

use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::models::{ModelQuery, Models, Relation, Through};
use crate::php::{Doubt, Value};
use crate::routes::attributes::Attributes;
use crate::routes::middleware::{Asking, Middleware};
use crate::routes::register::Registered;
use crate::routes::resource::Pending;
use crate::schema::Migrating;

pub(crate) use file_walk::Walk;

pub use detect::{ApplicationKind, detect};
pub(crate) use start::start_application;

/// An object of the framework.
#[derive(Debug, Clone)]
pub(crate) enum Object {
    Router,
    /// A router with attributes for what comes next.
    Registrar(Attributes),
    /// A place in the table of routes.
    Route(usize),
    /// A place in the list of pending resources.
    Pending(usize),
    Application,
    /// What `Application::configure()` gives.
    Builder,
    Configuration,
    /// What the closure of `withMiddleware()` gets.
    Middleware,
    /// The HTTP kernel.
    Kernel,
    /// What a controller asks for.
    Asking(Asking),
    /// A walk over files.
    Walk(Walk),
    /// A file, by its path.
    File(std::rc::Rc<str>),
    /// A collection over an array.
    Collection(Value),
    /// The schema builder of a connection.
    SchemaBuilder(Option<Rc<str>>),
    /// A table that a migration creates or alters.
    Blueprint(usize),
    /// A blueprint's column, index or key, to be refined.
    BlueprintPart(usize, usize),
    /// A database connection; the default one has no name.
    Connection(Option<Rc<str>>),
    /// A query, and whether it is about a part of the rows only.
    Query {
        table: Option<Rc<str>>,
        is_narrowed: bool,
    },
    /// What a query gives: rows that are not in the code.
    Rows(Rc<Doubt>),
    /// A table as the database's own tools show it.
    DatabaseTable(Rc<str>),
    /// `DB::raw()`.
    Expression(Rc<str>),
    /// A relation between models.
    Relation(Box<Relation>),
    /// Half a relation: `$model->through(…)`.
    Through(Box<Through>),
    /// A query for a model's rows.
    ModelQuery(ModelQuery),
}

/// The state of the framework while the application starts.
#[derive(Debug, Default)]
pub(crate) struct Laravel {
    /// The major version of the framework; 0 when nothing says it.
    pub(crate) version: u32,
    /// The framework's version as composer's files say it.
    pub(crate) version_written: Option<String>,
    pub(crate) objects: Vec<Object>,
    pub(crate) groups: Vec<Attributes>,
    pub(crate) routes: Vec<Registered>,
    pub(crate) pending: Vec<Pending>,
    pub(crate) macros: FxHashMap<String, Value>,
    pub(crate) route_macros: FxHashMap<String, Value>,
    pub(crate) patterns: Vec<(String, String)>,
    pub(crate) resource_verbs: Vec<(String, String)>,
    pub(crate) resource_parameters: Vec<(String, String)>,
    pub(crate) sequence: usize,
    /// Whether something that registers routes could not be followed.
    pub(crate) misses_routes: bool,
    /// Whether what is registered now is the framework's own doing.
    pub(crate) in_framework: bool,
    /// What `withRouting()` was given.
    pub(crate) routing: Option<crate::php::Arguments>,
    pub(crate) broadcasting: Option<crate::php::Arguments>,
    /// Where configuration is kept, when not in `/config`.
    pub(crate) configuration_folder: Option<String>,
    /// Configuration by the name of its file, as far as it was asked for.
    pub(crate) configuration: FxHashMap<String, Option<Value>>,
    /// Files of packages, and the keys they are to be merged under when somebody asks.
    pub(crate) configuration_merges: Vec<(Value, String)>,
    pub(crate) middleware: Middleware,
    /// Names of the packages that composer's files ask for.
    pub(crate) packages: Vec<String>,
    /// What runs when the application has booted.
    pub(crate) booted: Vec<Value>,
    /// What migrations do, and what is said about them while starting.
    pub(crate) migrating: Migrating,
    /// Providers that were named while starting.
    pub(crate) providers: Vec<(String, bool)>,
    /// Models that were asked something.
    pub(crate) models: Models,
}
