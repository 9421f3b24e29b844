//! Addresses on the page: of lines of files, and of the page's own parts.

use std::collections::BTreeMap;

use codeproof_types::laravel::LaravelMap;

use crate::map::diagram::{Diagram, Target};
use crate::map::names;

/// Where things stand on the page, and before what address paths stand.
pub(super) struct Links<'m> {
    /// `None` when places are only text.
    base: Option<String>,
    tables: BTreeMap<&'m str, usize>,
    models: BTreeMap<&'m str, usize>,
    diagrams: BTreeMap<String, usize>,
}

/// A text and where it leads; an empty address leads nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Link {
    pub text: String,
    pub address: String,
}

impl<'m> Links<'m> {
    pub(super) fn new(map: &'m LaravelMap, diagrams: &[Diagram], base: Option<&str>) -> Self {
        let numbered = |number: usize| number + 1;
        Self {
            base: base.filter(|base| is_plain(base)).map(str::to_owned),
            tables: map.schema.iter().enumerate().map(|(at, table)| (table.name.as_str(), numbered(at))).collect(),
            models: map.models.iter().enumerate().map(|(at, model)| (model.name.as_str(), numbered(at))).collect(),
            diagrams: diagrams.iter().enumerate().map(|(at, it)| (it.title.clone(), numbered(at))).collect(),
        }
    }

    /// `path:line`, leading to the line.
    pub(super) fn place(&self, path: &str, line: u32) -> Link {
        Link { text: names::place(path, line), address: self.line_address(path, line) }
    }

    /// The table's name, leading to it.
    pub(super) fn table(&self, name: &str) -> Link {
        let address = self.tables.get(name).map(|number| format!("#t-{number}"));
        Link { text: names::name(name), address: address.unwrap_or_default() }
    }

    /// The model's short name, leading to it.
    pub(super) fn model(&self, name: &str) -> Link {
        let address = self.models.get(name).map(|number| format!("#m-{number}"));
        Link { text: names::class(name), address: address.unwrap_or_default() }
    }

    /// The address of what a box of a diagram stands for.
    pub(super) fn target(&self, target: &Target) -> String {
        match target {
            Target::None => String::new(),
            Target::Model(name) => self.model(name).address,
            Target::Table(name) => self.table(name).address,
            Target::Diagram(title) => self.diagrams.get(title).map(|number| format!("#d-{number}")).unwrap_or_default(),
            Target::Line(path, line) => self.line_address(path, *line),
        }
    }

    /// The base, the path percent-encoded, and `#L12` as code hosts have it. A path that leads out of the application
    /// has no address.
    pub(super) fn line_address(&self, path: &str, line: u32) -> String {
        let Some(base) = &self.base else { return String::new() };
        if path.is_empty() || path.starts_with('/') || path.split('/').any(|part| part == "..") {
            return String::new();
        }
        let mut address = if base.is_empty() { "./".to_owned() } else { base.clone() };
        for byte in path.bytes() {
            match byte {
                b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                    address.push(char::from(byte));
                }
                other => address.push_str(&format!("%{other:02X}")),
            }
        }
        format!("{address}#L{line}")
    }
}

/// Whether a base is relative or of a scheme that only shows files.
fn is_plain(base: &str) -> bool {
    let scheme = base.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| !scheme.contains('/'));
    scheme.is_none_or(|scheme| ["http", "https", "file"].iter().any(|known| scheme.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base: Option<&str>, path: &str, expected: &str) {
        let map = LaravelMap::default();
        assert_eq!(Links::new(&map, &[], base).line_address(path, 7), expected);
    }

    #[test]
    fn lines_have_addresses_that_only_show() {
        check(Some(""), "app/Models/User.php", "./app/Models/User.php#L7");
        check(Some("https://host/blob/1/"), "a b\"#.php", "https://host/blob/1/a%20b%22%23.php#L7");
        check(Some("../src/"), "a.php", "../src/a.php#L7");
        check(None, "a.php", "");
        check(Some("javascript:alert(1)//"), "a.php", "");
        check(Some(""), "javascript:alert(1)", "./javascript%3Aalert%281%29#L7");
        check(Some(""), "//host/a.php", "");
        check(Some(""), "a/../../b.php", "");
    }
}
