//! Takes other scanners out of the lists, dicts and conditions they stand in together with this one.
//!
//! Elements of a list that is looked through, entries of a dict, flags of a condition `(a == 1) | (b == 1)` on rows of which
//! only those with `a` are wanted. That the rest of the program does not notice is checked by [`trust`](super::trust).

use std::collections::BTreeSet;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{Visitor, walk_comprehension, walk_expr, walk_stmt};
use ruff_python_ast::{Comprehension, Expr, ExprBinOp, ExprDict, Operator, Stmt, StmtAssign};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::facts::{self, Removed};
use super::keep::Keeper;
use super::program::Program;
use super::{Foreign, Question};

/// Operands of one condition.
const OPERANDS_MAX: usize = 500;

/// What is taken out.
#[derive(Default)]
pub(super) struct Removals<'a> {
    pub(super) all: Removed,
    /// Names of lists and dicts that lost elements; they must only be looked through, each element by itself.
    pub(super) shortened: BTreeSet<&'a str>,
    /// Loops through nothing but other scanners.
    pub(super) loops: Vec<&'a Stmt>,
    /// Keys under which results of other scanners were put.
    pub(super) keys: BTreeSet<&'a str>,
    /// Conditions on rows that lost the flags of other scanners.
    pub(super) conditions: Vec<TextRange>,
}

/// Finds what stands together in displays and conditions.
pub(super) fn find<'q>(question: &Question<'q>, foreign: &Foreign<'q>) -> Removals<'q> {
    let mut finder = Finder { question, foreign, removals: Removals::default(), target: None };
    question.module.parsed.syntax().body.iter().for_each(|statement| finder.visit_stmt(statement));
    finder.removals
}

/// Entries of settings that no kept code reads: dicts of the module that are only read as `NAME['key']`.
pub(super) fn unread<'q>(question: &Question<'q>, program: &Program<'q>, keeper: &Keeper<'_, 'q>) -> Vec<TextRange> {
    let mut found = Vec::new();
    for id in keeper.kept_nodes() {
        let Stmt::Assign(assign) = program.nodes[id].statement else { continue };
        let ([Expr::Name(target)], Expr::Dict(dict)) = (assign.targets.as_slice(), &*assign.value) else { continue };
        let name = target.id.as_str();
        if program.nodes[id].scope != 0
            || program.nodes[id].parent.is_some()
            || question.path.first().is_some_and(|wanted| wanted == name)
        {
            continue;
        }
        let Some(keys) = keys_read(name, program, keeper) else { continue };
        let is_unread = |at: usize| {
            let key = dict.items[at].key.as_ref().and_then(Expr::as_string_literal_expr);
            key.is_some_and(|key| !keys.contains(key.value.to_str()))
        };
        let unread: Vec<usize> = (0..dict.items.len()).filter(|at| is_unread(*at)).collect();
        if unread.len() < dict.items.len() {
            found.extend(cuts(question, &entries(dict), &unread, dict.range(), false));
        }
    }
    found
}

/// Puts `None` where a tuple gives what nobody takes: `a, b = main()` of which only `a` is wanted.
pub(super) fn unpacked<'q>(program: &Program<'q>, keeper: &Keeper<'_, 'q>, removed: &mut Removed) {
    for id in keeper.kept_nodes() {
        let node = &program.nodes[id];
        let Stmt::Assign(assign) = node.statement else { continue };
        let [Expr::Tuple(targets)] = assign.targets.as_slice() else { continue };
        if keeper.way.tails.left(node.statement).is_some() {
            continue;
        }
        let unwanted = |at: &usize| match &targets.elts[*at] {
            Expr::Name(name) => {
                let home = program.home(node.scope, name.id.as_str());
                !keeper.is_read((home, name.id.as_str()))
            }
            _ => false,
        };
        let unwanted: Vec<usize> = (0..targets.elts.len()).filter(unwanted).collect();
        if unwanted.is_empty() {
            continue;
        }
        for (elements, instead) in tuples(program, node.scope, &assign.value, targets.elts.len()) {
            for at in &unwanted {
                let element = elements[*at].range();
                if keeper.way.tails.holds(element) {
                    continue;
                }
                removed.add(element);
                removed.put(element.start(), instead.clone());
            }
        }
    }
}

