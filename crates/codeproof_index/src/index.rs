//! The index: the files, what was resolved for each, and who is called by whom.

use std::collections::BTreeMap;

use codeproof_types::{CallSite, Comment, Import, Language, RepoPath, Resolution, Symbol};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::changes::{Identity, Statements, changed_names, existence, identities, statements};
use crate::files::{Family, FileId, Files, InputFile, SymbolId};
use crate::manifests::Manifests;
use crate::resolve::{Resolved, Target, resolve_file};
use crate::view::Key;

/// The resolved references of a program.
#[derive(Debug, Default)]
pub struct Index {
    files: Files,
    manifests: Manifests,
    resolved: FxHashMap<FileId, Resolved>,
    /// Who asked which question; made when the first change comes.
    asked_by: Option<FxHashMap<Key, FxHashSet<FileId>>>,
    /// The calls that lead to a definition: file and number of the call.
    incoming: FxHashMap<SymbolId, Vec<(FileId, u32)>>,
}

/// A definition as a person names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place<'i> {
    /// Its file.
    pub path: &'i RepoPath,
    /// Its name across files.
    pub name: String,
    /// The definition itself.
    pub symbol: &'i Symbol,
}

/// One call or mention, and where it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call<'i> {
    /// The file it stands in.
    pub path: &'i RepoPath,
    /// As written; for what a macro calls, at the place of the macro.
    pub site: &'i CallSite,
    /// The innermost definition it stands in; `None` at file level.
    pub from: Option<SymbolId>,
    /// What it means.
    pub to: Option<SymbolId>,
    /// How sure that is.
    pub resolution: Resolution,
}

/// How much an index holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IndexStats {
    /// Files.
    pub files: usize,
    /// Definitions.
    pub symbols: usize,
    /// Imported names.
    pub imports: usize,
    /// Imported names whose file is in the program.
    pub imports_resolved: usize,
    /// Calls and mentions of classes.
    pub calls: usize,
    /// Calls and mentions by [`Resolution`], in its order: exact, import, name_unique, ambiguous, unresolved.
    pub calls_by_resolution: [usize; 5],
}

impl Index {
    /// Resolves all files, on the current rayon pool. `manifests` are the texts of files for which
    /// [`crate::is_manifest`] is true. Of two files at one path the last counts.
    pub fn build(files: Vec<InputFile>, manifests: BTreeMap<RepoPath, String>) -> Self {
        let mut index = Self { manifests: Manifests::read(&manifests), ..Self::default() };
        let mut files = files;
        files.sort_by(|one, other| one.path.cmp(&other.path));
        for file in files {
            index.files.put(file);
        }
        let ids: Vec<FileId> = index.files.ids().collect();
        index.resolve(&ids);
        index
    }

    /// Adds a file or replaces the one at its path, and resolves again what depends on the change. Returns how many
    /// files that were.
    pub fn put(&mut self, file: InputFile) -> usize {
        let path = file.path.clone();
        let known = self.files.at(&path).map(|id| &self.files[id]);
        if known.is_some_and(|known| known.facts == file.facts && known.language == file.language) {
            return 0;
        }
        // A file that is read as another language is another file.
        let is_other = known.is_some_and(|known| known.language != file.language);
        let mut affected = if is_other { self.take_out(&path) } else { FxHashSet::default() };
        let old = self.files.at(&path).map(|id| (statements(&self.files[id]), identities(&self.files[id])));
        let is_new = old.is_none();
        let (before, old_identities) = old.unwrap_or_default();
        let id = self.files.put(file);
        let mut changed = changed_names(path.as_str(), &before, &statements(&self.files[id]));
        if is_new {
            changed.extend(existence(&self.files[id]));
        }
        self.move_targets(id, &old_identities);
        affected.extend(self.askers(&changed));
        affected.insert(id);
        self.refresh(affected)
    }

    /// Removes the file at `path`, and resolves again what depended on it. Returns how many files that were.
    pub fn remove(&mut self, path: &RepoPath) -> usize {
        let affected = self.take_out(path);
        self.refresh(affected)
    }

