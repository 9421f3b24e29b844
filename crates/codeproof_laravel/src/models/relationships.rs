//! The relationships of a model: the methods that may give one are run on a new object of it, and what comes back says
//! the rest.

use std::rc::Rc;

use codeproof_types::laravel::Relationship;
use rustc_hash::{FxHashMap, FxHashSet};

use super::calls::{Calls, calls};
use super::certainty::Doubts;
use super::making::makes_relation;
use super::naming::{short, small_first};
use super::own_relations::is_relation_class;
use super::relation::Relation;
use crate::app::Laravel;
use crate::php::ast::{Class, Function};
use crate::php::{Arguments, Instance, Machine, Value};

/// Expressions and statements one method may take.
const STEPS_OF_METHOD: u64 = 50_000;
/// Methods of one class that are followed from one to the next to see whether a relation is made.
const FOLLOWED_MAX: usize = 50;

/// What methods call, by the method.
type KnownCalls = FxHashMap<*const Function, Rc<Calls>>;

/// A method that may give a relation.
struct Candidate {
    function: Rc<Function>,
    /// The relation class that its return type names.
    returns: Option<Rc<str>>,
}

impl Machine<'_, Laravel> {
    /// All relationships of a model, in order of declaration: its own, those of its traits, those of its parents.
    pub(super) fn relationships(&mut self, model: &Rc<Instance>) -> Vec<Relationship> {
        let candidates = self.candidates(&model.class.clone());
        candidates.into_iter().filter_map(|candidate| self.relationship(model, &candidate)).collect()
    }

    fn relationship(&mut self, model: &Rc<Instance>, candidate: &Candidate) -> Option<Relationship> {
        let function = &candidate.function;
        let object = Value::Object(model.clone());
        let value =
            self.asking(STEPS_OF_METHOD, |machine| machine.call_method(&object, &function.name, Arguments::default()));
        let relation = match (self.relation_of(&value), &candidate.returns) {
            (Some(relation), _) => relation,
            // What it returns is said, but could not be followed.
            (None, Some(class)) => self.unfollowed(function, class, &value)?,
            (None, None) => return None,
        };
        let mut doubts = Doubts::default();
        doubts.of_value(&value);
        doubts.extend(&relation.doubts);
        let (certainty, unknown) = doubts.told();
        Some(Relationship {
            name: function.name.to_string(),
            related: relation.related.map(|class| class.to_string()),
            kind: relation.kind,
            foreign_key: relation.foreign_key,
            owner_key: relation.owner_key,
            local_key: relation.local_key,
            pivot_table: relation.pivot_table,
            related_pivot_key: relation.related_pivot_key,
            pivot_columns: relation.pivot_columns,
            morph_type: relation.morph_type,
            through: relation.through.map(|class| class.to_string()),
            through_key: relation.through_key,
            file_path: function.file.to_string(),
            line: function.line,
            has_return_type: candidate.returns.is_some(),
            certainty,
            unknown,
        })
    }

    fn unfollowed(&mut self, function: &Function, class: &str, value: &Value) -> Option<Relation> {
        let kind = small_first(short(class));
        if matches!(value.plain(), Value::Null) && value.doubt().is_none() {
            return None;
        }
        let mut relation = Relation { kind, ..Relation::default() };
        match value.doubt() {
            Some(doubt) => relation.doubts.lacks(doubt),
            None => {
                let reason = "what the method returns is no relation that could be followed";
                relation.doubts.lacks(&self.doubt_at(&function.file, function.line, reason));
            }
        }
        Some(relation)
    }

    // ----- which methods to run

    fn candidates(&mut self, class: &str) -> Vec<Candidate> {
        let mut seen: FxHashSet<Rc<str>> = FxHashSet::default();
        let mut found = Vec::new();
        let mut known = KnownCalls::default();
        for declaring in self.lineage(class) {
            for part in self.with_traits(&declaring) {
                for (key, function) in by_line(&part) {
                    // A method that is declared again counts where it is found first.
                    if !seen.insert(key) || !may_be_called(&function) {
                        continue;
                    }
                    let returns = function.returns.iter().find(|class| self.is_relation_type(class)).cloned();
                    if returns.is_some() || self.may_make_relation(class, &function, &mut known) {
                        found.push(Candidate { function, returns });
                    }
                }
            }
        }
        found
    }

    fn is_relation_type(&mut self, class: &str) -> bool {
        is_relation_class(class) || self.is_relation(class)
    }

    /// Whether a method, or one of the class's own methods that it calls, makes a relation.
    fn may_make_relation(&mut self, class: &str, function: &Rc<Function>, known: &mut KnownCalls) -> bool {
        let mut open = vec![function.clone()];
        let mut place = 0;
        while let Some(function) = open.get(place).cloned() {
            let calls = known.entry(Rc::as_ptr(&function)).or_insert_with(|| Rc::new(calls(&function))).clone();
            if place == 0 && !calls.returns {
                return false;
            }
            place += 1;
            let makes = calls.on_itself.iter().any(|name| makes_relation(name) || name.starts_with("through"))
                || calls.made.iter().any(|class| self.is_relation_type(class));
            if makes {
                return true;
            }
            for name in &calls.on_itself {
                if open.len() < FOLLOWED_MAX
                    && let Some((_, called)) = self.method(class, name)
                    && !open.iter().any(|known| Rc::ptr_eq(known, &called))
                {
                    open.push(called);
                }
            }
        }
        false
    }
}

/// The methods of a class or trait in the order of their lines, under their lower-case names.
fn by_line(class: &Class) -> Vec<(Rc<str>, Rc<Function>)> {
    let mut methods: Vec<_> = class.methods.iter().map(|(key, function)| (key.clone(), function.clone())).collect();
    methods.sort_by_key(|(_, function)| function.line);
    methods
}

/// Whether Eloquent could call a method as a relationship: everyone may, nothing has to be given, and it is none of the
/// methods that mean something else.
fn may_be_called(function: &Function) -> bool {
    let name = &*function.name;
    let needs = function.parameters.iter().any(|parameter| parameter.default.is_none() && !parameter.variadic);
    let is_accessor = (name.starts_with("get") || name.starts_with("set")) && name.ends_with("Attribute");
    let means_other = name.starts_with("__")
        || name.starts_with("scope") && name.chars().nth(5).is_some_and(char::is_uppercase)
        || name.starts_with("boot") && (name.len() == 4 || name.chars().nth(4).is_some_and(char::is_uppercase))
        || name.starts_with("initialize")
        || name == "booted" && function.is_static;
    function.is_public && !function.is_static && !needs && !is_accessor && !means_other
}
