//! PHP, with or without HTML around it.

use std::borrow::Cow;
use std::ops::ControlFlow;

use codeproof_types::{CallKind, HintSource, Language, SymbolKind, Visibility};
use tree_sitter::{Node, Tree};

use crate::collector::{Collector, Definition, HintScope, Scope};
use crate::nodes::{each_child, find_child, node_kinds, walk};
use crate::php_names::{NameKind, Names, is_relative_class};

/// PHP for the rest of the crate.
pub(super) const DEFINITION: super::Definition = super::Definition {
    language: Language::Php,
    grammar: || tree_sitter_php::LANGUAGE_PHP.into(),
    extensions: &["php", "phtml", "php3", "php4", "php5", "php7", "phps", "inc", "module", "install", "theme"],
    file_names: &["artisan"],
    interpreters: &["php"],
    prepare: |_| None,
    read,
    module: |_| None,
};

#[cfg(test)]
pub(super) const KIND_NAMES: &[&str] = Kind::NAMES;

/// The name of a class that has none, as `get_class` begins it.
const ANONYMOUS: &str = "class@anonymous";

node_kinds! {
    tree_sitter_php::LANGUAGE_PHP;
    AnonymousClass = "anonymous_class",
    Argument = "argument",
    Arguments = "arguments",
    Assignment = "assignment_expression",
    Attribute = "attribute",
    AttributeGroup = "attribute_group",
    BaseClause = "base_clause",
    Binary = "binary_expression",
    Class = "class_declaration",
    ClassConstantAccess = "class_constant_access_expression",
    Comment = "comment",
    CompoundStatement = "compound_statement",
    Const = "const_declaration",
    ConstElement = "const_element",
    EncapsedString = "encapsed_string",
    Enum = "enum_declaration",
    EnumCase = "enum_case",
    Function = "function_definition",
    FunctionCall = "function_call_expression",
    Include = "include_expression",
    IncludeOnce = "include_once_expression",
    InsteadOf = "use_instead_of_clause",
    Interface = "interface_declaration",
    InterfaceClause = "class_interface_clause",
    MemberAccess = "member_access_expression",
    MemberCall = "member_call_expression",
    Method = "method_declaration",
    Name = "name",
    NamedType = "named_type",
    Namespace = "namespace_definition",
    NamespaceName = "namespace_name",
    New = "object_creation_expression",
    NullsafeMemberCall = "nullsafe_member_call_expression",
    OptionalType = "optional_type",
    Parenthesized = "parenthesized_expression",
    PromotedParameter = "property_promotion_parameter",
    Property = "property_declaration",
    PropertyElement = "property_element",
    QualifiedName = "qualified_name",
    RelativeName = "relative_name",
    RelativeScope = "relative_scope",
    Require = "require_expression",
    RequireOnce = "require_once_expression",
    ScopedCall = "scoped_call_expression",
    ScopedPropertyAccess = "scoped_property_access_expression",
    SimpleParameter = "simple_parameter",
    StaticModifier = "static_modifier",
    String = "string",
    StringContent = "string_content",
    Trait = "trait_declaration",
    Use = "namespace_use_declaration",
    UseClause = "namespace_use_clause",
    UseGroup = "namespace_use_group",
    UseTraits = "use_declaration",
    VariableName = "variable_name",
    VisibilityModifier = "visibility_modifier",
}

fn read<'t>(tree: &'t Tree, facts: &mut Collector<'t>) {
    let mut names = Names::default();
    walk(tree, |node| {
        facts.reach(node.start_byte());
        visit(node, &mut names, facts);
    });
}

