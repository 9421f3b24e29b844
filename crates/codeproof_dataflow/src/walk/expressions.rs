//! Expressions.

use std::sync::Arc;

use super::{Frame, State, Walker};
use crate::ir::{BinaryOp, BodyId, Collection, CompareOp, Comprehension, Constant, Expr, ExprId, Place, UnaryOp};
use crate::value::{BodyRef, Cell, CellKind, Chars, Facts, Key, Kind, Label, Move, Reason, Traits, Value, add_label};

impl<'p> Walker<'p> {
    /// The value of an expression; what it does happens to `state`.
    pub(super) fn eval(&mut self, frame: &mut Frame<'p>, state: &mut State, expr: ExprId) -> Value {
        if !self.step() || state.is_dead {
            return Value::unknown();
        }
        let body = frame.body;
        match body.expr(expr) {
            Expr::Unknown(operands) => {
                let values = self.eval_all(frame, state, operands);
                self.mixed(state, &values)
            }
            Expr::Constant(constant) => Value::constant(constant.clone()),
            Expr::Local(local) => {
                let value = self.local(frame, state, *local);
                if self.probe.is_some() {
                    let name = frame.name_of(*local);
                    return self.probed(frame, state, value, name, body.bytes_of(expr));
                }
                self.read(frame, state, value, expr)
            }
            Expr::Outer(outer, local) => {
                let value = self.outer(frame, state, *outer, *local);
                self.read(frame, state, value, expr)
            }
            Expr::Global(name) => {
                let sym = frame.file.sym(*name);
                self.global(frame, state, sym, expr)
            }
            Expr::Attribute(object, name) => {
                let object = self.eval(frame, state, *object);
                let sym = frame.file.sym(*name);
                self.member(frame, state, &object, sym, expr)
            }
            Expr::DynamicAttribute(object, name) => {
                let object = self.eval(frame, state, *object);
                let name = self.eval(frame, state, *name);
                let sym = name.as_str().and_then(|name| self.program.names.get(name));
                match sym {
                    Some(sym) => self.member(frame, state, &object, sym, expr),
                    None => self.mixed(state, &[object, name]),
                }
            }
            Expr::Index(object, index) => {
                let object = self.eval(frame, state, *object);
                let index = self.eval(frame, state, *index);
                self.item(frame, state, &object, &index, expr)
            }
            Expr::Slice(object, start, stop) => {
                let value = self.eval(frame, state, *object);
                let start = start.map(|start| self.eval(frame, state, start));
                let stop = stop.map(|stop| self.eval(frame, state, stop));
                self.slice(state, &value, start.as_ref(), stop.as_ref())
            }
            Expr::Call(callee, arguments) => self.call(frame, state, expr, *callee, arguments),
            Expr::New(class, arguments) => self.new_object(frame, state, expr, *class, arguments),
            Expr::Text(parts) => {
                let values = self.eval_all(frame, state, parts);
                self.text(frame, state, &values, expr)
            }
            Expr::Chain(op, operands) => {
                let values = self.eval_all(frame, state, operands);
                self.chain(frame, state, *op, &values, expr)
            }
            Expr::Binary(op, left, right) => {
                let left = self.eval(frame, state, *left);
                let right = self.eval(frame, state, *right);
                self.chain(frame, state, *op, &[left, right], expr)
            }
            Expr::Unary(op, operand) => {
                let value = self.eval(frame, state, *operand);
                if *op == UnaryOp::Not {
                    self.decides(&value);
                }
                self.unary(state, *op, &value)
            }
            Expr::Compare(op, left, right) => {
                let left = self.eval(frame, state, *left);
                let right = self.eval(frame, state, *right);
                match self.compare(state, *op, &left, &right) {
                    Some(outcome) => Value::bool(outcome),
                    None => {
                        self.decides(&left);
                        self.decides(&right);
                        Value::of(Kind::Number)
                    }
                }
            }
            Expr::And(operands) => self.short_circuit(frame, state, operands, false),
            Expr::Or(operands) => self.short_circuit(frame, state, operands, true),
            Expr::Conditional(test, then, otherwise) => self.conditional(frame, state, *test, *then, *otherwise),
            Expr::Coalesce(left, right) => {
                let first = self.eval(frame, state, *left);
                match first.as_constant() {
                    Some(Constant::None) => self.eval(frame, state, *right),
                    Some(_) => first,
                    None => {
                        let second = self.eval(frame, state, *right);
                        first.join(&second)
                    }
                }
            }
            Expr::List(items) => self.list(frame, state, items, CellKind::List),
            Expr::Tuple(items) => self.list(frame, state, items, CellKind::List),
            Expr::Set(items) => self.list(frame, state, items, CellKind::Set),
            Expr::Dict(entries) => self.dict(frame, state, entries),
            Expr::Spread(operand) | Expr::Reference(operand) => self.eval(frame, state, *operand),
            Expr::Await(operand) => self.eval(frame, state, *operand),
            Expr::Comprehension(comprehension) => self.comprehension(frame, state, comprehension),
            Expr::Closure(closure) => {
                let at = BodyRef { file: frame.at.file, body: *closure };
                Value::of(Kind::Closure(at, self.captured(frame, state)))
            }
            Expr::Cast(name, operand) => {
                let value = self.eval(frame, state, *operand);
                self.cast(state, frame.file.module.name(*name), &value)
            }
            Expr::Assign(place, operand) => {
                let value = self.eval(frame, state, *operand);
                self.assign(frame, state, place, value.clone(), body.bytes_of(expr));
                match &**place {
                    // The value as the variable holds it, with that step on its way.
                    Place::Local(local) => state.local(*local),
                    _ => value,
                }
            }
            Expr::Match(subject, arms) => self.match_value(frame, state, *subject, arms),
            Expr::Include(path) => self.include(frame, state, expr, *path),
            Expr::Command(command) => {
                let value = self.eval(frame, state, *command);
                self.shell(frame, state, expr, *command, &value)
            }
            Expr::Exit(operand) => {
                if let Some(operand) = operand {
                    let value = self.eval(frame, state, *operand);
                    let is_text = !matches!(value.as_constant(), Some(Constant::Int(_)));
                    if is_text {
                        self.output(frame, state, &value, body.bytes_of(expr), body.bytes_of(*operand));
                    }
                }
                state.die();
                Value::unknown()
            }
            Expr::IsSet(operands) => {
                self.eval_all(frame, state, operands);
                Value::of(Kind::Number)
            }
            Expr::IsEmpty(operand) => {
                self.eval(frame, state, *operand);
                Value::of(Kind::Number)
            }
            Expr::Yield(operand) => {
                if let Some(operand) = operand {
                    let value = self.eval(frame, state, *operand);
                    self.returning(frame, state, &value, *operand);
                    let value = state.frozen(&value, 2);
                    frame.yielded = Some(match &frame.yielded {
                        Some(known) => known.join(&value),
                        None => value,
                    });
                }
                Value::unknown()
            }
            Expr::Raise(operand) => {
                self.eval(frame, state, *operand);
                self.raise(frame, state);
                Value::unknown()
            }
            Expr::Output(operand) => {
                let value = self.eval(frame, state, *operand);
                self.output(frame, state, &value, body.bytes_of(expr), body.bytes_of(*operand));
                Value::of(Kind::Number)
            }
        }
    }

