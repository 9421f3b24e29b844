//! Type annotations as expressions: the class that is meant, so `Optional[T]` and `T | None` are `T`.

use super::kinds::Kind;
use super::{LEVELS_MAX, Lowering};
use crate::ir::{BinaryOp, Bytes, Constant, Expr, ExprId};

impl Lowering<'_> {
    /// The type at the cursor.
    pub(super) fn annotation(&mut self) -> ExprId {
        let (kind, bytes) = (self.kind(), self.bytes());
        if self.levels >= LEVELS_MAX {
            return self.unknown(bytes);
        }
        self.levels += 1;
        let expr = self.annotation_of(kind, bytes);
        self.levels -= 1;
        expr
    }

    pub(super) fn annotation_of(&mut self, kind: Kind, bytes: Bytes) -> ExprId {
        match kind {
            Kind::Type | Kind::ParenthesizedExpression | Kind::ConstrainedType | Kind::SplatType => {
                let inner = self.at_first_part(|lowering, _| lowering.annotation());
                inner.unwrap_or_else(|| self.nothing(bytes))
            }
            Kind::String => self.quoted_type(bytes),
            Kind::UnionType => self.union(bytes),
            Kind::BinaryOperator if self.is_union() => self.union(bytes),
            Kind::GenericType | Kind::Subscript => self.generic(bytes),
            Kind::MemberType => self.member_type(bytes),
            _ => self.expr(),
        }
    }

    fn is_union(&self) -> bool {
        let operator = self.node().child_by_field_id(self.fields.operator);
        operator.is_some_and(|operator| self.kind_of(operator) == Kind::BitOr)
    }

    /// `A | B`, without `None`.
    fn union(&mut self, bytes: Bytes) -> ExprId {
        let parts = self.types();
        self.any_of(parts, bytes)
    }

    /// The types among the node's children.
    fn types(&mut self) -> Vec<ExprId> {
        let mut types = Vec::new();
        self.each_child(|lowering, kind| {
            if !kind.is_token() {
                types.push(lowering.annotation());
            }
        });
        types
    }

    fn any_of(&mut self, mut types: Vec<ExprId>, bytes: Bytes) -> ExprId {
        let body = self.builder.body();
        types.retain(|part| !matches!(body.expr(*part), Expr::Constant(Constant::None)));
        match types.as_slice() {
            [single] => *single,
            [] => self.add(Expr::Constant(Constant::None), bytes),
            _ => self.add(Expr::Chain(BinaryOp::BitOr, types.into()), bytes),
        }
    }

    /// `List[T]`, `Optional[T]`, `Union[A, B]`, `Annotated[T, …]`.
    fn generic(&mut self, bytes: Bytes) -> ExprId {
        let mut generic: Option<(ExprId, &str)> = None;
        let mut parameters = Vec::new();
        self.each_child(|lowering, kind| match kind {
            _ if kind.is_token() => {}
            _ if generic.is_none() => generic = Some((lowering.expr(), lowering.source())),
            Kind::TypeParameter => parameters = lowering.types(),
            _ => parameters.push(lowering.annotation()),
        });
        let Some((generic, name)) = generic else { return self.nothing(bytes) };
        match name.rsplit('.').next() {
            Some("Optional" | "Union") => self.any_of(parameters, bytes),
            _ => {
                let index = match parameters.as_slice() {
                    [single] => *single,
                    _ => self.add(Expr::Tuple(parameters.into()), bytes),
                };
                self.add(Expr::Index(generic, index), bytes)
            }
        }
    }

    /// `a.B` where the grammar reads it as a type.
    fn member_type(&mut self, bytes: Bytes) -> ExprId {
        let mut object = None;
        let mut name = None;
        self.each_child(|lowering, kind| match kind {
            _ if kind.is_token() => {}
            _ if object.is_none() => object = Some(lowering.annotation()),
            _ => name = Some(lowering.name()),
        });
        match (object, name) {
            (Some(object), Some(name)) => self.add(Expr::Attribute(object, name), bytes),
            _ => self.nothing(bytes),
        }
    }

    /// `"a.B"`, `"Optional[B]"`, `"B | None"`: a name that is defined later. Anything else stays text.
    fn quoted_type(&mut self, bytes: Bytes) -> ExprId {
        let source = self.source();
        let mut text = source.trim_matches(['"', '\'']).trim();
        for prefix in ["Optional[", "typing.Optional[", "t.Optional["] {
            if let Some(inner) = text.strip_prefix(prefix) {
                text = inner.strip_suffix(']').unwrap_or(inner).trim();
            }
        }
        if let Some((first, second)) = text.split_once('|') {
            text = match (first.trim(), second.trim()) {
                ("None", other) | (other, "None") => other,
                _ => text,
            };
        }
        let is_name = |part: &str| {
            part.starts_with(|first: char| first == '_' || first.is_alphabetic())
                && part.chars().all(|char| char == '_' || char.is_alphanumeric())
        };
        let is_deep = self.levels + text.split('.').count() > LEVELS_MAX;
        if text == "None" || is_deep || !text.split('.').all(is_name) {
            return self.string(bytes);
        }
        let mut value = None;
        for part in text.split('.') {
            let name = self.builder.name(part);
            value = Some(match value {
                None => self.load(name, bytes),
                Some(object) => self.add(Expr::Attribute(object, name), bytes),
            });
        }
        value.unwrap_or_else(|| self.nothing(bytes))
    }
}
