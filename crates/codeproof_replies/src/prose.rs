//! Answers in plain words: that there is nothing, or that the model will not answer.

/// Longer answers that hold no record are no plain "nothing found".
const MAX_CLEAN_CHARS: usize = 600;

/// Characters at the start of an answer in which a refusal shows.
const REFUSAL_CHARS: usize = 300;

/// What "no … found" may be about.
const SUBJECTS: &[&str] =
    &["vulnerabilit", "issue", "finding", "weakness", "security problem", "security concern", "flaw", "drafts"];

/// Ways to say that there is none; the subject has to follow closely.
const NONE: &[&str] = &[
    "no ",
    "not find any ",
    "not found any ",
    "couldn't find any ",
    "didn't find any ",
    "cannot find any ",
    "can't find any ",
    "not identify any ",
    "not detect any ",
    "not see any ",
    "not contain any ",
    "free of ",
    "don't see any ",
    "without any ",
    "unable to find any ",
    "unable to identify any ",
    "0 ",
    "zero ",
    "doesn't contain any ",
    "n't identify any ",
    "not have any ",
];

/// Words after which something was found all the same.
const BUT: &[&str] = &["however", " but ", "except", "although", "apart from", "though ", "other than", "nevertheless"];

/// Ways to start a refusal.
const SORRY: &[&str] = &[
    "i'm sorry",
    "i am sorry",
    "sorry",
    "i apologize",
    "i apologise",
    "my apologies",
    "unfortunately",
    "i can't",
    "i cannot",
    "i can not",
    "i won't",
    "i will not",
    "i'm unable",
    "i am unable",
    "i'm not able",
    "i am not able",
    "i must decline",
    "i have to decline",
    "as an ai",
    "as a language model",
    "as a responsible",
    "i'm afraid",
    "i do not feel comfortable",
    "i'm not comfortable",
    "i decline",
    "i refuse",
    "this request",
    "lo siento",
    "désolé",
    "je suis désolé",
    "es tut mir leid",
    "tut mir leid",
    "entschuldigung",
    "抱歉",
    "对不起",
    "很抱歉",
    "申し訳",
    "죄송",
];

/// Words that say what is refused.
const WONT: &[&str] = &[
    "can't",
    "cannot",
    "can not",
    "won't",
    "will not",
    "unable",
    "not able",
    "decline",
    "refuse",
    "not comfortable",
    "against my",
    "not feel comfortable",
    "no puedo",
    "ne peux pas",
    "kann ich nicht",
    "kann nicht",
    "nicht helfen",
    "无法",
    "不能",
    "できません",
    "없습니다",
    "violates",
];

/// What a model may be unable to do and still be answering.
const HONEST: &[&str] = &[
    "find",
    "see any",
    "identify any",
    "detect",
    "determine",
    "verify whether",
    "confirm",
    "tell whether",
    "conclude",
    "verify that",
    "verify this",
    "verify the",
];

/// Whether an answer says in plain words that there is nothing to report.
pub(crate) fn says_nothing_found(text: &str) -> bool {
    if text.chars().count() > MAX_CLEAN_CHARS {
        return false;
    }
    let lower = plain(text);
    if BUT.iter().any(|word| lower.contains(word)) {
        return false;
    }
    NONE.iter().any(|none| {
        lower.match_indices(none).any(|(at, _)| {
            let starts_word = at == 0 || !lower.as_bytes()[at - 1].is_ascii_alphanumeric() || none.starts_with("n't");
            let behind: String = lower[at + none.len()..].chars().take(60).collect();
            let clause = behind.split(['.', ';', ':', '\n', '!']).next().unwrap_or_default();
            starts_word && SUBJECTS.iter().any(|subject| clause.contains(subject))
        })
    })
}

/// Whether an answer declines to answer.
pub(crate) fn is_refusal(text: &str) -> bool {
    let start: String = text.trim().chars().take(REFUSAL_CHARS).collect();
    let lower = plain(&start);
    let lower = lower.trim_start_matches(|char: char| !char.is_alphanumeric());
    let declines = |word: &str| {
        lower.match_indices(word).any(|(at, _)| {
            let behind: String = lower[at + word.len()..].chars().take(20).collect();
            !HONEST.iter().any(|honest| behind.trim_start().starts_with(honest))
        })
    };
    SORRY.iter().any(|sorry| lower.starts_with(sorry)) && WONT.iter().any(|word| declines(word))
}

/// Lower case with plain apostrophes and single blanks.
fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace(['’', '`'], "'").replace('*', "");
    crate::text::fold_blanks(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_found() {
        for text in [
            "No vulnerabilities found.",
            "I did not find any security issues in this code.",
            "After review, no security vulnerabilities were identified.",
        ] {
            assert!(says_nothing_found(text), "{text}");
            assert!(!is_refusal(text), "{text}");
        }
        for text in [
            "I found nothing wrong.",
            "No vulnerabilities, but the buffer is small.",
            "There is an issue.",
            "No. This has issues.",
        ] {
            assert!(!says_nothing_found(text), "{text}");
        }
    }

    #[test]
    fn refusals() {
        for text in [
            "I'm sorry, but I can't assist with that.",
            "I cannot help with exploits.",
            "As an AI, I am unable to comply.",
            "Sorry, I won’t do this.",
        ] {
            assert!(is_refusal(text), "{text}");
        }
        for text in
            ["I cannot determine whether it is reachable.", "I believe this is real.", "The code can't be reached."]
        {
            assert!(!is_refusal(text), "{text}");
        }
    }
}
