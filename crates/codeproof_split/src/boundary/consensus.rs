//! Which candidates are scanners, when all votes are known.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::ColumnUses;
use super::handed::handed;
use super::relations::Relations;
use super::results;
use super::semantic::{self, Proposal};
use super::strategies;
use super::structure::{Unit, UnitKind};
use super::votes::{Leaning, REGISTERED, VOTES_SURE, Vote, Votes, vote};
use super::{Boundary, BoundaryStatus, BoundaryType, Context, Dependencies, Rejected, pattern};
use crate::trace::{Trace, UnitId};
use codeproof_python::Lines;

/// What decides besides the units themselves.
pub(crate) struct Evidence<'e> {
    pub(crate) trace: &'e Trace,
    pub(crate) lines: &'e Lines,
    pub(crate) uses: &'e ColumnUses,
    /// Comments that head units.
    pub(crate) headings: &'e BTreeMap<UnitId, String>,
    /// What a model proposed.
    pub(crate) proposals: &'e [Proposal],
    /// Whether the module is a notebook.
    pub(crate) is_notebook: bool,
}

/// The scanners among the units, in the order of the file, and what only looked like some.
pub(crate) fn decide(units: &[Unit], evidence: &Evidence<'_>) -> (Vec<Boundary>, Vec<Rejected>) {
    let Evidence { trace, lines, uses, .. } = evidence;
    let strategies = strategies::classes(units);
    let columns = results::flag_columns(units, uses, &strategies, trace);
    if !uses.is_market() {
        return (Vec::new(), Vec::new());
    }
    let relations = Relations::new(units, trace, uses);
    let is_scanner = |text: &String| pattern::parts(text).iter().any(|part| pattern::is_scanner_name(part));
    let headed = evidence.headings.iter().filter(|(_, text)| is_scanner(text)).map(|(unit, _)| *unit).collect();
    let proposed = anchored(units, evidence);
    let with = Votes {
        relations: &relations,
        columns: &columns,
        strategies: &strategies,
        registered: &relations.beside_scanners(&uses.groups),
        headed: &headed,
        proposed: &proposed,
    };
    let mut rejected = Refusals { lines, list: Vec::new() };
    let mut candidates = Vec::new();
    for unit in units {
        match vote(unit, &with) {
            Ok(vote) => candidates.push(vote),
            Err(Some(reason)) => rejected.push(unit, reason),
            Err(None) => {}
        }
    }
    let mut narrow = |reason: &'static str, step: &dyn Fn(&mut Vec<Vote<'_>>)| {
        let before: Vec<&Unit> = candidates.iter().map(|vote: &Vote<'_>| vote.unit).collect();
        step(&mut candidates);
        let left: BTreeSet<UnitId> = candidates.iter().map(|vote| vote.unit.id).collect();
        before.iter().filter(|unit| !left.contains(&unit.id)).for_each(|unit| rejected.push(unit, reason));
    };
    narrow("only runs other scanners", &|candidates| drop_runners(candidates, &relations));
    narrow("serves other scanners", &|candidates| drop_servants(candidates, &relations));
    narrow("a part of its class, or a class of scanners", &|candidates| methods_or_class(candidates, &relations));
    // What ran a class of scanners runs none of them by itself.
    narrow("only runs other scanners", &|candidates| drop_idle(candidates, &relations));
    narrow("a part of the settings of an engine", &drop_parts_of_entries);
    narrow("works on what scanners found", &|candidates| drop_consumers(candidates, &relations));
    narrow("a part of the script around scanners", &|candidates| {
        drop_sections(candidates, &relations, evidence.is_notebook);
    });
    candidates.sort_by_key(|vote| vote.unit.range.start());
    let mut names = BTreeSet::new();
    let titles = titles(&candidates, units, trace);
    let boundaries = candidates.iter().map(|vote| boundary(vote, lines, &titles, &mut names)).collect();
    (boundaries, rejected.list)
}

/// What is none, and why.
struct Refusals<'l> {
    lines: &'l Lines,
    list: Vec<Rejected>,
}

