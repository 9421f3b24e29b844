//! What a function or a class does to the names around it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::rc::Rc;

use ruff_python_ast::{Expr, Stmt, StmtFunctionDef};

use super::facts::{self, Effect, Facts, Removed};

/// What a function or class does to the names around it; what its calls do is added later.
#[derive(Clone, Debug, Default)]
pub(super) struct Summary<'a> {
    code: Rc<Code<'a>>,
    /// Names of the module that it binds.
    pub(super) binds: BTreeSet<&'a str>,
    /// What it changes: of its parameters and of free names.
    pub(super) effects: BTreeSet<Effect<'a>>,
}

/// What is written in a function or class.
#[derive(Clone, Debug, Default)]
pub(super) struct Code<'a> {
    /// Its code, in its own names.
    pub(super) facts: Rc<Facts<'a>>,
    /// Its names that may be (a part of) each other.
    pub(super) same: Classes<'a>,
    /// Names of its surroundings that it reads.
    pub(super) free: BTreeSet<&'a str>,
    /// The same in steps: what is read, and which names of the module the function itself has bound by then.
    pub(super) steps: Vec<(BTreeSet<&'a str>, BTreeSet<&'a str>)>,
    /// Names of the module that it binds whatever happens.
    pub(super) surely_binds: BTreeSet<&'a str>,
    pub(super) parameters: Vec<&'a str>,
    /// Whether it gives functions or lambdas that are written in it.
    pub(super) is_factory: bool,
    pub(super) is_class: bool,
    /// Methods with what they change, `self` first.
    pub(super) methods: BTreeMap<&'a str, Rc<Changes<'a>>>,
}

impl<'a> Deref for Summary<'a> {
    type Target = Code<'a>;

    fn deref(&self) -> &Code<'a> {
        &self.code
    }
}

/// Names that are bound in a scope, and those that `global` and `nonlocal` send elsewhere.
pub(super) type Bound<'a> = (BTreeSet<&'a str>, BTreeSet<&'a str>);

/// Parameters of a method, `self` first, and what it changes of them and of free names.
pub(super) type Changes<'a> = (Vec<&'a str>, BTreeSet<Effect<'a>>);

/// Names in classes.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes<'a> {
    parents: BTreeMap<&'a str, &'a str>,
}

impl<'a> Classes<'a> {
    pub(super) fn of(&self, name: &'a str) -> &'a str {
        let mut at = name;
        while let Some(next) = self.parents.get(at) {
            at = next;
        }
        at
    }

    /// The class of a name that may be in none.
    pub(super) fn of_any<'n>(&self, name: &'n str) -> &'n str
    where
        'a: 'n,
    {
        match self.parents.get_key_value(name) {
            Some((known, _)) => self.of(known),
            None => name,
        }
    }

    pub(super) fn join(&mut self, one: &'a str, other: &'a str) {
        let (one, other) = (self.of(one), self.of(other));
        if one != other {
            self.parents.insert(one, other);
        }
    }
}

impl<'a> Summary<'a> {
    /// Of a definition; nothing of other statements.
    pub(super) fn of(statement: &'a Stmt, removed: &Removed, bound: &Bound<'a>) -> Self {
        let mut code = Code { is_class: statement.is_class_def_stmt(), ..Code::default() };
        let body: &'a [Stmt] = match statement {
            Stmt::FunctionDef(definition) => {
                code.parameters = facts::parameter_names(&definition.parameters);
                code.is_factory = is_factory(definition);
                &definition.body
            }
            Stmt::ClassDef(definition) => &definition.body,
            _ => return Self::default(),
        };
        code.facts = Rc::new(facts::of_all(body, removed));
        let (own, sent) = bound;
        let is_own = |name: &str| own.contains(name) || code.parameters.contains(&name);
        let read = code.facts.loads.iter().chain(&code.facts.later).copied();
        code.free = read.filter(|name| !is_own(name)).collect();
        let binds: BTreeSet<&'a str> =
            code.facts.global_binds.iter().chain(code.facts.binds.intersection(sent)).copied().collect();
        let mut same = Classes::default();
        code.facts.same.iter().for_each(|(one, other)| same.join(one, other));
        code.same = same;
        let effects = code.facts.effects.iter().flat_map(|effect| outward(effect, &code, &code.same)).collect();
        if code.is_class {
            for inner in body {
                if let Stmt::FunctionDef(method) = inner {
                    let of_method = Self::of(inner, removed, &facts::bound_names(&method.body));
                    let changes = (of_method.parameters.clone(), of_method.effects);
                    code.methods.insert(method.name.as_str(), Rc::new(changes));
                }
            }
        }
        expose(&mut code, &binds, body, removed);
        Self { code: Rc::new(code), binds, effects }
    }

    /// Of a class, some of whose methods are not what they were.
    pub(super) fn with_methods(&self, methods: Vec<(&'a str, Self)>) -> Self {
        let mut code = Code::clone(&self.code);
        for (name, method) in methods {
            code.methods.insert(name, Rc::new((method.parameters.clone(), method.effects)));
        }
        Self { code: Rc::new(code), ..self.clone() }
    }
}

/// A change inside a function as its surroundings see it: of a parameter, of a free name, or not at all.
pub(super) fn outward<'a>(effect: &Effect<'a>, body: &Code<'a>, same: &Classes<'a>) -> Vec<Effect<'a>> {
    let class = same.of(effect.root);
    let seen = body.parameters.iter().chain(&body.free).filter(|name| same.of(name) == class);
    let mut found: Vec<Effect<'a>> = seen.map(|name| Effect { root: name, whole: false, ..effect.clone() }).collect();
    if found.is_empty() && !body.facts.binds.contains(effect.root) && !body.parameters.contains(&effect.root) {
        found.push(Effect { whole: false, ..effect.clone() });
    }
    found
}

/// Which free names are read after what the function itself has bound.
fn expose<'a>(summary: &mut Code<'a>, binds: &BTreeSet<&'a str>, body: &'a [Stmt], removed: &Removed) {
    if binds.is_empty() {
        summary.steps = vec![(summary.free.clone(), BTreeSet::new())];
        return;
    }
    let mut written: BTreeSet<&'a str> = BTreeSet::new();
    for statement in body {
        let facts = facts::of_all(std::slice::from_ref(statement), removed);
        let reads = facts.loads.iter().chain(&facts.later).filter(|name| summary.free.contains(*name));
        summary.steps.push((reads.copied().collect(), written.clone()));
        if statement.is_assign_stmt() || statement.is_ann_assign_stmt() {
            written.extend(facts.binds.iter().chain(&facts.global_binds).filter(|name| binds.contains(*name)));
        }
    }
    summary.surely_binds = written;
}

/// Whether a function gives a function, a lambda or a class that is written in it.
fn is_factory(definition: &StmtFunctionDef) -> bool {
    let made: BTreeSet<&str> = definition
        .body
        .iter()
        .filter_map(|statement| match statement {
            Stmt::FunctionDef(inner) => Some(inner.name.as_str()),
            Stmt::ClassDef(inner) => Some(inner.name.as_str()),
            _ => None,
        })
        .collect();
    definition.body.iter().any(|statement| match statement {
        Stmt::Return(stmt) => match stmt.value.as_deref() {
            Some(Expr::Lambda(_)) => true,
            Some(Expr::Name(name)) => made.contains(name.id.as_str()),
            _ => false,
        },
        _ => false,
    })
}
