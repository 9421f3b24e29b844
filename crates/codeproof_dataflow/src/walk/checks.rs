//! What specs say of tests, and when they hold.

use super::arguments::Arguments;
use super::specs::{known_start, looks_like_sql};
use super::{Frame, State, Walker};
use crate::ir::{Constant, ExprId};
use crate::specs::{ArgumentRef, Check, Condition, EntryId, Scalar};
use crate::value::{CellKind, Facts, Kind, Reason, Value};

impl<'p> Walker<'p> {
    /// What a call tells of its arguments when it came out as `outcome`.
    pub(super) fn assume_call(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        test: ExprId,
        callee: ExprId,
        given: &'p [crate::ir::Argument],
        outcome: bool,
    ) {
        if self.assume_built_in(frame, state, test, callee, given, outcome) {
            return;
        }
        let specs = self.program.specs;
        // Which entries are meant is found as the call finds them.
        let entries: Vec<EntryId> = match frame.body.expr(callee) {
            crate::ir::Expr::Attribute(object, name) => {
                let object = self.quietly(frame, state, *object);
                let name = frame.file.sym(*name);
                let node = match object.kind() {
                    Kind::Node(node) => specs.child(*node, name),
                    Kind::Cell(id) => match state.cell(*id).map(|cell| cell.kind) {
                        Some(CellKind::Foreign(Some(node))) => specs.child(node, name),
                        _ => None,
                    },
                    _ => None,
                };
                node.map_or_else(|| specs.any_calls(name).to_vec(), |node| specs.calls(node).to_vec())
            }
            crate::ir::Expr::Global(_) | crate::ir::Expr::Local(_) | crate::ir::Expr::Outer(..) => {
                match self.quietly(frame, state, callee).kind() {
                    Kind::Node(node) => specs.calls(*node).to_vec(),
                    _ if self.program.is_php() => match frame.body.expr(callee) {
                        crate::ir::Expr::Global(name) => {
                            let node = specs.top(frame.file.sym(*name));
                            node.map_or_else(Vec::new, |node| specs.calls(node).to_vec())
                        }
                        _ => Vec::new(),
                    },
                    _ => Vec::new(),
                }
            }
            _ => Vec::new(),
        };
        for id in entries {
            let Some(check) = &specs.entry(id).checks else { continue };
            if check.when != outcome {
                continue;
            }
            let target = match check.argument.as_ref().unwrap_or(&ArgumentRef::Place(0)) {
                ArgumentRef::Name(name) if name == "receiver" => match frame.body.expr(callee) {
                    crate::ir::Expr::Attribute(object, _) => Some(*object),
                    _ => None,
                },
                wanted => argument_expr(frame, given, wanted),
            };
            if let Some(target) = target {
                self.narrow(frame, state, target, check_facts(check));
                let spot = frame.spot_of(test);
                self.refine(frame, state, target, &mut |value| {
                    if value.labels().is_empty() { value.clone() } else { value.because(Reason::Checked(spot)) }
                });
            }
        }
    }

    pub(super) fn holds_all(
        &self,
        state: &State,
        when: &[Condition],
        receiver: Option<&Value>,
        arguments: &Arguments,
    ) -> bool {
        when.iter().all(|condition| self.holds(state, condition, receiver, arguments))
    }

    pub(super) fn holds(
        &self,
        state: &State,
        condition: &Condition,
        receiver: Option<&Value>,
        arguments: &Arguments,
    ) -> bool {
        let given = match &condition.argument {
            Some(wanted) => self.argument(state, wanted, receiver, arguments).map(|given| given.value),
            None => receiver.cloned(),
        };
        let has_word = |word: &str| {
            given
                .as_ref()
                .and_then(|value| state.cell_of(value))
                .is_some_and(|(_, cell)| cell.words.iter().any(|known| **known == *word))
        };
        let fits = |scalars: &[Scalar]| {
            given.as_ref().is_some_and(|value| scalars.iter().any(|scalar| self.scalar_fits(value, scalar)))
        };
        let begins = |words: &[String]| {
            given.as_ref().is_some_and(|value| {
                let start = known_start(value).to_lowercase();
                words.iter().any(|word| start.trim_start_matches(['\'', '"', ' ']).starts_with(&word.to_lowercase()))
            })
        };
        condition.missing.is_none_or(|missing| missing == given.is_none())
            && condition.is.as_ref().is_none_or(|is| fits(is.as_slice()))
            && condition.is_not.as_ref().is_none_or(|is_not| !fits(is_not.as_slice()))
            && condition.begins.as_ref().is_none_or(|words| begins(words.as_slice()))
            && condition.has.as_ref().is_none_or(|word| has_word(word))
            && condition.has_not.as_ref().is_none_or(|word| !has_word(word))
            && condition
                .looks_like_sql
                .is_none_or(|wanted| given.as_ref().is_some_and(|value| looks_like_sql(&known_start(value)) == wanted))
    }

    pub(super) fn scalar_fits(&self, value: &Value, scalar: &Scalar) -> bool {
        match (scalar, value.kind()) {
            (Scalar::Text(name), Kind::Node(node)) => {
                let whole = self.program.specs.name_of(*node);
                whole == name || whole.strip_suffix(name.as_str()).is_some_and(|before| before.ends_with(['.', ':']))
            }
            (scalar, Kind::Constants(constants)) => constants.iter().any(|constant| match (scalar, constant) {
                (Scalar::Bool(wanted), Constant::Bool(value)) => wanted == value,
                (Scalar::Int(wanted), Constant::Int(value)) => wanted == value,
                (Scalar::Text(wanted), Constant::Str(value)) => **wanted == **value,
                (Scalar::Text(name), Constant::Int(value)) => {
                    super::php::constant(name, "").and_then(|known| known.as_int()) == Some(*value)
                }
                _ => false,
            }),
            _ => false,
        }
    }
}

/// What a test that holds tells.
pub(super) fn check_facts(check: &Check) -> Facts {
    let mut facts = Facts::raw();
    for encoding in check.encodings.as_slice() {
        facts = encoding.apply(facts);
    }
    facts.harmless = facts.harmless.or(check.harmless.as_slice().iter().copied().collect());
    facts
}

pub(super) fn argument_expr(frame: &Frame<'_>, given: &[crate::ir::Argument], wanted: &ArgumentRef) -> Option<ExprId> {
    match wanted {
        ArgumentRef::Place(place) => given.get(*place as usize).filter(|it| it.name.is_none()).map(|it| it.value),
        ArgumentRef::Name(name) => given
            .iter()
            .find(|argument| argument.name.is_some_and(|known| frame.file.module.name(known) == name))
            .map(|argument| argument.value),
        ArgumentRef::Either(ways) => ways.iter().find_map(|way| argument_expr(frame, given, way)),
    }
}
