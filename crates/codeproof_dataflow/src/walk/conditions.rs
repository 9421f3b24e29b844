//! What a test tells of the values in it, on the side where it holds and on the other.

use super::{Frame, State, Walker};
use crate::ir::{CompareOp, Constant, Expr, ExprId, UnaryOp};
use crate::kinds::{SinkKind, SinkKinds};
use crate::value::{CellKind, Chars, Facts, Key, Kind, Label, Reason, Traits, Value};

/// Operands of `or` of which each is looked at as the one that holds.
const ALTERNATIVES_MAX: usize = 6;

/// Changes a value to what a test tells of it.
pub(super) type Change<'c> = dyn FnMut(&Value) -> Value + 'c;

impl<'p> Walker<'p> {
    /// Whether a value counts as true.
    pub(super) fn truth(&self, state: &State, value: &Value) -> Option<bool> {
        match value.kind() {
            Kind::Constants(_) => self.truth_known(value),
            Kind::Cell(id) => {
                let cell = state.cell(*id)?;
                let is_collection =
                    matches!(cell.kind, CellKind::List | CellKind::Dict | CellKind::Array | CellKind::Set);
                (is_collection && cell.is_exact).then(|| !cell.entries.is_empty())
            }
            Kind::Class(_) | Kind::Function(..) | Kind::Closure(..) | Kind::Module(_) => Some(true),
            Kind::Text(parts) => parts
                .iter()
                .any(|part| matches!(part, crate::value::Part::Known(text) if text.len() > 1))
                .then_some(true),
            _ => None,
        }
    }

    /// Whether constants count as true, when they agree.
    pub(super) fn truth_known(&self, value: &Value) -> Option<bool> {
        let constants = value.as_constants()?;
        let first = super::constants::truth(constants.first()?, self.program.is_php());
        let agree = constants.iter().all(|one| super::constants::truth(one, self.program.is_php()) == first);
        (agree && value.labels().is_empty()).then_some(first)
    }

    /// Whether two values are equal, when that is known.
    pub(super) fn equal(&self, left: &Value, right: &Value) -> Option<bool> {
        let (left, right) = (left.as_constants()?, right.as_constants()?);
        let mut all = left.iter().flat_map(|left| right.iter().map(move |right| super::constants::equal(left, right)));
        let first = all.next()??;
        if first && (left.len() > 1 || right.len() > 1) {
            return None;
        }
        all.all(|equal| equal == Some(first)).then_some(first)
    }

    /// Takes into account that `test` came out as `outcome`.
    pub(super) fn assume(&mut self, frame: &mut Frame<'p>, state: &mut State, test: ExprId, outcome: bool) {
        if state.is_dead || !self.step() {
            return;
        }
        if let Expr::Local(local) = frame.body.expr(test)
            && let Some((_, told)) = frame.tests.iter().find(|(known, _)| known == local)
        {
            let told = *told;
            self.assume(frame, state, told, outcome);
        }
        match frame.body.expr(test) {
            Expr::Unary(UnaryOp::Not, inner) => self.assume(frame, state, *inner, !outcome),
            Expr::Unary(UnaryOp::Silence, inner) | Expr::Await(inner) => self.assume(frame, state, *inner, outcome),
            Expr::Cast(name, inner) if frame.file.module.name(*name).starts_with("bool") => {
                self.assume(frame, state, *inner, outcome);
            }
            Expr::And(operands) if outcome => {
                operands.iter().for_each(|operand| self.assume(frame, state, *operand, true));
            }
            Expr::Or(operands) if !outcome => {
                operands.iter().for_each(|operand| self.assume(frame, state, *operand, false));
            }
            Expr::Or(operands) if outcome && !self.assume_one_equality(frame, state, operands) => {
                self.assume_any(frame, state, operands, true);
            }
            Expr::And(operands) => self.assume_any(frame, state, operands, false),
            Expr::Compare(op, left, right) => self.assume_comparison(frame, state, *op, *left, *right, outcome, test),
            Expr::Call(callee, arguments) => self.assume_call(frame, state, test, *callee, arguments, outcome),
            Expr::Assign(place, _) => {
                if let crate::ir::Place::Local(local) = &**place
                    && !outcome
                {
                    let value = state.local(*local);
                    if !value.labels().is_empty() {
                        state.set_local(*local, Value::of(Kind::Harmless));
                    }
                }
            }
            Expr::IsSet(operands) if outcome && operands.len() == 1 => self.assume_key(frame, state, operands[0]),
            Expr::Local(_) | Expr::Attribute(..) | Expr::Index(..) if !outcome => {
                // Text that counts as false is empty.
                let is_tainted = |value: &Value| !value.labels().is_empty() && !matches!(value.kind(), Kind::Cell(_));
                self.refine(frame, state, test, &mut |value| {
                    if is_tainted(value) { Value::of(Kind::Harmless) } else { value.clone() }
                });
            }
            _ => {}
        }
    }

