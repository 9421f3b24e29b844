//! The node kinds of the three grammars. TypeScript's and TSX's hold most of JavaScript's.

use tree_sitter::Node;

use crate::nodes::{find_child, node_kinds};

/// How many of the first kinds only JavaScript has.
#[cfg(test)]
const JAVASCRIPT_ONLY: usize = 2;

/// How many kinds follow that JavaScript and TSX have.
#[cfg(test)]
const JSX_ONLY: usize = 2;

/// How many of the last kinds only TypeScript and TSX have.
#[cfg(test)]
const TYPESCRIPT_ONLY: usize = 39;

/// Kinds of JavaScript's grammar, for the test that compares them.
#[cfg(test)]
pub(crate) const JAVASCRIPT_KIND_NAMES: &[&str] = Kind::NAMES.split_at(Kind::NAMES.len() - TYPESCRIPT_ONLY).0;

/// Kinds of TSX's grammar.
#[cfg(test)]
pub(crate) const TSX_KIND_NAMES: &[&str] = Kind::NAMES.split_at(JAVASCRIPT_ONLY).1;

/// Kinds of TypeScript's grammar.
#[cfg(test)]
pub(crate) const TYPESCRIPT_KIND_NAMES: &[&str] = Kind::NAMES.split_at(JAVASCRIPT_ONLY + JSX_ONLY).1;

node_kinds! {
    FieldDefinition = "field_definition",
    UsingDeclaration = "using_declaration",
    JsxOpening = "jsx_opening_element",
    JsxSelfClosing = "jsx_self_closing_element",
    Arguments = "arguments",
    ArrowFunction = "arrow_function",
    Assignment = "assignment_expression",
    AssignmentPattern = "assignment_pattern",
    Await = "await_expression",
    Binary = "binary_expression",
    Call = "call_expression",
    Class = "class",
    ClassBody = "class_body",
    ClassDeclaration = "class_declaration",
    ClassHeritage = "class_heritage",
    Comment = "comment",
    ComputedName = "computed_property_name",
    Decorator = "decorator",
    ExportClause = "export_clause",
    ExportSpecifier = "export_specifier",
    ExportStatement = "export_statement",
    ExpressionStatement = "expression_statement",
    FormalParameters = "formal_parameters",
    FunctionDeclaration = "function_declaration",
    FunctionExpression = "function_expression",
    GeneratorDeclaration = "generator_function_declaration",
    GeneratorFunction = "generator_function",
    HashBang = "hash_bang_line",
    HtmlComment = "html_comment",
    Identifier = "identifier",
    Import = "import",
    ImportClause = "import_clause",
    ImportSpecifier = "import_specifier",
    ImportStatement = "import_statement",
    LexicalDeclaration = "lexical_declaration",
    Member = "member_expression",
    MethodDefinition = "method_definition",
    NamedImports = "named_imports",
    NamespaceExport = "namespace_export",
    NamespaceImport = "namespace_import",
    New = "new_expression",
    Object = "object",
    ObjectAssignmentPattern = "object_assignment_pattern",
    ObjectPattern = "object_pattern",
    Pair = "pair",
    PairPattern = "pair_pattern",
    Parenthesized = "parenthesized_expression",
    PrivateIdentifier = "private_property_identifier",
    Program = "program",
    PropertyIdentifier = "property_identifier",
    ShorthandPattern = "shorthand_property_identifier_pattern",
    ShorthandProperty = "shorthand_property_identifier",
    String = "string",
    StringFragment = "string_fragment",
    Super = "super",
    TemplateString = "template_string",
    This = "this",
    VariableDeclaration = "variable_declaration",
    VariableDeclarator = "variable_declarator",
    AbstractClass = "abstract_class_declaration",
    AbstractMethod = "abstract_method_signature",
    AccessibilityModifier = "accessibility_modifier",
    Ambient = "ambient_declaration",
    As = "as_expression",
    EnumAssignment = "enum_assignment",
    EnumBody = "enum_body",
    EnumDeclaration = "enum_declaration",
    ExtendsClause = "extends_clause",
    ExtendsTypeClause = "extends_type_clause",
    FunctionSignature = "function_signature",
    GenericType = "generic_type",
    ImplementsClause = "implements_clause",
    ImportAlias = "import_alias",
    ImportRequire = "import_require_clause",
    IndexSignature = "index_signature",
    Instantiation = "instantiation_expression",
    InterfaceDeclaration = "interface_declaration",
    InternalModule = "internal_module",
    MappedType = "mapped_type_clause",
    MethodSignature = "method_signature",
    Module = "module",
    NestedIdentifier = "nested_identifier",
    NestedType = "nested_type_identifier",
    NonNull = "non_null_expression",
    ObjectType = "object_type",
    OptionalParameter = "optional_parameter",
    ParenthesizedType = "parenthesized_type",
    PropertySignature = "property_signature",
    PublicField = "public_field_definition",
    ReadonlyType = "readonly_type",
    RequiredParameter = "required_parameter",
    Satisfies = "satisfies_expression",
    TypeAlias = "type_alias_declaration",
    TypeAnnotation = "type_annotation",
    TypeArguments = "type_arguments",
    TypeIdentifier = "type_identifier",
    TypeParameter = "type_parameter",
    UnionType = "union_type",
}

/// The kinds of one grammar's nodes.
#[derive(Clone, Copy)]
pub(super) struct Kinds<'k>(pub(super) &'k [Kind]);

impl Kinds<'_> {
    /// The kind of `node`.
    pub(super) fn of(self, node: Node<'_>) -> Kind {
        self.0.get(usize::from(node.kind_id())).copied().unwrap_or(Kind::Other)
    }

    /// The first child of a kind.
    pub(super) fn child<'t>(self, node: Node<'t>, kind: Kind) -> Option<Node<'t>> {
        find_child(node, |child| (self.of(child) == kind).then_some(child))
    }

    /// Whether `node` is a function that is a value.
    pub(super) fn is_function(self, node: Node<'_>) -> bool {
        matches!(self.of(node), Kind::ArrowFunction | Kind::FunctionExpression | Kind::GeneratorFunction)
    }

    /// Whether `node` declares variables.
    pub(super) fn is_variables(self, node: Node<'_>) -> bool {
        matches!(self.of(node), Kind::LexicalDeclaration | Kind::VariableDeclaration | Kind::UsingDeclaration)
    }

    /// An expression without parentheses, `await`, types and marks around it.
    pub(super) fn bare<'t>(self, node: Node<'t>) -> Node<'t> {
        let mut node = node;
        while let Kind::Parenthesized | Kind::Await | Kind::As | Kind::Satisfies | Kind::NonNull | Kind::Instantiation =
            self.of(node)
        {
            let Some(inner) = node.named_child(0) else { break };
            node = inner;
        }
        node
    }
}
