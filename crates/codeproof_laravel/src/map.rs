//! The front door's one function.

use codeproof_types::laravel::{LaravelMap, UnknownPart};

use crate::app::start_application;
use crate::php::Files;
use crate::routes::table::part;
use crate::{concerns, models, schema};

/// Bytes of stack for one run: nesting of expressions and calls is bounded to fit into it several times.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Which parts of a map are wanted; what is not wanted stays empty and costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Routes and what their middleware stands for.
    pub routes: bool,
    /// Migrations and the schema after them.
    pub migrations: bool,
    /// Eloquent models.
    pub models: bool,
    /// What does not fit together; looks through all of the application's files.
    pub concerns: bool,
}

impl Parts {
    /// Everything.
    pub const ALL: Self = Self { routes: true, migrations: true, models: true, concerns: true };
    /// Migrations alone.
    pub const MIGRATIONS: Self = Self { routes: false, migrations: true, models: false, concerns: false };
    /// Models alone.
    pub const MODELS: Self = Self { routes: false, migrations: false, models: true, concerns: false };
    /// Routes alone: reads only what starting needs.
    pub const ROUTES: Self = Self { routes: true, migrations: false, models: false, concerns: false };
}

/// Reads an application. What is not one gives an empty map.
pub fn map(files: &dyn Files, parts: Parts) -> LaravelMap {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, || run(files, parts));
        match worker.map(|worker| worker.join()) {
            Ok(Ok(map)) => map,
            Ok(Err(_)) | Err(_) => failed(),
        }
    })
}

fn run(files: &dyn Files, parts: Parts) -> LaravelMap {
    let mut machine = start_application(files);
    let mut map = LaravelMap { framework_version: machine.framework.version_written.clone(), ..LaravelMap::default() };
    if parts.routes {
        map.routes = machine.rows();
        map.middleware = machine.middleware_names();
    }
    if parts.migrations {
        schema::read(&mut machine, &mut map);
    }
    if parts.models {
        map.models = models::read(&mut machine);
        machine.link_models(&mut map);
    }
    if parts.concerns {
        map.concerns = concerns::find(&mut machine, &map);
    }
    map.limits.extend(machine.limits.iter().map(part));
    map
}

fn failed() -> LaravelMap {
    let reason = "the application could not be read to the end".to_owned();
    LaravelMap { limits: vec![UnknownPart { reason, path: String::new(), line: 0 }], ..LaravelMap::default() }
}