fn visit<'t>(node: Node<'t>, names: &mut Names, facts: &mut Collector<'t>) {
    match Kind::of(node) {
        Kind::Comment => facts.comment(node),
        Kind::Namespace => namespace(node, names, facts),
        Kind::Use => use_declaration(node, names, facts),
        Kind::Class => class(node, SymbolKind::Class, names, facts),
        Kind::Interface => class(node, SymbolKind::Interface, names, facts),
        Kind::Trait => class(node, SymbolKind::Trait, names, facts),
        Kind::Enum => class(node, SymbolKind::Enum, names, facts),
        Kind::AnonymousClass => class(node, SymbolKind::Class, names, facts),
        Kind::Function => function(node, names, facts),
        Kind::Method => {
            member(node, node.child_by_field_name("name"), SymbolKind::Method, facts);
            attributes(node, facts);
            result(node, names, facts);
        }
        Kind::EnumCase => member(node, node.child_by_field_name("name"), SymbolKind::EnumCase, facts),
        Kind::PromotedParameter => {
            let name = node.child_by_field_name("name");
            member(node, name, SymbolKind::Property, facts);
            declared_type(HintScope::Class, node, name, names, facts);
            declared_type(HintScope::Innermost, node, name, names, facts);
        }
        Kind::SimpleParameter => {
            declared_type(HintScope::Innermost, node, node.child_by_field_name("name"), names, facts);
        }
        Kind::Property => properties(node, names, facts),
        Kind::Assignment => assignment(node, names, facts),
        Kind::Const => constants(node, names, facts),
        Kind::FunctionCall => function_call(node, names, facts),
        Kind::MemberCall | Kind::NullsafeMemberCall => member_call(node, node.child_by_field_name("object"), facts),
        Kind::ScopedCall => {
            let scope = node.child_by_field_name("scope");
            member_call(node, scope, facts);
            mention(scope, 0, names, facts);
        }
        Kind::ScopedPropertyAccess => mention(node.child_by_field_name("scope"), 0, names, facts),
        Kind::ClassConstantAccess => mention(node.named_child(0), 0, names, facts),
        Kind::New => creation(node, names, facts),
        Kind::Attribute => {
            let arguments = node.child_by_field_name("parameters").map_or(0, count);
            mention(node.named_child(0), arguments, names, facts);
        }
        Kind::BaseClause | Kind::InterfaceClause | Kind::UseTraits => bases(node, names, facts),
        Kind::NamedType => mentions(node, names, facts),
        Kind::InsteadOf => mentions(node, names, facts),
        Kind::Binary => instance_of(node, names, facts),
        Kind::Include | Kind::IncludeOnce | Kind::Require | Kind::RequireOnce => include(node, facts),
        _ => {}
    }
}

fn namespace<'t>(node: Node<'t>, names: &mut Names, facts: &mut Collector<'t>) {
    let name = node.child_by_field_name("name").map_or("", |name| facts.text(name));
    names.enter(name);
    let head_end = node.child_by_field_name("body").map_or(node.end_byte(), |body| body.start_byte());
    let parent = None;
    facts.add(Definition { parent, ..definition(node, SymbolKind::Namespace, name, name.to_owned(), head_end) });
}

fn class<'t>(node: Node<'t>, kind: SymbolKind, names: &Names, facts: &mut Collector<'t>) {
    let name = match node.child_by_field_name("name") {
        Some(name) => facts.text(name),
        None => ANONYMOUS,
    };
    let qualified = if name == ANONYMOUS { name.to_owned() } else { names.declared(name) };
    let head_end = node.child_by_field_name("body").map_or(node.end_byte(), |body| body.start_byte());
    let parent = around(names, facts);
    facts.define(Definition { parent, ..definition(node, kind, name, qualified, head_end) });
    attributes(node, facts);
}

/// Adds the attributes of the symbol that was just opened.
fn attributes<'t>(node: Node<'t>, facts: &mut Collector<'t>) {
    let Some(list) = node.child_by_field_name("attributes") else { return };
    each_child(list, |group| {
        if Kind::of(group) == Kind::AttributeGroup {
            each_child(group, |attribute| {
                if Kind::of(attribute) == Kind::Attribute {
                    facts.decorator(facts.text(attribute));
                }
                ControlFlow::Continue(())
            });
        }
        ControlFlow::Continue(())
    });
}