    /// A test asks for `value`: when the caller gives it, a constant there would decide the test.
    pub(super) fn decides(&mut self, value: &Value) {
        if matches!(value.kind(), Kind::Parameter(_)) {
            self.walked.summary.is_deciding = true;
        }
    }

    pub(super) fn eval_all(&mut self, frame: &mut Frame<'p>, state: &mut State, exprs: &[ExprId]) -> Vec<Value> {
        exprs.iter().map(|expr| self.eval(frame, state, *expr)).collect()
    }

    /// A value made of others in a way that is not followed.
    pub(super) fn mixed(&self, state: &State, values: &[Value]) -> Value {
        let mut labels: Vec<Label> = Vec::new();
        for value in values {
            if !value.labels().is_empty() || matches!(value.kind(), Kind::Cell(_) | Kind::Method(..) | Kind::Tree(_)) {
                for label in state.labels(value) {
                    add_label(&mut labels, &label);
                }
            }
        }
        Value::tainted(labels)
    }

    /// A number made of `values`: the taint stays, for sinks that numbers reach.
    pub(super) fn number(&self, state: &State, values: &[Value]) -> Value {
        let labels = self.mixed(state, values);
        if labels.labels().is_empty() {
            return Value::of(Kind::Number);
        }
        let is_number = Facts { chars: Chars::number(), traits: Traits::NUMBER.or(Traits::NO_OPTION), ..Facts::raw() };
        Value::of(Kind::Number)
            .with_labels(labels.labels().iter().map(|label| Label { facts: is_number, ..label.clone() }).collect())
    }

