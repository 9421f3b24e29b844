//! Makes C and C++ text easier to parse without a preprocessor, keeping every offset.
//!
//! A grammar reads conditionals as statements and macros as types or calls. Where a file uses them otherwise - an arm
//! that opens a brace, an attribute hidden in a macro, a macro that is the head of a function - the grammar loses its
//! way for the rest of the file. This pass scans the tokens once with a stack of brackets and paints over what the
//! grammar could not place: directives and losing arms of conditionals that cut through a construct (here), and macros
//! around declarations (`heads`). What the grammar can read stays, both arms of ordinary conditionals among it.

use super::Dialect;
use super::canvas::Canvas;
use super::conditionals::{Conditionals, Group, conditionals};
use super::heads::{self, Ending, Part};
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

struct Level {
    bracket: Bracket,
    /// Token that opened it.
    open: usize,
    /// The statement so far.
    parts: Vec<Part>,
    /// Whether its end is the end of the statement around it.
    ends_statement: bool,
}

impl Level {
    fn new(bracket: Bracket, open: usize) -> Self {
        Self { bracket, open, parts: Vec::new(), ends_statement: bracket == Bracket::Scope }
    }
}

/// What is done with a conditional.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    /// The grammar reads it.
    Keep,
    /// The directives go, all arms stay.
    Splice,
    /// The directives and all arms but the chosen one go.
    Choose,
}

struct Scan<'t> {
    text: &'t str,
    tokens: &'t [Token],
    dialect: Dialect,
    canvas: Canvas<'t>,
    /// Never empty.
    levels: Vec<Level>,
    /// How many of the levels are bodies.
    bodies: usize,
    conditionals: &'t Conditionals,
    /// For each conditional, once its `#if` was met.
    decisions: Vec<Option<Decision>>,
}

