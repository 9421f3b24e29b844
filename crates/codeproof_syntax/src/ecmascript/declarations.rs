//! Functions, variables, assignments and objects: what gets a symbol and under which name.

use std::ops::ControlFlow;

use codeproof_types::{SymbolKind, Visibility};
use tree_sitter::Node;

use super::Kind;
use super::read::{Container, Head, Named, Reader, Statement};
use crate::collector::{Definition, HintScope, Scope};
use crate::nodes::each_child;
use crate::type_names::looks_like_class;

/// The name of what a module exports without one.
pub(super) const DEFAULT: &str = "default";

/// Names that one value is given at once: `a = b = c = f`.
const TARGETS_MAX: usize = 8;

/// Parts of an assigned name that are kept: `a.b.c.d = function () {}`.
const NAME_PARTS_MAX: usize = 5;

impl<'t> Reader<'_, '_, 't> {
    /// Finds the declarations of variables right in a file or namespace.
    pub(super) fn find_declarations(&mut self, block: Node<'t>) {
        each_child(block, |statement| {
            if self.kinds.is_variables(statement) {
                self.members.insert(statement.start_byte());
            }
            ControlFlow::Continue(())
        });
    }

    /// `namespace A.B { … }`, `declare module "m" { … }`.
    pub(super) fn namespace(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name").map(|name| self.unquoted(name)) else { return };
        let definition = self.definition(node, SymbolKind::Namespace, name);
        self.define(node, definition);
        if let Some(body) = node.child_by_field_name("body") {
            self.find_declarations(body);
        }
    }

    pub(super) fn function_declaration(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let definition = self.definition(node, SymbolKind::Function, self.facts.text(name));
        self.define(node, definition);
        self.signature(node);
    }

    /// A function that is a value: known by what it is assigned to, by its own name, as `default`, or not at all.
    pub(super) fn function_value(&mut self, node: Node<'t>) {
        if self.is_known_value(node.start_byte()).is_some() {
            return;
        }
        let name = match node.child_by_field_name("name") {
            Some(name) => self.facts.text(name),
            None if self.heads.contains_key(&node.start_byte()) => DEFAULT,
            None => return self.parameters(node),
        };
        let definition = self.definition(node, SymbolKind::Function, name);
        self.define(node, definition);
        self.signature(node);
    }

    /// `const a = 1, b = 2`.
    pub(super) fn variables(&mut self, node: Node<'t>) {
        let start = node.start_byte();
        let head = self.heads.remove(&start).unwrap_or(Head { decorated_start: start, start, is_exported: false });
        let first = self.kinds.child(node, Kind::VariableDeclarator).map_or(start, |first| first.start_byte());
        let kind = node.child_by_field_name("kind").map_or("", |kind| self.facts.text(kind));
        let is_direct = self.members.remove(&start);
        let is_const = kind == "const";
        self.statements.push(Statement { head, first, end: node.end_byte(), is_const, is_direct });
    }

    pub(super) fn variable(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let value = node.child_by_field_name("value");
        let Some(head) = self.head_of_variable(node) else { return };
        let is_import = value.is_some_and(|value| self.import_by_variable(head.start, name, value));
        if is_import || self.kinds.of(name) != Kind::Identifier {
            return;
        }
        let text = self.facts.text(name);
        self.holds(HintScope::Innermost, node, text, value);
        let statement = self.statements.last().filter(|statement| statement.is_direct);
        let kind = statement.map(|it| if it.is_const { SymbolKind::Constant } else { SymbolKind::Property });
        self.heads.insert(node.start_byte(), head);
        match (value, kind) {
            (Some(value), _) => self.define_value(node, value, text, kind),
            (None, Some(kind)) => {
                let definition = self.definition(node, kind, text);
                self.facts.add(definition);
            }
            (None, None) => {}
        }
        self.heads.remove(&node.start_byte());
    }

    /// The first variable of a statement begins with the statement.
    fn head_of_variable(&self, node: Node<'t>) -> Option<Head> {
        let statement = self.statements.last()?;
        let start = node.start_byte();
        let is_first = statement.first == start;
        Some(if is_first { statement.head } else { Head { decorated_start: start, start, ..statement.head } })
    }

