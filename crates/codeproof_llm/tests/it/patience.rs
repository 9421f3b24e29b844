//! Retries, storms, and models that are out. The clock is paused: scripts answer, and seconds pass in no time.

use std::sync::Arc;
use std::time::Duration;

use codeproof_llm::{CallOutcome, Error, ModelConfig, ModelPool, Role};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::setup::{open, options, prompt, scripted};

fn always(reply: &Value) -> ModelConfig {
    scripted(&json!({"answers": [{"replies": [reply]}]}))
}

/// Asks once; how long it took, and what came of it.
async fn timed(model: ModelConfig) -> (Duration, Result<u32, Error>) {
    let pool = open(vec![model], options().0);
    let started = Instant::now();
    let reply = pool.ask("scripted", prompt("1|")).await;
    (started.elapsed(), reply.map(|reply| reply.record.attempts))
}

#[track_caller]
fn assert_within(waited: Duration, seconds: f64) {
    let (least, most) = (Duration::from_secs_f64(seconds), Duration::from_secs_f64(seconds * 1.25 + 0.01));
    assert!(least <= waited && waited <= most, "waited {waited:?}, not {seconds} s and a bit");
}

#[tokio::test(start_paused = true)]
async fn waits_are_two_four_and_eight_seconds() {
    let failing = json!({"status": 500});
    for (failures, seconds) in [(0, 0.0), (1, 2.0), (2, 6.0), (3, 14.0)] {
        let mut replies = vec![failing.clone(); failures];
        replies.push(json!({"text": "fine"}));
        let (waited, attempts) = timed(scripted(&json!({"answers": [{"replies": replies}]}))).await;
        assert_eq!(attempts.expect("it answers in the end"), failures as u32 + 1);
        assert_within(waited, seconds);
    }
    let (waited, error) = timed(always(&failing)).await;
    assert!(matches!(error, Err(Error::Refused { status: 500, attempts: 4, .. })));
    assert_within(waited, 14.0);
}

#[tokio::test(start_paused = true)]
async fn a_longer_wait_of_the_server_wins() {
    let script = json!({"answers": [{"replies": [{"status": 429, "retry_after_ms": 30_000}, {"text": "fine"}]}]});
    let (waited, attempts) = timed(scripted(&script)).await;
    assert_eq!(attempts.expect("it answers"), 2);
    assert_within(waited, 30.0);

    let (waited, error) = timed(always(&json!({"status": 429, "retry_after_ms": 121_000}))).await;
    assert!(matches!(error, Err(Error::WaitTooLong { .. })));
    assert_within(waited, 0.0);
}

#[tokio::test(start_paused = true)]
async fn some_answers_are_final() {
    for status in [400, 401, 402, 403, 404, 413, 422] {
        let (waited, error) = timed(always(&json!({"status": status}))).await;
        assert!(error.is_err());
        assert_within(waited, 0.0);
    }
    for status in [408, 409, 424, 425, 429, 500, 502, 503, 504, 529] {
        let (waited, error) = timed(always(&json!({"status": status}))).await;
        assert!(error.is_err());
        assert_within(waited, 14.0);
    }
}

async fn ask_many(pool: &Arc<ModelPool>, count: usize) -> Vec<Result<String, Error>> {
    let asks: Vec<_> = (0..count)
        .map(|number| {
            let pool = Arc::clone(pool);
            tokio::spawn(
                async move { pool.ask("scripted", prompt(format!("{number}|"))).await.map(|reply| reply.text) },
            )
        })
        .collect();
    let mut replies = Vec::new();
    for ask in asks {
        replies.push(ask.await.expect("asking does not panic"));
    }
    replies
}

