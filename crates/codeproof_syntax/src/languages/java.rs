//! Java. Names are qualified with the package of the file: `com.shop.Order.Line.total`.

use std::ops::ControlFlow;

use codeproof_types::{CallKind, HintSource, Language, SymbolKind, Visibility};
use tree_sitter::{Node, Tree};

use crate::collector::{Collector, Definition, HintScope};
use crate::nodes::{child, count_arguments, each_child, find_child, node_kinds, walk};
use crate::type_names::{ANONYMOUS, TypeVariables, looks_like_class};

/// Java for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::Java,
    grammar: || tree_sitter_java::LANGUAGE.into(),
    extensions: &["java"],
    file_names: &[],
    interpreters: &[],
    prepare: |_| None,
    read,
    module: |_| None,
};

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = Kind::NAMES;

node_kinds! {
    tree_sitter_java::LANGUAGE;
    AnnotatedType = "annotated_type",
    Annotation = "annotation",
    AnnotationArguments = "annotation_argument_list",
    AnnotationElement = "annotation_type_element_declaration",
    AnnotationType = "annotation_type_declaration",
    ArgumentList = "argument_list",
    Asterisk = "asterisk",
    BlockComment = "block_comment",
    Cast = "cast_expression",
    CatchParameter = "catch_formal_parameter",
    CatchType = "catch_type",
    Class = "class_declaration",
    ClassBody = "class_body",
    CompactConstructor = "compact_constructor_declaration",
    Constant = "constant_declaration",
    Constructor = "constructor_declaration",
    ConstructorInvocation = "explicit_constructor_invocation",
    Creation = "object_creation_expression",
    Enum = "enum_declaration",
    EnumConstant = "enum_constant",
    ExtendsInterfaces = "extends_interfaces",
    Field = "field_declaration",
    FieldAccess = "field_access",
    ForEach = "enhanced_for_statement",
    FormalParameter = "formal_parameter",
    GenericType = "generic_type",
    Identifier = "identifier",
    Import = "import_declaration",
    InstanceOf = "instanceof_expression",
    Interface = "interface_declaration",
    LineComment = "line_comment",
    LocalVariable = "local_variable_declaration",
    MarkerAnnotation = "marker_annotation",
    Method = "method_declaration",
    MethodInvocation = "method_invocation",
    MethodReference = "method_reference",
    Modifiers = "modifiers",
    Package = "package_declaration",
    Record = "record_declaration",
    Resource = "resource",
    ScopedIdentifier = "scoped_identifier",
    ScopedType = "scoped_type_identifier",
    TypeIdentifier = "type_identifier",
    TypeList = "type_list",
    TypeParameter = "type_parameter",
    TypePattern = "type_pattern",
    VariableDeclarator = "variable_declarator",
}

fn read<'t>(tree: &'t Tree, facts: &mut Collector<'t>) {
    let mut reader = Reader {
        facts,
        package: "",
        variables: TypeVariables::default(),
        mentioned: Vec::new(),
        scoped_end: 0,
        anonymous: Vec::new(),
    };
    walk(tree, |node| {
        reader.facts.reach(node.start_byte());
        reader.variables.reach(node.start_byte());
        reader.visit(node);
    });
}

