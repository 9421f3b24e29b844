//! The names before what a declaration declares: a type and a name, and macros when there are more.

use super::canvas::Canvas;
use super::parts::{Ending, Head, Part, angles, has_single_colon};
use super::tokens::{Token, TokenKind};
use super::words::{Role, is_macro_name, role};

/// A name in the head of a declaration, before what it declares.
struct Name {
    /// Its place among the parts.
    part: usize,
    /// Whether it is qualified or has template arguments, so that it is no macro.
    is_compound: bool,
}

impl Head<'_> {
    /// Blanks names that are too many before what is declared: a declaration has one type and one name. Hands out the
    /// part where the names end. `is_certain` says that the statement declares something, so that names that do not
    /// look like macros may go as well.
    pub(super) fn mend_names(&self, start: usize, is_certain: bool, canvas: &mut Canvas<'_>) -> usize {
        let mut names: Vec<Name> = Vec::new();
        let mut has_type = false;
        // Constructors, destructors and conversions have a name only.
        let mut is_typeless = false;
        let mut has_neighbours = false;
        let mut part = start;
        loop {
            match (self.parts.get(part), self.role(part)) {
                (_, Some(Role::Name)) => {
                    let is_destroyed = part > start && self.is_punctuation(part - 1, b'~');
                    let before = if is_destroyed { part - 1 } else { part };
                    let is_joined = before > start && self.is_punctuation(before - 1, b':');
                    is_typeless |= is_destroyed;
                    let next = self.skip_angles(part + 1);
                    let is_compound = is_joined || is_destroyed || next > part + 1;
                    has_neighbours |= part > start && self.role(part - 1) == Some(Role::Name);
                    match names.last_mut().filter(|_| is_joined) {
                        Some(name) => *name = Name { part, is_compound },
                        None => names.push(Name { part, is_compound }),
                    }
                    if self.is_macro_type(start, part) {
                        self.blank(part + 1, canvas);
                        part += 2;
                        continue;
                    }
                    let is_inner_macro = self.is_parentheses(part + 1)
                        && self.is_macro(part)
                        && matches!(self.role(part + 2), Some(Role::Name | Role::Type | Role::Tag | Role::Modifier))
                        && self.tokens_hold_parameters(part + 3);
                    if is_inner_macro {
                        self.blank(part, canvas);
                        self.blank(part + 1, canvas);
                        names.pop();
                        part += 2;
                        continue;
                    }
                    part = next;
                    continue;
                }
                (_, Some(Role::Type)) => has_type = true,
                (_, Some(Role::TypeOf)) => {
                    has_type = true;
                    part += usize::from(self.is_parentheses(part + 1));
                }
                (_, Some(Role::Tag)) => {
                    has_type = true;
                    part += usize::from(self.role(part + 1) == Some(Role::Name));
                }
                (_, Some(Role::Modifier)) => {}
                (Some(Part::Word(at)), Some(Role::Attribute)) => {
                    is_typeless |= self.word(*at) == "explicit";
                    part += usize::from(self.is_parentheses(part + 1));
                }
                (_, Some(Role::Operator)) => {
                    is_typeless |=
                        matches!(self.role(part + 1), Some(Role::Name | Role::Type | Role::Modifier | Role::Tag));
                    if part > start && self.is_punctuation(part - 1, b':') {
                        // `Class::operator=`
                        names.pop();
                    }
                    names.push(Name { part, is_compound: true });
                    part = self.skip_operator(part);
                    break;
                }
                (Some(Part::Punctuation(_, b'*' | b'&' | b'~' | b':')), _) => {
                    if self.is_punctuation(part, b':') && !self.is_scope(part) {
                        break;
                    }
                    if self.is_punctuation(part, b'*') && part > start && self.is_punctuation(part - 1, b':') {
                        // `int Class::*field`
                        names.pop();
                    }
                }
                _ => break,
            }
            part += 1;
        }
        let sets_members = matches!(self.ending, Ending::Brace(_)) && self.is_parentheses(part);
        is_typeless |= sets_members && has_single_colon(self.tokens, &self.parts[part..]);
        let is_inside = self.is_parentheses(part) && self.starts_with_star(part, canvas);
        let allowed = usize::from(!is_inside) + usize::from(!has_type && !is_typeless);
        let surplus = names.len().saturating_sub(allowed);
        // No expression has two names side by side, or a type first.
        let is_certain = is_certain || has_neighbours || has_type;
        self.blank_surplus(&names, surplus, is_certain, is_inside, canvas);
        part
    }

    /// The parameters of the operator at `part`; `part` when there are none.
    fn skip_operator(&self, part: usize) -> usize {
        let mut next = part + 1;
        if matches!(self.parts.get(next), Some(Part::Group(..))) {
            // `operator()(int)`, `operator[](int)`
            next += 1;
        }
        while matches!(self.parts.get(next), Some(Part::Word(_) | Part::Punctuation(..) | Part::Literal(_))) {
            next = self.skip_angles(next).max(next + 1);
        }
        if self.is_parentheses(next) { next } else { part }
    }

    /// Whether the name at `part` is a macro that makes a type: `typedef REMOVE_CONST(T) Plain;`, `(const REF(T) value)`.
    fn is_macro_type(&self, start: usize, part: usize) -> bool {
        part > start
            && (start..part).all(|part| self.role(part) == Some(Role::Modifier))
            && self.is_macro(part)
            && self.is_parentheses(part + 1)
            && self.role(part + 2) == Some(Role::Name)
            && part + 3 == self.parts.len()
    }

    /// The part behind `<…>`, or `part` when none starts there.
    pub(super) fn skip_angles(&self, part: usize) -> usize {
        part + angles(self.parts.get(part..).unwrap_or_default())
    }

    /// Whether parentheses come at or behind `part`, before anything that ends a head.
    fn tokens_hold_parameters(&self, part: usize) -> bool {
        (part..self.parts.len()).any(|part| self.is_parentheses(part))
    }

    pub(super) fn is_scope(&self, part: usize) -> bool {
        self.is_punctuation(part + 1, b':') || part > 0 && self.is_punctuation(part - 1, b':')
    }

    /// Whether parentheses hold the declarator itself, as in `int (*callback)(int)`. A macro before its `*` goes.
    fn starts_with_star(&self, group: usize, canvas: &mut Canvas<'_>) -> bool {
        let Some(Part::Group(open, close)) = self.parts.get(group) else { return false };
        let is_modifier =
            |token: &&Token| token.kind == TokenKind::Word && role(&self.text[token.range.clone()]) == Role::Modifier;
        let mut inside = self.tokens[open + 1..*close].iter().skip_while(is_modifier);
        match (inside.next(), inside.next()) {
            (Some(first), _) if first.is(b'*') => true,
            // `char *(name)(int)` keeps a macro of the same name from being called.
            (Some(first), None) => first.kind == TokenKind::Word && self.is_parentheses(group + 1),
            (Some(first), Some(second)) if first.kind == TokenKind::Word && second.is(b'*') => {
                let is_function = self.is_parentheses(group + 1) && is_macro_name(&self.text[first.range.clone()]);
                if is_function {
                    canvas.blank(first.range.clone());
                }
                is_function
            }
            _ => false,
        }
    }

    fn blank_surplus(
        &self,
        names: &[Name],
        surplus: usize,
        is_certain: bool,
        is_inside: bool,
        canvas: &mut Canvas<'_>,
    ) {
        let Some((last, before)) = names.split_last() else { return };
        let mut left = surplus;
        // Names with two underscores in front are the compiler's and the system's, most often for attributes.
        let is_reserved = |part: usize| matches!(self.parts[part], Part::Word(at) if self.word(at).starts_with("__"));
        let can_go = |name: &Name| !name.is_compound && (self.is_macro(name.part) || is_reserved(name.part));
        // `int value UNUSED;`
        let is_last_macro = left > 0 && can_go(last) && before.last().is_some_and(|name| !self.is_macro(name.part));
        if is_last_macro {
            self.blank(last.part, canvas);
            if self.is_parentheses(last.part + 1) {
                self.blank(last.part + 1, canvas);
            }
            left -= 1;
        }
        let candidates = if is_inside { names } else { before };
        for name in candidates.iter().filter(|name| can_go(name)) {
            if left == 0 {
                return;
            }
            self.blank(name.part, canvas);
            left -= 1;
        }
        if !is_certain {
            return;
        }
        for name in before.iter().filter(|name| !name.is_compound && !self.is_macro(name.part)).take(left) {
            self.blank(name.part, canvas);
        }
    }
}