impl Refusals<'_> {
    fn push(&mut self, unit: &Unit, reason: &'static str) {
        self.list.push(Rejected {
            name: unit.name.clone(),
            kind: unit.kind.word(),
            start_line: self.lines.line(unit.range.start()),
            end_line: self.lines.last_line(unit.range),
            status: BoundaryStatus::Invalid,
            reason,
        });
    }
}

/// The unit each proposal means: the one it has most lines in common with, when these are half of both.
fn anchored(units: &[Unit], evidence: &Evidence<'_>) -> BTreeMap<UnitId, f64> {
    let mut found: BTreeMap<UnitId, f64> = BTreeMap::new();
    for proposal in evidence.proposals.iter().take(500) {
        let common = |unit: &&Unit| {
            let lines = (evidence.lines.line(unit.range.start()), evidence.lines.last_line(unit.range));
            semantic::common(lines, (proposal.start_line, proposal.end_line))
        };
        let best = units.iter().max_by(|first, second| common(first).total_cmp(&common(second)));
        if let Some(unit) = best.filter(|unit| common(unit) >= 0.5) {
            let sure = found.entry(unit.id).or_default();
            *sure = proposal.confidence.max(*sure);
        }
    }
    found
}

/// What puts the results of several candidates side by side runs them; what compares nothing itself is none.
fn drop_runners(candidates: &mut Vec<Vote<'_>>, relations: &Relations<'_>) {
    let all: BTreeSet<UnitId> = candidates.iter().map(|vote| vote.unit.id).collect();
    candidates.retain(|vote| {
        let may_run = matches!(vote.unit.kind, UnitKind::Function | UnitKind::Method);
        !may_run || relations.collects(vote.unit.id, &all).len() < 2
    });
}

/// Candidates without scanner names that only other candidates call are their helpers.
fn drop_servants(candidates: &mut Vec<Vote<'_>>, relations: &Relations<'_>) {
    drop_idle(candidates, relations);
    let all: BTreeSet<UnitId> = candidates.iter().map(|vote| vote.unit.id).collect();
    candidates.retain(|vote| {
        let unit = vote.unit;
        match unit.kind {
            UnitKind::Column | UnitKind::Section | UnitKind::Mask => return true,
            UnitKind::Closure | UnitKind::Entry | UnitKind::Partial => {
                return true;
            }
            UnitKind::Function if unit.seen.comparisons == 0 => return true,
            _ => {}
        }
        let callers = relations.callers.get(&unit.id);
        let serves = callers.is_some_and(|callers| callers.iter().all(|caller| all.contains(caller)));
        if unit.kind == UnitKind::Class {
            // A class that one function runs is what that function stands for.
            return !serves || callers.is_none_or(|callers| callers.len() < 2);
        }
        let is_public = !unit.name.starts_with('_');
        !serves || is_public && pattern::is_scanner_name(&unit.name) && relations.kept.contains(&unit.id)
    });
}

/// Functions without conditions must run a scanner; where nothing else is one, what orders data for them.
fn drop_idle(candidates: &mut Vec<Vote<'_>>, relations: &Relations<'_>) {
    let orders = candidates.iter().filter(|vote| vote.unit.seen.comparisons > 0);
    let own: BTreeSet<UnitId> = orders.map(|vote| vote.unit.id).collect();
    let selecting = if own.is_empty() { &relations.selecting } else { &own };
    let is_idle = |unit: &Unit| unit.kind == UnitKind::Function && unit.seen.comparisons == 0;
    let is_registered = |vote: &Vote<'_>| vote.why.contains(&REGISTERED);
    candidates.retain(|vote| !is_idle(vote.unit) || is_registered(vote) || relations.mentions(vote.unit, selecting));
}

/// Methods with conditions that a class of scanners has, when nothing in the file calls some of them.
const IDLE_MIN: usize = 3;

