//! Reading and writing variables, members and items.

use super::places::place_key;
use super::{Frame, State, Walker};
use crate::ir::{Constant, Expr, ExprId, Local};
use crate::names::Sym;
use crate::program::Store;
use crate::specs::NodeId;
use crate::value::{CellKind, ClassRef, Key, Kind, Value};

impl<'p> Walker<'p> {
    pub(super) fn local(&mut self, frame: &Frame<'p>, state: &State, local: Local) -> Value {
        let value = state.local(local);
        // What templates have beyond what they are given (`request`).
        if !self.program.is_php() && value == Value::unknown() && self.program.templates.has(frame.at.file) {
            let node = self.program.page_variables.get(&frame.file.sym(frame.body.locals[local.index()]));
            return node.map_or(value, |node| Value::of(Kind::Node(*node)));
        }
        // A variable of the file that is read before this walk set it (PHP includes, `__name__`).
        if self.program.is_php() && value == Value::unknown() {
            let sym = frame.file.sym(frame.body.locals[local.index()]);
            if sym == self.program.known.this {
                return frame.this.clone();
            }
            // `$wpdb` in a page stands for the variable that the surroundings set.
            if frame.body.kind == crate::ir::BodyKind::File
                && let Some(node) = self.program.page_variables.get(&sym)
            {
                return Value::of(Kind::Node(*node));
            }
        }
        value
    }

    /// A name that is no variable of the body.
    pub(super) fn global(&mut self, frame: &mut Frame<'p>, state: &mut State, sym: Sym, expr: ExprId) -> Value {
        if self.program.is_php() {
            return self.php_global(frame, state, sym, expr);
        }
        if let Some(value) = self.program.static_name(frame.at.file, sym) {
            let value = self.file_variable(state, frame.at.file, sym, value);
            return self.read(frame, state, value, expr);
        }
        match self.program.specs.top(sym) {
            Some(node) => self.read_node(frame, state, node, expr),
            // Perhaps a variable that only functions set.
            None => self.file_variable(state, frame.at.file, sym, Value::unknown()),
        }
    }

    /// A variable of a file, as a function that runs later sees it.
    fn file_variable(&mut self, state: &mut State, file: u32, sym: Sym, value: Value) -> Value {
        let store = Store::Global(file, sym);
        if let Some(stored) = self.world.stores.get(&store) {
            return stored.join(&state.thawed(&value));
        }
        if matches!(value.kind(), Kind::Function(..) | Kind::Class(_) | Kind::Module(_) | Kind::Node(_)) {
            return value;
        }
        self.asked.insert(store);
        match value.kind() {
            // Flags are set from outside.
            Kind::Constants(constants)
                if constants.iter().all(|one| matches!(one, Constant::Bool(_) | Constant::None)) =>
            {
                Value::unknown()
            }
            Kind::Tree(_) => self.shared(state, &value),
            _ => value,
        }
    }

    /// A variable of a module, when it has one.
    pub(super) fn variable_of(&mut self, state: &mut State, module: &Value, name: Sym) -> Value {
        let Kind::Module(number) = module.kind() else { return Value::unknown() };
        let found =
            self.program.modules.file(*number).and_then(|file| Some((file, self.program.static_name(file, name)?)));
        match found {
            Some((file, value)) => self.file_variable(state, file, name, value),
            None => Value::unknown(),
        }
    }

    /// A thing that others may change between two looks at it: what is in it may be more than is known.
    pub(super) fn shared(&mut self, state: &mut State, value: &Value) -> Value {
        let thawed = state.thawed(value);
        if let Kind::Cell(id) = thawed.kind()
            && state.cell(*id).is_some_and(|cell| matches!(cell.kind, CellKind::Dict | CellKind::Object(_)))
        {
            state.change(*id, |cell| cell.is_exact = false);
        }
        thawed
    }

