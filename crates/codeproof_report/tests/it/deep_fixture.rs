//! A report of a deep scan: what a rule and models found, drafts that were rejected, not judged and dropped, chunks that
//! no model saw.

use codeproof_types::{
    ChunkCounts, Confidence, Cwe, DraftCounts, DroppedDraft, Finding, FindingId, Judgement, ModelReport, ModelUse,
    Origin, Outcome, OutcomeCounts, ScanReport, Severity, State, Tier, UnseenChunk, Verdict, Vote,
};

use crate::fixture::{finding, path, project_report};

/// Chunks that no model saw: more than text lists.
const UNSEEN: u32 = 13;

/// The report.
pub(crate) fn report() -> ScanReport {
    let findings = vec![unverified(), joined(), weakness(), rejected(), confirmed()];
    let mut report = project_report(findings);
    report.notes.clear();
    report.problems.truncate(1);
    report.models = Some(models());
    report
}

/// The last of the chunks, whose place only the longer formats list.
pub(crate) fn last_unseen() -> String {
    format!("src/big_{:02}.py", UNSEEN - 1)
}

/// A rule's finding that two models reported as well, and that one of them would reject.
fn joined() -> Finding {
    let votes = vec![
        vote("qwen-coder", Verdict::Reject, "The target is large enough in every call that is shown."),
        vote("llama", Verdict::Verify, "`from` comes from the network and is longer than 16 bytes."),
    ];
    Finding {
        tier: Tier::Weakness,
        id: Some(FindingId(31)),
        source_models: vec!["qwen-coder".to_owned(), "llama".to_owned()],
        message: "`strcpy` copies until a NUL byte, whatever the size of the target.".to_owned(),
        remediation: "Use a copy that knows the size, and check what it returns.".to_owned(),
        ..judged(
            finding("c-strcpy", "Unbounded copy", Severity::High, 120, "src/copy.c", 7, 2, 17, "\tstrcpy(to, line);"),
            Outcome::Verified,
            Some(50),
            votes,
        )
    }
}

/// A draft of two models that data flow and one of two models confirm.
fn confirmed() -> Finding {
    let mut by_model = vote(
        "mistral",
        Verdict::Verify,
        "`term` is a value of the request and becomes part of the query text. Nothing between line 5 and line 8 quotes \
         it or checks that it is a title, and the database user of the shop may write.",
    );
    by_model.attack_path =
        "GET /search?q=' UNION SELECT password FROM auth_user -- reads every password hash".to_owned();
    by_model.severity = Some(Severity::Critical);
    by_model.confidence = Some(97);
    let votes = vec![
        by_model,
        vote("llama", Verdict::Reject, "Django's cursor escapes what it is given."),
        vote(Vote::DATA_FLOW, Verdict::Verify, "A value of the request reaches `cursor.execute` in 3 steps."),
    ];
    Finding {
        id: Some(FindingId(32)),
        source_models: vec!["qwen-coder".to_owned(), "mistral".to_owned()],
        message: "The query text is put together from a value of the request.".to_owned(),
        remediation: "Pass the value as a parameter: `cursor.execute(sql, [term])`.".to_owned(),
        ..draft(
            judged(
                finding(
                    "draft-cwe-89",
                    "SQL query built from request data",
                    Severity::High,
                    89,
                    "src/views.py",
                    8,
                    9,
                    29,
                    "cursor.execute(query)",
                ),
                Outcome::Verified,
                Some(66),
                votes,
            ),
            State::Open,
        )
    }
}

/// A draft that most call a weakness; one voter could not be asked.
fn weakness() -> Finding {
    let votes = vec![
        vote("mistral", Verdict::Weakness, "An ETag needs no strong hash; a collision only confuses caches."),
        vote("llama", Verdict::Abstain, "the server answered 503 three times"),
    ];
    Finding {
        tier: Tier::Weakness,
        source_models: vec!["llama".to_owned()],
        ..draft(
            judged(
                finding(
                    "draft-cwe-328",
                    "Weak hash of a body",
                    Severity::Low,
                    328,
                    "src/etag.py",
                    5,
                    12,
                    28,
                    "hashlib.md5(body)",
                ),
                Outcome::Weakness,
                Some(100),
                votes,
            ),
            State::Open,
        )
    }
}

fn rejected() -> Finding {
    let votes = vec![
        vote("qwen-coder", Verdict::Verify, "The address of the page is used."),
        vote("mistral", Verdict::Reject, "Nothing here redirects: the value is printed, and another finding says so."),
        vote("llama", Verdict::Reject, "No redirect."),
    ];
    Finding {
        source_models: vec!["qwen-coder".to_owned()],
        ..draft(
            judged(
                finding(
                    "draft-cwe-601",
                    "Redirect to an address of the request",
                    Severity::Medium,
                    601,
                    "src/views.py",
                    5,
                    12,
                    27,
                    "request.GET[\"q\"]",
                ),
                Outcome::Rejected,
                Some(66),
                votes,
            ),
            State::Rejected,
        )
    }
}

