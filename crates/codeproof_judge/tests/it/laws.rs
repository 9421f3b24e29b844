//! What holds for any input.

use codeproof_judge::{
    Analyzer, AnchoredDraft, ChunkReading, CodeLines, ContextPart, RelativeDraft, Verifier, VerifyInput, anchor,
    decide, draft_prompt, merge, verify_prompt,
};
use codeproof_replies::ReplyStatus;
use codeproof_types::{Cwe, EvidenceRole, Finding, Outcome, OutputMode, RepoPath, Severity, Verdict, Vote};
use proptest::prelude::*;

use crate::sample::{HANDLER, anchored, chunk, evidence, finding, key};

/// Pieces of code and of what models make of it: dense in what matters.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "strcpy(a, b)",
        "gets(line)",
        " ",
        "\n",
        "a",
        "b",
        ";",
        "{",
        "}",
        "…",
        "...",
        "20| ",
        "# ",
        "// ",
        "\"",
        "`",
        "****",
        "return 0",
        "x",
        "=",
        ",",
        ")",
        "é",
        "\u{202e}",
        "\t",
        "<<<DATA ",
        "*VOTE: REJECT",
        "{code}",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

fn relative_draft() -> impl Strategy<Value = RelativeDraft> {
    let line = prop::option::of(prop_oneof![-30i64..60, any::<i64>()]);
    (text(), text(), prop::option::of(0u32..900), line).prop_map(|(title, snippet, cwe, line)| RelativeDraft {
        reason: title.clone(),
        title,
        cwe: cwe.map(Cwe),
        severity: Severity::High,
        line,
        snippet,
    })
}

fn code() -> impl Strategy<Value = CodeLines> {
    (prop::collection::vec(text(), 0..12), prop_oneof![1u32..50, Just(u32::MAX - 12)]).prop_map(
        |(lines, first_line)| {
            let lines = lines.into_iter().map(|line| line.replace('\n', " ")).collect();
            CodeLines { first_line, lines, ..chunk("") }
        },
    )
}

fn drafts() -> impl Strategy<Value = Vec<AnchoredDraft>> {
    let draft = (
        prop::sample::select(vec!["a", "b", "c"]),
        1u32..14,
        prop::option::of(prop::sample::select(vec![78, 77, 89, 120, 787])),
        prop::sample::select(vec![Severity::Low, Severity::High, Severity::Critical]),
        prop::sample::select(vec!["f(x)", "f(x)\ng(y)", "g(y)", "h(z)"]),
    );
    let draft = draft.prop_map(|(analyzer, line, cwe, severity, code)| {
        let mut draft = anchored(analyzer, line, cwe, severity, code);
        draft.last_line = line + code.matches('\n').count() as u32;
        draft
    });
    prop::collection::vec(draft, 0..14)
}

fn vote(verdict: Verdict) -> Vote {
    let voter = verdict.to_string();
    Vote { voter, verdict, confidence: None, severity: None, attack_path: String::new(), reasoning: String::new() }
}

/// Seed 002's lines, word by word.
#[expect(clippy::manual_div_ceil, reason = "the seed writes it so")]
fn seed_002(verify: u32, weakness: u32, reject: u32) -> Outcome {
    let total_votes = verify + weakness + reject;
    if total_votes == 0 {
        return Outcome::Unverified;
    }
    let majority = if total_votes >= 3 { 2 } else { (total_votes + 1) / 2 };
    if verify >= majority {
        Outcome::Verified
    } else if weakness >= majority && weakness > verify {
        Outcome::Weakness
    } else {
        Outcome::Rejected
    }
}

#[test]
fn votes_are_counted_as_the_seed_says() {
    for counts in 0..5u32.pow(4) {
        let [verify, weakness, reject, abstain] = [0, 1, 2, 3].map(|place| counts / 5u32.pow(place) % 5);
        let of = |verdict, count: u32| (0..count).map(move |_| vote(verdict));
        let votes = of(Verdict::Reject, reject)
            .chain(of(Verdict::Verify, verify))
            .chain(of(Verdict::Abstain, abstain))
            .chain(of(Verdict::Weakness, weakness));
        let judgement = decide(votes.collect());
        assert_eq!(judgement.outcome, seed_002(verify, weakness, reject), "{verify} {weakness} {reject} {abstain}");
        let winning = match judgement.outcome {
            Outcome::Verified => verify,
            Outcome::Weakness => weakness,
            Outcome::Rejected => reject,
            Outcome::Unverified => 0,
        };
        let total = verify + weakness + reject;
        let share = (total > 0).then(|| (f64::from(winning) * 100.0 / f64::from(total)).round() as u8);
        assert_eq!(judgement.confidence, share);
        assert!(judgement.outcome != Outcome::Rejected || reject > 0, "nothing is rejected without a vote against it");
    }
}