    fn php_global(&mut self, frame: &mut Frame<'p>, state: &mut State, sym: Sym, expr: ExprId) -> Value {
        let text = self.program.text(sym);
        match text {
            "self" | "static" => return frame.class.map_or_else(Value::unknown, |class| Value::of(Kind::Class(class))),
            "parent" => {
                let bases = frame.class.map(|class| self.program.bases(class)).unwrap_or_default();
                return bases.into_iter().next().unwrap_or_default();
            }
            _ => {}
        }
        if text.starts_with('$') {
            if let Some(node) = self.program.specs.top(sym) {
                return self.read_node(frame, state, node, expr);
            }
            let store = Store::Global(u32::MAX, sym);
            if let Some(stored) = self.world.stores.get(&store) {
                return stored.clone();
            }
            self.asked.insert(store);
            return Value::unknown();
        }
        if let Some(value) = super::php::constant(text, frame.file.path.as_str()) {
            return value;
        }
        if let Some(class) = self.program.class_named(frame.at.file, sym) {
            return Value::of(Kind::Class(class));
        }
        match self.program.specs.top(sym) {
            Some(node) => self.read_node(frame, state, node, expr),
            None => Value::unknown(),
        }
    }

    /// A member of a value.
    pub(super) fn member(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        object: &Value,
        name: Sym,
        expr: ExprId,
    ) -> Value {
        if state.has_places()
            && let Some(key) = place_key(frame, expr)
            && let Some(value) = state.place(&key)
        {
            return value.clone();
        }
        let labels = object.labels();
        match object.kind() {
            Kind::Node(node) => match self.program.specs.child(*node, name) {
                Some(child) => {
                    let labels = labels.to_vec();
                    self.read_member(frame, state, child, &labels, expr)
                }
                None => Value::tainted(labels.to_vec()),
            },
            Kind::Module(module) => {
                if let Some(file) = self.program.modules.file(*module)
                    && let Some(value) = self.program.static_name(file, name)
                {
                    let value = self.file_variable(state, file, name, value);
                    return self.read(frame, state, value, expr);
                }
                match self.program.static_member(object, name) {
                    Some(value) => self.read(frame, state, value, expr),
                    None => Value::unknown(),
                }
            }
            Kind::Class(class) => self.class_member(frame, state, *class, object, name, expr),
            Kind::Instance(class) => self.instance_member(frame, state, *class, object, name, expr),
            Kind::Cell(id) => {
                let Some(cell) = state.cell(*id).cloned() else { return Value::tainted(labels.to_vec()) };
                let key = Key::Text(self.program.text(name).into());
                if let Some((_, value)) = cell.entries.iter().find(|(known, _)| *known == key) {
                    return value.clone();
                }
                match cell.kind {
                    CellKind::Object(class) => {
                        let value = self.instance_member(frame, state, class, object, name, expr);
                        if value == Value::unknown() && !cell.is_exact { cell.rest.clone() } else { value }
                    }
                    CellKind::Foreign(Some(node)) => match self.program.specs.child(node, name) {
                        Some(child) => {
                            let labels = state.labels(object);
                            self.read_member(frame, state, child, &labels, expr)
                        }
                        None => Value::tainted(state.labels(object)),
                    },
                    _ => Value::tainted(state.labels(object)),
                }
            }
            Kind::Parameter(_) => {
                self.walked.summary.is_sensitive = true;
                Value::tainted(labels.to_vec())
            }
            _ => Value::tainted(state.labels(object)),
        }
    }

    pub(super) fn with_more_labels(&self, value: &Value, labels: &[crate::value::Label]) -> Value {
        if labels.is_empty() {
            return value.clone();
        }
        let mut all = value.labels().to_vec();
        labels.iter().for_each(|label| crate::value::add_label(&mut all, label));
        value.with_labels(all)
    }

    fn class_member(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        class: ClassRef,
        object: &Value,
        name: Sym,
        expr: ExprId,
    ) -> Value {
        if let Some((_, body)) = self.program.method(class, name) {
            let of = self.program.body(body);
            let receiver = if of.is_class_method { object.clone() } else { Value::unknown() };
            return Value::of(Kind::Function(body, receiver));
        }
        self.field(frame, state, class, name, expr)
    }

