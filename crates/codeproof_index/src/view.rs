//! What one file sees of the program while its references are resolved: every look-up is remembered, so that a later
//! change of its answer leads back to this file, and to no other.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};

use codeproof_types::{Symbol, TypeHint};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::entity::Entity;
use crate::files::{Family, File, FileId, Files, SymbolId, hash_of};
use crate::manifests::Manifests;

/// A question asked of the tables, hashed. Two questions that share a hash cost a resolution too many, nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key(u64);

impl Key {
    fn new(question: impl Hash) -> Self {
        let mut hasher = FxHasher::default();
        question.hash(&mut hasher);
        Self(hasher.finish())
    }

    /// Which symbols of the program have this name?
    pub(crate) fn named(name: &str) -> Self {
        Self::new((0u8, name))
    }

    /// What does this file say about this name? Both are given by their hashes, see [`hash_of`].
    pub(crate) fn in_file(path: u64, name: u64) -> Self {
        Self::new((1u8, path, name))
    }

    /// Which symbols have this qualified name?
    pub(crate) fn qualified(name: &str) -> Self {
        Self::new((2u8, name))
    }

    /// Which files have this module name?
    pub(crate) fn module_name(name: &str) -> Self {
        Self::new((3u8, name))
    }

    /// Which files are in this folder?
    pub(crate) fn folder(folder: &str) -> Self {
        Self::new((4u8, folder))
    }

    /// Is there a file at this path?
    pub(crate) fn path(path: &str) -> Self {
        Self::new((5u8, path))
    }

    /// What does this file import as a whole?
    pub(crate) fn imports_of(path: &str) -> Self {
        Self::new((6u8, path))
    }
}

/// The tables, with a memory of what was asked.
pub(crate) struct View<'p> {
    /// Whose references are resolved.
    pub(crate) subject: FileId,
    files: &'p Files,
    pub(crate) manifests: &'p Manifests,
    asked: RefCell<FxHashSet<Key>>,
    /// Resolved bases of classes, with themselves in front.
    pub(crate) lines: RefCell<FxHashMap<SymbolId, std::rc::Rc<[SymbolId]>>>,
    /// Modules of imports by level and name, as the file itself sees them.
    pub(crate) modules: RefCell<FxHashMap<(u32, String), Option<Entity>>>,
    /// Files that a C file includes, itself in front.
    pub(crate) included: RefCell<FxHashMap<FileId, std::rc::Rc<[FileId]>>>,
}

impl<'p> View<'p> {
    pub(crate) fn new(files: &'p Files, manifests: &'p Manifests, subject: FileId) -> Self {
        let asked = RefCell::default();
        Self {
            subject,
            files,
            manifests,
            asked,
            lines: RefCell::default(),
            modules: RefCell::default(),
            included: RefCell::default(),
        }
    }

    /// Everything that was asked.
    pub(crate) fn into_questions(self) -> Vec<Key> {
        self.asked.into_inner().into_iter().collect()
    }

    fn ask(&self, key: Key) {
        self.asked.borrow_mut().insert(key);
    }

    /// A file whose id an earlier answer gave. What is read from it must be asked for by name.
    pub(crate) fn file(&self, id: FileId) -> &'p File {
        &self.files[id]
    }

    pub(crate) fn family(&self, id: FileId) -> Family {
        Family::of(self.files[id].language)
    }

    pub(crate) fn path(&self, id: FileId) -> &'p str {
        self.files[id].path.as_str()
    }

    pub(crate) fn symbol(&self, id: SymbolId) -> &'p Symbol {
        self.files.symbol(id)
    }

    pub(crate) fn named(&self, name: &str) -> &'p [SymbolId] {
        self.ask(Key::named(name));
        self.files.named(name)
    }

    pub(crate) fn qualified(&self, name: &str) -> &'p [SymbolId] {
        self.ask(Key::qualified(name));
        self.files.qualified(name)
    }

    /// The symbols of that name in `file`, in file order.
    pub(crate) fn in_file<'n>(
        &self,
        file: FileId,
        name: &'n str,
    ) -> impl DoubleEndedIterator<Item = (SymbolId, &'p Symbol)> + use<'p, 'n> {
        let hash = self.ask_file(file, name);
        self.files[file].symbols_named(name, hash).map(move |(symbol, it)| (SymbolId { file, symbol }, it))
    }

    /// Indices of the imports of `file` that make `name` known, in file order.
    pub(crate) fn imports_of<'n>(
        &self,
        file: FileId,
        name: &'n str,
    ) -> impl DoubleEndedIterator<Item = u32> + use<'p, 'n> {
        let hash = self.ask_file(file, name);
        self.files[file].imports_of(name, hash)
    }

    /// Indices of the imports of `file` that make everything of something known.
    pub(crate) fn wildcards(&self, file: FileId) -> impl DoubleEndedIterator<Item = u32> + use<'p> {
        self.imports_of(file, "*")
    }

    /// What `file` says that `name` holds, in file order.
    pub(crate) fn hints<'n>(
        &self,
        file: FileId,
        name: &'n str,
    ) -> impl DoubleEndedIterator<Item = &'p TypeHint> + use<'p, 'n> {
        let hash = self.ask_file(file, name);
        self.files[file].hints_about(name, hash)
    }

    /// Notes that what `file` says about `name` decides something here, without asking for it.
    pub(crate) fn depend_on(&self, file: FileId, name: &str) {
        self.ask_file(file, name);
    }

    fn ask_file(&self, file: FileId, name: &str) -> u64 {
        let hash = hash_of(name);
        self.ask(Key::in_file(self.files[file].path_hash, hash));
        hash
    }

    /// All imports of `file`.
    pub(crate) fn all_imports(&self, file: FileId) -> &'p [codeproof_types::Import] {
        self.ask(Key::imports_of(self.path(file)));
        &self.files[file].facts.imports
    }

    pub(crate) fn with_module_name(&self, name: &str) -> &'p [FileId] {
        self.ask(Key::module_name(name));
        self.files.with_module_name(name)
    }

    pub(crate) fn in_folder(&self, folder: &str) -> &'p [FileId] {
        self.ask(Key::folder(folder));
        self.files.in_folder(folder)
    }

    pub(crate) fn at(&self, path: &str) -> Option<FileId> {
        self.ask(Key::path(path));
        self.files.at_str(path)
    }
}