    /// The text that `values` make together.
    pub(super) fn text(&mut self, frame: &Frame<'p>, state: &State, values: &[Value], expr: ExprId) -> Value {
        let flat: Vec<Value> = values.iter().map(|value| self.as_text(state, value)).collect();
        let text = Value::concatenated(&flat);
        self.combined(frame, text, expr)
    }

    /// A value as text: cells are text of what is in them.
    pub(super) fn as_text(&self, state: &State, value: &Value) -> Value {
        match value.kind() {
            Kind::Cell(id) if self.has_plain_text(state, *id) => Value::of(Kind::Harmless),
            Kind::Cell(id) if state.cell(*id).is_some_and(|cell| cell.text.is_some()) => {
                let text = state.cell(*id).and_then(|cell| cell.text.clone()).unwrap_or_default();
                if value.labels().is_empty() { text } else { Value::tainted(state.labels(value)) }
            }
            Kind::Cell(_) | Kind::Tree(_) | Kind::Method(..) => {
                let labels = state.labels(value);
                if labels.is_empty() && state.is_harmless(value, 3) {
                    return Value::of(Kind::Harmless);
                }
                Value::tainted(labels)
            }
            Kind::Constants(constants) if constants.len() == 1 && value.labels().is_empty() => match &constants[0] {
                Constant::None if self.program.is_php() => Value::text(""),
                Constant::None => Value::text("None"),
                Constant::Bool(true) => Value::text(if self.program.is_php() { "1" } else { "True" }),
                Constant::Bool(false) => Value::text(if self.program.is_php() { "" } else { "False" }),
                _ => value.clone(),
            },
            _ => value.clone(),
        }
    }

    /// Whether an object's text holds nothing of what is in it: its class does not say how it is written.
    fn has_plain_text(&self, state: &State, id: crate::value::CellId) -> bool {
        let Some(CellKind::Object(class)) = state.cell(id).map(|cell| cell.kind) else { return false };
        let names: &[&str] =
            if self.program.is_php() { &["__tostring"] } else { &["__str__", "__repr__", "__format__", "__bytes__"] };
        let says = names
            .iter()
            .filter_map(|name| self.program.names.get(name))
            .any(|name| self.program.method(class, name).is_some());
        // A base that is not in the program may say it.
        let is_whole = self.program.lineage(class).into_iter().all(|class| {
            self.program.bases(class).len() == self.program.class(class).bases.len()
                && self.program.bases(class).iter().all(|base| matches!(base.kind(), Kind::Class(_)))
        });
        !says && is_whole && self.program.class(class).decorators.is_empty()
    }

    /// The labels of a value that was just put together.
    pub(super) fn combined(&self, frame: &Frame<'p>, value: Value, expr: ExprId) -> Value {
        if value.labels().is_empty() {
            return value;
        }
        let spot = frame.spot_of(expr);
        value.map_labels(&mut |label| label.stepped(spot, Move::Combined))
    }

