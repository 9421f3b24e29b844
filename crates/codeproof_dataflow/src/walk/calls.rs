//! Calls: which function is meant, and whether it is walked here or known by its summary.

use std::sync::Arc;

use super::arguments::Arguments;
use super::members::instance_of;
use super::{CallSite, Frame, INLINE_DEPTH_MAX, INLINE_STEPS_MAX, State, Walker};
use crate::ir::{Argument, BodyId, BodyKind, Constant, Expr, ExprId, Local};
use crate::kinds::SinkKind;
use crate::names::Sym;
use crate::value::{BodyRef, Cell, CellKind, ClassRef, Facts, Key, Kind, Label, Move, Traits, Value};

/// What a closure sees of the bodies around it.
type Outer = Arc<Vec<(BodyId, Vec<Value>)>>;

impl<'p> Walker<'p> {
    pub(super) fn call(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        callee: ExprId,
        given: &'p [Argument],
    ) -> Value {
        match frame.body.expr(callee) {
            Expr::Attribute(object, name) => {
                let (object_expr, name) = (*object, frame.file.sym(*name));
                let object = self.eval(frame, state, object_expr);
                let arguments = self.arguments(frame, state, given);
                if let Some((body, receiver)) = self.inherited(frame, state, object_expr, name) {
                    return self.invoke(frame, state, body, receiver, &arguments, expr, None);
                }
                self.call_method(frame, state, expr, &object, Some((callee, object_expr)), name, &arguments)
            }
            Expr::DynamicAttribute(object, name) => {
                let (object_expr, name) = (*object, *name);
                let object = self.eval(frame, state, object_expr);
                let name = self.eval(frame, state, name);
                let arguments = self.arguments(frame, state, given);
                match name.as_str().and_then(|text| self.program.names.get(&text.to_lowercase())) {
                    Some(name) => self.call_method(frame, state, expr, &object, None, name, &arguments),
                    None => {
                        self.sink(frame, state, expr, SinkKind::Dispatch, &[], &name, Some(callee), "a method by its name");
                        self.unknown_call(frame, state, expr, Some(&object), &arguments, "a method")
                    }
                }
            }
            Expr::Global(name) => {
                let sym = frame.file.sym(*name);
                if self.program.is_php() {
                    let arguments = self.arguments(frame, state, given);
                    return self.call_php_function(frame, state, expr, sym, &arguments);
                }
                if self.program.text(sym) == "super" && frame.class.is_some() && given.is_empty() {
                    return self.super_of(frame);
                }
                let target = self.global(frame, state, sym, callee);
                let arguments = self.arguments(frame, state, given);
                self.call_value(frame, state, expr, &target, &arguments, frame.file.module.name(*name))
            }
            other => {
                let name = match other {
                    Expr::Local(local) => frame.name_of(*local),
                    _ => "a function",
                };
                let target = self.eval(frame, state, callee);
                let arguments = self.arguments(frame, state, given);
                if self.program.is_php() && !target.labels().is_empty() {
                    self.sink(frame, state, expr, SinkKind::Dispatch, &[], &target, Some(callee), "a function by its name");
                }
                self.call_value(frame, state, expr, &target, &arguments, name)
            }
        }
    }

    /// The method that `super().name` means, and the instance it runs on.
    fn inherited(&self, frame: &Frame<'p>, state: &State, object: ExprId, name: Sym) -> Option<(BodyRef, Value)> {
        let class = frame.class.filter(|_| !self.program.is_php())?;
        let Expr::Call(callee, _) = frame.body.expr(object) else { return None };
        let Expr::Global(known) = frame.body.expr(*callee) else { return None };
        if frame.file.module.name(*known) != "super" || frame.body.is_static || frame.body.parameters.is_empty() {
            return None;
        }
        let bases = self.program.lineage(class).into_iter().skip(1);
        let (_, body) = bases.filter_map(|base| self.program.method(base, name)).next()?;
        Some((body, state.local(Local(0))))
    }

