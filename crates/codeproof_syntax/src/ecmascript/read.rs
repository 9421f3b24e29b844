//! The walk over a tree: which node says what.

use std::collections::{HashMap, HashSet};

use codeproof_types::{SymbolKind, Visibility};
use tree_sitter::{Node, Tree};

use super::Kind;
use super::kinds::Kinds;
use crate::collector::{Collector, Definition};
use crate::nodes::walk;
use crate::type_names::TypeVariables;

/// Adds the facts of a tree, read with the node kinds of its grammar.
pub(crate) fn read<'t>(tree: &'t Tree, kinds: &[Kind], facts: &mut Collector<'t>) {
    let mut reader = Reader {
        facts,
        kinds: Kinds(kinds),
        variables: TypeVariables::default(),
        heads: HashMap::new(),
        statements: Vec::new(),
        containers: Vec::new(),
        named_values: HashMap::new(),
        decorators: HashMap::new(),
        members: HashSet::new(),
        named: Vec::new(),
        required: HashSet::new(),
        exported: HashSet::new(),
    };
    walk(tree, |node| {
        let start = node.start_byte();
        reader.facts.reach(start);
        reader.variables.reach(start);
        while reader.containers.pop_if(|container| container.end <= start).is_some() {}
        while reader.statements.pop_if(|statement| statement.end <= start).is_some() {}
        reader.visit(node);
    });
    reader.finish();
}

/// Where a declaration starts that stands in an `export` or `declare`.
#[derive(Clone, Copy)]
pub(super) struct Head {
    /// With decorators.
    pub(super) decorated_start: usize,
    /// With `export`, without decorators.
    pub(super) start: usize,
    pub(super) is_exported: bool,
}

/// Variables that are being declared: `const a = 1, b = 2`.
pub(super) struct Statement {
    pub(super) head: Head,
    /// Where the first variable starts: it begins with the statement.
    pub(super) first: usize,
    pub(super) end: usize,
    pub(super) is_const: bool,
    /// Whether it stands in a file or namespace, not in a block or function.
    pub(super) is_direct: bool,
}

/// What methods stand in.
pub(super) struct Container {
    pub(super) end: usize,
    /// Whether methods in it are symbols: it is a class, or an object with a name.
    pub(super) is_named: bool,
}

/// What the walk does when it comes to a value that has a name.
pub(super) enum Named {
    /// A function or class that has its symbol.
    Defined,
    /// An object whose methods belong to the scope that is open.
    Object,
}

pub(super) struct Reader<'f, 'k, 't> {
    pub(super) facts: &'f mut Collector<'t>,
    pub(super) kinds: Kinds<'k>,
    pub(super) variables: TypeVariables<'t>,
    /// Heads of declarations to come, by where they start.
    pub(super) heads: HashMap<usize, Head>,
    pub(super) statements: Vec<Statement>,
    pub(super) containers: Vec<Container>,
    /// Values to come whose name is known, by where they start.
    pub(super) named_values: HashMap<usize, Named>,
    /// Decorators that stand before what they decorate, by where that starts.
    pub(super) decorators: HashMap<usize, Vec<Node<'t>>>,
    /// Where declarations of variables and members of interfaces start that are symbols.
    pub(super) members: HashSet<usize>,
    /// Where names of types start that are no mentions, innermost last.
    pub(super) named: Vec<usize>,
    /// Where calls of `require` and `import` start whose import is known with its name.
    pub(super) required: HashSet<usize>,
    /// Names that the file exports apart from their definition.
    pub(super) exported: HashSet<&'t str>,
}

impl<'t> Reader<'_, '_, 't> {
    fn visit(&mut self, node: Node<'t>) {
        match self.kinds.of(node) {
            Kind::Comment | Kind::HtmlComment | Kind::HashBang => self.facts.comment(node),
            Kind::Program => self.find_declarations(node),
            Kind::ImportStatement => self.import_statement(node),
            Kind::ImportAlias => self.import_alias(node),
            Kind::ExportStatement => self.export_statement(node),
            Kind::Ambient => self.ambient(node),
            Kind::FunctionDeclaration | Kind::GeneratorDeclaration | Kind::FunctionSignature => {
                self.function_declaration(node);
            }
            Kind::FunctionExpression | Kind::GeneratorFunction | Kind::ArrowFunction => self.function_value(node),
            Kind::ClassDeclaration | Kind::AbstractClass => self.class_declaration(node),
            Kind::Class => self.class_value(node),
            Kind::InterfaceDeclaration => self.interface(node),
            Kind::EnumDeclaration => self.enumeration(node),
            Kind::TypeAlias => self.type_alias(node),
            Kind::InternalModule | Kind::Module => self.namespace(node),
            Kind::ClassBody => self.class_body(node),
            Kind::MethodDefinition | Kind::MethodSignature | Kind::AbstractMethod => self.method(node),
            Kind::FieldDefinition | Kind::PublicField => self.field(node),
            Kind::PropertySignature => self.property_signature(node),
            Kind::LexicalDeclaration | Kind::VariableDeclaration | Kind::UsingDeclaration => self.variables(node),
            Kind::VariableDeclarator => self.variable(node),
            Kind::Assignment => self.assignment(node),
            Kind::Object => self.object(node),
            Kind::Pair => self.pair(node),
            Kind::Call => self.call(node),
            Kind::New => self.creation(node),
            Kind::Member => self.member_access(node),
            Kind::Binary => self.instance_of(node),
            Kind::JsxOpening | Kind::JsxSelfClosing => self.element(node),
            Kind::Decorator => self.decorator(node),
            Kind::ExtendsClause => self.extends(node),
            Kind::ClassHeritage => self.heritage(node),
            Kind::ImplementsClause | Kind::ExtendsTypeClause => self.add_bases(node),
            Kind::IndexSignature => self.mapped_type(node),
            Kind::TypeParameter | Kind::MappedType => {
                self.named.extend(node.child_by_field_name("name").map(|name| name.start_byte()));
            }
            Kind::NestedType => self.nested_type(node),
            Kind::TypeIdentifier => self.type_identifier(node),
            _ => {}
        }
    }

    /// The qualified name of what stands around, and of `name` in it.
    pub(super) fn qualified(&self, name: &str) -> (Option<String>, String) {
        self.facts.nested(None, ".", name)
    }

    /// `node` as a symbol in the scope that is open; its head may stand before it.
    pub(super) fn definition(&mut self, node: Node<'t>, kind: SymbolKind, name: &'t str) -> Definition<'t> {
        let (parent, qualified_name) = self.qualified(name);
        let definition = Definition { parent, ..Definition::of(node, kind, name, qualified_name) };
        match self.heads.remove(&node.start_byte()) {
            Some(head) => headed(definition, head),
            None => definition,
        }
    }

    /// Opens `definition` and adds the decorators of `node`.
    pub(super) fn define(&mut self, node: Node<'t>, definition: Definition<'t>) {
        self.facts.define(definition);
        self.add_decorators(node);
    }

    /// What was exported apart from its definition is public.
    fn finish(self) {
        let exported = self.exported;
        for symbol in self.facts.symbols_mut() {
            if symbol.parent.is_none() && symbol.visibility.is_none() && exported.contains(symbol.name.as_str()) {
                symbol.visibility = Some(Visibility::Public);
            }
        }
    }
}

/// `definition` with the head that stands before it.
pub(super) fn headed<'t>(definition: Definition<'t>, head: Head) -> Definition<'t> {
    Definition {
        decorated_start: head.decorated_start,
        start: head.start,
        visibility: if head.is_exported { Some(Visibility::Public) } else { definition.visibility },
        ..definition
    }
}
