//! What names hold: annotations of types, and values that tell their class.

use std::ops::ControlFlow;

use codeproof_types::HintSource;
use tree_sitter::Node;

use super::Kind;
use super::read::Reader;
use crate::collector::HintScope;
use crate::nodes::each_child;

/// Types that stand for what they hold: a promise is awaited, the others change nothing about the members.
const WRAPPERS: &[&str] = &["NonNullable", "Partial", "Promise", "Readonly", "Required"];

impl<'t> Reader<'_, '_, 't> {
    /// Type variables, parameters and result of the function that was opened.
    pub(super) fn signature(&mut self, function: Node<'t>) {
        self.type_parameters(function);
        self.parameters(function);
        let result = function.child_by_field_name("return_type").and_then(|annotation| self.named_type(annotation));
        if let Some(result) = result {
            self.hint(HintScope::Innermost, function, "", result);
        }
    }

    pub(super) fn type_parameters(&mut self, node: Node<'t>) {
        let Some(parameters) = node.child_by_field_name("type_parameters") else { return };
        each_child(parameters, |parameter| {
            if let Some(name) = parameter.child_by_field_name("name") {
                self.variables.add(self.facts.text(name), node.end_byte());
            }
            ControlFlow::Continue(())
        });
    }

    /// `[K in keyof T]: …` has a type variable of its own.
    pub(super) fn mapped_type(&mut self, signature: Node<'t>) {
        let clause = self.kinds.child(signature, Kind::MappedType);
        if let Some(name) = clause.and_then(|clause| clause.child_by_field_name("name")) {
            self.variables.add(self.facts.text(name), signature.end_byte());
        }
    }

    /// What the parameters of a function hold.
    pub(super) fn parameters(&mut self, function: Node<'t>) {
        let Some(list) = function.child_by_field_name("parameters") else { return };
        each_child(list, |parameter| {
            let name = parameter.child_by_field_name("pattern").or(parameter.child_by_field_name("left"));
            if let Some(name) = name.filter(|name| self.kinds.of(*name) == Kind::Identifier) {
                let text = self.facts.text(name);
                if !self.annotated(HintScope::Innermost, parameter, text) {
                    let value = parameter.child_by_field_name("value").or(parameter.child_by_field_name("right"));
                    self.holds(HintScope::Innermost, parameter, text, value);
                }
            }
            ControlFlow::Continue(())
        });
    }

    /// Adds what `name` holds by the annotation in `node`; says whether there is one.
    pub(super) fn annotated(&mut self, scope: HintScope, node: Node<'t>, name: &str) -> bool {
        let Some(annotation) = node.child_by_field_name("type") else { return false };
        if let Some(of) = self.named_type(annotation) {
            self.hint(scope, node, name, of);
        }
        true
    }

    /// Adds what `name` holds: by the annotation in `node`, else by its value.
    pub(super) fn holds(&mut self, scope: HintScope, node: Node<'t>, name: &str, value: Option<Node<'t>>) {
        if self.annotated(scope, node, name) {
            return;
        }
        if let Some((of, source)) = value.and_then(|value| self.value(value)) {
            self.facts.hint(scope, node.start_byte(), name, &of, source);
        }
    }

    fn hint(&mut self, scope: HintScope, node: Node<'t>, name: &str, of: Node<'t>) {
        let of = self.facts.text(of);
        if !self.variables.contains(of) {
            self.facts.hint(scope, node.start_byte(), name, of, HintSource::Type);
        }
    }

    /// The name of a type, if it has one: behind what wraps it, and without `null` and `undefined`.
    pub(super) fn named_type(&self, written: Node<'t>) -> Option<Node<'t>> {
        let mut node = written;
        loop {
            node = match self.kinds.of(node) {
                Kind::TypeAnnotation | Kind::ParenthesizedType | Kind::ReadonlyType => node.named_child(0)?,
                Kind::UnionType => self.only_type(node)?,
                Kind::GenericType => {
                    let name = node.child_by_field_name("name")?;
                    if !WRAPPERS.contains(&self.facts.text(name)) {
                        return Some(name);
                    }
                    node.child_by_field_name("type_arguments")?.named_child(0)?
                }
                Kind::TypeIdentifier | Kind::NestedType => return Some(node),
                _ => return None,
            };
        }
    }

    /// The one type of a union beside `null` and `undefined`.
    fn only_type(&self, union: Node<'t>) -> Option<Node<'t>> {
        let mut types = Vec::new();
        each_child(union, |part| {
            if part.is_named() && !part.is_extra() && !matches!(self.facts.text(part), "null" | "undefined") {
                types.push(part);
            }
            ControlFlow::Continue(())
        });
        if let [only] = types.as_slice() { Some(*only) } else { None }
    }

    /// What an expression is, where its first words tell.
    fn value(&self, node: Node<'t>) -> Option<(String, HintSource)> {
        if matches!(self.kinds.of(node), Kind::As | Kind::Satisfies) {
            let of = self.named_type(node.named_child(1)?)?;
            return Some((self.facts.text(of).to_owned(), HintSource::Type));
        }
        let bare = self.kinds.bare(node);
        match self.kinds.of(bare) {
            Kind::New => {
                let class = bare.child_by_field_name("constructor")?;
                Some((self.facts.text(class).to_owned(), HintSource::Type))
            }
            Kind::Call if self.required_module(bare).is_none() => {
                let called = self.facts.text(self.kinds.bare(bare.child_by_field_name("function")?));
                let is_plain = !called.contains(['(', '[', '{', '`']);
                is_plain.then(|| (called.replace("?.", ".").replace('!', ""), HintSource::Call))
            }
            Kind::Identifier => self.facts.hinted(self.facts.text(bare)),
            _ => None,
        }
    }
}
