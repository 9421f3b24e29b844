//! What a changed file says otherwise than before, and which questions have other answers by it.

use codeproof_types::{HintSource, Import, SymbolKind};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::files::{File, bound_name, hash_of};
use crate::paths;
use crate::view::Key;

/// What makes a definition the same in two versions of a file.
pub(crate) type Identity = (String, SymbolKind, u32);

pub(crate) fn identities(file: &File) -> Vec<Identity> {
    let mut counts: FxHashMap<(&str, SymbolKind), u32> = FxHashMap::default();
    let symbols = file.facts.symbols.iter();
    symbols
        .map(|symbol| {
            let count = counts.entry((&symbol.qualified_name, symbol.kind)).or_default();
            *count += 1;
            (symbol.qualified_name.clone(), symbol.kind, *count)
        })
        .collect()
}

/// One thing a file says about a name, without lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Statement {
    Symbol { qualified: String, rest: String },
    Import(Import),
    Hint { scope: Option<String>, type_name: String, source: HintSource },
    MacroCall { callee: String, arguments: u32 },
}

/// For each name: everything a file says about it that others can see.
pub(crate) type Statements = FxHashMap<String, Vec<Statement>>;

pub(crate) fn statements(file: &File) -> Statements {
    let mut table = Statements::default();
    let facts = &file.facts;
    let mut say = |name: &str, statement| table.entry(name.to_owned()).or_default().push(statement);
    for (at, it) in (0u32..).zip(&facts.symbols) {
        let parent_kind = file.parent(at).map(|parent| facts.symbols[parent as usize].kind);
        let rest =
            format!("{:?} {:?} {parent_kind:?} {} {:?} {}", it.kind, it.parent, it.signature, it.bases, it.is_static);
        say(&it.name, Statement::Symbol { qualified: it.qualified_name.clone(), rest });
    }
    for it in &facts.imports {
        say(bound_name(it, file.language), Statement::Import(Import { line: 0, ..it.clone() }));
    }
    for it in &facts.hints {
        let holder = it.scope.map(|scope| &facts.symbols[scope as usize]);
        let scope = holder.map(|holder| holder.qualified_name.clone());
        let hint = Statement::Hint { scope, type_name: it.type_name.clone(), source: it.source };
        // What a function returns is asked for under the function's name as well.
        if let Some(holder) = holder.filter(|_| it.name.is_empty()) {
            say(&holder.name, hint.clone());
        }
        say(&it.name, hint);
    }
    // What a macro calls is put where it is called.
    for call in &facts.calls {
        let holder = call.caller.map(|at| &facts.symbols[at as usize]).filter(|it| it.kind == SymbolKind::Macro);
        if let Some(holder) = holder {
            say(&holder.name, Statement::MacroCall { callee: call.callee.clone(), arguments: call.arguments });
        }
    }
    table
}

/// The questions whose answers differ between two versions of the file at `path`.
pub(crate) fn changed_names(path: &str, before: &Statements, after: &Statements) -> FxHashSet<Key> {
    let mut keys = FxHashSet::default();
    let path_hash = hash_of(path);
    let names: FxHashSet<&String> = before.keys().chain(after.keys()).collect();
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        if old == new {
            continue;
        }
        keys.insert(Key::in_file(path_hash, hash_of(name)));
        keys.insert(Key::named(name));
        for statement in old.into_iter().chain(new).flatten() {
            match statement {
                Statement::Symbol { qualified, .. } => drop(keys.insert(Key::qualified(qualified))),
                Statement::Import(_) => drop(keys.insert(Key::imports_of(path))),
                Statement::Hint { .. } | Statement::MacroCall { .. } => {}
            }
        }
    }
    keys
}

/// The questions that a file answers by being there.
pub(crate) fn existence(file: &File) -> FxHashSet<Key> {
    let path = file.path.as_str();
    FxHashSet::from_iter([
        Key::path(path),
        Key::module_name(paths::module_name(path)),
        Key::folder(paths::folder(path)),
        Key::imports_of(path),
    ])
}
