//! What a Laravel application registers when it starts, read from its files without running PHP.
//!
//! What comes in: an application's [`Files`]. What goes out: a [`Map`] with one [`Route`] for every route that Laravel
//! itself would register, each saying how certain it is. `php` evaluates the small part of PHP that starting needs, `app`
//! walks the way Laravel starts (composer, `bootstrap/app.php`, providers), `routes` is the router. Nothing is executed,
//! no file is opened here, and every run ends: steps, nesting and loops are bounded, and a bound that was met is told.
//!
//! ```
//! use codeproof_laravel::{FolderOfTexts, map};
//!
//! let files = FolderOfTexts::new([
//!     ("routes/web.php", "<?php Route::get('/users', [App\\Users::class, 'index'])->name('users');"),
//!     ("bootstrap/app.php", "<?php return Application::configure()->withRouting(web: __DIR__.'/../routes/web.php');"),
//! ]);
//! let map = map(&files);
//! assert_eq!(map.routes[0].full_uri, "/users");
//! assert_eq!(map.routes[0].middleware, ["web"]);
//! ```

mod app;
mod files;
mod map;
mod php;
mod routes;

pub use files::FolderOfTexts;
pub use map::{Map, map};
pub use php::Files;
pub use routes::{Certainty, HandlerType, Route, UnknownPart};
