//! What one statement reads, binds, changes and mentions.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_comprehension, walk_expr, walk_stmt};
use ruff_python_ast::{
    Comprehension, ExceptHandler, Expr, ExprCall, ExprContext, FStringPart, InterpolatedStringElement, Operator,
    Parameters, Stmt, UnaryOp,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::fields::{Field, Mentions};

/// Ranges of the file that are left out of a slice, sorted, and text that is put somewhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Removed(Vec<TextRange>, Vec<(TextSize, String)>);

impl Removed {
    pub(super) fn add(&mut self, range: TextRange) {
        let at = self.0.partition_point(|known| known.start() < range.start());
        self.0.insert(at, range);
    }

    /// Whether a place is inside one of them.
    pub(super) fn holds(&self, range: TextRange) -> bool {
        let at = self.0.partition_point(|known| known.start() <= range.start());
        self.0[..at].iter().rev().take(8).any(|known| known.contains_range(range))
    }

    /// Puts text somewhere: the comma of a tuple of one element, `None` in the place of what is left out.
    pub(super) fn put(&mut self, at: TextSize, text: impl Into<String>) {
        self.1.push((at, text.into()));
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = &(TextSize, String)> {
        self.1.iter()
    }

    pub(super) fn holds_place(&self, at: u32) -> bool {
        self.holds(TextRange::empty(at.into()))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &TextRange> {
        self.0.iter()
    }
}

/// An object, by a name of the scope, that is changed in place.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Effect<'a> {
    pub(super) root: &'a str,
    pub(super) field: Field<'a>,
    /// Whether nothing of what stood there before is left: `cfg.gap = 2`.
    pub(super) whole: bool,
}

/// A call, for what the called function does to its arguments.
#[derive(Clone, Debug)]
pub(super) struct CallSite<'a> {
    pub(super) callee: Callee<'a>,
    /// Names each argument may be (a part of); keywords by their name.
    pub(super) arguments: Vec<(Option<&'a str>, Vec<&'a str>)>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Callee<'a> {
    Name(&'a str),
    /// A method, of an object that may be (a part of) this name.
    Method(Option<&'a str>, &'a str),
    Other,
}

/// What is known of a piece of code, in the names of the scope it stands in.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts<'a> {
    /// Names read when it runs.
    pub(super) loads: BTreeSet<&'a str>,
    /// Names read by functions and lambdas written in it, whenever they run.
    pub(super) later: BTreeSet<&'a str>,
    /// Names read as a whole, not as `name['key']`.
    pub(super) bare: BTreeSet<&'a str>,
    /// Keys by which names are read.
    pub(super) keyed: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Names that are only called.
    pub(super) called: BTreeSet<&'a str>,
    pub(super) binds: BTreeSet<&'a str>,
    /// Names of the module that functions written in it bind.
    pub(super) global_binds: BTreeSet<&'a str>,
    pub(super) mentions: Mentions<'a>,
    pub(super) effects: Vec<Effect<'a>>,
    pub(super) calls: Vec<CallSite<'a>>,
    /// Names that may be (a part of) each other: `a = b`, `for a in b`.
    pub(super) same: Vec<(&'a str, &'a str)>,
    /// Names that are bound to a new dict.
    pub(super) dicts: BTreeSet<&'a str>,
    /// Names that are bound to what is used up by looking through it.
    pub(super) iterators: BTreeSet<&'a str>,
    /// Names that are looked through.
    pub(super) consumed: BTreeSet<&'a str>,
    /// The first thing in it that no analysis of names can follow.
    pub(super) dynamic: Option<&'static str>,
    /// The first thing that gives something else each time, or changes what the next one gives.
    pub(super) unsteady: Option<&'static str>,
    /// Where rows of a table are looked at with all their columns, or rows that stand beside each other are.
    pub(super) whole_rows: Option<&'a str>,
    pub(super) neighbours: Option<&'a str>,
    /// Whether it changes the settings of the process or of a library.
    pub(super) environment: bool,
}

/// Methods that change what they are called on.
const CHANGING_METHODS: &[&str] = &[
    "append",
    "extend",
    "insert",
    "add",
    "update",
    "pop",
    "remove",
    "discard",
    "clear",
    "sort",
    "reverse",
    "setdefault",
    "popitem",
    "appendleft",
    "extendleft",
    "popleft",
    "put",
    "put_nowait",
    "write",
    "writelines",
    "writerow",
    "writerows",
    "seed",
    "shuffle",
    "fill",
    "send",
    "read",
    "readline",
    "readlines",
    "execute",
    "executemany",
    "fetchone",
    "fetchall",
    "commit",
    "subtract",
    "move_to_end",
    "register",
];

/// Methods that only show or write what they are called on; called for nothing else, other methods change it.
const SHOWING_METHODS: &[&str] = &[
    "to_csv",
    "to_excel",
    "to_json",
    "to_html",
    "to_parquet",
    "to_pickle",
    "to_sql",
    "to_feather",
    "to_string",
    "to_clipboard",
    "to_markdown",
    "info",
    "debug",
    "warning",
    "error",
    "critical",
    "exception",
    "log",
    "warn",
    "show",
    "plot",
    "savefig",
    "head",
    "tail",
    "print",
    "describe",
    "hist",
    "boxplot",
    "display",
    "sleep",
    "close",
    "flush",
    "write_text",
    "write_bytes",
    "mkdir",
    "makedirs",
    "unlink",
    "touch",
    "submit",
    "run",
    "gather",
    "wait",
    "save",
    "dump",
    "rmtree",
    "notify",
    "render",
];

/// Functions of outside that change their first argument.
const CHANGING_FUNCTIONS: &[&str] =
    &["next", "setattr", "delattr", "shuffle", "heappush", "heappop", "heapify", "insort", "put", "place", "copyto"];

/// Methods that give a part of what they are called on, not a copy.
const PART_METHODS: &[&str] = &["get", "setdefault", "pop", "items", "values", "keys", "popitem", "popleft"];

/// Functions whose result holds what they are given.
const PASSING_FUNCTIONS: &[&str] = &[
    "enumerate",
    "zip",
    "sorted",
    "reversed",
    "list",
    "tuple",
    "set",
    "iter",
    "next",
    "filter",
    "map",
    "min",
    "max",
    "tqdm",
    "as_completed",
    "cast",
    "vars",
];

/// Methods that look at several rows together, so that rows which are taken away may change the others.
const NEIGHBOUR_METHODS: &[&str] = &[
    "shift",
    "rolling",
    "diff",
    "cumsum",
    "cumcount",
    "cummax",
    "cummin",
    "cumprod",
    "rank",
    "ewm",
    "expanding",
    "pct_change",
    "head",
    "tail",
    "nlargest",
    "nsmallest",
    "sample",
    "drop_duplicates",
    "duplicated",
    "groupby",
    "agg",
    "aggregate",
    "transform",
    "iloc",
    "first",
    "last",
    "mean",
    "sum",
    "std",
    "var",
    "median",
    "quantile",
    "mode",
    "nunique",
    "value_counts",
    "merge",
    "join",
    "resample",
    "pivot",
    "pivot_table",
    "interpolate",
    "ffill",
    "bfill",
    "nth",
    "size",
    "count",
    "idxmax",
    "idxmin",
    "corr",
    "cov",
    "ngroup",
    "iat",
    "pop",
    "limit",
    "max",
    "min",
    "any",
    "all",
    "where",
    "mask",
    "asof",
    "merge_asof",
    "concat",
    "unique",
    "len",
    "truncate",
    "searchsorted",
    "between_time",
];

/// Methods that look at all columns of a table.
const ALL_COLUMNS_METHODS: &[&str] = &[
    "dropna",
    "drop_duplicates",
    "duplicated",
    "describe",
    "corr",
    "select_dtypes",
    "melt",
    "stack",
    "equals",
    "info",
];

/// Functions that change how a process or a library works.
const SETTING_FUNCTIONS: &[&str] = &[
    "seed",
    "set_option",
    "option_context",
    "setlocale",
    "chdir",
    "putenv",
    "simplefilter",
    "filterwarnings",
    "setrecursionlimit",
    "seterr",
    "set_event_loop_policy",
    "getcontext",
    "setcontext",
    "use",
    "load_dotenv",
    "tzset",
    "set_start_method",
    "set_printoptions",
    "reset_option",
];

/// What one statement without its blocks does. Ranges of `removed` are not looked at.
pub(super) fn of_header<'a>(statement: &'a Stmt, removed: &Removed) -> Facts<'a> {
    let mut eye = Eye::new(removed);
    eye.header(statement);
    eye.facts
}

