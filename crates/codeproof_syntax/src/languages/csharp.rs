//! C#. Names are qualified with the namespaces of the file: `Shop.Orders.Cart.Total`.

use std::collections::HashSet;
use std::ops::ControlFlow;

use codeproof_types::{CallKind, HintSource, Language, SymbolKind, Visibility};
use tree_sitter::{Node, Tree};

use crate::collector::{Collector, Definition, HintScope};
use crate::nodes::{child, count_arguments, each_child, find_child, node_kinds, walk};
use crate::type_names::{TypeVariables, looks_like_class};

/// C# for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::CSharp,
    grammar: || tree_sitter_c_sharp::LANGUAGE.into(),
    extensions: &["cs", "csx"],
    file_names: &[],
    interpreters: &["dotnet-script"],
    prepare: |_| None,
    read,
    module: |_| None,
};

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = Kind::NAMES;

/// Types whose value an `await` takes out.
const AWAITED: &[&str] = &["Task", "ValueTask"];

node_kinds! {
    tree_sitter_c_sharp::LANGUAGE;
    AliasQualifiedName = "alias_qualified_name",
    ArgumentList = "argument_list",
    ArrayType = "array_type",
    ArrowClause = "arrow_expression_clause",
    As = "as_expression",
    Attribute = "attribute",
    AttributeArguments = "attribute_argument_list",
    AttributeList = "attribute_list",
    Await = "await_expression",
    BaseList = "base_list",
    BracketedArguments = "bracketed_argument_list",
    Cast = "cast_expression",
    CatchDeclaration = "catch_declaration",
    Class = "class_declaration",
    Comment = "comment",
    ConditionalAccess = "conditional_access_expression",
    Constructor = "constructor_declaration",
    ConstructorInitializer = "constructor_initializer",
    Conversion = "conversion_operator_declaration",
    Creation = "object_creation_expression",
    DeclarationExpression = "declaration_expression",
    DeclarationPattern = "declaration_pattern",
    Default = "default_expression",
    Delegate = "delegate_declaration",
    Destructor = "destructor_declaration",
    Enum = "enum_declaration",
    EnumMember = "enum_member_declaration",
    Event = "event_declaration",
    EventField = "event_field_declaration",
    ExplicitInterface = "explicit_interface_specifier",
    ExternAlias = "extern_alias_directive",
    Field = "field_declaration",
    FileNamespace = "file_scoped_namespace_declaration",
    ForEach = "foreach_statement",
    From = "from_clause",
    GenericName = "generic_name",
    Identifier = "identifier",
    ImplicitType = "implicit_type",
    Indexer = "indexer_declaration",
    Interface = "interface_declaration",
    Invocation = "invocation_expression",
    Is = "is_expression",
    Join = "join_clause",
    LocalFunction = "local_function_statement",
    MemberAccess = "member_access_expression",
    MemberBinding = "member_binding_expression",
    Method = "method_declaration",
    Modifier = "modifier",
    Namespace = "namespace_declaration",
    NullableType = "nullable_type",
    Operator = "operator_declaration",
    Parameter = "parameter",
    ParameterList = "parameter_list",
    Parenthesized = "parenthesized_expression",
    PointerType = "pointer_type",
    PostfixUnary = "postfix_unary_expression",
    PrimaryBase = "primary_constructor_base_type",
    Property = "property_declaration",
    QualifiedName = "qualified_name",
    Record = "record_declaration",
    RecursivePattern = "recursive_pattern",
    RefType = "ref_type",
    ScopedType = "scoped_type",
    Sizeof = "sizeof_expression",
    Struct = "struct_declaration",
    TupleElement = "tuple_element",
    TypeArguments = "type_argument_list",
    TypeConstraint = "type_parameter_constraint",
    TypeParameter = "type_parameter",
    TypeParameters = "type_parameter_list",
    TypePattern = "type_pattern",
    Typeof = "typeof_expression",
    Using = "using_directive",
    VariableDeclaration = "variable_declaration",
    VariableDeclarator = "variable_declarator",
}

