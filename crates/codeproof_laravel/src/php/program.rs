//! The files of an application: read on demand, each once, found by path or by the class that they should hold.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::ast::{Block, Class, Function, Statement, StatementKind, Unit};
use super::harmless::Harmless;
use super::{lower, outline};

/// A file and what its lines say.
type Outlined = (Rc<str>, Rc<outline::Outline>);

/// Parents and traits of one class that are looked through for a method.
const ANCESTORS_MAX: usize = 40;
/// Bytes of a file that are read; larger ones are generated data.
const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// An application's files; paths are from its root, with `/`.
pub trait Files: Sync {
    /// The text of a file, when it is there.
    fn read(&self, path: &str) -> Option<String>;
    /// The paths of all files in a folder and below, sorted; those of all files for `""`.
    fn list(&self, folder: &str) -> Vec<String>;
    /// Whether a file is there.
    fn has(&self, path: &str) -> bool {
        self.read(path).is_some()
    }
    /// Whether a folder is there.
    fn has_folder(&self, path: &str) -> bool {
        !self.list(path).is_empty()
    }
    /// The names of the folders in a folder, sorted.
    fn folders(&self, folder: &str) -> Vec<String> {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let paths = self.list(folder);
        let below = paths.iter().filter_map(|path| Some(path.strip_prefix(&start)?.split_once('/')?.0.to_owned()));
        let mut names: Vec<String> = below.collect();
        names.dedup();
        names
    }
}

/// Everything that was read so far.
pub(crate) struct Program<'a> {
    files: &'a dyn Files,
    units: FxHashMap<Rc<str>, Option<Rc<Unit>>>,
    /// By lower-case name.
    classes: FxHashMap<String, Rc<Class>>,
    missing: FxHashSet<String>,
    functions: FxHashMap<String, Rc<Function>>,
    outlines: FxHashMap<String, Option<Outlined>>,
    /// Classes without most of their methods, by lower-case name.
    short_classes: FxHashMap<String, Option<Rc<Class>>>,
    /// The methods that matter now: classes are read without the others.
    wanted: &'static [&'static str],
    /// Namespace prefix (with its last backslash) and folder, longest prefix first.
    prefixes: Vec<(String, String)>,
    /// Files that composer always loads: they declare functions.
    always: Vec<String>,
    /// Files of classes that are not where composer would look, by the class's lower-case name.
    located: FxHashMap<String, Rc<str>>,
}

impl<'a> Program<'a> {
    /// A program without files yet.
    pub(crate) fn new(files: &'a dyn Files) -> Self {
        Self {
            files,
            units: FxHashMap::default(),
            classes: FxHashMap::default(),
            missing: FxHashSet::default(),
            functions: FxHashMap::default(),
            outlines: FxHashMap::default(),
            short_classes: FxHashMap::default(),
            wanted: &[],
            prefixes: Vec::new(),
            always: Vec::new(),
            located: FxHashMap::default(),
        }
    }

    /// Says where composer looks for classes and which files it always loads.
    pub(crate) fn autoload(&mut self, prefixes: Vec<(String, String)>, always: Vec<String>) {
        self.prefixes.extend(prefixes);
        self.prefixes.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
        self.always.extend(always);
    }

