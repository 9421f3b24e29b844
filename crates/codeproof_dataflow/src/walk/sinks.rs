//! What reaches a sink: a chain, a reason why it is harmless, or neither.

use std::sync::Arc;

use super::{Frame, State, Walker};
use crate::contexts::{self, Danger, Piece, html::HtmlState};
use crate::ir::{Bytes, ExprId};
use crate::kinds::{SinkKind, Trust};
use crate::program::Held;
use crate::value::{CellKind, Facts, Key, Kind, Label, Move, Origin, Part, Reason, Source, Spot, Traits, Value};

/// Data of a source that reaches a sink, as the walk saw it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RawFlow {
    pub(crate) sink: Spot,
    pub(crate) kind: SinkKind,
    pub(crate) argument: Spot,
    pub(crate) callee: Arc<str>,
    pub(crate) beyond: Option<(Spot, Arc<str>)>,
    pub(crate) danger: &'static str,
    /// Whether every call on the way is known well enough for this kind of sink.
    pub(crate) is_certain: bool,
    pub(crate) source: Option<Arc<Source>>,
    /// The parameter it came in by, when no source is known.
    pub(crate) parameter: Option<(Spot, Arc<str>)>,
    pub(crate) steps: Vec<(Spot, Move)>,
}

/// What is known of a sink after one look at it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SiteOutcome {
    pub(crate) sink: Spot,
    pub(crate) kind: SinkKind,
    pub(crate) callee: Arc<str>,
    pub(crate) outcome: Outcome,
}

/// How a sink is fed, best first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Nothing foreign reaches it in a way that does harm.
    Harmless(Vec<Reason>, Option<(&'static str, Option<Spot>)>),
    /// What reaches it is not wholly known.
    NotUnderstood,
    /// What a caller gives reaches it.
    FromCaller,
    /// Foreign data reaches it.
    Harmful,
}

/// Whose data does harm at a sink of a kind.
pub(crate) fn trusts(kind: SinkKind) -> &'static [Trust] {
    match kind {
        SinkKind::Token => &[Trust::WeakRandom],
        SinkKind::Digest => &[Trust::WeakDigest],
        SinkKind::Disclosure => &[Trust::Sensitive],
        SinkKind::Deserialization => &[Trust::Remote, Trust::Stored, Trust::Operator],
        SinkKind::Dispatch => &[Trust::Remote],
        SinkKind::Html | SinkKind::Inclusion | SinkKind::Template => &[Trust::Remote, Trust::Stored, Trust::Local],
        SinkKind::Log | SinkKind::Trust | SinkKind::Format | SinkKind::Assignment | SinkKind::Access => {
            &[Trust::Remote]
        }
        _ => &[Trust::Remote, Trust::Stored, Trust::Local, Trust::Operator],
    }
}

