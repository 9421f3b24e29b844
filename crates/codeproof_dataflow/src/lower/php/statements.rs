//! Statements.

use super::Lowering;
use super::kinds::Kind;
use super::names::NameKind;
use super::table::At;
use super::variables::name_of;
use crate::ir::{Block, Bytes, Expr, ExprId, Name, Place, StmtKind, Try};

impl Lowering<'_> {
    /// Lowers the statements below `at` into the current block. Braces, and what does not follow the grammar, are read
    /// as if their content stood in their place.
    pub(super) fn statements(&mut self, at: At) {
        let table = self.table;
        let mut children = table.children(at);
        // The grammar knows one value behind `<?=`; the others of `<?= $a, $b ?>` are in an error before it.
        let mut echoes = false;
        while let Some(child) = children.next().filter(|_| !self.is_halted) {
            match table.kind(child) {
                Kind::Compound | Kind::ColonBlock | Kind::Declare => children.enter(child),
                Kind::Error => {
                    echoes = self.is_echoed(table.bytes(child).start);
                    children.enter(child);
                }
                Kind::Namespace => {
                    let name = table.child(child, Kind::NamespaceName).map_or("", |name| self.text_of(name));
                    self.names.enter(name);
                    let name = self.lower_name(name);
                    self.builder.module().namespace = name;
                    children.enter(child);
                }
                Kind::ExpressionStatement if echoes => {
                    echoes = false;
                    self.expression_statement(child, true);
                }
                kind if echoes && !is_statement(kind) => self.echo(child, table.bytes(child)),
                _ => {
                    echoes = false;
                    self.statement(child);
                }
            }
        }
    }

    /// Lowers the body of a compound statement, and the texts outside of `<?php` that begin before `limit`.
    pub(super) fn body(&mut self, body: Option<At>, limit: u32) {
        match body {
            Some(body) if matches!(self.table.kind(body), Kind::Compound | Kind::ColonBlock) => self.statements(body),
            Some(body) => self.statement(body),
            None => {}
        }
        self.output_pieces(limit);
    }

    /// Lowers one statement into the current block.
    pub(super) fn statement(&mut self, at: At) {
        let bytes = self.table.bytes(at);
        self.output_pieces(bytes.start);
        match self.table.kind(at) {
            Kind::ExpressionStatement => self.expression_statement(at, false),
            Kind::Echo => self.echoes(at),
            Kind::Return => {
                let value = self.table.first(at).map(|value| self.expr(value));
                self.push(StmtKind::Return(value), bytes);
            }
            Kind::If
            | Kind::While
            | Kind::Do
            | Kind::For
            | Kind::Foreach
            | Kind::Switch
            | Kind::Try
            | Kind::Compound
            | Kind::Function
            | Kind::Method
            | Kind::Class
            | Kind::Interface
            | Kind::Trait
            | Kind::Enum
                if !self.can_nest() =>
            {
                let unknown = self.unknown(at);
                self.push(StmtKind::Eval(unknown), bytes);
                self.skip_pieces(bytes.end);
            }
            Kind::If => self.if_statement(at),
            Kind::While => self.while_loop(at),
            Kind::Do => self.do_loop(at),
            Kind::For => self.for_loop(at),
            Kind::Foreach => self.foreach_loop(at),
            Kind::Switch => self.switch(at),
            Kind::Try => self.try_statement(at),
            Kind::Break => {
                let levels = self.levels(at);
                self.push(StmtKind::Break(levels), bytes);
            }
            Kind::Continue => self.continue_statement(at),
            Kind::Unset => {
                for place in self.table.children(at) {
                    let place = self.place(place);
                    self.push(StmtKind::Delete(place), bytes);
                }
            }
            Kind::Global => {
                for variable in self.table.children(at) {
                    self.make_global(name_of(self.text_of(variable)));
                }
            }
            Kind::StaticDeclaration => self.static_variables(at),
            Kind::Const => self.constants(at),
            Kind::Function | Kind::Method => self.function(at),
            Kind::Class | Kind::Interface | Kind::Trait | Kind::Enum => self.class_statement(at),
            Kind::Use => self.imports(at),
            Kind::Label => {
                let name = self.label(at);
                self.push(StmtKind::Label(name), bytes);
            }
            Kind::Goto => {
                let name = self.label(at);
                self.push(StmtKind::Goto(name), bytes);
            }
            Kind::Exit => {
                let value = self.table.first(at).map(|value| self.expr(value));
                let exit = self.add(Expr::Exit(value), at);
                self.push(StmtKind::Eval(exit), bytes);
            }
            // A body of several statements that stands alone: an arm of a broken `if`.
            Kind::Compound | Kind::ColonBlock | Kind::Error => self.statements(at),
            Kind::EmptyStatement
            | Kind::PhpTag
            | Kind::Text
            | Kind::TextInterpolation
            | Kind::NamespaceName
            | Kind::Name => {}
            _ => self.effect(at, bytes),
        }
    }

    fn can_nest(&mut self) -> bool {
        self.block_of(|_| {}).is_some()
    }

    fn expression_statement(&mut self, at: At, is_echo: bool) {
        let Some(value) = self.table.first(at) else { return };
        let bytes = self.table.bytes(at);
        self.output_pieces(bytes.start);
        if is_echo || self.is_echoed(bytes.start) {
            self.echo(value, bytes);
        } else {
            self.effect(value, bytes);
        }
    }

    /// An expression for its effects.
    pub(super) fn effect(&mut self, at: At, bytes: Bytes) {
        let at = self.table.inside(at);
        let kind = match self.table.kind(at) {
            Kind::Assignment | Kind::Augmented | Kind::Update => match self.assignment(at) {
                Some((place, value)) => StmtKind::Assign(place, value),
                None => return self.effect_unknown(at, bytes),
            },
            Kind::ReferenceAssignment => match self.reference_assignment(at) {
                Some((place, value)) => StmtKind::AssignReference(place, value),
                None => return self.effect_unknown(at, bytes),
            },
            Kind::Binary if let Some((left, right)) = self.spaced_arrow(at) => {
                let value = self.expr(right);
                StmtKind::Assign(self.place(left), value)
            }
            Kind::Print => match self.table.first(at) {
                Some(value) => return self.echo(value, bytes),
                None => return,
            },
            Kind::Throw => StmtKind::Raise(self.table.first(at).map(|value| self.expr(value))),
            // `a or b`: what it gives is not asked for.
            Kind::Binary => StmtKind::Eval(self.condition(at)),
            kind if is_value(kind) => StmtKind::Eval(self.expr(at)),
            _ => return self.effect_unknown(at, bytes),
        };
        self.push(kind, bytes);
    }

    fn effect_unknown(&mut self, at: At, bytes: Bytes) {
        let mut operands = Vec::new();
        self.gather(at, &mut operands);
        if !operands.is_empty() {
            let unknown = self.add(Expr::Unknown(operands.into()), at);
            self.push(StmtKind::Eval(unknown), bytes);
        }
    }

    fn echo(&mut self, value: At, bytes: Bytes) {
        let value = self.expr(value);
        self.push(StmtKind::Output(value), bytes);
    }

    fn echoes(&mut self, at: At) {
        let bytes = self.table.bytes(at);
        let values = self.sequence(at);
        let is_one = values.len() == 1;
        for value in values {
            let bytes = if is_one { bytes } else { self.table.bytes(value) };
            self.echo(value, bytes);
        }
    }

    /// The expressions below `at`, those of `a, b, c` one by one.
    pub(super) fn sequence(&self, at: At) -> Vec<At> {
        let mut values = Vec::new();
        let mut children = self.table.children(at);
        while let Some(child) = children.next() {
            match self.table.kind(child) {
                Kind::Sequence | Kind::Error => children.enter(child),
                _ => values.push(child),
            }
        }
        values
    }

    fn if_statement(&mut self, at: At) {
        let table = self.table;
        let statement = table.bytes(at);
        let mut arms: Vec<(ExprId, Block)> = Vec::new();
        let mut otherwise = Block::default();
        let mut head_end = statement.end;
        let mut rest = Some(at);
        while let Some(current) = rest.take() {
            let clauses: Vec<At> =
                table.children(current).filter(|at| matches!(table.kind(*at), Kind::ElseIf | Kind::Else)).collect();
            let limit = |index: usize| clauses.get(index).map_or(statement.end, |at| table.bytes(*at).start);
            let (test, body) = self.test_and_body(current);
            if arms.is_empty() {
                head_end = self.builder.body().bytes_of(test).end;
            }
            arms.push((test, self.block(body, limit(0))));
            for (index, clause) in clauses.iter().enumerate() {
                if table.kind(*clause) == Kind::ElseIf {
                    let (test, body) = self.test_and_body(*clause);
                    arms.push((test, self.block(body, limit(index + 1))));
                    continue;
                }
                let body = table.first(*clause);
                if body.is_some_and(|body| table.kind(body) == Kind::If) {
                    rest = body;
                } else {
                    otherwise = self.block(body, limit(index + 1));
                }
            }
        }
        self.push(StmtKind::If(arms, otherwise), head(statement, head_end));
    }

    /// The test of an `if`, `elseif` or `while`, and what stands behind it.
    pub(super) fn test_and_body(&mut self, at: At) -> (ExprId, Option<At>) {
        let table = self.table;
        let test = table.child(at, Kind::Parenthesized);
        let body = table.children(at).find(|child| {
            let kind = table.kind(*child);
            is_statement(kind) || kind == Kind::ColonBlock
        });
        let test = match test {
            Some(test) => self.condition(test),
            None => self.add(Expr::Unknown(Box::default()), at),
        };
        (test, body)
    }

    /// A block of its own.
    pub(super) fn block(&mut self, body: Option<At>, limit: u32) -> Block {
        self.block_of(|lowering| lowering.body(body, limit)).unwrap_or_default()
    }

    fn try_statement(&mut self, at: At) {
        let table = self.table;
        let statement = table.bytes(at);
        let body = table.child(at, Kind::Compound);
        let end = |body: Option<At>| body.map_or(0, |body| table.bytes(body).end);
        let mut lowered = Try {
            body: self.block(body, end(body)),
            handlers: Vec::new(),
            otherwise: Block::default(),
            last: Block::default(),
        };
        for clause in table.children(at) {
            let body = table.child(clause, Kind::Compound);
            match table.kind(clause) {
                Kind::Catch => {
                    let types = table.child(clause, Kind::TypeList).map_or_else(Vec::new, |types| {
                        table.children(types).map(|named| self.class_reference(named)).collect()
                    });
                    let variable = table.child(clause, Kind::VariableName).map(|variable| self.place(variable));
                    let block = self.block(body, end(body));
                    lowered.handlers.push((types, variable, block));
                }
                Kind::Finally => lowered.last = self.block(body, end(body)),
                _ => {}
            }
        }
        let head_end = body.map_or(statement.end, |body| table.bytes(body).start);
        self.push(StmtKind::Try(Box::new(lowered)), head(statement, head_end));
    }

    fn static_variables(&mut self, at: At) {
        let table = self.table;
        for variable in table.children(at).filter(|it| table.kind(*it) == Kind::StaticVariable) {
            let Some(name) = table.child(variable, Kind::VariableName) else { continue };
            let value = table.children(variable).find(|it| *it != name).map(|value| self.expr(value));
            let is_table = value
                .is_some_and(|value| matches!(self.builder.body().expr(value), Expr::Dict(items) if !items.is_empty()));
            let value = match value {
                // A table of constants.
                Some(value) if is_table => value,
                // It holds what an earlier call left in it.
                value => self.add(Expr::Unknown(value.into_iter().collect()), variable),
            };
            let place = self.place(name);
            self.push(StmtKind::Assign(place, value), table.bytes(variable));
        }
    }

    fn constants(&mut self, at: At) {
        let table = self.table;
        for element in table.children(at).filter(|it| table.kind(*it) == Kind::ConstElement) {
            let mut parts = table.children(element);
            let (Some(name), Some(value)) = (parts.next(), parts.next()) else { continue };
            let value = self.expr(value);
            let name = self.names.declared(NameKind::Constant, self.text_of(name), &mut self.builder);
            self.push(StmtKind::Assign(Place::Global(name), value), table.bytes(element));
        }
    }

    fn label(&mut self, at: At) -> Name {
        let name = self.table.child(at, Kind::Name).map_or("", |name| self.text_of(name));
        self.builder.name(name)
    }
}

