//! What a Laravel application registers when it starts, read from its files without running PHP.
//!
//! What comes in: an application's [`Files`]. What goes out: a [`LaravelMap`](codeproof_types::laravel::LaravelMap): one
//! row for every route that Laravel itself would register, for every statement of a migration and for every model, each
//! saying how certain it is. `php` evaluates the small part of PHP that this needs, `app` walks the way Laravel starts
//! (composer, `bootstrap/app.php`, providers), `routes` is the router, `schema` runs migrations, `models` asks models what
//! Eloquent would ask them, `concerns` says what does not fit together. Nothing is executed, no file is opened here, and
//! every run ends: steps, nesting and loops are bounded, and a bound that was met is told.
//!
//! ```
//! use codeproof_laravel::{FolderOfTexts, Parts, map};
//!
//! let files = FolderOfTexts::new([
//!     ("routes/web.php", "<?php Route::get('/users', [App\\Users::class, 'index'])->name('users');"),
//!     ("bootstrap/app.php", "<?php return Application::configure()->withRouting(web: __DIR__.'/../routes/web.php');"),
//! ]);
//! let map = map(&files, Parts::ALL);
//! assert_eq!(map.routes[0].full_uri, "/users");
//! assert_eq!(map.routes[0].middleware, ["web"]);
//! ```

mod app;
mod concerns;
mod files;
mod inflect;
mod map;
mod models;
mod php;
mod routes;
mod schema;

pub use app::{ApplicationKind, detect};
pub use files::FolderOfTexts;
pub use map::{Parts, map};
pub use php::Files;
pub use routes::middleware::without_middleware;
