//! What models do in a scan: written once however often it is sent, and found again.

use std::collections::HashMap;

use codeproof_store::{
    Answer, AnswerKey, CallRow, ChunkId, ChunkRecord, ChunkStatus, Error, ExchangeText, ModelRecord, Purpose, Store,
};
use codeproof_types::{
    ChunkCounts, ContentHash, DraftCounts, ModelReport, Outcome, OutcomeCounts, ScanId, ScanReport, ScanStatus,
    ScanSummary, UnseenChunk, Verdict,
};

use crate::drafts::{draft, drafted, judged, judgement, only_finding, source, vote};
use crate::fixture::{NOW_MS, Place, begin, finding, on_both_databases, options, path};

on_both_databases! {
    chunks_keep_their_ids,
    answers_are_remembered_across_scans,
    usage_is_summed_by_model_and_role,
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

/// Writes records, all of them twice: as when a scan is killed after it wrote them, and resumed.
pub(crate) async fn commit_twice(store: &Store, scan: ScanId, records: Vec<ModelRecord>) {
    for _ in 0..2 {
        let writer = store.model_writer(scan);
        writer.commit(records.clone()).await.unwrap();
        writer.close().await.unwrap();
    }
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
        system: "You look for weaknesses.".repeat(30).into(),
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
                    let exchange = ExchangeText { system: system.into(), prompt: String::new(), answer: String::new() };
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
