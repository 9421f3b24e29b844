//! What names mean: a local of the body, a local of an enclosing function, an attribute of the class being defined, or a
//! name of the file.
//!
//! `x` in a function means the function's own `x` when it is bound anywhere in it, even later. So a name that is not
//! bound yet becomes [`Expr::Global`] and waits in [`Scope::waiting`] until the function ends; what is still not bound then
//! waits on in the enclosing function. Names of a class's body are seen by that body only, from where they are bound.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Lowering;
use crate::ir::{BodyId, BodyKind, Bytes, ClassId, Expr, ExprId, Local, Name, Place};

/// How deep classes may stand in each other for their names to be followed.
const CLASSES_MAX: usize = 4;

/// A function has about one expression for so many bytes: 17 in Django with its comments, fewer elsewhere.
const BYTES_FOR_EXPRESSION: usize = 24;

/// The names of one open body.
pub(super) struct Scope {
    body: BodyId,
    /// Expressions that stand for a name which was not bound when it was read, with the body they are in.
    waiting: Vec<(BodyId, ExprId, Name)>,
    /// What `global` (no target) and `nonlocal` declared.
    declared: FxHashMap<Name, Option<(BodyId, Local)>>,
    /// Variables of the comprehensions that are open, innermost last.
    comprehension: Vec<(Name, Option<Local>)>,
    /// The classes that are open in this body, innermost last.
    classes: Vec<ClassScope>,
}

/// The names of one open class.
pub(super) struct ClassScope {
    pub(super) class: ClassId,
    pub(super) name: Name,
    /// How deep in blocks its own statements stand.
    pub(super) blocks: usize,
    names: FxHashSet<Name>,
}

impl Scope {
    pub(super) fn new(body: BodyId) -> Self {
        Self {
            body,
            waiting: Vec::new(),
            declared: FxHashMap::default(),
            comprehension: Vec::new(),
            classes: Vec::new(),
        }
    }

    fn declaration(&self, name: Name) -> Option<Option<(BodyId, Local)>> {
        self.declared.get(&name).copied()
    }

    fn is_comprehension_variable(&self, name: Name) -> bool {
        self.comprehension.iter().any(|(variable, _)| *variable == name)
    }
}

