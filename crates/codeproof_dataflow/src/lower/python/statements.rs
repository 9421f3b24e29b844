//! Statements: the choice by kind, and those without a block.

use super::definitions::Decorators;
use super::kinds::Kind;
use super::operators::binary_operator;
use super::{LEVELS_MAX, Lowering};
use crate::ir::{Argument, BinaryOp, Bytes, Expr, ExprId, Name, Place, Stmt, StmtKind};

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

    /// `a = b = value`, `a: T = value`.
    fn assignment(&mut self, bytes: Bytes, statements: &mut Vec<Stmt>) {
        if self.class_of_fields().is_some() {
            return self.assignments(bytes, statements);
        }
        let mut place = None;
        let mut value = None;
        let mut is_chain = false;
        self.each_child(|lowering, kind| match kind {
            Kind::Type => {}
            Kind::Assignment => is_chain = true,
            _ if kind.is_token() => {}
            _ if place.is_none() => place = Some(lowering.place()),
            _ => value = Some(lowering.expr()),
        });
        match (place, value) {
            _ if is_chain => self.assignments(bytes, statements),
            (Some(place), Some(value)) => statements.push(StmtKind::Assign(place, value).over(bytes)),
            // `x: int`, which made `x` a local.
            _ => {}
        }
    }

    /// An assignment with several targets, or in a class, where what the value names is not what the targets bind.
    fn assignments(&mut self, bytes: Bytes, statements: &mut Vec<Stmt>) {
        let mut targets = 1;
        let value = loop {
            if !self.goto_right() {
                break None;
            }
            if self.kind() != Kind::Assignment {
                let value = self.expr();
                self.cursor.goto_parent();
                break Some(value);
            }
            targets += 1;
        };
        match value {
            None => self.field_only(),
            Some(value) if targets == 1 => self.assign(value, bytes, statements),
            Some(value) => self.assign_all(value, targets, bytes, statements),
        }
        (1..targets).for_each(|_| _ = self.cursor.goto_parent());
    }

    /// Moves from an assignment to its right side; stays when there is none.
    fn goto_right(&mut self) -> bool {
        if !self.cursor.goto_first_child() {
            return false;
        }
        let mut is_right = false;
        while !is_right || self.kind().is_token() {
            is_right |= self.kind() == Kind::Equals;
            if !self.cursor.goto_next_sibling() {
                self.cursor.goto_parent();
                return false;
            }
        }
        true
    }

    /// `x: int` in a class.
    fn field_only(&mut self) {
        let mut name = None;
        let mut declared = None;
        self.each_child(|lowering, kind| match kind {
            Kind::Identifier if name.is_none() => name = Some(lowering.name()),
            Kind::Type => declared = Some(lowering.annotation()),
            _ => {}
        });
        if let (Some(name), Some(class)) = (name, self.class_of_fields()) {
            self.add_field(class, name, None, declared);
        }
    }

    /// The assignment at the cursor, its right side being `value`.
    fn assign(&mut self, value: ExprId, bytes: Bytes, statements: &mut Vec<Stmt>) {
        if let Some(class) = self.class_of_fields()
            && let Some(name) = self.target_name()
        {
            let declared = self.declared_type();
            return self.add_field(class, name, Some(value), declared);
        }
        let place = self.target();
        statements.push(StmtKind::Assign(place, value).over(bytes));
    }

    fn target(&mut self) -> Place {
        self.at_first_part(|lowering, _| lowering.place()).unwrap_or(Place::Unknown)
    }

    /// The name that is the left side of the assignment at the cursor.
    fn target_name(&mut self) -> Option<Name> {
        self.at_first_part(|lowering, kind| (kind == Kind::Identifier).then(|| lowering.name())).flatten()
    }

    fn declared_type(&mut self) -> Option<ExprId> {
        let mut declared = None;
        self.each_child(|lowering, kind| {
            if kind == Kind::Type {
                declared = Some(lowering.annotation());
            }
        });
        declared
    }

    /// Gives one value to several targets; the cursor is at the innermost assignment. The value is made once: a variable
    /// among the targets, or one without a name, hands it to the others.
    fn assign_all(&mut self, value: ExprId, targets: usize, bytes: Bytes, statements: &mut Vec<Stmt>) {
        let class = self.class_of_fields();
        let mut places = Vec::with_capacity(targets);
        for number in 0..targets {
            if number > 0 {
                self.cursor.goto_parent();
            }
            match (class, self.target_name()) {
                (Some(class), Some(name)) => self.add_field(class, name, Some(value), None),
                _ => places.push(self.target()),
            }
        }
        // Back to where the caller left the cursor.
        (1..targets).for_each(|_| _ = self.goto_right());
        let variable =
            places.iter().position(|place| matches!(place, Place::Local(_) | Place::Outer(..) | Place::Global(_)));
        let first = match variable {
            Some(at) => places.remove(at),
            None if class.is_some() => {
                return statements.extend(places.into_iter().map(|place| StmtKind::Assign(place, value).over(bytes)));
            }
            None => {
                let nameless = self.builder.name("");
                Place::Local(self.builder.local(nameless))
            }
        };
        let read = |lowering: &mut Self, place: Place| {
            let value = lowering.read_of(&first, bytes);
            StmtKind::Assign(place, value).over(bytes)
        };
        let others: Vec<Stmt> = places.into_iter().map(|place| read(self, place)).collect();
        statements.push(StmtKind::Assign(first, value).over(bytes));
        statements.extend(others);
    }

    /// `a += b` is `a = a + b`.
    fn augmented_assignment(&mut self, bytes: Bytes, statements: &mut Vec<Stmt>) {
        let class = self.class_of_fields();
        let mut left: Option<(ExprId, Option<Place>, Option<Name>)> = None;
        let mut operator = None;
        let mut right = None;
        self.each_child(|lowering, kind| match kind {
            Kind::Identifier if left.is_none() => {
                let (name, at) = (lowering.name(), lowering.bytes());
                let place = class.is_none().then(|| lowering.bind(name, at));
                left = Some((lowering.load(name, at), place, Some(name)));
            }
            _ if kind.is_token() => operator = binary_operator(kind).or(operator),
            _ if left.is_none() => {
                let read = lowering.expr_below(1);
                left = Some((read, Some(lowering.place_read_by(read)), None));
            }
            _ => right = Some(lowering.expr_below(1)),
        });
        let (Some((read, place, name)), Some(right)) = (left, right) else { return };
        let value = self.add(
            match operator {
                Some(BinaryOp::Add) => Expr::Chain(BinaryOp::Add, [read, right].into()),
                Some(operator) => Expr::Binary(operator, read, right),
                None => Expr::Unknown([read, right].into()),
            },
            bytes,
        );
        match (class, name, place) {
            (Some(class), Some(name), _) => self.add_field(class, name, Some(value), None),
            (_, _, place) => {
                statements.push(StmtKind::Assign(place.unwrap_or(Place::Unknown), value).over(bytes));
            }
        }
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
        let mut name = None;
        let mut value = None;
        self.each_child(|lowering, kind| match kind {
            Kind::Type if name.is_none() => name = lowering.alias_name(),
            Kind::Type => value = Some(lowering.annotation()),
            _ => {}
        });
        let (name, bytes) = name?;
        let place = self.bind(name, bytes);
        Some(StmtKind::Assign(place, value?))
    }

    /// `X` of `X` and `X[T]`.
    fn alias_name(&mut self) -> Option<(Name, Bytes)> {
        self.at_first_part(|lowering, kind| match kind {
            Kind::Identifier => Some((lowering.name(), lowering.bytes())),
            _ => lowering.at_first_part(|lowering, _| (lowering.name(), lowering.bytes())),
        })
        .flatten()
    }
}

impl StmtKind {
    /// As a statement of these bytes.
    pub(super) fn over(self, bytes: Bytes) -> Stmt {
        Stmt { bytes, kind: self }
    }
}
