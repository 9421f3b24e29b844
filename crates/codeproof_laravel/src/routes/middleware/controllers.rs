//! What controllers ask for themselves: `$this->middleware()` in constructors, `HasMiddleware::middleware()`, and the
//! attributes of newer versions. Constructors run without what would be injected into them.

use std::rc::Rc;

use super::guards::Verdict;
use super::names::names_of;
use crate::app::{Laravel, Object};
use crate::php::ast::{Attribute, Class};
use crate::php::{Arguments, Machine, Value};

/// What stands for a closure in a list of middleware.
pub(super) const CLOSURE: &str = "Closure";
/// The interface of controllers that say it without being made.
const HAS_MIDDLEWARE: &str = "Illuminate\\Routing\\Controllers\\HasMiddleware";

/// Where attributes of controllers live, and the class behind `#[Authorize]`.
const ATTRIBUTES: &str = "Illuminate\\Routing\\Attributes\\Controllers\\";
const AUTHORIZE: &str = "Illuminate\\Auth\\Middleware\\Authorize";
/// The methods that are followed: the rest of a controller is not even read.
const ASKED: &[&str] = &["__construct", "middleware"];

/// Parents in a row that are asked without being read as PHP.
const PARENTS_MAX: usize = 20;

/// One thing a controller asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) names: Vec<String>,
    pub(crate) only: Option<Vec<String>>,
    pub(crate) except: Vec<String>,
    /// Whether it is taken off instead.
    pub(crate) is_excluded: bool,
    /// For a closure: whether it turns guests away.
    pub(crate) verdict: Option<Verdict>,
}

/// An object on which `only()` and `except()` may follow.
#[derive(Debug, Clone)]
pub(crate) enum Asking {
    /// A place in the list of what the controller asks for.
    Place(usize),
    /// `new Middleware(…)`.
    Own(Asked),
}

impl Asked {
    fn is_for(&self, method: &str) -> bool {
        let listed = |list: &[String]| list.iter().any(|it| it == method);
        self.only.as_ref().is_none_or(|only| listed(only)) && !listed(&self.except)
    }

    fn limit(&mut self, method: &str, value: &Value) {
        match method {
            "only" if !matches!(value.plain(), Value::Null) => self.only = Some(names_of(value)),
            "except" if !matches!(value.plain(), Value::Null) => self.except = names_of(value),
            _ => {}
        }
    }
}

