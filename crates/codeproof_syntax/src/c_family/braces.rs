//! What a brace opens, told from the statement before it.

use super::Dialect;
use super::parts::{self, Part};
use super::prepare::{Bracket, Scan};
use super::tokens::TokenKind;
use super::words::{Role, role};

impl Scan<'_> {
    /// What a `{` opens here, and whether its `}` ends the statement.
    pub(super) fn bracket_of_brace(&self) -> (Bracket, bool) {
        let Some(level) = self.levels.last() else { return (Bracket::Body, true) };
        let parts = parts::after_template(self.text, self.tokens, &level.parts);
        let is_cpp = self.dialect == Dialect::Cpp;
        let last = parts.last();
        let is_after_group = matches!(last, Some(Part::Group(..)));
        let has = |word: &str| parts.iter().any(|part| matches!(part, Part::Word(at) if self.word(*at) == word));
        let has_square = parts.iter().any(|part| matches!(part, Part::Group(open, _) if self.tokens[*open].is(b'[')));
        let is_lambda = is_cpp && has_square && !matches!(last, Some(Part::Punctuation(..) | Part::Literal(_)));
        let is_assigned = parts.iter().any(|part| matches!(part, Part::Punctuation(_, b'=')));
        match level.bracket {
            Bracket::Group if is_lambda || (parts.is_empty() && !is_cpp) => return (Bracket::Body, false),
            Bracket::Group | Bracket::Enumerators => return (Bracket::Initializer, false),
            Bracket::Initializer if is_lambda => return (Bracket::Body, false),
            Bracket::Initializer => return (Bracket::Initializer, false),
            _ if is_lambda && (is_assigned || has("return")) => return (Bracket::Body, false),
            _ if is_assigned && !has("operator") || has("return") => return (Bracket::Initializer, false),
            _ => {}
        }
        let is_head = |part: &Part| matches!(part, Part::Group(open, _) if !self.is_attribute_group(*open));
        let has_head = parts.iter().any(is_head);
        // What stands before `struct` or `enum` is macros: `EXPORT("1.2") enum Color {`.
        let is_tag = |part: &Part| matches!(part, Part::Word(at) if role(self.word(*at)) == Role::Tag);
        let tagged = &parts[parts.iter().position(is_tag).unwrap_or(parts.len())..];
        let is_tag_with_head = outside_angles(tagged).any(is_head);
        if has("enum") && !is_tag_with_head {
            return (Bracket::Enumerators, false);
        }
        if !tagged.is_empty() && !is_after_group && (!is_tag_with_head || self.is_macro_tagged(tagged)) {
            return (Bracket::Fields, false);
        }
        if has("namespace") || has("extern") && matches!(last, Some(Part::Literal(_))) {
            return (Bracket::Scope, true);
        }
        // `int a{1};` and the members that a constructor sets before its body.
        let is_value = match last {
            Some(Part::Word(at)) => role(self.word(*at)) == Role::Name && (!has_head || self.is_after_colon(parts)),
            Some(Part::Punctuation(_, b'>')) => self.is_after_colon(parts),
            _ => false,
        };
        // `TRY {`
        let is_macro_block = level.bracket == Bracket::Body && parts::are_macros(self.text, self.tokens, parts);
        if is_cpp && is_value && !is_macro_block && !parts.is_empty() && (level.bracket != Bracket::Scope || has_head) {
            return (Bracket::Initializer, false);
        }
        (Bracket::Body, true)
    }

    /// Whether the only parentheses before the bases of a class belong to a macro: `class ALIGNED(16) Matrix : Base {`.
    fn is_macro_tagged(&self, tagged: &[Part]) -> bool {
        let is_name = |part: &Part| matches!(part, Part::Word(at) if role(self.word(*at)) == Role::Name);
        match tagged {
            [_, mark, Part::Group(..), name, rest @ ..] if is_name(mark) && is_name(name) => match rest {
                [] | [Part::Punctuation(_, b':' | b'<'), ..] => true,
                [Part::Word(at), ..] => self.word(*at) == "final",
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether the parentheses that `open` opens belong to an attribute, not to a declarator.
    fn is_attribute_group(&self, open: usize) -> bool {
        let before = open.checked_sub(1).map(|before| &self.tokens[before]);
        before.is_some_and(|token| token.kind == TokenKind::Word && role(self.word(open - 1)) == Role::Attribute)
    }

    /// Whether a single `:` stands behind parentheses: the members that a constructor sets follow.
    fn is_after_colon(&self, parts: &[Part]) -> bool {
        let group = parts.iter().position(|part| matches!(part, Part::Group(..)));
        group.is_some_and(|group| parts::has_single_colon(self.tokens, &parts[group..]))
    }
}

/// The parts of a head that are no template arguments: `class Mock<int(long)> : Base {` has no parameters.
fn outside_angles(parts: &[Part]) -> impl Iterator<Item = &Part> {
    let mut rest = parts;
    std::iter::from_fn(move || {
        rest = &rest[parts::angles(rest)..];
        let (first, behind) = rest.split_first()?;
        rest = behind;
        Some(first)
    })
}