struct Reader<'f, 't> {
    facts: &'f mut Collector<'t>,
    /// The package of the file, empty without.
    package: &'t str,
    variables: TypeVariables<'t>,
    /// Where the names of types start that were mentioned before the walk came to them, innermost last.
    mentioned: Vec<usize>,
    /// End of the last type with a scope: small letters before it name packages.
    scoped_end: usize,
    /// Creations whose anonymous class the walk did not come to yet, with the start of its body.
    anonymous: Vec<(usize, Node<'t>)>,
}

impl<'t> Reader<'_, 't> {
    fn visit(&mut self, node: Node<'t>) {
        match Kind::of(node) {
            Kind::LineComment | Kind::BlockComment => self.facts.comment(node),
            Kind::Package => self.package(node),
            Kind::Import => self.import(node),
            Kind::Class | Kind::Record => self.class(node, SymbolKind::Class),
            Kind::Interface | Kind::AnnotationType => self.class(node, SymbolKind::Interface),
            Kind::Enum => self.class(node, SymbolKind::Enum),
            Kind::ClassBody => self.anonymous_class(node),
            Kind::EnumConstant => self.enum_constant(node),
            Kind::Method | Kind::Constructor | Kind::CompactConstructor | Kind::AnnotationElement => self.method(node),
            Kind::Field | Kind::Constant => self.fields(node),
            Kind::Creation => self.creation(node),
            Kind::MethodInvocation => self.method_invocation(node),
            Kind::ConstructorInvocation => self.constructor_invocation(node),
            Kind::FieldAccess => self.field_access(node),
            Kind::MethodReference => self.mention_class(node.named_child(0)),
            Kind::Annotation | Kind::MarkerAnnotation => self.annotation(node),
            Kind::TypeParameter => self.mentioned.extend(type_identifier(node).map(|name| name.start_byte())),
            Kind::ScopedType => self.scoped_type(node),
            Kind::TypeIdentifier => self.type_identifier(node),
            Kind::LocalVariable => self.local_variables(node),
            Kind::FormalParameter | Kind::ForEach | Kind::Resource => {
                self.holds(node, node.child_by_field_name("type"), node.child_by_field_name("value"));
            }
            Kind::CatchParameter => {
                let types = child(node, Kind::CatchType).filter(|types| types.named_child_count() == 1);
                self.holds(node, types.and_then(|types| types.named_child(0)), None);
            }
            Kind::InstanceOf => self.holds(node, node.child_by_field_name("right"), None),
            Kind::TypePattern => self.type_pattern(node),
            _ => {}
        }
    }

    fn package(&mut self, node: Node<'t>) {
        let name = find_child(node, |child| is_name(child).then_some(child));
        let Some(name) = name.map(|name| self.facts.text(name)) else { return };
        self.package = name;
        self.facts.add(Definition::of(node, SymbolKind::Namespace, name, name.to_owned()));
    }

    /// `import a.b.C;`, `import a.b.*;`, `import static a.b.C.m;`
    fn import(&mut self, node: Node<'t>) {
        let Some(path) = find_child(node, |child| is_name(child).then_some(child)) else { return };
        let path: String = self.facts.text(path).split_whitespace().collect();
        let (module, name) = match child(node, Kind::Asterisk) {
            Some(_) => (path.as_str(), "*"),
            None => path.rsplit_once('.').unwrap_or(("", &path)),
        };
        self.facts.import(node.start_byte(), module, name, None, 0);
    }

    /// Qualified name of what stands around, and of `name` in it.
    fn qualified(&self, name: &str) -> (Option<String>, String) {
        self.facts.nested(Some(self.package).filter(|package| !package.is_empty()), ".", name)
    }

