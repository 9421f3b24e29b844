//! Expressions of C++ that the grammar lacks, painted as others of the same shape.

use super::Dialect;
use super::parts::Part;
use super::prepare::{Bracket, Scan};
use super::tokens::{Token, TokenKind};
use super::words::{Role, role};

/// Tokens of an operator's name at most: `operator new[]`.
const OPERATOR_TOKENS_MAX: usize = 4;

impl Scan<'_> {
    /// Mends what the token `index` ends or starts.
    pub(super) fn mend_expression(&mut self, index: usize) {
        if self.dialect != Dialect::Cpp || index == 0 {
            return;
        }
        match self.tokens[index].kind {
            TokenKind::Punctuation(b'*') => self.mend_member_pointer(index),
            TokenKind::Word if self.word(index) == "operator" => self.mend_operator_call(index),
            // `emit changed(1);` of Qt.
            TokenKind::Word if self.word(index) == "emit" && self.is_before_call(index) => self.blank(index),
            // `value = typename Map::iterator();`
            TokenKind::Word if self.word(index) == "typename" && self.is_before_value(index) => self.blank(index),
            // `EXPECT_THROW(throw Error(), Error)`
            TokenKind::Word
                if self.word(index) == "throw" && (self.is_at(index - 1, b'(') || self.is_at(index - 1, b',')) =>
            {
                self.blank(index);
            }
            TokenKind::Punctuation(b'{') => self.mend_default(index),
            _ => {}
        }
    }

    /// Takes `= {}` from a parameter, where the grammar knows other defaults only.
    fn mend_default(&mut self, open: usize) {
        let is_default = self.bracket() == Bracket::Group && self.is_at(open - 1, b'=') && self.is_at(open + 1, b'}');
        if is_default && (self.is_at(open + 2, b',') || self.is_at(open + 2, b')')) {
            (open - 1..open + 2).for_each(|token| self.blank(token));
        }
    }

    /// Whether `index` is a word in a body with the name of something that is called behind it.
    fn is_before_call(&self, index: usize) -> bool {
        let is_name = |at: usize| self.tokens.get(at).is_some_and(|it| it.kind == TokenKind::Word);
        let is_called = [b'(', b':', b'-', b'.'].iter().any(|byte| self.is_at(index + 2, *byte));
        self.bracket() == Bracket::Body && is_name(index + 1) && is_called
    }

    /// Whether a value starts at `index` in a body.
    fn is_before_value(&self, index: usize) -> bool {
        let before = &self.tokens[index - 1];
        self.bracket() == Bracket::Body && (before.is(b'=') || &self.text[before.range.clone()] == "return")
    }

    fn is_at(&self, index: usize, byte: u8) -> bool {
        self.tokens.get(index).is_some_and(|token| token.is(byte))
    }

    /// Whether two tokens are written without a blank between them.
    fn touch(&self, left: usize) -> bool {
        let end = |token: &Token| token.range.end;
        self.tokens.get(left).map(end) == self.tokens.get(left + 1).map(|token| token.range.start)
    }

    /// Takes `Class::` out of `Class::*member`, and writes `+` for the operators `->*` and `.*`.
    fn mend_member_pointer(&mut self, star: usize) {
        if star >= 3 && self.is_at(star - 1, b':') && self.is_at(star - 2, b':') {
            let mut first = star - 2;
            while first >= 1
                && self.tokens[first - 1].kind == TokenKind::Word
                && role(self.word(first - 1)) == Role::Name
            {
                first -= 1;
                if !(first >= 2 && self.is_at(first - 1, b':') && self.is_at(first - 2, b':')) {
                    break;
                }
                first -= 2;
            }
            if first < star - 2 {
                (first..star).for_each(|token| self.blank(token));
            }
            return;
        }
        let is_arrow = star >= 2 && self.is_at(star - 1, b'>') && self.is_at(star - 2, b'-');
        let first = if is_arrow { star - 2 } else { star - 1 };
        let is_operator = is_arrow || self.is_at(star - 1, b'.') && !(star >= 2 && self.is_at(star - 2, b'.'));
        if is_operator && (first..star).all(|token| self.touch(token)) {
            (first..=star).for_each(|token| self.blank(token));
            self.canvas.put(self.tokens[first].range.start, b'+');
        }
    }

    /// Writes one name for an operator that is called as a member: `list->operator[](0)` is `list->operator__(0)`.
    fn mend_operator_call(&mut self, operator: usize) {
        let is_member = self.is_at(operator - 1, b'.')
            || self.is_at(operator - 1, b'>') && operator >= 2 && self.is_at(operator - 2, b'-');
        if !is_member {
            return;
        }
        let first = operator + 1;
        let start = if self.is_at(first, b'(') { first + 2 } else { first };
        let Some(open) = (start..start + OPERATOR_TOKENS_MAX).find(|token| self.is_at(*token, b'(')) else { return };
        let name = self.tokens[operator].range.end..self.tokens[open].range.start;
        if !self.text[name.clone()].contains('\n') {
            self.canvas.fill(name, b'_');
        }
    }

    /// Takes the stars out of `new Node*[count]`, which the grammar reads as a product.
    pub(super) fn mend_new_array(&mut self, open: usize) {
        let Some(level) = self.levels.last() else { return };
        let stars = level.parts.iter().rev().take_while(|part| matches!(part, Part::Punctuation(_, b'*'))).count();
        let (before, _) = level.parts.split_at(level.parts.len() - stars);
        let is_new = before
            .iter()
            .rev()
            .take_while(|part| matches!(part, Part::Word(_) | Part::Punctuation(_, b':')))
            .any(|part| matches!(part, Part::Word(at) if self.word(*at) == "new"));
        if is_new && self.is_at(open, b'[') {
            (open - stars..open).for_each(|token| self.blank(token));
        }
    }

    /// Writes `int` for `unsigned` and its like where they convert, `unsigned(size)`: the grammar reads the head of a
    /// declaration there.
    pub(super) fn mend_conversion(&mut self, open: usize, close: usize) {
        let Some((&Part::Word(name), before)) = self.levels.last().and_then(|level| level.parts.split_last()) else {
            return;
        };
        let is_size = matches!(self.word(name), "unsigned" | "signed" | "long" | "short");
        let is_declared = matches!(
            before.last(),
            Some(Part::Word(at)) if !matches!(role(self.word(*at)), Role::Statement | Role::Name)
        );
        let holds_value =
            open + 1 < close && !matches!(self.tokens[open + 1].kind, TokenKind::Punctuation(b'*' | b'&'));
        if name + 1 == open && self.tokens[open].is(b'(') && is_size && !is_declared && holds_value {
            let start = self.tokens[name].range.start;
            self.blank(name);
            self.canvas.put_all(start, b"int");
        }
    }
}
