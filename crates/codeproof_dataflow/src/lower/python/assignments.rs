//! Assignments: to one target or several, in place, and to fields of a class.

use super::Lowering;
use super::kinds::Kind;
use super::operators::binary_operator;
use crate::ir::{BinaryOp, Bytes, ClassId, Expr, ExprId, Name, Place, Stmt, StmtKind};

impl Lowering<'_> {
    /// `a = value`, `a = b = value`, `a: T = value`.
    pub(super) fn assignment(&mut self, bytes: Bytes, statements: &mut Vec<Stmt>) {
        if let Some(class) = self.class_of_fields() {
            return self.field_assignment(class, bytes, statements);
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
            (Some(first), _) if is_chain => self.chained(first, bytes, statements),
            (Some(place), Some(value)) => statements.push(StmtKind::Assign(place, value).over(bytes)),
            // `x: int`, which made `x` a local.
            _ => {}
        }
    }

    /// Goes down the right sides from the assignment at the cursor: the value, and how many assignments it is given by.
    /// Leaves the cursor at the innermost.
    fn goto_innermost(&mut self) -> (Option<ExprId>, usize) {
        let mut assignments = 1;
        while self.goto_right() {
            if self.kind() != Kind::Assignment {
                let value = self.expr();
                self.cursor.goto_parent();
                return (Some(value), assignments);
            }
            assignments += 1;
        }
        (None, assignments)
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

    /// Gives one value to several targets, the first of which is lowered already. The value is made once: a variable
    /// among the targets, or one without a name, hands it to the others.
    fn chained(&mut self, first: Place, bytes: Bytes, statements: &mut Vec<Stmt>) {
        let (value, assignments) = self.goto_innermost();
        let mut places = Vec::with_capacity(assignments);
        for _ in 1..assignments {
            places.push(self.target());
            self.cursor.goto_parent();
        }
        places.push(first);
        let Some(value) = value else { return };
        let is_variable = |place: &Place| matches!(place, Place::Local(_) | Place::Outer(..) | Place::Global(_));
        let variable = match places.iter().position(is_variable) {
            Some(at) => places.remove(at),
            None => {
                let nameless = self.builder.name("");
                Place::Local(self.builder.local(nameless))
            }
        };
        let mut others = Vec::with_capacity(places.len());
        for place in places {
            let value = self.read_of(&variable, bytes);
            others.push(StmtKind::Assign(place, value).over(bytes));
        }
        statements.push(StmtKind::Assign(variable, value).over(bytes));
        statements.extend(others);
    }

    fn target(&mut self) -> Place {
        self.at_first_part(|lowering, _| lowering.place()).unwrap_or(Place::Unknown)
    }

    /// An assignment among a class's own statements: names become fields. The value is lowered first, because in
    /// `id = id` it names what was there before.
    fn field_assignment(&mut self, class: ClassId, bytes: Bytes, statements: &mut Vec<Stmt>) {
        let (value, assignments) = self.goto_innermost();
        for number in 1..=assignments {
            match (self.target_name(), value) {
                (Some(name), _) => {
                    let declared = self.declared_type();
                    self.add_field(class, name, value, declared);
                }
                (None, Some(value)) => {
                    let place = self.target();
                    statements.push(StmtKind::Assign(place, value).over(bytes));
                }
                (None, None) => {}
            }
            if number < assignments {
                self.cursor.goto_parent();
            }
        }
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

    /// `a += b` is `a = a + b`.
    pub(super) fn augmented_assignment(&mut self, bytes: Bytes, statements: &mut Vec<Stmt>) {
        let class = self.class_of_fields();
        let mut read = None;
        let mut place = Place::Unknown;
        let mut field = None;
        let mut operator = None;
        let mut right = None;
        self.each_child(|lowering, kind| match kind {
            Kind::Identifier if read.is_none() => {
                let (name, at) = (lowering.name(), lowering.bytes());
                match class {
                    Some(class) => field = Some((class, name)),
                    None => place = lowering.bind(name, at),
                }
                read = Some(lowering.load(name, at));
            }
            _ if kind.is_token() => operator = binary_operator(kind).or(operator),
            _ if read.is_none() => {
                let value = lowering.expr_below(1);
                place = lowering.place_read_by(value);
                read = Some(value);
            }
            _ => right = Some(lowering.expr_below(1)),
        });
        let (Some(read), Some(right)) = (read, right) else { return };
        let value = match operator {
            Some(BinaryOp::Add) => Expr::Chain(BinaryOp::Add, [read, right].into()),
            Some(operator) => Expr::Binary(operator, read, right),
            None => Expr::Unknown([read, right].into()),
        };
        let value = self.add(value, bytes);
        match field {
            Some((class, name)) => self.add_field(class, name, Some(value), None),
            None => statements.push(StmtKind::Assign(place, value).over(bytes)),
        }
    }
}
