//! The files of a program and the tables over their names. Tables say what exists; they resolve nothing.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::ops::Index;

use codeproof_types::{CallSite, FileFacts, Language, RepoPath, Symbol, TypeHint};
use rustc_hash::{FxHashMap, FxHasher};

use crate::paths;

/// One file as the index takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Where it is.
    pub path: RepoPath,
    /// What it is written in.
    pub language: Language,
    /// What it says about itself.
    pub facts: FileFacts,
}

/// A file of the program, as a number that stays its own while the file exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A definition: its file and its index among the file's symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolId {
    /// The file.
    pub file: FileId,
    /// Index in `FileFacts::symbols`.
    pub symbol: u32,
}

/// Languages whose files can name each other's definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Family {
    C,
    JavaScript,
    Other(Language),
}

impl Family {
    pub(crate) fn of(language: Language) -> Self {
        match language {
            Language::C | Language::Cpp => Self::C,
            Language::JavaScript | Language::TypeScript | Language::Tsx => Self::JavaScript,
            other => Self::Other(other),
        }
    }
}

/// A file with the look-ups into its own facts.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: RepoPath,
    pub(crate) language: Language,
    pub(crate) facts: FileFacts,
    /// Hash of the path, for the questions asked about the file.
    pub(crate) path_hash: u64,
    /// Indices of symbols, sorted by the hash of their name.
    symbols_by_name: Vec<(u64, u32)>,
    /// Indices of imports, sorted by the hash of the name they make known.
    imports_by_name: Vec<(u64, u32)>,
    /// Indices of hints, sorted by the hash of their name.
    hints_by_name: Vec<(u64, u32)>,
    /// Indices of calls, sorted by caller.
    calls_by_caller: Vec<(u64, u32)>,
    /// For each function that says what it returns: the index of that hint.
    results: FxHashMap<u32, u32>,
    /// For each symbol: the one it stands in, when that is in this file.
    parents: Vec<Option<u32>>,
}

impl File {
    fn new(input: InputFile) -> Self {
        let InputFile { path, language, facts } = input;
        let symbols_by_name = sorted(facts.symbols.iter().map(|it| hash_of(&it.name)));
        let imports_by_name = sorted(facts.imports.iter().map(|it| hash_of(bound_name(it, language))));
        let hints_by_name = sorted(facts.hints.iter().map(|it| hash_of(&it.name)));
        let calls_by_caller = sorted(facts.calls.iter().map(|it| it.caller.map_or(u64::MAX, u64::from)));
        let path_hash = hash_of(path.as_str());
        let named = facts.hints.iter().zip(0u32..).filter(|(hint, _)| hint.name.is_empty());
        let results = named.filter_map(|(hint, at)| Some((hint.scope?, at))).collect();
        let parents = parents(&facts);
        Self {
            path,
            language,
            facts,
            path_hash,
            symbols_by_name,
            imports_by_name,
            hints_by_name,
            calls_by_caller,
            results,
            parents,
        }
    }

    /// The symbols of that name, in file order.
    pub(crate) fn symbols_named<'f, 'n>(
        &'f self,
        name: &'n str,
        hash: u64,
    ) -> impl DoubleEndedIterator<Item = (u32, &'f Symbol)> + use<'f, 'n> {
        let found = range(&self.symbols_by_name, hash).iter();
        found.map(|(_, at)| (*at, &self.facts.symbols[*at as usize])).filter(move |(_, symbol)| symbol.name == name)
    }

    /// The imports that make `name` known in this file, in file order.
    pub(crate) fn imports_of<'f, 'n>(
        &'f self,
        name: &'n str,
        hash: u64,
    ) -> impl DoubleEndedIterator<Item = u32> + use<'f, 'n> {
        let found = range(&self.imports_by_name, hash).iter().map(|(_, at)| *at);
        found.filter(move |at| bound_name(&self.facts.imports[*at as usize], self.language) == name)
    }

    /// The hints about `name`, in file order.
    pub(crate) fn hints_about<'f, 'n>(
        &'f self,
        name: &'n str,
        hash: u64,
    ) -> impl DoubleEndedIterator<Item = &'f TypeHint> + use<'f, 'n> {
        let found = range(&self.hints_by_name, hash).iter().map(|(_, at)| &self.facts.hints[*at as usize]);
        found.filter(move |hint| hint.name == name)
    }

    /// The symbol that symbol `at` stands in, when it is in this file.
    pub(crate) fn parent(&self, at: u32) -> Option<u32> {
        self.parents[at as usize]
    }

    /// What function `at` says it returns; for a macro what it stands for.
    pub(crate) fn result_of(&self, at: u32) -> Option<&TypeHint> {
        self.results.get(&at).map(|hint| &self.facts.hints[*hint as usize])
    }

    /// The calls that stand right in symbol `at`.
    pub(crate) fn calls_in(&self, at: u32) -> impl Iterator<Item = &CallSite> {
        range(&self.calls_by_caller, u64::from(at)).iter().map(|(_, call)| &self.facts.calls[*call as usize])
    }

    /// Symbol `at` and those around it, innermost first.
    pub(crate) fn around(&self, at: Option<u32>) -> impl Iterator<Item = u32> {
        std::iter::successors(at, |at| self.parent(*at))
    }
}