    fn chain(&mut self, frame: &Frame<'p>, state: &mut State, op: BinaryOp, values: &[Value], expr: ExprId) -> Value {
        if let Some(folded) = super::constants::fold(op, values, self.program.is_php()) {
            return folded;
        }
        if self.program.is_php() {
            // Arrays can be added; everything else that operators make is a number.
            if op == BinaryOp::Add && values.iter().any(|value| state.cell_of(value).is_some()) {
                return self.joined_lists(state, values, CellKind::Array);
            }
            return self.number(state, values);
        }
        let is_text = |value: &Value| {
            matches!(value.kind(), Kind::Text(_))
                || value.as_constants().is_some_and(|all| {
                    all.iter().any(|constant| matches!(constant, Constant::Str(_) | Constant::Bytes(_)))
                })
        };
        match op {
            BinaryOp::Add if values.iter().any(|value| state.cell_of(value).is_some()) => {
                self.joined_lists(state, values, CellKind::List)
            }
            BinaryOp::Add if values.iter().any(is_text) => self.text(frame, state, values, expr),
            BinaryOp::Add if values.iter().all(|value| matches!(value.kind(), Kind::Number)) => {
                self.number(state, values)
            }
            BinaryOp::Add if values.iter().any(|value| !state.labels(value).is_empty()) => {
                self.text(frame, state, values, expr)
            }
            BinaryOp::Add if values.iter().all(|value| value.is_harmless()) => Value::of(Kind::Harmless),
            BinaryOp::Remainder if values.len() == 2 && is_text(&values[0]) => {
                let text = self.percent_format(state, &values[0], &values[1]);
                self.combined(frame, text, expr)
            }
            BinaryOp::Divide => match self.joined_path(state, values) {
                Some(path) => self.combined(frame, path, expr),
                None => self.number_or_mixed(state, values),
            },
            _ => self.number_or_mixed(state, values),
        }
    }

    fn number_or_mixed(&self, state: &State, values: &[Value]) -> Value {
        let is_number = |value: &Value| {
            matches!(value.kind(), Kind::Number)
                || value.as_constants().is_some_and(|all| {
                    all.iter()
                        .all(|constant| matches!(constant, Constant::Int(_) | Constant::Float(_) | Constant::Bool(_)))
                })
        };
        if values.iter().all(is_number) { self.number(state, values) } else { self.mixed(state, values) }
    }

    fn joined_lists(&mut self, state: &mut State, values: &[Value], kind: CellKind) -> Value {
        let mut cell = Cell::new(kind);
        for value in values {
            match state.cell_of(value) {
                Some((_, part)) => {
                    let part = part.clone();
                    for (key, inner) in &part.entries {
                        match key {
                            Key::Int(_) if kind == CellKind::List => cell.push(inner.clone()),
                            key if cell.get(key).is_none() => cell.set(key.clone(), inner.clone()),
                            _ => {}
                        }
                    }
                    if !part.is_exact {
                        cell.set_somewhere(&part.rest);
                    }
                }
                None => cell.set_somewhere(&Value::tainted(value.labels().to_vec())),
            }
        }
        state.allocate(cell)
    }

    fn unary(&mut self, state: &State, op: UnaryOp, value: &Value) -> Value {
        match op {
            UnaryOp::Not => match self.truth(state, value) {
                Some(truth) => Value::bool(!truth),
                None => Value::of(Kind::Number),
            },
            UnaryOp::Negate | UnaryOp::Plus | UnaryOp::BitNot => match value.as_constant() {
                Some(Constant::Int(number)) if op == UnaryOp::Negate => {
                    Value::constant(Constant::Int(number.wrapping_neg()))
                }
                Some(Constant::Float(number)) if op == UnaryOp::Negate => Value::constant(Constant::Float(-number)),
                Some(_) if op == UnaryOp::Plus => value.clone(),
                _ => self.number(state, std::slice::from_ref(value)),
            },
            UnaryOp::SizeOf => Value::of(Kind::Number),
            UnaryOp::Silence => value.clone(),
            UnaryOp::AddressOf | UnaryOp::Dereference => self.mixed(state, std::slice::from_ref(value)),
        }
    }

