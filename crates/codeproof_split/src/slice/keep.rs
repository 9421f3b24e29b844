//! Which statements a scanner needs: from its result backwards to everything that may have to do with it.
//!
//! A statement is kept when it binds a name that a kept one reads and no other binding stands between; when it changes an
//! object in place that a kept one looks at later, in a column, key or attribute that kept code mentions; when it decides
//! whether a kept one runs; when it sets up the process. What is left out is what none of this holds for.

use std::collections::{BTreeSet, VecDeque};

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::Foreign;
use super::facts::{CallSite, Callee, Effect};
use super::fields::{Field, Mentions};
use super::program::{NodeId, Program, ScopeId};

/// Names that Python has by itself, as far as programs of this kind use them.
const BUILT_IN: &[&str] = &[
    "abs",
    "all",
    "any",
    "bool",
    "bytes",
    "callable",
    "chr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "hex",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "locals",
    "map",
    "max",
    "min",
    "next",
    "object",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "classmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "vars",
    "zip",
    "Exception",
    "ValueError",
    "KeyError",
    "TypeError",
    "IndexError",
    "RuntimeError",
    "AttributeError",
    "ImportError",
    "OSError",
    "IOError",
    "StopIteration",
    "NotImplementedError",
    "ZeroDivisionError",
    "FileNotFoundError",
    "KeyboardInterrupt",
    "SystemExit",
    "BaseException",
    "TimeoutError",
    "ConnectionError",
    "Warning",
    "UserWarning",
    "FutureWarning",
    "DeprecationWarning",
    "RuntimeWarning",
    "exit",
    "quit",
    "__name__",
    "__file__",
    "__doc__",
    "NotImplemented",
    "Ellipsis",
    "complex",
    "bytearray",
    "memoryview",
    "bin",
    "oct",
    "ascii",
    "delattr",
    "breakpoint",
    "ArithmeticError",
    "AssertionError",
    "LookupError",
    "OverflowError",
    "PermissionError",
    "ModuleNotFoundError",
    "NameError",
    "UnicodeDecodeError",
    "StopAsyncIteration",
    "aiter",
    "anext",
];

/// Functions of outside that show things.
const SHOWING: &[&str] = &["display", "pprint", "tabulate", "sleep", "send_email", "notify", "secho", "echo"];

/// What is wanted when the program has run.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted<'a> {
    /// A name of the module, then keys.
    pub(super) path: Vec<&'a str>,
    /// Columns that are looked at there.
    pub(super) columns: Vec<&'a str>,
    /// The scanner by its name when there is no such place: everything that runs it is wanted.
    pub(super) own: Option<&'a str>,
    pub(super) own_is_method: bool,
}

/// A name in its scope.
pub(super) type Variable<'a> = (ScopeId, &'a str);

pub(super) struct Keeper<'p, 'a> {
    program: &'p Program<'a>,
    wanted: &'p Wanted<'a>,
    /// Names of the module whose value is known and written down: what binds them is not needed.
    pinned: &'p BTreeSet<&'a str>,
    pub(super) kept: Vec<bool>,
    queue: VecDeque<NodeId>,
    pub(super) mentions: Mentions<'a>,
    /// Names that are read although nothing binds them: built-in ones, or those of a star import.
    pub(super) unbound: BTreeSet<&'a str>,
    /// Whether a change of an object that is kept was left out because nobody mentions what is changed.
    pub(super) left_out_columns: bool,
    foreign: &'p Foreign<'p>,
    /// Names of lists and dicts that other scanners are not put in.
    pub(super) shortened: BTreeSet<&'a str>,
}

