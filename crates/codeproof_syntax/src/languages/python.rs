//! Python 3 (and what Python 2 shares with it).

use std::borrow::Cow;
use std::ops::ControlFlow;

use codeproof_types::{CallKind, Language, RepoPath, SymbolKind};
use tree_sitter::{Node, Tree};

use crate::collector::{Collector, Definition};
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
    Attribute = "attribute",
    Call = "call",
    Class = "class_definition",
    Comment = "comment",
    Decorated = "decorated_definition",
    DottedName = "dotted_name",
    ExpressionStatement = "expression_statement",
    Function = "function_definition",
    FutureImport = "future_import_statement",
    GeneratorExpression = "generator_expression",
    Identifier = "identifier",
    Import = "import_statement",
    ImportFrom = "import_from_statement",
    String = "string",
    WildcardImport = "wildcard_import",
}

/// `pkg/mod.py` is `pkg.mod`, `pkg/__init__.py` is `pkg`; every folder of the path counts.
fn module_of(path: &RepoPath) -> String {
    let stem = path.as_str().rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem);
    let module = stem.strip_suffix("/__init__").unwrap_or(stem);
    module.replace('/', ".")
}

fn read<'t>(tree: &'t Tree, facts: &mut Collector<'t>) {
    // Where the decorators of the definition start that comes next, with where it starts itself.
    let mut decorated = (usize::MAX, 0);
    walk(tree, |node| {
        facts.reach(node.start_byte());
        match Kind::of(node) {
            Kind::Comment => facts.comment(node),
            Kind::Decorated => {
                if let Some(inner) = node.child_by_field_name("definition") {
                    decorated = (inner.start_byte(), node.start_byte());
                }
            }
            Kind::Class | Kind::Function => {
                let decorated_start = if decorated.0 == node.start_byte() { decorated.1 } else { node.start_byte() };
                define(node, decorated_start, facts);
            }
            Kind::Call => call(node, facts),
            Kind::Import => import(node, facts),
            Kind::ImportFrom => import_from(node, facts),
            Kind::FutureImport => each_name(node, facts, "__future__", 0),
            _ => {}
        }
    });
}

fn define<'t>(node: Node<'t>, decorated_start: usize, facts: &mut Collector<'t>) {
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
        bases(node, facts);
    }
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
}

/// Whether one of the decorators' lines is `@staticmethod`.
fn is_static(decorated_start: usize, node: Node<'_>, facts: &Collector<'_>) -> bool {
    facts.slice(decorated_start, node.start_byte()).lines().any(|line| line.trim() == "@staticmethod")
}

fn docstring(body: Node<'_>, facts: &Collector<'_>) -> Option<String> {
    let first = find_child(body, |child| (!child.is_extra()).then_some(child))?;
    let literal = if Kind::of(first) == Kind::ExpressionStatement { first.named_child(0)? } else { first };
    (Kind::of(literal) == Kind::String).then(|| documentation::of_string(facts.text(literal))).flatten()
}

/// Adds the classes that a class extends as mentions.
fn bases<'t>(node: Node<'t>, facts: &mut Collector<'t>) {
    let Some(bases) = node.child_by_field_name("superclasses") else { return };
    each_child(bases, |base| {
        if let Some((name, receiver)) = callee(base) {
            let receiver = receiver.map(|receiver| facts.text(receiver));
            facts.call(CallKind::ClassRef, name.start_byte(), facts.text(name), receiver, 0);
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
