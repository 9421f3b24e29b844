//! Bare names: from a word in a file to the definition it means there.

use codeproof_types::{Language, Resolution, Symbol, SymbolKind};

use super::choice::{CANDIDATES_MAX, Choice, choose};
use super::habits::{has_global_names, has_implicit_members, is_everyday, last_definition_wins};
use super::members::member;
use crate::entity::{Entity, is_class};
use crate::files::{FileId, SymbolId};
use crate::modules::{self, RE_EXPORTS_MAX};
use crate::paths;
use crate::view::View;

/// Definitions whose headers are compared.
const LINKED_MAX: usize = 32;

/// What a bare name stands for, and how it was found.
pub(super) enum Found {
    /// A definition in sight or an imported one.
    Entity(Entity, Resolution),
    /// Several fit.
    Several,
    /// None is known.
    Nothing,
}

/// What is looked for.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'w> {
    /// The name.
    pub(super) name: &'w str,
    /// How many arguments it gets, when it is called.
    pub(super) arguments: Option<u32>,
    /// Which kinds of definition it can be.
    pub(super) accepts: fn(Language, SymbolKind) -> bool,
}

/// Looks for a bare name from symbol `at` of `file` outward.
pub(super) fn bare(view: &View<'_>, file: FileId, at: Option<u32>, wanted: Wanted<'_>) -> Found {
    let language = view.file(file).language;
    let found = |id: SymbolId, resolution| Found::Entity(Entity::of(id, view), resolution);
    match in_scopes(view, file, at, wanted) {
        Choice::One(id) => return found(id, Resolution::Exact),
        Choice::Several => return Found::Several,
        Choice::None => {}
    }
    if let Some(entity) = imported(view, file, wanted.name, RE_EXPORTS_MAX) {
        return Found::Entity(entity, Resolution::Import);
    }
    match in_package(view, file, at, wanted) {
        Choice::One(id) => return found(id, Resolution::Import),
        Choice::Several => return Found::Several,
        Choice::None => {}
    }
    if !has_global_names(language) && !is_class_like(wanted) {
        return Found::Nothing;
    }
    match anywhere(view, file, wanted) {
        Choice::One(id) => found(id, Resolution::NameUnique),
        Choice::Several => Found::Several,
        Choice::None => Found::Nothing,
    }
}

/// The definition that a word means where it is neither called nor has anything before it.
pub(crate) fn word_in_sight(view: &View<'_>, file: FileId, at: Option<u32>, word: &str) -> Option<SymbolId> {
    let accepts = |_, kind| !matches!(kind, SymbolKind::Function | SymbolKind::Method | SymbolKind::Property);
    match bare(view, file, at, Wanted { name: word, arguments: None, accepts }) {
        Found::Entity(entity, _) => entity.symbol(),
        Found::Several | Found::Nothing => None,
    }
}

fn is_class_like(wanted: Wanted<'_>) -> bool {
    wanted.arguments.is_none() && !(wanted.accepts)(Language::Php, SymbolKind::Function)
}

/// The scopes around, the members of classes around where they need no object, and the file itself.
fn in_scopes(view: &View<'_>, file: FileId, at: Option<u32>, wanted: Wanted<'_>) -> Choice {
    let of_file = view.file(file);
    let language = of_file.language;
    let here: Vec<(SymbolId, &Symbol)> =
        view.in_file(file, wanted.name).filter(|(_, symbol)| (wanted.accepts)(language, symbol.kind)).collect();
    for (distance, scope) in of_file.around(at).enumerate() {
        let symbol = &of_file.facts.symbols[scope as usize];
        let holds_members = is_class(symbol.kind);
        // A class's own names are in sight right in its body, and in its methods where the language says so.
        if holds_members && distance > 0 && !has_implicit_members(language) {
            continue;
        }
        let inner: Vec<SymbolId> =
            here.iter().filter(|(id, _)| of_file.parent(id.symbol) == Some(scope)).map(|(id, _)| *id).collect();
        match choose(view, &inner, wanted.arguments, language) {
            Choice::None if holds_members => {
                let class = SymbolId { file, symbol: scope };
                match accepted_member(view, class, wanted) {
                    Choice::None => {}
                    found => return found,
                }
            }
            Choice::None => {}
            found => return found,
        }
    }
    // A method defined outside of its class, as C++ has it.
    if let Some(class) = class_of_outside_member(view, file, at) {
        match accepted_member(view, class, wanted) {
            Choice::None => {}
            found => return found,
        }
    }
    let is_top = |id: &SymbolId| match of_file.parent(id.symbol) {
        None => {
            view.symbol(*id).kind != SymbolKind::Method
                || !matches!(language, Language::Cpp | Language::Go | Language::Rust)
        }
        Some(parent) => of_file.facts.symbols[parent as usize].kind == SymbolKind::Namespace || language == Language::C,
    };
    let top: Vec<SymbolId> = here.iter().map(|(id, _)| *id).filter(is_top).collect();
    choose(view, &top, wanted.arguments, language)
}

