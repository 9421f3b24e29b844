//! How a slice gets its rows when the program keeps them nowhere: by keeping what the scanner gives when it is run, as the
//! whole program does that a proof compares with.

use std::collections::BTreeSet;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::facts::Removed;
use super::keep::Variable;
use super::program::{Program, ScopeId};
use super::roots::roots;
use super::runs::{Runs, Starts};
use super::{Question, facts};

/// What is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Recording {
    /// What a function returns, to its callers and by itself.
    Function,
    /// What methods of a class return, or what its objects collect.
    Class,
    /// Tables in which a flag is set.
    Table,
    /// What a callable of a registry returns.
    Entry,
    /// What functions return that are run with settings.
    Engine,
}

impl Recording {
    /// What has to be recorded; nothing when the result has a place in the module.
    pub(super) fn of(question: &Question<'_>) -> Result<Option<Self>, String> {
        if let [name, keys @ ..] = question.path {
            let body = &question.module.parsed.syntax().body;
            let is_gone = question.own.kind == "column" && keys.is_empty() && holds_no_table(body, name);
            if !is_gone {
                return Ok(None);
            }
        }
        Ok(Some(match question.own.kind {
            "function" | "method" => Self::Function,
            "lambda" | "partial" | "closure" if starts_statement(question) => Self::Function,
            "lambda" | "partial" | "closure" => Self::Entry,
            "class" => Self::Class,
            "column" => Self::Table,
            "config" if !question.engines.is_empty() => Self::Engine,
            _ => return Err("its result has no place of its own when the program has run".to_owned()),
        }))
    }

    /// Names of the code that keeps the rows.
    pub(crate) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Function | Self::Entry => &["recorder", "symbol_near", "with_symbol", "GIVEN", "RETURNED"],
            Self::Engine => &["recorder", "symbol_near", "with_symbol", "rows_recorder", "GIVEN", "RETURNED"],
            Self::Class => &[
                "recorder",
                "symbol_near",
                "with_symbol",
                "Marks",
                "marked",
                "picked",
                "class_recorder",
                "answers",
                "collected",
                "ANSWERS",
                "COLLECTIONS",
                "METHODS",
                "OBJECTS",
                "FLAGS",
            ],
            Self::Table => &["Tables", "TABLES", "symbol_near", "with_symbol", "picked"],
        }
    }

    /// How the program may name the scanner.
    pub(super) fn starts<'a>(self, question: &Question<'a>, program: &Program<'a>) -> Starts<'a> {
        let mut starts = Starts::default();
        let own = question.own;
        match self {
            Self::Function if own.kind == "method" => drop(starts.methods.insert(own.entry.as_str())),
            Self::Function | Self::Class => drop(starts.names.insert((0, own.entry.as_str()))),
            Self::Table => {
                let is_own = |id: &usize| program.nodes[*id].statement.range().start().to_u32() == own.unit;
                starts.nodes.extend((0..program.nodes.len()).filter(is_own));
            }
            Self::Entry | Self::Engine => registry(question, program, &mut starts),
        }
        starts
    }

    /// Puts what keeps the rows around the scanner; whether that could be done.
    pub(super) fn mark(self, question: &Question<'_>, removed: &mut Removed) -> bool {
        match self {
            Self::Function => {
                decorate(question, question.own.unit, super::RETURNED, removed, true);
                true
            }
            Self::Class => {
                decorate(question, question.own.unit, "class_recorder(METHODS, OBJECTS, FLAGS)", removed, false)
            }
            Self::Engine => {
                question.engines.iter().all(|engine| decorate(question, *engine, "rows_recorder", removed, false))
            }
            Self::Table => flag_table(question).is_some(),
            Self::Entry => match callable(question) {
                Some(range) => {
                    removed.put(range.start(), format!("{}(", super::text::GIVEN));
                    removed.put(range.end(), ")");
                    true
                }
                None => false,
            },
        }
    }
}