/// What statements do, with all that is inside them.
pub(super) fn of_all<'a>(statements: &'a [Stmt], removed: &Removed) -> Facts<'a> {
    let mut eye = Eye::new(removed);
    statements.iter().for_each(|statement| eye.visit_stmt(statement));
    eye.facts
}

/// What an expression reads and mentions.
pub(super) fn of_expression(expression: &Expr) -> Facts<'_> {
    let removed = Removed::default();
    let mut eye = Eye::new(&removed);
    eye.visit_expr(expression);
    eye.facts
}

/// Names that are bound in the scope of these statements, and those that `global` and `nonlocal` send elsewhere.
pub(super) fn bound_names(statements: &[Stmt]) -> (BTreeSet<&str>, BTreeSet<&str>) {
    let removed = Removed::default();
    let mut eye = Eye::new(&removed);
    statements.iter().for_each(|statement| eye.visit_stmt(statement));
    let sent = eye.sent;
    (eye.facts.binds.difference(&sent).copied().collect(), sent)
}

/// Names of a function's parameters.
pub(super) fn parameter_names(parameters: &Parameters) -> Vec<&str> {
    parameters.iter().map(|parameter| parameter.as_parameter().name.as_str()).collect()
}

struct Eye<'a, 'r> {
    removed: &'r Removed,
    facts: Facts<'a>,
    /// Names of the functions, lambdas and comprehensions inside the code that are being looked at.
    inner: Vec<BTreeSet<&'a str>>,
    /// How many of these run later.
    deferred: u32,
    sent: BTreeSet<&'a str>,
}

