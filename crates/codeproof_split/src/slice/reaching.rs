//! Which binding of a name a statement may read: those before it, back to one that surely runs in between.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{Expr, Stmt};

use super::keep::{Keeper, STEPS_MAX, Variable};
use super::program::{NodeId, ScopeId, is_main_guard};

impl<'a> Keeper<'_, 'a> {
    /// Keeps what may have bound a variable when a statement reads it.
    pub(super) fn bindings(&mut self, user: NodeId, scope: ScopeId, variable: Variable<'a>) {
        if variable.0 == 0 && self.pinned.contains(variable.1) {
            return;
        }
        let (home, name) = variable;
        if home == scope || home == 0 && scope == 0 {
            let reaching = self.reaching(user, variable);
            if reaching.is_empty() && home == 0 {
                self.unbound.insert(name);
            }
            reaching.into_iter().for_each(|id| self.keep(id));
        } else if home != 0 {
            let all = self.program.binders.get(&variable).cloned().unwrap_or_default();
            all.into_iter().for_each(|id| self.keep(id));
        } else if self.program.definitions(name).next().is_none() {
            self.unbound.insert(name);
        }
    }

    /// The bindings of a variable of a statement's own scope that may be the last one when it runs.
    fn reaching(&self, user: NodeId, (home, name): Variable<'a>) -> Vec<NodeId> {
        let program = self.program;
        let binders = || program.binders.get(&(home, name)).into_iter().flatten().copied();
        // Functions that bind the name of the module, wherever they run.
        let mut found: Vec<NodeId> =
            binders().filter(|id| program.nodes[*id].scope != home && self.is_open(program.nodes[*id].scope)).collect();
        let calls = || self.binding_calls.get(name).into_iter().flatten().copied().filter(|_| home == 0);
        let own: BTreeSet<NodeId> = binders().filter(|id| program.nodes[*id].scope == home).chain(calls()).collect();
        let sure = own
            .iter()
            .copied()
            .filter(|id| program.nodes[*id].surely_binds(name) || home == 0 && self.surely_binds_by_calls(*id, name));
        let last = self.last_surely_before(user, sure);
        found.extend(
            own.into_iter()
                .filter(|id| (*id < user || self.share_a_loop(*id, user)) && last.is_none_or(|last| *id >= last)),
        );
        found
    }

    /// The last of some statements that runs before another one whenever that one does.
    pub(super) fn last_surely_before(&self, user: NodeId, of: impl Iterator<Item = NodeId>) -> Option<NodeId> {
        let mut chain: Vec<(Option<NodeId>, usize)> = Vec::new();
        let mut at = (user != NodeId::MAX).then_some(user);
        while let Some(here) = at {
            let node = &self.program.nodes[here];
            chain.push((node.parent, node.block));
            at = node.parent;
        }
        if user == NodeId::MAX {
            chain.push((None, 0));
        }
        of.filter(|id| *id < user && self.runs_with(*id, &chain)).max()
    }

    /// Whether a statement runs in one of these blocks whenever the block is gone through.
    fn runs_with(&self, id: NodeId, chain: &[(Option<NodeId>, usize)]) -> bool {
        // The target of a loop or of `with` is bound for what stands inside.
        let node = &self.program.nodes[id];
        if matches!(node.statement, Stmt::For(_)) {
            return chain.contains(&(Some(id), 0));
        }
        let mut top = id;
        loop {
            let node = &self.program.nodes[top];
            if chain.contains(&(node.parent, node.block)) {
                return true;
            }
            let Some(parent) = node.parent.filter(|_| node.block == 0) else { return false };
            let around = self.program.nodes[parent].statement;
            if !is_main_guard(around) && !matches!(around, Stmt::With(_) | Stmt::Try(_)) {
                return false;
            }
            top = parent;
        }
    }

    pub(super) fn share_a_loop(&self, one: NodeId, other: NodeId) -> bool {
        if other == NodeId::MAX {
            return true;
        }
        let loops = |id: NodeId| {
            std::iter::once(id).chain(self.program.parents(id)).filter(|id| self.program.nodes[*id].is_loop())
        };
        loops(one).any(|outer| loops(other).any(|also| also == outer))
    }

    /// Statements of the module that bind names of the module through the functions they call.
    pub(super) fn binding_calls(&self) -> BTreeMap<&'a str, BTreeSet<NodeId>> {
        let mut found: BTreeMap<&'a str, BTreeSet<NodeId>> = BTreeMap::new();
        if self.program.bound_by_functions.is_empty() {
            return found;
        }
        for id in &self.program.scopes[0].nodes {
            let node = &self.program.nodes[*id];
            if node.facts.calls.is_empty() {
                continue;
            }
            let mut reached = BTreeSet::new();
            for name in node.facts.loads.iter().chain(&node.facts.later) {
                let variable = (self.program.home(node.scope, name), *name);
                if reached.insert(variable) {
                    self.reach_all(variable, &mut reached);
                }
            }
            for variable in reached {
                for binder in self.program.binders.get(&variable).into_iter().flatten() {
                    for name in self.program.nodes[*binder].body.iter().flat_map(|body| &body.binds) {
                        found.entry(name).or_default().insert(*id);
                    }
                }
            }
        }
        found
    }

    /// As [`reach`](Self::reach), through everything, whether kept or not.
    fn reach_all(&self, variable: Variable<'a>, found: &mut BTreeSet<Variable<'a>>) {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > STEPS_MAX {
            return;
        }
        for id in self.program.binders.get(&variable).into_iter().flatten().copied() {
            let node = &self.program.nodes[id];
            let names: BTreeSet<&'a str> = match &node.body {
                Some(body) => body.free.iter().chain(&node.facts.loads).copied().collect(),
                None => self.held_names(id),
            };
            for name in names {
                let variable = (self.program.home(node.scope, name), name);
                if found.insert(variable) {
                    self.reach_all(variable, found);
                }
            }
        }
    }

    fn surely_binds_by_calls(&self, id: NodeId, name: &'a str) -> bool {
        let node = &self.program.nodes[id];
        let value = match node.statement {
            Stmt::Assign(stmt) => &*stmt.value,
            Stmt::Expr(stmt) => &*stmt.value,
            _ => return false,
        };
        let Expr::Call(call) = value else { return false };
        let Expr::Name(callee) = &*call.func else { return false };
        let mut definitions = self.program.definitions(callee.id.as_str()).peekable();
        definitions.peek().is_some()
            && definitions
                .all(|id| self.program.nodes[id].body.as_ref().is_some_and(|body| body.surely_binds.contains(name)))
    }
}
