//! Which statements a scanner needs: from its result backwards to everything that may have to do with it.
//!
//! A statement is kept when it binds a name that a kept one reads and no other binding stands between; when it changes an
//! object in place that a kept one looks at later, in a column, key or attribute that kept code mentions; when it decides
//! whether a kept one runs; when it sets up the process. What is left out is what none of this holds for.

mod reach;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use super::Foreign;
use super::facts::{CallSite, Callee, Effect};
use super::fields::{Field, Mentions};
use super::known::{BUILT_IN, SHOWING};
use super::program::{NodeId, Program, ScopeId};
use super::tails::Tails;

/// What is wanted when the program has run.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted<'a> {
    /// A name of the module, then keys.
    pub(super) path: Vec<&'a str>,
    /// Columns that are looked at there.
    pub(super) columns: Vec<&'a str>,
}

/// How a scanner is run whose rows are kept when that happens; nothing of it when they have a place.
#[derive(Clone, Debug, Default)]
pub(super) struct Way<'a> {
    /// Statements that run it, and statements of its own.
    pub(super) nodes: BTreeSet<NodeId>,
    /// What is left out of statements that do more with what they get.
    pub(super) tails: Tails<'a>,
    /// Tables that are looked at when the program has run.
    pub(super) watched: BTreeSet<Variable<'a>>,
}

/// A name in its scope.
pub(super) type Variable<'a> = (ScopeId, &'a str);

/// Kept statements by the names they read: scope, class of names.
type Users<'a> = BTreeMap<(ScopeId, &'a str), BTreeSet<NodeId>>;

/// Answers that hold until something new is kept.
#[derive(Default)]
struct Found<'a> {
    uses: FxHashMap<NodeId, Rc<BTreeSet<Variable<'a>>>>,
    users: Option<Rc<Users<'a>>>,
}

/// Definitions that are looked into for one scanner; a file of 1,000 lines needs some 10,000.
pub(super) const STEPS_MAX: u64 = 300_000;

pub(super) struct Keeper<'p, 'a> {
    pub(super) program: &'p Program<'a>,
    wanted: &'p Wanted<'a>,
    /// Names of the module whose value is known and written down: what binds them is not needed.
    pub(super) pinned: &'p BTreeSet<&'a str>,
    pub(super) kept: Vec<bool>,
    queue: VecDeque<NodeId>,
    pub(super) mentions: Mentions<'a>,
    /// Names that are read although nothing binds them: built-in ones, or those of a star import.
    pub(super) unbound: BTreeSet<&'a str>,
    /// Whether a change of an object that is kept was left out because nobody mentions what is changed.
    pub(super) left_out_columns: bool,
    foreign: &'p Foreign<'p>,
    pub(super) way: &'p Way<'a>,
    /// What was found since something was last kept.
    found: RefCell<Found<'a>>,
    /// Statements of the module that bind names of the module through what they call.
    pub(super) binding_calls: BTreeMap<&'a str, BTreeSet<NodeId>>,
    /// Statements of the module that put something into what a name of it holds: `@register`, `SCANNERS['gap'] = scan_gap`.
    put_in: BTreeMap<&'a str, Vec<NodeId>>,
    /// Whether the work became too much.
    pub(super) gave_up: bool,
    pub(super) steps: Cell<u64>,
    /// Names of lists and dicts that other scanners are not put in.
    pub(super) shortened: BTreeSet<&'a str>,
}

