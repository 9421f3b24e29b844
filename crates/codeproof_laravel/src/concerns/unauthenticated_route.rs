//! Routes that change something for whoever asks, while others of the same controller ask for a sign-in. Only what looks
//! like an oversight: not what signs people in, not what strangers are meant to send, and not what checks by itself.

use codeproof_types::laravel::{Authentication, Concern, ConcernKind, LaravelMap, Route};
use rustc_hash::FxHashSet;

use super::{certain, of_route};
use crate::app::Laravel;
use crate::php::Machine;
use crate::php::ast::{Body, ExprKind, StatementKind};

/// Words of URIs, names, classes and methods that strangers are meant to reach.
const OPEN_WORDS: &[&str] = &[
    "2fa",
    "accept",
    "activitypub",
    "auth",
    "beacon",
    "callback",
    "captcha",
    "cart",
    "checkout",
    "confirm",
    "confirmation",
    "consent",
    "contact",
    "cookie",
    "cron",
    "csp",
    "currency",
    "decline",
    "embed",
    "feed",
    "feedback",
    "filter",
    "forgot",
    "form",
    "guest",
    "health",
    "hook",
    "ical",
    "inbound",
    "inbox",
    "install",
    "invitation",
    "invitations",
    "invite",
    "ipn",
    "lang",
    "locale",
    "login",
    "logout",
    "mfa",
    "newsletter",
    "notify",
    "oauth",
    "oidc",
    "onboarding",
    "otp",
    "passkey",
    "passkeys",
    "password",
    "payment",
    "payments",
    "ping",
    "poll",
    "public",
    "register",
    "registration",
    "reset",
    "saml",
    "search",
    "session",
    "setup",
    "share",
    "sign",
    "signin",
    "signup",
    "social",
    "sso",
    "status",
    "subscribe",
    "survey",
    "theme",
    "token",
    "track",
    "unlock",
    "unsubscribe",
    "upgrade",
    "verification",
    "verify",
    "vote",
    "webauthn",
    "webhook",
    "webhooks",
];
/// What a method says when it looks at who asks by itself.
const CHECKS: &[&str] = &[
    "authorize",
    "Gate::",
    "abort",
    "auth(",
    "Auth::",
    "user()",
    "->user",
    "can(",
    "cannot(",
    "cant(",
    "denies(",
    "allows(",
    "guard(",
    "Signature",
    "signature",
    "token",
    "Token",
    "secret",
    "hash_equals",
    "ermission",
    "401",
    "403",
    "Unauthorized",
    "Forbidden",
    "AccessDenied",
    "check",
    "Policy",
    "hasRole",
    "isAdmin",
];

/// Routes worth a look.
pub(super) fn find(machine: &mut Machine<'_, Laravel>, map: &LaravelMap) -> Vec<Concern> {
    let guarded: FxHashSet<&str> = certain(map)
        .filter(|(route, _, _)| route.authentication == Authentication::Required)
        .map(|(_, class, _)| class)
        .collect();
    let mut found = Vec::new();
    for (route, class, method) in certain(map) {
        let changes = route.methods.iter().any(|verb| matches!(&**verb, "POST" | "PUT" | "PATCH" | "DELETE"));
        let is_open = changes && route.authentication == Authentication::None && guarded.contains(class);
        if !is_open || is_meant_open(route) || checks_itself(machine, class, method) {
            continue;
        }
        let message = format!(
            "{} {} answers whoever asks, while other routes of `{class}` ask for a sign-in.",
            route.methods.join("|"),
            route.full_uri
        );
        found.push(of_route(ConcernKind::UnauthenticatedRoute, route, route.full_uri.clone(), message));
    }
    found
}

fn is_meant_open(route: &Route) -> bool {
    let says = [Some(&route.full_uri), route.name.as_ref(), route.controller.as_ref(), route.action.as_ref()];
    let says_so = says.into_iter().flatten().any(|text| words(text).iter().any(|it| OPEN_WORDS.contains(&it.as_str())));
    // Only for those who are not signed in.
    says_so
        || route.middleware_classes.iter().any(|class| {
            let class = class.to_lowercase();
            class.contains("redirectifauthenticated") || class.contains("guest") || class.contains("signature")
        })
}

/// The words of a path or name, in small letters: `SignUpController` has three.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for character in text.chars() {
        let starts = !character.is_alphanumeric() || (character.is_uppercase() && was_small);
        if starts && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (character.is_alphanumeric(), words.last_mut()) {
            word.extend(character.to_lowercase());
        }
        was_small = character.is_lowercase() || character.is_ascii_digit();
    }
    words
}

/// Whether a method, or the form request it is given, looks at who asks.
fn checks_itself(machine: &mut Machine<'_, Laravel>, class: &str, method: &str) -> bool {
    let Some((_, function)) = machine.method(class, method) else { return true };
    for name in ["__construct", method] {
        let Some((path, first, last)) = machine.program.method_lines(class, name) else { continue };
        let Some(text) = machine.program.text(&path) else { return true };
        let body = text
            .lines()
            .skip(first.saturating_sub(1) as usize)
            .take(last.saturating_sub(first).saturating_add(1) as usize);
        if body.into_iter().any(|line| CHECKS.iter().any(|word| line.contains(word))) {
            return true;
        }
    }
    let requests: Vec<_> = function.parameters.iter().filter_map(|it| it.class.clone()).collect();
    requests.iter().any(|request| authorizes(machine, request))
}

/// Whether a form request's `authorize()` does more than say yes.
fn authorizes(machine: &mut Machine<'_, Laravel>, class: &str) -> bool {
    let Some((_, function)) = machine.method(class, "authorize") else { return false };
    match &function.body {
        Body::Statements(block) => !matches!(
            block.first().map(|it| &it.kind),
            Some(StatementKind::Return(Some(value))) if matches!(value.kind, ExprKind::Boolean(true))
        ),
        _ => true,
    }
}
