//! Python's packages and modules as the folders of the tree give them.

use rustc_hash::FxHashMap;

/// Folders and files as packages and modules.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    by_path: FxHashMap<Box<str>, u32>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    path: Box<str>,
    file: Option<u32>,
}

impl Modules {
    /// Adds a file by its path without extension; `pkg/__init__` is the package `pkg`.
    pub(crate) fn add(&mut self, path: &str, file: u32) {
        let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
        let module = stem.strip_suffix("/__init__").unwrap_or(stem);
        let at = self.entry(module);
        // A package's own file counts before a file that happens to lie beside it.
        if self.entries[at as usize].file.is_none() || stem.ends_with("/__init__") {
            self.entries[at as usize].file = Some(file);
        }
        let mut folder = module;
        while let Some((parent, _)) = folder.rsplit_once('/') {
            if self.by_path.contains_key(parent) {
                break;
            }
            self.entry(parent);
            folder = parent;
        }
    }

    fn entry(&mut self, path: &str) -> u32 {
        if let Some(at) = self.by_path.get(path) {
            return *at;
        }
        let at = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.entries.push(Entry { path: path.into(), file: None });
        self.by_path.insert(path.into(), at);
        at
    }

    /// The file of a module; packages without a file of their own have none.
    pub(crate) fn file(&self, module: u32) -> Option<u32> {
        self.entries[module as usize].file
    }

    /// The module `name` of a package.
    pub(crate) fn child(&self, module: u32, name: &str) -> Option<u32> {
        self.by_path.get(format!("{}/{name}", self.entries[module as usize].path).as_str()).copied()
    }

    /// What `import dotted` means in the file at `path`, with the first package of it: the nearest folder around the
    /// file that holds it, as if each were on the path of the interpreter.
    pub(crate) fn absolute(&self, path: &str, dotted: &str) -> Option<(u32, u32)> {
        let relative = dotted.replace('.', "/");
        let first = dotted.split('.').next().unwrap_or(dotted);
        let mut folder = Some(path);
        loop {
            folder = folder.and_then(|folder| folder.rsplit_once('/').map(|(parent, _)| parent));
            let at = |name: &str| match folder {
                Some(folder) => self.by_path.get(format!("{folder}/{name}").as_str()).copied(),
                None => self.by_path.get(name).copied(),
            };
            let own = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
            if let (Some(module), Some(first)) = (at(&relative), at(first))
                && &*self.entries[module as usize].path != own
            {
                return Some((first, module));
            }
            folder?;
        }
    }

    /// What `from ..dotted` means in the file at `path`.
    pub(crate) fn relative(&self, path: &str, level: u32, dotted: &str) -> Option<u32> {
        let mut folder = path;
        for _ in 0..level {
            folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
        let relative = dotted.replace('.', "/");
        let whole = match (folder, relative.as_str()) {
            ("", relative) => relative.to_owned(),
            (folder, "") => folder.to_owned(),
            (folder, relative) => format!("{folder}/{relative}"),
        };
        self.by_path.get(whole.as_str()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_counts() {
        let mut modules = Modules::default();
        for (file, path) in (0u32..).zip(["shop/__init__.py", "shop/db.py", "lib/db.py", "app.py", "db.py"]) {
            modules.add(path, file);
        }
        let file =
            |path: &str, dotted: &str| modules.absolute(path, dotted).and_then(|(_, module)| modules.file(module));
        assert_eq!(file("app.py", "shop.db"), Some(1));
        assert_eq!(file("lib/tool.py", "db"), Some(2));
        assert_eq!(file("app.py", "db"), Some(4));
        assert_eq!(file("db.py", "db"), None);
        assert_eq!(file("app.py", "flask"), None);
        assert_eq!(modules.relative("shop/views.py", 1, "db").and_then(|module| modules.file(module)), Some(1));
        assert_eq!(modules.relative("shop/api/views.py", 2, "").and_then(|module| modules.file(module)), Some(0));
    }
}