impl<'p, 'a> Keeper<'p, 'a> {
    pub(super) fn run(
        program: &'p Program<'a>,
        wanted: &'p Wanted<'a>,
        pinned: &'p BTreeSet<&'a str>,
        foreign: &'p Foreign<'p>,
        way: &'p Way<'a>,
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
            way,
            found: RefCell::default(),
            binding_calls: BTreeMap::new(),
            put_in: BTreeMap::new(),
            gave_up: false,
            steps: Cell::new(0),
            shortened: BTreeSet::new(),
        };
        keeper.binding_calls = keeper.binding_calls();
        keeper.put_in = keeper.put_in();
        wanted.path.iter().skip(1).chain(&wanted.columns).for_each(|name| keeper.mentions.name(name));
        for id in &program.scopes[0].nodes {
            if keeper.is_setting(*id) {
                keeper.keep(*id);
            }
        }
        way.nodes.iter().for_each(|id| keeper.keep(*id));
        while !keeper.gave_up && keeper.round() {}
        keeper.gave_up |= keeper.steps.get() > STEPS_MAX;
        keeper
    }

    /// Whether anybody that is kept reads a variable, or it is what is wanted.
    pub(super) fn is_read(&self, variable: Variable<'a>) -> bool {
        variable.0 == 0 && self.wanted.path.first() == Some(&variable.1)
            || self.kept_nodes().iter().any(|id| self.uses(*id).contains(&variable))
    }

    /// Whether anybody that is kept reads a name of a statement's scope after it, before it is bound again.
    pub(super) fn is_read_after(&self, id: NodeId, name: &'a str) -> bool {
        let scope = self.program.nodes[id].scope;
        let home = self.program.home(scope, name);
        let binders = || self.program.binders.get(&(home, name)).into_iter().flatten().copied();
        let sure = || {
            binders().filter(|other| {
                self.program.nodes[*other].scope == scope && self.program.nodes[*other].surely_binds(name)
            })
        };
        let is_again = |user: NodeId| self.last_surely_before(user, sure()).is_some_and(|last| last > id);
        let kept = self.kept_nodes();
        kept.into_iter().filter(|user| self.uses(*user).contains(&(home, name))).any(|user| {
            let elsewhere = self.program.nodes[user].scope != scope;
            elsewhere || (user > id || self.share_a_loop(user, id)) && !is_again(user)
        })
    }

    /// One pass over what is kept; whether something new was.
    fn round(&mut self) -> bool {
        self.gave_up |= self.steps.get() > STEPS_MAX;
        if self.gave_up {
            return false;
        }
        let before = self.kept.iter().filter(|kept| **kept).count();
        if let Some(name) = self.wanted.path.first() {
            self.bindings(NodeId::MAX, 0, (0, name));
        }
        for id in self.kept_nodes() {
            for variable in self.uses(id).iter() {
                self.bindings(id, self.program.nodes[id].scope, *variable);
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

    pub(super) fn keep(&mut self, id: NodeId) {
        if !self.kept[id] {
            self.kept[id] = true;
            self.queue.push_back(id);
        }
    }

    /// Takes in what newly kept statements bring: their mentions, and the statements they stand in.
    fn take(&mut self) {
        if !self.queue.is_empty() {
            *self.found.borrow_mut() = Found::default();
        }
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
            let is_jump = match self.program.nodes[at].statement {
                Stmt::Break(_) => true,
                Stmt::Continue(_) => self.way.tails.is_nothing(),
                _ => false,
            };
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
    pub(super) fn is_open(&self, scope: ScopeId) -> bool {
        self.program.scopes[scope].node.is_none_or(|node| self.kept[node])
    }

    /// Variables that a statement reads when it runs, also by the functions it calls.
    pub(super) fn uses(&self, id: NodeId) -> Rc<BTreeSet<Variable<'a>>> {
        if let Some(known) = self.found.borrow().uses.get(&id) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.find_uses(id));
        self.found.borrow_mut().uses.insert(id, Rc::clone(&found));
        found
    }

    /// Kept statements that read (a part of) what a name of their scope may be, by the class of the name.
    fn users(&self) -> Rc<Users<'a>> {
        if let Some(known) = &self.found.borrow().users {
            return Rc::clone(known);
        }
        let mut users = Users::new();
        for id in self.kept_nodes() {
            for (scope, name) in self.uses(id).iter() {
                let class = self.program.scopes[*scope].same.of(name);
                users.entry((*scope, class)).or_default().insert(id);
            }
        }
        let users = Rc::new(users);
        self.found.borrow_mut().users = Some(Rc::clone(&users));
        users
    }

    fn find_uses(&self, id: NodeId) -> BTreeSet<Variable<'a>> {
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
    fn class_body(&self, id: NodeId, body: &super::summary::Summary<'a>) -> BTreeSet<&'a str> {
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
        match node.statement {
            Stmt::Global(_) | Stmt::Nonlocal(_) => return true,
            Stmt::Continue(_) if !self.way.tails.is_nothing() => {
                let around = self.nearest_loop(id).filter(|outer| self.kept[*outer]);
                return around.is_some_and(|outer| self.is_followed(id, Some(outer)));
            }
            _ => {}
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
    pub(super) fn is_seen(&mut self, id: NodeId, effect: &Effect<'a>) -> bool {
        let node = &self.program.nodes[id];
        let home = self.program.home(node.scope, effect.root);
        if home == 0 && self.pinned.contains(effect.root) {
            return false;
        }
        let looked_at = if home == node.scope {
            let class = self.program.scopes[home].same.of(effect.root);
            let scope = &self.program.scopes[home];
            let is_parameter = scope.parameters.iter().any(|name| scope.links.lead(name, effect.root));
            is_parameter || self.is_looked_at_after(id, effect, class)
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

    fn is_looked_at_after(&self, id: NodeId, effect: &Effect<'a>, class: &'a str) -> bool {
        let scope = self.program.nodes[id].scope;
        let wanted = self.wanted.path.first().filter(|_| scope == 0);
        let at_end = wanted.is_some_and(|name| self.program.scopes[0].same.of(name) == class)
            || self.way.watched.contains(&(scope, effect.root));
        let setters = self.program.setters.get(&(scope, effect.root)).into_iter().flatten();
        let same_part = setters.filter(|other| self.program.nodes[**other].surely_sets(effect.root, &effect.field));
        let binders = self.program.binders.get(&(scope, effect.root)).into_iter().flatten();
        let again: Vec<NodeId> = same_part
            .chain(binders.filter(|other| self.program.nodes[**other].surely_binds(effect.root)))
            .copied()
            .collect();
        let set_again = |user: NodeId| {
            effect.whole && self.last_surely_before(user, again.iter().copied()).is_some_and(|other| other > id)
        };
        if at_end && !set_again(NodeId::MAX) {
            return true;
        }
        let users = self.users();
        users.get(&(scope, class)).into_iter().flatten().any(|user| {
            let here = self.program.nodes[*user].scope == scope;
            here && (*user > id || self.share_a_loop(*user, id)) && !set_again(*user)
        })
    }

    /// Whether kept code reads a variable.
    fn is_used(&self, home: ScopeId, name: &'a str) -> bool {
        let class = self.program.scopes[home].same.of(name);
        let is_wanted = |wanted: &&'a str| home == 0 && self.program.scopes[0].same.of(wanted) == class;
        self.wanted.path.first().is_some_and(is_wanted) || self.users().contains_key(&(home, class))
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
            Stmt::Return(_) if self.way.tails.is_empty(self.program, self.program.nodes[id].scope) => {
                self.is_followed(id, None)
            }
            Stmt::Return(_) | Stmt::Raise(_) => true,
            Stmt::Expr(stmt) => matches!(&*stmt.value, Expr::Yield(_) | Expr::YieldFrom(_)),
            Stmt::Assign(stmt) => matches!(&*stmt.value, Expr::Yield(_)),
            _ => false,
        }
    }

    /// Whether something that is kept comes behind a jump: in a loop, or anywhere in its function.
    fn is_followed(&self, id: NodeId, within: Option<NodeId>) -> bool {
        let program = self.program;
        let is_jump = |other: &NodeId| {
            matches!(program.nodes[*other].statement, Stmt::Return(_) | Stmt::Break(_) | Stmt::Continue(_))
        };
        let nodes = program.scopes[program.nodes[id].scope].nodes.iter();
        nodes.copied().filter(|other| self.kept[*other] && !is_jump(other)).any(|other| match within {
            Some(outer) => other > id && program.parents(other).any(|parent| parent == outer),
            None => other > id || self.share_a_loop(other, id),
        })
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