impl<'a, 'r> Eye<'a, 'r> {
    fn new(removed: &'r Removed) -> Self {
        Self { removed, facts: Facts::default(), inner: Vec::new(), deferred: 0, sent: BTreeSet::new() }
    }

    fn is_inner(&self, name: &str) -> bool {
        self.inner.iter().any(|names| names.contains(name))
    }

    fn load(&mut self, name: &'a str, context: Context<'a>) {
        if self.is_inner(name) {
            return;
        }
        let names = if self.deferred > 0 { &mut self.facts.later } else { &mut self.facts.loads };
        let known = !names.insert(name);
        match context {
            Context::Key(key) => drop(self.facts.keyed.entry(name).or_default().insert(key)),
            Context::Called => {
                if !known {
                    self.facts.called.insert(name);
                }
            }
            Context::Bare => {
                self.facts.bare.insert(name);
                self.facts.called.remove(name);
            }
        }
    }

    fn bind(&mut self, name: &'a str) {
        if self.inner.is_empty() {
            self.facts.binds.insert(name);
        } else if !self.is_inner(name) {
            self.facts.global_binds.insert(name);
        }
    }

    fn header(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(definition) => self.definition_header(statement, definition.name.as_str()),
            Stmt::ClassDef(definition) => self.definition_header(statement, definition.name.as_str()),
            Stmt::For(stmt) => {
                self.visit_expr(&stmt.iter);
                self.visit_expr(&stmt.target);
                self.alias(&stmt.target, &stmt.iter);
                if let Expr::Name(name) = &*stmt.iter {
                    self.consume(name.id.as_str());
                }
            }
            Stmt::While(stmt) => self.visit_expr(&stmt.test),
            Stmt::If(stmt) => {
                self.visit_expr(&stmt.test);
                stmt.elif_else_clauses
                    .iter()
                    .filter_map(|clause| clause.test.as_ref())
                    .for_each(|test| self.visit_expr(test));
            }
            Stmt::With(stmt) => {
                for item in &stmt.items {
                    self.visit_expr(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.visit_expr(target);
                        self.alias(target, &item.context_expr);
                    }
                }
            }
            Stmt::Try(stmt) => {
                for handler in &stmt.handlers {
                    let ExceptHandler::ExceptHandler(handler) = handler;
                    handler.type_.iter().for_each(|kind| self.visit_expr(kind));
                    handler.name.iter().for_each(|name| self.bind(name.as_str()));
                }
            }
            _ => self.visit_stmt(statement),
        }
    }

    fn definition_header(&mut self, statement: &'a Stmt, name: &'a str) {
        match statement {
            Stmt::FunctionDef(definition) => {
                self.decorators(&definition.decorator_list, name);
                self.signature(&definition.parameters);
                definition.returns.iter().for_each(|kind| self.visit_expr(kind));
            }
            Stmt::ClassDef(definition) => {
                self.decorators(&definition.decorator_list, name);
                if let Some(arguments) = &definition.arguments {
                    arguments.args.iter().for_each(|base| self.visit_expr(base));
                    arguments.keywords.iter().for_each(|keyword| self.visit_expr(&keyword.value));
                }
            }
            _ => {}
        }
        self.bind(name);
    }

    /// A decorator is called with the function: what it does to its surroundings, it does here.
    fn decorators(&mut self, decorators: &'a [ruff_python_ast::Decorator], name: &'a str) {
        for decorator in decorators {
            self.visit_expr(&decorator.expression);
            let expression = match &decorator.expression {
                Expr::Call(call) => &*call.func,
                other => other,
            };
            let callee = callee_of(expression);
            self.facts.calls.push(CallSite { callee, arguments: vec![(None, vec![name])] });
            if let Expr::Attribute(attribute) = expression {
                self.effect(&attribute.value, Field::Any, false);
            }
        }
    }

    fn signature(&mut self, parameters: &'a Parameters) {
        for parameter in parameters.iter() {
            parameter.default().into_iter().for_each(|default| self.visit_expr(default));
            parameter.as_parameter().annotation.iter().for_each(|kind| self.visit_expr(kind));
        }
    }

    fn inner_scope(&mut self, names: BTreeSet<&'a str>, later: bool, work: impl FnOnce(&mut Self)) {
        self.inner.push(names);
        self.deferred += u32::from(later);
        work(self);
        self.deferred -= u32::from(later);
        self.inner.pop();
    }

    /// An object is changed in place.
    fn effect(&mut self, object: &'a Expr, field: Field<'a>, whole: bool) {
        for root in roots(object) {
            if !self.is_inner(root) {
                let direct = object.as_name_expr().is_some();
                self.facts.effects.push(Effect { root, field: field.clone(), whole: whole && direct });
            }
        }
    }

    fn alias(&mut self, target: &'a Expr, value: &'a Expr) {
        match target {
            Expr::Name(name) => {
                let pairs = roots(value).into_iter().map(|root| (name.id.as_str(), root));
                self.facts.same.extend(pairs);
                if is_new_dict(value) {
                    self.facts.dicts.insert(name.id.as_str());
                }
                if is_iterator(value) {
                    self.facts.iterators.insert(name.id.as_str());
                }
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|target| self.alias(target, value)),
            Expr::List(list) => list.elts.iter().for_each(|target| self.alias(target, value)),
            Expr::Starred(starred) => self.alias(&starred.value, value),
            // What is kept in an object may be changed through it.
            Expr::Subscript(_) | Expr::Attribute(_) => {
                for (root, part) in
                    roots(target).into_iter().flat_map(|root| roots(value).into_iter().map(move |part| (root, part)))
                {
                    self.facts.same.push((root, part));
                }
            }
            _ => {}
        }
    }

    fn store(&mut self, target: &'a Expr, whole: bool) {
        match target {
            Expr::Subscript(subscript) => {
                let (object, field) = match &*subscript.value {
                    Expr::Attribute(indexer) if matches!(indexer.attr.as_str(), "loc" | "at") => {
                        (&*indexer.value, column_of(&subscript.slice))
                    }
                    Expr::Attribute(indexer) if matches!(indexer.attr.as_str(), "iloc" | "iat") => {
                        (&*indexer.value, Field::Any)
                    }
                    object => (object, field_of(&subscript.slice)),
                };
                let whole = whole && std::ptr::eq(object, &*subscript.value);
                if let Expr::Call(call) = object
                    && matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "globals")
                {
                    match field {
                        Field::Name(name) => drop(self.facts.global_binds.insert(name)),
                        _ => self.facts.dynamic = Some("globals()"),
                    }
                    return;
                }
                self.effect(object, field, whole);
            }
            Expr::Attribute(attribute) => self.effect(&attribute.value, Field::Name(attribute.attr.as_str()), whole),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|target| self.store(target, whole)),
            Expr::List(list) => list.elts.iter().for_each(|target| self.store(target, whole)),
            Expr::Starred(starred) => self.store(&starred.value, whole),
            _ => {}
        }
    }

    /// A generator or an iterator is used up by whoever looks through it; other things are not changed by that.
    fn consume(&mut self, name: &'a str) {
        if !self.is_inner(name) {
            self.facts.consumed.insert(name);
        }
    }

    fn call(&mut self, call: &'a ExprCall) {
        let callee = callee_of(&call.func);
        let last = match &*call.func {
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            Expr::Name(name) => name.id.as_str(),
            _ => "",
        };
        if let Expr::Attribute(method) = &*call.func {
            let in_place = call.arguments.keywords.iter().any(|keyword| {
                keyword.arg.as_ref().is_some_and(|name| name.as_str() == "inplace")
                    && !matches!(&keyword.value, Expr::BooleanLiteral(literal) if !literal.value)
            });
            if matches!(last, "query" | "eval") {
                self.names_in_conditions(call);
            }
            if in_place || CHANGING_METHODS.contains(&last) {
                self.effect(&method.value, Field::Any, false);
            }
            if ALL_COLUMNS_METHODS.contains(&last) && call.arguments.args.is_empty() && !has_keyword(call, "subset") {
                self.facts.whole_rows.get_or_insert(last);
            }
            if matches!(last, "sum" | "mean" | "max" | "min" | "any" | "all" | "std" | "count")
                && has_keyword(call, "axis")
                && roots_of_table(&method.value)
            {
                self.facts.whole_rows.get_or_insert(last);
            }
        }
        if CHANGING_FUNCTIONS.contains(&last)
            && let Some(first) = call.arguments.args.first()
        {
            self.effect(first, Field::Any, false);
        }
        if let Some(out) = call.arguments.keywords.iter().find(|keyword| keyword.arg.as_deref() == Some("out")) {
            self.effect(&out.value, Field::Any, false);
        }
        let sets = SETTING_FUNCTIONS.contains(&last) && matches!(callee, Callee::Method(Some(_), _));
        self.facts.environment |= sets || callee == Callee::Method(Some("nest_asyncio"), "apply");
        if let Expr::Name(_) = &*call.func {
            match last {
                "eval" | "exec" | "__import__" => self.facts.dynamic = Some("eval or exec"),
                "locals" | "vars" | "dir" if call.arguments.args.is_empty() => self.facts.dynamic = Some("locals()"),
                "getattr" | "setattr" if !call.arguments.args.get(1).is_some_and(Expr::is_string_literal_expr) => {
                    self.facts.dynamic = Some("getattr by a computed name");
                }
                _ => {}
            }
        }
        let mut arguments: Vec<(Option<&'a str>, Vec<&'a str>)> = Vec::new();
        for argument in &call.arguments.args {
            arguments.push((None, roots(argument)));
        }
        for keyword in &call.arguments.keywords {
            arguments.push((keyword.arg.as_ref().map(|name| name.as_str()), roots(&keyword.value)));
        }
        arguments.iter_mut().for_each(|(_, names)| names.retain(|name| !self.is_inner(name)));
        if self.inner.is_empty() || !matches!(callee, Callee::Name(name) if self.is_inner(name)) {
            self.facts.calls.push(CallSite { callee, arguments });
        }
    }

    /// `table.query('gap > @MIN')`: pandas looks the name up where the method is called.
    fn names_in_conditions(&mut self, call: &'a ExprCall) {
        let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
        let mut texts: Vec<&'a str> = Vec::new();
        for condition in call.arguments.args.iter().chain(keywords) {
            match condition {
                Expr::StringLiteral(literal) => texts.push(literal.value.to_str()),
                Expr::FString(text) => {
                    texts.extend(text.value.elements().filter_map(|part| part.as_literal()).map(|part| &*part.value));
                }
                _ => {}
            }
        }
        for name in texts.iter().flat_map(|text| text.split('@').skip(1)) {
            let end = name.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(name.len());
            if end > 0 {
                self.load(&name[..end], Context::Bare);
            }
        }
    }

    /// `parser.add_argument('--gap')`: nobody takes what it gives, so it changes what it is called on.
    fn called_for_its_effect(&mut self, expression: &'a Expr) {
        let Expr::Call(call) = expression else { return };
        if let Expr::Attribute(method) = &*call.func
            && !SHOWING_METHODS.contains(&method.attr.as_str())
        {
            self.effect(&method.value, Field::Any, false);
        }
    }

    fn unsteady(&mut self, expression: &'a Expr) {
        let Expr::Attribute(attribute) = expression else { return };
        let base = match &*attribute.value {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(inner) => inner.attr.as_str(),
            _ => return,
        };
        let word = attribute.attr.as_str();
        if base == "random" && word != "Random" || word == "default_rng" || base == "secrets" || word == "uuid4" {
            self.facts.unsteady = Some("random numbers");
        }
    }

    /// The value of an assignment or a return: keys of a dict that is written here are no mentions.
    fn value(&mut self, value: &'a Expr) {
        match value {
            Expr::Dict(dict) if !self.removed.holds(value.range()) => {
                for item in &dict.items {
                    if self.removed.holds(item.value.range()) {
                        continue;
                    }
                    match &item.key {
                        Some(Expr::StringLiteral(_)) => {}
                        Some(key) => self.visit_expr(key),
                        None => {}
                    }
                    self.value(&item.value);
                }
            }
            _ => self.visit_expr(value),
        }
    }
}

