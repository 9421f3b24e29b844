//! Rendering: a call that shows a template is walked with the variables it gives, as are the templates it takes in.

use super::arguments::Arguments;
use super::entry::constant_argument;
use super::pages::Page;
use super::specs::keeps_known_parts;
use super::{Frame, State, Walker};
use crate::contexts::Danger;
use crate::contexts::html::HtmlState;
use crate::ir::{BodyId, Constant, ExprId};
use crate::lower::jinja::BLOCK;
use crate::names::Sym;
use crate::specs::{ArgumentRef, Rendering};
use crate::value::{BodyRef, CellKind, Facts, Key, Kind, Label, Move, Traits, Value};

/// Templates that one call may mean, at most.
const NAMES_MAX: usize = 4;

/// The word that specs set on what shows templates without escaping anything.
const RAW: &str = "unescaped";

/// Where the name of the template that an object shows is kept in it. No program has such a field.
const NAME: &str = "@template";

impl<'p> Walker<'p> {
    /// A call that shows a template, or finds one to show; gives what it gives.
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    pub(super) fn rendered(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        rendering: &'p Rendering,
        receiver: Option<&Value>,
        arguments: &Arguments,
        result: Value,
    ) -> Value {
        let names = ways(&rendering.template).into_iter().find_map(|way| {
            let given = self.argument(state, way, receiver, arguments)?;
            if matches!(given.value.kind(), Kind::Parameter(_)) {
                self.walked.summary.is_sensitive = true;
            }
            let names = names_in(state, &given.value);
            (!names.is_empty()).then_some(names)
        });
        let Some(names) = names else { return result };
        let shown_by = receiver.and_then(|receiver| state.cell_of(receiver));
        let is_raw = shown_by.is_some_and(|(_, cell)| cell.words.iter().any(|word| **word == *RAW));
        if let Some((id, _)) = state.cell_of(&result) {
            let kept = names.iter().map(|name| Constant::Str(name.as_str().into())).collect();
            state.change(id, |cell| {
                cell.set(Key::Text(NAME.into()), Value::of(Kind::Constants(kept)));
                if is_raw {
                    cell.words.push(RAW.into());
                }
            });
        }
        if self.is_quiet {
            return result;
        }
        let page = Page { is_raw, ..self.page_of(frame, state, expr, rendering, receiver, arguments) };
        // A template that shows another goes on with its own page and variables.
        if self.program.templates.has(frame.at.file) {
            self.take_in(frame, state, &names, page.variables, false);
        } else {
            self.render(frame, state, &names, &page);
        }
        result
    }

    /// What the walk's own body returns is given to the template that its decorator names.
    pub(super) fn render_returned(&mut self, frame: &mut Frame<'p>, state: &mut State, value: &Value, expr: ExprId) {
        if !self.program.templates.is_any() {
            return;
        }
        for (point, decorator) in self.points_of(frame) {
            let (Some(rendering), Some(decorator)) = (&point.renders, decorator) else { continue };
            let Some(name) = constant_argument(frame, decorator, &rendering.template) else { continue };
            let name = name.rsplit(':').next().unwrap_or(name);
            let mut arguments = Arguments::of(std::slice::from_ref(value));
            arguments.by_place[0].expr = Some(expr);
            let page = self.page_of(frame, state, expr, rendering, None, &arguments);
            self.render(frame, state, &[name.to_owned()], &page);
        }
    }

    /// Walks the templates of these names as pages of their own, when anything foreign is given to them.
    fn render(&mut self, frame: &mut Frame<'p>, state: &mut State, names: &[String], page: &Page) {
        let values = page.variables.iter().map(|(_, value)| value).chain(&page.rest);
        if values.into_iter().all(|value| state.labels(value).is_empty()) {
            return;
        }
        let from = frame.at.file;
        for file in names.iter().filter_map(|name| self.program.template_named(from, name)) {
            let page = Page {
                variables: page.variables.clone(),
                rest: page.rest.clone(),
                chain: vec![file],
                is_raw: page.is_raw,
                block: None,
            };
            let around = std::mem::replace(&mut state.pages, vec![HtmlState::default()]);
            self.enter(frame, state, BodyRef { file, body: BodyId(0) }, page);
            state.pages = around;
        }
    }