    /// What `super()` stands for: the first base, bound to this instance.
    fn super_of(&mut self, frame: &Frame<'p>) -> Value {
        let bases = frame.class.map(|class| self.program.bases(class)).unwrap_or_default();
        bases.into_iter().next().map(instance_of).unwrap_or_default()
    }

    fn call_php_function(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        name: Sym,
        arguments: &Arguments,
    ) -> Value {
        // An unqualified name means the function of the namespace first.
        let namespaced = frame.file.module.namespace_function(self.program.text(name));
        let namespaced = namespaced.and_then(|whole| self.program.names.get(&whole));
        if let Some(body) = namespaced.and_then(|whole| self.program.function_named(frame.at.file, whole)) {
            return self.invoke(frame, state, body, Value::unknown(), arguments, expr, None);
        }
        let is_escape = self.program.text(name) == "e" && frame.file.path.as_str().ends_with(".blade.php");
        if let Some(body) = self.program.function_named(frame.at.file, name).filter(|_| !is_escape) {
            return self.invoke(frame, state, body, Value::unknown(), arguments, expr, None);
        }
        match self.program.specs.top(name) {
            Some(node) => self.call_node(frame, state, expr, node, None, arguments),
            None => {
                let text = self.program.text(name);
                let plain = text.rsplit('\\').next().unwrap_or(text);
                if plain.len() != text.len()
                    && let Some(plain) = self.program.names.get(plain)
                {
                    return self.call_php_function(frame, state, expr, plain, arguments);
                }
                self.built_in(frame, state, expr, text, None, arguments)
            }
        }
    }

    /// A function of the language that no spec speaks of.
    fn built_in(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        name: &str,
        receiver: Option<&Value>,
        arguments: &Arguments,
    ) -> Value {
        let result = if self.program.is_php() {
            self.php_function(frame, state, expr, name, arguments)
        } else {
            self.python_function(frame, state, expr, name, arguments)
        };
        result.unwrap_or_else(|| self.unknown_call(frame, state, expr, receiver, arguments, name))
    }

    /// Calls a value.
    pub(super) fn call_value(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        target: &Value,
        arguments: &Arguments,
        name: &str,
    ) -> Value {
        match target.kind() {
            Kind::Function(body, receiver) => {
                self.invoke(frame, state, *body, receiver.clone(), arguments, expr, None)
            }
            Kind::Closure(body, outer) => {
                // Variables of a body that still runs are seen as they are now.
                let is_own = outer.first().is_some_and(|(of, _)| body.file == frame.at.file && *of == frame.at.body);
                let outer = if is_own && !self.program.is_php() { self.captured(frame, state) } else { outer.clone() };
                self.invoke(frame, state, *body, frame.this.clone(), arguments, expr, Some(outer))
            }
            Kind::Class(class) => self.construct(frame, state, expr, *class, arguments),
            Kind::Node(node) => self.call_node(frame, state, expr, *node, None, arguments),
            Kind::Method(receiver, method) => {
                let (receiver, method) = (receiver.clone(), *method);
                self.call_method(frame, state, expr, &receiver, None, method, arguments)
            }
            Kind::Instance(_) | Kind::Cell(_) => {
                let call = self.program.names.get(if self.program.is_php() { "__invoke" } else { "__call__" });
                match call {
                    Some(call) => self.call_method(frame, state, expr, target, None, call, arguments),
                    None => self.unknown_call(frame, state, expr, Some(target), arguments, name),
                }
            }
            Kind::Constants(_) if self.program.is_php() => {
                let function = target.as_str().map(str::to_lowercase);
                match function.and_then(|function| self.program.names.get(&function)) {
                    Some(function) => self.call_php_function(frame, state, expr, function, arguments),
                    None => self.unknown_call(frame, state, expr, None, arguments, name),
                }
            }
            Kind::Parameter(_) => {
                self.walked.summary.is_sensitive = true;
                self.unknown_call(frame, state, expr, None, arguments, name)
            }
            Kind::Unknown if !self.program.is_php() && target.labels().is_empty() => {
                self.built_in(frame, state, expr, name, None, arguments)
            }
            _ => self.unknown_call(frame, state, expr, Some(target), arguments, name),
        }
    }