/// The class a type names, if it is one class only; `?User` is `User`.
fn class_of_type(node: Node<'_>, names: &Names, facts: &Collector<'_>) -> Option<String> {
    let node = if Kind::of(node) == Kind::OptionalType { node.named_child(0)? } else { node };
    let name = node.named_child(0).filter(|name| Kind::of(node) == Kind::NamedType && is_name(*name))?;
    class_of_name(name, names, facts)
}

/// The class `name` stands for; `self` and `static` are the class around it.
fn class_of_name(name: Node<'_>, names: &Names, facts: &Collector<'_>) -> Option<String> {
    let name = written(name, facts);
    match is_relative_class(&name) {
        true if name.eq_ignore_ascii_case("parent") => None,
        true => class_around(facts).map(|class| class.qualified_name.clone()),
        false => Some(names.resolve(NameKind::Class, &name)),
    }
}

/// The declared type of a parameter or property named `name`.
fn declared_type<'t>(
    scope: HintScope,
    node: Node<'t>,
    name: Option<Node<'t>>,
    names: &Names,
    facts: &mut Collector<'t>,
) {
    let class = node.child_by_field_name("type").and_then(|of| class_of_type(of, names, facts));
    if let (Some(name), Some(class)) = (name, class) {
        let name = facts.text(name).trim_start_matches(['&', ' ', '$']);
        facts.hint(scope, node.start_byte(), name, &class, HintSource::Type);
    }
}

/// The declared result of the function that was just opened.
fn result<'t>(node: Node<'t>, names: &Names, facts: &mut Collector<'t>) {
    let class = node.child_by_field_name("return_type").and_then(|of| class_of_type(of, names, facts));
    if let Some(class) = class {
        facts.hint(HintScope::Innermost, node.start_byte(), "", &class, HintSource::Type);
    }
}

/// `$x = new User`, `$this->x = User::make()`, `$this->x = $x`.
fn assignment<'t>(node: Node<'t>, names: &Names, facts: &mut Collector<'t>) {
    let (Some(left), Some(mut right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else {
        return;
    };
    let (scope, name) = match Kind::of(left) {
        Kind::VariableName => (HintScope::Innermost, facts.text(left).trim_start_matches('$')),
        Kind::MemberAccess => {
            let object = left.child_by_field_name("object").map_or("", |object| facts.text(object));
            let Some(name) = left.child_by_field_name("name").filter(|_| object == "$this") else { return };
            (HintScope::Class, facts.text(name))
        }
        _ => return,
    };
    while Kind::of(right) == Kind::Parenthesized {
        let Some(inner) = right.named_child(0) else { return };
        right = inner;
    }
    let held = match Kind::of(right) {
        Kind::New => find_child(right, |child| is_name(child).then_some(child))
            .and_then(|class| class_of_name(class, names, facts))
            .map(|class| (class, HintSource::Type)),
        Kind::ScopedCall => called_statically(right, names, facts).map(|method| (method, HintSource::Call)),
        Kind::VariableName => facts.hinted(facts.text(right).trim_start_matches('$')),
        Kind::MemberAccess => Some((facts.text(right).to_owned(), HintSource::Value)),
        _ => None,
    };
    if let Some((of, source)) = held {
        facts.hint(scope, node.start_byte(), name, &of, source);
    }
}

/// `App\Models\User::query` of `User::query()`.
fn called_statically(node: Node<'_>, names: &Names, facts: &Collector<'_>) -> Option<String> {
    let scope = node.child_by_field_name("scope");
    let scope = scope.filter(|scope| is_name(*scope) || Kind::of(*scope) == Kind::RelativeScope)?;
    let class = class_of_name(scope, names, facts)?;
    let method = node.child_by_field_name("name").filter(|name| Kind::of(*name) == Kind::Name)?;
    Some(format!("{class}::{}", facts.text(method)))
}

fn function<'t>(node: Node<'t>, names: &Names, facts: &mut Collector<'t>) {
    let Some(name) = node.child_by_field_name("name") else { return };
    let name = facts.text(name);
    let head_end = node.child_by_field_name("body").map_or(node.end_byte(), |body| body.start_byte());
    let parent = around(names, facts);
    facts.define(Definition { parent, ..definition(node, SymbolKind::Function, name, names.declared(name), head_end) });
    attributes(node, facts);
    result(node, names, facts);
}