enum Context<'a> {
    Bare,
    Called,
    Key(&'a str),
}

impl<'a> Visitor<'a> for Eye<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if self.removed.holds(statement.range()) {
            return;
        }
        match statement {
            Stmt::FunctionDef(definition) => {
                self.definition_header(statement, definition.name.as_str());
                let (mut names, sent) = bound_names(&definition.body);
                names.extend(parameter_names(&definition.parameters));
                names.retain(|name| !sent.contains(name));
                self.inner_scope(names, true, |eye| definition.body.iter().for_each(|inner| eye.visit_stmt(inner)));
            }
            Stmt::ClassDef(definition) => {
                self.definition_header(statement, definition.name.as_str());
                let (names, _) = bound_names(&definition.body);
                self.inner_scope(names, false, |eye| definition.body.iter().for_each(|inner| eye.visit_stmt(inner)));
            }
            Stmt::Global(stmt) => self.sent.extend(stmt.names.iter().map(|name| name.as_str())),
            Stmt::Nonlocal(stmt) => self.sent.extend(stmt.names.iter().map(|name| name.as_str())),
            Stmt::Assign(stmt) => {
                self.value(&stmt.value);
                for target in &stmt.targets {
                    self.visit_expr(target);
                    self.alias(target, &stmt.value);
                    self.store(target, true);
                }
            }
            Stmt::AnnAssign(stmt) => {
                self.visit_expr(&stmt.annotation);
                if let Some(value) = &stmt.value {
                    self.value(value);
                    self.alias(&stmt.target, value);
                    self.store(&stmt.target, true);
                    self.visit_expr(&stmt.target);
                }
            }
            Stmt::AugAssign(stmt) => {
                self.visit_expr(&stmt.value);
                if let Expr::Name(name) = &*stmt.target {
                    self.load(name.id.as_str(), Context::Bare);
                    self.effect(&stmt.target, Field::Any, false);
                }
                self.visit_expr(&stmt.target);
                self.store(&stmt.target, false);
            }
            Stmt::Delete(stmt) => {
                stmt.targets.iter().for_each(|target| self.store(target, false));
                walk_stmt(self, statement);
            }
            Stmt::Return(stmt) => stmt.value.iter().for_each(|value| self.value(value)),
            Stmt::Import(stmt) => {
                for alias in &stmt.names {
                    let whole = alias.name.as_str();
                    let first = whole.split('.').next().unwrap_or(whole);
                    self.bind(alias.asname.as_ref().map_or(first, |name| name.as_str()));
                }
            }
            Stmt::ImportFrom(stmt) => {
                for alias in &stmt.names {
                    self.bind(alias.asname.as_ref().map_or(alias.name.as_str(), |name| name.as_str()));
                }
            }
            Stmt::Expr(stmt) if stmt.value.is_call_expr() => {
                self.called_for_its_effect(&stmt.value);
                walk_stmt(self, statement);
            }
            // A docstring mentions nothing.
            Stmt::Expr(stmt) if stmt.value.is_string_literal_expr() => {}
            Stmt::For(_) | Stmt::With(_) | Stmt::Try(_) => {
                self.header(statement);
                for block in blocks(statement) {
                    block.iter().for_each(|inner| self.visit_stmt(inner));
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if self.removed.holds(expression.range()) {
            return;
        }
        match expression {
            Expr::Name(name) => match name.ctx {
                ExprContext::Load => self.load(name.id.as_str(), Context::Bare),
                ExprContext::Store | ExprContext::Del => self.bind(name.id.as_str()),
                ExprContext::Invalid => {}
            },
            Expr::Attribute(attribute) => {
                let word = attribute.attr.as_str();
                if attribute.ctx != ExprContext::Store {
                    self.facts.mentions.name(word);
                }
                if NEIGHBOUR_METHODS.contains(&word) {
                    self.facts.neighbours.get_or_insert(word);
                }
                if matches!(word, "columns" | "to_numpy" | "dtypes") && attribute.ctx == ExprContext::Load {
                    self.facts.whole_rows.get_or_insert(word);
                }
                self.unsteady(expression);
                self.visit_expr(&attribute.value);
            }
            Expr::Subscript(subscript) => match (&*subscript.value, &*subscript.slice) {
                (Expr::Name(name), Expr::StringLiteral(key)) => {
                    self.load(name.id.as_str(), Context::Key(key.value.to_str()));
                    if subscript.ctx != ExprContext::Store {
                        self.facts.mentions.text(key.value.to_str());
                    }
                }
                (_, Expr::StringLiteral(_)) if subscript.ctx == ExprContext::Store => self.visit_expr(&subscript.value),
                (_, Expr::FString(_)) if subscript.ctx == ExprContext::Store => {
                    // What a computed column is called is no mention of it, but what it is computed from is read.
                    let known = self.facts.mentions.clone();
                    walk_expr(self, expression);
                    self.facts.mentions = known;
                }
                _ => walk_expr(self, expression),
            },
            Expr::Call(call) => {
                self.call(call);
                match &*call.func {
                    Expr::Name(name) => {
                        self.load(name.id.as_str(), Context::Called);
                        if name.id.as_str() == "len" {
                            self.facts.neighbours.get_or_insert("len");
                        }
                    }
                    Expr::Attribute(method) => {
                        match (&*method.value, method.attr.as_str(), call.arguments.args.first()) {
                            (Expr::Name(name), "get", Some(Expr::StringLiteral(key))) => {
                                self.load(name.id.as_str(), Context::Key(key.value.to_str()));
                            }
                            _ => self.visit_expr(&call.func),
                        }
                    }
                    func => self.visit_expr(func),
                }
                call.arguments.args.iter().for_each(|argument| self.visit_expr(argument));
                call.arguments.keywords.iter().for_each(|keyword| self.visit_expr(&keyword.value));
            }
            Expr::Lambda(lambda) => {
                let mut names = BTreeSet::new();
                if let Some(parameters) = &lambda.parameters {
                    self.signature(parameters);
                    names.extend(parameter_names(parameters));
                }
                self.inner_scope(names, true, |eye| eye.visit_expr(&lambda.body));
            }
            Expr::ListComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::SetComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::Generator(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::DictComp(comp) => {
                let parts: Vec<&'a Expr> = comp.key.iter().chain([&comp.value]).map(|part| &**part).collect();
                self.comprehension(&comp.generators, &parts);
            }
            Expr::StringLiteral(literal) => self.facts.mentions.text(literal.value.to_str()),
            Expr::FString(text) => {
                let (before, behind) = ends_of(text);
                self.facts.mentions.like(before, behind);
                for part in &text.value {
                    match part {
                        FStringPart::Literal(literal) => self.facts.mentions.text(&literal.value),
                        FStringPart::FString(text) => {
                            for element in &text.elements {
                                if let InterpolatedStringElement::Interpolation(hole) = element {
                                    self.visit_expr(&hole.expression);
                                }
                            }
                        }
                    }
                }
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    if self.removed.holds(item.value.range()) {
                        continue;
                    }
                    item.key.iter().for_each(|key| self.visit_expr(key));
                    self.visit_expr(&item.value);
                }
            }
            Expr::Named(named) => {
                walk_expr(self, expression);
                self.alias(&named.target, &named.value);
            }
            _ => walk_expr(self, expression),
        }
    }
}

impl<'a> Eye<'a, '_> {
    fn comprehension(&mut self, generators: &'a [Comprehension], parts: &[&'a Expr]) {
        let mut names = BTreeSet::new();
        for generator in generators {
            target_names(&generator.target, &mut names);
            if let Expr::Name(name) = &generator.iter {
                self.consume(name.id.as_str());
            }
        }
        self.inner_scope(names, false, |eye| {
            generators.iter().for_each(|generator| walk_comprehension(eye, generator));
            parts.iter().for_each(|part| eye.visit_expr(part));
        });
    }
}