fn read<'t>(tree: &'t Tree, facts: &mut Collector<'t>) {
    let mut reader =
        Reader { values: names_of_values(tree, facts), facts, namespace: None, variables: TypeVariables::default() };
    walk(tree, |node| {
        reader.facts.reach(node.start_byte());
        reader.variables.reach(node.start_byte());
        reader.visit(node);
    });
}

/// Names that are written like classes but hold values or are namespaces here: properties, fields, the first parts of
/// namespaces.
fn names_of_values<'t>(tree: &'t Tree, facts: &Collector<'t>) -> HashSet<&'t str> {
    let mut names = HashSet::new();
    walk(tree, |node| match Kind::of(node) {
        Kind::Property | Kind::VariableDeclarator | Kind::Parameter | Kind::Event => {
            names.extend(node.child_by_field_name("name").map(|name| facts.text(name)));
        }
        Kind::Using | Kind::Namespace | Kind::FileNamespace => each_child(node, |child| {
            if is_name(child) {
                names.extend(facts.text(child).split('.').next());
            }
            ControlFlow::Continue(())
        }),
        _ => {}
    });
    names
}

struct Reader<'f, 't> {
    facts: &'f mut Collector<'t>,
    /// Names that are no classes for all their capitals.
    values: HashSet<&'t str>,
    /// The namespace of the rest of the file (`namespace A.B;`).
    namespace: Option<&'t str>,
    variables: TypeVariables<'t>,
}