    fn definition(&self, node: Node<'t>, kind: SymbolKind, name: &'t str) -> Definition<'t> {
        let (parent, qualified_name) = self.qualified(name);
        let (visibility, is_static) = modifiers(node);
        // What says nothing is public in an interface, else for the package.
        let in_interface = self.facts.scope().is_some_and(|scope| scope.kind == SymbolKind::Interface);
        let default = if in_interface { Visibility::Public } else { Visibility::Protected };
        Definition {
            parent,
            start: own_start(node),
            visibility: visibility.or(Some(default)),
            is_static,
            ..Definition::of(node, kind, name, qualified_name)
        }
    }

    fn class(&mut self, node: Node<'t>, kind: SymbolKind) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let definition = self.definition(node, kind, self.facts.text(name));
        self.facts.define(definition);
        self.type_parameters(node);
        self.decorators(node);
        each_child(node, |child| {
            match Kind::of(child) {
                Kind::ExtendsInterfaces => self.bases(child),
                _ if Some(child) == node.child_by_field_name("superclass") => self.bases(child),
                _ if Some(child) == node.child_by_field_name("interfaces") => self.bases(child),
                _ => {}
            }
            ControlFlow::Continue(())
        });
        if Kind::of(node) == Kind::Record {
            self.components(node);
        }
    }

    fn bases(&mut self, clause: Node<'t>) {
        let list = child(clause, Kind::TypeList).unwrap_or(clause);
        each_child(list, |base| {
            if let Some(base) = named_type(base) {
                self.facts.base(self.facts.text(base));
            }
            ControlFlow::Continue(())
        });
    }

    /// The components of a record are its fields; who sees the record may read them.
    fn components(&mut self, record: Node<'t>) {
        let Some(list) = record.child_by_field_name("parameters") else { return };
        each_child(list, |component| {
            if let (Kind::FormalParameter, Some(name)) = (Kind::of(component), component.child_by_field_name("name")) {
                let field = self.definition(component, SymbolKind::Property, self.facts.text(name));
                self.facts.add(Definition { visibility: Some(Visibility::Public), ..field });
                self.decorators(component);
            }
            ControlFlow::Continue(())
        });
    }

    fn enum_constant(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let definition = self.definition(node, SymbolKind::EnumCase, self.facts.text(name));
        self.facts.define(Definition { visibility: Some(Visibility::Public), ..definition });
        self.decorators(node);
    }

    fn method(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let definition = self.definition(node, SymbolKind::Method, self.facts.text(name));
        self.facts.define(definition);
        self.type_parameters(node);
        self.decorators(node);
        let result = node.child_by_field_name("type").and_then(named_type);
        if let Some(result) = result.filter(|result| !self.is_variable(*result)) {
            self.facts.hint(HintScope::Innermost, node.start_byte(), "", self.facts.text(result), HintSource::Type);
        }
    }

    fn fields(&mut self, node: Node<'t>) {
        let is_constant = Kind::of(node) == Kind::Constant || (has(node, "static") && has(node, "final"));
        let kind = if is_constant { SymbolKind::Constant } else { SymbolKind::Property };
        let field_type = node.child_by_field_name("type");
        // Once for all names: there may be many.
        let (_, prefix) = self.qualified("");
        let common = self.definition(node, kind, "");
        each_child(node, |declarator| {
            if let (Kind::VariableDeclarator, Some(name)) =
                (Kind::of(declarator), declarator.child_by_field_name("name"))
            {
                let value = declarator.child_by_field_name("value");
                let text = self.facts.text(name);
                self.facts.add(Definition {
                    name: text.into(),
                    qualified_name: format!("{prefix}{text}"),
                    parent: common.parent.clone(),
                    head_end: self.facts.head_end(node.end_byte(), name, value),
                    doc: None,
                    ..common
                });
                self.decorators(node);
                self.holds(declarator, field_type, value);
            }
            ControlFlow::Continue(())
        });
    }

    /// Opens the class of `new Base() { … }` when the walk comes to its body.
    fn anonymous_class(&mut self, body: Node<'t>) {
        let Some((_, creation)) = self.anonymous.pop_if(|(start, _)| *start == body.start_byte()) else { return };
        let (parent, qualified_name) = self.qualified(ANONYMOUS);
        self.facts.define(Definition {
            parent,
            head_end: body.start_byte(),
            ..Definition::of(creation, SymbolKind::Class, ANONYMOUS, qualified_name)
        });
        if let Some(base) = creation.child_by_field_name("type") {
            self.facts.base(self.facts.text(base));
        }
    }

    /// Adds the annotations of `node` to the symbol that was added last.
    fn decorators(&mut self, node: Node<'t>) {
        let (Some(symbol), Some(modifiers)) = (self.facts.newest(), modifiers_of(node)) else { return };
        each_child(modifiers, |child| {
            if is_annotation(child) {
                let text = self.facts.text(child).trim_start_matches('@');
                self.facts.decorator_of(symbol, text);
            }
            ControlFlow::Continue(())
        });
    }

    fn type_parameters(&mut self, node: Node<'t>) {
        let Some(parameters) = node.child_by_field_name("type_parameters") else { return };
        each_child(parameters, |parameter| {
            if let (Kind::TypeParameter, Some(name)) = (Kind::of(parameter), type_identifier(parameter)) {
                self.variables.add(self.facts.text(name), node.end_byte());
            }
            ControlFlow::Continue(())
        });
    }

    fn creation(&mut self, node: Node<'t>) {
        let Some(class) = node.child_by_field_name("type") else { return };
        if let Some(body) = child(node, Kind::ClassBody) {
            self.anonymous.push((body.start_byte(), node));
        }
        let bare = if Kind::of(class) == Kind::GenericType { class.named_child(0).unwrap_or(class) } else { class };
        let name = if Kind::of(bare) == Kind::ScopedType { last_type_identifier(bare) } else { Some(bare) };
        let Some(name) = name.filter(|name| Kind::of(*name) == Kind::TypeIdentifier) else { return };
        let arguments = node.child_by_field_name("arguments").map_or(0, count_arguments);
        let receiver = self.facts.slice(bare.start_byte(), name.start_byte()).trim_end().trim_end_matches('.');
        self.facts.call(CallKind::ClassRef, name.start_byte(), self.facts.text(name), Some(receiver), arguments);
        self.mentioned.push(name.start_byte());
    }

    fn method_invocation(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let object = node.child_by_field_name("object");
        let arguments = node.child_by_field_name("arguments").map_or(0, count_arguments);
        let receiver = object.map(|object| self.facts.text(object));
        self.facts.call(CallKind::Call, name.start_byte(), self.facts.text(name), receiver, arguments);
        self.mention_class(object);
    }

    /// `this(…)` and `super(…)`.
    fn constructor_invocation(&mut self, node: Node<'t>) {
        let Some(name) = node.child_by_field_name("constructor") else { return };
        let arguments = node.child_by_field_name("arguments").map_or(0, count_arguments);
        self.facts.call(CallKind::Call, name.start_byte(), self.facts.text(name), None, arguments);
    }

    /// `Class.field` mentions the class, and so does `package.Class` before whatever follows.
    fn field_access(&mut self, node: Node<'t>) {
        let object = node.child_by_field_name("object");
        self.mention_class(object);
        let Some(field) = node.child_by_field_name("field") else { return };
        let name = self.facts.text(field);
        if looks_like_class(name) {
            let receiver = object.map(|object| self.facts.text(object));
            self.facts.call(CallKind::ClassRef, field.start_byte(), name, receiver, 0);
        }
    }

    /// Mentions `object` when it is the name of a class by the look of it.
    fn mention_class(&mut self, object: Option<Node<'t>>) {
        let Some(object) = object.filter(|object| Kind::of(*object) == Kind::Identifier) else { return };
        let name = self.facts.text(object);
        if looks_like_class(name) {
            self.facts.call(CallKind::ClassRef, object.start_byte(), name, None, 0);
        }
    }

    fn annotation(&mut self, node: Node<'t>) {
        let Some(path) = node.child_by_field_name("name") else { return };
        let name = path.child_by_field_name("name").unwrap_or(path);
        let receiver = path.child_by_field_name("scope").map(|scope| self.facts.text(scope));
        let arguments = node.child_by_field_name("arguments").map_or(0, count_arguments);
        self.facts.call(CallKind::ClassRef, name.start_byte(), self.facts.text(name), receiver, arguments);
    }

    /// `a.b.C`: its last name, with what stands before it.
    fn scoped_type(&mut self, node: Node<'t>) {
        self.scoped_end = self.scoped_end.max(node.end_byte());
        let Some(name) = last_type_identifier(node) else { return };
        if self.is_mentioned(name.start_byte()) {
            return;
        }
        let text = self.facts.text(name);
        if looks_like_class(text) {
            let receiver = self.facts.slice(node.start_byte(), name.start_byte()).trim_end().trim_end_matches('.');
            self.facts.call(CallKind::ClassRef, name.start_byte(), text, Some(receiver), 0);
        }
        self.mentioned.push(name.start_byte());
    }

    fn type_identifier(&mut self, node: Node<'t>) {
        let start = node.start_byte();
        let name = self.facts.text(node);
        if self.is_mentioned(start) || name == "var" || self.variables.contains(name) {
            return;
        }
        if start >= self.scoped_end || looks_like_class(name) {
            self.facts.call(CallKind::ClassRef, start, name, None, 0);
        }
    }

    /// Whether the name at `start` was mentioned before; forgets names that the walk has passed.
    fn is_mentioned(&mut self, start: usize) -> bool {
        while self.mentioned.pop_if(|mentioned| *mentioned < start).is_some() {}
        self.mentioned.last() == Some(&start)
    }

    fn local_variables(&mut self, node: Node<'t>) {
        let written = node.child_by_field_name("type");
        each_child(node, |declarator| {
            if Kind::of(declarator) == Kind::VariableDeclarator {
                self.holds(declarator, written, declarator.child_by_field_name("value"));
            }
            ControlFlow::Continue(())
        });
    }

    fn type_pattern(&mut self, node: Node<'t>) {
        let name = child(node, Kind::Identifier);
        if let (Some(name), Some(written)) = (name, node.named_child(0).and_then(named_type)) {
            let (name, written) = (self.facts.text(name), self.facts.text(written));
            self.facts.hint(HintScope::Innermost, node.start_byte(), name, written, HintSource::Type);
        }
    }

    /// What the field `name` of `node` holds: the type that is written, or that of `value` for `var`.
    fn holds(&mut self, node: Node<'t>, written: Option<Node<'t>>, value: Option<Node<'t>>) {
        let (Some(name), Some(written)) = (node.child_by_field_name("name"), written.and_then(named_type)) else {
            return;
        };
        let (at, name) = (node.start_byte(), self.facts.text(name));
        if node.child_by_field_name("dimensions").is_some() || self.is_variable(written) {
            return;
        }
        if self.facts.text(written) != "var" {
            return self.facts.hint(HintScope::Innermost, at, name, self.facts.text(written), HintSource::Type);
        }
        if let Some((of, source)) = value.filter(|_| Kind::of(node) != Kind::ForEach).and_then(|it| self.value(it)) {
            self.facts.hint(HintScope::Innermost, at, name, &of, source);
        }
    }

    /// What an expression is, where its first word tells.
    fn value(&self, node: Node<'t>) -> Option<(String, HintSource)> {
        match Kind::of(node) {
            Kind::Creation | Kind::Cast => {
                let written = named_type(node.child_by_field_name("type")?)?;
                Some((self.facts.text(written).to_owned(), HintSource::Type))
            }
            Kind::MethodInvocation => {
                let name = node.child_by_field_name("name")?;
                let called = self.facts.slice(node.start_byte(), name.end_byte());
                (!called.contains(['(', '['])).then(|| (called.to_owned(), HintSource::Call))
            }
            Kind::Identifier => self.facts.hinted(self.facts.text(node)),
            _ => None,
        }
    }

    fn is_variable(&self, written: Node<'t>) -> bool {
        self.variables.contains(self.facts.text(written))
    }
}

