//! The names that routes have, as far as they are known, and those that packages may bring.

use codeproof_types::laravel::LaravelMap;
use rustc_hash::FxHashSet;

use crate::php::UNKNOWN_PART;

/// First parts of the names that laravel/fortify and laravel/jetstream register without a prefix of their own.
const OF_SIGN_IN: &[&str] = &[
    "login",
    "logout",
    "register",
    "password",
    "verification",
    "two-factor",
    "profile",
    "teams",
    "team-members",
    "team-invitations",
    "current-team",
    "current-user",
    "current-user-photo",
    "other-browser-sessions",
    "api-tokens",
    "terms",
    "policy",
    "user-profile-information",
    "user-password",
    "passkey",
    "passkeys",
];
/// Packages that register [`OF_SIGN_IN`].
const SIGN_IN_PACKAGES: &[&str] = &["laravel/fortify", "laravel/jetstream", "laravel/spark", "laravel/breeze"];
/// Parts of package names that say nothing.
const EMPTY_WORDS: &[&str] = &["laravel", "php", "lib", "framework", "for", "package"];

/// Names of routes.
pub(super) struct Names<'m> {
    exact: FxHashSet<&'m str>,
    /// What stands in front of and behind a part that is not known.
    partial: Vec<(&'m str, &'m str)>,
    /// First parts of names that packages register.
    foreign: FxHashSet<String>,
}

impl<'m> Names<'m> {
    /// The names of a map; `packages` are those that composer's files ask for.
    pub(super) fn of(map: &'m LaravelMap, packages: &[String]) -> Self {
        let mut names = Self { exact: FxHashSet::default(), partial: Vec::new(), foreign: FxHashSet::default() };
        for name in map.routes.iter().filter_map(|route| route.name.as_deref()) {
            match name.split_once(UNKNOWN_PART) {
                Some((front, rest)) => {
                    names.partial.push((front, rest.rsplit(UNKNOWN_PART).next().unwrap_or_default()));
                }
                None => {
                    names.exact.insert(name);
                }
            }
        }
        for package in packages {
            if SIGN_IN_PACKAGES.contains(&package.as_str()) {
                names.foreign.extend(OF_SIGN_IN.iter().map(|it| (*it).to_owned()));
            }
            names.foreign.extend(package.split('/').skip(1).map(str::to_owned));
            let words = package.split(['/', '-', '_']).filter(|word| !EMPTY_WORDS.contains(word));
            names.foreign.extend(words.map(str::to_owned));
        }
        names
    }

    /// Whether a route may have a name.
    pub(super) fn may_have(&self, name: &str) -> bool {
        let first = name.split(['.', ':', '/']).next().unwrap_or_default().to_lowercase();
        self.exact.contains(name)
            || self.foreign.contains(&first)
            || first.split('-').any(|word| word.len() > 3 && self.foreign.contains(word))
            || self.partial.iter().any(|(front, end)| name.starts_with(front) && name.ends_with(end))
    }

    /// Whether some registered name ends with a text.
    pub(super) fn ends_some(&self, end: &str) -> bool {
        self.exact.iter().any(|name| name.ends_with(end))
    }

    /// A registered name that was perhaps meant: one with the same last part, else the same first part and a last one
    /// that begins alike.
    pub(super) fn like(&self, name: &str) -> Option<&'m str> {
        let last = name.rsplit('.').next().unwrap_or_default();
        let mut alike: Vec<&'m str> = self
            .exact
            .iter()
            .filter(|known| known.len() > last.len() && known.rsplit('.').next() == Some(last))
            .filter(|known| name.split('.').any(|part| part != last && known.split('.').any(|other| other == part)))
            .copied()
            .collect();
        alike.sort_unstable_by_key(|known| (known.len().abs_diff(name.len()), *known));
        alike.first().copied()
    }
}
