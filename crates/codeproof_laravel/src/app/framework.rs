//! The framework's classes and functions, as far as starting an application calls them.

use std::rc::Rc;

use super::words::{is_known, method_of, word};
use super::{Laravel, Object};
use crate::models::{is_relation_class, short, small_first};
use crate::php::{Arguments, Framework, Instance, Machine, Value, more_bytes};
use crate::routes::attributes::Attributes;

impl Machine<'_, Laravel> {
    /// A new object of the framework.
    pub(crate) fn object(&mut self, object: Object) -> Value {
        // These have no state: one of each is enough.
        let shared = match object {
            Object::Router => Some(0),
            Object::Application => Some(1),
            Object::Configuration => Some(2),
            Object::Builder => Some(3),
            Object::Middleware => Some(4),
            Object::Kernel => Some(5),
            _ => None,
        };
        if self.framework.objects.is_empty() {
            self.framework.objects = vec![
                Object::Router,
                Object::Application,
                Object::Configuration,
                Object::Builder,
                Object::Middleware,
                Object::Kernel,
            ];
        }
        let place = shared.unwrap_or_else(|| {
            more_bytes(match &object {
                Object::Registrar(attributes) => attributes.bytes(),
                _ => size_of::<Object>(),
            });
            self.framework.objects.push(object);
            self.framework.objects.len() - 1
        });
        Value::Host(u32::try_from(place).unwrap_or(0))
    }

    fn application_call(&mut self, method: &str, arguments: &Arguments) -> Option<Value> {
        Some(match method {
            "routesAreCached" | "configurationIsCached" | "eventsAreCached" => Value::Boolean(false),
            "environment" | "isLocal" | "isProduction" | "runningUnitTests" => self.environment(method, arguments),
            "booted" | "booting" => {
                self.framework.booted.push(arguments.at(0));
                Value::Null
            }
            "register" => {
                match arguments.at(0).plain() {
                    Value::Text(class) => {
                        let class = class.to_string();
                        self.register_provider(&class);
                    }
                    Value::Object(instance) => {
                        let class = instance.class.to_string();
                        self.register_provider(&class);
                    }
                    _ => {}
                }
                Value::Null
            }
            "make" | "get" | "makeWith" | "offsetGet" => {
                let class = arguments.at(0).as_text()?;
                return self.container(&class);
            }
            "call" => self.call_value(&arguments.at(0), Arguments::default()),
            "basePath" | "path" | "configPath" | "databasePath" | "resourcePath" | "storagePath" | "publicPath" => {
                let folder = method.strip_suffix("Path").unwrap_or(if method == "path" { "app" } else { method });
                self.path_of(folder, arguments)
            }
            "resolved" | "bound" | "has" => self.unknown("what the container holds is not known"),
            "singleton" | "bind" | "scoped" => {
                self.bind_kernel(arguments);
                Value::Null
            }
            "afterResolving" | "resolving" | "instance" | "alias" | "extend" | "terminating" | "configure"
            | "setLocale" => Value::Null,
            "runningInConsole" => self.unknown("whether it runs on the command line is not known"),
            _ => return None,
        })
    }

    /// Without an environment file an application runs in production.
    fn environment(&mut self, method: &str, arguments: &Arguments) -> Value {
        let doubt = self.doubt("the environment the application runs in is not known");
        let names: Vec<Rc<str>> = arguments
            .values()
            .flat_map(|value| match value.as_array() {
                Some(array) => array.values().filter_map(Value::as_text).collect::<Vec<_>>(),
                None => value.as_text().into_iter().collect(),
            })
            .collect();
        let value = match method {
            "environment" if names.is_empty() => Value::text("production"),
            "environment" => Value::Boolean(names.iter().any(|name| &**name == "production")),
            method => Value::Boolean(method == "isProduction"),
        };
        value.under(Some(doubt))
    }

    fn path_of(&mut self, folder: &str, arguments: &Arguments) -> Value {
        let start = if folder == "base" { String::new() } else { format!("/{folder}") };
        let rest = arguments.at(0);
        match self.text_of(&rest) {
            Some(text) if text.is_empty() => Value::text(start).under(rest.doubt().cloned()),
            Some(text) => Value::text(format!("{start}/{}", text.trim_start_matches('/'))).under(rest.doubt().cloned()),
            None => rest,
        }
    }

    /// `singleton(Kernel::class, App\Http\Kernel::class)` of the skeleton's `bootstrap/app.php`.
    fn bind_kernel(&mut self, arguments: &Arguments) {
        let is_kernel = arguments.at(0).as_text().is_some_and(|name| name.ends_with("Contracts\\Http\\Kernel"));
        if let (true, Some(class)) = (is_kernel, arguments.at(1).as_text()) {
            self.framework.middleware.kernel = Some(class);
        }
    }

    /// What the container gives for a name or a class.
    fn container(&mut self, class: &str) -> Option<Value> {
        let class = class.trim_start_matches('\\');
        Some(match class.rsplit('\\').next()? {
            "router" | "Router" | "Registrar" => self.object(Object::Router),
            "config" => self.object(Object::Configuration),
            "Repository" if class.contains("Config") => self.object(Object::Configuration),
            "app" | "Application" | "Container" => self.object(Object::Application),
            "db" | "db.connection" => self.object(Object::Connection(None)),
            "schema" | "db.schema" => self.object(Object::SchemaBuilder(None)),
            "Builder" if class.contains("Database\\Schema") => self.object(Object::SchemaBuilder(None)),
            "DatabaseManager" | "ConnectionInterface" | "ConnectionResolverInterface"
                if class.contains("Illuminate\\Database") =>
            {
                self.object(Object::Connection(None))
            }
            "Kernel" if class.contains("Http") => self.object(Object::Kernel),
            // A controller that is only asked for its middleware gets nothing of its own.
            _ if self.framework.middleware.asked.is_some() => return None,
            _ => {
                self.program.class(class)?;
                self.construct(class, Arguments::default())
            }
        })
    }

    fn configuration_object(&mut self, method: &str, arguments: &Arguments) -> Option<Value> {
        Some(match method {
            "get" | "string" | "boolean" | "array" | "integer" => self.configuration_call(arguments),
            "set" => match (arguments.at(0).as_array().cloned(), arguments.at(0).as_text()) {
                (Some(values), _) => {
                    self.set_all(&values);
                    Value::Null
                }
                (None, Some(key)) => {
                    self.set_configuration(&key, arguments.at(1));
                    Value::Null
                }
                _ => return None,
            },
            "has" => {
                let value = self.configured(&arguments.at(0).as_text()?, Value::Null);
                Value::Boolean(!matches!(value.plain(), Value::Null)).under(value.doubt().cloned())
            }
            _ => return None,
        })
    }

    fn builder_call(&mut self, method: &str, arguments: Arguments) -> Value {
        match method {
            "withRouting" => self.framework.routing = Some(arguments),
            "withBroadcasting" => self.framework.broadcasting = Some(arguments),
            "withProviders" => {
                for name in Attributes::default().texts(self, "providers", &arguments.at(0)) {
                    self.framework.providers.push((name, false));
                }
            }
            "booted" | "booting" => self.framework.booted.push(arguments.at(0)),
            "withMiddleware" => self.framework.middleware.callbacks.push(arguments.value(0, "callback")),
            _ => {}
        }
        self.object(Object::Builder)
    }
}

