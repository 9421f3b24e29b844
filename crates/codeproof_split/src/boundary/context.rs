//! What a scanner's code needs of its file, and what its definition looks like.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{Decorator, Expr, Stmt};
use ruff_text_size::Ranged;
use serde::Serialize;

use super::Boundary;
use super::structure::Unit;
use codeproof_python::Module;

/// Names of the file that a scanner needs, sorted.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Dependencies {
    /// Functions and classes, also those that these need.
    pub helpers: Vec<String>,
    /// Other names of the module.
    pub globals: Vec<String>,
    /// Imported names.
    pub imports: Vec<String>,
}

/// What a scanner's definition looks like.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Context {
    /// Names of its parameters.
    pub args: Vec<String>,
    /// Whether it begins with a docstring.
    pub has_docstring: bool,
    /// Its decorators, by name.
    pub decorators: Vec<String>,
    /// Methods of a class.
    pub methods: Vec<String>,
    /// Bases of a class.
    pub bases: Vec<String>,
    /// Whether it is `async`.
    pub is_async: bool,
    /// What the comment says that heads its part of the file.
    pub heading: Option<String>,
}

/// Fills in dependencies and context of all boundaries.
pub(crate) fn complete(boundaries: &mut [Boundary], module: &Module, units: &[Unit], headings: &BTreeMap<u32, String>) {
    let names = Names::new(module);
    let by_id: BTreeMap<u32, &Unit> = units.iter().map(|unit| (unit.id, unit)).collect();
    let by_name: BTreeMap<&str, &Unit> = units.iter().map(|unit| (unit.name.as_str(), unit)).collect();
    let wanted: BTreeMap<u32, usize> =
        boundaries.iter().enumerate().map(|(at, boundary)| (boundary.range.0, at)).collect();
    let mut found: Vec<(usize, Context)> = Vec::new();
    let mut eye = Definitions { wanted: &wanted, found: &mut found };
    module.parsed.syntax().body.iter().for_each(|statement| eye.visit_stmt(statement));
    for (at, context) in found {
        boundaries[at].context_metadata = context;
    }
    for boundary in boundaries {
        boundary.context_metadata.heading = headings.get(&boundary.unit).cloned();
        if let Some(unit) = by_id.get(&boundary.unit) {
            boundary.dependencies = names.needed(unit, &by_name);
        }
    }
}

/// Names of the module, by what binds them.
#[derive(Default)]
struct Names {
    definitions: BTreeSet<String>,
    globals: BTreeSet<String>,
    imports: BTreeSet<String>,
}

impl Names {
    fn new(module: &Module) -> Self {
        let mut names = Self::default();
        names.take(&module.parsed.syntax().body, 0);
        names
    }

    fn take(&mut self, body: &[Stmt], levels: u32) {
        if levels > 100 {
            return;
        }
        for statement in body {
            match statement {
                Stmt::FunctionDef(definition) => drop(self.definitions.insert(definition.name.to_string())),
                Stmt::ClassDef(definition) => drop(self.definitions.insert(definition.name.to_string())),
                Stmt::Import(stmt) => {
                    for alias in &stmt.names {
                        let whole = alias.asname.as_ref().map_or(alias.name.as_str(), |name| name.as_str());
                        self.imports.extend(whole.split('.').next().map(str::to_owned));
                    }
                }
                Stmt::ImportFrom(stmt) => {
                    let bound =
                        |alias: &ruff_python_ast::Alias| alias.asname.as_ref().unwrap_or(&alias.name).to_string();
                    self.imports.extend(stmt.names.iter().map(bound));
                }
                Stmt::Assign(stmt) => stmt.targets.iter().for_each(|target| self.bind(target)),
                Stmt::AnnAssign(stmt) => self.bind(&stmt.target),
                Stmt::If(stmt) => {
                    self.take(&stmt.body, levels + 1);
                    stmt.elif_else_clauses.iter().for_each(|clause| self.take(&clause.body, levels + 1));
                }
                Stmt::Try(stmt) => self.take(&stmt.body, levels + 1),
                Stmt::With(stmt) => self.take(&stmt.body, levels + 1),
                _ => {}
            }
        }
    }

