//! What classes inherit: bases, traits, mixins, embedded structs.

use std::collections::HashSet;
use std::rc::Rc;

use codeproof_types::{Language, SymbolKind};

use super::types::class_named;
use crate::files::SymbolId;
use crate::view::View;

/// Classes looked at above one class; more is a hierarchy nobody wrote.
const LINE_MAX: usize = 256;

/// The class and everything it inherits from, in the order in which members are looked for: itself, then each base
/// with its own bases; one that several lead to stands at its last place, as in Python and close to it elsewhere.
pub(crate) fn line_of(view: &View<'_>, class: SymbolId) -> Rc<[SymbolId]> {
    if let Some(known) = view.lines.borrow().get(&class) {
        return Rc::clone(known);
    }
    // Bases that are named by each other in a circle see the class alone.
    view.lines.borrow_mut().insert(class, Rc::from([class]));
    let mut visits = Vec::new();
    let mut open = vec![class];
    let mut seen: HashSet<SymbolId> = HashSet::new();
    while let Some(current) = open.pop() {
        if visits.len() >= LINE_MAX {
            break;
        }
        visits.push(current);
        let is_new = seen.insert(current);
        if is_new || visits.iter().filter(|it| **it == current).count() < 3 {
            open.extend(bases(view, current).into_iter().rev().filter(|base| *base != current));
        }
    }
    let mut kept = HashSet::new();
    let mut line: Vec<SymbolId> = visits.into_iter().rev().filter(|it| kept.insert(*it)).collect();
    line.reverse();
    // A circle would put the class behind its bases.
    if let Some(at) = line.iter().position(|it| *it == class) {
        line.remove(at);
        line.insert(0, class);
    }
    let line: Rc<[SymbolId]> = line.into();
    view.lines.borrow_mut().insert(class, Rc::clone(&line));
    line
}

/// The direct bases of a class that are defined in the program.
fn bases(view: &View<'_>, class: SymbolId) -> Vec<SymbolId> {
    let language = view.file(class.file).language;
    let symbol = view.symbol(class);
    // What a class extends is told under its own name.
    view.depend_on(class.file, &symbol.name);
    let around = view.file(class.file).parent(class.symbol);
    let mut bases: Vec<SymbolId> =
        symbol.bases.iter().filter_map(|base| class_named(view, class.file, around, base)).collect();
    if matches!(language, Language::Php | Language::Ruby) {
        // Traits and mixed-in modules come before the class that is extended.
        bases.sort_by_key(|base| view.symbol(*base).kind == SymbolKind::Class);
    }
    bases
}
