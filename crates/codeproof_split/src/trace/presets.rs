//! Settings that one engine is run with, entry by entry: which entry of a registry a call works for.
//!
//! An entry reaches its engine in many ways: as an argument, merged over defaults, kept by the object the engine is a
//! method of, or picked inside the engine by a key it was given. A call that works for exactly one entry is that entry's.

use std::collections::BTreeSet;

use super::calls::Arguments;
use super::machine::{Frame, Machine};
use super::value::{Data, Dict, Function, Value};
use super::{Call, Kind, UnitId};

/// Entries remembered per value; more are a table, not settings.
const ENTRIES_MAX: usize = 4;

/// Entries inside each other.
const LEVELS_MAX: usize = 4;

impl<'a> Machine<'a, '_> {
    /// Entries of registries that a value is, or was merged from.
    pub(super) fn entries_of(&self, value: &Value<'a>) -> BTreeSet<UnitId> {
        let merged = match &value.data {
            Data::Dict(dict) => dict.made_of.borrow().clone(),
            Data::Instance(instance) => instance.made_of.borrow().clone(),
            Data::Namespace(_) => BTreeSet::new(),
            _ => return BTreeSet::new(),
        };
        let own = value.origin.as_deref().map(|origin| origin.range.start().to_u32());
        merged.into_iter().chain(own.filter(|own| self.entries.contains_key(own))).collect()
    }

    /// The entry a constant is written in.
    fn entry_around(&self, value: &Value<'a>) -> Option<UnitId> {
        let range = value.origin.as_deref().filter(|_| matches!(value.data, Data::Constant(_)))?.range;
        let before = self.entries.range(..=range.start().to_u32()).rev().take(LEVELS_MAX);
        before.filter(|(_, end)| range.end().to_u32() <= **end).map(|(entry, _)| *entry).next()
    }

    /// What is merged into a dict brings the entries it came from.
    pub(super) fn merge_entries(&self, into: &Dict<'a>, value: &Value<'a>) {
        let room = ENTRIES_MAX.saturating_sub(into.made_of.borrow().len());
        let entries: Vec<UnitId> = self.entries_of(value).into_iter().take(room).collect();
        into.made_of.borrow_mut().extend(entries);
    }

    /// Remembers that the present call picked an entry by a key that is not written there.
    pub(super) fn choose(&mut self, key: &Value<'a>, found: &Value<'a>) {
        let is_written = key.origin.as_deref().is_some_and(|origin| origin.kind == Kind::Inline);
        if is_written || self.is_at_module() {
            return;
        }
        let entries = self.entries_of(found);
        self.frame().chosen.extend(entries);
    }

    /// Units a call runs for besides its function.
    pub(super) fn sponsors(
        &self,
        function: &Function<'a>,
        base: Option<&Value<'a>>,
        arguments: &Arguments<'a>,
    ) -> Vec<UnitId> {
        let mut units = Vec::new();
        let mut kept = BTreeSet::new();
        if let Some(Value { data: Data::Instance(instance), .. }) = base {
            let own = function.class.borrow().as_ref().map(|class| class.unit);
            units.extend(Some(instance.class.unit).filter(|unit| Some(*unit) != own));
            kept.extend(instance.made_of.borrow().iter().copied());
            kept.extend(instance.attributes.borrow().values().flat_map(|value| self.entries_of(value)));
        }
        let values = arguments.positional.iter().chain(arguments.keywords.iter().map(|(_, value)| value));
        let is_settings =
            |value: &&Value<'a>| matches!(value.data, Data::Dict(_) | Data::Instance(_) | Data::Namespace(_));
        let settings: Vec<&Value<'a>> = values.filter(is_settings).collect();
        let given: BTreeSet<UnitId> = settings.iter().flat_map(|value| self.entries_of(value)).collect();
        let unpacked = arguments.entry.filter(|entry| self.entries.contains_key(entry));
        // `run(df, entry['low'], entry['high'])`: the values tell whose they are.
        let values = arguments.positional.iter().chain(arguments.keywords.iter().map(|(_, value)| value));
        let written: BTreeSet<UnitId> = values.filter_map(|value| self.entry_around(value)).collect();
        units.extend(only(&given).or(unpacked).or_else(|| only(&written)).or_else(|| only(&kept)));
        units
    }

    /// Ends a call: when it picked one entry by itself, it was made for that one.
    pub(super) fn picked(&mut self, frame: &Frame<'a>, returned: &Value<'a>) -> Option<UnitId> {
        if matches!(returned.data, Data::Dict(_) | Data::Instance(_) | Data::Namespace(_)) {
            // What only looks settings up looks them up for its caller.
            self.frame().chosen.extend(frame.chosen.iter().copied());
            return None;
        }
        let entry = only(&frame.chosen)?;
        let caller = self.trace.calls.get(frame.call)?.caller;
        let inserted = self.trace.calls.len();
        self.trace.calls.push(Call { unit: entry, caller, ..Call::default() });
        self.trace.calls.get_mut(frame.call)?.caller = inserted;
        Some(entry)
    }
}

fn only(units: &BTreeSet<UnitId>) -> Option<UnitId> {
    units.first().copied().filter(|_| units.len() == 1)
}