/// The tuples an expression may give, with what is put in the place of an element.
fn tuples<'q>(program: &Program<'q>, scope: usize, value: &'q Expr, length: usize) -> Vec<(Vec<&'q Expr>, String)> {
    let fits = |elements: Vec<&'q Expr>, instead: &str| {
        if elements.len() == length && !elements.iter().any(|element| element.is_starred_expr()) {
            vec![(elements, instead.to_owned())]
        } else {
            Vec::new()
        }
    };
    match value {
        Expr::Tuple(tuple) => fits(tuple.elts.iter().collect(), "None"),
        Expr::Await(awaited) => tuples(program, scope, &awaited.value, length),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) if method.attr.as_str() == "gather" && call.arguments.keywords.is_empty() => {
                let Expr::Name(module) = &*method.value else { return Vec::new() };
                fits(call.arguments.args.iter().collect(), &format!("{}.sleep(0)", module.id.as_str()))
            }
            Expr::Attribute(method) if method.attr.as_str() == "run" => {
                call.arguments.args.first().map(|inner| tuples(program, scope, inner, length)).unwrap_or_default()
            }
            Expr::Name(name) => returned_tuples(program, scope, name.id.as_str(), length),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The tuples a function returns, when one statement of the file calls it and all it returns are tuples of that length.
fn returned_tuples<'q>(
    program: &Program<'q>,
    scope: usize,
    name: &'q str,
    length: usize,
) -> Vec<(Vec<&'q Expr>, String)> {
    let home = program.home(scope, name);
    let users = program.nodes.iter().filter(|node| {
        node.facts.loads.contains(name)
            || node.body.as_ref().is_some_and(|body| body.free.contains(name) && node.opens.is_none())
    });
    let Some([definition]) = program.binders.get(&(home, name)).map(Vec::as_slice) else { return Vec::new() };
    let Some(opened) = program.nodes[*definition].opens.filter(|_| users.count() == 1) else { return Vec::new() };
    let mut found = Vec::new();
    for id in &program.scopes[opened].nodes {
        let Stmt::Return(stmt) = program.nodes[*id].statement else { continue };
        match stmt.value.as_deref() {
            Some(Expr::Tuple(tuple)) if tuple.elts.len() == length => {
                found.push((tuple.elts.iter().collect(), "None".to_owned()));
            }
            _ => return Vec::new(),
        }
    }
    found
}

/// Keys by which kept code reads a dict of the module; `None` when it also looks at it otherwise.
fn keys_read<'a>(name: &str, program: &Program<'a>, keeper: &Keeper<'_, 'a>) -> Option<BTreeSet<&'a str>> {
    let mut keys = BTreeSet::new();
    for id in keeper.kept_nodes() {
        let node = &program.nodes[id];
        let whole = node.body.as_ref().filter(|_| node.opens.is_none()).map(|body| &body.facts);
        for facts in [Some(&node.facts), whole].into_iter().flatten() {
            if facts.bare.contains(name) || facts.effects.iter().any(|effect| effect.root == name) {
                return None;
            }
            keys.extend(facts.keyed.get(name).into_iter().flatten());
        }
    }
    Some(keys)
}

struct Finder<'f, 'q> {
    question: &'f Question<'q>,
    foreign: &'f Foreign<'q>,
    removals: Removals<'q>,
    /// The name that the statement binds.
    target: Option<&'q str>,
}

