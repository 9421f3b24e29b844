//! Names of routes that no route has, where code and templates ask for them.

use codeproof_types::laravel::{Concern, ConcernKind, LaravelMap};
use rustc_hash::FxHashSet;

use super::names::Names;
use super::uses::{Said, of_blade, of_php};
use crate::app::Laravel;
use crate::php::Machine;

/// Folders whose files do not run in the application.
const OTHER_FOLDERS: &[&str] = &[
    "vendor",
    "node_modules",
    "tests",
    "test",
    "Tests",
    "Test",
    "storage",
    "stubs",
    "stub",
    "public",
    "docs",
    "examples",
    "fixtures",
];

/// Uses of names that no route has.
pub(super) fn find(machine: &mut Machine<'_, Laravel>, map: &LaravelMap) -> Vec<Concern> {
    // Where not everything could be followed, a name may have been given there.
    if map.routes.is_empty() || machine.framework.misses_routes {
        return Vec::new();
    }
    let names = Names::of(map, &machine.framework.packages);
    let said = everything_said(machine);
    let given: FxHashSet<&str> = said.iter().flat_map(|(_, said)| said.given.iter().map(String::as_str)).collect();
    // A literal that names something, though no route that is known: what that is, is not known either.
    let stray: Vec<&str> = given.into_iter().filter(|it| !it.is_empty() && !names.ends_some(it)).collect();
    let mut found = Vec::new();
    let mut fitting: FxHashSet<&str> = FxHashSet::default();
    for (path, said) in &said {
        for used in &said.uses {
            let is_asked = said.asked.contains(&used.name);
            if names.may_have(&used.name) {
                fitting.insert(&used.name);
            }
            if is_asked || names.may_have(&used.name) || stray.iter().any(|end| used.name.ends_with(end)) {
                continue;
            }
            let hint = names.like(&used.name).map(|like| format!("; there is `{like}`")).unwrap_or_default();
            found.push(Concern {
                kind: ConcernKind::UnknownRouteName,
                subject: used.name.clone(),
                message: format!("No route has the name `{}`{hint}.", used.name),
                path: path.clone(),
                start_line: used.line,
                end_line: used.line,
            });
        }
    }
    let strange: FxHashSet<&str> = found.iter().map(|concern| concern.subject.as_str()).collect();
    // More strange names than known ones: it is the map that lacks something.
    if strange.len() > fitting.len() { Vec::new() } else { found }
}

fn everything_said(machine: &Machine<'_, Laravel>) -> Vec<(String, Said)> {
    let mut all = Vec::new();
    for path in machine.program.code_files() {
        let is_other = path.split('/').any(|folder| OTHER_FOLDERS.contains(&folder)) || path.contains("_ide_helper");
        if is_other || !path.ends_with(".php") || path.starts_with("bootstrap/cache/") {
            continue;
        }
        let Some(text) = machine.program.text(&path) else { continue };
        let said = if path.ends_with(".blade.php") { of_blade(&text) } else { of_php(&text) };
        all.push((path, said));
    }
    all
}