impl<'p, 'a> Keeper<'p, 'a> {
    pub(super) fn run(
        program: &'p Program<'a>,
        wanted: &'p Wanted<'a>,
        pinned: &'p BTreeSet<&'a str>,
        foreign: &'p Foreign<'p>,
    ) -> Self {
        let mut keeper = Self {
            program,
            wanted,
            pinned,
            kept: vec![false; program.nodes.len()],
            queue: VecDeque::new(),
            mentions: Mentions::default(),
            unbound: BTreeSet::new(),
            left_out_columns: false,
            foreign,
            shortened: BTreeSet::new(),
        };
        wanted.path.iter().skip(1).chain(&wanted.columns).for_each(|name| keeper.mentions.name(name));
        for id in &program.scopes[0].nodes {
            if keeper.is_setting(*id) {
                keeper.keep(*id);
            }
        }
        if let Some(own) = wanted.own {
            let runs = super::runs::of(program, own, wanted.own_is_method, foreign);
            runs.into_iter().for_each(|id| keeper.keep(id));
        }
        while keeper.round() {}
        keeper
    }

    /// Whether anybody that is kept reads a variable, or it is what is wanted.
    pub(super) fn is_read(&self, variable: Variable<'a>) -> bool {
        variable.0 == 0 && self.wanted.path.first() == Some(&variable.1)
            || self.kept_nodes().iter().any(|id| self.uses(*id).contains(&variable))
    }

    /// One pass over what is kept; whether something new was.
    fn round(&mut self) -> bool {
        let before = self.kept.iter().filter(|kept| **kept).count();
        if let Some(name) = self.wanted.path.first() {
            self.bindings(NodeId::MAX, 0, (0, name));
        }
        for id in self.kept_nodes() {
            for variable in self.uses(id) {
                self.bindings(id, self.program.nodes[id].scope, variable);
            }
        }
        if self.unbound.iter().any(|name| !BUILT_IN.contains(name)) {
            let is_star = |id: &NodeId| match self.program.nodes[*id].statement {
                Stmt::ImportFrom(import) => import.names.iter().any(|alias| alias.name.as_str() == "*"),
                _ => false,
            };
            let stars: Vec<NodeId> = self.program.scopes[0].nodes.iter().copied().filter(is_star).collect();
            stars.into_iter().for_each(|id| self.keep(id));
        }
        self.take();
        for id in 0..self.program.nodes.len() {
            if !self.kept[id] && self.is_open(self.program.nodes[id].scope) && self.matters(id) {
                self.keep(id);
            }
        }
        self.take();
        self.kept.iter().filter(|kept| **kept).count() > before
    }

    pub(super) fn kept_nodes(&self) -> Vec<NodeId> {
        (0..self.kept.len()).filter(|id| self.kept[*id]).collect()
    }

    fn keep(&mut self, id: NodeId) {
        if !self.kept[id] {
            self.kept[id] = true;
            self.queue.push_back(id);
        }
    }

    /// Takes in what newly kept statements bring: their mentions, and the statements they stand in.
    fn take(&mut self) {
        while let Some(id) = self.queue.pop_front() {
            let node = &self.program.nodes[id];
            self.mentions.add(&node.facts.mentions);
            if let (Some(body), None) = (&node.body, node.opens) {
                self.mentions.add(&body.facts.mentions);
            }
            if let Some(parent) = node.parent {
                self.keep(parent);
            }
            if let Some(definition) = self.program.scopes[node.scope].node {
                self.keep(definition);
            }
            if node.is_loop() {
                self.jumps_of(id);
            }
        }
    }

    /// What leaves a kept loop early belongs to it.
    fn jumps_of(&mut self, id: NodeId) {
        let inner: Vec<NodeId> = self.inside(id);
        for at in inner {
            let is_jump = matches!(self.program.nodes[at].statement, Stmt::Break(_) | Stmt::Continue(_));
            if is_jump && self.nearest_loop(at) == Some(id) {
                self.keep(at);
            }
        }
    }

    fn inside(&self, id: NodeId) -> Vec<NodeId> {
        let mut found = Vec::new();
        let mut waiting: Vec<NodeId> = self.program.nodes[id].blocks.iter().flatten().copied().collect();
        while let Some(at) = waiting.pop() {
            found.push(at);
            waiting.extend(self.program.nodes[at].blocks.iter().flatten());
        }
        found
    }

    fn nearest_loop(&self, id: NodeId) -> Option<NodeId> {
        self.program.parents(id).find(|parent| self.program.nodes[*parent].is_loop())
    }

