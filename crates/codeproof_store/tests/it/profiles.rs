//! Models and profiles of the settings as rows.

use codeproof_store::{AnalyzerRow, ModelRow, ProfileRow, Store, VerifierRow};
use codeproof_types::OutputMode;
use serde_json::json;

use crate::fixture::{Place, on_both_databases};

on_both_databases! {
    built_in_profiles_have_fixed_ids,
    what_is_written_is_read,
    what_the_settings_no_longer_have_is_off,
    the_same_settings_write_nothing,
}

fn model(name: &str) -> ModelRow {
    ModelRow {
        id: None,
        name: name.to_owned(),
        provider: "openai".to_owned(),
        served_name: format!("org/{name}"),
        base_url: Some("http://127.0.0.1:8000/v1".to_owned()),
        api_key_env: Some("QWEN_KEY".to_owned()),
        roles: vec!["analyzer".to_owned(), "verifier".to_owned()],
        max_concurrent: 2,
        enabled: true,
        settings: json!({"temperature": 0.2, "extra_body": {"top_k": 3}}),
    }
}

fn voter(name: &str, model: &str) -> VerifierRow {
    VerifierRow {
        name: name.to_owned(),
        model: model.to_owned(),
        enabled: true,
        run_order: -1,
        file_filter: vec!["*.c".to_owned(), "*.h".to_owned()],
        language_filter: vec!["c".to_owned()],
        prompt_template: Some("Look: {code}".to_owned()),
        settings: json!({}),
    }
}

fn profile(name: &str, models: &[&str]) -> ProfileRow {
    let analyzer = |model: &&str| AnalyzerRow {
        voter: voter(&format!("by {model}"), model),
        output_mode: Some(OutputMode::GuidedJson),
        stop_on_findings: true,
    };
    ProfileRow {
        id: None,
        name: name.to_owned(),
        description: "What it does.".to_owned(),
        enabled: true,
        agentic_verifier_mode: "hybrid".to_owned(),
        agentic_verifier_model: models.first().map(|&model| model.to_owned()),
        agentic_verifier_max_steps: 8,
        settings: json!({"send_cleared": false}),
        analyzers: models.iter().map(analyzer).collect(),
        verifiers: models.iter().map(|model| voter("v", model)).take(1).collect(),
    }
}

/// Names, ids and whether they are on.
async fn told(store: &Store) -> Vec<(String, i64, bool)> {
    let profiles = store.profiles().await.unwrap();
    profiles.into_iter().map(|profile| (profile.name, profile.id.unwrap(), profile.enabled)).collect()
}

fn row(name: &str, id: i64, enabled: bool) -> (String, i64, bool) {
    (name.to_owned(), id, enabled)
}

async fn built_in_profiles_have_fixed_ids(place: Place) {
    let store = place.open().await;
    assert_eq!(told(&store).await, [row("offline", 1, true), row("deep", 2, true), row("demo", 3, true)]);
    let profiles = ["mine", "demo", "offline", "deep"].map(|name| profile(name, &[]));
    store.upsert_profiles(&profiles).await.unwrap();
    let built_in = [row("offline", 1, true), row("deep", 2, true), row("demo", 3, true)];
    assert_eq!(told(&store).await, [&built_in[..], &[row("mine", 100, true)]].concat());
}

async fn what_is_written_is_read(place: Place) {
    let store = place.open().await;
    store.upsert_models(&[model("qwen"), model("llama")]).await.unwrap();
    let mut profiles = [profile("deep", &["qwen", "llama"]), profile("odd", &["gone"])];
    store.upsert_profiles(&profiles).await.unwrap();
    let models = store.models().await.unwrap();
    assert_eq!(models.iter().map(|model| model.id.is_some()).collect::<Vec<_>>(), [true, true]);
    let without_id = models.into_iter().map(|model| ModelRow { id: None, ..model });
    assert_eq!(without_id.collect::<Vec<_>>(), [model("qwen"), model("llama")]);

    let stored = store.profiles().await.unwrap();
    let stored = stored.into_iter().filter(|profile| ["deep", "odd"].contains(&profile.name.as_str()));
    let stored = stored.map(|profile| ProfileRow { id: None, ..profile }).collect::<Vec<_>>();
    profiles[1].agentic_verifier_model = None; // There is no such model.
    assert_eq!(stored, profiles);
}

async fn what_the_settings_no_longer_have_is_off(place: Place) {
    let store = place.open().await;
    store.upsert_models(&[model("qwen"), model("llama")]).await.unwrap();
    let built_in = ["offline", "deep", "demo"].map(|name| profile(name, &["qwen"]));
    let with = |more: &[ProfileRow]| [&built_in[..], more].concat();
    store.upsert_profiles(&with(&[profile("mine", &["llama"])])).await.unwrap();

    let faster = ModelRow { max_concurrent: 9, ..model("llama") };
    store.upsert_models(std::slice::from_ref(&faster)).await.unwrap();
    store.upsert_profiles(&built_in).await.unwrap();
    let models = store.models().await.unwrap();
    let on = models.iter().map(|model| (model.name.as_str(), model.enabled, model.max_concurrent));
    assert_eq!(on.collect::<Vec<_>>(), [("qwen", false, 2), ("llama", true, 9)]);
    assert_eq!(told(&store).await[3], row("mine", 100, false));

    store.upsert_models(&[faster, model("qwen")]).await.unwrap();
    store.upsert_profiles(&with(&[profile("mine", &[])])).await.unwrap();
    assert_eq!(told(&store).await[3], row("mine", 100, true), "with its id");
    assert!(store.models().await.unwrap().iter().all(|model| model.enabled));
}

async fn the_same_settings_write_nothing(place: Place) {
    let store = place.open().await;
    let models = [model("qwen")];
    let profiles = [profile("deep", &["qwen"])];
    for _ in 0..2 {
        store.upsert_models(&models).await.unwrap();
        store.upsert_profiles(&profiles).await.unwrap();
    }
    let mut stranger = place.stranger().await;
    let first: i64 = stranger.ask("SELECT MIN(id) FROM profile_analyzers").await;
    stranger.keep_writers_out().await;
    store.upsert_models(&models).await.unwrap();
    stranger.run("ROLLBACK").await;
    store.upsert_profiles(&profiles).await.unwrap();
    assert_eq!(stranger.ask::<i64>("SELECT MIN(id) FROM profile_analyzers").await, first);
}
