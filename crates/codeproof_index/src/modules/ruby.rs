//! Ruby: `require_relative` is exact; `require` looks below the folders that programs put on the load path.

use codeproof_types::Import;

use crate::files::{Family, FileId};
use crate::paths;
use crate::view::View;

/// The file that is required.
pub(super) fn file(view: &View<'_>, from: FileId, import: &Import) -> Option<FileId> {
    let path = view.path(from);
    let name = if import.module.ends_with(".rb") { import.module.clone() } else { format!("{}.rb", import.module) };
    if import.level > 0 || name.starts_with('.') {
        return view.at(&paths::join(paths::folder(path), &name)?);
    }
    let same = |file: &&FileId| {
        let before = paths::before_suffix(view.path(**file), &name);
        let is_on_path =
            before.is_some_and(|root| matches!(paths::file_name(root), "" | "lib" | "app" | "test" | "spec"));
        is_on_path && view.family(**file) == view.family(from)
    };
    let candidates = view.with_module_name(paths::module_name(&name)).iter().filter(same);
    let nearest = |file: &&FileId| {
        let found = view.path(**file);
        (paths::shared_folders(found, path), std::cmp::Reverse((found.len(), found)))
    };
    debug_assert!(matches!(view.family(from), Family::Other(_)), "only Ruby files come here");
    candidates.max_by_key(nearest).copied()
}
