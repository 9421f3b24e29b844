//! Members of classes, wherever the language lets them stand.

use codeproof_types::{Language, Symbol};

use super::choice::{Choice, choose};
use super::hierarchy::line_of;
use crate::files::{FileId, SymbolId};
use crate::modules;
use crate::view::View;

/// The member `name` of `class` or of what it inherits from.
pub(super) fn member(view: &View<'_>, class: SymbolId, name: &str, arguments: Option<u32>) -> Choice {
    for class in line_of(view, class).iter() {
        match own_member(view, *class, name, arguments) {
            Choice::None => {}
            found => return found,
        }
    }
    Choice::None
}

/// The member `name` of what `class` extends.
pub(super) fn inherited(view: &View<'_>, class: SymbolId, name: &str, arguments: Option<u32>) -> Choice {
    let line = line_of(view, class);
    line.iter()
        .skip(1)
        .map(|base| own_member(view, *base, name, arguments))
        .find(|it| *it != Choice::None)
        .unwrap_or_default()
}

/// The member `name` that `class` declares itself.
pub(super) fn own_member(view: &View<'_>, class: SymbolId, name: &str, arguments: Option<u32>) -> Choice {
    let file = view.file(class.file);
    let of = view.symbol(class);
    let is_here = |id: &SymbolId, symbol: &Symbol| {
        file.parent(id.symbol) == Some(class.symbol) || symbol.parent.as_deref() == Some(&of.qualified_name)
    };
    let here: Vec<SymbolId> =
        view.in_file(class.file, name).filter(|(id, symbol)| is_here(id, symbol)).map(|(id, _)| id).collect();
    if !here.is_empty() {
        return choose(view, &here, arguments, file.language);
    }
    let elsewhere: Vec<SymbolId> = match file.language {
        Language::Cpp | Language::C | Language::CSharp | Language::Ruby | Language::Go | Language::Rust => view
            .named(name)
            .iter()
            .copied()
            .filter(|id| id.file != class.file && view.family(id.file) == view.family(class.file))
            .filter(|id| view.symbol(*id).parent.as_deref() == Some(of.qualified_name.as_str()))
            .filter(|id| is_one_unit(view, file.language, class.file, id.file))
            .collect(),
        _ => Vec::new(),
    };
    choose(view, &elsewhere, arguments, file.language)
}

/// Whether members in one file can belong to a class in another.
fn is_one_unit(view: &View<'_>, language: Language, class: FileId, member: FileId) -> bool {
    match language {
        Language::Go => modules::go_package_of(view, class) == modules::go_package_of(view, member),
        Language::Rust => {
            modules::crate_of(view, class).map(|it| &it.scope) == modules::crate_of(view, member).map(|it| &it.scope)
        }
        _ => true,
    }
}
