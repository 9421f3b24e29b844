//! JavaScript and TypeScript: relative paths, `paths` and `baseUrl`, packages of this repository.

use crate::files::FileId;
use crate::manifests::Mapping;
use crate::paths;
use crate::view::View;

/// Extensions tried in TypeScript's order; `.vue` and the like are no modules we read.
const EXTENSIONS: [&str; 9] = ["", ".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts"];

/// The file that `specifier` names as `from` sees it.
pub(super) fn module(view: &View<'_>, from: FileId, specifier: &str) -> Option<FileId> {
    let path = view.path(from);
    if specifier == "." || specifier == ".." || specifier.starts_with("./") || specifier.starts_with("../") {
        return at(view, &paths::join(paths::folder(path), specifier)?);
    }
    let mapped = view.manifests.javascript_paths.iter().filter(|it| paths::is_within(path, &it.scope));
    mapped
        .filter_map(|mapping| substitute(mapping, specifier))
        .find_map(|target| at(view, &target))
        .or_else(|| package(view, specifier))
}

/// `src/*` for `@/*` and `@/a/b` makes `src/a/b`.
fn substitute(mapping: &Mapping, specifier: &str) -> Option<String> {
    match mapping.prefix.split_once('*') {
        None => (mapping.prefix == specifier).then(|| mapping.target.clone()),
        Some((before, after)) => {
            let middle = specifier.strip_prefix(before)?.strip_suffix(after)?;
            paths::join("", &mapping.target.replacen('*', middle, 1))
        }
    }
}

/// A package of this repository, or a file in it.
fn package(view: &View<'_>, specifier: &str) -> Option<FileId> {
    let packages = view.manifests.javascript_packages.iter();
    packages.filter(|it| !it.prefix.is_empty()).find_map(|package| {
        let rest = specifier.strip_prefix(package.prefix.as_str())?;
        match rest.strip_prefix('/') {
            Some(inner) => {
                let bases = [package.target.clone(), paths::join(&package.target, "src")?];
                bases.iter().find_map(|base| at(view, &paths::join(base, inner)?))
            }
            None if rest.is_empty() => {
                let entries = ["src/index", "index", "lib/index", "src/main", "main"];
                entries.iter().find_map(|entry| at(view, &paths::join(&package.target, entry)?))
            }
            None => None,
        }
    })
}

/// The module at `base`: the file, the file with an extension, or the folder's index.
fn at(view: &View<'_>, base: &str) -> Option<FileId> {
    let with = |base: &str| EXTENSIONS.iter().find_map(|extension| view.at(&format!("{base}{extension}")));
    // TypeScript's modules import each other by the names of the JavaScript files they become.
    let source = |from: &str, to: &str| base.strip_suffix(from).and_then(|base| view.at(&format!("{base}{to}")));
    with(base)
        .or_else(|| source(".js", ".ts"))
        .or_else(|| source(".js", ".tsx"))
        .or_else(|| source(".mjs", ".mts"))
        .or_else(|| with(&paths::join(base, "index")?))
}