    /// Adds the symbol that `name = value` makes: a function, a class, an object with methods, or one of `kind`.
    pub(super) fn define_value(&mut self, node: Node<'t>, value: Node<'t>, name: &'t str, kind: Option<SymbolKind>) {
        let (bare, targets) = self.assigned_value(value);
        if !targets.is_empty() {
            self.add_aliases(node, bare, &targets, name);
        }
        if self.kinds.is_function(bare) {
            let definition = self.definition(node, SymbolKind::Function, name);
            self.define_function(node, bare, definition);
        } else if self.kinds.of(bare) == Kind::Class {
            let definition = self.definition(node, SymbolKind::Class, name);
            self.define_class(bare, definition);
        } else {
            let head_end = match node.child_by_field_name("name") {
                Some(name) => self.facts.head_end(node.end_byte(), name, Some(value)),
                None => bare.start_byte(),
            };
            match kind {
                Some(kind) => {
                    let definition = self.definition(node, kind, name);
                    self.facts.define(Definition { head_end, ..definition });
                    self.name_objects(bare);
                }
                // What a local variable's call is handed are callbacks.
                None if self.kinds.of(bare) == Kind::Object || name == DEFAULT => {
                    self.open_scope(name, node.end_byte());
                    self.name_objects(bare);
                }
                None => {}
            }
        }
    }

    /// A function that is the value of something with a name.
    pub(super) fn define_function(&mut self, node: Node<'t>, function: Node<'t>, definition: Definition<'t>) {
        self.named_values.insert(function.start_byte(), Named::Defined);
        let body = function.child_by_field_name("body").unwrap_or(function);
        self.define(node, Definition { head_end: body.start_byte(), ..definition });
        self.signature(function);
    }

    /// Opens a scope that is no symbol, so that methods in it have a name.
    fn open_scope(&mut self, name: &str, end: usize) {
        let (_, qualified_name) = self.qualified(name);
        self.facts.open(Scope {
            kind: SymbolKind::Constant,
            qualified_name,
            end,
            member_visibility: None,
            symbol: None,
        });
    }

    /// The object that is a value, or those that its call is handed, belong to the scope that is open:
    /// `defineComponent({ … })`, `Object.freeze({ … })`.
    fn name_objects(&mut self, value: Node<'t>) {
        if self.kinds.of(value) == Kind::Object {
            self.named_values.insert(value.start_byte(), Named::Object);
        }
        let Some(arguments) = value.child_by_field_name("arguments").filter(|_| self.kinds.of(value) == Kind::Call)
        else {
            return;
        };
        each_child(arguments, |argument| {
            if self.kinds.of(argument) == Kind::Object {
                self.named_values.insert(argument.start_byte(), Named::Object);
            }
            ControlFlow::Continue(())
        });
    }

    pub(super) fn object(&mut self, node: Node<'t>) {
        let is_named = matches!(self.is_known_value(node.start_byte()), Some(Named::Object));
        self.containers.push(Container { end: node.end_byte(), is_named });
    }

    /// Whether the class or object around has a name.
    pub(super) fn is_in_named(&self) -> bool {
        self.containers.last().is_some_and(|container| container.is_named)
    }

    /// `key: value` of an object with a name: functions are methods, objects go on.
    pub(super) fn pair(&mut self, node: Node<'t>) {
        let (Some(key), Some(value)) = (node.child_by_field_name("key"), node.child_by_field_name("value")) else {
            return;
        };
        if !self.is_in_named() {
            return;
        }
        let name = self.unquoted(key);
        let bare = self.kinds.bare(value);
        if self.kinds.is_function(bare) {
            let definition = self.definition(node, SymbolKind::Method, name);
            self.define_function(node, bare, definition);
        } else if self.kinds.of(bare) == Kind::Class {
            let definition = self.definition(node, SymbolKind::Class, name);
            self.define_class(bare, definition);
        } else if self.kinds.of(bare) == Kind::Object {
            self.open_scope(name, node.end_byte());
            self.name_objects(bare);
        }
    }

