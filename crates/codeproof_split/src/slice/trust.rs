//! Whether a slice is sure to give the rows of the original; if not, why not, in words for the user.

use ruff_text_size::Ranged;

use super::keep::Keeper;
use super::program::Program;
use super::{Foreign, Question};

pub(super) fn check(
    question: &Question<'_>,
    foreign: &Foreign<'_>,
    program: &Program<'_>,
    keeper: &Keeper<'_, '_>,
) -> Result<(), String> {
    let line = |at: u32| question.module.lines.line(at.into());
    for id in keeper.kept_nodes() {
        let node = &program.nodes[id];
        let start = node.statement.range().start().to_u32();
        if foreign.units.contains(&start) {
            let name = question.others.iter().find(|other| other.unit == start).map_or("", |other| &other.name);
            return Err(format!("it cannot be told apart from {name} (line {})", line(start)));
        }
        let whole = node.body.as_ref().filter(|_| node.opens.is_none()).map(|body| &body.facts);
        for facts in [Some(&node.facts), whole].into_iter().flatten() {
            if let Some(what) = facts.dynamic {
                return Err(format!("{what} (line {}) can reach any name", line(start)));
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
        range.start().to_u32() <= own.0 && own.1 <= range.end().to_u32()
    });
    if !has_own {
        return Err("its result is made in a way that is not followed".to_owned());
    }
    Ok(())
}
