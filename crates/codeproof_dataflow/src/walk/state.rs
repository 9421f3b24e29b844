//! What is known at one point of a walk: variables, cells, the page so far, and checks that were passed.

use std::cell::Cell as Counter;
use std::rc::Rc;
use std::sync::Arc;

use crate::contexts::html::HtmlState;
use crate::ir::{Constant, Local};
use crate::value::{Cell, CellId, Facts, Kind, Label, Origin, Value, add_label};

/// States of the page kept apart; more become the first ones.
const PAGES_MAX: usize = 4;

/// Checks remembered at once.
const CHECKS_MAX: usize = 32;

/// Places that are no variables, at most.
const PLACES_MAX: usize = 64;

/// Cells that one look into a value goes through.
const CELLS_MAX: usize = 256;

/// What is known at one point. Clones are cheap; parts are copied when they are written.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// Control does not come here.
    pub(crate) is_dead: bool,
    locals: Arc<Vec<Value>>,
    /// What is known of places that are no variables (`self.path`, `$_GET['id']`), by their text.
    places: Arc<Vec<(Box<str>, Value)>>,
    heap: Arc<Vec<Option<Arc<Cell>>>>,
    /// The number of the next cell, on whatever way: no two cells of a walk share one.
    next_cell: Rc<Counter<u32>>,
    /// Where in the page the next output stands, on each way here.
    pub(crate) pages: Vec<HtmlState>,
    /// What was checked of data that is no single variable.
    checked: Arc<Vec<(Origin, Facts)>>,
}

impl State {
    /// The state at the start of a body with that many locals.
    pub(crate) fn new(locals: usize) -> Self {
        Self {
            is_dead: false,
            locals: Arc::new(vec![Value::unknown(); locals]),
            places: Arc::default(),
            heap: Arc::default(),
            next_cell: Rc::default(),
            pages: vec![HtmlState::default()],
            checked: Arc::default(),
        }
    }

    /// Control does not come here.
    pub(crate) fn die(&mut self) {
        self.is_dead = true;
    }

    /// The same point with other variables: entering a body that is walked inside this one.
    pub(crate) fn entering(&self, locals: usize) -> Self {
        Self { locals: Arc::new(vec![Value::unknown(); locals]), places: Arc::default(), ..self.clone() }
    }

    /// Back in the body that was left for `inner`: its own variables, what the inner one did to the rest.
    pub(crate) fn returning(&mut self, inner: State) {
        self.is_dead = inner.is_dead;
        self.heap = inner.heap;
        self.pages = inner.pages;
        self.checked = inner.checked;
    }

    /// A variable.
    pub(crate) fn local(&self, local: Local) -> Value {
        self.locals.get(local.index()).cloned().unwrap_or_default()
    }

    /// Every variable.
    pub(crate) fn locals(&self) -> &[Value] {
        &self.locals
    }

    /// Sets a variable.
    pub(crate) fn set_local(&mut self, local: Local, value: Value) {
        if let Some(known) = Arc::make_mut(&mut self.locals).get_mut(local.index()) {
            *known = value;
        }
    }

    /// Whether anything is known of places that are no variables.
    pub(crate) fn has_places(&self) -> bool {
        !self.places.is_empty()
    }

    /// What is known of a place that is no variable.
    pub(crate) fn place(&self, key: &str) -> Option<&Value> {
        self.places.iter().find(|(known, _)| &**known == key).map(|(_, value)| value)
    }

    /// Sets what is known of a place that is no variable.
    pub(crate) fn set_place(&mut self, key: &str, value: Value) {
        let places = Arc::make_mut(&mut self.places);
        match places.iter().position(|(known, _)| &**known == key) {
            Some(at) => places[at].1 = value,
            None if places.len() < PLACES_MAX => places.push((key.into(), value)),
            None => {}
        }
    }

    /// Forgets the places below a variable that gets another value.
    pub(crate) fn forget_places(&mut self, variable: &str) {
        let is_below = |key: &str| key.strip_prefix(variable).is_some_and(|rest| rest.starts_with(['.', '[']));
        if self.places.iter().any(|(key, _)| is_below(key)) {
            Arc::make_mut(&mut self.places).retain(|(key, _)| !is_below(key));
        }
    }

