//! The program as a slice sees it: statements one by one where several scanners meet (the module, functions that call or
//! hold several of them), everything else function by function.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::facts::{self, CallSite, Callee, Effect, Facts, Removed};
use super::fields::Field;
use super::known_facts::Known;
use super::links::Links;
use super::summary::{Changes, Classes, Summary, outward};
use super::tails::{Left, Tails};

/// Index of a statement in [`Program::nodes`].
pub(super) type NodeId = usize;

/// Index of a scope in [`Program::scopes`]; 0 is the module.
pub(super) type ScopeId = usize;

/// A statement that is kept or left out by itself.
pub(super) struct Node<'a> {
    pub(super) statement: &'a Stmt,
    pub(super) scope: ScopeId,
    /// The compound statement it stands in, and in which of its blocks.
    pub(super) parent: Option<NodeId>,
    pub(super) block: usize,
    /// The statements of its blocks.
    pub(super) blocks: Vec<Vec<NodeId>>,
    /// What its header does; all of it for simple statements.
    pub(super) facts: Rc<Facts<'a>>,
    /// The scope its body is, for a `def` or `class` that is opened.
    pub(super) opens: Option<ScopeId>,
    /// What is inside a `def` or `class` that is kept or left out as a whole.
    pub(super) body: Option<Summary<'a>>,
}

/// Names and statements of the module, or of an opened function or class.
pub(super) struct Scope<'a> {
    pub(super) parent: Option<ScopeId>,
    pub(super) node: Option<NodeId>,
    pub(super) names: BTreeSet<&'a str>,
    pub(super) parameters: Vec<&'a str>,
    pub(super) top: Vec<NodeId>,
    pub(super) nodes: Vec<NodeId>,
    pub(super) is_class: bool,
    /// Names that may be (a part of) each other.
    pub(super) same: Classes<'a>,
    /// The same with directions: from which name one comes to which other.
    pub(super) links: Links<'a>,
    pub(super) dicts: BTreeSet<&'a str>,
    pub(super) iterators: BTreeSet<&'a str>,
}

