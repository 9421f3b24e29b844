//! `verify`: the votes of a verifier.
//!
//! ```text
//! *VOTE: VERIFY|WEAKNESS|REJECT|ABSTAIN    *CONFIDENCE: 0-100    *ID: of the draft, in batches    *SEVERITY: or unchanged
//! *ATTACK_PATH: text                       *REASONING: text      *END_VOTE
//! ```

use codeproof_types::Severity;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::ReplyStatus;
use crate::context::CodeContext;
use crate::echo::Planted;
use crate::json;
use crate::markers::{Field, Grammar, Opening, Record, Shape, plain_words};
use crate::outcome::Barren;
use crate::spoken;
use crate::text::Answer;
use crate::values::{Word, capitalised, confidence_percent, confidence_percent_of_json, severity_in, vote_word};

/// What a verifier says of a draft (seed 002).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Vote {
    /// A real vulnerability.
    Verify,
    /// Risky, but of little harm or unlikely.
    Weakness,
    /// Not a finding.
    Reject,
    /// Not to be told from what was shown; also an answer that says two things.
    Abstain,
}

/// The votes in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VoteReply {
    /// What the answer amounts to.
    pub status: ReplyStatus,
    /// One vote for each id (for an answer without ids: one), the last complete one of it.
    pub votes: Vec<CastVote>,
}

/// One vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CastVote {
    /// The draft it is about, as the model wrote it; `None` when it named none.
    pub id: Option<String>,
    /// The vote.
    pub vote: Vote,
    /// Percent, 0-100; `None` when none was given.
    pub confidence: Option<u8>,
    /// The severity the verifier would give; `None` when it changes nothing.
    #[serde(serialize_with = "maybe_capitalised")]
    pub severity: Option<Severity>,
    /// How it could be exploited; empty when nothing was said.
    pub attack_path: String,
    /// Why.
    pub reasoning: String,
    /// Its end was there.
    pub complete: bool,
}

fn maybe_capitalised<S: Serializer>(severity: &Option<Severity>, serializer: S) -> Result<S::Ok, S::Error> {
    match severity {
        Some(severity) => capitalised(severity, serializer),
        None => serializer.serialize_none(),
    }
}

const VOTE: usize = 0;
const CONFIDENCE: usize = 1;
const ID: usize = 2;
const SEVERITY: usize = 3;
const ATTACK_PATH: usize = 4;
const REASONING: usize = 5;

static GRAMMAR: Grammar = Grammar {
    fields: &[
        Field { names: &["VOTE", "VERDICT", "DECISION"], shape: Shape::Line },
        Field { names: &["CONFIDENCE", "CONFIDENCE_SCORE"], shape: Shape::Line },
        Field { names: &["ID", "DRAFT_ID", "FINDING_ID"], shape: Shape::Line },
        Field { names: &["SEVERITY", "ADJUSTED_SEVERITY"], shape: Shape::Line },
        Field { names: &["ATTACK_PATH", "ATTACK_VECTOR"], shape: Shape::Prose },
        Field { names: &["REASONING", "REASON", "REASONS", "EXPLANATION", "RATIONALE"], shape: Shape::Prose },
    ],
    ends: &[
        "END_VOTE",
        "VOTE_END",
        "ENDVOTE",
        "END_VERDICT",
        "END_VERIFY",
        "END_REJECT",
        "END_WEAKNESS",
        "END_ABSTAIN",
        "END_VERIFICATION",
    ],
    opening: Opening::AnyField,
    words: &["VERIFY", "VERIFIED", "WEAKNESS", "REJECT", "REJECTED", "ABSTAIN"],
};

/// Reads the votes in an answer.
pub fn read_votes(answer: &Answer, context: &CodeContext) -> VoteReply {
    let planted = Planted::in_code(&GRAMMAR, &context.plain_code());
    let marked = spoken::marked(answer, &GRAMMAR, &planted);
    let mut echoed = marked.echoed;
    let mut votes = Vec::new();
    let mut unknown = false;
    for record in &marked.records {
        if record.quoted {
            echoed = true;
            continue;
        }
        match word_of(record) {
            Word::Vote(vote) => votes.push(cast(record, vote)),
            // Cut off within the word: the vote never came.
            Word::Unknown if record.cut_in == Some(VOTE) => {}
            Word::Unknown => unknown = true,
            Word::Blank => {}
        }
    }
    let votes = last_of_each(votes);
    if !votes.is_empty() {
        return VoteReply { status: ReplyStatus::Ok, votes };
    }
    if unknown {
        return VoteReply { status: ReplyStatus::Malformed, votes };
    }
    if let Some(reply) = from_json(answer, &planted) {
        return reply;
    }
    if let Some(vote) = single_word(&marked.text) {
        return VoteReply { status: ReplyStatus::Ok, votes: vec![vote] };
    }
    let barren = Barren { text: &marked.text, cut: answer.is_cut(), echoed, may_be_clean: false };
    VoteReply { status: barren.status(), votes }
}