fn target_names<'a>(target: &'a Expr, names: &mut BTreeSet<&'a str>) {
    match target {
        Expr::Name(name) => drop(names.insert(name.id.as_str())),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|target| target_names(target, names)),
        Expr::List(list) => list.elts.iter().for_each(|target| target_names(target, names)),
        Expr::Starred(starred) => target_names(&starred.value, names),
        _ => {}
    }
}

/// The blocks of a compound statement, in the order of the file.
pub(super) fn blocks(statement: &Stmt) -> Vec<&[Stmt]> {
    match statement {
        Stmt::For(stmt) => vec![&stmt.body, &stmt.orelse],
        Stmt::While(stmt) => vec![&stmt.body, &stmt.orelse],
        Stmt::If(stmt) => {
            std::iter::once(&*stmt.body).chain(stmt.elif_else_clauses.iter().map(|clause| &*clause.body)).collect()
        }
        Stmt::With(stmt) => vec![&stmt.body],
        Stmt::Try(stmt) => {
            let handlers = stmt.handlers.iter().map(|handler| {
                let ExceptHandler::ExceptHandler(handler) = handler;
                &*handler.body
            });
            std::iter::once(&*stmt.body).chain(handlers).chain([&*stmt.orelse, &*stmt.finalbody]).collect()
        }
        _ => Vec::new(),
    }
}

