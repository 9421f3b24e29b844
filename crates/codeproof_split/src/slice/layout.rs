//! Where in the new file each kept statement goes: imports, the block of parameters, definitions and what is made of
//! constants, and what runs on the market data, which becomes a function.

use std::collections::BTreeSet;

use ruff_python_ast::{Expr, Stmt};

use super::facts::Callee;
use super::program::{NodeId, Program, is_main_guard};

/// The statements of the module by where they go; each list in the order of the original.
#[derive(Debug, Default)]
pub(super) struct Layout<'a> {
    pub(super) future: Vec<NodeId>,
    pub(super) imports: Vec<NodeId>,
    pub(super) constants: Vec<NodeId>,
    pub(super) definitions: Vec<NodeId>,
    pub(super) program: Vec<NodeId>,
    /// Names of the module that the program part binds.
    pub(super) bound: BTreeSet<&'a str>,
}

/// Functions and methods that make values without looking at market data.
const MAKING: &[&str] = &[
    "dict",
    "list",
    "set",
    "tuple",
    "frozenset",
    "range",
    "partial",
    "OrderedDict",
    "defaultdict",
    "replace",
    "float",
    "int",
    "str",
    "bool",
    "round",
    "abs",
    "min",
    "max",
    "sum",
    "len",
    "sorted",
    "Path",
    "namedtuple",
    "TypeVar",
    "timedelta",
    "Timedelta",
    "date",
    "Decimal",
    "field",
    "compile",
    "Timestamp",
    "get",
    "getenv",
    "join",
    "dirname",
    "abspath",
    "copy",
    "deepcopy",
    "getLogger",
    "update",
    "items",
    "keys",
    "values",
    "zip",
    "enumerate",
    "lower",
    "upper",
    "strip",
    "split",
    "append",
    "SimpleNamespace",
    "MappingProxyType",
    "filterwarnings",
    "simplefilter",
    "set_option",
    "basicConfig",
    "set_event_loop_policy",
    "WindowsSelectorEventLoopPolicy",
    "set_printoptions",
    "seterr",
    "setlocale",
    "expanduser",
    "resolve",
    "format",
    "replace_na",
    "setdefault",
    "ChainMap",
    "loads",
    "lru_cache",
    "wraps",
    "dataclass",
    "warn",
    "insert",
    "use",
    "reload",
];

pub(super) fn lay_out<'a>(program: &Program<'a>, kept: &[bool]) -> Layout<'a> {
    let mut layout = Layout::default();
    let mut running = false;
    let top = top_statements(program, kept);
    let mut later: Vec<NodeId> = Vec::new();
    for id in &top {
        let statement = program.nodes[*id].statement;
        match statement {
            Stmt::ImportFrom(import) if import.module.as_deref() == Some("__future__") => layout.future.push(*id),
            Stmt::Import(_) | Stmt::ImportFrom(_) if program.nodes[*id].parent.is_none() => layout.imports.push(*id),
            _ if is_constant(program, kept, *id) => layout.constants.push(*id),
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => later.push(*id),
            _ => {
                running |= !is_setup(program, kept, *id);
                if running {
                    layout.program.push(*id);
                    bound_in(program, kept, *id, &mut layout.bound);
                } else {
                    later.push(*id);
                }
            }
        }
    }
    settle_definitions(program, kept, later, &mut layout);
    layout
}

/// Definitions stand above the program, unless they need what it binds while they are defined.
fn settle_definitions<'a>(program: &Program<'a>, kept: &[bool], later: Vec<NodeId>, layout: &mut Layout<'a>) {
    let first = layout.program.first().copied().unwrap_or(NodeId::MAX);
    for id in later {
        let node = &program.nodes[id];
        let class_reads = node.body.iter().filter(|body| body.is_class).flat_map(|body| &body.facts.loads);
        let needs = node.facts.loads.iter().chain(class_reads).any(|name| layout.bound.contains(name));
        let again = node.facts.binds.iter().any(|name| {
            let mut binders = program.definitions(name).filter(|other| kept[*other]);
            binders.any(|other| other != id)
        });
        if id > first && (needs || again) {
            layout.program.push(id);
            layout.bound.extend(&node.facts.binds);
        } else {
            layout.definitions.push(id);
        }
    }
    layout.program.sort_unstable();
}

