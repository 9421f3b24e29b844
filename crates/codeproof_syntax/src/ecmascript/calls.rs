//! Calls and mentions of classes.

use std::ops::ControlFlow;

use codeproof_types::CallKind;
use tree_sitter::Node;

use super::Kind;
use super::read::Reader;
use crate::nodes::{count_arguments, each_child};
use crate::type_names::looks_like_class;

impl<'t> Reader<'_, '_, 't> {
    pub(super) fn call(&mut self, node: Node<'t>) {
        let Some(function) = node.child_by_field_name("function") else { return };
        let arguments = node.child_by_field_name("arguments").map_or(0, |arguments| self.count(arguments));
        if let Some(module) = self.required_module(node).filter(|_| !self.required.remove(&node.start_byte())) {
            self.facts.import(node.start_byte(), module, "", None, 0);
        }
        // TypeScript's grammar takes `await f<T>(x)` for a call of `await f`.
        let function = self.kinds.bare(function);
        match self.kinds.of(function) {
            Kind::Super => self.facts.call(CallKind::Call, function.start_byte(), "super", None, arguments),
            // Where nothing says that a function is `async`, the grammar takes `await (x)` for a call.
            Kind::Identifier if self.facts.text(function) == "await" => {}
            Kind::Identifier | Kind::Member => self.mention_value(function, CallKind::Call, arguments),
            _ => {}
        }
    }

    /// How many arguments are written; a template hands over its texts and each value in it.
    fn count(&self, arguments: Node<'t>) -> u32 {
        if self.kinds.of(arguments) != Kind::TemplateString {
            return count_arguments(arguments);
        }
        let mut count = 1;
        each_child(arguments, |part| {
            count += u32::from(part.kind() == "template_substitution");
            ControlFlow::Continue(())
        });
        count
    }

    /// Adds `name` or `object.name` as a call or mention.
    pub(super) fn mention_value(&mut self, node: Node<'t>, kind: CallKind, arguments: u32) {
        let (name, receiver) = match self.kinds.of(node) {
            Kind::Identifier => (Some(node), None),
            Kind::Member => (node.child_by_field_name("property"), node.child_by_field_name("object")),
            _ => return,
        };
        if let Some(name) = name {
            let receiver = receiver.map(|receiver| self.facts.text(receiver).trim_end_matches('!'));
            self.facts.call(kind, name.start_byte(), self.facts.text(name), receiver, arguments);
        }
    }

    /// `new Class(…)`.
    pub(super) fn creation(&mut self, node: Node<'t>) {
        if let Some(class) = node.child_by_field_name("constructor") {
            let arguments = node.child_by_field_name("arguments").map_or(0, count_arguments);
            self.mention_value(class, CallKind::ClassRef, arguments);
        }
    }

    /// `Class.member` mentions the class.
    pub(super) fn member_access(&mut self, node: Node<'t>) {
        let object = node.child_by_field_name("object").filter(|it| self.kinds.of(*it) == Kind::Identifier);
        if let Some(object) = object.filter(|object| looks_like_class(self.facts.text(*object))) {
            self.mention_value(object, CallKind::ClassRef, 0);
        }
    }

    pub(super) fn instance_of(&mut self, node: Node<'t>) {
        let Some(operator) = node.child_by_field_name("operator") else { return };
        if let Some(class) = node.child_by_field_name("right").filter(|_| self.facts.text(operator) == "instanceof") {
            self.mention_value(class, CallKind::ClassRef, 0);
        }
    }

    /// `<Component …>`; small letters are HTML's own elements.
    pub(super) fn element(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let is_component = self.kinds.of(name) == Kind::Member
            || self.facts.text(name).starts_with(|first: char| first.is_uppercase());
        if is_component {
            self.mention_value(name, CallKind::ClassRef, 0);
        }
    }

    /// `@decorator` without parentheses calls it, too.
    pub(super) fn decorator(&mut self, node: Node<'t>) {
        if let Some(name) = node.named_child(0) {
            self.mention_value(name, CallKind::Call, 0);
        }
    }

    /// `namespace.Type`.
    pub(super) fn nested_type(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        self.named.push(name.start_byte());
        let receiver = node.child_by_field_name("module").map(|module| self.facts.text(module));
        self.facts.call(CallKind::ClassRef, name.start_byte(), self.facts.text(name), receiver, 0);
    }

    pub(super) fn type_identifier(&mut self, node: Node<'t>) {
        let start = node.start_byte();
        while self.named.pop_if(|named| *named < start).is_some() {}
        let name = self.facts.text(node);
        if self.named.last() != Some(&start) && !self.variables.contains(name) {
            self.facts.call(CallKind::ClassRef, start, name, None, 0);
        }
    }
}
