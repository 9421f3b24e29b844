//! What specs say of a name or call, carried out.

use std::sync::Arc;

use super::arguments::{Arguments, Given};
use super::checks::check_facts;
use super::{Frame, State, Walker};
use crate::ir::ExprId;
use crate::kinds::{SinkKinds, Trust};
use crate::specs::{ArgumentRef, Cleaning, EntryId, NodeId, SourceSpec};
use crate::value::{Cell, CellKind, Encoding, Facts, Kind, Label, Move, Origin, Part, Source, Value, add_label};

/// Methods of one name that a call on an unknown receiver may mean.
const CANDIDATES_MAX: usize = 3;

impl<'p> Walker<'p> {
    /// Reading a name of the specs.
    pub(super) fn read_node(&mut self, frame: &mut Frame<'p>, state: &mut State, node: NodeId, expr: ExprId) -> Value {
        self.read_member(frame, state, node, &[], expr)
    }

    /// As [`Self::read_node`], for a member of something that carries `labels`.
    pub(super) fn read_member(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        node: NodeId,
        labels: &[Label],
        expr: ExprId,
    ) -> Value {
        let specs = self.program.specs;
        let mut value = Value::of(Kind::Node(node)).with_labels(labels.to_vec());
        for id in specs.reads(node) {
            let entry = specs.entry(*id);
            if let Some(gives) = &entry.gives {
                let labels = value.labels().to_vec();
                value = self.given(state, gives, &value, &labels);
            }
            if let Some(source) = &entry.source {
                value = self.source(frame, source, &value, expr);
            }
            if let Some(cleaning) = &entry.cleans {
                value = value
                    .map_labels(&mut |label| Label { facts: cleaned_facts(cleaning, label.facts), ..label.clone() });
            }
        }
        value
    }

    /// A value that was read: a name of the specs under another name (`from flask import request`) is read as itself.
    pub(super) fn read(&mut self, frame: &mut Frame<'p>, state: &mut State, value: Value, expr: ExprId) -> Value {
        match value.kind() {
            Kind::Node(node) if value.labels().is_empty() && !self.program.specs.reads(*node).is_empty() => {
                self.read_node(frame, state, *node, expr)
            }
            _ => value,
        }
    }

    /// `value` as foreign data.
    fn source(&self, frame: &Frame<'p>, source: &SourceSpec, value: &Value, expr: ExprId) -> Value {
        if source.route
            && let Some(route) = &self.route
        {
            return Value::text(route);
        }
        let origin = Source { trust: source.trust, what: source.what.as_str().into(), spot: frame.spot_of(expr) };
        let mut labels = value.labels().to_vec();
        add_label(&mut labels, &Label::new(Origin::Source(Arc::new(origin))));
        value.with_labels(labels)
    }

    /// What a call or name gives.
    fn given(&self, state: &mut State, gives: &str, value: &Value, labels: &[Label]) -> Value {
        match gives {
            "number" | "boolean" => self.number(state, &[]),
            "text" | "nothing" => Value::of(Kind::Harmless),
            "unknown" => Value::tainted(labels.to_vec()),
            "receiver" => value.clone(),
            name => match self.program.specs.node(name) {
                Some(node) => self.foreign(state, node, labels),
                None => Value::tainted(labels.to_vec()),
            },
        }
    }

    /// An object of a class of the specs.
    pub(super) fn foreign(&self, state: &mut State, node: NodeId, labels: &[Label]) -> Value {
        state.allocate(Cell::new(CellKind::Foreign(Some(node)))).with_labels(labels.to_vec())
    }

    /// Calls a name of the specs.
    pub(super) fn call_node(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        node: NodeId,
        receiver: Option<&Value>,
        arguments: &Arguments,
    ) -> Value {
        let specs = self.program.specs;
        let name = specs.name_of(node);
        let entries = specs.calls(node);
        let computed = if self.program.is_php() {
            match receiver {
                None => self.php_function(frame, state, expr, name, arguments),
                Some(_) => None,
            }
        } else {
            self.python_function(frame, state, expr, name, arguments)
        };
        if entries.is_empty()
            && let Some(computed) = computed
        {
            return computed;
        }
        let made = match &computed {
            Some(computed) => computed.clone(),
            None => {
                let mut values = arguments.values();
                values.extend(receiver.cloned());
                let carried = self.through(frame, state, expr, &values, name);
                // Calling a class gives an instance of it; a source that is called gives more of it.
                let is_class = entries.iter().all(|id| specs.entry(*id).gives.is_none()) && specs.has_children(node);
                if is_class { self.foreign(state, node, carried.labels()) } else { carried }
            }
        };
        self.apply(frame, state, expr, entries, receiver, arguments, name, made, computed.is_some())
    }

