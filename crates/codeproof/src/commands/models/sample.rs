//! A few lines with a mistake and the finding of it: what models are asked about when they are tried, and what
//! `codeproof profiles` shows prompts with.

use codeproof_judge::{Analyzer, CodeLines, Prompt, PromptKey, Verifier, VerifyInput, draft_prompt, verify_prompt};
use codeproof_types::{ContentHash, Finding, Language, OutputMode};

const PATH: &str = "greet.c";
const CODE: &str =
    "#include <string.h>\n\nvoid greet(const char *name)\n{\n    char line[16];\n    strcpy(line, name);\n}\n";
/// The line with the mistake.
const LINE: u32 = 6;
/// Tokens of a prompt at most; the sample needs far less.
const TOKENS_MAX: u32 = 8_000;

/// The lines as models see them.
pub(super) fn code() -> CodeLines {
    CodeLines {
        path: serde_json::from_value(PATH.into()).expect("the name is a path"),
        language: Some(Language::C),
        symbol: Some("greet".to_owned()),
        preamble: Vec::new(),
        first_line: 1,
        lines: CODE.lines().map(str::to_owned).collect(),
    }
}

/// What an analyzer is asked.
pub(crate) fn draft(analyzer: &Analyzer, mode: OutputMode) -> Prompt {
    draft_prompt(analyzer, mode, &code(), &key())
}

/// What a verifier is asked.
pub(crate) fn vote(verifier: &Verifier) -> Prompt {
    let (finding, code) = (finding(), code());
    let input =
        VerifyInput { finding: &finding, code: &code, trail: &[], context_parts: &[], tree: &[], entry_points: &[] };
    let count = |text: &str| u32::try_from(text.len() / 4).unwrap_or(u32::MAX);
    verify_prompt(verifier, &input, TOKENS_MAX, &count, &key())
}

/// Nothing foreign is shown, so that the marker need not be secret.
fn key() -> PromptKey {
    PromptKey::new([0; 32])
}

fn finding() -> Finding {
    let place = serde_json::json!({
        "path": PATH, "first_line": LINE, "last_line": LINE, "first_column": 5, "last_column": 23,
        "content_hash": ContentHash::of(CODE.as_bytes()),
    });
    serde_json::from_value(serde_json::json!({
        "id": null,
        "fingerprint": "0".repeat(32),
        "rule_id": "c-strcpy",
        "title": "String copy without a bound",
        "severity": "high",
        "tier": "weakness",
        "cwe": "CWE-120",
        "origin": "detector",
        "confidence": "medium",
        "location": place,
        "evidence": [],
        "message": "A name of more than 15 characters writes over what follows behind the buffer",
        "remediation": "",
        "state": "open",
    }))
    .expect("it has the fields of a finding")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_show_the_sample() {
        let draft = draft(&Analyzer::of("a"), OutputMode::Markers);
        assert!(draft.user.contains("6|     strcpy(line, name);"), "{}", draft.user);
        let vote = vote(&Verifier::of("a"));
        assert!(vote.user.contains("Line: 6") && vote.user.contains("strcpy"), "{}", vote.user);
    }
}