/// Names of tables that a flag may be set in, where it is set and on the way there.
pub(super) fn watched<'a>(program: &Program<'a>, starts: &Starts<'a>, runs: &Runs<'a>) -> BTreeSet<Variable<'a>> {
    let mut found = BTreeSet::new();
    for id in &starts.nodes {
        let node = &program.nodes[*id];
        if let Stmt::Assign(assign) = node.statement {
            let tables = assign.targets.iter().filter_map(table_of).flat_map(roots);
            found.extend(tables.map(|name| (program.home(node.scope, name), name)));
        }
    }
    for id in &runs.nodes {
        let node = &program.nodes[*id];
        let given = node.facts.calls.iter().flat_map(|call| &call.arguments).flat_map(|(_, names)| names);
        // What is given back may be the table.
        let binds = node.facts.binds.iter().filter(|_| node.statement.is_assign_stmt());
        for name in given.chain(binds) {
            found.insert((program.home(node.scope, name), *name));
        }
    }
    // Other names of the same tables.
    loop {
        let before = found.len();
        for node in &program.nodes {
            let Stmt::Assign(assign) = node.statement else { continue };
            let [Expr::Name(target)] = assign.targets.as_slice() else { continue };
            let made_of = match &*assign.value {
                value @ (Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_)) => roots(value),
                Expr::Call(call) => {
                    let base = call.func.as_attribute_expr().map(|method| roots(&method.value));
                    call.arguments.args.iter().flat_map(roots).chain(base.into_iter().flatten()).collect()
                }
                _ => continue,
            };
            let variables =
                made_of.into_iter().chain([target.id.as_str()]).map(|name| (program.home(node.scope, name), name));
            let variables: Vec<Variable<'a>> = variables.collect();
            if variables.iter().any(|variable| found.contains(variable)) {
                found.extend(variables);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// The text of the table in which a flag is set: `df` of `df['flag'] = …`, `df.loc[rows, 'flag'] = …`, `df = df.assign(…)`.
pub(super) fn flag_table<'q>(question: &Question<'q>) -> Option<&'q str> {
    let mut found = None;
    facts::each(&question.module.parsed.syntax().body, &mut |statement| {
        if let (Stmt::Assign(assign), true) = (statement, statement.range().start().to_u32() == question.own.unit) {
            found = assign.targets.first().and_then(table_of).map(Ranged::range);
        }
    });
    found.map(|range: TextRange| &question.module.text[range.to_std_range()])
}

fn table_of(target: &Expr) -> Option<&Expr> {
    let table = match target {
        Expr::Subscript(subscript) => &*subscript.value,
        Expr::Attribute(attribute) => &*attribute.value,
        other => other,
    };
    let table = match table {
        Expr::Attribute(indexer) if matches!(indexer.attr.as_str(), "loc" | "iloc" | "at" | "iat") => &*indexer.value,
        other => other,
    };
    matches!(table, Expr::Name(_) | Expr::Attribute(_)).then_some(table)
}

/// Names that what holds the entry is bound to.
fn registry<'a>(question: &Question<'a>, program: &Program<'a>, starts: &mut Starts<'a>) {
    let own = TextSize::new(question.own.unit);
    for node in &program.nodes {
        if !node.statement.range().contains(own) || node.body.is_some() || !node.blocks.is_empty() {
            continue;
        }
        for name in node.facts.binds.iter().chain(node.facts.effects.iter().map(|effect| &effect.root)) {
            let home: ScopeId = program.home(node.scope, name);
            if program.scopes[home].is_class {
                starts.methods.insert(name);
            } else if *name != "self" {
                starts.names.insert((home, name));
            }
        }
        if let Stmt::Assign(assign) = node.statement
            && let [Expr::Attribute(attribute)] = assign.targets.as_slice()
        {
            starts.methods.insert(attribute.attr.as_str());
        }
    }
}