    /// Calls a method of which only the name is known.
    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    pub(super) fn call_any(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        object: &Value,
        place: Option<(ExprId, ExprId)>,
        name: crate::names::Sym,
        arguments: &Arguments,
    ) -> Value {
        let text = self.program.text(name);
        let made = match self.by_name(frame, state, expr, object, name, arguments) {
            Some(made) => made,
            None => self.unknown_call(frame, state, expr, Some(object), arguments, text),
        };
        if !made.labels().is_empty()
            && state.cell_of(object).is_none()
            && let Some((_, receiver)) = place
            && object.labels().is_empty()
            && matches!(frame.body.expr(receiver), crate::ir::Expr::Local(_))
            && arguments.all().any(|given| !state.labels(&given.value).is_empty())
            && is_adding(text)
        {
            // A thing that is given foreign data carries it.
            let carried = object.with_labels(made.labels().to_vec());
            self.put_back(frame, state, receiver, carried);
        }
        let entries = self.program.specs.any_calls(name);
        if entries.is_empty() || matches!(object.kind(), Kind::Constants(_) | Kind::Module(_)) {
            return made;
        }
        self.apply(frame, state, expr, entries, Some(object), arguments, text, made, false)
    }

    /// What the few methods of that name in the program give, when the receiver does not tell which is meant.
    fn by_name(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        object: &Value,
        name: crate::names::Sym,
        arguments: &Arguments,
    ) -> Option<Value> {
        if !matches!(object.kind(), Kind::Unknown | Kind::Parameter(_)) || self.is_quiet {
            return None;
        }
        let found = self.program.methods.get(&name).filter(|found| found.len() <= CANDIDATES_MAX)?.clone();
        if let [only] = found.as_slice()
            && !is_everyday(self.program.text(name))
            && self.takes(*only, arguments)
        {
            let receiver = Value::of(Kind::Instance(self.program.class_of(*only)?));
            return Some(self.invoke(frame, state, *only, receiver, arguments, expr, None));
        }
        let mut result: Option<Value> = None;
        for at in found {
            let summary = self.world.summary(at)?.clone();
            let (file, body) = (self.program.file(at.file), self.program.body(at));
            let takes_receiver = body.class.is_some() && !body.is_static && !self.program.is_php();
            let receiver = takes_receiver.then(|| object.clone());
            let bound = self.bind_parameters(state, body, file, receiver, arguments);
            let value = self.put(state, &summary.returns, &bound);
            let value = state.thawed(&value);
            let value = self.came_back(frame, &value, expr, &self.program.title(at));
            result = Some(match result {
                Some(result) => result.join(&value),
                None => value,
            });
        }
        // What the object itself holds may be among it.
        result.map(|result| match state.labels(object).is_empty() {
            true => result,
            false => {
                result.join(&self.through(frame, state, expr, std::slice::from_ref(object), self.program.text(name)))
            }
        })
    }

