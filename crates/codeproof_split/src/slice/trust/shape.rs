//! Whether a scanner's rows have columns of their own choice, or all that the table happens to have.

use std::cell::Cell;

use ruff_python_ast::{Comprehension, Expr, Stmt};
use ruff_text_size::Ranged;

use super::super::Question;
use super::super::facts;
use super::super::keep::Keeper;
use super::super::program::Program;

/// Functions and names that are looked into.
const LEVELS_MAX: u32 = 6;

/// Expressions that are looked at for one scanner; one has a dozen.
const EXPRESSIONS_MAX: u32 = 5_000;

/// Functions that give what they are given in another form.
const PASSING: &[&str] = &["list", "sorted", "tuple", "set", "reversed", "dict", "DataFrame", "Series"];

/// Whether everything the scanner gives has its columns named. Where that is not seen, it has not.
pub(super) fn is_narrow(question: &Question<'_>, program: &Program<'_>, keeper: &Keeper<'_, '_>) -> bool {
    let body: &[Stmt] = &question.module.parsed.syntax().body;
    if matches!(question.own.kind, "column" | "section" | "config") {
        return is_kept_narrow(question, program, keeper);
    }
    let mut own = Vec::new();
    let range = question.own.range;
    statements(body, &mut own, 0);
    own.retain(|statement| {
        let (start, end) = (statement.range().start().to_u32(), statement.range().end().to_u32());
        range.0 <= start && end <= range.1
    });
    let look = Look { body, left: Cell::new(EXPRESSIONS_MAX) };
    let mut returns = 0;
    let within: Vec<&Stmt> = own.clone();
    for statement in own {
        let narrow = match statement {
            Stmt::Return(stmt) => stmt.value.as_deref().is_none_or(|value| look.is_narrow(value, &within, 0)),
            Stmt::Assign(stmt) if statement.range().start().to_u32() == range.0 => match &*stmt.value {
                Expr::Lambda(lambda) => look.is_narrow(&lambda.body, &within, 0),
                Expr::Call(call) => {
                    let made = call.arguments.args.iter().chain([&*call.func]).find_map(Expr::as_name_expr);
                    made.is_some_and(|name| look.function_is_narrow(name.id.as_str(), 0))
                }
                _ => continue,
            },
            _ => continue,
        };
        if !narrow {
            return false;
        }
        returns += 1;
    }
    returns > 0
}

/// The same for results that are no function's: everything that is put in their place.
fn is_kept_narrow(question: &Question<'_>, program: &Program<'_>, keeper: &Keeper<'_, '_>) -> bool {
    let (Some(name), Some(key)) = (question.path.first(), question.path.last()) else { return false };
    let look = Look { body: &question.module.parsed.syntax().body, left: Cell::new(EXPRESSIONS_MAX) };
    let mut seen = false;
    for id in keeper.kept_nodes() {
        let node = &program.nodes[id];
        let Stmt::Assign(assign) = node.statement else { continue };
        let is_it = |target: &Expr| match target {
            Expr::Name(target) => question.path.len() == 1 && node.scope == 0 && target.id.as_str() == name,
            Expr::Subscript(subscript) if question.path.len() > 1 => match &*subscript.slice {
                Expr::StringLiteral(text) => text.value.to_str() == key,
                _ => true,
            },
            _ => false,
        };
        if assign.targets.iter().any(is_it) {
            let within: Vec<&Stmt> =
                program.scopes[node.scope].nodes.iter().map(|other| program.nodes[*other].statement).collect();
            if !look.is_narrow(&assign.value, &within, 0) {
                return false;
            }
            seen = true;
        }
    }
    seen
}

struct Look<'s> {
    body: &'s [Stmt],
    /// Expressions that may still be looked at.
    left: Cell<u32>,
}

