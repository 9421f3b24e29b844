//! Calls and mentions in the arguments of macros, which are no more than tokens to the grammar.

use std::ops::ControlFlow;

use codeproof_types::CallKind;
use tree_sitter::Node;

use super::read::{Kind, Reader};
use crate::collector::Collector;
use crate::nodes::each_child;
use crate::type_names::looks_like_class;

impl<'t> Reader<'_, 't> {
    /// How many arguments the tokens of a macro are: those between commas.
    pub(super) fn count_tokens(&self, tokens: Node<'t>) -> u32 {
        let inside = self.facts.slice(tokens.start_byte() + 1, tokens.end_byte().saturating_sub(1)).trim();
        let mut commas = 0;
        each_child(tokens, |token| {
            commas += u32::from(token.kind() == ",");
            ControlFlow::Continue(())
        });
        if inside.is_empty() { 0 } else { commas + u32::from(!inside.ends_with(',')) }
    }

    /// Calls and mentions among the tokens of one pair of brackets: `a.b(…)`, `C::d(…)`, `e!(…)`, `F { … }`.
    pub(super) fn tokens(&mut self, tree: Node<'t>) {
        let mut chain = Chain::default();
        each_child(tree, |token| {
            let (start, end) = (token.start_byte(), token.end_byte());
            if chain.skip_arguments(self.facts.slice(start, end)) {
                return ControlFlow::Continue(());
            }
            let first = self.facts.slice(start, start + 1);
            if Kind::of(token) == Kind::TokenTree && chain.is_attribute {
                self.paths_end = self.paths_end.max(end);
            }
            let is_called = Kind::of(token) == Kind::TokenTree && (first == "(" || chain.is_marked);
            if let Some(name) = chain.name.filter(|_| !is_called && !chain.is_marked) {
                self.mention_token(name, &chain);
            }
            match Kind::of(token) {
                Kind::Identifier | Kind::SelfValue | Kind::Crate | Kind::Super => chain.go_on(token),
                Kind::TokenTree => {
                    if is_called {
                        self.called_token(token, &chain);
                    }
                    // A second pair of brackets goes on with what stands before.
                    chain.name = None;
                    chain.is_joined = false;
                }
                _ => match self.facts.slice(start, end) {
                    "." | "::" => {
                        let is_class = chain.name.is_some_and(|name| looks_like_class(self.facts.text(name)));
                        let before = (chain.name, chain.joint);
                        chain = Chain { name: None, before, is_joined: true, joint: start, is_class, ..chain };
                    }
                    "?" => chain.name = None,
                    "!" if chain.name.is_some() => chain.is_marked = true,
                    "!" if chain.is_attribute => {}
                    // `default` and `union` are words of the language in some places only.
                    word if chain.is_joined && word.starts_with(char::is_alphabetic) => chain.go_on(token),
                    word => {
                        let (is_definition, is_attribute) = (word == "fn", word == "#");
                        chain = Chain { start: end, is_definition, is_attribute, ..Chain::default() };
                    }
                },
            }
            ControlFlow::Continue(())
        });
    }

    /// A name among tokens that is written as types are, and no part of such a type.
    fn mention_token(&mut self, token: Node<'t>, chain: &Chain<'t>) {
        let name = self.facts.text(token);
        let is_type = looks_like_class(name) && name != "Self" && !self.variables.contains(name);
        if is_type && !chain.is_class && !chain.is_definition && Kind::of(token) == Kind::Identifier {
            self.facts.call(CallKind::ClassRef, token.start_byte(), name, Some(chain.receiver(self.facts)), 0);
        }
    }

    fn called_token(&mut self, arguments: Node<'t>, chain: &Chain<'t>) {
        let is_name = |name: &Node<'t>| !matches!(Kind::of(*name), Kind::SelfValue | Kind::Crate | Kind::Super);
        let Some(name) = chain.name.filter(is_name).filter(|_| !chain.is_definition) else { return };
        let callee = format!("{}{}", self.facts.text(name), if chain.is_marked { "!" } else { "" });
        let count = self.count_tokens(arguments);
        self.facts.call(CallKind::Call, name.start_byte(), &callee, Some(chain.receiver(self.facts)), count);
    }
}

/// Tokens of a macro that belong together: `a.b::c`.
#[derive(Default)]
struct Chain<'t> {
    /// Where its first name starts.
    start: usize,
    /// Where the last `.` or `::` starts, or `start`.
    joint: usize,
    /// Whether that is the last token.
    is_joined: bool,
    /// The name that is the last token, or the last but its mark.
    name: Option<Node<'t>>,
    /// The name before the last `.` or `::`, with the joint before that.
    before: (Option<Node<'t>>, usize),
    /// How many `<` of type arguments are open.
    angles: usize,
    /// Whether the last token is the `!` of a macro.
    is_marked: bool,
    /// Whether the name stands behind that of a type.
    is_class: bool,
    /// Whether `fn` stands before: the name is defined, not called.
    is_definition: bool,
    /// Whether `#` stands before: brackets hold an attribute.
    is_attribute: bool,
}

impl<'t> Chain<'t> {
    /// Takes in a name: behind a joint it goes on, else it begins anew.
    fn go_on(&mut self, name: Node<'t>) {
        let start = name.start_byte();
        if !self.is_joined {
            let is_definition = self.is_definition && self.name.is_none();
            *self = Self { start, joint: start, is_definition, ..Self::default() };
        }
        self.is_joined = false;
        self.is_marked = false;
        self.name = Some(name);
    }

    /// Passes over `::<…>`: behind it stands what the name before it began. Says whether `token` belongs to it.
    fn skip_arguments(&mut self, token: &str) -> bool {
        match token {
            "<" if self.angles > 0 || self.is_joined => self.angles += 1,
            ">" | ">>" if self.angles > 0 => self.angles = self.angles.saturating_sub(token.len()),
            _ => return self.angles > 0,
        }
        if self.angles == 0 {
            (self.name, self.joint) = self.before;
            self.is_joined = false;
        }
        true
    }

    fn receiver(&self, facts: &Collector<'t>) -> &'t str {
        facts.slice(self.start, self.joint).trim_end()
    }
}