    /// The variables that a call gives to a template.
    fn page_of(
        &mut self,
        frame: &Frame<'p>,
        state: &mut State,
        expr: ExprId,
        rendering: &Rendering,
        receiver: Option<&Value>,
        arguments: &Arguments,
    ) -> Page {
        let mut given: Vec<(Sym, Value, Option<ExprId>)> = Vec::new();
        let mut rest = None;
        for way in rendering.context.iter().flat_map(ways) {
            let Some(one) = self.argument(state, way, receiver, arguments) else { continue };
            let Some(table) = state.collection(&one.value) else {
                // A table that is not known holds what was put into it, under whatever name.
                let is_table = matches!(one.value.kind(), Kind::Unknown) && !one.value.labels().is_empty();
                rest = rest.or_else(|| is_table.then(|| guessed(&one.value)));
                continue;
            };
            if !matches!(table.kind, CellKind::Dict | CellKind::Array | CellKind::Foreign(_)) {
                continue;
            }
            for (key, value) in &table.entries {
                if let Key::Text(name) = key
                    && let Some(sym) = self.program.names.get(name)
                {
                    given.push((sym, value.clone(), one.expr));
                }
            }
            if !table.is_exact && !table.rest.labels().is_empty() {
                rest = Some(guessed(&table.rest));
            }
            break;
        }
        if rendering.named {
            given.extend(arguments.by_name.iter().map(|(name, one)| (*name, one.value.clone(), one.expr)));
            rest = rest.or_else(|| arguments.rest.as_ref().map(|one| Value::tainted(state.labels(&one.value))));
        }
        if let [name, value] = rendering.variable.as_slice()
            && let Some(name) = self.argument(state, name, receiver, arguments)
            && let Some(sym) = name.value.as_str().and_then(|name| self.program.names.get(name))
            && let Some(one) = self.argument(state, value, receiver, arguments)
        {
            given.push((sym, one.value, one.expr));
        }
        let mut variables = Vec::with_capacity(given.len());
        for (sym, value, at) in given {
            let spot = frame.spot_of(at.unwrap_or(expr));
            let what = Move::Passed(self.program.text(sym).into());
            let value = passed(state, &value, &mut |label| label.stepped(spot, what.clone()), 2);
            variables.push((sym, value));
        }
        Page { variables, rest: rest.filter(|rest| !rest.labels().is_empty()), ..Page::default() }
    }

    /// What a lowered template asks the engine for, and filters; `None` when nothing is to be said of them.
    pub(super) fn template_function(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        name: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        if name == "|e" {
            return Some(self.escaped(frame, state, expr, arguments.at(0)?));
        }
        if let Some(filter) = name.strip_prefix('|') {
            return self.filter(frame, state, expr, filter, arguments);
        }
        let harmless = Some(Value::of(Kind::Harmless));
        match name {
            "@escaped" => Some(self.autoescaped(frame, state, expr, arguments.at(0)?)),
            "@text" => harmless,
            "@include" | "@include_only" => {
                let names = names_in(state, arguments.at(0)?);
                let mut own: Vec<(Sym, Value)> =
                    arguments.by_name.iter().map(|(name, given)| (*name, given.value.clone())).collect();
                if let Some(table) = arguments.at(1).and_then(|table| state.collection(table)) {
                    own.extend(table.entries.iter().filter_map(|(key, value)| match key {
                        Key::Text(name) => Some((self.program.names.get(name)?, value.clone())),
                        Key::Int(_) => None,
                    }));
                }
                self.take_in(frame, state, &names, own, name == "@include_only");
                harmless
            }
            "@extends" => {
                let names = names_in(state, arguments.at(0)?);
                self.extend(frame, state, &names);
                harmless
            }
            "@block" => {
                let name = format!("{BLOCK}{}", arguments.at(0)?.as_str()?);
                if let Some(name) = self.program.names.get(&name) {
                    self.block_named(frame, state, name, 0);
                }
                harmless
            }
            "@super" => {
                if let Some((name, level)) = self.rendered_pages.last().and_then(|page| page.block) {
                    self.block_named(frame, state, name, level + 1);
                }
                harmless
            }
            "@macro" => {
                let template = names_in(state, arguments.at(0)?);
                let name = self.program.names.get(arguments.at(1)?.as_str()?)?;
                let file = template.iter().find_map(|template| self.program.template_named(frame.at.file, template))?;
                let target =
                    self.program.static_name(file, name).filter(|value| matches!(value.kind(), Kind::Function(..)))?;
                let mut given = arguments.clone();
                given.by_place.drain(..2);
                Some(self.call_value(frame, state, expr, &target, &given, self.program.text(name)))
            }
            _ => None,
        }
    }

