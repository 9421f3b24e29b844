//! Classes, interfaces, enums, type aliases and their members.

use std::ops::ControlFlow;

use codeproof_types::{CallKind, SymbolKind, Visibility};
use tree_sitter::Node;

use super::Kind;
use super::declarations::DEFAULT;
use super::read::{Container, Named, Reader};
use crate::collector::{Definition, HintScope};
use crate::nodes::{each_child, find_child};
use crate::type_names::ANONYMOUS;

impl<'t> Reader<'_, '_, 't> {
    pub(super) fn class_declaration(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let definition = self.definition(node, SymbolKind::Class, self.facts.text(name));
        self.define_class(node, definition);
    }

    /// A class that is a value: known by what it is assigned to, by its own name, or as `default`.
    pub(super) fn class_value(&mut self, node: Node<'t>) {
        if self.is_known_value(node.start_byte()).is_some() {
            return;
        }
        let name = match node.child_by_field_name("name") {
            Some(name) => self.facts.text(name),
            None if self.heads.contains_key(&node.start_byte()) => DEFAULT,
            None => ANONYMOUS,
        };
        let definition = self.definition(node, SymbolKind::Class, name);
        self.define_class(node, definition);
    }

    /// Adds the class `node` under the name it got.
    pub(super) fn define_class(&mut self, node: Node<'t>, definition: Definition<'t>) {
        if self.kinds.of(node) == Kind::Class && definition.start != node.start_byte() {
            self.named_values.insert(node.start_byte(), Named::Defined);
        }
        self.named.extend(node.child_by_field_name("name").map(|name| name.start_byte()));
        let head_end = node.child_by_field_name("body").map_or(node.end_byte(), |body| body.start_byte());
        // Decorators may stand inside the declaration; an `export` before them starts it all the same.
        let start = if definition.start == node.start_byte() { self.own_start(node) } else { definition.start };
        self.define(node, Definition { start, head_end, ..definition });
        self.type_parameters(node);
    }

    /// `extends Base` of JavaScript; TypeScript's grammar has clauses for it.
    pub(super) fn heritage(&mut self, node: Node<'t>) {
        if let Some(base) = node.named_child(0).filter(|base| self.kinds.of(*base) != Kind::ImplementsClause) {
            self.extend(base);
        }
    }

    pub(super) fn extends(&mut self, node: Node<'t>) {
        if let Some(base) = node.child_by_field_name("value") {
            self.extend(base);
        }
    }

    fn extend(&mut self, base: Node<'t>) {
        if matches!(self.kinds.of(base), Kind::Identifier | Kind::Member) {
            self.facts.base(self.facts.text(base));
            self.mention_value(base, CallKind::ClassRef, 0);
        }
    }

    /// Types that a class implements or an interface extends.
    pub(super) fn add_bases(&mut self, clause: Node<'t>) {
        each_child(clause, |base| {
            if let Some(base) = self.named_type(base) {
                self.facts.base(self.facts.text(base));
            }
            ControlFlow::Continue(())
        });
    }

    /// Remembers decorators and signatures of members before the walk comes to them.
    pub(super) fn class_body(&mut self, node: Node<'t>) {
        self.containers.push(Container { end: node.end_byte(), is_named: true });
        self.remember_decorators(node);
        self.remember_members(node);
    }

    fn remember_members(&mut self, body: Node<'t>) {
        each_child(body, |member| {
            if matches!(self.kinds.of(member), Kind::MethodSignature | Kind::AbstractMethod | Kind::PropertySignature) {
                self.members.insert(member.start_byte());
            }
            ControlFlow::Continue(())
        });
    }

    /// Finds the decorators among the children of `node`, each with the child that follows.
    pub(super) fn remember_decorators(&mut self, node: Node<'t>) {
        let mut waiting = Vec::new();
        each_child(node, |child| {
            if self.kinds.of(child) == Kind::Decorator {
                waiting.push(child);
            } else if !waiting.is_empty() && child.is_named() && !child.is_extra() {
                self.decorators.insert(child.start_byte(), std::mem::take(&mut waiting));
            }
            ControlFlow::Continue(())
        });
    }