impl Scan<'_> {
    /// Reads the token at `index`; hands out which one comes next.
    fn step(&mut self, index: usize) -> usize {
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

    fn level(&mut self) -> &mut Level {
        self.levels.last_mut().expect("the first level is never popped")
    }

    fn bracket(&self) -> Bracket {
        self.levels.last().map_or(Bracket::Scope, |level| level.bracket)
    }

    fn push(&mut self, part: Part) {
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
        let is_name = level.parts.len() == 1 && heads::are_macros(self.text, self.tokens, &level.parts);
        is_name || heads::is_invocation(self.text, self.tokens, &level.parts)
    }

    fn word(&self, index: usize) -> &str {
        &self.text[self.tokens[index].range.clone()]
    }

    fn blank(&mut self, index: usize) {
        self.canvas.blank(self.tokens[index].range.clone());
    }

    fn close_group(&mut self, index: usize) {
        if self.bracket() == Bracket::Group {
            let open = self.levels.pop().map_or(index, |level| level.open);
            if self.tokens[index].is(b')') {
                let commas = self.tokens[open + 1..index].iter().rev().take_while(|token| token.is(b',')).count();
                (index - commas..index).for_each(|comma| self.blank(comma));
            }
            if self.is_part_of_string(open, index) {
                (open..=index).for_each(|token| self.blank(token));
            }
            if self.is_call(open) && index - open <= ARGUMENT_TOKENS_MAX {
                heads::mend_arguments(self.text, self.tokens, open, index, &mut self.canvas);
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
        self.bodies > 0 && is_name && !is_declared && self.word(*name) != "offsetof"
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

    /// What a `{` opens here, and whether its `}` ends the statement.
    fn bracket_of_brace(&self) -> (Bracket, bool) {
        let Some(level) = self.levels.last() else { return (Bracket::Body, true) };
        let parts = heads::after_template(self.text, self.tokens, &level.parts);
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
        if has("enum") && !has_head {
            return (Bracket::Enumerators, false);
        }
        if ["struct", "union", "class"].into_iter().any(has) && !is_after_group && !has_head {
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
        if is_cpp && is_value && !parts.is_empty() && level.bracket != Bracket::Scope {
            return (Bracket::Initializer, false);
        }
        (Bracket::Body, true)
    }

    /// Whether the parentheses that `open` opens belong to an attribute, not to a declarator.
    fn is_attribute_group(&self, open: usize) -> bool {
        let before = open.checked_sub(1).map(|before| &self.tokens[before]);
        before.is_some_and(|token| token.kind == TokenKind::Word && role(self.word(open - 1)) == Role::Attribute)
    }

    /// Whether a single `:` stands behind parentheses: the members that a constructor sets follow.
    fn is_after_colon(&self, parts: &[Part]) -> bool {
        let group = parts.iter().position(|part| matches!(part, Part::Group(..)));
        group.is_some_and(|group| heads::has_single_colon(self.tokens, &parts[group..]))
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
                words.iter().any(|word| matches!(*word, "public" | "protected" | "private" | "signals" | "Q_SIGNALS"))
            }
            Bracket::Body => {
                matches!(words.first(), Some(&("case" | "default"))) || words.len() == 1 && level.parts.len() == 1
            }
            _ => false,
        }
    }

    /// Ends the statement.
    fn end_statement(&mut self, ending: Ending) {
        if !matches!(self.bracket(), Bracket::Initializer | Bracket::Group) {
            self.mend(ending);
        }
        self.level().parts.clear();
    }

    fn mend(&mut self, ending: Ending) {
        let Some(level) = self.levels.last() else { return };
        heads::mend(
            &heads::Head { text: self.text, tokens: self.tokens, parts: &level.parts, within: level.bracket, ending },
            &mut self.canvas,
        );
    }

    /// Decides what happens to the conditional that the directive `index` opens; hands out the token to read next.
    fn open_conditional(&mut self, index: usize) -> usize {
        let conditionals = self.conditionals;
        let Some(number) = conditionals.group_of(index) else { return index + 1 };
        let group = &conditionals.groups[number];
        let decision = self.decide(group);
        self.decisions[number] = Some(decision);
        match decision {
            Decision::Keep => {
                self.end_statement(Ending::Nothing);
                self.mend_condition(index);
                index + 1
            }
            Decision::Splice => {
                self.blank(index);
                index + 1
            }
            Decision::Choose => {
                self.blank_losers(group);
                match (group.chosen, group.end) {
                    (Some(chosen), _) => group.tokens_of(chosen).start,
                    (None, Some(end)) => end + 1,
                    (None, None) => index + 1,
                }
            }
        }
    }

    fn blank_losers(&mut self, group: &Group) {
        for arm in 0..group.arms.len() {
            self.blank(group.arms[arm].directive);
            if group.chosen != Some(arm) {
                group.tokens_of(arm).for_each(|token| self.blank(token));
            }
        }
        if let Some(end) = group.end {
            self.blank(end);
        }
    }

    /// Reads `#elif`, `#else` and `#endif`.
    fn next_arm(&mut self, index: usize) -> usize {
        let number = self.conditionals.group_of(index);
        match number.and_then(|number| self.decisions[number]) {
            Some(Decision::Keep) => {
                self.end_statement(Ending::Nothing);
                self.mend_condition(index);
            }
            Some(Decision::Choose) => {
                let end = number.and_then(|number| self.conditionals.groups[number].end);
                return end.map_or(index, |end| end) + 1;
            }
            Some(Decision::Splice) | None => self.blank(index),
        }
        index + 1
    }

    /// Whether the grammar can read a conditional where it stands, and what to do when it cannot.
    fn decide(&self, group: &Group) -> Decision {
        let Some(end) = group.end else { return Decision::Splice };
        if !group.is_balanced {
            return Decision::Choose;
        }
        let Some(level) = self.levels.last() else { return Decision::Keep };
        let arms = || (0..group.arms.len()).map(|arm| group.tokens_of(arm));
        let ends_with_comma = |arm: std::ops::Range<usize>| self.last_of(arm).is_none_or(|last| last.is(b','));
        match level.bracket {
            Bracket::Group => Decision::Choose,
            Bracket::Initializer if arms().all(ends_with_comma) => Decision::Splice,
            Bracket::Initializer => Decision::Choose,
            Bracket::Enumerators if arms().all(ends_with_comma) => Decision::Keep,
            Bracket::Enumerators => Decision::Choose,
            Bracket::Scope | Bracket::Fields | Bracket::Body => {
                let behind = end + 1..self.tokens.len().min(end + 4);
                let next = self.tokens[behind].iter().find(|token| !matches!(token.kind, TokenKind::Directive(_)));
                let is_else = next.is_some_and(|next| &self.text[next.range.clone()] == "else");
                let is_whole =
                    self.is_complete(level) && arms().all(|arm| self.is_whole(arm, level.bracket)) && !is_else;
                if is_whole { Decision::Keep } else { Decision::Choose }
            }
        }
    }

    /// Whether no statement is open: nothing stands before, or macros that need no semicolon.
    fn is_complete(&self, level: &Level) -> bool {
        let (text, tokens, parts) = (self.text, self.tokens, &level.parts);
        match level.bracket {
            Bracket::Body => parts.is_empty() || heads::is_invocation(text, tokens, parts),
            _ => parts.is_empty() || heads::are_macros(text, tokens, parts),
        }
    }

    /// Whether an arm holds whole statements.
    fn is_whole(&self, arm: std::ops::Range<usize>, within: Bracket) -> bool {
        let starts_with_else = self.tokens[arm.clone()]
            .iter()
            .find(|token| !matches!(token.kind, TokenKind::Directive(_)))
            .is_some_and(|first| &self.text[first.range.clone()] == "else");
        let ends = match self.last_of(arm.clone()).map(|last| last.kind) {
            None | Some(TokenKind::Punctuation(b';' | b'}' | b':')) => true,
            // `MACRO(x)` alone.
            Some(TokenKind::Punctuation(b')')) => {
                self.tokens[arm.start].kind == TokenKind::Word
                    && self.tokens[arm.start + 1].is(b'(')
                    && role(self.word(arm.start)) == Role::Name
            }
            Some(TokenKind::Word) => within != Bracket::Body && arm.len() == 1,
            _ => false,
        };
        ends && !starts_with_else
    }

    /// The last token of a run that is no directive.
    fn last_of(&self, run: std::ops::Range<usize>) -> Option<&Token> {
        self.tokens[run].iter().rev().find(|token| !matches!(token.kind, TokenKind::Directive(_)))
    }

    /// Paints over what the grammar of directives does not know: operators in conditions, words behind `#else`.
    fn mend_condition(&mut self, index: usize) {
        let range = self.tokens[index].range.clone();
        let line = &self.text[range.clone()];
        let after = line.len() - line.trim_start_matches(['#', ' ', '\t']).len();
        let word_end = after + line[after..].find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(line.len() - after);
        let condition = &line[word_end..];
        match &line[after..word_end] {
            "else" | "endif" => self.canvas.blank(range.start + word_end..range.end),
            "if" | "elif" if is_odd_condition(condition) => {
                let start = range.start + word_end;
                self.canvas.blank(start..range.end);
                if range.end > start + 1 {
                    self.canvas.put(start + 1, b'1');
                }
            }
            _ => {}
        }
    }

    /// Reads a directive that is no conditional: the grammar knows them between statements only.
    fn directive(&mut self, index: usize, directive: Directive) {
        let Some(level) = self.levels.last() else { return };
        let is_possible = match level.bracket {
            Bracket::Scope => self.is_complete(level),
            Bracket::Body => self.is_complete(level),
            Bracket::Fields => self.is_complete(level) && directive != Directive::Include,
            Bracket::Enumerators | Bracket::Initializer | Bracket::Group => false,
        };
        if !is_possible {
            self.blank(index);
            return;
        }
        self.end_statement(Ending::Nothing);
        let range = self.tokens[index].range.clone();
        if self.text[range.clone()].len() == 1 {
            self.blank(index);
        } else if directive == Directive::Define {
            self.mend_define(index);
        }
    }

    /// Paints over what the grammar does not know in a definition of a macro; readers take macros from the text.
    fn mend_define(&mut self, index: usize) {
        let range = self.tokens[index].range.clone();
        let line = &self.text[range.clone()];
        let head = line.split(')').next().unwrap_or(line);
        let has_long_head = head.len() < line.len() && head.contains('(') && head.contains('\n');
        if has_long_head || line.contains("/*") || line.contains("//") {
            // Parameters on several lines and comments end the directive too early, so that its rest reads as code.
            self.blank(index);
            return;
        }
        // `#define log(format, args...)`: the dots behind a name are GNU's.
        let dots = head.find("...");
        if let Some(at) = dots.filter(|at| line[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_')) {
            self.canvas.blank(range.start + at..range.start + at + 3);
        }
    }
}

/// Whether a condition holds what the grammar of conditions lacks.
fn is_odd_condition(condition: &str) -> bool {
    let has_header = condition.contains("__has_include") || condition.contains("__has_embed");
    has_header || condition.contains(['?', '"', '{', '.', '=']) && !is_comparison(condition) || condition.contains("::")
}

/// Whether every `=` of a condition belongs to a comparison, and nothing else odd stands in it.
fn is_comparison(condition: &str) -> bool {
    let rest = condition.replace("==", "").replace("!=", "").replace("<=", "").replace(">=", "");
    !rest.contains(['?', '"', '{', '.', '='])
}