    /// Whether a scope is looked into: the module, and functions and classes that are kept.
    fn is_open(&self, scope: ScopeId) -> bool {
        self.program.scopes[scope].node.is_none_or(|node| self.kept[node])
    }

    /// Variables that a statement reads when it runs, also by the functions it calls.
    pub(super) fn uses(&self, id: NodeId) -> BTreeSet<Variable<'a>> {
        let node = &self.program.nodes[id];
        let mut found = BTreeSet::new();
        let runs = !node.facts.calls.is_empty();
        for name in node.facts.loads.iter().chain(node.facts.later.iter().filter(|_| runs)) {
            let variable = (self.program.home(node.scope, name), *name);
            if found.insert(variable) && runs {
                self.reach(variable, &BTreeSet::new(), &mut BTreeSet::new(), &mut found);
            }
        }
        if let Some(body) = node.body.as_ref().filter(|body| body.is_class) {
            let own = self.class_body(id, body);
            for name in own {
                let variable = (self.program.home(node.scope, name), name);
                if found.insert(variable) && !body.facts.calls.is_empty() {
                    self.reach(variable, &BTreeSet::new(), &mut BTreeSet::new(), &mut found);
                }
            }
        }
        found
    }

    /// Names that the body of a class reads when it is defined.
    fn class_body(&self, id: NodeId, body: &super::program::Summary<'a>) -> BTreeSet<&'a str> {
        match self.program.nodes[id].opens {
            None => body.facts.loads.intersection(&body.free).copied().collect(),
            Some(scope) => {
                let opened = &self.program.scopes[scope];
                let kept = opened.nodes.iter().filter(|inner| self.kept[**inner]);
                kept.flat_map(|inner| self.program.nodes[*inner].facts.loads.iter().copied())
                    .filter(|name| !opened.names.contains(name))
                    .collect()
            }
        }
    }

    /// What may be read when something is done with what a variable holds.
    fn reach(
        &self,
        variable: Variable<'a>,
        hidden: &BTreeSet<&'a str>,
        seen: &mut BTreeSet<(NodeId, Vec<&'a str>)>,
        found: &mut BTreeSet<Variable<'a>>,
    ) {
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
    fn held_names(&self, id: NodeId) -> BTreeSet<&'a str> {
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

    /// Keeps what may have bound a variable when a statement reads it.
    fn bindings(&mut self, user: NodeId, scope: ScopeId, variable: Variable<'a>) {
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
        let mut found = Vec::new();
        let writes = |id: NodeId| {
            let node = &program.nodes[id];
            node.scope == home && (node.facts.binds.contains(name) || home == 0 && self.writes_by_calls(id, name))
        };
        // Functions that bind the name of the module, wherever they run.
        for id in program.binders.get(&(home, name)).into_iter().flatten() {
            if program.nodes[*id].scope != home && self.is_open(program.nodes[*id].scope) {
                found.push(*id);
            }
        }
        let candidates: Vec<NodeId> = if home == 0 {
            program.scopes[0].nodes.iter().copied().filter(|id| writes(*id)).collect()
        } else {
            let own = program.binders.get(&(home, name)).into_iter().flatten().copied();
            own.filter(|id| program.nodes[*id].scope == home).collect()
        };
        let last = self.surely_before(user, home, &|id| {
            program.nodes[id].surely_binds(name) || home == 0 && self.surely_writes_by_calls(id, name)
        });
        for id in candidates {
            let before = id < user || self.share_a_loop(id, user);
            let behind_last = last.is_none_or(|last| id >= last);
            if before && behind_last {
                found.push(id);
            }
        }
        found
    }

    /// The last statement before another one that runs whenever that one does, and of which something holds.
    fn surely_before(&self, user: NodeId, scope: ScopeId, holds: &dyn Fn(NodeId) -> bool) -> Option<NodeId> {
        let program = self.program;
        if user == NodeId::MAX {
            let spine = program.spine();
            return spine.iter().rev().copied().find(|id| holds(*id));
        }
        let mut at = user;
        loop {
            let node = &program.nodes[at];
            let siblings = match node.parent {
                Some(parent) => &program.nodes[parent].blocks[node.block],
                None => &program.scopes[scope].top,
            };
            let before = siblings.iter().rev().copied().filter(|id| *id < at);
            let flattened: Vec<NodeId> = before.flat_map(|id| program.unfold(id)).collect();
            if let Some(found) = flattened.into_iter().find(|id| holds(*id)) {
                return Some(found);
            }
            let parent = node.parent?;
            let header = &program.nodes[parent];
            if matches!(header.statement, Stmt::For(_) | Stmt::With(_)) && node.block == 0 && holds(parent) {
                return Some(parent);
            }
            at = parent;
        }
    }

    fn share_a_loop(&self, one: NodeId, other: NodeId) -> bool {
        if other == NodeId::MAX {
            return true;
        }
        let loops = |id: NodeId| -> BTreeSet<NodeId> {
            std::iter::once(id).chain(self.program.parents(id)).filter(|id| self.program.nodes[*id].is_loop()).collect()
        };
        !loops(one).is_disjoint(&loops(other))
    }

    /// Whether functions that a statement of the module calls bind a name of the module.
    fn writes_by_calls(&self, id: NodeId, name: &'a str) -> bool {
        let node = &self.program.nodes[id];
        if node.facts.calls.is_empty() || !self.program.bound_by_functions.contains(name) {
            return false;
        }
        let mut found = BTreeSet::new();
        for name in node.facts.loads.iter().chain(&node.facts.later) {
            let variable = (self.program.home(node.scope, name), *name);
            found.insert(variable);
            self.reach_all(variable, &mut found);
        }
        found.iter().any(|variable| {
            self.program
                .binders
                .get(variable)
                .into_iter()
                .flatten()
                .any(|id| self.program.nodes[*id].body.as_ref().is_some_and(|body| body.binds.contains(name)))
        })
    }

    /// As [`reach`](Self::reach), through everything, whether kept or not.
    fn reach_all(&self, variable: Variable<'a>, found: &mut BTreeSet<Variable<'a>>) {
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

    fn surely_writes_by_calls(&self, id: NodeId, name: &'a str) -> bool {
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

    /// Whether a statement that nobody asked for has to do with what is kept.
    fn matters(&mut self, id: NodeId) -> bool {
        let node = &self.program.nodes[id];
        let scope = &self.program.scopes[node.scope];
        if self.is_setting(id) || node.scope != 0 && self.leaves(id) {
            return true;
        }
        if scope.is_class {
            return self.is_member(id);
        }
        if let Stmt::Global(_) | Stmt::Nonlocal(_) = node.statement {
            return true;
        }
        // A name of the module that is bound in a function.
        let binds_wanted = node.scope != 0
            && node.facts.binds.iter().any(|name| {
                let home = self.program.home(node.scope, name);
                home != node.scope && self.is_used(home, name)
            });
        if binds_wanted {
            return true;
        }
        let effects = self.effects(id);
        if self.only_registers(id) {
            let seen: Vec<&'a str> =
                effects.iter().filter(|effect| self.is_seen(id, effect)).map(|effect| effect.root).collect();
            self.shortened.extend(seen);
            return false;
        }
        effects.iter().any(|effect| self.is_seen(id, effect))
    }

    /// Whether all that a statement does is to put another scanner where scanners are kept: `SCANNERS['gap'] = scan_gap`.
    fn only_registers(&self, id: NodeId) -> bool {
        let node = &self.program.nodes[id];
        let start = node.statement.range().start().to_u32();
        match node.statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => self.foreign.units.contains(&start),
            Stmt::Assign(_) | Stmt::Expr(_) => {
                self.foreign.units.contains(&start) && node.facts.effects.is_empty()
                    || node.facts.bare.iter().any(|name| self.foreign.names.contains(name))
                        && !node.facts.called.iter().any(|name| self.foreign.names.contains(name))
                        && !node.facts.loads.contains(self.foreign.own_entry)
            }
            _ => false,
        }
    }

    /// Everything a statement changes in place, itself and by what it calls.
    pub(super) fn effects(&self, id: NodeId) -> Vec<Effect<'a>> {
        let node = &self.program.nodes[id];
        let mut effects = node.facts.effects.clone();
        let iterators = &self.program.scopes[node.scope].iterators;
        let used_up = node.facts.consumed.iter().filter(|name| iterators.contains(*name));
        effects.extend(used_up.map(|root| Effect { root, field: Field::Any, whole: false }));
        // A function of outside that is called for nothing but its effect.
        let for_effect = node.statement.as_expr_stmt().is_some_and(|stmt| stmt.value.is_call_expr());
        for call in &node.facts.calls {
            effects.extend(self.program.effects_of(call, node.scope));
            effects.extend(self.effects_of_handed(call, node.scope));
            if let Callee::Name(name) = call.callee
                && for_effect
                && !BUILT_IN.contains(&name)
                && !SHOWING.contains(&name)
                && self.is_of_outside(node.scope, name)
            {
                let roots = call.arguments.iter().flat_map(|(_, names)| names);
                effects.extend(roots.map(|root| Effect { root, field: Field::Any, whole: false }));
            }
        }
        effects
    }

    /// Whether a function is imported.
    fn is_of_outside(&self, scope: ScopeId, name: &'a str) -> bool {
        let home = self.program.home(scope, name);
        let mut binders = self.program.binders.get(&(home, name)).into_iter().flatten();
        binders.all(|id| matches!(self.program.nodes[*id].statement, Stmt::Import(_) | Stmt::ImportFrom(_)))
    }

    /// What functions that are handed to something unknown (`map`, `submit`, `run`) may change when they are called.
    fn effects_of_handed(&self, call: &CallSite<'a>, scope: ScopeId) -> Vec<Effect<'a>> {
        let mut found = Vec::new();
        let is_own = matches!(call.callee, Callee::Name(name) if self.program.definitions(name).next().is_some());
        if is_own {
            return found;
        }
        for name in call.arguments.iter().flat_map(|(_, names)| names) {
            let home = self.program.home(scope, name);
            for id in self.program.binders.get(&(home, *name)).into_iter().flatten() {
                let Some(body) = self.program.nodes[*id].body.as_ref().filter(|body| !body.is_class) else { continue };
                for effect in &body.effects {
                    if body.parameters.contains(&effect.root) {
                        let others = call.arguments.iter().flat_map(|(_, names)| names).filter(|other| *other != name);
                        found.extend(others.map(|root| Effect { root, ..effect.clone() }));
                    } else {
                        found.push(effect.clone());
                    }
                }
            }
        }
        found
    }

    /// Whether somebody that is kept may look at what is changed, afterwards.
    fn is_seen(&mut self, id: NodeId, effect: &Effect<'a>) -> bool {
        let node = &self.program.nodes[id];
        let home = self.program.home(node.scope, effect.root);
        if home == 0 && self.pinned.contains(effect.root) {
            return false;
        }
        let looked_at = if home == node.scope {
            let class = self.program.scopes[home].same.of(effect.root);
            let is_it =
                |(scope, name): &Variable<'a>| *scope == home && self.program.scopes[home].same.of(name) == class;
            let is_parameter = self.program.scopes[home].parameters.iter().any(|name| is_it(&(home, name)));
            is_parameter || self.is_looked_at_after(id, effect, &is_it)
        } else {
            self.is_used(home, effect.root)
        };
        if !looked_at {
            return false;
        }
        let read = if self.is_result(home, effect.root) {
            self.is_path(&effect.field)
        } else {
            self.mentions.may_read(&effect.field)
        };
        self.left_out_columns |= !read && !self.program.scopes[home].dicts.contains(effect.root);
        read
    }

    fn is_looked_at_after(&self, id: NodeId, effect: &Effect<'a>, is_it: &dyn Fn(&Variable<'a>) -> bool) -> bool {
        let scope = self.program.nodes[id].scope;
        let after = |user: &NodeId| *user > id || self.share_a_loop(*user, id);
        let users = self.program.scopes[scope].nodes.iter().filter(|user| self.kept[**user] && after(user));
        let wanted = self.wanted.path.first().filter(|_| scope == 0);
        let at_end = wanted.is_some_and(|name| is_it(&(0, name)));
        let set_again = |user: NodeId| {
            effect.whole
                && self
                    .surely_before(user, scope, &|other| {
                        self.program.nodes[other].surely_sets(effect.root, &effect.field)
                            || self.program.nodes[other].surely_binds(effect.root)
                    })
                    .is_some_and(|other| other > id)
        };
        at_end && !set_again(NodeId::MAX)
            || users.into_iter().any(|user| self.uses(*user).iter().any(is_it) && !set_again(*user))
    }

    /// Whether kept code reads a variable.
    fn is_used(&self, home: ScopeId, name: &'a str) -> bool {
        let class = self.program.scopes[home].same.of(name);
        let is_it = |(scope, name): &Variable<'a>| *scope == home && self.program.scopes[home].same.of(name) == class;
        home == 0 && self.wanted.path.first().is_some_and(|name| is_it(&(0, name)))
            || self.kept_nodes().iter().any(|id| self.uses(*id).iter().any(is_it))
    }

    /// Whether a variable is the dict the results are put in, and nobody that is kept looks at it as a whole.
    fn is_result(&self, home: ScopeId, name: &'a str) -> bool {
        let scope = &self.program.scopes[home];
        if self.wanted.path.len() < 2 || !scope.dicts.contains(name) {
            return false;
        }
        let class = scope.same.of(name);
        let is_it = |other: &&'a str| self.program.home_is(home, other) && scope.same.of(other) == class;
        let is_wanted = home == 0 && self.wanted.path.first().is_some_and(is_it);
        let is_returned = home != 0
            && scope.nodes.iter().any(|id| {
                let node = &self.program.nodes[*id];
                node.statement.is_return_stmt() && node.facts.bare.iter().any(&is_it)
            });
        let looks = |id: &NodeId| {
            let node = &self.program.nodes[*id];
            let inside = self.program.home(node.scope, name) == home;
            inside && !node.statement.is_return_stmt() && node.facts.bare.iter().any(&is_it)
        };
        (is_wanted || is_returned) && !self.kept_nodes().iter().any(looks)
    }

    fn is_path(&self, field: &Field<'a>) -> bool {
        match field {
            Field::Name(name) => self.wanted.path.iter().skip(1).any(|key| key == name),
            _ => true,
        }
    }

    /// Statements of a class's body: attributes and methods that are mentioned, and those Python itself asks for.
    fn is_member(&self, id: NodeId) -> bool {
        let node = &self.program.nodes[id];
        let is_called = |name: &&str| self.mentions.has(name) || name.starts_with("__") && name.ends_with("__");
        node.facts.binds.iter().any(is_called) || node.facts.binds.is_empty() && node.parent.is_none()
    }

    /// What leaves a function, or gives something on the way.
    fn leaves(&self, id: NodeId) -> bool {
        match self.program.nodes[id].statement {
            Stmt::Return(_) | Stmt::Raise(_) => true,
            Stmt::Expr(stmt) => matches!(&*stmt.value, Expr::Yield(_) | Expr::YieldFrom(_)),
            Stmt::Assign(stmt) => matches!(&*stmt.value, Expr::Yield(_)),
            _ => false,
        }
    }

    /// What sets up the process or a library, for everybody.
    fn is_setting(&self, id: NodeId) -> bool {
        let node = &self.program.nodes[id];
        let simple = matches!(node.statement, Stmt::Expr(_) | Stmt::Assign(_));
        let of_import = || {
            node.facts.effects.iter().any(|effect| {
                let home = self.program.home(node.scope, effect.root);
                self.program
                    .binders
                    .get(&(home, effect.root))
                    .into_iter()
                    .flatten()
                    .any(|id| matches!(self.program.nodes[*id].statement, Stmt::Import(_)))
            })
        };
        simple && (node.facts.environment || of_import())
    }
}
