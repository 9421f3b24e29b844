//! Votes in numbers and in words.

use codeproof_types::{Finding, Judgement, Origin, Outcome, Severity, Verdict, Votes};

use crate::{clean, numbers};

/// One vote, ready to be shown. How sure a voter says it is stays out: the only percentage of a report is a count of
/// votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ballot {
    pub verdict: Verdict,
    pub voter: String,
    /// The severity it would give, when another than the finding's.
    pub severity: Option<Severity>,
    pub reasoning: String,
    pub attack_path: String,
}

/// The votes on a finding, in the order of the profile; each text has at most `characters`.
pub(crate) fn ballots(finding: &Finding, characters: usize) -> Vec<Ballot> {
    let votes = finding.judgement.iter().flat_map(|judgement| &judgement.votes);
    let ballot = |vote: &codeproof_types::Vote| Ballot {
        verdict: vote.verdict,
        voter: super::name(&vote.voter),
        severity: vote.severity.filter(|severity| *severity != finding.severity),
        reasoning: clean::short(&vote.reasoning, characters),
        attack_path: clean::short(&vote.attack_path, characters),
    };
    votes.map(ballot).collect()
}

/// The way of an attacker as the first voter tells it that says there is one.
pub(crate) fn attack_path(ballots: &[Ballot]) -> Option<&str> {
    let says_real = |verdict| move |ballot: &&Ballot| ballot.verdict == verdict && !ballot.attack_path.is_empty();
    let first = |verdict| ballots.iter().find(says_real(verdict));
    first(Verdict::Verify).or_else(|| first(Verdict::Weakness)).map(|ballot| ballot.attack_path.as_str())
}

/// `2 of 3 verifiers (67 %): verify; 1 reject`; `None` when nobody was asked.
pub(super) fn tally(finding: &Finding) -> Option<String> {
    match (&finding.judgement, finding.votes) {
        (Some(judgement), _) => tally_of(judgement),
        (None, Some(votes)) => text(votes, largest(votes), None),
        (None, None) => None,
    }
}

/// The same where the reader could take the votes for what decided: a rule's finding stays what it is.
pub(crate) fn tally_beside(finding: &Finding) -> Option<String> {
    let tally = tally(finding)?;
    Some(if finding.origin == Origin::Detector {
        format!("{tally}. A rule found this; votes do not decide it.")
    } else {
        tally
    })
}

/// The same of a judgement.
pub(crate) fn tally_of(judgement: &Judgement) -> Option<String> {
    let votes = judgement.counts();
    let winner = match judgement.outcome {
        Outcome::Verified => Some(Verdict::Verify),
        Outcome::Weakness => Some(Verdict::Weakness),
        Outcome::Rejected => Some(Verdict::Reject),
        Outcome::Unverified => largest(votes),
    };
    text(votes, winner, judgement.confidence)
}

/// The verdict with most votes among those that count, the gravest of equals.
fn largest(votes: Votes) -> Option<Verdict> {
    let verdicts = [Verdict::Reject, Verdict::Weakness, Verdict::Verify];
    verdicts.into_iter().max_by_key(|verdict| count(votes, *verdict)).filter(|verdict| count(votes, *verdict) > 0)
}

fn count(votes: Votes, verdict: Verdict) -> u32 {
    match verdict {
        Verdict::Verify => votes.verify,
        Verdict::Weakness => votes.weakness,
        Verdict::Reject => votes.reject,
        Verdict::Abstain => votes.abstain,
    }
}

fn text(votes: Votes, winner: Option<Verdict>, confidence: Option<u8>) -> Option<String> {
    let counting = [Verdict::Verify, Verdict::Weakness, Verdict::Reject];
    let total: u64 = counting.iter().map(|verdict| u64::from(count(votes, *verdict))).sum();
    let mut parts = Vec::new();
    match winner {
        Some(winner) if total > 0 => {
            let percent = confidence.map(|percent| format!(" ({} %)", percent.min(100))).unwrap_or_default();
            let verifiers = numbers::counted(total, "verifier", "verifiers");
            let winning = numbers::grouped(count(votes, winner).into());
            parts.push(format!("{winning} of {verifiers}{percent}: {winner}"));
            let others = counting.into_iter().filter(|verdict| *verdict != winner && count(votes, *verdict) > 0);
            parts.extend(others.map(|verdict| format!("{} {verdict}", numbers::grouped(count(votes, verdict).into()))));
        }
        _ if votes.abstain > 0 => parts.push("no verifier could say".to_owned()),
        _ => return None,
    }
    if votes.abstain > 0 {
        parts.push(format!("{} abstained", numbers::grouped(votes.abstain.into())));
    }
    Some(parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(verify: u32, weakness: u32, reject: u32, abstain: u32, expected: Option<&str>) {
        let votes = Votes { verify, weakness, reject, abstain };
        assert_eq!(text(votes, largest(votes), None).as_deref(), expected);
    }

    #[test]
    fn votes_are_counted_in_words() {
        check(2, 0, 1, 0, Some("2 of 3 verifiers: verify; 1 reject"));
        check(1, 1, 1, 2, Some("1 of 3 verifiers: verify; 1 weakness; 1 reject; 2 abstained"));
        check(0, 0, 1, 0, Some("1 of 1 verifier: reject"));
        check(0, 0, 0, 2, Some("no verifier could say; 2 abstained"));
        check(0, 0, 0, 0, None);
        let rejected = Votes { verify: 1, weakness: 1, reject: 1, abstain: 0 };
        let expected = "1 of 3 verifiers (33 %): reject; 1 verify; 1 weakness";
        assert_eq!(text(rejected, Some(Verdict::Reject), Some(33)).as_deref(), Some(expected));
    }
}
