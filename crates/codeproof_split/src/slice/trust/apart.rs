//! Lists and dicts that lost the other scanners must be looked through element by element, and what is done for one
//! element must not depend on what was done for the others.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Comprehension, Expr, ExprContext, Stmt, StmtFor};
use ruff_text_size::Ranged;

use super::super::Question;
use super::super::facts::{self, Removed};
use super::super::keep::Keeper;
use super::super::program::{NodeId, Program};
use super::super::remove::Removals;

/// Functions that give what they are given, element by element.
const PASSING: &[&str] = &["list", "tuple", "sorted", "set", "reversed", "tqdm", "as_completed", "iter", "dict"];

pub(super) fn check(
    question: &Question<'_>,
    removals: &Removals<'_>,
    program: &Program<'_>,
    keeper: &Keeper<'_, '_>,
) -> Result<(), String> {
    for gone in &removals.loops {
        if !only_fills(gone) {
            let line = question.module.lines.line(gone.range().start());
            return Err(format!("the loop in line {line} runs other scanners and may leave more behind"));
        }
    }
    let mut names: BTreeSet<&str> = removals.shortened.iter().copied().collect();
    let kept = keeper.kept_nodes();
    // Names that get what comes out of looking through one of them.
    loop {
        let before = names.len();
        for id in &kept {
            let node = &program.nodes[*id];
            let Stmt::Assign(assign) = node.statement else { continue };
            let mut eye = Eye { names: &names, removed: &removals.all, derives: false, strays: false };
            eye.visit_expr(&assign.value);
            if eye.derives {
                names.extend(&node.facts.binds);
            }
        }
        if names.len() == before {
            break;
        }
    }
    for id in kept {
        let node = &program.nodes[id];
        let line = question.module.lines.line(node.statement.range().start());
        let stray = || Err(format!("line {line} may depend on how many scanners there are"));
        let mut eye = Eye { names: &names, removed: &removals.all, derives: false, strays: false };
        match node.statement {
            Stmt::For(stmt) => {
                eye.iterated(&stmt.iter);
                let shortened = eye.derives || removals.all.iter().any(|gone| stmt.iter.range().contains_range(*gone));
                if shortened && !is_independent(program, keeper, id, stmt) {
                    return Err(format!("the loop in line {line} carries something from one scanner to the next"));
                }
            }
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) if node.opens.is_none() => {
                let body = node.body.as_ref();
                if body.is_some_and(|body| {
                    body.free.iter().any(|name| names.contains(name) && body.facts.bare.contains(name))
                }) {
                    return stray();
                }
            }
            _ => eye.header(node.statement),
        }
        if eye.strays {
            return stray();
        }
    }
    Ok(())
}

struct Eye<'n, 'r> {
    names: &'n BTreeSet<&'n str>,
    removed: &'r Removed,
    /// Whether one of the names is looked through.
    derives: bool,
    /// Whether one of them is used in another way.
    strays: bool,
}

impl Eye<'_, '_> {
    fn is_one(&self, expression: &Expr) -> bool {
        matches!(expression, Expr::Name(name) if name.ctx == ExprContext::Load && self.names.contains(name.id.as_str()))
    }

    fn header(&mut self, statement: &Stmt) {
        match statement {
            Stmt::If(stmt) => self.visit_expr(&stmt.test),
            Stmt::While(stmt) => self.visit_expr(&stmt.test),
            Stmt::With(stmt) => stmt.items.iter().for_each(|item| self.visit_expr(&item.context_expr)),
            Stmt::Assign(stmt) => {
                self.visit_expr(&stmt.value);
                stmt.targets.iter().for_each(|target| self.visit_expr(target));
            }
            Stmt::AugAssign(stmt) => self.visit_expr(&stmt.value),
            // A dict that is given back is read by its keys afterwards.
            Stmt::Return(stmt) if stmt.value.as_deref().is_some_and(|value| self.is_one(value)) => {}
            Stmt::Return(stmt) => stmt.value.iter().for_each(|value| self.visit_expr(value)),
            Stmt::Expr(stmt) => self.visit_expr(&stmt.value),
            _ => {}
        }
    }