fn accepted_member(view: &View<'_>, class: SymbolId, wanted: Wanted<'_>) -> Choice {
    match member(view, class, wanted.name, wanted.arguments) {
        Choice::One(id) if !(wanted.accepts)(view.file(id.file).language, view.symbol(id).kind) => Choice::None,
        found => found,
    }
}

/// The class whose method symbol `at` is, when it stands elsewhere: `void Stack::push() {}`.
pub(super) fn class_of_outside_member(view: &View<'_>, file: FileId, at: Option<u32>) -> Option<SymbolId> {
    let of_file = view.file(file);
    let method = of_file.around(at).find(|scope| of_file.facts.symbols[*scope as usize].kind == SymbolKind::Method)?;
    if of_file.parent(method).is_some_and(|parent| is_class(of_file.facts.symbols[parent as usize].kind)) {
        return None;
    }
    let parent = of_file.facts.symbols[method as usize].parent.as_deref()?;
    let name = parent.rsplit([':', '.', '#']).next().unwrap_or(parent);
    let classes: Vec<SymbolId> = view
        .named(name)
        .iter()
        .copied()
        .filter(|id| view.family(id.file) == view.family(file) && is_class(view.symbol(*id).kind))
        .filter(|id| {
            view.symbol(*id).qualified_name == parent || !parent.contains("::") && view.symbol(*id).name == parent
        })
        .take(CANDIDATES_MAX)
        .collect();
    match classes[..] {
        [one] => Some(one),
        _ => nearest(view, file, &classes),
    }
}

/// The candidate whose path shares most folders with `file`, when there is one such.
pub(super) fn nearest(view: &View<'_>, file: FileId, candidates: &[SymbolId]) -> Option<SymbolId> {
    let rank = |id: &SymbolId| {
        let path = view.path(id.file);
        (id.file == file, paths::shared_folders(path, view.path(file)), std::cmp::Reverse(path.matches('/').count()))
    };
    let best = candidates.iter().copied().max_by_key(|id| rank(id))?;
    let is_alone = candidates.iter().filter(|id| rank(id) == rank(&best)).count() == 1;
    is_alone.then_some(best)
}

/// What an import of `file` makes `name` stand for.
pub(super) fn imported(view: &View<'_>, file: FileId, name: &str, re_exports: u32) -> Option<Entity> {
    let imports = &view.file(file).facts.imports;
    // The last import of a name is the one in force, unless it leads out of the program.
    let by_name = view.imports_of(file, name).rev();
    let named = by_name.filter(|at| imports[*at as usize].name != "*" || imports[*at as usize].alias.is_some());
    for at in named {
        if let Some(entity) = import_entity(view, file, at, re_exports) {
            return Some(entity);
        }
    }
    view.wildcards(file).find_map(|at| {
        let module = modules::module(view, file, &imports[at as usize])?;
        in_module(view, &module, name, re_exports.checked_sub(1)?)
    })
}

/// What import number `at` of `file` names.
pub(super) fn import_entity(view: &View<'_>, file: FileId, at: u32, re_exports: u32) -> Option<Entity> {
    let of_file = view.file(file);
    let import = &of_file.facts.imports[at as usize];
    let language = of_file.language;
    if language == Language::Python && import.name.is_empty() && import.alias.is_none() {
        // `import a.b` makes `a` known.
        let first = import.module.split('.').next().unwrap_or_default().to_owned();
        return modules::module(view, file, &codeproof_types::Import { module: first, ..import.clone() });
    }
    let module = modules::module(view, file, import)?;
    match import.name.as_str() {
        "" | "*" => Some(module),
        name => {
            let wanted = if name == "default" { import.alias.as_deref().unwrap_or(name) } else { name };
            in_module(view, &module, wanted, re_exports.checked_sub(1)?)
                .or_else(|| (name == "default").then(|| only_export(view, &module)).flatten())
        }
    }
}

/// The class or function that a file with a single one exports by default.
fn only_export(view: &View<'_>, module: &Entity) -> Option<Entity> {
    let Entity::File(file) = module else { return Some(module.clone()) };
    // The file as a module: its members are found by their names.
    let stem = paths::stem(view.path(*file));
    let by_name = view.in_file(*file, stem).find(|(_, symbol)| symbol.parent.is_none());
    Some(by_name.map_or_else(|| module.clone(), |(id, _)| Entity::of(id, view)))
}

