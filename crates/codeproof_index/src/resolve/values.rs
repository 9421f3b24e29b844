//! What names and receivers hold: from hints and chains to classes.

use codeproof_types::{HintSource, Import, Language, SymbolKind, TypeHint};

use super::choice::Choice;
use super::expression::{Step, chain};
use super::habits::{Relative, has_implicit_members, relative};
use super::hierarchy::line_of;
use super::members::{inherited, member};
use super::names::{Found, Wanted, bare, in_module};
use super::parameters::has_parameter;
use super::types::class_named;
use crate::entity::{Entity, is_class};
use crate::files::{FileId, SymbolId};
use crate::modules::{self, RE_EXPORTS_MAX};
use crate::view::View;

/// How often a value may lead to another expression: variables that hold calls of methods whose results are called.
const NESTING_MAX: u32 = 6;

/// A place in a file from which names are looked up.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) file: FileId,
    /// The symbol around it.
    pub(super) at: Option<u32>,
    /// Its line; assignments after it do not count where one before it is known.
    pub(super) line: u32,
}

/// What the receiver `text` is at `place`.
pub(super) fn evaluate(view: &View<'_>, place: Place, text: &str, nesting: u32) -> Option<Entity> {
    if nesting > NESTING_MAX {
        return None;
    }
    let steps = chain(text)?;
    let (first, rest) = steps.split_first()?;
    let Step::Name(name) = first else { return None };
    let language = view.file(place.file).language;
    let is_super_call = |rest: &[Step<'_>]| language == Language::Python && rest.first() == Some(&Step::Call);
    let (mut entity, rest) = match relative(language, name) {
        Some(Relative::This) => (Entity::Instance(class_around(view, place)?), rest),
        Some(Relative::Parent) => {
            let class = class_around(view, place)?;
            let line = line_of(view, class);
            let rest = if is_super_call(rest) { &rest[1..] } else { rest };
            (Entity::Instance(*line.get(1)?), rest)
        }
        None => (word(view, place, name, nesting)?, rest),
    };
    for step in rest {
        entity = match step {
            Step::Name(name) => part(view, &entity, name, nesting)?,
            Step::Call => called(view, &entity, nesting)?,
            Step::Element => return None,
        };
    }
    Some(entity)
}

/// What a word without anything before it stands for: a variable, a field, a definition, an import.
fn word(view: &View<'_>, place: Place, name: &str, nesting: u32) -> Option<Entity> {
    let language = view.file(place.file).language;
    if language == Language::Php && !name.starts_with('$') {
        let class = super::types::php_class(view, place.file, name.trim_start_matches('\\'));
        return Some(class.map_or(Entity::Outside, Entity::Class));
    }
    if let Some(field) = name.strip_prefix('@') {
        return field_of(view, class_around(view, place)?, field.trim_start_matches('@'), nesting);
    }
    if language == Language::Rust && matches!(name, "crate" | "super") {
        let import = Import { line: 0, module: name.to_owned(), name: String::new(), alias: None, level: 0 };
        return modules::module(view, place.file, &import);
    }
    let plain = name.trim_start_matches('$');
    if let Some(held) = variable(view, place, plain, nesting) {
        return held;
    }
    let wanted = Wanted { name: plain, arguments: None, accepts: |_, _| true };
    match bare(view, place.file, place.at, wanted) {
        Found::Entity(entity, _) => Some(entity),
        // An import that leads nowhere leads out of the program; so does a class or global object nobody defines.
        Found::Nothing if is_imported(view, place.file, plain) || plain.starts_with(char::is_uppercase) => {
            Some(Entity::Outside)
        }
        Found::Several | Found::Nothing => None,
    }
}

fn is_imported(view: &View<'_>, file: FileId, name: &str) -> bool {
    view.imports_of(file, name).next().is_some()
}

/// What a variable holds: `Some(None)` when it is one and nobody knows what it holds.
#[expect(clippy::option_option, reason = "a variable of unknown content hides what has its name outside")]
fn variable(view: &View<'_>, place: Place, name: &str, nesting: u32) -> Option<Option<Entity>> {
    let file = view.file(place.file);
    let hints: Vec<&TypeHint> = view.hints(place.file, name).collect();
    let language = file.language;
    let scopes = file.around(place.at).map(Some).chain([None]);
    for scope in scopes {
        let kind = scope.map(|scope| file.facts.symbols[scope as usize].kind);
        let is_class_scope = kind.is_some_and(is_class);
        if is_class_scope && scope != place.at && !has_implicit_members(language) {
            continue;
        }
        let of_scope = hints.iter().copied().filter(|hint| hint.scope == scope);
        if let Some(hint) = in_force(of_scope, place.line) {
            let around = Place { at: scope, ..place };
            return Some(hint_entity(view, around, hint, nesting + 1));
        }
        if is_class_scope && has_implicit_members(language) {
            let class = SymbolId { file: place.file, symbol: scope? };
            if let Some(entity) = field_of(view, class, name, nesting) {
                return Some(Some(entity));
            }
        }
        let is_parameter =
            scope.is_some_and(|scope| has_parameter(&file.facts.symbols[scope as usize], language, name));
        if is_parameter && matches!(kind, Some(SymbolKind::Function | SymbolKind::Method)) {
            return Some(None);
        }
    }
    // A field of a class whose method stands outside of it.
    let outside = has_implicit_members(language)
        .then(|| super::names::class_of_outside_member(view, place.file, place.at))
        .flatten();
    field_of(view, outside?, name, nesting).map(Some)
}

/// The last hint before `line`, else the first one after it.
fn in_force<'h>(hints: impl Iterator<Item = &'h TypeHint>, line: u32) -> Option<&'h TypeHint> {
    let mut first = None;
    let mut last_before = None;
    for hint in hints {
        first = first.or(Some(hint));
        if hint.line <= line {
            last_before = Some(hint);
        }
    }
    last_before.or(first)
}

