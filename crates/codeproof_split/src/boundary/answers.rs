//! Whose answers a unit asks for, and what it does with them: wants them together, puts them side by side, or fills a list
//! by each.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt, StmtAssign, StmtIf, UnaryOp};

use super::seen::Seen;

/// Containers of a unit that are remembered.
const CONTAINERS_MAX: usize = 200;

/// What names hold, and by whom containers are filled.
#[derive(Default)]
pub(super) struct Answers {
    /// Functions whose answers names hold.
    held: BTreeMap<String, BTreeSet<String>>,
    /// The same for names that hold a part of an answer.
    held_in_part: BTreeMap<String, BTreeSet<String>>,
    /// By container, the functions that are asked what it is to hold.
    filled: BTreeMap<String, BTreeSet<String>>,
}

impl Answers {
    /// Remembers whose answers a name holds, and collects what is put under a key.
    pub(super) fn note(&mut self, assign: &StmtAssign, seen: &mut Seen) {
        match assign.targets.as_slice() {
            [Expr::Name(name)] => {
                let callees = self.answered(&assign.value);
                if callees.is_empty() {
                    self.held.remove(name.id.as_str());
                } else {
                    self.held.insert(name.id.to_string(), callees);
                }
                self.held_in_part.remove(name.id.as_str());
            }
            // `passed, score = check(d)`
            [Expr::Tuple(names)] => {
                let callees = self.answered(&assign.value);
                for name in names.elts.iter().filter_map(|name| name.as_name_expr()) {
                    self.held.remove(name.id.as_str());
                    self.held_in_part.insert(name.id.to_string(), callees.clone());
                }
            }
            [Expr::Subscript(target)] if !target.slice.is_slice_expr() => self.collect(&assign.value, seen),
            _ => {}
        }
    }

    /// An answer, or a name that holds one, is put beside others.
    pub(super) fn collect(&self, value: &Expr, seen: &mut Seen) {
        seen.collected.extend(self.answered(value));
    }

    /// `all([a(d), b(d)])`, `sum(checks.values())`: parts that decide together.
    pub(super) fn held_together(&self, parts: Option<&Expr>, seen: &mut Seen) {
        let Some(parts) = parts else { return };
        let parts = match parts {
            Expr::Call(call) if call.func.is_attribute_expr() && call.arguments.args.is_empty() => {
                call.func.as_attribute_expr().map_or(parts, |method| &*method.value)
            }
            other => other,
        };
        seen.conjunctions.extend(self.answered(parts));
    }