impl<'p> Walker<'p> {
    /// `value` reaches a sink of `kind` in the call `expr`.
    #[expect(clippy::too_many_arguments, reason = "the parts of one sink")]
    pub(super) fn sink(
        &mut self,
        frame: &Frame<'p>,
        state: &State,
        expr: ExprId,
        kind: SinkKind,
        own_trusts: &'p [Trust],
        value: &Value,
        argument: Option<ExprId>,
        callee: &str,
    ) {
        if self.is_quiet {
            return;
        }
        let argument = frame.spot_of(argument.unwrap_or(expr));
        // Python's pages are made of templates and files that are the program's own.
        let page_trusts: &'static [Trust] = &[Trust::Remote, Trust::Stored];
        let by_kind = if kind == SinkKind::Html && !self.program.is_php() { page_trusts } else { trusts(kind) };
        let trust = if own_trusts.is_empty() { by_kind } else { own_trusts };
        let held = Held {
            kind,
            // Lists of specs live as long as the program's own.
            trust: if own_trusts.is_empty() { by_kind } else { leak_free(trust) },
            value: value.clone(),
            spot: frame.spot_of(expr),
            argument,
            callee: callee.into(),
            beyond: None,
            page: (kind == SinkKind::Html).then(HtmlState::default),
        };
        let held = self.at_the_call(held, value);
        let value = match kind {
            SinkKind::Arguments => match self.shell_argument(state, value) {
                Some(command) => {
                    let held = Held { kind: SinkKind::Command, ..held };
                    self.reach_text(state, &held, &command);
                    return;
                }
                None => self.started_program(state, value),
            },
            SinkKind::Assignment | SinkKind::Dispatch => value.clone(),
            // `text, status, headers`.
            SinkKind::Html => match state.cell_of(value) {
                Some((_, cell)) if cell.kind == CellKind::List && cell.is_exact => {
                    let text = cell.get(&Key::Int(0)).unwrap_or_default();
                    self.as_text(state, &text)
                }
                // Mappings become JSON.
                Some((_, cell)) if matches!(cell.kind, CellKind::Dict | CellKind::Array) => return,
                _ => self.as_text(state, value),
            },
            SinkKind::Path if self.is_open_file(state, value) => return,
            // Values beside a query, in any framework.
            SinkKind::Sql
                if state
                    .cell_of(value)
                    .is_some_and(|(_, cell)| matches!(cell.kind, CellKind::Dict | CellKind::Array)) =>
            {
                return;
            }
            // A command given as a list needs no shell.
            SinkKind::Command
                if state
                    .cell_of(value)
                    .is_some_and(|(_, cell)| matches!(cell.kind, CellKind::List | CellKind::Array)) =>
            {
                match self.shell_argument(state, value) {
                    Some(command) => command,
                    None => self.started_program(state, value),
                }
            }
            _ => self.as_text(state, value),
        };
        self.reach_text(state, &held, &value);
    }

    /// The sink as its callers see it: what a function hands on as it was given is judged where the function is called,
    /// which is where the text was made.
    fn at_the_call(&self, held: Held, value: &Value) -> Held {
        let Some(call) = self.calls.last() else { return held };
        let handed = call.given.iter().find(|(given, _)| given == value && *given != Value::unknown());
        match handed {
            Some((_, argument)) if held.page.is_none() => Held {
                beyond: Some((held.spot, held.callee.clone())),
                spot: call.spot,
                argument: *argument,
                callee: call.title.as_str().into(),
                ..held
            },
            _ => held,
        }
    }

    /// Whether a value is a file or buffer and no path.
    fn is_open_file(&self, state: &State, value: &Value) -> bool {
        state.cell_of(value).is_some_and(|(_, cell)| {
            matches!(cell.kind, CellKind::Foreign(Some(node)) if self.program.specs.name_of(node).starts_with("io."))
        })
    }

    /// The command of `["sh", "-c", command]`.
    fn shell_argument(&self, state: &State, value: &Value) -> Option<Value> {
        let (_, cell) = state.cell_of(value)?;
        let program = cell.get(&Key::Int(0))?;
        let name = |value: &Value| {
            value.as_constants().map(|all| {
                all.iter().any(|constant| {
                    matches!(constant, crate::ir::Constant::Str(text)
                        if is_shell(text.rsplit(['/', '\\']).next().unwrap_or(text)))
                })
            })
        };
        if name(&program) != Some(true) && !cell.entries.iter().any(|(_, value)| name(value) == Some(true)) {
            return None;
        }
        let is_switch = |value: &Value| {
            value.as_constants().is_some_and(|all| {
                all.iter().any(|one| {
                    matches!(one, crate::ir::Constant::Str(text)
                    if matches!(&**text, "-c" | "/c" | "/C" | "-Command" | "-lc" | "-ec" | "/k"))
                })
            })
        };
        let parts: Vec<Value> = match cell.is_exact {
            true => {
                let after = cell.entries.iter().position(|(_, value)| is_switch(value)).map(|at| at + 1)?;
                cell.entries.iter().skip(after).map(|(_, value)| self.as_text(state, value)).collect()
            }
            false => cell.values().map(|value| self.as_text(state, value)).collect(),
        };
        let spaced: Vec<Value> = parts.iter().flat_map(|part| [part.clone(), Value::text(" ")]).collect();
        Some(Value::concatenated(&spaced))
    }