/// The head of a compound statement that ends there.
pub(super) fn head(statement: Bytes, end: u32) -> Bytes {
    Bytes { start: statement.start, end: end.clamp(statement.start, statement.end) }
}

/// Whether a node is a statement.
pub(super) fn is_statement(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ExpressionStatement
            | Kind::Break
            | Kind::Class
            | Kind::Compound
            | Kind::Const
            | Kind::Continue
            | Kind::Declare
            | Kind::Do
            | Kind::Echo
            | Kind::EmptyStatement
            | Kind::Enum
            | Kind::Exit
            | Kind::For
            | Kind::Foreach
            | Kind::Function
            | Kind::Global
            | Kind::Goto
            | Kind::If
            | Kind::Interface
            | Kind::Label
            | Kind::Namespace
            | Kind::Return
            | Kind::StaticDeclaration
            | Kind::Switch
            | Kind::Trait
            | Kind::Try
            | Kind::Unset
            | Kind::Use
            | Kind::While
    )
}

/// Whether a node is an expression that can have effects or a value. Others stand alone only in broken places.
fn is_value(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::AnonymousFunction
            | Kind::Array
            | Kind::ArrowFunction
            | Kind::Cast
            | Kind::ClassConstantAccess
            | Kind::Clone
            | Kind::Conditional
            | Kind::DynamicVariable
            | Kind::EncapsedString
            | Kind::FunctionCall
            | Kind::Heredoc
            | Kind::Include
            | Kind::IncludeOnce
            | Kind::Match
            | Kind::MemberAccess
            | Kind::MemberCall
            | Kind::Name
            | Kind::New
            | Kind::NullsafeMemberAccess
            | Kind::NullsafeMemberCall
            | Kind::QualifiedName
            | Kind::Require
            | Kind::RequireOnce
            | Kind::ScopedCall
            | Kind::ScopedPropertyAccess
            | Kind::ShellCommand
            | Kind::Silence
            | Kind::Subscript
            | Kind::Unary
            | Kind::VariableName
            | Kind::Yield
    )
}
