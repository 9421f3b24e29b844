//! Why a key that a scanner asks for is not there when it runs: the dictionary it was written for was bound again below, as
//! happens when files are pasted together.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::{Scanner, Source};
use codeproof_python::Module;

/// A dictionary that took the place of another one of the same name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Replaced {
    /// The module's name.
    pub name: String,
    /// The line of the one that has the key.
    pub line: u32,
    /// The line of the one that replaced it, and has not.
    pub by: u32,
}

/// Why `NAME[key]` of a scanner is not there, when that is because the module bound the name again.
pub fn replaced(source: &Source, scanner: &Scanner, key: &str) -> Option<Replaced> {
    let module = codeproof_python::read(&source.bytes).ok()?;
    codeproof_python::on_known_stack(|| find(&module, scanner, key))
}

fn find(module: &Module, scanner: &Scanner, key: &str) -> Option<Replaced> {
    let body = &module.parsed.syntax().body;
    let (start, end) = scanner.boundary.range;
    let mut eye = Eye { range: TextRange::new(start.into(), end.into()), key, names: Vec::new() };
    body.iter().for_each(|statement| eye.visit_stmt(statement));
    eye.names.into_iter().find_map(|name| {
        let bound: Vec<(u32, bool)> = body.iter().filter_map(|statement| binding(statement, name, key)).collect();
        let (by, has_it) = *bound.last()?;
        let (of, _) = *bound.iter().rev().find(|(_, has)| *has)?;
        let line = |at: u32| module.lines.line(at.into());
        (!has_it).then(|| Replaced { name: name.to_owned(), line: line(of), by: line(by) })
    })
}

/// Where a statement binds the name to a dictionary that is written there, and whether that has the key.
fn binding(statement: &Stmt, name: &str, key: &str) -> Option<(u32, bool)> {
    let (target, value) = match statement {
        Stmt::Assign(assign) => (assign.targets.first()?, &*assign.value),
        Stmt::AnnAssign(assign) => (&*assign.target, assign.value.as_deref()?),
        _ => return None,
    };
    let is_it = matches!(target, Expr::Name(bound) if bound.id.as_str() == name);
    let has_it = match value {
        Expr::Dict(dict) => {
            let is_key = |item: &Expr| item.as_string_literal_expr().is_some_and(|text| text.value.to_str() == key);
            // What is merged in may have it.
            dict.items.iter().any(|item| item.key.as_ref().is_none_or(is_key))
        }
        Expr::Call(call) if matches!(&*call.func, Expr::Name(function) if function.id.as_str() == "dict") => {
            let is_key = |name: Option<&str>| name.is_none_or(|name| name == key);
            !call.arguments.args.is_empty()
                || call.arguments.keywords.iter().any(|keyword| is_key(keyword.arg.as_deref()))
        }
        _ => return None,
    };
    is_it.then(|| (statement.range().start().to_u32(), has_it))
}

/// Names that are asked for the key inside a range.
struct Eye<'a, 'k> {
    range: TextRange,
    key: &'k str,
    names: Vec<&'a str>,
}

impl<'a> Visitor<'a> for Eye<'a, '_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Subscript(subscript) = expression
            && self.range.contains_range(expression.range())
            && let (Expr::Name(name), Expr::StringLiteral(key)) = (&*subscript.value, &*subscript.slice)
            && key.value.to_str() == self.key
        {
            self.names.push(name.id.as_str());
        }
        walk_expr(self, expression);
    }
}