    /// Which program an argument list starts; the arguments themselves do no harm.
    fn started_program(&self, state: &State, value: &Value) -> Value {
        match state.cell_of(value) {
            Some((_, cell)) if matches!(cell.kind, CellKind::List | CellKind::Array) => {
                cell.get(&Key::Int(0)).map_or_else(|| Value::of(Kind::Harmless), |value| self.as_text(state, &value))
            }
            _ => self.as_text(state, value),
        }
    }

    /// A parameter of a function reaches a sink in it; here with the caller's value.
    pub(super) fn reach(&mut self, state: &State, held: &Held, value: &Value) {
        self.reach_text(state, held, &self.as_text(state, value));
    }

    fn reach_text(&mut self, state: &State, held: &Held, value: &Value) {
        if self.is_quiet {
            return;
        }
        let parts = value.parts();
        let mut outcome =
            Outcome::Harmless(value.reason().map(|reason| reason.as_ref().clone()).into_iter().collect(), None);
        if !parts.iter().all(Part::is_harmless)
            && parts.iter().any(|part| part.labels().is_empty() && !part.is_harmless())
        {
            outcome = Outcome::NotUnderstood;
        }
        let mut from_parameter = false;
        for (at, part) in parts.iter().enumerate() {
            for label in part.labels() {
                match &label.origin {
                    Origin::Parameter(_) => {
                        from_parameter = true;
                        outcome = outcome.max(Outcome::FromCaller);
                        // Calling what a caller gives is what callbacks are for.
                        if held.kind != SinkKind::Dispatch
                            && let Danger::Yes(how) = self.judge(state, held, &parts, at, label)
                        {
                            self.report(held, label, how);
                        }
                    }
                    Origin::Source(source) if held.trust.contains(&source.trust) => {
                        match self.judge(state, held, &parts, at, label) {
                            Danger::Yes(how) => {
                                outcome = Outcome::Harmful;
                                self.report(held, label, how);
                            }
                            Danger::No(why) => {
                                let cleaned = label
                                    .hops()
                                    .into_iter()
                                    .rev()
                                    .find(|hop| matches!(hop.what, Move::Cleaned(_)))
                                    .map(|hop| hop.spot);
                                if let Outcome::Harmless(_, reason) = &mut outcome {
                                    *reason = Some((why, cleaned));
                                }
                            }
                        }
                    }
                    Origin::Probe(_) => {
                        if let Danger::Yes(how) = self.judge(state, held, &parts, at, label) {
                            self.report(held, label, how);
                        }
                    }
                    Origin::Source(_) => {}
                }
            }
        }
        if from_parameter {
            self.hold(Held { value: value.clone(), ..held.clone() });
        }
        self.note(held, outcome);
    }

    fn note(&mut self, held: &Held, outcome: Outcome) {
        if self.walked.sites.len() < 4096 {
            let site = SiteOutcome { sink: held.spot, kind: held.kind, callee: held.callee.clone(), outcome };
            self.walked.sites.push(site);
        }
    }

    fn judge(&self, state: &State, held: &Held, parts: &[Part], at: usize, label: &Label) -> Danger {
        let mut facts = state.facts(label);
        if facts.traits.has(Traits::PAGE_ONLY) && held.kind != SinkKind::Html {
            facts.chars = crate::value::Chars::ALL;
        }
        if facts.harmless.has(held.kind) {
            return Danger::No("was checked before");
        }
        match held.page {
            Some(page) => page_at(page, &parts[..at]).danger(&facts),
            None => {
                let raw = Facts::raw();
                let pieces: Vec<Piece<'_>> = parts
                    .iter()
                    .enumerate()
                    .map(|(number, part)| match part {
                        Part::Known(text) => Piece::Known(text),
                        Part::Value(_) if number == at => Piece::Tainted(&facts),
                        Part::Value(value) if value.labels().is_empty() => Piece::Unknown,
                        Part::Value(value) => Piece::Tainted(value.labels().first().map_or(&raw, |label| &label.facts)),
                    })
                    .collect();
                contexts::danger(held.kind, &pieces, at)
            }
        }
    }

