//! Calls and `new`.

use super::Lowering;
use super::kinds::Kind;
use super::names::NameKind;
use super::table::At;
use crate::ir::{Argument, Constant, Expr, ExprId};

impl Lowering<'_> {
    /// A call of a function by its name, or one of the constructs that look like one.
    pub(super) fn call_by_name(&mut self, at: At, name: At) -> ExprId {
        let written = self.text_of(name);
        let bare = written.trim_start_matches('\\');
        let construct = match bare.len() {
            3..=7 => self.construct(at, bare),
            15 if bare.eq_ignore_ascii_case("__halt_compiler") => {
                self.is_halted = true;
                None
            }
            _ => None,
        };
        if let Some(construct) = construct {
            return self.add(construct, at);
        }
        let function = self.names.resolve(NameKind::Function, written, &mut self.builder);
        let callee = self.add(Expr::Global(function), name);
        self.call(at, callee)
    }

    fn construct(&mut self, at: At, name: &str) -> Option<Expr> {
        let is = |word: &str| name.eq_ignore_ascii_case(word);
        if is("isset") {
            return Some(Expr::IsSet(self.values(at)));
        }
        if is("empty") {
            return self.values(at).first().map(|value| Expr::IsEmpty(*value));
        }
        if is("exit") || is("die") {
            return Some(Expr::Exit(self.values(at).first().copied()));
        }
        if is("compact") {
            return self.compact(at);
        }
        None
    }

    /// `compact('a', ['b'])` is `['a' => $a, 'b' => $b]`; `None` when a name is not known.
    fn compact(&mut self, at: At) -> Option<Expr> {
        let values = self.values(at);
        let mut rest: Vec<ExprId> = values.iter().rev().copied().collect();
        let mut items = Vec::new();
        while let Some(value) = rest.pop() {
            match self.builder.body().expr(value).clone() {
                Expr::Constant(Constant::Str(name)) => {
                    let bytes = self.builder.body().bytes_of(value);
                    let variable = self.variable(&name);
                    items.push((Some(value), self.builder.expr(variable.expr(), bytes)));
                }
                Expr::Dict(names) => rest.extend(names.iter().rev().map(|(_, name)| *name)),
                _ => return None,
            }
        }
        Some(Expr::Dict(items.into()))
    }

    fn values(&mut self, at: At) -> Box<[ExprId]> {
        let arguments = self.table.child(at, Kind::Arguments);
        arguments.map_or_else(Vec::new, |list| self.arguments(list)).iter().map(|argument| argument.value).collect()
    }

    /// The call at `at` of `callee`; `f(...)` is the function itself.
    pub(super) fn call(&mut self, at: At, callee: ExprId) -> ExprId {
        let Some(list) = self.table.child(at, Kind::Arguments) else {
            return self.add(Expr::Call(callee, Box::default()), at);
        };
        if self.table.child(list, Kind::VariadicPlaceholder).is_some() {
            return callee;
        }
        let arguments = self.arguments(list);
        self.add(Expr::Call(callee, arguments.into()), at)
    }

    /// Lowers a list of arguments.
    pub(super) fn arguments(&mut self, list: At) -> Vec<Argument> {
        let table = self.table;
        let mut arguments = Vec::new();
        for argument in table.children(list) {
            match table.kind(argument) {
                Kind::Argument => arguments.extend(self.argument(argument)),
                Kind::Error => {
                    let value = self.unknown(argument);
                    arguments.push(Argument { name: None, value, is_mapping: false });
                }
                _ => {}
            }
        }
        arguments
    }

    fn argument(&mut self, at: At) -> Option<Argument> {
        let table = self.table;
        let mut is_reference = false;
        let mut name = None;
        let mut value = None;
        for part in table.children(at) {
            match table.kind(part) {
                Kind::ReferenceModifier => is_reference = true,
                Kind::Error => {}
                _ => name = value.replace(part),
            }
        }
        let value = value?;
        let lowered = if is_reference {
            let inside = self.deeper(1, |lowering| lowering.expr(value));
            let inside = inside.unwrap_or_else(|| self.unknown(value));
            self.add(Expr::Reference(inside), at)
        } else {
            self.expr(value)
        };
        let name = name.map(|name| self.text_of(name)).map(|name| self.builder.name(name));
        Some(Argument { name, value: lowered, is_mapping: false })
    }

    /// `new`.
    pub(super) fn creation(&mut self, at: At) -> ExprId {
        let table = self.table;
        let Some(class) = table.children(at).find(|it| !matches!(table.kind(*it), Kind::Error | Kind::Arguments))
        else {
            return self.unknown(at);
        };
        let (callee, arguments) = if table.kind(class) == Kind::AnonymousClass {
            (self.anonymous_class(class), table.child(class, Kind::Arguments))
        } else {
            (self.class_reference(class), table.child(at, Kind::Arguments))
        };
        let arguments = arguments.map_or_else(Vec::new, |list| self.arguments(list));
        self.add(Expr::New(callee, arguments.into()), at)
    }
}
