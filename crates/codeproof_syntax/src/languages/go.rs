//! Go. Names are qualified by type, not by package: `Server.Run`; what a package exports is public.

use std::collections::HashSet;
use std::ops::ControlFlow;

use codeproof_types::{CallKind, HintSource, Language, SymbolKind, Visibility};
use tree_sitter::{Node, Tree};

use crate::collector::{Collector, Definition, HintScope};
use crate::nodes::{child, count_arguments, each_child, node_kinds, walk};
use crate::type_names::TypeVariables;

/// Go for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::Go,
    grammar: || tree_sitter_go::LANGUAGE.into(),
    extensions: &["go"],
    file_names: &[],
    interpreters: &[],
    prepare: |_| None,
    read,
    module: |_| None,
};

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = Kind::NAMES;

/// Types that the language declares itself (go.dev/ref/spec, "Predeclared identifiers").
const PREDECLARED: &[&str] = &[
    "any",
    "bool",
    "byte",
    "comparable",
    "complex64",
    "complex128",
    "error",
    "float32",
    "float64",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "rune",
    "string",
    "uint",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "uintptr",
];

/// Built-in functions that return no type of the program.
const MAKERS: &[&str] = &["append", "cap", "copy", "len", "make", "max", "min"];

node_kinds! {
    tree_sitter_go::LANGUAGE;
    Call = "call_expression",
    Comment = "comment",
    CompositeLiteral = "composite_literal",
    Const = "const_declaration",
    ConstSpec = "const_spec",
    Field = "field_declaration",
    FieldIdentifier = "field_identifier",
    FieldList = "field_declaration_list",
    Function = "function_declaration",
    FunctionLiteral = "func_literal",
    GenericType = "generic_type",
    Identifier = "identifier",
    ImportSpec = "import_spec",
    IndexExpression = "index_expression",
    InterfaceType = "interface_type",
    Method = "method_declaration",
    MethodElement = "method_elem",
    PackageClause = "package_clause",
    PackageIdentifier = "package_identifier",
    Parameter = "parameter_declaration",
    ParameterList = "parameter_list",
    Parenthesized = "parenthesized_expression",
    PointerType = "pointer_type",
    QualifiedType = "qualified_type",
    Selector = "selector_expression",
    ShortVariable = "short_var_declaration",
    SourceFile = "source_file",
    StructType = "struct_type",
    TypeAlias = "type_alias",
    TypeArguments = "type_arguments",
    TypeAssertion = "type_assertion_expression",
    TypeConversion = "type_conversion_expression",
    TypeDeclaration = "type_declaration",
    TypeElement = "type_elem",
    TypeIdentifier = "type_identifier",
    TypeInstantiation = "type_instantiation_expression",
    TypeParameter = "type_parameter_declaration",
    TypeSpec = "type_spec",
    Unary = "unary_expression",
    Variable = "var_declaration",
    VariableSpec = "var_spec",
}

fn read<'t>(tree: &'t Tree, facts: &mut Collector<'t>) {
    let mut reader = Reader {
        facts,
        variables: TypeVariables::default(),
        of_package: HashSet::new(),
        declaration: None,
        named: Vec::new(),
    };
    walk(tree, |node| {
        reader.facts.reach(node.start_byte());
        reader.variables.reach(node.start_byte());
        reader.visit(node);
    });
}

struct Reader<'f, 't> {
    facts: &'f mut Collector<'t>,
    variables: TypeVariables<'t>,
    /// Where declarations start that stand in no function.
    of_package: HashSet<usize>,
    /// The declaration that the walk is in or has passed: `const`, `var` or `type` with what it declares.
    declaration: Option<Node<'t>>,
    /// Where names of types start that are no mentions, innermost last.
    named: Vec<usize>,
}