/// For each symbol the last one before it that has its parent's name: outer symbols stand before inner ones.
fn parents(facts: &FileFacts) -> Vec<Option<u32>> {
    let mut seen: FxHashMap<&str, u32> = FxHashMap::default();
    let mut parents = Vec::with_capacity(facts.symbols.len());
    for (at, symbol) in (0..).zip(&facts.symbols) {
        parents.push(symbol.parent.as_deref().and_then(|parent| seen.get(parent).copied()));
        seen.insert(&symbol.qualified_name, at);
    }
    parents
}

/// The name an import makes known: its alias, its name, or what its module is known as.
pub(crate) fn bound_name(import: &codeproof_types::Import, language: Language) -> &str {
    if let Some(alias) = &import.alias {
        return alias;
    }
    if !import.name.is_empty() {
        return &import.name;
    }
    let module = import.module.as_str();
    match language {
        // `import a.b` makes `a` known.
        Language::Python => module.split('.').next().unwrap_or(module),
        Language::Go => paths::file_name(module),
        Language::Rust => module.rsplit("::").next().unwrap_or(module),
        Language::CSharp | Language::Java => "*",
        _ => module,
    }
}

/// The hash by which names and paths are looked up. Equal hashes are checked against the names.
pub(crate) fn hash_of(name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    name.hash(&mut hasher);
    hasher.finish()
}

/// Indices with their keys, by key, then in file order.
fn sorted(keys: impl Iterator<Item = u64>) -> Vec<(u64, u32)> {
    let mut order: Vec<(u64, u32)> = keys.zip(0..).collect();
    order.sort_unstable();
    order
}

fn range(order: &[(u64, u32)], wanted: u64) -> &[(u64, u32)] {
    let start = order.partition_point(|(key, _)| *key < wanted);
    let count = order[start..].iter().take_while(|(key, _)| *key == wanted).count();
    &order[start..start + count]
}

/// All files, with what is known under each name and path. Answers never depend on the order in which files came.
#[derive(Debug, Default)]
pub(crate) struct Files {
    files: Vec<Option<File>>,
    by_path: BTreeMap<RepoPath, FileId>,
    /// The same for looking up.
    at: FxHashMap<String, FileId>,
    /// Sorted by path, then by place in the file.
    by_name: FxHashMap<String, Vec<SymbolId>>,
    /// The same, for languages whose qualified names are the whole name.
    by_qualified: FxHashMap<String, Vec<SymbolId>>,
    /// Files by [`paths::module_name`].
    by_file_name: FxHashMap<String, Vec<FileId>>,
    /// Files by their folder; the root is empty.
    by_folder: FxHashMap<String, Vec<FileId>>,
}

impl Index<FileId> for Files {
    type Output = File;

    fn index(&self, id: FileId) -> &File {
        self.files[id.0 as usize].as_ref().expect("ids of removed files are dropped with their dependents")
    }
}

impl Files {
    /// Adds a file, or replaces the one at its path, whose id it keeps.
    pub(crate) fn put(&mut self, input: InputFile) -> FileId {
        let known = self.by_path.get(&input.path).copied();
        if let Some(id) = known {
            self.forget_names(id);
        }
        let id = known.unwrap_or_else(|| FileId(u32::try_from(self.files.len()).expect("fewer files than 2^32")));
        let file = File::new(input);
        if known.is_none() {
            self.by_path.insert(file.path.clone(), id);
            self.at.insert(file.path.as_str().to_owned(), id);
            self.files.push(None);
        }
        self.files[id.0 as usize] = Some(file);
        self.learn_names(id);
        id
    }

    /// Removes the file at `path`.
    pub(crate) fn remove(&mut self, path: &RepoPath) -> Option<FileId> {
        let id = self.by_path.remove(path)?;
        self.at.remove(path.as_str());
        self.forget_names(id);
        self.files[id.0 as usize] = None;
        Some(id)
    }