/// What stands around a declaration: an open symbol, or the namespace.
fn around(names: &Names, facts: &Collector<'_>) -> Option<String> {
    let namespace = (!names.namespace().is_empty()).then(|| names.namespace().to_owned());
    facts.scope().map(|scope| scope.qualified_name.clone()).or(namespace)
}

fn definition<'t>(
    node: Node<'t>,
    kind: SymbolKind,
    name: &'t str,
    qualified_name: String,
    head_end: usize,
) -> Definition<'t> {
    Definition {
        kind,
        name: Cow::Borrowed(name),
        qualified_name,
        parent: None,
        decorated_start: node.start_byte(),
        start: node.start_byte(),
        head_end,
        end: node.end_byte(),
        visibility: None,
        is_static: false,
        doc: None,
    }
}

/// The class that members of this place belong to.
fn class_around<'f>(facts: &'f Collector<'_>) -> Option<&'f Scope> {
    facts.scopes().find(|scope| !matches!(scope.kind, SymbolKind::Method | SymbolKind::Function))
}

/// Adds a method, case, constant or property of the class around it.
fn member<'t>(node: Node<'t>, name: Option<Node<'t>>, kind: SymbolKind, facts: &mut Collector<'t>) {
    let Some(name) = name else { return };
    let name = facts.text(name).trim_start_matches(['&', ' ', '$']);
    let Some(class) = class_around(facts).map(|class| class.qualified_name.clone()) else { return };
    let sigil = if kind == SymbolKind::Property { "$" } else { "" };
    let qualified_name = format!("{class}::{sigil}{name}");
    let head_end = node.child_by_field_name("body").map_or(node.end_byte(), |body| body.start_byte());
    let (visibility, is_static) = modifiers(node, facts);
    let symbol = Definition {
        parent: Some(class),
        visibility: Some(visibility.unwrap_or(Visibility::Public)),
        is_static,
        ..definition(node, kind, name, qualified_name, head_end)
    };
    if kind == SymbolKind::Method { facts.define(symbol) } else { facts.add(symbol) }
}

fn modifiers(node: Node<'_>, facts: &Collector<'_>) -> (Option<Visibility>, bool) {
    let (mut visibility, mut is_static) = (None, false);
    each_child(node, |child| {
        match Kind::of(child) {
            Kind::StaticModifier => is_static = true,
            // `private(set)` narrows writing only; the first modifier says who may read.
            Kind::VisibilityModifier if visibility.is_none() => visibility = visibility_of(facts.text(child)),
            Kind::CompoundStatement | Kind::PropertyElement | Kind::ConstElement => return ControlFlow::Break(()),
            _ => {}
        }
        ControlFlow::Continue(())
    });
    (visibility, is_static)
}

fn visibility_of(word: &str) -> Option<Visibility> {
    match word.to_ascii_lowercase().as_str() {
        "public" => Some(Visibility::Public),
        "protected" => Some(Visibility::Protected),
        "private" => Some(Visibility::Private),
        _ => None,
    }
}

fn properties<'t>(node: Node<'t>, names: &Names, facts: &mut Collector<'t>) {
    each_child(node, |child| {
        if Kind::of(child) == Kind::PropertyElement {
            let name = child.child_by_field_name("name");
            member(node, name, SymbolKind::Property, facts);
            declared_type(HintScope::Class, node, name, names, facts);
        }
        ControlFlow::Continue(())
    });
}

