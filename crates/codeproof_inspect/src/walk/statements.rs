//! Statements: what they bind, and which of them run at all.

use std::collections::HashMap;
use std::rc::Rc;

use ruff_python_ast::{
    ExceptHandler, Expr, Stmt, StmtClassDef, StmtFunctionDef, StmtIf, StmtImport, StmtImportFrom, StmtTry,
};
use ruff_text_size::Ranged;

use super::super::compute;
use super::super::value::{Arguments, Origins, Shape, Value};
use super::scope::Frame;
use super::{Body, Class, Walk};

impl<'a> Walk<'a> {
    /// Reads statements in order; true when what follows them is never reached.
    pub(super) fn block(&mut self, statements: &'a [Stmt]) -> bool {
        let before = self.circumstances;
        let ended = statements.iter().any(|statement| self.statement(statement));
        self.circumstances = before;
        ended
    }

    fn statement(&mut self, statement: &'a Stmt) -> bool {
        match statement {
            Stmt::Expr(expression) => {
                self.value(&expression.value);
            }
            Stmt::Assign(assign) => {
                let value = self.value(&assign.value);
                for target in &assign.targets {
                    self.assign(target, value.clone());
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    let value = self.value(value);
                    self.assign(&assign.target, value);
                }
            }
            Stmt::AugAssign(assign) => {
                let old = self.value(&assign.target);
                let added = self.value(&assign.value);
                let value = compute::operation(&old, assign.op, &added);
                self.assign(&assign.target, value);
            }
            Stmt::FunctionDef(definition) => self.definition(definition),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Return(result) => {
                let value = result.value.as_deref().map(|value| self.value(value)).unwrap_or_default();
                self.frame_mut().returned.push(value);
                return true;
            }
            Stmt::If(condition) => return self.condition(condition),
            Stmt::For(repeat) => self.repeat(repeat),
            Stmt::While(repeat) => self.repeat_while(repeat),
            Stmt::With(with) => {
                for item in &with.items {
                    let value = self.value(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.assign(target, value);
                    }
                }
                return self.block(&with.body);
            }
            Stmt::Try(attempt) => return self.attempt(attempt),
            Stmt::Match(choice) => {
                self.value(&choice.subject);
                for case in &choice.cases {
                    self.perhaps(|walk| {
                        if let Some(guard) = &case.guard {
                            walk.value(guard);
                        }
                        walk.block(&case.body);
                    });
                }
            }
            Stmt::Raise(raise) => {
                for part in [&raise.exc, &raise.cause].into_iter().flatten() {
                    self.value(part);
                }
                return true;
            }
            Stmt::Assert(assertion) => {
                self.value(&assertion.test);
                if let Some(message) = &assertion.msg {
                    self.value(message);
                }
            }
            Stmt::Global(global) => {
                for name in &global.names {
                    self.frame_mut().global.insert(name.as_str());
                }
            }
            Stmt::Break(_) | Stmt::Continue(_) => return true,
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    if !target.is_name_expr() {
                        self.value(target);
                    }
                }
            }
            Stmt::IpyEscapeCommand(command) => {
                let arguments = Arguments { positional: vec![Value::text(&*command.value)], named: Vec::new() };
                self.call(&Value::name("os.system"), &arguments, command.range());
            }
            Stmt::TypeAlias(_) | Stmt::Nonlocal(_) | Stmt::Pass(_) => {}
        }
        false
    }

    fn condition(&mut self, condition: &'a StmtIf) -> bool {
        let test = self.value(&condition.test);
        // What every run does is not conditional: `if __name__ == '__main__':`.
        if is_main(&condition.test) {
            return self.block(&condition.body);
        }
        let before = self.circumstances;
        self.circumstances = before.with(test.origins);
        let mut ended = Vec::new();
        if !is_literally_false(&condition.test) {
            self.perhaps(|walk| ended.push(walk.block(&condition.body)));
        }
        let mut origins = test.origins;
        let mut exhaustive = false;
        for clause in &condition.elif_else_clauses {
            if let Some(test) = &clause.test {
                origins = origins.with(self.value(test).origins);
            }
            exhaustive |= clause.test.is_none();
            self.circumstances = before.with(origins);
            self.perhaps(|walk| ended.push(walk.block(&clause.body)));
        }
        // `if date.today() < …: return`: what follows hangs on it too.
        self.circumstances = if ended.contains(&true) { before.with(origins) } else { before };
        exhaustive && !ended.contains(&false) && !is_literally_false(&condition.test)
    }

    fn attempt(&mut self, attempt: &'a StmtTry) -> bool {
        let mut ended = false;
        self.perhaps(|walk| ended = walk.block(&attempt.body));
        for handler in &attempt.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            self.perhaps(|walk| {
                ended &= walk.block(&handler.body);
            });
        }
        self.perhaps(|walk| {
            walk.block(&attempt.orelse);
        });
        self.block(&attempt.finalbody) || ended
    }

    fn definition(&mut self, definition: &'a StmtFunctionDef) {
        let name = definition.name.as_str();
        let decorators: Vec<Value> = definition.decorator_list.iter().map(|one| self.value(&one.expression)).collect();
        let body = Body::Statements(&definition.body, definition.range());
        let function = self.function(name, Some(&definition.parameters), body);
        let mut bound = function.clone();
        for (decorator, node) in decorators.iter().zip(&definition.decorator_list).rev() {
            let given = Arguments { positional: vec![bound.clone()], named: Vec::new() };
            let made = self.call(decorator, &given, node.range());
            let replaced = matches!(made.shape, Shape::Function(..) | Shape::Instance(_) | Shape::Partial(..));
            bound = if replaced { Value::choice([made, function.clone()]) } else { function.clone() };
        }
        self.bind(name, bound);
    }

    fn class(&mut self, class: &'a StmtClassDef) {
        let given = class.arguments.as_deref().map(|arguments| self.arguments(arguments)).unwrap_or_default();
        let decorators: Vec<Value> = class.decorator_list.iter().map(|one| self.value(&one.expression)).collect();
        let captured = Rc::new(self.visible_names());
        self.frames.push(Frame { captured, ..Frame::default() });
        let first = self.functions.len();
        self.block(&class.body);
        let members = self.frames.pop().map(|frame| frame.bindings).unwrap_or_default();
        let id = self.classes.len();
        for value in members.values() {
            for single in value.alternatives() {
                if let Shape::Function(function, _) = single.shape
                    && function >= first
                {
                    self.functions[function].class = Some(id);
                }
            }
        }
        for (name, member) in members.iter().filter(|(_, member)| matches!(member.shape, Shape::Name(_))) {
            self.judge_member(name, member, class.name.range());
        }
        self.classes.push(Class { bases: given.positional, members, attributes: HashMap::new() });
        let value = Value { shape: Shape::Class(id), origins: Origins::NONE };
        for (decorator, node) in decorators.iter().zip(&class.decorator_list).rev() {
            let given = Arguments { positional: vec![value.clone()], named: Vec::new() };
            self.call(decorator, &given, node.range());
        }
        self.bind(class.name.as_str(), value);
    }

    /// Names that an inner function or class sees besides the module's.
    pub(super) fn visible_names(&self) -> HashMap<&'a str, Value> {
        if self.frames.len() == 1 {
            return HashMap::new();
        }
        let frame = self.frame();
        let mut names = (*frame.captured).clone();
        names.extend(frame.bindings.iter().map(|(name, value)| (*name, value.clone())));
        names
    }

    fn import(&mut self, import: &'a StmtImport) {
        for alias in &import.names {
            let path = alias.name.as_str();
            match &alias.asname {
                Some(name) => {
                    let value = self.named(path, Origins::NONE);
                    self.bind(name.as_str(), value);
                }
                None => {
                    let root = path.split('.').next().unwrap_or(path);
                    self.bind(root, Value::name(root));
                }
            }
        }
    }

    fn import_from(&mut self, import: &'a StmtImportFrom) {
        let module = import.module.as_ref().map(|module| module.as_str()).unwrap_or_default();
        for alias in &import.names {
            let name = alias.name.as_str();
            if name == "*" {
                self.starred.push(module.into());
                continue;
            }
            let value = match import.level {
                0 => self.named(&format!("{module}.{name}"), Origins::NONE),
                _ => Value::default(),
            };
            self.bind(alias.asname.as_ref().map_or(name, |name| name.as_str()), value);
        }
    }
}

pub(super) fn is_literally_false(test: &Expr) -> bool {
    match test {
        Expr::BooleanLiteral(literal) => !literal.value,
        Expr::NumberLiteral(number) => {
            matches!(&number.value, ruff_python_ast::Number::Int(number) if number.as_i64() == Some(0))
        }
        Expr::NoneLiteral(_) => true,
        Expr::StringLiteral(text) => text.value.is_empty(),
        Expr::BoolOp(both) if both.op == ruff_python_ast::BoolOp::And => both.values.iter().any(is_literally_false),
        _ => false,
    }
}

fn is_main(test: &Expr) -> bool {
    matches!(test, Expr::Compare(compare) if matches!(&*compare.left, Expr::Name(name) if name.id.as_str() == "__name__"))
}
