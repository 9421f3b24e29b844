//! Imports and exports: ES modules, `require`, dynamic `import`.

use std::ops::ControlFlow;

use tree_sitter::Node;

use super::Kind;
use super::declarations::DEFAULT;
use super::read::{Head, Named, Reader};
use crate::nodes::{each_child, find_child};

impl<'t> Reader<'_, '_, 't> {
    /// `import a, {b as c} from "m"`, `import * as n from "m"`, `import "m"`, `import x = require("m")`.
    pub(super) fn import_statement(&mut self, node: Node<'t>) {
        if let Some(clause) = self.kinds.child(node, Kind::ImportRequire) {
            let alias = self.kinds.child(clause, Kind::Identifier).map(|alias| self.facts.text(alias));
            if let Some(source) = clause.child_by_field_name("source") {
                self.facts.import(node.start_byte(), self.unquoted(source), "", alias, 0);
            }
            return;
        }
        let Some(source) = node.child_by_field_name("source").map(|source| self.unquoted(source)) else { return };
        let Some(clause) = self.kinds.child(node, Kind::ImportClause) else {
            return self.facts.import(node.start_byte(), source, "", None, 0);
        };
        each_child(clause, |part| {
            match self.kinds.of(part) {
                Kind::Identifier => {
                    self.facts.import(node.start_byte(), source, "default", Some(self.facts.text(part)), 0);
                }
                Kind::NamespaceImport => {
                    let alias = self.kinds.child(part, Kind::Identifier).map(|alias| self.facts.text(alias));
                    self.facts.import(node.start_byte(), source, "", alias, 0);
                }
                Kind::NamedImports => self.specifiers(node, part, Kind::ImportSpecifier, source),
                _ => {}
            }
            ControlFlow::Continue(())
        });
    }

    /// The names in `{a, b as c}`.
    fn specifiers(&mut self, statement: Node<'t>, list: Node<'t>, kind: Kind, source: &str) {
        each_child(list, |specifier| {
            if let (true, Some(name)) = (self.kinds.of(specifier) == kind, specifier.child_by_field_name("name")) {
                let alias = specifier.child_by_field_name("alias").map(|alias| self.unquoted(alias));
                self.facts.import(statement.start_byte(), source, self.unquoted(name), alias, 0);
            }
            ControlFlow::Continue(())
        });
    }

    /// `import A = B.C`.
    pub(super) fn import_alias(&mut self, node: Node<'t>) {
        let (Some(alias), Some(target)) = (node.named_child(0), node.named_child(1)) else { return };
        let target = self.facts.text(target);
        let (module, name) = target.rsplit_once('.').unwrap_or((target, ""));
        self.facts.import(node.start_byte(), module, name, Some(self.facts.text(alias)), 0);
    }

    /// `export …` before a declaration, of names, of a value, or of what another module exports.
    pub(super) fn export_statement(&mut self, node: Node<'t>) {
        if let Some(source) = node.child_by_field_name("source") {
            return self.export_from(node, self.unquoted(source));
        }
        self.remember_decorators(node);
        let keyword = find_child(node, |child| (child.kind() == "export").then_some(child)).unwrap_or(node);
        let head = Head { decorated_start: node.start_byte(), start: keyword.start_byte(), is_exported: true };
        let value = node.child_by_field_name("value").or_else(|| self.exported_value(node));
        if let Some(declaration) = node.child_by_field_name("declaration") {
            self.heads.insert(declaration.start_byte(), head);
            self.members.insert(declaration.start_byte());
        } else if let Some(value) = value {
            self.heads.insert(value.start_byte(), head);
            self.export_value(value);
        } else if let Some(clause) = self.kinds.child(node, Kind::ExportClause) {
            each_child(clause, |specifier| {
                self.exported.extend(specifier.child_by_field_name("name").map(|name| self.facts.text(name)));
                ControlFlow::Continue(())
            });
        }
    }

