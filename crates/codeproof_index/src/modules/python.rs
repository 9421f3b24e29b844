//! Python: packages and relative imports (docs.python.org, "The import system"), without running anything.

use crate::entity::Entity;
use crate::files::FileId;
use crate::paths;
use crate::view::View;

/// The module `name` as `from` sees it; `level` is the number of leading dots.
pub(super) fn module(view: &View<'_>, from: FileId, name: &str, level: u32) -> Option<Entity> {
    let path = view.path(from);
    let relative = name.replace('.', "/");
    if level == 0 {
        return absolute(view, path, &relative);
    }
    let ups = "../".repeat(level as usize - 1);
    at(view, &paths::join(paths::folder(path), &format!("{ups}{relative}"))?)
}

/// The submodule `name` of a package: its `__init__` file or its folder.
pub(crate) fn member_of_package(view: &View<'_>, package: &Entity, name: &str) -> Option<Entity> {
    let folder = match package {
        Entity::File(file) if paths::stem(view.path(*file)) == "__init__" => paths::folder(view.path(*file)),
        Entity::Folder(folder) => folder,
        _ => return None,
    };
    at(view, &paths::join(folder, name)?)
}

/// The module at `base`, a path without extension.
fn at(view: &View<'_>, base: &str) -> Option<Entity> {
    let files = [".py", "/__init__.py", ".pyi", "/__init__.pyi"];
    let file = files.iter().find_map(|end| view.at(&format!("{base}{end}")));
    let is_folder = || !view.in_folder(base).is_empty() && !base.is_empty();
    file.map(Entity::File).or_else(|| is_folder().then(|| Entity::Folder(base.to_owned())))
}

/// A module by its full name, from any folder that can be on Python's path: of several, the one around the importing
/// file, else the one nearest to the root.
fn absolute(view: &View<'_>, from: &str, relative: &str) -> Option<Entity> {
    let last = paths::file_name(relative);
    let mut best: Option<((bool, usize), FileId)> = None;
    let mut is_tie = false;
    for end in [".py", "/__init__.py", ".pyi"] {
        for file in view.with_module_name(&format!("{last}{end}")) {
            let Some(root) = paths::before_suffix(view.path(*file), &format!("{relative}{end}")) else { continue };
            if is_package(view, root) {
                // A folder inside a package is no place where Python looks for whole names.
                continue;
            }
            let is_around = paths::is_within(from, root);
            // Roots around the file: the deepest one, which is nearest. Others: the shallowest.
            let rank = (is_around, if is_around { root.len() } else { usize::MAX - root.len() });
            match &best {
                Some((known, _)) if *known > rank => {}
                Some((known, _)) if *known == rank => is_tie = end != ".pyi",
                _ => (best, is_tie) = (Some((rank, *file)), false),
            }
        }
    }
    match best {
        Some((_, file)) if !is_tie => Some(Entity::File(file)),
        Some(_) => None,
        // A folder without `__init__.py`, seen from the root or from a folder around the file.
        None => {
            let around = std::iter::successors(Some(paths::folder(from)), |folder| {
                (!folder.is_empty()).then(|| paths::folder(folder))
            });
            let mut folders = around.filter_map(|root| paths::join(root, relative));
            folders.find(|folder| !view.in_folder(folder).is_empty()).map(Entity::Folder)
        }
    }
}

fn is_package(view: &View<'_>, folder: &str) -> bool {
    !folder.is_empty() && view.at(&format!("{folder}/__init__.py")).is_some()
}
