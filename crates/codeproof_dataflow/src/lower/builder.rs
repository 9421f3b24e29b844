//! What every lowering needs: a module under construction, its names and bodies.

use std::hash::Hasher;

use codeproof_types::Language;
use rustc_hash::{FxHashMap, FxHasher};

use crate::ir::{Body, BodyId, BodyKind, Bytes, Expr, ExprId, Local, Module, Name};

/// A module under construction. Bodies are entered and left like the braces of the text; expressions go into the
/// innermost open one.
pub(super) struct Builder {
    module: Module,
    /// The name for each text's hash; a text whose hash is taken has one of the next free numbers.
    names: FxHashMap<u64, Name>,
    /// The open bodies, innermost last.
    open: Vec<Open>,
}

struct Open {
    id: BodyId,
    locals: FxHashMap<Name, Local>,
}

impl Builder {
    /// An empty module with its file's body open.
    pub(super) fn new(language: Language, bytes: Bytes) -> Self {
        let module = Module {
            language,
            bodies: Vec::new(),
            classes: Vec::new(),
            names: Vec::new(),
            imports: Vec::new(),
            namespace: Name(0),
        };
        let mut builder = Self { module, names: FxHashMap::default(), open: Vec::new() };
        let nameless = builder.name("");
        builder.enter(BodyKind::File, nameless, bytes);
        builder
    }

    /// The module; its file's body must be the only open one.
    pub(super) fn finish(mut self) -> Module {
        self.leave();
        debug_assert!(self.open.is_empty(), "every body that was entered is left");
        self.module
    }

    /// The number of a name.
    pub(super) fn name(&mut self, text: &str) -> Name {
        let mut hasher = FxHasher::default();
        hasher.write(text.as_bytes());
        let mut key = hasher.finish();
        while let Some(name) = self.names.get(&key) {
            if *self.module.names[name.index()] == *text {
                return *name;
            }
            key = key.wrapping_add(1);
        }
        let name = Name(u32::try_from(self.module.names.len()).unwrap_or(u32::MAX));
        self.module.names.push(text.into());
        self.names.insert(key, name);
        name
    }

    /// Opens a body inside the innermost open one.
    pub(super) fn enter(&mut self, kind: BodyKind, name: Name, bytes: Bytes) -> BodyId {
        let id = BodyId(u32::try_from(self.module.bodies.len()).unwrap_or(u32::MAX));
        self.module.bodies.push(Body {
            kind,
            name,
            class: None,
            parent: self.open.last().map(|open| open.id),
            is_static: false,
            is_class_method: false,
            is_generator: false,
            is_public: true,
            bytes,
            parameters: Vec::new(),
            locals: Vec::new(),
            decorators: Vec::new(),
            returns: None,
            code: Box::default(),
            exprs: Vec::new(),
            expr_bytes: Vec::new(),
            captures: Vec::new(),
        });
        self.open.push(Open { id, locals: FxHashMap::default() });
        id
    }

    /// Closes the innermost open body.
    pub(super) fn leave(&mut self) {
        self.open.pop();
    }

    /// The innermost open body.
    pub(super) fn body(&mut self) -> &mut Body {
        let id = self.id();
        &mut self.module.bodies[id.index()]
    }

    /// The number of the innermost open body.
    pub(super) fn id(&self) -> BodyId {
        self.open.last().expect("the file's body is open until the end").id
    }

    /// The local `name` of the innermost open body, made when it is new.
    pub(super) fn local(&mut self, name: Name) -> Local {
        self.local_of(self.id(), name)
    }

    /// The local that `name` means in the innermost open body, when there is one.
    pub(super) fn known_local(&self, name: Name) -> Option<Local> {
        self.open.last().and_then(|open| open.locals.get(&name)).copied()
    }

    /// A local of its own for a parameter, whatever its name means already.
    pub(super) fn fresh_local(&mut self, name: Name) -> Local {
        self.shadowing_local(name, name)
    }

    /// A variable that only a part of the body sees, such as a comprehension's: `name` means it until [`Self::forget`].
    /// In [`Body::locals`] it has a space behind its name, so that no statement finds it by its name.
    pub(super) fn scoped_local(&mut self, name: Name) -> Local {
        let mut spaced = self.module.name(name).to_owned();
        spaced.push(' ');
        let spaced = self.name(&spaced);
        self.shadowing_local(name, spaced)
    }

    fn shadowing_local(&mut self, name: Name, shown: Name) -> Local {
        let open = self.open.last_mut().expect("the file's body is open until the end");
        let locals = &mut self.module.bodies[open.id.index()].locals;
        locals.push(shown);
        let local = Local(u32::try_from(locals.len() - 1).unwrap_or(u32::MAX));
        open.locals.insert(name, local);
        local
    }

    /// Ends what [`Self::scoped_local`] began: `name` means what it meant before.
    pub(super) fn forget(&mut self, name: Name, before: Option<Local>) {
        let open = self.open.last_mut().expect("the file's body is open until the end");
        match before {
            Some(local) => open.locals.insert(name, local),
            None => open.locals.remove(&name),
        };
    }

    /// The local `name` of `body`, which is open, made when it is new.
    pub(super) fn local_of(&mut self, body: BodyId, name: Name) -> Local {
        let open = self.open.iter_mut().rfind(|open| open.id == body).expect("only open bodies are asked");
        let locals = &mut self.module.bodies[body.index()].locals;
        *open.locals.entry(name).or_insert_with(|| {
            locals.push(name);
            Local(u32::try_from(locals.len() - 1).unwrap_or(u32::MAX))
        })
    }

    /// The local that `name` means in `body`, which is open, when there is one.
    pub(super) fn known_local_of(&self, body: BodyId, name: Name) -> Option<Local> {
        self.open.iter().rfind(|open| open.id == body)?.locals.get(&name).copied()
    }

    /// Adds an expression to the innermost open body.
    pub(super) fn expr(&mut self, expr: Expr, bytes: Bytes) -> ExprId {
        let body = self.body();
        body.exprs.push(expr);
        body.expr_bytes.push(bytes);
        ExprId(u32::try_from(body.exprs.len() - 1).unwrap_or(u32::MAX))
    }

    /// The module so far.
    pub(super) fn module(&mut self) -> &mut Module {
        &mut self.module
    }
}