fn callee_of(function: &Expr) -> Callee<'_> {
    match function {
        Expr::Name(name) => Callee::Name(name.id.as_str()),
        Expr::Attribute(attribute) => Callee::Method(roots(&attribute.value).first().copied(), attribute.attr.as_str()),
        _ => Callee::Other,
    }
}

fn has_keyword(call: &ExprCall, name: &str) -> bool {
    call.arguments.keywords.iter().any(|keyword| keyword.arg.as_deref() == Some(name))
}

/// Whether an expression is a name or a part of it that was not narrowed to some columns.
fn roots_of_table(value: &Expr) -> bool {
    value.is_name_expr()
}

/// Names an expression may be, or be a part of; none when it is something new.
pub(super) fn roots(expression: &Expr) -> Vec<&str> {
    let mut found = Vec::new();
    collect_roots(expression, &mut found);
    found
}

fn collect_roots<'a>(expression: &'a Expr, found: &mut Vec<&'a str>) {
    match expression {
        Expr::Name(name) => found.push(name.id.as_str()),
        Expr::Attribute(attribute) => collect_roots(&attribute.value, found),
        Expr::Subscript(subscript) if !is_selection(subscript) => collect_roots(&subscript.value, found),
        Expr::If(choice) => {
            collect_roots(&choice.body, found);
            collect_roots(&choice.orelse, found);
        }
        Expr::BoolOp(choice) => choice.values.iter().for_each(|value| collect_roots(value, found)),
        Expr::Named(named) => collect_roots(&named.value, found),
        Expr::Await(awaited) => collect_roots(&awaited.value, found),
        Expr::Starred(starred) => collect_roots(&starred.value, found),
        Expr::Tuple(tuple) => tuple.elts.iter().for_each(|item| collect_roots(item, found)),
        Expr::List(list) => list.elts.iter().for_each(|item| collect_roots(item, found)),
        Expr::Dict(dict) => dict.items.iter().for_each(|item| collect_roots(&item.value, found)),
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(method) if PART_METHODS.contains(&method.attr.as_str()) => {
                collect_roots(&method.value, found);
            }
            Expr::Name(name) if PASSING_FUNCTIONS.contains(&name.id.as_str()) => {
                call.arguments.args.iter().for_each(|argument| collect_roots(argument, found));
            }
            _ => {}
        },
        _ => {}
    }
}

