//! The calls and mentions of one file.

use codeproof_types::{CallKind, CallSite, HintSource, Language, Resolution, SymbolKind};

use super::choice::{Choice, choose};
use super::habits::{can_be_called, is_everyday};
use super::names::{Found, Wanted, bare, import_entity};
use super::parameters::has_parameter;
use super::types::{class_named, php_class};
use super::values::{MethodFound, Place, evaluate, method_on};
use super::{Resolved, Target};
use crate::entity::{Entity, is_class};
use crate::files::{Family, FileId, Files, SymbolId};
use crate::manifests::Manifests;
use crate::modules::{self, RE_EXPORTS_MAX};
use crate::view::View;

/// Definitions of one method name looked at for a receiver that nobody knows.
const METHODS_MAX: usize = 64;

/// Calls that one macro puts in a place; more are a program of its own.
const EXPANSIONS_MAX: usize = 64;

/// Resolves every import and call of `file`.
pub(crate) fn resolve_file(files: &Files, manifests: &Manifests, file: FileId) -> Resolved {
    let view = View::new(files, manifests, file);
    let facts = &files[file].facts;
    let imports = (0u32..).zip(&facts.imports).map(|(at, import)| {
        let named = import_entity(&view, file, at, RE_EXPORTS_MAX);
        // What `import a.b` names is `a.b`, although it makes `a` known.
        let module = if import.name.is_empty() { modules::module(&view, file, import) } else { None };
        file_of(&view, module.or(named)?)
    });
    let imports = imports.collect();
    let mut calls: Vec<Target> = (0..facts.calls.len()).map(|at| resolve_call(&view, file, at)).collect();
    let expanded: Vec<(u32, CallSite, Target)> = if view.family(file) == Family::C {
        (0u32..).zip(&calls).flat_map(|(at, target)| expansions(&view, file, at, *target)).collect()
    } else {
        Vec::new()
    };
    let mut sites = Vec::with_capacity(expanded.len());
    for (_, site, target) in expanded {
        sites.push(site);
        calls.push(target);
    }
    Resolved { imports, calls, expanded: sites, questions: view.into_questions() }
}

/// What the macro that call number `at` names calls in turn, at the place of the call: there its text is put.
fn expansions(view: &View<'_>, file: FileId, at: u32, target: Target) -> Vec<(u32, CallSite, Target)> {
    let is_macro = |target: Target| target.symbol.filter(|id| view.symbol(*id).kind == SymbolKind::Macro);
    let Some(first) = is_macro(target) else { return Vec::new() };
    let site = &view.file(file).facts.calls[at as usize];
    // A macro in the text of another one is put in where that one is called.
    if site.caller.is_some_and(|caller| view.file(file).facts.symbols[caller as usize].kind == SymbolKind::Macro) {
        return Vec::new();
    }
    let mut found: Vec<(u32, CallSite, Target)> = Vec::new();
    let mut open = vec![first];
    let mut seen = vec![first];
    while let Some(current) = open.pop() {
        for (callee, arguments) in calls_of_macro(view, current, site.arguments) {
            if found.len() >= EXPANSIONS_MAX {
                return found;
            }
            let inner = CallSite { callee, arguments, receiver: None, ..site.clone() };
            let place = Place { file, at: site.caller, line: site.position.line };
            let target = plain(view, place, &inner);
            if let Some(next) = is_macro(target)
                && !seen.contains(&next)
            {
                seen.push(next);
                open.push(next);
            }
            found.push((at, inner, target));
        }
    }
    found
}

/// Names called in the text of a macro, with the numbers of their arguments; the name it stands for, if it is one.
fn calls_of_macro(view: &View<'_>, id: SymbolId, arguments: u32) -> Vec<(String, u32)> {
    let file = view.file(id.file);
    // The text of a macro is told under its own name.
    view.depend_on(id.file, &view.symbol(id).name);
    let stands_for = file.result_of(id.symbol).filter(|hint| hint.source == HintSource::Value).into_iter();
    let inside = file.calls_in(id.symbol).map(|call| (call.callee.clone(), call.arguments));
    stands_for.map(|hint| (hint.type_name.clone(), arguments)).chain(inside).collect()
}

fn file_of(view: &View<'_>, entity: Entity) -> Option<FileId> {
    match entity {
        Entity::File(file) => Some(file),
        Entity::Class(id) | Entity::Function(id) | Entity::Instance(id) => Some(id.file),
        Entity::Folder(folder) => view.in_folder(&folder).first().copied(),
        Entity::Namespace(_) | Entity::Outside => None,
    }
}

fn resolve_call(view: &View<'_>, file: FileId, at: usize) -> Target {
    let calls = &view.file(file).facts.calls;
    let call = &calls[at];
    let place = Place { file, at: call.caller, line: call.position.line };
    match (call.kind, &call.receiver) {
        (CallKind::ClassRef, _) => mention(view, place, call),
        (CallKind::Call, None) => plain(view, place, call),
        (CallKind::Call, Some(receiver)) => {
            // In PHP the mention of the class that a static call names comes right behind the call.
            let mentioned = calls.get(at + 1).filter(|next| {
                view.file(file).language == Language::Php
                    && next.kind == CallKind::ClassRef
                    && !receiver.starts_with('$')
                    && next.position.line <= call.position.line
            });
            let receiver = mentioned.map_or(receiver.as_str(), |mention| &mention.callee);
            method(view, place, call, receiver)
        }
    }
}

