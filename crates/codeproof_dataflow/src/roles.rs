//! What the functions of a program do with data, as specs would say it: which give foreign data, which pass a parameter on to a
//! sink, which make a parameter harmless.

use std::sync::Arc;

use crate::ir::BodyKind;
use crate::kinds::{SinkKind, Trust};
use crate::program::{Program, Summary};
use crate::value::{BodyRef, Chars, Facts, Label, Move, Origin, Spot};

/// A function and one thing it does with data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FunctionRole {
    /// Where it is defined.
    pub spot: Spot,
    /// What it is called: `Order.total`.
    pub name: String,
    /// What it does.
    pub role: Role,
}

/// What a function does with data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// It gives foreign data.
    Source {
        /// Who wrote it.
        trust: Trust,
        /// What it is.
        what: Arc<str>,
        /// Where it enters.
        spot: Spot,
    },
    /// A parameter reaches a sink in it.
    Sink {
        /// The parameter.
        parameter: Arc<str>,
        /// What the sink does.
        kind: SinkKind,
        /// What is called there.
        callee: Arc<str>,
        /// The sink.
        spot: Spot,
    },
    /// What it gives is a parameter, cleaned.
    Sanitizer {
        /// The parameter.
        parameter: Arc<str>,
        /// Characters of `'"<>&\\/;` and the like that cannot be left in it raw.
        excluded: String,
        /// The call that does it, when one does.
        by: Option<(Spot, Arc<str>)>,
    },
}

/// Characters whose absence is worth telling.
const TELLING: &str = "'\"<>&\\/;|$`(){}[]=%*\n\r ";

/// What one function does, in a fixed order.
pub(crate) fn roles_of(program: &Program<'_>, at: BodyRef, summary: &Summary) -> Vec<FunctionRole> {
    let (file, body) = (program.file(at.file), program.body(at));
    if body.kind != BodyKind::Function {
        return Vec::new();
    }
    let spot = Spot { file: at.file, bytes: body.bytes };
    let parameter = |number: u32| -> Arc<str> {
        body.parameters.get(number as usize).map_or("", |parameter| file.module.name(parameter.name)).into()
    };
    let mut roles = Vec::new();
    for label in summary.returns.labels() {
        match &label.origin {
            Origin::Source(source) => {
                roles.push(Role::Source { trust: source.trust, what: source.what.clone(), spot: source.spot });
            }
            Origin::Parameter(number) => roles.extend(sanitizer(label, parameter(*number))),
            Origin::Probe(_) => {}
        }
    }
    for held in &summary.sinks {
        for label in held.value.labels() {
            if let Origin::Parameter(number) = &label.origin {
                let (kind, callee) = (held.kind, held.callee.clone());
                roles.push(Role::Sink { parameter: parameter(*number), kind, callee, spot: held.spot });
            }
        }
    }
    roles.sort();
    roles.dedup();
    let name = program.title(at);
    roles.into_iter().map(|role| FunctionRole { spot, name: name.clone(), role }).collect()
}

fn sanitizer(label: &Label, parameter: Arc<str>) -> Option<Role> {
    let excluded: String =
        TELLING.chars().filter(|char| label.facts.raw_among(&char.to_string()) == Chars::NONE).collect();
    let is_cleaned = !excluded.is_empty() || label.facts.harmless != Facts::raw().harmless;
    let by = label.hops().into_iter().rev().find_map(|hop| match &hop.what {
        Move::Cleaned(name) => Some((hop.spot, name.clone())),
        _ => None,
    });
    is_cleaned.then_some(Role::Sanitizer { parameter, excluded, by })
}