    /// What is assigned in the end, and to what else: `f` and `b` in `a = b = f`.
    fn assigned_value(&self, right: Node<'t>) -> (Node<'t>, Vec<Node<'t>>) {
        let mut value = self.kinds.bare(right);
        let mut targets = Vec::new();
        while let Some(right) = value.child_by_field_name("right").filter(|_| self.kinds.of(value) == Kind::Assignment)
        {
            if targets.len() >= TARGETS_MAX {
                break;
            }
            targets.extend(value.child_by_field_name("left"));
            value = self.kinds.bare(right);
        }
        (value, targets)
    }

    /// The further names of a function or class: symbols without a scope; the module itself exports the first `name`.
    fn add_aliases(&mut self, node: Node<'t>, value: Node<'t>, targets: &[Node<'t>], name: &'t str) {
        if !self.kinds.is_function(value) && self.kinds.of(value) != Kind::Class {
            return;
        }
        for target in targets {
            match self.assigned(*target) {
                Some((Owner::Module, _)) => {
                    self.exported.insert(name);
                }
                Some((Owner::Around | Owner::Prototype, _)) | None => {}
                Some((owner, alias)) => {
                    let definition = self.assigned_definition(node, value, alias, owner);
                    self.facts.add(Definition { start: target.start_byte(), ..definition });
                }
            }
        }
    }

    /// `exports.f = function () {}`, `Class.prototype.m = …`, `app.use = …`, `this.x = …`.
    pub(super) fn assignment(&mut self, node: Node<'t>) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else {
            return;
        };
        if self.import_by_variable(node.start_byte(), left, right) {
            return;
        }
        if let Some(field) = self.field_of_this(left) {
            self.holds(HintScope::Class, node, field, Some(right));
        } else if self.kinds.of(left) == Kind::Identifier {
            self.holds(HintScope::Innermost, node, self.facts.text(left), Some(right));
        }
        let (value, targets) = self.assigned_value(right);
        if matches!(self.named_values.get(&value.start_byte()), Some(Named::Defined)) {
            return;
        }
        let kind = self.kinds.of(value);
        let is_object = kind == Kind::Object;
        let is_definition = self.kinds.is_function(value) || kind == Kind::Class;
        let assigned = self.assigned(left);
        if let Some((_, name)) = assigned.as_ref().filter(|_| !targets.is_empty()) {
            self.add_aliases(node, value, &targets, name);
        }
        match assigned {
            Some((Owner::Module, _)) if is_object => self.export_object(value),
            Some((Owner::Module | Owner::Exports, _)) if kind == Kind::Identifier => {
                self.exported.insert(self.facts.text(value));
            }
            Some((Owner::Module, _)) if is_definition => {
                let own = value.child_by_field_name("name").map_or(DEFAULT, |name| self.facts.text(name));
                self.define_assigned(node, value, own, Owner::Module);
            }
            Some((Owner::Prototype, class)) if is_object => {
                self.open_scope(class, node.end_byte());
                self.name_objects(value);
            }
            Some((Owner::Around, _)) if is_object => {}
            Some((owner, name)) if is_definition || is_object => self.define_assigned(node, value, name, owner),
            _ => {}
        }
    }

    /// `module.exports = { a, b() {} }`: the names in it are exported.
    fn export_object(&mut self, object: Node<'t>) {
        self.named_values.insert(object.start_byte(), Named::Object);
        each_child(object, |part| {
            let name = match self.kinds.of(part) {
                Kind::ShorthandProperty => Some(part),
                Kind::MethodDefinition => part.child_by_field_name("name"),
                Kind::Pair => {
                    let value = part.child_by_field_name("value").filter(|it| self.kinds.of(*it) == Kind::Identifier);
                    value.or(part.child_by_field_name("key"))
                }
                _ => None,
            };
            self.exported.extend(name.map(|name| self.facts.text(name)));
            ControlFlow::Continue(())
        });
    }

