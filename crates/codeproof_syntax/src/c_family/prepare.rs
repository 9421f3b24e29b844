//! Makes C and C++ text easier to parse without a preprocessor, keeping every offset.
//!
//! A grammar reads conditionals as statements and macros as types or calls. Where a file uses them otherwise - an arm
//! that opens a brace, an attribute hidden in a macro, a macro that is the head of a function - the grammar loses its
//! way for the rest of the file. This pass scans the tokens once with a stack of brackets and paints over what the
//! grammar could not place: directives and losing arms of conditionals that cut through a construct (here), macros
//! around declarations (`heads`), and expressions of C++ that it lacks (`expressions`). What the grammar can read
//! stays, both arms of ordinary conditionals among it.

use super::Dialect;
use super::canvas::Canvas;
use super::conditionals::{Conditionals, conditionals};
use super::directives::Decision;
use super::parts::{self, Ending, Head, Part};
use super::statements::{mend_arguments, mend_type_arguments};
use super::tokens::{Directive, Token, TokenKind, tokens};
use super::words::{Role, role};

/// The prepared text; `None` when it would be equal. O(bytes).
pub(crate) fn prepare(text: &str, dialect: Dialect) -> Option<String> {
    let tokens = tokens(text);
    let conditionals = conditionals(text, &tokens, dialect);
    let mut scan = Scan {
        text,
        tokens: &tokens,
        dialect,
        canvas: Canvas::new(text),
        levels: vec![Level::new(Bracket::Scope, 0)],
        bodies: 0,
        decisions: vec![None; conditionals.groups.len()],
        conditionals: &conditionals,
    };
    let mut next = 0;
    while next < tokens.len() {
        next = scan.step(next);
    }
    scan.end_statement(Ending::Nothing);
    scan.canvas.finish()
}

/// Parts of a statement that are looked at; heads are shorter, and longer expressions say nothing more.
const PARTS_MAX: usize = 256;

/// Tokens of a call whose arguments are looked at; bounds what nested calls cost.
const ARGUMENT_TOKENS_MAX: usize = 64;

/// What a bracket encloses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    /// The file, a namespace, `extern "C"`.
    Scope,
    /// Members of a class, struct or union.
    Fields,
    /// Enumerators.
    Enumerators,
    /// Values.
    Initializer,
    /// Statements.
    Body,
    /// Parentheses and square brackets.
    Group,
}

pub(super) struct Level {
    pub(super) bracket: Bracket,
    /// Token that opened it.
    open: usize,
    /// The statement so far.
    pub(super) parts: Vec<Part>,
    /// Whether its end is the end of the statement around it.
    ends_statement: bool,
}

impl Level {
    fn new(bracket: Bracket, open: usize) -> Self {
        Self { bracket, open, parts: Vec::new(), ends_statement: bracket == Bracket::Scope }
    }
}

/// The state of a scan.
pub(super) struct Scan<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: &'t [Token],
    pub(super) dialect: Dialect,
    pub(super) canvas: Canvas<'t>,
    /// Never empty.
    pub(super) levels: Vec<Level>,
    /// How many of the levels are bodies.
    bodies: usize,
    pub(super) conditionals: &'t Conditionals,
    /// For each conditional, once its `#if` was met.
    pub(super) decisions: Vec<Option<Decision>>,
}