/// What a hint says its name holds.
fn hint_entity(view: &View<'_>, place: Place, hint: &TypeHint, nesting: u32) -> Option<Entity> {
    match hint.source {
        HintSource::Type => class_named(view, place.file, place.at, &hint.type_name).map(Entity::Instance),
        HintSource::Call => {
            let place = Place { line: hint.line.saturating_sub(1), ..place };
            let callee = match view.file(place.file).language {
                Language::Php => php_method(view, place.file, &hint.type_name)?,
                _ => evaluate(view, place, &hint.type_name, nesting + 1)?,
            };
            called(view, &callee, nesting + 1)
        }
        HintSource::Value => {
            evaluate(view, Place { line: hint.line.saturating_sub(1), ..place }, &hint.type_name, nesting + 1)
        }
    }
}

/// `App\Models\User::query`, named in full.
fn php_method(view: &View<'_>, file: FileId, full: &str) -> Option<Entity> {
    let (class, method) = full.split_once("::")?;
    match member(view, super::types::php_class(view, file, class)?, method, None) {
        Choice::One(id) => Some(Entity::Function(id)),
        _ => None,
    }
}

/// What calling an entity gives: an instance of a class, or what a function says it returns.
fn called(view: &View<'_>, callee: &Entity, nesting: u32) -> Option<Entity> {
    if nesting > NESTING_MAX {
        return None;
    }
    match callee {
        Entity::Class(class) => Some(Entity::Instance(*class)),
        Entity::Function(id) => {
            let file = view.file(id.file);
            let symbol = view.symbol(*id);
            let hint = file.result_of(id.symbol);
            // What a function returns is told under its name.
            view.depend_on(id.file, &symbol.name);
            let place = Place { file: id.file, at: file.parent(id.symbol), line: symbol.first_line };
            match hint {
                Some(hint) if matches!(hint.type_name.as_str(), "Self" | "self" | "this") => {
                    class_of_member(view, *id).map(Entity::Instance)
                }
                Some(hint) => hint_entity(view, place, hint, nesting + 1),
                // Ruby's and Rust's way to make an instance.
                None if symbol.name == "new" => class_of_member(view, *id).map(Entity::Instance),
                None => None,
            }
        }
        Entity::Outside => Some(Entity::Outside),
        _ => None,
    }
}

