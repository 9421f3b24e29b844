//! What a word in the place of a vote means.

use crate::Vote;

/// What a text in the place of a vote says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// A vote; several at once, or the options repeated, are an abstention.
    Vote(Vote),
    /// Words that are no vote.
    Unknown,
    /// Nothing.
    Blank,
}

/// How a word counts, and what it becomes behind a negation.
#[derive(Clone, Copy)]
struct Meaning {
    vote: Vote,
    negated: Vote,
    /// Counts only when no stronger word is there: `real`, `yes`.
    weak: bool,
}

const fn strong(vote: Vote, negated: Vote) -> Meaning {
    Meaning { vote, negated, weak: false }
}

const fn weak(vote: Vote, negated: Vote) -> Meaning {
    Meaning { vote, negated, weak: true }
}

/// Words by meaning. Not verified is not rejected; not vulnerable is.
const WORDS: &[(&[&str], Meaning)] = &[
    (
        &["verify", "verified", "verifies", "verifiable", "confirm", "confirmed", "confirms"],
        strong(Vote::Verify, Vote::Abstain),
    ),
    (&["vulnerable", "vulnerability", "exploitable", "unsafe", "tp", "insecure"], strong(Vote::Verify, Vote::Reject)),
    (&["weakness", "weak", "weaknesses", "hardening"], strong(Vote::Weakness, Vote::Abstain)),
    (
        &[
            "reject",
            "rejected",
            "rejects",
            "rejecting",
            "dismiss",
            "dismissed",
            "fp",
            "safe",
            "benign",
            "mitigated",
            "refuted",
            "refute",
            "disproved",
            "denied",
            "deny",
            "unexploitable",
            "secure",
        ],
        strong(Vote::Reject, Vote::Abstain),
    ),
    (
        &[
            "abstain",
            "abstained",
            "abstains",
            "abstaining",
            "unknown",
            "uncertain",
            "unsure",
            "unclear",
            "unverified",
            "unconfirmed",
            "unverifiable",
            "inconclusive",
            "insufficient",
            "undecided",
            "undetermined",
            "undetermine",
            "indeterminate",
            "ambiguous",
            "pass",
            "skip",
            "skipped",
        ],
        strong(Vote::Abstain, Vote::Abstain),
    ),
    (
        &[
            "real", "valid", "genuine", "true", "yes", "accept", "accepted", "agree", "positive", "issue", "bug",
            "problem",
        ],
        weak(Vote::Verify, Vote::Reject),
    ),
    (&["false", "invalid", "disagree", "negative", "nonissue", "no", "none"], weak(Vote::Reject, Vote::Abstain)),
    (
        &["maybe", "possibly", "possible", "na", "sure", "determine", "decide", "tell", "enough", "more", "clear"],
        weak(Vote::Abstain, Vote::Abstain),
    ),
];

/// Words that turn what follows within the next three around.
const NEGATIONS: &[&str] =
    &["not", "cannot", "cant", "isnt", "never", "unable", "couldnt", "didnt", "without", "non", "wasnt", "doesnt"];

/// The words of the prompt, which count wherever they stand in capitals.
const OPTIONS: &[(&str, Vote)] =
    &[("VERIFY", Vote::Verify), ("WEAKNESS", Vote::Weakness), ("REJECT", Vote::Reject), ("ABSTAIN", Vote::Abstain)];

/// Reads the text in the place of a vote.
pub(crate) fn vote_word(text: &str) -> Word {
    let line = crate::markers::first_line(text);
    let (head, tail) = split_reason(line);
    let words: Vec<String> = head
        .replace(['\'', '’'], "")
        .replace("n/a", "na")
        .replace("N/A", "na")
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(40)
        .map(str::to_lowercase)
        .collect();
    let mut votes = Votes::default();
    if words.is_empty() {
        return picture(line);
    }
    if let Some(vote) = phrase(&words) {
        votes.strong.push(vote);
    } else {
        votes.read(&words);
    }
    for (option, vote) in OPTIONS {
        if tail.split(|char: char| !char.is_alphanumeric()).any(|word| word == *option) {
            votes.strong.push(*vote);
        }
    }
    votes.outcome()
}

#[derive(Default)]
struct Votes {
    strong: Vec<Vote>,
    weak: Vec<Vote>,
}

impl Votes {
    fn read(&mut self, words: &[String]) {
        let mut negated_until = 0;
        for (at, word) in words.iter().enumerate() {
            if NEGATIONS.contains(&word.as_str()) || (word == "no" && at + 1 < words.len()) {
                negated_until = at + 5;
                continue;
            }
            let Some((_, meaning)) = WORDS.iter().find(|(known, _)| known.contains(&word.as_str())) else { continue };
            let vote = if at < negated_until { meaning.negated } else { meaning.vote };
            if meaning.weak { self.weak.push(vote) } else { self.strong.push(vote) }
        }
        // "Not sure", "no" with nothing we know behind it.
        if self.strong.is_empty() && self.weak.is_empty() && negated_until > 0 {
            self.weak.push(Vote::Abstain);
        }
    }

