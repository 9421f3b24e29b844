//! The walk that finds the facts of a statement.

use std::collections::BTreeSet;

use ruff_python_ast::visitor::{Visitor, walk_comprehension, walk_expr, walk_stmt};
use ruff_python_ast::{
    CmpOp, Comprehension, ExceptHandler, Expr, ExprCall, ExprCompare, ExprContext, FStringPart,
    InterpolatedStringElement, Parameters, Stmt,
};
use ruff_text_size::Ranged;

use super::facts::{CallSite, Callee, DATA_VARIABLE, Effect, Facts, Removed, blocks, bound_names, parameter_names};
use super::fields::Field;
use super::known::{
    ALL_COLUMNS_METHODS, CHANGING_FUNCTIONS, CHANGING_METHODS, NEIGHBOUR_METHODS, SETTING_FUNCTIONS, SHOWING_METHODS,
};
use super::roots::{column_of, ends_of, field_of, is_iterator, is_new_dict, roots};

/// Looks at code piece by piece.
pub(super) struct Eye<'a, 'r> {
    removed: &'r Removed,
    pub(super) facts: Facts<'a>,
    /// Names of the functions, lambdas and comprehensions inside the code that are being looked at.
    inner: Vec<BTreeSet<&'a str>>,
    /// How many of these run later.
    deferred: u32,
    pub(super) sent: BTreeSet<&'a str>,
}

impl<'a, 'r> Eye<'a, 'r> {
    pub(super) fn new(removed: &'r Removed) -> Self {
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

    pub(super) fn header(&mut self, statement: &'a Stmt) {
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
                if !direct {
                    self.facts.opened.insert(root);
                }
                self.facts.effects.push(Effect { root, field: field.clone(), whole: whole && direct });
            }
        }
    }

    fn alias(&mut self, target: &'a Expr, value: &'a Expr) {
        match target {
            Expr::Name(name) => {
                let pairs: Vec<_> = roots(value).into_iter().map(|root| (name.id.as_str(), root)).collect();
                if matches!(value, Expr::Dict(_) | Expr::List(_)) {
                    self.facts.holds.extend(&pairs);
                } else {
                    self.facts.opened.extend(pairs.iter().map(|(_, root)| *root));
                }
                self.facts.same.extend(pairs);
                let called = match value {
                    Expr::Await(awaited) => &*awaited.value,
                    other => other,
                };
                if let Expr::Call(call) = called
                    && let Callee::Name(_) = callee_of(&call.func)
                {
                    self.facts.from_calls.push((name.id.as_str(), self.call_site(call)));
                }
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
                    self.facts.holds.push((root, part));
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
                        _ => self.facts.dynamic = Some(("globals()", call.range().start().to_u32())),
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
            let place = call.range().start().to_u32();
            match last {
                "eval" | "exec" | "__import__" => self.facts.dynamic = Some(("eval or exec", place)),
                "locals" | "vars" | "dir" if call.arguments.args.is_empty() => {
                    self.facts.dynamic = Some(("locals()", place));
                }
                "getattr" | "setattr" if !call.arguments.args.get(1).is_some_and(Expr::is_string_literal_expr) => {
                    self.facts.dynamic = Some(("getattr by a computed name", place));
                }
                _ => {}
            }
        }
        if !matches!(callee, Callee::Name(name) if self.is_inner(name)) {
            let site = self.call_site(call);
            if !matches!(last, "append" | "extend" | "print") {
                self.facts.opened.extend(site.arguments.iter().flat_map(|(_, names)| names));
            }
            self.facts.calls.push(site);
        }
        self.files(call, last);
    }

    fn call_site(&self, call: &'a ExprCall) -> CallSite<'a> {
        let positional = call.arguments.args.iter().map(|argument| (None, roots(argument)));
        let keywords = call
            .arguments
            .keywords
            .iter()
            .map(|keyword| (keyword.arg.as_ref().map(|name| name.as_str()), roots(&keyword.value)));
        let mut arguments: Vec<(Option<&'a str>, Vec<&'a str>)> = positional.chain(keywords).collect();
        arguments.iter_mut().for_each(|(_, names)| names.retain(|name| !self.is_inner(name)));
        CallSite { callee: callee_of(&call.func), arguments }
    }

    /// Files that are read and written, by the first text among the arguments.
    fn files(&mut self, call: &'a ExprCall, function: &str) {
        let text = |argument: &'a Expr| match argument {
            Expr::StringLiteral(text) => Some(text.value.to_str()),
            _ => None,
        };
        let file = call.arguments.args.first().and_then(text).unwrap_or("");
        let mode = call.arguments.args.get(1).and_then(text).unwrap_or("r");
        let writes = function.starts_with("to_") && SHOWING_METHODS.contains(&function)
            || matches!(function, "write_text" | "write_bytes" | "dump")
            || function == "open" && !mode.contains('r');
        let reads =
            function.starts_with("read_") || matches!(function, "read_text" | "read_bytes" | "load" | "loadtxt");
        if writes {
            self.facts.writes_files.push(file);
        } else if reads || function == "open" {
            self.facts.reads_files.push(file);
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
    pub(super) fn called_for_its_effect(&mut self, expression: &'a Expr) {
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
            Stmt::Return(stmt) => {
                if let Some(value) = stmt.value.as_deref().filter(|_| self.inner.is_empty()) {
                    self.facts.returned.extend(roots(value));
                }
                stmt.value.iter().for_each(|value| self.value(value));
            }
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
            Expr::Compare(compare) if let Some(name) = bound_already(compare) => self.load(name, Context::Bare),
            Expr::Call(call) if let Some(name) = value_of(call) => {
                self.load(name, Context::Bare);
                call.arguments.args.iter().for_each(|argument| self.visit_expr(argument));
            }
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
            Expr::StringLiteral(literal) => {
                let text = literal.value.to_str();
                self.facts.data_folder |= text == DATA_VARIABLE;
                self.facts.mentions.text(text);
            }
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

/// The name of `'name' in locals()`: whether it is bound is asked, no other name is reached.
fn bound_already(compare: &ExprCompare) -> Option<&str> {
    let ([CmpOp::In | CmpOp::NotIn], [names]) = (&*compare.ops, &*compare.comparators) else { return None };
    compare.left.as_string_literal_expr().filter(|_| are_own_names(names)).map(|name| name.value.to_str())
}

/// The name of `locals().get('name')`.
fn value_of(call: &ExprCall) -> Option<&str> {
    let Expr::Attribute(method) = &*call.func else { return None };
    let name = call.arguments.args.first()?.as_string_literal_expr()?;
    (method.attr.as_str() == "get" && are_own_names(&method.value)).then(|| name.value.to_str())
}

/// `locals()` and what is the same.
fn are_own_names(expression: &Expr) -> bool {
    let Expr::Call(call) = expression else { return false };
    let is_one =
        |function: &Expr| matches!(function, Expr::Name(name) if matches!(name.id.as_str(), "locals" | "vars" | "dir"));
    is_one(&call.func) && call.arguments.is_empty()
}
