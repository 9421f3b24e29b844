//! `owner.name` and `owner[key]`: members of libraries, of objects, of the interpreter's inner parts.

use std::rc::Rc;

use ruff_text_size::TextRange;

use super::super::compute;
use super::super::names;
use super::super::rules::{self, Verdict, sources};
use super::super::value::{Origins, Shape, Value};
use super::super::verdict::{Level, ThreatType};
use super::Walk;

const ESCAPE: &str = "import what you need by its name; nothing honest walks through the interpreter's inner parts";

impl Walk<'_> {
    /// A library's name in its one spelling, with what it gives.
    pub(super) fn named(&self, path: &str, origins: Origins) -> Value {
        let (path, detour) = names::canonical(path);
        let detour = if detour { Origins::DETOUR } else { Origins::NONE };
        let given = sources::of_name(&path);
        Value::name(path).from(origins).from(detour).from(given)
    }

    /// A member. `how` is [`Origins::DETOUR`] when it is fetched by a text.
    pub(super) fn attribute(&mut self, owner: &Value, name: &str, how: Origins, range: TextRange) -> Value {
        let members: Vec<Value> =
            owner.alternatives().iter().map(|single| self.member(single, name, how, range)).collect();
        Value::choice(members)
    }

    fn member(&mut self, owner: &Value, name: &str, how: Origins, range: TextRange) -> Value {
        if let Some(inner) = self.interior(owner, name, range) {
            return inner;
        }
        // What comes again every day is no date that something waits for.
        if owner.origins.any(Origins::CLOCK) && matches!(name, "hour" | "minute" | "second" | "microsecond") {
            return Value::unknown(owner.origins.without(Origins::CLOCK));
        }
        let origins = owner.origins.with(how);
        let method = |class: &str| Value {
            shape: Shape::Method(Rc::new(owner.clone()), format!("{class}.{name}").into()),
            origins,
        };
        match &owner.shape {
            Shape::Name(_) if name == "__call__" => owner.clone(),
            Shape::Name(path) if path.starts_with("builtins.") && name == "__self__" => {
                Value::name("builtins").from(Origins::DETOUR)
            }
            Shape::Name(path) if path.ends_with(".__dict__") && matches!(name, "get" | "__getitem__" | "pop") => {
                Value::name(format!("{path}.{name}")).from(Origins::DETOUR)
            }
            Shape::Name(path) => {
                let path = path.strip_suffix(".__dict__").unwrap_or(path);
                let kept = owner.origins.without(Origins::ENVIRONMENT);
                let environment = Origins::ENVIRONMENT;
                let value =
                    self.named(&format!("{path}.{name}"), if owner.origins.any(environment) { origins } else { kept });
                value.from(if names::is_powerful(path) { how } else { Origins::NONE })
            }
            Shape::Object(class, _) if &**class == "pathlib.Path" && name == "parent" => {
                Value::path(&compute::parent(&owner.as_text().unwrap_or_default()), owner.origins)
            }
            Shape::Object(class, _) if &**class == "pathlib.Path" && matches!(name, "name" | "stem" | "suffix") => {
                Value::unknown(owner.origins)
            }
            Shape::Object(class, _) => {
                let (path, detour) = names::canonical(&format!("{class}.{name}"));
                if detour {
                    return Value::name(path).from(Origins::DETOUR);
                }
                Value { shape: Shape::Method(Rc::new(owner.clone()), path.into()), origins }
            }
            Shape::Instance(class) => self.own_member(*class, owner, name).unwrap_or_else(|| method("?")),
            Shape::Class(class) => self.own_member(*class, owner, name).unwrap_or_else(|| method("?")),
            Shape::Text(_) | Shape::Bytes(_) => method("str"),
            Shape::List(_) => method("list"),
            Shape::Dictionary(_) => method("dict"),
            Shape::Method(_, path) if !path.starts_with('?') => {
                let (path, detour) = names::canonical(&format!("{path}.{name}"));
                let detour = if detour { Origins::DETOUR } else { Origins::NONE };
                Value { shape: Shape::Method(Rc::new(owner.clone()), path.into()), origins: origins.with(detour) }
            }
            _ => method("?"),
        }
    }

    /// A member of a class of the file, by its bases.
    fn own_member(&self, class: usize, owner: &Value, name: &str) -> Option<Value> {
        let mut found: Vec<Value> = Vec::new();
        let mut classes = vec![class];
        let mut seen = Vec::new();
        while let Some(id) = classes.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            let class = &self.classes[id];
            found.extend(class.attributes.get(name).cloned());
            if let Some(member) = class.members.get(name) {
                found.extend(member.alternatives().iter().map(|single| bound(single, owner)));
            }
            if !found.is_empty() {
                return Some(Value::choice(found));
            }
            for base in class.bases.iter().flat_map(Value::alternatives) {
                match &base.shape {
                    Shape::Class(id) => classes.push(*id),
                    Shape::Name(path) if &**path != "builtins.object" => {
                        let path: Rc<str> = format!("{path}.{name}").into();
                        return Some(Value {
                            shape: Shape::Method(Rc::new(owner.clone()), path),
                            origins: owner.origins,
                        });
                    }
                    _ => {}
                }
            }
        }
        None
    }

    /// Parts of the interpreter: classes of classes, frames, the globals of functions.
    fn interior(&mut self, owner: &Value, name: &str, range: TextRange) -> Option<Value> {
        let walks = owner.origins.any(Origins::INTERIOR);
        let own = matches!(owner.shape, Shape::Class(_) | Shape::Instance(_));
        let (level, why) = match name {
            "__class__" if own => return Some(owner.clone()),
            "__class__" | "__base__" | "__bases__" | "__mro__" | "mro"
                if walks || is_plain(owner) || name.contains("bas") =>
            {
                return Some(Value::unknown(owner.origins.with(Origins::INTERIOR)));
            }
            "__subclasses__" if walks || is_root_class(owner) => {
                (Level::Critical, "asks the root of all classes for its subclasses, a way to anything that is loaded")
            }
            "__globals__" | "f_globals" | "f_builtins" | "func_globals" if walks => (
                Level::Critical,
                "reaches the globals of somebody else's function through the interpreter's inner parts",
            ),
            "__globals__" | "f_globals" | "f_builtins" | "func_globals" => {
                (Level::High, "reaches the globals of a function or frame")
            }
            "f_locals" if walks || is_frame(owner) => (Level::High, "reaches the variables of another function"),
            "gi_frame" | "cr_frame" | "ag_frame" | "tb_frame" | "f_back" => {
                return Some(Value::unknown(owner.origins.with(Origins::INTERIOR)));
            }
            "__builtins__" => return Some(Value::name("builtins").from(Origins::DETOUR)),
            _ => return None,
        };
        self.report(range, Verdict::new(ThreatType::MaliciousCode, level, why, ESCAPE));
        Some(Value::unknown(owner.origins.with(Origins::INTERIOR).with(Origins::DETOUR)))
    }

    /// `owner[key]`.
    pub(super) fn item(&mut self, owner: &Value, key: &Value, range: TextRange) -> Value {
        let known = key.as_known_text();
        let origins = owner.origins.with(key.origins.without(Origins::DECODED));
        match (&owner.shape, known) {
            (Shape::Name(path), Some(key)) if &**path == "sys.modules" => self.named(&key, Origins::DETOUR),
            (Shape::Name(path), _) if &**path == "os.environ" => {
                if let Some(verdict) = rules::reads_variable(key) {
                    self.report(range, verdict);
                }
                sources::variable(key)
            }
            (Shape::Object(class, _), _) if &**class == "dotenv.dotenv_values" => sources::variable(key),
            (Shape::Name(path), key) if &**path == "plumbum.local" => {
                Value::name(format!("{path}.{}", key.as_deref().unwrap_or("?"))).from(origins)
            }
            (Shape::Name(path), Some(key)) if &**path == "builtins" || path.ends_with(".__dict__") => {
                let path = path.trim_end_matches(".__dict__");
                self.named(&format!("{path}.{key}"), Origins::DETOUR)
            }
            (Shape::Name(path), None) if names::is_powerful_module(path.trim_end_matches(".__dict__")) => {
                self.hidden_member(path, key, range)
            }
            (Shape::Object(class, arguments), Some(key))
                if matches!(&**class, "builtins.globals" | "builtins.locals" | "builtins.vars") =>
            {
                match arguments.positional.first() {
                    Some(owner) => self.attribute(&owner.clone(), &key, Origins::DETOUR, range),
                    None if &*key == "__builtins__" => Value::name("builtins").from(Origins::DETOUR),
                    None => self.lookup_global(&key).unwrap_or_default(),
                }
            }
            (Shape::Unknown | Shape::Method(..), Some(key))
                if owner.origins.any(Origins::INTERIOR.with(Origins::DETOUR)) =>
            {
                self.of_somebodys_globals(&key, origins)
            }
            (Shape::Dictionary(items), _) => {
                let matching = items.iter().filter(|(known, _)| is_key(known, key)).map(|(_, value)| value.clone());
                Value::choice(matching.collect::<Vec<_>>()).from(key.origins)
            }
            (Shape::List(_) | Shape::Text(_) | Shape::Bytes(_), _) => match key.as_integer() {
                Some(at) => {
                    let elements = owner.elements();
                    let count = i64::try_from(elements.len()).unwrap_or(i64::MAX);
                    let at = if at < 0 { at + count } else { at };
                    let element = usize::try_from(at).ok().and_then(|at| elements.get(at).cloned());
                    element.unwrap_or_else(|| Value::unknown(origins))
                }
                None => owner.element().from(key.origins),
            },
            _ => Value::unknown(origins),
        }
    }

    /// A key of the globals or builtins of something loaded.
    fn of_somebodys_globals(&self, key: &str, origins: Origins) -> Value {
        if key == "__builtins__" {
            return Value::name("builtins").from(Origins::DETOUR);
        }
        if names::is_powerful_module(key) {
            return Value::name(key).from(Origins::DETOUR);
        }
        match names::BUILTINS.contains(&key) {
            true => Value::name(format!("builtins.{key}")).from(Origins::DETOUR),
            // `…__globals__['system']`: the function of a module that is not named.
            false => self.named(&format!("os.{key}"), origins.with(Origins::DETOUR)),
        }
    }

    /// A member of a powerful module under a name that is only known at run time.
    pub(super) fn hidden_member(&mut self, path: &str, key: &Value, range: TextRange) -> Value {
        let hidden = key.origins.any(Origins::DECODED.with(Origins::NETWORK));
        let level = if hidden { Level::Critical } else { Level::High };
        let why = format!("takes a member of `{path}` by a name that is only known at run time");
        self.report(range, Verdict::new(ThreatType::MaliciousCode, level, why, "call the member by its name"));
        Value::name(format!("{path}.?")).from(Origins::DETOUR)
    }
}

