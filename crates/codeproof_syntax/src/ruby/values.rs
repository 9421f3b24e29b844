//! Variables: which names are some, and what they hold.

use codeproof_types::HintSource;
use tree_sitter::Node;

use super::read::{BLOCKS_LOOKED_AT_MAX, Kind, Reader, is_constant};
use crate::collector::HintScope;

impl<'t> Reader<'_, 't> {
    /// Adds a variable of the method around.
    pub(super) fn bind(&mut self, name: Option<Node<'t>>) {
        if let (Some(name), Some(locals)) = (name, self.locals.last_mut()) {
            locals.names.insert(self.facts.text(name).trim_end_matches(':'));
        }
    }

    pub(super) fn is_bound(&self, name: &str) -> bool {
        for locals in self.locals.iter().rev().take(BLOCKS_LOOKED_AT_MAX) {
            if locals.names.contains(name) {
                return true;
            }
            if !locals.is_block {
                break;
            }
        }
        false
    }

    pub(super) fn assignment(&mut self, node: Node<'t>) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else {
            return;
        };
        match Kind::of(left) {
            Kind::Call => self.setters.push(left.start_byte()),
            Kind::Constant | Kind::ScopeResolution => self.constant_assignment(node, left, right),
            _ => {}
        }
        self.holds(node);
    }

    /// What `x = …`, `@x ||= …` hold.
    pub(super) fn holds(&mut self, node: Node<'t>) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else {
            return;
        };
        let (scope, name) = match Kind::of(left) {
            Kind::Identifier => (HintScope::Innermost, self.facts.text(left)),
            Kind::InstanceVariable | Kind::ClassVariable => (HintScope::Class, self.facts.text(left).trim_matches('@')),
            _ => return,
        };
        if let Some((of, source)) = self.value(right) {
            self.facts.hint(scope, node.start_byte(), name, &of, source);
        }
        if scope == HintScope::Innermost {
            self.bind(Some(left));
        }
    }

    /// What an expression is: `Cart.new(1)` a `Cart`, `a.b(1)` what `a.b` returns.
    pub(super) fn value(&self, node: Node<'t>) -> Option<(String, HintSource)> {
        match Kind::of(node) {
            Kind::Call => {
                let method = node.child_by_field_name("method")?;
                let receiver = node.child_by_field_name("receiver");
                if let Some(class) = receiver.filter(|it| is_constant(*it) && self.facts.text(method) == "new") {
                    return Some((self.facts.text(class).to_owned(), HintSource::Type));
                }
                if receiver.is_none() && self.facts.text(method) == "new" {
                    return Some((self.class_scope()?.qualified_name.clone(), HintSource::Type));
                }
                let called = self.facts.slice(node.start_byte(), method.end_byte());
                if called.contains(['(', '[', '{', '&']) {
                    return None;
                }
                let called =
                    called.strip_prefix('@').map_or_else(|| called.to_owned(), |field| format!("self.{field}"));
                Some((called, HintSource::Call))
            }
            Kind::Identifier if !self.is_bound(self.facts.text(node)) => {
                Some((self.facts.text(node).to_owned(), HintSource::Call))
            }
            Kind::Identifier => self.facts.hinted(self.facts.text(node)),
            _ => None,
        }
    }

    /// `rescue Error => e`.
    pub(super) fn rescue(&mut self, node: Node<'t>) {
        let (Some(classes), Some(variable)) =
            (node.child_by_field_name("exceptions"), node.child_by_field_name("variable"))
        else {
            return;
        };
        let class = classes.named_child(0).filter(|class| is_constant(*class) && classes.named_child_count() == 1);
        let name = variable.named_child(0).filter(|name| Kind::of(*name) == Kind::Identifier);
        if let (Some(class), Some(name)) = (class, name) {
            let (name, class) = (self.facts.text(name), self.facts.text(class));
            self.facts.hint(HintScope::Innermost, node.start_byte(), name, class, HintSource::Type);
        }
    }
}