/// A class whose methods are scanners one by one is none itself; the methods of any other class are parts of it.
fn methods_or_class(candidates: &mut Vec<Vote<'_>>, relations: &Relations<'_>) {
    let of_kind = |kind: UnitKind, candidates: &[Vote<'_>]| -> Vec<(UnitId, ruff_text_size::TextRange)> {
        let units = candidates.iter().map(|vote| vote.unit).filter(|unit| unit.kind == kind);
        units.map(|unit| (unit.id, unit.range)).collect()
    };
    let classes = of_kind(UnitKind::Class, candidates);
    let methods = of_kind(UnitKind::Method, candidates);
    let all: BTreeSet<UnitId> = methods.iter().map(|(id, _)| *id).collect();
    let mut gone = BTreeSet::new();
    for method in candidates.iter().map(|vote| vote.unit).filter(|unit| unit.kind == UnitKind::Method) {
        // Scanners are run from outside of what selects; what another method combines or goes on with is its part.
        if relations.is_combined(method) {
            gone.insert(method.id);
        }
        if relations.is_fed_by(method.id, &all) {
            gone.insert(method.id);
            gone.extend(relations.fed_by.get(&method.id).into_iter().flatten().filter(|id| all.contains(id)));
        }
    }
    for (class, range) in &classes {
        let inside = methods.iter().filter(|(_, method)| range.contains_range(*method));
        let mut own: Vec<UnitId> = inside.map(|(id, _)| *id).filter(|id| !gone.contains(id)).collect();
        let (called, idle): (Vec<UnitId>, Vec<UnitId>) = own.iter().partition(|id| relations.called.contains(id));
        // One method that is called is what its class does; what nobody calls beside it helps or is left over.
        if called.len() == 1 && idle.len() < IDLE_MIN || own.len() < IDLE_MIN {
            gone.extend(idle);
            own = called;
        }
        if own.len() >= 2 {
            gone.insert(*class);
        } else {
            gone.extend(own);
        }
    }
    let is_orphan =
        |method: &ruff_text_size::TextRange| !classes.iter().any(|(_, class)| class.contains_range(*method));
    gone.extend(methods.iter().filter(|(_, range)| is_orphan(range)).map(|(id, _)| *id));
    candidates.retain(|vote| !gone.contains(&vote.unit.id));
}

/// The condition inside an entry of settings is a part of it, where an engine is run with the entry.
fn drop_parts_of_entries(candidates: &mut Vec<Vote<'_>>) {
    let entries = candidates.iter().filter(|vote| vote.unit.kind == UnitKind::Entry);
    let ranges: BTreeSet<(u32, u32)> = entries.map(|vote| span(vote.unit)).collect();
    candidates.retain(|vote| vote.unit.kind == UnitKind::Entry || !ranges.contains(&span(vote.unit)));
}

fn span(unit: &Unit) -> (u32, u32) {
    (unit.range.start().to_u32(), unit.range.end().to_u32())
}

/// What is only given results of other candidates reports on them; a name like a scanner's keeps it.
fn drop_consumers(candidates: &mut Vec<Vote<'_>>, relations: &Relations<'_>) {
    // A table carries its flag columns wherever it goes, and conditions that were put into it; only rows are hits.
    let gives_rows = |unit: &&Unit| unit.kind != UnitKind::Column && unit.seen.selections > 0;
    let others = candidates.iter().map(|vote| vote.unit).filter(gives_rows);
    let all: BTreeSet<UnitId> = others.map(|unit| unit.id).collect();
    let functions = candidates.iter().map(|vote| vote.unit).filter(|unit| unit.kind == UnitKind::Function);
    let functions: BTreeSet<UnitId> = functions.map(|unit| unit.id).collect();
    candidates.retain(|vote| {
        let may_consume = matches!(vote.unit.kind, UnitKind::Function | UnitKind::Class);
        // `run_backtest(marked)` works on what others marked, whatever it compares.
        let feeding =
            if pattern::is_helper_name(&vote.unit.name) || runs_trades(&vote.unit.name) { &functions } else { &all };
        !may_consume || pattern::is_scanner_name(&vote.unit.name) || !relations.is_fed_by(vote.unit.id, feeding)
    });
}

