//! Reading and writing variables, members and items.

use std::sync::Arc;

use super::{Frame, State, Walker};
use crate::ir::{Bytes, Constant, Expr, ExprId, Local, Place};
use crate::names::Sym;
use crate::program::Store;
use crate::specs::NodeId;
use crate::value::{Cell, CellKind, ClassRef, Key, Kind, Value};

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
            let value = self.from_file(state, frame.at.file, sym, value);
            return self.read(frame, state, value, expr);
        }
        match self.program.specs.top(sym) {
            Some(node) => self.read_node(frame, state, node, expr),
            // Perhaps a variable that only functions set.
            None => self.from_file(state, frame.at.file, sym, Value::unknown()),
        }
    }

    /// A variable of a file, as a function that runs later sees it.
    fn from_file(&mut self, state: &mut State, file: u32, sym: Sym, value: Value) -> Value {
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
            Kind::Constants(constants) if constants.iter().all(|one| matches!(one, Constant::Bool(_) | Constant::None)) => {
                Value::unknown()
            }
            Kind::Tree(_) => self.shared(state, &value),
            _ => value,
        }
    }

    /// A variable of a module, when it has one.
    pub(super) fn variable_of(&mut self, state: &mut State, module: &Value, name: Sym) -> Value {
        let Kind::Module(number) = module.kind() else { return Value::unknown() };
        let found = self.program.modules.file(*number).and_then(|file| Some((file, self.program.static_name(file, name)?)));
        match found {
            Some((file, value)) => self.from_file(state, file, name, value),
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
        if let Some(name) = text.strip_prefix('$') {
            if let Some(node) = self.program.specs.top(sym) {
                return self.read_node(frame, state, node, expr);
            }
            let _ = name;
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
                    let value = self.from_file(state, file, name, value);
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

    fn with_more_labels(&self, value: &Value, labels: &[crate::value::Label]) -> Value {
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

    /// An item of a value.
    pub(super) fn item(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        object: &Value,
        index: &Value,
        expr: ExprId,
    ) -> Value {
        if state.has_places()
            && let Some(key) = place_key(frame, expr)
            && let Some(value) = state.place(&key)
        {
            return value.clone();
        }
        let key = index.as_constant().and_then(|constant| Key::of(constant, self.program.is_php()));
        match object.kind() {
            Kind::Cell(id) => {
                let Some(cell) = state.cell(*id).cloned() else { return Value::tainted(object.labels().to_vec()) };
                let found = match &key {
                    Some(Key::Int(at)) if *at < 0 && cell.kind == CellKind::List && cell.is_exact => {
                        let at = i64::try_from(cell.entries.len()).unwrap_or(i64::MAX) + at;
                        cell.get(&Key::Int(at))
                    }
                    Some(key) => cell.get(key),
                    None => {
                        // Any of them: what is chosen by foreign data among the program's own values is the program's.
                        let any = cell.any();
                        return any;
                    }
                };
                if let CellKind::Foreign(Some(node)) = cell.kind
                    && found.is_none()
                {
                    return self.node_item(frame, state, node, &key, object, expr);
                }
                let value = found.unwrap_or_else(|| Value::constant(Constant::None));
                self.with_more_labels(&value, object.labels())
            }
            Kind::Node(node) => self.node_item(frame, state, *node, &key, object, expr),
            Kind::Constants(_) if object.as_str().is_some() => {
                let text = object.as_str().unwrap_or_default();
                let at = index.as_int().and_then(|at| {
                    let count = i64::try_from(text.chars().count()).ok()?;
                    usize::try_from(if at < 0 { at + count } else { at }).ok()
                });
                match at.and_then(|at| text.chars().nth(at)) {
                    Some(char) => Value::text(char.encode_utf8(&mut [0; 4])),
                    None => Value::of(Kind::Harmless),
                }
            }
            Kind::Parameter(_) => {
                self.walked.summary.is_sensitive = true;
                Value::tainted(object.labels().to_vec())
            }
            Kind::Harmless | Kind::Constants(_) if object.labels().is_empty() => Value::of(Kind::Harmless),
            _ => Value::tainted(state.labels(object)),
        }
    }

    fn node_item(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        node: NodeId,
        key: &Option<Key>,
        object: &Value,
        expr: ExprId,
    ) -> Value {
        let child = match key {
            Some(Key::Text(text)) => match self.program.names.get(text) {
                Some(sym) => self.program.specs.child(node, sym),
                None => self.program.specs.any_child(node),
            },
            _ => self.program.specs.any_child(node),
        };
        match child {
            // What a spec says of one key of a source replaces what it says of the whole.
            Some(child) if self.program.specs.reads(child).is_empty() => {
                Value::of(Kind::Node(child)).with_labels(state.labels(object))
            }
            Some(child) => self.read_node(frame, state, child, expr),
            // The server's table holds the environment, too.
            None if self.program.specs.name_of(node) == "$_SERVER" && is_environment(key.as_ref()) => {
                Value::of(Kind::Harmless)
            }
            None => Value::tainted(state.labels(object)),
        }
    }

    pub(super) fn slice(&self, state: &mut State, value: &Value, start: Option<&Value>, stop: Option<&Value>) -> Value {
        let bound = |bound: Option<&Value>, count: i64, missing: i64| match bound {
            None => Some(missing),
            Some(value) => {
                let at = match value.as_constant()? {
                    Constant::None => missing,
                    _ => value.as_int()?,
                };
                Some(if at < 0 { (at + count).max(0) } else { at.min(count) })
            }
        };
        if let Some(text) = value.as_str() {
            let count = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            if let (Some(start), Some(stop)) = (bound(start, count, 0), bound(stop, count, count)) {
                let (start, stop) = (usize::try_from(start).unwrap_or(0), usize::try_from(stop).unwrap_or(0));
                let part: String = text.chars().skip(start).take(stop.saturating_sub(start)).collect();
                return Value::text(&part);
            }
        }
        match state.cell_of(value) {
            Some((_, cell)) if cell.kind == CellKind::List => {
                let count = i64::try_from(cell.entries.len()).unwrap_or(i64::MAX);
                let mut part = Cell::new(CellKind::List);
                match (bound(start, count, 0), bound(stop, count, count)) {
                    (Some(start), Some(stop)) if cell.is_exact => {
                        let (start, stop) = (usize::try_from(start).unwrap_or(0), usize::try_from(stop).unwrap_or(0));
                        let items = cell.entries.iter().skip(start).take(stop.saturating_sub(start));
                        items.for_each(|(_, value)| part.push(value.clone()));
                    }
                    _ => part.set_somewhere(&cell.any()),
                }
                state.allocate(part).with_labels(value.labels().to_vec())
            }
            Some((_, cell)) => {
                let any = cell.any();
                Value::tainted(state.labels(&any))
            }
            None if value.labels().is_empty() && value.is_harmless() => Value::of(Kind::Harmless),
            None => Value::tainted(value.labels().to_vec()),
        }
    }

    /// Puts a value at a place, as a name for it; PHP's arrays are copied.
    pub(super) fn assign(&mut self, frame: &mut Frame<'p>, state: &mut State, place: &'p Place, value: Value, bytes: Bytes) {
        let copied = match state.cell_of(&value) {
            Some((_, cell)) if cell.kind == CellKind::Array => {
                let cell = cell.as_ref().clone();
                state.allocate(cell).with_labels(value.labels().to_vec())
            }
            _ => value,
        };
        self.bind(frame, state, place, copied, bytes, true);
    }

    /// Puts a value at a place.
    pub(super) fn bind(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        place: &'p Place,
        value: Value,
        bytes: Bytes,
        is_step: bool,
    ) {
        match place {
            Place::Local(local) => {
                let name = frame.name_of(*local);
                let value = self.probed(frame, state, value, name, bytes);
                let value = if is_step { self.named(frame, &value, name, bytes) } else { value };
                if state.has_places() {
                    state.forget_places(name);
                }
                state.set_local(*local, value);
            }
            Place::Outer(body, local) => {
                let name = frame.file.module.body(*body).locals.get(local.index()).copied();
                let name = name.map_or("", |name| frame.file.module.name(name).trim_end());
                let value = self.named(frame, &value, name, bytes);
                if let Some(known) = Arc::make_mut(&mut frame.outer)
                    .iter_mut()
                    .find(|(of, _)| of == body)
                    .and_then(|(_, locals)| locals.get_mut(local.index()))
                {
                    *known = known.join(&value);
                }
                if frame.changed.len() < 64 {
                    frame.changed.push((*body, *local, value));
                }
            }
            Place::Global(name) => {
                let sym = frame.file.sym(*name);
                let file = if self.program.is_php() { u32::MAX } else { frame.at.file };
                let value = self.named(frame, &value, frame.file.module.name(*name), bytes);
                self.store(Store::Global(file, sym), state.frozen(&value, 2));
            }
            Place::Attribute(object, name) => {
                let holder = self.eval(frame, state, *object);
                let sym = frame.file.sym(*name);
                let value = self.probed(frame, state, value, frame.file.module.name(*name), bytes);
                let value = self.named(frame, &value, frame.file.module.name(*name), bytes);
                self.set_member(frame, state, &holder, sym, value, *object);
            }
            Place::Index(object, index) => {
                let container = self.eval(frame, state, *object);
                let key = index.map(|index| self.eval(frame, state, index));
                self.set_item(frame, state, *object, &container, key.as_ref(), value, bytes);
            }
            Place::Slice(object) => {
                let container = self.eval(frame, state, *object);
                if let Some((id, _)) = state.cell_of(&container) {
                    let any = self.any_of(state, &value);
                    state.change(id, |cell| cell.set_somewhere(&any));
                }
            }
            Place::Destructure(items) => {
                let listed = self.listed(state, &value);
                let any = self.any_of(state, &value);
                let rest_at = items.iter().position(|item| item.is_rest);
                for (number, item) in items.iter().enumerate() {
                    let Some(place) = &item.place else { continue };
                    // Places behind the one that takes the rest count from the end.
                    let behind = items.len() - number;
                    let part = match (&item.key, &listed) {
                        (Some(key), _) => {
                            let key = self.eval(frame, state, *key);
                            let container = value.clone();
                            let key = key.as_constant().and_then(|key| Key::of(key, self.program.is_php()));
                            match (state.cell_of(&container), key) {
                                (Some((_, cell)), Some(key)) => cell.get(&key).unwrap_or_default(),
                                _ => any.clone(),
                            }
                        }
                        (None, Some(listed)) if rest_at.is_none_or(|rest| number < rest) => {
                            listed.get(number).map_or_else(Value::unknown, |(_, value)| value.clone())
                        }
                        (None, Some(listed)) if item.is_rest => {
                            let mut rest = Cell::new(CellKind::List);
                            let taken = (listed.len() + 1).saturating_sub(number + behind);
                            let items = listed.iter().skip(number).take(taken);
                            items.for_each(|(_, value)| rest.push(value.clone()));
                            state.allocate(rest)
                        }
                        (None, Some(listed)) => listed
                            .len()
                            .checked_sub(behind)
                            .and_then(|at| listed.get(at))
                            .map_or_else(Value::unknown, |(_, value)| value.clone()),
                        _ => any.clone(),
                    };
                    self.bind(frame, state, place, part, bytes, is_step);
                }
            }
            Place::Unknown => {}
        }
    }

    pub(super) fn set_member(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        holder: &Value,
        name: Sym,
        value: Value,
        object: ExprId,
    ) {
        let text = self.program.text(name);
        let class = match holder.kind() {
            Kind::Cell(id) => {
                let key = Key::Text(text.into());
                let class = match state.cell(*id).map(|cell| cell.kind) {
                    Some(CellKind::Object(class)) => Some(class),
                    _ => None,
                };
                state.change(*id, |cell| cell.set(key, value.clone()));
                class
            }
            Kind::Instance(class) | Kind::Class(class) => Some(*class),
            Kind::Parameter(_) => {
                self.walked.summary.is_sensitive = true;
                None
            }
            _ => None,
        };
        // What callers hand in belongs to one object, which is followed by itself; what the class takes in on its own may
        // be in any.
        if let Some(class) = class.filter(|_| frame.depth == 0) {
            self.store(Store::Field(class, name), state.frozen(&value, 2));
        }
        if !matches!(holder.kind(), Kind::Cell(_))
            && let Some(key) = place_key(frame, object)
        {
            state.set_place(&format!("{key}.{text}"), value);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one assignment")]
    fn set_item(
        &mut self,
        frame: &mut Frame<'p>,
        state: &mut State,
        object: ExprId,
        container: &Value,
        key: Option<&Value>,
        value: Value,
        bytes: Bytes,
    ) {
        let is_php = self.program.is_php();
        let name = key.and_then(Value::as_str).unwrap_or("an item");
        let value = self.named(frame, &value, name, bytes);
        self.item_sink(frame, state, container, key, &value, bytes);
        if let Some(held_in) = last_name(frame, object) {
            self.kept_as(frame, &value, held_in, bytes);
        }
        let exact = key.and_then(Value::as_constant).and_then(|constant| Key::of(constant, is_php));
        match state.cell_of(container) {
            Some((id, _)) => {
                let key_labels = key.map(|key| state.labels(key)).unwrap_or_default();
                state.change(id, |cell| match (key, exact) {
                    (None, _) => cell.push(value),
                    (Some(_), Some(Key::Int(at))) if cell.kind == CellKind::List && at < 0 => cell.set_somewhere(&value),
                    (Some(_), Some(key)) => cell.set(key, value),
                    (Some(_), None) => {
                        cell.set_somewhere(&value);
                        if !key_labels.is_empty() {
                            cell.set_somewhere(&Value::tainted(key_labels));
                        }
                    }
                });
            }
            // PHP makes an array of what was nothing; elsewhere the thing carries what is put into it.
            None if is_php && is_variable(frame, object) => {
                let mut cell = Cell::new(CellKind::Array);
                if !container.labels().is_empty() || !matches!(container.kind(), Kind::Unknown | Kind::Constants(_)) {
                    cell.set_somewhere(&container.with_kind(Kind::Unknown));
                }
                match (key, exact) {
                    (None, _) => cell.push(value),
                    (_, Some(key)) => cell.set(key, value),
                    (_, None) => cell.set_somewhere(&value),
                }
                cell.is_exact &= frame.depth == 0 || container.as_constant().is_some();
                let made = state.allocate(cell);
                self.put_back(frame, state, object, made);
            }
            None => {
                if matches!(container.kind(), Kind::Parameter(_)) {
                    self.walked.summary.is_sensitive = true;
                }
                if let (Some(place), Some(key)) = (place_key(frame, object), key.and_then(Value::as_constant)) {
                    state.set_place(&format!("{place}[{}]", key_text(key)), value);
                } else if !value.labels().is_empty() {
                    let carried = self.with_more_labels(container, value.labels());
                    self.put_back(frame, state, object, carried);
                }
            }
        }
    }

    /// Puts a changed container back where it came from.
    pub(super) fn put_back(&mut self, frame: &mut Frame<'p>, state: &mut State, object: ExprId, value: Value) {
        match frame.body.expr(object) {
            Expr::Local(local) => state.set_local(*local, value),
            Expr::Attribute(holder, name) => {
                let (holder_expr, name) = (*holder, frame.file.sym(*name));
                let holder = self.quietly(frame, state, holder_expr);
                self.set_member(frame, state, &holder, name, value, holder_expr);
            }
            Expr::Index(holder, index) => {
                let (holder_expr, index) = (*holder, *index);
                let holder = self.eval(frame, state, holder_expr);
                let index = self.eval(frame, state, index);
                if let Some((id, _)) = state.cell_of(&holder) {
                    let key = index.as_constant().and_then(|constant| Key::of(constant, self.program.is_php()));
                    state.change(id, |cell| match key {
                        Some(key) => cell.set(key, value),
                        None => cell.set_somewhere(&value),
                    });
                }
            }
            _ => {}
        }
    }

    pub(super) fn delete_item(&mut self, state: &mut State, object: &Value, index: &Value) {
        let key = index.as_constant().and_then(|constant| Key::of(constant, self.program.is_php()));
        let Some((id, cell)) = state.cell_of(object) else { return };
        let is_list = cell.kind == CellKind::List;
        state.change(id, |cell| match key {
            Some(Key::Int(at)) if is_list => {
                super::python::remove_at(cell, at);
            }
            Some(key) => cell.entries.retain(|(known, _)| *known != key),
            None => {}
        });
    }

    /// The items of a list or mapping that is wholly known, keys first.
    pub(super) fn listed(&self, state: &State, value: &Value) -> Option<Vec<(Value, Value)>> {
        let (_, cell) = state.cell_of(value)?;
        let is_mapping = cell.kind == CellKind::Dict;
        let is_listed = matches!(cell.kind, CellKind::List | CellKind::Array | CellKind::Dict) && cell.is_exact;
        is_listed.then(|| {
            let one = |(key, value): &(Key, Value)| {
                let key = match key {
                    Key::Int(number) => Value::constant(Constant::Int(*number)),
                    Key::Text(text) => Value::text(text),
                };
                // Going through a mapping gives its keys.
                if is_mapping { (Value::unknown(), key) } else { (key, value.clone()) }
            };
            cell.entries.iter().map(one).collect()
        })
    }

    /// Key and value for whatever a loop over `items` binds.
    pub(super) fn item_of(&mut self, frame: &Frame<'p>, state: &mut State, items: &Value, expr: ExprId) -> (Value, Value) {
        let _ = (frame, expr);
        let labels = state.labels(items);
        match state.cell_of(items) {
            Some((_, cell)) => {
                let value = self.with_more_labels(&cell.any(), items.labels());
                let key = if cell.is_exact { Value::of(Kind::Harmless) } else { Value::tainted(labels) };
                (key, value)
            }
            None if labels.is_empty() && items.is_harmless() => {
                (Value::of(Kind::Number), Value::of(Kind::Harmless))
            }
            None => (Value::tainted(labels.clone()), Value::tainted(labels)),
        }
    }

    /// One value for whatever is in `value`.
    pub(super) fn any_of(&self, state: &State, value: &Value) -> Value {
        match state.cell_of(value) {
            Some((_, cell)) => cell.any(),
            None => value.with_kind(if value.is_harmless() { Kind::Harmless } else { Kind::Unknown }),
        }
    }

    /// What `with value as x` binds.
    pub(super) fn entered(&mut self, frame: &Frame<'p>, state: &State, value: &Value) -> Value {
        let _ = (frame, state);
        value.clone()
    }
}

/// An instance of what a name means.
pub(super) fn instance_of(meaning: Value) -> Value {
    match meaning.kind() {
        Kind::Class(class) => Value::of(Kind::Instance(*class)),
        _ => meaning,
    }
}

/// The text of a place that is no variable, when its parts are names and constants: `self.path`, `$_GET[id]`.
pub(super) fn place_key(frame: &Frame<'_>, expr: ExprId) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut at = expr;
    for _ in 0..6 {
        match frame.body.expr(at) {
            Expr::Local(local) => {
                let mut key = frame.file.module.name(frame.body.locals[local.index()]).to_owned();
                parts.iter().rev().for_each(|part| key.push_str(part));
                return Some(key);
            }
            Expr::Global(name) => {
                let mut key = frame.file.module.name(*name).to_owned();
                parts.iter().rev().for_each(|part| key.push_str(part));
                return Some(key);
            }
            Expr::Attribute(object, name) => {
                parts.push(format!(".{}", frame.file.module.name(*name)));
                at = *object;
            }
            Expr::Index(object, index) => {
                let Expr::Constant(constant) = frame.body.expr(*index) else { return None };
                parts.push(format!("[{}]", key_text(constant)));
                at = *object;
            }
            _ => return None,
        }
    }
    None
}

fn key_text(constant: &Constant) -> String {
    match constant {
        Constant::Str(text) | Constant::Bytes(text) => text.to_string(),
        Constant::Int(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

/// Whether a key of `$_SERVER` names a variable of the environment: what a request can set has one of the beginnings that
/// the CGI specification (RFC 3875, 4.1) and PHP's manual list.
fn is_environment(key: Option<&Key>) -> bool {
    let Some(Key::Text(key)) = key else { return false };
    let begins = ["HTTP_", "PHP_", "REQUEST_", "QUERY_", "PATH_", "ORIG_", "REDIRECT_", "SERVER_", "REMOTE_", "CONTENT_", "AUTH_", "argv", "UNENCODED_", "DOCUMENT_"];
    !begins.iter().any(|begin| key.starts_with(begin))
}

/// The last name of a variable or member.
fn last_name<'f>(frame: &Frame<'f>, expr: ExprId) -> Option<&'f str> {
    match frame.body.expr(expr) {
        Expr::Local(local) => Some(frame.name_of(*local)),
        Expr::Global(name) | Expr::Attribute(_, name) => Some(frame.file.module.name(*name)),
        _ => None,
    }
}

fn is_variable(frame: &Frame<'_>, expr: ExprId) -> bool {
    matches!(frame.body.expr(expr), Expr::Local(_) | Expr::Attribute(..) | Expr::Index(..))
}
