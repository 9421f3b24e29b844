//! C and C++: headers, quoted or not, and what a file includes by way of others.

use std::collections::HashSet;
use std::rc::Rc;

use codeproof_types::Import;

use crate::files::{Family, FileId};
use crate::paths;
use crate::view::View;

/// Files followed from one file; more tell nothing more about a name.
const INCLUDED_MAX: usize = 2_000;

/// The file that an `#include` names: beside the including file when quoted, else the nearest whose path ends so.
pub(super) fn header(view: &View<'_>, from: FileId, import: &Import) -> Option<FileId> {
    let path = view.path(from);
    let beside = (import.level > 0).then(|| paths::join(paths::folder(path), &import.module)).flatten();
    if let Some(file) = beside.and_then(|beside| view.at(&beside)) {
        return Some(file);
    }
    let wanted: String =
        import.module.split('/').filter(|part| !matches!(*part, "." | "..")).collect::<Vec<_>>().join("/");
    let same =
        |file: &&FileId| view.family(**file) == Family::C && paths::before_suffix(view.path(**file), &wanted).is_some();
    let candidates = view.with_module_name(paths::module_name(&wanted)).iter().filter(same);
    // The nearest to the including file, then the nearest to the root.
    candidates.copied().max_by_key(|file| {
        let found = view.path(*file);
        (paths::shared_folders(found, path), std::cmp::Reverse((found.len(), found)))
    })
}

/// The file itself and what it includes, directly or not, nearest first.
pub(crate) fn included(view: &View<'_>, file: FileId) -> Rc<[FileId]> {
    if let Some(known) = view.included.borrow().get(&file) {
        return Rc::clone(known);
    }
    let mut files = vec![file];
    let mut seen = HashSet::from([file]);
    let mut next = 0;
    while next < files.len() && files.len() < INCLUDED_MAX {
        let current = files[next];
        next += 1;
        if view.family(current) != Family::C {
            continue;
        }
        for import in view.all_imports(current) {
            let found = header(view, current, import).filter(|found| seen.insert(*found));
            files.extend(found);
        }
    }
    let files: Rc<[FileId]> = files.into();
    view.included.borrow_mut().insert(file, Rc::clone(&files));
    files
}
