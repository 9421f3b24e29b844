//! What votes come to, and what they may change.

use codeproof_judge::{apply, data_flow_vote, decide};
use codeproof_types::{Confidence, EvidenceRole, Finding, Origin, Outcome, Severity, State, Tier, Verdict, Vote};

use crate::sample::{evidence, finding};

fn vote(verdict: Verdict, severity: Option<Severity>) -> Vote {
    let voter = format!("{verdict}er");
    Vote { voter, verdict, confidence: None, severity, attack_path: String::new(), reasoning: String::new() }
}

/// Votes from letters: V, W, R, A.
fn votes(letters: &str) -> Vec<Vote> {
    let verdict = |letter| match letter {
        'V' => Verdict::Verify,
        'W' => Verdict::Weakness,
        'R' => Verdict::Reject,
        _ => Verdict::Abstain,
    };
    letters.chars().map(|letter| vote(verdict(letter), None)).collect()
}

#[track_caller]
fn check(letters: &str, outcome: Outcome, confidence: Option<u8>) {
    let judgement = decide(votes(letters));
    assert_eq!((judgement.outcome, judgement.confidence), (outcome, confidence), "{letters}");
    assert_eq!(judgement.votes.len(), letters.len());
}

#[test]
fn majorities_decide_and_verify_comes_first() {
    check("V", Outcome::Verified, Some(100));
    check("W", Outcome::Weakness, Some(100));
    check("R", Outcome::Rejected, Some(100));
    check("VR", Outcome::Verified, Some(50));
    check("WR", Outcome::Weakness, Some(50));
    check("VW", Outcome::Verified, Some(50));
    check("VWR", Outcome::Rejected, Some(33));
    check("VVR", Outcome::Verified, Some(67));
    check("WWR", Outcome::Weakness, Some(67));
    check("VRR", Outcome::Rejected, Some(67));
    check("VVWWW", Outcome::Verified, Some(40));
    check("VWWRR", Outcome::Weakness, Some(40));
}

#[test]
fn who_abstains_does_not_count_and_nobody_is_no_rejection() {
    check("VAA", Outcome::Verified, Some(100));
    check("RAA", Outcome::Rejected, Some(100));
    check("AAA", Outcome::Unverified, None);
    check("", Outcome::Unverified, None);
}

fn draft(severity: Severity) -> Finding {
    Finding { origin: Origin::Draft, state: State::Unverified, confidence: Confidence::None, severity, ..finding() }
}

#[track_caller]
fn judged(letters: &str, expected: (State, Tier, Confidence)) {
    let mut draft = draft(Severity::High);
    apply(&mut draft, decide(votes(letters)));
    assert_eq!((draft.state, draft.tier, draft.confidence), expected, "{letters}");
    assert_eq!(draft.votes, Some(draft.judgement.unwrap().counts()));
}

#[test]
fn a_judgement_makes_of_a_draft_what_it_is() {
    judged("VV", (State::Open, Tier::Vulnerability, Confidence::Medium));
    judged("VVA", (State::Open, Tier::Vulnerability, Confidence::Medium));
    judged("V", (State::Open, Tier::Vulnerability, Confidence::Low));
    judged("VVR", (State::Open, Tier::Vulnerability, Confidence::Low));
    judged("WW", (State::Open, Tier::Weakness, Confidence::Low));
    judged("RRR", (State::Rejected, Tier::Weakness, Confidence::Low));
    judged("AA", (State::Unverified, Tier::Weakness, Confidence::None));
}

#[test]
fn a_second_judgement_replaces_the_first() {
    let mut draft = draft(Severity::High);
    apply(&mut draft, decide(votes("VV")));
    apply(&mut draft, decide(votes("AA")));
    assert_eq!((draft.state, draft.tier, draft.confidence), (State::Unverified, Tier::Weakness, Confidence::None));
}

#[test]
fn severity_follows_most_of_the_winners() {
    let severity = |votes: Vec<Vote>| {
        let mut draft = draft(Severity::High);
        apply(&mut draft, decide(votes));
        draft.severity
    };
    let (verify, reject) = (Verdict::Verify, Verdict::Reject);
    let (low, critical) = (Some(Severity::Low), Some(Severity::Critical));
    assert_eq!(severity(vec![vote(verify, low), vote(verify, low), vote(verify, None)]), Severity::Low);
    assert_eq!(severity(vec![vote(verify, low), vote(verify, None)]), Severity::High);
    assert_eq!(severity(vec![vote(verify, low), vote(verify, critical)]), Severity::High);
    assert_eq!(severity(vec![vote(verify, None), vote(verify, None), vote(reject, low)]), Severity::High);
    assert_eq!(severity(vec![vote(reject, low), vote(reject, low)]), Severity::High);
}

#[test]
fn a_detectors_finding_stays_what_it_is() {
    for letters in ["RRR", "VV", "W", "AA"] {
        let mut found = finding();
        apply(&mut found, decide(votes(letters)));
        let judgement = found.judgement.take();
        assert_eq!(found.votes.take(), judgement.map(|judgement| judgement.counts()));
        assert_eq!(found, finding(), "{letters}");
    }
}

#[test]
fn a_whole_chain_is_a_voter_with_a_name() {
    assert_eq!(data_flow_vote(&finding()), None);
    let chain = vec![
        evidence(22, "    name = request.args.get(\"name\")", EvidenceRole::Source),
        evidence(26, "    os.system(command)", EvidenceRole::Sink),
    ];
    let proven = Finding { tier: Tier::Vulnerability, evidence: chain, ..finding() };
    let vote = data_flow_vote(&proven).unwrap();
    assert_eq!((vote.voter.as_str(), vote.verdict), ("data flow", Verdict::Verify));
    assert_eq!(vote.attack_path, "app/export.py:22 -> app/export.py:26");
    assert_eq!(data_flow_vote(&Finding { tier: Tier::Weakness, ..proven.clone() }), None);
    assert_eq!(data_flow_vote(&Finding { origin: Origin::Draft, ..proven }), None);
}