    /// A value as a template that escapes emits it.
    fn autoescaped(&self, frame: &Frame<'p>, state: &State, expr: ExprId, value: &Value) -> Value {
        if self.is_raw() { self.as_text(state, value) } else { self.escaped(frame, state, expr, value) }
    }

    /// A value with the marks of HTML as entities.
    fn escaped(&self, frame: &Frame<'p>, state: &State, expr: ExprId, value: &Value) -> Value {
        let text = self.as_text(state, value);
        if text.labels().is_empty() {
            // Whatever it is, where escaping is enough it does no harm.
            let escaped = crate::value::Encoding::Html.apply(Facts::raw());
            let is_enough = state.pages.iter().all(|page| matches!(page.danger(&escaped), Danger::No(_)));
            return match text.as_str() {
                Some(constant) if !constant.contains(['<', '>', '&', '"', '\'']) => text,
                _ if is_enough || text.is_harmless() => Value::of(Kind::Harmless),
                // Known parts are escaped as well, so they say nothing of where the page stands.
                _ => Value::unknown(),
            };
        }
        let (spot, what) = (frame.spot_of(expr), Move::Cleaned("escaping".into()));
        let text = if keeps_known_parts(&text) { text } else { Value::tainted(text.labels().to_vec()) };
        text.map_labels(&mut |label| {
            let facts = crate::value::Encoding::Html.apply(label.facts);
            Label { facts, ..label.clone() }.stepped(spot, what.clone())
        })
    }
}

/// The ways to name an argument, one by one.
fn ways(wanted: &ArgumentRef) -> Vec<&ArgumentRef> {
    match wanted {
        ArgumentRef::Either(ways) => ways.iter().collect(),
        one => vec![one],
    }
}

/// The names of templates that a value is: texts, lists of them, and objects that show one.
fn names_in(state: &State, value: &Value) -> Vec<String> {
    let texts = |value: &Value| -> Vec<String> {
        let constants = value.as_constants().unwrap_or_default();
        let texts = constants.iter().filter_map(|constant| match constant {
            Constant::Str(text) => Some(text.to_string()),
            _ => None,
        });
        texts.take(NAMES_MAX).collect()
    };
    match state.collection(value) {
        Some(cell) if cell.kind == CellKind::List => cell.values().flat_map(texts).take(NAMES_MAX).collect(),
        Some(cell) => cell
            .entries
            .iter()
            .find(|(key, _)| *key == Key::Text(NAME.into()))
            .map_or_else(Vec::new, |(_, name)| texts(name)),
        None => texts(value),
    }
}

/// What is in a table nobody knows by name: whether it is there under this one is a guess.
fn guessed(value: &Value) -> Value {
    Value::tainted(value.labels().to_vec()).map_labels(&mut |label| {
        let traits = label.facts.traits.or(Traits::GUESSED).or(Traits::PERHAPS_CLEANED);
        Label { facts: Facts { traits, ..label.facts }, ..label.clone() }
    })
}

/// A value after a step, with what is in it.
fn passed(state: &mut State, value: &Value, step: &mut impl FnMut(&Label) -> Label, depth: usize) -> Value {
    let taken = value.map_labels(step);
    let Some((_, cell)) = state.cell_of(value).filter(|_| depth > 0) else { return taken };
    if cell.values().all(|inner| state.labels(inner).is_empty()) {
        return taken;
    }
    let mut cell = crate::value::Cell::clone(cell);
    for (_, inner) in &mut cell.entries {
        *inner = passed(state, inner, step, depth - 1);
    }
    cell.rest = passed(state, &cell.rest, step, depth - 1);
    cell.text = cell.text.map(|text| text.map_labels(step));
    state.allocate(cell).with_labels(taken.labels().to_vec())
}