    fn outcome(mut self) -> Word {
        let mut votes = if self.strong.is_empty() { std::mem::take(&mut self.weak) } else { self.strong };
        votes.dedup();
        let Some(first) = votes.first().copied() else { return Word::Unknown };
        Word::Vote(if votes.iter().all(|vote| *vote == first) { first } else { Vote::Abstain })
    }
}

/// Phrases whose words alone would mislead.
fn phrase(words: &[String]) -> Option<Vote> {
    let text = words.join(" ");
    let starts = |start: &str| text == start || text.strip_prefix(start).is_some_and(|rest| rest.starts_with(' '));
    let known: &[(&str, Vote)] = &[
        ("true positive", Vote::Verify),
        ("false positive", Vote::Reject),
        ("likely false positive", Vote::Reject),
        ("likely true positive", Vote::Verify),
        ("not a false positive", Vote::Verify),
        ("true negative", Vote::Reject),
        ("false negative", Vote::Verify),
        ("need more", Vote::Abstain),
        ("needs more", Vote::Abstain),
        ("not a true positive", Vote::Reject),
        ("low risk", Vote::Weakness),
        ("code quality", Vote::Weakness),
        ("best practice", Vote::Weakness),
    ];
    let rest_is_quiet = |start: &str| {
        let rest = text[start.len()..].trim();
        !WORDS.iter().take(5).any(|(known, _)| rest.split(' ').any(|word| known.contains(&word)))
    };
    known.iter().find(|(start, _)| starts(start) && rest_is_quiet(start)).map(|(_, vote)| *vote)
}

/// Splits "REJECT - the buffer is large enough" into the vote and its reasons. Separators of options stay.
fn split_reason(line: &str) -> (&str, &str) {
    let cut = [
        " - ",
        " – ",
        " — ",
        "—",
        "(",
        ": ",
        "; ",
        ". ",
        ", because",
        " because ",
        " since ",
        " as the ",
        "<",
        ", the ",
        ", as ",
        ", since ",
    ]
    .iter()
    .filter_map(|separator| line.find(separator))
    .filter(|at| line[..*at].chars().any(char::is_alphanumeric))
    .min();
    cut.map_or((line, ""), |at| line.split_at(at))
}

/// A vote given as a picture alone.
fn picture(line: &str) -> Word {
    let pictures: &[(char, Vote)] = &[
        ('✅', Vote::Verify),
        ('✔', Vote::Verify),
        ('❌', Vote::Reject),
        ('✗', Vote::Reject),
        ('⚠', Vote::Weakness),
        ('❓', Vote::Abstain),
        ('?', Vote::Abstain),
    ];
    match pictures.iter().find(|(picture, _)| line.contains(*picture)) {
        Some((_, vote)) => Word::Vote(*vote),
        None if line.is_empty() => Word::Blank,
        None => Word::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_phrases() {
        let vote = Word::Vote;
        for (text, expected) in [
            ("VERIFY", vote(Vote::Verify)),
            ("Verified.", vote(Vote::Verify)),
            ("REJECTED", vote(Vote::Reject)),
            ("weak", vote(Vote::Weakness)),
            ("❌ REJECT", vote(Vote::Reject)),
            ("❌", vote(Vote::Reject)),
            ("True Positive", vote(Vote::Verify)),
            ("FALSE_POSITIVE", vote(Vote::Reject)),
            ("false-positive", vote(Vote::Reject)),
            ("VERIFY | WEAKNESS | REJECT | ABSTAIN", vote(Vote::Abstain)),
            ("VERIFY/REJECT", vote(Vote::Abstain)),
            ("VERIFY or WEAKNESS", vote(Vote::Abstain)),
            ("CANNOT VERIFY", vote(Vote::Abstain)),
            ("can't be verified", vote(Vote::Abstain)),
            ("not verified", vote(Vote::Abstain)),
            ("UNVERIFIED", vote(Vote::Abstain)),
            ("not vulnerable", vote(Vote::Reject)),
            ("NOT EXPLOITABLE", vote(Vote::Reject)),
            ("not a vulnerability", vote(Vote::Reject)),
            ("INSUFFICIENT_CONTEXT", vote(Vote::Abstain)),
            ("yes", vote(Vote::Verify)),
            ("No", vote(Vote::Reject)),
            ("no vulnerability", vote(Vote::Reject)),
            ("N/A", vote(Vote::Abstain)),
            ("REJECT - VERIFY would need a sink", vote(Vote::Abstain)),
            ("REJECT (the input is not vulnerable)", vote(Vote::Reject)),
            ("REJECT because it is bounded", vote(Vote::Reject)),
            ("real vulnerability", vote(Vote::Verify)),
            ("banana", Word::Unknown),
            ("", Word::Blank),
            ("not sure", vote(Vote::Abstain)),
            ("Not a bug", vote(Vote::Reject)),
            ("no issue", vote(Vote::Reject)),
            ("mitigated", vote(Vote::Reject)),
            ("unable to determine", vote(Vote::Abstain)),
            ("Valid", vote(Vote::Verify)),
            ("VERIFY, VERIFY", vote(Vote::Verify)),
        ] {
            assert_eq!(vote_word(text), expected, "{text:?}");
        }
    }
}
