//! Names that a scanner binds more than once: counters and running values, which are no parameters.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprContext, Stmt};
use ruff_text_size::Ranged;

use codeproof_python::Module;

/// By range of bytes, in order, the names that are bound at more than one place in it.
pub(super) fn names(module: &Module, ranges: &[(u32, u32)]) -> Vec<BTreeSet<String>> {
    let mut eye = Eye { ranges, inside: Vec::new(), times: vec![BTreeMap::new(); ranges.len()] };
    module.parsed.syntax().body.iter().for_each(|statement| eye.visit_stmt(statement));
    let often = |times: BTreeMap<String, u32>| {
        times.into_iter().filter(|(_, times)| *times > 1).map(|(name, _)| name).collect::<BTreeSet<String>>()
    };
    eye.times.into_iter().map(often).collect()
}

struct Eye<'b> {
    ranges: &'b [(u32, u32)],
    /// Ranges around the present statement.
    inside: Vec<usize>,
    times: Vec<BTreeMap<String, u32>>,
}

impl<'a> Visitor<'a> for Eye<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let start = statement.range().start().to_u32();
        let before = self.inside.len();
        let here = self.ranges.partition_point(|range| range.0 < start);
        let begins = self.ranges.iter().enumerate().skip(here).take_while(|(_, known)| known.0 == start);
        self.inside.extend(begins.map(|(at, _)| at));
        if let Stmt::AugAssign(assign) = statement {
            self.bind(&assign.target);
        }
        walk_stmt(self, statement);
        self.inside.truncate(before);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.bind(expression);
        walk_expr(self, expression);
    }
}

impl Eye<'_> {
    fn bind(&mut self, target: &Expr) {
        let Expr::Name(name) = target else { return };
        if name.ctx != ExprContext::Store {
            return;
        }
        for at in &self.inside {
            *self.times[*at].entry(name.id.to_string()).or_default() += 1;
        }
    }
}
