//! PHP: included files, and which file composer would load a class from (PSR-4).

use crate::files::{FileId, SymbolId};
use crate::paths;
use crate::view::View;

/// The file of `require 'x.php'` or `require __DIR__ . '/x.php'`.
pub(super) fn file(view: &View<'_>, from: FileId, written: &str) -> Option<FileId> {
    let folder = paths::folder(view.path(from));
    let (relative, is_beside) = match written.strip_prefix("__DIR__") {
        Some(rest) => (rest.trim_start_matches('/'), true),
        None => (written, written.starts_with('.')),
    };
    let beside = paths::join(folder, relative).and_then(|path| view.at(&path));
    // Without a folder PHP looks along its include path, which most often holds the root.
    beside.or_else(|| (!is_beside).then(|| paths::join("", relative).and_then(|path| view.at(&path))).flatten())
}

/// Of several definitions of a class, the one in the file where PSR-4 looks for it; else the nearest to `from`.
pub(crate) fn preferred(view: &View<'_>, from: FileId, name: &str, candidates: &[SymbolId]) -> Option<SymbolId> {
    if let [only] = candidates {
        return Some(*only);
    }
    let loaded = view.manifests.php.iter().find_map(|mapping| {
        let rest = name.strip_prefix(mapping.prefix.as_str())?;
        let path = paths::join(&mapping.target, &format!("{}.php", rest.replace('\\', "/")))?;
        candidates.iter().copied().find(|candidate| view.path(candidate.file) == path)
    });
    loaded.or_else(|| candidates.iter().copied().find(|candidate| candidate.file == from))
}
