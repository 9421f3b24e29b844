//! What a name means in a PHP file: namespaces and `use` imports, by PHP's name resolution rules
//! (php.net, "Name resolution rules").

use rustc_hash::FxHashMap;

use super::super::builder::Builder;
use crate::ir::Name;

/// What a name stands for; PHP keeps an import table for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameKind {
    /// A class, interface, trait or enum; looked up without regard to case.
    Class,
    /// A function; looked up without regard to case.
    Function,
    /// A constant.
    Constant,
}

/// The namespace and imports that are in force at one place of a file.
#[derive(Debug, Default)]
pub(super) struct Names<'t> {
    namespace: String,
    imports: [FxHashMap<String, String>; 3],
    /// What names came to mean since the last change of the above.
    known: [FxHashMap<&'t str, Name>; 3],
}

impl<'t> Names<'t> {
    /// Enters a namespace, empty for the global one; imports end with the namespace they stand in.
    pub(super) fn enter(&mut self, namespace: &str) {
        *self = Self { namespace: namespace.to_owned(), ..Self::default() };
    }

    /// Adds `use full as alias`.
    pub(super) fn import(&mut self, kind: NameKind, full: &str, alias: &str) {
        self.known.iter_mut().for_each(FxHashMap::clear);
        let alias = if kind == NameKind::Constant { alias.to_owned() } else { alias.to_ascii_lowercase() };
        self.imports[kind as usize].insert(alias, full.trim_start_matches('\\').to_owned());
    }

    /// The name that a declaration of `name` gives: with its namespace, in lower case but for constants.
    pub(super) fn declared(&self, kind: NameKind, name: &str, builder: &mut Builder) -> Name {
        if self.namespace.is_empty() {
            return in_case(kind, name, builder);
        }
        let full = [&self.namespace, "\\", name].concat();
        in_case(kind, &full, builder)
    }

    /// The full name that `written` stands for, in lower case but for the last part of constants. Unqualified
    /// functions and constants that are not imported stay unqualified: PHP decides at run time between the namespace's
    /// and the global one.
    pub(super) fn resolve(&mut self, kind: NameKind, written: &'t str, builder: &mut Builder) -> Name {
        if let Some(name) = self.known[kind as usize].get(written) {
            return *name;
        }
        let name = in_case(kind, &self.full(kind, written), builder);
        self.known[kind as usize].insert(written, name);
        name
    }

    /// The full name that `written` stands for, as it was written where it was imported.
    pub(super) fn full(&self, kind: NameKind, written: &str) -> String {
        if let Some(full) = written.strip_prefix('\\') {
            return full.to_owned();
        }
        let (first, rest) = written.split_once('\\').map_or((written, None), |(first, rest)| (first, Some(rest)));
        match rest {
            Some(rest) if first.eq_ignore_ascii_case("namespace") => self.inside(rest),
            Some(rest) => match self.imports[NameKind::Class as usize].get(&first.to_ascii_lowercase()) {
                Some(import) => [import, "\\", rest].concat(),
                None => self.inside(written),
            },
            None if kind == NameKind::Class && is_relative_class(written) => written.to_ascii_lowercase(),
            None => match self.imported(kind, written) {
                Some(import) => import.clone(),
                None if kind == NameKind::Class => self.inside(written),
                None => written.to_owned(),
            },
        }
    }

    fn imported(&self, kind: NameKind, name: &str) -> Option<&String> {
        let table = &self.imports[kind as usize];
        match kind {
            _ if table.is_empty() => None,
            NameKind::Constant => table.get(name),
            NameKind::Class | NameKind::Function => table.get(&name.to_ascii_lowercase()),
        }
    }

    fn inside(&self, name: &str) -> String {
        if self.namespace.is_empty() { name.to_owned() } else { [&self.namespace, "\\", name].concat() }
    }
}

/// The number of a name in the case that names of its kind are kept in.
fn in_case(kind: NameKind, full: &str, builder: &mut Builder) -> Name {
    let kept = match kind {
        NameKind::Constant => full.rfind('\\').map_or(0, |at| at + 1),
        NameKind::Class | NameKind::Function => full.len(),
    };
    let (lowered, kept) = full.split_at(kept);
    if lowered.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let mut name = lowered.to_ascii_lowercase();
        name.push_str(kept);
        builder.name(&name)
    } else {
        builder.name(full)
    }
}

/// Whether `name` means a class by where it stands, not by its name.
pub(super) fn is_relative_class(name: &str) -> bool {
    ["self", "parent", "static"].iter().any(|word| name.eq_ignore_ascii_case(word))
}
