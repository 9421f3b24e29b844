//! What models do in a scan: written once however often it is sent, and found again.

use std::collections::HashMap;

use codeproof_store::{
    Answer, AnswerKey, CallRow, ChunkId, ChunkRecord, ChunkStatus, DraftStatus, Error, ExchangeText, ModelRecord,
    Purpose, ScanRecord, Store,
};
use codeproof_types::{
    ChunkCounts, Confidence, ContentHash, Cwe, DraftCounts, Finding, FindingId, Fingerprint, Judgement, ModelDraft,
    ModelReport, Origin, Outcome, OutcomeCounts, ScanId, ScanReport, ScanStatus, ScanSummary, Severity, State, Tier,
    UnseenChunk, Verdict, Vote, Votes,
};

use crate::fixture::{NOW_MS, Place, begin, finding, on_both_databases, options, path};

on_both_databases! {
    chunks_keep_their_ids,
    answers_are_remembered_across_scans,
    usage_is_summed_by_model_and_role,
    a_draft_becomes_a_verified_finding,
    a_rejected_draft_loses_its_verified_finding,
    models_change_nothing_of_a_detectors_finding,
    whoever_writes_a_finding_first,
    a_draft_reported_again_is_one_draft,
    only_the_commit_with_the_fault_fails,
    a_note_that_fails_is_told_at_the_next_commit,
    exchanges_are_kept_for_a_while,
    a_report_says_what_models_did_so_far,
    a_finished_scan_says_what_models_did,
    two_scans_share_answers_without_a_deadlock,
}

pub(crate) fn chunk(number: u32) -> ChunkRecord {
    ChunkRecord {
        path: path(&format!("shop/{}.py", number / 4)),
        content_hash: ContentHash::of(b"file"),
        chunk_hash: ContentHash::of(&number.to_le_bytes()),
        first_line: number % 4 * 50 + 1,
        last_line: number % 4 * 50 + 50,
        symbol: (number.is_multiple_of(2)).then(|| format!("shop.f{number}")),
        tokens: 420,
        needs_model: !number.is_multiple_of(5),
        reason: "calls eval".to_owned(),
    }
}

pub(crate) fn key(number: u32) -> AnswerKey {
    AnswerKey(*ContentHash::of(&number.to_le_bytes()).as_bytes())
}

pub(crate) fn call(model: &str, chunk: Option<ChunkId>) -> CallRow {
    CallRow {
        chunk,
        fingerprint: None,
        at_ms: NOW_MS,
        model: model.to_owned(),
        role: "analyzer".to_owned(),
        purpose: Purpose::Draft,
        prompt_hash: ContentHash::of(model.as_bytes()),
        input_tokens: 1000,
        cached_input_tokens: 200,
        cache_write_tokens: 10,
        output_tokens: 50,
        reasoning_tokens: 5,
        estimated: false,
        cost_nano_usd: Some(7),
        price_version: Some("2026-11".to_owned()),
        latency_ms: 250,
        attempts: 1,
        batch_size: 8,
        outcome: CallRow::ANSWERED.to_owned(),
        error: None,
        parse_status: Some("ok".to_owned()),
    }
}

pub(crate) fn record(call: CallRow, answer: Option<u32>) -> ModelRecord {
    let value = |number: u32| format!("answer {number}").into_bytes();
    let answer = answer.map(|number| Answer { key: key(number), analyzer: "keen".to_owned(), value: value(number) });
    ModelRecord::Call { call: Box::new(call), answer, exchange: None }
}

fn source(model: &str, line: u32) -> ModelDraft {
    ModelDraft {
        analyzer: "keen".to_owned(),
        model: model.to_owned(),
        title: "Evaluation of input".to_owned(),
        cwe: Some(Cwe(95)),
        severity: Severity::High,
        claimed_line: Some(line),
        line,
        reason: "x comes from the request".to_owned(),
    }
}

