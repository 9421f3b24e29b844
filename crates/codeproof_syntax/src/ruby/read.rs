//! The walk over a tree: calls, imports, mentions.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;

use codeproof_types::{CallKind, SymbolKind, Visibility};
use tree_sitter::{Node, Tree};

use crate::collector::Collector;
use crate::nodes::{child, each_child, node_kinds, walk};
use crate::type_names::looks_like_class;

/// Blocks around a name whose variables are looked at; more are nested in generated code only.
pub(super) const BLOCKS_LOOKED_AT_MAX: usize = 64;

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

/// Adds the facts of a Ruby tree.
pub(crate) fn read<'t>(tree: &'t Tree, facts: &mut Collector<'t>) {
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
pub(super) struct OpenClass<'t> {
    pub(super) end: usize,
    /// Whether methods are those of the class itself.
    pub(super) is_static: bool,
    /// Its methods and attributes so far.
    pub(super) methods: HashMap<&'t str, u32>,
}

/// The variables of a method, class or file, or of a block in one.
pub(super) struct Locals<'t> {
    pub(super) end: usize,
    /// Whether variables around are in sight, too.
    pub(super) is_block: bool,
    pub(super) names: HashSet<&'t str>,
}

/// A call with a definition as its argument: `private def x`, `memoize attr_reader :y`.
#[derive(Clone, Copy)]
pub(super) struct Wrapper {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) visibility: Option<Visibility>,
}

pub(super) struct Reader<'f, 't> {
    pub(super) facts: &'f mut Collector<'t>,
    pub(super) classes: Vec<OpenClass<'t>>,
    pub(super) locals: Vec<Locals<'t>>,
    /// Where names start that are no calls or mentions of their own, innermost last.
    pub(super) named: Vec<usize>,
    /// End of the last constant with a scope: constants before it belong to it.
    pub(super) scoped_end: usize,
    /// Where `private` and its like stand alone in the body of a class.
    pub(super) sections: HashSet<usize>,
    pub(super) wrapper: Option<Wrapper>,
    /// Where the calls start that an assignment makes: `cart.owner = x`.
    pub(super) setters: Vec<usize>,
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

    pub(super) fn qualified(&self, name: &str) -> (Option<String>, String) {
        self.facts.nested(None, "::", name)
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
    pub(super) fn is_named(&mut self, start: usize) -> bool {
        while self.named.pop_if(|named| *named < start).is_some() {}
        self.named.last() == Some(&start)
    }

    /// The name in `:name` or `"name"`.
    pub(super) fn symbol_or_string(&self, node: Node<'t>) -> Option<&'t str> {
        match Kind::of(node) {
            Kind::SimpleSymbol => Some(self.facts.text(node).trim_start_matches(':')),
            _ => self.literal(node),
        }
    }

    /// The content of a string without interpolation.
    pub(super) fn literal(&self, node: Node<'t>) -> Option<&'t str> {
        let content = node.named_child(0).filter(|content| Kind::of(*content) == Kind::StringContent)?;
        (Kind::of(node) == Kind::String && node.named_child_count() == 1).then(|| self.facts.text(content))
    }
}

pub(super) fn is_constant(node: Node<'_>) -> bool {
    matches!(Kind::of(node), Kind::Constant | Kind::ScopeResolution)
}

pub(super) fn is_section(word: &str) -> bool {
    visibility_of(word).is_some() || word == "module_function"
}

pub(super) fn visibility_of(word: &str) -> Option<Visibility> {
    match word {
        "public" => Some(Visibility::Public),
        "protected" => Some(Visibility::Protected),
        "private" => Some(Visibility::Private),
        _ => None,
    }
}

/// How many arguments are written; a block is none.
pub(super) fn count_arguments(arguments: Node<'_>) -> u32 {
    let mut count = 0;
    each_child(arguments, |child| {
        count += u32::from(child.is_named() && !child.is_extra() && Kind::of(child) != Kind::BlockArgument);
        ControlFlow::Continue(())
    });
    count
}
