//! Members of objects and classes, elements of arrays, and the chains they stand in.

use super::Lowering;
use super::kinds::Kind;
use super::names::{NameKind, is_relative_class};
use super::table::At;
use super::variables::{Variable, name_of};
use crate::ir::{Bytes, Constant, Expr, ExprId, Place, StmtKind};

/// How many links of a chain `$a->b()->c[1]…` one expression holds; what is before goes to a nameless variable first.
/// Longer ones are rare (builders of queries and configurations), and each link is two expressions deep.
const LINKS_MAX: usize = 12;

/// What is taken from an object.
pub(super) enum Member<'t> {
    /// By a name that is written there, with its bytes.
    Named(std::borrow::Cow<'t, str>, Bytes),
    /// By a name that is computed.
    Computed(ExprId),
}

impl<'t> Lowering<'t> {
    /// A chain of members, calls and elements, walked along from its outermost link.
    pub(super) fn chain(&mut self, at: At) -> ExprId {
        let table = self.table;
        let mut links = vec![at];
        let mut base = table.first(at);
        while let Some(next) = base.map(|base| table.inside(base)).filter(|base| is_link(table.kind(*base))) {
            links.push(next);
            base = table.first(next);
        }
        let Some(base) = base else { return self.unknown(at) };
        let base = table.inside(base);
        let depth = self.scope().depth.expressions;
        let mut left = links.len();
        self.scope().depth.expressions = depth + links_deep(left);
        let innermost = links[left - 1];
        let mut value = match self.named_base(innermost, base) {
            Some(value) => {
                left -= 1;
                value
            }
            None if is_scoped(table.kind(innermost)) => self.class_reference(base),
            None => self.expr(base),
        };
        while left > 0 {
            left -= 1;
            self.scope().depth.expressions = depth + links_deep(left);
            value = self.link(links[left], value);
            if left > 0 && left % LINKS_MAX == 0 {
                value = self.kept(value, links[left]);
            }
        }
        self.scope().depth.expressions = depth;
        value
    }

    /// The innermost link where it is no member of a value: a call of a function by its name, `$GLOBALS['x']`.
    fn named_base(&mut self, innermost: At, base: At) -> Option<ExprId> {
        match self.table.kind(innermost) {
            Kind::FunctionCall if is_name(self.table.kind(base)) => Some(self.call_by_name(innermost, base)),
            Kind::Subscript => {
                let index = self.item(innermost).1;
                let variable = self.globals_element(base, index)?;
                Some(self.add(variable.expr(), innermost))
            }
            _ => None,
        }
    }

    /// Puts a value into a nameless variable.
    fn kept(&mut self, value: ExprId, at: At) -> ExprId {
        let nameless = self.builder.name("");
        let local = self.builder.fresh_local(nameless);
        self.push(StmtKind::Assign(Place::Local(local), value), self.table.bytes(at));
        self.add(Expr::Local(local), at)
    }

    fn link(&mut self, at: At, object: ExprId) -> ExprId {
        let table = self.table;
        match table.kind(at) {
            Kind::MemberAccess | Kind::NullsafeMemberAccess => {
                let member = self.member(at);
                self.attribute(object, member, at)
            }
            Kind::ScopedPropertyAccess => {
                let member = self.static_property(at);
                self.attribute(object, member, at)
            }
            Kind::ClassConstantAccess => self.class_constant(at, object),
            Kind::Subscript => match self.item(at).1 {
                Some(index) => {
                    let index = self.expr(index);
                    self.add(Expr::Index(object, index), at)
                }
                None => self.add(Expr::Unknown(Box::new([object])), at),
            },
            Kind::MemberCall | Kind::NullsafeMemberCall | Kind::ScopedCall => {
                let callee = self.method(at, object);
                self.call(at, callee)
            }
            Kind::FunctionCall => self.call(at, object),
            _ => self.add(Expr::Unknown(Box::new([object])), at),
        }
    }

    fn attribute(&mut self, object: ExprId, member: Option<Member<'t>>, at: At) -> ExprId {
        let expr = match member {
            Some(Member::Named(name, _)) => Expr::Attribute(object, self.builder.name(&name)),
            Some(Member::Computed(name)) => Expr::DynamicAttribute(object, name),
            None => Expr::Unknown(Box::new([object])),
        };
        self.add(expr, at)
    }

    /// `object->method` of a call.
    fn method(&mut self, at: At, object: ExprId) -> ExprId {
        let call = self.table.bytes(at);
        match self.member(at) {
            Some(Member::Named(name, bytes)) => {
                let name = self.lower_name(&name);
                let callee = Bytes { start: call.start, end: bytes.end };
                self.builder.expr(Expr::Attribute(object, name), callee)
            }
            Some(Member::Computed(name)) => {
                let end = self.builder.body().bytes_of(name).end;
                let callee = Bytes { start: call.start, end };
                self.builder.expr(Expr::DynamicAttribute(object, name), callee)
            }
            None => self.add(Expr::Unknown(Box::new([object])), at),
        }
    }

