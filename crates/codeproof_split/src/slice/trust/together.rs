//! A condition that lost the flags of other scanners lets fewer rows through. Nothing that comes after it may look at
//! several rows together.

use std::collections::BTreeSet;

use ruff_text_size::Ranged;

use super::super::Question;
use super::super::fields::Field;
use super::super::keep::Keeper;
use super::super::program::{NodeId, Program};
use super::super::remove::Removals;

pub(super) fn check(
    question: &Question<'_>,
    removals: &Removals<'_>,
    program: &Program<'_>,
    keeper: &Keeper<'_, '_>,
) -> Result<(), String> {
    let kept = keeper.kept_nodes();
    let holds = |id: &NodeId| {
        let range = program.nodes[*id].statement.range();
        let is_there = |condition: &&ruff_text_size::TextRange| !keeper.way.tails.holds(**condition);
        removals.conditions.iter().filter(is_there).any(|condition| range.contains_range(*condition))
    };
    // Statements with such a condition, and those that call a function which has one.
    let mut first: BTreeSet<NodeId> = kept.iter().copied().filter(|id| holds(id) && is_leaf(program, *id)).collect();
    if first.is_empty() {
        return Ok(());
    }
    loop {
        let homes: BTreeSet<NodeId> =
            first.iter().filter_map(|id| program.scopes[program.nodes[*id].scope].node).collect();
        let calls = |id: &NodeId| {
            is_leaf(program, *id)
                && keeper.uses(*id).iter().any(|variable| {
                    program.binders.get(variable).into_iter().flatten().any(|binder| homes.contains(binder))
                })
        };
        let new: Vec<NodeId> = kept.iter().copied().filter(|id| !first.contains(id) && calls(id)).collect();
        if new.is_empty() {
            break;
        }
        first.extend(new);
    }
    for id in kept {
        let node = &program.nodes[id];
        let after = first.iter().any(|start| program.nodes[*start].scope == node.scope && *start <= id);
        if !after {
            continue;
        }
        let line = question.module.lines.line(node.statement.range().start());
        let changes = |field: &Field<'_>| match (field, question.column) {
            (Field::Name(name), Some(column)) => *name == column,
            (field, _) => *field == Field::Any && is_leaf(program, id) && !first.contains(&id),
        };
        if node.facts.effects.iter().any(|effect| changes(&effect.field)) {
            return Err(format!("line {line} changes the flag behind a condition on it"));
        }
        let mut facts = vec![&node.facts];
        for variable in keeper.uses(id).iter() {
            let binders = program.binders.get(variable).into_iter().flatten();
            let bodies = binders.filter(|binder| keeper.kept[**binder] && !first.contains(binder));
            // Functions that are called behind the condition; that one's own callers do what is looked at here anyway.
            let own = bodies.filter(|binder| program.nodes[**binder].opens.is_none());
            facts.extend(own.filter_map(|binder| program.nodes[*binder].body.as_ref()).map(|body| &body.facts));
        }
        let is_first = first.contains(&id);
        let looks = facts.iter().take(if is_first { 1 } else { facts.len() }).find_map(|facts| facts.neighbours);
        if let Some(what) = looks {
            return Err(format!("{what} (line {line}) looks at rows that other scanners have let through"));
        }
    }
    Ok(())
}

fn is_leaf(program: &Program<'_>, id: NodeId) -> bool {
    program.nodes[id].blocks.is_empty() && program.nodes[id].body.is_none()
}