    /// Calls a method. `place` is the callee's expression and the receiver's, when they stand in the text.
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    pub(super) fn call_method(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        object: &Value,
        place: Option<(ExprId, ExprId)>,
        name: Sym,
        arguments: &Arguments,
    ) -> Value {
        let specs = self.program.specs;
        match object.kind() {
            Kind::Node(node) => {
                if let Some(child) = specs.child(*node, name) {
                    return self.call_node(frame, state, expr, child, Some(object), arguments);
                }
            }
            Kind::Module(_) => {
                let target = self.member(frame, state, object, name, place.map_or(expr, |(callee, _)| callee));
                let text = self.program.text(name);
                return self.call_value(frame, state, expr, &target, arguments, text);
            }
            Kind::Class(class) => {
                if let Some(value) = self.call_on_class(frame, state, expr, *class, object, name, arguments) {
                    return value;
                }
            }
            Kind::Instance(class) => {
                if let Some(value) = self.call_on_instance(frame, state, expr, *class, object, name, arguments) {
                    return value;
                }
            }
            Kind::Cell(id) => match state.cell(*id).map(|cell| cell.kind) {
                Some(CellKind::Object(class)) => {
                    if let Some(value) = self.call_on_instance(frame, state, expr, class, object, name, arguments) {
                        return value;
                    }
                }
                Some(CellKind::Foreign(Some(node))) => {
                    if let Some(child) = specs.child(node, name) {
                        return self.call_node(frame, state, expr, child, Some(object), arguments);
                    }
                }
                _ => {}
            },
            Kind::Parameter(_) => self.walked.summary.is_sensitive = true,
            Kind::Constants(_) if self.program.is_php() => {
                // `$class::method()`, with the class's name as text.
                let class = object.as_str().map(|text| text.trim_start_matches('\\').to_lowercase());
                let class = class.and_then(|class| self.program.names.get(&class));
                if let Some(class) = class.and_then(|class| self.program.class_named(frame.at.file, class)) {
                    let value = Value::of(Kind::Class(class));
                    return self.call_method(frame, state, expr, &value, place, name, arguments);
                }
            }
            _ => {}
        }
        // `$Orders->find(…)` in a page that does not set `$Orders`: an instance of the class of that name.
        if self.program.is_php()
            && *object == Value::unknown()
            && let Some((_, receiver)) = place
            && let Expr::Local(local) = frame.body.expr(receiver)
            && let Some(class) = self.program.names.get(&frame.name_of(*local).to_lowercase())
            && let Some(class) = self.program.class_named(frame.at.file, class)
            && let Some(value) = self.call_on_instance(frame, state, expr, class, object, name, arguments)
        {
            return value;
        }
        // `table.get("key")` of a table whose keys specs know.
        if self.program.text(name) == "get"
            && let Some(node) = self.node_of(state, object)
            && let Some(key) = arguments.at(0).and_then(Value::as_str).and_then(|key| self.program.names.get(key))
            && let Some(child) = specs.child(node, key)
        {
            let labels = object.labels().to_vec();
            let read = self.read_member(frame, state, child, &[], expr);
            return if specs.reads(child).is_empty() { read.with_labels(labels) } else { read };
        }
        if !self.program.is_php()
            && let Some(value) = self.python_method(frame, state, expr, object, place, name, arguments)
        {
            return value;
        }
        // A field that holds something callable.
        if let Kind::Cell(id) = object.kind()
            && let Some(value) = state.cell(*id).and_then(|cell| {
                let key = Key::Text(self.program.text(name).into());
                cell.entries.iter().find(|(known, _)| *known == key).map(|(_, value)| value.clone())
            })
            && matches!(value.kind(), Kind::Function(..) | Kind::Closure(..) | Kind::Class(_) | Kind::Node(_))
        {
            return self.call_value(frame, state, expr, &value, arguments, self.program.text(name));
        }
        self.call_any(frame, state, expr, object, place, name, arguments)
    }

