//! What Python's own tests tell of the values in them.

use crate::ir::{Argument, Expr, ExprId};
use crate::value::regex::{self, Anchoring, Dialect};
use crate::value::{Chars, Encoding, Facts, Kind, Reason, Traits, Value};
use crate::walk::conditions::Change;
use crate::walk::{Frame, State, Walker};

impl<'p> Walker<'p> {
    /// What the language's own tests tell; `true` when nothing more is to be asked.
    pub(in crate::walk) fn assume_built_in(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        test: ExprId,
        callee: ExprId,
        given: &'p [Argument],
        outcome: bool,
    ) -> bool {
        if self.program.is_php() {
            return self.assume_php(frame, state, test, callee, given, outcome);
        }
        let spot = frame.spot_of(test);
        match frame.body.expr(callee) {
            Expr::Attribute(object, name) => {
                let object = *object;
                let name = frame.file.module.name(*name);
                let first = given.first().map(|argument| argument.value);
                match name {
                    "startswith" if outcome => {
                        let Some(first) = first else { return true };
                        let start = self.quietly(frame, state, first);
                        self.assume_start(frame, state, object, &start);
                        true
                    }
                    "isdigit" | "isdecimal" | "isnumeric" if outcome => {
                        self.narrow(frame, state, object, Encoding::Integer.apply(Facts::raw()));
                        true
                    }
                    "isalnum" | "isalpha" | "isidentifier" if outcome => {
                        self.narrow(frame, state, object, Encoding::Word.apply(Facts::raw()));
                        true
                    }
                    "match" | "fullmatch" | "search" => {
                        self.assume_pattern(frame, state, object, name, given, outcome);
                        false
                    }
                    "get" | "is_valid" => false,
                    _ => false,
                }
            }
            Expr::Global(name) if frame.file.module.name(*name) == "isinstance" && outcome => {
                let (Some(subject), Some(class)) = (given.first(), given.get(1)) else { return true };
                let is_number = matches!(frame.body.expr(class.value),
                    Expr::Global(name) if matches!(frame.file.module.name(*name), "int" | "float" | "bool"));
                if is_number {
                    let facts = Encoding::Number.apply(Facts::raw());
                    self.narrow(frame, state, subject.value, facts);
                    let change: &mut Change<'_> = &mut |value| {
                        if value.labels().is_empty() { value.clone() } else { value.because(Reason::Checked(spot)) }
                    };
                    self.refine(frame, state, subject.value, change);
                }
                true
            }
            _ => false,
        }
    }

    /// The text of `expr` begins with `start`.
    pub(in crate::walk) fn assume_start(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        expr: ExprId,
        start: &Value,
    ) {
        if !state.labels(start).is_empty() {
            return;
        }
        let mut facts = Facts::raw();
        match start.as_str() {
            Some("'" | "\"") => facts.traits = Traits::BEGINS_WITH_QUOTE,
            Some(text) if text.len() > 1 && text.starts_with('/') && !text.starts_with("//") => {
                facts.traits = Traits::LOCAL_URL.or(Traits::INSIDE_FOLDER);
            }
            Some("/") => {}
            Some(text) if text.split_once("://").is_some_and(|(_, rest)| rest.contains('/')) => {
                facts.traits = Traits::LOCAL_URL;
            }
            Some(text) if text.len() > 1 => facts.traits = Traits::INSIDE_FOLDER,
            Some(_) => {}
            None => facts.traits = Traits::INSIDE_FOLDER.or(Traits::LOCAL_URL),
        }
        if facts != Facts::raw() {
            self.narrow(frame, state, expr, facts);
        }
    }

    /// `re.match(pattern, text)` or `pattern.match(text)` came out as `outcome`.
    pub(super) fn assume_pattern(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        object: ExprId,
        method: &str,
        given: &'p [Argument],
        outcome: bool,
    ) {
        let holder = self.quietly(frame, state, object);
        let is_module = matches!(holder.kind(), Kind::Node(node) if self.program.specs.name_of(*node) == "re");
        let (pattern, subject) = if is_module {
            let pattern = given.first().map(|argument| self.quietly(frame, state, argument.value));
            (pattern, given.get(1))
        } else {
            let pattern = match frame.body.expr(object) {
                Expr::Local(local) => state.local(*local),
                _ => holder,
            };
            let pattern = state.collection(&pattern).and_then(|cell| cell.text.clone());
            (pattern, given.first())
        };
        let (Some(pattern), Some(subject)) = (pattern, subject) else { return };
        let Some(pattern) = pattern.as_str() else { return };
        let anchoring = match method {
            "match" => Anchoring::Match,
            "fullmatch" => Anchoring::FullMatch,
            _ => Anchoring::Search,
        };
        let chars = if outcome {
            regex::allowed(pattern, Dialect::Python, anchoring)
        } else if method == "search" {
            regex::forbidden(pattern, Dialect::Python).map(Chars::complement)
        } else {
            None
        };
        if let Some(chars) = chars {
            self.narrow(frame, state, subject.value, Facts { chars, ..Facts::raw() });
        }
    }
}
