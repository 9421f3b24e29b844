//! What runs in front of a handler: names of middleware resolved, with what controllers ask for themselves.

use codeproof_types::laravel::MiddlewareNames;

use crate::app::Laravel;
use crate::php::Machine;

impl Machine<'_, Laravel> {
    /// What the names of middleware stand for.
    pub(crate) fn middleware_names(&mut self) -> MiddlewareNames {
        MiddlewareNames::default()
    }
}
