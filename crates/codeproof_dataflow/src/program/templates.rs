//! Templates of a program by the names that programs call them by.

use codeproof_types::Language;
use rustc_hash::FxHashMap;

use super::{File, Program};

/// Files that may be rendered.
#[derive(Debug, Default)]
pub(crate) struct Templates {
    /// By the last part of their paths.
    by_name: FxHashMap<Box<str>, Vec<u32>>,
    /// For each file, whether it is nothing but a template.
    is_template: Vec<bool>,
}

/// Folders in which PHP programs keep pages that are shown with variables.
const FOLDERS: [&str; 4] = ["views", "Views", "templates", "view"];

impl Templates {
    fn of(files: &[File]) -> Self {
        let mut templates = Self::default();
        for (number, file) in (0u32..).zip(files) {
            let path = file.path.as_str();
            let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
            let is_template = path.ends_with(".blade.php") || crate::lower::is_template(&file.path);
            let is_page = file.module.language == Language::Php && folders.split('/').any(|one| FOLDERS.contains(&one));
            if is_template || is_page {
                templates.by_name.entry(name.into()).or_default().push(number);
            }
            templates.is_template.push(is_template);
        }
        templates
    }

    /// Whether there are any.
    pub(crate) fn is_any(&self) -> bool {
        !self.by_name.is_empty()
    }

    /// Whether a file is nothing but a template.
    pub(crate) fn has(&self, file: u32) -> bool {
        self.is_template.get(file as usize).copied().unwrap_or(false)
    }
}

impl Program<'_> {
    /// Finds the templates of the program, and which variables they have beyond those they are given.
    pub(super) fn find_templates(&mut self) {
        self.templates = Templates::of(&self.files);
        if self.is_php() || self.templates.by_name.is_empty() {
            return;
        }
        let renderings = self.specs.entries().iter().filter_map(|(entry, _)| entry.renders.as_ref());
        let variables: Vec<_> = renderings.flat_map(|rendering| &rendering.variables).collect();
        for (name, meaning) in variables {
            let package = meaning.split('.').next().unwrap_or(meaning);
            let is_used = self.files.iter().any(|file| file.packages.iter().any(|known| **known == *package));
            if let Some(node) = self.specs.node(meaning).filter(|_| is_used) {
                self.page_variables.entry(self.names.intern(name)).or_insert(node);
            }
        }
    }

    /// The template that the file `from` means by `name`: of those whose path ends so the nearest.
    pub(crate) fn template_named(&self, from: u32, name: &str) -> Option<u32> {
        wanted_ends(name, self.is_php()).into_iter().find_map(|end| self.template_at(from, &end))
    }

    fn template_at(&self, from: u32, end: &str) -> Option<u32> {
        let found = self.templates.by_name.get(end.rsplit('/').next().unwrap_or(end))?;
        let own = self.file(from).path.as_str();
        let fits = |file: &&u32| {
            let path = self.file(**file).path.as_str();
            path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        let shared = |file: &u32| {
            let path = self.file(*file).path.as_str();
            own.split('/').zip(path.split('/')).take_while(|(one, other)| one == other).count()
        };
        // Of several as near the one that comes first.
        found.iter().filter(fits).rev().max_by_key(|file| shared(file)).copied()
    }
}

/// What the path of a template of that name ends in; the likeliest first.
fn wanted_ends(name: &str, is_php: bool) -> Vec<String> {
    let name = name.trim_start_matches(['.', '/']);
    if name.is_empty() {
        return Vec::new();
    }
    if !is_php {
        return vec![name.to_owned()];
    }
    // `package::page`, `@Bundle/page.html.twig`.
    let name = name.rsplit("::").next().unwrap_or(name);
    let name = name.strip_prefix('@').and_then(|name| name.split_once('/')).map_or(name, |(_, name)| name);
    if name.ends_with(".twig") || name.ends_with(".php") {
        return vec![name.to_owned()];
    }
    let path = name.replace('.', "/");
    vec![format!("{path}.blade.php"), format!("{path}.php"), format!("{path}.html.twig")]
}

#[cfg(test)]
mod tests {
    use super::wanted_ends;

    #[test]
    fn names_are_ends_of_paths() {
        assert_eq!(wanted_ends("./shop/item.html", false), ["shop/item.html"]);
        assert_eq!(wanted_ends("admin::users.edit", true)[0], "users/edit.blade.php");
        assert_eq!(wanted_ends("users/edit", true)[1], "users/edit.php");
        assert_eq!(wanted_ends("@Shop/item.html.twig", true), ["item.html.twig"]);
        assert!(wanted_ends("", true).is_empty());
    }
}