/// A class that is named.
fn mention(view: &View<'_>, place: Place, call: &CallSite) -> Target {
    let language = view.file(place.file).language;
    let class = match &call.receiver {
        Some(receiver) => match evaluate(view, place, &format!("{receiver}.{}", call.callee), 0) {
            Some(Entity::Class(class)) => Some(class),
            _ => class_named(view, place.file, place.at, &format!("{receiver}.{}", call.callee)),
        },
        None if language == Language::Php => php_class(view, place.file, &call.callee),
        None => class_named(view, place.file, place.at, &call.callee),
    };
    // A component of a page can be a function.
    let is_script = matches!(language, Language::JavaScript | Language::TypeScript | Language::Tsx);
    let class = class.or_else(|| {
        is_script.then(|| evaluate(view, place, &call.callee, 0)).flatten().and_then(|entity| entity.symbol())
    });
    let Some(class) = class else { return Target::UNRESOLVED };
    let resolution = if class.file == place.file { Resolution::Exact } else { Resolution::Import };
    Target::found(class, resolution)
}

/// A call without receiver.
fn plain(view: &View<'_>, place: Place, call: &CallSite) -> Target {
    let file = view.file(place.file);
    let language = file.language;
    if language == Language::Php {
        return php_function(view, place, call);
    }
    // A parameter that is called hides every function of its name.
    let is_parameter = |at: u32| {
        let symbol = &file.facts.symbols[at as usize];
        matches!(symbol.kind, SymbolKind::Function | SymbolKind::Method)
            && has_parameter(symbol, language, &call.callee)
    };
    if language != Language::Rust && file.around(place.at).any(is_parameter) {
        return Target::UNRESOLVED;
    }
    let name = call.callee.rsplit(['.', ':']).next().unwrap_or(&call.callee);
    let wanted = Wanted { name, arguments: Some(call.arguments), accepts: can_be_called };
    match bare(view, place.file, place.at, wanted) {
        Found::Entity(entity, resolution) => match entity.symbol() {
            Some(symbol) => Target::found(symbol, resolution),
            None => Target::UNRESOLVED,
        },
        Found::Several => Target::AMBIGUOUS,
        // A variable that holds a function or class.
        Found::Nothing => match evaluate(view, place, name, 0) {
            Some(Entity::Class(symbol) | Entity::Function(symbol)) => Target::found(symbol, Resolution::Exact),
            // `cls(…)` makes an instance of the class around.
            Some(Entity::Instance(class)) if name == "cls" => Target::found(class, Resolution::Exact),
            _ => Target::UNRESOLVED,
        },
    }
}

/// PHP looks for a function in the namespace, then outside of all.
fn php_function(view: &View<'_>, place: Place, call: &CallSite) -> Target {
    let file = view.file(place.file);
    let is_function = |id: &SymbolId| view.symbol(*id).kind == SymbolKind::Function;
    let namespaces = crate::files::namespaces(file).map(|it| format!("{it}\\{}", call.callee));
    for name in namespaces.chain([call.callee.clone()]) {
        let functions: Vec<SymbolId> = view.qualified(&name).iter().copied().filter(is_function).collect();
        match choose(view, &functions, None, Language::Php) {
            Choice::One(id) => {
                let is_here = id.file == place.file;
                return Target::found(id, if is_here { Resolution::Exact } else { Resolution::NameUnique });
            }
            Choice::Several => {
                let here = functions.iter().find(|id| id.file == place.file);
                return here.map_or(Target::AMBIGUOUS, |id| Target::found(*id, Resolution::Exact));
            }
            Choice::None => {}
        }
    }
    Target::UNRESOLVED
}

/// A call on a receiver.
fn method(view: &View<'_>, place: Place, call: &CallSite, receiver: &str) -> Target {
    let name = call.callee.as_str();
    match method_on(view, place, receiver, name, call.arguments) {
        MethodFound::On(Choice::One(id)) => Target::found(id, Resolution::Exact),
        MethodFound::On(Choice::Several) => Target::AMBIGUOUS,
        MethodFound::On(Choice::None) => Target::UNRESOLVED,
        MethodFound::In(Some(entity)) => match entity.symbol() {
            Some(id) => Target::found(id, Resolution::Import),
            None => Target::UNRESOLVED,
        },
        MethodFound::In(None) => Target::UNRESOLVED,
        MethodFound::Unknown => only_method(view, place, call),
    }
}

/// The only method of that name in the program, when the name is no everyday one.
fn only_method(view: &View<'_>, place: Place, call: &CallSite) -> Target {
    let name = call.callee.as_str();
    let language = view.file(place.file).language;
    if is_everyday(name) || language == Language::C {
        return Target::UNRESOLVED;
    }
    let named = view.named(name);
    if named.len() > METHODS_MAX {
        return Target::AMBIGUOUS;
    }
    let can_be = |id: &SymbolId| {
        let symbol = view.symbol(*id);
        let of_class = view.file(id.file).parent(id.symbol);
        let is_member = of_class.is_some_and(|class| is_class(view.file(id.file).facts.symbols[class as usize].kind));
        symbol.kind == SymbolKind::Method
            && (is_member || symbol.parent.is_some())
            && view.family(id.file) == view.family(place.file)
    };
    let methods: Vec<SymbolId> = named.iter().copied().filter(can_be).collect();
    match methods[..] {
        [] => Target::UNRESOLVED,
        [one] => Target::found(one, Resolution::NameUnique),
        _ => Target::AMBIGUOUS,
    }
}
