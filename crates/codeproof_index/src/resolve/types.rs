//! Types by their names.

use codeproof_types::{Language, SymbolKind};

use super::names::{Found, Wanted, bare, in_module, nearest};
use crate::entity::{Entity, is_class};
use crate::files::{FileId, SymbolId};
use crate::modules::{self, RE_EXPORTS_MAX};
use crate::view::View;

/// The class that `written` names in `file` from symbol `at` outward.
pub(super) fn class_named(view: &View<'_>, file: FileId, at: Option<u32>, written: &str) -> Option<SymbolId> {
    let language = view.file(file).language;
    if language == Language::Php {
        return php_class(view, file, written);
    }
    let separator = if written.contains("::") { "::" } else { "." };
    let mut parts = written.split(separator).filter(|part| !part.is_empty());
    let first = parts.next()?;
    let wanted = Wanted { name: first, arguments: None, accepts: is_type_or_module };
    let mut entity = match bare(view, file, at, wanted) {
        Found::Entity(entity, _) => entity,
        Found::Several => return several(view, file, first),
        Found::Nothing => return whole(view, file, written),
    };
    for part in parts {
        entity = in_module(view, &entity, part, RE_EXPORTS_MAX)?;
    }
    match entity {
        Entity::Class(class) => Some(class),
        _ => None,
    }
}

fn is_type_or_module(_: Language, kind: SymbolKind) -> bool {
    is_class(kind) || kind == SymbolKind::Namespace
}

/// A class that PHP files name in full.
pub(super) fn php_class(view: &View<'_>, file: FileId, full: &str) -> Option<SymbolId> {
    let classes: Vec<SymbolId> =
        view.qualified(full).iter().copied().filter(|id| is_class(view.symbol(*id).kind)).collect();
    modules::preferred_class(view, file, full, &classes).or_else(|| nearest(view, file, &classes))
}

/// A type by its whole qualified name.
fn whole(view: &View<'_>, file: FileId, written: &str) -> Option<SymbolId> {
    let of_kind = view.qualified(written).iter().copied();
    let classes: Vec<SymbolId> =
        of_kind.filter(|id| view.family(id.file) == view.family(file) && is_class(view.symbol(*id).kind)).collect();
    match classes[..] {
        [one] => Some(one),
        _ => nearest(view, file, &classes),
    }
}

/// Of several types of one name, the nearest.
fn several(view: &View<'_>, file: FileId, name: &str) -> Option<SymbolId> {
    let same = view.named(name).iter().copied().take(256);
    let classes: Vec<SymbolId> =
        same.filter(|id| view.family(id.file) == view.family(file) && is_class(view.symbol(*id).kind)).collect();
    nearest(view, file, &classes)
}
