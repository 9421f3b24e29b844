//! One pass over one text: what the keywords start, and what of it passes the rules' checks.

use codeproof_types::{RepoPath, Span};
use regex::bytes::Regex;

use super::base64::{self, EncodedPrefix};
use super::boundary::{ends_token, starts_token};
use super::checksum::has_github_checksum;
use super::config::{CheckName, SearchName};
use super::context::{is_near, is_twilio};
use super::key_block::{self, KeyBlock};
use super::placeholder::is_placeholder;
use super::rule::SecretRule;
use super::search::{Found, Search, Trigger};

/// Bytes a token has at most, from its keyword on; the longest published kind (short-lived Dropbox tokens) has 1,400.
const TOKEN_BYTES_MAX: usize = 2048;

/// Bytes before and behind a keyword in which `near-keyword` rules look.
const WINDOW_BYTES: usize = 256;

/// Whether base 64 is looked into.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    Outer,
    Decoded,
}

/// One pass over one text.
pub(super) struct Pass<'a> {
    search: &'a Search,
    rules: &'a [SecretRule],
    text: &'a str,
    path: Option<&'a RepoPath>,
    depth: Depth,
    found: Vec<Found>,
    /// Windows to search, by rule; merged as they grow.
    windows: Vec<(usize, Span)>,
    blocks_end: usize,
    base64_end: usize,
}

impl<'a> Pass<'a> {
    /// A pass over a file's text, base 64 in it included.
    pub(super) fn new(search: &'a Search, rules: &'a [SecretRule], text: &'a str, path: Option<&'a RepoPath>) -> Self {
        let depth = Depth::Outer;
        Self { search, rules, text, path, depth, found: Vec::new(), windows: Vec::new(), blocks_end: 0, base64_end: 0 }
    }

    /// Finds everything, in no order, secrets inside others included.
    pub(super) fn run(mut self) -> Vec<Found> {
        let search = self.search;
        for hit in search.automaton.find_overlapping_iter(self.text) {
            for trigger in &search.triggers[hit.pattern().as_usize()] {
                self.pull(trigger, hit.start(), hit.end());
            }
        }
        for at in &search.always {
            self.windows.push((*at, Span { start: 0, end: self.text.len() }));
        }
        self.windows.sort();
        let windows = std::mem::take(&mut self.windows);
        for (rule, window) in merged(windows) {
            self.search_window(rule, window);
        }
        self.found
    }

    fn pull(&mut self, trigger: &Trigger, start: usize, end: usize) {
        match trigger {
            Trigger::Rule(at) => match self.rules[*at].search {
                SearchName::AtKeyword => self.match_at(*at, start),
                SearchName::NearKeyword => {
                    let window = Span { start: start.saturating_sub(WINDOW_BYTES), end: end + WINDOW_BYTES };
                    self.windows.push((*at, Span { end: window.end.min(self.text.len()), ..window }));
                }
                SearchName::File => {
                    if self.windows.last().is_none_or(|(rule, _)| rule != at) {
                        self.windows.push((*at, Span { start: 0, end: self.text.len() }));
                    }
                }
            },
            Trigger::KeyBlock if start >= self.blocks_end => {
                let block = key_block::block_at(self.text, start);
                let (plain, encrypted) = (self.search.private_key, self.search.encrypted_key);
                self.add_block(block, |block| if block.is_encrypted { encrypted } else { plain });
            }
            Trigger::PuttyBlock if start >= self.blocks_end => {
                let putty = self.search.putty_key;
                let block = key_block::putty_block_at(self.text, start);
                self.add_block(block, |_| putty);
            }
            Trigger::Base64(prefix) if self.depth == Depth::Outer && start >= self.base64_end => {
                if self.text[start..end] == prefix.characters {
                    self.look_into(start, prefix);
                }
            }
            Trigger::KeyBlock | Trigger::PuttyBlock | Trigger::Base64(_) => {}
        }
    }

    fn add_block(&mut self, block: Option<KeyBlock>, rule: impl Fn(&KeyBlock) -> Option<usize>) {
        if let Some(block) = block
            && let Some(rule) = rule(&block)
        {
            self.blocks_end = block.span.end;
            self.found.push(Found { rule, span: block.span, whole: block.span, hidden: block.hidden });
        }
    }

    /// Decodes a run of base 64 once and takes what is found in it to its outer place.
    fn look_into(&mut self, start: usize, prefix: &EncodedPrefix) {
        let Some(decoded) = base64::decode_around(self.text, start, prefix, self.base64_end) else { return };
        self.base64_end = decoded.end;
        let inner =
            Pass { depth: Depth::Decoded, ..Pass::new(self.search, self.rules, &decoded.text, self.path) }.run();
        self.found.extend(inner.into_iter().map(|found| {
            let span = decoded.outer(found.span);
            Found { rule: found.rule, span, whole: span, hidden: vec![span] }
        }));
    }

    /// Tries a rule where its keyword starts.
    fn match_at(&mut self, at: usize, start: usize) {
        let rule = &self.rules[at];
        let Some(regex) = &rule.regex else { return };
        if !starts_token(self.text, start) {
            return;
        }
        let end = (start + TOKEN_BYTES_MAX).min(self.text.len());
        if let Some(matched) = first_match(regex, rule.secret_group, &self.text.as_bytes()[start..end]) {
            self.consider(at, matched.shifted(start));
        }
    }

