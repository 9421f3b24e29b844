//! Facts of Rust files from their trees.

use std::collections::HashMap;
use std::ops::ControlFlow;

use codeproof_types::{CallKind, HintSource, SymbolKind, Visibility};
use tree_sitter::{Node, Tree};

use super::paths::{each_use, without_arguments};
use crate::collector::{Collector, Definition, HintScope, Scope};
use crate::nodes::{child, count_arguments, each_child, find_child, node_kinds, walk};
use crate::type_names::{TypeVariables, looks_like_class};

/// Types that lend what they hold: a method of the value can be called on them.
const LENDERS: &[&str] = &["Arc", "Box", "Cow", "MutexGuard", "Pin", "Rc", "Ref", "RefMut"];

/// Types that a caller takes the value out of, with `?`, `unwrap` or a pattern.
const OUTCOMES: &[&str] = &["Option", "Result"];

/// Methods that hand out what an outcome holds, or the same type again.
const UNWRAPPERS: &[&str] = &["clone", "expect", "to_owned", "unwrap", "unwrap_or_default", "unwrap_or_else"];

node_kinds! {
    tree_sitter_rust::LANGUAGE;
    AbstractType = "abstract_type",
    AssociatedType = "associated_type",
    Attribute = "attribute",
    AttributeItem = "attribute_item",
    Await = "await_expression",
    BlockComment = "block_comment",
    BoundedType = "bounded_type",
    Call = "call_expression",
    Const = "const_item",
    Crate = "crate",
    DynamicType = "dynamic_type",
    Enum = "enum_item",
    EnumVariant = "enum_variant",
    ExternCrate = "extern_crate_declaration",
    Field = "field_declaration",
    FieldExpression = "field_expression",
    FieldIdentifier = "field_identifier",
    FieldList = "field_declaration_list",
    Function = "function_item",
    FunctionSignature = "function_signature_item",
    GenericFunction = "generic_function",
    GenericType = "generic_type",
    Identifier = "identifier",
    Impl = "impl_item",
    Let = "let_declaration",
    Lifetime = "lifetime",
    LineComment = "line_comment",
    MacroDefinition = "macro_definition",
    MacroInvocation = "macro_invocation",
    Module = "mod_item",
    MutPattern = "mut_pattern",
    MutableSpecifier = "mutable_specifier",
    Parameter = "parameter",
    Parameters = "parameters",
    Parenthesized = "parenthesized_expression",
    PointerType = "pointer_type",
    Reference = "reference_expression",
    ReferenceType = "reference_type",
    ScopedIdentifier = "scoped_identifier",
    ScopedType = "scoped_type_identifier",
    SelfParameter = "self_parameter",
    SelfValue = "self",
    Static = "static_item",
    Struct = "struct_item",
    StructExpression = "struct_expression",
    Super = "super",
    TokenTree = "token_tree",
    Trait = "trait_item",
    TraitBounds = "trait_bounds",
    Try = "try_expression",
    TypeArguments = "type_arguments",
    TypeBinding = "type_binding",
    TypeIdentifier = "type_identifier",
    TypeItem = "type_item",
    TypeParameter = "type_parameter",
    Union = "union_item",
    Use = "use_declaration",
    VisibilityModifier = "visibility_modifier",
}

/// Adds the facts of a Rust tree.
pub(crate) fn read<'t>(tree: &'t Tree, facts: &mut Collector<'t>) {
    let mut reader = Reader {
        facts,
        variables: TypeVariables::default(),
        named: Vec::new(),
        attributes: Vec::new(),
        attributes_end: 0,
        paths_end: 0,
        macro_end: 0,
        impls: Vec::new(),
        types: HashMap::new(),
        implemented: Vec::new(),
    };
    walk(tree, |node| {
        reader.facts.reach(node.start_byte());
        reader.variables.reach(node.start_byte());
        while reader.impls.pop_if(|implementation| implementation.end <= node.start_byte()).is_some() {}
        reader.visit(node);
    });
    reader.finish();
}