fn bound(member: &Value, owner: &Value) -> Value {
    match (&member.shape, &owner.shape) {
        (Shape::Function(id, None), Shape::Instance(_)) => {
            Value { shape: Shape::Function(*id, Some(Rc::new(owner.clone()))), origins: member.origins }
        }
        _ => member.clone(),
    }
}

/// A value that is no object of a class of anybody's: a literal, a builtin.
fn is_plain(owner: &Value) -> bool {
    match &owner.shape {
        Shape::Text(_) | Shape::Bytes(_) | Shape::List(_) | Shape::Dictionary(_) | Shape::Integer(_) | Shape::Float => {
            true
        }
        Shape::Nothing | Shape::Boolean(_) => true,
        Shape::Name(path) => path.starts_with("builtins."),
        _ => false,
    }
}

/// What `sys._getframe()` gives.
fn is_frame(owner: &Value) -> bool {
    matches!(&owner.shape, Shape::Object(class, _) if matches!(&**class, "sys._getframe" | "inspect.currentframe"))
}

fn is_root_class(owner: &Value) -> bool {
    match &owner.shape {
        Shape::Name(path) => matches!(&**path, "builtins.object" | "builtins.type" | "builtins.type.mro"),
        _ => false,
    }
}

fn is_key(known: &Value, key: &Value) -> bool {
    match (known.as_known_text(), key.as_known_text()) {
        (Some(one), Some(two)) => one == two,
        _ => match (known.as_integer(), key.as_integer()) {
            (Some(one), Some(two)) => one == two,
            _ => true,
        },
    }
}
