//! Functions, methods, closures, and what their heads say.

use super::kinds::Kind;
use super::names::NameKind;
use super::signatures::Signature;
use super::statements::head;
use super::table::At;
use super::variables::name_of;
use super::{Lowering, ScopeKind};
use crate::ir::{BodyId, BodyKind, Bytes, ClassId, Expr, ExprId, Local, Name, Place, StmtKind};

/// What kind of function a method is beside its head.
#[derive(Debug, Clone, Copy)]
pub(super) struct Modifiers {
    pub(super) is_static: bool,
    pub(super) is_public: bool,
}

impl Lowering<'_> {
    /// A function as a statement.
    pub(super) fn function(&mut self, at: At) {
        let table = self.table;
        let (Some(name), Some(code)) = (table.child(at, Kind::Name), table.child(at, Kind::Compound)) else { return };
        let name = self.names.declared(NameKind::Function, self.text_of(name), &mut self.builder);
        let signature = self.signature(at);
        self.enter(BodyKind::Function, ScopeKind::Function, name, table.bytes(at));
        let id = self.builder.id();
        self.fill(signature, code);
        self.leave();
        self.push(StmtKind::Function(id), head(table.bytes(at), table.bytes(code).start));
    }

    /// A method with code; `None` for others.
    pub(super) fn method_of(&mut self, class: ClassId, at: At) -> Option<(Name, BodyId)> {
        let table = self.table;
        let (name, code) = (table.child(at, Kind::Name)?, table.child(at, Kind::Compound)?);
        let name = self.lower_name(self.text_of(name));
        let modifiers = self.modifiers(at);
        let signature = self.signature(at);
        let fields = signature.promoted.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        let types = signature.parameters.iter().map(|it| (it.name, it.declared_type)).collect::<Vec<_>>();
        for field in fields {
            let declared = types.iter().find(|(name, _)| *name == field).and_then(|(_, declared)| *declared);
            self.builder.module().classes[class.index()].fields.push((field, None, declared));
        }
        self.enter(BodyKind::Function, ScopeKind::Function, name, table.bytes(at));
        let id = self.builder.id();
        let body = self.builder.body();
        body.class = Some(class);
        body.is_static = modifiers.is_static;
        body.is_public = modifiers.is_public;
        self.fill(signature, code);
        self.leave();
        Some((name, id))
    }

    /// The code of a property's hook, as a method that no name leads to.
    pub(super) fn hook_of(&mut self, class: ClassId, at: At) {
        let table = self.table;
        let (Some(name), Some(code)) = (table.child(at, Kind::Name), table.last(at)) else { return };
        if code == name {
            return;
        }
        let name = self.lower_name(self.text_of(name));
        let signature = self.signature(at);
        self.enter(BodyKind::Function, ScopeKind::Function, name, table.bytes(at));
        self.builder.body().class = Some(class);
        self.fill(signature, code);
        self.leave();
    }

    /// `static` and the visibility of a member.
    pub(super) fn modifiers(&self, at: At) -> Modifiers {
        let mut modifiers = Modifiers { is_static: false, is_public: true };
        for child in self.table.children(at) {
            match self.table.kind(child) {
                Kind::StaticModifier => modifiers.is_static = true,
                Kind::VisibilityModifier => {
                    modifiers.is_public =
                        self.text_of(child).get(..6).is_some_and(|word| word.eq_ignore_ascii_case("public"));
                }
                _ => {}
            }
        }
        modifiers
    }

    /// `function (…) use (…) {…}`.
    pub(super) fn closure(&mut self, at: At) -> ExprId {
        let table = self.table;
        let Some(code) = table.child(at, Kind::Compound) else { return self.unknown(at) };
        let signature = self.signature(at);
        let is_static = table.child(at, Kind::StaticModifier).is_some();
        let mut used: Vec<(Name, Local, bool)> = Vec::new();
        if let Some(uses) = table.child(at, Kind::UseVariables) {
            for variable in table.children(uses) {
                let (is_reference, variable) = match table.kind(variable) {
                    Kind::ByReference => (true, table.first(variable).unwrap_or(variable)),
                    Kind::VariableName => (false, variable),
                    _ => continue,
                };
                let name = self.builder.name(name_of(self.text_of(variable)));
                let outer = self.variable_as_local(name, table.bytes(variable));
                used.push((name, outer, is_reference));
            }
        }
        if !is_static && self.text_of(code).contains("$this") {
            let this = self.builder.name("this");
            let outer = self.variable_as_local(this, table.bytes(at));
            used.push((this, outer, false));
        }
        let nameless = self.builder.name("");
        self.enter(BodyKind::Closure, ScopeKind::Function, nameless, table.bytes(at));
        let id = self.builder.id();
        let body = self.builder.body();
        body.is_static = is_static;
        self.parameters(signature, |lowering| {
            for (name, outer, is_reference) in used {
                let inner = lowering.builder.local(name);
                lowering.builder.body().captures.push((inner, outer, is_reference));
            }
            lowering.body(Some(code), lowering.table.bytes(code).end);
        });
        self.leave();
        self.add(Expr::Closure(id), at)
    }

    /// `fn (…) => …`.
    pub(super) fn arrow_function(&mut self, at: At) -> ExprId {
        let table = self.table;
        let Some(value) = table.last(at).filter(|it| table.kind(*it) != Kind::Parameters) else {
            return self.unknown(at);
        };
        let signature = self.signature(at);
        let nameless = self.builder.name("");
        self.enter(BodyKind::Closure, ScopeKind::Arrow, nameless, table.bytes(at));
        let id = self.builder.id();
        self.builder.body().is_static = table.child(at, Kind::StaticModifier).is_some();
        self.fill(signature, value);
        self.leave();
        self.add(Expr::Closure(id), at)
    }

    /// Puts head and code into the innermost body; code that is an expression is returned.
    fn fill(&mut self, signature: Signature, code: At) {
        let bytes = self.table.bytes(code);
        let is_block = self.table.kind(code) == Kind::Compound;
        self.parameters(signature, |lowering| {
            if is_block {
                lowering.body(Some(code), bytes.end);
            } else {
                let value = lowering.expr(code);
                lowering.push(StmtKind::Return(Some(value)), bytes);
            }
        });
    }

    /// Puts the head into the innermost body, and what `code` adds.
    fn parameters(&mut self, signature: Signature, code: impl FnOnce(&mut Self)) {
        for parameter in &signature.parameters {
            self.builder.fresh_local(parameter.name);
        }
        let body = self.builder.body();
        body.parameters = signature.parameters;
        body.returns = signature.returns;
        body.decorators = signature.decorators;
        let block = self.block_of(|lowering| {
            for (name, bytes) in signature.promoted {
                lowering.promote(name, bytes);
            }
            code(lowering);
        });
        self.builder.body().code = block.unwrap_or_default();
    }

    /// `$this->name = $name` for a parameter that is a property.
    fn promote(&mut self, name: Name, bytes: Bytes) {
        let this = self.builder.name("this");
        let this = Expr::Local(self.builder.local(this));
        let this = self.builder.expr(this, bytes);
        let value = Expr::Local(self.builder.local(name));
        let value = self.builder.expr(value, bytes);
        self.push(StmtKind::Assign(Place::Attribute(this, name), value), bytes);
    }
}