    /// Names of functions among the parts of a conjunction of which at least two decide.
    pub(super) fn conjunction<'e>(&self, parts: impl IntoIterator<Item = &'e Expr>, seen: &mut Seen) {
        seen.conjunctions.extend(parts.into_iter().filter_map(callee));
    }

    /// A condition that asks a function: what follows hangs on its answer; `leaves` when what it does not hold for ends.
    pub(super) fn branch(&mut self, stmt: &StmtIf, leaves: bool, seen: &mut Seen) {
        if let (true, Expr::UnaryOp(not)) = (leaves, &*stmt.test)
            && not.op == UnaryOp::Not
        {
            seen.conjunctions.extend(callee(&not.operand));
        }
        if let [Stmt::If(_)] = stmt.body.as_slice() {
            seen.conjunctions.extend(callee(&stmt.test));
        }
        let asked = self.asked(&stmt.test);
        if !asked.is_empty() && self.filled.len() < CONTAINERS_MAX {
            let mut filled = Filled::default();
            stmt.body.iter().for_each(|statement| filled.visit_stmt(statement));
            filled.0.into_iter().for_each(|container| self.filled.entry(container).or_default().extend(asked.clone()));
        }
        // Who fills a list with others decides nothing by itself.
        let alone = self.filled.values().filter(|callees| callees.len() == 1).flatten();
        let shared: BTreeSet<&String> = self.filled.values().filter(|callees| callees.len() > 1).flatten().collect();
        seen.asked = alone.filter(|callee| !shared.contains(callee)).cloned().collect();
    }

    /// The function whose answer a condition is: `a(d)`, `found`, `found is not None`, `found['pass']`, `len(found) > 0`.
    fn asked(&self, test: &Expr) -> BTreeSet<String> {
        match test {
            Expr::Compare(compare) => match &*compare.left {
                Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "len") => {
                    call.arguments.args.first().map(|first| self.answered(first)).unwrap_or_default()
                }
                left if compare.comparators.iter().all(Expr::is_literal_expr) => self.answered(left),
                _ => BTreeSet::new(),
            },
            Expr::Subscript(subscript) => self.answered(&subscript.value),
            Expr::Attribute(attribute) => self.answered(&attribute.value),
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) if method.value.is_name_expr() => {
                    let held = self.answered(&method.value);
                    if held.is_empty() { self.answered(test) } else { held }
                }
                _ => self.answered(test),
            },
            Expr::UnaryOp(not) if not.op == UnaryOp::Not => match &*not.operand {
                // `if not found.empty:`
                Expr::Attribute(attribute) => self.answered(&attribute.value),
                _ => BTreeSet::new(),
            },
            Expr::Name(name) => {
                let part = self.held_in_part.get(name.id.as_str()).cloned();
                part.unwrap_or_else(|| self.answered(test))
            }
            other => self.answered(other),
        }
    }

    /// Functions whose answers a value holds: a call, a name of such a one, a list or dict of these.
    fn answered(&self, value: &Expr) -> BTreeSet<String> {
        let one = |value: &Expr| -> BTreeSet<String> {
            match value {
                Expr::Name(name) => self.held.get(name.id.as_str()).cloned().unwrap_or_default(),
                Expr::Await(inner) => callee(&inner.value).into_iter().collect(),
                other => callee(other).into_iter().collect(),
            }
        };
        match value {
            Expr::List(list) => list.elts.iter().flat_map(one).collect(),
            Expr::Tuple(tuple) => tuple.elts.iter().flat_map(one).collect(),
            Expr::Dict(dict) => dict.items.iter().flat_map(|item| one(&item.value)).collect(),
            other => one(other),
        }
    }
}

/// Names of containers that statements put something into.
#[derive(Default)]
struct Filled(BTreeSet<String>);

impl<'a> Visitor<'a> for Filled {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression
            && let Expr::Attribute(method) = &*call.func
            && matches!(method.attr.as_str(), "append" | "extend" | "add")
        {
            let label = call.arguments.args.first().map(label).unwrap_or_default();
            self.0.extend(container(&method.value).map(|name| format!("{name} {label}")));
        }
        walk_expr(self, expression);
    }
}

/// The text that tells what is put in from what others put there: `(symbol, 'gap')`, `{'setup': 'gap'}`.
fn label(value: &Expr) -> String {
    let text = |part: &Expr| part.as_string_literal_expr().map(|text| text.value.to_str().to_owned());
    match value {
        Expr::Tuple(tuple) => tuple.elts.iter().filter_map(text).collect(),
        Expr::List(list) => list.elts.iter().filter_map(text).collect(),
        Expr::Dict(dict) => dict.items.iter().filter_map(|item| text(&item.value)).collect(),
        other => text(other).unwrap_or_default(),
    }
}

/// `rows`, `self.rows`, `out['gap']`: each key is a container of its own.
fn container(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => Some(format!(".{}", attribute.attr)),
        Expr::Subscript(subscript) => match &*subscript.slice {
            Expr::StringLiteral(key) => Some(format!("['{}']", key.value.to_str())),
            _ => None,
        },
        _ => None,
    }
}

/// The function or method a condition asks: `a(d)`, `self.a(d)`.
pub(super) fn callee(expression: &Expr) -> Option<String> {
    let Expr::Call(call) = expression else { return None };
    match &*call.func {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => Some(attribute.attr.to_string()),
        _ => None,
    }
}
