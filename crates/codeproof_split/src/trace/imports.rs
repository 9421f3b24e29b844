//! Imports: names of outside, and the constants of a sibling module.

use std::collections::BTreeMap;
use std::rc::Rc;

use ruff_python_ast::{StmtImport, StmtImportFrom};
use ruff_text_size::{Ranged, TextRange};

use super::machine::Machine;
use super::records::Namespace;
use super::value::{Data, Value};
use super::{Kind, Origin};

impl<'a> Machine<'a, '_> {
    pub(super) fn import(&mut self, stmt: &'a StmtImport) {
        for alias in &stmt.names {
            let whole = alias.name.as_str();
            let (bound, path) = match &alias.asname {
                Some(name) => (name.as_str(), whole),
                None => {
                    let first = whole.split('.').next().unwrap_or(whole);
                    (first, first)
                }
            };
            let is_plain = alias.asname.is_some() || !whole.contains('.');
            let sibling = if is_plain { self.sibling(whole, alias.range()) } else { None };
            let value = match sibling {
                Some(names) => Namespace::value(names, false),
                None => Value::new(Data::Outside(Rc::from(path))),
            };
            self.bind(bound, value);
        }
    }

    pub(super) fn import_from(&mut self, stmt: &'a StmtImportFrom) {
        let module = stmt.module.as_ref().map_or("", |module| module.as_str());
        let sibling = self.sibling(module, stmt.range());
        for alias in &stmt.names {
            let name = alias.name.as_str();
            if name == "*" {
                for (name, value) in given_to_all(sibling.as_deref().unwrap_or_default()) {
                    self.bind(name, value.clone());
                }
                continue;
            }
            let bound = alias.asname.as_ref().map_or(name, |name| name.as_str());
            let known = sibling.iter().flatten().find(|(known, _)| known == name).map(|(_, value)| value.clone());
            let value = known.unwrap_or_else(|| Value::new(Data::Outside(Rc::from(format!("{module}.{name}")))));
            self.bind(bound, value);
        }
    }

    /// The constants of a sibling module, when the caller can read it; here they are written where it is imported.
    fn sibling(&mut self, module: &str, import: TextRange) -> Option<Vec<(String, Value<'a>)>> {
        let bytes = (self.read_module?)(module)?;
        let parsed = codeproof_python::read(&bytes).ok()?;
        let trace = super::follow(&parsed, None, &BTreeMap::new(), &BTreeMap::new());
        let value = |(name, json, origin, _): (String, serde_json::Value, Origin, u32)| {
            let value =
                super::fold::from_json(&json, 6, None).at(Origin { kind: Kind::Module, range: import, ..origin });
            (name, value)
        };
        Some(trace.constants.into_iter().map(value).collect())
    }
}

/// What `from module import *` binds: the names of `__all__`, else all that do not begin with an underscore.
fn given_to_all<'s, 'a>(names: &'s [(String, Value<'a>)]) -> impl Iterator<Item = &'s (String, Value<'a>)> {
    let all = names.iter().find(|(name, _)| name == "__all__").and_then(|(_, value)| value.to_json());
    let listed: Option<Vec<String>> = all.and_then(|all| serde_json::from_value(all).ok());
    names.iter().filter(move |(name, _)| match &listed {
        Some(listed) => listed.contains(name),
        None => !name.starts_with('_'),
    })
}