    /// Whether a body can be called with so many arguments.
    fn takes(&self, at: crate::value::BodyRef, arguments: &Arguments) -> bool {
        let body = self.program.body(at);
        let skipped = usize::from(!body.is_static && !self.program.is_php());
        let has_rest = body.parameters.iter().any(|it| it.kind != crate::ir::ParameterKind::Plain);
        has_rest || arguments.by_place.len() + arguments.by_name.len() + skipped <= body.parameters.len()
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one call")]
    fn apply(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        entries: &'p [EntryId],
        receiver: Option<&Value>,
        arguments: &Arguments,
        name: &str,
        made: Value,
        is_computed: bool,
    ) -> Value {
        let specs = self.program.specs;
        let mut result = made;
        for id in entries {
            let entry = specs.entry(*id);
            for sink in &entry.sinks {
                if !self.holds_all(state, &sink.when, receiver, arguments) {
                    continue;
                }
                for given in self.arguments_meant(state, &sink.argument, receiver, arguments) {
                    self.sink(frame, state, expr, sink.kind, &sink.trust, &given.value, given.expr, name);
                }
            }
            if let Some(passes) = &entry.passes {
                let kept: Vec<Value> = passes
                    .iter()
                    .flat_map(|wanted| self.arguments_meant(state, wanted, receiver, arguments))
                    .map(|given| given.value)
                    .collect();
                if !is_computed {
                    let passed = self.through(frame, state, expr, &kept, name);
                    result = result.with_labels(passed.labels().to_vec());
                }
            }
            if let Some(cleaning) = &entry.cleans
                && !is_computed
                && self.holds_all(state, &cleaning.when, receiver, arguments)
            {
                let wanted = cleaning.argument.clone().unwrap_or(ArgumentRef::Place(0));
                let given = self.argument(state, &wanted, receiver, arguments);
                if let Some(Given { value, .. }) = given {
                    let is_harmless = state.is_harmless(&value, 2);
                    let is_html = matches!(cleaning.encodings.as_slice(), [Encoding::Html | Encoding::HtmlDouble]);
                    let carried = match is_html && keeps_known_parts(&value) {
                        true => value,
                        false => self.through(frame, state, expr, &[value], name).with_kind(Kind::Unknown),
                    };
                    result = self.cleaned_value(frame, &carried, cleaning, expr, name);
                    if is_harmless && result.labels().is_empty() {
                        result = Value::of(Kind::Harmless);
                    }
                }
            }
            if let Some(gives) = &entry.gives
                && !is_computed
            {
                let labels = result.labels().to_vec();
                result = match gives.as_str() {
                    "receiver" => match receiver {
                        Some(receiver) => self.receiver_with(state, receiver, &labels),
                        None => result,
                    },
                    gives => self.given(state, gives, &result, &labels),
                };
            }
            if let Some(source) = &entry.source
                && self.holds_all(state, &source.when, receiver, arguments)
                && !(source.trust == Trust::Local && reads_own_file(name, arguments))
            {
                match &source.argument {
                    None => result = self.source(frame, source, &result, expr),
                    Some(wanted) => {
                        if let Some(Given { value, expr: Some(target) }) =
                            self.argument(state, wanted, receiver, arguments)
                        {
                            let value = self.source(frame, source, &value.with_kind(Kind::Unknown), expr);
                            self.put_back(frame, state, target, value);
                        }
                    }
                }
            }
            if let Some(setting) = &entry.sets
                && self.holds_all(state, &setting.when, receiver, arguments)
            {
                let target = match &setting.on {
                    None => receiver.cloned(),
                    Some(ArgumentRef::Name(name)) if name == "result" => {
                        if state.cell_of(&result).is_none() {
                            let labels = result.labels().to_vec();
                            result = state.allocate(Cell::new(CellKind::Foreign(None))).with_labels(labels);
                        }
                        Some(result.clone())
                    }
                    Some(wanted) => self.argument(state, wanted, receiver, arguments).map(|given| given.value),
                };
                if let Some((id, _)) = target.as_ref().and_then(|target| state.cell_of(target)) {
                    let word: Arc<str> = setting.word.as_str().into();
                    state.change(id, |cell| {
                        cell.words.retain(|known| *known != word);
                        if !setting.clear {
                            cell.words.push(word);
                        }
                    });
                }
            }
            if let Some(check) = entry.checks.as_ref().filter(|check| check.or_raises)
                && let Some(Given { value, expr: target }) =
                    self.argument(state, &check.argument.clone().unwrap_or(ArgumentRef::Place(0)), receiver, arguments)
            {
                let facts = check_facts(check);
                match target {
                    Some(target) => self.narrow(frame, state, target, facts),
                    None => value.labels().iter().for_each(|label| state.check(&label.origin, facts)),
                }
            }
            if let Some(rendering) = &entry.renders {
                result = self.rendered(frame, state, expr, rendering, receiver, arguments, result);
            }
            if entry.ends {
                state.die();
            }
        }
        result
    }

    fn receiver_with(&self, state: &mut State, receiver: &Value, labels: &[Label]) -> Value {
        if let Some((id, _)) = state.cell_of(receiver) {
            if !labels.is_empty() {
                let given = Value::tainted(labels.to_vec());
                state.change(id, |cell| cell.set_somewhere(&given));
            }
            return receiver.clone();
        }
        receiver.with_labels(labels.to_vec())
    }

    /// A value after a call that changes its text.
    fn cleaned_value(&self, frame: &Frame<'p>, value: &Value, cleaning: &Cleaning, expr: ExprId, name: &str) -> Value {
        if value.labels().is_empty() {
            return value.clone();
        }
        let spot = frame.spot_of(expr);
        let what = Move::Cleaned(name.into());
        value.map_labels(&mut |label| {
            Label { facts: cleaned_facts(cleaning, label.facts), ..label.clone() }.stepped(spot, what.clone())
        })
    }
}

/// Whether a file is read that the program names itself, other than by an absolute path: a part of the program.
fn reads_own_file(function: &str, arguments: &Arguments) -> bool {
    let names_a_file =
        matches!(function, "file_get_contents" | "file" | "readfile" | "fopen") || function.ends_with("::get");
    let Some(path) = arguments.at(0).filter(|_| names_a_file) else { return false };
    path.labels().is_empty() && !known_start(path).starts_with('/')
}

/// Whether escaping for HTML leaves the parts of a text as they are that the program wrote.
pub(super) fn keeps_known_parts(value: &Value) -> bool {
    let is_kept = |part: &Part| match part {
        Part::Known(text) => !text.contains(['<', '>', '&', '"', '\'']),
        Part::Value(_) => true,
    };
    matches!(value.kind(), Kind::Text(parts) if parts.iter().all(is_kept))
}

/// What is known of a text after a cleaning.
fn cleaned_facts(cleaning: &Cleaning, facts: Facts) -> Facts {
    let mut facts = facts;
    for encoding in cleaning.encodings.as_slice() {
        facts = encoding.apply(facts);
    }
    let harmless: SinkKinds = cleaning.harmless.as_slice().iter().copied().collect();
    facts.harmless = facts.harmless.or(harmless);
    facts
}

/// The constant text a value begins with.
pub(super) fn known_start(value: &Value) -> String {
    match value.parts().first() {
        Some(crate::value::Part::Known(text)) => text.to_string(),
        _ => String::new(),
    }
}

/// Whether a text begins as a statement of SQL does.
pub(super) fn looks_like_sql(text: &str) -> bool {
    let text = text.trim_start_matches(|char: char| char.is_whitespace() || "('\"".contains(char));
    let mut words = text.split(|char: char| !char.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_ascii_lowercase();
    let known = [
        "select", "insert", "update", "delete", "replace", "create", "drop", "alter", "with", "call", "exec",
        "execute", "merge", "grant", "truncate", "show", "describe", "explain", "set", "pragma",
    ];
    known.contains(&first.as_str())
}

/// Whether a method's name says that it takes its argument in.
fn is_adding(name: &str) -> bool {
    // What a list of pages appends to its addresses is in none of its items.
    name != "appends"
        && ["add", "append", "set", "put", "push", "write", "insert", "extend", "update", "assign", "bind", "with"]
            .iter()
            .any(|word| {
                name.len() >= word.len() && name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            })
}

/// Whether a method's name is one that many classes outside of the program have, too.
fn is_everyday(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "add",
        "all",
        "append",
        "apply",
        "build",
        "call",
        "check",
        "clear",
        "close",
        "commit",
        "configure",
        "connect",
        "copy",
        "count",
        "create",
        "decode",
        "delete",
        "dispatch",
        "dump",
        "dumps",
        "each",
        "encode",
        "end",
        "exec",
        "execute",
        "exists",
        "extend",
        "fetch",
        "fetchall",
        "fetchone",
        "fill",
        "filter",
        "find",
        "first",
        "flush",
        "format",
        "get",
        "handle",
        "has",
        "index",
        "init",
        "insert",
        "invoke",
        "is_valid",
        "items",
        "join",
        "keys",
        "last",
        "limit",
        "list",
        "load",
        "loads",
        "log",
        "make",
        "map",
        "match",
        "merge",
        "move",
        "next",
        "notify",
        "open",
        "order",
        "parse",
        "pop",
        "post",
        "prepare",
        "process",
        "publish",
        "push",
        "put",
        "query",
        "raw",
        "read",
        "receive",
        "redirect",
        "register",
        "remove",
        "render",
        "replace",
        "request",
        "reset",
        "resolve",
        "respond",
        "response",
        "rollback",
        "route",
        "run",
        "save",
        "search",
        "select",
        "send",
        "set",
        "setup",
        "show",
        "sort",
        "split",
        "start",
        "stop",
        "store",
        "sub",
        "submit",
        "test",
        "to_dict",
        "to_json",
        "toarray",
        "tostring",
        "transform",
        "update",
        "upload",
        "url",
        "validate",
        "value",
        "values",
        "view",
        "walk",
        "where",
        "with",
        "write",
    ];
    name.len() < 5 || NAMES.binary_search(&name).is_ok() || name.starts_with("__")
}
