//! What may be read when something is done with what a variable holds: its functions, and what was put into its objects.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::Stmt;

use super::{Keeper, STEPS_MAX, Variable};
use crate::slice::program::{NodeId, ScopeId};

/// Names that are compared in about the time that a definition is looked into.
const NAMES_A_STEP: usize = 8;

impl<'a> Keeper<'_, 'a> {
    /// What may be read when something is done with what a variable holds.
    pub(super) fn reach(
        &self,
        variable: Variable<'a>,
        hidden: &BTreeSet<&'a str>,
        seen: &mut BTreeSet<(NodeId, Vec<&'a str>)>,
        found: &mut BTreeSet<Variable<'a>>,
    ) {
        if self.is_too_much(1 + hidden.len() / NAMES_A_STEP) {
            return;
        }
        for id in self.program.binders.get(&variable).into_iter().flatten().copied() {
            if !seen.insert((id, hidden.iter().copied().collect())) {
                continue;
            }
            let node = &self.program.nodes[id];
            let mut next: Vec<(Variable<'a>, BTreeSet<&'a str>)> = Vec::new();
            let mut add = |scope: ScopeId, name: &'a str, hidden: &BTreeSet<&'a str>| {
                let variable = (self.program.home(scope, name), name);
                if !(variable.0 == 0 && hidden.contains(name)) {
                    next.push((variable, hidden.clone()));
                }
            };
            match (&node.body, node.opens) {
                (Some(body), None) => {
                    node.facts.loads.iter().for_each(|name| add(node.scope, name, hidden));
                    for (reads, written) in &body.steps {
                        let hidden: BTreeSet<&'a str> = hidden.union(written).copied().collect();
                        reads.iter().for_each(|name| add(node.scope, name, &hidden));
                    }
                }
                (Some(_), Some(scope)) => {
                    node.facts.loads.iter().for_each(|name| add(node.scope, name, hidden));
                    self.reach_opened(scope, hidden, &mut add);
                }
                (None, _) => self.held_names(id).into_iter().for_each(|name| add(node.scope, name, hidden)),
            }
            for (variable, hidden) in next {
                found.insert(variable);
                self.reach(variable, &hidden, seen, found);
            }
        }
        if variable.0 == 0 {
            self.reach_put_in(variable.1, hidden, seen, found);
        }
    }

    /// Counts work; whether there was too much of it for one scanner.
    fn is_too_much(&self, steps: usize) -> bool {
        self.steps.set(self.steps.get().saturating_add(steps as u64));
        self.steps.get() > STEPS_MAX
    }

    /// What may be read when something is done with what was put into a name's object.
    fn reach_put_in(
        &self,
        name: &'a str,
        hidden: &BTreeSet<&'a str>,
        seen: &mut BTreeSet<(NodeId, Vec<&'a str>)>,
        found: &mut BTreeSet<Variable<'a>>,
    ) {
        let putting = self.put_in.get(self.program.scopes[0].same.of(name)).into_iter().flatten();
        for id in putting.copied().filter(|id| self.kept[*id]) {
            let facts = &self.program.nodes[id].facts;
            let names = if self.program.nodes[id].body.is_some() { &facts.binds } else { &facts.bare };
            if self.is_too_much(names.len() / NAMES_A_STEP) {
                return;
            }
            for put in names.iter().filter(|put| **put != name && !hidden.contains(*put)) {
                let variable = (self.program.home(0, put), *put);
                if found.insert(variable) {
                    self.reach(variable, hidden, seen, found);
                }
            }
        }
    }

    /// Statements of the module by the class of the names whose objects they put something in.
    pub(super) fn put_in(&self) -> BTreeMap<&'a str, Vec<NodeId>> {
        let mut found: BTreeMap<&'a str, Vec<NodeId>> = BTreeMap::new();
        let is_holder = |id: &&NodeId| {
            let statement = self.program.nodes[**id].statement;
            matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::Expr(_) | Stmt::Assign(_))
        };
        for id in self.program.scopes[0].nodes.iter().filter(is_holder) {
            for effect in self.effects(*id) {
                if self.program.home(0, effect.root) == 0 {
                    found.entry(self.program.scopes[0].same.of(effect.root)).or_default().push(*id);
                }
            }
        }
        found
    }

    fn reach_opened(
        &self,
        scope: ScopeId,
        hidden: &BTreeSet<&'a str>,
        add: &mut impl FnMut(ScopeId, &'a str, &BTreeSet<&'a str>),
    ) {
        for inner in self.program.scopes[scope].nodes.iter().filter(|inner| self.kept[**inner]) {
            let inner = &self.program.nodes[*inner];
            for name in inner.facts.loads.iter().chain(&inner.facts.later) {
                if self.program.home(scope, name) != scope {
                    add(scope, name, hidden);
                }
            }
            match (&inner.body, inner.opens) {
                (Some(body), None) => body.free.iter().for_each(|name| {
                    if self.program.home(scope, name) != scope || self.program.scopes[scope].is_class {
                        add(if self.program.scopes[scope].is_class { 0 } else { scope }, name, hidden);
                    }
                }),
                (Some(_), Some(opened)) => self.reach_opened(opened, hidden, add),
                _ => {}
            }
        }
    }

    /// Names of functions, classes and objects that the value of an assignment may hold.
    pub(in crate::slice) fn held_names(&self, id: NodeId) -> BTreeSet<&'a str> {
        let node = &self.program.nodes[id];
        let facts = &node.facts;
        let makes = |name: &&'a str| {
            *name == "partial"
                || self.program.binders.get(&(self.program.home(node.scope, name), *name)).into_iter().flatten().any(
                    |id| self.program.nodes[*id].body.as_ref().is_some_and(|body| body.is_class || body.is_factory),
                )
        };
        facts
            .loads
            .iter()
            .filter(|name| !facts.called.contains(*name) || makes(name))
            .chain(&facts.later)
            .copied()
            .collect()
    }
}
