//! Flag columns in all the ways they are set: `df['x'] = …`, `df.x = …`, `df.loc[mask, 'x'] = 1`, `df.assign(x=…)`.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Expr, Stmt, StmtAssign};
use ruff_text_size::{Ranged, TextRange};

use super::mask;
use super::seen::Eye;
use super::structure::{Unit, UnitKind};

/// The flag columns a statement sets; `masks` are the names that hold conditions there.
pub(super) fn of_statement(statement: &StmtAssign, masks: &BTreeSet<String>) -> Vec<Unit> {
    let [target] = statement.targets.as_slice() else { return Vec::new() };
    match target {
        Expr::Subscript(subscript) => of_subscript(subscript, statement, masks).into_iter().collect(),
        Expr::Name(_) => of_assign(statement, masks),
        _ => Vec::new(),
    }
}

fn of_subscript(
    target: &ruff_python_ast::ExprSubscript,
    statement: &StmtAssign,
    masks: &BTreeSet<String>,
) -> Option<Unit> {
    match &*target.slice {
        Expr::StringLiteral(column) if mask::is_condition(&statement.value, masks) => {
            Some(unit(statement.range(), statement.range(), column.value.to_str(), &[&statement.value]))
        }
        // `df.loc[mask, 'x'] = 1`
        Expr::Tuple(key) => match key.elts.as_slice() {
            [condition, Expr::StringLiteral(column)]
                if mask::is_condition(condition, masks) && is_mark(&statement.value) =>
            {
                Some(unit(statement.range(), statement.range(), column.value.to_str(), &[condition]))
            }
            _ => None,
        },
        _ => None,
    }
}

/// What a flag is set to: a number or a truth; text is a label.
fn is_mark(value: &Expr) -> bool {
    matches!(value, Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::StringLiteral(_))
}

/// `df = df.assign(x=…, y=…)`: one flag has the statement, several have their arguments.
fn of_assign(statement: &StmtAssign, masks: &BTreeSet<String>) -> Vec<Unit> {
    let Expr::Call(call) = &*statement.value else { return Vec::new() };
    if !matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "assign") {
        return Vec::new();
    }
    let condition = |value: &Expr| match value {
        Expr::Lambda(lambda) => mask::is_condition(&lambda.body, masks),
        other => mask::is_condition(other, masks),
    };
    let flags: Vec<_> = call.arguments.keywords.iter().filter(|keyword| condition(&keyword.value)).collect();
    let alone = flags.len() == 1 && call.arguments.keywords.len() == 1;
    let of = |keyword: &&ruff_python_ast::Keyword| {
        let name = keyword.arg.as_ref()?;
        let range = if alone { statement.range() } else { keyword.range() };
        Some(unit(keyword.range(), range, name.as_str(), &[&keyword.value]))
    };
    flags.iter().filter_map(of).collect()
}

fn unit(at: TextRange, range: TextRange, name: &str, conditions: &[&Expr]) -> Unit {
    let mut eye = Eye::default();
    conditions.iter().for_each(|condition| eye.visit_expr(condition));
    Unit { id: at.start().to_u32(), ..Unit::new(range, UnitKind::Column, name, eye) }
}

/// Gives flags whose condition stands in statements right before them those lines, too.
pub(super) fn reach_back(body: &[Stmt], units: &mut [Unit]) {
    let is_bare = |unit: &&mut Unit| unit.kind == UnitKind::Column && unit.seen.comparisons == 0;
    for flag in units.iter_mut().filter(is_bare) {
        let Some(at) = body.iter().position(|statement| statement.range() == flag.range) else { continue };
        let mut wanted = flag.names.clone();
        for statement in body[..at].iter().rev() {
            let Stmt::Assign(assign) = statement else { break };
            let [Expr::Name(name)] = assign.targets.as_slice() else { break };
            if !wanted.contains(name.id.as_str()) || assign.value.is_literal_expr() {
                break;
            }
            let mut eye = Eye::default();
            eye.visit_expr(&assign.value);
            if eye.seen.comparisons == 0 {
                break;
            }
            wanted.extend(eye.names);
            flag.seen.comparisons += eye.seen.comparisons;
            flag.seen.keys.extend(eye.seen.keys);
            flag.range = TextRange::new(statement.range().start(), flag.range.end());
        }
    }
}