    /// A new cell.
    pub(crate) fn allocate(&mut self, cell: Cell) -> Value {
        let number = self.next_cell.get();
        self.next_cell.set(number.saturating_add(1));
        self.reserve(number as usize + 1);
        Arc::make_mut(&mut self.heap)[number as usize] = Some(Arc::new(cell));
        Value::of(Kind::Cell(CellId(number)))
    }

    /// How many cells there are on all ways together: what a copy of this state costs.
    pub(crate) fn size(&self) -> usize {
        self.heap.len() + self.locals.len()
    }

    fn reserve(&mut self, length: usize) {
        if self.heap.len() < length {
            Arc::make_mut(&mut self.heap).resize(length, None);
        }
    }

    /// A cell.
    pub(crate) fn cell(&self, id: CellId) -> Option<&Arc<Cell>> {
        self.heap.get(id.0 as usize)?.as_ref()
    }

    /// The cell a value is.
    pub(crate) fn cell_of(&self, value: &Value) -> Option<(CellId, &Arc<Cell>)> {
        match value.kind() {
            Kind::Cell(id) => self.cell(*id).map(|cell| (*id, cell)),
            _ => None,
        }
    }

    /// The list or mapping a value is, also one of another walk.
    pub(crate) fn collection<'v>(&'v self, value: &'v Value) -> Option<&'v Cell> {
        match value.kind() {
            Kind::Cell(id) => self.cell(*id).map(Arc::as_ref),
            Kind::Tree(cell) => Some(cell),
            _ => None,
        }
    }

    /// Changes a cell.
    pub(crate) fn change(&mut self, id: CellId, change: impl FnOnce(&mut Cell)) {
        if let Some(Some(cell)) = Arc::make_mut(&mut self.heap).get_mut(id.0 as usize) {
            change(Arc::make_mut(cell));
        }
    }

    /// The taint of a value and of everything in it.
    pub(crate) fn labels(&self, value: &Value) -> Vec<Label> {
        let mut labels = value.labels().to_vec();
        if matches!(value.kind(), Kind::Cell(_) | Kind::Method(..) | Kind::Tree(_)) {
            self.gather(value, &mut labels, 4, &mut Vec::new());
        }
        labels
    }

    /// Adds the taint in a value down to `depth`; each cell in `seen` was looked into.
    fn gather(&self, value: &Value, labels: &mut Vec<Label>, depth: usize, seen: &mut Vec<CellId>) {
        for label in value.labels() {
            add_label(labels, label);
        }
        if depth == 0 {
            return;
        }
        match value.kind() {
            Kind::Cell(id) => {
                if let Some(cell) = self.cell(*id).filter(|_| !seen.contains(id) && seen.len() < CELLS_MAX) {
                    seen.push(*id);
                    cell.values().for_each(|inner| self.gather(inner, labels, depth - 1, seen));
                }
            }
            Kind::Tree(cell) => cell.values().for_each(|inner| self.gather(inner, labels, depth - 1, seen)),
            Kind::Method(receiver, _) => self.gather(receiver, labels, depth - 1, seen),
            _ => {}
        }
    }

    /// Whether a value and everything in it is known to be chosen by nobody outside.
    pub(crate) fn is_harmless(&self, value: &Value, depth: usize) -> bool {
        self.is_harmless_inside(value, depth, &mut Vec::new())
    }

    /// As [`Self::is_harmless`]; each cell in `seen` is being looked into.
    fn is_harmless_inside(&self, value: &Value, depth: usize, seen: &mut Vec<CellId>) -> bool {
        match value.kind() {
            Kind::Cell(id) if depth > 0 => {
                if seen.contains(id) || seen.len() >= CELLS_MAX {
                    return seen.contains(id);
                }
                seen.push(*id);
                value.labels().is_empty()
                    && self.cell(*id).is_some_and(|cell| {
                        cell.is_exact && cell.values().all(|inner| self.is_harmless_inside(inner, depth - 1, seen))
                    })
            }
            _ => value.is_harmless(),
        }
    }

    /// Remembers what a check told of data.
    pub(crate) fn check(&mut self, origin: &Origin, facts: Facts) {
        if self.checked.len() < CHECKS_MAX {
            Arc::make_mut(&mut self.checked).push((origin.clone(), facts));
        }
    }