/// A model's draft at `line`.
fn draft(line: u32) -> Finding {
    let mut draft = finding(line);
    draft.fingerprint = Fingerprint::from(format!("{line:032x}"));
    draft.rule_id = "draft-cwe-95".to_owned();
    draft.origin = Origin::Draft;
    draft.state = State::Unverified;
    draft.confidence = Confidence::Low;
    draft.source_models = vec!["qwen".to_owned()];
    draft
}

fn drafted(finding: &Finding, chunk: Option<ChunkId>, sources: Vec<ModelDraft>) -> ModelRecord {
    ModelRecord::Drafted { finding: Box::new(finding.clone()), chunk, sources }
}

fn vote(voter: &str, verdict: Verdict) -> Vote {
    Vote {
        voter: voter.to_owned(),
        verdict,
        confidence: Some(80),
        severity: Some(Severity::Critical),
        attack_path: format!("as {voter} says"),
        reasoning: "because".to_owned(),
    }
}

fn judged(finding: &Finding, outcome: Outcome, votes: Vec<Vote>) -> Finding {
    let mut finding = finding.clone();
    let judgement = Judgement { outcome, confidence: Some(67), votes };
    finding.votes = Some(judgement.counts());
    finding.judgement = Some(judgement);
    if finding.origin == Origin::Draft {
        let (state, tier) = match outcome {
            Outcome::Verified => (State::Open, Tier::Vulnerability),
            Outcome::Weakness => (State::Open, Tier::Weakness),
            Outcome::Rejected => (State::Rejected, Tier::Weakness),
            Outcome::Unverified => (State::Unverified, Tier::Weakness),
        };
        (finding.state, finding.tier) = (state, tier);
        finding.severity = Severity::Critical;
        finding.message = "The voters say so.".to_owned();
    }
    finding
}

fn judgement(finding: &Finding) -> ModelRecord {
    ModelRecord::Judged { finding: Box::new(finding.clone()) }
}

/// Writes records, all of them twice: as when a scan is killed after it wrote them, and resumed.
async fn commit_twice(store: &Store, scan: ScanId, records: Vec<ModelRecord>) {
    for _ in 0..2 {
        let writer = store.model_writer(scan);
        writer.commit(records.clone()).await.unwrap();
        writer.close().await.unwrap();
    }
}

/// The scan's only finding.
async fn only_finding(store: &Store, scan: ScanId) -> Finding {
    let findings = store.report(scan).await.unwrap().unwrap().findings;
    let [finding] = findings.as_slice() else { panic!("one finding: {findings:?}") };
    finding.clone()
}

async fn chunks_keep_their_ids(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let chunks = (0..1000).map(chunk).collect::<Vec<_>>();
    let ids = store.put_chunks(scan, &chunks).await.unwrap();
    let done = |chunk: ChunkId| ModelRecord::Chunk { chunk, status: ChunkStatus::Done, why: None };
    let unseen = ModelRecord::Chunk { chunk: ids[3], status: ChunkStatus::Unseen, why: Some("no model".to_owned()) };
    commit_twice(&store, scan, vec![done(ids[1]), done(ids[2]), unseen]).await;

    // In another order, one of them twice, one with another text.
    let mut again = chunks.clone();
    again.reverse();
    again[1000 - 1 - 2].chunk_hash = ContentHash::of(b"changed");
    again.push(chunk(1));
    let mut expected = ids.iter().rev().copied().collect::<Vec<_>>();
    expected.push(ids[1]);
    assert_eq!(store.put_chunks(scan, &again).await.unwrap(), expected);

    let status = "SELECT CAST(COUNT(*) AS BIGINT) FROM scan_file_chunks WHERE status = ";
    let mut reader = place.stranger().await;
    assert_eq!(reader.ask::<i64>("SELECT COUNT(*) FROM scan_file_chunks").await, 1000);
    for (word, count) in [("done", 1i64), ("unseen", 1), ("cleared", 200), ("pending", 798)] {
        let counted = reader.ask::<i64>(String::leak(format!("{status}'{word}'"))).await;
        assert_eq!(counted, count, "{word}");
    }
    assert!(store.put_chunks(scan, &[]).await.unwrap().is_empty());
    assert!(store.put_chunks(ScanId(404), &chunks[..1]).await.is_err());
}

