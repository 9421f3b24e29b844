//! The chain in front of a handler: groups and aliases resolved as `Illuminate\Routing\MiddlewareNameResolver` does,
//! exclusions taken off, in order of registration (Laravel moves some of them forward by its list of priorities).

use std::rc::Rc;

use codeproof_types::laravel::{Authentication, MiddlewareNames};
use rustc_hash::FxHashSet;

use super::controllers::{Asked, CLOSURE};
use super::guards::Verdict;
use crate::app::Laravel;
use crate::php::Machine;

/// Entries of one chain; more are a group within itself.
const ENTRIES_MAX: usize = 1_000;
/// The first version in which excluding a class excludes those that extend it.
const SUBCLASSES_EXCLUDED_SINCE: u32 = 8;

/// What runs in front of a handler.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chain {
    pub(crate) controller: Vec<String>,
    pub(crate) classes: Vec<String>,
    pub(crate) authentication: Authentication,
    pub(crate) authenticated_by: Option<String>,
}

impl Machine<'_, Laravel> {
    /// The chain of a route: what it is registered with, what its controller's method asks for, what is excluded, and
    /// whether a part of it is not known.
    pub(crate) fn chain(
        &mut self,
        middleware: &[String],
        handler: Option<(&str, &str)>,
        excluded: &[String],
        is_in_part: bool,
    ) -> Rc<Chain> {
        let asked = handler.map(|(class, method)| self.asked_by(class, method)).unwrap_or_default();
        let (gone, asked): (Vec<Asked>, Vec<Asked>) = asked.into_iter().partition(|asked| asked.is_excluded);
        let excluded: Vec<String> = excluded.iter().cloned().chain(gone.into_iter().flat_map(|it| it.names)).collect();
        let has_closures = asked.iter().any(|asked| asked.verdict.is_some());
        let controller: Vec<String> = asked.iter().flat_map(|asked| asked.names.clone()).collect();
        let key =
            format!("{is_in_part}\n{}\n\n{}\n\n{}", middleware.join("\n"), controller.join("\n"), excluded.join("\n"));
        if let Some(known) = self.framework.middleware.chains.get(&key).filter(|_| !has_closures) {
            return known.clone();
        }
        let mut chain = Chain { controller, ..Chain::default() };
        let names: Vec<&String> = middleware.iter().chain(&chain.controller).collect();
        let mut classes = self.resolved(&names);
        let gone = self.resolved(&excluded.iter().collect::<Vec<_>>());
        classes.retain(|class| !self.is_excluded(class, &gone));
        chain.classes = classes;
        self.authenticate(&mut chain, &asked, is_in_part);
        let chain = Rc::new(chain);
        self.framework.middleware.chains.insert(key, chain.clone());
        chain
    }

    fn resolved(&self, names: &[&String]) -> Vec<String> {
        let known = &self.framework.middleware.names;
        let mut found = Vec::new();
        for name in names {
            match known.groups.contains_key(name.as_str()) {
                true => group(known, name, &mut Vec::new(), &mut found),
                false => found.push(single(known, name)),
            }
        }
        let mut seen = FxHashSet::default();
        found.retain(|name| name == CLOSURE || seen.insert(name.clone()));
        found
    }

    fn is_excluded(&mut self, class: &str, excluded: &[String]) -> bool {
        if excluded.is_empty() {
            return false;
        }
        if excluded.iter().any(|it| it == class) {
            return true;
        }
        self.framework.version >= SUBCLASSES_EXCLUDED_SINCE
            && self.lineage(class).iter().any(|it| {
                it.parent.as_ref().is_some_and(|parent| excluded.iter().any(|gone| gone.eq_ignore_ascii_case(parent)))
            })
    }

    /// The first that turns guests away, else the first that wants some proof.
    fn authenticate(&mut self, chain: &mut Chain, asked: &[Asked], is_in_part: bool) {
        let mut closures = asked.iter().filter_map(|asked| asked.verdict);
        let verdicts: Vec<(Verdict, &String)> = chain
            .classes
            .iter()
            .map(|class| match class.as_str() {
                CLOSURE => (closures.next().unwrap_or(Verdict::Unknown), class),
                entry => (self.verdict(entry), class),
            })
            .collect();
        let first = |wanted: Verdict| verdicts.iter().find(|(verdict, _)| *verdict == wanted).map(|(_, class)| *class);
        let guard = first(Verdict::TurnsAway).or_else(|| first(Verdict::AsksForProof));
        let is_unknown = is_in_part || first(Verdict::Unknown).is_some();
        let authenticated_by = guard.cloned();
        chain.authentication = match (&authenticated_by, is_unknown) {
            (Some(_), _) => Authentication::Required,
            (None, true) => Authentication::Unknown,
            (None, false) => Authentication::None,
        };
        chain.authenticated_by = authenticated_by;
    }
}

/// A name that is no group's: the alias in front of the colon gives way to its class.
fn single(names: &MiddlewareNames, written: &str) -> String {
    let (name, arguments) = written.split_once(':').map_or((written, None), |(name, rest)| (name, Some(rest)));
    let class = names.aliases.get(name).map_or(name, String::as_str).trim_start_matches('\\');
    match arguments {
        Some(arguments) => format!("{class}:{arguments}"),
        None => class.to_owned(),
    }
}

fn group<'n>(names: &'n MiddlewareNames, name: &'n str, open: &mut Vec<&'n str>, found: &mut Vec<String>) {
    // A group within itself stops the framework; here it ends.
    if open.contains(&name) || found.len() >= ENTRIES_MAX {
        return;
    }
    open.push(name);
    for entry in names.groups.get(name).into_iter().flatten() {
        match names.groups.contains_key(entry) {
            true => group(names, entry, open, found),
            false => found.push(single(names, entry)),
        }
    }
    open.pop();
}
