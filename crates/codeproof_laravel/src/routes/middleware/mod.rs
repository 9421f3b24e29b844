//! What runs in front of a handler: names of middleware resolved ([`chain`]) by what the application and the framework
//! call them ([`names`], [`configuration`]), with what controllers ask for themselves ([`controllers`]), and whether
//! one of them turns away who is not signed in ([`guards`], [`refusal`]).

mod chain;
mod configuration;
mod controllers;
mod filter;
mod guards;
mod guest;
mod names;
mod refusal;

use std::rc::Rc;

use codeproof_types::laravel::MiddlewareNames;
use rustc_hash::FxHashMap;

use crate::app::Laravel;
use crate::php::Machine;

pub(crate) use chain::Chain;
pub(crate) use configuration::Configuration;
pub(crate) use controllers::{Asked, Asking};
pub use filter::without_middleware;
pub(crate) use guards::Verdict;

/// What is known about middleware while an application starts, and what was found out about it later.
#[derive(Debug, Default)]
pub(crate) struct Middleware {
    pub(crate) names: MiddlewareNames,
    /// What `withMiddleware()` was told.
    pub(crate) configuration: Configuration,
    /// The closures given to `withMiddleware()`.
    pub(crate) callbacks: Vec<crate::php::Value>,
    /// Whether `Application::configure()` makes the application.
    pub(crate) is_configured: bool,
    /// The kernel that `bootstrap/app.php` binds.
    pub(crate) kernel: Option<Rc<str>>,
    /// What the controller that is made now asks for.
    pub(crate) asked: Option<Vec<Asked>>,
    controllers: FxHashMap<String, Rc<[Asked]>>,
    verdicts: FxHashMap<String, Verdict>,
    chains: FxHashMap<String, Rc<Chain>>,
}

impl Machine<'_, Laravel> {
    /// What the names of middleware stand for.
    pub(crate) fn middleware_names(&mut self) -> MiddlewareNames {
        self.framework.middleware.names.clone()
    }
}
