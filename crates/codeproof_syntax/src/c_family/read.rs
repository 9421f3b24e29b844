//! Facts of C and C++ files from their trees; directives from their text, where no conditional can hide them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::ControlFlow;

use codeproof_types::{CallKind, HintSource, SymbolKind, Visibility};
use tree_sitter::{Node, Tree};

use super::Dialect;
use super::declarators::{declared, without_arguments};
use super::macros::add_directive;
use super::tokens::{TokenKind, tokens};
use crate::collector::{Collector, Definition, HintScope, Scope, fold};
use crate::nodes::{count_arguments, each_child, find_child, node_kinds, walk};

/// Node kinds that only the C++ grammar has stand at the end, so that the test can compare C's with its grammar.
#[cfg(test)]
pub(crate) const C_KIND_NAMES: &[&str] = Kind::NAMES.split_at(32).0;

node_kinds! {
    ArrayDeclarator = "array_declarator",
    AttributedDeclarator = "attributed_declarator",
    Call = "call_expression",
    Comment = "comment",
    CompoundStatement = "compound_statement",
    Declaration = "declaration",
    EnumSpecifier = "enum_specifier",
    Enumerator = "enumerator",
    FieldDeclaration = "field_declaration",
    FieldDeclarationList = "field_declaration_list",
    FieldExpression = "field_expression",
    FieldIdentifier = "field_identifier",
    FunctionDeclarator = "function_declarator",
    FunctionDefinition = "function_definition",
    Identifier = "identifier",
    IfStatement = "if_statement",
    InitDeclarator = "init_declarator",
    ParameterDeclaration = "parameter_declaration",
    ParenthesizedDeclarator = "parenthesized_declarator",
    PointerDeclarator = "pointer_declarator",
    PreprocDef = "preproc_def",
    PreprocElseIf = "preproc_elif",
    PreprocFunctionDef = "preproc_function_def",
    PreprocIf = "preproc_if",
    PreprocInclude = "preproc_include",
    PreprocParams = "preproc_params",
    PrimitiveType = "primitive_type",
    StorageClass = "storage_class_specifier",
    StructSpecifier = "struct_specifier",
    TypeDefinition = "type_definition",
    TypeIdentifier = "type_identifier",
    UnionSpecifier = "union_specifier",
    AccessSpecifier = "access_specifier",
    AliasDeclaration = "alias_declaration",
    BaseClassClause = "base_class_clause",
    ClassSpecifier = "class_specifier",
    ConceptDefinition = "concept_definition",
    DependentName = "dependent_name",
    DestructorName = "destructor_name",
    FriendDeclaration = "friend_declaration",
    NamespaceDefinition = "namespace_definition",
    NewExpression = "new_expression",
    OperatorCast = "operator_cast",
    OperatorName = "operator_name",
    QualifiedIdentifier = "qualified_identifier",
    ReferenceDeclarator = "reference_declarator",
    TemplateDeclaration = "template_declaration",
    TemplateFunction = "template_function",
    TemplateMethod = "template_method",
    TemplateType = "template_type",
}

/// The kinds of one grammar's nodes.
#[derive(Clone, Copy)]
pub(super) struct Kinds<'k>(&'k [Kind]);

impl Kinds<'_> {
    /// The kind of `node`.
    pub(super) fn of(self, node: Node<'_>) -> Kind {
        self.0.get(usize::from(node.kind_id())).copied().unwrap_or(Kind::Other)
    }

    /// Whether `node` can be the declarator inside another one.
    pub(super) fn is_declarator(self, node: Node<'_>) -> bool {
        !matches!(self.of(node), Kind::Other | Kind::Comment)
    }
}

/// Adds the facts of a C or C++ tree, read with the node kinds of its grammar.
pub(crate) fn read<'t>(tree: &'t Tree, kinds: &[Kind], dialect: Dialect, facts: &mut Collector<'t>) {
    let mut directives =
        tokens(facts.whole()).into_iter().filter(|token| matches!(token.kind, TokenKind::Directive(_)));
    let mut next_directive = directives.next();
    let mut reader = Reader {
        kinds: Kinds(kinds),
        dialect,
        tokens_end: 0,
        template: None,
        typedef: None,
        bases_end: 0,
        friend_end: 0,
        condition_end: 0,
        namespaces: HashSet::new(),
    };
    walk(tree, |node| {
        while let Some(directive) = next_directive.take_if(|directive| directive.range.start <= node.start_byte()) {
            add_directive(&directive, facts);
            next_directive = directives.next();
        }
        facts.reach(node.start_byte());
        reader.visit(node, facts);
        if node.child_count() == 0 {
            reader.tokens_end = node.end_byte();
        }
    });
    next_directive.into_iter().chain(directives).for_each(|directive| add_directive(&directive, facts));
}

