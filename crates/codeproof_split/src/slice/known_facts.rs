//! What all slices of a file ask of its statements, found once.

use std::rc::Rc;

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use super::facts::{self, Facts, Removed};
use super::summary::{Bound, Summary};

/// Facts of a file of which nothing is removed; statements by where they start.
pub(crate) struct Known<'a> {
    headers: FxHashMap<u32, Rc<Facts<'a>>>,
    definitions: FxHashMap<u32, Definition<'a>>,
    /// All of the file.
    pub(super) file: Facts<'a>,
    bound: Bound<'a>,
    /// Statements, also those inside others.
    pub(super) count: usize,
}

struct Definition<'a> {
    /// With its header and all that is inside.
    all: Facts<'a>,
    summary: Summary<'a>,
    bound: Bound<'a>,
}

impl<'a> Known<'a> {
    /// Looks at all statements.
    pub(crate) fn new(body: &'a [Stmt]) -> Self {
        let nothing = Removed::default();
        let mut known = Self {
            headers: FxHashMap::default(),
            definitions: FxHashMap::default(),
            file: facts::of_all(body, &nothing),
            bound: facts::bound_names(body),
            count: 0,
        };
        facts::each(body, &mut |statement| {
            let start = statement.range().start().to_u32();
            known.count += 1;
            known.headers.insert(start, Rc::new(facts::of_header(statement, &nothing)));
            let inside = match statement {
                Stmt::FunctionDef(definition) => &definition.body,
                Stmt::ClassDef(definition) => &definition.body,
                _ => return,
            };
            let bound = facts::bound_names(inside);
            let definition = Definition {
                all: facts::of_all(std::slice::from_ref(statement), &nothing),
                summary: Summary::of(statement, &nothing, &bound),
                bound,
            };
            known.definitions.insert(start, definition);
        });
        known
    }

    /// Of a statement without its blocks.
    pub(super) fn header(&self, statement: &'a Stmt) -> Rc<Facts<'a>> {
        match self.headers.get(&statement.range().start().to_u32()) {
            Some(facts) => Rc::clone(facts),
            None => Rc::new(facts::of_header(statement, &Removed::default())),
        }
    }

    /// Of a definition without what is removed; of a class that is so for its methods.
    pub(super) fn summary(&self, statement: &'a Stmt, removed: &Removed) -> Summary<'a> {
        let Some(definition) = self.definitions.get(&statement.range().start().to_u32()) else {
            return Summary::default();
        };
        match statement {
            _ if !removed.touches(statement.range()) => definition.summary.clone(),
            Stmt::ClassDef(class) => {
                let touched = class.body.iter().filter(|inner| removed.touches(inner.range()));
                let methods = touched.filter_map(|inner| match inner {
                    Stmt::FunctionDef(method) => Some((method.name.as_str(), self.summary(inner, removed))),
                    _ => None,
                });
                definition.summary.with_methods(methods.collect())
            }
            _ => Summary::of(statement, removed, &definition.bound),
        }
    }

    /// Of a definition with all that is inside it.
    pub(super) fn all(&self, statement: &Stmt) -> Option<&Facts<'a>> {
        self.definitions.get(&statement.range().start().to_u32()).map(|definition| &definition.all)
    }

    /// Names of a definition's scope, or of the module.
    pub(super) fn bound(&self, definition: Option<&Stmt>, body: &'a [Stmt]) -> Bound<'a> {
        let Some(statement) = definition else { return self.bound.clone() };
        match self.definitions.get(&statement.range().start().to_u32()) {
            Some(definition) => definition.bound.clone(),
            None => facts::bound_names(body),
        }
    }
}