/// An `impl` that is open.
struct Implementation<'t> {
    end: usize,
    /// The type it is for, without arguments, as written.
    of: &'t str,
    /// Whether it is for a trait, whose methods are as public as the trait.
    is_of_trait: bool,
}

pub(super) struct Reader<'f, 't> {
    pub(super) facts: &'f mut Collector<'t>,
    pub(super) variables: TypeVariables<'t>,
    /// Where names of types start that are no mentions or were mentioned already, innermost last.
    named: Vec<usize>,
    /// The attributes of what comes next.
    attributes: Vec<Node<'t>>,
    attributes_end: usize,
    /// End of the last `use` or attribute: paths before it are no expressions.
    pub(super) paths_end: usize,
    /// End of the last macro call: its arguments are tokens.
    macro_end: usize,
    impls: Vec<Implementation<'t>>,
    /// Types of the file by qualified name.
    types: HashMap<String, u32>,
    /// Traits that the file implements for a type, by the type's qualified name.
    implemented: Vec<(String, &'t str)>,
}

impl<'t> Reader<'_, 't> {
    fn visit(&mut self, node: Node<'t>) {
        let kind = Kind::of(node);
        match kind {
            Kind::LineComment | Kind::BlockComment => return self.facts.comment(node),
            Kind::AttributeItem => return self.attribute(node),
            _ => {}
        }
        match kind {
            Kind::Module => self.module(node),
            Kind::Use => self.use_declaration(node),
            Kind::ExternCrate => self.extern_crate(node),
            Kind::Struct => self.class(node, SymbolKind::Struct),
            Kind::Union => self.class(node, SymbolKind::Union),
            Kind::Enum => self.class(node, SymbolKind::Enum),
            Kind::Trait => self.class(node, SymbolKind::Trait),
            Kind::EnumVariant => self.class(node, SymbolKind::EnumCase),
            Kind::Impl => self.implementation(node),
            Kind::Function | Kind::FunctionSignature => self.function(node),
            Kind::Field => self.value_item(node, SymbolKind::Property),
            Kind::Const | Kind::Static => self.value_item(node, SymbolKind::Constant),
            Kind::TypeItem | Kind::AssociatedType => self.type_item(node),
            Kind::MacroDefinition => self.macro_definition(node),
            Kind::MacroInvocation => self.macro_invocation(node),
            Kind::TokenTree if (self.paths_end..self.macro_end).contains(&node.start_byte()) => self.tokens(node),
            Kind::Call => self.call(node),
            Kind::Let => self.let_declaration(node),
            Kind::Parameter => self.parameter(node),
            Kind::ScopedIdentifier => self.scoped_identifier(node),
            Kind::ScopedType => self.scoped_type(node),
            Kind::TypeBinding => self.named.extend(node.child_by_field_name("name").map(|name| name.start_byte())),
            Kind::TypeParameter => self.named.extend(node.child_by_field_name("name").map(|name| name.start_byte())),
            Kind::TypeIdentifier => self.type_identifier(node),
            _ => {}
        }
        if node.start_byte() >= self.attributes_end {
            self.attributes.clear();
        }
    }

    /// Remembers `#[…]` for the item behind it; `derive` names traits.
    fn attribute(&mut self, node: Node<'t>) {
        if self.attributes.is_empty() || node.start_byte() >= self.attributes_end {
            self.attributes.push(node);
            self.attributes_end = node.end_byte();
        }
        self.paths_end = self.paths_end.max(node.end_byte());
        let Some(attribute) = child(node, Kind::Attribute) else { return };
        let is_derive = child(attribute, Kind::Identifier).is_some_and(|name| self.facts.text(name) == "derive");
        let Some(names) = attribute.child_by_field_name("arguments").filter(|_| is_derive) else { return };
        each_child(names, |name| {
            let text = self.facts.text(name);
            if Kind::of(name) == Kind::Identifier && looks_like_class(text) {
                self.facts.call(CallKind::ClassRef, name.start_byte(), text, None, 0);
            }
            ControlFlow::Continue(())
        });
    }