struct Reader<'k, 't> {
    kinds: Kinds<'k>,
    dialect: Dialect,
    /// End of the last token or comment that was visited.
    tokens_end: usize,
    /// Where the next templated declaration starts, with the start of its outermost `template`.
    template: Option<(usize, usize)>,
    /// A type without a name in a typedef: where it starts, with the name it gets.
    typedef: Option<(usize, &'t str)>,
    /// End of the last list of bases: what is `public` before it says nothing about members.
    bases_end: usize,
    /// End of a `friend` declaration whose function was not met yet, 0 when there is none.
    friend_end: usize,
    /// End of the condition of the last `#if`: what looks like a call before it is none.
    condition_end: usize,
    /// Names of the namespaces opened so far, as written.
    namespaces: HashSet<&'t str>,
}

impl<'t> Reader<'_, 't> {
    fn visit(&mut self, node: Node<'t>, facts: &mut Collector<'t>) {
        match self.kinds.of(node) {
            Kind::Comment => facts.comment(node),
            Kind::PreprocIf | Kind::PreprocElseIf => {
                self.condition_end = node.child_by_field_name("condition").map_or(0, |condition| condition.end_byte());
            }
            Kind::TemplateDeclaration => self.template(node),
            Kind::FriendDeclaration => self.friend_end = node.end_byte(),
            Kind::FunctionDefinition => self.function(node, facts),
            Kind::StructSpecifier => self.tagged(node, SymbolKind::Struct, facts),
            Kind::ClassSpecifier => self.tagged(node, SymbolKind::Class, facts),
            Kind::UnionSpecifier => self.tagged(node, SymbolKind::Union, facts),
            Kind::EnumSpecifier => self.tagged(node, SymbolKind::Enum, facts),
            Kind::Enumerator => self.simple(node, node.child_by_field_name("name"), SymbolKind::EnumCase, facts),
            Kind::TypeDefinition => self.type_definition(node, facts),
            Kind::Declaration | Kind::FieldDeclaration | Kind::ParameterDeclaration => self.variables(node, facts),
            Kind::AliasDeclaration => self.alias(node, facts),
            Kind::ConceptDefinition => {
                self.simple(node, node.child_by_field_name("name"), SymbolKind::Type, facts);
            }
            Kind::NamespaceDefinition => self.namespace(node, facts),
            Kind::AccessSpecifier if node.start_byte() >= self.bases_end => access(node, facts),
            Kind::Call if node.start_byte() >= self.condition_end => self.call(node, facts),
            Kind::NewExpression => self.creation(node, facts),
            Kind::BaseClassClause => {
                self.bases_end = node.end_byte();
                self.bases(node, facts);
            }
            _ => {}
        }
    }

    fn template(&mut self, node: Node<'_>) {
        let start = self.start(node);
        let mut declaration = None;
        each_child(node, |child| {
            if child.is_named() && !child.is_extra() {
                declaration = Some(child.start_byte());
            }
            ControlFlow::Continue(())
        });
        self.template = declaration.map(|declaration| (declaration, start));
    }

    /// Where a declaration starts, its `template` included.
    fn start(&self, node: Node<'_>) -> usize {
        match self.template {
            Some((declaration, start)) if declaration == node.start_byte() => start,
            _ => node.start_byte(),
        }
    }

    /// Where a function starts, with the macros right before it that preparation painted over: attributes are a part
    /// of what they describe.
    fn start_with_macros(&self, node: Node<'_>, facts: &Collector<'_>) -> usize {
        let start = self.start(node);
        let gap = facts.slice(self.tokens_end, start);
        let mut first = start;
        let mut line_end = start;
        for line in gap.rsplit('\n') {
            let word = line.trim_start();
            let is_bracket =
                ["BEGIN", "END"].iter().any(|bracket| word.starts_with(bracket) || word.ends_with(bracket));
            if word.starts_with(|c: char| c.is_alphabetic() || c == '_') && !is_bracket {
                first = line_end - word.len();
            } else if line_end < start {
                // A blank line or a directive: what stands above belongs to something else.
                break;
            }
            line_end = line_end.saturating_sub(line.len() + 1);
        }
        first
    }

