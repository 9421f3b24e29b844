//! Risky sites: the places of a file where its language can do harm when it is fed badly.
//!
//! In: `rules/sites/<language>.yml`, a document for each kind of site, and a file with its tree. Out: every such place,
//! with whether its form is safe whatever it is fed. What is safe is written as narrowly as the syntax allows: a site is
//! no finding, and one too many costs a reader a minute, while one too few hides a bug from every reader. Places that
//! nothing looked at (the grammar does not follow, the preprocessor hides them, the budget ran out) are open sites.

mod kinds;
#[cfg(test)]
mod tests;
mod unread;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use codeproof_types::{Language, LineIndex, Span};

use self::kinds::KindSet;
use crate::FileInput;

/// One risky place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// First line, 1-based.
    pub line: u32,
    /// Last line, inclusive.
    pub last_line: u32,
    /// What is risky there, in a few words: "SQL statement".
    pub what: String,
    /// Whether its form cannot do harm, whatever it is fed.
    pub is_safe: bool,
}

/// The kinds of sites of all languages, compiled for a language when its first file comes.
pub(crate) struct SiteRules {
    sets: BTreeMap<Language, OnceLock<KindSet>>,
}

impl Default for SiteRules {
    fn default() -> Self {
        Self { sets: Language::ALL.map(|language| (language, OnceLock::new())).into() }
    }
}

impl SiteRules {
    /// The sites of `file`, sorted; none when it has no tree.
    pub(crate) fn sites(&self, file: &FileInput<'_>) -> Vec<Site> {
        let Some(parsed) = file.parsed else { return Vec::new() };
        let Some(set) = self.sets.get(&parsed.language()) else { return Vec::new() };
        let set = set.get_or_init(|| KindSet::of(parsed.language()));
        let mut problems = Vec::new();
        let answers = set.ask(file, parsed.tree(), &mut problems);
        let mut sites = BTreeSet::new();
        for (kind, span) in &answers.sites {
            sites.insert(site(file.lines, *span, set.what(*kind), answers.safe.contains(&(*kind, *span))));
        }
        for (span, what) in unread::places(file.text, parsed) {
            sites.insert(site(file.lines, span, what, false));
        }
        // The engine stops for good where it stops.
        let stopped = problems.iter().map(|problem| problem.line.unwrap_or(1)).min();
        sites.extend(stopped.map(|line| Site {
            line,
            last_line: file.lines.line_count().max(line),
            what: "code that was not looked through".to_owned(),
            is_safe: false,
        }));
        sites.into_iter().collect()
    }
}

fn site(lines: &LineIndex, span: Span, what: &str, is_safe: bool) -> Site {
    let (line, last_line) = lines.lines_of(span);
    Site { line, last_line, what: what.to_owned(), is_safe }
}