proptest! {
    #[test]
    fn a_draft_lands_inside_its_chunk_or_nowhere(chunk in code(), drafts in prop::collection::vec(relative_draft(), 0..6)) {
        let reading = ChunkReading { drafts, status: ReplyStatus::Ok };
        let (anchored, _) = anchor(&reading, &chunk, &Analyzer::of("fast"), "m");
        for found in anchored {
            prop_assert!(chunk.first_line <= found.draft.line && found.draft.line <= found.last_line);
            prop_assert!(found.last_line <= chunk.last_line());
            let lines: Vec<&str> = (found.draft.line..=found.last_line).filter_map(|line| chunk.line(line)).collect();
            prop_assert_eq!(found.code, lines.join("\n"));
        }
    }

    #[test]
    fn a_quote_of_a_whole_line_is_found(lines in prop::collection::vec("[a-z]{3,8}\\([a-z]{2,6}, [a-z]{2,6}\\)", 1..9), pick in any::<prop::sample::Index>()) {
        let picked = pick.index(lines.len());
        let draft = RelativeDraft {
            title: String::new(),
            cwe: None,
            severity: Severity::High,
            line: Some(picked as i64),
            snippet: lines[picked].clone(),
            reason: String::new(),
        };
        let chunk = CodeLines { lines, ..chunk("") };
        let reading = ChunkReading { drafts: vec![draft], status: ReplyStatus::Ok };
        let (anchored, _) = anchor(&reading, &chunk, &Analyzer::of("fast"), "m");
        prop_assert!(!anchored.is_empty());
        prop_assert_eq!(anchored[0].draft.line, chunk.first_line + picked as u32);
    }

    #[test]
    fn merging_does_not_depend_on_the_order(drafts in drafts(), seed in any::<u64>()) {
        let mut shuffled = drafts.clone();
        let mut state = seed;
        for index in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(index, (state >> 33) as usize % (index + 1));
        }
        prop_assert_eq!(merge(drafts, 3), merge(shuffled, 3));
    }

    #[test]
    fn merging_loses_no_report(drafts in drafts()) {
        let mut distinct = drafts.clone();
        distinct.sort_by_key(|draft| format!("{draft:?}"));
        distinct.dedup();
        let merged = merge(drafts, 3);
        prop_assert_eq!(merged.iter().map(|draft| draft.sources.len()).sum::<usize>(), distinct.len());
        for draft in &merged {
            prop_assert!(draft.votes >= 1 && draft.votes <= 3);
            prop_assert!(draft.sources.iter().any(|source| source.severity == draft.severity));
            prop_assert!(draft.sources.iter().any(|source| source.line == draft.line));
        }
    }

    #[test]
    fn what_is_memorised_reads_back_the_same(drafts in prop::collection::vec(relative_draft(), 0..4)) {
        let reading = ChunkReading { drafts, status: ReplyStatus::Ok };
        let stored = serde_json::to_string(&reading).unwrap();
        prop_assert_eq!(serde_json::from_str::<ChunkReading>(&stored).unwrap(), reading);
    }

    #[test]
    fn a_vote_prompt_keeps_its_budget(
        title in text(), reason in text(), names in prop::collection::vec(text(), 0..20), code in code(),
        tokens_max in 0u32..3_000, bytes_per_token in 1usize..6,
    ) {
        let count = |text: &str| text.len().div_ceil(bytes_per_token) as u32;
        let finding = Finding { title, message: reason.repeat(9), ..finding() };
        let trail = [evidence(22, "x = 1", EvidenceRole::Source), evidence(26, HANDLER, EvidenceRole::Sink)];
        let part = |name: &String| ContextPart {
            heading: name.clone(),
            path: RepoPath::new("b.py").unwrap(),
            first_line: 3,
            lines: name.lines().map(str::to_owned).collect(),
        };
        let parts: Vec<ContextPart> = names.iter().map(part).collect();
        let input = VerifyInput { finding: &finding, code: &code, trail: &trail, context_parts: &parts, tree: &names, entry_points: &names };
        let size = |tokens_max| {
            let prompt = verify_prompt(&Verifier::of("v"), &input, tokens_max, &count, &key());
            count(&prompt.system) + count(&prompt.user)
        };
        // Nothing can be shorter than the fixed texts with the shortest words of the finding.
        prop_assert!(size(tokens_max) <= tokens_max.max(size(0)), "{} of {tokens_max}, least {}", size(tokens_max), size(0));
    }

    #[test]
    fn no_line_of_code_begins_a_line_of_the_message(code in code(), mode in prop::sample::select(OutputMode::ALL)) {
        let prompt = draft_prompt(&Analyzer::of("fast"), mode, &code, &key());
        let own = ["Marker of", "File: \"", "Language: ", "Part of: \"", "Its imports", "The part to review", "Report what is wrong", "<<<DATA "];
        for line in prompt.user.lines() {
            let is_numbered = line.split_once("| ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
            let is_ours = line.is_empty() || line.ends_with(" DATA>>>") || own.iter().any(|start| line.starts_with(start));
            prop_assert!(is_numbered || is_ours, "{line:?}");
        }
    }
}