    fn function(&mut self, node: Node<'t>, facts: &mut Collector<'t>) {
        let Some(declarator) = node.child_by_field_name("declarator") else { return };
        let Some(mut declared) = declared(declarator, self.kinds, facts).filter(|it| it.is_function) else { return };
        if is_keyword(&declared.name) {
            return;
        }
        let body = node.child_by_field_name("body");
        if let Some(invocation) = macro_head(node, declared.name_start, body, facts) {
            declared.name = invocation;
        }
        // A friend belongs to the namespace around the class.
        let is_friend = node.end_byte() <= std::mem::take(&mut self.friend_end);
        let scope = facts.scopes().find(|scope| !is_friend || !is_class(scope.kind));
        let scope = scope.map(|scope| (scope.kind, scope.qualified_name.clone()));
        let is_member = match &scope {
            Some((kind, _)) if is_class(*kind) => true,
            _ => declared.scopes.last().is_some_and(|last| !self.namespaces.contains(last.as_str())),
        };
        let mut parts = declared.scopes;
        parts.insert(0, scope.as_ref().map(|(_, name)| name.clone()).unwrap_or_default());
        let parent = join(&parts);
        let kind = if is_member { SymbolKind::Method } else { SymbolKind::Function };
        let in_class = scope.as_ref().is_some_and(|(kind, _)| is_class(*kind));
        let visibility = in_class.then(|| facts.scope().and_then(|scope| scope.member_visibility)).flatten();
        let start = self.start_with_macros(node, facts);
        facts.define(Definition {
            kind,
            qualified_name: join(&[parent.clone(), declared.name.clone()]),
            name: Cow::Owned(declared.name),
            parent: (!parent.is_empty()).then_some(parent),
            decorated_start: start,
            start,
            head_end: body.map_or(node.end_byte(), |body| body.start_byte()),
            end: node.end_byte(),
            visibility,
            is_static: self.is_static(node, facts),
            doc: None,
        });
    }

    fn is_static(&self, node: Node<'_>, facts: &Collector<'_>) -> bool {
        find_child(node, |child| match self.kinds.of(child) {
            Kind::StorageClass if facts.text(child) == "static" => Some(true),
            Kind::CompoundStatement => Some(false),
            _ => None,
        })
        .unwrap_or(false)
    }

    /// A struct, class, union or enum with a body; one without a name is named by its typedef or left out.
    fn tagged(&mut self, node: Node<'t>, kind: SymbolKind, facts: &mut Collector<'t>) {
        let Some(body) = node.child_by_field_name("body") else { return };
        let written = node.child_by_field_name("name").map(|name| without_arguments(facts.text(name)));
        let by_typedef = self.typedef.filter(|(start, _)| *start == node.start_byte()).map(|(_, name)| name.to_owned());
        let Some(full) = written.or(by_typedef) else {
            let visibility = default_visibility(kind);
            if is_class(kind) {
                let around = self.scope_of_tag(facts).unwrap_or_default();
                let end = node.end_byte();
                let (qualified_name, symbol) = (around, None);
                facts.open(Scope { kind, qualified_name, end, member_visibility: visibility, symbol });
            }
            return;
        };
        let parent = self.scope_of_tag(facts);
        let name = full.rsplit("::").next().unwrap_or(&full).to_owned();
        let start = self.start(node);
        facts.define(Definition {
            kind,
            name: Cow::Owned(name),
            qualified_name: join(&[parent.clone().unwrap_or_default(), full]),
            parent,
            decorated_start: start,
            start,
            head_end: body.start_byte(),
            end: node.end_byte(),
            visibility: None,
            is_static: false,
            doc: None,
        });
        if let Some(scope) = facts.scope_mut() {
            scope.member_visibility = default_visibility(kind);
        }
    }

    /// What a struct, union or enum belongs to. C knows functions only: a struct in a struct is known outside of it.
    fn scope_of_tag(&self, facts: &Collector<'_>) -> Option<String> {
        let around = facts.scopes().find(|scope| self.dialect == Dialect::Cpp || !is_class(scope.kind));
        around.map(|scope| scope.qualified_name.clone()).filter(|name| !name.is_empty())
    }

    fn simple(&mut self, node: Node<'t>, name: Option<Node<'t>>, kind: SymbolKind, facts: &mut Collector<'t>) {
        if let Some(name) = name {
            let name = facts.text(name);
            self.add(node, name, kind, node.end_byte(), facts);
        }
    }

