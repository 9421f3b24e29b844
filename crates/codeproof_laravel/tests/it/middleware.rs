//! What runs in front of handlers: every file of `middleware` is an application, the text beside it says each route's
//! chain and who of it asks for a sign-in, and what the names stand for.

use std::fmt::Write as _;

use codeproof_laravel::{Parts, map, without_middleware};
use codeproof_types::laravel::{Authentication, LaravelMap};

use crate::applications::{each_fixture, files};

/// Classes of the framework by their last part: `~Authenticate`.
fn short(class: &str) -> String {
    let (name, arguments) = class.split_once(':').map_or((class, ""), |(name, _)| (name, &class[name.len()..]));
    match name.strip_prefix("Illuminate\\") {
        Some(rest) => format!("~{}{arguments}", rest.rsplit('\\').next().unwrap_or_default()),
        None => class.to_owned(),
    }
}

fn shown(map: &LaravelMap) -> String {
    let mut text = String::new();
    for route in &map.routes {
        let authentication = match (route.authentication, &route.authenticated_by) {
            (Authentication::Required, Some(class)) => format!("by {}", short(class)),
            (Authentication::None, _) => "open".to_owned(),
            _ => "not known".to_owned(),
        };
        let chain: Vec<String> = route.middleware_classes.iter().map(|it| short(it)).collect();
        let asked = match route.controller_middleware.is_empty() {
            true => String::new(),
            false => format!(" | its controller: {}", route.controller_middleware.join(" ")),
        };
        let _ = writeln!(text, "{} {} | {authentication} | {}{asked}", route.method, route.full_uri, chain.join(" "));
    }
    for (name, entries) in &map.middleware.groups {
        let entries: Vec<String> = entries.iter().map(|it| short(it)).collect();
        let _ = writeln!(text, "group {name}: {}", entries.join(" "));
    }
    let global: Vec<String> = map.middleware.global.iter().map(|it| short(it)).collect();
    let _ = writeln!(text, "global: {}", global.join(" "));
    text
}

#[test]
fn every_chain_is_that_of_laravel() {
    each_fixture("middleware", 4, |files| shown(&map(files, Parts::ROUTES)));
}

#[test]
fn routes_are_found_by_what_does_not_run_in_front_of_them() {
    let text = "//- bootstrap/app.php
<?php return Application::configure()->withRouting(web: __DIR__.'/../routes/web.php')->withMiddleware();
//- routes/web.php
<?php
Route::get('open', 'A@a');
Route::get('basic', 'A@a')->middleware('auth.basic:api');
Route::get('limited', 'A@a')->middleware('throttle:10,1');
Route::get('signed', 'A@a')->middleware('signed')->withoutMiddleware('web');
Route::get('strange', 'A@a')->middleware('tenant');
";
    let map = map(&files(text), Parts::ROUTES);
    let without = |name: &str| -> Vec<&str> {
        map.routes.iter().filter(|it| without_middleware(it, name, &map)).map(|it| &*it.uri).collect()
    };
    assert_eq!(without("auth"), ["open", "limited", "strange"]);
    assert_eq!(without("throttle"), ["open", "basic", "signed", "strange"]);
    assert_eq!(without("ThrottleRequests"), ["open", "basic", "signed", "strange"]);
    assert_eq!(without("web"), ["signed"]);
    assert_eq!(without("tenant"), ["open", "basic", "limited", "signed"]);
    assert_eq!(without("Illuminate\\Routing\\Middleware\\ValidateSignature"), ["open", "basic", "limited", "strange"]);
}
