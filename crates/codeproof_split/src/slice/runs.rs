//! What runs a scanner: the statements that call it, those that call functions which do, and so on to the module.

mod invocation;

use std::collections::BTreeSet;

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::Foreign;
use super::facts::CallSite;
use super::program::{NodeId, Program, ScopeId};
use super::recording::Recording;
pub(super) use invocation::{MAPPING, is_lazy, strip_await};

/// Where running begins: how the program may name the scanner, and statements of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Starts<'a> {
    pub(super) names: BTreeSet<(ScopeId, &'a str)>,
    /// Attributes, of whatever object.
    pub(super) methods: BTreeSet<&'a str>,
    pub(super) nodes: Vec<NodeId>,
}

/// What leads to the scanner.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs<'a> {
    /// Statements that may run it, by themselves or through what they call.
    pub(super) nodes: BTreeSet<NodeId>,
    pub(super) names: BTreeSet<(ScopeId, &'a str)>,
    pub(super) methods: BTreeSet<&'a str>,
}

/// Finds them all.
pub(super) fn of<'a>(
    program: &Program<'a>,
    starts: &Starts<'a>,
    recording: Recording,
    foreign: &Foreign<'_>,
) -> Runs<'a> {
    let mut runs = Runs { names: starts.names.clone(), methods: starts.methods.clone(), ..Runs::default() };
    for id in &starts.nodes {
        if let Some(definition) = program.scopes[program.nodes[*id].scope].node {
            runs.carry(program, definition);
        }
    }
    loop {
        let before = (runs.nodes.len(), runs.names.len(), runs.methods.len());
        for (id, node) in program.nodes.iter().enumerate() {
            let start = node.statement.range().start().to_u32();
            if start == foreign.own && node.body.is_some() {
                runs.registered(program, id);
            }
            if foreign.units.contains(&start) || start == foreign.own {
                continue;
            }
            let body = node.body.as_ref().filter(|body| node.opens.is_none() && !body.is_class);
            if let Some(body) = body {
                let names = body.free.iter().any(|name| runs.holds(program, node.scope, name));
                if names || runs.methods.iter().any(|name| body.facts.mentions.has(name)) {
                    runs.carry(program, id);
                }
            }
            if node.body.is_some() {
                continue;
            }
            let named =
                node.facts.loads.iter().chain(&node.facts.later).any(|name| runs.holds(program, node.scope, name));
            if named || runs.methods.iter().any(|name| node.facts.mentions.has(name)) {
                runs.statement(program, id, recording);
            }
        }
        if (runs.nodes.len(), runs.names.len(), runs.methods.len()) == before {
            return runs;
        }
    }
}

impl<'a> Runs<'a> {
    pub(super) fn holds(&self, program: &Program<'a>, scope: ScopeId, name: &'a str) -> bool {
        self.names.contains(&(program.home(scope, name), name))
    }

    /// The outermost expression of a statement that runs the scanner.
    pub(super) fn invocation(&self, program: &Program<'a>, id: NodeId) -> Option<&'a Expr> {
        let node = &program.nodes[id];
        let is_carrier = |name: &str| {
            self.names.iter().any(|(home, known)| *known == name && program.home(node.scope, known) == *home)
        };
        let is_method = |name: &str| self.methods.contains(name);
        let look = invocation::Look { is_carrier: &is_carrier, is_method: &is_method };
        heads(node.statement).into_iter().find_map(|head| look.outermost(head))
    }

    /// A function that runs the scanner leads to it.
    fn carry(&mut self, program: &Program<'a>, definition: NodeId) {
        let node = &program.nodes[definition];
        if let Stmt::FunctionDef(function) = node.statement {
            if program.scopes[node.scope].is_class {
                self.methods.insert(function.name.as_str());
            } else {
                self.names.insert((node.scope, function.name.as_str()));
            }
        }
    }

    /// What a decorator puts the scanner into leads to it.
    fn registered(&mut self, program: &Program<'a>, own: NodeId) {
        let node = &program.nodes[own];
        let is_decorator = |call: &&CallSite<'a>| {
            call.arguments.iter().any(|(_, names)| names.iter().any(|name| node.facts.binds.contains(name)))
        };
        let decorators: Vec<&CallSite<'a>> = node.facts.calls.iter().filter(is_decorator).collect();
        let called = decorators.iter().flat_map(|call| program.effects_of(call, node.scope));
        for effect in called.chain(node.facts.effects.iter().cloned()).collect::<Vec<_>>() {
            self.names.insert((program.home(node.scope, effect.root), effect.root));
        }
    }

