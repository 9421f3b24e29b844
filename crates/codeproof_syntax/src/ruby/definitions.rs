//! Classes, modules, and what belongs to them.

use std::collections::HashSet;
use std::ops::ControlFlow;

use codeproof_types::{SymbolKind, Visibility};
use tree_sitter::Node;

use super::read::{Kind, Locals, OpenClass, Reader, Wrapper, is_constant, is_section, visibility_of};
use crate::collector::{Definition, Scope};
use crate::nodes::each_child;

impl<'t> Reader<'_, 't> {
    pub(super) fn class(&mut self, node: Node<'t>, kind: SymbolKind) {
        let Some(name) = node.child_by_field_name("name") else { return };
        self.scoped_end = self.scoped_end.max(name.end_byte());
        let superclass = node.child_by_field_name("superclass");
        let (parent, qualified_name) = self.qualified(self.facts.text(name).trim_start_matches("::"));
        let own = name.child_by_field_name("name").unwrap_or(name);
        self.open_class(Definition {
            parent,
            head_end: superclass.unwrap_or(name).end_byte(),
            ..Definition::of(node, kind, self.facts.text(own), qualified_name)
        });
        let Some(base) = superclass.and_then(|superclass| superclass.named_child(0)) else { return };
        if is_constant(base) {
            self.facts.base(self.facts.text(base));
        } else if self.is_class_maker(base) {
            self.made_class(base);
        }
    }

    pub(super) fn open_class(&mut self, definition: Definition<'t>) {
        let end = definition.end;
        self.facts.define(definition);
        self.classes.push(OpenClass { end, ..OpenClass::default() });
        self.locals.push(Locals { end, is_block: false, names: HashSet::new() });
    }

    /// `class << self`.
    pub(super) fn singleton_class(&mut self, node: Node<'t>) {
        let Some(around) = self.facts.scope() else { return };
        let (end, qualified_name, symbol) = (node.end_byte(), around.qualified_name.clone(), around.symbol);
        self.facts.open(Scope { kind: around.kind, qualified_name, end, member_visibility: None, symbol });
        self.classes.push(OpenClass { end, is_static: true, ..OpenClass::default() });
    }

    /// Finds where `private` and its like stand alone in a body.
    pub(super) fn sections(&mut self, body: Node<'t>) {
        each_child(body, |child| {
            if Kind::of(child) == Kind::Identifier && is_section(self.facts.text(child)) {
                self.sections.insert(child.start_byte());
            }
            ControlFlow::Continue(())
        });
    }

    pub(super) fn is_in_class(&self) -> bool {
        self.class_scope().is_some()
    }

    /// The class or module that methods belong to here.
    pub(super) fn class_scope(&self) -> Option<&Scope> {
        self.facts.scopes().find(|scope| matches!(scope.kind, SymbolKind::Class | SymbolKind::Namespace))
    }

    pub(super) fn method(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        self.named.push(name.start_byte());
        let object = node.child_by_field_name("object");
        self.scoped_end = self.scoped_end.max(object.map_or(0, |object| object.end_byte()));
        let text = self.facts.text(name);
        let head_end = node.child_by_field_name("parameters").unwrap_or(name).end_byte();
        let of = object.filter(|object| Kind::of(*object) != Kind::SelfValue);
        let owner = of.map(|of| self.facts.text(of)).filter(|of| !self.is_class_around(of));
        let definition = self.member(node, SymbolKind::Method, text, object.is_some(), owner);
        let end = definition.end;
        self.facts.define(Definition { head_end, ..definition });
        self.remember(text);
        self.locals.push(Locals { end, is_block: false, names: HashSet::new() });
    }

    /// Whether `name` is the class that is open here: `def Cart.open` in `class Cart`.
    pub(super) fn is_class_around(&self, name: &str) -> bool {
        self.class_scope().is_some_and(|scope| scope.qualified_name.rsplit("::").next() == Some(name))
    }

    /// A method or attribute of the class around, or of `owner`.
    pub(super) fn member(
        &self,
        node: Node<'t>,
        kind: SymbolKind,
        name: &'t str,
        is_singleton: bool,
        owner: Option<&str>,
    ) -> Definition<'t> {
        let class = self.class_scope().map(|scope| (scope.qualified_name.clone(), scope.member_visibility));
        // `private` alone says nothing about `def self.x`.
        let section = class.as_ref().and_then(|(_, visibility)| *visibility).filter(|_| !is_singleton);
        let is_singleton = is_singleton || self.classes.last().is_some_and(|class| class.is_static);
        let wrapper = self.wrapper.filter(|wrapper| node.start_byte() < wrapper.end);
        let mark = if is_singleton { '.' } else { '#' };
        let (parent, qualified_name) = match (owner, class) {
            (Some(owner), _) => (Some(owner.to_owned()), format!("{owner}.{name}")),
            (None, Some((class, _))) => (Some(class.clone()), format!("{class}{mark}{name}")),
            (None, None) => (None, name.to_owned()),
        };
        let kind = if parent.is_none() && kind == SymbolKind::Method { SymbolKind::Function } else { kind };
        let is_member = parent.is_some();
        let visibility = wrapper.and_then(|wrapper| wrapper.visibility).or(section).unwrap_or(Visibility::Public);
        Definition {
            parent,
            decorated_start: wrapper.map_or(node.start_byte(), |wrapper| wrapper.start),
            visibility: is_member.then_some(visibility),
            is_static: is_member && is_singleton,
            ..Definition::of(node, kind, name, qualified_name)
        }
    }

    /// Keeps the symbol added last for `private :name` further down.
    pub(super) fn remember(&mut self, name: &'t str) {
        if let (Some(symbol), Some(class)) = (self.facts.newest(), self.classes.last_mut()) {
            class.methods.insert(name, symbol);
        }
    }

    /// `alias new old`.
    pub(super) fn alias(&mut self, node: Node<'t>) {
        let (Some(name), Some(old)) = (node.child_by_field_name("name"), node.child_by_field_name("alias")) else {
            return;
        };
        self.named.push(old.start_byte());
        self.named.push(name.start_byte());
        self.add_method(node, self.facts.text(name).trim_start_matches(':'));
    }

    pub(super) fn add_method(&mut self, node: Node<'t>, name: &'t str) {
        if name.starts_with('$') || !self.is_in_class() {
            return;
        }
        let definition = self.member(node, SymbolKind::Method, name, false, None);
        self.facts.add(definition);
        self.remember(name);
    }

    /// A call that is handed a definition or the names of methods: `private def x`, `private :x`.
    pub(super) fn wrap(&mut self, node: Node<'t>, name: &str, arguments: Node<'t>) {
        let visibility = visibility_of(name.strip_suffix("_class_method").unwrap_or(name));
        let first = arguments.named_child(0).map(Kind::of);
        if matches!(first, Some(Kind::Method | Kind::SingletonMethod | Kind::Call)) && self.is_in_class() {
            let outer = self.wrapper.filter(|outer| node.start_byte() < outer.end);
            self.wrapper = Some(Wrapper {
                start: outer.map_or(node.start_byte(), |outer| outer.start),
                end: node.end_byte(),
                visibility: visibility.or(outer.and_then(|outer| outer.visibility)),
            });
        }
        if visibility.is_some() {
            for symbol in self.methods_named_by(arguments) {
                if let Some(symbol) = self.facts.symbol_mut(symbol) {
                    symbol.visibility = visibility;
                }
            }
        }
    }

    /// The methods of the class around that `:a, "b"` name.
    pub(super) fn methods_named_by(&self, arguments: Node<'t>) -> Vec<u32> {
        let mut symbols = Vec::new();
        let Some(class) = self.classes.last() else { return symbols };
        each_child(arguments, |argument| {
            symbols.extend(self.symbol_or_string(argument).and_then(|name| class.methods.get(name).copied()));
            ControlFlow::Continue(())
        });
        symbols
    }

    /// `module_function :a`.
    pub(super) fn make_static(&mut self, arguments: Node<'t>) {
        for symbol in self.methods_named_by(arguments) {
            if let Some(symbol) = self.facts.symbol_mut(symbol) {
                symbol.is_static = true;
            }
        }
    }

    /// `attr_accessor :a, :b`.
    pub(super) fn attributes(&mut self, node: Node<'t>, arguments: Node<'t>) {
        if !self.is_in_class() {
            return;
        }
        each_child(arguments, |argument| {
            if let Some(name) = self.symbol_or_string(argument) {
                let definition = self.member(node, SymbolKind::Property, name, false, None);
                self.facts.add(definition);
                self.remember(name);
            }
            ControlFlow::Continue(())
        });
    }

    /// `include A, B::C`.
    pub(super) fn mixins(&mut self, arguments: Node<'t>) {
        let is_class = |scope: &Scope| matches!(scope.kind, SymbolKind::Class | SymbolKind::Namespace);
        if !self.facts.scope().is_some_and(is_class) {
            return;
        }
        each_child(arguments, |argument| {
            if is_constant(argument) {
                self.facts.base(self.facts.text(argument));
            }
            ControlFlow::Continue(())
        });
    }

    /// `define_method(:name) { … }`.
    pub(super) fn define_method(&mut self, node: Node<'t>, arguments: Node<'t>, by: &str) {
        let name = arguments.named_child(0).and_then(|name| self.symbol_or_string(name));
        let Some(name) = name.filter(|_| self.is_in_class()) else { return };
        let is_singleton = by == "define_singleton_method";
        let definition = self.member(node, SymbolKind::Method, name, is_singleton, None);
        self.facts.define(Definition { head_end: arguments.end_byte(), ..definition });
        self.remember(name);
    }

    /// `LIMIT = 1`, and classes made by a call: `Point = Struct.new(:x) do … end`.
    pub(super) fn constant_assignment(&mut self, node: Node<'t>, left: Node<'t>, right: Node<'t>) {
        self.scoped_end = self.scoped_end.max(left.end_byte());
        if self.facts.scope().is_some_and(|it| it.kind == SymbolKind::Method || it.kind == SymbolKind::Function) {
            return;
        }
        let name = self.facts.text(left.child_by_field_name("name").unwrap_or(left));
        let (parent, qualified_name) = self.qualified(self.facts.text(left).trim_start_matches("::"));
        if self.is_class_maker(right) {
            let is_module = right.child_by_field_name("receiver").is_some_and(|it| self.facts.text(it) == "Module");
            let kind = if is_module { SymbolKind::Namespace } else { SymbolKind::Class };
            let block = right.child_by_field_name("block");
            let head_end = block.map_or(node.end_byte(), |block| block.start_byte());
            self.open_class(Definition { parent, head_end, ..Definition::of(node, kind, name, qualified_name) });
            self.made_class(right);
        } else {
            let head_end = self.facts.head_end(node.end_byte(), left, Some(right));
            let constant = Definition::of(node, SymbolKind::Constant, name, qualified_name);
            self.facts.add(Definition { parent, head_end, ..constant });
        }
    }

    /// Whether an expression makes a class: `Struct.new(…)`, `Data.define(…)`, `Class.new(…)`.
    pub(super) fn is_class_maker(&self, node: Node<'t>) -> bool {
        if Kind::of(node) != Kind::Call {
            return false;
        }
        let text = |field| node.child_by_field_name(field).map_or("", |it| self.facts.text(it));
        matches!((text("receiver"), text("method")), ("Struct" | "Class" | "Module", "new") | ("Data", "define"))
    }

    /// Base and attributes of the class that `call` makes.
    pub(super) fn made_class(&mut self, call: Node<'t>) {
        let Some(maker) = call.child_by_field_name("receiver") else { return };
        let maker = self.facts.text(maker);
        let is_record = matches!(maker, "Struct" | "Data");
        if is_record {
            self.facts.base(maker);
        }
        let Some(arguments) = call.child_by_field_name("arguments") else { return };
        each_child(arguments, |argument| {
            if is_constant(argument) && maker == "Class" {
                self.facts.base(self.facts.text(argument));
            } else if let Some(name) = self.symbol_or_string(argument).filter(|_| is_record) {
                let definition = self.member(argument, SymbolKind::Property, name, false, None);
                self.facts.add(definition);
            }
            ControlFlow::Continue(())
        });
    }
}
