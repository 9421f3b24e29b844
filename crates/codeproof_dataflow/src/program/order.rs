//! The order in which bodies are walked: callees before callers, groups that call each other together.

use rustc_hash::FxHashMap;

use super::Program;
use crate::ir::{BodyKind, Expr};
use crate::names::Sym;
use crate::value::BodyRef;

/// Functions of one name that a call may mean; with more the name says too little to order by.
const CANDIDATES_MAX: usize = 4;

/// Groups of bodies in levels: a level needs the summaries of earlier ones only, and the bodies of one group those of each
/// other. By names alone: an edge that is missed or too many costs precision, never correctness.
pub(crate) fn levels(program: &Program<'_>) -> Vec<Vec<Vec<BodyRef>>> {
    let bodies: Vec<BodyRef> = program.bodies().collect();
    let numbers: FxHashMap<BodyRef, u32> = bodies.iter().copied().zip(0u32..).collect();
    let mut named: FxHashMap<Sym, Vec<u32>> = FxHashMap::default();
    for (number, at) in (0u32..).zip(&bodies) {
        let body = program.body(*at);
        if body.kind == BodyKind::Function {
            let file = program.file(at.file);
            named.entry(file.sym(body.name)).or_default().push(number);
            if let Some(class) = body.class
                && file.sym(body.name) == program.known.init
            {
                named.entry(file.sym(file.module.classes[class.index()].name)).or_default().push(number);
            }
        }
    }
    let edges: Vec<Vec<u32>> = bodies
        .iter()
        .map(|at| {
            let (file, body) = (program.file(at.file), program.body(*at));
            let mut edges = Vec::new();
            let name_of = |expr: &Expr| match expr {
                Expr::Global(name) | Expr::Attribute(_, name) => Some(file.sym(*name)),
                Expr::Local(local) => body.locals.get(local.index()).map(|name| file.sym(*name)),
                Expr::Outer(outer, local) => {
                    file.module.body(*outer).locals.get(local.index()).map(|name| file.sym(*name))
                }
                _ => None,
            };
            for expr in &body.exprs {
                match expr {
                    Expr::Call(callee, _) | Expr::New(callee, _) => {
                        if let Some(found) = name_of(body.expr(*callee)).and_then(|name| named.get(&name))
                            && found.len() <= CANDIDATES_MAX
                        {
                            edges.extend(found.iter().copied());
                        }
                    }
                    Expr::Closure(closure) => {
                        edges.extend(numbers.get(&BodyRef { file: at.file, body: *closure }).copied());
                    }
                    _ => {}
                }
            }
            edges.sort_unstable();
            edges.dedup();
            edges
        })
        .collect();
    let groups = components(&edges);
    // Callees outside of a group have their level by then.
    let mut level_of: Vec<Option<usize>> = vec![None; bodies.len()];
    let mut levels: Vec<Vec<Vec<BodyRef>>> = Vec::new();
    for group in groups {
        let below =
            group.iter().flat_map(|node| &edges[*node as usize]).filter_map(|callee| level_of[*callee as usize]);
        let level = below.map(|level| level + 1).max().unwrap_or(0);
        for node in &group {
            level_of[*node as usize] = Some(level);
        }
        if levels.len() <= level {
            levels.resize_with(level + 1, Vec::new);
        }
        levels[level].push(group.into_iter().map(|node| bodies[node as usize]).collect());
    }
    levels
}

/// Strongly connected components, callees first (Tarjan's algorithm without recursion).
fn components(edges: &[Vec<u32>]) -> Vec<Vec<u32>> {
    const NEW: u32 = u32::MAX;
    let count = edges.len();
    let (mut index, mut low) = (vec![NEW; count], vec![0u32; count]);
    let mut on_stack = vec![false; count];
    let (mut stack, mut groups, mut next) = (Vec::new(), Vec::new(), 0u32);
    let mut work: Vec<(u32, usize)> = Vec::new();
    for start in 0..u32::try_from(count).unwrap_or(u32::MAX) {
        if index[start as usize] != NEW {
            continue;
        }
        work.push((start, 0));
        while let Some((node, edge)) = work.pop() {
            let at = node as usize;
            if edge == 0 {
                (index[at], low[at]) = (next, next);
                next += 1;
                stack.push(node);
                on_stack[at] = true;
            }
            if let Some(callee) = edges[at].get(edge) {
                work.push((node, edge + 1));
                let to = *callee as usize;
                if index[to] == NEW {
                    work.push((*callee, 0));
                } else if on_stack[to] {
                    low[at] = low[at].min(index[to]);
                }
                continue;
            }
            if low[at] == index[at] {
                let mut group = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member as usize] = false;
                    group.push(member);
                    if member == node {
                        break;
                    }
                }
                group.sort_unstable();
                groups.push(group);
            }
            if let Some((parent, _)) = work.last() {
                low[*parent as usize] = low[*parent as usize].min(low[at]);
            }
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn callees_come_first_and_circles_together() {
        let edges = vec![vec![1], vec![2], vec![1, 3], vec![], vec![0]];
        assert_eq!(components(&edges), [vec![3], vec![1, 2], vec![0], vec![4]]);
        let chain: Vec<Vec<u32>> = (0..100_000u32).map(|at| vec![(at + 1) % 100_000]).collect();
        assert_eq!(components(&chain).len(), 1);
    }
}