/// What `name` stands for in a module, a package or a namespace.
pub(crate) fn in_module(view: &View<'_>, module: &Entity, name: &str, re_exports: u32) -> Option<Entity> {
    match module {
        Entity::File(file) => in_file(view, *file, name, re_exports),
        Entity::Folder(folder) => {
            let files = view.in_folder(folder);
            let of_package = files.iter().filter(|file| view.file(**file).language == Language::Go).find_map(|file| {
                let mut symbols = view.in_file(*file, name);
                symbols.find(|(_, symbol)| symbol.parent.is_none()).map(|(id, _)| Entity::of(id, view))
            });
            of_package.or_else(|| modules::member_of_package(view, module, name))
        }
        Entity::Namespace(namespace) => {
            let full = |separator| {
                if namespace.is_empty() { name.to_owned() } else { format!("{namespace}{separator}{name}") }
            };
            let candidates = ["\\", "::", "."].into_iter().map(full).map(|full| view.qualified(&full));
            let candidates = candidates.into_iter().find(|candidates| !candidates.is_empty())?;
            Some(Entity::of(candidates[0], view))
        }
        Entity::Class(class) => match member(view, *class, name, None) {
            Choice::One(id) => Some(Entity::of(id, view)),
            _ => None,
        },
        Entity::Instance(_) | Entity::Function(_) | Entity::Outside => None,
    }
}

/// What `name` stands for at the top of a file: a definition, something imported, a submodule.
fn in_file(view: &View<'_>, file: FileId, name: &str, re_exports: u32) -> Option<Entity> {
    let of_file = view.file(file);
    let is_top = |id: SymbolId, symbol: &Symbol| {
        symbol.parent.is_none()
            || of_file
                .parent(id.symbol)
                .is_some_and(|at| of_file.facts.symbols[at as usize].kind == SymbolKind::Namespace)
    };
    let mut top = view.in_file(file, name).filter(|(id, symbol)| is_top(*id, symbol));
    let found = if last_definition_wins(of_file.language) { top.next_back() } else { top.next() };
    if let Some((id, _)) = found {
        return Some(Entity::of(id, view));
    }
    if let Some(held) = super::values::held_at_top(view, file, name) {
        return Some(held);
    }
    if re_exports > 0
        && let Some(entity) = imported(view, file, name, re_exports - 1)
    {
        return Some(entity);
    }
    modules::member_of_package(view, &Entity::File(file), name)
}

/// Definitions that need no import because they stand in the same package or namespace, or in included headers.
fn in_package(view: &View<'_>, file: FileId, at: Option<u32>, wanted: Wanted<'_>) -> Choice {
    let of_file = view.file(file);
    let language = of_file.language;
    let accepts = |id: &SymbolId| (wanted.accepts)(language, view.symbol(*id).kind);
    let candidates: Vec<SymbolId> = match language {
        Language::C => return in_headers(view, file, wanted),
        Language::Cpp => {
            let around = enclosing_names(view, file, at, "::");
            let found = around.iter().map(|prefix| view.qualified(&format!("{prefix}::{}", wanted.name)));
            let found = found.into_iter().find(|candidates| candidates.iter().any(accepts)).unwrap_or_default();
            match found.iter().copied().filter(accepts).collect::<Vec<_>>() {
                found if found.is_empty() => return in_headers(view, file, wanted),
                found => found,
            }
        }
        Language::Go => {
            let files = view.in_folder(modules::go_package_of(view, file)).iter();
            let go = files.filter(|other| view.file(**other).language == Language::Go);
            let symbols = go.flat_map(|other| view.in_file(*other, wanted.name));
            symbols.filter(|(_, symbol)| symbol.parent.is_none()).map(|(id, _)| id).filter(accepts).collect()
        }
        Language::Java | Language::CSharp | Language::Php => {
            let separator = if language == Language::Php { "\\" } else { "." };
            let mut namespaces: Vec<&str> = crate::files::namespaces(of_file).collect();
            if language == Language::CSharp {
                // In `Shop.Storage` the names of `Shop` are in sight as well.
                let outer = |name: &&str| name.match_indices('.').map(|(dot, _)| dot).collect::<Vec<_>>();
                let prefixes: Vec<&str> =
                    namespaces.iter().flat_map(|name| outer(name).into_iter().rev().map(|dot| &name[..dot])).collect();
                namespaces.extend(prefixes);
            }
            namespaces.push("");
            let mut found = Vec::new();
            for namespace in namespaces {
                let full = match namespace {
                    "" => wanted.name.to_owned(),
                    namespace => format!("{namespace}{separator}{}", wanted.name),
                };
                found.extend(view.qualified(&full).iter().copied().filter(accepts));
                if !found.is_empty() {
                    break;
                }
            }
            found
        }
        Language::Ruby => {
            let around = enclosing_names(view, file, at, "::");
            let mut prefixes = around.iter().map(|prefix| format!("{prefix}::{}", wanted.name));
            let nested = prefixes.find_map(|full| Some(view.qualified(&full)).filter(|it| !it.is_empty()));
            nested.unwrap_or_else(|| view.qualified(wanted.name)).iter().copied().filter(accepts).take(1).collect()
        }
        _ => Vec::new(),
    };
    choose(view, &candidates, wanted.arguments, language)
}