    /// The facts of a label with what checks told of its data.
    pub(crate) fn facts(&self, label: &Label) -> Facts {
        let told = self.checked.iter().filter(|(origin, _)| *origin == label.origin);
        told.fold(label.facts, |facts, (_, told)| facts.then(*told))
    }

    /// What holds when control comes from here or from `other`.
    pub(crate) fn join(&mut self, other: State) {
        if other.is_dead {
            return;
        }
        if self.is_dead {
            *self = other;
            return;
        }
        if !Arc::ptr_eq(&self.locals, &other.locals) {
            for (one, other) in Arc::make_mut(&mut self.locals).iter_mut().zip(other.locals.iter()) {
                *one = one.join(other);
            }
        }
        if !Arc::ptr_eq(&self.places, &other.places) {
            // What is known on one way only is not known; taint that may be there is kept.
            let mut places: Vec<(Box<str>, Value)> = Vec::new();
            for (key, value) in self.places.iter() {
                match other.place(key) {
                    Some(known) => places.push((key.clone(), value.join(known))),
                    None if !value.labels().is_empty() => places.push((key.clone(), value.clone())),
                    None => {}
                }
            }
            for (key, value) in other.places.iter() {
                if !value.labels().is_empty() && self.place(key).is_none() {
                    places.push((key.clone(), value.clone()));
                }
            }
            self.places = Arc::new(places);
        }
        if !Arc::ptr_eq(&self.heap, &other.heap) {
            self.reserve(other.heap.len());
            let heap = Arc::make_mut(&mut self.heap);
            for (one, other) in heap.iter_mut().zip(other.heap.iter()) {
                match (&one, other) {
                    (Some(known), Some(other)) if Arc::ptr_eq(known, other) => {}
                    (Some(known), Some(other)) => *one = Some(Arc::new(known.join(other))),
                    (None, Some(other)) => *one = Some(other.clone()),
                    (_, None) => {}
                }
            }
        }
        for page in other.pages {
            if !self.pages.contains(&page) && self.pages.len() < PAGES_MAX {
                self.pages.push(page);
            }
        }
        if !Arc::ptr_eq(&self.checked, &other.checked) {
            let both = self.checked.iter().filter(|check| other.checked.contains(check)).cloned().collect();
            self.checked = Arc::new(both);
        }
    }

    /// After a round of a loop that began at `before`: what the round changed, further rounds change further. Whether
    /// there is foreign data where there was none.
    pub(crate) fn widen(&mut self, before: &State) -> bool {
        if self.is_dead || before.is_dead {
            return false;
        }
        let mut grew = false;
        if !Arc::ptr_eq(&self.locals, &before.locals) {
            for (now, then) in Arc::make_mut(&mut self.locals).iter_mut().zip(before.locals.iter()) {
                grew |= widen(now, then);
            }
        }
        if !Arc::ptr_eq(&self.heap, &before.heap) {
            for (now, then) in Arc::make_mut(&mut self.heap).iter_mut().zip(before.heap.iter()) {
                if let (Some(now), Some(then)) = (now, then)
                    && !Arc::ptr_eq(now, then)
                {
                    grew |= widen_cell(Arc::make_mut(now), then);
                }
            }
        }
        grew
    }
}

/// As [`State::widen`], for one value.
fn widen(now: &mut Value, then: &Value) -> bool {
    if let (Some(constants), Some(known)) = (now.as_constants(), then.as_constants())
        && constants != known
    {
        let is_number = |one: &Constant| matches!(one, Constant::Int(_) | Constant::Float(_) | Constant::Bool(_));
        *now = now.with_kind(if constants.iter().all(is_number) { Kind::Number } else { Kind::Harmless });
    }
    now.labels().len() > then.labels().len()
}

/// As [`State::widen`], for what is in a cell.
fn widen_cell(now: &mut Cell, then: &Cell) -> bool {
    let mut grew = widen(&mut now.rest, &then.rest);
    for (key, value) in &mut now.entries {
        grew |= match then.entries.iter().find(|(known, _)| known == key) {
            Some((_, known)) => widen(value, known),
            None => !value.labels().is_empty(),
        };
    }
    if now.is_exact && now.entries.len() > then.entries.len() {
        let any = now.any();
        now.set_somewhere(&any);
    }
    grew
}