    fn statement(&mut self, program: &Program<'a>, id: NodeId, recording: Recording) {
        let node = &program.nodes[id];
        let invocation = self.invocation(program, id);
        if invocation.is_some() {
            self.nodes.insert(id);
            if let Some(definition) = program.scopes[node.scope].node {
                self.carry(program, definition);
            }
        }
        // Lists and dicts of scanners, partials, objects, what a loop gives of them.
        let read = node.facts.bare.iter().chain(node.facts.keyed.keys());
        let hands_on = read.clone().any(|name| self.holds(program, node.scope, name));
        let makes = match invocation.map(strip_await) {
            Some(Expr::Call(call)) => match &*call.func {
                Expr::Name(name) => {
                    let name = name.id.as_str();
                    recording == Recording::Class && self.names.contains(&(0, name))
                        || is_async(program, node.scope, name)
                }
                _ => false,
            },
            Some(Expr::ListComp(_)) => node.facts.called.iter().any(|name| is_async(program, node.scope, name)),
            _ => false,
        };
        let only_results = invocation.is_some_and(invocation::gives_results);
        if !(hands_on && !only_results || makes) {
            return;
        }
        match node.statement {
            Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::With(_) => {
                let roots = node.facts.effects.iter().map(|effect| effect.root);
                for name in node.facts.binds.iter().copied().chain(roots.filter(|_| hands_on)) {
                    self.names.insert((program.home(node.scope, name), name));
                }
            }
            Stmt::For(stmt) => {
                for name in looked_through(stmt) {
                    self.names.insert((program.home(node.scope, name), name));
                }
            }
            // `SCANNERS.append(scan_gap)`
            Stmt::Expr(_) if invocation.is_none() => {
                for effect in &node.facts.effects {
                    self.names.insert((program.home(node.scope, effect.root), effect.root));
                }
            }
            _ => {}
        }
    }
}

/// Names of a loop that get elements: not the keys and numbers of `for key, value in d.items()`.
fn looked_through(stmt: &ruff_python_ast::StmtFor) -> BTreeSet<&str> {
    let is_paired = match &*stmt.iter {
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) => method.attr.as_str() == "items",
            Expr::Name(name) => name.id.as_str() == "enumerate",
            _ => false,
        },
        _ => false,
    };
    let target = match &*stmt.target {
        Expr::Tuple(tuple) if is_paired => tuple.elts.last().unwrap_or(&stmt.target),
        target => target,
    };
    super::facts::of_expression(target).binds
}

fn is_async(program: &Program<'_>, scope: ScopeId, name: &str) -> bool {
    let mut definitions =
        program.binders.iter().filter(|((home, known), _)| *known == name && program.home(scope, known) == *home);
    definitions.any(|(_, ids)| {
        ids.iter()
            .any(|id| matches!(program.nodes[*id].statement, Stmt::FunctionDef(definition) if definition.is_async))
    })
}

/// The expressions of a statement without its blocks, in the order they run.
pub(super) fn heads(statement: &Stmt) -> Vec<&Expr> {
    match statement {
        Stmt::Expr(stmt) => vec![&stmt.value],
        Stmt::Assign(stmt) => vec![&stmt.value],
        Stmt::AugAssign(stmt) => vec![&stmt.value],
        Stmt::AnnAssign(stmt) => stmt.value.as_deref().into_iter().collect(),
        Stmt::Return(stmt) => stmt.value.as_deref().into_iter().collect(),
        Stmt::For(stmt) => vec![&stmt.iter],
        Stmt::While(stmt) => vec![&stmt.test],
        Stmt::If(stmt) => std::iter::once(&*stmt.test)
            .chain(stmt.elif_else_clauses.iter().filter_map(|clause| clause.test.as_ref()))
            .collect(),
        Stmt::With(stmt) => stmt.items.iter().map(|item| &item.context_expr).collect(),
        Stmt::Raise(stmt) => stmt.exc.as_deref().into_iter().collect(),
        Stmt::Assert(stmt) => vec![&stmt.test],
        _ => Vec::new(),
    }
}