    /// `using Name = …;` starts at its own line; `template <…>` before it decorates it, as compilers have it.
    fn alias(&mut self, node: Node<'t>, facts: &mut Collector<'t>) {
        if let Some(name) = node.child_by_field_name("name") {
            self.add_from(node.start_byte(), node, facts.text(name), SymbolKind::Type, node.end_byte(), facts);
        }
    }

    fn add(&mut self, node: Node<'t>, name: &'t str, kind: SymbolKind, head_end: usize, facts: &mut Collector<'t>) {
        self.add_from(self.start(node), node, name, kind, head_end, facts);
    }

    fn add_from(
        &mut self,
        start: usize,
        node: Node<'t>,
        name: &'t str,
        kind: SymbolKind,
        head_end: usize,
        facts: &mut Collector<'t>,
    ) {
        let parent = facts.scope().map(|scope| scope.qualified_name.clone()).filter(|name| !name.is_empty());
        facts.add(Definition {
            kind,
            name: Cow::Borrowed(name),
            qualified_name: join(&[parent.clone().unwrap_or_default(), name.to_owned()]),
            parent,
            decorated_start: self.start(node),
            start,
            head_end,
            end: node.end_byte(),
            visibility: None,
            is_static: false,
            doc: None,
        });
    }

    fn type_definition(&mut self, node: Node<'t>, facts: &mut Collector<'t>) {
        let mut cursor = node.walk();
        for declarator in node.children_by_field_name("declarator", &mut cursor) {
            let Some(declared) = declared(declarator, self.kinds, facts) else { continue };
            let name = facts.slice(declared.name_start, declared.name_start + declared.name.len());
            let is_plain = self.kinds.of(declarator) == Kind::TypeIdentifier;
            if let (true, Some(of)) = (is_plain, node.child_by_field_name("type")) {
                self.typedef = self.typedef.filter(|(start, _)| *start == of.start_byte());
                self.typedef.get_or_insert((of.start_byte(), name));
            }
            let body = node.child_by_field_name("type").and_then(|of| of.child_by_field_name("body"));
            let head_end = body.map_or(node.end_byte(), |body| body.start_byte());
            self.add(node, name, SymbolKind::Type, head_end, facts);
        }
    }

    /// What variables, fields and parameters hold; the parameters of a prototype belong to nothing.
    fn variables(&mut self, node: Node<'t>, facts: &mut Collector<'t>) {
        let Some(of) = node.child_by_field_name("type") else { return };
        if self.kinds.of(node) == Kind::ParameterDeclaration && facts.scope().is_none() {
            return;
        }
        let of = of.child_by_field_name("name").unwrap_or(of);
        let written = facts.text(of);
        // `unsigned long` is about as much as `long`.
        let type_name = written.rsplit(char::is_whitespace).next().unwrap_or(written);
        let mut cursor = node.walk();
        for declarator in node.children_by_field_name("declarator", &mut cursor) {
            let Some(declared) = declared(declarator, self.kinds, facts) else { continue };
            if declared.is_function || !declared.scopes.is_empty() {
                continue;
            }
            let value = declarator.child_by_field_name("value").filter(|_| type_name == "auto");
            let (of, source) = match value.map(|value| (self.kinds.of(value), value)) {
                None => (type_name, HintSource::Type),
                Some((Kind::NewExpression, value)) => {
                    (value.child_by_field_name("type").map_or("", |of| facts.text(of)), HintSource::Type)
                }
                Some((Kind::Call, value)) => {
                    (value.child_by_field_name("function").map_or("", |of| facts.text(of)), HintSource::Call)
                }
                Some(_) => continue,
            };
            facts.hint(HintScope::Innermost, declarator.start_byte(), &declared.name, of, source);
        }
    }

    fn namespace(&mut self, node: Node<'t>, facts: &mut Collector<'t>) {
        let (Some(name), Some(body)) = (node.child_by_field_name("name"), node.child_by_field_name("body")) else {
            return;
        };
        let name = facts.text(name);
        self.namespaces.insert(name);
        let parent = facts.scope().map(|scope| scope.qualified_name.clone());
        facts.define(Definition {
            kind: SymbolKind::Namespace,
            name: Cow::Borrowed(name),
            qualified_name: join(&[parent.clone().unwrap_or_default(), without_arguments(name)]),
            parent,
            decorated_start: node.start_byte(),
            start: node.start_byte(),
            head_end: body.start_byte(),
            end: node.end_byte(),
            visibility: None,
            is_static: false,
            doc: None,
        });
    }

