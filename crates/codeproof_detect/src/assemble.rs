//! From hits to findings: places, quotes, masks, fingerprints, suppressions, order.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use codeproof_types::{
    Confidence, Evidence, EvidenceRole, Finding, Fingerprint, FingerprintParts, Location, Origin, RuleInfo, SecretInfo,
    Span, State, Suppression, Tier,
};

use crate::hit::Hit;
use crate::quote::{line_around, quote};
use crate::suppress::{self, Site};
use crate::{Detector, FileInput};

/// Turns hits into findings, sorted by place, then rule. Hits of rules that are off are dropped; of hits with the same
/// place and weakness one stays.
pub(crate) fn findings(hits: Vec<Hit>, file: &FileInput<'_>, detector: &Detector) -> Vec<Finding> {
    let mut matches = matches(hits, file, detector);
    remove_twins(&mut matches);
    let sites: Vec<Site<'_>> = matches.iter().map(Match::site).collect();
    let verdict = suppress::judge(&sites, file, &|id| detector.rule(id));
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

/// One finding for each hit, in the order of the hits, which is that of the file: hits of an engine that has sorted out what
/// says the same. Rules must be on, and spans those of the file. Markers that suppress nothing are told by the engines that
/// look at every file.
pub(crate) fn each_finding(hits: Vec<Hit>, file: &FileInput<'_>, detector: &Detector) -> Vec<Finding> {
    if hits.is_empty() {
        return Vec::new();
    }
    let mut matches = matches(hits, file, detector);
    let sites: Vec<Site<'_>> = matches.iter().map(Match::site).collect();
    let verdict = suppress::judge(&sites, file, &|id| detector.rule(id));
    for (found, suppression) in matches.iter_mut().zip(verdict.suppressions) {
        found.suppression = suppression;
    }
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

/// Keeps one of the matches that say the same: spans on the same lines, one inside the other, and the same weakness (or
/// two names for one secret). The stronger tier wins, then the higher severity, then the shorter span, which names the
/// place more exactly, then the rule named first. Matches of one rule inside each other are different places.
///
/// Only spans that overlap can be twins, so one pass in file order with the spans still open is enough: O(matches) but for
/// the depth to which they are nested.
fn remove_twins(matches: &mut Vec<Match<'_>>) {
    matches.sort_by_key(|m| (m.hit.span.start, Reverse(m.hit.span.end)));
    let mut is_removed = vec![false; matches.len()];
    let mut open: Vec<usize> = Vec::new();
    for (index, found) in matches.iter().enumerate() {
        open.retain(|&earlier| !is_removed[earlier] && matches[earlier].hit.span.end > found.hit.span.start);
        for &earlier in open.iter().filter(|&&earlier| are_twins(&matches[earlier], found)) {
            let weaker = if strength(&matches[earlier]) <= strength(found) { index } else { earlier };
            is_removed[weaker] = true;
        }
        if !is_removed[index] {
            open.push(index);
        }
    }
    let mut is_removed = is_removed.into_iter();
    matches.retain(|_| !is_removed.next().unwrap_or_default());
}

/// Orders twins, the one to keep first.
fn strength<'m>(found: &'m Match<'_>) -> impl Ord + use<'m> {
    let Span { start, end } = found.hit.span;
    (Reverse(found.rule.tier), Reverse(found.rule.severity), end - start, found.rule.id.as_str())
}

fn are_twins(one: &Match<'_>, other: &Match<'_>) -> bool {
    let (a, b) = (one.hit.span, other.hit.span);
    if one.rule.id == other.rule.id {
        return a == b;
    }
    let same_weakness = one.rule.cwe.is_some() && one.rule.cwe == other.rule.cwe;
    let same_lines = one.last_line == other.last_line;
    same_weakness && one.rule.category == other.rule.category && same_lines && (a.contains(b) || b.contains(a))
}

/// The file as findings show it.
struct Frame<'a> {
    file: &'a FileInput<'a>,
    detector: &'a Detector,
    /// The text with secrets masked; every byte that is shown stands where it stood.
    masked: Cow<'a, str>,
}

impl<'a> Frame<'a> {
    fn new(file: &'a FileInput<'a>, detector: &'a Detector, matches: &[Match<'_>]) -> Self {
        let told = matches.iter().filter(|m| m.rule.category.is_none()).filter_map(|m| m.hit.secret);
        Self { file, detector, masked: detector.secrets.mask_with(file.path, file.text, told) }
    }

    fn findings(&self, matches: Vec<Match<'_>>) -> Vec<Finding> {
        let mut ordinals = HashMap::new();
        let mut columns = Columns::default();
        let mut finding = |found: Match<'_>| {
            let fingerprint = self.fingerprint(&found, &mut ordinals);
            let location = self.location(&found, &mut columns);
            self.finding(found, fingerprint, location)
        };
        matches.into_iter().map(&mut finding).collect()
    }

    fn fingerprint(&self, found: &Match<'_>, ordinals: &mut HashMap<Fingerprint, usize>) -> Fingerprint {
        let symbol = self.file.facts.symbol_at(found.first_line);
        let line_text = line_around(&self.masked, self.file.lines, found.first_line, found.hit.span.start);
        let parts = FingerprintParts {
            rule_id: &found.rule.id,
            path: self.file.path,
            symbol: symbol.map(|symbol| symbol.qualified_name.as_str()).unwrap_or_default(),
            line_text: &line_text,
            ordinal: 0,
        };
        let ordinal = ordinals.entry(Fingerprint::of(parts)).or_default();
        *ordinal += 1;
        Fingerprint::of(FingerprintParts { ordinal: *ordinal - 1, ..parts })
    }

    fn location(&self, found: &Match<'_>, columns: &mut Columns) -> Location {
        let Span { start, end } = found.hit.span;
        let last = self.file.text[..end].char_indices().next_back().map_or(start, |(at, _)| at.max(start));
        Location {
            path: self.file.path.clone(),
            first_line: found.first_line,
            last_line: found.last_line,
            first_column: Some(columns.at(self.file, found.first_line, start)),
            last_column: Some(columns.at(self.file, found.last_line, last)),
            content_hash: self.file.hash,
        }
    }

    fn finding(&self, found: Match<'_>, fingerprint: Fingerprint, location: Location) -> Finding {
        let rule = found.rule;
        let (text, last_line) = quote(&self.masked, self.file.lines, found.hit.span);
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
            judgement: None,
            baseline_state: None,
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

/// Counts columns. Findings come in their order, so on a long line each count goes on from the last.
#[derive(Default)]
struct Columns {
    line: u32,
    offset: usize,
    column: u32,
}

impl Columns {
    /// The 1-based column of a byte offset on a line.
    fn at(&mut self, file: &FileInput<'_>, line: u32, offset: usize) -> u32 {
        if line != self.line || offset < self.offset {
            let start = file.lines.line_range(file.text, line).map_or(offset, |range| range.start);
            *self = Self { line, offset: start.min(offset), column: 1 };
        }
        let between = file.text[self.offset..offset].chars().count();
        self.column = self.column.saturating_add(u32::try_from(between).unwrap_or(u32::MAX));
        self.offset = offset;
        self.column
    }
}

fn confidence(rule: &RuleInfo) -> Confidence {
    match rule.tier {
        Tier::Vulnerability => Confidence::High,
        Tier::Weakness if rule.definite => Confidence::High,
        Tier::Weakness => Confidence::Medium,
    }
}
