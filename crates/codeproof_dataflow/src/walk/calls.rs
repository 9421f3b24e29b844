//! Calls: which function is meant, and whether it is walked here or known by its summary.

use super::arguments::Arguments;
use super::{Frame, State, Walker};
use crate::ir::{Argument, Expr, ExprId};
use crate::kinds::SinkKind;
use crate::names::Sym;
use crate::value::{CellKind, ClassRef, Facts, Key, Kind, Label, Move, Traits, Value};

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
                        self.sink(
                            frame,
                            state,
                            expr,
                            SinkKind::Dispatch,
                            &[],
                            &name,
                            Some(callee),
                            "a method by its name",
                        );
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
                    self.sink(
                        frame,
                        state,
                        expr,
                        SinkKind::Dispatch,
                        &[],
                        &target,
                        Some(callee),
                        "a function by its name",
                    );
                }
                self.call_value(frame, state, expr, &target, &arguments, name)
            }
        }
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
            Kind::Function(body, receiver) => self.invoke(frame, state, *body, receiver.clone(), arguments, expr, None),
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

    /// A method that a class has from a base outside of the program.
    fn outer_method(&self, class: ClassRef, name: Sym) -> Option<crate::specs::NodeId> {
        let bases = self.program.outer_bases.get(&class)?;
        bases.iter().find_map(|base| self.program.specs.child(*base, name))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
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
        let inherited = self.outer_method(class, name)?;
        Some(self.call_node(frame, state, expr, inherited, Some(object), arguments))
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
        let inherited = self.outer_method(class, name)?;
        Some(self.call_node(frame, state, expr, inherited, Some(object), arguments))
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
        let values = arguments.values();
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
                if is_cleaning(name) {
                    result.join(&taken.map_labels(&mut |label| {
                        let facts = Facts { traits: label.facts.traits.or(Traits::PERHAPS_CLEANED), ..label.facts };
                        Label { facts, ..label.clone() }
                    }))
                } else {
                    result.join(&taken)
                }
            }
            _ => result,
        }
    }

    /// A value that carries the taint of `values`, as the result of a call.
    pub(super) fn through(
        &self,
        frame: &Frame<'p>,
        state: &State,
        expr: ExprId,
        values: &[Value],
        name: &str,
    ) -> Value {
        let mixed = self.mixed(state, values);
        if mixed.labels().is_empty() {
            return mixed;
        }
        let (spot, what) = (frame.spot_of(expr), Move::Through(name.into()));
        mixed.map_labels(&mut |label| label.stepped(spot, what.clone()))
    }
}

/// Whether a method's name says that it looks something up by its arguments: a row, an entry, a thing of the program.
fn is_lookup(name: &str) -> bool {
    let begins = [
        "find",
        "where",
        "orwhere",
        "andwhere",
        "firstor",
        "firstwhere",
        "filter_by",
        "getby",
        "get_by",
        "fetchby",
        "loadby",
        "lookup",
        "orderby",
        "order_by",
        "groupby",
        "having",
        "has",
        "exists",
        "contains",
        "count",
        "sole",
        "get_object",
        "get_or_404",
        "resolve_by",
        "is_",
        "join",
    ];
    let exact =
        ["get", "first", "filter", "exclude", "with", "on", "scopes", "in_bulk", "pluck", "paginate", "one", "all"];
    let lower = name.to_ascii_lowercase();
    exact.contains(&lower.as_str()) || begins.iter().any(|begin| lower.starts_with(begin))
}

/// Whether a function's name says that it makes data harmless, or looks whether it is.
fn is_cleaning(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let words = [
        "sanit",
        "escap",
        "clean",
        "filter",
        "encod",
        "quot",
        "purif",
        "valid",
        "strip",
        "safe",
        "allow",
        "whitelist",
        "normal",
        "slug",
        "check",
        "verif",
        "hash",
        "md5",
        "sha",
        "crypt",
        "digest",
        "sign",
        "trust",
        "parse",
        "valid",
    ];
    words.iter().any(|word| lower.contains(word))
}