pub(super) struct Program<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) scopes: Vec<Scope<'a>>,
    /// Which statements of a scope bind a name.
    pub(super) binders: BTreeMap<(ScopeId, &'a str), Vec<NodeId>>,
    /// What methods of classes of the file do, by name.
    pub(super) methods: BTreeMap<&'a str, Vec<Rc<Changes<'a>>>>,
    /// Names of the module that functions bind.
    pub(super) bound_by_functions: BTreeSet<&'a str>,
    /// Statements that set a part of what a name of their scope is, whatever was there.
    pub(super) setters: BTreeMap<(ScopeId, &'a str), Vec<NodeId>>,
}

/// Decides which functions and classes are opened.
pub(super) type Opens<'o> = dyn Fn(&Stmt) -> bool + 'o;

/// What a program is made of besides its statements.
struct Given<'g, 'a> {
    known: &'g Known<'a>,
    removed: &'g Removed,
    tails: &'g Tails<'a>,
    opens: &'g Opens<'g>,
}

impl<'a> Given<'_, 'a> {
    fn facts(&self, statement: &'a Stmt) -> Rc<Facts<'a>> {
        if self.removed.holds(statement.range()) {
            return Rc::default();
        }
        match self.tails.left(statement) {
            None if !self.removed.touches(statement.range()) => self.known.header(statement),
            None => Rc::new(facts::of_header(statement, self.removed)),
            Some(Left::Return(None)) => Rc::default(),
            Some(Left::Expression(part) | Left::Return(Some(part))) => Rc::new(facts::of_part(part, self.removed)),
        }
    }
}

/// Times that what functions do is carried on to who calls them; chains of helpers are shorter.
const ROUNDS_MAX: usize = 12;

impl<'a> Program<'a> {
    pub(super) fn new(
        body: &'a [Stmt],
        known: &Known<'a>,
        removed: &Removed,
        tails: &Tails<'a>,
        opens: &Opens<'_>,
    ) -> Self {
        let mut program = Self {
            nodes: Vec::new(),
            scopes: Vec::new(),
            binders: BTreeMap::new(),
            methods: BTreeMap::new(),
            bound_by_functions: BTreeSet::new(),
            setters: BTreeMap::new(),
        };
        let given = Given { known, removed, tails, opens };
        program.scope(body, None, None, &given);
        program.settle_effects();
        program.join_returned();
        program
    }

    fn scope(
        &mut self,
        body: &'a [Stmt],
        parent: Option<ScopeId>,
        node: Option<NodeId>,
        given: &Given<'_, 'a>,
    ) -> ScopeId {
        let definition = node.map(|node| self.nodes[node].statement);
        let (mut names, sent) = given.known.bound(definition, body);
        let mut parameters = Vec::new();
        if let Some(Stmt::FunctionDef(definition)) = definition {
            parameters = facts::parameter_names(&definition.parameters);
            names.extend(&parameters);
        }
        names.retain(|name| !sent.contains(name));
        let id = self.scopes.len();
        self.scopes.push(Scope {
            parent,
            node,
            names,
            parameters,
            top: Vec::new(),
            nodes: Vec::new(),
            is_class: matches!(definition, Some(Stmt::ClassDef(_))),
            same: Classes::default(),
            links: Links::default(),
            dicts: BTreeSet::new(),
            iterators: BTreeSet::new(),
        });
        let top = body.iter().map(|statement| self.node(statement, id, None, 0, given)).collect();
        self.scopes[id].top = top;
        id
    }

    fn node(
        &mut self,
        statement: &'a Stmt,
        scope: ScopeId,
        parent: Option<NodeId>,
        block: usize,
        given: &Given<'_, 'a>,
    ) -> NodeId {
        let id = self.nodes.len();
        let facts = given.facts(statement);
        for name in facts.binds.iter().chain(&facts.global_binds) {
            let home = self.home(scope, name);
            self.binders.entry((home, name)).or_default().push(id);
        }
        for effect in facts.effects.iter().filter(|effect| effect.whole) {
            self.setters.entry((scope, effect.root)).or_default().push(id);
        }
        let own = &mut self.scopes[scope];
        own.nodes.push(id);
        facts.same.iter().for_each(|(one, other)| own.same.join(one, other));
        own.links.add(&facts);
        own.dicts.extend(&facts.dicts);
        own.iterators.extend(&facts.iterators);
        self.nodes.push(Node { statement, scope, parent, block, blocks: Vec::new(), facts, opens: None, body: None });
        match statement {
            Stmt::FunctionDef(definition) => self.definition(id, &definition.body, given),
            Stmt::ClassDef(definition) => self.definition(id, &definition.body, given),
            _ => {
                let blocks = facts::blocks(statement).into_iter().enumerate().map(|(at, block)| {
                    block.iter().map(|inner| self.node(inner, scope, Some(id), at, given)).collect()
                });
                let blocks = blocks.collect();
                self.nodes[id].blocks = blocks;
            }
        }
        id
    }

    fn definition(&mut self, id: NodeId, body: &'a [Stmt], given: &Given<'_, 'a>) {
        let statement = self.nodes[id].statement;
        if given.removed.holds(statement.range()) {
            return;
        }
        let summary = given.known.summary(statement, given.removed);
        for (name, method) in &summary.methods {
            self.methods.entry(name).or_default().push(Rc::clone(method));
        }
        self.bound_by_functions.extend(&summary.binds);
        if (given.opens)(statement) {
            let scope = self.nodes[id].scope;
            let opened = self.scope(body, Some(scope), Some(id), given);
            self.nodes[id].opens = Some(opened);
        }
        self.nodes[id].body = Some(summary);
    }

    /// The scope a name belongs to that is bound in a scope: its own, or the module when `global` says so.
    pub(super) fn home(&self, scope: ScopeId, name: &str) -> ScopeId {
        let mut at = Some(scope);
        while let Some(here) = at {
            if self.scopes[here].names.contains(name) && (here == scope || !self.scopes[here].is_class) {
                return here;
            }
            at = self.scopes[here].parent;
        }
        0
    }

    /// Carries what functions change on to those that call them, until nothing is new.
    fn settle_effects(&mut self) {
        for _ in 0..ROUNDS_MAX {
            let mut new: Vec<(NodeId, BTreeSet<Effect<'a>>, BTreeSet<&'a str>)> = Vec::new();
            for (id, node) in self.nodes.iter().enumerate() {
                let Some(body) = &node.body else { continue };
                let mut same = body.same.clone();
                for (target, call) in &body.facts.from_calls {
                    self.given_back(call, node.scope).into_iter().for_each(|name| same.join(target, name));
                }
                let mut effects = body.effects.clone();
                effects.extend(body.facts.effects.iter().flat_map(|effect| outward(effect, body, &same)));
                let mut binds = body.binds.clone();
                for call in &body.facts.calls {
                    for effect in self.effects_of(call, node.scope) {
                        effects.extend(outward(&effect, body, &same));
                    }
                    binds.extend(self.binds_of(call));
                }
                if effects.len() > body.effects.len() || binds.len() > body.binds.len() {
                    new.push((id, effects, binds));
                }
            }
            if new.is_empty() {
                return;
            }
            for (id, effects, binds) in new {
                if let Some(body) = &mut self.nodes[id].body {
                    body.effects = effects;
                    body.binds = binds;
                }
            }
        }
    }

    /// Names that a call may give back: `table = with_columns(table)`.
    fn join_returned(&mut self) {
        for id in 0..self.nodes.len() {
            let scope = self.nodes[id].scope;
            let mut pairs = Vec::new();
            for (target, call) in &self.nodes[id].facts.from_calls {
                pairs.extend(self.given_back(call, scope).into_iter().map(|name| (*target, name)));
            }
            for (target, name) in pairs {
                self.scopes[scope].same.join(target, name);
                self.scopes[scope].links.join(target, name);
            }
        }
    }

    /// Names of arguments that a function of the file may return (a part of).
    fn given_back(&self, call: &CallSite<'a>, scope: ScopeId) -> Vec<&'a str> {
        let Callee::Name(name) = call.callee else { return Vec::new() };
        let home = self.home(scope, name);
        let mut found = Vec::new();
        for id in self.binders.get(&(home, name)).into_iter().flatten() {
            let Some(body) = self.nodes[*id].body.as_ref().filter(|body| !body.is_class) else { continue };
            let same = &body.same;
            let is_returned =
                |parameter: &str| body.facts.returned.iter().any(|name| same.of(name) == same.of_any(parameter));
            for (at, (keyword, names)) in call.arguments.iter().enumerate() {
                let parameter = keyword.or_else(|| body.parameters.get(at).copied());
                if parameter.is_some_and(is_returned) {
                    found.extend(names);
                }
            }
        }
        found
    }

    /// Definitions of a name of the module.
    pub(super) fn definitions(&self, name: &'a str) -> impl Iterator<Item = NodeId> + '_ {
        self.binders.get(&(0, name)).into_iter().flatten().copied()
    }

    fn binds_of(&self, call: &CallSite<'a>) -> BTreeSet<&'a str> {
        let mut binds = BTreeSet::new();
        if let Callee::Name(name) = call.callee {
            for id in self.definitions(name) {
                binds.extend(self.nodes[id].body.iter().flat_map(|body| body.binds.iter().copied()));
            }
        }
        binds
    }

    /// What a call changes, in the names of where it stands.
    pub(super) fn effects_of(&self, call: &CallSite<'a>, scope: ScopeId) -> Vec<Effect<'a>> {
        let mut found = Vec::new();
        match call.callee {
            Callee::Name(name) => {
                let home = self.home(scope, name);
                for id in self.binders.get(&(home, name)).into_iter().flatten() {
                    let Some(body) = &self.nodes[*id].body else { continue };
                    if body.is_class {
                        if let Some((parameters, effects)) = body.methods.get("__init__").map(|method| &**method) {
                            given(effects, parameters.get(1..).unwrap_or_default(), call, &mut found);
                        }
                    } else {
                        given(&body.effects, &body.parameters, call, &mut found);
                    }
                }
            }
            Callee::Method(root, name) => {
                for (parameters, effects) in self.methods.get(name).into_iter().flatten().map(|method| &**method) {
                    given(effects, parameters.get(1..).unwrap_or_default(), call, &mut found);
                    let own = effects.iter().filter(|effect| parameters.first() == Some(&effect.root));
                    found.extend(own.filter_map(|effect| Some(Effect { root: root?, ..effect.clone() })));
                }
            }
            Callee::Other => {}
        }
        found
    }
}

/// What a function does to its arguments and to free names, in the names of its caller.
fn given<'a>(effects: &BTreeSet<Effect<'a>>, parameters: &[&'a str], call: &CallSite<'a>, found: &mut Vec<Effect<'a>>) {
    for effect in effects {
        let Some(place) = parameters.iter().position(|name| *name == effect.root) else {
            found.push(effect.clone());
            continue;
        };
        for (at, (keyword, names)) in call.arguments.iter().enumerate() {
            let is_it = match keyword {
                Some(name) => *name == effect.root,
                None => at == place,
            };
            if is_it {
                found.extend(names.iter().map(|root| Effect { root, field: effect.field.clone(), whole: false }));
            }
        }
    }
}

impl<'a> Node<'a> {
    pub(super) fn is_loop(&self) -> bool {
        matches!(self.statement, Stmt::For(_) | Stmt::While(_))
    }

    /// Whether it binds a name whatever happens.
    pub(super) fn surely_binds(&self, name: &str) -> bool {
        self.facts.binds.contains(name)
            && matches!(
                self.statement,
                Stmt::Assign(_)
                    | Stmt::AnnAssign(_)
                    | Stmt::FunctionDef(_)
                    | Stmt::ClassDef(_)
                    | Stmt::Import(_)
                    | Stmt::ImportFrom(_)
                    | Stmt::With(_)
            )
    }

    /// Whether it sets a part of an object, whatever was there: `cfg.gap = 2`.
    pub(super) fn surely_sets(&self, root: &str, field: &Field<'_>) -> bool {
        self.statement.is_assign_stmt()
            && self.facts.effects.iter().any(|effect| effect.whole && effect.root == root && effect.field == *field)
    }
}

impl<'a> Program<'a> {
    /// The compound statements a statement stands in, from the inside.
    pub(super) fn parents(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.nodes[id].parent, |at| self.nodes[*at].parent)
    }

    /// Whether a name is bound in each round of a loop before a statement inside it reads it.
    pub(super) fn bound_before_in(&self, id: NodeId, outer: NodeId, name: &str) -> bool {
        let mut at = id;
        while let Some(parent) = self.nodes[at].parent {
            let block = &self.nodes[parent].blocks[self.nodes[at].block];
            if block.iter().any(|other| *other < at && self.nodes[*other].surely_binds(name)) {
                return true;
            }
            let header = &self.nodes[parent];
            if parent != outer
                && header.facts.binds.contains(name)
                && matches!(header.statement, Stmt::For(_) | Stmt::With(_))
            {
                return true;
            }
            if parent == outer {
                return false;
            }
            at = parent;
        }
        false
    }

    pub(super) fn home_is(&self, home: ScopeId, name: &str) -> bool {
        self.scopes[home].names.contains(name) || home == 0
    }
}

/// Whether a statement is `if __name__ == '__main__':`.
pub(super) fn is_main_guard(statement: &Stmt) -> bool {
    let Stmt::If(stmt) = statement else { return false };
    let Expr::Compare(compare) = &*stmt.test else { return false };
    let sides = || std::iter::once(&*compare.left).chain(&compare.comparators);
    sides().any(|side| matches!(side, Expr::Name(name) if name.id.as_str() == "__name__"))
        && sides().any(|side| matches!(side, Expr::StringLiteral(text) if text.value.to_str() == "__main__"))
        && stmt.elif_else_clauses.is_empty()
}