    /// `and` (until an operand is false) and `or` (until one is true).
    fn short_circuit(&mut self, frame: &mut Frame<'p>, state: &mut State, operands: &[ExprId], until: bool) -> Value {
        let mut result: Option<Value> = None;
        // What holds if the chain was left early, and before a last operand that does nothing.
        let (mut left, mut before): (Option<State>, Option<State>) = (None, None);
        for (number, operand) in operands.iter().enumerate() {
            let value = self.eval(frame, state, *operand);
            self.decides(&value);
            let is_last = number + 1 == operands.len();
            match self.truth(state, &value) {
                _ if is_last => result = Some(result.map_or(value.clone(), |result| result.join(&value))),
                Some(truth) if truth == until => {
                    result = Some(result.map_or(value.clone(), |result| result.join(&value)));
                    break;
                }
                Some(_) => {}
                None => {
                    // A value that ended an `and` is a false one: nothing of it gets through but emptiness.
                    let kept = if until { value } else { Value::of(Kind::Number) };
                    result = Some(result.map_or(kept.clone(), |result| result.join(&kept)));
                    if number + 2 == operands.len() && is_pure(frame, operands.last()) {
                        // The last operand does nothing, so what holds behind the chain is what held before it.
                        before = Some(state.clone());
                    } else {
                        let mut leaving = state.clone();
                        self.assume(frame, &mut leaving, *operand, until);
                        match &mut left {
                            Some(left) => left.join(leaving),
                            None => left = Some(leaving),
                        }
                    }
                    let mut going = state.clone();
                    self.assume(frame, &mut going, *operand, !until);
                    *state = going;
                }
            }
        }
        if let Some(before) = before {
            *state = before;
        }
        if let Some(left) = left {
            state.join(left);
        }
        result.unwrap_or_default()
    }

    fn conditional(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        test: ExprId,
        then: ExprId,
        otherwise: ExprId,
    ) -> Value {
        let value = self.eval(frame, state, test);
        self.decides(&value);
        if let Some(truth) = self.truth(state, &value) {
            let chosen = self.eval(frame, state, if truth { then } else { otherwise });
            let is_plain = matches!(frame.body.expr(test), Expr::Constant(_));
            let explained = chosen.is_harmless() && chosen.reason().is_none() && !is_plain;
            return if explained { chosen.because(Reason::Decided(frame.spot_of(test), truth)) } else { chosen };
        }
        let mut other = state.clone();
        self.assume(frame, state, test, true);
        let one = self.eval(frame, state, then);
        self.assume(frame, &mut other, test, false);
        let another = self.eval(frame, &mut other, otherwise);
        let (one_dead, other_dead) = (state.is_dead, other.is_dead);
        state.join(other);
        match (one_dead, other_dead) {
            (true, false) => another,
            (false, true) => one,
            _ => one.join(&another),
        }
    }

    fn list(&mut self, frame: &mut Frame<'p>, state: &mut State, items: &[ExprId], kind: CellKind) -> Value {
        let mut cell = Cell::new(kind);
        for item in items {
            let value = self.eval(frame, state, *item);
            if matches!(frame.body.expr(*item), Expr::Spread(_)) {
                match self.listed(state, &value) {
                    Some(listed) => listed.into_iter().for_each(|(_, value)| cell.push(value)),
                    None => {
                        let inner = self.any_of(state, &value);
                        cell.set_somewhere(&inner);
                    }
                }
            } else {
                cell.push(value);
            }
        }
        state.allocate(cell)
    }