/// What providers call on models: listeners and scopes, which no route hangs on.
const OF_MODELS: &[&str] = &[
    "observe",
    "retrieved",
    "creating",
    "created",
    "updating",
    "updated",
    "saving",
    "saved",
    "deleting",
    "deleted",
    "restoring",
    "restored",
    "addGlobalScope",
    "preventLazyLoading",
    "preventSilentlyDiscardingAttributes",
    "preventAccessingMissingAttributes",
    "shouldBeStrict",
    "unguard",
    "resolveRelationUsing",
];

impl Framework for Laravel {
    fn is_ignored(method: &str) -> bool {
        OF_MODELS.contains(&method)
    }

    fn is_own_class(class: &str) -> bool {
        class.starts_with("Illuminate\\")
    }

    fn static_call(machine: &mut Machine<'_, Self>, class: &str, method: &str, arguments: Arguments) -> Option<Value> {
        let short = class.rsplit('\\').next()?;
        match short {
            // The facade, also under the alias that is always there.
            "Route" if class == "Route" || class.contains("Facades") => {
                machine.router_call(Attributes::default(), method, &arguments)
            }
            "Route" | "Router" if method == "macro" && class.starts_with("Illuminate\\Routing") => {
                let name = arguments.at(0).as_text()?.to_string();
                let target =
                    if short == "Route" { &mut machine.framework.route_macros } else { &mut machine.framework.macros };
                target.insert(name, arguments.at(1));
                Some(Value::Null)
            }
            "RouteRegistrar" if method == "macro" => {
                machine.framework.macros.insert(arguments.at(0).as_text()?.to_string(), arguments.at(1));
                Some(Value::Null)
            }
            "Schema" => machine.schema_call(None, method, &arguments),
            "Builder" if class.contains("Schema") => machine.schema_call(None, method, &arguments),
            "DB" => machine.database_call(None, method, &arguments),
            "Manager" if class.contains("Capsule") && method == "schema" => {
                Some(machine.object(Object::SchemaBuilder(None)))
            }
            "Manager" if class.contains("Capsule") => machine.database_call(None, method, &arguments),
            "Blueprint" if method == "mixin" => machine.blueprint_mixin(&arguments.at(0)),
            "Blueprint" | "ColumnDefinition" if method == "macro" => machine.blueprint_macro(&arguments),
            "App" => machine.application_call(method, &arguments),
            // laravel/fortify: a path that the application may set, else the one that stands here.
            "RoutePath" if class.starts_with("Laravel\\Fortify") && method == "for" => {
                let name = arguments.value(0, "routeName").as_text()?;
                Some(machine.configured(&format!("fortify.paths.{name}"), arguments.value(1, "default")))
            }
            "Config" => machine.configuration_object(method, &arguments),
            "Application" if method == "configure" => {
                machine.framework.middleware.is_configured = true;
                Some(machine.object(Object::Builder))
            }
            // `Authenticate::using('web')`: a class with its arguments.
            _ if class.contains("\\Middleware\\") && matches!(method, "using" | "with" | "redirectTo") => {
                let texts: Vec<String> = arguments.values().filter_map(|it| Some(it.as_label()?.to_string())).collect();
                Some(Value::text(format!("{class}:{}", texts.join(","))))
            }
            "Application" | "Container" => Some(machine.object(Object::Application)),
            "Auth" if method == "routes" => {
                machine.auth_routes(&arguments.at(0));
                Some(Value::Null)
            }
            "Broadcast" if method == "routes" => {
                machine.broadcast_routes(&arguments.at(0));
                Some(Value::Null)
            }
            "Env" if method == "get" => Some(machine.environment_value(&arguments)),
            "RouteServiceProvider" => inherited_route_provider(machine, None, method, arguments),
            "File" if method == "get" => Some(machine.call_function("file_get_contents", arguments)),
            "File" if matches!(method, "allFiles" | "files") => {
                machine.files_of(&arguments.at(0), method == "allFiles")
            }
            "Finder" if method == "create" => machine.new_walk(class, &arguments),
            "File" if matches!(method, "exists" | "isFile" | "isDirectory" | "glob") => {
                let function = match method {
                    "exists" => "file_exists",
                    "isFile" => "is_file",
                    "glob" => "glob",
                    _ => "is_dir",
                };
                Some(machine.call_function(function, arguments))
            }
            "ServiceProvider" if method == "defaultProviders" => {
                Some(machine.object(Object::Collection(Value::list([]))))
            }
            "Str" => text_helper(machine, method, &arguments),
            "Closure" if method == "fromCallable" => Some(arguments.at(0)),
            "ValidateCsrfToken" | "TrimStrings" | "EncryptCookies" => Some(Value::Null),
            _ => None,
        }
    }