impl<'q> Finder<'_, 'q> {
    /// Whose an expression is: another scanner's, this one's, nobody's.
    fn owner(&self, expression: &'q Expr) -> Owner {
        let facts = facts::of_expression(expression);
        let range = expression.range();
        let own = &self.question.own;
        let is_own = facts.loads.contains(own.entry.as_str())
            || facts.later.contains(own.entry.as_str())
            || range.contains(TextSize::new(own.unit)) && own.range.0 <= range.start().to_u32() + 200
            || matches!(own.kind, "method" | "column") && facts.mentions.has(&own.entry);
        let holds = self.foreign.units.range(range.start().to_u32()..range.end().to_u32()).next().is_some();
        match (is_own, holds || self.foreign.is_named_by(&facts)) {
            (true, _) => Owner::Own,
            (false, true) => Owner::Other,
            (false, false) => Owner::Nobody,
        }
    }

    /// Takes the others out of a display; whether any was there.
    fn display(&mut self, elements: &[(&'q Expr, TextRange)], display: TextRange, is_tuple: bool) -> bool {
        if elements.len() > 2_000 {
            return false;
        }
        let owners: Vec<Owner> = elements.iter().map(|(element, _)| self.owner(element)).collect();
        let others: Vec<usize> = (0..owners.len()).filter(|at| owners[*at] == Owner::Other).collect();
        if others.is_empty() || others.len() == owners.len() {
            return false;
        }
        let ends_without_comma = others.len() + 1 == owners.len() && owners.last() != Some(&Owner::Other);
        if let Some((_, last)) = elements.last().filter(|_| is_tuple && ends_without_comma)
            && !self.has_comma_behind(*last, display)
        {
            self.removals.all.put(last.end(), ",");
        }
        let ranges: Vec<TextRange> = elements.iter().map(|(_, range)| *range).collect();
        cuts(self.question, &ranges, &others, display, is_tuple).into_iter().for_each(|cut| self.removals.all.add(cut));
        true
    }

    /// Takes the results of others out of a dict of results; whose they are their keys say.
    fn results(&mut self, dict: &'q ExprDict) {
        let key = |at: &usize| dict.items[*at].key.as_ref().and_then(Expr::as_string_literal_expr);
        let has = |at: &usize, wanted: &dyn Fn(&str) -> bool| key(at).is_some_and(|key| wanted(key.value.to_str()));
        let question = self.question;
        let is_own_key = |key: &str| match question.path.last() {
            Some(own) => key == own,
            None => key == question.own.name || key == question.own.entry,
        };
        let is_other_key = |key: &str| self.is_other_key(key);
        let is_own = |at: usize| has(&at, &is_own_key);
        let others: Vec<usize> = (0..dict.items.len()).filter(|at| has(at, &is_other_key)).collect();
        if !others.is_empty() && (0..dict.items.len()).any(is_own) {
            self.removals.keys.extend(others.iter().filter_map(key).map(|key| key.value.to_str()));
            let cuts = cuts(self.question, &entries(dict), &others, dict.range(), false);
            cuts.into_iter().for_each(|cut| self.removals.all.add(cut));
        }
    }

    /// Whether a result of another scanner lies under a key.
    fn is_other_key(&self, key: &str) -> bool {
        let question = self.question;
        match question.path.last() {
            Some(_) => question.other_keys.contains(key),
            // What the program does not keep is recorded where it is made; then only the name says whose it is.
            None => question.others.iter().any(|other| key == other.name || key == other.entry),
        }
    }

    /// The key of `results['other'] = other(df)`, when results are recorded and not looked for there.
    fn stored_for_other(&self, assign: &'q StmtAssign) -> Option<&'q str> {
        let [Expr::Subscript(target)] = assign.targets.as_slice() else { return None };
        let key = target.slice.as_string_literal_expr()?.value.to_str();
        let is_it = self.question.path.is_empty() && self.question.column.is_none() && self.is_other_key(key);
        (is_it && assign.value.is_call_expr() && self.is_other(&assign.value)).then_some(key)
    }

    fn has_comma_behind(&self, element: TextRange, display: TextRange) -> bool {
        let behind = self.question.module.parsed.tokens().in_range(TextRange::new(element.end(), display.end()));
        behind.iter().any(|token| token.kind() == TokenKind::Comma)
    }

    /// Whether all elements of what a loop goes through are other scanners.
    fn is_for_others(&self, iterated: &'q Expr) -> bool {
        let elements: Vec<&'q Expr> = match iterated {
            Expr::List(list) => list.elts.iter().collect(),
            Expr::Tuple(tuple) => tuple.elts.iter().collect(),
            Expr::Set(set) => set.elts.iter().collect(),
            _ => return false,
        };
        !elements.is_empty() && elements.len() < 2_000 && elements.iter().all(|element| self.is_other(element))
    }

    /// Takes the others out of an expression that is looked through or bound to a name.
    fn shorten(&mut self, expression: &'q Expr) -> bool {
        let whole = |items: &'q [Expr]| items.iter().map(|item| (item, item.range())).collect::<Vec<_>>();
        match expression {
            Expr::List(list) => self.display(&whole(&list.elts), list.range(), false),
            Expr::Set(set) => self.display(&whole(&set.elts), set.range(), false),
            Expr::Tuple(tuple) => self.display(&whole(&tuple.elts), tuple.range(), true),
            Expr::Dict(dict) => {
                let values: Vec<&'q Expr> = dict.items.iter().map(|item| &item.value).collect();
                let elements: Vec<_> = values.into_iter().zip(entries(dict)).collect();
                self.display(&elements, dict.range(), false)
            }
            Expr::Call(call) => match &*call.func {
                Expr::Name(name)
                    if matches!(name.id.as_str(), "dict" | "OrderedDict") && call.arguments.args.is_empty() =>
                {
                    let elements: Vec<_> =
                        call.arguments.keywords.iter().map(|keyword| (&keyword.value, keyword.range())).collect();
                    self.display(&elements, call.range(), false)
                }
                Expr::Name(name)
                    if matches!(
                        name.id.as_str(),
                        "list" | "tuple" | "sorted" | "set" | "OrderedDict" | "dict" | "tqdm"
                    ) =>
                {
                    call.arguments.args.first().is_some_and(|first| self.shorten(first))
                }
                Expr::Attribute(method) if matches!(method.attr.as_str(), "items" | "values" | "keys") => {
                    self.shorten(&method.value)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Takes the flags of others out of `(a == 1) | (b == 1)`.
    fn condition(&mut self, operation: &'q ExprBinOp) -> bool {
        let Some(column) = self.question.column else { return false };
        let mut operands: Vec<&'q Expr> = vec![&operation.right];
        let mut left = &*operation.left;
        while let Expr::BinOp(inner) = left {
            if inner.op != Operator::BitOr || self.with_brackets(left, operation.range()) != left.range() {
                break;
            }
            operands.push(&inner.right);
            left = &inner.left;
            if operands.len() > OPERANDS_MAX {
                return false;
            }
        }
        operands.push(left);
        operands.reverse();
        let own = operands.iter().position(|operand| is_flag(operand, column, self.target));
        let Some(own) = own else { return false };
        let others: Vec<usize> = (0..operands.len()).filter(|at| *at != own && self.is_other(operands[*at])).collect();
        if others.is_empty() {
            return false;
        }
        let ranges: Vec<TextRange> =
            operands.iter().map(|operand| self.with_brackets(operand, operation.range())).collect();
        let kept: Vec<usize> = (0..operands.len()).filter(|at| !others.contains(at)).collect();
        let mut end = None;
        for at in 0..operands.len() {
            if kept.contains(&at) {
                end = Some(ranges[at].end());
                continue;
            }
            let cut = match end {
                Some(end) => TextRange::new(end, ranges[at].end()),
                // What stands before the first that is kept.
                None => TextRange::new(ranges[at].start(), ranges[at + 1].start()),
            };
            if end.is_some() {
                end = Some(ranges[at].end());
            }
            self.removals.all.add(cut);
        }
        self.removals.conditions.push(operation.range());
        true
    }

    fn is_other(&self, operand: &'q Expr) -> bool {
        self.owner(operand) == Owner::Other
    }

    /// The range of an operand with the brackets around it.
    fn with_brackets(&self, expression: &Expr, within: TextRange) -> TextRange {
        let tokens = self.question.module.parsed.tokens();
        let mut range = expression.range();
        loop {
            let before = tokens.in_range(TextRange::new(within.start(), range.start()));
            let after = tokens.after(range.end());
            let open = before.iter().rev().find(|token| !token.kind().is_trivia());
            let close = after.iter().find(|token| !token.kind().is_trivia());
            match (open, close) {
                (Some(open), Some(close))
                    if open.kind() == TokenKind::Lpar
                        && close.kind() == TokenKind::Rpar
                        && within.contains_range(close.range()) =>
                {
                    range = TextRange::new(open.start(), close.end());
                }
                _ => return range,
            }
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Owner {
    Own,
    Other,
    Nobody,
}

impl<'q> Visitor<'q> for Finder<'_, 'q> {
    fn visit_stmt(&mut self, statement: &'q Stmt) {
        let start = statement.range().start().to_u32();
        if self.foreign.units.contains(&start) || start == self.question.own.unit && !statement.is_class_def_stmt() {
            return;
        }
        match statement {
            Stmt::Assign(stmt) if let Some(key) = self.stored_for_other(stmt) => {
                self.removals.all.add(statement.range());
                self.removals.keys.insert(key);
                return;
            }
            Stmt::Assign(stmt) => {
                let target = match stmt.targets.as_slice() {
                    [Expr::Name(name)] => Some(name.id.as_str()),
                    _ => None,
                };
                self.target = target;
                if let Some(target) = target
                    && self.shorten(&stmt.value)
                {
                    self.removals.shortened.insert(target);
                }
            }
            Stmt::Return(stmt) => {
                if let Some(value @ Expr::Dict(dict)) = stmt.value.as_deref()
                    && !self.shorten(value)
                {
                    self.results(dict);
                }
            }
            Stmt::For(stmt) => {
                if self.is_for_others(&stmt.iter) {
                    self.removals.all.add(statement.range());
                    self.removals.loops.push(statement);
                    return;
                }
                self.shorten(&stmt.iter);
            }
            _ => {}
        }
        walk_stmt(self, statement);
        self.target = None;
    }

    fn visit_comprehension(&mut self, comprehension: &'q Comprehension) {
        self.shorten(&comprehension.iter);
        walk_comprehension(self, comprehension);
    }

    fn visit_expr(&mut self, expression: &'q Expr) {
        if self.removals.all.holds(expression.range()) {
            return;
        }
        match expression {
            Expr::BinOp(operation) if operation.op == Operator::BitOr && self.condition(operation) => return,
            Expr::Subscript(subscript) => match &*subscript.slice {
                list @ Expr::List(_) if self.question.column.is_some() => drop(self.shorten(list)),
                _ => {}
            },
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// Whether an operand asks for the flag alone: `df['flag'] == 1`.
fn is_flag(operand: &Expr, column: &str, _target: Option<&str>) -> bool {
    let is_column = |side: &Expr| match side {
        Expr::Subscript(subscript) => is_text(&subscript.slice, column),
        Expr::Attribute(attribute) => attribute.attr.as_str() == column,
        _ => false,
    };
    match operand {
        Expr::Compare(compare) => {
            let set = |op: &ruff_python_ast::CmpOp, side: &Expr| match (op, side) {
                (ruff_python_ast::CmpOp::Eq, Expr::BooleanLiteral(value)) => value.value,
                (ruff_python_ast::CmpOp::Eq | ruff_python_ast::CmpOp::GtE, Expr::NumberLiteral(value)) => {
                    is_number(value, 1)
                }
                (ruff_python_ast::CmpOp::Gt, Expr::NumberLiteral(value)) => is_number(value, 0),
                _ => false,
            };
            is_column(&compare.left)
                && matches!((&*compare.ops, &*compare.comparators), ([op], [side]) if set(op, side))
        }
        other => is_column(other),
    }
}

fn is_number(literal: &ruff_python_ast::ExprNumberLiteral, value: u8) -> bool {
    matches!(&literal.value, ruff_python_ast::Number::Int(number) if number.as_u8() == Some(value))
}

fn is_text(expression: &Expr, text: &str) -> bool {
    matches!(expression, Expr::StringLiteral(literal) if literal.value.to_str() == text)
}

fn entries(dict: &ExprDict) -> Vec<TextRange> {
    let range = |item: &ruff_python_ast::DictItem| {
        let start = item.key.as_ref().map_or(item.value.range().start(), Ranged::start);
        TextRange::new(start, item.value.range().end())
    };
    dict.items.iter().map(range).collect()
}

/// What to cut so that elements of a display are gone, with their commas and the comments behind them.
fn cuts(
    question: &Question<'_>,
    elements: &[TextRange],
    gone: &[usize],
    display: TextRange,
    is_tuple: bool,
) -> Vec<TextRange> {
    let tokens = question.module.parsed.tokens();
    let comma = |at: usize| {
        let end = elements.get(at + 1).map_or(display.end(), |next| next.start());
        let between = tokens.in_range(TextRange::new(elements[at].end(), end));
        between.iter().find(|token| token.kind() == TokenKind::Comma).map(Ranged::end)
    };
    let mut found: Vec<TextRange> = Vec::new();
    let kept = elements.len() - gone.len();
    for &at in gone {
        let start = match at.checked_sub(1) {
            Some(before) => comma(before).map_or(elements[before].end(), |end| behind_comment(question, end)),
            None => elements[at].start(),
        };
        let end = comma(at).map_or(elements[at].end(), |end| behind_comment(question, end));
        // What stands behind the bracket goes on where the first that is kept begins.
        let first = gone.iter().take_while(|gone| **gone <= at).count() == at + 1;
        let end = if first { skip_blanks(question, end) } else { end };
        match found.last_mut() {
            Some(last) if last.end() >= start => *last = TextRange::new(last.start(), end.max(last.end())),
            _ => found.push(TextRange::new(start, end)),
        }
    }
    // `[a, b]` without its last element has a comma too many; one element of a tuple needs it.
    if let Some(last) = found.last_mut()
        && gone.last() == Some(&(elements.len() - 1))
        && comma(elements.len() - 1).is_none()
        && !(is_tuple && kept == 1)
        && let Some(before) = (0..elements.len()).rev().find(|at| !gone.contains(at))
    {
        *last = TextRange::new(elements[before].end().max(last.start() - TextSize::new(1)), last.end());
    }
    found
}

/// The end of a comment behind a place on the same line, else the place.
fn behind_comment(question: &Question<'_>, at: TextSize) -> TextSize {
    let rest = &question.module.text[at.to_usize()..];
    let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
    if line.trim_start_matches([' ', '\t']).starts_with('#') { at + TextSize::of(line) } else { at }
}

fn skip_blanks(question: &Question<'_>, at: TextSize) -> TextSize {
    let rest = &question.module.text[at.to_usize()..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    at + TextSize::of(&rest[..blanks])
}
