//! Python 3 (and what Python 2 shares with it).

use std::borrow::Cow;
use std::ops::ControlFlow;

use codeproof_types::{CallKind, HintSource, Language, RepoPath, SymbolKind};
use tree_sitter::{Node, Tree};

use crate::collector::{Collector, Definition, HintScope};
use crate::documentation;
use crate::nodes::{count_arguments, each_child, end_of_content, find_child, node_kinds, walk};

/// Python for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::Python,
    grammar: || tree_sitter_python::LANGUAGE.into(),
    extensions: &["py", "pyi", "pyw"],
    file_names: &["SConstruct", "SConscript", "wscript"],
    interpreters: &["python", "pypy"],
    prepare: |_| None,
    read,
    module: |path| Some(module_of(path)),
};

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = Kind::NAMES;

node_kinds! {
    tree_sitter_python::LANGUAGE;
    AliasedImport = "aliased_import",
    AsPattern = "as_pattern",
    Assignment = "assignment",
    Attribute = "attribute",
    Await = "await",
    Call = "call",
    Class = "class_definition",
    Comment = "comment",
    Decorated = "decorated_definition",
    Decorator = "decorator",
    DottedName = "dotted_name",
    ExpressionStatement = "expression_statement",
    Function = "function_definition",
    FutureImport = "future_import_statement",
    GeneratorExpression = "generator_expression",
    Identifier = "identifier",
    Import = "import_statement",
    ImportFrom = "import_from_statement",
    String = "string",
    Subscript = "subscript",
    TypedDefaultParameter = "typed_default_parameter",
    TypedParameter = "typed_parameter",
    WildcardImport = "wildcard_import",
}

/// `pkg/mod.py` is `pkg.mod`, `pkg/__init__.py` is `pkg`; every folder of the path counts.
fn module_of(path: &RepoPath) -> String {
    let stem = path.as_str().rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem);
    let module = stem.strip_suffix("/__init__").unwrap_or(stem);
    module.replace('/', ".")
}

fn read<'t>(tree: &'t Tree, facts: &mut Collector<'t>) {
    // The decorators of the definition that comes next, with where it starts.
    let mut decorated: (usize, Option<Node<'t>>) = (usize::MAX, None);
    walk(tree, |node| {
        facts.reach(node.start_byte());
        match Kind::of(node) {
            Kind::Comment => facts.comment(node),
            Kind::Decorated => {
                if let Some(inner) = node.child_by_field_name("definition") {
                    decorated = (inner.start_byte(), Some(node));
                }
            }
            Kind::Class | Kind::Function => {
                let decorators = decorated.1.filter(|_| decorated.0 == node.start_byte());
                define(node, decorators, facts);
            }
            Kind::TypedParameter | Kind::TypedDefaultParameter => parameter(node, facts),
            Kind::Assignment => assignment(node, facts),
            Kind::AsPattern => {
                let target = node.child_by_field_name("alias").and_then(|alias| alias.named_child(0));
                holds_value(target, node.named_child(0), facts);
            }
            Kind::Call => call(node, facts),
            Kind::Import => import(node, facts),
            Kind::ImportFrom => import_from(node, facts),
            Kind::FutureImport => each_name(node, facts, "__future__", 0),
            _ => {}
        }
    });
}

fn define<'t>(node: Node<'t>, decorated: Option<Node<'t>>, facts: &mut Collector<'t>) {
    let (Some(name), Some(body)) = (node.child_by_field_name("name"), node.child_by_field_name("body")) else { return };
    let name = facts.text(name);
    let scope = facts.scope();
    let is_class = Kind::of(node) == Kind::Class;
    let kind = match scope {
        _ if is_class => SymbolKind::Class,
        Some(scope) if scope.kind == SymbolKind::Class => SymbolKind::Method,
        _ => SymbolKind::Function,
    };
    let parent = scope.map(|scope| scope.qualified_name.clone());
    let qualified_name = parent.as_ref().map_or_else(|| name.to_owned(), |parent| format!("{parent}.{name}"));
    if is_class {
        each_base(node, |name, receiver| {
            let receiver = receiver.map(|receiver| facts.text(receiver));
            facts.call(CallKind::ClassRef, name.start_byte(), facts.text(name), receiver, 0);
        });
    }
    let decorated_start = decorated.map_or(node.start_byte(), |decorated| decorated.start_byte());
    facts.define(Definition {
        kind,
        name: Cow::Borrowed(name),
        qualified_name,
        parent,
        decorated_start,
        start: node.start_byte(),
        head_end: body.start_byte(),
        end: end_of_content(node),
        visibility: None,
        is_static: is_static(decorated_start, node, facts),
        doc: docstring(body, facts),
    });
    if is_class {
        each_base(node, |name, receiver| {
            facts.base(facts.slice(receiver.unwrap_or(name).start_byte(), name.end_byte()));
        });
    }
    if let Some(decorated) = decorated {
        each_child(decorated, |child| {
            if Kind::of(child) == Kind::Decorator {
                facts.decorator(facts.text(child).trim_start_matches('@'));
            }
            ControlFlow::Continue(())
        });
    }
    if let Some(result) = node.child_by_field_name("return_type") {
        facts.hint(HintScope::Innermost, result.start_byte(), "", annotated(facts.text(result)), HintSource::Type);
    }
}

