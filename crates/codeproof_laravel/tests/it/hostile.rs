//! Input that must neither stop the run nor become a fact that is none.

use codeproof_laravel::{FolderOfTexts, Parts};
use codeproof_types::laravel::{Certainty, LaravelMap};

/// Everything of an application.
fn map(files: &FolderOfTexts) -> LaravelMap {
    codeproof_laravel::map(files, Parts::ALL)
}

const STARTER: &str = "<?php return Application::configure()->withRouting(web: __DIR__.'/../routes/web.php');";

fn with_routes(routes: &str) -> FolderOfTexts {
    FolderOfTexts::new([("bootstrap/app.php", STARTER), ("routes/web.php", routes)])
}

#[test]
fn what_is_no_application_gives_nothing() {
    let nothing: [(&str, &str); 0] = [];
    assert_eq!(map(&FolderOfTexts::new(nothing)).routes, []);
    assert_eq!(map(&FolderOfTexts::new([("main.py", "print(1)")])).routes, []);
}

#[test]
fn requires_in_a_circle_end_and_are_told() {
    let map = map(&with_routes("<?php Route::get('/a', 'A@b'); require __DIR__.'/web.php';"));
    assert_eq!(map.routes.len(), 1);
    assert!(map.limits[0].reason.contains("within itself"), "{:?}", map.limits);
}

#[test]
fn classes_and_constants_that_need_themselves_end() {
    let routes = "<?php class A extends B { const X = self::Y; const Y = self::X; } class B extends A {}
        function f() { return f(); }
        Route::get('/a'.A::X, f()); Route::get('/b', 'C@d');";
    let map = map(&with_routes(routes));
    assert_eq!(map.routes.last().map(|route| (&*route.full_uri, route.certainty)), Some(("/b", Certainty::Exact)));
    assert_eq!(map.routes[0].certainty, Certainty::Partial);
}

#[test]
fn twenty_thousand_routes_of_a_loop_are_all_there() {
    let map =
        map(&with_routes("<?php for ($i = 0; $i < 20000; $i++) { Route::get(\"/r/$i\", 'A@b')->name(\"r.$i\"); }"));
    assert_eq!(map.routes.len(), 20_000);
    assert_eq!(map.routes[19_999].name.as_deref(), Some("r.19999"));
}

#[test]
fn endless_loops_end_and_are_told() {
    let map = map(&with_routes("<?php while (true) { $x = 1; } Route::get('/after', 'A@b');"));
    assert_eq!(map.routes.len(), 1);
    assert!(!map.limits.is_empty());
}

#[test]
fn a_route_file_of_five_megabytes_is_read() {
    let mut routes = String::from("<?php\n");
    let mut number = 0;
    while routes.len() < 5 << 20 {
        routes.push_str(&format!("Route::get('/some/quite/long/path/number/{number}', 'SomeController@action');\n"));
        number += 1;
    }
    assert_eq!(map(&with_routes(&routes)).routes.len(), number);
}

#[test]
fn deep_nesting_neither_overflows_nor_loses_what_follows() {
    let deep = format!("<?php $x = {}1{}; Route::get('/a', 'A@b');", "[".repeat(20_000), "]".repeat(20_000));
    let groups = format!(
        "<?php {}Route::get('/x', 'A@b');{}",
        "Route::prefix('a')->group(function () {".repeat(3_000),
        "});".repeat(3_000)
    );
    let sums = format!("<?php Route::get('/'{}, 'A@b'); Route::get('/z', 'A@b');", ".'a'".repeat(20_000));
    for text in [&deep, &groups, &sums] {
        map(&with_routes(text));
    }
}

#[test]
fn the_rest_of_a_broken_file_counts_and_what_is_broken_is_in_doubt() {
    let routes = "<?php Route::get('/a', 'A@a');
        Route::prefix('x')->group(function () {
            Route::get('/broken', [A::class, 'x');
            Route::get('/c', 'A@c');
        });
        Route::get('/open', [ ; Route::get('/d', 'A@d');";
    let map = map(&with_routes(routes));
    let rows: Vec<_> = map.routes.iter().map(|route| (&*route.full_uri, route.certainty)).collect();
    assert!(rows.contains(&("/a", Certainty::Exact)), "{rows:?}");
    assert!(rows.contains(&("/x/c", Certainty::Exact)), "{rows:?}");
    assert!(rows.contains(&("/x/broken", Certainty::Conditional)), "{rows:?}");
    assert!(rows.iter().any(|(uri, _)| *uri == "/d"), "{rows:?}");
}
