//! The query builder and models inside migrations: what they read is not in the code, what they delete is told.

use std::rc::Rc;

use codeproof_types::laravel::Operation;

use super::record::{Doubts, NO_NAME};
use crate::app::{Laravel, Object};
use crate::php::{Arguments, Doubt, Machine, Value};

/// What a migration needs to know about a model.
#[derive(Debug, Clone)]
pub(super) struct ModelFacts {
    pub(super) table: String,
    pub(super) key: String,
    pub(super) foreign_key: String,
    pub(super) is_number: bool,
    pub(super) is_ulid: bool,
}

impl Machine<'_, Laravel> {
    /// A call on a query; `None` when no migration runs.
    pub(crate) fn query_call(
        &mut self,
        table: Option<&Rc<str>>,
        is_narrowed: bool,
        method: &str,
        arguments: &Arguments,
    ) -> Option<Value> {
        self.framework.migrating.run.as_ref()?;
        let doubt = self.rows_doubt(table.map(|it| &**it));
        let word = method.to_lowercase();
        Some(match word.as_str() {
            "get" | "all" | "pluck" | "cursor" | "lazy" | "lazybyid" | "paginate" | "findmany" | "getmodels" => {
                self.object(Object::Rows(doubt))
            }
            "first" | "find" | "value" | "sole" | "firstwhere" | "max" | "min" | "avg" => {
                Value::Null.under(Some(doubt))
            }
            "count" | "sum" | "increment" | "decrement" | "update" | "upsert" | "insertorignore" | "insertgetid"
            | "insertusing" | "updateorinsert" | "forcedelete" | "delete" | "destroy"
                if !matches!(word.as_str(), "delete" | "forcedelete")
                    || is_narrowed
                    || !arguments.positional.is_empty() =>
            {
                Value::Integer(0).under(Some(doubt))
            }
            "delete" | "forcedelete" | "truncate" => {
                self.rows_lost(table);
                Value::Integer(0).under(Some(doubt))
            }
            "insert" => Value::Boolean(true),
            "exists" => Value::Boolean(false).under(Some(doubt)),
            "doesntexist" => Value::Boolean(true).under(Some(doubt)),
            "chunk" | "chunkbyid" | "each" | "eachbyid" | "chunkmap" => {
                let callback = arguments.values().find(|it| matches!(it.plain(), Value::Closure(_))).cloned();
                if let Some(callback) = callback {
                    let rows = if word.starts_with("chunk") {
                        self.object(Object::Rows(doubt.clone()))
                    } else {
                        Value::Unknown(doubt.clone())
                    };
                    self.unlikely(doubt, |machine| machine.call_value(&callback, Arguments::of([rows])));
                }
                Value::Boolean(true)
            }
            "create" | "forcecreate" | "firstorcreate" | "updateorcreate" | "firstornew" | "findorfail"
            | "firstorfail" | "make" | "newinstance" => Value::Unknown(doubt),
            "getschemabuilder" => self.object(Object::SchemaBuilder(None)),
            "getconnection" => self.object(Object::Connection(None)),
            "from" => {
                let table = self.table_of_query(&arguments.at(0));
                self.object(Object::Query { table, is_narrowed })
            }
            "when" | "unless" | "tap" => self.object(Object::Query { table: table.cloned(), is_narrowed: true }),
            _ => {
                let narrows = word.contains("where")
                    || word.contains("join")
                    || word.contains("has")
                    || matches!(word.as_str(), "limit" | "take" | "onlytrashed" | "skip" | "offset");
                self.object(Object::Query { table: table.cloned(), is_narrowed: is_narrowed || narrows })
            }
        })
    }

    /// All rows of a table are deleted.
    fn rows_lost(&mut self, table: Option<&Rc<str>>) {
        let mut doubts = self.current_doubts();
        if table.is_none() {
            let doubt = self.doubt("all rows of a table whose name is not known are deleted");
            doubts.doubts.push(doubt);
            doubts.is_partial = true;
        }
        let mut row = self.new_row(Operation::Alter, table.map_or(NO_NAME, |it| it));
        row.raw = true;
        row.destructive_operations.push(format!("rows of {}", row.table_name));
        doubts.mark(&mut row);
        let happens = !self.is_unlikely();
        self.keep_row(row, &Default::default(), happens);
    }

    /// A call on what a query gives: no rows are known.
    pub(crate) fn rows_call(&mut self, doubt: &Rc<Doubt>, method: &str, arguments: &Arguments) -> Value {
        let callback = arguments.values().find(|it| matches!(it.plain(), Value::Closure(_))).cloned();
        if let Some(callback) = callback {
            let row = Value::Unknown(doubt.clone());
            let second = Value::Unknown(doubt.clone());
            self.unlikely(doubt.clone(), |machine| machine.call_value(&callback, Arguments::of([row, second])));
        }
        let value = match method {
            "count" | "sum" => Value::Integer(0),
            "isEmpty" => Value::Boolean(true),
            "isNotEmpty" | "contains" | "has" => Value::Boolean(false),
            "first" | "last" | "get" | "pop" | "shift" | "max" | "min" => Value::Null,
            "toArray" | "all" => Value::list([]),
            "implode" | "join" | "toJson" => Value::text(""),
            _ => return self.object(Object::Rows(doubt.clone())),
        };
        value.under(Some(doubt.clone()))
    }

    /// Functions that only migrations call; `None` when no migration runs.
    pub(crate) fn migration_function(&mut self, name: &str, arguments: &Arguments) -> Option<Value> {
        self.framework.migrating.run.as_ref()?;
        let first = arguments.at(0);
        Some(match name {
            // The moment the migration runs.
            "now" | "today" => self.object(Object::Expression(Rc::from(format!("{name}()")))),
            "rescue" => self.call_value(&first, Arguments::default()),
            "retry" => self.call_value(&arguments.at(1), Arguments::of([Value::Integer(1)])),
            "transform" | "optional" if arguments.positional.len() == 1 => first,
            "throw_if" | "throw_unless" | "logger" | "info" | "report" | "event" | "dispatch" => Value::Null,
            "count" | "sizeof" => {
                let Value::Host(object) = first.plain() else { return None };
                match self.framework.objects.get(*object as usize)? {
                    Object::Rows(doubt) => Value::Integer(0).under(Some(doubt.clone())),
                    _ => return None,
                }
            }
            _ => {
                self.note_foreign_call(name, arguments);
                return None;
            }
        })
    }

    /// A static call on a model of the application, or one it inherits; `None` when no migration runs.
    pub(crate) fn model_static_call(&mut self, class: &str, method: &str, arguments: &Arguments) -> Option<Value> {
        self.framework.migrating.run.as_ref()?;
        if self.program.class(class).is_some() && !self.is_model(class) {
            return None;
        }
        if method == "unguard" || method == "reguard" || method.starts_with("without") || method == "unguarded" {
            let callback = arguments.at(0);
            if let Value::Closure(_) = callback.plain() {
                return Some(self.call_value(&callback, Arguments::default()));
            }
        }
        let table = self.model_facts(class).table;
        self.query_call(Some(&Rc::from(table)), false, method, arguments)
    }

    /// Whether a class of the application is a model, as far as its parents are known.
    fn is_model(&mut self, class: &str) -> bool {
        let base = self.foreign_base(class);
        base.is_some_and(|base| crate::models::bases::base(&base).is_some())
    }

    /// A model's table and key, from its properties and methods, else by Eloquent's defaults.
    pub(super) fn model_facts(&mut self, class: &str) -> ModelFacts {
        let class = class.trim_start_matches('\\');
        let short = class.rsplit('\\').next().unwrap_or(class);
        let mut facts = ModelFacts {
            table: snake(&crate::inflect::plural_studly(short)),
            key: "id".to_owned(),
            foreign_key: String::new(),
            is_number: true,
            is_ulid: false,
        };
        if let Some(instance) = self.instantiate(class) {
            let text = |name: &str| {
                let value = instance.properties.borrow().get(name).cloned();
                value.and_then(|value| value.as_text()).filter(|text| !text.is_empty()).map(|text| text.to_string())
            };
            facts.table = text("table").unwrap_or(facts.table);
            facts.key = text("primaryKey").unwrap_or(facts.key);
            facts.is_number = text("keyType").is_none_or(|kind| matches!(kind.as_str(), "int" | "integer"));
            if self.method(class, "getTable").is_some() {
                let table = self.call_method(&Value::Object(instance.clone()), "getTable", Arguments::default());
                let mut doubts = Doubts::default();
                facts.table = self.name_of(&table, "", &mut doubts).unwrap_or(facts.table);
            }
            self.key_of_traits(class, &mut facts);
        }
        facts.foreign_key = format!("{}_{}", snake(short), facts.key);
        facts
    }

    /// `HasUuids` and `HasUlids` make the key a text, unless `uniqueIds()` names other columns.
    fn key_of_traits(&mut self, class: &str, facts: &mut ModelFacts) {
        let traits = self.all_traits(class);
        let has = |names: &[&str]| {
            let mut own = traits.iter().filter_map(|name| name.strip_prefix("Illuminate\\")?.rsplit('\\').next());
            own.any(|name| names.contains(&name))
        };
        let is_ulid = has(&["HasUlids"]);
        if !is_ulid && !has(&["HasUuids", "HasVersion7Uuids", "HasVersion4Uuids"]) {
            return;
        }
        if self.method(class, "uniqueIds").is_some()
            && let Some(instance) = self.instantiate(class)
        {
            let named = self.call_method(&Value::Object(instance), "uniqueIds", Arguments::default());
            let mut doubts = Doubts::default();
            if !self.names_of(&named, &mut doubts).contains(&facts.key) {
                return;
            }
        }
        facts.is_ulid = is_ulid;
        facts.is_number = false;
    }

    /// The traits of a class, its parents and their traits.
    fn all_traits(&mut self, class: &str) -> Vec<Rc<str>> {
        let mut found: Vec<Rc<str>> = self.lineage(class).iter().flat_map(|class| class.traits.clone()).collect();
        let mut place = 0;
        while let Some(name) = found.get(place).cloned().filter(|_| place < 200) {
            place += 1;
            let more = self.program.class(&name).map(|used| used.traits.clone()).unwrap_or_default();
            for name in more {
                if !found.contains(&name) {
                    found.push(name);
                }
            }
        }
        found
    }
}

/// `Str::snake()` for the name of a class.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (place, character) in name.chars().enumerate() {
        if character.is_uppercase() && place > 0 {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}
