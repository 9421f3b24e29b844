//! How deep the tree of a text can be, by one scan over its tokens: no recursion, no tree.
//!
//! A tree is deep for two reasons: brackets and blocks inside each other, and chains without any bracket
//! (`a + a + …`, `a.b.c…`, `not not …`, `x if a else y if …`). Every operator, dot and opening bracket may add one level
//! until a comma, a statement's end or the closing bracket. What stands in an open bracket adds to what surrounds it.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

use crate::{Problem, ProblemKind};

/// Levels of a tree at most: brackets, blocks and links of chains together. Python's own compiler gives up between 1,000
/// and 6,000 in its versions; the deepest line of real files has less than 100.
const LEVELS_MAX: u32 = 1_500;

/// Blocks inside each other; Python allows 100.
const BLOCKS_MAX: u32 = 100;

/// Refuses what would be too deep to parse or to walk.
pub(super) fn check(text: &str) -> Result<(), Problem> {
    let mut scan = Scan::default();
    let mut tokens = lexer::lex(text, Mode::Module);
    // The lexer does not say where it is; lines inside strings are not counted, which is near enough here.
    let mut line = 1;
    loop {
        let kind = tokens.next_token();
        if kind == TokenKind::EndOfFile {
            return Ok(());
        }
        if scan.take(kind) > LEVELS_MAX || scan.blocks > BLOCKS_MAX {
            let message = format!("nested or chained deeper than {LEVELS_MAX} levels");
            return Err(Problem::new(ProblemKind::TooDeep, line, message));
        }
        if matches!(kind, TokenKind::Newline | TokenKind::NonLogicalNewline) {
            line += 1;
        }
    }
}

#[derive(Default)]
struct Scan {
    /// Links of the chains of the enclosing brackets, outermost first.
    outer: Vec<u32>,
    /// Sum of `outer`.
    outer_links: u32,
    links: u32,
    blocks: u32,
}

impl Scan {
    /// Takes one token; gives the levels a tree may have here.
    fn take(&mut self, kind: TokenKind) -> u32 {
        match kind {
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                self.links += 1;
                self.outer.push(self.links);
                self.outer_links += self.links;
                self.links = 0;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd => {
                // A chain goes on behind its bracket: `f(a)(b)(c)`.
                if let Some(links) = self.outer.pop() {
                    self.outer_links -= links;
                    self.links = links;
                }
            }
            TokenKind::Comma | TokenKind::Newline | TokenKind::Semi
                if self.outer.is_empty() || kind == TokenKind::Comma =>
            {
                self.links = 0;
            }
            TokenKind::Indent => self.blocks += 1,
            TokenKind::Dedent => self.blocks = self.blocks.saturating_sub(1),
            _ if adds_level(kind) => self.links += 1,
            _ => {}
        }
        self.outer_links + self.links + self.blocks
    }
}

fn adds_level(kind: TokenKind) -> bool {
    kind.is_operator() || kind.is_keyword()
}
