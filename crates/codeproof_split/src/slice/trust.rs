//! Whether a slice is sure to give the rows of the original; if not, why not, in words for the user.

mod apart;
mod shape;
mod tables;
mod together;

use ruff_text_size::Ranged;

use super::keep::Keeper;
use super::program::Program;
use super::remove::Removals;
use super::{Foreign, Question};

pub(super) use tables::are_all as tables_are_all;

/// Says what is not sure.
///
/// # Errors
///
/// The first thing found.
pub(super) fn check(
    question: &Question<'_>,
    foreign: &Foreign<'_>,
    removals: &Removals<'_>,
    program: &Program<'_>,
    keeper: &Keeper<'_, '_>,
) -> Result<(), String> {
    let line = |at: u32| question.module.lines.line(at.into());
    for id in keeper.kept_nodes() {
        let node = &program.nodes[id];
        let start = node.statement.range().start().to_u32();
        let end = node.statement.range().end().to_u32();
        let whole = node.blocks.is_empty() && node.opens.is_none();
        let held = foreign.units.range(start..if whole { end } else { start + 1 });
        if let Some(unit) = held.copied().find(|unit| !removals.all.holds_place(*unit)) {
            let name = question.others.iter().find(|other| other.unit == unit).map_or("", |other| &other.name);
            return Err(format!("it cannot be told apart from {name} (line {})", line(unit)));
        }
        let inside = |other: &&&crate::boundary::Boundary| {
            other.kind == "section" && other.range.0 <= start && end <= other.range.1
        };
        if let Some(other) = question.others.iter().find(inside) {
            return Err(format!("it uses what {} makes (line {})", other.name, line(start)));
        }
        if foreign.is_named_in(node) {
            return Err(format!("line {} runs it together with other scanners", line(start)));
        }
        let body = node.body.as_ref().filter(|_| node.opens.is_none()).map(|body| &body.facts);
        for facts in [Some(&node.facts), body].into_iter().flatten() {
            let reads = |key: &&&str| facts.keyed.values().any(|keys| keys.contains(**key));
            if let Some(key) = removals.keys.iter().find(reads) {
                return Err(format!("line {} reads what another scanner has put under '{key}'", line(start)));
            }
            if let Some((what, place)) = facts.dynamic {
                return Err(format!("{what} (line {}) can reach any name", line(place)));
            }
            if let Some(what) = facts.unsteady {
                return Err(format!("{what} (line {}) depend on all that runs before", line(start)));
            }
            if let Some(what) = facts.whole_rows.filter(|_| keeper.left_out_columns && question.column.is_none()) {
                return Err(format!(
                    "{what} (line {}) looks at all columns, also those of other scanners",
                    line(start)
                ));
            }
        }
    }
    let own = question.own.range;
    let has_own = keeper.kept_nodes().iter().any(|id| {
        let range = program.nodes[*id].statement.range();
        let around = range.start().to_u32() <= own.0 && own.1 <= range.end().to_u32();
        around || question.own.kind == "section" && own.0 <= range.start().to_u32() && range.end().to_u32() <= own.1
    });
    if !has_own {
        return Err(super::NOT_FOLLOWED.to_owned());
    }
    if keeper.left_out_columns && question.column.is_none() && !shape::is_narrow(question, program, keeper) {
        return Err("its rows may show columns that other scanners write".to_owned());
    }
    if let Some(file) = written_and_read(program, keeper) {
        return Err(format!("it reads a file that other code of the program may write{file}"));
    }
    apart::check(question, removals, program, keeper)?;
    together::check(question, removals, program, keeper)
}

/// A file that kept code reads and code that is left out may write.
fn written_and_read(program: &Program<'_>, keeper: &Keeper<'_, '_>) -> Option<String> {
    let mut read: Vec<&str> = Vec::new();
    let mut written: Vec<&str> = Vec::new();
    for (id, node) in program.nodes.iter().enumerate() {
        let body = node.body.as_ref().filter(|_| node.opens.is_none()).map(|body| &body.facts);
        for facts in [Some(&node.facts), body].into_iter().flatten() {
            if keeper.kept[id] {
                read.extend(&facts.reads_files);
            } else {
                written.extend(&facts.writes_files);
            }
        }
    }
    let last = |file: &str| file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    for file in &read {
        let same = |other: &&str| other.is_empty() && file.is_empty() || !other.is_empty() && last(other) == last(file);
        if written.iter().any(same) {
            return Some(if file.is_empty() { String::new() } else { format!(" ({file})") });
        }
    }
    None
}
