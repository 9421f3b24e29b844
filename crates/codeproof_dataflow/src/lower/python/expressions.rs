//! Expressions: names, members, calls, closures; the rest by kind in the modules beside.

use super::kinds::Kind;
use super::{LEVELS_MAX, Lowering, bytes_of};
use crate::ir::{Argument, BodyKind, Bytes, Constant, Expr, ExprId, Stmt, StmtKind, UnaryOp};

impl Lowering<'_> {
    /// The expression at the cursor.
    pub(super) fn expr(&mut self) -> ExprId {
        let node = self.node();
        let (kind, bytes) = (self.kind_of(node), bytes_of(node));
        if self.levels >= LEVELS_MAX {
            return self.unknown(bytes);
        }
        self.levels += 1;
        let expr = self.expr_of(kind, bytes);
        self.levels -= 1;
        expr
    }

    fn expr_of(&mut self, kind: Kind, bytes: Bytes) -> ExprId {
        let expr = match kind {
            Kind::Identifier if bytes.start < bytes.end => {
                let name = self.name();
                return self.load(name, bytes);
            }
            Kind::Attribute => self.attribute(),
            Kind::Call => self.call(bytes),
            Kind::String | Kind::ConcatenatedString => return self.string(bytes),
            Kind::Integer => self.integer(),
            Kind::Float => self.float(),
            Kind::True => Expr::Constant(Constant::Bool(true)),
            Kind::False => Expr::Constant(Constant::Bool(false)),
            Kind::None => Expr::Constant(Constant::None),
            Kind::Subscript => self.subscript(),
            Kind::BinaryOperator | Kind::BooleanOperator => return self.chain(kind, bytes),
            Kind::ComparisonOperator => return self.comparison(bytes),
            Kind::NotOperator => self.operand(UnaryOp::Not),
            Kind::UnaryOperator => self.unary(),
            Kind::ConditionalExpression => self.conditional(),
            Kind::ParenthesizedExpression | Kind::Type => return self.inner(bytes),
            Kind::ExpressionList | Kind::Tuple | Kind::PatternList | Kind::TuplePattern => Expr::Tuple(self.parts()),
            Kind::List | Kind::ListPattern => Expr::List(self.parts()),
            Kind::Set => Expr::Set(self.parts()),
            Kind::Dictionary => self.dictionary(),
            Kind::ListComprehension
            | Kind::SetComprehension
            | Kind::DictionaryComprehension
            | Kind::GeneratorExpression => self.comprehension(kind),
            Kind::ListSplat | Kind::DictionarySplat | Kind::ListSplatPattern => self.with_part(Expr::Spread),
            Kind::Lambda => self.lambda(bytes),
            Kind::NamedExpression => self.named(),
            Kind::Await => self.with_part(Expr::Await),
            Kind::Yield => self.yielded(),
            // `x as y` outside of `with` and `except` is an error; its value is `x`.
            Kind::AsPattern | Kind::AsPatternTarget => return self.inner(bytes),
            Kind::DottedName => return self.dotted(bytes),
            Kind::GenericType | Kind::UnionType | Kind::ConstrainedType | Kind::MemberType | Kind::SplatType => {
                return self.annotation_of(kind, bytes);
            }
            _ => return self.unknown(bytes),
        };
        self.add(expr, bytes)
    }

    /// What the node's first part becomes, for nodes that are only brackets.
    pub(super) fn inner(&mut self, bytes: Bytes) -> ExprId {
        let inner = self.at_first_part(|lowering, _| lowering.expr());
        inner.unwrap_or_else(|| self.nothing(bytes))
    }

    /// An expression of which nothing is known.
    pub(super) fn nothing(&mut self, bytes: Bytes) -> ExprId {
        self.add(Expr::Unknown(Box::default()), bytes)
    }

    /// An expression made of the node's first part.
    fn with_part(&mut self, make: impl FnOnce(ExprId) -> Expr) -> Expr {
        match self.at_first_part(|lowering, _| lowering.expr()) {
            Some(part) => make(part),
            None => Expr::Unknown(Box::default()),
        }
    }

    pub(super) fn operand(&mut self, operator: UnaryOp) -> Expr {
        self.with_part(|operand| Expr::Unary(operator, operand))
    }

    fn attribute(&mut self) -> Expr {
        let (mut object, mut name) = (None, None);
        self.each_child(|lowering, kind| {
            if kind == Kind::Identifier && object.is_some() {
                name = Some(lowering.name());
            } else if !kind.is_token() && object.is_none() {
                object = Some(lowering.expr());
            }
        });
        match (object, name) {
            (Some(object), Some(name)) => Expr::Attribute(object, name),
            (object, _) => Expr::Unknown(object.into_iter().collect()),
        }
    }

    fn call(&mut self, bytes: Bytes) -> Expr {
        let mut callee = None;
        let mut is_spread = false;
        let start = self.arguments.len();
        self.each_child(|lowering, kind| match kind {
            Kind::ArgumentList => lowering.gather_arguments(),
            _ if kind.is_token() => {}
            // Behind `print` the grammar takes `*f()` for a call of `*f`.
            Kind::ListSplat if callee.is_none() => {
                is_spread = true;
                lowering.levels += 1;
                callee = lowering.at_first_part(|lowering, _| lowering.expr());
            }
            _ if callee.is_none() => callee = Some(lowering.expr()),
            _ => lowering.gather_argument(kind),
        });
        self.levels -= usize::from(is_spread);
        let arguments: Box<[Argument]> = self.arguments[start..].into();
        self.arguments.truncate(start);
        let Some(callee) = callee else {
            return Expr::Unknown(arguments.iter().map(|argument| argument.value).collect());
        };
        match Expr::Call(callee, arguments) {
            call if is_spread => Expr::Spread(self.add(call, bytes)),
            call => call,
        }
    }

    /// The arguments in the parentheses at the cursor.
    fn gather_arguments(&mut self) {
        self.each_child(|lowering, kind| match kind {
            _ if kind.is_token() => {}
            Kind::KeywordArgument => {
                let argument = lowering.keyword_argument();
                lowering.arguments.extend(argument);
            }
            _ => lowering.gather_argument(kind),
        });
    }

    fn gather_argument(&mut self, kind: Kind) {
        let value = self.expr();
        self.arguments.push(Argument { name: None, value, is_mapping: kind == Kind::DictionarySplat });
    }

    fn keyword_argument(&mut self) -> Option<Argument> {
        let (mut name, mut value) = (None, None);
        self.each_child(|lowering, kind| match kind {
            _ if kind.is_token() => {}
            Kind::Identifier if name.is_none() => name = Some(lowering.name()),
            _ => value = Some(lowering.expr()),
        });
        value.map(|value| Argument { name, value, is_mapping: false })
    }

    fn subscript(&mut self) -> Expr {
        let mut object = None;
        let mut indices = Vec::new();
        let mut slice = None;
        let mut is_tuple = false;
        self.each_child(|lowering, kind| match kind {
            Kind::Comma => is_tuple = true,
            _ if kind.is_token() => {}
            _ if object.is_none() => object = Some(lowering.expr()),
            Kind::Slice if indices.is_empty() => {
                let (start, stop) = lowering.slice();
                slice = Some((start, stop));
                indices.push((lowering.bytes(), None));
            }
            _ => indices.push((lowering.bytes(), Some(lowering.expr()))),
        });
        let Some(object) = object else { return Expr::Unknown(Box::default()) };
        if let (Some((start, stop)), false) = (slice, is_tuple) {
            return Expr::Slice(object, start, stop);
        }
        let mut parts = Vec::with_capacity(indices.len());
        for (bytes, part) in &indices {
            parts.push(part.unwrap_or_else(|| self.slice_value(slice, *bytes)));
        }
        match (parts.as_slice(), indices.first(), indices.last()) {
            ([index], ..) if !is_tuple => Expr::Index(object, *index),
            (_, Some(first), Some(last)) => {
                let bytes = Bytes { start: first.0.start, end: last.0.end };
                let index = self.add(Expr::Tuple(parts.into()), bytes);
                Expr::Index(object, index)
            }
            _ => Expr::Unknown([object].into()),
        }
    }

    /// The bounds of the slice at the cursor.
    pub(super) fn slice(&mut self) -> (Option<ExprId>, Option<ExprId>) {
        let mut bounds = [None; 3];
        let mut at = 0;
        self.each_child(|lowering, kind| match kind {
            Kind::Colon => at += 1,
            _ if kind.is_token() => {}
            _ => {
                let bound = lowering.expr();
                if let Some(place) = bounds.get_mut(at) {
                    *place = Some(bound);
                }
            }
        });
        let [start, stop, step] = bounds;
        if step.is_none() {
            return (start, stop);
        }
        // With a step, the bounds alone do not say what is taken.
        let operands = bounds.into_iter().flatten().collect();
        let bytes = self.bytes();
        let bound = Some(self.add(Expr::Unknown(operands), bytes));
        (bound, bound)
    }

    /// A slice as a value, among the indices of several dimensions.
    fn slice_value(&mut self, slice: Option<(Option<ExprId>, Option<ExprId>)>, bytes: Bytes) -> ExprId {
        let (start, stop) = slice.unwrap_or_default();
        self.add(Expr::Unknown(start.into_iter().chain(stop).collect()), bytes)
    }

    fn conditional(&mut self) -> Expr {
        let parts = self.parts();
        match *parts {
            [value, test, otherwise] => Expr::Conditional(test, value, otherwise),
            _ => Expr::Unknown(parts),
        }
    }

    fn lambda(&mut self, bytes: Bytes) -> Expr {
        let mut parameters = Vec::new();
        let mut body = None;
        self.each_child(|lowering, kind| match kind {
            Kind::LambdaParameters => parameters = lowering.parameters(),
            _ if kind.is_token() => {}
            _ => {
                let nameless = lowering.builder.name("");
                let id = lowering.open_body(BodyKind::Closure, nameless, bytes);
                let mut code = lowering.place_parameters(std::mem::take(&mut parameters));
                lowering.builder.body().is_public = false;
                let value = lowering.expr();
                code.push(Stmt { bytes: lowering.bytes(), kind: StmtKind::Return(Some(value)) });
                lowering.builder.body().code = code.into();
                lowering.close_body();
                body = Some(id);
            }
        });
        match body {
            Some(body) => Expr::Closure(body),
            None => Expr::Unknown(Box::default()),
        }
    }

    fn named(&mut self) -> Expr {
        let mut name = None;
        let mut value = None;
        self.each_child(|lowering, kind| match kind {
            Kind::Identifier if name.is_none() => name = Some((lowering.name(), lowering.bytes())),
            _ if kind.is_token() => {}
            _ => value = Some(lowering.expr()),
        });
        match (name, value) {
            (Some((name, bytes)), Some(value)) => Expr::Assign(Box::new(self.bind(name, bytes)), value),
            (_, value) => Expr::Unknown(value.into_iter().collect()),
        }
    }

    fn yielded(&mut self) -> Expr {
        self.builder.body().is_generator = true;
        let bytes = self.bytes();
        let mut is_from = false;
        let mut value = None;
        self.each_child(|lowering, kind| match kind {
            Kind::From => is_from = true,
            _ if kind.is_token() => {}
            _ => value = Some(lowering.expr_below(usize::from(is_from))),
        });
        match value {
            Some(items) if is_from => Expr::Yield(Some(self.add(Expr::Spread(items), bytes))),
            value => Expr::Yield(value),
        }
    }

    /// The expression at the cursor, which will stand that many levels deeper than its nesting says.
    pub(super) fn expr_below(&mut self, levels: usize) -> ExprId {
        self.levels += levels;
        let expr = self.expr();
        self.levels -= levels;
        expr
    }

    /// `a.b.c` where the grammar has a name of names.
    pub(super) fn dotted(&mut self, bytes: Bytes) -> ExprId {
        let mut value: Option<ExprId> = None;
        let mut depth = 0;
        self.each_child(|lowering, kind| {
            if kind == Kind::Identifier && depth < LEVELS_MAX - lowering.levels.min(LEVELS_MAX) {
                depth += 1;
                let (name, at) = (lowering.name(), lowering.bytes());
                value = Some(match value {
                    None => lowering.load(name, at),
                    Some(object) => {
                        lowering.add(Expr::Attribute(object, name), Bytes { start: bytes.start, end: at.end })
                    }
                });
            }
        });
        value.unwrap_or_else(|| self.nothing(bytes))
    }
}