    /// Adds the decorators before and inside `node` to the symbol added last.
    pub(super) fn add_decorators(&mut self, node: Node<'t>) {
        let Some(symbol) = self.facts.newest() else { return };
        let mut decorators = self.decorators.remove(&node.start_byte()).unwrap_or_default();
        each_child(node, |child| {
            let is_decorator = self.kinds.of(child) == Kind::Decorator;
            decorators.extend(is_decorator.then_some(child));
            if is_decorator || child.is_extra() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        for decorator in decorators {
            self.facts.decorator_of(symbol, self.facts.text(decorator).trim_start_matches('@'));
        }
    }

    /// Where a declaration starts behind the decorators in it.
    fn own_start(&self, node: Node<'t>) -> usize {
        let is_own = |child: Node<'t>| self.kinds.of(child) != Kind::Decorator && !child.is_extra();
        find_child(node, |child| is_own(child).then_some(child)).unwrap_or(node).start_byte()
    }

    /// A member of the class, interface or object around.
    fn member(&mut self, node: Node<'t>, kind: SymbolKind, name: Node<'t>) -> Definition<'t> {
        let first = self.decorators.get(&node.start_byte()).and_then(|decorators| decorators.first());
        let decorated_start = first.map_or(node.start_byte(), |first| first.start_byte());
        let start = self.own_start(node);
        let visibility = self.visibility(node, name);
        let is_static = find_child(node, |child| (child.kind() == "static").then_some(())).is_some();
        let definition = self.definition(node, kind, self.unquoted(name));
        let visibility = definition.visibility.or(visibility);
        Definition { decorated_start, start, visibility, is_static, ..definition }
    }

    /// `#name` is private, and members of classes and interfaces are public when they do not say.
    fn visibility(&self, node: Node<'t>, name: Node<'t>) -> Option<Visibility> {
        let modifier = self.kinds.child(node, Kind::AccessibilityModifier).map(|it| self.facts.text(it));
        let around = self.facts.scope().map(|scope| scope.kind);
        match modifier {
            _ if self.kinds.of(name) == Kind::PrivateIdentifier => Some(Visibility::Private),
            Some("private") => Some(Visibility::Private),
            Some("protected") => Some(Visibility::Protected),
            _ => {
                let is_type = matches!(around, Some(SymbolKind::Class | SymbolKind::Interface | SymbolKind::Type));
                is_type.then_some(Visibility::Public)
            }
        }
    }

    /// Methods, accessors and constructors with a body or without.
    pub(super) fn method(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let is_signature = self.kinds.of(node) != Kind::MethodDefinition;
        let is_member = if is_signature { self.members.remove(&node.start_byte()) } else { self.is_in_named() };
        if !is_member {
            return self.parameters(node);
        }
        if self.facts.text(name) == "constructor" {
            self.parameter_properties(node);
        }
        // What `module.exports = { f() {} }` holds stands right in the module.
        let kind = if self.facts.scope().is_some() { SymbolKind::Method } else { SymbolKind::Function };
        let definition = self.member(node, kind, name);
        self.define(node, definition);
        self.signature(node);
    }

    /// `constructor(private name: Type)` declares a property of the class.
    fn parameter_properties(&mut self, constructor: Node<'t>) {
        let Some(list) = constructor.child_by_field_name("parameters") else { return };
        each_child(list, |parameter| {
            let is_property = self.kinds.child(parameter, Kind::AccessibilityModifier).is_some()
                || find_child(parameter, |child| (child.kind() == "readonly").then_some(())).is_some();
            let name = parameter.child_by_field_name("pattern").filter(|_| is_property);
            if let Some(name) = name.filter(|name| self.kinds.of(*name) == Kind::Identifier) {
                let definition = self.member(parameter, SymbolKind::Property, name);
                self.facts.add(definition);
                self.annotated(HintScope::Class, parameter, self.facts.text(name));
            }
            ControlFlow::Continue(())
        });
    }

    /// Fields; one that holds a function is a method.
    pub(super) fn field(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name").or(node.child_by_field_name("property")) else { return };
        let text = self.unquoted(name);
        let value = node.child_by_field_name("value");
        let function = value.map(|value| self.kinds.bare(value)).filter(|value| self.kinds.is_function(*value));
        if let Some(function) = function {
            let definition = self.member(node, SymbolKind::Method, name);
            return self.define_function(node, function, definition);
        }
        if !self.annotated(HintScope::Innermost, node, text) {
            self.holds(HintScope::Innermost, node, text, value);
        }
        let head_end = self.facts.head_end(node.end_byte(), name, value);
        let definition = self.member(node, SymbolKind::Property, name);
        self.define(node, Definition { head_end, ..definition });
    }

    pub(super) fn property_signature(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        if self.members.remove(&node.start_byte()) {
            self.annotated(HintScope::Innermost, node, self.unquoted(name));
            let definition = self.member(node, SymbolKind::Property, name);
            self.facts.add(definition);
        }
    }

    pub(super) fn interface(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        self.named.push(name.start_byte());
        let definition = self.definition(node, SymbolKind::Interface, self.facts.text(name));
        self.define(node, definition);
        self.type_parameters(node);
        if let Some(body) = node.child_by_field_name("body") {
            self.remember_members(body);
        }
    }

    pub(super) fn type_alias(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        self.named.push(name.start_byte());
        let definition = self.definition(node, SymbolKind::Type, self.facts.text(name));
        self.define(node, definition);
        self.type_parameters(node);
        if let Some(value) = node.child_by_field_name("value").filter(|it| self.kinds.of(*it) == Kind::ObjectType) {
            self.remember_members(value);
        }
    }

    pub(super) fn enumeration(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let definition = self.definition(node, SymbolKind::Enum, self.facts.text(name));
        self.define(node, definition);
        let Some(body) = node.child_by_field_name("body") else { return };
        each_child(body, |case| {
            let name = match self.kinds.of(case) {
                Kind::EnumAssignment => case.child_by_field_name("name"),
                Kind::PropertyIdentifier | Kind::String | Kind::ComputedName => Some(case),
                _ => None,
            };
            if let Some(name) = name {
                let definition = self.definition(case, SymbolKind::EnumCase, self.unquoted(name));
                self.facts.add(Definition { visibility: Some(Visibility::Public), ..definition });
            }
            ControlFlow::Continue(())
        });
    }
}
