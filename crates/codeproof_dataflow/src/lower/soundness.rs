//! What must hold of every module, whatever text it came from: for tests.

use crate::ir::{
    Block, Body, BodyId, Bytes, DEPTH_MAX, Expr, ExprId, Local, Module, Pattern, Place, StmtKind, Switch, Try,
};

/// Checks that numbers lead to things, trees are not too deep, bytes are in the text, and parameter `n` is local `n`.
pub(super) fn check(module: &Module, text: &str) {
    for body in &module.bodies {
        let parent = body.parent.map_or(body, |parent| module.body(parent));
        let mut checker = Checker { module, body, text, heights: vec![None; body.exprs.len()] };
        assert_eq!(body.exprs.len(), body.expr_bytes.len());
        body.expr_bytes.iter().chain([&body.bytes]).for_each(|bytes| checker.bytes(*bytes));
        for (number, parameter) in body.parameters.iter().enumerate() {
            assert_eq!(body.locals[number], parameter.name);
        }
        (0..body.exprs.len()).for_each(|number| {
            let id = ExprId(u32::try_from(number).unwrap());
            assert!(checker.height(id, 0) <= DEPTH_MAX, "an expression is too deep");
        });
        checker.block(&body.code, 1);
        let mut outside = Checker { module, body: parent, text, heights: vec![None; parent.exprs.len()] };
        let types = body.parameters.iter().flat_map(|parameter| [parameter.default, parameter.declared_type]);
        body.decorators.iter().copied().map(Some).chain(types).chain([body.returns]).flatten().for_each(|expr| {
            outside.height(expr, 0);
        });
    }
    for class in &module.classes {
        let body = module.body(class.parent);
        let mut checker = Checker { module, body, text, heights: vec![None; body.exprs.len()] };
        let fields = class.fields.iter().flat_map(|(_, value, declared)| [*value, *declared]).flatten();
        class.bases.iter().chain(&class.decorators).copied().chain(fields).for_each(|expr| {
            checker.height(expr, 0);
        });
        assert!(class.methods.iter().all(|(_, body)| body.index() < module.bodies.len()));
        assert!(class.classes.iter().all(|(_, class)| class.index() < module.classes.len()));
    }
}

struct Checker<'m> {
    module: &'m Module,
    body: &'m Body,
    text: &'m str,
    heights: Vec<Option<usize>>,
}