    fn report(&mut self, held: &Held, label: &Label, how: &'static str) {
        if self.walked.flows.len() >= 256 {
            return;
        }
        let (source, parameter) = match &label.origin {
            Origin::Source(source) => (Some(source.clone()), None),
            Origin::Probe(_) => (None, None),
            Origin::Parameter(number) => {
                let at = self.stack[0];
                let file = self.program.file(at.file);
                let Some(parameter) = self.program.body(at).parameters.get(*number as usize) else { return };
                let spot = Spot { file: at.file, bytes: parameter.bytes };
                (None, Some((spot, file.module.name(parameter.name).into())))
            }
        };
        let steps = label.hops().into_iter().map(|hop| (hop.spot, hop.what.clone())).collect();
        self.walked.flows.push(RawFlow {
            sink: held.spot,
            kind: held.kind,
            argument: held.argument,
            callee: held.callee.clone(),
            beyond: held.beyond.clone(),
            danger: how,
            is_certain: is_certain(held.kind, label.facts.traits),
            source,
            parameter,
            steps,
        });
    }

    /// The page emits `value`.
    pub(super) fn output(
        &mut self,
        frame: &Frame<'p>,
        state: &mut State,
        value: &Value,
        whole: Bytes,
        argument: Bytes,
    ) {
        let text = self.as_text(state, value);
        let parts = text.parts();
        if !self.is_quiet && parts.iter().any(|part| !part.is_harmless()) {
            for page in state.pages.clone() {
                let held = Held {
                    kind: SinkKind::Html,
                    trust: trusts(SinkKind::Html),
                    value: text.clone(),
                    spot: frame.spot(whole),
                    argument: frame.spot(argument),
                    callee: if self.program.is_php() { "echo" } else { "the template" }.into(),
                    beyond: None,
                    page: Some(page),
                };
                self.reach_text(state, &held, &text);
            }
        }
        let mut pages: Vec<HtmlState> = state.pages.iter().map(|page| page_at(*page, &parts)).collect();
        pages.sort_unstable();
        pages.dedup();
        self.walked.summary.emits |= pages != state.pages;
        state.pages = pages;
    }

    /// A value is kept under a name that says what it is for: a token that can be predicted is none.
    pub(super) fn kept_as(&mut self, frame: &Frame<'p>, value: &Value, name: &str, bytes: Bytes) {
        let is_weak =
            |label: &Label| matches!(&label.origin, Origin::Source(source) if source.trust == Trust::WeakRandom);
        if self.is_quiet || !value.labels().iter().any(is_weak) || !names_a_token(name) {
            return;
        }
        let spot = frame.spot(bytes);
        let held = Held {
            kind: SinkKind::Token,
            trust: trusts(SinkKind::Token),
            value: value.clone(),
            spot,
            argument: spot,
            callee: name.into(),
            beyond: None,
            page: None,
        };
        for label in value.labels().iter().filter(|label| is_weak(label)) {
            self.report(&held, label, "can be predicted");
        }
        self.note(&held, Outcome::Harmful);
    }

    /// A command in backticks.
    pub(super) fn shell(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        command: ExprId,
        value: &Value,
    ) -> Value {
        let function = self.program.names.get("shell_exec").and_then(|name| self.program.specs.top(name));
        match function {
            Some(node) => {
                let mut arguments = super::arguments::Arguments::of(std::slice::from_ref(value));
                arguments.by_place[0].expr = Some(command);
                self.call_node(frame, state, expr, node, None, &arguments)
            }
            None => self.mixed(state, std::slice::from_ref(value)),
        }
    }

