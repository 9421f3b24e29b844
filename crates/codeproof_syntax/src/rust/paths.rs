//! Paths of Rust: what a `use` brings in, and names without their type arguments.

use std::ops::ControlFlow;
use std::rc::Rc;

use tree_sitter::Node;

use crate::nodes::{each_child, node_kinds};

/// Bytes of a path in nested braces beyond which it is no name that a person writes.
const PATH_BYTES_MAX: usize = 1_000;

node_kinds! {
    tree_sitter_rust::LANGUAGE;
    As = "use_as_clause",
    Crate = "crate",
    Identifier = "identifier",
    List = "use_list",
    ScopedIdentifier = "scoped_identifier",
    ScopedList = "scoped_use_list",
    SelfModule = "self",
    Super = "super",
    Wildcard = "use_wildcard",
}

/// Calls `visit` with module, name and alias of each name that the tree of a `use` brings in, in file order. A name
/// without a module is a module itself: its own name is empty then. `a::{self}` is the name `a`.
pub(crate) fn each_use<'t>(argument: Node<'t>, text: &'t str, mut visit: impl FnMut(&str, &str, Option<&'t str>)) {
    let text_of = |node: Node<'t>| text.get(node.byte_range()).unwrap_or_default();
    let mut open: Vec<(Node<'t>, Rc<str>)> = vec![(argument, Rc::from(""))];
    while let Some((node, prefix)) = open.pop() {
        match Kind::of(node) {
            Kind::ScopedList => {
                let path = node.child_by_field_name("path").map_or("", text_of);
                let prefix = join(&prefix, path);
                if let Some(list) = node.child_by_field_name("list").filter(|_| prefix.len() <= PATH_BYTES_MAX) {
                    open.push((list, Rc::from(prefix)));
                }
            }
            Kind::List => {
                let first = open.len();
                each_child(node, |child| {
                    if child.is_named() && !child.is_extra() {
                        open.push((child, Rc::clone(&prefix)));
                    }
                    ControlFlow::Continue(())
                });
                open[first..].reverse();
            }
            Kind::As => {
                let path = node.child_by_field_name("path").map_or("", text_of);
                let alias = node.child_by_field_name("alias").map(text_of);
                name(&join(&prefix, path), alias, &mut visit);
            }
            Kind::Wildcard => {
                let path = node.named_child(0).map_or("", text_of);
                visit(&join(&prefix, path), "*", None);
            }
            Kind::Identifier | Kind::ScopedIdentifier | Kind::SelfModule | Kind::Crate | Kind::Super => {
                name(&join(&prefix, text_of(node)), None, &mut visit);
            }
            _ => {}
        }
    }
}

/// Two parts of a path, without blanks.
fn join(prefix: &str, path: &str) -> String {
    let path: String = path.split_whitespace().collect();
    let path = path.trim_start_matches("::");
    match (prefix, path) {
        ("", only) | (only, "") => only.to_owned(),
        (prefix, path) => format!("{prefix}::{path}"),
    }
}

fn name<'t>(path: &str, alias: Option<&'t str>, visit: &mut impl FnMut(&str, &str, Option<&'t str>)) {
    let path = path.strip_suffix("::self").unwrap_or(path);
    match path.rsplit_once("::") {
        Some((module, name)) => visit(module, name, alias),
        None => visit(path, "", alias),
    }
}

/// A path without `<…>` and `::<…>`; `None` when it holds more than names.
pub(crate) fn without_arguments(path: &str) -> Option<String> {
    let mut depth = 0_usize;
    let mut bare = String::new();
    for character in path.chars() {
        match character {
            '<' => {
                depth += 1;
                if depth == 1 && bare.ends_with("::") {
                    bare.truncate(bare.len() - 2);
                }
            }
            '>' => depth = depth.checked_sub(1)?,
            '(' | '[' | '{' | '"' if depth == 0 => return None,
            _ if depth == 0 && !character.is_whitespace() => bare.push(character),
            _ => {}
        }
    }
    (!bare.is_empty() && !bare.starts_with("::")).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::{Kind, without_arguments};

    #[test]
    fn node_kinds_exist_in_the_grammar() {
        let grammar = tree_sitter::Language::from(tree_sitter_rust::LANGUAGE);
        assert!(Kind::NAMES.iter().all(|kind| grammar.id_for_node_kind(kind, true) != 0));
    }

    #[test]
    fn type_arguments_are_left_out() {
        for (path, bare) in [
            ("Cart::new", Some("Cart::new")),
            ("Cart::<u8>::new", Some("Cart::new")),
            ("collect::<Vec<_>>", Some("collect")),
            ("self.store\n    .find", Some("self.store.find")),
            ("<T as Default>::default", None),
            ("open(path).read", None),
            ("a > b", None),
        ] {
            assert_eq!(without_arguments(path).as_deref(), bare, "{path}");
        }
    }
}
