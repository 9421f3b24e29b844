//! Parsing within a budget that no clock decides, so that equal texts give equal trees on every machine.
//!
//! tree-sitter reports every hundred steps; those are counted, and so is what its lexer reads. One thing they do not
//! show: at every error it walks over the comments it has not put below a node yet, so that a text full of comments and
//! errors costs the square of its length in few steps. So one hundred steps in each `SLICE` are watched through
//! tree-sitter's log; where two such samples in a row are dense with errors, their cost is charged for the whole slice.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

/// What a parse may cost, in hundreds of tree-sitter's steps: about 8 µs each. Ordinary texts take at most 1.8 steps
/// for a byte (measured on Django, Laravel, redis and curl), 200,000 nested brackets of Python take 7.
pub(crate) fn budget(bytes: usize) -> u64 {
    100_000 + bytes as u64 / 5
}

/// Hundreds of steps between the starts of two samples.
const SLICE: u64 = 100;

/// Errors in a hundred steps that make a sample dense.
const DENSE_ERRORS: u64 = 2;

/// Comments on the stack that make an error as dear as a hundred ordinary steps; measured.
const ERROR_COMMENTS: u64 = 40;

/// Bytes handed to the lexer at a time.
const READ_BYTES: usize = 4_096;

/// The cost of such a read in hundreds of steps; both take about as long.
const READ_COST: u64 = 4;

/// Parses `text` with the language that is set; `None` when it costs more than `spent_max` hundreds of steps.
pub(crate) fn parse_within(parser: &mut Parser, text: &str, spent_max: u64) -> Option<Tree> {
    let mut spent = 0;
    let mut was_dense = false;
    let tree = loop {
        let (tree, before) = run(parser, text, SLICE - 1, &mut spent);
        if tree.is_some() {
            break tree;
        }
        let sample = Arc::new(Sample::default());
        sample.watch(parser);
        let (tree, offset) = run(parser, text, 1, &mut spent);
        parser.set_logger(None);
        let errors = sample.errors.load(Ordering::Relaxed);
        let comments = sample.comments.load(Ordering::Relaxed) * offset / offset.saturating_sub(before).max(1);
        let is_dense = errors >= DENSE_ERRORS;
        if is_dense && was_dense {
            spent += errors * SLICE * comments / ERROR_COMMENTS;
        }
        was_dense = is_dense;
        if tree.is_some() || spent > spent_max {
            break tree;
        }
    };
    parser.reset();
    tree
}

/// Goes on for `hundreds` of steps; hands out the tree when it is done, and the offset that was reached.
fn run(parser: &mut Parser, text: &str, hundreds: u64, spent: &mut u64) -> (Option<Tree>, u64) {
    let (steps, reads, offset) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let mut progress = |state: &ParseState| {
        offset.set(state.current_byte_offset() as u64);
        steps.set(steps.get() + 1);
        if steps.get() < hundreds { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let bytes = text.as_bytes();
    let mut read = |at: usize, _| {
        reads.set(reads.get() + 1);
        bytes.get(at..bytes.len().min(at + READ_BYTES)).unwrap_or_default()
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let tree = parser.parse_with_options(&mut read, None, Some(options));
    *spent += steps.get() + reads.get() * READ_COST;
    (tree, offset.get())
}

/// What a hundred steps met.
#[derive(Debug, Default)]
struct Sample {
    errors: AtomicU64,
    comments: AtomicU64,
}

impl Sample {
    /// Has `parser` count into this sample from now on.
    fn watch(self: &Arc<Self>, parser: &mut Parser) {
        let sample = Arc::clone(self);
        parser.set_logger(Some(Box::new(move |_, message| {
            if message.starts_with("detect_error") {
                sample.errors.fetch_add(1, Ordering::Relaxed);
            } else if message.starts_with("lexed_lookahead sym:comment") {
                sample.comments.fetch_add(1, Ordering::Relaxed);
            }
        })));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parser() -> Parser {
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter_php::LANGUAGE_PHP.into()).expect("the grammar is built for this tree-sitter");
        parser
    }

    #[test]
    fn ends_when_the_budget_does_and_begins_anew() {
        let mut parser = parser();
        let text = format!("<?php\n{}", "f(1);\n".repeat(10_000));
        assert!(parse_within(&mut parser, &text, 500).is_none());
        let tree = parse_within(&mut parser, "<?php f(1);", 500).unwrap();
        assert_eq!(tree.root_node().to_sexp().matches("function_call_expression").count(), 1);
        let whole = parse_within(&mut parser, &text, budget(text.len())).unwrap();
        assert!(!whole.root_node().has_error());
    }

    #[test]
    fn pauses_change_nothing() {
        let text = format!("<?php\n{}", "class A { function f() { return g(1, [2]; } }\n".repeat(2_000));
        let whole = parser().parse(&text, None).unwrap();
        let paused = parse_within(&mut parser(), &text, budget(text.len())).unwrap();
        assert_eq!(paused.root_node().to_sexp(), whole.root_node().to_sexp());
    }

    #[test]
    fn gives_up_where_every_line_is_wrong() {
        let text = format!("<?php\n{}", "# a\n# b\n# c\nFOO(1)\n".repeat(40_000));
        assert!(parse_within(&mut parser(), &text, budget(text.len())).is_none());
    }
}
