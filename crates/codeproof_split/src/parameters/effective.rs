//! The reads of the followed program, sorted by scanner.
//!
//! A read belongs to the innermost scanner it happened in, unless an outer scanner handed the value (or what holds it)
//! down. What a helper reads belongs to the scanner only if it may differ between runs; else it is shared.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::handed::{self, Handed};
use super::repeats::{avoided, without_repeats};
use super::{Avoided, Impact, Parameter, describe, inline, leftover, mixed, rebound, type_name};
use crate::boundary::{self, Boundary, Owners, Unit};
use crate::trace::{Kind, Read, Trace, UnitId};
use codeproof_python::Module;

/// What was found for all scanners of a file.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// By scanner, in the order of the boundaries.
    pub(crate) scanners: Vec<Vec<Parameter>>,
    /// Shared on purpose.
    pub(crate) globals: Vec<Parameter>,
    /// What would have been mixed up by names.
    pub(crate) avoided: Vec<Avoided>,
    /// Scanners each scanner runs or uses leftovers of, by index.
    pub(crate) depends_on: Vec<BTreeSet<usize>>,
    /// What a person should look at, by scanner.
    pub(crate) review: Vec<Option<String>>,
}

/// Sorts the reads.
pub(crate) fn find(module: &Module, units: &[Unit], boundaries: &[Boundary], trace: &Trace) -> Found {
    let sorter = Sorter::new(module, units, boundaries, trace);
    let mut found = Found { scanners: vec![Vec::new(); boundaries.len()], ..Found::default() };
    let mut named: Vec<BTreeMap<String, Parameter>> = vec![BTreeMap::new(); boundaries.len()];
    let mut shared = BTreeMap::new();
    let mut values: BTreeMap<(usize, String), BTreeSet<String>> = BTreeMap::new();
    let mut is_direct = BTreeSet::new();
    let mut by_call = mixed::ByCall::default();
    let text = describe::Text::new(module);
    for (rank, read) in trace.reads.iter().enumerate() {
        let Some(scanner) = sorter.owner(read) else { continue };
        if !sorter.is_parameter(read, scanner) {
            continue;
        }
        let mut parameter = sorter.parameter(read);
        let is_own = sorter.is_inside(read, scanner) || sorter.is_set_in_handed(read, scanner);
        if parameter.kind == Kind::Local && !is_own {
            parameter.kind = Kind::Argument;
        }
        parameter.shared = sorter.is_shared(read);
        parameter.rank = rank;
        if parameter.shared {
            shared.insert(parameter.name.clone(), parameter.clone());
        }
        let direct = sorter.is_direct(read, scanner);
        is_direct.extend(Some(rank).filter(|_| direct));
        if direct && !parameter.value.is_string() || !parameter.shared {
            let key = key_of(&parameter);
            // An item of a list that has the list's name is a part of it.
            let is_item = |known: &Parameter| known.range == parameter.range && known.value.is_array();
            if !parameter.value.is_array() && named[scanner].get(&key).is_some_and(is_item) {
                continue;
            }
            by_call.add(scanner, sorter.call_of(read, scanner), &parameter);
            values.entry((scanner, key.clone())).or_default().insert(parameter.value.to_string());
            named[scanner].insert(key, parameter);
        }
    }
    for (at, boundary) in boundaries.iter().enumerate() {
        let mut list = without_repeats(std::mem::take(&mut named[at]).into_values().collect());
        // Flags have no names for their thresholds, wherever they are set.
        let sets_flags = boundary.detected_patterns.contains(&boundary::SETS_FLAGS);
        let place = match boundary.kind {
            "column" | "lambda" | "section" | "expression" => Some(inline::Where::Condition),
            _ if sets_flags => Some(inline::Where::Condition),
            "function" | "method" | "class" => Some(inline::Where::Code),
            _ => None,
        };
        list.extend(place.into_iter().flat_map(|place| inline::thresholds(module, boundary.range, place)));
        list.sort_by_key(|parameter| parameter.range);
        for parameter in &mut list {
            let values = values.get(&(at, key_of(parameter))).map_or(1, BTreeSet::len);
            text.describe(parameter, boundary, values);
        }
        // Fields of a record that is only handed on decide nothing.
        let is_field = |parameter: &Parameter| {
            let inside = boundary.range.0 <= parameter.range.0 && parameter.range.1 <= boundary.range.1;
            parameter.kind == Kind::Dict
                && inside
                && parameter.impact == Impact::Low
                && !is_direct.contains(&parameter.rank)
        };
        list.retain(|parameter| !is_field(parameter));
        found.scanners[at] = list;
    }
    found.review = by_call.review(&found.scanners);
    found.globals = sorter.globals(shared);
    found.depends_on = sorter.dependencies(boundaries.len());
    let leftovers = leftover::find(boundaries, &found.scanners, &sorter.owners);
    found.depends_on.iter_mut().zip(leftovers).for_each(|(depends, more)| depends.extend(more));
    found.avoided = avoided(boundaries, &found.scanners);
    found
}