/// Qualified names of the scopes around, innermost first, with every namespace of theirs.
fn enclosing_names(view: &View<'_>, file: FileId, at: Option<u32>, separator: &str) -> Vec<String> {
    let of_file = view.file(file);
    let Some(innermost) = at else { return Vec::new() };
    let mut name = of_file.facts.symbols[innermost as usize].qualified_name.as_str();
    let mut names = vec![name.to_owned()];
    while let Some((before, _)) = name.rsplit_once(separator) {
        names.push(before.to_owned());
        name = before;
    }
    names
}

/// What the headers of a C file declare as whole definitions: macros, inline functions.
fn in_headers(view: &View<'_>, file: FileId, wanted: Wanted<'_>) -> Choice {
    let named = view.named(wanted.name);
    if named.is_empty() {
        return Choice::None;
    }
    let language = view.file(file).language;
    let included = modules::included(view, file);
    let mut seen: Vec<SymbolId> = Vec::new();
    for header in included.iter().skip(1) {
        let here = named.iter().copied().filter(|id| id.file == *header);
        seen.extend(here.filter(|id| (wanted.accepts)(language, view.symbol(*id).kind)));
        if seen.len() > CANDIDATES_MAX {
            break;
        }
    }
    match choose(view, &seen, wanted.arguments, language) {
        // One in the nearest header is what the compiler sees; the others are for other configurations.
        Choice::Several => {
            let first = seen[0].file;
            let nearest: Vec<SymbolId> = seen.iter().copied().filter(|id| id.file == first).collect();
            choose(view, &nearest, wanted.arguments, language)
        }
        found => found,
    }
}

/// The only definition of that name in the program that this file can mean.
fn anywhere(view: &View<'_>, file: FileId, wanted: Wanted<'_>) -> Choice {
    let language = view.file(file).language;
    let named = view.named(wanted.name);
    if named.len() > CANDIDATES_MAX {
        return Choice::Several;
    }
    let is_c = matches!(language, Language::C | Language::Cpp);
    let can_be = |id: &SymbolId| {
        let symbol = view.symbol(*id);
        let is_reachable = match symbol.kind {
            // Macros and static functions are seen in the files that include them only.
            SymbolKind::Macro => !is_c,
            SymbolKind::Function => !(is_c && symbol.is_static),
            SymbolKind::Method => language == Language::Ruby && !is_everyday(wanted.name),
            _ => true,
        };
        view.family(id.file) == view.family(file) && (wanted.accepts)(language, symbol.kind) && is_reachable
    };
    let candidates: Vec<SymbolId> = named.iter().copied().filter(can_be).collect();
    match choose(view, &candidates, wanted.arguments, language) {
        Choice::Several if is_c => linked(view, file, &candidates),
        found => found,
    }
}

/// Of several functions with external linkage, the one that is linked with `file`: a function and those who call it
/// include the same headers, most often one of the module's name; else the nearest.
fn linked(view: &View<'_>, file: FileId, candidates: &[SymbolId]) -> Choice {
    let included = modules::included(view, file);
    let shared = |id: &SymbolId| {
        let theirs = modules::included(view, id.file);
        theirs.iter().skip(1).filter(|header| included[1..].contains(header)).count()
    };
    let has_header = |id: &SymbolId| {
        let path = view.path(id.file);
        included.iter().skip(1).any(|header| {
            let header = view.path(*header);
            paths::stem(header) == paths::stem(path) && paths::folder(header) == paths::folder(path)
        })
    };
    let ranks: Vec<_> = candidates.iter().take(LINKED_MAX).map(|id| (shared(id), has_header(id))).collect();
    let Some(best) = ranks.iter().max() else { return Choice::None };
    let among: Vec<SymbolId> =
        candidates.iter().zip(&ranks).filter(|(_, rank)| *rank == best).map(|(id, _)| *id).collect();
    nearest(view, file, &among).map_or(Choice::Several, Choice::One)
}
