//! Making objects of classes, and what their bases have for them.

use super::arguments::Arguments;
use super::members::instance_of;
use super::{Frame, State, Walker};
use crate::ir::{Argument, Expr, ExprId, Local};
use crate::kinds::SinkKind;
use crate::names::Sym;
use crate::value::{BodyRef, Cell, CellKind, ClassRef, Key, Kind, Value};

impl<'p> Walker<'p> {
    /// The method that `super().name` means, and the instance it runs on.
    pub(super) fn inherited(
        &self,
        frame: &Frame<'p>,
        state: &State,
        object: ExprId,
        name: Sym,
    ) -> Option<(BodyRef, Value)> {
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
    pub(super) fn super_of(&mut self, frame: &Frame<'p>) -> Value {
        let bases = frame.class.map(|class| self.program.bases(class)).unwrap_or_default();
        bases.into_iter().next().map(instance_of).unwrap_or_default()
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
    pub(super) fn construct(
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
            None => self.through(
                frame,
                state,
                expr,
                &arguments.by_place.iter().map(|one| one.value.clone()).collect::<Vec<_>>(),
                "an object",
            ),
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
    pub(super) fn given_fields(&self, class: ClassRef, arguments: &Arguments) -> Vec<(Box<str>, Value)> {
        if arguments.by_place.is_empty() || self.program.is_php() {
            return Vec::new();
        }
        let mut names: Vec<&str> = Vec::new();
        for ancestor in self.program.lineage(class).into_iter().rev() {
            let module = &self.program.file(ancestor.file).module;
            let fields = &self.program.class(ancestor).fields;
            let declared =
                fields.iter().filter(|(_, _, declared)| declared.is_some()).map(|(name, ..)| module.name(*name));
            names.extend(declared);
        }
        if names.len() < arguments.by_place.len() {
            return Vec::new();
        }
        names.into_iter().zip(&arguments.by_place).map(|(name, given)| (name.into(), given.value.clone())).collect()
    }
}