impl<'t> Reader<'_, 't> {
    fn visit(&mut self, node: Node<'t>) {
        match Kind::of(node) {
            Kind::Comment => self.facts.comment(node),
            Kind::SourceFile => self.find_declarations(node),
            Kind::PackageClause => self.package(node),
            Kind::ImportSpec => self.import(node),
            Kind::Const | Kind::Variable | Kind::TypeDeclaration => self.declaration = Some(node),
            Kind::TypeSpec | Kind::TypeAlias => self.type_spec(node),
            Kind::ConstSpec => self.values(node, SymbolKind::Constant),
            Kind::VariableSpec => self.values(node, SymbolKind::Property),
            Kind::Function => self.function(node),
            Kind::Method => self.method(node),
            Kind::MethodElement => self.method_element(node),
            Kind::FunctionLiteral => self.parameters(node),
            Kind::InterfaceType => self.embedded_interfaces(node),
            Kind::Call => self.call(node),
            Kind::TypeConversion => self.generic_call(node),
            Kind::ShortVariable => {
                self.hold(node.child_by_field_name("left"), node.child_by_field_name("right"));
            }
            Kind::QualifiedType => self.qualified_type(node),
            Kind::TypeIdentifier => self.type_identifier(node),
            _ => {}
        }
    }

    /// Finds the constants and variables of the package.
    fn find_declarations(&mut self, file: Node<'t>) {
        each_child(file, |child| {
            if matches!(Kind::of(child), Kind::Const | Kind::Variable) {
                self.of_package.insert(child.start_byte());
            }
            ControlFlow::Continue(())
        });
    }

    fn package(&mut self, node: Node<'t>) {
        if let Some(name) = child(node, Kind::PackageIdentifier).map(|name| self.facts.text(name)) {
            self.facts.add(Definition::of(node, SymbolKind::Namespace, name, name.to_owned()));
        }
    }

    /// `import f "fmt"`; `.` imports all names, `_` none.
    fn import(&mut self, node: Node<'t>) {
        let Some(path) = node.child_by_field_name("path") else { return };
        let path = self.facts.text(path).trim_matches(['"', '`']);
        match node.child_by_field_name("name").map(|name| self.facts.text(name)) {
            Some(".") => self.facts.import(node.start_byte(), path, "*", None, 0),
            alias => self.facts.import(node.start_byte(), path, "", alias, 0),
        }
    }

    fn definition(&self, node: Node<'t>, kind: SymbolKind, name: &'t str) -> Definition<'t> {
        let (parent, qualified_name) = self.facts.nested(None, ".", name);
        Definition { parent, visibility: Some(visibility(name)), ..Definition::of(node, kind, name, qualified_name) }
    }

    /// Where a part of a declaration starts: with the keyword, unless parentheses hold several parts.
    fn start_of(&self, spec: Node<'t>) -> usize {
        let around = self.declaration.filter(|it| spec.end_byte() <= it.end_byte());
        let Some(around) = around else { return spec.start_byte() };
        let is_first = !self.facts.slice(around.start_byte(), spec.start_byte()).contains('(');
        if is_first { around.start_byte() } else { spec.start_byte() }
    }

    fn type_spec(&mut self, node: Node<'t>) {
        let (Some(name), Some(of)) = (node.child_by_field_name("name"), node.child_by_field_name("type")) else {
            return;
        };
        self.named.push(name.start_byte());
        let (kind, head_end) = match Kind::of(of) {
            Kind::StructType => (SymbolKind::Struct, child(of, Kind::FieldList).unwrap_or(of).start_byte()),
            Kind::InterfaceType => (SymbolKind::Interface, of.start_byte() + "interface".len()),
            _ => (SymbolKind::Type, node.end_byte()),
        };
        let start = self.start_of(node);
        let definition = self.definition(node, kind, self.facts.text(name));
        self.facts.define(Definition { decorated_start: start, start, head_end, ..definition });
        if let Some(parameters) = node.child_by_field_name("type_parameters") {
            self.type_parameters(parameters, node.end_byte());
        }
        if let Some(fields) = child(of, Kind::FieldList).filter(|_| kind == SymbolKind::Struct) {
            each_child(fields, |field| {
                if Kind::of(field) == Kind::Field {
                    self.field(field);
                }
                ControlFlow::Continue(())
            });
        }
    }

    fn type_parameters(&mut self, list: Node<'t>, end: usize) {
        each_child(list, |parameter| {
            if Kind::of(parameter) == Kind::TypeParameter {
                each_child(parameter, |name| {
                    if Kind::of(name) == Kind::Identifier {
                        self.variables.add(self.facts.text(name), end);
                    }
                    ControlFlow::Continue(())
                });
            }
            ControlFlow::Continue(())
        });
    }

    /// Constants and variables of the package; those of functions are hints only. What the value of one variable calls
    /// stands in it.
    fn values(&mut self, node: Node<'t>, kind: SymbolKind) {
        let value = node.child_by_field_name("value");
        match node.child_by_field_name("type") {
            Some(written) => self.hint_names(node, written),
            None => self.hold(Some(node), value),
        }
        if !self.declaration.is_some_and(|around| self.of_package.contains(&around.start_byte())) {
            return;
        }
        let start = self.start_of(node);
        let mut definitions = Vec::new();
        each_child(node, |name| {
            if Kind::of(name) == Kind::Identifier && self.facts.text(name) != "_" {
                let head_end = self.facts.head_end(node.end_byte(), name, value);
                let definition = self.definition(node, kind, self.facts.text(name));
                definitions.push(Definition { decorated_start: start, start, head_end, ..definition });
            }
            ControlFlow::Continue(())
        });
        let is_one = definitions.len() == 1;
        for definition in definitions {
            if is_one { self.facts.define(definition) } else { self.facts.add(definition) }
        }
    }

    fn function(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let definition = self.definition(node, SymbolKind::Function, self.facts.text(name));
        self.define_function(node, definition);
    }

    fn define_function(&mut self, node: Node<'t>, definition: Definition<'t>) {
        self.facts.define(definition);
        if let Some(parameters) = node.child_by_field_name("type_parameters") {
            self.type_parameters(parameters, node.end_byte());
        }
        self.parameters(node);
        if let Some(result) = node.child_by_field_name("result").and_then(first_result) {
            self.hint(node.start_byte(), "", result);
        }
    }

    fn method(&mut self, node: Node<'t>) {
        let (Some(name), Some(receivers)) = (node.child_by_field_name("name"), node.child_by_field_name("receiver"))
        else {
            return;
        };
        let name = self.facts.text(name);
        let receiver = child(receivers, Kind::Parameter);
        let of = receiver.and_then(|receiver| receiver.child_by_field_name("type")).and_then(named_type);
        let bare = of.map(bare_type);
        let class = bare.map_or("", |bare| self.facts.text(bare));
        let qualified_name = if class.is_empty() { name.to_owned() } else { format!("{class}.{name}") };
        let definition = Definition {
            parent: (!class.is_empty()).then(|| class.to_owned()),
            visibility: Some(visibility(name)),
            ..Definition::of(node, SymbolKind::Method, name, qualified_name)
        };
        if let Some(of) = of {
            self.receiver_variables(of, node.end_byte());
        }
        self.define_function(node, definition);
        if let (Some(receiver), Some(of)) = (receiver, of) {
            self.hint_names(receiver, of);
        }
        self.named.extend(bare.map(|bare| bare.start_byte()));
    }

    /// The type variables that `func (l *List[T])` names.
    fn receiver_variables(&mut self, of: Node<'t>, end: usize) {
        let Some(arguments) = of.child_by_field_name("type_arguments") else { return };
        each_child(arguments, |argument| {
            if Kind::of(argument) == Kind::TypeElement {
                self.variables.add(self.facts.text(argument), end);
            }
            ControlFlow::Continue(())
        });
    }

    /// A method that an interface asks for.
    fn method_element(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        if self.facts.scope().is_none_or(|scope| scope.kind != SymbolKind::Interface) {
            return;
        }
        let definition = self.definition(node, SymbolKind::Method, self.facts.text(name));
        self.define_function(node, definition);
    }

    fn embedded_interfaces(&mut self, node: Node<'t>) {
        if self.facts.scope().is_none_or(|scope| scope.kind != SymbolKind::Interface) {
            return;
        }
        each_child(node, |element| {
            let is_one = Kind::of(element) == Kind::TypeElement && element.named_child_count() == 1;
            if let Some(base) = element.named_child(0).filter(|_| is_one).and_then(named_type) {
                self.facts.base(self.facts.text(base));
            }
            ControlFlow::Continue(())
        });
    }

    /// Fields of a struct; one without a name embeds its type.
    fn field(&mut self, node: Node<'t>) {
        let Some(written) = node.child_by_field_name("type") else { return };
        let mut is_embedded = true;
        each_child(node, |name| {
            if Kind::of(name) == Kind::FieldIdentifier {
                is_embedded = false;
                let definition = self.definition(node, SymbolKind::Property, self.facts.text(name));
                self.facts.add(definition);
            }
            ControlFlow::Continue(())
        });
        let Some(of) = named_type(written) else { return };
        if is_embedded {
            self.facts.base(self.facts.text(of));
            self.hint(node.start_byte(), self.facts.text(bare_type(of)), of);
        } else {
            self.hint_names(node, of);
        }
    }

    fn parameters(&mut self, function: Node<'t>) {
        let Some(list) = function.child_by_field_name("parameters") else { return };
        each_child(list, |parameter| {
            if let (Kind::Parameter, Some(written)) = (Kind::of(parameter), parameter.child_by_field_name("type")) {
                self.hint_names(parameter, written);
            }
            ControlFlow::Continue(())
        });
    }

    /// Every name that `node` declares holds a `written`.
    fn hint_names(&mut self, node: Node<'t>, written: Node<'t>) {
        let Some(of) = named_type(written) else { return };
        each_child(node, |name| {
            if matches!(Kind::of(name), Kind::Identifier | Kind::FieldIdentifier) {
                self.hint(node.start_byte(), self.facts.text(name), of);
            }
            ControlFlow::Continue(())
        });
    }

    fn hint(&mut self, at: usize, name: &str, of: Node<'t>) {
        let of = self.facts.text(of);
        if name != "_" && !PREDECLARED.contains(&of) && !self.variables.contains(of) {
            self.facts.hint(HintScope::Innermost, at, name, of, HintSource::Type);
        }
    }

    /// `a, b := x(), y()` pairs them, and `a, err := f()` keeps the first result.
    fn hold(&mut self, names: Option<Node<'t>>, values: Option<Node<'t>>) {
        let (Some(names), Some(values)) = (names, values) else { return };
        let mut values = named_children(values).into_iter();
        each_child(names, |name| {
            let is_name = Kind::of(name) == Kind::Identifier;
            let value = if name.is_named() && !name.is_extra() { values.next() } else { None };
            if let Some(value) = value.filter(|_| is_name) {
                self.holds(self.facts.text(name), value);
            }
            ControlFlow::Continue(())
        });
    }

    fn holds(&mut self, name: &'t str, value: Node<'t>) {
        if name == "_" {
            return;
        }
        let at = value.start_byte();
        match self.value(value) {
            Some(Value::Type(of)) => self.hint(at, name, of),
            Some(Value::Call(function)) => {
                let called = self.facts.text(function);
                if !called.contains(['(', '[', '{']) {
                    self.facts.hint(HintScope::Innermost, at, name, called, HintSource::Call);
                }
            }
            None => {
                if let Some((of, source)) = self.facts.hinted(self.facts.text(value)) {
                    self.facts.hint(HintScope::Innermost, at, name, &of, source);
                }
            }
        }
    }

    fn value(&self, node: Node<'t>) -> Option<Value<'t>> {
        match Kind::of(node) {
            Kind::Unary => {
                let literal = node.child_by_field_name("operand")?;
                if Kind::of(literal) == Kind::CompositeLiteral { self.value(literal) } else { None }
            }
            Kind::CompositeLiteral | Kind::TypeAssertion => {
                Some(Value::Type(named_type(node.child_by_field_name("type")?)?))
            }
            Kind::Call => {
                let function = node.child_by_field_name("function")?;
                let arguments = node.child_by_field_name("arguments")?;
                let made = arguments.named_child(0).and_then(named_type);
                match made.filter(|_| self.facts.text(function) == "new") {
                    Some(made) => Some(Value::Type(made)),
                    None => Some(Value::Call(function)).filter(|_| !MAKERS.contains(&self.facts.text(function))),
                }
            }
            _ => None,
        }
    }

    fn call(&mut self, node: Node<'t>) {
        let Some(mut function) = node.child_by_field_name("function") else { return };
        // `f[int](x)` looks like an element of an array that is called.
        if matches!(Kind::of(function), Kind::IndexExpression | Kind::TypeInstantiation) {
            let Some(operand) = function.child_by_field_name("operand").or(function.child_by_field_name("type")) else {
                return;
            };
            function = operand;
        }
        let arguments = node.child_by_field_name("arguments").map_or(0, count_arguments);
        match Kind::of(function) {
            Kind::Identifier => {
                let name = self.facts.text(function);
                self.facts.call(CallKind::Call, function.start_byte(), name, None, arguments);
            }
            Kind::Selector => {
                let Some(name) = function.child_by_field_name("field") else { return };
                let receiver = function.child_by_field_name("operand").map(|operand| self.facts.text(operand));
                self.facts.call(CallKind::Call, name.start_byte(), self.facts.text(name), receiver, arguments);
            }
            _ => {}
        }
    }

    /// `f[int](x)` with one argument, which the grammar takes for a conversion to a generic type.
    fn generic_call(&mut self, node: Node<'t>) {
        let Some(generic) = node.child_by_field_name("type").filter(|it| Kind::of(*it) == Kind::GenericType) else {
            return;
        };
        let name = bare_type(generic);
        let package = generic.child_by_field_name("type").and_then(|of| of.child_by_field_name("package"));
        let package = package.map(|package| self.facts.text(package));
        self.facts.call(CallKind::Call, name.start_byte(), self.facts.text(name), package, 1);
        self.named.push(name.start_byte());
    }

    /// `package.Type`.
    fn qualified_type(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        if self.is_named(name.start_byte()) {
            return;
        }
        let package = node.child_by_field_name("package").map(|package| self.facts.text(package));
        self.facts.call(CallKind::ClassRef, name.start_byte(), self.facts.text(name), package, 0);
        self.named.push(name.start_byte());
    }

    fn type_identifier(&mut self, node: Node<'t>) {
        let start = node.start_byte();
        let name = self.facts.text(node);
        if !self.is_named(start) && !PREDECLARED.contains(&name) && !self.variables.contains(name) {
            self.facts.call(CallKind::ClassRef, start, name, None, 0);
        }
    }

    /// Whether the name at `start` is no mention; forgets names that the walk has passed.
    fn is_named(&mut self, start: usize) -> bool {
        while self.named.pop_if(|named| *named < start).is_some() {}
        self.named.last() == Some(&start)
    }
}