struct Sorter<'a> {
    module: &'a Module,
    trace: &'a Trace,
    owners: Owners,
    boundaries: &'a [Boundary],
    by_unit: BTreeMap<UnitId, usize>,
    /// Scanners that read a written value, and what values have been seen under a name.
    readers: BTreeMap<(u32, u32, &'a str), BTreeSet<usize>>,
    written: BTreeMap<String, BTreeSet<(u32, u32)>>,
    locals: BTreeMap<(usize, String), BTreeSet<(u32, u32)>>,
    /// By scanner, names that are bound more than once in it.
    rebound: Vec<BTreeSet<String>>,
    /// By scanner, the function it is given to run, with its bytes and the names that are bound more than once in it.
    handed: BTreeMap<usize, Handed>,
}

impl<'a> Sorter<'a> {
    fn new(module: &'a Module, units: &'a [Unit], boundaries: &'a [Boundary], trace: &'a Trace) -> Self {
        let by_unit = boundaries.iter().enumerate().map(|(at, boundary)| (boundary.unit, at)).collect();
        let mut sorter = Self {
            module,
            trace,
            owners: Owners::new(units),
            boundaries,
            by_unit,
            readers: BTreeMap::new(),
            written: BTreeMap::new(),
            locals: BTreeMap::new(),
            rebound: rebound::names(module, &boundaries.iter().map(|boundary| boundary.range).collect::<Vec<_>>()),
            handed: handed::of_scanners(module, units, boundaries, trace),
        };
        for read in &trace.reads {
            let place = place(read);
            let name = read.origin.name.rsplit('.').next().unwrap_or_default().to_owned();
            if let Some(scanner) = sorter.owner(read) {
                sorter.readers.entry((place.0, place.1, &read.origin.name)).or_default().insert(scanner);
                sorter.locals.entry((scanner, read.name.clone())).or_default().insert(place);
            }
            sorter.written.entry(name).or_default().insert(place);
        }
        sorter
    }

    /// The scanner a call belongs to by itself.
    fn scanner_of(&self, call: usize) -> Option<usize> {
        let call = self.trace.calls.get(call)?;
        if let Some(scanner) = call.runs_for.and_then(|class| self.by_unit.get(&class)) {
            return Some(*scanner);
        }
        let unit = call.unit;
        self.by_unit.get(&unit).or_else(|| self.by_unit.get(&self.owners.enclosing(unit))).copied()
    }

    fn owner(&self, read: &Read) -> Option<usize> {
        let from = if read.given == 0 { read.call } else { read.given };
        self.outwards(from).or_else(|| self.outwards(read.call))
    }

    /// The nearest scanner at or outside a call.
    fn outwards(&self, mut call: usize) -> Option<usize> {
        while call != 0 {
            if let Some(scanner) = self.scanner_of(call) {
                return Some(scanner);
            }
            call = self.trace.calls.get(call)?.caller;
        }
        None
    }

    /// The call of a scanner in which a read happened.
    fn call_of(&self, read: &Read, scanner: usize) -> usize {
        let mut call = read.call;
        while call != 0 && self.scanner_of(call) != Some(scanner) {
            call = self.trace.calls.get(call).map_or(0, |call| call.caller);
        }
        call
    }

    fn is_direct(&self, read: &Read, scanner: usize) -> bool {
        // An engine reads for the entry it is run with.
        let engine = || {
            let caller = self.trace.calls.get(read.call).map(|call| call.caller)?;
            self.scanner_of(caller).filter(|scanner| self.boundaries[*scanner].kind == "config")
        };
        self.scanner_of(read.call).or_else(engine) == Some(scanner)
    }