    /// The name of the specs that a value is an instance of.
    pub(super) fn node_of(&self, state: &State, value: &Value) -> Option<crate::specs::NodeId> {
        match value.kind() {
            Kind::Node(node) => Some(*node),
            Kind::Cell(id) => match state.cell(*id)?.kind {
                CellKind::Foreign(node) => node,
                _ => None,
            },
            _ => None,
        }
    }

    fn call_on_class(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        class: ClassRef,
        object: &Value,
        name: Sym,
        arguments: &Arguments,
    ) -> Option<Value> {
        if let Some((_, body)) = self.program.method(class, name) {
            let of = self.program.body(body);
            let receiver = if self.program.is_php() {
                // `parent::f()` and `self::f()` run on this instance.
                if of.is_static { object.clone() } else { frame.this.clone() }
            } else if of.is_class_method {
                object.clone()
            } else {
                Value::unknown()
            };
            return Some(self.invoke(frame, state, body, receiver, arguments, expr, None));
        }
        let bases = self.program.outer_bases.get(&class).cloned().unwrap_or_default();
        let child = bases.iter().find_map(|base| self.program.specs.child(*base, name))?;
        Some(self.call_node(frame, state, expr, child, Some(object), arguments))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    fn call_on_instance(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        class: ClassRef,
        object: &Value,
        name: Sym,
        arguments: &Arguments,
    ) -> Option<Value> {
        if let Some((_, body)) = self.program.method(class, name) {
            let of = self.program.body(body);
            let receiver = if of.is_class_method { Value::of(Kind::Class(class)) } else { object.clone() };
            return Some(self.invoke(frame, state, body, receiver, arguments, expr, None));
        }
        let bases = self.program.outer_bases.get(&class).cloned().unwrap_or_default();
        let child = bases.iter().find_map(|base| self.program.specs.child(*base, name))?;
        Some(self.call_node(frame, state, expr, child, Some(object), arguments))
    }

    /// A call whose function is not known: its result carries what went in, and a receiver that is given foreign data
    /// carries it from then on.
    pub(super) fn unknown_call(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        receiver: Option<&Value>,
        arguments: &Arguments,
        name: &str,
    ) -> Value {
        if receiver.is_some() && is_lookup(name) {
            // What is found is the program's own, whoever said what to look for; a default is handed through.
            let mut values: Vec<Value> = receiver.into_iter().cloned().collect();
            if name == "get" {
                values.extend(arguments.at(1).cloned());
            }
            return self.through(frame, state, expr, &values, name);
        }
        let mut values = arguments.values();
        if let Some((id, cell)) = receiver.and_then(|receiver| state.cell_of(receiver)) {
            let given = self.mixed(state, &values);
            let takes = matches!(cell.kind, CellKind::Foreign(_) | CellKind::List | CellKind::Dict | CellKind::Set);
            if !given.labels().is_empty() && takes {
                state.change(id, |cell| cell.set_somewhere(&given));
            }
        }
        let mut result = self.through(frame, state, expr, &values, name);
        if !result.labels().is_empty() {
            let traits = if is_cleaning(name) { Traits::PERHAPS_CLEANED.or(Traits::GUESSED) } else { Traits::GUESSED };
            result = result.map_labels(&mut |label| {
                let facts = Facts { traits: label.facts.traits.or(traits), ..label.facts };
                Label { facts, ..label.clone() }
            });
        }
        match receiver {
            // What is taken from the receiver is a part of it.
            Some(receiver) if !state.labels(receiver).is_empty() => {
                let taken = self.through(frame, state, expr, std::slice::from_ref(receiver), name);
                if is_cleaning(name) { result.join(&taken.map_labels(&mut |label| {
                    let facts = Facts { traits: label.facts.traits.or(Traits::PERHAPS_CLEANED), ..label.facts };
                    Label { facts, ..label.clone() }
                })) } else { result.join(&taken) }
            }
            _ => result,
        }
    }

    /// A value that carries the taint of `values`, as the result of a call.
    pub(super) fn through(&self, frame: &Frame<'p>, state: &State, expr: ExprId, values: &[Value], name: &str) -> Value {
        let mixed = self.mixed(state, values);
        if mixed.labels().is_empty() {
            return mixed;
        }
        let (spot, what) = (frame.spot_of(expr), Move::Through(name.into()));
        mixed.map_labels(&mut |label| label.stepped(spot, what.clone()))
    }

    pub(super) fn new_object(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        class: ExprId,
        given: &'p [Argument],
    ) -> Value {
        let target = self.eval(frame, state, class);
        let arguments = self.arguments(frame, state, given);
        let name = match frame.body.expr(class) {
            Expr::Global(name) => frame.file.module.name(*name),
            _ => "an object",
        };
        if self.program.is_php() && !target.labels().is_empty() {
            self.sink(frame, state, expr, SinkKind::Dispatch, &[], &target, Some(class), "a class by its name");
        }
        match target.kind() {
            Kind::Class(class) => self.construct(frame, state, expr, *class, &arguments),
            Kind::Node(node) => self.call_node(frame, state, expr, *node, None, &arguments),
            _ if self.program.is_php() => {
                let values = arguments.values();
                let mut cell = Cell::new(CellKind::Foreign(None));
                cell.set_somewhere(&self.through(frame, state, expr, &values, name));
                state.allocate(cell)
            }
            _ => self.unknown_call(frame, state, expr, None, &arguments, name),
        }
    }

    /// An object of a class of the program.
    fn construct(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        class: ClassRef,
        arguments: &Arguments,
    ) -> Value {
        let mut cell = Cell::new(CellKind::Object(class));
        let init = self.program.method(class, self.program.known.init);
        if init.is_none() && !arguments.by_name.is_empty() {
            // Data classes and models: names are fields.
            for (name, given) in &arguments.by_name {
                cell.set(Key::Text(self.program.text(*name).into()), given.value.clone());
            }
        }
        let fields = if init.is_none() { self.given_fields(class, arguments) } else { Vec::new() };
        let rest = match init {
            None if !fields.is_empty() => Value::unknown(),
            None => self.through(frame, state, expr, &arguments.by_place.iter().map(|one| one.value.clone()).collect::<Vec<_>>(), "an object"),
            Some(_) => Value::unknown(),
        };
        if !rest.labels().is_empty() {
            cell.set_somewhere(&rest);
        }
        for (name, value) in fields {
            cell.set(Key::Text(name), value);
        }
        let object = state.allocate(cell);
        if let Some((_, body)) = init {
            self.invoke(frame, state, body, object.clone(), arguments, expr, None);
        }
        object
    }

    /// The fields that arguments by place set in a class whose declared fields are its parameters (data classes, named
    /// tuples), bases first; none when there are more arguments than fields.
    fn given_fields(&self, class: ClassRef, arguments: &Arguments) -> Vec<(Box<str>, Value)> {
        if arguments.by_place.is_empty() || self.program.is_php() {
            return Vec::new();
        }
        let mut names: Vec<&str> = Vec::new();
        for ancestor in self.program.lineage(class).into_iter().rev() {
            let module = &self.program.file(ancestor.file).module;
            let fields = &self.program.class(ancestor).fields;
            let declared = fields.iter().filter(|(_, _, declared)| declared.is_some()).map(|(name, ..)| module.name(*name));
            names.extend(declared);
        }
        if names.len() < arguments.by_place.len() {
            return Vec::new();
        }
        names.into_iter().zip(&arguments.by_place).map(|(name, given)| (name.into(), given.value.clone())).collect()
    }

    /// Calls a body of the program.
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    pub(super) fn invoke(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        at: BodyRef,
        receiver: Value,
        arguments: &Arguments,
        expr: ExprId,
        outer: Option<Outer>,
    ) -> Value {
        let (file, body) = (self.program.file(at.file), self.program.body(at));
        let is_method = body.class.is_some() && !body.is_static && !self.program.is_php();
        let known_receiver = receiver != Value::unknown() || body.is_class_method;
        let first = (is_method && known_receiver).then(|| receiver.clone());
        let mut bound = self.bind_parameters(state, body, file, first, arguments);
        for (given, parameter) in bound.iter_mut().zip(&body.parameters) {
            if !given.value.labels().is_empty() {
                let spot = frame.spot_of(given.expr.unwrap_or(expr));
                let what = Move::Passed(file.module.name(parameter.name).into());
                given.value = given.value.map_labels(&mut |label| label.stepped(spot, what.clone()));
            }
        }
        if self.watched == Some(at) {
            let call = frame.spot_of(expr);
            for (number, given) in (0u32..).zip(&bound) {
                let labels = state.labels(&given.value).into_iter().map(|label| (number, call, label));
                self.walked.given.extend(labels);
            }
        }
        let summary = self.world.summary(at).cloned();
        let title = self.program.title(at);
        if self.is_inlined(state, frame, at, summary.as_deref(), &bound, &receiver, outer.is_some()) {
            return self.walk_inside(frame, state, at, receiver, &bound, expr, outer, &title);
        }
        match summary {
            Some(summary) => self.apply_summary(frame, state, &summary, &bound, expr, &title),
            None => {
                let values: Vec<Value> = bound.iter().map(|given| given.value.clone()).collect();
                if let Some((id, _)) = state.cell_of(&receiver) {
                    let given = self.mixed(state, &values);
                    state.change(id, |cell| cell.set_somewhere(&given));
                }
                self.through(frame, state, expr, &values, &title)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what the decision depends on")]
    fn is_inlined(
        &self,
        state: &State,
        frame: &Frame<'p>,
        at: BodyRef,
        summary: Option<&crate::program::Summary>,
        bound: &[super::arguments::Given],
        receiver: &Value,
        is_closure: bool,
    ) -> bool {
        if frame.depth + 1 > INLINE_DEPTH_MAX || self.stack.contains(&at) || self.steps > self.steps_max / 2 {
            return false;
        }
        let own = u32::try_from(self.program.body(at).exprs.len()).unwrap_or(u32::MAX);
        if own > INLINE_STEPS_MAX {
            return false;
        }
        let Some(summary) = summary else { return !self.is_quiet && own <= INLINE_STEPS_MAX };
        if summary.steps > INLINE_STEPS_MAX * 4 {
            return false;
        }
        let tells = |value: &Value| {
            matches!(
                value.kind(),
                Kind::Constants(_) | Kind::Cell(_) | Kind::Node(_) | Kind::Function(..) | Kind::Closure(..) | Kind::Class(_)
                    | Kind::Instance(_) | Kind::Method(..)
            )
        };
        is_closure
            || state.cell_of(receiver).is_some()
            || summary.is_sensitive && bound.iter().any(|given| tells(&given.value))
            || summary.emits
            || summary.is_deciding
                && bound.iter().any(|given| matches!(given.value.kind(), Kind::Constants(_)))
                && bound.iter().any(|given| !given.value.labels().is_empty())
    }

    /// Walks a body in place of the call.
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    fn walk_inside(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        at: BodyRef,
        receiver: Value,
        bound: &[super::arguments::Given],
        expr: ExprId,
        outer: Option<Outer>,
        title: &str,
    ) -> Value {
        let mut inner = Frame::new(self.program, at, frame.depth + 1);
        let mut inside = state.entering(inner.body.locals.len());
        inner.this = receiver;
        let is_own = outer.as_ref().and_then(|outer| outer.first()).is_some_and(|(of, _)| {
            at.file == frame.at.file && *of == frame.at.body
        });
        if let Some(outer) = outer {
            for (local, from, by_reference) in &inner.body.captures {
                if *by_reference && is_own {
                    inside.set_local(*local, state.local(*from));
                } else if let Some((_, locals)) = outer.first() {
                    inside.set_local(*local, locals.get(from.index()).cloned().unwrap_or_default());
                }
            }
            inner.outer = outer;
        }
        for (number, given) in (0u32..).zip(bound) {
            let parameter = &inner.body.parameters[number as usize];
            let declared = parameter.declared_type.zip(inner.body.parent);
            let declared = declared.and_then(|(declared, parent)| self.declared(at.file, parent, declared));
            inside.set_local(Local(number), super::entry::typed(&given.value, declared));
        }
        self.stack.push(at);
        let given = (0u32..).zip(bound).map(|(number, given)| {
            (inside.local(Local(number)), frame.spot_of(given.expr.unwrap_or(expr)))
        });
        let given = given.filter(|(value, _)| !value.labels().is_empty()).collect();
        self.calls.push(CallSite { spot: frame.spot_of(expr), given, title: title.to_owned() });
        let body = inner.body;
        self.block(&mut inner, &mut inside, &body.code);
        self.calls.pop();
        self.stack.pop();
        let last = if inner.body.is_generator { inner.given_out() } else { Value::constant(Constant::None) };
        inner.leave(last, &inside);
        let Some((value, left)) = inner.returned.take() else {
            state.die();
            return Value::unknown();
        };
        let references: Vec<(ExprId, Value)> = (0u32..)
            .zip(bound)
            .filter(|(number, _)| inner.body.parameters[*number as usize].by_reference)
            .filter_map(|(number, given)| Some((given.expr?, left.local(Local(number)))))
            .collect();
        let captures = inner.body.captures.iter().filter(|(_, _, by_reference)| *by_reference && is_own);
        for (local, from, _) in captures {
            state.set_local(*from, left.local(*local));
        }
        for (body, local, value) in std::mem::take(&mut inner.changed) {
            if at.file != frame.at.file {
                continue;
            }
            if body == frame.at.body {
                state.set_local(local, state.local(local).join(&value));
            } else {
                frame.changed.push((body, local, value));
            }
        }
        state.returning(left);
        let value = state.thawed(&value);
        for (to, value) in references {
            self.put_back(frame, state, to, value);
        }
        self.came_back(frame, &value, expr, title)
    }

    /// The labels of a value that a function of the program gave.
    pub(super) fn came_back(&self, frame: &Frame<'p>, value: &Value, expr: ExprId, title: &str) -> Value {
        if value.labels().is_empty() {
            return value.clone();
        }
        let (spot, what) = (frame.spot_of(expr), Move::Returned(title.into()));
        value.map_labels(&mut |label| label.stepped(spot, what.clone()))
    }

    /// `include`: the file is named by data, or it is walked here with the variables of this body.
    pub(super) fn include(&mut self, frame: &mut Frame<'p>, state: &mut State, expr: ExprId, path: ExprId) -> Value {
        let value = self.eval(frame, state, path);
        self.sink(frame, state, expr, SinkKind::Inclusion, &[], &value, Some(path), "include");
        let parts = value.parts();
        let Some(crate::value::Part::Known(end)) = parts.last() else { return Value::unknown() };
        let wanted = end.trim_start_matches(['.', '/']);
        if wanted.is_empty() || !wanted.contains('.') || frame.depth + 1 > INLINE_DEPTH_MAX {
            return Value::unknown();
        }
        let Some(file) = self.included_file(frame, wanted) else { return Value::unknown() };
        let at = BodyRef { file, body: BodyId(0) };
        if self.stack.contains(&at) || self.program.body(at).exprs.len() > 4 * INLINE_STEPS_MAX as usize {
            return Value::unknown();
        }
        self.walk_page(frame, state, at, &[])
    }

    /// The nearest file whose path ends so.
    fn included_file(&self, frame: &Frame<'p>, wanted: &str) -> Option<u32> {
        let own = frame.file.path.as_str();
        let folder = own.rsplit_once('/').map_or("", |(folder, _)| folder);
        let direct = if folder.is_empty() { wanted.to_owned() } else { format!("{folder}/{wanted}") };
        let paths = &self.program.files;
        let at = |path: &str| paths.binary_search_by(|file| file.path.as_str().cmp(path)).ok();
        let found = at(&direct).or_else(|| at(wanted)).or_else(|| {
            let mut ending = paths.iter().enumerate().filter(|(_, file)| {
                file.path.as_str().strip_suffix(wanted).is_some_and(|rest| rest.ends_with('/'))
            });
            let first = ending.next()?.0;
            ending.next().is_none().then_some(first)
        })?;
        u32::try_from(found).ok()
    }

    /// Walks a file's statements here, sharing variables by name; `extra` are more of them.
    pub(super) fn walk_page(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        at: BodyRef,
        extra: &[(Sym, Value)],
    ) -> Value {
        let mut inner = Frame::new(self.program, at, frame.depth + 1);
        inner.this = frame.this.clone();
        let mut inside = state.entering(inner.body.locals.len());
        let mut shared = Vec::new();
        let is_same_scope = extra.is_empty() && inner.body.kind == BodyKind::File;
        for (number, name) in (0u32..).zip(&inner.body.locals) {
            let sym = inner.file.sym(*name);
            if let Some((_, value)) = extra.iter().find(|(known, _)| *known == sym) {
                inside.set_local(Local(number), value.clone());
            } else if is_same_scope
                && let Some(own) = frame.body.locals.iter().position(|name| frame.file.sym(*name) == sym)
            {
                let own = Local(u32::try_from(own).unwrap_or(u32::MAX));
                inside.set_local(Local(number), state.local(own));
                shared.push((own, Local(number)));
            }
        }
        self.stack.push(at);
        let body = inner.body;
        self.block(&mut inner, &mut inside, &body.code);
        self.stack.pop();
        inner.leave(Value::constant(Constant::Int(1)), &inside);
        let Some((value, left)) = inner.returned.take() else {
            state.die();
            return Value::unknown();
        };
        for (own, inner) in shared {
            state.set_local(own, left.local(inner));
        }
        state.returning(left);
        value
    }
}

/// Whether a method's name says that it looks something up by its arguments: a row, an entry, a thing of the program.
fn is_lookup(name: &str) -> bool {
    let begins = [
        "find", "where", "orwhere", "andwhere", "firstor", "firstwhere", "filter_by", "getby", "get_by", "fetchby",
        "loadby", "lookup", "orderby", "order_by", "groupby", "having", "has", "exists", "contains", "count", "sole",
        "get_object", "get_or_404", "resolve_by", "is_", "join",
    ];
    let exact = ["get", "first", "filter", "exclude", "with", "on", "scopes", "in_bulk", "pluck", "paginate", "one", "all"];
    let lower = name.to_ascii_lowercase();
    exact.contains(&lower.as_str()) || begins.iter().any(|begin| lower.starts_with(begin))
}

/// Whether a function's name says that it makes data harmless, or looks whether it is.
fn is_cleaning(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let words = [
        "sanit", "escap", "clean", "filter", "encod", "quot", "purif", "valid", "strip", "safe", "allow", "whitelist",
        "normal", "slug", "check", "verif", "hash", "md5", "sha", "crypt", "digest", "sign", "trust", "parse", "valid",
    ];
    words.iter().any(|word| lower.contains(word))
}