    /// `isset($allowed[$x])`: the key is one of the keys.
    fn assume_key(&mut self, frame: &mut Frame<'p>, state: &mut State, operand: ExprId) {
        let Expr::Index(object, index) = frame.body.expr(operand) else { return };
        let (object, index) = (*object, *index);
        let container = self.quietly(frame, state, object);
        if state.labels(&container).is_empty() {
            let spot = frame.spot_of(operand);
            let known = state.cell_of(&container).filter(|(_, cell)| cell.is_exact).map(|(_, cell)| {
                cell.entries
                    .iter()
                    .map(|(key, _)| match key {
                        Key::Int(number) => Constant::Int(*number),
                        Key::Text(text) => Constant::Str(text.clone()),
                    })
                    .collect::<Vec<_>>()
            });
            let is_fixed = matches!(container.kind(), Kind::Cell(_) | Kind::Tree(_) | Kind::Harmless | Kind::Unknown);
            if !is_fixed {
                return;
            }
            self.refine(frame, state, index, &mut |value| match &known {
                Some(keys) if !keys.is_empty() && keys.len() <= 12 => {
                    Value::of(Kind::Constants(keys.clone().into())).because(Reason::Compared(spot))
                }
                _ => allowed(value, spot),
            });
        }
    }

    /// `x == 'a' or x == 'b'`: `x` is one of them.
    fn assume_one_equality(&mut self, frame: &mut Frame<'p>, state: &mut State, operands: &[ExprId]) -> bool {
        let mut subject: Option<String> = None;
        let mut subject_expr = None;
        let mut constants = Vec::new();
        for operand in operands {
            let Expr::Compare(CompareOp::Equal | CompareOp::Identical, left, right) = frame.body.expr(*operand) else {
                return false;
            };
            let (left, right) = (*left, *right);
            let key = super::places::place_key(frame, left);
            let value = self.quietly(frame, state, right);
            let (Some(key), Some(constant)) = (key, value.as_constant()) else { return false };
            if subject.as_ref().is_some_and(|known| *known != key) {
                return false;
            }
            constants.push(constant.clone());
            (subject, subject_expr) = (Some(key), Some((left, *operand)));
        }
        if let Some((expr, operand)) = subject_expr {
            let value = Value::of(Kind::Constants(constants.into())).because(Reason::Compared(frame.spot_of(operand)));
            self.refine(frame, state, expr, &mut |_| value.clone());
        }
        true
    }