    /// Removes the file at `path` and says which files asked about it.
    fn take_out(&mut self, path: &RepoPath) -> FxHashSet<FileId> {
        let Some(id) = self.files.at(path) else { return FxHashSet::default() };
        let file = &self.files[id];
        let mut changed = changed_names(path.as_str(), &statements(file), &Statements::default());
        changed.extend(existence(file));
        self.forget(id);
        self.files.remove(path);
        self.incoming.retain(|symbol, _| symbol.file != id);
        let mut affected = self.askers(&changed);
        affected.remove(&id);
        affected
    }

    /// Replaces the manifests. When they say something else than before, everything is resolved again.
    pub fn set_manifests(&mut self, manifests: BTreeMap<RepoPath, String>) -> usize {
        let read = Manifests::read(&manifests);
        if read == self.manifests {
            return 0;
        }
        self.manifests = read;
        let all: FxHashSet<FileId> = self.files.ids().collect();
        self.refresh(all)
    }

    /// The definitions that `name` can mean: a plain name (`total`), a qualified one (`shop.orders.total`,
    /// `App\User::find`) or the end of one at a border (`orders.total`, `User::find`), in the order of their paths.
    pub fn find(&self, name: &str) -> Vec<SymbolId> {
        let last = name.rsplit(['.', ':', '\\', '#', '/']).next().unwrap_or(name).trim_start_matches('$');
        let named = self.files.named(last).iter().copied();
        named.filter(|id| last == name || ends_with_name(&self.place(*id).name, name)).collect()
    }

    /// The innermost definition that holds a line of a file.
    pub fn symbol_at(&self, path: &RepoPath, line: u32) -> Option<SymbolId> {
        let file = self.files.at(path)?;
        let facts = &self.files[file].facts;
        let found = facts.symbol_at(line)?;
        let symbol = facts.symbols.iter().position(|symbol| std::ptr::eq(symbol, found))?;
        Some(SymbolId { file, symbol: u32::try_from(symbol).ok()? })
    }

