//! Scanners that are no definitions: runs of statements of the module that build one result, as notebooks have them.
//!
//! The module is cut into cells, by the markers notebooks are exported with or by comments and empty lines. Inside a
//! cell, statements that compare data, and those that use what such statements bind, belong together; the run goes from
//! the first that builds the result to the one that binds it. Literals before it are its parameters, not a part of it.

use std::collections::{BTreeMap, BTreeSet};

use ruff_text_size::TextRange;

use super::cells::{self, Cell};
use super::line::Line;
use super::seen::Eye;
use super::structure::{Unit, UnitKind};
use crate::trace::UnitId;
use codeproof_python::Module;

/// Statements of a module that are looked at; longer ones are data.
const LINES_MAX: usize = 20_000;

/// What was found.
#[derive(Default)]
pub(crate) struct Sections {
    pub(crate) units: Vec<Unit>,
    /// Which statements, by where they start, belong to which unit.
    pub(crate) statements: BTreeMap<u32, UnitId>,
    /// Whether the module is a notebook.
    pub(crate) is_notebook: bool,
}

/// The runs of a module.
pub(crate) fn sections(module: &Module) -> Sections {
    let body = &module.parsed.syntax().body;
    let cells = cells::find(module);
    let lines: Vec<Line<'_>> = body.iter().take(LINES_MAX).map(Line::new).collect();
    let mut runs: Vec<Run> = cells.list.iter().flat_map(|cell| runs_of(cell, &lines)).collect();
    for run in &mut runs {
        reach_back(run, &lines);
    }
    let uses = Uses::new(&lines, &runs);
    let mut found = Sections { is_notebook: cells.is_notebook, ..Sections::default() };
    for (at, run) in runs.iter().enumerate() {
        let Some(unit) = unit(at, run, &lines, &uses) else { continue };
        let starts = run.members.iter().map(|at| (lines[*at].range.start().to_u32(), unit.id));
        found.statements.extend(starts);
        found.units.push(unit);
    }
    found
}

/// Statements that belong together.
#[derive(Debug)]
struct Run {
    /// Of which statements, by index, ascending.
    members: Vec<usize>,
    /// The first statement of its cell.
    cell_start: usize,
    /// The name that holds the rows, once one does.
    result: Option<String>,
}

fn runs_of(cell: &Cell, lines: &[Line<'_>]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut owner: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate().take(cell.end).skip(cell.first) {
        if let Some(run) = by_columns(at, cell, lines) {
            owner.extend(line.binds.iter().map(|name| (name.as_str(), runs.len())));
            runs.push(run);
            continue;
        }
        if line.binds.is_empty() || line.is_constant || line.is_flag {
            owner.retain(|name, _| !line.binds.iter().any(|bound| bound == name));
            continue;
        }
        let from: BTreeSet<usize> =
            line.reads.iter().chain(&line.touches).filter_map(|name| owner.get(name.as_str())).copied().collect();
        let run = match (line.compares, from.len()) {
            (_, 1) => from.first().copied().filter(|run| runs[*run].takes(line)),
            (true, 0) => {
                runs.push(Run { members: Vec::new(), cell_start: cell.first, result: None });
                Some(runs.len() - 1)
            }
            _ => None,
        };
        owner.retain(|name, _| !line.binds.iter().any(|bound| bound == name));
        if let Some(run) = run {
            runs[run].members.push(at);
            if line.gives_rows || runs[run].result.is_some() {
                runs[run].result = line.binds.first().cloned();
            }
            owner.extend(line.binds.iter().map(|name| (name.as_str(), run)));
        }
    }
    runs
}

