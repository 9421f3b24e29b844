//! What calls cost, and what a scan may spend.

use std::sync::Arc;

use codeproof_llm::{BudgetLimits, ConfigPrice, Error, ModelConfig, ModelPool, OnExceed, PriceTable, Provider};
use serde_json::json;

use crate::setup::{open, options, options_with, prompt, scripted, variable};

/// 1,000 tokens in, 100 out, for 0.002 USD.
fn priced() -> ModelConfig {
    let replies = json!([{"text": "fine", "latency_ms": 10, "input_tokens": 1_000, "output_tokens": 100}]);
    let mut model = scripted(&json!({"answers": [{"replies": replies}]}));
    model.max_tokens = 100;
    model.price = Some(ConfigPrice {
        input_usd_per_million: 1.0,
        output_usd_per_million: 10.0,
        cached_input_usd_per_million: None,
    });
    model
}

fn limits(max_cost_nano_usd: u64, on_exceed: OnExceed) -> BudgetLimits {
    BudgetLimits { max_cost_nano_usd: Some(max_cost_nano_usd), max_tokens: None, on_exceed }
}

#[tokio::test(start_paused = true)]
async fn records_say_what_it_cost_and_who_said_so() {
    let (options, records) = options();
    let budget = Arc::clone(&options.budget);
    let pool = open(vec![priced()], options);
    let reply = pool.ask("scripted", prompt("1|")).await.expect("it answers");
    assert_eq!(reply.record.cost_nano_usd, Some(2_000_000));
    assert_eq!(reply.record.price_version.as_deref(), Some("settings"));
    assert_eq!(records.all(), std::slice::from_ref(&reply.record));
    let row = serde_json::to_value(&reply.record).expect("a record is plain data");
    assert_eq!(
        (&row["outcome"], &row["role"], &row["usage"]["input_tokens"]),
        (&json!("answered"), &json!("analyzer"), &json!(1_000))
    );
    assert_eq!(serde_json::from_value::<codeproof_llm::CallRecord>(row).expect("it is read back"), reply.record);
    assert_eq!((budget.spending().cost_nano_usd, budget.spending().tokens), (2_000_000, 1_100));
}

#[tokio::test(start_paused = true)]
async fn a_kept_limit_stops_before_it_is_passed() {
    for on_exceed in [OnExceed::Pause, OnExceed::Stop] {
        let (options, _) = options_with(limits(5_000_000, on_exceed));
        let budget = Arc::clone(&options.budget);
        let pool = open(vec![priced()], options);
        let mut answered = 0;
        let error = loop {
            match pool.ask("scripted", prompt("1|")).await {
                Ok(_) => answered += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(&error, Error::BudgetExceeded { on_exceed: told, .. } if *told == on_exceed));
        assert!(error.to_string().starts_with("the limit of 0.0050 USD is reached: 0.00"), "{error}");
        assert!(budget.spending().exceeded);
        // A reservation guesses: the last answers may have cost more than was reserved for a short prompt.
        assert!((2..=3).contains(&answered), "{answered}");
        assert_eq!(pool.status()[0].out, None, "the model is not to blame");
    }
}

/// A prompt that waits for its retry holds money and no slot, the next one has the slot and waits for money: both must
/// come through.
#[tokio::test(start_paused = true)]
async fn who_waits_for_money_holds_no_slot() {
    let good = json!({"text": "fine", "input_tokens": 1_000, "output_tokens": 100});
    let script = json!({"answers": [
        {"contains": ["bad"], "replies": [{"status": 500}, {"status": 500}, good]},
        {"replies": [good]},
    ]});
    let mut model = scripted(&script);
    (model.price, model.max_tokens, model.max_concurrent) = (priced().price, 1_000, 1);
    let pool = Arc::new(open(vec![model], options_with(limits(15_000_000, OnExceed::Pause)).0));
    let asks = ["bad", "good"].map(|text| {
        let pool = Arc::clone(&pool);
        tokio::spawn(async move { pool.ask("scripted", prompt(text)).await.map(|reply| reply.record.attempts) })
    });
    let mut attempts = Vec::new();
    for ask in asks {
        attempts.push(ask.await.expect("asking does not panic").expect("there is money for both"));
    }
    assert_eq!(attempts, [3, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_warning_limit_lets_everything_pass() {
    let (options, _) = options_with(limits(1, OnExceed::Warn));
    let budget = Arc::clone(&options.budget);
    let pool = open(vec![priced()], options);
    pool.ask("scripted", prompt("1|")).await.expect("it only warns");
    assert!(budget.spending().exceeded);
}

#[tokio::test]
async fn a_limit_cannot_be_kept_without_a_price() {
    let unpriced = || {
        let mut model = ModelConfig::new("m", Provider::OpenAi);
        model.base_url = Some("http://127.0.0.1:1/v1".to_owned());
        model
    };
    let opened =
        |limits, model| ModelPool::open(vec![model], options_with(limits).0, &variable).map(|pool| pool.status());
    assert!(matches!(opened(limits(1, OnExceed::Pause), unpriced()), Err(Error::Unpriced { .. })));
    let status = opened(limits(1, OnExceed::Warn), unpriced()).expect("a warning needs no price");
    assert!(!status[0].priced);
    let mut free = unpriced();
    free.price = Some(ConfigPrice {
        input_usd_per_million: 0.0,
        output_usd_per_million: 0.0,
        cached_input_usd_per_million: None,
    });
    assert!(opened(limits(1, OnExceed::Stop), free).expect("it is free")[0].priced);
}

#[test]
fn a_users_table_goes_over_the_built_in_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("prices.json");
    std::fs::write(&path, r#"{"gpt-4o": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}}"#).unwrap();
    let table = PriceTable::with_file(&path).expect("it is a table");
    let price = |name: &str| {
        let mut model = ModelConfig::new("m", Provider::OpenAi);
        model.model = Some(name.to_owned());
        table.price_of(&model).map(|(price, version)| (price.usd_per_million(), version.to_string()))
    };
    assert_eq!(price("gpt-4o"), Some(((1.0, 2.0), "file".to_owned())));
    assert_eq!(price("gpt-4o-mini").map(|(price, _)| price), Some((0.15, 0.6)));
    assert_eq!(price("nobody-knows-it"), None);

    std::fs::write(&path, "{").unwrap();
    assert!(matches!(PriceTable::with_file(&path), Err(Error::PriceTable { .. })));
    assert!(matches!(PriceTable::with_file(&folder.path().join("none")), Err(Error::PriceTable { .. })));
}