    /// What stands behind `->` or `::`.
    pub(super) fn member(&mut self, at: At) -> Option<Member<'t>> {
        let name = self.item(at).1?;
        let bytes = self.table.bytes(name);
        // `->{NAME}` is a constant, `->name` is not.
        let is_braced = self.text.as_bytes().get(..bytes.start as usize)?.trim_ascii_end().ends_with(b"{");
        if self.table.kind(name) == Kind::Name && !is_braced {
            return Some(Member::Named(self.text_of(name).into(), bytes));
        }
        let name = match self.table.kind(name) {
            Kind::Name => self.braced_name(name),
            _ => self.expr(name),
        };
        Some(match self.builder.body().expr(name) {
            Expr::Constant(Constant::Str(name)) => Member::Named(name.to_string().into(), bytes),
            _ => Member::Computed(name),
        })
    }

    /// What stands in `::{…}`: the grammar calls any expression there a name.
    fn braced_name(&mut self, at: At) -> ExprId {
        let text = self.text_of(at);
        let is_word =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80);
        match text.strip_prefix('$') {
            Some(name) if is_word(name) => {
                let variable = self.variable(name);
                self.add(variable.expr(), at)
            }
            None if is_word(text) => self.constant(at),
            _ => self.unknown(at),
        }
    }

    /// The name of `Class::$name`.
    pub(super) fn static_property(&mut self, at: At) -> Option<Member<'t>> {
        let name = self.item(at).1?;
        if self.table.kind(name) == Kind::VariableName {
            return Some(Member::Named(name_of(self.text_of(name)).into(), self.table.bytes(name)));
        }
        let name = self.table.first(name).unwrap_or(name);
        Some(Member::Computed(self.expr(name)))
    }

    /// `Class::NAME`; the name of a class that the file says is text.
    fn class_constant(&mut self, at: At, class: ExprId) -> ExprId {
        let member = self.member(at);
        let written = match (&member, self.table.first(at)) {
            (Some(Member::Named(name, _)), Some(scope)) if name.eq_ignore_ascii_case("class") => self.text_of(scope),
            _ => return self.attribute(class, member, at),
        };
        let is_said = matches!(self.builder.body().expr(class), Expr::Global(_)) && !is_relative_class(written);
        let expr = if is_said {
            Expr::Constant(Constant::Str(self.names.full(NameKind::Class, written).into()))
        } else {
            Expr::Attribute(class, self.builder.name("class"))
        };
        self.add(expr, at)
    }

    /// What names a class: in front of `::`, behind `new`, `instanceof`, `extends`.
    pub(super) fn class_reference(&mut self, at: At) -> ExprId {
        let at = self.table.inside(at);
        match self.table.kind(at) {
            Kind::Name | Kind::QualifiedName | Kind::RelativeName | Kind::NamedType | Kind::RelativeScope => {
                let name = self.names.resolve(NameKind::Class, self.text_of(at), &mut self.builder);
                self.add(Expr::Global(name), at)
            }
            _ => self.expr(at),
        }
    }

    /// `$$name`, `${'name'}`.
    pub(super) fn dynamic_variable(&mut self, at: At) -> ExprId {
        if let Some(variable) = self.constant_variable(at) {
            return self.add(variable.expr(), at);
        }
        let Some(name) = self.table.first(at) else { return self.unknown(at) };
        let name = self.expr(name);
        self.add(Expr::Unknown(Box::new([name])), at)
    }

    /// The variable a dynamic name means where the name is known.
    pub(super) fn constant_variable(&mut self, at: At) -> Option<Variable> {
        let name = self.table.first(at).filter(|name| self.table.kind(*name) == Kind::String)?;
        let name = self.single_quoted(name);
        match self.builder.body().expr(name) {
            Expr::Constant(Constant::Str(name)) => {
                let name = name.clone();
                Some(self.variable_to_write(&name))
            }
            _ => None,
        }
    }

    /// The number of a name in lower case.
    pub(super) fn lower_name(&mut self, name: &str) -> crate::ir::Name {
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.builder.name(&name.to_ascii_lowercase())
        } else {
            self.builder.name(name)
        }
    }
}

/// How deep an expression stands in that many links around it.
fn links_deep(links: usize) -> usize {
    2 * (links % LINKS_MAX) + if links > 0 && links.is_multiple_of(LINKS_MAX) { 2 * LINKS_MAX } else { 0 }
}

/// Whether a node is a link of a chain.
fn is_link(kind: Kind) -> bool {
    is_scoped(kind)
        || matches!(
            kind,
            Kind::FunctionCall
                | Kind::MemberAccess
                | Kind::MemberCall
                | Kind::NullsafeMemberAccess
                | Kind::NullsafeMemberCall
                | Kind::Subscript
        )
}

/// Whether a node is a link whose base names a class.
fn is_scoped(kind: Kind) -> bool {
    matches!(kind, Kind::ClassConstantAccess | Kind::ScopedCall | Kind::ScopedPropertyAccess)
}

/// Whether a node is a name that is looked up.
pub(super) fn is_name(kind: Kind) -> bool {
    matches!(kind, Kind::Name | Kind::QualifiedName | Kind::RelativeName)
}