/// Kept statements of the module; those below `if __name__ == '__main__':` in its place.
fn top_statements(program: &Program<'_>, kept: &[bool]) -> Vec<NodeId> {
    let mut found = Vec::new();
    for id in program.scopes[0].top.iter().filter(|id| kept[**id]) {
        let node = &program.nodes[*id];
        if is_main_guard(node.statement) {
            found.extend(node.blocks[0].iter().filter(|inner| kept[**inner]));
        } else {
            found.push(*id);
        }
    }
    found
}

/// One plain value, bound once: it can stand in the block of parameters.
fn is_constant(program: &Program<'_>, kept: &[bool], id: NodeId) -> bool {
    let node = &program.nodes[id];
    let (target, value) = match node.statement {
        Stmt::Assign(stmt) => match stmt.targets.as_slice() {
            [Expr::Name(target)] => (target, &*stmt.value),
            _ => return false,
        },
        Stmt::AnnAssign(stmt) => match (&*stmt.target, &stmt.value, &*stmt.annotation) {
            (Expr::Name(target), Some(value), Expr::Name(_)) => (target, &**value),
            _ => return false,
        },
        _ => return false,
    };
    let is_empty = match value {
        Expr::List(list) => list.elts.is_empty(),
        Expr::Dict(dict) => dict.items.is_empty(),
        _ => false,
    };
    let once = program.definitions(target.id.as_str()).filter(|other| kept[*other]).count() == 1;
    once && !is_empty && is_plain(value, 0)
}

/// Whether an expression is written out: numbers, text, and lists, tuples, sets and dicts of them.
pub(crate) fn is_plain(value: &Expr, levels: u32) -> bool {
    let all = |items: &[Expr]| levels < 20 && items.iter().all(|item| is_plain(item, levels + 1));
    match value {
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) => true,
        Expr::UnaryOp(operation) => operation.operand.is_number_literal_expr(),
        Expr::List(list) => all(&list.elts),
        Expr::Tuple(tuple) => all(&tuple.elts),
        Expr::Set(set) => all(&set.elts),
        Expr::Dict(dict) => {
            levels < 20
                && dict.items.iter().all(|item| {
                    item.key.as_ref().is_some_and(|key| is_plain(key, levels + 1)) && is_plain(&item.value, levels + 1)
                })
        }
        _ => false,
    }
}

/// Whether a statement only makes values of constants, so that it may run when the file is imported.
fn is_setup(program: &Program<'_>, kept: &[bool], id: NodeId) -> bool {
    let node = &program.nodes[id];
    if matches!(node.statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::Import(_) | Stmt::ImportFrom(_)) {
        return true;
    }
    if node.facts.data_folder {
        return false;
    }
    let calls = node.facts.calls.iter().all(|call| match call.callee {
        Callee::Name(name) => MAKING.contains(&name) || is_simple_class(program, name),
        Callee::Method(_, name) => MAKING.contains(&name) && !program.methods.contains_key(name),
        Callee::Other => false,
    });
    let awaits = matches!(node.statement, Stmt::With(_) | Stmt::While(_));
    calls
        && !awaits
        && node.blocks.iter().flatten().filter(|inner| kept[**inner]).all(|inner| is_setup(program, kept, *inner))
}

/// A class of the file whose objects are made without running anything.
fn is_simple_class(program: &Program<'_>, name: &str) -> bool {
    let mut definitions = program.binders.get(&(0, name)).into_iter().flatten().peekable();
    definitions.peek().is_some()
        && definitions.all(|id| {
            let body = program.nodes[*id].body.as_ref();
            body.is_some_and(|body| {
                body.is_class && !body.methods.contains_key("__init__") && !body.methods.contains_key("__post_init__")
            })
        })
}

fn bound_in<'a>(program: &Program<'a>, kept: &[bool], id: NodeId, bound: &mut BTreeSet<&'a str>) {
    let node = &program.nodes[id];
    bound.extend(&node.facts.binds);
    node.blocks.iter().flatten().filter(|inner| kept[**inner]).for_each(|inner| bound_in(program, kept, *inner, bound));
}
