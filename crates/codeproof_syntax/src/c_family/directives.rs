//! What a scan does with preprocessor lines: conditionals are kept, opened up or cut to one arm, and spellings that the
//! grammar of directives does not know are painted over.

use super::conditionals::Group;
use super::parts::{self, Ending};
use super::prepare::{Bracket, Level, Scan};
use super::tokens::{Directive, Token, TokenKind};
use super::words::{Role, role};

/// What is done with a conditional.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// The grammar reads it.
    Keep,
    /// The directives go, all arms stay.
    Splice,
    /// The directives and all arms but the chosen one go.
    Choose,
}

impl Scan<'_> {
    /// Decides what happens to the conditional that the directive `index` opens; hands out the token to read next.
    pub(super) fn open_conditional(&mut self, index: usize) -> usize {
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
    pub(super) fn next_arm(&mut self, index: usize) -> usize {
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
            Bracket::Body => parts.is_empty() || parts::is_invocation(text, tokens, parts),
            _ => parts.is_empty() || parts::are_macros(text, tokens, parts),
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
    pub(super) fn directive(&mut self, index: usize, directive: Directive) {
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
    let has_header =
        condition.contains("__has_include") || condition.contains("__has_embed") || condition.contains("(<");
    has_header || condition.contains(['?', '"', '{', '.', '=']) && !is_comparison(condition) || condition.contains("::")
}

/// Whether every `=` of a condition belongs to a comparison, and nothing else odd stands in it.
fn is_comparison(condition: &str) -> bool {
    let rest = condition.replace("==", "").replace("!=", "").replace("<=", "").replace(">=", "");
    !rest.contains(['?', '"', '{', '.', '='])
}
