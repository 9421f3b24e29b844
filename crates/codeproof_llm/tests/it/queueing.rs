//! How many prompts are on their way, how they share requests, and that none is lost. Scripts answer on a paused clock.

use std::sync::Arc;
use std::time::Duration;

use codeproof_llm::{ModelConfig, ModelPool, PoolOptions, Request, Role};
use proptest::prelude::*;
use serde_json::json;
use tokio::time::Instant;

use crate::setup::{open, options, prompt, scripted};

fn answering(latency_ms: u64, lists: bool) -> ModelConfig {
    let replies = json!([{"text": "fine", "latency_ms": latency_ms, "input_tokens": 10, "output_tokens": 2}]);
    scripted(&json!({"lists": lists, "answers": [{"replies": replies}]}))
}

async fn ask_many(pool: &Arc<ModelPool>, requests: Vec<Request>) -> usize {
    let asks: Vec<_> = requests
        .into_iter()
        .map(|request| {
            let pool = Arc::clone(pool);
            tokio::spawn(async move { pool.ask("scripted", request).await })
        })
        .collect();
    let mut answered = 0;
    for ask in asks {
        answered += usize::from(ask.await.expect("asking does not panic").is_ok());
    }
    answered
}

fn numbered(count: usize) -> Vec<Request> {
    (0..count).map(|number| prompt(number.to_string())).collect()
}

#[tokio::test(start_paused = true)]
async fn slots_are_used_and_never_exceeded() {
    let mut model = answering(100, false);
    model.max_concurrent = 3;
    let pool = Arc::new(open(vec![model], options().0));
    let started = Instant::now();
    assert_eq!(ask_many(&pool, numbered(30)).await, 30);
    assert_eq!((pool.status()[0].in_flight_peak, pool.status()[0].in_flight), (3, 0));
    assert_eq!(started.elapsed().as_millis() / 10, 100, "ten rounds of 100 ms, and nothing between them");
}

#[tokio::test(start_paused = true)]
async fn a_list_goes_when_it_is_full_or_when_the_time_is_up() {
    let mut model = answering(100, true);
    (model.batch_size, model.batch_wait_ms, model.max_concurrent) = (Some(4), 50, 1);
    let (options, records) = options();
    let pool = Arc::new(open(vec![model], options));
    let started = Instant::now();
    assert_eq!(ask_many(&pool, numbered(4)).await, 4);
    assert_eq!(started.elapsed().as_millis(), 100, "a full list waits for nobody");
    let started = Instant::now();
    assert_eq!(ask_many(&pool, numbered(2)).await, 2);
    assert_eq!(started.elapsed().as_millis(), 150);
    let sizes: Vec<u32> = records.all().iter().map(|record| record.batch_size).collect();
    assert_eq!(sizes, [4, 4, 4, 4, 2, 2]);
}

#[tokio::test(start_paused = true)]
async fn prompts_that_begin_alike_share_a_list() {
    let mut model = answering(100, true);
    (model.batch_size, model.max_concurrent) = (Some(3), 1);
    let (options, records) = options();
    let pool = Arc::new(open(vec![model], options));
    let requests: Vec<Request> = (0..9)
        .map(|number| Request::new(Role::Analyzer, format!("Instructions {}", number % 3), number.to_string()))
        .collect();
    let kind: std::collections::BTreeMap<String, usize> =
        requests.iter().enumerate().map(|(at, request)| (request.prompt_hash().to_string(), at % 3)).collect();
    assert_eq!(ask_many(&pool, requests).await, 9);
    let kinds: Vec<usize> = records.all().iter().map(|record| kind[&record.prompt_hash.to_string()]).collect();
    assert_eq!(kinds, [0, 0, 0, 1, 1, 1, 2, 2, 2]);
}

#[tokio::test(start_paused = true)]
async fn prompts_that_nobody_waits_for_are_not_sent() {
    let mut model = answering(100, false);
    model.max_concurrent = 1;
    let (options, records) = options();
    let pool = Arc::new(open(vec![model], options));
    let asks: Vec<_> = numbered(10)
        .into_iter()
        .map(|request| {
            let pool = Arc::clone(&pool);
            tokio::spawn(async move { pool.ask("scripted", request).await.map(drop) })
        })
        .collect();
    tokio::time::advance(Duration::from_millis(50)).await;
    for ask in &asks[3..] {
        ask.abort();
    }
    for ask in asks.into_iter().take(3) {
        ask.await.expect("it was not aborted").expect("it answers");
    }
    assert_eq!(records.all().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn models_do_not_wait_for_each_other() {
    let models = ["a", "b", "c"].map(|name| {
        let mut model = answering(100, false);
        (model.name, model.max_concurrent) = (name.to_owned(), 2);
        model
    });
    let pool = Arc::new(open(models.to_vec(), options().0));
    let started = Instant::now();
    let asks: Vec<_> = (0..30)
        .map(|number| {
            let pool = Arc::clone(&pool);
            tokio::spawn(
                async move { pool.ask(["a", "b", "c"][number % 3], prompt(number.to_string())).await.map(drop) },
            )
        })
        .collect();
    for ask in asks {
        ask.await.expect("asking does not panic").expect("it answers");
    }
    assert_eq!(started.elapsed().as_millis(), 500);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Whatever the sizes, the failures and who gives up: every prompt is answered once, no list is too long, never is
    /// more on its way than allowed, and records and answers agree.
    #[test]
    fn every_prompt_is_answered_once(
        count in 1_usize..60,
        max_concurrent in 1_u32..6,
        batch_size in 1_u32..7,
        latency_ms in 0_u64..40,
        failing in 0_usize..7,
    ) {
        let run = async {
            let good = json!({"text": "fine", "latency_ms": latency_ms, "input_tokens": 10, "output_tokens": 2});
            let script = json!({"lists": true, "answers": [
                {"contains": [format!("{failing}.")], "replies": [{"status": 503}, good]},
                {"replies": [good]},
            ]});
            let mut model = scripted(&script);
            (model.max_concurrent, model.batch_size) = (max_concurrent, Some(batch_size));
            let (options, records): (PoolOptions, _) = options();
            let budget = Arc::clone(&options.budget);
            let pool = Arc::new(open(vec![model], options));
            let requests = (0..count).map(|number| prompt(format!("{}. {number}", number % 7))).collect();
            let answered = ask_many(&pool, requests).await;
            (answered, pool.status(), records.all(), budget.spending())
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        let (answered, status, records, spending) = runtime.block_on(run);
        prop_assert_eq!(answered, count);
        prop_assert!(status[0].in_flight_peak <= max_concurrent && status[0].in_flight == 0);
        prop_assert_eq!(records.len(), count);
        prop_assert!(records.iter().all(|record| record.batch_size <= batch_size));
        prop_assert_eq!(records.iter().map(|record| record.usage.total_tokens()).sum::<u64>(), 12 * count as u64);
        prop_assert_eq!(spending.tokens, 12 * count as u64);
    }
}