impl Scan<'_> {
    /// Reads the token at `index`; hands out which one comes next.
    fn step(&mut self, index: usize) -> usize {
        self.mend_expression(index);
        match self.tokens[index].kind {
            TokenKind::Word => self.word_part(index),
            TokenKind::Literal => self.push(Part::Literal(index)),
            TokenKind::Directive(Directive::If) => return self.open_conditional(index),
            TokenKind::Directive(Directive::ElseIf | Directive::Else | Directive::EndIf) => {
                return self.next_arm(index);
            }
            TokenKind::Directive(directive) => self.directive(index, directive),
            TokenKind::Punctuation(b'(' | b'[') => self.levels.push(Level::new(Bracket::Group, index)),
            TokenKind::Punctuation(b')' | b']') => self.close_group(index),
            TokenKind::Punctuation(b'{') => self.open_brace(index),
            TokenKind::Punctuation(b'}') => self.close_brace(),
            TokenKind::Punctuation(b';') if self.bracket() != Bracket::Group => {
                self.end_statement(Ending::Semicolon);
            }
            TokenKind::Punctuation(b':') if self.is_label(index) => self.end_statement(Ending::Label),
            TokenKind::Punctuation(b',') => self.comma(index),
            TokenKind::Punctuation(byte) => self.push(Part::Punctuation(index, byte)),
        }
        index + 1
    }

    pub(super) fn level(&mut self) -> &mut Level {
        self.levels.last_mut().expect("the first level is never popped")
    }

    pub(super) fn bracket(&self) -> Bracket {
        self.levels.last().map_or(Bracket::Scope, |level| level.bracket)
    }

    pub(super) fn push(&mut self, part: Part) {
        let parts = &mut self.level().parts;
        if parts.len() >= PARTS_MAX {
            parts.pop();
        }
        parts.push(part);
    }

    /// Reads a comma: each value of a list is looked at by itself.
    fn comma(&mut self, index: usize) {
        match self.bracket() {
            Bracket::Scope | Bracket::Fields | Bracket::Body => self.push(Part::Punctuation(index, b',')),
            Bracket::Enumerators => self.end_statement(Ending::Nothing),
            Bracket::Initializer => self.level().parts.clear(),
            Bracket::Group => {
                // Empty arguments are for macros; the grammar has none.
                if index > 0 && (self.tokens[index - 1].is(b',') || self.tokens[index - 1].is(b'(')) {
                    self.blank(index);
                }
                self.level().parts.clear();
            }
        }
    }

    /// Reads a word; one on a new line behind a macro invocation starts the next statement.
    fn word_part(&mut self, index: usize) {
        let is_next_line = index > 0 && {
            let gap = self.tokens[index - 1].range.end..self.tokens[index].range.start;
            self.text[gap].contains('\n')
        };
        let is_operator = matches!(self.word(index), "and" | "or" | "xor" | "not_eq" | "bitand" | "bitor");
        if self.bracket() == Bracket::Body && is_next_line && !is_operator && self.is_macro_statement() {
            self.end_statement(Ending::Nothing);
        }
        self.push(Part::Word(index));
    }

    /// Whether the statement so far is a macro: an invocation or call, or one name in capitals.
    fn is_macro_statement(&self) -> bool {
        let Some(level) = self.levels.last() else { return false };
        let is_name = level.parts.len() == 1 && parts::are_macros(self.text, self.tokens, &level.parts);
        is_name || parts::is_invocation(self.text, self.tokens, &level.parts)
    }

    pub(super) fn word(&self, index: usize) -> &str {
        &self.text[self.tokens[index].range.clone()]
    }

    pub(super) fn blank(&mut self, index: usize) {
        self.canvas.blank(self.tokens[index].range.clone());
    }

    fn close_group(&mut self, index: usize) {
        if self.bracket() == Bracket::Group {
            let open = self.levels.pop().map_or(index, |level| level.open);
            if self.tokens[index].is(b')') {
                let commas = self.tokens[open + 1..index].iter().rev().take_while(|token| token.is(b',')).count();
                (index - commas..index).for_each(|comma| self.blank(comma));
            }
            if self.dialect == Dialect::Cpp {
                self.mend_conversion(open, index);
                self.mend_new_array(open);
            }
            if self.is_part_of_string(open, index) {
                (open..=index).for_each(|token| self.blank(token));
            }
            if self.is_call(open) && index - open <= ARGUMENT_TOKENS_MAX {
                mend_arguments(self.text, self.tokens, open, index, &mut self.canvas);
                if self.dialect == Dialect::Cpp {
                    mend_type_arguments(self.text, self.tokens, open, index, &mut self.canvas);
                }
            }
            self.push(Part::Group(open, index));
        }
    }

    /// Whether parentheses are the arguments of a macro among string literals, `"no " QUOTED("x") " here"`: the grammar
    /// joins literals with names only.
    fn is_part_of_string(&self, open: usize, close: usize) -> bool {
        let Some(level) = self.levels.last() else { return false };
        let is_string = |at: usize| {
            let token = self.tokens.get(at);
            token.is_some_and(|it| it.kind == TokenKind::Literal && self.text[it.range.clone()].ends_with('"'))
        };
        let is_joined = match level.parts.as_slice() {
            // `operator""_km(…)` is declared.
            [.., Part::Word(operator), Part::Literal(_), Part::Word(_)] if self.word(*operator) == "operator" => false,
            [.., Part::Literal(before), Part::Word(name)] => {
                *name + 1 == open && is_string(*before) || is_string(close + 1)
            }
            [.., Part::Word(name)] => *name + 1 == open && is_string(close + 1),
            _ => false,
        };
        is_joined && close - open <= ARGUMENT_TOKENS_MAX && role(self.word(open - 1)) == Role::Name
    }

    /// Whether the parentheses that `open` opens are the arguments of a call, not parameters.
    fn is_call(&self, open: usize) -> bool {
        let Some(level) = self.levels.last() else { return false };
        let Some((Part::Word(name), before)) = level.parts.split_last() else { return false };
        let is_name = *name + 1 == open && self.tokens[open].is(b'(') && role(self.word(*name)) == Role::Name;
        let is_declared = match before {
            [.., Part::Word(at)] => role(self.word(*at)) != Role::Statement,
            [.., Part::Word(_), Part::Punctuation(_, b'*')] => true,
            _ => false,
        };
        // A class in a function declares its members.
        let is_in_body = self.bodies > 0 && level.bracket != Bracket::Fields;
        is_in_body && is_name && !is_declared && self.word(*name) != "offsetof"
    }

    fn open_brace(&mut self, index: usize) {
        let (bracket, ends_statement) = self.bracket_of_brace();
        let around = self.bracket();
        if matches!(around, Bracket::Scope | Bracket::Fields | Bracket::Body) && bracket != Bracket::Initializer {
            self.mend(Ending::Brace(bracket));
        }
        self.bodies += usize::from(bracket == Bracket::Body);
        self.levels.push(Level { bracket, open: index, parts: Vec::new(), ends_statement });
    }

    fn close_brace(&mut self) {
        while self.bracket() == Bracket::Group && self.levels.len() > 1 {
            // A parenthesis that nobody closed must not swallow the rest of the file.
            self.levels.pop();
        }
        self.end_statement(Ending::Nothing);
        if self.levels.len() == 1 {
            return;
        }
        if let Some(level) = self.levels.pop() {
            self.bodies -= usize::from(level.bracket == Bracket::Body);
            if level.ends_statement {
                self.level().parts.clear();
            } else {
                self.push(Part::Block(level.open));
            }
        }
    }

    /// Whether a `:` ends what stands before it: an access label in a class, or a label in a body.
    fn is_label(&self, index: usize) -> bool {
        let next = self.tokens.get(index + 1);
        let is_scope = next.is_some_and(|next| next.is(b':')) || index > 0 && self.tokens[index - 1].is(b':');
        let Some(level) = self.levels.last().filter(|_| !is_scope) else { return false };
        let words: Vec<&str> = level
            .parts
            .iter()
            .filter_map(|part| if let Part::Word(at) = part { Some(self.word(*at)) } else { None })
            .take(8)
            .collect();
        match level.bracket {
            Bracket::Fields => {
                let is_macro = level.parts.len() == 1 && parts::are_macros(self.text, self.tokens, &level.parts);
                is_macro
                    || words
                        .iter()
                        .any(|word| matches!(*word, "public" | "protected" | "private" | "signals" | "Q_SIGNALS"))
            }
            Bracket::Body => {
                matches!(words.first(), Some(&("case" | "default"))) || words.len() == 1 && level.parts.len() == 1
            }
            _ => false,
        }
    }

    /// Ends the statement.
    pub(super) fn end_statement(&mut self, ending: Ending) {
        if !matches!(self.bracket(), Bracket::Initializer | Bracket::Group) {
            self.mend(ending);
        }
        self.level().parts.clear();
    }

    fn mend(&mut self, ending: Ending) {
        let Some(level) = self.levels.last() else { return };
        super::heads::mend(
            &Head { text: self.text, tokens: self.tokens, parts: &level.parts, within: level.bracket, ending },
            &mut self.canvas,
        );
    }
}