/// The lambda or the call that an entry of a registry is; nothing when it holds several.
fn callable(question: &Question<'_>) -> Option<TextRange> {
    struct Eye {
        within: TextRange,
        found: Vec<TextRange>,
    }
    impl Eye {
        fn element(&mut self, value: &Expr) {
            if matches!(value, Expr::Lambda(_) | Expr::Call(_)) && self.within.contains_range(value.range()) {
                self.found.push(value.range());
            }
        }
    }
    impl<'a> Visitor<'a> for Eye {
        fn visit_expr(&mut self, expression: &'a Expr) {
            match expression {
                Expr::Dict(dict) => dict.items.iter().for_each(|item| self.element(&item.value)),
                Expr::List(list) => list.elts.iter().for_each(|value| self.element(value)),
                Expr::Tuple(tuple) => tuple.elts.iter().for_each(|value| self.element(value)),
                _ => {}
            }
            if !self.found.iter().any(|range| range.contains_range(expression.range())) {
                walk_expr(self, expression);
            }
        }
    }
    let within = TextRange::new(question.own.range.0.into(), question.own.range.1.into());
    let mut eye = Eye { within, found: Vec::new() };
    question.module.parsed.syntax().body.iter().for_each(|statement| walk_stmt(&mut eye, statement));
    match eye.found.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// Writes a decorator directly above a definition's own word; whether there is such a definition.
fn decorate(question: &Question<'_>, unit: u32, by: &str, removed: &mut Removed, only_behind_others: bool) -> bool {
    let mut found = Vec::new();
    super::definitions(&question.module.parsed.syntax().body, &mut found, 0);
    let Some(statement) = found.into_iter().find(|statement| statement.range().start().to_u32() == unit) else {
        return false;
    };
    let decorators = match statement {
        Stmt::FunctionDef(definition) => &definition.decorator_list,
        Stmt::ClassDef(definition) => &definition.decorator_list,
        _ => return false,
    };
    let after = match decorators.last() {
        Some(last) => last.range().end(),
        None if only_behind_others => return false,
        None => statement.range().start(),
    };
    let tokens = question.module.parsed.tokens().in_range(TextRange::new(after, statement.range().end()));
    let is_word = |kind: TokenKind| matches!(kind, TokenKind::Def | TokenKind::Async | TokenKind::Class);
    let Some(word) = tokens.iter().find(|token| is_word(token.kind())) else { return false };
    let line = question.module.lines.line(statement.range().start());
    let start = question.module.lines.start(line) as usize;
    let indent = &question.module.text[start..statement.range().start().to_usize()];
    if !indent.trim().is_empty() {
        return false;
    }
    removed.put(word.start(), format!("@{by}\n{indent}"));
    true
}

fn starts_statement(question: &Question<'_>) -> bool {
    let mut found = false;
    facts::each(&question.module.parsed.syntax().body, &mut |statement| {
        found |= statement.range().start().to_u32() == question.own.unit;
    });
    found
}

/// Whether a name of the module is only ever bound to lists, dicts and numbers: its columns cannot be asked for.
fn holds_no_table(body: &[Stmt], name: &str) -> bool {
    let mut seen = false;
    let mut others = false;
    facts::each(body, &mut |statement| {
        let value = match statement {
            Stmt::Assign(assign) if is_name(&assign.targets, name) => Some(&*assign.value),
            Stmt::AnnAssign(assign) if is_name(std::slice::from_ref(&*assign.target), name) => assign.value.as_deref(),
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::AugAssign(_) => None,
            other => {
                let facts = facts::of_header(other, &Removed::default());
                others |= facts.binds.contains(name) || facts.global_binds.contains(name);
                None
            }
        };
        match value {
            Some(
                Expr::List(_)
                | Expr::Dict(_)
                | Expr::ListComp(_)
                | Expr::DictComp(_)
                | Expr::Set(_)
                | Expr::NumberLiteral(_),
            ) => {
                seen = true;
            }
            Some(_) => others = true,
            None => {}
        }
    });
    seen && !others
}

fn is_name(targets: &[Expr], name: &str) -> bool {
    targets.iter().any(|target| facts::of_expression(target).binds.contains(name))
}
