//! Statements: the choice by kind, and those without a block that assign nothing.

use super::definitions::Decorators;
use super::kinds::Kind;
use super::{LEVELS_MAX, Lowering};
use crate::ir::{Argument, Bytes, Expr, ExprId, Place, Stmt, StmtKind};

impl Lowering<'_> {
    /// The statement at the cursor.
    pub(super) fn statement(&mut self, kind: Kind, statements: &mut Vec<Stmt>) {
        let bytes = self.bytes();
        let statement = match kind {
            Kind::ExpressionStatement => return self.expression_statement(bytes, statements),
            Kind::IfStatement => self.if_statement(),
            Kind::ReturnStatement => StmtKind::Return(self.first_expr()).over(bytes),
            Kind::ForStatement => self.for_statement(),
            Kind::FunctionDefinition => return self.function(Decorators::default(), statements),
            Kind::ClassDefinition => return self.class(Decorators::default(), statements),
            Kind::DecoratedDefinition => return self.decorated(statements),
            Kind::Import => return self.import(bytes, statements),
            Kind::ImportFrom => return self.import_from(bytes, statements),
            Kind::TryStatement => self.try_statement(),
            Kind::WithStatement => self.with_statement(),
            Kind::WhileStatement => self.while_statement(),
            Kind::MatchStatement => self.match_statement(),
            Kind::RaiseStatement => self.raise().over(bytes),
            Kind::AssertStatement => match self.first_expr() {
                Some(test) => StmtKind::Assert(test).over(bytes),
                None => return,
            },
            Kind::DeleteStatement => return self.delete(bytes, statements),
            Kind::BreakStatement => StmtKind::Break(1).over(bytes),
            Kind::ContinueStatement => StmtKind::Continue(1).over(bytes),
            Kind::GlobalStatement | Kind::NonlocalStatement => return self.declaration(kind),
            Kind::PrintStatement => StmtKind::Eval(self.print(bytes)).over(bytes),
            Kind::ExecStatement => StmtKind::Eval(self.exec(bytes)).over(bytes),
            Kind::TypeAlias => match self.type_alias() {
                Some(alias) => alias.over(bytes),
                None => return,
            },
            Kind::Error | Kind::Block => return self.statements_of(statements),
            Kind::PassStatement | Kind::FutureImport => return,
            _ if kind.is_token() => return,
            _ => StmtKind::Eval(self.expr()).over(bytes),
        };
        statements.push(statement);
    }

    /// What stands in a node that should not be where it is.
    fn statements_of(&mut self, statements: &mut Vec<Stmt>) {
        if self.blocks < LEVELS_MAX {
            self.blocks += 1;
            self.each_child(|lowering, kind| lowering.statement(kind, statements));
            self.blocks -= 1;
        }
    }

    fn first_expr(&mut self) -> Option<ExprId> {
        self.at_first_part(|lowering, _| lowering.expr())
    }

    fn expression_statement(&mut self, bytes: Bytes, statements: &mut Vec<Stmt>) {
        self.each_child(|lowering, kind| match kind {
            Kind::Assignment => lowering.assignment(bytes, statements),
            Kind::AugmentedAssignment => lowering.augmented_assignment(bytes, statements),
            Kind::Ellipsis => {}
            Kind::String if lowering.is_plain_text() => {}
            _ if kind.is_token() => {}
            _ => {
                let value = lowering.expr();
                statements.push(StmtKind::Eval(value).over(bytes));
            }
        });
    }

    /// Whether the string at the cursor has nothing to evaluate: it is a comment in all but name.
    fn is_plain_text(&self) -> bool {
        let letters = self.source().bytes().take_while(u8::is_ascii_alphabetic);
        !letters.map(|letter| letter.to_ascii_lowercase()).any(|letter| letter == b'f' || letter == b't')
    }

    fn delete(&mut self, bytes: Bytes, statements: &mut Vec<Stmt>) {
        let mut delete = |lowering: &mut Self, kind: Kind| {
            if !kind.is_token() {
                let place = lowering.place();
                statements.push(StmtKind::Delete(place).over(bytes));
            }
        };
        self.each_child(|lowering, kind| match kind {
            Kind::ExpressionList | Kind::Tuple | Kind::List => lowering.each_child(&mut delete),
            _ => delete(lowering, kind),
        });
    }

    fn raise(&mut self) -> StmtKind {
        let mut value = None;
        self.each_child(|lowering, kind| {
            if !kind.is_token() && value.is_none() && lowering.field() != lowering.fields.cause {
                value = Some(lowering.expr());
            }
        });
        StmtKind::Raise(value)
    }

    fn declaration(&mut self, kind: Kind) {
        self.each_child(|lowering, child| {
            if child == Kind::Identifier {
                let name = lowering.name();
                lowering.declare(name, kind == Kind::NonlocalStatement);
            }
        });
    }

    /// Python 2's `print >>file, a, b` is `print(a, b, file=file)`.
    fn print(&mut self, bytes: Bytes) -> ExprId {
        let mut arguments = Vec::new();
        let file = self.builder.name("file");
        self.each_child(|lowering, kind| match kind {
            Kind::Chevron => {
                let value = lowering.at_first_part(|lowering, _| lowering.expr_below(1));
                arguments.extend(value.map(|value| Argument { name: Some(file), value, is_mapping: false }));
            }
            _ if kind.is_token() => {}
            _ => arguments.push(Argument { name: None, value: lowering.expr_below(1), is_mapping: false }),
        });
        arguments.sort_by_key(|argument| argument.name.is_some());
        self.call_of("print", arguments, bytes)
    }

    /// Python 2's `exec code in globals` is `exec(code, globals)`.
    fn exec(&mut self, bytes: Bytes) -> ExprId {
        let mut arguments = Vec::new();
        self.each_child(|lowering, kind| {
            if !kind.is_token() {
                arguments.push(Argument { name: None, value: lowering.expr_below(1), is_mapping: false });
            }
        });
        self.call_of("exec", arguments, bytes)
    }

    /// A call of what the language itself calls `function`.
    pub(super) fn call_of(&mut self, function: &str, arguments: Vec<Argument>, bytes: Bytes) -> ExprId {
        let function = self.builder.name(function);
        let function = self.add(Expr::Global(function), bytes);
        self.add(Expr::Call(function, arguments.into()), bytes)
    }

    /// `type X = T`.
    fn type_alias(&mut self) -> Option<StmtKind> {
        let mut place = None;
        let mut value = None;
        self.each_child(|lowering, kind| match kind {
            Kind::Type if place.is_none() => {
                place = Some(lowering.at_first_part(Self::alias).unwrap_or(Place::Unknown));
            }
            Kind::Type => value = Some(lowering.annotation()),
            _ => {}
        });
        Some(StmtKind::Assign(place?, value?))
    }

    /// `X` of `X` and `X[T]`. The grammar also takes `type(x).y = z` for an alias.
    fn alias(&mut self, kind: Kind) -> Place {
        let name = match kind {
            Kind::GenericType => self.at_first_part(|lowering, _| (lowering.name(), lowering.bytes())),
            Kind::Identifier => Some((self.name(), self.bytes())),
            _ => return self.place(),
        };
        name.map_or(Place::Unknown, |(name, bytes)| self.bind(name, bytes))
    }
}

impl StmtKind {
    /// As a statement of these bytes.
    pub(super) fn over(self, bytes: Bytes) -> Stmt {
        Stmt { bytes, kind: self }
    }
}
