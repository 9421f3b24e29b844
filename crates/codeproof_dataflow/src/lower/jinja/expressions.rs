//! Expressions of templates: operators by their precedence, from `a if b else c` down to what filters are put on.

use super::scan::Span;
use super::tokens::{Token, TokenKind, tokens};
use super::{HEIGHT_MAX, OPERANDS_MAX, Template, bytes};
use crate::ir::{BinaryOp, CompareOp, Constant, Expr, ExprId, UnaryOp};

/// How deep parentheses and the like may stand in each other.
const NESTED_MAX: usize = 12;

/// An expression that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given {
    pub(super) expr: ExprId,
    /// Levels of the tree below it, itself included.
    pub(super) height: u8,
    /// It is not escaped any more.
    pub(super) is_markup: bool,
    /// It is a call that adds to the page itself: a macro's.
    pub(super) emits: bool,
}

/// Tokens on their way into an expression. Methods give `None` for what is no expression, or one too deep.
pub(super) struct Parser<'w, 't> {
    pub(super) template: &'w mut Template<'t>,
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    pub(super) nested: usize,
    /// What the tokens stand in.
    pub(super) span: Span,
}

impl<'t> Template<'t> {
    /// Reads all of a span as one expression; what is none becomes unknown, made of the variables in it.
    pub(super) fn whole_expression(&mut self, span: Span) -> Given {
        let mut parser = Parser::new(self, span);
        match parser.expression() {
            Some(given) if parser.is_done() => given,
            _ => parser.unknown_from(0),
        }
    }
}

impl<'w, 't> Parser<'w, 't> {
    pub(super) fn new(template: &'w mut Template<'t>, span: Span) -> Self {
        let tokens = tokens(template.text, span);
        Self { template, tokens, at: 0, nested: 0, span }
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The text of the token here; nothing at the end.
    pub(super) fn here(&self) -> &'t str {
        self.text_at(self.at)
    }

