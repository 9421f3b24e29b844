//! Ruby. Methods of objects are `Shop::Cart#total`, those of the class or module itself `Shop::Cart.open`; constants,
//! classes and modules are `Shop::Cart::LIMIT`. Modules are namespaces, attributes are properties.
//!
//! A name alone is a call unless the method assigned it before or takes it as a parameter, as Ruby itself decides.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use codeproof_types::{CallKind, HintSource, Language, SymbolKind, Visibility};
use tree_sitter::{Node, Tree};

use crate::collector::{Collector, Definition, HintScope, Scope};
use crate::nodes::{each_child, find_child, node_kinds, walk};
use crate::type_names::looks_like_class;

/// Ruby for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::Ruby,
    grammar: || tree_sitter_ruby::LANGUAGE.into(),
    extensions: &["rb", "rake", "gemspec", "ru", "rbw", "rbi", "jbuilder", "podspec", "thor"],
    file_names: &[
        "Appraisals",
        "Berksfile",
        "Brewfile",
        "Capfile",
        "Dangerfile",
        "Fastfile",
        "Gemfile",
        "Guardfile",
        "Podfile",
        "Rakefile",
        "Thorfile",
        "Vagrantfile",
    ],
    interpreters: &["ruby", "jruby", "rake"],
    prepare: |_| None,
    read,
    module: |_| None,
};

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = Kind::NAMES;

/// Blocks around a name whose variables are looked at; more are nested in generated code only.
const BLOCKS_LOOKED_AT_MAX: usize = 64;

/// Names that stand for a value of the language: the place in the file, and parameters of a block without names.
const VALUES: &[&str] = &["__FILE__", "__LINE__", "__ENCODING__", "_1", "_2", "_3"];

node_kinds! {
    tree_sitter_ruby::LANGUAGE;
    Alias = "alias",
    ArgumentList = "argument_list",
    ArrayPattern = "array_pattern",
    AsPattern = "as_pattern",
    Assignment = "assignment",
    Block = "block",
    BlockArgument = "block_argument",
    BlockParameter = "block_parameter",
    BlockParameters = "block_parameters",
    BodyStatement = "body_statement",
    Call = "call",
    Class = "class",
    ClassVariable = "class_variable",
    Comment = "comment",
    Constant = "constant",
    DestructuredAssignment = "destructured_left_assignment",
    DestructuredParameter = "destructured_parameter",
    DoBlock = "do_block",
    ExceptionVariable = "exception_variable",
    FindPattern = "find_pattern",
    For = "for",
    HashSplatParameter = "hash_splat_parameter",
    Identifier = "identifier",
    InClause = "in_clause",
    InstanceVariable = "instance_variable",
    KeywordParameter = "keyword_parameter",
    KeywordPattern = "keyword_pattern",
    Lambda = "lambda",
    LambdaParameters = "lambda_parameters",
    LeftAssignments = "left_assignment_list",
    Method = "method",
    MethodParameters = "method_parameters",
    Module = "module",
    OperatorAssignment = "operator_assignment",
    OptionalParameter = "optional_parameter",
    Rescue = "rescue",
    RestAssignment = "rest_assignment",
    ScopeResolution = "scope_resolution",
    SelfValue = "self",
    SimpleSymbol = "simple_symbol",
    SingletonClass = "singleton_class",
    SingletonMethod = "singleton_method",
    SplatParameter = "splat_parameter",
    String = "string",
    StringContent = "string_content",
    Super = "super",
    Undef = "undef",
}

fn read<'t>(tree: &'t Tree, facts: &mut Collector<'t>) {
    let end = tree.root_node().end_byte();
    let mut reader = Reader {
        facts,
        classes: Vec::new(),
        locals: vec![Locals { end: end.saturating_add(1), is_block: false, names: HashSet::new() }],
        named: Vec::new(),
        scoped_end: 0,
        sections: HashSet::new(),
        wrapper: None,
        setters: Vec::new(),
    };
    walk(tree, |node| {
        let start = node.start_byte();
        reader.facts.reach(start);
        while reader.classes.pop_if(|class| class.end <= start).is_some() {}
        while reader.locals.len() > 1 && reader.locals.pop_if(|locals| locals.end <= start).is_some() {}
        reader.visit(node);
    });
}