/// `hits = df[df['signal'] == 1]` and the columns of its cell that lead there, of which one compares; a column that is a
/// flag by itself is a scanner of its own.
fn by_columns(at: usize, cell: &Cell, lines: &[Line<'_>]) -> Option<Run> {
    let line = lines.get(at).filter(|line| line.picks_by_flag)?;
    let mut wanted: BTreeSet<&str> = line.keys.iter().map(String::as_str).collect();
    let mut members = vec![at];
    let mut compares = false;
    for before in (cell.first..at).rev() {
        let Some(column) = lines[before].column.as_deref().filter(|column| wanted.contains(column)) else { continue };
        let is_flag = lines[before].sets_flag;
        if is_flag && line.keys.contains(column) {
            return None;
        }
        compares |= is_flag;
        members.insert(0, before);
        wanted.extend(lines[before].keys.iter().map(String::as_str));
    }
    compares.then(|| Run { members, cell_start: cell.first, result: line.binds.first().cloned() })
}

impl Run {
    /// Whether a statement that uses what the run binds still builds its result.
    fn takes(&self, line: &Line<'_>) -> bool {
        match &self.result {
            None => true,
            Some(result) => line.binds.contains(result) || line.wraps.as_ref() == Some(result),
        }
    }

    fn first(&self) -> usize {
        self.members.first().copied().unwrap_or(0)
    }

    fn last(&self) -> usize {
        self.members.last().copied().unwrap_or(0)
    }
}

/// Takes in what stands before the run in its cell and serves it alone: `rows = []`, `d = df.copy()`.
fn reach_back(run: &mut Run, lines: &[Line<'_>]) {
    let mut wanted: BTreeSet<&str> = run
        .members
        .iter()
        .flat_map(|at| lines[*at].reads.iter().chain(&lines[*at].touches))
        .map(String::as_str)
        .collect();
    for at in (run.cell_start..run.first()).rev() {
        let line = &lines[at];
        let [name] = line.binds.as_slice() else { continue };
        let serves = wanted.contains(name.as_str()) && !line.is_constant && !line.is_flag;
        if !serves || line.reads.contains(name) || is_read_elsewhere(name, at, run, lines) {
            continue;
        }
        wanted.extend(line.reads.iter().map(String::as_str));
        run.members.insert(0, at);
    }
}

/// Whether a name is read by statements outside the run before it is bound again.
fn is_read_elsewhere(name: &String, at: usize, run: &Run, lines: &[Line<'_>]) -> bool {
    for (later, line) in lines.iter().enumerate().skip(at + 1) {
        let is_member = run.members.binary_search(&later).is_ok();
        if !is_member && line.reads.contains(name) {
            return true;
        }
        if line.binds.contains(name) && !line.touches.contains(name) && !is_member {
            return false;
        }
    }
    false
}

/// Which runs use a name that another one binds.
struct Uses(BTreeSet<usize>);

impl Uses {
    /// Runs whose results other runs select from: they are tables, not hits.
    fn new(lines: &[Line<'_>], runs: &[Run]) -> Self {
        let run_of: BTreeMap<usize, usize> =
            runs.iter().enumerate().flat_map(|(at, run)| run.members.iter().map(move |line| (*line, at))).collect();
        let mut holders: BTreeMap<&str, usize> = BTreeMap::new();
        let mut used = BTreeSet::new();
        for (at, line) in lines.iter().enumerate() {
            let own = run_of.get(&at).copied();
            let from = line.reads.iter().filter_map(|name| holders.get(name.as_str())).copied();
            let is_user = own.is_some() || line.is_flag || line.compares;
            used.extend(from.filter(|run| is_user && Some(*run) != own));
            for name in &line.binds {
                match own {
                    Some(run) if runs[run].result.as_ref() == Some(name) && at == runs[run].last() => {
                        holders.insert(name, run);
                    }
                    _ if line.touches.contains(name) => {}
                    _ => {
                        holders.remove(name.as_str());
                    }
                }
            }
        }
        Self(used)
    }
}

fn unit(at: usize, run: &Run, lines: &[Line<'_>], uses: &Uses) -> Option<Unit> {
    let name = run.result.as_ref()?;
    // `df = df[df['close'] > 5]` prepares the table.
    let prepares = run.members.iter().any(|at| lines[*at].binds.contains(name) && lines[*at].selects_from(name));
    if prepares || uses.0.contains(&at) {
        return None;
    }
    let range = TextRange::new(lines[run.first()].range.start(), lines[run.last()].range.end());
    let mut eye = Eye::default();
    run.members.iter().for_each(|at| eye.take(lines[*at].statement));
    // Units are called by where they start; what ends here is nothing else.
    let id = range.end().to_u32().saturating_sub(1);
    Some(Unit { id, ..Unit::new(range, UnitKind::Section, name, eye) })
}