    /// A definition's file, name and facts.
    pub fn place(&self, id: SymbolId) -> Place<'_> {
        let file = &self.files[id.file];
        let symbol = &file.facts.symbols[id.symbol as usize];
        let name = codeproof_syntax::qualified(&file.path, file.language, &symbol.qualified_name);
        Place { path: &file.path, name, symbol }
    }

    /// The name across files of what a definition stands in.
    pub fn parent_name(&self, id: SymbolId) -> Option<String> {
        let file = &self.files[id.file];
        let parent = file.facts.symbols[id.symbol as usize].parent.as_deref()?;
        Some(codeproof_syntax::qualified(&file.path, file.language, parent))
    }

    /// The language a definition is written in.
    pub fn language(&self, id: SymbolId) -> Language {
        self.files[id.file].language
    }

    /// The paths of all files, sorted, with their languages.
    pub fn paths(&self) -> impl Iterator<Item = (&RepoPath, Language)> {
        self.files.ids().map(|id| (&self.files[id].path, self.files[id].language))
    }

    /// The paths of the files whose language can name what `of` is, sorted.
    pub fn paths_that_can_name(&self, of: SymbolId) -> impl Iterator<Item = &RepoPath> {
        self.in_family_of(of).map(|file| &self.files[file].path)
    }

    fn in_family_of(&self, of: SymbolId) -> impl Iterator<Item = FileId> {
        let family = Family::of(self.files[of.file].language);
        self.files.ids().filter(move |file| Family::of(self.files[*file].language) == family)
    }

    /// The definitions of one file, in file order.
    pub fn symbols_of(&self, path: &RepoPath) -> Vec<SymbolId> {
        let Some(file) = self.files.at(path) else { return Vec::new() };
        let count = u32::try_from(self.files[file].facts.symbols.len()).unwrap_or(u32::MAX);
        (0..count).map(|symbol| SymbolId { file, symbol }).collect()
    }

    /// The calls and mentions of one file, in file order; then what macros call in it, at the places of the macros.
    pub fn calls_of(&self, path: &RepoPath) -> Vec<Call<'_>> {
        let Some(file) = self.files.at(path) else { return Vec::new() };
        (0..self.resolved[&file].calls.len()).map(|at| self.call(file, at)).collect()
    }

    /// The imports of one file with the file each leads to, in file order.
    pub fn imports_of(&self, path: &RepoPath) -> Vec<(&Import, Option<&RepoPath>)> {
        let Some(file) = self.files.at(path) else { return Vec::new() };
        let targets = &self.resolved[&file].imports;
        let path_of = |target: &Option<FileId>| target.map(|target| &self.files[target].path);
        self.files[file].facts.imports.iter().zip(targets.iter().map(path_of)).collect()
    }

    /// The comments of one file, in file order.
    pub fn comments_of(&self, path: &RepoPath) -> &[Comment] {
        self.files.at(path).map_or(&[], |file| self.files[file].facts.comments.as_slice())
    }

    /// Calls of the same name for which several definitions fit: they may mean this one. In the order of path and
    /// place. O(calls).
    pub fn possible_callers(&self, of: SymbolId) -> Vec<Call<'_>> {
        let name = &self.files.symbol(of).name;
        let mut found = Vec::new();
        for file in self.in_family_of(of) {
            let calls = (0..self.files[file].facts.calls.len()).map(|at| self.call(file, at));
            found.extend(calls.filter(|call| call.resolution == Resolution::Ambiguous && call.site.callee == *name));
        }
        found
    }

    /// Who calls or mentions a definition, in the order of path and place.
    pub fn callers(&self, of: SymbolId) -> Vec<Call<'_>> {
        let mut calls: Vec<Call<'_>> = self.incoming.get(&of).map_or_else(Vec::new, |incoming| {
            incoming.iter().map(|(file, at)| self.call(*file, *at as usize)).collect()
        });
        calls.sort_by_key(|call| (call.path, call.site.position, call.site.kind));
        calls
    }

    /// What a definition calls or mentions, with everything inside it, in file order.
    pub fn callees(&self, of: SymbolId) -> Vec<Call<'_>> {
        let file = &self.files[of.file];
        let inside = |call: &Call<'_>| file.around(call.site.caller).any(|scope| scope == of.symbol);
        let mut calls: Vec<Call<'_>> =
            (0..self.resolved[&of.file].calls.len()).map(|at| self.call(of.file, at)).filter(inside).collect();
        calls.sort_by_key(|call| call.site.position);
        calls
    }

    /// How much the index holds.
    pub fn stats(&self) -> IndexStats {
        let mut stats = IndexStats::default();
        for id in self.files.ids() {
            let (facts, resolved) = (&self.files[id].facts, &self.resolved[&id]);
            stats.files += 1;
            stats.symbols += facts.symbols.len();
            stats.imports += facts.imports.len();
            stats.imports_resolved += resolved.imports.iter().flatten().count();
            stats.calls += facts.calls.len();
            for call in &resolved.calls {
                stats.calls_by_resolution[call.resolution as usize] += 1;
            }
        }
        stats
    }

    /// The language of the file at `path`.
    pub(crate) fn language_of(&self, path: &RepoPath) -> Language {
        self.files.at(path).map_or(Language::C, |file| self.files[file].language)
    }

    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    pub(crate) fn manifests(&self) -> &Manifests {
        &self.manifests
    }

    fn call(&self, file: FileId, at: usize) -> Call<'_> {
        let of_file = &self.files[file];
        let resolved = &self.resolved[&file];
        let written = &of_file.facts.calls;
        let site = written.get(at).unwrap_or_else(|| &resolved.expanded[at - written.len()]);
        let Target { symbol: to, resolution } = resolved.calls[at];
        let from = site.caller.map(|symbol| SymbolId { file, symbol });
        Call { path: &of_file.path, site, from, to, resolution }
    }

    /// Forgets what was resolved for `affected` and resolves it again.
    fn refresh(&mut self, affected: FxHashSet<FileId>) -> usize {
        let mut ids: Vec<FileId> = affected.into_iter().filter(|id| self.files.get(*id).is_some()).collect();
        ids.sort_unstable();
        for id in &ids {
            self.forget(*id);
        }
        self.resolve(&ids);
        ids.len()
    }

    fn resolve(&mut self, ids: &[FileId]) {
        let (files, manifests) = (&self.files, &self.manifests);
        let resolved: Vec<(FileId, Resolved)> =
            ids.par_iter().with_max_len(8).map(|id| (*id, resolve_file(files, manifests, *id))).collect();
        for (id, resolved) in resolved {
            if let Some(asked_by) = &mut self.asked_by {
                for key in &resolved.questions {
                    asked_by.entry(*key).or_default().insert(id);
                }
            }
            for (at, target) in (0u32..).zip(&resolved.calls) {
                if let Some(symbol) = target.symbol {
                    self.incoming.entry(symbol).or_default().push((id, at));
                }
            }
            self.resolved.insert(id, resolved);
        }
    }

    /// Takes back what was resolved for a file.
    fn forget(&mut self, id: FileId) {
        let Some(resolved) = self.resolved.remove(&id) else { return };
        if let Some(asked_by) = &mut self.asked_by {
            for key in &resolved.questions {
                if let Some(askers) = asked_by.get_mut(key) {
                    askers.remove(&id);
                    if askers.is_empty() {
                        asked_by.remove(key);
                    }
                }
            }
        }
        for symbol in resolved.calls.iter().filter_map(|target| target.symbol).collect::<FxHashSet<_>>() {
            if let Some(calls) = self.incoming.get_mut(&symbol) {
                calls.retain(|(file, _)| *file != id);
                if calls.is_empty() {
                    self.incoming.remove(&symbol);
                }
            }
        }
    }

    fn askers(&mut self, keys: &FxHashSet<Key>) -> FxHashSet<FileId> {
        let asked_by = self.asked_by.get_or_insert_with(|| {
            let mut table: FxHashMap<Key, FxHashSet<FileId>> = FxHashMap::default();
            for (id, resolved) in &self.resolved {
                for key in &resolved.questions {
                    table.entry(*key).or_default().insert(*id);
                }
            }
            table
        });
        keys.iter().filter_map(|key| asked_by.get(key)).flatten().copied().collect()
    }

    /// Calls elsewhere that lead into `file` keep their definitions, whose numbers have changed.
    fn move_targets(&mut self, file: FileId, old: &[Identity]) {
        let new: FxHashMap<Identity, u32> = identities(&self.files[file]).into_iter().zip(0..).collect();
        let mut moved: FxHashMap<SymbolId, Vec<(FileId, u32)>> = FxHashMap::default();
        for (symbol, identity) in (0u32..).zip(old) {
            let Some(calls) = self.incoming.remove(&SymbolId { file, symbol }) else { continue };
            let target = new.get(identity).map(|symbol| SymbolId { file, symbol: *symbol });
            for (caller, at) in &calls {
                if let Some(resolved) = self.resolved.get_mut(caller) {
                    // A definition that is gone changed its name's statement: its callers are resolved again.
                    resolved.calls[*at as usize].symbol = target;
                }
            }
            if let Some(target) = target {
                moved.insert(target, calls);
            }
        }
        self.incoming.extend(moved);
    }
}

/// Whether `qualified` is `name` or ends with it at a border between names.
fn ends_with_name(qualified: &str, name: &str) -> bool {
    let is_border = |c: char| matches!(c, '.' | ':' | '\\' | '#' | '/' | '$');
    match qualified.strip_suffix(name) {
        Some(before) => before.is_empty() || before.ends_with(is_border),
        None => {
            // `User.find` finds `User::find`.
            let unify = |text: &str| text.replace("::", ".").replace(['\\', '#', '$'], ".").replace("..", ".");
            let (qualified, name) = (unify(qualified), unify(name));
            let before = qualified.strip_suffix(name.trim_start_matches('.'));
            before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
        }
    }
}