/// Whether a subscript picks rows or columns into a new table: a mask, a list of columns.
fn is_selection(subscript: &ruff_python_ast::ExprSubscript) -> bool {
    let indexed =
        matches!(&*subscript.value, Expr::Attribute(indexer) if matches!(indexer.attr.as_str(), "loc" | "iloc"));
    indexed
        || match &*subscript.slice {
            Expr::Compare(_) | Expr::List(_) => true,
            Expr::BinOp(operation) => matches!(operation.op, Operator::BitAnd | Operator::BitOr),
            Expr::UnaryOp(operation) => operation.op == UnaryOp::Invert,
            _ => false,
        }
}

fn is_iterator(value: &Expr) -> bool {
    match value {
        Expr::Generator(_) => true,
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => {
                matches!(name.id.as_str(), "iter" | "map" | "filter" | "zip" | "reversed" | "enumerate" | "open")
            }
            Expr::Attribute(attribute) => {
                matches!(attribute.attr.as_str(), "reader" | "DictReader" | "cycle" | "count")
            }
            _ => false,
        },
        _ => false,
    }
}

fn is_new_dict(value: &Expr) -> bool {
    match value {
        Expr::Dict(_) | Expr::DictComp(_) => true,
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => matches!(name.id.as_str(), "dict" | "OrderedDict" | "defaultdict"),
            Expr::Attribute(attribute) => matches!(attribute.attr.as_str(), "OrderedDict" | "defaultdict"),
            _ => false,
        },
        _ => false,
    }
}