#[tokio::test(start_paused = true)]
async fn five_failures_in_a_row_and_the_model_is_out() {
    let (options, records) = options();
    let mut model = always(&json!({"status": 404, "message": "no such model"}));
    model.max_concurrent = 1;
    let pool = Arc::new(open(vec![model], options));
    let replies = ask_many(&pool, 20).await;
    assert_eq!(replies.iter().filter(|reply| matches!(reply, Err(Error::Refused { .. }))).count(), 5);
    assert_eq!(replies.iter().filter(|reply| matches!(reply, Err(Error::ModelOut { .. }))).count(), 15);
    assert_eq!(records.all().len(), 5, "what was not sent has no record");
    assert!(records.all().iter().all(|record| matches!(record.outcome, CallOutcome::Failed { .. })));
    let error = pool.require(Role::Analyzer).expect_err("nobody is left").to_string();
    assert_eq!(
        error,
        "no model is left for the role analyzer: scripted: 5 requests in a row failed, the last with: model scripted: \
         the script answered 404 (no such model), asked once; check the model's name, provider and base_url"
    );
    let late = pool.ask("scripted", prompt("late")).await.expect_err("it is out");
    assert!(late.to_string().starts_with("model scripted is out for this scan: 5 requests"), "{late}");
}

/// A success in between starts the count again, and prompts that are too long do not count.
#[tokio::test(start_paused = true)]
async fn failures_must_follow_each_other() {
    let script = json!({"answers": [
        {"contains": ["long"], "replies": [{"status": 413}]},
        {"contains": ["bad"], "replies": [{"status": 400}]},
        {"replies": [{"text": "fine"}]},
    ]});
    let pool = open(vec![scripted(&script)], options().0);
    for text in ["bad", "bad", "bad", "bad", "good", "bad", "bad", "long", "long", "long", "bad", "bad", "good"] {
        let reply = pool.ask("scripted", prompt(text)).await;
        assert_eq!(reply.is_ok(), text == "good", "{text}: {reply:?}");
    }
    assert_eq!(pool.status()[0].out, None);
}

#[tokio::test(start_paused = true)]
async fn a_used_up_quota_ends_it_at_once() {
    let pool = Arc::new(open(vec![always(&json!({"status": 402}))], options().0));
    let replies = ask_many(&pool, 10).await;
    assert!(matches!(&replies[0], Err(Error::QuotaExhausted { .. })));
    assert!(replies[2..].iter().all(|reply| matches!(reply, Err(Error::ModelOut { .. }))));
}

/// After three refusals in a row nothing is sent until the time the server asked for has passed.
#[tokio::test(start_paused = true)]
async fn a_storm_of_refusals_quiets_the_whole_model() {
    let busy = json!({"status": 429, "retry_after_ms": 60_000});
    let script = json!({"answers": [
        {"contains": ["early"], "replies": [busy, {"text": "fine"}]},
        {"replies": [{"text": "fine"}]},
    ]});
    let mut model = scripted(&script);
    model.max_concurrent = 8;
    let pool = Arc::new(open(vec![model], options().0));
    let early: Vec<_> = (0..3)
        .map(|number| {
            let pool = Arc::clone(&pool);
            tokio::spawn(async move { pool.ask("scripted", prompt(format!("early {number}"))).await.map(drop) })
        })
        .collect();
    tokio::time::advance(Duration::from_secs(1)).await;
    let started = Instant::now();
    pool.ask("scripted", prompt("later")).await.expect("it answers");
    assert!(started.elapsed() >= Duration::from_secs(58), "{:?}", started.elapsed());
    for ask in early {
        ask.await.expect("asking does not panic").expect("the second attempt is answered");
    }
}

/// Waiting prompts hold no slot: others go on.
#[tokio::test(start_paused = true)]
async fn waiting_for_a_retry_blocks_nobody() {
    let script = json!({"answers": [
        {"contains": ["slow"], "replies": [{"status": 500}, {"text": "fine"}]},
        {"replies": [{"text": "fine", "latency_ms": 10}]},
    ]});
    let mut model = scripted(&script);
    model.max_concurrent = 1;
    let pool = Arc::new(open(vec![model], options().0));
    let slow = tokio::spawn({
        let pool = Arc::clone(&pool);
        async move { pool.ask("scripted", prompt("slow")).await.map(drop) }
    });
    tokio::task::yield_now().await;
    let started = Instant::now();
    ask_many(&pool, 10).await;
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
    slow.await.expect("asking does not panic").expect("it answers");
}
