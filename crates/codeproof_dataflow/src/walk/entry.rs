//! What holds where a body begins when nobody in the program calls it.

use std::sync::Arc;

use super::{Frame, State, Walker};
use crate::ir::{BodyKind, Constant, Expr, ExprId, Local, Parameter, ParameterKind};
use crate::kinds::SinkKind;
use crate::specs::{ArgumentRef, EntryPoint};
use crate::value::{Chars, ClassRef, Facts, Kind, Label, Origin, Source, Traits, Value, add_label};

impl<'p> Walker<'p> {
    /// Gives the parameters of the walk's own body their values.
    pub(super) fn enter_root(&mut self, frame: &mut Frame<'p>, state: &mut State) {
        let (body, file) = (frame.body, frame.file);
        let class = body.class.map(|class| ClassRef { file: frame.at.file, class });
        if let Some(class) = class {
            frame.this = Value::of(Kind::Instance(class));
        }
        if body.kind == BodyKind::File {
            return;
        }
        if class.is_none() {
            // A closure in a method runs on the method's instance.
            let mut around = body.parent;
            while let Some(parent) = around {
                let of = file.module.body(parent);
                if let Some(class) = of.class {
                    let class = ClassRef { file: frame.at.file, class };
                    (frame.this, frame.class) = (Value::of(Kind::Instance(class)), Some(class));
                    break;
                }
                around = of.parent;
            }
        }
        let points = self.points_of(frame);
        for (number, parameter) in (0u32..).zip(&body.parameters) {
            let is_receiver = number == 0 && class.is_some() && !body.is_static && !self.program.is_php();
            let value = match class.filter(|_| is_receiver) {
                Some(class) if body.is_class_method => Value::of(Kind::Class(class)),
                Some(class) => Value::of(Kind::Instance(class)),
                None => self.parameter(frame, number, parameter, &points),
            };
            let value = self.probed(frame, state, value, file.module.name(parameter.name), parameter.bytes);
            state.set_local(Local(number), value);
        }
        for (point, decorator) in &points {
            if let (Some(route), Some(decorator)) = (&point.route, decorator) {
                self.route = self.route.take().or_else(|| constant_route(frame, *decorator, route));
            }
        }
    }