    /// The expression a loop goes through.
    fn iterated(&mut self, expression: &Expr) {
        if self.is_one(expression) {
            self.derives = true;
            return;
        }
        match expression {
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method)
                    if matches!(method.attr.as_str(), "items" | "values" | "keys" | "as_completed")
                        && self.is_one(&method.value) =>
                {
                    self.derives = true;
                }
                Expr::Attribute(method) if method.attr.as_str() == "as_completed" => {
                    call.arguments.args.iter().for_each(|argument| self.iterated(argument));
                }
                Expr::Name(name) if PASSING.contains(&name.id.as_str()) => {
                    call.arguments.args.iter().for_each(|argument| self.iterated(argument));
                }
                Expr::Name(name) if name.id.as_str() == "zip" => {
                    let ones = call.arguments.args.iter().filter(|argument| self.is_one(argument)).count();
                    self.derives |= ones > 0;
                    self.strays |= ones > 0 && ones < call.arguments.args.len();
                }
                _ => self.visit_expr(expression),
            },
            _ => self.visit_expr(expression),
        }
    }
}

impl<'a> Visitor<'a> for Eye<'_, '_> {
    fn visit_comprehension(&mut self, comprehension: &'a Comprehension) {
        self.iterated(&comprehension.iter);
        comprehension.ifs.iter().for_each(|test| self.visit_expr(test));
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if self.removed.holds(expression.range()) {
            return;
        }
        match expression {
            Expr::Name(_) if self.is_one(expression) => self.strays = true,
            Expr::Subscript(subscript)
                if self.is_one(&subscript.value) && !subscript.slice.is_number_literal_expr() =>
            {
                self.visit_expr(&subscript.slice);
            }
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method)
                    if self.is_one(&method.value)
                        && matches!(method.attr.as_str(), "get" | "append" | "setdefault" | "update" | "add") =>
                {
                    call.arguments.args.iter().for_each(|argument| self.visit_expr(argument));
                }
                _ => walk_expr(self, expression),
            },
            _ => walk_expr(self, expression),
        }
    }
}

/// Whether each round of a loop does the same without the others: what it reads of names it binds, it has bound in this
/// round, and what it changes it changes under a key of this round.
fn is_independent(program: &Program<'_>, keeper: &Keeper<'_, '_>, id: NodeId, stmt: &StmtFor) -> bool {
    let scope = program.nodes[id].scope;
    let inside: Vec<NodeId> = program.scopes[scope]
        .nodes
        .iter()
        .copied()
        .filter(|inner| keeper.kept[*inner] && within(program, *inner, id))
        .collect();
    let mut own = facts::bound_names(std::slice::from_ref(program.nodes[id].statement)).0;
    let bound: BTreeSet<&str> =
        inside.iter().flat_map(|inner| program.nodes[*inner].facts.binds.iter().copied()).collect();
    let targets: BTreeSet<&str> = facts::of_expression(&stmt.target).binds;
    own.retain(|name| bound.contains(name) || targets.contains(name));
    for inner in &inside {
        let node = &program.nodes[*inner];
        for name in node
            .facts
            .loads
            .iter()
            .chain(&node.facts.later)
            .filter(|name| bound.contains(*name) && !targets.contains(*name))
        {
            if !program.bound_before_in(*inner, id, name) {
                return false;
            }
        }
        for effect in keeper.effects(*inner) {
            if own.contains(effect.root) {
                continue;
            }
            if !is_keyed_store(node.statement, effect.root, &own) {
                return false;
            }
        }
    }
    true
}

/// Whether a loop leaves nothing behind but what it stores under keys of its rounds.
fn only_fills(statement: &Stmt) -> bool {
    let Stmt::For(stmt) = statement else { return false };
    let own = facts::bound_names(std::slice::from_ref(statement)).0;
    let keeps = |inner: &Stmt| {
        let facts = facts::of_all(std::slice::from_ref(inner), &Removed::default());
        facts.effects.iter().all(|effect| own.contains(effect.root) || is_keyed_store(inner, effect.root, &own))
    };
    stmt.body.iter().all(keeps)
}

fn within(program: &Program<'_>, inner: NodeId, outer: NodeId) -> bool {
    program.parents(inner).any(|parent| parent == outer)
}

/// `root[key] = value` (or `root[key].append(value)`) where the key is one of the round's own names.
fn is_keyed_store(statement: &Stmt, root: &str, own: &BTreeSet<&str>) -> bool {
    let is_own_key = |target: &Expr| match target {
        Expr::Subscript(subscript) => {
            matches!(&*subscript.value, Expr::Name(name) if name.id.as_str() == root)
                && facts::of_expression(&subscript.slice).loads.iter().any(|name| own.contains(name))
        }
        _ => false,
    };
    match statement {
        Stmt::Assign(stmt) => stmt.targets.iter().all(is_own_key),
        Stmt::AugAssign(stmt) => is_own_key(&stmt.target),
        Stmt::Expr(stmt) => match &*stmt.value {
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) => is_own_key(&method.value),
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}