    fn bind(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => drop(self.globals.insert(name.id.to_string())),
            Expr::Tuple(tuple) => {
                let names = tuple.elts.iter().filter_map(|part| part.as_name_expr());
                self.globals.extend(names.map(|name| name.id.to_string()));
            }
            _ => {}
        }
    }

    /// What a unit mentions, and what the helpers among that mention.
    fn needed(&self, unit: &Unit, by_name: &BTreeMap<&str, &Unit>) -> Dependencies {
        let mut all: BTreeSet<&str> = unit.names.iter().map(String::as_str).collect();
        let mut waiting: Vec<&str> = all.iter().copied().collect();
        while let Some(name) = waiting.pop() {
            if !self.definitions.contains(name) {
                continue;
            }
            for inner in by_name.get(name).into_iter().flat_map(|helper| &helper.names) {
                if all.insert(inner) {
                    waiting.push(inner);
                }
            }
        }
        all.remove(unit.name.as_str());
        let of = |known: &BTreeSet<String>| {
            all.iter().filter(|name| known.contains(**name)).map(|name| (*name).to_owned()).collect::<Vec<String>>()
        };
        Dependencies { helpers: of(&self.definitions), globals: of(&self.globals), imports: of(&self.imports) }
    }
}

/// Finds the definitions of boundaries.
struct Definitions<'w> {
    wanted: &'w BTreeMap<u32, usize>,
    found: &'w mut Vec<(usize, Context)>,
}

impl<'a> Visitor<'a> for Definitions<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Some(at) = self.wanted.get(&statement.range().start().to_u32())
            && let Some(context) = context(statement)
        {
            self.found.push((*at, context));
        }
        walk_stmt(self, statement);
    }
}

fn context(statement: &Stmt) -> Option<Context> {
    match statement {
        Stmt::FunctionDef(definition) => Some(Context {
            args: definition.parameters.iter().map(|parameter| parameter.name().to_string()).collect(),
            has_docstring: has_docstring(&definition.body),
            decorators: decorators(&definition.decorator_list),
            is_async: definition.is_async,
            ..Context::default()
        }),
        Stmt::ClassDef(definition) => {
            let methods = definition.body.iter().filter_map(|stmt| stmt.as_function_def_stmt());
            Some(Context {
                has_docstring: has_docstring(&definition.body),
                decorators: decorators(&definition.decorator_list),
                methods: methods.map(|method| method.name.to_string()).collect(),
                bases: definition.bases().iter().filter_map(dotted).collect(),
                ..Context::default()
            })
        }
        Stmt::Assign(assign) => {
            let parameters = assign.value.as_lambda_expr().and_then(|lambda| lambda.parameters.as_deref());
            let names = parameters.into_iter().flat_map(|parameters| parameters.iter());
            Some(Context { args: names.map(|parameter| parameter.name().to_string()).collect(), ..Context::default() })
        }
        _ => None,
    }
}

fn has_docstring(body: &[Stmt]) -> bool {
    matches!(body.first(), Some(Stmt::Expr(stmt)) if stmt.value.is_string_literal_expr())
}

fn decorators(list: &[Decorator]) -> Vec<String> {
    let callee = |decorator: &Decorator| match &decorator.expression {
        Expr::Call(call) => dotted(&call.func),
        other => dotted(other),
    };
    list.iter().filter_map(callee).collect()
}

/// `a.b.c` as text.
fn dotted(expression: &Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut at = expression;
    while let Expr::Attribute(attribute) = at {
        parts.push(attribute.attr.as_str());
        at = &attribute.value;
    }
    parts.push(at.as_name_expr()?.id.as_str());
    parts.reverse();
    Some(parts.join("."))
}