    fn method_call(machine: &mut Machine<'_, Self>, object: u32, method: &str, arguments: Arguments) -> Option<Value> {
        match machine.framework.objects.get(object as usize)?.clone() {
            Object::Router => machine.router_call(Attributes::default(), method, &arguments),
            Object::Registrar(own) => machine.router_call(own, method, &arguments),
            Object::Route(place) => machine.route_call(place, method, &arguments),
            Object::Pending(place) => machine.pending_call(place, method, &arguments),
            Object::Application => machine.application_call(method, &arguments),
            Object::Builder => Some(machine.builder_call(method, arguments)),
            Object::Configuration => machine.configuration_object(method, &arguments),
            Object::Middleware => {
                machine.framework.middleware.configuration.call(method, &arguments);
                Some(machine.object(Object::Middleware))
            }
            Object::Kernel => {
                machine.middleware_setting(method, &arguments);
                Some(machine.object(Object::Kernel))
            }
            Object::Walk(walk) => machine.walk_call(object, walk, method, &arguments),
            Object::File(path) => machine.file_call(&path, method, &arguments),
            Object::Asking(asking) => Some(machine.asking_call(asking, method, &arguments)),
            Object::Collection(value) => machine.collection_call(&value, method, &arguments),
            Object::SchemaBuilder(connection) => machine.schema_call(connection.as_ref(), method, &arguments),
            Object::Blueprint(number) => machine.blueprint_call(number, method, &arguments),
            Object::BlueprintPart(number, place) => machine.part_call(number, place, method, &arguments),
            Object::Connection(name) => machine.database_call(name.as_ref(), method, &arguments),
            Object::Query { table, is_narrowed } => machine.query_call(table.as_ref(), is_narrowed, method, &arguments),
            Object::Rows(doubt) => Some(machine.rows_call(&doubt, method, &arguments)),
            Object::DatabaseTable(table) => machine.database_table_call(&table, method, &arguments),
            Object::Expression(text) => Some(Value::Text(text)),
            Object::Relation(_) => machine.relation_call(object, method, &arguments),
            Object::Through(through) => machine.through_call(&through, method, &arguments),
            Object::ModelQuery(query) => machine.model_query_call(object, &query, method, &arguments),
        }
    }