    fn qualified(&self, name: &str) -> (Option<String>, String) {
        self.facts.nested(None, "::", name)
    }

    fn definition(&self, node: Node<'t>, kind: SymbolKind, name: &'t str) -> Definition<'t> {
        let (parent, qualified_name) = self.qualified(name);
        Definition {
            parent,
            decorated_start: self.attributes.first().map_or(node.start_byte(), |first| first.start_byte()),
            visibility: Some(self.visibility(node)),
            ..Definition::of(node, kind, name, qualified_name)
        }
    }

    /// Adds a symbol with its attributes.
    fn add(&mut self, definition: Definition<'t>, is_open: bool) {
        if is_open {
            self.facts.define(definition)
        } else {
            self.facts.add(definition)
        }
        let Some(symbol) = self.facts.newest() else { return };
        for attribute in self.attributes.drain(..) {
            if let Some(attribute) = child(attribute, Kind::Attribute) {
                self.facts.decorator_of(symbol, self.facts.text(attribute));
            }
        }
    }

    /// `pub` is public, `pub(…)` protected, nothing private; parts of traits and enums are as public as those.
    fn visibility(&self, node: Node<'t>) -> Visibility {
        if let Some(modifier) = child(node, Kind::VisibilityModifier) {
            let is_restricted = self.facts.text(modifier).contains('(');
            return if is_restricted { Visibility::Protected } else { Visibility::Public };
        }
        let around = self.facts.scope().map(|scope| scope.kind);
        let is_of_trait = around == Some(SymbolKind::Class) && self.impls.last().is_some_and(|it| it.is_of_trait);
        let is_part = matches!(around, Some(SymbolKind::Trait | SymbolKind::Enum | SymbolKind::EnumCase));
        if is_part || is_of_trait { Visibility::Public } else { Visibility::Private }
    }

    /// `mod x { … }` is a namespace; `mod x;` takes in a file beside this one.
    fn module(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name").map(|name| self.facts.text(name)) else { return };
        if node.child_by_field_name("body").is_some() {
            let definition = self.definition(node, SymbolKind::Namespace, name);
            self.add(definition, true);
        } else {
            self.facts.import(node.start_byte(), name, "", None, 1);
        }
    }

    fn use_declaration(&mut self, node: Node<'t>) {
        self.paths_end = self.paths_end.max(node.end_byte());
        let Some(argument) = node.child_by_field_name("argument") else { return };
        each_use(argument, self.facts.whole(), |module, name, alias| {
            self.facts.import(node.start_byte(), module, name, alias, 0);
        });
    }

    fn extern_crate(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name").map(|name| self.facts.text(name)) else { return };
        let alias = node.child_by_field_name("alias").map(|alias| self.facts.text(alias));
        self.facts.import(node.start_byte(), name, "", alias, 0);
    }

    fn class(&mut self, node: Node<'t>, kind: SymbolKind) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let is_case = kind == SymbolKind::EnumCase;
        self.named.extend((!is_case).then_some(name.start_byte()));
        let mut definition = self.definition(node, kind, self.facts.text(name));
        // A tuple's fields have no names of their own; they belong to the head.
        let body = node.child_by_field_name("body");
        if kind != SymbolKind::Enum && kind != SymbolKind::Trait {
            let fields = body.filter(|body| Kind::of(*body) == Kind::FieldList);
            definition.head_end = fields.map_or(node.end_byte(), |fields| fields.start_byte());
        }
        let qualified_name = definition.qualified_name.clone();
        self.add(definition, true);
        self.type_parameters(node);
        if let Some(symbol) = self.facts.newest().filter(|_| !is_case) {
            self.types.insert(qualified_name, symbol);
        }
        if let Some(bounds) = node.child_by_field_name("bounds").filter(|_| kind == SymbolKind::Trait) {
            each_child(bounds, |bound| {
                if let Some(bound) = named_type(bound, false, self.facts) {
                    self.facts.base(self.facts.text(bound));
                }
                ControlFlow::Continue(())
            });
        }
    }

    fn type_parameters(&mut self, node: Node<'t>) {
        let Some(parameters) = node.child_by_field_name("type_parameters") else { return };
        each_child(parameters, |parameter| {
            if let (Kind::TypeParameter, Some(name)) = (Kind::of(parameter), parameter.child_by_field_name("name")) {
                self.variables.add(self.facts.text(name), node.end_byte());
            }
            ControlFlow::Continue(())
        });
    }

    /// `impl Trait for Type`: what stands inside belongs to the type.
    fn implementation(&mut self, node: Node<'t>) {
        let Some(of) = node.child_by_field_name("type") else { return };
        let name = bare(of, self.facts);
        let (_, qualified_name) = self.qualified(name);
        let of_trait = node.child_by_field_name("trait");
        let is_denied = find_child(node, |child| (child.kind() == "!").then_some(())).is_some();
        if let Some(of_trait) = of_trait.filter(|_| !is_denied) {
            self.implemented.push((qualified_name.clone(), self.facts.text(of_trait)));
        }
        let end = node.end_byte();
        self.impls.push(Implementation { end, of: name, is_of_trait: of_trait.is_some() });
        self.named.extend(named_type(of, false, self.facts).map(|named| named.start_byte()));
        let symbol = self.types.get(&qualified_name).copied();
        self.facts.open(Scope { kind: SymbolKind::Class, qualified_name, end, member_visibility: None, symbol });
        self.type_parameters(node);
    }

    fn function(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name").filter(|name| Kind::of(*name) == Kind::Identifier) else {
            return;
        };
        let around = self.facts.scope().map(|scope| scope.kind);
        let is_method = matches!(around, Some(SymbolKind::Class | SymbolKind::Trait));
        let kind = if is_method { SymbolKind::Method } else { SymbolKind::Function };
        let parameters = node.child_by_field_name("parameters");
        let has_self = parameters.is_some_and(|list| child(list, Kind::SelfParameter).is_some());
        let definition = self.definition(node, kind, self.facts.text(name));
        self.add(Definition { is_static: is_method && !has_self, ..definition }, true);
        self.type_parameters(node);
        let result = node.child_by_field_name("return_type");
        if let Some(result) = result.and_then(|result| named_type(result, true, self.facts)) {
            self.hint(node.start_byte(), "", result);
        }
    }

    /// Fields, constants and statics; those of functions are hints only.
    fn value_item(&mut self, node: Node<'t>, kind: SymbolKind) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let text = self.facts.text(name);
        let is_local =
            self.facts.scope().is_some_and(|it| matches!(it.kind, SymbolKind::Function | SymbolKind::Method));
        if text != "_" && !is_local {
            let head_end = self.facts.head_end(node.end_byte(), name, node.child_by_field_name("value"));
            let definition = self.definition(node, kind, text);
            self.add(Definition { head_end, ..definition }, false);
        }
        let written = node.child_by_field_name("type");
        if let Some(written) = written.and_then(|written| named_type(written, false, self.facts)) {
            self.hint(node.start_byte(), text, written);
        }
    }

    fn type_item(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        self.named.push(name.start_byte());
        let definition = self.definition(node, SymbolKind::Type, self.facts.text(name));
        self.add(definition, false);
        self.type_parameters(node);
    }

    fn macro_definition(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let is_exported = self.attributes.iter().any(|attribute| self.facts.text(*attribute) == "#[macro_export]");
        let marked = format!("{}!", self.facts.text(name));
        let (parent, qualified_name) = self.qualified(&marked);
        let definition = Definition {
            name: marked.into(),
            parent,
            qualified_name,
            head_end: name.end_byte(),
            visibility: Some(if is_exported { Visibility::Public } else { Visibility::Private }),
            ..self.definition(node, SymbolKind::Macro, "")
        };
        self.add(definition, false);
    }

    fn macro_invocation(&mut self, node: Node<'t>) {
        let Some(path) = node.child_by_field_name("macro") else { return };
        self.macro_end = self.macro_end.max(node.end_byte());
        let name = path.child_by_field_name("name").unwrap_or(path);
        let receiver = path.child_by_field_name("path").map(|path| self.facts.text(path));
        let arguments = child(node, Kind::TokenTree).map_or(0, |tokens| self.count_tokens(tokens));
        let callee = format!("{}!", self.facts.text(name));
        self.facts.call(CallKind::Call, name.start_byte(), &callee, receiver, arguments);
    }

    fn call(&mut self, node: Node<'t>) {
        let Some(mut function) = node.child_by_field_name("function") else { return };
        if Kind::of(function) == Kind::GenericFunction {
            let Some(inner) = function.child_by_field_name("function") else { return };
            function = inner;
        }
        let (name, receiver) = match Kind::of(function) {
            Kind::Identifier => (Some(function), None),
            Kind::ScopedIdentifier => (function.child_by_field_name("name"), function.child_by_field_name("path")),
            Kind::FieldExpression => (function.child_by_field_name("field"), function.child_by_field_name("value")),
            _ => return,
        };
        // `pair.0(x)` calls a value.
        let Some(name) = name.filter(|name| matches!(Kind::of(*name), Kind::Identifier | Kind::FieldIdentifier)) else {
            return;
        };
        let arguments = node.child_by_field_name("arguments").map_or(0, count_arguments);
        let receiver = receiver.map(|receiver| self.facts.text(receiver));
        self.facts.call(CallKind::Call, name.start_byte(), self.facts.text(name), receiver, arguments);
    }

    fn let_declaration(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("pattern").and_then(pattern_name) else { return };
        let (at, name) = (node.start_byte(), self.facts.text(name));
        if let Some(written) = node.child_by_field_name("type") {
            if let Some(of) = named_type(written, false, self.facts) {
                self.hint(at, name, of);
            }
            return;
        }
        if let Some((of, source)) = node.child_by_field_name("value").and_then(|value| self.value(value)) {
            self.facts.hint(HintScope::Innermost, at, name, &of, source);
        }
    }

    fn parameter(&mut self, node: Node<'t>) {
        let name = node.child_by_field_name("pattern").and_then(pattern_name);
        let written = node.child_by_field_name("type").and_then(|written| named_type(written, false, self.facts));
        if let (Some(name), Some(written)) = (name, written) {
            self.hint(node.start_byte(), self.facts.text(name), written);
        }
    }

    fn hint(&mut self, at: usize, name: &str, of: Node<'t>) {
        let of = self.facts.text(of);
        if !self.variables.contains(of) {
            let of = self.without_self(of);
            self.facts.hint(HintScope::Innermost, at, name, &of, HintSource::Type);
        }
    }

    /// `Self` and `Self::new` with the type that `Self` means here.
    fn without_self(&self, written: &str) -> String {
        match (written.strip_prefix("Self"), self.impls.last()) {
            (Some(rest), Some(implementation)) if rest.is_empty() || rest.starts_with("::") => {
                format!("{}{rest}", implementation.of)
            }
            _ => written.to_owned(),
        }
    }

    /// What an expression is, where its first words tell.
    fn value(&self, mut node: Node<'t>) -> Option<(String, HintSource)> {
        loop {
            node = match Kind::of(node) {
                Kind::Try | Kind::Await | Kind::Parenthesized => node.named_child(0)?,
                Kind::Reference => node.child_by_field_name("value")?,
                Kind::Call => {
                    let function = node.child_by_field_name("function")?;
                    let method =
                        function.child_by_field_name("field").filter(|_| Kind::of(function) == Kind::FieldExpression);
                    let is_unwrapper = method.is_some_and(|method| UNWRAPPERS.contains(&self.facts.text(method)));
                    if !is_unwrapper {
                        let called = without_arguments(self.facts.text(function))?;
                        return Some((self.without_self(&called), HintSource::Call));
                    }
                    function.child_by_field_name("value")?
                }
                Kind::StructExpression => {
                    let name = without_arguments(self.facts.text(node.child_by_field_name("name")?))?;
                    return Some((self.without_self(&name), HintSource::Type));
                }
                Kind::Identifier => return self.facts.hinted(self.facts.text(node)),
                _ => return None,
            };
        }
    }

    /// `Type::name` mentions the type.
    fn scoped_identifier(&mut self, node: Node<'t>) {
        let Some(path) = node.child_by_field_name("path").filter(|_| node.start_byte() >= self.paths_end) else {
            return;
        };
        let (name, receiver) = match Kind::of(path) {
            Kind::Identifier => (path, None),
            Kind::ScopedIdentifier => match path.child_by_field_name("name") {
                Some(name) => (name, path.child_by_field_name("path").map(|path| self.facts.text(path))),
                None => return,
            },
            _ => return,
        };
        let text = self.facts.text(name);
        if looks_like_class(text) && text != "Self" && !self.variables.contains(text) {
            self.facts.call(CallKind::ClassRef, name.start_byte(), text, receiver, 0);
        }
    }

    /// `path::Type`; what belongs to a type variable is no type of the program.
    fn scoped_type(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        self.named.push(name.start_byte());
        let path = node.child_by_field_name("path").map_or("", |path| self.facts.text(path));
        if path != "Self" && !self.variables.contains(path) {
            self.facts.call(CallKind::ClassRef, name.start_byte(), self.facts.text(name), Some(path), 0);
        }
    }

    fn type_identifier(&mut self, node: Node<'t>) {
        let start = node.start_byte();
        while self.named.pop_if(|named| *named < start).is_some() {}
        let name = self.facts.text(node);
        if self.named.last() != Some(&start) && name != "Self" && !self.variables.contains(name) {
            self.facts.call(CallKind::ClassRef, start, name, None, 0);
        }
    }

    /// Types get the traits that the file implements for them, wherever it does.
    fn finish(self) {
        for (of, of_trait) in self.implemented {
            if let Some(symbol) = self.types.get(&of) {
                self.facts.base_of(*symbol, of_trait);
            }
        }
    }
}