/// Whether one of the decorators' lines is `@staticmethod`.
fn is_static(decorated_start: usize, node: Node<'_>, facts: &Collector<'_>) -> bool {
    facts.slice(decorated_start, node.start_byte()).lines().any(|line| line.trim() == "@staticmethod")
}

/// The class that an annotation is about: `"User"`, `Optional[User]`, `User | None`, `Annotated[User, …]` and
/// `Type[User]` are all about `User`.
fn annotated(written: &str) -> &str {
    const WRAPPERS: [&str; 7] = ["Optional", "Annotated", "ClassVar", "Final", "Type", "type", "Self"];
    let mut text = written.trim().trim_matches(['"', '\'']);
    while let Some((outer, inner)) = text.split_once('[') {
        let outer = outer.rsplit('.').next().unwrap_or(outer);
        if !WRAPPERS.contains(&outer) {
            break;
        }
        let first = inner.trim_end_matches(']').split(',').next().unwrap_or_default();
        text = first.trim().trim_matches(['"', '\'']);
    }
    let parts = text.split('|').map(str::trim);
    let mut classes = parts.filter(|part| *part != "None");
    match (classes.next(), classes.next()) {
        (Some(class), None) => class,
        _ => "",
    }
}

/// `name: Type` and `name: Type = value` of a function.
fn parameter<'t>(node: Node<'t>, facts: &mut Collector<'t>) {
    let name = node.child_by_field_name("name").or_else(|| node.named_child(0));
    let Some(name) = name.filter(|name| Kind::of(*name) == Kind::Identifier) else { return };
    if let Some(written) = node.child_by_field_name("type") {
        let class = annotated(facts.text(written));
        facts.hint(HintScope::Innermost, node.start_byte(), facts.text(name), class, HintSource::Type);
    }
}

/// `x: Type = …`, `x = Call(…)`, `self.x = …`.
fn assignment<'t>(node: Node<'t>, facts: &mut Collector<'t>) {
    let left = node.child_by_field_name("left");
    let Some(written) = node.child_by_field_name("type") else {
        return holds_value(left, node.child_by_field_name("right"), facts);
    };
    if let Some((scope, name)) = left.and_then(|left| held(left, facts)) {
        facts.hint(scope, node.start_byte(), name, annotated(facts.text(written)), HintSource::Type);
    }
}

/// What `target` holds when `value` is a call, or a name whose type is known.
fn holds_value<'t>(target: Option<Node<'t>>, value: Option<Node<'t>>, facts: &mut Collector<'t>) {
    let (Some((scope, name)), Some(mut value)) = (target.and_then(|target| held(target, facts)), value) else { return };
    if Kind::of(value) == Kind::Await {
        let Some(awaited) = value.named_child(0) else { return };
        value = awaited;
    }
    let at = value.start_byte();
    match Kind::of(value) {
        Kind::Call => {
            if let Some(function) = value.child_by_field_name("function") {
                facts.hint(scope, at, name, facts.text(function), HintSource::Call);
            }
        }
        Kind::Identifier => match facts.hinted(facts.text(value)) {
            Some((of, source)) => facts.hint(scope, at, name, &of, source),
            None if scope == HintScope::Innermost => {
                facts.hint(scope, at, name, facts.text(value), HintSource::Value);
            }
            // A parameter that is kept in an attribute cannot be looked up outside of its method.
            None => {}
        },
        Kind::Attribute => facts.hint(scope, at, name, facts.text(value), HintSource::Value),
        _ => {}
    }
}