    pub(super) fn text_at(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |token| token.span.of(self.template.text))
    }

    pub(super) fn kind_here(&self) -> Option<TokenKind> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    /// Goes over a token of this text.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let is_here = self.here() == text && self.kind_here() != Some(TokenKind::Text);
        self.at += usize::from(is_here);
        is_here
    }

    /// Goes over a name and gives it.
    pub(super) fn take_name(&mut self) -> Option<&'t str> {
        let name = (self.kind_here() == Some(TokenKind::Name)).then(|| self.here())?;
        self.at += 1;
        Some(name)
    }

    /// From a token to the last one that was read.
    pub(super) fn span_from(&self, first: usize) -> Span {
        let start = self.tokens.get(first).map_or(self.span.start, |token| token.span.start);
        let end = self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.span.end);
        Span { start, end: end.max(start) }
    }

    /// The variables of all tokens from `first` on, as one value that is not followed.
    pub(super) fn unknown_from(&mut self, first: usize) -> Given {
        let mut operands: Vec<ExprId> = Vec::new();
        for at in first..self.tokens.len() {
            let Token { kind, span } = self.tokens[at];
            let before = at.checked_sub(1).map_or("", |before| self.text_at(before));
            let is_variable = kind == TokenKind::Name
                && !matches!(before, "." | "|" | "is")
                && self.text_at(at + 1) != "="
                && !is_keyword(span.of(self.template.text));
            if is_variable && operands.len() < OPERANDS_MAX {
                operands.push(self.template.variable(span.of(self.template.text), span));
            }
        }
        self.at = self.tokens.len();
        let expr = self.template.builder.expr(Expr::Unknown(operands.into()), bytes(self.span));
        Given { expr, height: 2, is_markup: false, emits: false }
    }

    /// Adds an expression over others.
    pub(super) fn node(&mut self, first: usize, expr: Expr, parts: &[Given]) -> Option<Given> {
        let height = 1 + parts.iter().map(|part| part.height).max().unwrap_or(0);
        if height > HEIGHT_MAX {
            return None;
        }
        let span = self.span_from(first);
        let expr = self.template.builder.expr(expr, bytes(span));
        Some(Given { expr, height, is_markup: false, emits: parts.iter().any(|part| part.emits) })
    }

    /// The same value, escaped as the template does by itself.
    pub(super) fn escaped(&mut self, given: Given) -> Option<Given> {
        self.escaped_by("@escaped", given)
    }

    /// The same value, escaped by a call of this name.
    pub(super) fn escaped_by(&mut self, name: &str, given: Given) -> Option<Given> {
        if given.is_markup || given.emits {
            return Some(given);
        }
        if given.height + 1 > HEIGHT_MAX {
            return None;
        }
        let span = self.template.builder.body().bytes_of(given.expr);
        let span = Span { start: span.start as usize, end: span.end as usize };
        let expr = self.template.engine(name, &[given.expr], span);
        Some(Given { expr, height: given.height + 1, is_markup: true, emits: false })
    }

    /// Of parts of one value: as soon as one is markup all are, and the others are escaped.
    pub(super) fn alike(&mut self, parts: Vec<Given>) -> Option<Vec<Given>> {
        if !self.template.manner.escapes || !parts.iter().any(|part| part.is_markup) {
            return Some(parts);
        }
        parts.into_iter().map(|part| self.escaped(part)).collect()
    }

    /// `a`, or `a if b else c`, or Twig's `b ? a : c`.
    pub(super) fn expression(&mut self) -> Option<Given> {
        if self.nested >= NESTED_MAX {
            return None;
        }
        self.nested += 1;
        let first = self.at;
        let value = self.or();
        let value = match value {
            Some(value) if self.take("if") => self.conditional(first, value),
            Some(test) if self.take("?") => self.ternary(first, test),
            other => other,
        };
        self.nested -= 1;
        value
    }

    fn conditional(&mut self, first: usize, value: Given) -> Option<Given> {
        let test = self.or()?;
        let otherwise = match self.take("else") {
            true => self.expression()?,
            false => self.node(self.at, Expr::Constant(Constant::Str("".into())), &[])?,
        };
        self.choice(first, test, value, otherwise)
    }

    fn ternary(&mut self, first: usize, test: Given) -> Option<Given> {
        let value = self.expression()?;
        let otherwise = match self.take(":") {
            true => self.expression()?,
            false => self.node(self.at, Expr::Constant(Constant::Str("".into())), &[])?,
        };
        self.choice(first, test, value, otherwise)
    }

    fn choice(&mut self, first: usize, test: Given, value: Given, otherwise: Given) -> Option<Given> {
        let parts = self.alike(vec![value, otherwise])?;
        let [value, otherwise] = parts.as_slice() else { return None };
        let is_markup = value.is_markup || otherwise.is_markup;
        let expr = Expr::Conditional(test.expr, value.expr, otherwise.expr);
        let given = self.node(first, expr, &[test, *value, *otherwise])?;
        Some(Given { is_markup, ..given })
    }

    /// A chain of one operator as one expression of all its operands.
    fn chain(
        &mut self,
        words: &[&str],
        operand: fn(&mut Self) -> Option<Given>,
        made: fn(Box<[ExprId]>) -> Expr,
    ) -> Option<Given> {
        let first = self.at;
        let start = operand(self)?;
        if !words.contains(&self.here()) {
            return Some(start);
        }
        let mut parts = vec![start];
        while words.iter().any(|word| self.take(word)) {
            parts.push(operand(self)?);
        }
        let parts = self.alike(parts)?;
        let expr = made(parts.iter().map(|part| part.expr).collect());
        let is_markup = parts.iter().any(|part| part.is_markup);
        let given = self.node(first, expr, &parts)?;
        Some(Given { is_markup, ..given })
    }

    fn or(&mut self) -> Option<Given> {
        self.chain(&["or", "??", "?:"], Self::and, Expr::Or)
    }

    fn and(&mut self) -> Option<Given> {
        self.chain(&["and"], Self::not, Expr::And)
    }

    fn not(&mut self) -> Option<Given> {
        let first = self.at;
        let mut is_negated = None;
        while self.take("not") {
            is_negated = Some(!is_negated.unwrap_or(false));
        }
        let value = self.comparison()?;
        match is_negated {
            Some(true) => self.node(first, Expr::Unary(UnaryOp::Not, value.expr), &[value]),
            _ => Some(value),
        }
    }

    fn comparison(&mut self) -> Option<Given> {
        let first = self.at;
        let mut left = self.joined()?;
        let mut parts: Vec<Given> = Vec::new();
        while let Some(operator) = self.comparator() {
            let (right, expr) = match operator {
                Some(operator) => {
                    let right = self.joined()?;
                    (right, Expr::Compare(operator, left.expr, right.expr))
                }
                None => {
                    let (operator, right) = self.test()?;
                    (right, Expr::Compare(operator, left.expr, right.expr))
                }
            };
            parts.push(self.node(first, expr, &[left, right])?);
            left = right;
        }
        match parts.as_slice() {
            [] => Some(left),
            [one] => Some(*one),
            many => {
                let all = many.iter().map(|part| part.expr).collect();
                self.node(first, Expr::And(all), many)
            }
        }
    }

    /// Goes over an operator that compares; `Some(None)` for `is`.
    fn comparator(&mut self) -> Option<Option<CompareOp>> {
        let operator = match self.here() {
            "==" => CompareOp::Equal,
            "!=" | "<>" => CompareOp::NotEqual,
            "<" => CompareOp::Less,
            "<=" => CompareOp::LessOrEqual,
            ">" => CompareOp::Greater,
            ">=" => CompareOp::GreaterOrEqual,
            "in" => CompareOp::In,
            "not" if self.text_at(self.at + 1) == "in" => {
                self.at += 1;
                CompareOp::NotIn
            }
            "is" => {
                self.at += 1;
                return Some(None);
            }
            _ => return None,
        };
        self.at += 1;
        Some(Some(operator))
    }

    /// What stands behind `is`: `not none`, `defined`, `divisibleby(3)`.
    fn test(&mut self) -> Option<(CompareOp, Given)> {
        let first = self.at;
        let is_negated = self.take("not");
        let name = self.take_name()?;
        if self.take("(") {
            let arguments = self.arguments()?;
            let parts: Vec<ExprId> = arguments.iter().map(|(argument, _)| argument.value).collect();
            let givens: Vec<Given> = arguments.iter().map(|(_, given)| *given).collect();
            return Some((CompareOp::InstanceOf, self.node(first, Expr::Unknown(parts.into()), &givens)?));
        }
        let is_operand =
            matches!(name, "divisibleby" | "sameas" | "eq" | "equalto" | "ne" | "lt" | "gt" | "le" | "ge" | "in");
        let none = Expr::Constant(Constant::None);
        match name {
            "none" | "None" | "null" => {
                let operator = if is_negated { CompareOp::NotIdentical } else { CompareOp::Identical };
                Some((operator, self.node(first, none, &[])?))
            }
            _ if is_operand && self.kind_here().is_some_and(|kind| kind != TokenKind::Mark) => {
                Some((CompareOp::InstanceOf, self.operand()?))
            }
            _ => Some((CompareOp::InstanceOf, self.node(first, none, &[])?)),
        }
    }

    /// `a ~ b`.
    fn joined(&mut self) -> Option<Given> {
        self.chain(&["~"], Self::sum, Expr::Text)
    }

    fn sum(&mut self) -> Option<Given> {
        let first = self.at;
        let mut left = self.chain(&["+"], Self::product, |parts| Expr::Chain(BinaryOp::Add, parts))?;
        while self.take("-") {
            let right = self.chain(&["+"], Self::product, |parts| Expr::Chain(BinaryOp::Add, parts))?;
            left = self.node(first, Expr::Binary(BinaryOp::Subtract, left.expr, right.expr), &[left, right])?;
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Given> {
        let first = self.at;
        let mut left = self.signed()?;
        loop {
            let operator = match self.here() {
                "*" => BinaryOp::Multiply,
                "/" => BinaryOp::Divide,
                "//" => BinaryOp::FloorDivide,
                "%" => BinaryOp::Remainder,
                "**" => BinaryOp::Power,
                _ => return Some(left),
            };
            self.at += 1;
            let right = self.signed()?;
            left = self.node(first, Expr::Binary(operator, left.expr, right.expr), &[left, right])?;
        }
    }

    fn signed(&mut self) -> Option<Given> {
        let first = self.at;
        let mut is_negative = false;
        while matches!(self.here(), "-" | "+") {
            is_negative |= self.here() == "-";
            self.at += 1;
        }
        let value = self.operand()?;
        match is_negative {
            true => self.node(first, Expr::Unary(UnaryOp::Negate, value.expr), &[value]),
            false => Some(value),
        }
    }
}

/// Whether a name is a word of the language and no variable.
pub(super) fn is_keyword(name: &str) -> bool {
    let words = [
        "and",
        "or",
        "not",
        "in",
        "is",
        "if",
        "else",
        "as",
        "with",
        "only",
        "by",
        "for",
        "recursive",
        "context",
        "without",
        "ignore",
        "missing",
        "import",
        "true",
        "false",
        "none",
        "True",
        "False",
        "None",
        "from",
        "and",
        "count",
    ];
    words.contains(&name)
}