    fn search_window(&mut self, at: usize, window: Span) {
        let rule = &self.rules[at];
        let Some(regex) = &rule.regex else { return };
        if !rule.reads(self.path) {
            return;
        }
        let bytes = &self.text.as_bytes()[window.range()];
        if regex.captures_len() == 1 {
            for matched in regex.find_iter(bytes) {
                let span = Span { start: matched.start(), end: matched.end() };
                self.consider(at, Match { whole: span, secret: span }.shifted(window.start));
            }
        } else {
            for captures in regex.captures_iter(bytes) {
                if let Some(matched) = Match::of(&captures, rule.secret_group) {
                    self.consider(at, matched.shifted(window.start));
                }
            }
        }
    }

    /// Takes a match that passes the rule's checks.
    fn consider(&mut self, at: usize, matched: Match) {
        let rule = &self.rules[at];
        let span = widened(self.text, matched.secret);
        let secret = &self.text[span.range()];
        if secret.is_empty() || !rule.reads(self.path) {
            return;
        }
        let whole = widened(self.text, matched.whole);
        let passes = if rule.built_in {
            self.passes_built_in(rule, whole, span)
        } else {
            rule.entropy <= 0.0 || entropy(secret) > rule.entropy
        };
        if passes {
            let hidden = Span { start: span.start + rule.prefix_of(secret).len(), end: span.end };
            self.found.push(Found { rule: at, span, whole, hidden: vec![hidden] });
        }
    }

    fn passes_built_in(&self, rule: &SecretRule, whole: Span, span: Span) -> bool {
        let secret = &self.text[span.range()];
        let body = &secret[rule.prefix_of(secret).len()..];
        starts_token(self.text, whole.start)
            && ends_token(self.text, whole.end)
            && !is_placeholder(body)
            && (rule.near.is_empty() || is_near(self.text, span, &rule.near))
            && match rule.check {
                Some(CheckName::GithubChecksum) => has_github_checksum(body),
                Some(CheckName::TwilioContext) => is_twilio(self.text, span),
                Some(CheckName::DiscordId) => is_discord(secret),
                Some(CheckName::MixedCase) => is_mixed(body),
                Some(CheckName::PrivateKey | CheckName::EncryptedPrivateKey | CheckName::PuttyKey) | None => true,
            }
    }
}

/// A match of a regex and the part of it that is the secret.
#[derive(Clone, Copy)]
struct Match {
    whole: Span,
    secret: Span,
}

impl Match {
    fn of(captures: &regex::bytes::Captures<'_>, group: usize) -> Option<Self> {
        let span = |matched: regex::bytes::Match<'_>| Span { start: matched.start(), end: matched.end() };
        let secret = match group {
            0 => captures.iter().skip(1).flatten().find(|matched| !matched.is_empty()).or(captures.get(0)),
            group => captures.get(group),
        };
        Some(Self { whole: span(captures.get(0)?), secret: span(secret?) })
    }

    fn shifted(self, by: usize) -> Self {
        let shift = |span: Span| Span { start: span.start + by, end: span.end + by };
        Self { whole: shift(self.whole), secret: shift(self.secret) }
    }
}

fn first_match(regex: &Regex, group: usize, bytes: &[u8]) -> Option<Match> {
    if regex.captures_len() == 1 {
        let matched = regex.find(bytes)?;
        let span = Span { start: matched.start(), end: matched.end() };
        Some(Match { whole: span, secret: span })
    } else {
        Match::of(&regex.captures(bytes)?, group)
    }
}

/// The span widened to whole characters: a regex on bytes may stop inside one.
fn widened(text: &str, span: Span) -> Span {
    Span { start: text.floor_char_boundary(span.start), end: text.ceil_char_boundary(span.end) }
}

/// Joins sorted windows of the same rule that touch.
fn merged(windows: Vec<(usize, Span)>) -> Vec<(usize, Span)> {
    let mut merged: Vec<(usize, Span)> = Vec::new();
    for (rule, window) in windows {
        match merged.last_mut() {
            Some((last_rule, last)) if *last_rule == rule && window.start <= last.end => {
                last.end = last.end.max(window.end);
            }
            _ => merged.push((rule, window)),
        }
    }
    merged
}

/// The first part of a Discord token is a user's id, a number of 17 to 20 digits, in base 64.
fn is_discord(secret: &str) -> bool {
    let id = base64::decode(secret.split('.').next().unwrap_or_default().bytes());
    (17..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit)
}

fn is_mixed(body: &str) -> bool {
    let has = |test: fn(&u8) -> bool| body.bytes().any(|byte| test(&byte));
    has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

/// Shannon's entropy in bits per character, as gitleaks counts it.
fn entropy(text: &str) -> f64 {
    let mut counts = [0u32; 256];
    text.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let length = text.len() as f64;
    let part = |count: &u32| f64::from(*count) / length;
    counts.iter().filter(|count| **count > 0).map(|count| -part(count) * part(count).log2()).sum()
}
