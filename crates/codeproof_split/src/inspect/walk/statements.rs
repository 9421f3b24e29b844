//! Statements: what they bind, and which of them run at all.

use std::collections::HashMap;
use std::rc::Rc;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{
    ExceptHandler, Expr, Stmt, StmtClassDef, StmtFor, StmtFunctionDef, StmtIf, StmtImport, StmtImportFrom, StmtTry,
    StmtWhile,
};
use ruff_text_size::Ranged;

use super::super::compute;
use super::super::rules::{self, Verdict, credential, stores};
use super::super::value::{Arguments, Origins, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::scope::Frame;
use super::{Body, Class, Walk};

/// Rounds of a loop over known elements that are read one by one: a text built letter by letter.
const ROUNDS_MAX: usize = 512;

/// Elements of a list or dictionary that are known while it grows.
const ELEMENTS_MAX: usize = 256;

/// Statements in the body of such a loop.
const ROUND_STATEMENTS_MAX: usize = 4;

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

    /// `target = value` for every kind of target.
    pub(super) fn assign(&mut self, target: &'a Expr, value: Value) {
        let name = match target {
            Expr::Name(name) => Some(name.id.as_str()),
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            _ => None,
        };
        if let Some(verdict) = name.and_then(|name| credential::held(name, &value)) {
            self.report(target.range(), verdict);
        }
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), value),
            Expr::Starred(starred) => self.assign(&starred.value, value),
            Expr::Tuple(tuple) => self.assign_each(&tuple.elts, &value),
            Expr::List(list) => self.assign_each(&list.elts, &value),
            Expr::Attribute(attribute) => {
                let owner = self.value(&attribute.value);
                self.assign_attribute(&owner, attribute.attr.as_str(), value, target);
            }
            Expr::Subscript(subscript) => {
                let owner = self.value(&subscript.value);
                let key = self.value(&subscript.slice);
                self.assign_item(subscript, &owner, key, value);
            }
            _ => {
                self.value(target);
            }
        }
    }

    fn assign_each(&mut self, targets: &'a [Expr], value: &Value) {
        let starred = targets.iter().any(Expr::is_starred_expr);
        for (at, target) in targets.iter().enumerate() {
            let parts = value.alternatives().iter().map(|single| match &single.shape {
                Shape::List(values) if !starred && values.len() == targets.len() => values[at].clone(),
                _ => single.element(),
            });
            let part = Value::choice(parts.collect::<Vec<_>>());
            self.assign(target, part);
        }
    }

    fn assign_attribute(&mut self, owner: &Value, name: &'a str, value: Value, target: &'a Expr) {
        for single in owner.alternatives() {
            match &single.shape {
                Shape::Instance(class) | Shape::Class(class) => {
                    let attributes = &mut self.classes[*class].attributes;
                    let value = match attributes.remove(name) {
                        Some(old) => Value::choice([old, value.clone()]),
                        None => value.clone(),
                    };
                    attributes.insert(name.to_owned(), value);
                }
                Shape::Name(path) => {
                    if let Some(verdict) = stores::attribute(path, name, &value) {
                        self.report(target.range(), verdict);
                    }
                }
                Shape::Object(..) | Shape::Unknown if name == "verify" && value.truth() == Some(false) => {
                    let why = "switches off TLS checks for a session";
                    self.report(
                        target.range(),
                        Verdict::new(ThreatType::ApiAbuse, Level::Medium, why, "leave the checks on"),
                    );
                }
                Shape::Function(..) if name == "__code__" => self.report(
                    target.range(),
                    Verdict::new(
                        ThreatType::MaliciousCode,
                        Level::Critical,
                        "replaces the code of a function",
                        "write the function you want to run",
                    ),
                ),
                _ => {}
            }
        }
    }

    fn assign_item(&mut self, subscript: &'a ruff_python_ast::ExprSubscript, owner: &Value, key: Value, value: Value) {
        for single in owner.alternatives() {
            if let Shape::Name(path) = &single.shape
                && let Some(verdict) = stores::item(path, &key, &value)
            {
                self.report(subscript.range(), verdict);
            }
        }
        if let Expr::Name(name) = &*subscript.value {
            self.add_to(name.id.as_str(), owner, Some(key), value);
        }
    }

    /// Something more in a container that has a name.
    pub(super) fn add_to(&mut self, name: &'a str, container: &Value, key: Option<Value>, value: Value) {
        let origins = container.origins.with(value.origins);
        let shape = match (&container.shape, key) {
            (Shape::Dictionary(items), Some(key)) => Shape::Dictionary(grown(items, (key, value.clone()), &value)),
            (Shape::List(values), None) => Shape::List(grown(values, value.clone(), &value)),
            (shape, _) => shape.clone(),
        };
        if self.is_bound(name) {
            self.rebind(name, Some(Value { shape, origins }));
        }
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

    fn repeat(&mut self, repeat: &'a StmtFor) {
        let over = self.value(&repeat.iter);
        let elements = over.elements();
        let unrolls = !elements.is_empty()
            && elements.len() <= ROUNDS_MAX
            && repeat.body.len() <= ROUND_STATEMENTS_MAX
            && elements.iter().all(|element| element.is_constant() || element.is_callable())
            && self.may_repeat(elements.len());
        let rounds_before = self.rounds;
        self.rounds = rounds_before.saturating_mul(rounds_of(&over));
        self.loops.push(is_endless_iterable(&over));
        if unrolls {
            for element in elements {
                self.assign(&repeat.target, element.from(over.origins));
                self.block(&repeat.body);
                if self.is_spent() {
                    break;
                }
            }
        } else {
            self.assign(&repeat.target, over.element());
            self.perhaps(|walk| {
                walk.block(&repeat.body);
            });
        }
        self.loops.pop();
        self.rounds = rounds_before;
        self.perhaps(|walk| {
            walk.block(&repeat.orelse);
        });
    }

    fn repeat_while(&mut self, repeat: &'a StmtWhile) {
        if is_literally_false(&repeat.test) {
            return;
        }
        let test = self.value(&repeat.test);
        let endless = test.truth() == Some(true);
        let before = self.circumstances;
        self.circumstances = before.with(test.origins);
        self.loops.push(endless);
        self.perhaps(|walk| {
            walk.block(&repeat.body);
        });
        self.loops.pop();
        self.circumstances = before;
        if endless && let Some(verdict) = rules::endless(&LoopBody::of(&repeat.body)) {
            self.report(repeat.test.range(), verdict);
        }
        self.perhaps(|walk| {
            walk.block(&repeat.orelse);
        });
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

/// A container with one more element. A full one takes only functions: a harmful one must not get lost in a crowd.
fn grown<Element: Clone>(elements: &[Element], added: Element, value: &Value) -> Rc<[Element]> {
    let kept = match elements.len() < ELEMENTS_MAX {
        true => elements,
        false if value.is_callable() => &elements[1..],
        false => return elements.into(),
    };
    kept.iter().cloned().chain([added]).collect()
}

/// What stands in a loop that never ends by itself.
#[derive(Default)]
pub(in super::super) struct LoopBody {
    /// A way out, or a pause.
    pub(in super::super) ends_or_waits: bool,
    /// Any call.
    pub(in super::super) calls: bool,
    /// Something that grows.
    pub(in super::super) grows: bool,
}

impl LoopBody {
    fn of(body: &[Stmt]) -> Self {
        let mut seen = Self::default();
        seen.visit_body(body);
        seen
    }
}

impl<'a> Visitor<'a> for LoopBody {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::Break(_) | Stmt::Return(_) | Stmt::Raise(_) => self.ends_or_waits = true,
            Stmt::AugAssign(_) => self.grows = true,
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) => self.ends_or_waits = true,
            Expr::Call(call) => {
                self.calls = true;
                let name = match &*call.func {
                    Expr::Attribute(attribute) => attribute.attr.as_str(),
                    Expr::Name(name) => name.id.as_str(),
                    _ => "",
                };
                self.ends_or_waits |= matches!(
                    name,
                    "sleep"
                        | "wait"
                        | "join"
                        | "get"
                        | "recv"
                        | "accept"
                        | "exit"
                        | "_exit"
                        | "input"
                        | "run_pending"
                        | "select"
                        | "next"
                        | "readline"
                        | "read"
                        | "poll"
                );
                self.grows |= matches!(name, "append" | "extend" | "add" | "bytearray" | "insert");
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

fn is_literally_false(test: &Expr) -> bool {
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

/// How often a loop over this runs, as far as it is counted.
fn rounds_of(over: &Value) -> i64 {
    let bounds = match &over.shape {
        Shape::List(values) => return i64::try_from(values.len()).unwrap_or(i64::MAX).max(1),
        Shape::Object(class, arguments) if &**class == "builtins.range" => &arguments.positional,
        _ => return 1,
    };
    let numbers: Vec<i64> = bounds.iter().filter_map(Value::as_integer).collect();
    match *numbers {
        [stop] => stop.max(1),
        [start, stop, ..] => stop.saturating_sub(start).max(1),
        [] => 1,
    }
}

/// `iter(int, 1)`, `itertools.count()`, `itertools.cycle(…)`.
fn is_endless_iterable(over: &Value) -> bool {
    matches!(&over.shape, Shape::Object(class, _) if matches!(&**class, "itertools.count" | "itertools.cycle" | "itertools.repeat"))
}