impl<'t> Reader<'_, 't> {
    fn visit(&mut self, node: Node<'t>) {
        let kind = Kind::of(node);
        match kind {
            Kind::Comment => self.facts.comment(node),
            Kind::Namespace | Kind::FileNamespace => self.namespace(node),
            Kind::Using => self.using(node),
            Kind::ExternAlias => {
                if let Some(name) = node.child_by_field_name("name") {
                    self.facts.import(node.start_byte(), self.facts.text(name), "", None, 0);
                }
            }
            Kind::Class => self.class(node, SymbolKind::Class),
            Kind::Struct => self.class(node, SymbolKind::Struct),
            Kind::Interface => self.class(node, SymbolKind::Interface),
            Kind::Enum => self.class(node, SymbolKind::Enum),
            Kind::Record => {
                let is_struct = find_child(node, |child| (child.kind() == "struct").then_some(())).is_some();
                self.class(node, if is_struct { SymbolKind::Struct } else { SymbolKind::Class });
            }
            Kind::Delegate => self.class(node, SymbolKind::Type),
            Kind::EnumMember => self.member(node, SymbolKind::EnumCase),
            Kind::Method
            | Kind::Constructor
            | Kind::Destructor
            | Kind::Operator
            | Kind::Conversion
            | Kind::LocalFunction => self.method(node),
            Kind::Property | Kind::Indexer | Kind::Event => self.property(node),
            Kind::Field | Kind::EventField => self.fields(node),
            Kind::Invocation => self.invocation(node),
            Kind::ConstructorInitializer => self.constructor_initializer(node),
            Kind::Creation => {
                let arguments = node.child_by_field_name("arguments").map_or(0, count_arguments);
                self.mention(node.child_by_field_name("type"), arguments);
            }
            Kind::Attribute => {
                let arguments = child(node, Kind::AttributeArguments).map_or(0, count_arguments);
                self.mention(node.child_by_field_name("name"), arguments);
            }
            Kind::MemberAccess => self.member_access(node),
            Kind::VariableDeclaration => self.variable_declaration(node),
            Kind::BaseList | Kind::TypeArguments | Kind::ExplicitInterface => each_child(node, |part| {
                self.mention(Some(part), 0);
                ControlFlow::Continue(())
            }),
            Kind::As | Kind::Is => self.mention(node.child_by_field_name("right"), 0),
            _ => {}
        }
        self.typed(node, kind);
    }

    /// What a node says by its field `type`: a mention, and what its field `name` holds.
    fn typed(&mut self, node: Node<'t>, kind: Kind) {
        let is_typed = matches!(
            kind,
            Kind::Parameter
                | Kind::ParameterList
                | Kind::Cast
                | Kind::CatchDeclaration
                | Kind::DeclarationExpression
                | Kind::DeclarationPattern
                | Kind::Default
                | Kind::ForEach
                | Kind::From
                | Kind::Join
                | Kind::NullableType
                | Kind::ArrayType
                | Kind::PointerType
                | Kind::PrimaryBase
                | Kind::RefType
                | Kind::ScopedType
                | Kind::RecursivePattern
                | Kind::Sizeof
                | Kind::Typeof
                | Kind::TupleElement
                | Kind::TypeConstraint
                | Kind::TypePattern
        );
        if !is_typed {
            return;
        }
        let Some(written) = node.child_by_field_name("type") else { return };
        self.mention(Some(written), 0);
        let name = match kind {
            Kind::ForEach => node.child_by_field_name("left").filter(|left| Kind::of(*left) == Kind::Identifier),
            Kind::TupleElement => None,
            _ => node.child_by_field_name("name"),
        };
        if let Some(name) = name {
            self.hint(node.start_byte(), self.facts.text(name), written, false);
        }
    }

    fn namespace(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name").map(|name| self.facts.text(name)) else { return };
        let (parent, qualified_name) = self.qualified(name);
        let definition = Definition { parent, ..Definition::of(node, SymbolKind::Namespace, name, qualified_name) };
        if Kind::of(node) == Kind::Namespace {
            self.facts.define(definition);
        } else {
            self.namespace = Some(name);
            self.facts.add(definition);
        }
    }

    /// `using A.B;`, `using static A.B;` take in all names, `using C = A.B;` gives one another name.
    fn using(&mut self, node: Node<'t>) {
        let alias = node.child_by_field_name("name");
        let target = find_child(node, |child| (is_name(child) && Some(child) != alias).then_some(child));
        let Some(target) = target else { return };
        let path: String = self.facts.text(target).split_whitespace().collect();
        let path = path.split('<').next().unwrap_or_default();
        match alias.map(|alias| self.facts.text(alias)) {
            Some(alias) => {
                let (module, name) = path.rsplit_once('.').unwrap_or(("", path));
                self.facts.import(node.start_byte(), module, name, Some(alias), 0);
            }
            None => self.facts.import(node.start_byte(), path, "*", None, 0),
        }
    }

    fn qualified(&self, name: &str) -> (Option<String>, String) {
        self.facts.nested(self.namespace, ".", name)
    }

    fn definition(&self, node: Node<'t>, kind: SymbolKind, name: &str) -> Definition<'t> {
        let (parent, qualified_name) = self.qualified(name);
        let modifiers = self.modifiers(node);
        // What says nothing is private in a class, public in an interface or enum, and internal outside.
        let default = match self.facts.scope().map(|scope| scope.kind) {
            Some(SymbolKind::Interface | SymbolKind::Enum) => Visibility::Public,
            Some(SymbolKind::Class | SymbolKind::Struct) => Visibility::Private,
            _ => Visibility::Protected,
        };
        let body = ["body", "accessors", "value"].into_iter().find_map(|field| node.child_by_field_name(field));
        Definition {
            parent,
            start: own_start(node),
            head_end: body.map_or(node.end_byte(), |body| body.start_byte()),
            visibility: modifiers.visibility.or(Some(default)),
            is_static: modifiers.is_static || modifiers.is_const,
            ..Definition::of(node, kind, name.to_owned(), qualified_name)
        }
    }

    fn modifiers(&self, node: Node<'t>) -> Modifiers {
        let mut modifiers = Modifiers::default();
        each_child(node, |child| {
            if Kind::of(child) == Kind::Modifier {
                match self.facts.text(child) {
                    "public" => modifiers.visibility = Some(Visibility::Public),
                    // `private protected` and `protected internal` lie between the two.
                    "protected" | "internal" => modifiers.visibility = Some(Visibility::Protected),
                    "private" if modifiers.visibility.is_none() => modifiers.visibility = Some(Visibility::Private),
                    "static" => modifiers.is_static = true,
                    "readonly" => modifiers.is_readonly = true,
                    "const" => modifiers.is_const = true,
                    _ => {}
                }
            }
            ControlFlow::Continue(())
        });
        modifiers
    }

    /// Adds the attributes of `node` to the symbol that was added last.
    fn decorators(&mut self, node: Node<'t>) {
        let Some(symbol) = self.facts.newest() else { return };
        each_child(node, |list| {
            if Kind::of(list) == Kind::AttributeList {
                each_child(list, |attribute| {
                    if Kind::of(attribute) == Kind::Attribute {
                        self.facts.decorator_of(symbol, self.facts.text(attribute));
                    }
                    ControlFlow::Continue(())
                });
            }
            ControlFlow::Continue(())
        });
    }

    fn type_parameters(&mut self, node: Node<'t>) {
        let Some(parameters) = child(node, Kind::TypeParameters) else { return };
        each_child(parameters, |parameter| {
            if let (Kind::TypeParameter, Some(name)) = (Kind::of(parameter), parameter.child_by_field_name("name")) {
                self.variables.add(self.facts.text(name), node.end_byte());
            }
            ControlFlow::Continue(())
        });
    }

    fn class(&mut self, node: Node<'t>, kind: SymbolKind) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let definition = self.definition(node, kind, self.facts.text(name));
        self.facts.define(definition);
        self.decorators(node);
        self.type_parameters(node);
        if let Some(bases) = child(node, Kind::BaseList) {
            each_child(bases, |base| {
                let base =
                    base.child_by_field_name("type").filter(|_| Kind::of(base) == Kind::PrimaryBase).unwrap_or(base);
                if is_name(base) {
                    self.facts.base(self.facts.text(base));
                }
                ControlFlow::Continue(())
            });
        }
        if Kind::of(node) == Kind::Record {
            self.components(node);
        }
        if kind == SymbolKind::Type {
            self.mention(node.child_by_field_name("type"), 0);
        }
    }

    /// The parameters of a record are its properties.
    fn components(&mut self, record: Node<'t>) {
        let Some(list) = child(record, Kind::ParameterList) else { return };
        each_child(list, |parameter| {
            if let (Kind::Parameter, Some(name)) = (Kind::of(parameter), parameter.child_by_field_name("name")) {
                let definition = self.definition(parameter, SymbolKind::Property, self.facts.text(name));
                self.facts.add(Definition { visibility: Some(Visibility::Public), ..definition });
                self.decorators(parameter);
            }
            ControlFlow::Continue(())
        });
    }

    fn member(&mut self, node: Node<'t>, kind: SymbolKind) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let definition = self.definition(node, kind, self.facts.text(name));
        self.facts.add(Definition { head_end: node.end_byte(), ..definition });
        self.decorators(node);
    }

    fn method(&mut self, node: Node<'t>) {
        let kind = Kind::of(node);
        let Some(name) = self.method_name(node) else { return };
        let is_local = kind == Kind::LocalFunction;
        let definition = self.definition(node, if is_local { SymbolKind::Function } else { SymbolKind::Method }, &name);
        // A method of an interface by its full name is for everybody who knows the interface.
        let visibility = match definition.visibility {
            _ if is_local => None,
            _ if child(node, Kind::ExplicitInterface).is_some() => Some(Visibility::Public),
            visibility => visibility,
        };
        self.facts.define(Definition { visibility, ..definition });
        self.decorators(node);
        self.type_parameters(node);
        let result = if kind == Kind::Method { "returns" } else { "type" };
        if let Some(result) = node.child_by_field_name(result) {
            self.mention(Some(result), 0);
            self.hint(node.start_byte(), "", result, true);
        }
    }

    /// The name of a method; operators have theirs from the sign or the type they convert to.
    fn method_name(&self, node: Node<'t>) -> Option<String> {
        let of = |field| node.child_by_field_name(field).map(|name| self.facts.text(name));
        Some(match Kind::of(node) {
            Kind::Operator => format!("operator {}", of("operator")?),
            Kind::Conversion => format!("operator {}", of("type")?),
            Kind::Destructor => format!("~{}", of("name")?),
            _ => of("name")?.to_owned(),
        })
    }

    /// Properties, indexers and events with accessors; what their accessors call stands in them.
    fn property(&mut self, node: Node<'t>) {
        let name = node.child_by_field_name("name").map_or("this[]", |name| self.facts.text(name));
        let written = node.child_by_field_name("type");
        self.mention(written, 0);
        if let Some(written) = written {
            self.hint(node.start_byte(), name, written, false);
        }
        let definition = self.definition(node, SymbolKind::Property, name);
        self.facts.define(definition);
        self.decorators(node);
    }

    fn fields(&mut self, node: Node<'t>) {
        let Some(declaration) = child(node, Kind::VariableDeclaration) else { return };
        let modifiers = self.modifiers(node);
        let is_constant = modifiers.is_const || (modifiers.is_static && modifiers.is_readonly);
        let kind = if is_constant { SymbolKind::Constant } else { SymbolKind::Property };
        each_child(declaration, |declarator| {
            if let (Kind::VariableDeclarator, Some(name)) =
                (Kind::of(declarator), declarator.child_by_field_name("name"))
            {
                let head_end = self.facts.head_end(node.end_byte(), name, value_of(declarator));
                let definition = self.definition(node, kind, self.facts.text(name));
                self.facts.add(Definition { head_end, ..definition });
                self.decorators(node);
            }
            ControlFlow::Continue(())
        });
    }

    fn invocation(&mut self, node: Node<'t>) {
        let Some(function) = node.child_by_field_name("function") else { return };
        let Some((name, receiver)) = self.called(function) else { return };
        let text = self.facts.text(name);
        if text == "nameof" && receiver.is_none() {
            return;
        }
        let arguments = node.child_by_field_name("arguments").map_or(0, count_arguments);
        self.facts.call(CallKind::Call, name.start_byte(), text, receiver, arguments);
    }

    /// The name of what is called, with the text before it.
    fn called(&self, function: Node<'t>) -> Option<(Node<'t>, Option<&'t str>)> {
        match Kind::of(function) {
            Kind::Identifier | Kind::GenericName => Some((bare(function), None)),
            Kind::MemberAccess => {
                let name = function.child_by_field_name("name")?;
                let receiver = self.facts.slice(function.start_byte(), name.start_byte()).trim_end();
                let receiver = receiver.strip_suffix("->").or(receiver.strip_suffix('.')).unwrap_or(receiver);
                Some((bare(name), Some(receiver.trim_end_matches('!'))))
            }
            Kind::ConditionalAccess => {
                let binding = child(function, Kind::MemberBinding)?;
                let condition = function.child_by_field_name("condition")?;
                Some((bare(binding.child_by_field_name("name")?), Some(self.facts.text(condition))))
            }
            Kind::MemberBinding => Some((bare(function.child_by_field_name("name")?), None)),
            _ => None,
        }
    }

    /// `: base(…)` and `: this(…)`.
    fn constructor_initializer(&mut self, node: Node<'t>) {
        let name = find_child(node, |child| matches!(child.kind(), "base" | "this").then_some(child));
        if let Some(name) = name {
            let arguments = child(node, Kind::ArgumentList).map_or(0, count_arguments);
            self.facts.call(CallKind::Call, name.start_byte(), self.facts.text(name), None, arguments);
        }
    }

    /// `Class.Member` mentions the class, when nothing here says that it is a value.
    fn member_access(&mut self, node: Node<'t>) {
        let Some(object) = node.child_by_field_name("expression") else { return };
        let is_class = match Kind::of(object) {
            Kind::GenericName => true,
            Kind::Identifier => {
                let name = self.facts.text(object);
                looks_like_class(name) && !self.values.contains(name)
            }
            _ => false,
        };
        if is_class {
            self.mention(Some(object), 0);
        }
    }

    /// Adds `written` as the mention of a type when it is the name of one.
    fn mention(&mut self, written: Option<Node<'t>>, arguments: u32) {
        let Some(written) = written.filter(|written| is_name(*written)) else { return };
        let name = bare(written.child_by_field_name("name").unwrap_or(written));
        let text = self.facts.text(name);
        if self.variables.contains(text) {
            return;
        }
        let receiver = self.facts.slice(written.start_byte(), name.start_byte()).trim_end_matches(['.', ':', ' ']);
        self.facts.call(CallKind::ClassRef, name.start_byte(), text, Some(receiver), arguments);
    }

    fn variable_declaration(&mut self, node: Node<'t>) {
        let Some(written) = node.child_by_field_name("type") else { return };
        self.mention(Some(written), 0);
        each_child(node, |declarator| {
            if let (Kind::VariableDeclarator, Some(name)) =
                (Kind::of(declarator), declarator.child_by_field_name("name"))
            {
                let (at, name) = (declarator.start_byte(), self.facts.text(name));
                if Kind::of(written) != Kind::ImplicitType {
                    self.hint(at, name, written, false);
                } else if let Some((of, source)) = value_of(declarator).and_then(|value| self.value(value)) {
                    self.facts.hint(HintScope::Innermost, at, name, &of, source);
                }
            }
            ControlFlow::Continue(())
        });
    }

    fn hint(&mut self, at: usize, name: &str, written: Node<'t>, is_result: bool) {
        let Some(of) = self.named_type(written, is_result) else { return };
        let of = self.facts.text(of);
        if !self.variables.contains(of) {
            self.facts.hint(HintScope::Innermost, at, name, of, HintSource::Type);
        }
    }

    /// The name of a type behind marks of nullable types and, for results, behind what is awaited.
    fn named_type(&self, written: Node<'t>, is_result: bool) -> Option<Node<'t>> {
        let mut node = written;
        loop {
            node = match Kind::of(node) {
                Kind::NullableType | Kind::RefType | Kind::ScopedType => node.child_by_field_name("type")?,
                Kind::GenericName if is_result && AWAITED.contains(&self.facts.text(bare(node))) => {
                    child(node, Kind::TypeArguments)?.named_child(0)?
                }
                _ if is_name(node) => return Some(node),
                _ => return None,
            };
        }
    }

    /// What an expression is, where its first words tell.
    fn value(&self, mut node: Node<'t>) -> Option<(String, HintSource)> {
        loop {
            node = match Kind::of(node) {
                Kind::Await | Kind::Parenthesized | Kind::PostfixUnary => node.named_child(0)?,
                Kind::Creation | Kind::Cast => {
                    let written = self.named_type(node.child_by_field_name("type")?, false)?;
                    return Some((self.facts.text(written).to_owned(), HintSource::Type));
                }
                Kind::As => {
                    let written = self.named_type(node.child_by_field_name("right")?, false)?;
                    return Some((self.facts.text(written).to_owned(), HintSource::Type));
                }
                Kind::Invocation => {
                    let function = node.child_by_field_name("function")?;
                    let (name, _) = self.called(function)?;
                    let called = self.facts.slice(function.start_byte(), name.end_byte());
                    return (!called.contains(['(', '[', '<'])).then(|| (called.to_owned(), HintSource::Call));
                }
                Kind::Identifier => return self.facts.hinted(self.facts.text(node)),
                _ => return None,
            };
        }
    }
}

#[derive(Default)]
struct Modifiers {
    visibility: Option<Visibility>,
    is_static: bool,
    is_readonly: bool,
    is_const: bool,
}

/// Whether `node` is a type that is a name.
fn is_name(node: Node<'_>) -> bool {
    matches!(Kind::of(node), Kind::Identifier | Kind::GenericName | Kind::QualifiedName | Kind::AliasQualifiedName)
}

/// A name without its type arguments.
fn bare(name: Node<'_>) -> Node<'_> {
    if Kind::of(name) == Kind::GenericName { child(name, Kind::Identifier).unwrap_or(name) } else { name }
}

/// The value behind the `=` of a declarator.
fn value_of(declarator: Node<'_>) -> Option<Node<'_>> {
    let name = declarator.child_by_field_name("name");
    find_child(declarator, |child| {
        let is_value = child.is_named() && !child.is_extra() && Some(child) != name;
        (is_value && Kind::of(child) != Kind::BracketedArguments).then_some(child)
    })
}

/// Where a declaration starts behind its attributes.
fn own_start(node: Node<'_>) -> usize {
    let first =
        find_child(node, |child| (Kind::of(child) != Kind::AttributeList && !child.is_extra()).then_some(child));
    first.unwrap_or(node).start_byte()
}