    fn dict(&mut self, frame: &mut Frame<'p>, state: &mut State, entries: &[(Option<ExprId>, ExprId)]) -> Value {
        let is_php = self.program.is_php();
        let mut cell = Cell::new(if is_php { CellKind::Array } else { CellKind::Dict });
        for (key, value) in entries {
            let key_value = key.map(|key| self.eval(frame, state, key));
            let inner = self.eval(frame, state, *value);
            match key_value {
                Some(key) => match key.as_constant().and_then(|constant| Key::of(constant, is_php)) {
                    Some(key) => cell.set(key, inner),
                    None => {
                        cell.set_somewhere(&inner);
                        cell.set_somewhere(&self.mixed(state, &[key]));
                    }
                },
                None if matches!(frame.body.expr(*value), Expr::Spread(_)) || !is_php => match state.cell_of(&inner) {
                    Some((_, part)) => {
                        for (key, value) in part.entries.clone() {
                            match key {
                                Key::Int(_) if is_php => cell.push(value),
                                key => cell.set(key, value),
                            }
                        }
                        if let Some((_, part)) = state.cell_of(&inner)
                            && !part.is_exact
                        {
                            cell.set_somewhere(&part.rest);
                        }
                    }
                    None => cell.set_somewhere(&inner.with_kind(Kind::Unknown)),
                },
                None => cell.push(inner),
            }
        }
        state.allocate(cell)
    }

    fn comprehension(&mut self, frame: &mut Frame<'p>, state: &mut State, of: &'p Comprehension) -> Value {
        for (place, items, conditions) in &of.clauses {
            let items_value = self.eval(frame, state, *items);
            let (_, item) = self.item_of(state, &items_value);
            self.assign(frame, state, place, item, frame.body.bytes_of(*items));
            for condition in conditions {
                self.eval(frame, state, *condition);
                self.assume(frame, state, *condition, true);
            }
        }
        let key = of.key.map(|key| self.eval(frame, state, key));
        let element = self.eval(frame, state, of.element);
        let mut cell = Cell::new(match of.kind {
            Collection::Dict => CellKind::Dict,
            Collection::Set => CellKind::Set,
            Collection::List | Collection::Generator => CellKind::List,
        });
        cell.set_somewhere(&element);
        if let Some(key) = key {
            cell.set_somewhere(&self.mixed(state, &[key]));
        }
        state.allocate(cell)
    }

    /// What a closure made here sees of the bodies around it.
    pub(super) fn captured(&self, frame: &Frame<'p>, state: &State) -> Arc<Vec<(BodyId, Vec<Value>)>> {
        let mut around = vec![(frame.at.body, state.locals().to_vec())];
        around.extend(frame.outer.iter().take(3).cloned());
        Arc::new(around)
    }

    fn outer(&mut self, frame: &mut Frame<'p>, state: &State, body: BodyId, local: crate::ir::Local) -> Value {
        let found = frame.outer.iter().find(|(of, _)| *of == body);
        if let Some(value) = found.and_then(|(_, locals)| locals.get(local.index())) {
            return match value.kind() {
                // Cells of another walk are not this one's.
                Kind::Cell(id) if state.cell(*id).is_none() => Value::tainted(value.labels().to_vec()),
                _ => value.clone(),
            };
        }
        // Walked by itself: functions and classes of the body around are known by name.
        let name = frame.file.module.body(body).locals.get(local.index());
        name.and_then(|name| self.program.static_name(frame.at.file, frame.file.sym(*name)))
            .filter(|value| matches!(value.kind(), Kind::Function(..) | Kind::Class(_)))
            .or_else(|| self.imported_around(frame, body, local))
            .unwrap_or_default()
    }

    /// What an `import` in a body around binds.
    fn imported_around(&self, frame: &Frame<'p>, body: BodyId, local: crate::ir::Local) -> Option<Value> {
        let name = *frame.file.module.body(body).locals.get(local.index())?;
        let at = frame.file.module.imports.iter().position(|import| import.binds == name)?;
        frame.file.imports.get(at).cloned()
    }

    fn cast(&mut self, state: &mut State, to: &str, value: &Value) -> Value {
        match to {
            "int" | "integer" | "float" | "double" | "real" => {
                match super::constants::to_number(value, to.starts_with("int")) {
                    Some(constant) => Value::constant(constant),
                    None => self.number(state, std::slice::from_ref(value)),
                }
            }
            "bool" | "boolean" => match self.truth(state, value) {
                Some(truth) => Value::bool(truth),
                None => Value::of(Kind::Number),
            },
            "string" | "binary" => self.as_text(state, value),
            "unset" => Value::constant(Constant::None),
            _ => match value.kind() {
                Kind::Cell(_) => value.clone(),
                _ if to == "array" => {
                    let mut cell = Cell::new(CellKind::Array);
                    cell.push(value.clone());
                    state.allocate(cell)
                }
                _ => value.clone(),
            },
        }
    }