/// The one name that a pattern binds.
fn pattern_name(pattern: Node<'_>) -> Option<Node<'_>> {
    match Kind::of(pattern) {
        Kind::Identifier => Some(pattern),
        Kind::MutPattern => child(pattern, Kind::Identifier),
        _ => None,
    }
}

/// The name of the type that methods of a `written` are called on, if it is a name: that behind references and boxes,
/// and for results what the caller takes out of an outcome.
fn named_type<'t>(written: Node<'t>, is_result: bool, facts: &Collector<'t>) -> Option<Node<'t>> {
    let mut node = written;
    loop {
        node = match Kind::of(node) {
            Kind::ReferenceType | Kind::PointerType => node.child_by_field_name("type")?,
            Kind::DynamicType | Kind::AbstractType => node.child_by_field_name("trait")?,
            Kind::BoundedType => node.named_child(0)?,
            Kind::GenericType => {
                let outer = node.child_by_field_name("type")?;
                let name = facts.text(outer.child_by_field_name("name").unwrap_or(outer));
                let is_wrapper = LENDERS.contains(&name) || is_result && OUTCOMES.contains(&name);
                if !is_wrapper {
                    return Some(outer);
                }
                let arguments = node.child_by_field_name("type_arguments")?;
                find_child(arguments, |it| (it.is_named() && Kind::of(it) != Kind::Lifetime).then_some(it))?
            }
            Kind::TypeIdentifier | Kind::ScopedType => return Some(node),
            _ => return None,
        };
    }
}

/// The text of a type without references and arguments.
fn bare<'t>(written: Node<'t>, facts: &Collector<'t>) -> &'t str {
    named_type(written, false, facts).map_or_else(|| facts.text(written), |named| facts.text(named))
}
