//! Abstract values: what is known of data without running the program.

mod cell;
mod encodings;
mod facts;
mod label;
pub(crate) mod regex;
mod text;

use std::sync::Arc;

use crate::ir::{BodyId, ClassId, Constant};
use crate::names::Sym;
use crate::specs::NodeId;

pub(crate) use cell::{Cell, CellId, CellKind, Key};
pub(crate) use encodings::Encoding;
pub(crate) use facts::{Chars, Escaped, Facts, Traits};
pub(crate) use label::Source;
pub(crate) use label::{Label, Origin, Probe, add_label};
pub use label::{Move, Spot};
pub(crate) use text::Part;

/// A body of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BodyRef {
    pub(crate) file: u32,
    pub(crate) body: BodyId,
}

/// A class of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ClassRef {
    pub(crate) file: u32,
    pub(crate) class: ClassId,
}

/// A value; cheap to clone. The default is one of which nothing is known and which nobody outside chose.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Value(Option<Arc<Data>>);

#[derive(Debug, Clone, PartialEq)]
struct Data {
    kind: Kind,
    labels: Vec<Label>,
    reason: Option<Arc<Reason>>,
}

/// What a value is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Kind {
    /// Anything.
    #[default]
    Unknown,
    /// One of these; at most [`CONSTANTS_MAX`].
    Constants(Box<[Constant]>),
    /// Text of known structure.
    Text(Box<[Part]>),
    /// Some number or truth value.
    Number,
    /// Text, or a thing, that nobody outside chose.
    Harmless,
    /// A list, mapping or object of this walk.
    Cell(CellId),
    /// As a cell, on its way between walks.
    Tree(Box<Cell>),
    /// A name of the specs, or an instance of it.
    Node(NodeId),
    /// A file of the program as a module.
    Module(u32),
    /// A class of the program.
    Class(ClassRef),
    /// An instance of a class of the program, made elsewhere.
    Instance(ClassRef),
    /// A function of the program, with the receiver it is bound to.
    Function(BodyRef, Value),
    /// A closure with the locals of the bodies around it, innermost first.
    Closure(BodyRef, Arc<Vec<(BodyId, Vec<Value>)>>),
    /// A method, taken from a value and not called yet.
    Method(Value, Sym),
    /// What the caller gave, unchanged.
    Parameter(u32),
}

/// Constants a value is one of at most.
const CONSTANTS_MAX: usize = 12;

/// Why a value is harmless, beyond being a constant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The test at this place has one outcome only.
    Decided(Spot, bool),
    /// It is one of the constants it was compared with here.
    Compared(Spot),
    /// It was checked here.
    Checked(Spot),
    /// It went through this call.
    Cleaned(Spot, Arc<str>),
}

impl Value {
    /// Anything, chosen by nobody outside.
    pub(crate) fn unknown() -> Self {
        Self(None)
    }