    /// The value in TypeScript's `export = value`.
    fn exported_value(&self, node: Node<'t>) -> Option<Node<'t>> {
        let is_equation = find_child(node, |child| (child.kind() == "=").then_some(())).is_some();
        let is_value =
            |child: Node<'t>| child.is_named() && !child.is_extra() && self.kinds.of(child) != Kind::Decorator;
        if is_equation { find_child(node, |child| is_value(child).then_some(child)) } else { None }
    }

    /// `export default …`, `module.exports = …`: a name, or something that gets the name `default`.
    pub(super) fn export_value(&mut self, value: Node<'t>) {
        let bare = self.kinds.bare(value);
        match self.kinds.of(bare) {
            Kind::Identifier => {
                self.heads.remove(&value.start_byte());
                self.exported.insert(self.facts.text(bare));
            }
            Kind::Object | Kind::Call => {
                self.heads.remove(&value.start_byte());
                self.define_value(value, value, DEFAULT, None);
            }
            _ => {}
        }
    }

    fn export_from(&mut self, node: Node<'t>, source: &'t str) {
        if let Some(names) = self.kinds.child(node, Kind::ExportClause) {
            self.specifiers(node, names, Kind::ExportSpecifier, source);
        } else if let Some(namespace) = self.kinds.child(node, Kind::NamespaceExport) {
            let alias = namespace.named_child(0).map(|alias| self.unquoted(alias));
            self.facts.import(node.start_byte(), source, "", alias, 0);
        } else {
            self.facts.import(node.start_byte(), source, "*", None, 0);
        }
    }

    /// `declare …` before a declaration.
    pub(super) fn ambient(&mut self, node: Node<'t>) {
        let head = self.heads.remove(&node.start_byte());
        let (start, is_exported) = (node.start_byte(), false);
        let head = head.unwrap_or(Head { decorated_start: start, start, is_exported });
        each_child(node, |declaration| {
            if declaration.is_named() && !declaration.is_extra() {
                self.heads.insert(declaration.start_byte(), head);
                self.members.insert(declaration.start_byte());
            }
            ControlFlow::Continue(())
        });
    }

    /// The module that `require("m")` or `import("m")` names.
    pub(super) fn required_module(&self, call: Node<'t>) -> Option<&'t str> {
        if self.kinds.of(call) != Kind::Call {
            return None;
        }
        let function = call.child_by_field_name("function")?;
        let is_require = match self.kinds.of(function) {
            Kind::Identifier => self.facts.text(function) == "require",
            Kind::Import => true,
            _ => false,
        };
        let module = call.child_by_field_name("arguments").filter(|_| is_require)?.named_child(0)?;
        (self.kinds.of(module) == Kind::String).then(|| self.unquoted(module))
    }

    /// Imports what a variable takes from `require("m")`: the module, `.name` of it, or the names of a pattern. Says
    /// whether it did.
    pub(super) fn import_by_variable(&mut self, at: usize, target: Node<'t>, value: Node<'t>) -> bool {
        let bare = self.kinds.bare(value);
        let (call, property) = match self.kinds.of(bare) {
            Kind::Member => match (bare.child_by_field_name("object"), bare.child_by_field_name("property")) {
                (Some(object), Some(property)) => (self.kinds.bare(object), self.facts.text(property)),
                _ => return false,
            },
            _ => (bare, ""),
        };
        let Some(module) = self.required_module(call) else { return false };
        match self.kinds.of(target) {
            Kind::Identifier => self.facts.import(at, module, property, Some(self.facts.text(target)), 0),
            Kind::ObjectPattern if property.is_empty() => self.import_pattern(at, target, module),
            _ => return false,
        }
        self.required.insert(call.start_byte());
        true
    }

    /// `const {a, b: c} = require("m")`.
    fn import_pattern(&mut self, at: usize, pattern: Node<'t>, module: &str) {
        each_child(pattern, |part| {
            match self.kinds.of(part) {
                Kind::ShorthandPattern => self.facts.import(at, module, self.facts.text(part), None, 0),
                Kind::ObjectAssignmentPattern => {
                    if let Some(name) = part.child_by_field_name("left") {
                        self.facts.import(at, module, self.facts.text(name), None, 0);
                    }
                }
                Kind::PairPattern => {
                    if let (Some(key), Some(value)) =
                        (part.child_by_field_name("key"), part.child_by_field_name("value"))
                    {
                        let alias = (self.kinds.of(value) == Kind::Identifier).then(|| self.facts.text(value));
                        self.facts.import(at, module, self.unquoted(key), alias, 0);
                    }
                }
                _ => {}
            }
            ControlFlow::Continue(())
        });
    }

    /// A string's content as written, or the name in its place.
    pub(super) fn unquoted(&self, node: Node<'t>) -> &'t str {
        let text = self.facts.text(node);
        let quoted = |quote| text.strip_prefix(quote).and_then(|text: &str| text.strip_suffix(quote));
        quoted('"').or_else(|| quoted('\'')).unwrap_or(text)
    }

    /// The value at `start` has its symbol or its place in one.
    pub(super) fn is_known_value(&mut self, start: usize) -> Option<Named> {
        self.named_values.remove(&start)
    }
}