async fn answers_are_remembered_across_scans(place: Place) {
    let store = place.open().await;
    let (first, second) = (begin(&store).await, begin(&store).await);
    commit_twice(&store, first, (0..3).map(|number| record(call("qwen", None), Some(number))).collect()).await;
    commit_twice(&store, second, vec![record(call("qwen", None), Some(3))]).await;

    let keys = (0..1200).map(key).collect::<Vec<_>>();
    let found = store.answers(&keys, None).await.unwrap();
    let expected = |numbers: std::ops::Range<u32>| {
        numbers.map(|number| (key(number), format!("answer {number}").into_bytes())).collect::<HashMap<_, _>>()
    };
    assert_eq!(found, expected(0..4));
    assert_eq!(store.answers(&keys, Some(first)).await.unwrap(), expected(0..3));
    assert_eq!(store.answers(&keys, Some(second)).await.unwrap(), expected(3..4));

    // A use is noted when the last one is an hour old; what nobody used for long can go.
    const LATER_MS: i64 = NOW_MS + 3_600_001;
    let later = codeproof_store::StoreOptions { now_ms: || LATER_MS, ..options() };
    let later = Store::open(&place.url(), later).await.unwrap();
    assert_eq!(later.answers(&keys[..2], None).await.unwrap(), expected(0..2));
    assert_eq!(later.prune_answers(LATER_MS).await.unwrap(), 2);
    assert_eq!(store.answers(&keys, None).await.unwrap(), expected(0..2));
}

