//! The last look at a slice, whatever was thought before: a name that it reads, that the original binds, and that nothing in
//! the slice binds was lost on the way.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Alias, ExceptHandler, Expr, ExprContext, Parameter, Pattern, Stmt};

/// The first name that is lost; scopes are not told apart.
pub(crate) fn lost(original: &[Stmt], slice: &[Stmt]) -> Option<String> {
    let (original, slice) = (Names::of(original), Names::of(slice));
    let is_lost = |name: &&&str| original.bound.contains(**name) && !slice.bound.contains(**name);
    slice.read.iter().find(is_lost).map(|name| (*name).to_owned())
}

#[derive(Default)]
struct Names<'a> {
    bound: BTreeSet<&'a str>,
    read: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    fn of(body: &'a [Stmt]) -> Self {
        let mut names = Self::default();
        body.iter().for_each(|statement| names.visit_stmt(statement));
        names
    }
}

impl<'a> Visitor<'a> for Names<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(definition) => drop(self.bound.insert(definition.name.as_str())),
            Stmt::ClassDef(definition) => drop(self.bound.insert(definition.name.as_str())),
            _ => {}
        }
        visitor::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Name(name) = expression {
            let names = if name.ctx == ExprContext::Load { &mut self.read } else { &mut self.bound };
            names.insert(name.id.as_str());
        }
        // `globals()['NAME'] = value`
        if let Expr::Subscript(subscript) = expression
            && subscript.ctx == ExprContext::Store
            && let (Expr::Call(call), Expr::StringLiteral(key)) = (&*subscript.value, &*subscript.slice)
            && matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "globals")
        {
            self.bound.insert(key.value.to_str());
        }
        visitor::walk_expr(self, expression);
    }

    fn visit_alias(&mut self, alias: &'a Alias) {
        let whole = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
        self.bound.insert(whole.split('.').next().unwrap_or(whole));
    }

    fn visit_parameter(&mut self, parameter: &'a Parameter) {
        self.bound.insert(parameter.name.as_str());
        visitor::walk_parameter(self, parameter);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(caught) = handler;
        self.bound.extend(caught.name.as_ref().map(|name| name.as_str()));
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(matched) => matched.name.as_ref(),
            Pattern::MatchStar(matched) => matched.name.as_ref(),
            Pattern::MatchMapping(matched) => matched.rest.as_ref(),
            _ => None,
        };
        self.bound.extend(name.map(|name| name.as_str()));
        visitor::walk_pattern(self, pattern);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(original: &str, slice: &str, expected: Option<&str>) {
        let read =
            |text: &str| codeproof_python::read(text.as_bytes()).expect("the text is Python").parsed.into_syntax().body;
        assert_eq!(lost(&read(original), &read(slice)).as_deref(), expected);
    }

    #[test]
    fn what_only_the_original_binds_is_lost() {
        let original = "import a.b\nFLOOR = 1\ndef f(x):\n    return x > FLOOR, a, len\n";
        check(original, "def f(x):\n    return x > FLOOR\n", Some("FLOOR"));
        check(original, "def f(x):\n    return x > 1, a\n", Some("a"));
        check(original, "import a.b as a\ndef f(x):\n    return len(x), unknown\n", None);
        check(original, original, None);
        let set = "globals()['FLOOR'] = 2\nprint(FLOOR)\n";
        check(&format!("FLOOR = 1\n{set}"), set, None);
        let caught =
            "try:\n    pass\nexcept ValueError as e:\n    e\nmatch q:\n    case [y, *rest]:\n        y, rest\n";
        check(caught, caught, None);
    }
}
