//! Taint: where data came from, what happened to it on the way, and what is known of its text.

use std::sync::{Arc, Mutex, PoisonError};

use super::Facts;
use crate::ir::Bytes;
use crate::kinds::Trust;

/// A place in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// Index of the file in the program.
    pub file: u32,
    /// Its bytes.
    pub bytes: Bytes,
}

/// Where data enters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Source {
    /// Who wrote it.
    pub(crate) trust: Trust,
    /// What it is, as the end of a sentence: `the query string of the request`.
    pub(crate) what: Arc<str>,
    /// Where.
    pub(crate) spot: Spot,
}

/// What happened to data at a step of its way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Move {
    /// It was put into a variable, field or item of this name.
    Stored(Arc<str>),
    /// It became part of a text or of the result of an operator.
    Combined,
    /// It went through a call of this name.
    Through(Arc<str>),
    /// It was handed to a function of the program, as this parameter.
    Passed(Arc<str>),
    /// It came back from a function of the program of this name.
    Returned(Arc<str>),
    /// It was encoded or checked by this, which does not help at the sink.
    Cleaned(Arc<str>),
}

/// One step, and those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hop {
    pub(crate) spot: Spot,
    pub(crate) what: Move,
    pub(crate) before: Option<Arc<Hop>>,
    /// How many there are, this one included.
    pub(crate) count: u32,
}

/// Steps a chain holds at most; later ones are left out, the sink is always told.
const HOPS_MAX: u32 = 40;

/// Follows a value for a person who asks: every step of its data is written down.
#[derive(Debug, Clone, Default)]
pub(crate) struct Probe(Arc<Mutex<Vec<(Spot, Move)>>>);

impl Probe {
    /// The steps so far, in the order of their places.
    pub(crate) fn steps(&self) -> Vec<(Spot, Move)> {
        let mut steps = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        steps.sort();
        steps.dedup();
        steps
    }

    fn note(&self, spot: Spot, what: &Move) {
        let mut steps = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if steps.len() < STEPS_MAX {
            steps.push((spot, what.clone()));
        }
    }
}

impl PartialEq for Probe {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Probe {}

/// Steps a probe writes down.
const STEPS_MAX: usize = 10_000;

/// Whose data it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// What the caller gave as this parameter.
    Parameter(u32),
    /// Data from outside.
    Source(Arc<Source>),
    /// A value that is followed because somebody asked.
    Probe(Probe),
}

/// Data that reached a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) origin: Origin,
    pub(crate) facts: Facts,
    pub(crate) way: Option<Arc<Hop>>,
}

/// Data that one value carries at most; what comes later is left out.
const LABELS_MAX: usize = 6;

impl Label {
    /// Fresh data.
    pub(crate) fn new(origin: Origin) -> Self {
        Self { origin, facts: Facts::raw(), way: None }
    }

    /// The label after one more step. A step at the place of the last one replaces it.
    #[must_use]
    pub(crate) fn stepped(&self, spot: Spot, what: Move) -> Self {
        if let Origin::Probe(probe) = &self.origin {
            probe.note(spot, &what);
        }
        let count = self.way.as_ref().map_or(0, |hop| hop.count);
        if count >= HOPS_MAX {
            return self.clone();
        }
        let hop = Hop { spot, what, before: self.way.clone(), count: count + 1 };
        Self { way: Some(Arc::new(hop)), ..self.clone() }
    }

    /// The steps, first one first.
    pub(crate) fn hops(&self) -> Vec<&Hop> {
        let mut hops: Vec<&Hop> = std::iter::successors(self.way.as_deref(), |hop| hop.before.as_deref()).collect();
        hops.reverse();
        hops
    }

    /// What the label of a parameter becomes when `given` was handed in: the same facts and steps behind the caller's.
    pub(crate) fn behind(&self, given: &Label) -> Self {
        let mut way = given.way.clone();
        for hop in self.hops() {
            let count = way.as_ref().map_or(0, |hop: &Arc<Hop>| hop.count);
            if count >= HOPS_MAX {
                break;
            }
            way = Some(Arc::new(Hop { spot: hop.spot, what: hop.what.clone(), before: way, count: count + 1 }));
        }
        Self { origin: given.origin.clone(), facts: given.facts.then(self.facts), way }
    }
}

/// Adds `label` to `labels`, joined with one of the same origin, the shorter way kept.
pub(crate) fn add_label(labels: &mut Vec<Label>, label: &Label) {
    if let Some(known) = labels.iter_mut().find(|known| known.origin == label.origin) {
        if known == label {
            return;
        }
        let count = |label: &Label| label.way.as_ref().map_or(0, |hop| hop.count);
        let facts = known.facts.join(label.facts);
        // The way of the label that is least cleaned tells the story that matters.
        if facts == label.facts && (facts != known.facts || count(label) < count(known)) {
            known.way = label.way.clone();
        }
        known.facts = facts;
    } else if labels.len() < LABELS_MAX {
        labels.push(label.clone());
    }
}