    fn is_inside(&self, read: &Read, scanner: usize) -> bool {
        let (start, end) = self.boundaries[scanner].range;
        let (from, to) = place(read);
        start <= from && to <= end
    }

    fn is_parameter(&self, read: &Read, scanner: usize) -> bool {
        let direct = self.is_direct(read, scanner);
        let inside = self.is_inside(read, scanner);
        let is_text = read.value.is_string() || read.value.is_null() || is_list_of_text(&read.value);
        let of_object = read.of_object && direct && !is_text;
        match read.origin.kind {
            _ if read.value.is_object() => false,
            // What a loop over symbols passes.
            Kind::Module if is_text && self.boundaries[scanner].context_metadata.args.contains(&read.name) => false,
            Kind::Module | Kind::Global if inside && is_empty(&read.value) => false,
            // What statements of the module fill, or count with, is no setting of theirs.
            Kind::Module if self.boundaries[scanner].kind == "section" && is_empty(&read.value) => false,
            Kind::Module
                if self.boundaries[scanner].kind == "section" && inside && self.is_rebound(scanner, &read.name) =>
            {
                false
            }
            // A registry that is filled later, names of columns.
            Kind::Class | Kind::Attr if is_empty(&read.value) || is_list_of_text(&read.value) => false,
            Kind::Inline => false,
            Kind::Local | Kind::Default if self.is_set_in_handed(read, scanner) => true,
            // What a local name of the caller holds is passed by the call.
            Kind::Local if !inside => {
                let is_argument = self.boundaries[scanner].context_metadata.args.contains(&read.name);
                direct && is_argument && (read.value.is_number() || read.value.is_boolean())
            }
            Kind::Local => {
                let once = self.locals.get(&(scanner, read.name.clone())).is_some_and(|places| places.len() == 1);
                inside && direct && once && !is_text && !is_empty(&read.value) && !self.is_rebound(scanner, &read.name)
            }
            Kind::Default => {
                let of_class = self.is_part(scanner) && self.is_in_class_of(read, scanner);
                // Another function's default that it is handed, and reads itself.
                let handed = direct && read.given != 0 && !is_text;
                (inside || of_class || of_object || handed || self.is_variant(scanner) && !direct)
                    && !read.value.is_null()
            }
            Kind::Argument if self.is_variant(scanner) => inside,
            // What the scanner gives an object of its own is read by that object's methods.
            Kind::Argument | Kind::Decorator => (direct || read.of_object && inside) && !is_text || of_object,
            Kind::Partial | Kind::Dataclass | Kind::Environment | Kind::Json => !read.value.is_null(),
            // Text of a record that is handed on.
            Kind::Dict if inside && !direct && is_text => false,
            Kind::Dict | Kind::Class | Kind::Attr => direct || read.given != 0 || inside || self.varies(read),
            Kind::Module | Kind::Global => direct || self.varies(read) || self.is_shared(read),
        }
    }

    /// Whether a value is set once in the function that the scanner is given to run.
    fn is_set_in_handed(&self, read: &Read, scanner: usize) -> bool {
        let Some(handed) = self.handed.get(&scanner) else { return false };
        let (start, end) = place(read);
        let runs = self.trace.calls.get(read.call).is_some_and(|call| call.unit == handed.unit);
        let inside = handed.range.0 <= start && end <= handed.range.1;
        let once = self.locals.get(&(scanner, read.name.clone())).is_some_and(|places| places.len() == 1);
        runs && inside && once && read.value.is_number() && !handed.rebound.contains(&read.name)
    }

    /// Whether the scanner is made of a function that others are made of, too.
    fn is_variant(&self, scanner: usize) -> bool {
        matches!(self.boundaries[scanner].kind, "partial" | "closure" | "config")
    }

    /// Whether the scanner is a part of a class that sets up what it reads.
    fn is_part(&self, scanner: usize) -> bool {
        self.boundaries[scanner].kind == "method"
    }

    /// Whether a name of the scanner is bound again: a counter, not a parameter.
    fn is_rebound(&self, scanner: usize, name: &str) -> bool {
        self.rebound[scanner].contains(name)
    }

    /// Whether a value is written in the class a method belongs to.
    fn is_in_class_of(&self, read: &Read, scanner: usize) -> bool {
        let (start, _) = place(read);
        self.owners.enclosing(start) == self.owners.enclosing(self.boundaries[scanner].unit)
    }

