//! Pages that are being emitted: a template with its variables, those it takes in and extends, and its blocks.

use super::{Frame, State, Walker};
use crate::ir::{BodyId, BodyKind};
use crate::lower::jinja::BLOCK;
use crate::names::Sym;
use crate::value::{BodyRef, Value};

/// Templates walked inside each other, with the functions around them, at most.
const DEPTH_MAX: usize = 9;

/// Expressions of a template that is walked where it is rendered, at most.
const EXPRS_MAX: usize = 12_000;

/// A page that is being emitted.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The variables it was given.
    pub(super) variables: Vec<(Sym, Value)>,
    /// What any other variable may be.
    pub(super) rest: Option<Value>,
    /// The template, and those it extends: nearest first.
    pub(super) chain: Vec<u32>,
    /// It is shown by something that does not escape, whatever the template's name.
    pub(super) is_raw: bool,
    /// The block that is being emitted, and whose of [`Page::chain`] it is.
    pub(super) block: Option<(Sym, usize)>,
}

impl<'p> Walker<'p> {
    /// Walks a body of a template as (a part of) `page`.
    pub(super) fn enter(&mut self, frame: &mut Frame<'p>, state: &mut State, at: BodyRef, page: Page) {
        let body = self.program.body(at);
        let size = body.exprs.len();
        let is_near = frame.depth < DEPTH_MAX && !self.stack.contains(&at) && size <= EXPRS_MAX;
        if !is_near || self.steps + size as u64 > self.steps_max / 2 {
            return;
        }
        let file = self.program.file(at.file);
        let mut variables = page.variables.clone();
        for local in &body.locals {
            let sym = self.trimmed(at.file, *local);
            // What a page gives to itself is no variable it was given.
            if let Some(rest) =
                page.rest.as_ref().filter(|_| !matches!(file.module.name(*local), "loop" | "forloop" | "this"))
                && !variables.iter().any(|(known, _)| *known == sym)
            {
                variables.push((sym, rest.clone()));
            }
        }
        if variables.is_empty() {
            // A name that is in no template: what is walked shares no variable with what it is walked from.
            variables.push((self.program.known.star, Value::unknown()));
        }
        let before = state.clone();
        self.rendered_pages.push(page);
        self.walk_page(frame, state, at, &variables);
        self.rendered_pages.pop();
        if state.is_dead {
            *state = before;
        }
    }

    /// The name of a variable, without the mark of those that only a part of the body sees.
    fn trimmed(&self, file: u32, local: crate::ir::Name) -> Sym {
        let file = self.program.file(file);
        let name = file.module.name(local);
        name.strip_suffix(' ').and_then(|name| self.program.names.get(name)).unwrap_or_else(|| file.sym(local))
    }

    /// What a template sees: what its page was given, and its own variables.
    fn visible(&self, frame: &Frame<'p>, state: &State) -> Vec<(Sym, Value)> {
        let mut seen = self.rendered_pages.last().map(|page| page.variables.clone()).unwrap_or_default();
        for (name, value) in frame.body.locals.iter().zip(state.locals()) {
            if *value != Value::unknown() {
                let sym = self.trimmed(frame.at.file, *name);
                seen.retain(|(known, _)| *known != sym);
                seen.push((sym, value.clone()));
            }
        }
        seen
    }

    /// Whether the page is shown by something that does not escape.
    pub(super) fn is_raw(&self) -> bool {
        self.rendered_pages.last().is_some_and(|page| page.is_raw)
    }

    /// Takes a template into the page; with the variables of this one unless it is `only` to have its own.
    pub(super) fn take_in(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        names: &[String],
        own: Vec<(Sym, Value)>,
        only: bool,
    ) {
        let mut variables = if only { Vec::new() } else { self.visible(frame, state) };
        variables.retain(|(name, _)| own.iter().all(|(known, _)| known != name));
        variables.extend(own);
        let rest = self.rendered_pages.last().and_then(|page| page.rest.clone()).filter(|_| !only);
        if rest.is_none() && variables.iter().all(|(_, value)| state.labels(value).is_empty()) {
            return;
        }
        let file = names.iter().find_map(|name| self.program.template_named(frame.at.file, name));
        if let Some(file) = file {
            let page = Page { variables, rest, chain: vec![file], is_raw: self.is_raw(), block: None };
            self.enter(frame, state, BodyRef { file, body: BodyId(0) }, page);
        }
    }

    /// Goes on with the template that this one extends; without it the blocks of this one are the page.
    pub(super) fn extend(&mut self, frame: &mut Frame<'p>, state: &mut State, names: &[String]) {
        let Some(page) = self.page_here(frame, state) else { return };
        let file = names.iter().find_map(|name| self.program.template_named(frame.at.file, name));
        if let Some(file) = file.filter(|file| !page.chain.contains(file)) {
            let mut chain = page.chain.clone();
            chain.push(file);
            self.enter(frame, state, BodyRef { file, body: BodyId(0) }, Page { chain, ..page });
            return;
        }
        let module = &self.program.file(frame.at.file).module;
        let blocks = (0u32..).zip(&module.bodies).filter(|(_, body)| module.name(body.name).starts_with(BLOCK));
        for (number, body) in blocks {
            let (at, name) = (BodyRef { file: frame.at.file, body: BodyId(number) }, frame.file.sym(body.name));
            let level = page.chain.len() - 1;
            let part = Page {
                variables: page.variables.clone(),
                rest: page.rest.clone(),
                chain: page.chain.clone(),
                is_raw: page.is_raw,
                block: Some((name, level)),
            };
            self.enter(frame, state, at, part);
        }
    }

    /// The page as it is here; `None` when nothing in it is foreign.
    fn page_here(&self, frame: &Frame<'p>, state: &State) -> Option<Page> {
        let variables = self.visible(frame, state);
        let around = self.rendered_pages.last();
        let rest = around.and_then(|page| page.rest.clone());
        if rest.is_none() && variables.iter().all(|(_, value)| state.labels(value).is_empty()) {
            return None;
        }
        let chain = around.map_or_else(|| vec![frame.at.file], |page| page.chain.clone());
        Some(Page { variables, rest, chain, is_raw: self.is_raw(), block: around.and_then(|page| page.block) })
    }

    /// Emits a block: as the nearest template has it, or behind level `from` for `super()`.
    pub(super) fn block_named(&mut self, frame: &mut Frame<'p>, state: &mut State, name: Sym, from: usize) {
        let Some(page) = self.page_here(frame, state) else { return };
        let found = page.chain.iter().enumerate().skip(from).find_map(|(level, file)| {
            let of = self.program.file(*file);
            let body = of
                .module
                .bodies
                .iter()
                .position(|body| of.sym(body.name) == name && body.kind == BodyKind::Function)?;
            Some((level, BodyRef { file: *file, body: BodyId(u32::try_from(body).ok()?) }))
        });
        if let Some((level, at)) = found {
            self.enter(frame, state, at, Page { block: Some((name, level)), ..page });
        }
    }
}