    fn parameter(
        &mut self,
        frame: &Frame<'p>,
        number: u32,
        parameter: &Parameter,
        points: &[(&'p EntryPoint, Option<ExprId>)],
    ) -> Value {
        let name = frame.file.module.name(parameter.name);
        let declared = parameter.declared_type.zip(frame.body.parent);
        let declared_value = declared.and_then(|(declared, parent)| self.declared(frame.at.file, parent, declared));
        let mut labels = vec![Label::new(Origin::Parameter(number))];
        for (point, _) in points {
            if let Some(typed) = point.types.get(name) {
                return self.program.node_value(typed);
            }
            let is_harmless = declared.is_some_and(|(declared, parent)| {
                type_name(frame, parent, declared)
                    .is_some_and(|name| point.harmless_types.as_slice().iter().any(|known| *known == name))
            });
            let is_object = declared_value
                .as_ref()
                .is_some_and(|value| matches!(value.kind(), Kind::Node(_) | Kind::Instance(_) | Kind::Class(_)));
            if let Some(source) = point.parameters.as_ref().filter(|_| !is_harmless && !is_object) {
                let spot = frame.spot(parameter.bytes);
                let source = Source { trust: source.trust, what: source.what.as_str().into(), spot };
                add_label(&mut labels, &Label::new(Origin::Source(Arc::new(source))));
            }
        }
        let value = Value::of(Kind::Parameter(number)).with_labels(labels);
        match parameter.kind {
            ParameterKind::Plain | ParameterKind::NameOnly => typed(&value, declared_value),
            ParameterKind::Rest | ParameterKind::RestByName => value,
        }
    }

    /// The entry points that the body is, each with its decorator.
    pub(super) fn points_of(&self, frame: &Frame<'p>) -> Vec<(&'p EntryPoint, Option<ExprId>)> {
        let mut found = Vec::new();
        let body = frame.body;
        let name = frame.file.module.name(body.name);
        let class = body.class.map(|class| ClassRef { file: frame.at.file, class });
        for (point, _) in self.program.specs.entry_points() {
            let imports = point.imports.as_slice();
            if !imports.is_empty()
                && !imports.iter().any(|wanted| frame.file.packages.iter().any(|package| **package == **wanted))
            {
                continue;
            }
            let decorators = point.decorator.as_slice();
            if !decorators.is_empty() {
                let decorator = body
                    .decorators
                    .iter()
                    .find(|decorator| decorators.iter().any(|wanted| self.is_decorator(frame, **decorator, wanted)));
                if let Some(decorator) = decorator {
                    found.push((point, Some(*decorator)));
                }
                continue;
            }
            let bases = point.base.as_slice();
            if !bases.is_empty() {
                let Some(class) = class else { continue };
                let methods = point.methods.as_slice();
                let is_magic = name.starts_with("__")
                    || point.except.as_slice().iter().any(|method| method.eq_ignore_ascii_case(name));
                let is_method =
                    if methods.is_empty() { body.is_public && !is_magic } else { methods.iter().any(|it| *it == name) };
                if is_method && bases.iter().any(|base| self.extends(class, base)) {
                    found.push((point, None));
                }
                continue;
            }
            if let Some(first) = &point.first_parameter {
                let skipped = usize::from(class.is_some() && !body.is_static);
                let is_first = body.parameters.get(skipped).is_some_and(|it| frame.file.module.name(it.name) == first);
                if is_first {
                    found.push((point, None));
                }
            }
        }
        found
    }

    fn extends(&self, class: ClassRef, base: &str) -> bool {
        let node = self.program.specs.node(base);
        let known = self.program.outer_bases.get(&class);
        node.zip(known).is_some_and(|(node, known)| known.contains(&node))
            || self.program.is_php() && {
                // Projects name their own base class as the framework's skeleton does.
                let wanted = base.to_lowercase();
                self.program.lineage(class).into_iter().skip(1).any(|ancestor| {
                    let file = self.program.file(ancestor.file);
                    file.module.name(self.program.class(ancestor).name) == wanted
                })
            }
    }

    fn is_decorator(&self, frame: &Frame<'p>, decorator: ExprId, wanted: &str) -> bool {
        let Some(parent) = frame.body.parent else { return false };
        let arena = frame.file.module.body(parent);
        let named = match arena.expr(decorator) {
            Expr::Call(callee, _) | Expr::New(callee, _) => *callee,
            _ => decorator,
        };
        if let Some(method) = wanted.strip_prefix("*.") {
            return matches!(arena.expr(named), Expr::Attribute(_, name) if frame.file.module.name(*name) == method);
        }
        self.program.constant_expr(frame.at.file, parent, named).is_some_and(|value| match value.kind() {
            Kind::Node(node) => self.program.specs.name_of(*node) == wanted,
            _ => false,
        })
    }

    /// What the walk's own body returns may be a page.
    pub(super) fn returning(&mut self, frame: &mut Frame<'p>, state: &mut State, value: &Value, expr: ExprId) {
        if frame.depth > 0 || frame.body.kind == BodyKind::File || self.is_quiet {
            return;
        }
        self.render_returned(frame, state, value, expr);
        let kinds: Vec<SinkKind> = self.points_of(frame).into_iter().filter_map(|(point, _)| point.returns).collect();
        for kind in kinds {
            // `return text, 404`; mappings and objects are not shown as they are.
            let shown = match state.cell_of(value) {
                Some((_, cell)) if cell.kind == crate::value::CellKind::List => {
                    cell.get(&crate::value::Key::Int(0)).unwrap_or_default()
                }
                Some(_) => return,
                None => value.clone(),
            };
            if state.cell_of(&shown).is_none() && !matches!(shown.kind(), Kind::Instance(_) | Kind::Node(_)) {
                self.sink(frame, state, expr, kind, &[], &shown, Some(expr), "the answer");
            }
        }
    }
}

/// The address in a route's decorator, when nothing in it is variable.
fn constant_route(frame: &Frame<'_>, decorator: ExprId, wanted: &ArgumentRef) -> Option<Arc<str>> {
    let text = constant_argument(frame, decorator, wanted)?;
    (!text.contains(['<', '{', ':', '*'])).then(|| text.into())
}

/// A constant text among the arguments of a decorator.
pub(super) fn constant_argument<'p>(frame: &Frame<'p>, decorator: ExprId, wanted: &ArgumentRef) -> Option<&'p str> {
    let arena = frame.file.module.body(frame.body.parent?);
    let Expr::Call(_, arguments) = arena.expr(decorator) else { return None };
    let ways: Vec<&ArgumentRef> = match wanted {
        ArgumentRef::Either(ways) => ways.iter().collect(),
        one => vec![one],
    };
    let found = ways.into_iter().find_map(|way| match way {
        ArgumentRef::Place(place) => arguments.get(*place as usize).filter(|argument| argument.name.is_none()),
        ArgumentRef::Name(name) => {
            arguments.iter().find(|it| it.name.is_some_and(|known| frame.file.module.name(known) == name))
        }
        ArgumentRef::Either(_) => None,
    })?;
    match arena.expr(found.value) {
        Expr::Constant(Constant::Str(text)) => Some(text),
        _ => None,
    }
}

/// The last part of a type's name as written.
fn type_name<'f>(frame: &Frame<'f>, parent: crate::ir::BodyId, declared: ExprId) -> Option<&'f str> {
    let arena = frame.file.module.body(parent);
    match arena.expr(declared) {
        Expr::Global(name) | Expr::Attribute(_, name) => Some(frame.file.module.name(*name)),
        Expr::Local(local) => Some(frame.file.module.name(arena.locals[local.index()])),
        Expr::Constant(Constant::Str(text)) => Some(text),
        _ => None,
    }
}

/// What a plain type says of a value.
pub(super) fn scalar(name: &str) -> Option<Value> {
    matches!(name, "int" | "float" | "bool" | "complex" | "Decimal" | "UUID" | "date" | "datetime")
        .then(|| Value::of(Kind::Number))
}

/// A value that was declared to be of a type.
pub(super) fn typed(value: &Value, declared: Option<Value>) -> Value {
    let Some(declared) = declared else { return value.clone() };
    match (declared.kind(), value.kind()) {
        (Kind::Number, Kind::Constants(_)) => value.clone(),
        (Kind::Number, _) => {
            let number = Facts { chars: Chars::number(), traits: Traits::NUMBER, ..Facts::raw() };
            let labels = value.labels().iter().map(|label| Label { facts: number, ..label.clone() }).collect();
            Value::of(Kind::Number).with_labels(labels)
        }
        // What is known of the argument says more than its type.
        (_, Kind::Parameter(_) | Kind::Unknown) => declared.with_labels(
            value.labels().iter().filter(|label| !matches!(label.origin, Origin::Parameter(_))).cloned().collect(),
        ),
        _ => value.clone(),
    }
}
