//! Texts made of other texts: Python's formats and replacements.

use crate::ir::ExprId;
use crate::value::regex::{self, Dialect};
use crate::value::{CellKind, Chars, Key, Kind, Label, Move, Part, Traits, Value};
use crate::walk::arguments::Arguments;
use crate::walk::{Frame, State, Walker};

impl<'p> Walker<'p> {
    /// A text with `from` replaced by `to`.
    pub(in crate::walk) fn replaced(&self, state: &State, object: &Value, from: &str, to: &Value) -> Value {
        let known = to.as_str();
        let parts: Vec<Value> = object
            .parts()
            .iter()
            .map(|part| match (part, known) {
                (Part::Known(text), Some(to)) if !from.is_empty() => Value::text(&text.replace(from, to)),
                (Part::Known(text), _) => Value::text(text),
                (Part::Value(value), _) => value.map_labels(&mut |label| {
                    let mut facts = label.facts;
                    if from.chars().count() == 1 {
                        let escapes =
                            known.is_some_and(|to| to.strip_suffix(from).is_some_and(|before| before == "\\"));
                        let doubles = known.is_some_and(|to| to == format!("{from}{from}"));
                        if escapes {
                            facts.backslashed.0 = facts.backslashed.0.or(Chars::of(from));
                        } else if doubles {
                            facts.doubled.0 = facts.doubled.0.or(Chars::of(from));
                        } else if known.is_some_and(|to| !to.contains(from)) {
                            facts = facts.removing(Chars::of(from));
                            let entity = known.is_some_and(|to| to.starts_with('&') && to.ends_with(';'));
                            if entity {
                                facts.traits = facts.traits.or(Traits::HTML_ENTITIES);
                            }
                        }
                    }
                    Label { facts, ..label.clone() }
                }),
            })
            .collect();
        let mut text = Value::concatenated(&parts);
        // What is put in may be foreign as well.
        let more = state.labels(to);
        if !more.is_empty() {
            let mut labels = text.labels().to_vec();
            more.iter().for_each(|label| crate::value::add_label(&mut labels, label));
            text = Value::tainted(labels);
        }
        text
    }

    /// `re.sub(pattern, with, text)`.
    pub(super) fn substituted(
        &mut self,
        frame: &Frame<'p>,
        state: &State,
        expr: ExprId,
        pattern: &Value,
        with: &Value,
        text: &Value,
    ) -> Value {
        let removed = pattern.as_str().map_or(Chars::NONE, |pattern| regex::removed(pattern, Dialect::Python));
        let put_in = with.as_str().map_or(Chars::ALL, Chars::of);
        let carried = self.through(frame, state, expr, &[text.clone(), with.clone()], "re.sub");
        let removed = removed.without(put_in);
        if removed == Chars::NONE {
            return carried;
        }
        let (spot, what) = (frame.spot_of(expr), Move::Cleaned("re.sub".into()));
        carried.map_labels(&mut |label| {
            Label { facts: label.facts.removing(removed), ..label.clone() }.stepped(spot, what.clone())
        })
    }

    /// `"… %s …" % values`.
    pub(in crate::walk) fn percent_format(&mut self, state: &State, template: &Value, given: &Value) -> Value {
        let Some(text) = template.as_str() else {
            let mut parts = vec![template.clone()];
            parts.push(self.as_text(state, given));
            return Value::concatenated(&parts);
        };
        let listed = match state.cell_of(given) {
            Some((_, cell)) if cell.kind == CellKind::List => self.listed(state, given),
            Some(_) => None,
            None => Some(vec![(Value::unknown(), given.clone())]),
        };
        let mut values = listed.into_iter().flatten().map(|(_, value)| value);
        let mut parts: Vec<Value> = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            parts.push(Value::text(&rest[..at]));
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('%') {
                parts.push(Value::text("%"));
                rest = after;
                continue;
            }
            let mut name = None;
            if let Some(after) = rest.strip_prefix('(')
                && let Some(end) = after.find(')')
            {
                name = Some(&after[..end]);
                rest = &after[end + 1..];
            }
            let end = rest.find(|char: char| char.is_ascii_alphabetic()).unwrap_or(rest.len());
            let conversion = rest[end..].chars().next();
            rest = rest.get(end + 1..).unwrap_or_default();
            let value = match name {
                Some(name) => match state.cell_of(given) {
                    Some((_, cell)) => cell.get(&Key::Text(name.into())).unwrap_or_default(),
                    None => self.any_of(state, given),
                },
                None => values.next().unwrap_or_else(|| self.any_of(state, given)),
            };
            let is_number = matches!(conversion, Some('d' | 'i' | 'u' | 'f' | 'F' | 'e' | 'g' | 'x' | 'X' | 'o'));
            parts.push(if is_number { self.number(state, &[value]) } else { self.as_text(state, &value) });
        }
        parts.push(Value::text(rest));
        Value::concatenated(&parts)
    }

    /// `"… {} …".format(values)`.
    pub(super) fn braces_format(&mut self, state: &State, template: &str, arguments: &Arguments) -> Value {
        let mut parts: Vec<Value> = Vec::new();
        let mut rest = template;
        let mut next = 0;
        while let Some(at) = rest.find(['{', '}']) {
            parts.push(Value::text(&rest[..at]));
            let is_open = rest[at..].starts_with('{');
            rest = &rest[at + 1..];
            if rest.starts_with(if is_open { '{' } else { '}' }) {
                parts.push(Value::text(if is_open { "{" } else { "}" }));
                rest = &rest[1..];
                continue;
            }
            if !is_open {
                continue;
            }
            let Some(end) = rest.find('}') else { break };
            let field = &rest[..end];
            rest = &rest[end + 1..];
            let (name, format) = field.split_once(':').unwrap_or((field, ""));
            let name = name.split('!').next().unwrap_or(name);
            let first_end = name.find(['.', '[']).unwrap_or(name.len());
            let (first, path) = name.split_at(first_end);
            let given = match first.parse::<usize>() {
                Ok(place) => arguments.at(place).cloned(),
                Err(_) if first.is_empty() => {
                    next += 1;
                    arguments.at(next - 1).cloned()
                }
                Err(_) => self.program.names.get(first).and_then(|name| arguments.named(name)).cloned(),
            };
            let mut value =
                given.or_else(|| arguments.rest.as_ref().map(|rest| rest.value.clone())).unwrap_or_default();
            for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
                let key = step.trim_end_matches(']');
                let key = key.parse().map_or_else(|_| Key::Text(key.into()), Key::Int);
                value = match state.cell_of(&value) {
                    Some((_, cell)) => cell.get(&key).unwrap_or_default(),
                    None => value.with_kind(Kind::Unknown),
                };
            }
            let is_number = format.ends_with(['d', 'f', 'x', 'e', 'g', 'n', 'o', 'b']);
            parts.push(if is_number { self.number(state, &[value]) } else { self.as_text(state, &value) });
        }
        parts.push(Value::text(rest));
        Value::concatenated(&parts)
    }
}