    /// At least one of `operands` came out as `outcome`.
    fn assume_any(&mut self, frame: &mut Frame<'p>, state: &mut State, operands: &[ExprId], outcome: bool) {
        if operands.len() > ALTERNATIVES_MAX {
            return;
        }
        let mut joined: Option<State> = None;
        for operand in operands {
            let mut alternative = state.clone();
            self.assume(frame, &mut alternative, *operand, outcome);
            match &mut joined {
                Some(joined) => joined.join(alternative),
                None => joined = Some(alternative),
            }
        }
        if let Some(joined) = joined {
            *state = joined;
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one comparison")]
    fn assume_comparison(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        op: CompareOp,
        left: ExprId,
        right: ExprId,
        outcome: bool,
        test: ExprId,
    ) {
        let spot = frame.spot_of(test);
        let (op, outcome) = match op {
            CompareOp::NotEqual => (CompareOp::Equal, !outcome),
            CompareOp::NotIdentical => (CompareOp::Identical, !outcome),
            CompareOp::NotIn => (CompareOp::In, !outcome),
            op => (op, outcome),
        };
        let left_value = self.quietly(frame, state, left);
        let right_value = self.quietly(frame, state, right);
        match op {
            CompareOp::Equal | CompareOp::Identical => {
                for (side, value, other) in [(left, &left_value, &right_value), (right, &right_value, &left_value)] {
                    self.assume_equal(frame, state, side, value, other, outcome, op, spot);
                }
            }
            CompareOp::In => {
                if let Some(part) = left_value.as_str() {
                    // Text that does, or does not, hold a constant.
                    self.assume_holds(frame, state, right, part, outcome);
                } else if outcome && state.labels(&right_value).is_empty() {
                    self.assume_listed(frame, state, left, &right_value, spot);
                }
            }
            // `strpos($x, '..') !== false` and the like are told by the function.
            CompareOp::Less | CompareOp::LessOrEqual | CompareOp::Greater | CompareOp::GreaterOrEqual => {
                // `preg_match(…) > 0`
                if let (Expr::Call(callee, arguments), Some(0)) = (frame.body.expr(left), right_value.as_int())
                    && op == CompareOp::Greater
                {
                    self.assume_call(frame, state, left, *callee, arguments, outcome);
                }
            }
            _ => {}
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one comparison")]
    fn assume_equal(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        side: ExprId,
        value: &Value,
        other: &Value,
        outcome: bool,
        op: CompareOp,
        spot: crate::value::Spot,
    ) {
        // `preg_match(…) == 1`, `strpos(…) === false`, `(x = f()) == false`.
        let told = other.as_constant().and_then(|constant| match constant {
            Constant::Bool(truth) => Some(*truth == outcome),
            Constant::Int(number @ (0 | 1)) => Some((*number == 1) == outcome),
            Constant::None => Some(!outcome),
            _ => None,
        });
        match frame.body.expr(side) {
            // It begins there.
            Expr::Call(callee, arguments) if other.as_int() == Some(0) && is_place_of(frame, *callee) => {
                if let (true, Some(text), Some(start)) = (outcome, arguments.first(), arguments.get(1)) {
                    let start = self.quietly(frame, state, start.value);
                    self.assume_start(frame, state, text.value, &start);
                }
            }
            Expr::Call(callee, arguments) => {
                if let Some(truth) = told {
                    // `strpos` gives a place, which may be 0: only `false` tells.
                    self.assume_call(frame, state, side, *callee, arguments, truth);
                }
                self.assume_derived(frame, state, side, value, other, outcome);
            }
            Expr::Assign(place, _) if outcome && told == Some(false) => {
                if let crate::ir::Place::Local(local) = &**place {
                    state.set_local(*local, Value::of(Kind::Harmless));
                }
            }
            Expr::Constant(_) => {}
            _ => {
                if !outcome || value.labels().is_empty() {
                    return;
                }
                let loose_number = self.program.is_php()
                    && op == CompareOp::Equal
                    && !matches!(other.as_constant(), Some(Constant::Str(_)) | None);
                if other.is_harmless() && !loose_number {
                    let known = match other.kind() {
                        Kind::Constants(constants) => Kind::Constants(constants.clone()),
                        _ => Kind::Harmless,
                    };
                    let known = Value::of(known).because(Reason::Compared(spot));
                    if !self.refine(frame, state, side, &mut |_| known.clone()) {
                        self.assume_derived(frame, state, side, value, other, outcome);
                    }
                }
            }
        }
    }

    /// A part of data was compared: its host with one the program allows.
    fn assume_derived(
        &mut self,
        frame: &Frame<'p>,
        state: &mut State,
        side: ExprId,
        value: &Value,
        other: &Value,
        outcome: bool,
    ) {
        if outcome && state.labels(other).is_empty() && is_host_part(frame, side) {
            self.check_origins(state, value, hosts_checked());
        }
    }

    fn check_origins(&self, state: &mut State, value: &Value, facts: Facts) {
        for label in value.labels() {
            state.check(&label.origin, facts);
        }
    }

    /// `x in (…)` holds, and what is in there is the program's own.
    pub(super) fn assume_listed(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        item: ExprId,
        list: &Value,
        spot: crate::value::Spot,
    ) {
        let value = self.quietly(frame, state, item);
        if value.labels().is_empty() {
            return;
        }
        if is_host_part(frame, item) {
            self.check_origins(state, &value, hosts_checked());
        }
        let known: Option<Vec<Constant>> =
            state.collection(list).filter(|cell| cell.is_exact).and_then(|cell| match cell.kind {
                CellKind::Dict => Some(
                    cell.entries
                        .iter()
                        .map(|(key, _)| match key {
                            Key::Int(number) => Constant::Int(*number),
                            Key::Text(text) => Constant::Str(text.clone()),
                        })
                        .collect(),
                ),
                _ => cell.values().map(|value| value.as_constant().cloned()).collect(),
            });
        self.refine(frame, state, item, &mut |value| match &known {
            Some(known) if !known.is_empty() && known.len() <= 12 => {
                Value::of(Kind::Constants(known.clone().into())).because(Reason::Compared(spot))
            }
            _ => allowed(value, spot),
        });
    }

    /// The text of `expr` does, or does not, hold `part`.
    pub(super) fn assume_holds(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        part: &str,
        outcome: bool,
    ) {
        if outcome {
            return;
        }
        // Without the first and last character it holds no quote, and it begins with one: one literal.
        if let Expr::Slice(whole, ..) = frame.body.expr(expr)
            && matches!(part, "'" | "\"")
        {
            self.narrow(frame, state, *whole, Facts { traits: Traits::ONE_QUOTED_LITERAL, ..Facts::raw() });
            return;
        }
        let mut facts = Facts::raw();
        if part.chars().count() == 1 {
            facts.chars = Chars::of(part).complement();
        }
        if part.contains("..") {
            facts.traits = Traits::NO_PARENT;
        }
        if facts != Facts::raw() {
            self.narrow(frame, state, expr, facts);
        }
    }

    /// Adds what is known of the data in `expr`: in its place, or of where it came from.
    pub(super) fn narrow(&mut self, frame: &mut Frame<'p>, state: &mut State, expr: ExprId, facts: Facts) {
        let change = &mut |value: &Value| {
            value.map_labels(&mut |label| Label { facts: label.facts.then(facts), ..label.clone() })
        };
        if !self.refine(frame, state, expr, change) {
            let value = self.quietly(frame, state, expr);
            self.check_origins(state, &value, facts);
        }
    }

    /// Changes the value at the place that `expr` names, through conversions that keep the text; `false` when it names
    /// none.
    pub(super) fn refine(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        change: &mut Change<'_>,
    ) -> bool {
        match frame.body.expr(expr) {
            Expr::Local(local) => {
                let value = change(&state.local(*local));
                state.set_local(*local, value);
                true
            }
            Expr::Assign(place, _) => match &**place {
                crate::ir::Place::Local(local) => {
                    let value = change(&state.local(*local));
                    state.set_local(*local, value);
                    true
                }
                _ => false,
            },
            Expr::Unary(UnaryOp::Silence, inner) | Expr::Cast(_, inner) => self.refine(frame, state, *inner, change),
            Expr::Index(object, index) => {
                let (object, index) = (*object, *index);
                let container = self.quietly(frame, state, object);
                let key = self.quietly(frame, state, index);
                let key = key.as_constant().and_then(|constant| Key::of(constant, self.program.is_php()));
                if let (Some((id, cell)), Some(key)) = (state.cell_of(&container), &key)
                    && let Some(value) = cell.get(key)
                {
                    let value = change(&value);
                    state.change(id, |cell| cell.set(key.clone(), value));
                    return true;
                }
                self.refine_place(frame, state, expr, change)
            }
            Expr::Attribute(..) => self.refine_place(frame, state, expr, change),
            Expr::Call(callee, arguments) => match self.kept_operand(frame, *callee, arguments) {
                Some(operand) => self.refine(frame, state, operand, change),
                None => false,
            },
            _ => false,
        }
    }

    fn refine_place(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        change: &mut Change<'_>,
    ) -> bool {
        let Some(key) = super::places::place_key(frame, expr) else { return false };
        let value = self.quietly(frame, state, expr);
        let value = change(&value);
        state.set_place(&key, value);
        true
    }

    /// The operand of a call that gives its operand's text, more or less.
    fn kept_operand(&self, frame: &Frame<'p>, callee: ExprId, arguments: &[crate::ir::Argument]) -> Option<ExprId> {
        match frame.body.expr(callee) {
            Expr::Global(name) => {
                let kept = ["str", "strtolower", "strtoupper", "trim", "strval", "lcfirst", "ucfirst", "bytes", "repr"];
                let is_kept = kept.contains(&frame.file.module.name(*name));
                arguments.first().filter(|_| is_kept).map(|argument| argument.value)
            }
            Expr::Attribute(object, name) => {
                let kept = ["lower", "upper", "strip", "casefold", "lstrip", "rstrip", "encode", "decode", "as_posix"];
                (arguments.is_empty() && kept.contains(&frame.file.module.name(*name))).then_some(*object)
            }
            _ => None,
        }
    }

    /// The value of an expression, without anything it does.
    pub(super) fn quietly(&mut self, frame: &mut Frame<'p>, state: &State, expr: ExprId) -> Value {
        match frame.body.expr(expr) {
            Expr::Local(local) => state.local(*local),
            _ => {
                let was_quiet = std::mem::replace(&mut self.is_quiet, true);
                let before = state;
                let mut state = state.clone();
                let value = self.eval(frame, &mut state, expr);
                self.is_quiet = was_quiet;
                let known = before.cell_of(&value).is_some();
                match value.kind() {
                    // A cell that only the copy has.
                    Kind::Cell(_) if !known => state.frozen(&value, 2).with_labels(state.labels(&value)),
                    Kind::Cell(_) => value.with_labels(state.labels(&value)),
                    _ => value,
                }
            }
        }
    }
}

/// A value that was looked up in a collection of the program: it may be any of its items.
pub(super) fn allowed(value: &Value, spot: crate::value::Spot) -> Value {
    let facts = Facts { harmless: SinkKinds::ALL, ..Facts::raw() };
    value
        .map_labels(&mut |label| Label { facts: label.facts.then(facts), ..label.clone() })
        .because(Reason::Checked(spot))
}

/// The host of an address was checked: it goes where the program allows.
fn hosts_checked() -> Facts {
    let harmless = SinkKinds::NONE.with(SinkKind::Redirect).with(SinkKind::Request);
    Facts { harmless, ..Facts::raw() }
}

/// Whether a function gives the place of a text in another, 0 being its beginning.
fn is_place_of(frame: &Frame<'_>, callee: ExprId) -> bool {
    matches!(frame.body.expr(callee), Expr::Global(name)
        if matches!(frame.file.module.name(*name), "strpos" | "stripos" | "mb_strpos" | "strncmp" | "strncasecmp"))
}

/// Whether an expression is the host of an address: `url.netloc`, `$parts['host']`, `parse_url($x, PHP_URL_HOST)`.
fn is_host_part(frame: &Frame<'_>, expr: ExprId) -> bool {
    let is_host = |name: &str| matches!(name, "netloc" | "hostname" | "host" | "domain" | "origin");
    match frame.body.expr(expr) {
        Expr::Attribute(_, name) => is_host(frame.file.module.name(*name)),
        Expr::Index(_, index) => match frame.body.expr(*index) {
            Expr::Constant(Constant::Str(text)) => is_host(text),
            Expr::Constant(Constant::Int(1)) => true,
            _ => false,
        },
        Expr::Call(callee, arguments) => match frame.body.expr(*callee) {
            Expr::Global(name) => {
                frame.file.module.name(*name) == "parse_url"
                    && arguments.get(1).is_some_and(|argument| {
                        matches!(frame.body.expr(argument.value),
                            Expr::Global(name) if frame.file.module.name(*name).ends_with("URL_HOST"))
                    })
            }
            Expr::Attribute(_, name) => matches!(frame.file.module.name(*name), "gethost" | "host"),
            _ => false,
        },
        _ => false,
    }
}
