//! Two reports compared: what is new, what is still there, what was fixed.
//!
//! Findings are the same when their fingerprints are, and those have no line numbers: code that moved keeps its findings.
//! "Fixed" is said only of what was looked for again and not found.

use std::collections::{HashMap, HashSet};

use codeproof_types::{
    BaselineState, Comparison, Finding, Fingerprint, Problem, ProblemKind, RepoPath, RuleInfo, ScanReport, ScanStatus,
    State,
};

/// A report that another one is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// What the user called it: a file, or a scan of the database.
    pub name: String,
    /// The report.
    pub report: ScanReport,
}

/// Compares `report` with an earlier one: each of its findings gets its [`BaselineState`], those that were fixed since
/// are added, the counts go into [`ScanReport::comparison`], and what weakens the comparison goes into the notes.
///
/// `was_looked_for` says of a finding of the baseline whether this report would hold it if it were still there.
///
/// A finding that was suppressed or rejected in the baseline and is open now is new: nobody has accepted it as it
/// stands. One that the baseline itself calls fixed does not count as being in it.
pub fn compare(report: &mut ScanReport, baseline: &Baseline, was_looked_for: impl Fn(&Finding) -> bool) {
    let mut old: HashMap<&Fingerprint, &Finding> = HashMap::new();
    for finding in baseline.report.findings.iter().filter(|finding| finding.state != State::Fixed) {
        old.insert(&finding.fingerprint, finding);
    }
    report.findings.retain(|finding| finding.state != State::Fixed);
    let mut counts = Comparison {
        baseline: baseline.name.clone(),
        scanned_at_ms: Some(baseline.report.scan.started_at_ms).filter(|ms| *ms != 0),
        new: 0,
        unchanged: 0,
        fixed: 0,
        not_looked_for: 0,
    };
    for finding in &mut report.findings {
        let state = match old.remove(&finding.fingerprint) {
            Some(known) if is_answered(known) && !is_answered(finding) => BaselineState::New,
            Some(_) => BaselineState::Unchanged,
            None => BaselineState::New,
        };
        finding.baseline_state = Some(state);
        match state {
            _ if is_answered(finding) => {}
            BaselineState::New => counts.new += 1,
            BaselineState::Unchanged | BaselineState::Absent => counts.unchanged += 1,
        }
    }
    let is_whole = report.scan.status == ScanStatus::Completed;
    for finding in old.into_values() {
        if is_whole && was_looked_for(finding) {
            counts.fixed += 1;
            report.findings.push(fixed(finding));
        } else {
            counts.not_looked_for += 1;
        }
    }
    report.findings.sort_by(|one, other| one.report_order().cmp(&other.report_order()));
    add_rules(&mut report.rules, &report.findings, &baseline.report.rules);
    report.notes.extend(notes(baseline, &counts, is_whole));
    report.comparison = Some(counts);
}

/// What two reports alone tell: a finding was looked for when nothing kept its file from being read.
pub fn was_read(problems: &[Problem]) -> impl Fn(&Finding) -> bool + use<> {
    let unread: HashSet<RepoPath> =
        problems.iter().filter(|it| keeps_from_reading(it)).filter_map(|it| it.path.clone()).collect();
    move |finding| !unread.contains(&finding.location.path)
}

/// Whether a problem means that findings of its file may be missing.
fn keeps_from_reading(problem: &Problem) -> bool {
    problem.kind != ProblemKind::Syntax
}

fn is_answered(finding: &Finding) -> bool {
    matches!(finding.state, State::Suppressed | State::Rejected)
}

/// A finding of the baseline as this report lists it. Its number belongs to another scan.
fn fixed(finding: &Finding) -> Finding {
    let finding = finding.clone();
    Finding { id: None, state: State::Fixed, suppression: None, baseline_state: Some(BaselineState::Absent), ..finding }
}

/// Rules of fixed findings explain themselves, too.
fn add_rules(rules: &mut Vec<RuleInfo>, findings: &[Finding], known: &[RuleInfo]) {
    let named: HashSet<&str> = findings.iter().map(|finding| finding.rule_id.as_str()).collect();
    let missing = known.iter().filter(|rule| named.contains(rule.id.as_str()));
    let missing: Vec<RuleInfo> = missing.filter(|rule| rules.iter().all(|has| has.id != rule.id)).cloned().collect();
    rules.extend(missing);
    rules.sort_by(|one, other| one.id.cmp(&other.id));
}

fn notes(baseline: &Baseline, counts: &Comparison, is_whole: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if baseline.report.scan.status != ScanStatus::Completed {
        notes.push("the baseline's scan did not come to its end: what is called new may be older".to_owned());
    }
    notes.extend(baseline.report.notes.iter().map(|note| format!("of the baseline: {note}")));
    if counts.not_looked_for > 0 {
        let why =
            if is_whole { "their files or rules were left out this time" } else { "this scan did not come to its end" };
        let findings = match counts.not_looked_for {
            1 => "1 finding of the baseline was".to_owned(),
            several => format!("{several} findings of the baseline were"),
        };
        notes.push(format!("{findings} not looked for again, because {why}: they may still be there"));
    }
    notes
}

#[cfg(test)]
mod tests {
    use codeproof_types::{
        Confidence, ContentHash, FingerprintParts, Location, Origin, ScanInfo, ScanSummary, Severity, Tier,
    };

    use super::*;

