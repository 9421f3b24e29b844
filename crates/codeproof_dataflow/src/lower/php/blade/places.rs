//! A program that was written for a template, and where in the template each part of it comes from.

use super::scan::Span;
use crate::ir::{Block, Bytes, Module, Stmt, StmtKind};

/// A part of a program.
#[derive(Debug, Clone, Copy)]
struct Segment {
    /// Where it begins in the program.
    start: usize,
    /// Where it comes from: for a copied part, its text; for others, the directive they were written for.
    origin: Span,
    is_copied: bool,
}

/// A program with its origin.
#[derive(Debug, Default)]
pub(super) struct Program {
    pub(super) text: String,
    segments: Vec<Segment>,
}

impl Program {
    /// Adds a text of the template.
    pub(super) fn copy(&mut self, template: &str, span: Span) {
        self.add(span.of(template), span, true);
    }

    /// Adds a text that was written for a part of the template.
    pub(super) fn write(&mut self, text: &str, origin: Span) {
        self.add(text, origin, false);
    }

    fn add(&mut self, text: &str, origin: Span, is_copied: bool) {
        if !text.is_empty() {
            self.segments.push(Segment { start: self.text.len(), origin, is_copied });
            self.text.push_str(text);
        }
    }

    /// Leads every place of a module of this program back to the template.
    pub(super) fn lead_back(&self, module: &mut Module) {
        for body in &mut module.bodies {
            self.lead(&mut body.bytes);
            body.parameters.iter_mut().for_each(|parameter| self.lead(&mut parameter.bytes));
            body.expr_bytes.iter_mut().for_each(|bytes| self.lead(bytes));
            self.block(&mut body.code);
        }
        module.classes.iter_mut().for_each(|class| self.lead(&mut class.bytes));
    }

    fn block(&self, block: &mut Block) {
        block.iter_mut().for_each(|statement| self.statement(statement));
    }

    /// Blocks are at most [`crate::ir::DEPTH_MAX`] deep.
    fn statement(&self, statement: &mut Stmt) {
        self.lead(&mut statement.bytes);
        match &mut statement.kind {
            StmtKind::If(arms, otherwise) => {
                arms.iter_mut().for_each(|(_, block)| self.block(block));
                self.block(otherwise);
            }
            StmtKind::Loop(looped) => {
                for block in [&mut looped.first, &mut looped.step, &mut looped.body, &mut looped.otherwise] {
                    self.block(block);
                }
            }
            StmtKind::Switch(switch) => switch.cases.iter_mut().for_each(|case| self.block(&mut case.body)),
            StmtKind::Try(attempt) => {
                attempt.handlers.iter_mut().for_each(|(_, _, block)| self.block(block));
                for block in [&mut attempt.body, &mut attempt.otherwise, &mut attempt.last] {
                    self.block(block);
                }
            }
            StmtKind::With(_, block) => self.block(block),
            _ => {}
        }
    }

    fn lead(&self, bytes: &mut Bytes) {
        let (start, end) = (bytes.start as usize, bytes.end as usize);
        let new_start = self.segment_of(start).map_or(0, |segment| match segment.is_copied {
            true => segment.origin.start + (start - segment.start),
            false => segment.origin.start,
        });
        let new_end = self.segment_of(end.saturating_sub(1)).map_or(0, |segment| match segment.is_copied {
            true => segment.origin.start + (end - segment.start),
            false => segment.origin.end,
        });
        let number = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        *bytes = Bytes { start: number(new_start), end: number(new_end.max(new_start)) };
    }

    fn segment_of(&self, byte: usize) -> Option<&Segment> {
        let behind = self.segments.partition_point(|segment| segment.start <= byte);
        self.segments.get(behind.checked_sub(1)?)
    }
}
