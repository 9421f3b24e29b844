//! Which methods a method calls on its own object: enough to tell the methods that may give a relation from all others,
//! before any is run.

use std::rc::Rc;

use crate::php::ast::{
    Argument, Block, Body, Callee, ClassReference, Expr, ExprKind, Function, Statement, StatementKind,
};

/// What the body of a method does with relations.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// Methods called on `$this`, `parent`, `self` or `static`, anywhere.
    pub(super) on_itself: Vec<Rc<str>>,
    /// Classes that objects are made of.
    pub(super) made: Vec<Rc<str>>,
    /// Whether anything is returned.
    pub(super) returns: bool,
}

/// Looks through a method's body. Nesting is bounded by what was read of the file.
pub(super) fn calls(function: &Function) -> Calls {
    let mut calls = Calls::default();
    match &function.body {
        Body::Statements(block) => calls.block(block),
        Body::Arrow(expr) => calls.expr(expr),
        Body::None => {}
    }
    calls
}

impl Calls {
    fn block(&mut self, block: &Block) {
        for statement in block.iter() {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Expression(expr) => self.expr(expr),
            StatementKind::Return(value) => {
                self.returns |= value.is_some();
                self.exprs(value);
            }
            StatementKind::If(branches, otherwise) => {
                for (condition, body) in branches {
                    self.expr(condition);
                    self.block(body);
                }
                if let Some(otherwise) = otherwise {
                    self.block(otherwise);
                }
            }
            StatementKind::Foreach { subject, body, .. } => {
                self.expr(subject);
                self.block(body);
            }
            StatementKind::Loop { body, .. } => self.block(body),
            StatementKind::Switch(subject, cases) => {
                self.expr(subject);
                for (_, body) in cases {
                    self.block(body);
                }
            }
            StatementKind::Try { body, catches, finally } => {
                for block in std::iter::once(body).chain(catches).chain(finally) {
                    self.block(block);
                }
            }
            StatementKind::Block(block) | StatementKind::Broken(block) => self.block(block),
            _ => {}
        }
    }

    fn exprs<'a>(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn arguments(&mut self, arguments: &[Argument]) {
        self.exprs(arguments.iter().map(|argument| &argument.value));
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::MethodCall(object, name, arguments) => {
                if matches!(&object.kind, ExprKind::Variable(variable) if &**variable == "this") {
                    self.call(name);
                }
                self.expr(object);
                self.arguments(arguments);
            }
            ExprKind::StaticCall(class, name, arguments) => {
                if matches!(class, ClassReference::Parent | ClassReference::Itself | ClassReference::Static) {
                    self.call(name);
                }
                self.arguments(arguments);
            }
            ExprKind::New(class, arguments) => {
                if let ClassReference::Named(name) = class {
                    self.made.push(name.clone());
                }
                self.arguments(arguments);
            }
            ExprKind::Call(callee, arguments) => {
                if let Callee::Value(callee) = callee {
                    self.expr(callee);
                }
                self.arguments(arguments);
            }
            ExprKind::Closure(function) => match &function.body {
                Body::Statements(block) => self.block(block),
                Body::Arrow(expr) => self.expr(expr),
                Body::None => {}
            },
            ExprKind::Binary(_, left, right) | ExprKind::Assign(left, right) | ExprKind::AssignWith(_, left, right) => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Not(inner) | ExprKind::Cast(_, inner) | ExprKind::Negative(inner) | ExprKind::Empty(inner) => {
                self.expr(inner);
            }
            ExprKind::Ternary(condition, then, otherwise) => {
                self.expr(condition);
                self.exprs(then.as_deref());
                self.expr(otherwise);
            }
            ExprKind::Match(subject, arms) => {
                self.expr(subject);
                self.exprs(arms.iter().map(|arm| &arm.result));
            }
            ExprKind::Array(elements) => self.exprs(elements.iter().map(|element| &element.value)),
            ExprKind::Index(base, _) | ExprKind::Property(base, _) => self.expr(base),
            _ => {}
        }
    }

    fn call(&mut self, name: &Expr) {
        if let ExprKind::Text(name) = &name.kind {
            self.on_itself.push(name.clone());
        }
    }
}
