//! What runs a scanner: the statements that call it, those that call functions which do, and so on to the module.

use std::collections::BTreeSet;

use ruff_python_ast::Stmt;
use ruff_text_size::Ranged;

use super::Foreign;
use super::facts::Callee;
use super::program::{NodeId, Program, ScopeId};

/// Statements that may run the scanner, by themselves or through what they call.
pub(super) fn of<'a>(program: &Program<'a>, own: &'a str, is_method: bool, foreign: &Foreign<'_>) -> BTreeSet<NodeId> {
    let mut carriers = Carriers::default();
    if is_method {
        carriers.methods.insert(own);
    } else {
        carriers.names.insert((0, own));
    }
    let mut runs = BTreeSet::new();
    loop {
        let before = (runs.len(), carriers.names.len(), carriers.methods.len());
        for (id, node) in program.nodes.iter().enumerate() {
            let start = node.statement.range().start().to_u32();
            if foreign.units.contains(&start) || start == foreign.own {
                continue;
            }
            let body = node.body.as_ref().filter(|body| node.opens.is_none() && !body.is_class);
            if let Some(body) = body {
                let names = body.free.iter().any(|name| carriers.holds(program, node.scope, name));
                if names || carriers.methods.iter().any(|name| body.facts.mentions.has(name)) {
                    carriers.carry(program, id);
                }
            }
            if node.body.is_some() {
                continue;
            }
            let named =
                node.facts.loads.iter().chain(&node.facts.later).any(|name| carriers.holds(program, node.scope, name));
            if !named && !carriers.methods.iter().any(|name| node.facts.mentions.has(name)) {
                continue;
            }
            let calls = node.facts.calls.iter().any(|call| match call.callee {
                Callee::Name(name) => carriers.holds(program, node.scope, name),
                Callee::Method(_, name) => carriers.methods.contains(name),
                Callee::Other => false,
            });
            let is_simple = node.blocks.is_empty();
            if calls || is_simple && !node.facts.calls.is_empty() {
                runs.insert(id);
                if let Some(definition) = program.scopes[node.scope].node {
                    carriers.carry(program, definition);
                }
            }
            // Lists and dicts of scanners, partials, what a loop gives of them.
            let hands_on = node.facts.bare.iter().any(|name| carriers.holds(program, node.scope, name));
            if hands_on && matches!(node.statement, Stmt::Assign(_) | Stmt::For(_)) {
                for name in &node.facts.binds {
                    carriers.names.insert((program.home(node.scope, name), name));
                }
            }
        }
        if (runs.len(), carriers.names.len(), carriers.methods.len()) == before {
            return runs;
        }
    }
}

/// Names and methods that lead to the scanner.
#[derive(Default)]
struct Carriers<'a> {
    names: BTreeSet<(ScopeId, &'a str)>,
    methods: BTreeSet<&'a str>,
}

impl<'a> Carriers<'a> {
    fn holds(&self, program: &Program<'a>, scope: ScopeId, name: &'a str) -> bool {
        self.names.contains(&(program.home(scope, name), name))
    }

    /// A function that runs the scanner leads to it.
    fn carry(&mut self, program: &Program<'a>, definition: NodeId) {
        let node = &program.nodes[definition];
        if let Stmt::FunctionDef(function) = node.statement {
            if program.scopes[node.scope].is_class {
                self.methods.insert(function.name.as_str());
            } else {
                self.names.insert((node.scope, function.name.as_str()));
            }
        }
    }
}
