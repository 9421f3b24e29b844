//! A statement as a scan of the tokens sees it: words, groups and punctuation, with what ends it.

use super::canvas::Canvas;
use super::prepare::Bracket;
use super::tokens::Token;
use super::words::{Role, is_macro_name, role};

/// A part of a statement; numbers are tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A word.
    Word(usize),
    /// A number or string.
    Literal(usize),
    /// Parentheses or square brackets: first and last token.
    Group(usize, usize),
    /// Braces, by their first token.
    Block(usize),
    /// Any other byte.
    Punctuation(usize, u8),
}

/// How a statement ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// At `;`.
    Semicolon,
    /// At `{`, which opens this.
    Brace(Bracket),
    /// At the `:` of a label.
    Label,
    /// At `}`, a directive or the end of the file: a semicolon is missing or nothing is open.
    Nothing,
}

/// A statement up to its end.
pub(super) struct Head<'h> {
    /// The whole text.
    pub(super) text: &'h str,
    /// Its tokens.
    pub(super) tokens: &'h [Token],
    /// The statement.
    pub(super) parts: &'h [Part],
    /// What it stands in.
    pub(super) within: Bracket,
    /// How it ends.
    pub(super) ending: Ending,
}

impl Head<'_> {
    pub(super) fn word(&self, at: usize) -> &str {
        &self.text[self.tokens[at].range.clone()]
    }

    pub(super) fn role(&self, part: usize) -> Option<Role> {
        match self.parts.get(part)? {
            Part::Word(at) => Some(role(self.word(*at))),
            _ => None,
        }
    }

    pub(super) fn is_macro(&self, part: usize) -> bool {
        self.parts.get(part).is_some_and(|part| is_capital(self.text, self.tokens, part))
    }

    pub(super) fn is_parentheses(&self, part: usize) -> bool {
        matches!(self.parts.get(part), Some(Part::Group(open, _)) if self.tokens[*open].is(b'('))
    }

    pub(super) fn is_punctuation(&self, part: usize, byte: u8) -> bool {
        matches!(self.parts.get(part), Some(Part::Punctuation(_, found)) if *found == byte)
    }

    /// Blanks a part; a group with all that is in it.
    pub(super) fn blank(&self, part: usize, canvas: &mut Canvas<'_>) {
        match self.parts.get(part) {
            Some(Part::Word(at)) => canvas.blank(self.tokens[*at].range.clone()),
            Some(Part::Group(open, close)) => self.blank_tokens(*open..close + 1, canvas),
            _ => {}
        }
    }

    /// Blanks a part, punctuation included.
    pub(super) fn blank_any(&self, part: usize, canvas: &mut Canvas<'_>) {
        match self.parts.get(part) {
            Some(Part::Literal(at) | Part::Punctuation(at, _)) => canvas.blank(self.tokens[*at].range.clone()),
            _ => self.blank(part, canvas),
        }
    }

    pub(super) fn blank_tokens(&self, tokens: std::ops::Range<usize>, canvas: &mut Canvas<'_>) {
        self.tokens[tokens].iter().for_each(|token| canvas.blank(token.range.clone()));
    }

    /// Whether the line ends behind a group.
    pub(super) fn is_followed_by_line_end(&self, group: usize) -> bool {
        let Some(Part::Group(_, close)) = self.parts.get(group) else { return false };
        let next = self.tokens.get(close + 1).map_or(self.text.len(), |token| token.range.start);
        self.text[self.tokens[*close].range.end..next].contains('\n')
    }

    /// Whether a blank line follows a part: what comes behind it is something else.
    pub(super) fn is_followed_by_blank_line(&self, part: usize) -> bool {
        let last = match self.parts.get(part) {
            Some(Part::Word(at) | Part::Group(_, at)) => *at,
            _ => return false,
        };
        let Some(next) = self.tokens.get(last + 1) else { return false };
        let gap = &self.text[self.tokens[last].range.end..next.range.start];
        gap.lines().skip(1).any(|line| line.trim().is_empty() && gap.matches('\n').count() > 1)
    }
}

/// Whether `parts` are a macro invocation or call and nothing else.
pub(super) fn is_invocation(text: &str, tokens: &[Token], parts: &[Part]) -> bool {
    match parts {
        [Part::Word(name), Part::Group(open, _)] => {
            tokens[*open].is(b'(') && role(&text[tokens[*name].range.clone()]) == Role::Name
        }
        _ => false,
    }
}

/// Whether `parts` are nothing but macros, with or without arguments.
pub(super) fn are_macros(text: &str, tokens: &[Token], parts: &[Part]) -> bool {
    let mut is_after_word = false;
    parts.iter().all(|part| {
        let is_macro = match part {
            Part::Word(at) => role(&text[tokens[*at].range.clone()]) == Role::Name,
            Part::Group(open, _) => is_after_word && tokens[*open].is(b'('),
            _ => false,
        };
        is_after_word = matches!(part, Part::Word(_));
        is_macro
    }) && (parts.len() > 1 || parts.iter().all(|part| is_capital(text, tokens, part)))
}

fn is_capital(text: &str, tokens: &[Token], part: &Part) -> bool {
    matches!(part, Part::Word(at) if is_macro_name(&text[tokens[*at].range.clone()]))
}

/// Whether a `:` that is no half of `::` is among `parts`.
pub(super) fn has_single_colon(tokens: &[Token], parts: &[Part]) -> bool {
    parts.iter().any(|part| match part {
        Part::Punctuation(at, b':') => {
            let is_scope = tokens.get(at + 1).is_some_and(|next| next.is(b':')) || *at > 0 && tokens[at - 1].is(b':');
            !is_scope
        }
        _ => false,
    })
}

/// How many parts `<…>` takes at the start of `parts`; 0 when none starts there or it is not closed.
pub(super) fn angles(parts: &[Part]) -> usize {
    let mut depth = 0_usize;
    let mut is_arrow = false;
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Punctuation(_, b'<') => depth += 1,
            Part::Punctuation(_, b'>') if !is_arrow => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return if at == 0 { 0 } else { at + 1 };
        }
        is_arrow = matches!(part, Part::Punctuation(_, b'-'));
    }
    0
}

/// The parts behind `template <…>`; all when they start otherwise.
pub(super) fn after_template<'p>(text: &str, tokens: &[Token], mut parts: &'p [Part]) -> &'p [Part] {
    while let [Part::Word(at), rest @ ..] = parts
        && &text[tokens[*at].range.clone()] == "template"
    {
        parts = &rest[angles(rest)..];
    }
    parts
}
