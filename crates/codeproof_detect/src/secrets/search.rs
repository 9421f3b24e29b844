//! Finds secrets in text: one pass for all keywords, then each rule's regex only where a keyword says so.
//!
//! Cost is linear in the text for the built-in rules: a regex runs on a bounded slice behind a keyword, on merged
//! windows around keywords, or once over the whole text; a key block or a run of base 64 is read once.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use codeproof_types::{RepoPath, Span};

use super::base64::{self, EncodedPrefix};
use super::config::{CheckName, SearchName};
use super::key_block;
use super::pass::Pass;
use super::rule::{Allowlist, Candidate, SecretRule};

/// Bytes of a line on either side of a secret that an allowlist looks at; a line of a minified file has millions.
const LINE_BYTES_MAX: usize = 2048;

/// One secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Index of the rule.
    pub rule: usize,
    /// The secret, with its published prefix.
    pub span: Span,
    /// All that the rule's regex matched.
    pub whole: Span,
    /// What must not be shown of it.
    pub hidden: Vec<Span>,
}

/// The keywords of all rules and what to do where one stands.
pub(super) struct Search {
    pub automaton: AhoCorasick,
    /// What each pattern of the automaton starts.
    pub triggers: Vec<Vec<Trigger>>,
    /// Rules without keywords: looked for in every text.
    pub always: Vec<usize>,
    /// The rules of key blocks.
    pub private_key: Option<usize>,
    pub encrypted_key: Option<usize>,
    pub putty_key: Option<usize>,
}

/// What a keyword starts.
pub(super) enum Trigger {
    Rule(usize),
    KeyBlock,
    PuttyBlock,
    Base64(EncodedPrefix),
}

impl Search {
    /// Collects the keywords of `rules`.
    pub(super) fn new(rules: &[SecretRule]) -> Self {
        let with_check = |check| rules.iter().position(|rule| rule.check == Some(check));
        let mut keywords = Keywords::default();
        for (at, rule) in rules.iter().enumerate() {
            if rule.regex.is_none() {
                continue;
            }
            for keyword in &rule.keywords {
                keywords.add(keyword, Trigger::Rule(at));
            }
            if rule.built_in && rule.search == SearchName::AtKeyword {
                for prefix in rule.prefixes.iter().flat_map(|prefix| base64::encoded_prefixes(prefix)) {
                    keywords.add(&prefix.characters.clone(), Trigger::Base64(prefix));
                }
            }
        }
        for header in key_block::HEADER_STARTS {
            keywords.add(header, Trigger::KeyBlock);
            for prefix in base64::encoded_prefixes(header) {
                keywords.add(&prefix.characters.clone(), Trigger::Base64(prefix));
            }
        }
        keywords.add(key_block::PUTTY_START, Trigger::PuttyBlock);
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&keywords.words)
            .or_else(|_| AhoCorasick::builder().ascii_case_insensitive(true).build(&keywords.words))
            .expect("keywords are too few and short to fill an automaton");
        let has_regex = |at: &usize| rules[*at].regex.is_some() && rules[*at].keywords.is_empty();
        Self {
            automaton,
            triggers: keywords.triggers,
            always: (0..rules.len()).filter(has_regex).collect(),
            private_key: with_check(CheckName::PrivateKey),
            encrypted_key: with_check(CheckName::EncryptedPrivateKey),
            putty_key: with_check(CheckName::PuttyKey),
        }
    }

    /// All secrets of a text, sorted by place, none inside another. Without a path, rules for certain paths run too.
    pub(super) fn run(
        &self,
        rules: &[SecretRule],
        allowlists: &[Allowlist],
        text: &str,
        path: Option<&RepoPath>,
    ) -> Vec<Found> {
        let mut found = Pass::new(self, rules, text, path).run();
        found.retain(|found| !is_allowed(found, rules, allowlists, text, path));
        without_overlaps(found, rules)
    }
}

/// Keywords without doubles, beside what they trigger.
#[derive(Default)]
struct Keywords {
    words: Vec<String>,
    triggers: Vec<Vec<Trigger>>,
}

impl Keywords {
    fn add(&mut self, word: &str, trigger: Trigger) {
        match self.words.iter().position(|known| known.eq_ignore_ascii_case(word)) {
            Some(at) => self.triggers[at].push(trigger),
            None => {
                self.words.push(word.to_owned());
                self.triggers.push(vec![trigger]);
            }
        }
    }
}

fn is_allowed(
    found: &Found,
    rules: &[SecretRule],
    allowlists: &[Allowlist],
    text: &str,
    path: Option<&RepoPath>,
) -> bool {
    let rule = &rules[found.rule];
    if rule.allowlists.is_empty() && allowlists.is_empty() {
        return false;
    }
    let before = &text[text.floor_char_boundary(found.span.start.saturating_sub(LINE_BYTES_MAX))..found.span.start];
    let line_start = found.span.start - before.rsplit('\n').next().map_or(0, str::len);
    let after_end = text.ceil_char_boundary((found.span.end + LINE_BYTES_MAX).min(text.len()));
    let line_end = found.span.end + text[found.span.end..after_end].split('\n').next().map_or(0, str::len);
    let secret = &text[found.span.range()];
    let candidate = Candidate {
        rule_id: &rule.info.id,
        path,
        secret,
        whole_match: &text[found.whole.range()],
        line: &text[line_start..line_end],
    };
    rule.allowlists.iter().chain(allowlists).any(|list| list.allows(&candidate))
}

/// Of secrets that overlap one stays: ours before the user's, then the longer, then the rule written first.
fn without_overlaps(mut found: Vec<Found>, rules: &[SecretRule]) -> Vec<Found> {
    let rank = |found: &Found| (rules[found.rule].built_in, found.span.end - found.span.start, usize::MAX - found.rule);
    found.sort_by_key(|found| (found.span.start, found.span.end, found.rule));
    let mut kept: Vec<Found> = Vec::with_capacity(found.len());
    for next in found {
        match kept.last_mut() {
            Some(last) if next.span.start < last.span.end => {
                if rank(&next) > rank(last) {
                    *last = next;
                }
            }
            _ => kept.push(next),
        }
    }
    kept
}