    fn inherited_call(
        machine: &mut Machine<'_, Self>,
        instance: &Rc<Instance>,
        base: &str,
        method: &str,
        arguments: Arguments,
    ) -> Option<Value> {
        if method == "middleware"
            && let Some(asked) = machine.controller_asks(&arguments)
        {
            return Some(asked);
        }
        if let Some(base) = machine.base_named(base) {
            return machine.model_call(instance, base, method, &arguments);
        }
        if is_relation_class(base) {
            return machine.own_relation_call(instance, base, method, &arguments);
        }
        if base.ends_with("Schema\\Blueprint") {
            return machine.own_blueprint_call(instance, method, &arguments);
        }
        match method {
            "loadRoutesFrom" => {
                machine.run_file(&arguments.at(0), []);
                Some(Value::Null)
            }
            "loadMigrationsFrom" => {
                machine.load_migrations_from(&arguments.at(0));
                Some(Value::Null)
            }
            "getConnection" => Some(machine.migration_connection(instance)),
            "mergeConfigFrom" => {
                let key = arguments.at(1).as_text()?;
                machine.merge_configuration(&arguments.at(0), &key);
                Some(Value::Null)
            }
            "booted" => {
                machine.framework.booted.push(arguments.at(0));
                Some(Value::Null)
            }
            "callAfterResolving" => {
                let wanted = arguments.at(0).as_text()?;
                if let Some(made @ Value::Host(_)) = machine.container(&wanted) {
                    machine.call_value(&arguments.at(1), Arguments::of([made]));
                }
                Some(Value::Null)
            }
            "routes" => inherited_route_provider(machine, Some(instance), method, arguments),
            "boot"
            | "register"
            | "__construct"
            | "map"
            | "loadViewsFrom"
            | "loadTranslationsFrom"
            | "publishes"
            | "commands"
            | "registerPolicies"
            | "loadJsonTranslationsFrom"
            | "setRootControllerNamespace"
            | "loadFactoriesFrom" => Some(Value::Null),
            _ if base.ends_with("RouteServiceProvider") => {
                // The provider forwards what it does not know to the router.
                machine.router_call(Attributes::default(), method, &arguments)
            }
            _ => None,
        }
    }

    fn function_call(machine: &mut Machine<'_, Self>, name: &str, arguments: Arguments) -> Option<Value> {
        Some(match name {
            "app" | "resolve" => match arguments.at(0).as_text().filter(|name| !name.is_empty()) {
                Some(class) => return machine.container(&class),
                None => machine.object(Object::Application),
            },
            "config" => machine.configuration_call(&arguments),
            "env" => machine.environment_value(&arguments),
            "base_path" | "app_path" | "config_path" | "database_path" | "resource_path" | "public_path"
            | "storage_path" | "lang_path" => {
                let folder = name.trim_end_matches("_path");
                let folder = if folder == "resource" { "resources" } else { folder };
                machine.path_of(folder, &arguments)
            }
            "module_path" => {
                let module = arguments.at(0).as_text()?;
                let rest = arguments.at(1).as_text()?;
                Value::text(format!("/Modules/{module}/{}", rest.trim_start_matches('/')))
            }
            "collect" => {
                let value = match arguments.at(0).plain() {
                    Value::Null => Value::list([]),
                    _ => arguments.at(0),
                };
                machine.object(Object::Collection(value))
            }
            "tap" => {
                machine.call_value(&arguments.at(1), Arguments::of([arguments.at(0)]));
                arguments.at(0)
            }
            "value" | "with" => match arguments.at(0).plain() {
                Value::Closure(_) => machine.call_value(&arguments.at(0), Arguments::default()),
                _ => arguments.at(0),
            },
            "blank" => Value::Boolean(!arguments.at(0).truth()?),
            "filled" => Value::Boolean(arguments.at(0).truth()?),
            "str" => arguments.at(0),
            "class_basename" if matches!(arguments.at(0).plain(), Value::Object(_)) => {
                let Value::Object(instance) = arguments.at(0).plain().clone() else { return None };
                Value::text(short(&instance.class))
            }
            "method_exists" => return machine.relation_has(&arguments.at(0), &arguments.at(1)),
            name => match method_of(name) {
                Some(method) => {
                    let given = arguments.at(0);
                    if let Value::Unknown(_) = given.plain() {
                        return Some(given);
                    }
                    Value::text(word(method, &given.as_text()?)?).under(given.doubt().cloned())
                }
                None => return machine.migration_function(name, &arguments),
            },
        })
    }

