//! Settings that cannot work are refused before anything is sent, in one line that says what to write.

use codeproof_llm::{ModelConfig, ModelPool};
use serde_json::{Value, json};

use crate::setup::{options, variable};

/// The refusal of a model with these settings over good ones; empty when it is taken.
async fn refusal(settings: Value) -> String {
    let mut all = json!({"name": "m", "provider": "openai", "base_url": "http://127.0.0.1:1/v1"});
    if let (Some(all), Value::Object(settings)) = (all.as_object_mut(), settings) {
        all.extend(settings);
    }
    let model: ModelConfig = match serde_json::from_value(all) {
        Ok(model) => model,
        Err(error) => return error.to_string(),
    };
    match ModelPool::open(vec![model], options().0, &variable) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn every_refusal_says_what_to_write() {
    let cases = [
        json!({}),
        json!({"name": " "}),
        json!({"provider": "chatty"}),
        json!({"api_key": "x"}),
        json!({"api_key_env": "UNSET"}),
        json!({"api_key_env": "EMPTY"}),
        json!({"base_url": "http://gpu-box:8000/v1"}),
        json!({"base_url": "http://gpu-box:8000/v1", "allow_http": true}),
        json!({"base_url": null}),
        json!({"max_concurrent": 0}),
        json!({"batch_size": 8}),
        json!({"batch_size": 0, "provider": "vllm"}),
        json!({"max_tokens": 0}),
        json!({"context_tokens": 4096}),
        json!({"temperature": 3}),
        json!({"timeout_seconds": 0}),
        json!({"extra_body": {"stream": true}}),
        json!({"extra_headers": {"Authorization": "x"}}),
        json!({"extra_headers": {"Authorization": {"env": "TEAM_KEY"}}}),
        json!({"extra_headers": {"x-team": {"env": "UNSET"}}}),
        json!({"extra_headers": {"bad name": "x"}}),
        json!({"extra_headers": {"x-team": "a\nb"}}),
        json!({"provider": "vllm", "completion_template": "{system}"}),
        json!({"provider": "vllm", "base_url": null}),
        json!({"provider": "anthropic", "base_url": null}),
        json!({"provider": "gemini", "base_url": null}),
        json!({"provider": "bedrock", "base_url": null}),
        json!({"provider": "bedrock", "base_url": null, "aws": {"region": "eu/../x"}}),
        json!({"provider": "bedrock", "base_url": null, "aws": {"region": "eu-central-1", "access_key_id_env": "UNSET"}}),
        json!({"provider": "bedrock", "base_url": null, "aws": {"region": "eu-central-1"}}),
        json!({"provider": "ollama", "base_url": null}),
        json!({"provider": "ollama", "base_url": null, "context_tokens": 32768}),
        json!({"provider": "scripted"}),
        json!({"provider": "scripted", "script": "no-such-file.json"}),
    ];
    let mut told = String::new();
    for case in cases {
        let refusal = refusal(case.clone()).await;
        let refusal = if refusal.is_empty() { "taken" } else { &refusal };
        told.push_str(&format!("{case}\n    {refusal}\n"));
    }
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn names_must_differ_and_exist() {
    let model = || ModelConfig::new("m", codeproof_llm::Provider::Scripted);
    let scripted = || {
        let mut model = model();
        model.script = Some(codeproof_llm::Script::Text(r#"{"answers": []}"#.into()));
        model
    };
    let twice = ModelPool::open(vec![scripted(), scripted()], options().0, &variable).map(drop).expect_err("one name");
    assert_eq!(twice.to_string(), "two models are called m; give each its own name");
    let pool = ModelPool::open(vec![scripted()], options().0, &variable).expect("it opens");
    let error = pool.ask("n", crate::setup::prompt("1|")).await.expect_err("nobody is called n");
    assert_eq!(error.to_string(), "there is no model n; known are: m");
    let error = pool.require(codeproof_llm::Role::Chat).expect_err("nobody chats");
    assert_eq!(
        error.to_string(),
        "no model is left for the role chat: no model of the settings has it; add roles = [\"chat\"] to one"
    );
}

/// Ollama and others cut long prompts without a word: what cannot fit is not sent.
#[tokio::test]
async fn a_prompt_that_cannot_fit_is_not_sent() {
    let mut model = crate::setup::scripted(&json!({"answers": [{"replies": [{"text": "fine"}]}]}));
    (model.context_tokens, model.max_tokens) = (Some(1_000), 200);
    let (options, records) = options();
    let pool = ModelPool::open(vec![model], options, &variable).expect("it opens");
    assert_eq!(pool.prompt_tokens_max("scripted").expect("it is there"), Some(800));
    pool.ask("scripted", crate::setup::prompt("word ".repeat(700))).await.expect("it fits, though its bytes look long");
    let error = pool.ask("scripted", crate::setup::prompt("word ".repeat(900))).await.expect_err("it does not fit");
    assert!(error.to_string().contains("context_tokens less max_tokens leaves 800"), "{error}");
    assert_eq!(records.all().len(), 1);
}
