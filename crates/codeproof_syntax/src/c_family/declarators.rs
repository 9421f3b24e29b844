//! What a declarator declares: `*f(int)` declares `f`, `ns::Class<T>::f()` declares `f` in `ns::Class`.

use tree_sitter::Node;

use super::read::{Kind, Kinds};
use crate::collector::{Collector, fold};
use crate::nodes::find_child;

/// The name a declarator declares.
#[derive(Debug, Default)]
pub(super) struct Declared {
    /// The own name, without template arguments.
    pub(super) name: String,
    /// Scopes written before it, outermost first, without template arguments.
    pub(super) scopes: Vec<String>,
    /// Whether it declares a function.
    pub(super) is_function: bool,
    /// Where the own name starts.
    pub(super) name_start: usize,
}

/// Reads `declarator` down to its name. O(its depth), no recursion.
pub(super) fn declared(declarator: Node<'_>, kinds: Kinds<'_>, facts: &Collector<'_>) -> Option<Declared> {
    let mut found = Declared::default();
    let mut node = declarator;
    loop {
        let kind = kinds.of(node);
        found.name_start = node.start_byte();
        match kind {
            Kind::FunctionDeclarator => {
                found.is_function = true;
                node = inner(node, kinds)?;
            }
            Kind::PointerDeclarator
            | Kind::ReferenceDeclarator
            | Kind::ParenthesizedDeclarator
            | Kind::ArrayDeclarator
            | Kind::AttributedDeclarator
            | Kind::InitDeclarator => node = inner(node, kinds)?,
            Kind::QualifiedIdentifier => {
                if let Some(scope) = node.child_by_field_name("scope") {
                    found.scopes.push(without_arguments(facts.text(scope)));
                }
                node = node.child_by_field_name("name")?;
            }
            Kind::TemplateFunction | Kind::TemplateMethod | Kind::TemplateType | Kind::DependentName => {
                node = node.child_by_field_name("name").or_else(|| node.named_child(0))?;
            }
            Kind::OperatorCast => {
                found.name = conversion(&fold(facts.text(node), 200));
                found.is_function = true;
                return Some(found);
            }
            Kind::Identifier | Kind::FieldIdentifier | Kind::TypeIdentifier | Kind::PrimitiveType => {
                found.name = facts.text(node).to_owned();
                return Some(found);
            }
            Kind::DestructorName | Kind::OperatorName => {
                found.name = fold(facts.text(node), 200).replace("~ ", "~").replace("operator ", "operator");
                if found.name.as_bytes().get(8).is_some_and(u8::is_ascii_alphabetic) {
                    // `operator new` and `operator co_await` keep their blank, `operator ==` does not.
                    found.name = found.name.replacen("operator", "operator ", 1);
                }
                return Some(found);
            }
            _ => return None,
        }
    }
}

/// The name of a conversion, as compilers spell it: `operator const char*() const` is `operator const char *`.
fn conversion(written: &str) -> String {
    let mut depth = 0_usize;
    let end = written.find(|c: char| {
        depth = match c {
            '<' => depth + 1,
            '>' => depth.saturating_sub(1),
            _ => depth,
        };
        c == '(' && depth == 0
    });
    let name = written[..end.unwrap_or(written.len())].trim_end();
    let plain = name.trim_end_matches(['*', '&', ' ']);
    let marks: String = name[plain.len()..].split_whitespace().collect();
    if marks.is_empty() { plain.to_owned() } else { format!("{plain} {marks}") }
}

/// The declarator inside a declarator.
fn inner<'t>(node: Node<'t>, kinds: Kinds<'_>) -> Option<Node<'t>> {
    node.child_by_field_name("declarator").or_else(|| {
        find_child(node, |child| (child.is_named() && !child.is_extra() && kinds.is_declarator(child)).then_some(child))
    })
}

/// A scope without template arguments and blanks: `formatter<T, Char>` is `formatter`.
pub(super) fn without_arguments(scope: &str) -> String {
    scope.split('<').next().unwrap_or(scope).split_whitespace().collect()
}
