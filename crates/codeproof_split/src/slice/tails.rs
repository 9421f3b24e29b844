//! What is done with a scanner's rows once they are there is no part of a slice that keeps them when the scanner is run.
//!
//! Of a statement that runs it the expression is left that does: `scan(df)` of `rows += scan(df)`; functions on the way to
//! it give nothing. That is tried first, and taken back statement by statement where something that is kept needs more.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::facts::{self, Removed};
use super::keep::Keeper;
use super::program::{NodeId, Program, ScopeId};
use super::roots::any_inside;
use super::runs::{MAPPING, Runs, heads, is_lazy, strip_await};

/// What is left of a statement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Left<'a> {
    /// This expression.
    Expression(&'a Expr),
    /// `return`, and this expression.
    Return(Option<&'a Expr>),
}

/// Statements of which not all is left, by where they start.
#[derive(Clone, Debug, Default)]
pub(super) struct Tails<'a> {
    left: BTreeMap<u32, Left<'a>>,
    /// Where these statements, without their blocks, end.
    ends: BTreeMap<u32, u32>,
    /// Functions that give nothing any more.
    empty: BTreeSet<u32>,
}

/// Statements and functions that must stay as they are, by where they start.
pub(super) type Whole = BTreeSet<u32>;

fn start_of(statement: &Stmt) -> u32 {
    statement.range().start().to_u32()
}

impl<'a> Tails<'a> {
    /// As much as possible; of functions that are `recorded` the results are kept.
    pub(super) fn find(
        program: &Program<'a>,
        runs: &Runs<'a>,
        recorded: &dyn Fn(&Stmt) -> bool,
        whole: &Whole,
    ) -> Self {
        let mut tails = Self::default();
        let carriers: Vec<NodeId> = (0..program.nodes.len()).filter(|id| is_carrier(program, runs, *id)).collect();
        let is_stream = |id: &NodeId| gives_one_by_one(program.nodes[*id].statement);
        let own_stream = program.nodes.iter().any(|node| recorded(node.statement) && gives_one_by_one(node.statement));
        if own_stream || carriers.iter().any(is_stream) {
            return tails;
        }
        for id in carriers {
            let node = &program.nodes[id];
            let start = start_of(node.statement);
            if !recorded(node.statement) && !whole.contains(&start) && node.opens.is_some() {
                tails.empty.insert(start);
            }
        }
        for (id, node) in program.nodes.iter().enumerate() {
            let start = start_of(node.statement);
            if whole.contains(&start) {
                continue;
            }
            let invocation = runs.nodes.contains(&id).then(|| runs.invocation(program, id)).flatten();
            let left = match (node.statement, invocation) {
                (Stmt::Return(stmt), _) if tails.is_empty(program, node.scope) => match stmt.value.as_deref() {
                    Some(value) if invocation.is_none_or(|part| part.range() != value.range()) => {
                        Left::Return(invocation)
                    }
                    _ => continue,
                },
                (Stmt::For(_), Some(part)) if !is_lazy(part) && !maps(part) => Left::Expression(part),
                (Stmt::Expr(stmt), Some(part)) if stmt.value.range() != part.range() => Left::Expression(part),
                (Stmt::Assign(stmt), Some(part))
                    if !matches!(stmt.targets.as_slice(), [Expr::Name(_)]) || stmt.value.range() != part.range() =>
                {
                    Left::Expression(part)
                }
                (Stmt::AugAssign(_), Some(part)) => Left::Expression(part),
                _ => continue,
            };
            let end = match node.statement {
                Stmt::For(stmt) => stmt.body.first().map_or(stmt.range().end(), Ranged::start),
                other => other.range().end(),
            };
            tails.ends.insert(start, end.to_u32());
            tails.left.insert(start, left);
        }
        tails
    }