    /// A value of this kind without taint.
    pub(crate) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Unknown => Self(None),
            kind => Self(Some(Arc::new(Data { kind, labels: Vec::new(), reason: None }))),
        }
    }

    /// A constant.
    pub(crate) fn constant(constant: Constant) -> Self {
        Self::of(Kind::Constants(Box::new([constant])))
    }

    /// Text of the program.
    pub(crate) fn text(text: &str) -> Self {
        Self::constant(Constant::Str(text.into()))
    }

    /// A truth value.
    pub(crate) fn bool(value: bool) -> Self {
        Self::constant(Constant::Bool(value))
    }

    /// Anything, carrying `labels`.
    pub(crate) fn tainted(labels: Vec<Label>) -> Self {
        Self::unknown().with_labels(labels)
    }

    /// What it is.
    pub(crate) fn kind(&self) -> &Kind {
        const UNKNOWN: &Kind = &Kind::Unknown;
        self.0.as_ref().map_or(UNKNOWN, |data| &data.kind)
    }

    /// The taint it carries itself; what a cell holds is asked of the heap.
    pub(crate) fn labels(&self) -> &[Label] {
        self.0.as_ref().map_or(&[], |data| data.labels.as_slice())
    }

    /// Why it is harmless.
    pub(crate) fn reason(&self) -> Option<&Arc<Reason>> {
        self.0.as_ref()?.reason.as_ref()
    }

    /// The same with these labels instead.
    #[must_use]
    pub(crate) fn with_labels(&self, labels: Vec<Label>) -> Self {
        if labels.is_empty() && self.0.as_ref().is_none_or(|data| data.labels.is_empty()) {
            return self.clone();
        }
        self.rebuilt(self.kind().clone(), labels)
    }

    /// The same with another kind.
    #[must_use]
    pub(crate) fn with_kind(&self, kind: Kind) -> Self {
        self.rebuilt(kind, self.labels().to_vec())
    }

    /// The same with a reason.
    #[must_use]
    pub(crate) fn because(&self, reason: Reason) -> Self {
        let (kind, labels) = (self.kind().clone(), self.labels().to_vec());
        Self(Some(Arc::new(Data { kind, labels, reason: Some(Arc::new(reason)) })))
    }

    fn rebuilt(&self, kind: Kind, labels: Vec<Label>) -> Self {
        let reason = self.reason().cloned();
        if kind == Kind::Unknown && labels.is_empty() && reason.is_none() {
            return Self(None);
        }
        Self(Some(Arc::new(Data { kind, labels, reason })))
    }

    /// The same, each label changed by `change`; the parts of a text too.
    #[must_use]
    pub(crate) fn map_labels(&self, change: &mut impl FnMut(&Label) -> Label) -> Self {
        if self.labels().is_empty() {
            return self.clone();
        }
        let kind = match self.kind() {
            Kind::Text(parts) => Kind::Text(parts.iter().map(|part| part.map_labels(change)).collect()),
            kind => kind.clone(),
        };
        let labels = self.labels().iter().map(change).collect();
        self.rebuilt(kind, labels)
    }

    /// The same with the data of sources alone, without that of parameters.
    #[must_use]
    pub(crate) fn foreign(&self) -> Self {
        let is_source = |label: &&Label| matches!(label.origin, Origin::Source(_));
        let mut labels: Vec<Label> = self.labels().iter().filter(is_source).cloned().collect();
        if let Kind::Tree(cell) = self.kind() {
            for inner in cell.values() {
                inner.foreign().labels().iter().for_each(|label| add_label(&mut labels, label));
            }
        }
        Self::tainted(labels)
    }

    /// The only constant it can be.
    pub(crate) fn as_constant(&self) -> Option<&Constant> {
        match self.kind() {
            Kind::Constants(constants) if constants.len() == 1 => constants.first(),
            _ => None,
        }
    }

    /// The constants it is one of.
    pub(crate) fn as_constants(&self) -> Option<&[Constant]> {
        match self.kind() {
            Kind::Constants(constants) => Some(constants),
            _ => None,
        }
    }

    /// The only text it can be.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self.as_constant()? {
            Constant::Str(text) | Constant::Bytes(text) => Some(text),
            _ => None,
        }
    }

    /// The only whole number it can be.
    pub(crate) fn as_int(&self) -> Option<i64> {
        match self.as_constant()? {
            Constant::Int(value) => Some(*value),
            Constant::Bool(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// Whether it is known in every way that nobody outside chose it.
    pub(crate) fn is_harmless(&self) -> bool {
        self.labels().is_empty()
            && match self.kind() {
                Kind::Constants(_) | Kind::Number | Kind::Harmless => true,
                Kind::Text(parts) => parts.iter().all(Part::is_harmless),
                _ => false,
            }
    }

    /// What holds of a value that is one or the other. Cells of the same number are joined by the heap.
    pub(crate) fn join(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (None, None) => return Self(None),
            (Some(one), Some(another)) if Arc::ptr_eq(one, another) => return self.clone(),
            _ => {}
        }
        let mut labels = self.labels().to_vec();
        for label in other.labels() {
            add_label(&mut labels, label);
        }
        let kind = join_kinds(self.kind(), other.kind());
        let reason = self.reason().or(other.reason()).cloned();
        if kind == Kind::Unknown && labels.is_empty() && reason.is_none() {
            return Self(None);
        }
        Self(Some(Arc::new(Data { kind, labels, reason })))
    }
}

fn join_kinds(one: &Kind, other: &Kind) -> Kind {
    if one == other {
        return one.clone();
    }
    match (one, other) {
        (Kind::Constants(some), Kind::Constants(more)) => {
            let mut all = some.to_vec();
            all.extend(more.iter().filter(|constant| !some.contains(constant)).cloned());
            if all.len() <= CONSTANTS_MAX { Kind::Constants(all.into()) } else { Kind::Harmless }
        }
        // `x = None` before it gets its value.
        (Kind::Constants(constants), kind) | (kind, Kind::Constants(constants))
            if constants.iter().all(|constant| matches!(constant, Constant::None | Constant::Bool(_)))
                && !matches!(kind, Kind::Text(_) | Kind::Number | Kind::Harmless | Kind::Parameter(_)) =>
        {
            kind.clone()
        }
        (Kind::Number, Kind::Constants(constants)) | (Kind::Constants(constants), Kind::Number)
            if constants.iter().all(|constant| {
                matches!(constant, Constant::Int(_) | Constant::Float(_) | Constant::Bool(_) | Constant::None)
            }) =>
        {
            Kind::Number
        }
        (Kind::Text(parts), Kind::Constants(_) | Kind::Number | Kind::Harmless)
        | (Kind::Constants(_) | Kind::Number | Kind::Harmless, Kind::Text(parts)) => {
            // Text that is tainted on one way keeps its structure: that is the way that matters.
            if parts.iter().any(|part| !part.labels().is_empty()) {
                Kind::Text(parts.clone())
            } else if parts.iter().all(Part::is_harmless) {
                Kind::Harmless
            } else {
                Kind::Unknown
            }
        }
        (Kind::Number | Kind::Harmless | Kind::Constants(_), Kind::Number | Kind::Harmless | Kind::Constants(_)) => {
            Kind::Harmless
        }
        (Kind::Text(some), Kind::Text(more)) => text::join_texts(some, more),
        _ => Kind::Unknown,
    }
}