    fn call(&mut self, node: Node<'t>, facts: &mut Collector<'t>) {
        let Some(mut function) = node.child_by_field_name("function") else { return };
        let arguments = node.child_by_field_name("arguments").map_or(0, count_arguments);
        let (start, mut operator) = (function.start_byte(), "");
        loop {
            function = match self.kinds.of(function) {
                Kind::Identifier | Kind::FieldIdentifier | Kind::DestructorName | Kind::OperatorName => break,
                Kind::FieldExpression => {
                    operator = function.child_by_field_name("operator").map_or(".", |operator| facts.text(operator));
                    let Some(field) = function.child_by_field_name("field") else { return };
                    field
                }
                Kind::QualifiedIdentifier => {
                    operator = "::";
                    let Some(name) = function.child_by_field_name("name") else { return };
                    name
                }
                Kind::TemplateFunction | Kind::TemplateMethod | Kind::DependentName => {
                    let Some(name) = function.child_by_field_name("name").or_else(|| function.named_child(0)) else {
                        return;
                    };
                    name
                }
                _ => return,
            };
        }
        let before = facts.slice(start, function.start_byte()).trim_end();
        let before = before.trim_end_matches("template").trim_end();
        let receiver = before.strip_suffix(operator).filter(|it| !it.is_empty());
        facts.call(CallKind::Call, function.start_byte(), facts.text(function), receiver, arguments);
    }

    fn creation(&mut self, node: Node<'t>, facts: &mut Collector<'t>) {
        let Some(class) = node.child_by_field_name("type") else { return };
        let arguments = node.child_by_field_name("arguments").map_or(0, count_arguments);
        facts.call(CallKind::ClassRef, class.start_byte(), &without_arguments(facts.text(class)), None, arguments);
    }

    fn bases(&mut self, node: Node<'t>, facts: &mut Collector<'t>) {
        each_child(node, |child| {
            if matches!(self.kinds.of(child), Kind::TypeIdentifier | Kind::QualifiedIdentifier | Kind::TemplateType) {
                let name = without_arguments(facts.text(child));
                facts.call(CallKind::ClassRef, child.start_byte(), &name, None, 0);
                facts.base(&name);
            }
            ControlFlow::Continue(())
        });
    }
}

/// The invocation of a macro that expands to the head of a function: preparation splits such a head into a type and a
/// name, which lie next to each other without a blank between them in the text.
fn macro_head(node: Node<'_>, name_start: usize, body: Option<Node<'_>>, facts: &Collector<'_>) -> Option<String> {
    let head = facts.slice(node.start_byte(), body?.start_byte());
    let is_split = node.start_byte() + 2 == name_start && head.as_bytes().get(1).is_some_and(|byte| is_word(*byte));
    let invocation = is_split.then(|| fold(head, 200))?;
    let name = invocation.split('(').next().unwrap_or_default().trim();
    // Old C leaves out the type of a function that returns an int; macros with a head in them are upper case.
    let is_macro = name.bytes().any(|byte| byte.is_ascii_uppercase());
    Some(if is_macro { invocation } else { name.to_owned() })
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn access(node: Node<'_>, facts: &mut Collector<'_>) {
    let visibility = match facts.text(node) {
        "public" => Visibility::Public,
        "protected" => Visibility::Protected,
        "private" => Visibility::Private,
        _ => return,
    };
    if let Some(scope) = facts.scope_mut().filter(|scope| is_class(scope.kind)) {
        scope.member_visibility = Some(visibility);
    }
}

fn default_visibility(kind: SymbolKind) -> Option<Visibility> {
    match kind {
        SymbolKind::Class => Some(Visibility::Private),
        SymbolKind::Struct | SymbolKind::Union => Some(Visibility::Public),
        _ => None,
    }
}

fn is_class(kind: SymbolKind) -> bool {
    matches!(kind, SymbolKind::Class | SymbolKind::Struct | SymbolKind::Union)
}

/// Joins the parts of a qualified name, empty ones left out.
fn join(parts: &[String]) -> String {
    parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("::")
}

/// Words that a broken tree may take for the name of a function.
fn is_keyword(name: &str) -> bool {
    matches!(
        name,
        "if" | "else" | "for" | "while" | "switch" | "return" | "do" | "sizeof" | "case" | "default" | "catch"
    )
}
