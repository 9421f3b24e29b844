//! The front door's one function.

use serde::Serialize;

use crate::app::map_application;
use crate::php::Files;
use crate::routes::{Route, UnknownPart};

/// Bytes of stack for one run: nesting of expressions and calls is bounded to fit into it several times.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// What an application registers.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Map {
    /// The framework's version as composer's files say it.
    pub framework_version: Option<String>,
    /// One row for each registered route, in the order of registration; the framework's own are marked.
    pub routes: Vec<Route>,
    /// Bounds that were met: what is missing because of them is not known.
    pub limits: Vec<UnknownPart>,
}

/// Reads an application. What is not one gives an empty map.
pub fn map(files: &dyn Files) -> Map {
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, || run(files));
        match worker.map(|worker| worker.join()) {
            Ok(Ok(map)) => map,
            Ok(Err(_)) | Err(_) => failed(),
        }
    })
}

fn run(files: &dyn Files) -> Map {
    let started = map_application(files);
    let limits = started.limits.into_iter().map(|doubt| UnknownPart {
        reason: doubt.reason,
        path: doubt.path.to_string(),
        line: doubt.line,
    });
    Map { framework_version: started.version, routes: started.routes, limits: limits.collect() }
}

fn failed() -> Map {
    let reason = "the application could not be read to the end".to_owned();
    Map { limits: vec![UnknownPart { reason, path: String::new(), line: 0 }], ..Map::default() }
}