    fn match_value(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        subject: ExprId,
        arms: &'p [(Vec<ExprId>, ExprId)],
    ) -> Value {
        let value = self.eval(frame, state, subject);
        self.decides(&value);
        let mut result: Option<Value> = None;
        let mut joined: Option<State> = None;
        let mut rest = state.clone();
        let mut take = |walker: &mut Self, frame: &mut Frame<'p>, mut here: State, arm: ExprId| {
            let value = walker.eval(frame, &mut here, arm);
            if here.is_dead {
                return;
            }
            result = Some(match result.take() {
                Some(result) => result.join(&value),
                None => value,
            });
            match &mut joined {
                Some(joined) => joined.join(here),
                None => joined = Some(here),
            }
        };
        for (patterns, arm) in arms.iter().filter(|(patterns, _)| !patterns.is_empty()) {
            if rest.is_dead {
                break;
            }
            let mut outcome = Some(false);
            let mut here = rest.clone();
            for pattern in patterns {
                let against = self.eval(frame, &mut here, *pattern);
                let equal = match value.as_constant() {
                    Some(Constant::Bool(wanted)) => {
                        let truth = self.truth(&here, &against);
                        if truth.is_none() && patterns.len() == 1 {
                            self.assume(frame, &mut here, *pattern, *wanted);
                        }
                        truth.map(|truth| truth == *wanted)
                    }
                    _ => self.equal(&value, &against),
                };
                outcome = match (outcome, equal) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                };
            }
            match outcome {
                Some(false) => continue,
                Some(true) => rest.die(),
                None => {}
            }
            take(self, frame, here, *arm);
        }
        if let Some((_, arm)) = arms.iter().find(|(patterns, _)| patterns.is_empty()).filter(|_| !rest.is_dead) {
            take(self, frame, rest, *arm);
        }
        match joined {
            Some(joined) => *state = joined,
            None => state.die(),
        }
        result.unwrap_or_default()
    }

    pub(super) fn compare(&self, state: &State, op: CompareOp, left: &Value, right: &Value) -> Option<bool> {
        match op {
            CompareOp::Equal | CompareOp::Identical => self.equal(left, right),
            CompareOp::NotEqual | CompareOp::NotIdentical => self.equal(left, right).map(|equal| !equal),
            CompareOp::In => self.contains(state, right, left),
            CompareOp::NotIn => self.contains(state, right, left).map(|found| !found),
            CompareOp::InstanceOf => None,
            CompareOp::Less | CompareOp::LessOrEqual | CompareOp::Greater | CompareOp::GreaterOrEqual => {
                super::constants::ordered(op, left.as_constant()?, right.as_constant()?)
            }
        }
    }

    /// Whether `item` is in `container`, when both are known.
    fn contains(&self, state: &State, container: &Value, item: &Value) -> Option<bool> {
        if let (Some(text), Some(part)) = (container.as_str(), item.as_str()) {
            return Some(text.contains(part));
        }
        let (_, cell) = state.cell_of(container)?;
        let item = item.as_constant().filter(|_| cell.is_exact)?;
        match cell.kind {
            CellKind::Dict | CellKind::Array => {
                let key = Key::of(item, self.program.is_php())?;
                Some(cell.entries.iter().any(|(known, _)| *known == key))
            }
            _ => {
                let known: Option<Vec<&Constant>> = cell.values().map(Value::as_constant).collect();
                Some(known?.contains(&item))
            }
        }
    }
}

/// Whether an operand does nothing but give a value, so that it does not matter whether it ran.
fn is_pure(frame: &Frame<'_>, operand: Option<&ExprId>) -> bool {
    operand.is_none_or(|operand| {
        matches!(frame.body.expr(*operand), Expr::Constant(_) | Expr::Local(_) | Expr::Global(_) | Expr::Attribute(..))
    })
}
