//! Walks over folders, as applications do that load every route file of one: PHP's directory iterators, Symfony's
//! Finder, `File::allFiles()`. Files come sorted by path.

use std::rc::Rc;

use super::{Laravel, Object};
use crate::php::{Arguments, Key, Machine, PhpArray, Value, inside};

/// The files of a folder, and where an iterator over them stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Walk {
    /// From the application's root, with a leading slash.
    files: Rc<[Rc<str>]>,
    place: usize,
}

impl Machine<'_, Laravel> {
    /// `new RecursiveDirectoryIterator($folder)` and its sisters; `None` for any other class.
    pub(super) fn new_walk(&mut self, class: &str, arguments: &Arguments) -> Option<Value> {
        match class {
            "RecursiveDirectoryIterator" => self.walk(&arguments.at(0), true),
            "DirectoryIterator" | "FilesystemIterator" => self.walk(&arguments.at(0), false),
            // Filters by pattern and the like are not known: only the plain wrapper is.
            "RecursiveIteratorIterator" | "IteratorIterator" => Some(arguments.at(0)),
            "Symfony\\Component\\Finder\\Finder" => Some(self.object(Object::Walk(Walk::default()))),
            "SplFileInfo" => Some(self.object(Object::File(arguments.at(0).as_text()?))),
            _ => None,
        }
    }

    /// `File::allFiles($folder)`, `File::files($folder)`: a list of files.
    pub(super) fn files_of(&mut self, folder: &Value, is_deep: bool) -> Option<Value> {
        let walk = self.files_in(folder, is_deep)?;
        let files: Vec<Value> = walk.files.iter().map(|path| self.object(Object::File(path.clone()))).collect();
        Some(Value::list(files).under(folder.doubt().cloned()))
    }

    fn walk(&mut self, folder: &Value, is_deep: bool) -> Option<Value> {
        let walk = self.files_in(folder, is_deep)?;
        Some(self.object(Object::Walk(walk)).under(folder.doubt().cloned()))
    }

    fn files_in(&mut self, folder: &Value, is_deep: bool) -> Option<Walk> {
        let folder = inside(&folder.as_text()?)?;
        let depth = if folder.is_empty() { 0 } else { folder.len() + 1 };
        let all = self.program.list(&folder);
        let wanted = all.iter().filter(|path| is_deep || path.get(depth..).is_some_and(|rest| !rest.contains('/')));
        Some(Walk { files: wanted.map(|path| Rc::from(format!("/{path}"))).collect(), place: 0 })
    }

    /// What a loop over a walk goes through: path to file.
    pub(super) fn walked(&mut self, walk: &Walk) -> Value {
        let mut array = PhpArray::default();
        for path in walk.files.iter() {
            let file = self.object(Object::File(path.clone()));
            array.insert(Key::Text(path.clone()), file);
        }
        Value::Array(Rc::new(array))
    }

    pub(super) fn walk_call(&mut self, number: u32, walk: Walk, method: &str, arguments: &Arguments) -> Option<Value> {
        let current = walk.files.get(walk.place).cloned();
        match method {
            "valid" => Some(Value::Boolean(current.is_some())),
            "next" | "rewind" => {
                let place = if method == "next" { walk.place + 1 } else { 0 };
                if let Some(Object::Walk(kept)) = self.framework.objects.get_mut(number as usize) {
                    kept.place = place;
                }
                Some(Value::Null)
            }
            "key" => Some(current.map_or(Value::Null, Value::Text)),
            "current" => Some(current.map_or(Value::Null, |path| self.object(Object::File(path)))),
            "isDot" => Some(Value::Boolean(false)),
            // Symfony's Finder, which changes itself.
            "files" | "in" | "name" | "depth" | "sortByName" | "ignoreDotFiles" => {
                let found = match method {
                    "in" => self.files_in(&arguments.at(0), true)?,
                    "name" => self.named(&walk, &arguments.at(0))?,
                    "depth" => return None,
                    _ => walk,
                };
                *self.framework.objects.get_mut(number as usize)? = Object::Walk(found);
                Some(Value::Host(number))
            }
            _ => self.file_call(&current?, method, arguments),
        }
    }

    /// Files whose name fits `*.php` and the like.
    fn named(&mut self, walk: &Walk, pattern: &Value) -> Option<Walk> {
        let pattern = pattern.as_text()?;
        let (head, tail) = pattern.split_once('*')?;
        let fits = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or_default();
            name.starts_with(head) && name.ends_with(tail)
        };
        Some(Walk { files: walk.files.iter().filter(|path| fits(path)).cloned().collect(), place: 0 })
    }

    /// A method of `SplFileInfo`.
    pub(super) fn file_call(&mut self, path: &Rc<str>, method: &str, arguments: &Arguments) -> Option<Value> {
        let name = path.rsplit('/').next().unwrap_or_default();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        Some(match method {
            "getPathname" | "getRealPath" | "__toString" => Value::Text(path.clone()),
            "getPath" => Value::text(folder),
            "getFilename" => Value::text(name),
            "getFilenameWithoutExtension" => Value::text(stem),
            "getExtension" => Value::text(extension),
            "getBasename" => {
                let suffix = arguments.at(0).as_text().unwrap_or_default();
                Value::text(name.strip_suffix(&*suffix).unwrap_or(name))
            }
            "isFile" | "isReadable" => Value::Boolean(true),
            "isDir" | "isDot" | "isLink" => Value::Boolean(false),
            _ => return None,
        })
    }
}