fn constants<'t>(node: Node<'t>, names: &Names, facts: &mut Collector<'t>) {
    each_child(node, |child| {
        if Kind::of(child) == Kind::ConstElement {
            let name = find_child(child, |part| (Kind::of(part) == Kind::Name).then_some(part));
            match (name, class_around(facts).is_some()) {
                (Some(name), false) => {
                    let name = facts.text(name);
                    let parent = around(names, facts);
                    let qualified = names.declared(name);
                    let head_end = node.end_byte();
                    let constant = definition(node, SymbolKind::Constant, name, qualified, head_end);
                    facts.add(Definition { parent, ..constant });
                }
                (name, _) => member(node, name, SymbolKind::Constant, facts),
            }
        }
        ControlFlow::Continue(())
    });
}

fn is_name(node: Node<'_>) -> bool {
    matches!(Kind::of(node), Kind::Name | Kind::QualifiedName | Kind::RelativeName)
}

/// A name as PHP reads it: blanks and comments inside are old syntax nobody writes.
fn written(node: Node<'_>, facts: &Collector<'_>) -> String {
    facts.text(node).chars().filter(|c| !c.is_whitespace()).collect()
}

/// Adds `node` as the mention of a class when it is a name of one.
fn mention<'t>(node: Option<Node<'t>>, arguments: u32, names: &Names, facts: &mut Collector<'t>) {
    let Some(node) = node.filter(|node| is_name(*node)) else { return };
    let name = written(node, facts);
    if !is_relative_class(&name) {
        let class = names.resolve(NameKind::Class, &name);
        facts.call(CallKind::ClassRef, node.start_byte(), &class, None, arguments);
    }
}

/// Adds what the class around `node` extends, implements or uses.
fn bases<'t>(node: Node<'t>, names: &Names, facts: &mut Collector<'t>) {
    mentions(node, names, facts);
    each_child(node, |child| {
        if is_name(child) {
            facts.base(&names.resolve(NameKind::Class, &written(child, facts)));
        }
        ControlFlow::Continue(())
    });
}

fn mentions<'t>(node: Node<'t>, names: &Names, facts: &mut Collector<'t>) {
    each_child(node, |child| {
        mention(Some(child), 0, names, facts);
        ControlFlow::Continue(())
    });
}

fn instance_of<'t>(node: Node<'t>, names: &Names, facts: &mut Collector<'t>) {
    let right = node.child_by_field_name("right").filter(|right| is_name(*right));
    let operator = node.child_by_field_name("operator").map_or("", |operator| facts.text(operator));
    if right.is_some() && operator.eq_ignore_ascii_case("instanceof") {
        mention(right, 0, names, facts);
    }
}

fn creation<'t>(node: Node<'t>, names: &Names, facts: &mut Collector<'t>) {
    let class = find_child(node, |child| is_name(child).then_some(child));
    let arguments = find_child(node, |child| (Kind::of(child) == Kind::Arguments).then_some(child)).map_or(0, count);
    mention(class, arguments, names, facts);
}

fn function_call<'t>(node: Node<'t>, names: &Names, facts: &mut Collector<'t>) {
    let Some(function) = node.child_by_field_name("function") else { return };
    let arguments = node.child_by_field_name("arguments").map_or(0, count);
    if is_name(function) {
        let name = names.resolve(NameKind::Function, &written(function, facts));
        facts.call(CallKind::Call, function.start_byte(), &name, None, arguments);
    } else if Kind::of(function) == Kind::VariableName {
        facts.call(CallKind::Call, function.start_byte(), facts.text(function), None, arguments);
    }
}

