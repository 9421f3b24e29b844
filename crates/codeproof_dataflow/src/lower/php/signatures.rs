//! What the heads of functions say: parameters, types, attributes.

use super::Lowering;
use super::kinds::Kind;
use super::table::At;
use super::variables::name_of;
use crate::ir::{Bytes, Constant, Expr, ExprId, Name, Parameter, ParameterKind};

/// The head of a function; its expressions belong to the body around it.
pub(super) struct Signature {
    pub(super) parameters: Vec<Parameter>,
    /// Parameters that are properties, too.
    pub(super) promoted: Vec<(Name, Bytes)>,
    pub(super) returns: Option<ExprId>,
    pub(super) decorators: Vec<ExprId>,
}

impl Lowering<'_> {
    /// Lowers the head of a function in the body around it.
    pub(super) fn signature(&mut self, at: At) -> Signature {
        let table = self.table;
        let decorators = self.decorators(at);
        let returns = table.children(at).find(|child| is_type(table.kind(*child)));
        let returns = returns.map(|returns| self.declared_type(returns));
        let mut signature = Signature { parameters: Vec::new(), promoted: Vec::new(), returns, decorators };
        if let Some(list) = table.child(at, Kind::Parameters) {
            for parameter in table.children(list) {
                self.parameter(parameter, &mut signature);
            }
        }
        signature
    }

    fn parameter(&mut self, at: At, signature: &mut Signature) {
        let table = self.table;
        let kind = table.kind(at);
        if !matches!(kind, Kind::SimpleParameter | Kind::VariadicParameter | Kind::PromotedParameter) {
            return;
        }
        let (mut name, mut by_reference, mut declared, mut default) = (None, false, None, None);
        for part in table.children(at) {
            match table.kind(part) {
                Kind::ReferenceModifier => by_reference = true,
                Kind::ByReference if name.is_none() => {
                    by_reference = true;
                    name = table.first(part);
                }
                Kind::VariableName if name.is_none() => name = Some(part),
                kind if is_type(kind) && name.is_none() => declared = Some(part),
                Kind::AttributeList | Kind::Error | Kind::PropertyHooks => {}
                _ if name.is_some() => default = Some(part),
                _ => {}
            }
        }
        let Some(name) = name else { return };
        let name = self.builder.name(name_of(self.text_of(name)));
        let bytes = table.bytes(at);
        if kind == Kind::PromotedParameter {
            signature.promoted.push((name, bytes));
        }
        let default = default.map(|default| self.expr(default));
        let declared_type = declared.map(|declared| self.declared_type(declared));
        let kind = if kind == Kind::VariadicParameter { ParameterKind::Rest } else { ParameterKind::Plain };
        signature.parameters.push(Parameter { name, kind, by_reference, default, declared_type, bytes });
    }

    /// A declared type: the text of a scalar one, the name of a class, or [`Expr::Unknown`] of several; `null` among
    /// them is left out.
    pub(super) fn declared_type(&mut self, at: At) -> ExprId {
        let table = self.table;
        match table.kind(at) {
            Kind::NamedType => self.class_reference(at),
            Kind::OptionalType => match table.first(at) {
                Some(inner) => self.declared_type_inside(inner),
                None => self.unknown(at),
            },
            Kind::PrimitiveType | Kind::BottomType => self.scalar_type(at),
            _ => {
                let types: Vec<At> = table
                    .below(at)
                    .filter(|it| matches!(table.kind(*it), Kind::NamedType | Kind::PrimitiveType))
                    .filter(|it| !self.text_of(*it).eq_ignore_ascii_case("null"))
                    .collect();
                let types: Vec<ExprId> = types.into_iter().map(|it| self.declared_type_inside(it)).collect();
                if let [only] = types.as_slice() { *only } else { self.add(Expr::Unknown(types.into()), at) }
            }
        }
    }

    fn declared_type_inside(&mut self, at: At) -> ExprId {
        if self.table.kind(at) == Kind::NamedType { self.class_reference(at) } else { self.scalar_type(at) }
    }

    fn scalar_type(&mut self, at: At) -> ExprId {
        let text = self.text_of(at).to_ascii_lowercase();
        self.add(Expr::Constant(Constant::Str(text.into())), at)
    }

    /// Attributes: the class, or a call of it when there are arguments.
    pub(super) fn decorators(&mut self, at: At) -> Vec<ExprId> {
        let table = self.table;
        let Some(list) = table.child(at, Kind::AttributeList) else { return Vec::new() };
        let attributes: Vec<At> = table
            .children(list)
            .flat_map(|group| table.children(group))
            .filter(|it| table.kind(*it) == Kind::Attribute)
            .collect();
        attributes.into_iter().filter_map(|attribute| self.decorator(attribute)).collect()
    }

    fn decorator(&mut self, at: At) -> Option<ExprId> {
        let class = self.table.first(at)?;
        let class = self.class_reference(class);
        let Some(list) = self.table.child(at, Kind::Arguments) else { return Some(class) };
        let arguments = self.arguments(list);
        Some(self.add(Expr::Call(class, arguments.into()), at))
    }
}

fn is_type(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::BottomType
            | Kind::IntersectionType
            | Kind::NamedType
            | Kind::NormalFormType
            | Kind::OptionalType
            | Kind::PrimitiveType
            | Kind::UnionType
    )
}
