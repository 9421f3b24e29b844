//! Where values go: names, attributes, items, and what takes a value apart.

use super::kinds::Kind;
use super::{LEVELS_MAX, Lowering};
use crate::ir::{Bytes, Expr, ExprId, Place, PlaceItem};

/// Whose names a target binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Binds {
    /// Those of the body or class.
    Scope,
    /// Those of the innermost comprehension.
    Comprehension,
}

impl Lowering<'_> {
    /// The target at the cursor.
    pub(super) fn place(&mut self) -> Place {
        let kind = self.kind();
        self.place_of(kind, Binds::Scope)
    }

    /// The target of a `for` in a comprehension.
    pub(super) fn comprehension_target(&mut self, kind: Kind) -> Place {
        self.place_of(kind, Binds::Comprehension)
    }

    fn place_of(&mut self, kind: Kind, binds: Binds) -> Place {
        let bytes = self.bytes();
        if self.levels >= LEVELS_MAX {
            return Place::Unknown;
        }
        self.levels += 1;
        let place = match kind {
            Kind::Identifier if bytes.start < bytes.end => {
                let name = self.name();
                match binds {
                    Binds::Scope => self.bind(name, bytes),
                    Binds::Comprehension => self.bind_in_comprehension(name),
                }
            }
            Kind::Attribute | Kind::Subscript => self.member_place(),
            Kind::ParenthesizedExpression | Kind::AsPatternTarget | Kind::ListSplatPattern | Kind::ListSplat => {
                self.at_first_part(|lowering, kind| lowering.place_of(kind, binds)).unwrap_or(Place::Unknown)
            }
            // `(x) = 1` binds `x`.
            Kind::TuplePattern if !self.has_comma() && self.is_single() => {
                self.at_first_part(|lowering, kind| lowering.place_of(kind, binds)).unwrap_or(Place::Unknown)
            }
            Kind::PatternList
            | Kind::TuplePattern
            | Kind::ListPattern
            | Kind::Tuple
            | Kind::List
            | Kind::ExpressionList => self.destructure(binds),
            _ => Place::Unknown,
        };
        self.levels -= 1;
        place
    }

    fn has_comma(&mut self) -> bool {
        let mut has_comma = false;
        self.each_child(|_, kind| has_comma |= kind == Kind::Comma);
        has_comma
    }

    fn is_single(&mut self) -> bool {
        self.at_first_part(|_, kind| !matches!(kind, Kind::ListSplatPattern | Kind::ListSplat)) == Some(true)
    }

    fn destructure(&mut self, binds: Binds) -> Place {
        let mut items = Vec::new();
        self.each_child(|lowering, kind| {
            if !kind.is_token() {
                let is_rest = matches!(kind, Kind::ListSplatPattern | Kind::ListSplat);
                items.push(PlaceItem { key: None, is_rest, place: Some(lowering.place_of(kind, binds)) });
            }
        });
        Place::Destructure(items)
    }

    /// `a.b`, `a[b]`, `a[b:c]`: what reads it says where it is.
    fn member_place(&mut self) -> Place {
        let read = self.expr();
        self.place_read_by(read)
    }

    /// The place whose value `read` is.
    pub(super) fn place_read_by(&mut self, read: ExprId) -> Place {
        match *self.builder.body().expr(read) {
            Expr::Attribute(object, name) => Place::Attribute(object, name),
            Expr::Index(object, index) => Place::Index(object, Some(index)),
            Expr::Slice(object, ..) => Place::Slice(object),
            _ => Place::Unknown,
        }
    }

    /// What reads `place`; nothing is known of what takes a value apart.
    pub(super) fn read_of(&mut self, place: &Place, bytes: Bytes) -> ExprId {
        let read = match place {
            Place::Local(local) => Expr::Local(*local),
            Place::Outer(body, local) => Expr::Outer(*body, *local),
            Place::Global(name) => Expr::Global(*name),
            Place::Attribute(object, name) => Expr::Attribute(*object, *name),
            Place::Index(object, Some(index)) => Expr::Index(*object, *index),
            Place::Slice(object) => Expr::Slice(*object, None, None),
            Place::Index(_, None) | Place::Destructure(_) | Place::Unknown => Expr::Unknown(Box::default()),
        };
        self.add(read, bytes)
    }
}
