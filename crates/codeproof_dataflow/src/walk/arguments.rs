//! Arguments of a call, and which one a spec means.

use super::{Frame, State, Walker};
use crate::ir::{Argument, Expr, ExprId};
use crate::names::Sym;
use crate::specs::ArgumentRef;
use crate::value::{Cell, CellKind, Key, Kind, Value};

/// One argument with the expression it stands in.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) value: Value,
    pub(super) expr: Option<ExprId>,
}

/// The arguments of one call.
#[derive(Debug, Clone, Default)]
pub(super) struct Arguments {
    pub(super) by_place: Vec<Given>,
    pub(super) by_name: Vec<(Sym, Given)>,
    /// What may stand at any other place or name: `*items`, `**options`.
    pub(super) rest: Option<Given>,
}

impl Arguments {
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// One argument without an expression.
    pub(super) fn of(values: &[Value]) -> Self {
        let by_place = values.iter().map(|value| Given { value: value.clone(), expr: None }).collect();
        Self { by_place, ..Self::default() }
    }

    /// Every argument.
    pub(super) fn all(&self) -> impl Iterator<Item = &Given> {
        self.by_place.iter().chain(self.by_name.iter().map(|(_, given)| given)).chain(&self.rest)
    }

    /// Every value.
    pub(super) fn values(&self) -> Vec<Value> {
        self.all().map(|given| given.value.clone()).collect()
    }

    /// The value at a place.
    pub(super) fn at(&self, place: usize) -> Option<&Value> {
        self.by_place.get(place).map(|given| &given.value)
    }

    /// The value of a name.
    pub(super) fn named(&self, name: Sym) -> Option<&Value> {
        self.by_name.iter().find(|(known, _)| *known == name).map(|(_, given)| &given.value)
    }
}

impl<'p> Walker<'p> {
    pub(super) fn arguments(&mut self, frame: &mut Frame<'p>, state: &mut State, given: &[Argument]) -> Arguments {
        let mut arguments = Arguments::default();
        for argument in given {
            let value = self.eval(frame, state, argument.value);
            let expr = Some(argument.value);
            if let Some(name) = argument.name {
                arguments.by_name.push((frame.file.sym(name), Given { value, expr }));
            } else if argument.is_mapping {
                self.spread_names(state, &mut arguments, value, expr);
            } else if matches!(frame.body.expr(argument.value), Expr::Spread(_)) {
                match self.listed(state, &value) {
                    Some(listed) if arguments.rest.is_none() => {
                        arguments.by_place.extend(listed.into_iter().map(|(_, value)| Given { value, expr }));
                    }
                    _ => add_rest(&mut arguments, Given { value: self.any_of(state, &value), expr }),
                }
            } else {
                arguments.by_place.push(Given { value, expr });
            }
        }
        arguments
    }

    fn spread_names(&self, state: &State, arguments: &mut Arguments, value: Value, expr: Option<ExprId>) {
        let Some((_, cell)) = state.cell_of(&value) else {
            add_rest(arguments, Given { value: self.any_of(state, &value), expr });
            return;
        };
        for (key, value) in &cell.entries {
            if let Key::Text(name) = key
                && let Some(sym) = self.program.names.get(name)
            {
                arguments.by_name.push((sym, Given { value: value.clone(), expr }));
            } else {
                add_rest(arguments, Given { value: value.clone(), expr });
            }
        }
        if !cell.is_exact {
            add_rest(arguments, Given { value: cell.rest.clone(), expr });
        }
    }

    /// The argument a spec means; `None` when it is not given. For `all` the first that carries taint.
    pub(super) fn argument(
        &self,
        state: &State,
        wanted: &ArgumentRef,
        receiver: Option<&Value>,
        arguments: &Arguments,
    ) -> Option<Given> {
        match wanted {
            ArgumentRef::Place(place) => arguments.by_place.get(*place as usize).or(arguments.rest.as_ref()).cloned(),
            ArgumentRef::Name(name) => match name.as_str() {
                "receiver" => receiver.map(|value| Given { value: value.clone(), expr: None }),
                "all" | "rest" => {
                    let tainted = arguments.all().find(|given| !state.labels(&given.value).is_empty());
                    tainted.or_else(|| arguments.all().next()).cloned()
                }
                "first" => {
                    let given = arguments.by_place.first()?;
                    let first = state
                        .cell_of(&given.value)
                        .filter(|(_, cell)| cell.is_exact)
                        .and_then(|(_, cell)| (cell.kind == CellKind::List).then(|| cell.get(&Key::Int(0)))?);
                    Some(Given { value: first.unwrap_or_else(|| given.value.clone()), expr: given.expr })
                }
                name => {
                    let sym = self.program.names.get(name)?;
                    arguments.by_name.iter().find(|(known, _)| *known == sym).map(|(_, given)| given.clone())
                }
            },
            ArgumentRef::Either(ways) => ways.iter().find_map(|way| self.argument(state, way, receiver, arguments)),
        }
    }

