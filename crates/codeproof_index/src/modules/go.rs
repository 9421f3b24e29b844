//! Go: an import path is a module's name and a folder in it.

use crate::entity::Entity;
use crate::files::FileId;
use crate::paths;
use crate::view::View;

/// The folder that an import path names.
pub(super) fn package(view: &View<'_>, from: FileId, import_path: &str) -> Option<Entity> {
    let of_module = view.manifests.go.iter().find_map(|module| {
        let rest = import_path.strip_prefix(module.prefix.as_str())?;
        let inner = if rest.is_empty() { "" } else { rest.strip_prefix('/')? };
        paths::join(&module.target, inner)
    });
    let relative = import_path.starts_with('.').then(|| paths::join(package_of(view, from), import_path)).flatten();
    let folder = of_module.or(relative)?;
    (!view.in_folder(&folder).is_empty()).then_some(Entity::Folder(folder))
}

/// The folder whose files are one package with `file`.
pub(crate) fn package_of<'v>(view: &'v View<'_>, file: FileId) -> &'v str {
    paths::folder(view.path(file))
}
