//! The call graph around a definition.

use std::collections::{BTreeMap, HashSet, VecDeque};

use codeproof_types::{CallKind, Resolution};

use crate::files::SymbolId;
use crate::index::Index;

/// Which way calls are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To those who call.
    Callers,
    /// To what is called.
    Callees,
}

/// One edge: from caller to callee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GraphEdge {
    /// Who calls; `None` for code at the top of a file.
    pub from: Option<SymbolId>,
    /// What is called.
    pub to: SymbolId,
    /// How many places call it.
    pub calls: u32,
    /// The surest of them.
    pub resolution: Resolution,
}

/// The part of the call graph that some steps from one definition reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallGraph {
    /// The definitions reached, with how many steps away, nearest first.
    pub nodes: Vec<(SymbolId, u32)>,
    /// The edges between them, and from file level.
    pub edges: Vec<GraphEdge>,
    /// Definitions that were not followed because there are too many.
    pub left_out: usize,
}

impl Index {
    /// The definitions that `depth` steps from `start` reach, at most `nodes_max` of them; mentions of classes count
    /// as calls of them when `with_mentions`.
    pub fn graph(
        &self,
        start: SymbolId,
        direction: Direction,
        depth: u32,
        nodes_max: usize,
        with_mentions: bool,
    ) -> CallGraph {
        let mut graph = CallGraph { nodes: vec![(start, 0)], ..CallGraph::default() };
        let mut known = HashSet::from([start]);
        let mut refused = HashSet::new();
        let mut edges: BTreeMap<(Option<SymbolId>, SymbolId), (u32, Resolution)> = BTreeMap::new();
        let mut queue = VecDeque::from([(start, 0)]);
        while let Some((current, distance)) = queue.pop_front() {
            if distance >= depth {
                continue;
            }
            let calls = match direction {
                Direction::Callers => self.callers(current),
                Direction::Callees => self.callees(current),
            };
            for call in calls.iter().filter(|call| with_mentions || call.site.kind == CallKind::Call) {
                let Some(to) = call.to else { continue };
                // A call in a local function belongs to the function that was asked for.
                let from = if direction == Direction::Callees { Some(current) } else { call.from };
                let next = match direction {
                    Direction::Callers => from,
                    Direction::Callees => Some(to),
                };
                if let Some(next) = next
                    && !known.contains(&next)
                {
                    if graph.nodes.len() >= nodes_max {
                        refused.insert(next);
                        continue;
                    }
                    known.insert(next);
                    graph.nodes.push((next, distance + 1));
                    queue.push_back((next, distance + 1));
                }
                let edge = edges.entry((from, to)).or_insert((0, call.resolution));
                edge.0 += 1;
                edge.1 = Ord::min(edge.1, call.resolution);
            }
        }
        let edge = |((from, to), (calls, resolution))| GraphEdge { from, to, calls, resolution };
        graph.edges = edges.into_iter().map(edge).collect();
        graph.left_out = refused.len();
        graph
    }

    /// The shortest way of calls from an entry point to `target`, the entry point first; `None` when none leads there.
    /// Without a known entry point the way starts at a definition that nobody in the program calls.
    pub fn path_from_entry(&self, target: SymbolId) -> Option<Vec<SymbolId>> {
        /// Definitions looked at: bounds the search in programs where everything calls everything.
        const LOOKED_AT_MAX: usize = 20_000;
        let mut came_from: BTreeMap<SymbolId, Option<SymbolId>> = BTreeMap::from([(target, None)]);
        let mut queue = VecDeque::from([target]);
        let mut uncalled = None;
        while let Some(current) = queue.pop_front() {
            let is_entry = self.entry_kind(current).is_some();
            let callers = self.callers(current);
            let real: Vec<SymbolId> = callers.iter().filter_map(|call| call.from).filter(|it| *it != current).collect();
            if is_entry || (real.is_empty() && uncalled.is_none() && current != target) {
                let way = std::iter::successors(Some(current), |at| came_from.get(at).copied().flatten()).collect();
                if is_entry {
                    return Some(way);
                }
                uncalled = Some(way);
            }
            for next in real {
                if came_from.len() < LOOKED_AT_MAX && !came_from.contains_key(&next) {
                    came_from.insert(next, Some(current));
                    queue.push_back(next);
                }
            }
        }
        uncalled
    }
}