    /// Every argument a spec means: several for `all` and `rest`.
    pub(super) fn arguments_meant(
        &self,
        state: &State,
        wanted: &ArgumentRef,
        receiver: Option<&Value>,
        arguments: &Arguments,
    ) -> Vec<Given> {
        match wanted {
            ArgumentRef::Name(name) if name == "all" => arguments.all().cloned().collect(),
            ArgumentRef::Name(name) if name == "rest" => arguments.all().skip(1).cloned().collect(),
            wanted => self.argument(state, wanted, receiver, arguments).into_iter().collect(),
        }
    }

    /// The values of a body's parameters, in their order, each with the expression that gave it.
    pub(super) fn bind_parameters(
        &mut self,
        state: &mut State,
        body: &crate::ir::Body,
        file: &crate::program::File,
        receiver: Option<Value>,
        arguments: &Arguments,
    ) -> Vec<Given> {
        let mut places =
            receiver.map(|value| Given { value, expr: None }).into_iter().chain(arguments.by_place.iter().cloned());
        let mut bound = Vec::with_capacity(body.parameters.len());
        let nothing = || Given { value: Value::unknown(), expr: None };
        let mut used: Vec<Sym> = Vec::new();
        for parameter in &body.parameters {
            let sym = file.sym(parameter.name);
            let by_name = || arguments.by_name.iter().find(|(name, _)| *name == sym).map(|(_, given)| given.clone());
            let given = match parameter.kind {
                crate::ir::ParameterKind::Plain => {
                    used.push(sym);
                    places
                        .next()
                        .or_else(by_name)
                        .or_else(|| arguments.rest.clone())
                        .or_else(|| default_of(file, body, parameter).map(|value| Given { value, expr: None }))
                }
                crate::ir::ParameterKind::NameOnly => {
                    used.push(sym);
                    by_name()
                        .or_else(|| arguments.rest.clone())
                        .or_else(|| default_of(file, body, parameter).map(|value| Given { value, expr: None }))
                }
                crate::ir::ParameterKind::Rest => {
                    let mut cell = Cell::new(CellKind::List);
                    let mut expr = None;
                    for given in places.by_ref() {
                        expr = expr.or(given.expr);
                        cell.push(given.value);
                    }
                    if let Some(rest) = &arguments.rest {
                        cell.set_somewhere(&rest.value);
                    }
                    Some(Given { value: state.allocate(cell), expr })
                }
                crate::ir::ParameterKind::RestByName => {
                    let mut cell = Cell::new(CellKind::Dict);
                    let mut expr = None;
                    for (name, given) in &arguments.by_name {
                        let is_own = body.parameters.iter().any(|parameter| file.sym(parameter.name) == *name);
                        if !is_own {
                            expr = expr.or(given.expr);
                            cell.set(Key::Text(self.program.text(*name).into()), given.value.clone());
                        }
                    }
                    if let Some(rest) = &arguments.rest {
                        cell.set_somewhere(&rest.value);
                    }
                    Some(Given { value: state.allocate(cell), expr })
                }
            };
            bound.push(given.unwrap_or_else(nothing));
        }
        bound
    }
}

fn add_rest(arguments: &mut Arguments, given: Given) {
    arguments.rest = Some(match arguments.rest.take() {
        Some(known) => Given { value: known.value.join(&given.value), expr: known.expr },
        None => given,
    });
}

/// A default that is a constant.
fn default_of(file: &crate::program::File, body: &crate::ir::Body, parameter: &crate::ir::Parameter) -> Option<Value> {
    let arena = file.module.body(body.parent?);
    match arena.expr(parameter.default?) {
        Expr::Constant(constant) => Some(Value::constant(constant.clone())),
        _ => Some(Value::of(Kind::Unknown)),
    }
}
