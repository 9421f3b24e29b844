//! Variables: of this body, of the file, of the body around an arrow function; superglobals.

use super::table::At;
use super::{Lowering, ScopeKind};
use crate::ir::{BodyId, Bytes, Expr, ExprId, Local, Name, Place, StmtKind};

/// Where a variable lives.
#[derive(Debug, Clone, Copy)]
pub(super) enum Variable {
    Local(Local),
    Outer(BodyId, Local),
    Global(Name),
}

impl Variable {
    pub(super) fn expr(self) -> Expr {
        match self {
            Self::Local(local) => Expr::Local(local),
            Self::Outer(body, local) => Expr::Outer(body, local),
            Self::Global(name) => Expr::Global(name),
        }
    }

    pub(super) fn place(self) -> Place {
        match self {
            Self::Local(local) => Place::Local(local),
            Self::Outer(body, local) => Place::Outer(body, local),
            Self::Global(name) => Place::Global(name),
        }
    }
}

impl Lowering<'_> {
    /// The variable whose name, with `$`, stands at `at`, as an expression.
    pub(super) fn variable_at(&mut self, at: At) -> ExprId {
        let name = name_of(self.text_of(at));
        let variable = self.variable(name);
        self.add(variable.expr(), at)
    }

    /// The variable `name`, to be read.
    pub(super) fn variable(&mut self, name: &str) -> Variable {
        if self.is_superglobal(name) {
            return Variable::Global(self.dollar_name(name));
        }
        let id = self.builder.name(name);
        self.named(id, self.scopes.len() - 1)
    }

    /// The variable `name`, to be written: an arrow function writes its own.
    pub(super) fn variable_to_write(&mut self, name: &str) -> Variable {
        if self.is_superglobal(name) {
            return Variable::Global(self.dollar_name(name));
        }
        let id = self.builder.name(name);
        if self.scope().globals.contains(&id) {
            return Variable::Global(self.dollar_name(name));
        }
        Variable::Local(self.builder.local(id))
    }

    /// The variable as a local of the innermost body, fetched from around it where it must be.
    pub(super) fn variable_as_local(&mut self, name: Name, bytes: Bytes) -> Local {
        let variable = self.named(name, self.scopes.len() - 1);
        if let Variable::Local(local) = variable {
            return local;
        }
        let value = self.builder.expr(variable.expr(), bytes);
        let local = self.builder.local(name);
        self.push(StmtKind::Assign(Place::Local(local), value), bytes);
        local
    }

    /// `global $name`.
    pub(super) fn make_global(&mut self, name: &str) {
        if self.scope().kind != ScopeKind::File {
            let name = self.builder.name(name);
            self.scope().globals.insert(name);
        }
    }

    /// `$GLOBALS['name']`: the file's variable.
    pub(super) fn file_variable(&mut self, name: &str) -> Variable {
        if self.scope().kind == ScopeKind::File && !self.is_superglobal(name) {
            let name = self.builder.name(name);
            return Variable::Local(self.builder.local(name));
        }
        Variable::Global(self.dollar_name(name))
    }

    /// The variable `name` as the scope of that number sees it.
    fn named(&mut self, name: Name, innermost: usize) -> Variable {
        for scope in self.scopes[..=innermost].iter().rev() {
            if scope.globals.contains(&name) {
                let text = self.builder.module().names[name.index()].clone();
                return Variable::Global(self.dollar_name(&text));
            }
            let body = scope.body;
            let is_own = scope.kind != ScopeKind::Arrow || self.builder.known_local_of(body, name).is_some();
            if is_own {
                let local = self.builder.local_of(body, name);
                let is_innermost = body == self.scopes[innermost].body;
                return if is_innermost { Variable::Local(local) } else { Variable::Outer(body, local) };
            }
        }
        Variable::Local(self.builder.local(name))
    }

    fn dollar_name(&mut self, name: &str) -> Name {
        let name = ["$", name].concat();
        self.builder.name(&name)
    }

    fn is_superglobal(&self, name: &str) -> bool {
        match name.as_bytes().first() {
            Some(b'_') => {
                matches!(name, "_GET" | "_POST" | "_REQUEST" | "_COOKIE" | "_SERVER" | "_FILES" | "_ENV" | "_SESSION")
            }
            Some(b'G') => name == "GLOBALS",
            // Their names until PHP 5.3.
            Some(b'H') => matches!(
                name,
                "HTTP_GET_VARS"
                    | "HTTP_POST_VARS"
                    | "HTTP_COOKIE_VARS"
                    | "HTTP_SERVER_VARS"
                    | "HTTP_ENV_VARS"
                    | "HTTP_POST_FILES"
                    | "HTTP_SESSION_VARS"
                    | "HTTP_RAW_POST_DATA"
            ),
            // The arguments of the program are variables of the file only.
            Some(b'a') => {
                matches!(name, "argv" | "argc") && self.scopes.last().is_some_and(|it| it.kind == ScopeKind::File)
            }
            _ => false,
        }
    }
}

/// The name of a variable without its `$`, behind which blanks may stand.
pub(super) fn name_of(text: &str) -> &str {
    text.trim_start_matches(['$', ' ', '\t', '\n', '\r'])
}