fn unverified() -> Finding {
    let votes = vec![
        vote("mistral", Verdict::Abstain, "The callers are not shown."),
        vote("llama", Verdict::Abstain, "the answer could not be read"),
    ];
    Finding {
        source_models: vec!["llama".to_owned()],
        ..draft(
            judged(
                finding(
                    "draft-cwe-367",
                    "Race between check and use",
                    Severity::Medium,
                    367,
                    "src/copy.c",
                    6,
                    2,
                    33,
                    "\tif (from) {\tstrcpy(line, from); }",
                ),
                Outcome::Unverified,
                None,
                votes,
            ),
            State::Unverified,
        )
    }
}

fn draft(finding: Finding, state: State) -> Finding {
    Finding { origin: Origin::Draft, confidence: Confidence::None, state, ..finding }
}

fn judged(finding: Finding, outcome: Outcome, confidence: Option<u8>, votes: Vec<Vote>) -> Finding {
    let judgement = Judgement { outcome, confidence, votes };
    Finding { votes: Some(judgement.counts()), judgement: Some(judgement), ..finding }
}

fn vote(voter: &str, verdict: Verdict, reasoning: &str) -> Vote {
    Vote {
        voter: voter.to_owned(),
        verdict,
        confidence: None,
        severity: None,
        attack_path: String::new(),
        reasoning: reasoning.to_owned(),
    }
}

fn models() -> ModelReport {
    ModelReport {
        profile: "deep".to_owned(),
        chunks: ChunkCounts { total: 825, cleared: 160, seen: 652, cached: 12, unseen: UNSEEN.into() },
        drafts: DraftCounts { reported: 41, relocated: 3, dropped: 2, merged: 4, joined: 6 },
        outcomes: OutcomeCounts { verified: 1, weakness: 1, rejected: 1, unverified: 1 },
        models: uses(),
        cost_nano_usd: 421_312_345,
        unpriced_tokens: 1_301_443,
        max_cost_nano_usd: Some(2_000_000_000),
        limit_reached: false,
        paused: None,
        unseen: (0..UNSEEN).map(unseen).collect(),
        dropped: dropped(),
    }
}

fn uses() -> Vec<ModelUse> {
    vec![
        ModelUse {
            model: "qwen-coder".to_owned(),
            role: "analyzer".to_owned(),
            prompts: 1_204,
            attempts: 1_213,
            cached: 12,
            failed: 3,
            malformed: 1,
            refused: 2,
            input_tokens: 1_203_331,
            cached_input_tokens: 800_000,
            output_tokens: 98_112,
            reasoning_tokens: 12_000,
            estimated: false,
            cost_nano_usd: None,
            latency_ms: 1_441_200,
            out: None,
        },
        ModelUse {
            model: "mistral".to_owned(),
            role: "verifier".to_owned(),
            prompts: 21,
            attempts: 21,
            input_tokens: 88_000,
            output_tokens: 4_100,
            estimated: true,
            cost_nano_usd: Some(421_312_345),
            latency_ms: 63_000,
            ..ModelUse::default()
        },
        ModelUse {
            model: "llama".to_owned(),
            role: "verifier".to_owned(),
            prompts: 12,
            attempts: 24,
            failed: 5,
            input_tokens: 51_000,
            output_tokens: 2_000,
            cost_nano_usd: Some(0),
            latency_ms: 8_400,
            out: Some("5 requests in a row failed, the last with 503 Service Unavailable".to_owned()),
            ..ModelUse::default()
        },
    ]
}

fn unseen(number: u32) -> UnseenChunk {
    let reason = if number < 2 { "the answer was a refusal" } else { "no model was left for the role analyzer" };
    UnseenChunk {
        path: path(&format!("src/big_{number:02}.py")),
        first_line: 1 + number * 10,
        last_line: 40 + number * 10,
        reason: reason.to_owned(),
    }
}

fn dropped() -> Vec<DroppedDraft> {
    let draft = |model: &str, title: &str, claimed_line, reason: &str| DroppedDraft {
        model: model.to_owned(),
        path: path("src/views.py"),
        first_line: 1,
        last_line: 9,
        title: title.to_owned(),
        claimed_line,
        reason: reason.to_owned(),
    };
    vec![
        draft("qwen-coder", "Hard-coded password", Some(99), "its snippet is not in the chunk"),
        draft("llama", "Something is wrong here", None, "it quotes no code"),
    ]
}

/// What a model wrote of the confirmed draft, before drafts were merged.
pub(crate) fn model_drafts() -> Vec<codeproof_types::ModelDraft> {
    let draft = |model: &str, claimed_line, severity| codeproof_types::ModelDraft {
        analyzer: "security".to_owned(),
        model: model.to_owned(),
        title: "SQL query built from request data".to_owned(),
        cwe: Some(Cwe(89)),
        severity,
        claimed_line,
        line: 8,
        reason: "`query` holds a value of the request and runs as SQL.".to_owned(),
    };
    vec![draft("qwen-coder", Some(8), Severity::High), draft("mistral", Some(7), Severity::Critical)]
}
