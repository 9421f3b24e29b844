//! Python 2, recognised by what only it has, so that the user is told more than "invalid syntax".

use ruff_python_ast::token::{Token, TokenKind, Tokens};
use ruff_text_size::Ranged;

use crate::{Lines, Problem, ProblemKind};

/// The first thing of a file that is Python 2. In a file that parses, `except Error, name:` (which newer versions
/// read as two classes) and `print >>file` (an expression) count.
pub(super) fn find(text: &str, tokens: &Tokens, lines: &Lines, parses: bool) -> Option<Problem> {
    let mut starts_statement = true;
    let kept: Vec<&Token> = tokens.iter().filter(|token| !token.kind().is_trivia()).collect();
    for (at, token) in kept.iter().enumerate() {
        let here = Here { text, tokens: &kept[at..] };
        let what = if starts_statement { here.statement(parses) } else { here.operator().filter(|_| !parses) };
        if let Some(what) = what {
            let line = lines.line(token.start());
            return Some(Problem::new(ProblemKind::Python2, line, format!("Python 2: {what}")));
        }
        starts_statement = matches!(
            token.kind(),
            TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent | TokenKind::Semi | TokenKind::Colon
        );
    }
    None
}

struct Here<'a> {
    text: &'a str,
    tokens: &'a [&'a Token],
}

impl Here<'_> {
    fn statement(&self, parses: bool) -> Option<&'static str> {
        let next = self.kind(1);
        match (self.kind(0), self.word(0)) {
            (TokenKind::Name, "print") if next == TokenKind::RightShift => Some("the print statement"),
            (TokenKind::Name, "print") if !parses && is_value(next) => Some("the print statement"),
            (TokenKind::Name, "exec") if !parses && is_value(next) => Some("the exec statement"),
            (TokenKind::Except, _) if self.catches_into_a_name() => Some("`except Error, name:`"),
            (TokenKind::Raise, _) if !parses && next == TokenKind::Name && self.kind(2) == TokenKind::Comma => {
                Some("`raise Error, message`")
            }
            _ => None,
        }
    }

    fn operator(&self) -> Option<&'static str> {
        match (self.word(0), self.word(1)) {
            ("<>", _) | ("<", ">") => Some("the operator `<>`"),
            ("`", _) => Some("backticks"),
            _ => None,
        }
    }

    /// `except E, e:` — a lower-case second name; two classes are written in capitals.
    fn catches_into_a_name(&self) -> bool {
        let mut at = 1;
        while matches!(self.kind(at), TokenKind::Name | TokenKind::Dot) && at < 16 {
            at += 1;
        }
        let name = self.word(at + 1);
        at > 1
            && self.kind(at) == TokenKind::Comma
            && self.kind(at + 1) == TokenKind::Name
            && self.kind(at + 2) == TokenKind::Colon
            && !name.starts_with(char::is_uppercase)
    }

    fn kind(&self, at: usize) -> TokenKind {
        self.tokens.get(at).map_or(TokenKind::EndOfFile, |token| token.kind())
    }

    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).and_then(|token| self.text.get(token.range().to_std_range())).unwrap_or_default()
    }
}

fn is_value(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Name | TokenKind::String | TokenKind::Int | TokenKind::Float | TokenKind::FStringStart)
}