fn field_of(slice: &Expr) -> Field<'_> {
    match slice {
        Expr::StringLiteral(key) => Field::Name(key.value.to_str()),
        Expr::FString(text) => {
            let (before, behind) = ends_of(text);
            if before.is_empty() && behind.is_empty() { Field::Any } else { Field::Like(before, behind) }
        }
        _ => Field::Any,
    }
}

/// The column of `.loc[rows, column]`.
fn column_of(slice: &Expr) -> Field<'_> {
    match slice {
        Expr::Tuple(tuple) => tuple.elts.last().map_or(Field::Any, field_of),
        _ => Field::Any,
    }
}

/// The literal text an f-string begins and ends with.
fn ends_of<'t>(text: &'t ruff_python_ast::ExprFString) -> (&'t str, &'t str) {
    let mut parts: Vec<Option<&'t str>> = Vec::new();
    for part in &text.value {
        match part {
            FStringPart::Literal(literal) => parts.push(Some(&literal.value)),
            FStringPart::FString(text) => {
                for element in &text.elements {
                    parts.push(match element {
                        InterpolatedStringElement::Literal(literal) => Some(&literal.value),
                        InterpolatedStringElement::Interpolation(_) => None,
                    });
                }
            }
        }
    }
    match parts.as_slice() {
        [Some(only)] => (only, ""),
        parts => {
            let end = |part: Option<&Option<&'t str>>| part.copied().flatten().unwrap_or("");
            (end(parts.first()), end(parts.last()))
        }
    }
}