    fn make(machine: &mut Machine<'_, Self>, class: &str) -> Option<Value> {
        machine.container(class)
    }

    fn inherited_static_call(
        machine: &mut Machine<'_, Self>,
        class: &str,
        base: &str,
        method: &str,
        arguments: Arguments,
    ) -> Option<Value> {
        if is_relation_class(base) && method == "noConstraints" {
            return Some(machine.call_value(&arguments.at(0), Arguments::default()));
        }
        let known = Self::static_call(machine, base, method, arguments.clone());
        let known = known.or_else(|| machine.named_model(base, method));
        let known = known.or_else(|| machine.cast_call(base, method, &arguments));
        if known.is_some() || class == base && !class.contains("\\Models\\") && method != "truncate" {
            if known.is_none() {
                machine.note_foreign_call(&format!("{class}::{method}"), &arguments);
            }
            return known;
        }
        // While migrations run, what is asked of a model is asked of its table.
        let asked = machine.model_static_call(class, method, &arguments);
        asked.or_else(|| machine.static_call_of_model(class, base, method))
    }

    fn elements(machine: &mut Machine<'_, Self>, object: u32) -> Option<Value> {
        match machine.framework.objects.get(object as usize)?.clone() {
            Object::Walk(walk) => Some(machine.walked(&walk)),
            Object::Collection(value) => Some(value),
            Object::Rows(doubt) => Some(Value::list([]).under(Some(doubt))),
            _ => None,
        }
    }

    fn text(machine: &Machine<'_, Self>, object: u32) -> Option<Rc<str>> {
        match machine.framework.objects.get(object as usize)? {
            Object::File(path) => Some(path.clone()),
            _ => None,
        }
    }

    fn follows_alternatives(machine: &Machine<'_, Self>) -> bool {
        machine.framework.migrating.is_running()
    }

    fn construct(machine: &mut Machine<'_, Self>, class: &str, arguments: &Arguments) -> Option<Value> {
        if let Some(walk) = machine.new_walk(class, arguments) {
            return Some(walk);
        }
        match class {
            "Illuminate\\Routing\\Controllers\\Middleware" => Some(machine.new_controller_middleware(arguments)),
            class if is_relation_class(class) => {
                machine.relation_of_parts(short(class), small_first(short(class)), arguments)
            }
            class => machine.container(class),
        }
    }

    fn property(machine: &mut Machine<'_, Self>, object: u32, name: &str) -> Option<Value> {
        match machine.framework.objects.get(object as usize)? {
            Object::Application => machine.container(name),
            Object::Configuration => Some(machine.configured(name, Value::Null)),
            _ => None,
        }
    }

    fn inherited_property(machine: &mut Machine<'_, Self>, instance: &Rc<Instance>, name: &str) -> Option<Value> {
        machine.model_property(instance, name)
    }
}

/// `RouteServiceProvider` of the framework: `routes(…)` says what `loadRoutes()` runs.
fn inherited_route_provider(
    machine: &mut Machine<'_, Laravel>,
    instance: Option<&Rc<Instance>>,
    method: &str,
    arguments: Arguments,
) -> Option<Value> {
    match (method, instance) {
        ("routes", Some(instance)) => {
            instance.properties.borrow_mut().insert(Rc::from("loadRoutesUsing"), arguments.at(0));
        }
        ("loadRoutesUsing", _) => {
            machine.framework.routing =
                Some(Arguments { positional: Vec::new(), named: vec![(Rc::from("using"), arguments.at(0))] });
        }
        _ => {}
    }
    Some(Value::Null)
}

fn text_helper(machine: &mut Machine<'_, Laravel>, method: &str, arguments: &Arguments) -> Option<Value> {
    let function = match method {
        "lower" => "strtolower",
        "upper" => "strtoupper",
        "ucfirst" => "ucfirst",
        "contains" => "str_contains",
        "startsWith" => "str_starts_with",
        "endsWith" => "str_ends_with",
        method => {
            let given = arguments.at(0);
            if let Value::Unknown(_) = given.plain() {
                return is_known(method).then_some(given);
            }
            return Some(Value::text(word(method, &given.as_text()?)?).under(given.doubt().cloned()));
        }
    };
    Some(machine.call_function(function, arguments.clone()))
}