    fn instance_member(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        class: ClassRef,
        object: &Value,
        name: Sym,
        expr: ExprId,
    ) -> Value {
        if !self.program.is_php()
            && let Some((_, body)) = self.program.method(class, name)
        {
            let of = self.program.body(body);
            // A property is called by reading it.
            let is_property = of.decorators.iter().any(|decorator| {
                let arena = of.parent.map(|parent| self.program.file(body.file).module.body(parent));
                let module = &self.program.file(body.file).module;
                arena.is_some_and(|arena| {
                    let name = match arena.expr(*decorator) {
                        Expr::Global(name) | Expr::Attribute(_, name) => Some(*name),
                        Expr::Local(local) => arena.locals.get(local.index()).copied(),
                        _ => None,
                    };
                    name.is_some_and(|name| module.name(name).ends_with("property"))
                })
            });
            if is_property {
                let arguments = super::arguments::Arguments::none();
                return self.invoke(frame, state, body, object.clone(), &arguments, expr, None);
            }
            return Value::of(Kind::Function(body, object.clone()));
        }
        self.field(frame, state, class, name, expr)
    }

    /// A field as the class, its bases and what the program stores say.
    fn field(&mut self, frame: &mut Frame<'p>, state: &mut State, class: ClassRef, name: Sym, expr: ExprId) -> Value {
        for ancestor in self.program.lineage(class) {
            // What one object was given says nothing of another; in the methods of the class it may be this one.
            let is_own = frame.class.is_some_and(|own| own == class || self.program.lineage(own).contains(&ancestor));
            if is_own {
                let store = Store::Field(ancestor, name);
                if let Some(value) = self.world.stores.get(&store) {
                    return state.thawed(&value.clone());
                }
                self.asked.insert(store);
            }
            let file = self.program.file(ancestor.file);
            let of = &file.module.classes[ancestor.class.index()];
            let Some((_, value, declared)) = of.fields.iter().find(|(known, ..)| file.sym(*known) == name) else {
                continue;
            };
            if let Some(declared) = declared
                && let Some(value) = self.declared(ancestor.file, of.parent, *declared)
            {
                return value;
            }
            if let Some(value) = value {
                let arena = file.module.body(of.parent);
                match arena.expr(*value) {
                    Expr::Constant(constant) if !matches!(constant, Constant::None | Constant::Bool(_)) => {
                        return Value::constant(constant.clone());
                    }
                    Expr::Global(_) | Expr::Local(_) | Expr::Attribute(..) | Expr::Call(..) => {
                        if let Some(value) = self.program.constant_expr(ancestor.file, of.parent, *value)
                            && !matches!(value.kind(), Kind::Function(..))
                        {
                            return instance_of(value);
                        }
                    }
                    _ => {}
                }
            }
            return Value::unknown();
        }
        let bases: Vec<NodeId> = self.program.outer_bases.get(&class).cloned().unwrap_or_default();
        for base in bases {
            if let Some(child) = self.program.specs.child(base, name) {
                return self.read_node(frame, state, child, expr);
            }
        }
        Value::unknown()
    }

    /// What a declared type says of a value.
    pub(super) fn declared(&self, file: u32, body: crate::ir::BodyId, expr: ExprId) -> Option<Value> {
        let arena = self.program.file(file).module.body(body);
        match arena.expr(expr) {
            Expr::Constant(Constant::Str(name)) => super::entry::scalar(name),
            Expr::Global(name) | Expr::Attribute(_, name)
                if super::entry::scalar(self.program.file(file).module.name(*name)).is_some() =>
            {
                super::entry::scalar(self.program.file(file).module.name(*name))
            }
            _ => {
                let meaning = self.program.constant_expr(file, body, expr)?;
                Some(instance_of(meaning))
            }
        }
    }
}

/// An instance of what a name means.
pub(super) fn instance_of(meaning: Value) -> Value {
    match meaning.kind() {
        Kind::Class(class) => Value::of(Kind::Instance(*class)),
        _ => meaning,
    }
}
