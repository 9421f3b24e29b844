//! Where in an expression a scanner is run: called, or handed to somebody who calls it.

use ruff_python_ast::{Expr, ExprCall};

use super::super::roots::{any_inside, roots};

/// Functions and methods that only gather, show or write what they are given: whoever needs the call needs not them.
const GATHERING: &[&str] = &[
    "print",
    "len",
    "str",
    "repr",
    "round",
    "sorted",
    "list",
    "tuple",
    "set",
    "sum",
    "min",
    "max",
    "any",
    "all",
    "float",
    "int",
    "bool",
    "format",
    "append",
    "extend",
    "update",
    "add",
    "insert",
    "setdefault",
    "DataFrame",
    "Series",
    "concat",
    "info",
    "debug",
    "warning",
    "log",
    "write",
    "dumps",
    "dump",
    "join",
    "display",
    "pprint",
];

/// Methods of containers, which run nothing of what is in them.
const HOLDING: &[&str] = &[
    "items",
    "values",
    "keys",
    "get",
    "append",
    "extend",
    "update",
    "add",
    "pop",
    "copy",
    "setdefault",
    "insert",
    "index",
];

/// Methods that wait for what was started.
const WAITING: &[&str] = &["result", "get", "wait", "join", "compute"];

/// Functions that call what they are handed for each element, and give the results.
pub(in super::super) const MAPPING: &[&str] =
    &["map", "imap", "imap_unordered", "starmap", "apply", "progress_apply", "filter"];

/// Looks at expressions with the names in mind that lead to a scanner.
pub(super) struct Look<'l> {
    pub(super) is_carrier: &'l dyn Fn(&str) -> bool,
    pub(super) is_method: &'l dyn Fn(&str) -> bool,
}

impl Look<'_> {
    /// The outermost expression that must be evaluated so that the scanner runs.
    pub(super) fn outermost<'e>(&self, expression: &'e Expr) -> Option<&'e Expr> {
        if !self.runs_inside(expression) {
            return None;
        }
        let only = |parts: Vec<&'e Expr>| {
            let mut holding = parts.into_iter().filter(|part| self.runs_inside(part));
            match (holding.next(), holding.next()) {
                (Some(part), None) if !is_lazy(part) => self.outermost(part),
                _ => Some(expression),
            }
        };
        match expression {
            Expr::Call(call) if self.runs(call) => Some(expression),
            Expr::Call(call) => {
                let arguments =
                    call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|word| &word.value));
                let (name, base) = match &*call.func {
                    Expr::Name(name) => (name.id.as_str(), None),
                    Expr::Attribute(method) => (method.attr.as_str(), Some(&*method.value)),
                    _ => return Some(expression),
                };
                let in_base = base.is_some_and(|base| self.runs_inside(base));
                if in_base && !WAITING.contains(&name) || !in_base && GATHERING.contains(&name) {
                    only(base.into_iter().chain(arguments).collect())
                } else {
                    Some(expression)
                }
            }
            Expr::Attribute(attribute) => only(vec![&attribute.value]),
            Expr::Subscript(subscript) => only(vec![&subscript.value, &subscript.slice]),
            Expr::UnaryOp(operation) => only(vec![&operation.operand]),
            Expr::BinOp(operation) => only(vec![&operation.left, &operation.right]),
            Expr::Compare(compare) => only(std::iter::once(&*compare.left).chain(&compare.comparators).collect()),
            Expr::Tuple(tuple) => only(tuple.elts.iter().collect()),
            Expr::List(list) => only(list.elts.iter().collect()),
            Expr::Dict(dict) => only(dict.items.iter().map(|item| &item.value).collect()),
            _ => Some(expression),
        }
    }

    /// Whether the scanner is run anywhere in an expression.
    fn runs_inside(&self, expression: &Expr) -> bool {
        any_inside(expression, |part| matches!(part, Expr::Call(call) if self.runs(call)))
    }

    /// Whether a call is one of the scanner, of what leads to it, or gets one of them.
    fn runs(&self, call: &ExprCall) -> bool {
        let (name, is_method) = match &*call.func {
            Expr::Name(name) => (name.id.as_str(), false),
            Expr::Attribute(method) => (method.attr.as_str(), true),
            _ => ("", false),
        };
        if is_method && (self.is_method)(name) {
            return true;
        }
        if base_of(&call.func).is_some_and(self.is_carrier) && !(is_method && HOLDING.contains(&name)) {
            return true;
        }
        let gathers = GATHERING.contains(&name) || is_method && HOLDING.contains(&name);
        let arguments = call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|word| &word.value));
        !gathers && arguments.filter(|argument| !is_label(argument)).any(|argument| self.hands_over(argument))
    }

    fn hands_over(&self, argument: &Expr) -> bool {
        let attribute = match argument {
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            _ => None,
        };
        attribute.is_some_and(self.is_method) || roots(argument).into_iter().any(self.is_carrier)
    }
}

/// Whether an expression is only run when somebody looks through it.
pub(in super::super) fn is_lazy(expression: &Expr) -> bool {
    match expression {
        Expr::Generator(_) | Expr::Lambda(_) | Expr::Starred(_) => true,
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Name(name) if matches!(name.id.as_str(), "map" | "filter" | "zip" | "enumerate" | "reversed" | "iter"))
                || matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str().starts_with("imap"))
        }
        _ => false,
    }
}

/// Whether a call gives results of what it is handed, and nothing that could be called: `pool.map(scan, symbols)`.
pub(super) fn gives_results(expression: &Expr) -> bool {
    match strip_await(expression) {
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => MAPPING.contains(&name.id.as_str()),
            Expr::Attribute(method) => MAPPING.contains(&method.attr.as_str()),
            _ => false,
        },
        _ => false,
    }
}

pub(in super::super) fn strip_await(expression: &Expr) -> &Expr {
    match expression {
        Expr::Await(awaited) => &awaited.value,
        other => other,
    }
}

/// `scan.__name__` says what it is called.
fn is_label(argument: &Expr) -> bool {
    matches!(argument, Expr::Attribute(attribute) if matches!(attribute.attr.as_str(), "__name__" | "__doc__" | "name"))
}

/// The name a called expression begins with: `SCANNERS` of `SCANNERS['gap'](df)`.
fn base_of(function: &Expr) -> Option<&str> {
    let mut at = function;
    loop {
        at = match at {
            Expr::Name(name) => return Some(name.id.as_str()),
            Expr::Attribute(attribute) => &attribute.value,
            Expr::Subscript(subscript) => &subscript.value,
            Expr::Call(call) => &call.func,
            _ => return None,
        };
    }
}
