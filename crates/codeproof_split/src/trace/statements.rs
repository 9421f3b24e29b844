//! Statements: what they bind, and which way they go.

use std::rc::Rc;

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtFor, StmtIf, StmtTry, StmtWhile};
use ruff_text_size::Ranged;

use super::Kind;
use super::machine::Machine;
use super::value::{Body, Constant, Data, Value, written};

/// Rounds of a loop over known items; registries and lists of settings are shorter.
const ROUNDS_MAX: usize = 200;

/// How a statement was left.
pub(super) enum Flow<'a> {
    Next,
    Return(Value<'a>),
    Break,
    Continue,
    Raise,
}

impl<'a> Machine<'a, '_> {
    pub(super) fn statements(&mut self, body: &'a [Stmt]) -> Flow<'a> {
        for statement in body {
            if !self.step() {
                return Flow::Next;
            }
            match self.statement(statement) {
                Flow::Next => {}
                other => return other,
            }
        }
        Flow::Next
    }

    fn statement(&mut self, statement: &'a Stmt) -> Flow<'a> {
        match statement {
            Stmt::FunctionDef(definition) => self.define_function(definition),
            Stmt::ClassDef(definition) => self.define_class(definition),
            Stmt::Return(stmt) => {
                return Flow::Return(
                    stmt.value.as_deref().map_or(Value::constant(Constant::None), |value| self.value(value)),
                );
            }
            Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) | Stmt::Delete(_) => self.assignment(statement),
            Stmt::For(stmt) => return self.for_loop(stmt),
            Stmt::While(stmt) => return self.while_loop(stmt),
            Stmt::If(stmt) => return self.condition(stmt),
            Stmt::With(stmt) => {
                for item in &stmt.items {
                    let value = self.value(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.assign(target, value);
                    }
                }
                return self.statements(&stmt.body);
            }
            Stmt::Match(stmt) => {
                self.value(&stmt.subject);
                for case in &stmt.cases {
                    let returned = self.branch(&case.body);
                    self.may_return(returned);
                }
            }
            Stmt::Raise(stmt) => {
                if let Some(value) = &stmt.exc {
                    self.value(value);
                }
                return Flow::Raise;
            }
            Stmt::Try(stmt) => return self.try_block(stmt),
            Stmt::Assert(stmt) => {
                self.value(&stmt.test);
            }
            Stmt::Import(stmt) => self.import(stmt),
            Stmt::ImportFrom(stmt) => self.import_from(stmt),
            Stmt::Global(stmt) => self.send(&stmt.names, true),
            Stmt::Nonlocal(stmt) => self.send(&stmt.names, false),
            Stmt::Expr(stmt) => {
                self.value(&stmt.value);
            }
            Stmt::Break(_) => return Flow::Break,
            Stmt::Continue(_) => return Flow::Continue,
            Stmt::TypeAlias(_) | Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
        Flow::Next
    }

    fn assignment(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(stmt) => {
                let value = self.value_of_assignment(&stmt.value, stmt.range().start().to_u32());
                let value = self.setting(stmt, value);
                for target in &stmt.targets {
                    self.assign(target, value.clone());
                }
            }
            Stmt::AnnAssign(stmt) => {
                if let Some(value) = &stmt.value {
                    let value = self.value_of_assignment(value, stmt.range().start().to_u32());
                    self.assign(&stmt.target, value);
                }
            }
            Stmt::AugAssign(stmt) => {
                let old = self.value(&stmt.target);
                let more = self.value(&stmt.value);
                let new = self.in_place(old, stmt.op, more, stmt.range());
                self.assign(&stmt.target, new);
            }
            Stmt::Delete(stmt) => {
                for target in &stmt.targets {
                    match target {
                        Expr::Name(name) => drop(self.scope().names.borrow_mut().remove(name.id.as_str())),
                        Expr::Subscript(subscript) => {
                            let (base, key) = (self.value(&subscript.value), self.value(&subscript.slice));
                            if let (Data::Dict(dict), Some(key)) = (&base.data, key.as_constant()) {
                                dict.remove(key);
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn send(&mut self, names: &'a [ruff_python_ast::Identifier], to_module: bool) {
        let scope = self.scope();
        for name in names {
            scope.elsewhere.borrow_mut().insert(name.to_string(), to_module);
        }
    }

    /// Runs while the condition is known to hold; once when it is not known, or never changes.
    fn while_loop(&mut self, stmt: &'a StmtWhile) -> Flow<'a> {
        for _ in 0..ROUNDS_MAX {
            let truth = self.value(&stmt.test).truth();
            if truth == Some(false) {
                break;
            }
            match self.statements(&stmt.body) {
                Flow::Break => return Flow::Next,
                Flow::Raise => return Flow::Raise,
                returned @ Flow::Return(_) => self.may_return(returned),
                Flow::Next | Flow::Continue => {}
            }
            if truth.is_none() || stmt.test.is_literal_expr() {
                break;
            }
        }
        self.statements(&stmt.orelse)
    }

    fn for_loop(&mut self, stmt: &'a StmtFor) -> Flow<'a> {
        let iterated = self.value(&stmt.iter);
        let items = self.items_of(&iterated).unwrap_or_else(|| vec![Value::from_all([&iterated])]);
        for item in items.into_iter().take(ROUNDS_MAX) {
            self.assign(&stmt.target, item);
            match self.statements(&stmt.body) {
                Flow::Break => break,
                Flow::Raise => return Flow::Raise,
                returned @ Flow::Return(_) => self.may_return(returned),
                Flow::Next | Flow::Continue => {}
            }
        }
        self.statements(&stmt.orelse)
    }

    fn condition(&mut self, stmt: &'a StmtIf) -> Flow<'a> {
        let mut arms: Vec<(Option<bool>, &'a [Stmt])> = Vec::new();
        let first = self.value(&stmt.test).truth();
        arms.push((first, &stmt.body));
        for clause in &stmt.elif_else_clauses {
            if arms.last().is_some_and(|(truth, _)| *truth == Some(true)) {
                break;
            }
            let truth = clause.test.as_ref().map_or(Some(true), |test| self.value(test).truth());
            arms.push((truth, &clause.body));
        }
        arms.retain(|(truth, _)| *truth != Some(false));
        match arms.as_slice() {
            [] => Flow::Next,
            [(Some(true), body)] => self.statements(body),
            _ => {
                let sure = arms.last().is_some_and(|(truth, _)| *truth == Some(true));
                let bodies: Vec<&'a [Stmt]> = arms.into_iter().map(|(_, body)| body).collect();
                self.alternatives(&bodies, sure)
            }
        }
    }

    /// Follows bodies of which one is taken (or none, unless `sure`), and joins what they bind.
    fn alternatives(&mut self, bodies: &[&'a [Stmt]], sure: bool) -> Flow<'a> {
        let mut ends = Vec::new();
        let mut went_on = !sure;
        for body in bodies {
            self.frame().journals.push(Vec::new());
            let flow = self.statements(body);
            let journal = self.frame().journals.pop().unwrap_or_default();
            let goes_on = matches!(flow, Flow::Next);
            went_on |= goes_on;
            // What was bound before a `break` counts behind the loop.
            let is_kept = goes_on || matches!(flow, Flow::Break);
            let mut bound = Vec::new();
            for (scope, name, old) in journal.into_iter().rev() {
                let new = match old {
                    Some(old) => scope.names.borrow_mut().insert(name.clone(), old),
                    None => scope.names.borrow_mut().remove(&name),
                };
                if is_kept && let Some(new) = new {
                    bound.push((scope, name, new));
                }
            }
            if is_kept {
                ends.push(bound);
            }
            self.may_return(flow);
        }
        let ways = ends.len() + usize::from(!sure);
        self.join(ends, ways);
        if went_on { Flow::Next } else { self.leave() }
    }

    /// All arms left: with what was returned on the way.
    fn leave(&mut self) -> Flow<'a> {
        match self.frame().maybe.pop() {
            Some(value) => Flow::Return(value),
            None => Flow::Continue,
        }
    }

    fn join(&mut self, ends: Vec<Vec<Bound<'a>>>, ways: usize) {
        let mut names: Vec<(Bound<'a>, Vec<Value<'a>>)> = Vec::new();
        for bound in ends {
            let mut taken: Vec<String> = Vec::new();
            for (scope, name, value) in bound {
                if taken.contains(&name) {
                    continue;
                }
                taken.push(name.clone());
                match names.iter_mut().find(|((at, known, _), _)| Rc::ptr_eq(at, &scope) && *known == name) {
                    Some((_, values)) => values.push(value),
                    None => names.push(((scope, name, value.clone()), vec![value])),
                }
            }
        }
        for ((scope, name, _), mut values) in names {
            if values.len() < ways
                && let Some(before) = scope.names.borrow().get(&name)
            {
                values.push(before.clone());
            }
            let joined = join_values(values);
            let old = scope.names.borrow_mut().insert(name.clone(), joined);
            if let Some(journal) = self.frame().journals.last_mut() {
                journal.push((scope, name, old));
            }
        }
    }

    /// A body that may not be taken.
    pub(super) fn branch(&mut self, body: &'a [Stmt]) -> Flow<'a> {
        self.statements(body)
    }

    pub(super) fn may_return(&mut self, flow: Flow<'a>) {
        if let Flow::Return(value) = flow {
            self.frame().maybe.push(value);
        }
    }

    fn try_block(&mut self, stmt: &'a StmtTry) -> Flow<'a> {
        let tried = self.statements(&stmt.body);
        for handler in &stmt.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            self.frame().journals.push(Vec::new());
            let flow = self.statements(&handler.body);
            for (scope, name, old) in self.frame().journals.pop().unwrap_or_default().into_iter().rev() {
                // A name that only the handler binds keeps that: the import that failed has bound nothing.
                // A sibling that cannot be read is not there: what the handler sets instead is used.
                let is_set = |value: &Value<'a>| value.to_json().is_some();
                let new = scope.names.borrow().get(&name).is_some_and(is_set);
                if let Some(old) = old
                    && !(new && matches!(old.data, Data::Outside(_)))
                {
                    scope.names.borrow_mut().insert(name, old);
                }
            }
            self.may_return(flow);
        }
        let after = match tried {
            Flow::Next => self.statements(&stmt.orelse),
            Flow::Raise => Flow::Next,
            other => other,
        };
        match self.statements(&stmt.finalbody) {
            Flow::Next => after,
            other => other,
        }
    }

    /// The value of `name = …`; lambdas and partials are units that begin with their statement.
    fn value_of_assignment(&mut self, value: &'a Expr, start: u32) -> Value<'a> {
        if let Expr::Lambda(lambda) = value {
            return self.function_value(
                start,
                "<lambda>",
                lambda.parameters.as_deref(),
                Body::Expression(&lambda.body),
            );
        }
        let made = self.value(value);
        let made = match (&made.data, value) {
            // What a factory made: a unit of its own that begins with the statement.
            // A function of the module that was only looked up stays what it is.
            (Data::Function(function), Expr::Call(_)) if !Rc::ptr_eq(&function.scope, &self.globals) => {
                self.wrapped(made)
            }
            _ => made,
        };
        self.variant(made, start)
    }

    pub(super) fn assign(&mut self, target: &'a Expr, value: Value<'a>) {
        match target {
            Expr::Name(name) => self.bind(name.id.as_str(), value),
            Expr::Tuple(tuple) => self.unpack(&tuple.elts, &value),
            Expr::List(list) => self.unpack(&list.elts, &value),
            Expr::Starred(starred) => self.assign(&starred.value, Value::from_all([&value])),
            Expr::Attribute(attribute) => {
                let base = self.value(&attribute.value);
                self.set_attribute(&base, attribute.attr.as_str(), value);
            }
            Expr::Subscript(subscript) => {
                let base = self.value(&subscript.value);
                let key = self.value(&subscript.slice);
                self.set_item(&base, &key, value, target);
            }
            _ => {}
        }
    }

    fn unpack(&mut self, targets: &'a [Expr], value: &Value<'a>) {
        if let Some(star) = targets.iter().position(Expr::is_starred_expr)
            && let Some(mut items) = self.items_of(value).filter(|items| items.len() + 1 >= targets.len())
        {
            let rest = items.len() + 1 - targets.len();
            let middle: Vec<Value<'a>> = items.drain(star..star + rest).collect();
            items.insert(star, Value::list(middle));
            for (target, item) in targets.iter().zip(items) {
                match target {
                    Expr::Starred(starred) => self.assign(&starred.value, item),
                    target => self.assign(target, item),
                }
            }
            return;
        }
        let items = self.items_of(value).filter(|items| items.len() == targets.len());
        for (at, target) in targets.iter().enumerate() {
            let item = items.as_ref().and_then(|items| items.get(at)).cloned();
            self.assign(target, item.unwrap_or_else(|| Value::from_all([value])));
        }
    }

    fn set_item(&mut self, base: &Value<'a>, key: &Value<'a>, value: Value<'a>, target: &'a Expr) {
        match (&base.data, key.as_constant()) {
            (Data::Dict(dict), Some(key)) => {
                let label = dict.label.borrow().clone().unwrap_or_default();
                let name = format!("{label}.{}", key.to_key());
                let value = super::machine::named(value, &name, Kind::Dict);
                if !label.is_empty() {
                    self.note_binding(label.split('.').next().unwrap_or_default());
                }
                dict.set(key.clone(), value);
            }
            (Data::Dict(dict), None) => dict.set_somewhere(value),
            (Data::Globals, Some(Constant::Text(name))) => self.bind_global(name, value),
            (Data::List(items), Some(Constant::Int(at))) => {
                let at = usize::try_from(*at).unwrap_or(usize::MAX);
                if let Some(item) = items.borrow_mut().get_mut(at) {
                    *item = value;
                }
            }
            (Data::Opaque(cell), Some(Constant::Text(_))) => {
                // A column: whoever reads the frame later reads what this statement wrote.
                cell.borrow_mut().insert(range_start(target));
                let tags = value.all_tags();
                cell.borrow_mut().extend(tags);
            }
            (Data::Opaque(cell), _) => {
                let tags = value.all_tags();
                cell.borrow_mut().extend(tags);
            }
            _ => {}
        }
    }

    pub(super) fn literal(&self, constant: Constant, node: &impl Ranged) -> Value<'a> {
        Value::constant(constant).at(written(node.range()))
    }
}

type Bound<'a> = (Rc<super::value::Scope<'a>>, String, Value<'a>);

fn range_start(target: &Expr) -> u32 {
    target.range().start().to_u32()
}

/// One value when all are the same constant; else something unknown that holds all their results.
fn join_values<'a>(mut values: Vec<Value<'a>>) -> Value<'a> {
    let first = values.first().and_then(Value::to_json);
    let same = first.is_some() && values.iter().all(|value| value.to_json() == first);
    match values.len() {
        1 => values.remove(0),
        _ if same => values.remove(0),
        _ => Value::from_all(&values),
    }
}
