//! Votes, and what they come to (seed 002, "Standard Multi-Model Voting").

use codeproof_replies::{Answer, CodeContext, FinishReason, ReplyStatus, Vote as CastWord, read_votes};
use codeproof_types::{
    Confidence, Evidence, Finding, Judgement, Origin, Outcome, Severity, State, Tier, Verdict, Vote,
};

use crate::error::ReplyProblem;
use crate::prompt::{VOTE_MARKERS, has_chain};

/// Fewest voters, all of one mind, whose word is worth more than low confidence.
const UNANIMOUS_MIN: u32 = 2;

/// Characters of a voter's words that are kept.
const WORDS_CHARACTERS_MAX: usize = 2_000;

/// Reads the vote in an answer to a prompt that showed `shown_code` ([`Prompt::shown`](crate::Prompt::shown)). A vote that
/// stands there, or in our description of the form, is an echo and no vote. `cut` says that the answer ran into its limit
/// of tokens.
///
/// # Errors
/// When there is no vote; a voter without a vote neither verifies nor rejects.
pub fn read_vote(voter: &str, raw: &str, shown_code: &str, cut: bool) -> Result<Vote, ReplyProblem> {
    let finish = if cut { FinishReason::Length } else { FinishReason::Stop };
    let answer = Answer::new(raw.as_bytes(), finish);
    let context = CodeContext { code: Some(format!("{shown_code}\n{VOTE_MARKERS}")), ..CodeContext::default() };
    let reply = read_votes(&answer, &context);
    let cast = match (reply.status, reply.votes.into_iter().next_back()) {
        (ReplyStatus::Ok, Some(cast)) => cast,
        // There is no such answer; were there one, it would have to be mended.
        (ReplyStatus::Ok, None) => return Err(ReplyProblem { status: ReplyStatus::Malformed }),
        (status, _) => return Err(ReplyProblem { status }),
    };
    Ok(Vote {
        voter: voter.to_owned(),
        verdict: match cast.vote {
            CastWord::Verify => Verdict::Verify,
            CastWord::Weakness => Verdict::Weakness,
            CastWord::Reject => Verdict::Reject,
            CastWord::Abstain => Verdict::Abstain,
        },
        confidence: cast.confidence,
        severity: cast.severity,
        attack_path: words(&cast.attack_path),
        reasoning: words(&cast.reasoning),
    })
}

/// A voter's words, not too many; `none` is what the form asks for where there is nothing to say.
fn words(said: &str) -> String {
    let said = said.trim();
    match said.char_indices().nth(WORDS_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &said[..end]),
        None if said.trim_end_matches('.').eq_ignore_ascii_case("none") => String::new(),
        None => said.to_owned(),
    }
}

/// Counts the votes. ABSTAIN does not count; without any vote that counts nothing is decided, and nothing is rejected.
///
/// A majority is two of three or more, else one: verify comes first, then weakness if it has more votes than verify.
/// Confidence is the winner's share of the votes that count, in percent, rounded.
pub fn decide(votes: Vec<Vote>) -> Judgement {
    let count = |verdict| votes.iter().filter(|vote| vote.verdict == verdict).count();
    let (verify, weakness, reject) = (count(Verdict::Verify), count(Verdict::Weakness), count(Verdict::Reject));
    let total = verify + weakness + reject;
    let majority = if total >= 3 { 2 } else { total.div_ceil(2) };
    let (outcome, winning) = if total == 0 {
        (Outcome::Unverified, 0)
    } else if verify >= majority {
        (Outcome::Verified, verify)
    } else if weakness >= majority && weakness > verify {
        (Outcome::Weakness, weakness)
    } else {
        (Outcome::Rejected, reject)
    };
    let confidence = (winning * 100 + total / 2).checked_div(total).and_then(|percent| u8::try_from(percent).ok());
    Judgement { outcome, confidence, votes }
}

/// The engine's own vote: a whole chain from source to sink is one voter, named.
pub fn data_flow_vote(finding: &Finding) -> Option<Vote> {
    let is_proven = finding.origin == Origin::Detector && finding.tier == Tier::Vulnerability && has_chain(finding);
    is_proven.then(|| Vote {
        voter: Vote::DATA_FLOW.to_owned(),
        verdict: Verdict::Verify,
        confidence: None,
        severity: None,
        attack_path: finding.evidence.iter().map(hop).collect::<Vec<_>>().join(" -> "),
        reasoning: "The data was followed from where it comes in to where it does harm.".to_owned(),
    })
}

fn hop(evidence: &Evidence) -> String {
    format!("{}:{}", evidence.location.path, evidence.location.first_line)
}

/// Lets a judgement decide about a finding. A draft gets state, tier, severity and confidence from it; a detector's
/// finding stays what it is, whatever models say, and shows the votes.
pub fn apply(finding: &mut Finding, judgement: Judgement) {
    finding.votes = Some(judgement.counts());
    if finding.origin != Origin::Detector {
        let (state, tier) = match judgement.outcome {
            Outcome::Verified => (State::Open, Tier::Vulnerability),
            Outcome::Weakness => (State::Open, Tier::Weakness),
            Outcome::Rejected => (State::Rejected, Tier::Weakness),
            Outcome::Unverified => (State::Unverified, Tier::Weakness),
        };
        (finding.state, finding.tier) = (state, tier);
        finding.severity = adjusted_severity(&judgement).unwrap_or(finding.severity);
        finding.confidence = confidence(&judgement);
    }
    finding.judgement = Some(judgement);
}

/// The severity that more than half of the winning voters give.
fn adjusted_severity(judgement: &Judgement) -> Option<Severity> {
    let winner = winner(judgement.outcome)?;
    let winning: Vec<&Vote> = judgement.votes.iter().filter(|vote| vote.verdict == winner).collect();
    let given = |severity: &Severity| winning.iter().filter(|vote| vote.severity == Some(*severity)).count();
    Severity::ALL.iter().copied().find(|severity| given(severity) * 2 > winning.len())
}

/// The vote that an outcome is made of; a rejected finding keeps its severity.
fn winner(outcome: Outcome) -> Option<Verdict> {
    match outcome {
        Outcome::Verified => Some(Verdict::Verify),
        Outcome::Weakness => Some(Verdict::Weakness),
        Outcome::Rejected | Outcome::Unverified => None,
    }
}

fn confidence(judgement: &Judgement) -> Confidence {
    let counts = judgement.counts();
    let is_unanimous = counts.weakness == 0 && counts.reject == 0;
    match judgement.outcome {
        Outcome::Unverified => Confidence::None,
        Outcome::Verified if is_unanimous && counts.verify >= UNANIMOUS_MIN => Confidence::Medium,
        _ => Confidence::Low,
    }
}