/// A class or module that is open, or what belongs to itself in it (`class << self`).
#[derive(Default)]
struct OpenClass<'t> {
    end: usize,
    /// Whether methods are those of the class itself.
    is_static: bool,
    /// Its methods and attributes so far.
    methods: HashMap<&'t str, u32>,
}

/// The variables of a method, class or file, or of a block in one.
struct Locals<'t> {
    end: usize,
    /// Whether variables around are in sight, too.
    is_block: bool,
    names: HashSet<&'t str>,
}

/// A call with a definition as its argument: `private def x`, `memoize attr_reader :y`.
#[derive(Clone, Copy)]
struct Wrapper {
    start: usize,
    end: usize,
    visibility: Option<Visibility>,
}

struct Reader<'f, 't> {
    facts: &'f mut Collector<'t>,
    classes: Vec<OpenClass<'t>>,
    locals: Vec<Locals<'t>>,
    /// Where names start that are no calls or mentions of their own, innermost last.
    named: Vec<usize>,
    /// End of the last constant with a scope: constants before it belong to it.
    scoped_end: usize,
    /// Where `private` and its like stand alone in the body of a class.
    sections: HashSet<usize>,
    wrapper: Option<Wrapper>,
    /// Where the calls start that an assignment makes: `cart.owner = x`.
    setters: Vec<usize>,
}