fn member_call<'t>(node: Node<'t>, receiver: Option<Node<'t>>, facts: &mut Collector<'t>) {
    let Some(name) = node.child_by_field_name("name") else { return };
    if matches!(Kind::of(name), Kind::Name | Kind::VariableName) {
        let arguments = node.child_by_field_name("arguments").map_or(0, count);
        let receiver = receiver.map(|receiver| facts.text(receiver));
        facts.call(CallKind::Call, name.start_byte(), facts.text(name), receiver, arguments);
    }
}

/// How many arguments are written; `f(...)` makes a closure and passes none.
fn count(arguments: Node<'_>) -> u32 {
    let mut count = 0;
    each_child(arguments, |child| {
        count += u32::from(Kind::of(child) == Kind::Argument);
        ControlFlow::Continue(())
    });
    count
}

/// `use A\B, C as D;`, `use function A\f;`, `use A\{B, function f};`
fn use_declaration<'t>(node: Node<'t>, names: &mut Names, facts: &mut Collector<'t>) {
    let kind = kind_of_use(node, facts).unwrap_or(NameKind::Class);
    let mut prefix = "";
    each_child(node, |child| {
        match Kind::of(child) {
            Kind::NamespaceName => prefix = facts.text(child),
            Kind::UseClause => use_clause(node, child, "", kind, names, facts),
            Kind::UseGroup => each_child(child, |clause| {
                if Kind::of(clause) == Kind::UseClause {
                    use_clause(node, clause, prefix, kind, names, facts);
                }
                ControlFlow::Continue(())
            }),
            _ => {}
        }
        ControlFlow::Continue(())
    });
}

fn kind_of_use(node: Node<'_>, facts: &Collector<'_>) -> Option<NameKind> {
    match facts.text(node.child_by_field_name("type")?).to_ascii_lowercase().as_str() {
        "function" => Some(NameKind::Function),
        "const" => Some(NameKind::Constant),
        _ => None,
    }
}

fn use_clause<'t>(
    statement: Node<'t>,
    clause: Node<'t>,
    prefix: &str,
    kind: NameKind,
    names: &mut Names,
    facts: &mut Collector<'t>,
) {
    let kind = kind_of_use(clause, facts).unwrap_or(kind);
    let Some(name) = find_child(clause, |child| is_name(child).then_some(child)) else { return };
    let name = written(name, facts);
    let name = name.trim_start_matches('\\');
    let full = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}\\{name}") };
    let (module, last) = full.rsplit_once('\\').unwrap_or(("", &full));
    let alias = clause.child_by_field_name("alias").map(|alias| facts.text(alias));
    names.import(kind, &full, alias.unwrap_or(last));
    facts.import(statement.start_byte(), module, last, alias, 0);
}

/// `require 'x.php'` imports the file `x.php`; `require __DIR__ . '/x.php'` imports `__DIR__/x.php`. Other expressions
/// name no file that the syntax tells.
fn include<'t>(node: Node<'t>, facts: &mut Collector<'t>) {
    let Some(mut target) = node.named_child(0) else { return };
    while Kind::of(target) == Kind::Parenthesized {
        let Some(inner) = target.named_child(0) else { return };
        target = inner;
    }
    let sides = (target.child_by_field_name("left"), target.child_by_field_name("right"));
    match (literal(target, facts), sides) {
        (Some(path), _) => facts.import(node.start_byte(), path, "", None, 0),
        (None, (Some(left), Some(right))) if facts.text(left) == "__DIR__" => {
            if let Some(path) = literal(right, facts) {
                facts.import(node.start_byte(), format!("__DIR__{path}"), "", None, 0);
            }
        }
        _ => {}
    }
}

/// The content of a string literal without interpolation.
fn literal<'t>(node: Node<'t>, facts: &Collector<'t>) -> Option<&'t str> {
    let is_string = matches!(Kind::of(node), Kind::String | Kind::EncapsedString);
    let content = node.named_child(0).filter(|content| Kind::of(*content) == Kind::StringContent)?;
    (is_string && node.named_child_count() == 1).then(|| facts.text(content))
}