    /// A finding on one line of a file; findings with the same text there are the same.
    fn finding(path: &str, text: &str, line: u32, state: State) -> Finding {
        let path = RepoPath::new(path).expect("a path");
        let parts = FingerprintParts { rule_id: "r", path: &path, symbol: "", line_text: text, ordinal: 0 };
        Finding {
            id: None,
            fingerprint: Fingerprint::of(parts),
            rule_id: "r".to_owned(),
            title: text.to_owned(),
            severity: Severity::High,
            tier: Tier::Weakness,
            cwe: None,
            category: None,
            origin: Origin::Detector,
            confidence: Confidence::High,
            location: Location {
                first_line: line,
                last_line: line,
                first_column: None,
                last_column: None,
                content_hash: ContentHash::of(b""),
                path,
            },
            evidence: vec![],
            message: String::new(),
            remediation: String::new(),
            votes: None,
            source_models: vec![],
            state,
            suppression: None,
            secret: None,
            judgement: None,
            baseline_state: None,
        }
    }

    fn report(findings: Vec<Finding>) -> ScanReport {
        let scan = ScanInfo {
            id: None,
            target: ".".to_owned(),
            commit: None,
            version: "0".to_owned(),
            status: ScanStatus::Completed,
            started_at_ms: 7,
            duration_ms: 0,
        };
        let (problems, rules, notes) = (vec![], vec![], vec![]);
        ScanReport {
            scan,
            summary: ScanSummary::default(),
            findings,
            problems,
            rules,
            notes,
            comparison: None,
            safe_sites: None,
            models: None,
        }
    }

    /// What comes of each finding, as `text state`, and the four counts.
    #[track_caller]
    fn check(old: Vec<Finding>, new: Vec<Finding>, expected: &[&str], counts: [u64; 4]) {
        let baseline = Baseline { name: "old".to_owned(), report: report(old) };
        let mut report = report(new);
        compare(&mut report, &baseline, |finding| !finding.title.starts_with("left out"));
        let state = |finding: &Finding| finding.baseline_state.expect("each finding has one");
        let found: Vec<String> =
            report.findings.iter().map(|finding| format!("{} {}", finding.title, state(finding))).collect();
        assert_eq!(found, expected);
        let comparison = report.comparison.expect("it was compared");
        let Comparison { new, unchanged, fixed, not_looked_for, .. } = comparison;
        assert_eq!([new, unchanged, fixed, not_looked_for], counts);
    }

    #[test]
    fn moved_lines_are_the_same_and_what_is_gone_was_fixed() {
        let old = vec![finding("a.c", "one", 3, State::Open), finding("b.c", "two", 9, State::Open)];
        let new = vec![finding("a.c", "one", 70, State::Open), finding("a.c", "three", 1, State::Open)];
        check(old, new, &["three new", "one unchanged", "two absent"], [1, 1, 1, 0]);
    }

    #[test]
    fn what_was_not_looked_for_is_not_fixed() {
        let old = vec![finding("a.c", "left out", 3, State::Open), finding("b.c", "gone", 9, State::Open)];
        check(old.clone(), vec![], &["gone absent"], [0, 0, 1, 1]);
        let baseline = Baseline { name: "old".to_owned(), report: report(old) };
        let mut interrupted = report(vec![]);
        interrupted.scan.status = ScanStatus::Interrupted;
        compare(&mut interrupted, &baseline, |_| true);
        assert!(interrupted.findings.is_empty());
        assert_eq!(interrupted.comparison.map(|comparison| comparison.not_looked_for), Some(2));
        assert!(interrupted.notes[0].starts_with("2 findings of the baseline were not looked for again"));
    }

    #[test]
    fn answers_of_the_baseline_hold_only_while_they_are_there() {
        let old = vec![
            finding("a.c", "accepted", 1, State::Suppressed),
            finding("a.c", "still accepted", 2, State::Suppressed),
            finding("a.c", "fixed before", 3, State::Fixed),
            finding("a.c", "accepted since", 4, State::Open),
        ];
        let new = vec![
            finding("a.c", "accepted", 1, State::Open),
            finding("a.c", "still accepted", 2, State::Suppressed),
            finding("a.c", "fixed before", 3, State::Open),
            finding("a.c", "accepted since", 4, State::Suppressed),
            finding("a.c", "accepted at once", 5, State::Suppressed),
        ];
        let expected = [
            "accepted new",
            "still accepted unchanged",
            "fixed before new",
            "accepted since unchanged",
            "accepted at once new",
        ];
        check(old, new, &expected, [2, 0, 0, 0]);
    }

    #[test]
    fn comparing_again_replaces_what_was_said_before() {
        let old = vec![finding("a.c", "one", 1, State::Open), finding("a.c", "two", 2, State::Open)];
        let baseline = Baseline { name: "old".to_owned(), report: report(old) };
        let mut later = report(vec![finding("a.c", "one", 1, State::Open)]);
        compare(&mut later, &baseline, |_| true);
        let once = later.clone();
        compare(&mut later, &baseline, |_| true);
        assert_eq!(later, once);
        // A report compared with itself has nothing new and nothing fixed but what already was.
        let itself = Baseline { name: "itself".to_owned(), report: once };
        compare(&mut later, &itself, |_| true);
        let comparison = later.comparison.expect("compared");
        assert_eq!((comparison.new, comparison.unchanged, comparison.fixed), (0, 1, 0));
    }

    #[test]
    fn a_file_that_could_not_be_read_keeps_its_findings() {
        let problem = |path: &str, kind| Problem {
            path: Some(RepoPath::new(path).expect("a path")),
            line: None,
            kind,
            message: String::new(),
        };
        let was_read = was_read(&[problem("big.c", ProblemKind::Limit), problem("odd.c", ProblemKind::Syntax)]);
        let open = |path| finding(path, "x", 1, State::Open);
        assert!(!was_read(&open("big.c")) && was_read(&open("odd.c")) && was_read(&open("a.c")));
    }
}