fn word_of(record: &Record) -> Word {
    let value = record.value(VOTE);
    // `*VERIFY: no` says two things at once.
    let own_value = GRAMMAR.words.iter().find_map(|word| value.strip_prefix(word)).map(str::trim);
    if own_value.is_some() && GRAMMAR.words.contains(&record.opened_as.as_str()) {
        let first =
            own_value.unwrap_or_default().split(|char: char| !char.is_alphanumeric()).next().unwrap_or_default();
        let denied = ["no", "not", "false", "cannot", "none"].iter().any(|word| word.eq_ignore_ascii_case(first));
        let own = vote_word(&record.opened_as);
        return if denied { Word::Vote(Vote::Abstain) } else { own };
    }
    vote_word(value)
}

fn cast(record: &Record, vote: Vote) -> CastVote {
    CastVote {
        id: id_in(record.value(ID)),
        vote,
        confidence: confidence_percent(record.value(CONFIDENCE)),
        severity: changed_severity(record.value(SEVERITY)),
        attack_path: record.value(ATTACK_PATH).to_owned(),
        reasoning: record.value(REASONING).to_owned(),
        complete: record.complete,
    }
}

fn id_in(text: &str) -> Option<String> {
    let id = plain_words(text).trim_start_matches('#').trim_matches(['[', ']']).trim();
    (!id.is_empty()).then(|| id.to_owned())
}

/// A severity, unless the verifier says that it stays.
fn changed_severity(text: &str) -> Option<Severity> {
    let lower = text.to_ascii_lowercase();
    let stays = ["unchanged", "same", "no change", "keep", "as is", "n/a", "not changed", "as reported"];
    if stays.iter().any(|word| lower.contains(word)) { None } else { severity_in(text) }
}

/// The last complete vote for each id, else the last; ids in the order they first came.
fn last_of_each(votes: Vec<CastVote>) -> Vec<CastVote> {
    let mut places: std::collections::HashMap<Option<String>, usize> = std::collections::HashMap::new();
    let mut kept: Vec<CastVote> = Vec::new();
    for vote in votes {
        match places.get(&vote.id) {
            None => {
                places.insert(vote.id.clone(), kept.len());
                kept.push(vote);
            }
            Some(&place) if vote.complete || !kept[place].complete => kept[place] = vote,
            Some(_) => {}
        }
    }
    kept
}

/// An answer that is one of the four words and nothing else.
fn single_word(text: &str) -> Option<CastVote> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("```"));
    let word = plain_words(lines.next()?.trim_end_matches('.'));
    if lines.next().is_some() {
        return None;
    }
    let known = GRAMMAR.words.iter().any(|known| known.eq_ignore_ascii_case(word));
    let Word::Vote(vote) = vote_word(word) else { return None };
    known.then(|| CastVote {
        id: None,
        vote,
        confidence: None,
        severity: None,
        attack_path: String::new(),
        reasoning: String::new(),
        complete: true,
    })
}

const VOTE_NAMES: &[&str] = &["vote", "verdict", "decision"];

fn from_json(answer: &Answer, planted: &Planted) -> Option<VoteReply> {
    let (text, found) = spoken::json(answer);
    let fits = |map: &Map<String, Value>| json::first_of(map, VOTE_NAMES).is_some_and(Value::is_string);
    let items = json::items(&found, &["votes", "verdicts", "decisions"], fits)
        .or_else(|| json::items(&found, VOTE_NAMES, fits).filter(|items| items.around.is_some()))?;
    if planted.holds_json(&text[items.found.start..items.found.end]) {
        return Some(VoteReply { status: ReplyStatus::EchoOnly, votes: Vec::new() });
    }
    let around = items.around.into_iter().filter(|map| fits(map)).map(Value::Object);
    let objects: Vec<Value> = if items.items.is_empty() { around.collect() } else { items.items };
    let votes = objects.iter().filter_map(Value::as_object).filter_map(cast_of_json).collect();
    let votes = last_of_each(votes);
    let status = match (votes.is_empty(), items.cut) {
        (false, _) => ReplyStatus::Ok,
        (true, true) => ReplyStatus::Truncated,
        (true, false) => ReplyStatus::Malformed,
    };
    Some(VoteReply { status, votes })
}

fn cast_of_json(map: &Map<String, Value>) -> Option<CastVote> {
    let Word::Vote(vote) = vote_word(&json::text_in(map, VOTE_NAMES)) else { return None };
    Some(CastVote {
        id: id_in(&json::text_in(map, &["id", "draft_id", "finding_id"])),
        vote,
        confidence: json::first_of(map, &["confidence", "confidence_score"]).and_then(confidence_percent_of_json),
        severity: changed_severity(&json::text_in(map, &["severity", "adjusted_severity"])),
        attack_path: json::text_in(map, &["attack_path", "attack_vector"]),
        reasoning: json::text_in(map, &["reasoning", "reason", "explanation", "rationale"]),
        complete: true,
    })
}