/// The children that are no tokens and no comments.
fn named_children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut children = Vec::new();
    each_child(node, |child| {
        if child.is_named() && !child.is_extra() {
            children.push(child);
        }
        ControlFlow::Continue(())
    });
    children
}

/// What an expression tells about its value.
enum Value<'t> {
    /// It has this type.
    Type(Node<'t>),
    /// It is what this function returns first.
    Call(Node<'t>),
}

fn visibility(name: &str) -> Visibility {
    if name.starts_with(|first: char| first.is_uppercase()) { Visibility::Public } else { Visibility::Private }
}

/// A type that is a name, or a pointer to one.
fn named_type(node: Node<'_>) -> Option<Node<'_>> {
    let pointed = if Kind::of(node) == Kind::PointerType { node.named_child(0)? } else { node };
    matches!(Kind::of(pointed), Kind::TypeIdentifier | Kind::QualifiedType | Kind::GenericType).then_some(pointed)
}

/// The name of a type without its arguments and package.
fn bare_type(named: Node<'_>) -> Node<'_> {
    let bare = match Kind::of(named) {
        Kind::GenericType => named.child_by_field_name("type").unwrap_or(named),
        _ => named,
    };
    bare.child_by_field_name("name").unwrap_or(bare)
}

/// The type of what a function returns first.
fn first_result(result: Node<'_>) -> Option<Node<'_>> {
    if Kind::of(result) != Kind::ParameterList {
        return named_type(result);
    }
    let first = child(result, Kind::Parameter)?;
    named_type(first.child_by_field_name("type")?)
}