impl Machine<'_, Laravel> {
    /// What a controller asks for in front of one of its methods.
    pub(super) fn asked_by(&mut self, class: &str, method: &str) -> Vec<Asked> {
        if !self.program.asks_for_middleware(class) {
            return Vec::new();
        }
        let all = self.asked_in_all(class, 0);
        all.iter().filter(|asked| asked.is_for(method)).cloned().collect()
    }

    /// What a controller asks for in front of any of its methods.
    fn asked_in_all(&mut self, class: &str, depth: usize) -> Rc<[Asked]> {
        if let Some(known) = self.framework.middleware.controllers.get(class) {
            return known.clone();
        }
        let quick = if depth < PARENTS_MAX { self.ask_quickly(class, depth) } else { None };
        let all: Rc<[Asked]> = Rc::from(quick.unwrap_or_else(|| {
            self.program.want_only(ASKED);
            let all = self.ask(class);
            self.program.want_only(&[]);
            all
        }));
        self.framework.middleware.controllers.insert(class.to_owned(), all.clone());
        all
    }

    /// The same without reading the class as PHP, where its constructor only hands over closures that let everybody
    /// through.
    fn ask_quickly(&mut self, class: &str, depth: usize) -> Option<Vec<Asked>> {
        let (harmless, parent) = self.program.harmless_constructor(class)?;
        let mut all = Vec::new();
        if harmless.calls_parent {
            let parent = parent?;
            if self.program.asks_for_middleware(&parent) {
                all.extend(self.asked_in_all(&parent, depth + 1).iter().cloned());
            }
        }
        let open = Asked { names: vec![CLOSURE.to_owned()], verdict: Some(Verdict::LetsThrough), ..Asked::default() };
        all.extend(std::iter::repeat_n(open, harmless.closures));
        Some(all)
    }

    fn ask(&mut self, class: &str) -> Vec<Asked> {
        let mut all = self.ask_class(class);
        all.extend(self.asked_in_attributes(class));
        all
    }

    /// `#[Middleware('auth', only: ['store'])]` on classes, parents first, and on methods.
    fn asked_in_attributes(&mut self, class: &str) -> Vec<Asked> {
        let lineage = self.lineage(class);
        let mut found = Vec::new();
        for class in lineage.iter().rev() {
            for attribute in &class.attributes {
                found.extend(self.asked_in_attribute(class, attribute));
            }
        }
        for class in &lineage {
            for function in class.methods.values() {
                for attribute in &function.attributes {
                    let asked = self.asked_in_attribute(class, attribute);
                    found.extend(asked.map(|asked| Asked { only: Some(vec![function.name.to_string()]), ..asked }));
                }
            }
        }
        found
    }

    fn asked_in_attribute(&mut self, class: &Rc<Class>, attribute: &Attribute) -> Option<Asked> {
        let kind = attribute.name.strip_prefix(ATTRIBUTES)?;
        let given = self.attribute_arguments(class, attribute);
        let mut asked = match kind {
            "Middleware" | "WithoutMiddleware" => self.asked_for(&given.value(0, "middleware")),
            "Authorize" => {
                let mut ability = names_of(&given.value(0, "ability"));
                ability.extend(names_of(&given.value(1, "models")));
                Asked { names: vec![format!("{AUTHORIZE}:{}", ability.join(","))], ..Asked::default() }
            }
            _ => return None,
        };
        let first = if kind == "Authorize" { 2 } else { 1 };
        asked.limit("only", &given.value(first, "only"));
        asked.limit("except", &given.value(first + 1, "except"));
        asked.is_excluded = kind == "WithoutMiddleware";
        Some(asked)
    }

    fn ask_class(&mut self, class: &str) -> Vec<Asked> {
        let says_it = self.lineage(class).iter().any(|it| it.interfaces.iter().any(|name| &**name == HAS_MIDDLEWARE));
        if says_it {
            let listed = self.call_static(class, "middleware", Arguments::default());
            return self.listed(&listed);
        }
        let Some(instance) = self.instantiate(class) else { return Vec::new() };
        self.framework.middleware.asked = Some(Vec::new());
        if self.method(class, "__construct").is_some() {
            self.call_method(&Value::Object(instance), "__construct", Arguments::default());
        }
        self.framework.middleware.asked.take().unwrap_or_default()
    }

    fn listed(&mut self, value: &Value) -> Vec<Asked> {
        let Some(array) = value.as_array().cloned() else {
            return vec![Asked { names: names_of(value), ..Asked::default() }];
        };
        let mut found = Vec::new();
        for one in array.values() {
            let asking = match one.plain() {
                Value::Host(object) => self.framework.objects.get(*object as usize).cloned(),
                _ => None,
            };
            found.push(match asking {
                Some(Object::Asking(Asking::Own(asked))) => asked,
                _ => self.asked_for(one),
            });
        }
        found
    }

    fn asked_for(&mut self, value: &Value) -> Asked {
        let verdict = match value.plain() {
            Value::Closure(closure) => Some(self.closure_verdict(&closure.function.clone(), closure.class.clone())),
            _ => None,
        };
        Asked { names: names_of(value), verdict, ..Asked::default() }
    }

    /// `$this->middleware(…)` in a controller's constructor; `None` when no controller is being asked.
    pub(crate) fn controller_asks(&mut self, arguments: &Arguments) -> Option<Value> {
        self.framework.middleware.asked.as_ref()?;
        let mut asked = self.asked_for(&arguments.at(0));
        if let Some(options) = arguments.at(1).as_array() {
            for limit in ["only", "except"] {
                asked.limit(limit, options.get_text(limit).unwrap_or(&Value::Null));
            }
        }
        let list = self.framework.middleware.asked.as_mut()?;
        list.push(asked);
        let place = list.len() - 1;
        Some(self.object(Object::Asking(Asking::Place(place))))
    }

    /// `new Middleware('auth', only: ['store'])`.
    pub(crate) fn new_controller_middleware(&mut self, arguments: &Arguments) -> Value {
        let mut asked = self.asked_for(&arguments.value(0, "middleware"));
        asked.limit("only", &arguments.value(1, "only"));
        asked.limit("except", &arguments.value(2, "except"));
        self.object(Object::Asking(Asking::Own(asked)))
    }

    /// `->only(…)` and `->except(…)`.
    pub(crate) fn asking_call(&mut self, asking: Asking, method: &str, arguments: &Arguments) -> Value {
        let value = match arguments.positional.as_slice() {
            [_, _, ..] => Value::list(arguments.positional.clone()),
            _ => arguments.values().next().cloned().unwrap_or(Value::Null),
        };
        match asking {
            Asking::Place(place) => {
                let list = self.framework.middleware.asked.as_mut();
                if let Some(asked) = list.and_then(|list| list.get_mut(place)) {
                    asked.limit(method, &value);
                }
                self.object(Object::Asking(Asking::Place(place)))
            }
            Asking::Own(mut asked) => {
                asked.limit(method, &value);
                self.object(Object::Asking(Asking::Own(asked)))
            }
        }
    }
}
