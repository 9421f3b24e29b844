//! From hits to findings: places, quotes, masks, fingerprints, suppressions, order.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use codeproof_types::{
    Confidence, Evidence, EvidenceRole, Finding, Fingerprint, FingerprintParts, LineIndex, Location, Origin, RuleInfo,
    SecretInfo, Span, State, Suppression, Tier,
};

use crate::hit::Hit;
use crate::quote::quote;
use crate::suppress::{self, Site};
use crate::{Detector, FileInput};

/// Turns hits into findings, sorted by place, then rule. Hits of rules that are off are dropped; of hits with the same
/// place and weakness one stays.
pub(crate) fn findings(hits: Vec<Hit>, file: &FileInput<'_>, detector: &Detector) -> Vec<Finding> {
    let mut matches = matches(hits, file, detector);
    remove_twins(&mut matches);
    let sites: Vec<Site<'_>> = matches.iter().map(Match::site).collect();
    let verdict = suppress::judge(&sites, file, detector.rules());
    for (found, suppression) in matches.iter_mut().zip(verdict.suppressions) {
        found.suppression = suppression;
    }
    if matches.is_empty() && verdict.extra.is_empty() {
        return Vec::new();
    }
    matches.extend(self::matches(verdict.extra, file, detector));
    matches.sort_by(|a, b| (a.hit.span, &a.rule.id).cmp(&(b.hit.span, &b.rule.id)));
    Frame::new(file, detector, &matches).findings(matches)
}

/// A hit whose rule is on, with its place.
struct Match<'d> {
    rule: &'d RuleInfo,
    hit: Hit,
    first_line: u32,
    last_line: u32,
    suppression: Option<Suppression>,
}

impl Match<'_> {
    fn site(&self) -> Site<'_> {
        Site { rule: self.rule, first_line: self.first_line, last_line: self.last_line }
    }
}

fn matches<'d>(hits: Vec<Hit>, file: &FileInput<'_>, detector: &'d Detector) -> Vec<Match<'d>> {
    let placed = |hit: Hit| {
        let rule = detector.rule(&hit.rule_id)?;
        // The quote is this very text; a span that is none of it proves nothing and is dropped.
        file.text.get(hit.span.range())?;
        let (first_line, last_line) = file.lines.lines_of(hit.span);
        Some(Match { rule, hit, first_line, last_line, suppression: None })
    };
    hits.into_iter().filter_map(placed).collect()
}

/// Keeps one of the matches that say the same: the same span and the same weakness (or two names for one secret). The
/// stronger tier wins, then the higher severity, then the rule named first.
fn remove_twins(matches: &mut Vec<Match<'_>>) {
    let key = |m: &Match<'_>| (m.hit.span, m.rule.category, m.rule.cwe.map(|cwe| cwe.0));
    matches.sort_by_key(|m| (key(m), Reverse(m.rule.tier), Reverse(m.rule.severity), &m.rule.id));
    matches.dedup_by(|later, kept| {
        let same_rule = later.rule.id == kept.rule.id && later.hit.span == kept.hit.span;
        same_rule || (key(later) == key(kept) && later.rule.cwe.is_some())
    });
}

/// The file as findings show it.
struct Frame<'a> {
    file: &'a FileInput<'a>,
    detector: &'a Detector,
    masked: Cow<'a, str>,
    lines: Cow<'a, LineIndex>,
}

