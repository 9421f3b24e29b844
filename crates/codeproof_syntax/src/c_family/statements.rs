//! Macros in bodies and lists: loops and calls without a semicolon, types as arguments, declarations in a macro.

use super::canvas::Canvas;
use super::parts::{Ending, Head, Part};
use super::prepare::Bracket;
use super::tokens::{Token, TokenKind};
use super::words::{Role, role};

impl Head<'_> {
    /// Mends a statement in a body: macros that loop or end without a semicolon get one where a blank has room.
    pub(super) fn mend_statement(&self, canvas: &mut Canvas<'_>) {
        let first = usize::from(matches!(self.parts.first(), Some(Part::Word(at)) if self.word(*at) == "else"));
        if matches!(self.parts.get(first), Some(Part::Word(at)) if self.word(*at) == "if")
            && self.is_macro(first + 1)
            && self.is_parentheses(first + 2)
        {
            // `if CONSTEXPR (…)`
            self.blank(first + 1, canvas);
        }
        if self.role(first) != Some(Role::Name) {
            if matches!(self.role(first), Some(Role::Modifier | Role::Type | Role::Tag)) {
                self.mend_names(first, false, canvas);
            }
            return;
        }
        let is_invocation = self.is_parentheses(first + 1);
        match (is_invocation, self.ending, self.parts.get(first + 2)) {
            (true, Ending::Brace(Bracket::Body) | Ending::Nothing, None) => {
                self.blank_caught(first + 1, canvas);
                self.put_semicolon(first + 1, canvas);
            }
            (false, Ending::Brace(Bracket::Body), None) if self.is_macro(first) => self.blank(first, canvas),
            (true, Ending::Semicolon, None) => self.unwrap_declaration(first, canvas),
            (false, Ending::Nothing, None) if self.parts.len() == 1 && self.is_macro(first) => {
                self.blank(first, canvas)
            }
            (false, Ending::Semicolon, Some(_)) => {
                if self.is_macro(first) && matches!(self.role(first + 1), Some(Role::Type | Role::Tag | Role::Modifier))
                {
                    self.blank(first, canvas);
                } else {
                    self.mend_names(first, false, canvas);
                }
            }
            _ => {}
        }
    }

    /// Takes a declaration out of a macro that leaves it out in some builds: `VERBOSE(int count = 0);`
    fn unwrap_declaration(&self, name: usize, canvas: &mut Canvas<'_>) {
        let Some(Part::Group(open, close)) = self.parts.get(name + 1).copied() else { return };
        let inside = &self.tokens[open + 1..close];
        let [first, second, ..] = inside else { return };
        let starts_as_type = first.kind == TokenKind::Word
            && matches!(role(&self.text[first.range.clone()]), Role::Type | Role::Tag | Role::Modifier);
        let declares = inside.iter().any(|token| token.is(b'=') || token.is(b'['));
        if self.is_macro(name) && starts_as_type && (second.kind == TokenKind::Word || second.is(b'*')) && declares {
            self.blank(name, canvas);
            canvas.blank(self.tokens[open].range.clone());
            canvas.blank(self.tokens[close].range.clone());
        }
    }

    /// Blanks what a macro for `catch` gets: `CATCH(...) {`, `CATCH(const std::exception& error) {`.
    fn blank_caught(&self, group: usize, canvas: &mut Canvas<'_>) {
        let Some(Part::Group(open, close)) = self.parts.get(group).copied() else { return };
        let inside = &self.tokens[open + 1..close];
        let is_any = inside.len() == 3 && inside.iter().all(|token| token.is(b'.'));
        let is_constant = inside.first().is_some_and(|first| &self.text[first.range.clone()] == "const");
        if is_any || is_constant {
            self.blank_tokens(open + 1..close, canvas);
        }
    }

    /// Writes `;` into the first blank behind a group.
    fn put_semicolon(&self, group: usize, canvas: &mut Canvas<'_>) {
        let Some(Part::Group(_, close)) = self.parts.get(group) else { return };
        let after = self.tokens[*close].range.end;
        let next = self.tokens.get(close + 1).map_or(self.text.len(), |token| token.range.start);
        let gap = self.text.as_bytes()[after..next].iter();
        let room = gap.take_while(|byte| byte.is_ascii_whitespace()).position(|byte| matches!(byte, b' ' | b'\t'));
        if let Some(room) = room {
            canvas.put(after + room, b';');
        }
    }

    /// Mends an enumerator: `A DEPRECATED("") = 3` loses the macro, `OPTION(A, LONG, 1)` all but its first argument.
    pub(super) fn mend_enumerator(&self, canvas: &mut Canvas<'_>) {
        match self.parts {
            [Part::Word(name), Part::Group(open, close)] if self.tokens[open + 1].kind == TokenKind::Word => {
                canvas.blank(self.tokens[*name].range.clone());
                canvas.blank(self.tokens[*open].range.clone());
                self.blank_tokens(open + 2..close + 1, canvas);
            }
            [Part::Word(_), rest @ ..] => {
                for part in 1..=rest.len() {
                    if !matches!(self.parts[part], Part::Word(_) | Part::Group(..)) {
                        return;
                    }
                    self.blank(part, canvas);
                }
            }
            _ => {}
        }
    }
}

/// Paints over arguments of the call `name (open … close)` that are types, which the grammar takes for values only:
/// `va_arg(list, char *)` gets a `0` there.
pub(super) fn mend_arguments(text: &str, tokens: &[Token], open: usize, close: usize, canvas: &mut Canvas<'_>) {
    if open > 0 && &text[tokens[open - 1].range.clone()] == "__builtin_available" {
        // Names and versions of Apple's systems.
        tokens[open + 1..close].iter().for_each(|token| canvas.blank(token.range.clone()));
        return;
    }
    let word = |token: &Token| (token.kind == TokenKind::Word).then(|| role(&text[token.range.clone()]));
    for argument in tokens[open + 1..close].split(|token| token.is(b',')) {
        let is_part =
            |token: &Token| token.kind == TokenKind::Word || [b'*', b'&', b':'].iter().any(|it| token.is(*it));
        let is_flat = argument.iter().all(is_part);
        let [first, .., last] = argument else { continue };
        let starts_as_type = matches!(word(first), Some(Role::Type | Role::Tag | Role::Modifier));
        if is_flat && word(first).is_some() && (starts_as_type || last.is(b'*') || last.is(b'&')) {
            canvas.blank(first.range.start..last.range.end);
            canvas.put(first.range.start, b'0');
        }
    }
}

/// Writes `0` over arguments that are types, also where they are one word: `SPECIALIZE(unsigned, int);`
pub(super) fn mend_type_arguments(text: &str, tokens: &[Token], open: usize, close: usize, canvas: &mut Canvas<'_>) {
    let is_type = |token: &Token| {
        let word = (token.kind == TokenKind::Word).then(|| role(&text[token.range.clone()]));
        matches!(word, Some(Role::Type | Role::Tag | Role::Modifier))
    };
    for argument in tokens[open + 1..close].split(|token| token.is(b',')) {
        let [first, ..] = argument else { continue };
        let is_flat = argument.iter().all(|token| token.kind == TokenKind::Word || token.is(b'*') || token.is(b'&'));
        let is_pointer = argument.last().is_some_and(|last| last.is(b'*') || last.is(b'&'));
        if is_flat && (is_type(first) || is_pointer) {
            let end = argument.last().map_or(first.range.end, |last| last.range.end);
            canvas.blank(first.range.start..end);
            canvas.put(first.range.start, b'0');
        }
    }
}
