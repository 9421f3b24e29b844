//! Tells a Laravel application from what is none, before anything of it is followed.

use super::composer::json;
use crate::php::Files;

/// What a folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationKind {
    /// An application that starts.
    Application,
    /// Files of an application without what starts it.
    Part,
    /// A package that applications install: its providers are followed as if one had.
    Package,
    /// A Lumen application, whose routes another router reads.
    Lumen,
}

/// Looks at the few files that tell; `None` for what has nothing to do with Laravel.
pub fn detect(files: &dyn Files) -> Option<ApplicationKind> {
    let manifest = json(files, "composer.json");
    let requires = |name: &str| manifest["require"][name].is_string() || manifest["require-dev"][name].is_string();
    let starts = files.has("bootstrap/app.php");
    let has_routes = ["routes/web.php", "routes/api.php", "app/Http/routes.php"].iter().any(|path| files.has(path));
    Some(if requires("laravel/lumen-framework") {
        ApplicationKind::Lumen
    } else if starts && (requires("laravel/framework") || has_routes || files.has("artisan")) {
        ApplicationKind::Application
    } else if has_routes && (requires("laravel/framework") || files.has("artisan")) {
        ApplicationKind::Part
    } else if manifest["extra"]["laravel"]["providers"].is_array() {
        ApplicationKind::Package
    } else if has_routes && files.read("routes/web.php").is_some_and(|text| text.contains("Route::")) {
        ApplicationKind::Part
    } else {
        return None;
    })
}