impl<'a> Frame<'a> {
    fn new(file: &'a FileInput<'a>, detector: &'a Detector, matches: &[Match<'_>]) -> Self {
        let told = matches.iter().filter(|m| m.rule.category.is_none()).filter_map(|m| m.hit.secret);
        let masked = detector.secrets.mask_with(file.path, file.text, told);
        let lines = match &masked {
            Cow::Borrowed(_) => Cow::Borrowed(file.lines),
            Cow::Owned(text) => Cow::Owned(LineIndex::new(text)),
        };
        Self { file, detector, masked, lines }
    }

    fn findings(&self, matches: Vec<Match<'_>>) -> Vec<Finding> {
        let mut ordinals: HashMap<(String, String, String), usize> = HashMap::new();
        let mut finding = |found: Match<'_>| {
            let symbol = self.file.facts.symbol_at(found.first_line);
            let symbol = symbol.map(|symbol| symbol.qualified_name.as_str()).unwrap_or_default();
            let line_text = self.lines.line_text(&self.masked, found.first_line);
            let folded = line_text.split_whitespace().collect::<Vec<_>>().join(" ");
            let ordinal = ordinals.entry((found.rule.id.clone(), symbol.to_owned(), folded)).or_default();
            let fingerprint = Fingerprint::of(FingerprintParts {
                rule_id: &found.rule.id,
                path: self.file.path,
                symbol,
                line_text,
                ordinal: *ordinal,
            });
            *ordinal += 1;
            self.finding(found, fingerprint)
        };
        matches.into_iter().map(&mut finding).collect()
    }

    fn finding(&self, found: Match<'_>, fingerprint: Fingerprint) -> Finding {
        let rule = found.rule;
        let location = self.location(&found);
        let (text, last_line) = quote(&self.masked, &self.lines, &location);
        let place = if last_line == location.last_line {
            location.clone()
        } else {
            Location { last_line, last_column: None, ..location.clone() }
        };
        let evidence = vec![Evidence { location: place, quote: text, role: EvidenceRole::Sink, note: String::new() }];
        Finding {
            id: None,
            fingerprint,
            rule_id: rule.id.clone(),
            title: rule.title.clone(),
            severity: rule.severity,
            tier: rule.tier,
            cwe: rule.cwe,
            category: rule.category,
            origin: Origin::Detector,
            confidence: confidence(rule),
            location,
            evidence,
            message: self.message(&found),
            remediation: rule.remediation.clone(),
            votes: None,
            source_models: Vec::new(),
            state: if found.suppression.is_some() { State::Suppressed } else { State::Open },
            secret: self.secret_info(&found),
            suppression: found.suppression,
        }
    }

    fn location(&self, found: &Match<'_>) -> Location {
        let Span { start, end } = found.hit.span;
        let first = self.file.lines.position(self.file.text, start);
        let last_start = self.file.text[..end].char_indices().next_back().map_or(start, |(at, _)| at.max(start));
        let last = self.file.lines.position(self.file.text, last_start);
        Location {
            path: self.file.path.clone(),
            first_line: first.line,
            last_line: last.line,
            first_column: Some(first.column),
            last_column: Some(last.column),
            content_hash: self.file.hash,
        }
    }

    /// What is wrong, then why it matters. Text a rule took from the code is masked as the code is.
    fn message(&self, found: &Match<'_>) -> String {
        let rule = found.rule;
        let what = match &found.hit.message {
            Some(message) => self.detector.secrets.mask(message),
            None => Cow::Borrowed(rule.message.as_str()),
        };
        [what.as_ref(), rule.why.as_str()].map(str::trim).join(" ").trim().to_owned()
    }

    fn secret_info(&self, found: &Match<'_>) -> Option<SecretInfo> {
        let secret = found.rule.category.and(found.hit.secret)?;
        let bytes = self.detector.secrets.canonical(&found.rule.id, self.file.text.get(secret.range())?);
        let hash = blake3::keyed_hash(&self.detector.config.salt, bytes.as_bytes());
        Some(SecretInfo { kind: found.rule.id.clone(), salted_hash: hash.to_hex()[..32].to_owned() })
    }
}

fn confidence(rule: &RuleInfo) -> Confidence {
    match rule.tier {
        Tier::Vulnerability => Confidence::High,
        Tier::Weakness if rule.definite => Confidence::High,
        Tier::Weakness => Confidence::Medium,
    }
}