    /// The text of a file.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        self.files.read(path).filter(|text| text.len() <= FILE_BYTES_MAX)
    }

    /// The paths of all files below a folder.
    pub(crate) fn list(&self, folder: &str) -> Vec<String> {
        self.files.list(folder)
    }

    /// The paths of all files of code, templates among them, but for texts in other languages, of which there are thousands.
    pub(crate) fn code_files(&self) -> Vec<String> {
        let is_translation = |path: &str| path.starts_with("lang/") || path.contains("resources/lang/");
        self.list("").into_iter().filter(|path| path.ends_with(".php") && !is_translation(path)).collect()
    }

    /// Whether a folder is there.
    pub(crate) fn has_folder(&self, path: &str) -> bool {
        self.files.has_folder(path)
    }

    /// A file, read and with its declarations known.
    pub(crate) fn unit(&mut self, path: &str) -> Option<Rc<Unit>> {
        if let Some(unit) = self.units.get(path) {
            return unit.clone();
        }
        let path: Rc<str> = Rc::from(path);
        let unit = self.text(&path).and_then(|text| lower::unit(&path, &text)).map(Rc::new);
        self.units.insert(path, unit.clone());
        if let Some(unit) = &unit {
            self.declare(&unit.body);
        }
        unit
    }

    /// Whether a file is there.
    pub(crate) fn has_file(&mut self, path: &str) -> bool {
        self.units.get(path).is_some_and(Option::is_some) || self.files.has(path)
    }

    fn declare(&mut self, body: &Block) {
        let mut open: Vec<Block> = vec![body.clone()];
        while let Some(block) = open.pop() {
            for statement in block.iter() {
                self.declare_one(statement, &mut open);
            }
        }
    }

    fn declare_one(&mut self, statement: &Statement, open: &mut Vec<Block>) {
        match &statement.kind {
            StatementKind::Class(class) => {
                self.classes.entry(class.name.to_lowercase()).or_insert_with(|| class.clone());
            }
            StatementKind::Function(function) => {
                self.functions.entry(function.name.to_lowercase()).or_insert_with(|| function.clone());
            }
            StatementKind::Block(block) | StatementKind::Broken(block) => open.push(block.clone()),
            // `if (! function_exists('x')) { function x() … }`
            StatementKind::If(branches, otherwise) => {
                open.extend(branches.iter().map(|(_, block)| block.clone()).chain(otherwise.clone()));
            }
            _ => {}
        }
    }

    /// The classes that a file declares, each made known in place of another of its name.
    pub(crate) fn own_classes(&mut self, path: &str) -> Vec<Rc<str>> {
        let Some(unit) = self.unit(path) else { return Vec::new() };
        let mut names = Vec::new();
        let mut open: Vec<Block> = vec![unit.body.clone()];
        while let Some(block) = open.pop() {
            for statement in block.iter() {
                match &statement.kind {
                    StatementKind::Class(class) => {
                        self.declare_class(class);
                        names.push(class.name.clone());
                    }
                    StatementKind::Block(block) | StatementKind::Broken(block) => open.push(block.clone()),
                    StatementKind::If(branches, _) => open.extend(branches.iter().map(|(_, block)| block.clone())),
                    _ => {}
                }
            }
        }
        names
    }

    /// Makes a class known, in place of another of its name.
    pub(crate) fn declare_class(&mut self, class: &Rc<Class>) {
        self.classes.insert(class.name.to_lowercase(), class.clone());
    }

    /// A class of the application.
    pub(crate) fn class(&mut self, name: &str) -> Option<Rc<Class>> {
        let key = name.trim_start_matches('\\').to_lowercase();
        if let Some(class) = self.classes.get(&key) {
            return Some(class.clone());
        }
        if !self.wanted.is_empty() {
            return self.short_class(name.trim_start_matches('\\'), key);
        }
        if !self.missing.insert(key.clone()) {
            return None;
        }
        for path in self.class_files(name.trim_start_matches('\\')) {
            if self.unit(&path).is_some()
                && let Some(class) = self.classes.get(&key)
            {
                self.missing.remove(&key);
                return Some(class.clone());
            }
        }
        None
    }

    /// Has classes read without all methods but these, until an empty list is given. Classes that were read in whole
    /// stay so.
    pub(crate) fn want_only(&mut self, methods: &'static [&'static str]) {
        self.wanted = methods;
    }

    fn short_class(&mut self, name: &str, key: String) -> Option<Rc<Class>> {
        if let Some(known) = self.short_classes.get(&key) {
            return known.clone();
        }
        let wanted = self.wanted;
        let outlined = self.outline_of(name);
        let read = outlined.and_then(|(path, outline)| {
            let text = self.text(&path)?;
            match outline.has_attributes {
                true => lower::unit(&path, &text),
                false => lower::unit(&path, &outline::without_other_methods(&text, &outline, wanted)),
            }
        });
        let found = read.and_then(|unit| declared(&unit.body, &key));
        self.short_classes.insert(key, found.clone());
        found
    }

    fn outline_of(&mut self, class: &str) -> Option<Outlined> {
        if !self.outlines.contains_key(class) {
            let found = self.class_files(class).into_iter().find_map(|path| Some((self.text(&path)?, path)));
            let outlined = found.map(|(text, path)| (Rc::from(path), Rc::new(outline::outline(&text))));
            self.outlines.insert(class.to_owned(), outlined);
        }
        self.outlines.get(class).cloned().flatten()
    }

    /// The file and line that declare a method, in its class or what that inherits, found without reading classes as
    /// PHP: most controllers are only ever pointed at.
    pub(crate) fn method_line(&mut self, class: &str, method: &str) -> Option<(Rc<str>, u32)> {
        let method = method.to_lowercase();
        self.in_outlines(class, |path, outline| Some((path.clone(), *outline.methods.get(&method)?)))
    }

    /// The file that declares a method, its first line, and the last in front of the next method.
    pub(crate) fn method_lines(&mut self, class: &str, method: &str) -> Option<(Rc<str>, u32, u32)> {
        let method = method.to_lowercase();
        self.in_outlines(class, |path, outline| {
            let first = *outline.methods.get(&method)?;
            let next = outline.methods.values().filter(|line| **line > first).min();
            Some((path.clone(), first, next.map_or(u32::MAX, |line| line - 1)))
        })
    }

    /// Whether a class or what it inherits may want middleware in front of its methods.
    pub(crate) fn asks_for_middleware(&mut self, class: &str) -> bool {
        self.in_outlines(class, |_, outline| outline.asks_for_middleware.then_some(())).is_some()
    }

    /// What the constructor of a class does and the class's parent, when that only hands harmless closures to `middleware()`.
    pub(crate) fn harmless_constructor(&mut self, class: &str) -> Option<(Harmless, Option<String>)> {
        let (_, outline) = self.outline_of(class.trim_start_matches('\\'))?;
        Some((outline.harmless?, outline.parent.clone()))
    }

    /// The first answer from the outlines of a class, its parents and traits.
    fn in_outlines<T>(&mut self, class: &str, ask: impl Fn(&Rc<str>, &outline::Outline) -> Option<T>) -> Option<T> {
        let mut open = vec![class.trim_start_matches('\\').to_owned()];
        let mut place = 0;
        while let Some(class) = open.get(place).cloned() {
            place += 1;
            let Some((path, outline)) = self.outline_of(&class) else { continue };
            if let Some(answer) = ask(&path, &outline) {
                return Some(answer);
            }
            for ancestor in outline.ancestors.iter().take(ANCESTORS_MAX.saturating_sub(open.len())) {
                if !open.contains(ancestor) {
                    open.push(ancestor.clone());
                }
            }
        }
        None
    }

    /// The namespaces composer knows, with their last backslash.
    pub(crate) fn namespaces(&self) -> Vec<String> {
        self.prefixes.iter().map(|(prefix, _)| prefix.clone()).collect()
    }

    /// Whether a class would be looked for among the application's own files.
    pub(crate) fn is_own_name(&self, name: &str) -> bool {
        let name = name.trim_start_matches('\\').to_lowercase();
        self.prefixes.iter().any(|(prefix, _)| !prefix.is_empty() && name.starts_with(&prefix.to_lowercase()))
    }

    /// Whether composer would look for a class in this file.
    pub(crate) fn expects(&self, class: &str, path: &str) -> bool {
        self.class_files(class).iter().any(|expected| expected == path)
    }

    /// Says which file declares a class, for classes that are not where composer would look.
    pub(crate) fn locate(&mut self, class: &str, path: &Rc<str>) {
        let key = class.to_lowercase();
        self.missing.remove(&key);
        self.located.insert(key, path.clone());
    }

    fn class_files(&self, name: &str) -> Vec<String> {
        // Applications that carry changed copies of the framework's classes still mean the framework.
        if name.starts_with("Illuminate\\") {
            return Vec::new();
        }
        let located = self.located.get(&name.to_lowercase()).map(ToString::to_string);
        let expected = self.prefixes.iter().filter_map(|(prefix, folder)| {
            let rest = name.strip_prefix(prefix.as_str())?;
            let folder = folder.trim_end_matches('/');
            let separator = if folder.is_empty() { "" } else { "/" };
            Some(format!("{folder}{separator}{}.php", rest.replace('\\', "/")))
        });
        expected.chain(located).collect()
    }

    /// A function of the application by its full name, else by its last part in the global namespace.
    pub(crate) fn function(&mut self, name: &str) -> Option<Rc<Function>> {
        let full = name.to_lowercase();
        let short = full.rsplit('\\').next().unwrap_or_default().to_owned();
        let find = |program: &Self| program.functions.get(&full).or_else(|| program.functions.get(&short)).cloned();
        if let Some(function) = find(self) {
            return Some(function);
        }
        for path in std::mem::take(&mut self.always) {
            self.unit(&path);
        }
        find(self)
    }
}

/// A class that a block declares, by its lower-case name.
fn declared(body: &Block, key: &str) -> Option<Rc<Class>> {
    let mut open: Vec<&Block> = vec![body];
    while let Some(block) = open.pop() {
        for statement in block.iter() {
            match &statement.kind {
                StatementKind::Class(class) if class.name.to_lowercase() == key => return Some(class.clone()),
                StatementKind::Block(inner) | StatementKind::Broken(inner) => open.push(inner),
                _ => {}
            }
        }
    }
    None
}