    /// Adds the symbol that an assignment makes.
    fn define_assigned(&mut self, node: Node<'t>, value: Node<'t>, name: &'t str, owner: Owner) {
        let is_export = matches!(owner, Owner::Exports);
        let definition = self.assigned_definition(node, value, name, owner);
        match definition.kind {
            SymbolKind::Class => self.define_class(value, definition),
            SymbolKind::Constant => {
                let (end, qualified_name) = (node.end_byte(), definition.qualified_name.clone());
                if is_export {
                    self.facts.define(Definition { head_end: value.start_byte(), ..definition });
                } else {
                    let kind = SymbolKind::Constant;
                    self.facts.open(Scope { kind, qualified_name, end, member_visibility: None, symbol: None });
                }
                self.name_objects(value);
            }
            _ => self.define_function(node, value, definition),
        }
    }

    fn assigned_definition(&self, node: Node<'t>, value: Node<'t>, name: &'t str, owner: Owner) -> Definition<'t> {
        let (around, _) = self.qualified("");
        let is_export = matches!(owner, Owner::Module | Owner::Exports);
        let is_member = matches!(owner, Owner::Written(_) | Owner::This(_));
        let parent = match owner {
            Owner::Module | Owner::Exports | Owner::Prototype => None,
            Owner::Around => around,
            Owner::This(owner) => Some(owner),
            Owner::Written(owner) => match around {
                Some(around) if around != owner => Some(format!("{around}.{owner}")),
                _ => Some(owner),
            },
        };
        let qualified_name = parent.as_ref().map_or_else(|| name.to_owned(), |parent| format!("{parent}.{name}"));
        let kind = match self.kinds.of(value) {
            Kind::Class => SymbolKind::Class,
            Kind::Object => SymbolKind::Constant,
            _ if is_member => SymbolKind::Method,
            _ => SymbolKind::Function,
        };
        let head_end = value.child_by_field_name("body").unwrap_or(value).start_byte();
        let visibility = is_export.then_some(Visibility::Public);
        Definition { parent, head_end, visibility, ..Definition::of(node, kind, name, qualified_name) }
    }

    /// The name in `this.name`.
    fn field_of_this(&self, left: Node<'t>) -> Option<&'t str> {
        let object = left.child_by_field_name("object").filter(|_| self.kinds.of(left) == Kind::Member)?;
        let property = left.child_by_field_name("property")?;
        (self.kinds.of(object) == Kind::This).then(|| self.facts.text(property))
    }

    /// Whose name the left side of an assignment is, and which.
    fn assigned(&self, left: Node<'t>) -> Option<(Owner, &'t str)> {
        if self.kinds.of(left) == Kind::Identifier {
            return Some((Owner::Around, self.facts.text(left)));
        }
        let mut parts = Vec::new();
        let mut node = left;
        while self.kinds.of(node) == Kind::Member && parts.len() < NAME_PARTS_MAX {
            parts.push(self.facts.text(node.child_by_field_name("property")?));
            node = node.child_by_field_name("object")?;
        }
        match self.kinds.of(node) {
            Kind::Identifier => parts.push(self.facts.text(node)),
            Kind::This => parts.push("this"),
            _ => return None,
        }
        parts.reverse();
        match parts.as_slice() {
            ["module", "exports"] => Some((Owner::Module, "")),
            ["exports", name] | ["module", "exports", name] => Some((Owner::Exports, name)),
            [class, "prototype"] => Some((Owner::Prototype, class)),
            [class, "prototype", name] => Some((Owner::Written((*class).to_owned()), name)),
            ["this", name] => Some((Owner::This(self.this()?), name)),
            [owner @ .., name] => Some((Owner::Written(owner.join(".")), name)),
            [] => None,
        }
    }

    /// What `this` is: the class around, or the function that makes objects, known by its capital.
    fn this(&self) -> Option<String> {
        let is_maker = |scope: &&Scope| {
            let name = scope.qualified_name.rsplit('.').next().unwrap_or_default();
            scope.kind == SymbolKind::Class || scope.kind == SymbolKind::Function && looks_like_class(name)
        };
        self.facts.scopes().find(is_maker).map(|scope| scope.qualified_name.clone())
    }
}

/// Whose name an assignment gives a value to.
enum Owner {
    /// The module itself: `module.exports`.
    Module,
    /// What the module exports.
    Exports,
    /// A class whose prototype is replaced.
    Prototype,
    /// What stands around: the name is a variable's.
    Around,
    /// What is written before the name.
    Written(String),
    /// The class or function that `this` is of, by its qualified name.
    This(String),
}
