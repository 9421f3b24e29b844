//! Whether a middleware turns away who is not signed in: the framework's and well-known packages' by name, an
//! application's own by what its `handle()` does, else by what it extends.

use std::rc::Rc;

use super::refusal::{Findings, handle_of_guest};
use crate::app::Laravel;
use crate::php::Machine;
use crate::php::ast::Function;

/// What a middleware does with somebody who is not signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    TurnsAway,
    /// Guests without something else to show: a token, a key.
    AsksForProof,
    LetsThrough,
    Unknown,
}

/// The framework's own guards; the rest of `Illuminate\` lets everybody through.
const FRAMEWORK: &[&str] = &[
    "Illuminate\\Auth\\Middleware\\Authenticate",
    "Illuminate\\Auth\\Middleware\\AuthenticateWithBasicAuth",
    "Illuminate\\Auth\\Middleware\\Authorize",
    "Illuminate\\Auth\\Middleware\\EnsureEmailIsVerified",
    "Illuminate\\Auth\\Middleware\\RequirePassword",
    "Illuminate\\Routing\\Middleware\\ValidateSignature",
    "Illuminate\\Foundation\\Auth\\Middleware\\Authenticate",
];

/// Middleware of packages that fail without a user, a client or a token: namespace and short names (`*`: all).
const PACKAGES: &[(&str, &[&str])] = &[
    (
        "Laravel\\Passport\\Http\\Middleware\\",
        &[
            "CheckClientCredentials",
            "CheckClientCredentialsForAnyScope",
            "CheckCredentials",
            "CheckForAnyScope",
            "CheckScopes",
            "CheckToken",
            "CheckTokenForAnyScope",
            "EnsureClientIsResourceOwner",
        ],
    ),
    (
        "Laravel\\Sanctum\\Http\\Middleware\\",
        &["CheckAbilities", "CheckForAnyAbility", "CheckScopes", "CheckForAnyScope"],
    ),
    ("Tymon\\JWTAuth\\Http\\Middleware\\", &["Authenticate", "AuthenticateAndRenew", "RefreshToken"]),
    ("Tymon\\JWTAuth\\Middleware\\", &["GetUserFromToken", "RefreshToken"]),
    ("PHPOpenSourceSaver\\JWTAuth\\Http\\Middleware\\", &["Authenticate", "AuthenticateAndRenew", "RefreshToken"]),
    ("Spatie\\Permission\\Middlewares\\", &["*"]),
    ("Spatie\\Permission\\Middleware\\", &["*"]),
    ("Laratrust\\Middleware\\", &["*"]),
    ("Zizaco\\Entrust\\Middleware\\", &["*"]),
    ("Filament\\Http\\Middleware\\", &["Authenticate"]),
    ("Backpack\\CRUD\\app\\Http\\Middleware\\", &["CheckIfAdmin"]),
];

/// Middleware of packages that let everybody through.
const OPEN_PACKAGES: &[&str] = &[
    "Laravel\\Sanctum\\Http\\Middleware\\",
    "Laravel\\Passport\\Http\\Middleware\\CreateFreshApiToken",
    "Tymon\\JWTAuth\\Http\\Middleware\\Check",
    "Fruitcake\\Cors\\",
    "Barryvdh\\Cors\\",
    "Spatie\\Cors\\",
    "Spatie\\Csp\\",
    "Spatie\\Honeypot\\",
    "Spatie\\ResponseCache\\",
    "Fideloper\\Proxy\\",
    "Inertia\\",
    "Livewire\\",
    "Mcamara\\LaravelLocalization\\",
    "RenatoMarinho\\LaravelPageSpeed\\",
    "Bepsvpt\\SecureHeaders\\",
    "Sentry\\",
    "Clockwork\\",
];

/// Aliases that packages register by themselves.
const PACKAGE_ALIASES: &[&str] = &["jwt.auth", "jwt.refresh", "jwt.renew"];
/// Groups that let everybody through when nothing says what they hold.
const USUAL_GROUPS: &[&str] = &["web", "api"];

impl Machine<'_, Laravel> {
    /// What an entry of a chain does with a guest.
    pub(super) fn verdict(&mut self, entry: &str) -> Verdict {
        let class = entry.split(':').next().unwrap_or_default();
        if let Some(known) = self.framework.middleware.verdicts.get(class) {
            return *known;
        }
        let verdict = self.verdict_of_class(class);
        self.framework.middleware.verdicts.insert(class.to_owned(), verdict);
        verdict
    }

    fn verdict_of_class(&mut self, class: &str) -> Verdict {
        if class.starts_with("Illuminate\\") {
            return foreign_verdict(class);
        }
        let lineage = self.lineage(class);
        let Some(own) = lineage.first() else { return foreign_verdict(class) };
        let base = lineage.last().and_then(|last| last.parent.clone());
        let of_base = base.as_deref().map_or(Verdict::Unknown, foreign_verdict);
        match self.method(&own.name.clone(), "handle") {
            Some((declaring, function)) => {
                let findings = handle_of_guest(self, Some(declaring.name.clone()), &function);
                // `parent::handle()` may be that of another class of the application.
                let above = declaring.parent.clone().filter(|_| findings.asks_parent);
                let of_parent = match above {
                    Some(parent) if &*parent != class => self.verdict(&parent),
                    _ => of_base,
                };
                judged(&findings, of_parent)
            }
            None => of_base,
        }
    }

    /// What a closure in the place of a middleware does with a guest.
    pub(super) fn closure_verdict(&mut self, function: &Rc<Function>, class: Option<Rc<str>>) -> Verdict {
        judged(&handle_of_guest(self, class, function), Verdict::Unknown)
    }
}

fn judged(findings: &Findings, of_parent: Verdict) -> Verdict {
    match (findings.refuses, findings.passes, findings.asks_parent) {
        (true, _, _) if findings.is_closed => Verdict::TurnsAway,
        (true, _, false) => Verdict::AsksForProof,
        (true, _, true) => {
            if of_parent == Verdict::TurnsAway {
                of_parent
            } else {
                Verdict::AsksForProof
            }
        }
        (false, _, true) => of_parent,
        (false, true, false) => Verdict::LetsThrough,
        (false, false, false) => Verdict::Unknown,
    }
}

fn foreign_verdict(class: &str) -> Verdict {
    let is_named = |(space, names): &(&str, &[&str])| {
        class.strip_prefix(space).is_some_and(|short| names.contains(&"*") || names.contains(&short))
    };
    let turns_away = FRAMEWORK.contains(&class) || PACKAGE_ALIASES.contains(&class) || PACKAGES.iter().any(is_named);
    let is_open = class.starts_with("Illuminate\\")
        || USUAL_GROUPS.contains(&class)
        || OPEN_PACKAGES.iter().any(|space| class.starts_with(space));
    match (turns_away, is_open) {
        (true, _) => Verdict::TurnsAway,
        (false, true) => Verdict::LetsThrough,
        (false, false) => Verdict::Unknown,
    }
}