    /// Assigning to an item may be a sink: the session, a header.
    pub(super) fn item_sink(
        &mut self,
        frame: &Frame<'p>,
        state: &State,
        container: &Value,
        key: Option<&Value>,
        value: &Value,
        bytes: Bytes,
    ) {
        if self.is_quiet {
            return;
        }
        let node = match container.kind() {
            Kind::Node(node) => Some(*node),
            _ => match state.cell_of(container).map(|(_, cell)| cell.kind) {
                Some(CellKind::Foreign(node)) => node,
                _ => None,
            },
        };
        let Some(node) = node else { return };
        let Some(set) = self.program.names.get("__setitem__").and_then(|sym| self.program.specs.child(node, sym))
        else {
            return;
        };
        let specs = self.program.specs;
        let mut given: Vec<Value> = vec![key.cloned().unwrap_or_default(), value.clone()];
        given.truncate(2);
        let arguments = super::arguments::Arguments::of(&given);
        for id in specs.calls(set) {
            for sink in &specs.entry(*id).sinks {
                if !self.holds_all(state, &sink.when, Some(container), &arguments) {
                    continue;
                }
                for given in self.arguments_meant(state, &sink.argument, Some(container), &arguments) {
                    let spot = frame.spot(bytes);
                    let held = Held {
                        kind: sink.kind,
                        trust: if sink.trust.is_empty() { trusts(sink.kind) } else { leak_free(&sink.trust) },
                        value: given.value.clone(),
                        spot,
                        argument: spot,
                        callee: specs.name_of(node).into(),
                        beyond: None,
                        page: None,
                    };
                    self.reach_text(state, &held, &self.as_text(state, &given.value));
                }
            }
        }
    }
}

/// Whether a name says that what it holds must not be guessed.
fn names_a_token(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = [
        "token",
        "session",
        "cookie",
        "csrf",
        "xsrf",
        "nonce",
        "otp",
        "secret",
        "password",
        "passwd",
        "api_key",
        "apikey",
        "rememberme",
        "remember_me",
        "reset_code",
        "resetcode",
        "auth_code",
        "authcode",
        "verification_code",
        "activation",
        "captcha_key",
        "private_key",
        "salt",
    ];
    // A parser's tokens are no secrets.
    words.iter().any(|word| name.contains(word)) && !name.ends_with("tokens") && !name.contains("tokeni")
}

/// The state of a page after it emitted `parts`.
fn page_at(page: HtmlState, parts: &[Part]) -> HtmlState {
    parts.iter().fold(page, |page, part| match part {
        Part::Known(text) => page.after(text),
        Part::Value(value) => match value.as_constants() {
            Some(constants) => match constants.first() {
                Some(crate::ir::Constant::Str(text)) => page.after(text),
                _ => page.after_unknown(),
            },
            None => page.after_unknown(),
        },
    })
}

/// The built-in list of the same trusts: specs name few, and each is one of these.
fn leak_free(trusts: &[Trust]) -> &'static [Trust] {
    const LISTS: &[&[Trust]] = &[
        &[Trust::Remote],
        &[Trust::Remote, Trust::Stored],
        &[Trust::Remote, Trust::Stored, Trust::Local],
        &[Trust::Remote, Trust::Stored, Trust::Local, Trust::Operator],
        &[Trust::WeakRandom],
        &[Trust::WeakDigest],
        &[Trust::Sensitive],
        &[Trust::WeakRandom, Trust::WeakDigest],
    ];
    let same = |list: &&&[Trust]| list.len() == trusts.len() && trusts.iter().all(|trust| list.contains(trust));
    LISTS.iter().find(same).copied().unwrap_or(LISTS[1])
}

/// Whether a way with these traits proves enough for a kind of sink. Where data stands decides what it can do to an address,
/// a path or a header; and what a call that is not known made of it may not even begin with it.
fn is_certain(kind: SinkKind, traits: Traits) -> bool {
    let by_place = matches!(
        kind,
        SinkKind::Redirect
            | SinkKind::Request
            | SinkKind::Inclusion
            | SinkKind::Path
            | SinkKind::Header
            | SinkKind::Trust
            | SinkKind::Dispatch
            | SinkKind::Upload
            | SinkKind::Template
            | SinkKind::Assignment
            | SinkKind::Token
    );
    !(traits.has(Traits::PERHAPS_CLEANED) || by_place && traits.has(Traits::GUESSED))
}

fn is_shell(name: &str) -> bool {
    let name = name.strip_suffix(".exe").unwrap_or(name);
    matches!(name, "sh" | "bash" | "dash" | "zsh" | "ksh" | "ash" | "cmd" | "powershell" | "pwsh" | "env")
}