    /// The ids of all files, sorted by path.
    pub(crate) fn ids(&self) -> impl Iterator<Item = FileId> {
        self.by_path.values().copied()
    }

    pub(crate) fn get(&self, id: FileId) -> Option<&File> {
        self.files.get(id.0 as usize)?.as_ref()
    }

    pub(crate) fn at(&self, path: &RepoPath) -> Option<FileId> {
        self.at_str(path.as_str())
    }

    pub(crate) fn at_str(&self, path: &str) -> Option<FileId> {
        self.at.get(path).copied()
    }

    pub(crate) fn named(&self, name: &str) -> &[SymbolId] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn qualified(&self, name: &str) -> &[SymbolId] {
        self.by_qualified.get(name).map_or(&[], Vec::as_slice)
    }

    /// Files with that [`paths::module_name`], sorted by path.
    pub(crate) fn with_module_name(&self, file_name: &str) -> &[FileId] {
        self.by_file_name.get(file_name).map_or(&[], Vec::as_slice)
    }

    /// Files right in `folder`, sorted by path.
    pub(crate) fn in_folder(&self, folder: &str) -> &[FileId] {
        self.by_folder.get(folder).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn symbol(&self, id: SymbolId) -> &Symbol {
        &self[id.file].facts.symbols[id.symbol as usize]
    }

    fn learn_names(&mut self, id: FileId) {
        let Self { files, by_path: _, at: _, by_name, by_qualified, by_file_name, by_folder } = self;
        let file = files[id.0 as usize].as_ref().expect("it was put there just now");
        let path_of = |other: FileId| files[other.0 as usize].as_ref().map(|file| &file.path);
        let add = |table: &mut FxHashMap<String, Vec<SymbolId>>, name: &str, symbol: u32| {
            let ids = entry(table, name);
            let new = SymbolId { file: id, symbol };
            // Most names are known in one file only, and files come sorted: the end is the place.
            let at = match ids.last() {
                None => 0,
                Some(last) if (path_of(last.file), last.symbol) <= (Some(&file.path), symbol) => ids.len(),
                Some(_) => ids.partition_point(|it| (path_of(it.file), it.symbol) <= (Some(&file.path), symbol)),
            };
            ids.insert(at, new);
        };
        for (at, symbol) in (0u32..).zip(&file.facts.symbols) {
            add(by_name, &symbol.name, at);
            if has_whole_names(file.language) {
                add(by_qualified, &symbol.qualified_name, at);
            }
        }
        let add_file = |table: &mut FxHashMap<String, Vec<FileId>>, name: &str| {
            let ids = entry(table, name);
            let at = ids.partition_point(|it| path_of(*it) < Some(&file.path));
            ids.insert(at, id);
        };
        add_file(by_file_name, paths::module_name(file.path.as_str()));
        add_file(by_folder, paths::folder(file.path.as_str()));
    }

    fn forget_names(&mut self, id: FileId) {
        let Some(file) = self.files[id.0 as usize].as_ref() else { return };
        for symbol in &file.facts.symbols {
            for (table, name) in [(&mut self.by_name, &symbol.name), (&mut self.by_qualified, &symbol.qualified_name)] {
                if let Some(ids) = table.get_mut(name.as_str()) {
                    ids.retain(|it| it.file != id);
                }
            }
        }
        let forget = |table: &mut FxHashMap<String, Vec<FileId>>, name: &str| {
            if let Some(ids) = table.get_mut(name) {
                ids.retain(|it| *it != id);
            }
        };
        forget(&mut self.by_file_name, paths::module_name(file.path.as_str()));
        forget(&mut self.by_folder, paths::folder(file.path.as_str()));
    }
}

/// The namespaces and packages a file declares, each once.
pub(crate) fn namespaces(file: &File) -> impl Iterator<Item = &str> {
    let is_namespace = |symbol: &&Symbol| symbol.kind == codeproof_types::SymbolKind::Namespace;
    let names: std::collections::BTreeSet<&str> =
        file.facts.symbols.iter().filter(is_namespace).map(|symbol| symbol.qualified_name.as_str()).collect();
    names.into_iter()
}

/// Whether the qualified names that files of `language` give are whole names.
pub(crate) fn has_whole_names(language: Language) -> bool {
    matches!(language, Language::Cpp | Language::Php | Language::Java | Language::CSharp | Language::Ruby)
}

fn entry<'t, T>(table: &'t mut FxHashMap<String, Vec<T>>, name: &str) -> &'t mut Vec<T> {
    if !table.contains_key(name) {
        table.insert(name.to_owned(), Vec::new());
    }
    table.get_mut(name).expect("it was put there just now")
}
