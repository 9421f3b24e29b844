//! Questions about data flow answered in lines: where a value comes from and goes, and what functions do with data.

use codeproof_dataflow::{Analysis, Role, Trace};
use codeproof_types::{Evidence, EvidenceRole, Location, Span};

use super::{Texts, trail, wording};
use crate::Detector;

/// Where a value comes from and where it goes.
#[derive(Debug, Default)]
pub struct TraceAnswer {
    /// Each origin of its data: the source first, then the lines on the way to the value.
    pub from: Vec<Vec<Evidence>>,
    /// Every line its data reaches, in the order of the files.
    pub to: Vec<Evidence>,
    /// The sinks it reaches, each with the id of its rule.
    pub sinks: Vec<(String, Evidence)>,
}

/// What a function of the program does with data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionAnswer {
    /// Where it is defined.
    pub location: Location,
    /// What it is called.
    pub name: String,
    /// `source`, `sink` or `sanitizer`.
    pub role: &'static str,
    /// Why, as a sentence about it.
    pub why: String,
    /// The place that makes it so.
    pub at: Option<Location>,
}

impl Detector {
    /// A trace in lines of code.
    pub fn trace_answer(&self, trace: &Trace, texts: &Texts<'_, '_>) -> TraceAnswer {
        let from = trace.from.iter().map(|(source, steps)| {
            let note = wording::source_note(source.trust, &source.what);
            let mut lines: Vec<Evidence> =
                trail::place(source.spot, EvidenceRole::Source, note, texts).into_iter().collect();
            lines.extend(trail::lines(steps, texts));
            lines
        });
        let sinks = trace.sinks.iter().filter_map(|flow| {
            let rule = self.flows.of_kind(flow.kind)?;
            let note = wording::filled(&rule.sink, "", &flow.callee, flow.danger);
            Some((rule.info.id.clone(), trail::place(flow.sink, EvidenceRole::Sink, note, texts)?))
        });
        TraceAnswer { from: from.collect(), to: trail::lines(&trace.to, texts), sinks: sinks.collect() }
    }

    /// What the functions of a program do with data, in the order of their places.
    pub fn function_answers(&self, analysis: &Analysis, texts: &Texts<'_, '_>) -> Vec<FunctionAnswer> {
        let place = |spot: codeproof_dataflow::Spot| {
            let range = spot.range();
            texts(spot.file)?.location(Span { start: range.start, end: range.end })
        };
        let one = |function: &codeproof_dataflow::FunctionRole| {
            let location = place(function.spot)?;
            let (role, why, at) = match &function.role {
                Role::Source { what, spot, .. } => ("source", format!("gives {what}"), Some(*spot)),
                Role::Sink { parameter, kind, callee, spot } => {
                    let rule = self.flows.of_kind(*kind).map_or(kind.name(), |rule| rule.info.id.as_str());
                    let why = format!("hands its parameter `{parameter}` to `{}` ({rule})", wording::short(callee));
                    ("sink", why, Some(*spot))
                }
                Role::Sanitizer { parameter, excluded, by } => {
                    let by_call = by.as_ref().map(|(_, name)| format!(" by `{}`", wording::short(name)));
                    let left = match excluded.is_empty() {
                        true => String::new(),
                        false => format!("; none of {} is left in it raw", shown_characters(excluded)),
                    };
                    let why =
                        format!("gives its parameter `{parameter}` back cleaned{}{left}", by_call.unwrap_or_default());
                    ("sanitizer", why, by.as_ref().map(|(spot, _)| *spot))
                }
            };
            Some(FunctionAnswer { location, name: function.name.clone(), role, why, at: at.and_then(place) })
        };
        analysis.roles.iter().filter_map(one).collect()
    }
}

/// Characters apart, those that cannot be seen by name.
fn shown_characters(characters: &str) -> String {
    let shown: Vec<String> = characters
        .chars()
        .map(|char| match char {
            '\n' => "LF".to_owned(),
            '\r' => "CR".to_owned(),
            ' ' => "blank".to_owned(),
            char => char.to_string(),
        })
        .collect();
    shown.join(" ")
}