/// Where a target keeps its value, and under which name: a variable, or an attribute of `self` or `cls`.
fn held<'t>(target: Node<'t>, facts: &Collector<'t>) -> Option<(HintScope, &'t str)> {
    match Kind::of(target) {
        Kind::Identifier => Some((HintScope::Innermost, facts.text(target))),
        Kind::Attribute => {
            let object = facts.text(target.child_by_field_name("object")?);
            let name = facts.text(target.child_by_field_name("attribute")?);
            matches!(object, "self" | "cls").then_some((HintScope::Class, name))
        }
        _ => None,
    }
}

fn docstring(body: Node<'_>, facts: &Collector<'_>) -> Option<String> {
    let first = find_child(body, |child| (!child.is_extra()).then_some(child))?;
    let literal = if Kind::of(first) == Kind::ExpressionStatement { first.named_child(0)? } else { first };
    (Kind::of(literal) == Kind::String).then(|| documentation::of_string(facts.text(literal))).flatten()
}

/// The classes that a class extends: name and what stands before it.
fn each_base<'t>(node: Node<'t>, mut visit: impl FnMut(Node<'t>, Option<Node<'t>>)) {
    let Some(bases) = node.child_by_field_name("superclasses") else { return };
    each_child(bases, |base| {
        // `Mixin[T]` extends `Mixin`.
        let base = if Kind::of(base) == Kind::Subscript { base.child_by_field_name("value") } else { Some(base) };
        if let Some((name, receiver)) = base.and_then(callee) {
            visit(name, receiver);
        }
        ControlFlow::Continue(())
    });
}

fn call<'t>(node: Node<'t>, facts: &mut Collector<'t>) {
    let (Some(function), Some(arguments)) =
        (node.child_by_field_name("function"), node.child_by_field_name("arguments"))
    else {
        return;
    };
    let Some((name, receiver)) = callee(function) else { return };
    let count = if Kind::of(arguments) == Kind::GeneratorExpression { 1 } else { count_arguments(arguments) };
    let receiver = receiver.map(|receiver| facts.text(receiver));
    facts.call(CallKind::Call, name.start_byte(), facts.text(name), receiver, count);
}

/// The name in `name` or `receiver.name`, with the receiver.
fn callee(expression: Node<'_>) -> Option<(Node<'_>, Option<Node<'_>>)> {
    match Kind::of(expression) {
        Kind::Identifier => Some((expression, None)),
        Kind::Attribute => {
            Some((expression.child_by_field_name("attribute")?, expression.child_by_field_name("object")))
        }
        _ => None,
    }
}

/// `import a.b, c as d`: the module itself is imported.
fn import<'t>(node: Node<'t>, facts: &mut Collector<'t>) {
    each_child(node, |child| {
        if let Some((name, alias)) = imported(child, facts) {
            facts.import(node.start_byte(), name, "", alias, 0);
        }
        ControlFlow::Continue(())
    });
}

/// `from ..a import b as c, d`.
fn import_from<'t>(node: Node<'t>, facts: &mut Collector<'t>) {
    let Some(module) = node.child_by_field_name("module_name") else { return };
    let written: String = facts.text(module).chars().filter(|c| !c.is_whitespace() && *c != '\\').collect();
    let module = written.trim_start_matches('.');
    let level = u32::try_from(written.len() - module.len()).unwrap_or(u32::MAX);
    each_name(node, facts, module, level);
}

fn each_name<'t>(node: Node<'t>, facts: &mut Collector<'t>, module: &str, level: u32) {
    let from = node.child_by_field_name("module_name").map(|module| module.id());
    each_child(node, |child| {
        if Some(child.id()) == from {
            return ControlFlow::Continue(());
        }
        if Kind::of(child) == Kind::WildcardImport {
            facts.import(node.start_byte(), module, "*", None, level);
        } else if let Some((name, alias)) = imported(child, facts) {
            facts.import(node.start_byte(), module, &name, alias, level);
        }
        ControlFlow::Continue(())
    });
}

/// The name and alias of one part of an import statement.
fn imported<'t>(part: Node<'t>, facts: &Collector<'t>) -> Option<(String, Option<&'t str>)> {
    let (name, alias) = match Kind::of(part) {
        Kind::DottedName => (part, None),
        Kind::AliasedImport => (part.child_by_field_name("name")?, part.child_by_field_name("alias")),
        _ => return None,
    };
    let name = facts.text(name).chars().filter(|c| !c.is_whitespace() && *c != '\\').collect();
    Some((name, alias.map(|alias| facts.text(alias))))
}