impl Checker<'_> {
    fn bytes(&self, bytes: Bytes) {
        assert!(self.text.get(bytes.start as usize..bytes.end as usize).is_some(), "{bytes:?} are not in the text");
    }

    fn local(&self, local: Local) {
        assert!(local.index() < self.body.locals.len(), "no local {local:?}");
    }

    fn outer(&self, body: BodyId, local: Local) {
        assert!(local.index() < self.module.body(body).locals.len(), "no local {local:?} in {body:?}");
    }

    /// How many levels `id` and what is in it have.
    fn height(&mut self, id: ExprId, above: usize) -> usize {
        assert!(above <= DEPTH_MAX, "an expression is too deep");
        if let Some(height) = self.heights[id.index()] {
            return height;
        }
        let parts = self.parts(self.body.expr(id));
        let height = 1 + parts.into_iter().map(|part| self.height(part, above + 1)).max().unwrap_or(0);
        self.heights[id.index()] = Some(height);
        height
    }

    fn parts(&self, expr: &Expr) -> Vec<ExprId> {
        match expr {
            Expr::Constant(_) => Vec::new(),
            Expr::Local(local) => {
                self.local(*local);
                Vec::new()
            }
            Expr::Outer(body, local) => {
                self.outer(*body, *local);
                Vec::new()
            }
            Expr::Global(name) => {
                assert!(name.index() < self.module.names.len());
                Vec::new()
            }
            Expr::Closure(body) => {
                assert!(body.index() < self.module.bodies.len());
                Vec::new()
            }
            Expr::Unknown(parts)
            | Expr::Text(parts)
            | Expr::Chain(_, parts)
            | Expr::And(parts)
            | Expr::Or(parts)
            | Expr::List(parts)
            | Expr::Tuple(parts)
            | Expr::Set(parts)
            | Expr::IsSet(parts) => parts.to_vec(),
            Expr::Attribute(part, _)
            | Expr::Unary(_, part)
            | Expr::Spread(part)
            | Expr::Reference(part)
            | Expr::Cast(_, part)
            | Expr::Include(part)
            | Expr::Command(part)
            | Expr::IsEmpty(part)
            | Expr::Await(part)
            | Expr::Raise(part)
            | Expr::Output(part) => vec![*part],
            Expr::DynamicAttribute(one, other)
            | Expr::Index(one, other)
            | Expr::Binary(_, one, other)
            | Expr::Compare(_, one, other)
            | Expr::Coalesce(one, other) => vec![*one, *other],
            Expr::Slice(object, start, stop) => [Some(*object), *start, *stop].into_iter().flatten().collect(),
            Expr::Call(callee, arguments) | Expr::New(callee, arguments) => {
                [*callee].into_iter().chain(arguments.iter().map(|argument| argument.value)).collect()
            }
            Expr::Conditional(test, value, otherwise) => vec![*test, *value, *otherwise],
            Expr::Dict(pairs) => pairs.iter().flat_map(|(key, value)| [*key, Some(*value)]).flatten().collect(),
            Expr::Comprehension(comprehension) => {
                let mut parts: Vec<ExprId> = comprehension.key.into_iter().chain([comprehension.element]).collect();
                for (place, items, tests) in &comprehension.clauses {
                    self.place(place, &mut parts);
                    parts.push(*items);
                    parts.extend(tests);
                }
                parts
            }
            Expr::Assign(place, value) => {
                let mut parts = vec![*value];
                self.place(place, &mut parts);
                parts
            }
            Expr::Match(subject, arms) => {
                let arms = arms.iter().flat_map(|(patterns, value)| patterns.iter().chain([value]));
                [subject].into_iter().chain(arms).copied().collect()
            }
            Expr::Exit(part) | Expr::Yield(part) => part.iter().copied().collect(),
        }
    }

    fn place(&self, place: &Place, parts: &mut Vec<ExprId>) {
        match place {
            Place::Local(local) => self.local(*local),
            Place::Outer(body, local) => self.outer(*body, *local),
            Place::Attribute(part, _) | Place::Slice(part) => parts.push(*part),
            Place::Index(object, index) => parts.extend([Some(*object), *index].into_iter().flatten()),
            Place::Destructure(items) => {
                for item in items {
                    parts.extend(item.key);
                    item.place.iter().for_each(|place| self.place(place, parts));
                }
            }
            Place::Global(_) | Place::Unknown => {}
        }
    }

    fn block(&mut self, block: &Block, depth: usize) {
        assert!(depth <= DEPTH_MAX, "a block is too deep");
        for statement in block {
            self.bytes(statement.bytes);
            let mut exprs = Vec::new();
            self.statement(&statement.kind, depth + 1, &mut exprs);
            exprs.into_iter().for_each(|expr| {
                self.height(expr, 0);
            });
        }
    }

    fn statement(&mut self, kind: &StmtKind, depth: usize, exprs: &mut Vec<ExprId>) {
        match kind {
            StmtKind::Assign(place, value) | StmtKind::AssignReference(place, value) => {
                self.place(place, exprs);
                exprs.push(*value);
            }
            StmtKind::Declare(local, _, length) => {
                self.local(*local);
                exprs.extend(length);
            }
            StmtKind::Eval(value) | StmtKind::Output(value) | StmtKind::Assert(value) => exprs.push(*value),
            StmtKind::Return(value) | StmtKind::Raise(value) => exprs.extend(value),
            StmtKind::If(branches, otherwise) => {
                for (test, block) in branches {
                    exprs.push(*test);
                    self.block(block, depth);
                }
                self.block(otherwise, depth);
            }
            StmtKind::Loop(looped) => {
                if let Some(each) = &looped.each {
                    exprs.push(each.items);
                    each.key.iter().chain([&each.value]).for_each(|place| self.place(place, exprs));
                }
                exprs.extend(looped.test);
                for block in [&looped.first, &looped.step, &looped.body, &looped.otherwise] {
                    self.block(block, depth);
                }
            }
            StmtKind::Switch(switch) => self.switch(switch, depth, exprs),
            StmtKind::Try(attempt) => self.attempt(attempt, depth, exprs),
            StmtKind::With(items, block) => {
                for (manager, place) in items {
                    exprs.push(*manager);
                    place.iter().for_each(|place| self.place(place, exprs));
                }
                self.block(block, depth);
            }
            StmtKind::Delete(place) => self.place(place, exprs),
            StmtKind::Function(body) => assert!(body.index() < self.module.bodies.len()),
            StmtKind::Class(class) => assert!(class.index() < self.module.classes.len()),
            StmtKind::Import(number) => assert!((*number as usize) < self.module.imports.len()),
            StmtKind::Break(_) | StmtKind::Continue(_) | StmtKind::Label(_) | StmtKind::Goto(_) => {}
        }
    }

    fn switch(&mut self, switch: &Switch, depth: usize, exprs: &mut Vec<ExprId>) {
        exprs.push(switch.subject);
        for case in &switch.cases {
            exprs.extend(case.guard);
            for pattern in &case.patterns {
                match pattern {
                    Pattern::Equal(value) => exprs.push(*value),
                    Pattern::Any(place) => place.iter().for_each(|place| self.place(place, exprs)),
                    Pattern::Structure(places) => places.iter().for_each(|place| self.place(place, exprs)),
                }
            }
            self.block(&case.body, depth);
        }
    }

    fn attempt(&mut self, attempt: &Try, depth: usize, exprs: &mut Vec<ExprId>) {
        for (types, place, block) in &attempt.handlers {
            exprs.extend(types);
            place.iter().for_each(|place| self.place(place, exprs));
            self.block(block, depth);
        }
        for block in [&attempt.body, &attempt.otherwise, &attempt.last] {
            self.block(block, depth);
        }
    }
}
