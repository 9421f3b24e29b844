//! Rust: `crate::`, `self::` and `super::` paths, `mod x;`, and the crates of this repository
//! (doc.rust-lang.org/reference, "Paths" and "Modules").

use codeproof_types::Import;

use crate::entity::Entity;
use crate::files::FileId;
use crate::manifests::Mapping;
use crate::paths;
use crate::view::View;

/// The module that an import's path names; inline modules count as their file.
pub(super) fn module(view: &View<'_>, from: FileId, import: &Import) -> Option<Entity> {
    let mut parts = import.module.split("::").filter(|part| !part.is_empty()).peekable();
    let mut file = match parts.peek().copied()? {
        "crate" => {
            parts.next();
            root_of(view, from)?
        }
        "self" => {
            parts.next();
            from
        }
        "super" => {
            let mut file = from;
            while parts.next_if_eq(&"super").is_some() {
                file = parent(view, file)?;
            }
            file
        }
        first => match view.manifests.rust.iter().find(|it| it.prefix == first) {
            Some(mapping) => {
                parts.next();
                view.at(&mapping.target)?
            }
            None => from,
        },
    };
    for part in parts {
        match child(view, file, part) {
            Some(found) => file = found,
            // An inline module, or an item: names in it are looked for in the file around it.
            None => break,
        }
    }
    // A path that led nowhere names something outside of this repository.
    let is_elsewhere = file == from && !import.module.starts_with("self") && !is_local(view, from, &import.module);
    (!is_elsewhere).then_some(Entity::File(file))
}

/// The crate a file belongs to, by the nearest manifest above it.
pub(crate) fn crate_of<'v>(view: &'v View<'_>, file: FileId) -> Option<&'v Mapping> {
    let path = view.path(file);
    view.manifests.rust.iter().filter(|it| paths::is_within(path, &it.scope)).max_by_key(|it| it.scope.len())
}

/// The root file of the crate that `file` is compiled into.
fn root_of(view: &View<'_>, file: FileId) -> Option<FileId> {
    let known = crate_of(view, file)?;
    let main = paths::join(&known.scope, "src/main.rs");
    view.at(&known.target).or_else(|| view.at(&main?))
}

/// The file of `mod name;` in `file`.
fn child(view: &View<'_>, file: FileId, name: &str) -> Option<FileId> {
    let folder = folder_of_children(view.path(file));
    [format!("{name}.rs"), format!("{name}/mod.rs")].iter().find_map(|end| view.at(&paths::join(&folder, end)?))
}

/// The file whose module holds that of `file`.
fn parent(view: &View<'_>, file: FileId) -> Option<FileId> {
    let path = view.path(file);
    let folder = if paths::stem(path) == "mod" { paths::folder(paths::folder(path)) } else { paths::folder(path) };
    let names = ["mod.rs".to_owned(), "lib.rs".to_owned(), "main.rs".to_owned()];
    let beside = names.iter().find_map(|name| view.at(&paths::join(folder, name)?));
    beside.or_else(|| view.at(&format!("{folder}.rs")))
}

/// Where the modules declared in `path` are: beside roots and `mod.rs`, below others.
fn folder_of_children(path: &str) -> String {
    match paths::stem(path) {
        "mod" | "lib" | "main" => paths::folder(path).to_owned(),
        _ => path.trim_end_matches(".rs").to_owned(),
    }
}

/// Whether a path without keyword starts at something this file declares: `use child::Item`.
fn is_local(view: &View<'_>, from: FileId, module: &str) -> bool {
    let first = module.split("::").next().unwrap_or(module);
    view.in_file(from, first).next().is_some()
}