fn is_name(node: Node<'_>) -> bool {
    matches!(Kind::of(node), Kind::Identifier | Kind::ScopedIdentifier)
}

fn is_annotation(node: Node<'_>) -> bool {
    matches!(Kind::of(node), Kind::Annotation | Kind::MarkerAnnotation)
}

fn type_identifier(node: Node<'_>) -> Option<Node<'_>> {
    child(node, Kind::TypeIdentifier)
}

/// The name of a type behind its packages and outer classes.
fn last_type_identifier(node: Node<'_>) -> Option<Node<'_>> {
    let mut last = None;
    each_child(node, |child| {
        if Kind::of(child) == Kind::TypeIdentifier {
            last = Some(child);
        }
        ControlFlow::Continue(())
    });
    last
}

/// A type that is a name: no array, no primitive.
fn named_type(node: Node<'_>) -> Option<Node<'_>> {
    match Kind::of(node) {
        Kind::TypeIdentifier | Kind::ScopedType | Kind::GenericType => Some(node),
        Kind::AnnotatedType => find_child(node, |child| {
            matches!(Kind::of(child), Kind::TypeIdentifier | Kind::ScopedType | Kind::GenericType).then_some(child)
        }),
        _ => None,
    }
}

/// The modifiers and annotations of a declaration: they stand first.
fn modifiers_of(node: Node<'_>) -> Option<Node<'_>> {
    let first = find_child(node, |child| (!child.is_extra()).then_some(child))?;
    (Kind::of(first) == Kind::Modifiers).then_some(first)
}

/// Where a declaration starts behind its annotations.
fn own_start(node: Node<'_>) -> usize {
    let behind_annotations = |child: Node<'_>| (!is_annotation(child) && !child.is_extra()).then(|| child.start_byte());
    let first = find_child(node, |child| match Kind::of(child) {
        Kind::Modifiers => find_child(child, behind_annotations),
        _ => behind_annotations(child),
    });
    first.unwrap_or(node.start_byte())
}

/// Whether `word` is one of the modifiers of `node`.
fn has(node: Node<'_>, word: &str) -> bool {
    modifiers_of(node)
        .is_some_and(|modifiers| find_child(modifiers, |child| (child.kind() == word).then_some(())).is_some())
}

fn modifiers(node: Node<'_>) -> (Option<Visibility>, bool) {
    let (mut visibility, mut is_static) = (None, false);
    if let Some(modifiers) = modifiers_of(node) {
        each_child(modifiers, |child| {
            match child.kind() {
                "public" => visibility = Some(Visibility::Public),
                "protected" => visibility = Some(Visibility::Protected),
                "private" => visibility = Some(Visibility::Private),
                "static" => is_static = true,
                _ => {}
            }
            ControlFlow::Continue(())
        });
    }
    (visibility, is_static)
}