async fn usage_is_summed_by_model_and_role(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let unpriced = CallRow { cost_nano_usd: None, price_version: None, estimated: true, ..call("local", None) };
    let failed = CallRow {
        outcome: "failed".to_owned(),
        error: Some("429".to_owned()),
        attempts: 4,
        parse_status: None,
        ..call("qwen", None)
    };
    let refused = CallRow { parse_status: Some(CallRow::REFUSAL.to_owned()), ..call("qwen", None) };
    let malformed = CallRow { parse_status: Some(CallRow::MALFORMED.to_owned()), ..call("qwen", None) };
    let vote = CallRow { role: "verifier".to_owned(), purpose: Purpose::Verify, ..call("qwen", None) };
    let calls = [call("qwen", None), failed, refused, malformed, vote, unpriced.clone(), unpriced];
    let writer = store.model_writer(scan);
    let waiting = calls.map(|call| {
        let writer = writer.clone();
        tokio::spawn(async move { writer.commit(vec![record(call, None)]).await })
    });
    for commit in waiting {
        commit.await.unwrap().unwrap();
    }
    let usage = store.model_usage(scan).await.unwrap();
    let told = usage.iter().map(|one| {
        let counts = (one.prompts, one.attempts, one.failed, one.malformed, one.refused);
        (one.model.as_str(), one.role.as_str(), counts, one.input_tokens, one.cost_nano_usd, one.estimated)
    });
    let expected = [
        ("local", "analyzer", (2, 2, 0, 0, 0), 2000, None, true),
        ("qwen", "analyzer", (4, 7, 1, 1, 1), 4000, Some(28), false),
        ("qwen", "verifier", (1, 1, 0, 0, 0), 1000, Some(7), false),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
    assert_eq!((usage[1].cached_input_tokens, usage[1].output_tokens, usage[1].reasoning_tokens), (800, 200, 20));
    assert_eq!(usage[1].latency_ms, 1000);
    assert!(store.model_usage(ScanId(404)).await.unwrap().is_empty());
}

async fn a_draft_becomes_a_verified_finding(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let chunk = store.put_chunks(scan, &[chunk(2)]).await.unwrap()[0];
    let draft = draft(110);
    let sources = vec![source("qwen", 110), source("llama", 111)];
    commit_twice(&store, scan, vec![drafted(&draft, Some(chunk), sources.clone())]).await;
    let stored = only_finding(&store, scan).await;
    assert_eq!(stored, Finding { id: stored.id, ..draft.clone() });
    let id = stored.id.unwrap();
    assert_eq!(store.provenance(id).await.unwrap().unwrap().draft_status, DraftStatus::Pending);

    let votes = vec![vote("qwen", Verdict::Verify), vote("llama", Verdict::Reject), vote("qwen", Verdict::Verify)];
    let verified = judged(&draft, Outcome::Verified, votes);
    let asked = CallRow {
        fingerprint: Some(draft.fingerprint.clone()),
        role: "verifier".to_owned(),
        purpose: Purpose::Verify,
        ..call("llama", None)
    };
    let writer = store.model_writer(scan);
    writer.commit(vec![record(call("qwen", Some(chunk)), None)]).await.unwrap();
    writer.commit(vec![record(asked.clone(), None), judgement(&verified)]).await.unwrap();
    // A resumed scan drafts and judges again.
    writer.commit(vec![judgement(&verified), drafted(&draft, Some(chunk), sources.clone())]).await.unwrap();
    writer.close().await.unwrap();

    let stored = only_finding(&store, scan).await;
    assert_eq!(stored, Finding { id: Some(id), ..verified });
    let provenance = store.provenance(id).await.unwrap().unwrap();
    assert_eq!((provenance.scan, provenance.draft_status), (scan, DraftStatus::Verified));
    assert_eq!(provenance.sources, sources);
    let place_of_chunk = provenance.chunk.unwrap();
    assert_eq!((place_of_chunk.id, place_of_chunk.first_line, place_of_chunk.last_line), (chunk, 101, 150));
    assert_eq!(provenance.calls, [call("qwen", Some(chunk)), asked]);
    assert!(provenance.verified.is_some());
    assert_eq!(store.provenance(FindingId(-1)).await.unwrap(), None);

    let mut reader = place.stranger().await;
    let verified: String =
        reader.ask("SELECT status || ' ' || confidence || ' ' || attack_vector FROM verified_findings").await;
    assert_eq!(verified, "verified 67 as qwen says");
    let voters: i64 =
        reader.ask("SELECT COUNT(*) FROM verification_votes WHERE voter IN ('qwen', 'qwen (2)', 'llama')").await;
    assert_eq!((voters, reader.ask::<i64>("SELECT COUNT(*) FROM verification_votes").await), (3, 3));
}

async fn a_rejected_draft_loses_its_verified_finding(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let draft = draft(4);
    let chain = Vote { voter: Vote::DATA_FLOW.to_owned(), ..vote("", Verdict::Verify) };
    let verified = judged(&draft, Outcome::Weakness, vec![chain, vote("a", Verdict::Weakness)]);
    commit_twice(&store, scan, vec![judgement(&verified)]).await;
    let mut reader = place.stranger().await;
    let chain: String = reader.ask("SELECT status || ' ' || data_flow FROM verified_findings").await;
    assert_eq!(chain, "weakness because");

    let rejected = judged(&draft, Outcome::Rejected, vec![vote("b", Verdict::Reject)]);
    commit_twice(&store, scan, vec![judgement(&rejected)]).await;
    let stored = only_finding(&store, scan).await;
    assert_eq!((stored.state, stored.judgement), (State::Rejected, rejected.judgement));
    let provenance = store.provenance(stored.id.unwrap()).await.unwrap().unwrap();
    assert_eq!((provenance.draft_status, provenance.verified), (DraftStatus::Rejected, None));
    assert_eq!(reader.ask::<i64>("SELECT COUNT(*) FROM verified_findings").await, 0);
    assert_eq!(reader.ask::<String>("SELECT voter FROM verification_votes").await, "b");
}

async fn models_change_nothing_of_a_detectors_finding(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let detected = finding(3);
    let writer = store.writer(scan);
    writer.send(ScanRecord::Finding(Box::new(detected.clone()))).await.unwrap();
    let ids = writer.close().await.unwrap();

    // Whatever the record says: the detector's word stands.
    let mut reported = detected.clone();
    reported.source_models = vec!["qwen".to_owned()];
    reported.severity = Severity::Info;
    reported.state = State::Rejected;
    reported.message = "Nothing to see here.".to_owned();
    let mut rejected = judged(&reported, Outcome::Rejected, vec![vote("qwen", Verdict::Reject)]);
    rejected.tier = Tier::Vulnerability;
    commit_twice(&store, scan, vec![drafted(&reported, None, vec![source("qwen", 3)]), judgement(&rejected)]).await;

    let stored = only_finding(&store, scan).await;
    let id = ids[&detected.fingerprint];
    let expected = Finding {
        id: Some(id),
        source_models: vec!["qwen".to_owned()],
        votes: Some(Votes { verify: 0, weakness: 0, reject: 1, abstain: 0 }),
        judgement: rejected.judgement,
        ..detected
    };
    assert_eq!(stored, expected);
    let provenance = store.provenance(id).await.unwrap().unwrap();
    assert_eq!((provenance.draft_status, provenance.sources.len()), (DraftStatus::Accepted, 1));
}

async fn whoever_writes_a_finding_first(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let detected = finding(3);
    // The two writers know nothing of each other.
    commit_twice(&store, scan, vec![drafted(&detected, None, vec![source("qwen", 3)])]).await;
    let writer = store.writer(scan);
    writer.send(ScanRecord::Finding(Box::new(detected.clone()))).await.unwrap();
    let ids = writer.close().await.unwrap();
    let stored = only_finding(&store, scan).await;
    assert_eq!(stored, Finding { id: Some(ids[&detected.fingerprint]), ..detected });
    let provenance = store.provenance(stored.id.unwrap()).await.unwrap().unwrap();
    assert_eq!((provenance.draft_status, provenance.sources.len()), (DraftStatus::Accepted, 1));
}

async fn a_draft_reported_again_is_one_draft(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let first = draft(9);
    let mut second = first.clone();
    second.severity = Severity::Critical;
    second.source_models.push("llama".to_owned());
    let writer = store.model_writer(scan);
    // In one group: the last one counts.
    let sources = vec![source("qwen", 9), source("llama", 9)];
    writer.commit(vec![drafted(&first, None, vec![source("qwen", 9)]), drafted(&second, None, sources)]).await.unwrap();
    let stored = only_finding(&store, scan).await;
    assert_eq!((stored.severity, stored.source_models.len()), (Severity::Critical, 2));

    // Judged, its text stands, and its sources may still grow.
    let low =
        Finding { severity: Severity::Low, ..judged(&second, Outcome::Verified, vec![vote("a", Verdict::Verify)]) };
    let mut third = second.clone();
    third.source_models.push("gemma".to_owned());
    third.location.first_line = 12;
    writer.commit(vec![judgement(&low)]).await.unwrap();
    writer.commit(vec![drafted(&third, None, Vec::new())]).await.unwrap();
    let stored = only_finding(&store, scan).await;
    assert_eq!(
        (stored.severity, stored.state, stored.message.as_str()),
        (Severity::Low, State::Open, "The voters say so.")
    );
    assert_eq!((stored.source_models.len(), stored.location.first_line), (3, 12));
    writer.close().await.unwrap();
}

async fn only_the_commit_with_the_fault_fails(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let writer = store.model_writer(scan);
    let mut reader = place.stranger().await;
    reader.run("CREATE UNIQUE INDEX one_error ON llm_call_metrics (error)").await;
    let same_error = || CallRow { error: Some("same".to_owned()), ..call("qwen", None) };
    writer.commit(vec![record(same_error(), None)]).await.unwrap();
    let commits = (0..20).map(|number| {
        let call = if number == 7 { same_error() } else { call("qwen", None) };
        let writer = writer.clone();
        tokio::spawn(async move { writer.commit(vec![record(call, Some(number))]).await })
    });
    let mut failed = Vec::new();
    for (number, commit) in commits.collect::<Vec<_>>().into_iter().enumerate() {
        if let Err(error) = commit.await.unwrap() {
            assert!(matches!(error, Error::Database { operation: "write calls of models", .. }), "{error:?}");
            failed.push(number);
        }
    }
    assert_eq!(failed, [7]);
    assert_eq!(reader.ask::<i64>("SELECT COUNT(*) FROM llm_call_metrics").await, 20);
    assert_eq!(reader.ask::<i64>("SELECT COUNT(*) FROM analysis_cache").await, 19, "no answer without its call");
}

async fn a_note_that_fails_is_told_at_the_next_commit(place: Place) {
    let store = place.open().await;
    let writer = store.model_writer(ScanId(404));
    writer.note(record(call("qwen", None), None));
    assert!(matches!(writer.clone().close().await, Err(Error::Database { .. })));
    assert!(writer.close().await.is_ok(), "it is told once");

    let scan = begin(&store).await;
    let writer = store.model_writer(scan);
    (0..300).for_each(|_| writer.note(record(call("qwen", None), None)));
    writer.close().await.unwrap();
    assert_eq!(store.model_usage(scan).await.unwrap()[0].prompts, 300);
}

fn said(call: CallRow, words: &str) -> ModelRecord {
    let exchange = ExchangeText {
        system: "You look for weaknesses.".repeat(30),
        prompt: format!("1| {words}\0"),
        answer: format!("*DRAFT: {words}"),
    };
    ModelRecord::Call { call: Box::new(call), answer: None, exchange: Some(exchange) }
}

async fn exchanges_are_kept_for_a_while(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let chunk = store.put_chunks(scan, &[chunk(2)]).await.unwrap()[0];
    let draft = draft(110);
    let writer = store.model_writer(scan);
    let about = CallRow { fingerprint: Some(draft.fingerprint.clone()), ..call("llama", None) };
    let records =
        vec![drafted(&draft, Some(chunk), Vec::new()), said(call("qwen", Some(chunk)), "a"), said(about, "b")];
    writer.commit(records).await.unwrap();
    writer.commit(vec![said(call("qwen", None), "of another chunk")]).await.unwrap();
    let id = only_finding(&store, scan).await.id.unwrap();
    let exchanges = store.exchanges(id).await.unwrap();
    let told = exchanges.iter().map(|one| (one.model.as_str(), one.prompt.as_str(), one.answer.as_str()));
    assert_eq!(told.collect::<Vec<_>>(), [("qwen", "1| a\0", "*DRAFT: a"), ("llama", "1| b\0", "*DRAFT: b")]);
    assert_eq!(exchanges[0].system.as_deref(), Some("You look for weaknesses.".repeat(30).as_str()));
    let mut reader = place.stranger().await;
    assert_eq!(reader.ask::<i64>("SELECT COUNT(*) FROM llm_exchanges WHERE text_hash IS NOT NULL").await, 1);

    assert_eq!(store.prune_exchanges(NOW_MS).await.unwrap(), 0);
    assert_eq!(store.prune_exchanges(NOW_MS + 1).await.unwrap(), 3);
    assert!(store.exchanges(id).await.unwrap().is_empty());
    assert_eq!(reader.ask::<i64>("SELECT COUNT(*) FROM llm_exchanges").await, 0);
    assert_eq!(store.model_usage(scan).await.unwrap().len(), 2, "what it took is kept");
    // The writer had it for stored.
    let store = place.open().await;
    store.model_writer(scan).commit(vec![said(call("qwen", Some(chunk)), "c")]).await.unwrap();
    assert!(store.exchanges(id).await.unwrap()[0].system.is_some());
}

async fn a_report_says_what_models_did_so_far(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    assert_eq!(store.report(scan).await.unwrap().unwrap().models, None);
    let chunks = (0..10).map(chunk).collect::<Vec<_>>();
    let ids = store.put_chunks(scan, &chunks).await.unwrap();
    let status = |number: usize, status, why: Option<&str>| ModelRecord::Chunk {
        chunk: ids[number],
        status,
        why: why.map(str::to_owned),
    };
    let detected = finding(3);
    let unpriced = CallRow { cost_nano_usd: None, ..call("local", Some(ids[1])) };
    let records = vec![
        status(1, ChunkStatus::Done, None),
        status(2, ChunkStatus::Unseen, Some("no model answered")),
        record(call("qwen", Some(ids[1])), Some(1)),
        record(unpriced, None),
        drafted(&draft(1), Some(ids[1]), vec![source("qwen", 1), source("local", 2)]),
        drafted(&draft(2), Some(ids[1]), vec![source("qwen", 2)]),
        drafted(&detected, None, vec![source("qwen", 3)]),
        judgement(&judged(&draft(1), Outcome::Rejected, vec![vote("a", Verdict::Reject)])),
        judgement(&judged(&detected, Outcome::Verified, vec![vote("a", Verdict::Verify)])),
    ];
    commit_twice(&store, scan, records).await;
    let models = store.report(scan).await.unwrap().unwrap().models.unwrap();
    // Calls are no upserts: what was sent twice was paid twice.
    let expected = ModelReport {
        profile: String::new(),
        chunks: ChunkCounts { total: 10, cleared: 2, seen: 1, cached: 0, unseen: 1 },
        drafts: DraftCounts { reported: 4, relocated: 0, dropped: 0, merged: 2, joined: 1 },
        outcomes: OutcomeCounts { rejected: 1, ..OutcomeCounts::default() },
        models: store.model_usage(scan).await.unwrap(),
        cost_nano_usd: 14,
        unpriced_tokens: 2100,
        unseen: vec![UnseenChunk {
            path: path("shop/0.py"),
            first_line: 101,
            last_line: 150,
            reason: "no model answered".to_owned(),
        }],
        ..ModelReport::default()
    };
    assert_eq!(models, expected);
}

async fn a_finished_scan_says_what_models_did(place: Place) {
    let store = place.open().await;
    let scan = begin(&store).await;
    let models = ModelReport {
        profile: "deep".to_owned(),
        cost_nano_usd: 1_234_567_890_123,
        max_cost_nano_usd: Some(2_000_000_000),
        paused: Some("no model is left for the role analyzer".to_owned()),
        ..ModelReport::default()
    };
    let summary = ScanSummary::default();
    let end = codeproof_store::ScanEnd {
        status: ScanStatus::Paused,
        models: Some(&models),
        ..codeproof_store::ScanEnd::completed(&summary, 9)
    };
    store.finish_scan(scan, end).await.unwrap();
    let ScanReport { scan: info, models: stored, .. } = store.report(scan).await.unwrap().unwrap();
    assert_eq!((info.status, stored.as_ref()), (ScanStatus::Paused, Some(&models)));
    assert_eq!(store.scans(1).await.unwrap()[0].paused_reason, models.paused);
}

async fn two_scans_share_answers_without_a_deadlock(place: Place) {
    let numbers = 0..40u32;
    let scans = [numbers.clone().collect::<Vec<_>>(), numbers.rev().collect()].map(|numbers| {
        let url = place.url();
        tokio::spawn(async move {
            let store = Store::open(&url, options()).await.unwrap();
            let scan = begin(&store).await;
            let writer = store.model_writer(scan);
            for round in 0..20 {
                let record = |number: &u32| {
                    let ModelRecord::Call { call, answer, .. } = record(call("qwen", None), Some(*number)) else {
                        unreachable!()
                    };
                    let system = format!("system {}", (number + round) % 5);
                    let exchange = ExchangeText { system, prompt: String::new(), answer: String::new() };
                    ModelRecord::Call { call, answer, exchange: Some(exchange) }
                };
                writer.commit(numbers.iter().map(record).collect()).await.unwrap();
            }
            writer.close().await.unwrap();
        })
    });
    for scan in scans {
        scan.await.unwrap();
    }
    assert_eq!(place.stranger().await.ask::<i64>("SELECT COUNT(*) FROM analysis_cache").await, 40);
}
