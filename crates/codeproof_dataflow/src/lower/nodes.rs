//! Node kinds of a grammar as an enum, so that a lowering compares numbers and no text.

/// Declares the nodes and tokens of a grammar that a lowering looks at: an enum `Kind` with one variant for each, with
/// `Other` for the rest of the named nodes, `Token` for the rest of the tokens and `Error` for what does not follow the
/// grammar; and `Fields` with the number of each field (0 for none).
macro_rules! node_kinds {
    (
        $grammar:expr;
        nodes { $($node:ident = $node_name:literal),+ $(,)? }
        tokens { $($token:ident = $token_name:literal),+ $(,)? }
        $(fields { $($field:ident),+ $(,)? })?
    ) => {
        /// What a node is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Kind { Other, Token, Error, $($node,)+ $($token,)+ }

        impl Kind {
            /// The kind for each node id of the grammar; ids beyond it are [`Kind::Error`].
            pub(super) fn table() -> &'static [Self] {
                static TABLE: std::sync::LazyLock<Vec<Kind>> = std::sync::LazyLock::new(|| {
                    let grammar: tree_sitter::Language = $grammar.into();
                    (0..=u16::MAX).take(grammar.node_kind_count()).map(|id| Kind::of_id(&grammar, id)).collect()
                });
                &TABLE
            }

            fn of_id(grammar: &tree_sitter::Language, id: u16) -> Self {
                match (grammar.node_kind_is_named(id), grammar.node_kind_for_id(id)) {
                    $((true, Some($node_name)) => Self::$node,)+
                    $((false, Some($token_name)) => Self::$token,)+
                    (true, _) => Self::Other,
                    (false, _) => Self::Token,
                }
            }
        }

        $(
            /// The numbers of the fields.
            #[derive(Debug, Clone, Copy)]
            pub(super) struct Fields { $(pub(super) $field: u16,)+ }

            impl Fields {
                /// Those of the grammar.
                pub(super) fn new() -> Self {
                    let grammar: tree_sitter::Language = $grammar.into();
                    let number = |name: &str| grammar.field_id_for_name(name).map_or(0, std::num::NonZeroU16::get);
                    Self { $($field: number(stringify!($field)),)+ }
                }
            }
        )?

        #[cfg(test)]
        mod grammar_tests {
            /// A name that the grammar does not have would silently match nothing.
            #[test]
            fn every_name_is_one_of_the_grammar() {
                let grammar: tree_sitter::Language = $grammar.into();
                for (name, is_named) in [$(($node_name, true),)+ $(($token_name, false),)+] {
                    assert_ne!(grammar.id_for_node_kind(name, is_named), 0, "no node is called {name}");
                }
                let fields: &[&str] = &[$($(stringify!($field)),+)?];
                for name in fields {
                    assert!(grammar.field_id_for_name(name).is_some(), "no field is called {name}");
                }
            }
        }
    };
}
pub(super) use node_kinds;