    pub(super) fn left(&self, statement: &Stmt) -> Option<Left<'a>> {
        self.left.get(&start_of(statement)).copied()
    }

    /// Whether the function that a scope is gives nothing any more.
    pub(super) fn is_empty(&self, program: &Program<'_>, scope: ScopeId) -> bool {
        let definition = program.scopes[scope].node;
        definition.is_some_and(|id| self.empty.contains(&start_of(program.nodes[id].statement)))
    }

    /// Whether a place of a statement is left out.
    pub(super) fn holds(&self, place: TextRange) -> bool {
        let before = self.left.range(..=place.start().to_u32()).rev();
        before.take(4).any(|(start, left)| {
            let (Some(end), part) = (self.ends.get(start), range_of(*left)) else { return false };
            place.end().to_u32() <= *end && !part.is_some_and(|part| part.contains_range(place))
        })
    }

    /// Whether nothing is left out anywhere.
    pub(super) fn is_nothing(&self) -> bool {
        self.left.is_empty() && self.empty.is_empty()
    }

    /// What must be whole, because kept code needs more of it than is left.
    pub(super) fn missed(
        &self,
        program: &Program<'a>,
        keeper: &mut Keeper<'_, 'a>,
        runs: &Runs<'a>,
        removed: &Removed,
    ) -> Whole {
        let mut whole = Whole::new();
        for id in keeper.kept_nodes() {
            let node = &program.nodes[id];
            let start = start_of(node.statement);
            let Some(Left::Expression(_)) = self.left(node.statement) else { continue };
            let full = facts::of_header(node.statement, removed);
            let has_body = node.blocks.iter().flatten().any(|inner| keeper.kept[*inner]);
            let is_read = |name: &&'a str| keeper.is_read_after(id, name);
            if has_body || full.binds.difference(&node.facts.binds).any(is_read) {
                whole.insert(start);
                continue;
            }
            let more = full.effects.into_iter().filter(|effect| !node.facts.effects.contains(effect));
            if more.collect::<Vec<_>>().into_iter().any(|effect| keeper.is_seen(id, &effect)) {
                whole.insert(start);
            }
        }
        for (id, node) in program.nodes.iter().enumerate() {
            let start = start_of(node.statement);
            if self.empty.contains(&start) && keeper.kept[id] && self.is_needed(program, keeper, runs, id) {
                whole.insert(start);
            }
        }
        whole
    }

    /// Whether somebody that is kept needs what a function gives.
    fn is_needed(&self, program: &Program<'a>, keeper: &Keeper<'_, 'a>, runs: &Runs<'a>, function: NodeId) -> bool {
        let Stmt::FunctionDef(definition) = program.nodes[function].statement else { return true };
        let name = definition.name.as_str();
        let scope = program.nodes[function].scope;
        let is_method = program.scopes[scope].is_class;
        keeper.kept_nodes().into_iter().filter(|id| *id != function).any(|id| {
            let node = &program.nodes[id];
            let callee = Called { name, is_method };
            let named = |facts: &facts::Facts<'a>, at: ScopeId| {
                if is_method {
                    facts.mentions.has(name)
                } else {
                    facts
                        .loads
                        .iter()
                        .chain(&facts.later)
                        .any(|known| *known == name && program.home(at, known) == scope)
                }
            };
            if let Some(body) = node.body.as_ref().filter(|_| node.opens.is_none()) {
                return named(&body.facts, node.scope);
            }
            if node.body.is_some() || !named(&node.facts, node.scope) {
                return false;
            }
            let left = self.left(node.statement);
            let gives = match (node.statement, left) {
                (_, Some(Left::Expression(part))) => return !callee.may_give_nothing(part),
                (Stmt::Return(_), Some(Left::Return(Some(part)))) => return !callee.may_give_nothing(part),
                (Stmt::Return(_), _) if self.is_empty(program, node.scope) => heads(node.statement),
                (Stmt::Expr(_), _) => heads(node.statement),
                (Stmt::Assign(stmt), _) => match stmt.targets.as_slice() {
                    [Expr::Name(target)]
                        if !keeper.is_read_after(id, target.id.as_str())
                            || runs.holds(program, node.scope, target.id.as_str()) =>
                    {
                        heads(node.statement)
                    }
                    _ => return true,
                },
                (Stmt::For(stmt), _) if maps(&stmt.iter) || is_lazy(&stmt.iter) => {
                    let used = facts::of_expression(&stmt.target).binds;
                    if used.iter().any(|name| keeper.is_read_after(id, name)) {
                        return true;
                    }
                    heads(node.statement)
                }
                _ => return true,
            };
            !gives.into_iter().all(|part| callee.may_give_nothing(part))
        })
    }
}

/// A function, as expressions name it.
struct Called<'c> {
    name: &'c str,
    is_method: bool,
}