impl<'t> Reader<'_, 't> {
    fn visit(&mut self, node: Node<'t>) {
        match Kind::of(node) {
            Kind::Comment => self.facts.comment(node),
            Kind::Class => self.class(node, SymbolKind::Class),
            Kind::Module => self.class(node, SymbolKind::Namespace),
            Kind::SingletonClass => self.singleton_class(node),
            Kind::BodyStatement => self.sections(node),
            Kind::Method | Kind::SingletonMethod => self.method(node),
            Kind::Block | Kind::DoBlock | Kind::Lambda => {
                self.locals.push(Locals { end: node.end_byte(), is_block: true, names: HashSet::new() });
            }
            Kind::Alias => self.alias(node),
            Kind::Undef => each_child(node, |name| {
                self.named.push(name.start_byte());
                ControlFlow::Continue(())
            }),
            Kind::Call => self.call(node),
            Kind::Assignment => self.assignment(node),
            Kind::OperatorAssignment => self.holds(node),
            Kind::Rescue => self.rescue(node),
            Kind::For => self.bind(node.child_by_field_name("pattern")),
            Kind::InClause => self.bind(node.child_by_field_name("pattern")),
            Kind::AsPattern
            | Kind::BlockParameter
            | Kind::HashSplatParameter
            | Kind::KeywordParameter
            | Kind::OptionalParameter
            | Kind::SplatParameter => self.bind(node.child_by_field_name("name")),
            Kind::KeywordPattern => {
                self.bind(node.child_by_field_name("value").or(node.child_by_field_name("key")));
            }
            Kind::ArrayPattern
            | Kind::BlockParameters
            | Kind::DestructuredAssignment
            | Kind::DestructuredParameter
            | Kind::ExceptionVariable
            | Kind::FindPattern
            | Kind::LambdaParameters
            | Kind::LeftAssignments
            | Kind::MethodParameters
            | Kind::RestAssignment => each_child(node, |name| {
                self.bind(Some(name).filter(|name| Kind::of(*name) == Kind::Identifier));
                ControlFlow::Continue(())
            }),
            Kind::Identifier => self.identifier(node),
            Kind::Super if !self.is_named(node.start_byte()) => {
                self.facts.call(CallKind::Call, node.start_byte(), "super", None, 0);
            }
            Kind::ScopeResolution => self.scope_resolution(node),
            Kind::Constant => self.constant(node),
            _ => {}
        }
    }

    /// Adds a variable of the method around.
    fn bind(&mut self, name: Option<Node<'t>>) {
        if let (Some(name), Some(locals)) = (name, self.locals.last_mut()) {
            locals.names.insert(self.facts.text(name).trim_end_matches(':'));
        }
    }

    fn is_bound(&self, name: &str) -> bool {
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

    fn qualified(&self, name: &str) -> (Option<String>, String) {
        self.facts.nested(None, "::", name)
    }

    fn class(&mut self, node: Node<'t>, kind: SymbolKind) {
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

    fn open_class(&mut self, definition: Definition<'t>) {
        let end = definition.end;
        self.facts.define(definition);
        self.classes.push(OpenClass { end, ..OpenClass::default() });
        self.locals.push(Locals { end, is_block: false, names: HashSet::new() });
    }

    /// `class << self`.
    fn singleton_class(&mut self, node: Node<'t>) {
        let Some(around) = self.facts.scope() else { return };
        let (end, qualified_name, symbol) = (node.end_byte(), around.qualified_name.clone(), around.symbol);
        self.facts.open(Scope { kind: around.kind, qualified_name, end, member_visibility: None, symbol });
        self.classes.push(OpenClass { end, is_static: true, ..OpenClass::default() });
    }

    /// Finds where `private` and its like stand alone in a body.
    fn sections(&mut self, body: Node<'t>) {
        each_child(body, |child| {
            if Kind::of(child) == Kind::Identifier && is_section(self.facts.text(child)) {
                self.sections.insert(child.start_byte());
            }
            ControlFlow::Continue(())
        });
    }

    fn is_in_class(&self) -> bool {
        self.class_scope().is_some()
    }

    /// The class or module that methods belong to here.
    fn class_scope(&self) -> Option<&Scope> {
        self.facts.scopes().find(|scope| matches!(scope.kind, SymbolKind::Class | SymbolKind::Namespace))
    }

    fn method(&mut self, node: Node<'t>) {
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
    fn is_class_around(&self, name: &str) -> bool {
        self.class_scope().is_some_and(|scope| scope.qualified_name.rsplit("::").next() == Some(name))
    }

    /// A method or attribute of the class around, or of `owner`.
    fn member(
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
    fn remember(&mut self, name: &'t str) {
        if let (Some(symbol), Some(class)) = (self.facts.newest(), self.classes.last_mut()) {
            class.methods.insert(name, symbol);
        }
    }

    /// `alias new old`.
    fn alias(&mut self, node: Node<'t>) {
        let (Some(name), Some(old)) = (node.child_by_field_name("name"), node.child_by_field_name("alias")) else {
            return;
        };
        self.named.push(old.start_byte());
        self.named.push(name.start_byte());
        self.add_method(node, self.facts.text(name).trim_start_matches(':'));
    }

    fn add_method(&mut self, node: Node<'t>, name: &'t str) {
        if name.starts_with('$') || !self.is_in_class() {
            return;
        }
        let definition = self.member(node, SymbolKind::Method, name, false, None);
        self.facts.add(definition);
        self.remember(name);
    }

    fn call(&mut self, node: Node<'t>) {
        let arguments = node.child_by_field_name("arguments").or_else(|| child(node, Kind::ArgumentList));
        let count = arguments.map_or(0, count_arguments);
        let receiver = node.child_by_field_name("receiver");
        let receiver_text = receiver.map(|receiver| self.facts.text(receiver));
        let Some(method) = node.child_by_field_name("method") else {
            // `proc.(1)` calls `call`.
            let at = arguments.map_or(node.start_byte(), |arguments| arguments.start_byte());
            return self.facts.call(CallKind::Call, at, "call", receiver_text, count);
        };
        self.named.push(method.start_byte());
        let name = self.facts.text(method);
        if self.setters.pop_if(|setter| *setter == node.start_byte()).is_some() {
            return self.facts.call(CallKind::Call, method.start_byte(), &format!("{name}="), receiver_text, 1);
        }
        self.facts.call(CallKind::Call, method.start_byte(), name, receiver_text, count);
        let Some(arguments) = arguments.filter(|_| receiver.is_none_or(|it| Kind::of(it) == Kind::SelfValue)) else {
            return;
        };
        match name {
            "require" | "load" => self.require(node, arguments, 0),
            "require_relative" => self.require(node, arguments, 1),
            "autoload" => self.autoload(node, arguments),
            "attr" | "attr_reader" | "attr_writer" | "attr_accessor" => self.attributes(node, arguments),
            "include" | "extend" | "prepend" => self.mixins(arguments),
            "alias_method" => {
                if let Some(name) = arguments.named_child(0).and_then(|name| self.symbol_or_string(name)) {
                    self.add_method(node, name);
                }
            }
            "define_method" | "define_singleton_method" => self.define_method(node, arguments, name),
            "module_function" => self.make_static(arguments),
            _ => {}
        }
        self.wrap(node, name, arguments);
    }

    /// A call that is handed a definition or the names of methods: `private def x`, `private :x`.
    fn wrap(&mut self, node: Node<'t>, name: &str, arguments: Node<'t>) {
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
    fn methods_named_by(&self, arguments: Node<'t>) -> Vec<u32> {
        let mut symbols = Vec::new();
        let Some(class) = self.classes.last() else { return symbols };
        each_child(arguments, |argument| {
            symbols.extend(self.symbol_or_string(argument).and_then(|name| class.methods.get(name).copied()));
            ControlFlow::Continue(())
        });
        symbols
    }

    /// `module_function :a`.
    fn make_static(&mut self, arguments: Node<'t>) {
        for symbol in self.methods_named_by(arguments) {
            if let Some(symbol) = self.facts.symbol_mut(symbol) {
                symbol.is_static = true;
            }
        }
    }

    /// `attr_accessor :a, :b`.
    fn attributes(&mut self, node: Node<'t>, arguments: Node<'t>) {
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
    fn mixins(&mut self, arguments: Node<'t>) {
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
    fn define_method(&mut self, node: Node<'t>, arguments: Node<'t>, by: &str) {
        let name = arguments.named_child(0).and_then(|name| self.symbol_or_string(name));
        let Some(name) = name.filter(|_| self.is_in_class()) else { return };
        let is_singleton = by == "define_singleton_method";
        let definition = self.member(node, SymbolKind::Method, name, is_singleton, None);
        self.facts.define(Definition { head_end: arguments.end_byte(), ..definition });
        self.remember(name);
    }

    fn require(&mut self, node: Node<'t>, arguments: Node<'t>, level: u32) {
        if let Some(path) = arguments.named_child(0).and_then(|path| self.literal(path)) {
            self.facts.import(node.start_byte(), path, "", None, level);
        }
    }

    /// `autoload :Name, "path"`.
    fn autoload(&mut self, node: Node<'t>, arguments: Node<'t>) {
        let name = arguments.named_child(0).and_then(|name| self.symbol_or_string(name));
        let path = arguments.named_child(1).and_then(|path| self.literal(path));
        if let (Some(name), Some(path)) = (name, path) {
            self.facts.import(node.start_byte(), path, name, None, 0);
        }
    }

    fn assignment(&mut self, node: Node<'t>) {
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

    /// `LIMIT = 1`, and classes made by a call: `Point = Struct.new(:x) do … end`.
    fn constant_assignment(&mut self, node: Node<'t>, left: Node<'t>, right: Node<'t>) {
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
    fn is_class_maker(&self, node: Node<'t>) -> bool {
        if Kind::of(node) != Kind::Call {
            return false;
        }
        let text = |field| node.child_by_field_name(field).map_or("", |it| self.facts.text(it));
        matches!((text("receiver"), text("method")), ("Struct" | "Class" | "Module", "new") | ("Data", "define"))
    }

    /// Base and attributes of the class that `call` makes.
    fn made_class(&mut self, call: Node<'t>) {
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

    /// What `x = …`, `@x ||= …` hold.
    fn holds(&mut self, node: Node<'t>) {
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
    fn value(&self, node: Node<'t>) -> Option<(String, HintSource)> {
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
    fn rescue(&mut self, node: Node<'t>) {
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

    /// A name alone: a section of a class, a variable, or a call without arguments.
    fn identifier(&mut self, node: Node<'t>) {
        let start = node.start_byte();
        let name = self.facts.text(node);
        if self.is_named(start) || self.is_bound(name) || VALUES.contains(&name) {
            return;
        }
        if self.sections.contains(&start) && self.is_in_class() {
            let visibility = visibility_of(name);
            if visibility.is_none() {
                self.classes.last_mut().into_iter().for_each(|class| class.is_static = true);
            }
            if let Some(scope) = self.facts.scope_mut() {
                scope.member_visibility = visibility;
            }
        }
        self.facts.call(CallKind::Call, start, name, None, 0);
    }

    /// `A::B` mentions `B` of `A`.
    fn scope_resolution(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        if node.start_byte() < self.scoped_end {
            return;
        }
        let scope = node.child_by_field_name("scope");
        let text = self.facts.text(name);
        if looks_like_class(text) && scope.is_none_or(is_constant) {
            let receiver = scope.map(|scope| self.facts.text(scope));
            self.facts.call(CallKind::ClassRef, name.start_byte(), text, receiver, 0);
            self.scoped_end = self.scoped_end.max(node.end_byte());
        }
    }

    fn constant(&mut self, node: Node<'t>) {
        let start = node.start_byte();
        let name = self.facts.text(node);
        if start >= self.scoped_end && !self.is_named(start) && looks_like_class(name) {
            self.facts.call(CallKind::ClassRef, start, name, None, 0);
        }
    }

    /// Whether the name at `start` belongs to something else; forgets names that the walk has passed.
    fn is_named(&mut self, start: usize) -> bool {
        while self.named.pop_if(|named| *named < start).is_some() {}
        self.named.last() == Some(&start)
    }

    /// The name in `:name` or `"name"`.
    fn symbol_or_string(&self, node: Node<'t>) -> Option<&'t str> {
        match Kind::of(node) {
            Kind::SimpleSymbol => Some(self.facts.text(node).trim_start_matches(':')),
            _ => self.literal(node),
        }
    }

    /// The content of a string without interpolation.
    fn literal(&self, node: Node<'t>) -> Option<&'t str> {
        let content = node.named_child(0).filter(|content| Kind::of(*content) == Kind::StringContent)?;
        (Kind::of(node) == Kind::String && node.named_child_count() == 1).then(|| self.facts.text(content))
    }
}

/// The first child of a kind.
fn child(node: Node<'_>, kind: Kind) -> Option<Node<'_>> {
    find_child(node, |child| (Kind::of(child) == kind).then_some(child))
}

fn is_constant(node: Node<'_>) -> bool {
    matches!(Kind::of(node), Kind::Constant | Kind::ScopeResolution)
}

fn is_section(word: &str) -> bool {
    visibility_of(word).is_some() || word == "module_function"
}

fn visibility_of(word: &str) -> Option<Visibility> {
    match word {
        "public" => Some(Visibility::Public),
        "protected" => Some(Visibility::Protected),
        "private" => Some(Visibility::Private),
        _ => None,
    }
}

/// How many arguments are written; a block is none.
fn count_arguments(arguments: Node<'_>) -> u32 {
    let mut count = 0;
    each_child(arguments, |child| {
        count += u32::from(child.is_named() && !child.is_extra() && Kind::of(child) != Kind::BlockArgument);
        ControlFlow::Continue(())
    });
    count
}