/// Whether a name is that of what trades on signals.
fn runs_trades(name: &str) -> bool {
    pattern::parts(name).iter().any(|part| matches!(part.as_str(), "backtest" | "simulate" | "trades" | "portfolio"))
}

/// Runs of statements count in notebooks, and where nothing else is a scanner; never when they only run one.
fn drop_sections(candidates: &mut Vec<Vote<'_>>, relations: &Relations<'_>, is_notebook: bool) {
    let is_section = |vote: &Vote<'_>| vote.unit.kind == UnitKind::Section;
    let others: BTreeSet<UnitId> =
        candidates.iter().filter(|vote| !is_section(vote)).map(|vote| vote.unit.id).collect();
    let may_count = is_notebook || others.is_empty();
    let ranges: Vec<_> = candidates.iter().filter(|vote| !is_section(vote)).map(|vote| vote.unit.range).collect();
    candidates.retain(|vote| {
        let is_free = || !ranges.iter().any(|range| vote.unit.range.contains_range(*range));
        !is_section(vote) || may_count && is_free() && !relations.mentions(vote.unit, &others)
    });
}

/// Names for functions that have one name together: what each of them is given to run.
fn titles(candidates: &[Vote<'_>], units: &[Unit], trace: &Trace) -> BTreeMap<UnitId, String> {
    let mut times: BTreeMap<&str, u32> = BTreeMap::new();
    candidates.iter().for_each(|vote| *times.entry(&vote.unit.name).or_default() += 1);
    let given = handed(units, trace);
    let title = |vote: &Vote<'_>| {
        let function = given.get(&vote.unit.id).filter(|_| times.get(vote.unit.name.as_str()) > Some(&1))?;
        let name = &units.iter().find(|unit| unit.id == *function)?.name;
        Some((vote.unit.id, name.clone()))
    };
    candidates.iter().filter_map(title).collect()
}

fn boundary(
    vote: &Vote<'_>,
    lines: &Lines,
    titles: &BTreeMap<UnitId, String>,
    names: &mut BTreeSet<String>,
) -> Boundary {
    let unit = vote.unit;
    let title = unit.title.as_ref().or_else(|| titles.get(&unit.id));
    let plain = match unit.kind {
        _ if title.is_some() => title.cloned().unwrap_or_default(),
        UnitKind::Column | UnitKind::Entry | UnitKind::Section | UnitKind::Mask => unit.name.clone(),
        _ => pattern::scanner_name(&unit.name),
    };
    let mut name = plain.clone();
    let mut number = 2;
    while !names.insert(name.clone()) {
        name = format!("{plain}_{number}");
        number += 1;
    }
    let strength = f64::from(vote.votes.clamp(0, 12)) / 12.0;
    let boundary_type = match unit.kind {
        _ if vote.leans == Leaning::Model => BoundaryType::SemanticBased,
        _ if vote.leans == Leaning::Comment => BoundaryType::CommentBased,
        UnitKind::Function | UnitKind::Method | UnitKind::Class | UnitKind::Lambda => BoundaryType::FunctionBased,
        UnitKind::Column | UnitKind::Partial | UnitKind::Closure | UnitKind::Entry | UnitKind::Mask => {
            BoundaryType::PatternBased
        }
        UnitKind::Section => BoundaryType::CommentBased,
    };
    Boundary {
        name,
        kind: unit.kind.word(),
        entry: unit.name.clone(),
        start_line: lines.line(unit.range.start()),
        end_line: lines.last_line(unit.range),
        confidence: (0.5 + strength / 2.0).clamp(0.0, 0.99),
        boundary_type,
        status: if vote.votes >= VOTES_SURE && vote.leans == Leaning::Code {
            BoundaryStatus::Valid
        } else {
            BoundaryStatus::NeedsReview
        },
        review: (vote.leans == Leaning::Class).then(|| "nothing in this file calls it".to_owned()),
        detected_patterns: vote.why.clone(),
        dependencies: Dependencies::default(),
        context_metadata: Context::default(),
        unit: unit.id,
        range: (unit.range.start().to_u32(), unit.range.end().to_u32()),
    }
}