impl Called<'_> {
    fn is_it(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Name(name) => !self.is_method && name.id.as_str() == self.name,
            Expr::Attribute(attribute) => self.is_method && attribute.attr.as_str() == self.name,
            _ => false,
        }
    }

    fn is_in(&self, expression: &Expr) -> bool {
        any_inside(expression, |part| self.is_it(part))
    }

    /// Whether an expression works as well when the function gives nothing.
    fn may_give_nothing(&self, expression: &Expr) -> bool {
        if !self.is_in(expression) {
            return true;
        }
        let generators_are_free = |comp: &[ruff_python_ast::Comprehension]| {
            comp.iter().all(|part| !self.is_in(&part.iter) && !part.ifs.iter().any(|test| self.is_in(test)))
        };
        match expression {
            Expr::Await(awaited) => self.may_give_nothing(&awaited.value),
            Expr::Starred(starred) => self.may_give_nothing(&starred.value),
            Expr::ListComp(comp) => generators_are_free(&comp.generators) && self.may_give_nothing(&comp.elt),
            Expr::Generator(comp) => generators_are_free(&comp.generators) && self.may_give_nothing(&comp.elt),
            Expr::List(list) => list.elts.iter().all(|part| self.may_give_nothing(part)),
            Expr::Tuple(tuple) => tuple.elts.iter().all(|part| self.may_give_nothing(part)),
            Expr::Call(call) if self.is_it(&call.func) => !arguments(call).any(|argument| self.is_in(argument)),
            Expr::Call(call) => {
                let name = match &*call.func {
                    Expr::Name(name) => name.id.as_str(),
                    Expr::Attribute(method) if !self.is_in(&method.value) => method.attr.as_str(),
                    _ => return false,
                };
                let hands_over = MAPPING.contains(&name) && name != "filter"
                    || matches!(name, "submit" | "apply_async" | "run_in_executor" | "to_thread");
                let passes = matches!(
                    name,
                    "run"
                        | "run_until_complete"
                        | "gather"
                        | "create_task"
                        | "ensure_future"
                        | "wait_for"
                        | "list"
                        | "tuple"
                        | "wait"
                        | "Thread"
                        | "Process"
                );
                arguments(call).all(|argument| {
                    hands_over && self.is_it(argument)
                        || passes && (self.is_it(argument) || self.may_give_nothing(argument))
                        || !self.is_in(argument)
                })
            }
            _ => false,
        }
    }
}

fn arguments(call: &ExprCall) -> impl Iterator<Item = &Expr> {
    call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|word| &word.value))
}

/// Whether an expression calls what it is handed for each element.
fn maps(expression: &Expr) -> bool {
    match strip_await(expression) {
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => MAPPING.contains(&name.id.as_str()),
            Expr::Attribute(method) => {
                MAPPING.contains(&method.attr.as_str()) || method.attr.as_str() == "as_completed"
            }
            _ => false,
        },
        _ => false,
    }
}

fn is_carrier(program: &Program<'_>, runs: &Runs<'_>, id: NodeId) -> bool {
    let node = &program.nodes[id];
    let Stmt::FunctionDef(definition) = node.statement else { return false };
    let name = definition.name.as_str();
    if program.scopes[node.scope].is_class {
        runs.methods.contains(name)
    } else {
        runs.names.contains(&(node.scope, name))
    }
}

/// Whether a function is a generator: nothing of it runs before somebody looks through it.
fn gives_one_by_one(statement: &Stmt) -> bool {
    struct Eye(bool);
    impl<'a> Visitor<'a> for Eye {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            if !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
                walk_stmt(self, statement);
            }
        }

        fn visit_expr(&mut self, expression: &'a Expr) {
            self.0 |= matches!(expression, Expr::Yield(_) | Expr::YieldFrom(_));
            walk_expr(self, expression);
        }
    }
    let Stmt::FunctionDef(definition) = statement else { return false };
    let mut eye = Eye(false);
    definition.body.iter().for_each(|inner| eye.visit_stmt(inner));
    eye.0
}

/// The range of what is left.
pub(super) fn range_of(left: Left<'_>) -> Option<TextRange> {
    match left {
        Left::Expression(part) => Some(part.range()),
        Left::Return(part) => part.map(Ranged::range),
    }
}