/// The part `name` of an entity.
fn part(view: &View<'_>, entity: &Entity, name: &str, nesting: u32) -> Option<Entity> {
    match entity {
        Entity::File(_) | Entity::Folder(_) | Entity::Namespace(_) => in_module(view, entity, name, RE_EXPORTS_MAX),
        Entity::Instance(class) | Entity::Class(class) => match member(view, *class, name, None) {
            Choice::One(id) if matches!(view.symbol(id).kind, SymbolKind::Property | SymbolKind::Constant) => {
                field_of(view, *class, name, nesting)
            }
            Choice::One(id) => Some(Entity::of(id, view)),
            Choice::Several => None,
            Choice::None if name == "new" && matches!(entity, Entity::Class(_)) => {
                // Ruby's `User.new` without an own `new`: the class itself, which is called next.
                Some(Entity::Class(*class))
            }
            Choice::None => field_of(view, *class, name, nesting),
        },
        Entity::Outside => Some(Entity::Outside),
        Entity::Function(_) => None,
    }
}

/// What the field `name` of a class or of what it inherits from holds.
fn field_of(view: &View<'_>, class: SymbolId, name: &str, nesting: u32) -> Option<Entity> {
    let name = name.trim_start_matches(['$', '@']);
    line_of(view, class).iter().find_map(|class| {
        let hint = view.hints(class.file, name).find(|hint| hint.scope == Some(class.symbol))?;
        // What a field is set to is written in a method: names are looked up from there, near enough from the class.
        hint_entity(view, Place { file: class.file, at: Some(class.symbol), line: u32::MAX }, hint, nesting + 1)
    })
}

/// What a variable at the top of a file holds.
pub(super) fn held_at_top(view: &View<'_>, file: FileId, name: &str) -> Option<Entity> {
    let hint = view.hints(file, name).rfind(|hint| hint.scope.is_none())?;
    hint_entity(view, Place { file, at: None, line: hint.line }, hint, NESTING_MAX / 2)
}

/// The class whose code stands at `place`.
pub(super) fn class_around(view: &View<'_>, place: Place) -> Option<SymbolId> {
    let file = view.file(place.file);
    let inside = file.around(place.at).find(|scope| is_class(file.facts.symbols[*scope as usize].kind));
    match inside {
        Some(symbol) => Some(SymbolId { file: place.file, symbol }),
        None => super::names::class_of_outside_member(view, place.file, place.at),
    }
}

/// The class that a method belongs to.
fn class_of_member(view: &View<'_>, method: SymbolId) -> Option<SymbolId> {
    class_around(view, Place { file: method.file, at: Some(method.symbol), line: 0 })
}

/// The method `name` on a receiver.
pub(super) fn method_on(view: &View<'_>, place: Place, receiver: &str, name: &str, arguments: u32) -> MethodFound {
    let language = view.file(place.file).language;
    let word = receiver.trim();
    let is_parent = relative(language, word.trim_end_matches("()")) == Some(Relative::Parent);
    if is_parent && (language != Language::Python || word == "super()") {
        let choice = class_around(view, place).map(|class| inherited(view, class, name, Some(arguments)));
        return MethodFound::On(choice.unwrap_or_default());
    }
    match evaluate(view, place, receiver, 0) {
        Some(Entity::Instance(class) | Entity::Class(class)) => {
            let name = match (language, name) {
                // `User.new` runs `initialize`.
                (Language::Ruby, "new") => "initialize",
                (_, name) => name,
            };
            MethodFound::On(member(view, class, name, Some(arguments)))
        }
        Some(module @ (Entity::File(_) | Entity::Folder(_) | Entity::Namespace(_))) => {
            MethodFound::In(in_module(view, &module, name, RE_EXPORTS_MAX))
        }
        Some(Entity::Outside) => MethodFound::In(None),
        Some(Entity::Function(_)) | None => MethodFound::Unknown,
    }
}

/// What came of looking for a method.
pub(super) enum MethodFound {
    /// The receiver's class is known.
    On(Choice),
    /// The receiver is a module.
    In(Option<Entity>),
    /// Nobody knows what the receiver is.
    Unknown,
}