impl Lowering<'_> {
    fn scope(&mut self) -> &mut Scope {
        self.scopes.last_mut().expect("the file's scope is open until the end")
    }

    /// The class whose body the cursor stands in, functions in it not counted.
    pub(super) fn open_class(&self) -> Option<&ClassScope> {
        self.scopes.last()?.classes.last()
    }

    /// Whether the innermost body is the file's.
    pub(super) fn is_file_scope(&self) -> bool {
        self.scopes.len() == 1
    }

    /// Opens the scope of a function whose body was just entered.
    pub(super) fn open_scope(&mut self) {
        let id = self.builder.id();
        self.scopes.push(Scope::new(id));
    }

    /// Ends the innermost scope: the names that wait in it are resolved or wait on outside.
    pub(super) fn close_scope(&mut self) {
        let Some(mut scope) = self.scopes.pop() else { return };
        for (body, expr, name) in std::mem::take(&mut scope.waiting) {
            match scope.declaration(name) {
                Some(None) => {}
                Some(Some((outer, local))) => self.resolve(body, expr, Expr::Outer(outer, local)),
                None => match self.builder.known_local(name) {
                    Some(local) if body == scope.body => self.resolve(body, expr, Expr::Local(local)),
                    // Functions reach the file's variables by name.
                    Some(_) if self.scopes.is_empty() => {}
                    Some(local) => self.resolve(body, expr, Expr::Outer(scope.body, local)),
                    None => self.wait_outside(body, expr, name),
                },
            }
        }
    }

    fn resolve(&mut self, body: BodyId, expr: ExprId, meaning: Expr) {
        self.builder.module().bodies[body.index()].exprs[expr.index()] = meaning;
    }

    /// Lets a name that the innermost function does not bind wait in the enclosing one, whose scope is the last now.
    fn wait_outside(&mut self, body: BodyId, expr: ExprId, name: Name) {
        let is_file = self.scopes.len() == 1;
        let Some(outside) = self.scopes.last_mut() else { return };
        // The variable of a comprehension will be forgotten when the function it stands in ends, and at file level it is
        // no name of the file.
        if outside.is_comprehension_variable(name)
            && let Some(local) = self.builder.known_local_of(outside.body, name)
        {
            let outer = outside.body;
            return self.resolve(body, expr, Expr::Outer(outer, local));
        }
        if !is_file {
            outside.waiting.push((body, expr, name));
        }
    }

    /// A name that is read.
    pub(super) fn load(&mut self, name: Name, bytes: Bytes) -> ExprId {
        let scope = self.scopes.last().expect("the file's scope is open until the end");
        let is_class_name = scope.classes.last().is_some_and(|class| class.names.contains(&name));
        if is_class_name && !scope.is_comprehension_variable(name) {
            let class = self.class_value(bytes);
            return self.add(Expr::Attribute(class, name), bytes);
        }
        match scope.declaration(name) {
            Some(None) => return self.add(Expr::Global(name), bytes),
            Some(Some((body, local))) => return self.add(Expr::Outer(body, local), bytes),
            None => {}
        }
        match self.builder.known_local(name) {
            Some(local) => self.add(Expr::Local(local), bytes),
            None => {
                let expr = self.add(Expr::Global(name), bytes);
                let scope = self.scope();
                scope.waiting.push((scope.body, expr, name));
                expr
            }
        }
    }

    /// Where a name that is bound goes.
    pub(super) fn bind(&mut self, name: Name, bytes: Bytes) -> Place {
        let scope = self.scope();
        if let Some(class) = scope.classes.last_mut() {
            class.names.insert(name);
            let class = self.class_value(bytes);
            return Place::Attribute(class, name);
        }
        match scope.declaration(name) {
            Some(None) => Place::Global(name),
            Some(Some((body, local))) => Place::Outer(body, local),
            None => Place::Local(self.builder.local(name)),
        }
    }

    /// Makes sure that a local of this name exists, for statements that bind it by its name.
    pub(super) fn bind_local(&mut self, name: Name) {
        if self.scope().declaration(name).is_none() {
            self.builder.local(name);
        }
    }

    /// Makes `name` one of the open class's own names.
    pub(super) fn bind_in_class(&mut self, name: Name) {
        if let Some(class) = self.scope().classes.last_mut() {
            class.names.insert(name);
        }
    }

    /// The class that is being defined.
    fn class_value(&mut self, bytes: Bytes) -> ExprId {
        let names: Vec<Name> = self.scope().classes.iter().map(|class| class.name).collect();
        if names.len() > CLASSES_MAX {
            return self.add(Expr::Unknown(Box::default()), bytes);
        }
        let outermost = match self.scope().declaration(names[0]) {
            None => Expr::Local(self.builder.local(names[0])),
            Some(None) => Expr::Global(names[0]),
            Some(Some((body, local))) => Expr::Outer(body, local),
        };
        let outermost = self.add(outermost, bytes);
        names[1..].iter().fold(outermost, |class, name| self.add(Expr::Attribute(class, *name), bytes))
    }

    pub(super) fn open_class_scope(&mut self, class: ClassId, name: Name) {
        let blocks = self.blocks;
        self.scope().classes.push(ClassScope { class, name, blocks, names: FxHashSet::default() });
    }

    pub(super) fn close_class_scope(&mut self) {
        self.scope().classes.pop();
    }

    /// `global` and, when the name stands in an enclosing function, `nonlocal`.
    pub(super) fn declare(&mut self, name: Name, is_nonlocal: bool) {
        let target = if is_nonlocal { self.enclosing_local(name) } else { None };
        if self.scopes.len() > 1 {
            self.scope().declared.insert(name, target);
        }
    }

    /// The local of an enclosing function that `nonlocal` means: the nearest that is bound already, else one in the
    /// nearest function, which will bind it later.
    fn enclosing_local(&mut self, name: Name) -> Option<(BodyId, Local)> {
        let enclosing = self.scopes.len().checked_sub(1)?;
        let functions = self.scopes.get(1..enclosing)?;
        for scope in functions.iter().rev() {
            if let Some(Some(target)) = scope.declaration(name) {
                return Some(target);
            }
            if let Some(local) = self.builder.known_local_of(scope.body, name) {
                return Some((scope.body, local));
            }
        }
        let nearest = functions.last()?.body;
        Some((nearest, self.builder.local_of(nearest, name)))
    }

    /// Begins the variables of a comprehension; [`Self::close_comprehension`] wants the result.
    pub(super) fn open_comprehension(&mut self) -> usize {
        self.scope().comprehension.len()
    }

    /// A variable of the innermost comprehension.
    pub(super) fn bind_in_comprehension(&mut self, name: Name) -> Place {
        let before = self.builder.known_local(name);
        self.scope().comprehension.push((name, before));
        Place::Local(self.builder.scoped_local(name))
    }

    pub(super) fn close_comprehension(&mut self, opened: usize) {
        while self.scope().comprehension.len() > opened
            && let Some((name, before)) = self.scope().comprehension.pop()
        {
            self.builder.forget(name, before);
        }
    }

    /// Opens a function, lambda or closure inside the innermost body.
    pub(super) fn open_body(&mut self, kind: BodyKind, name: Name, bytes: Bytes) -> BodyId {
        let id = self.builder.enter(kind, name, bytes);
        let body = self.builder.body();
        let expected = ((bytes.end - bytes.start) as usize / BYTES_FOR_EXPRESSION).min(1_000);
        body.exprs.reserve(expected);
        body.expr_bytes.reserve(expected);
        self.open_scope();
        id
    }

    pub(super) fn close_body(&mut self) {
        self.close_scope();
        self.builder.leave();
    }
}