    /// Whether the name stood for several written values.
    fn varies(&self, read: &Read) -> bool {
        let name = read.origin.name.rsplit('.').next().unwrap_or_default();
        self.written.get(name).is_some_and(|places| places.len() > 1) || read.origin.kind == Kind::Global
    }

    /// Shared on purpose: one module constant that is never changed, read by several scanners, or text.
    fn is_shared(&self, read: &Read) -> bool {
        let (start, end) = place(read);
        let several = self.readers.get(&(start, end, &read.origin.name)).is_some_and(|readers| readers.len() > 1);
        let of_module = matches!(read.origin.kind, Kind::Module | Kind::Dict | Kind::Environment);
        of_module && !self.varies(read) && (several || read.value.is_string())
    }

    fn parameter(&self, read: &Read) -> Parameter {
        let line = self.module.lines.line(read.origin.range.start());
        let name = match read.origin.kind {
            // Unpacked into a parameter of the scanner, an entry goes by that name.
            Kind::Dict if !read.name.contains('.') => read.name.clone(),
            Kind::Dict | Kind::Module | Kind::Global => read.origin.name.clone(),
            _ => read.name.clone(),
        };
        Parameter {
            name,
            value: read.value.clone(),
            type_name: type_name(&read.value),
            line,
            kind: read.origin.kind,
            expression: self.module.text.get(read.origin.range.to_std_range()).unwrap_or_default().to_owned(),
            why: String::new(),
            impact: Impact::Low,
            description: None,
            confidence: 1.0,
            shared: false,
            range: place(read),
            rank: 0,
        }
    }

    /// What is shared, and constants of the module that no scanner reads but that are written for all.
    fn globals(&self, mut shared: BTreeMap<String, Parameter>) -> Vec<Parameter> {
        let root = |read: &'a Read| read.origin.name.split('.').next().unwrap_or_default();
        let roots: BTreeSet<&str> = self.trace.reads.iter().map(root).collect();
        for (name, value, origin, times) in &self.trace.constants {
            let read = roots.contains(name.as_str());
            let is_plain = name.chars().all(|char| !char.is_lowercase()) && name.chars().any(char::is_alphabetic);
            if *times == 1 && !read && is_plain && origin.kind == Kind::Module && !value.is_object() {
                shared.entry(name.clone()).or_insert_with(|| Parameter {
                    name: name.clone(),
                    type_name: type_name(value),
                    value: value.clone(),
                    line: self.module.lines.line(origin.range.start()),
                    kind: Kind::Module,
                    expression: self.module.text.get(origin.range.to_std_range()).unwrap_or_default().to_owned(),
                    why: "a constant of the module that no scanner reads by itself".to_owned(),
                    impact: Impact::Low,
                    description: None,
                    confidence: 1.0,
                    shared: true,
                    range: (origin.range.start().to_u32(), origin.range.end().to_u32()),
                    rank: 0,
                });
            }
        }
        let mut list: Vec<Parameter> = shared.into_values().collect();
        for parameter in list.iter_mut().filter(|parameter| parameter.why.is_empty()) {
            parameter.why = format!("one value for all scanners, assigned on line {}", parameter.line);
        }
        list.sort_by_key(|parameter| parameter.range);
        list
    }

    fn dependencies(&self, count: usize) -> Vec<BTreeSet<usize>> {
        let mut depends = vec![BTreeSet::new(); count];
        for call in self.trace.calls.iter().skip(1) {
            let Some(inner) = self.by_unit.get(&call.unit).copied() else { continue };
            if let Some(outer) = self.outwards(call.caller).filter(|outer| *outer != inner) {
                depends[outer].insert(inner);
            }
        }
        depends
    }
}

/// What a parameter is told from others by: the last part of its name, in lower case.
pub(super) fn key_of(parameter: &Parameter) -> String {
    parameter.name.rsplit('.').next().unwrap_or_default().to_lowercase()
}

fn place(read: &Read) -> (u32, u32) {
    (read.origin.range.start().to_u32(), read.origin.range.end().to_u32())
}

fn is_list_of_text(value: &Json) -> bool {
    value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(Json::is_string))
}

fn is_empty(value: &Json) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(serde_json::Map::is_empty)
}
