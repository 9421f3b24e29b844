//! How Laravel starts, in its order: configuration, the skeleton's `bootstrap/app.php`, providers registered and then
//! booted, and the routes that they load.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::composer::composer;
use super::{Laravel, Object};
use crate::php::{Arguments, Files, Instance, Machine, Program, Value};
use crate::routes::attributes::Attributes;

/// Packages that make routes from something else than calls of the router.
const FOREIGN_REGISTRARS: &[(&str, &str)] =
    &[("spatie/laravel-route-attributes", "attributes of controllers"), ("laravel/folio", "files of pages")];

/// Starts an application: the machine that comes back has registered what it registers.
pub(crate) fn start_application(files: &dyn Files) -> Machine<'_, Laravel> {
    let composer = composer(files);
    let mut program = Program::new(files);
    let framework = Laravel {
        version: composer.major(),
        version_written: composer.version.clone(),
        packages: composer.packages.clone(),
        ..Laravel::default()
    };
    program.autoload(composer.prefixes, composer.always);
    let mut machine = Machine::new(program, framework);
    machine.object(Object::Router);
    machine.start(&composer.discovered);
    machine
}

impl Machine<'_, Laravel> {
    fn start(&mut self, discovered: &[String]) {
        if self.program.has_file("bootstrap/app.php") {
            let app = self.object(Object::Application);
            let made = self.run_file(&Value::text("/bootstrap/app.php"), [("app", app)]);
            self.own_configuration_folder(&made);
        }
        self.load_middleware();
        self.note_foreign_registrars();
        let classes = self.provider_classes(discovered);
        let mut instances = Vec::new();
        for class in classes {
            if let Some(instance) = self.provider(&class) {
                self.call_method(&Value::Object(instance.clone()), "register", Arguments::default());
                instances.push(instance);
            }
        }
        // `withRouting()` brings a provider of its own, which boots first.
        let has_builder_routes = self.framework.routing.is_some();
        if has_builder_routes {
            self.load_builder_routes();
        }
        for instance in instances {
            self.boot(&instance);
        }
        self.broadcasting();
        let mut place = 0;
        while let Some(callback) = self.framework.booted.get(place).cloned() {
            place += 1;
            let app = self.object(Object::Application);
            self.call_value(&callback, Arguments::of([app]));
            if place > 1_000 {
                break;
            }
        }
        if self.framework.sequence == 0 {
            self.lonely_route_files();
        }
        self.serve_disks();
    }

    /// Packages that register routes by means that are not followed: their routes are missing, and that is said.
    fn note_foreign_registrars(&mut self) {
        for (package, means) in FOREIGN_REGISTRARS {
            if self.framework.packages.iter().any(|it| it == package) {
                let mut doubt =
                    (*self.doubt(format!("routes that {package} makes from {means} are not followed"))).clone();
                doubt.path = Rc::from("composer.json");
                self.limits.push(doubt);
            }
        }
    }

    /// An application class of its own may keep the configuration elsewhere.
    fn own_configuration_folder(&mut self, application: &Value) {
        let Value::Object(instance) = application.plain() else { return };
        let class = instance.class.clone();
        if self.method(&class, "configPath").is_none() {
            return;
        }
        instance.properties.borrow_mut().insert(Rc::from("basePath"), Value::text(""));
        let folder = self.call_method(application, "configPath", Arguments::default());
        if let Some(folder) = folder.as_text() {
            self.framework.configuration_folder = Some(folder.trim_end_matches('/').to_owned());
        }
    }

    /// No provider and no bootstrap loaded a route: half an application. Its route files still say what they say.
    fn lonely_route_files(&mut self) {
        for (path, middleware, prefix) in [("routes/web.php", "web", None), ("routes/api.php", "api", Some("api"))] {
            if !self.program.has_file(path) {
                continue;
            }
            let doubt = self.doubt(format!("nothing that was read loads {path}; Laravel's usual groups are assumed"));
            let attributes = Attributes {
                prefix: prefix.map(str::to_owned),
                middleware: Some(vec![middleware.to_owned()]),
                doubts: vec![(doubt, true)],
                ..Attributes::default()
            };
            self.group(attributes, &Value::text(format!("/{path}")));
        }
    }

    /// The application's own providers in Laravel's order: discovered, `config/app.php`, `bootstrap/providers.php`.
    fn provider_classes(&mut self, discovered: &[String]) -> Vec<String> {
        let mut names: Vec<String> = discovered.to_vec();
        let configured = self.configured("app.providers", Value::Null);
        let configured = match configured.plain() {
            Value::Host(_) => self.call_method(&configured, "toArray", Arguments::default()),
            _ => configured,
        };
        names.extend(Attributes::default().texts(self, "providers", &configured));
        if self.program.has_file("bootstrap/providers.php") {
            let listed = self.run_file(&Value::text("/bootstrap/providers.php"), []);
            names.extend(Attributes::default().texts(self, "providers", &listed));
        }
        names.extend(std::mem::take(&mut self.framework.providers).into_iter().map(|(name, _)| name));
        let mut seen = FxHashSet::default();
        names.retain(|name| seen.insert(name.to_lowercase()));
        names
    }

    fn provider(&mut self, class: &str) -> Option<Rc<Instance>> {
        let instance = self.instantiate(class)?;
        let app = self.object(Object::Application);
        let mut properties = instance.properties.borrow_mut();
        properties.insert(Rc::from("app"), app);
        // Declared by the framework's route provider.
        properties.entry(Rc::from("namespace")).or_insert(Value::Null);
        drop(properties);
        Some(instance)
    }

    /// `$app->register(Provider::class)`.
    pub(crate) fn register_provider(&mut self, class: &str) {
        let key = class.trim_start_matches('\\').to_lowercase();
        if self.framework.providers.iter().any(|(name, done)| *done && *name == key) {
            return;
        }
        self.framework.providers.push((key, true));
        if let Some(instance) = self.provider(class) {
            self.call_method(&Value::Object(instance.clone()), "register", Arguments::default());
            self.boot(&instance);
        }
    }

    fn boot(&mut self, instance: &Rc<Instance>) {
        let class = instance.class.clone();
        if self.method(&class, "boot").is_some() {
            self.call_method(&Value::Object(instance.clone()), "boot", Arguments::default());
        }
        let is_route_provider =
            self.foreign_base(&class).is_some_and(|base| base.ends_with("Providers\\RouteServiceProvider"));
        if !is_route_provider {
            return;
        }
        // Every route provider also loads what `withRouting()` was given.
        if self.framework.routing.is_some() {
            self.load_builder_routes();
        }
        let callback = instance.properties.borrow().get("loadRoutesUsing").cloned();
        match callback {
            Some(callback) => {
                self.call_value(&callback, Arguments::default());
            }
            None if self.method(&class, "map").is_some() => {
                self.call_method(&Value::Object(instance.clone()), "map", Arguments::default());
            }
            None => {}
        }
    }

    /// What `withRouting()` was given, in Laravel's order: api, health, web, then.
    fn load_builder_routes(&mut self) {
        let Some(routing) = self.framework.routing.clone() else { return };
        let using = routing.value(0, "using");
        if !matches!(using.plain(), Value::Null) {
            self.call_value(&using, Arguments::default());
            return;
        }
        let named = |name: &str, place: usize| routing.value(place, name);
        let prefix = match routing.get(7, "apiPrefix") {
            Some(prefix) => prefix.clone(),
            None => Value::text("api"),
        };
        for (files, middleware) in [(named("api", 2), "api"), (named("web", 1), "web")] {
            if middleware == "web" {
                self.health(&named("health", 6));
            }
            let list = match files.as_array() {
                Some(array) => array.values().cloned().collect(),
                None if matches!(files.plain(), Value::Null) => Vec::new(),
                None => vec![files],
            };
            for file in list {
                let mut attributes =
                    Attributes { middleware: Some(vec![middleware.to_owned()]), ..Attributes::default() };
                if middleware == "api" {
                    attributes.set(self, "prefix", &prefix);
                }
                self.group(attributes, &file);
            }
        }
        let then = named("then", 8);
        if !matches!(then.plain(), Value::Null) {
            let app = self.object(Object::Application);
            self.call_value(&then, Arguments::of([app]));
        }
    }

    fn health(&mut self, uri: &Value) {
        if let Value::Text(_) = uri.plain() {
            self.framework.in_framework = true;
            self.router_call(Attributes::default(), "get", &Arguments::of([uri.clone(), Value::Null]));
            self.framework.in_framework = false;
        }
    }

    fn broadcasting(&mut self) {
        let channels = self.framework.routing.as_ref().map(|routing| routing.value(5, "channels"));
        let given = self.framework.broadcasting.take();
        let wanted = given.is_some() || channels.is_some_and(|channels| !matches!(channels.plain(), Value::Null));
        if wanted {
            self.framework.in_framework = true;
            self.broadcast_routes(&given.map(|given| given.value(1, "attributes")).unwrap_or(Value::Null));
            self.framework.in_framework = false;
        }
    }
}