impl<'s> Look<'s> {
    fn is_narrow(&self, value: &'s Expr, within: &[&'s Stmt], levels: u32) -> bool {
        self.left.set(self.left.get().saturating_sub(1));
        if levels > LEVELS_MAX || self.left.get() == 0 {
            return false;
        }
        let next = |value: &'s Expr| self.is_narrow(value, within, levels + 1);
        match value {
            Expr::Subscript(subscript) => match (&*subscript.value, &*subscript.slice) {
                (_, Expr::List(_)) => true,
                (_, Expr::StringLiteral(_)) => true,
                (Expr::Attribute(indexer), Expr::Tuple(tuple)) if indexer.attr.as_str() == "loc" => {
                    tuple.elts.last().is_some_and(|last| self.is_list(last))
                }
                (_, Expr::Name(_)) if self.is_list(&subscript.slice) => true,
                (base, _) => next(base),
            },
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) => match (&*method.value, method.attr.as_str()) {
                    (_, "concat" | "merge" | "join" | "append") => false,
                    (Expr::Name(_), "DataFrame") => call.arguments.args.iter().all(next),
                    (base, _) => next(base),
                },
                Expr::Name(name) if PASSING.contains(&name.id.as_str()) => call.arguments.args.iter().all(next),
                Expr::Name(name) => self.function_is_narrow(name.id.as_str(), levels + 1),
                _ => false,
            },
            Expr::Name(name) => self.name_is_narrow(name.id.as_str(), within, levels + 1),
            Expr::ListComp(comp) => self.element_is_narrow(&comp.elt, &comp.generators, within, levels + 1),
            Expr::Generator(comp) => self.element_is_narrow(&comp.elt, &comp.generators, within, levels + 1),
            Expr::SetComp(comp) => self.element_is_narrow(&comp.elt, &comp.generators, within, levels + 1),
            Expr::If(choice) => next(&choice.body) && next(&choice.orelse),
            Expr::Await(awaited) => next(&awaited.value),
            Expr::List(list) => list.elts.iter().all(next),
            Expr::Dict(_)
            | Expr::Tuple(_)
            | Expr::Compare(_)
            | Expr::BinOp(_)
            | Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::FString(_)
            | Expr::DictComp(_)
            | Expr::Set(_) => true,
            _ => false,
        }
    }

    fn element_is_narrow(
        &self,
        element: &'s Expr,
        generators: &'s [Comprehension],
        within: &[&'s Stmt],
        levels: u32,
    ) -> bool {
        let Expr::Name(name) = element else { return self.is_narrow(element, within, levels) };
        generators.iter().any(|generator| {
            matches!(&generator.target, Expr::Name(target) if target.id == name.id)
                && self.is_narrow(&generator.iter, within, levels)
        })
    }

    /// A name of the scanner: all that it is bound to, and all that is put into it.
    fn name_is_narrow(&self, name: &str, within: &[&'s Stmt], levels: u32) -> bool {
        let is_it = |expression: &Expr| matches!(expression, Expr::Name(target) if target.id.as_str() == name);
        let mut seen = false;
        for statement in within {
            let value = match statement {
                Stmt::Assign(stmt) if stmt.targets.iter().any(is_it) => &*stmt.value,
                Stmt::AugAssign(stmt) if is_it(&stmt.target) => &*stmt.value,
                Stmt::Expr(stmt) => match &*stmt.value {
                    Expr::Call(call) => match (&*call.func, call.arguments.args.first()) {
                        (Expr::Attribute(method), Some(first))
                            if is_it(&method.value) && matches!(method.attr.as_str(), "append" | "extend") =>
                        {
                            first
                        }
                        _ => continue,
                    },
                    _ => continue,
                },
                Stmt::FunctionDef(definition) if definition.name.as_str() == name => return true,
                Stmt::For(stmt) if facts::of_expression(&stmt.target).binds.contains(name) => return false,
                _ => continue,
            };
            if !self.is_narrow(value, within, levels) {
                return false;
            }
            seen = true;
        }
        seen
    }

    fn function_is_narrow(&self, name: &str, levels: u32) -> bool {
        if levels > LEVELS_MAX {
            return false;
        }
        let mut all = Vec::new();
        statements(self.body, &mut all, 0);
        let mut seen = false;
        for statement in all {
            let body: &[Stmt] = match statement {
                Stmt::FunctionDef(definition) if definition.name.as_str() == name => &definition.body,
                // An object of the file's own class has what its class says.
                Stmt::ClassDef(definition) if definition.name.as_str() == name => return true,
                _ => continue,
            };
            let mut inside = Vec::new();
            statements(body, &mut inside, 0);
            for inner in &inside {
                if let Stmt::Return(stmt) = inner
                    && let Some(value) = stmt.value.as_deref()
                {
                    if !self.is_narrow(value, &inside, levels + 1) {
                        return false;
                    }
                    seen = true;
                }
            }
        }
        seen
    }

    /// A list of columns, or a name of the module that is one.
    fn is_list(&self, expression: &Expr) -> bool {
        match expression {
            Expr::List(_) | Expr::StringLiteral(_) => true,
            Expr::Name(name) => self.body.iter().any(|statement| match statement {
                Stmt::Assign(stmt) => {
                    stmt.value.is_list_expr()
                        && stmt.targets.iter().any(|target| matches!(target, Expr::Name(known) if known.id == name.id))
                }
                _ => false,
            }),
            _ => false,
        }
    }
}

/// All statements inside some, from the outside.
fn statements<'s>(body: &'s [Stmt], found: &mut Vec<&'s Stmt>, levels: u32) {
    if levels > 50 {
        return;
    }
    for statement in body {
        found.push(statement);
        match statement {
            Stmt::FunctionDef(definition) => statements(&definition.body, found, levels + 1),
            Stmt::ClassDef(definition) => statements(&definition.body, found, levels + 1),
            other => facts::blocks(other).into_iter().for_each(|block| statements(block, found, levels + 1)),
        }
    }
}
