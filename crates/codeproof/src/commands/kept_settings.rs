//! The models and profiles of the settings as rows, so that scans can refer to them after the settings changed; and what is
//! kept of earlier scans no longer than the settings say.

use codeproof_judge::{Analyzer, Profile, Verifier};
use codeproof_llm::ModelConfig;
use codeproof_store::{AnalyzerRow, ModelRow, ProfileRow, Store, VerifierRow};
use codeproof_types::Language;
use serde_json::{Value, json};

use super::database;
use crate::failure::Failure;
use crate::settings::{UserSettings, plain_url};

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Days after which an answer that no scan used is forgotten: code that changed never asks for it again.
const ANSWER_DAYS: i64 = 180;

/// Writes the settings' models and profiles, and drops what has been kept long enough.
///
/// # Errors
/// When the database refuses.
pub(super) async fn keep(store: &Store, user: &UserSettings, now_ms: i64) -> Result<(), Failure> {
    let models = models(user);
    let profiles: Vec<ProfileRow> = user.all_profiles().iter().map(|(profile, _)| profile_row(profile)).collect();
    let kept = async {
        store.upsert_models(&models).await?;
        store.upsert_profiles(&profiles).await?;
        store.prune_exchanges(now_ms - i64::from(user.llm.exchanges_days) * DAY_MS).await?;
        store.prune_answers(now_ms - ANSWER_DAYS * DAY_MS).await
    };
    kept.await.map(drop).map_err(database::store_failure)
}

fn models(user: &UserSettings) -> Vec<ModelRow> {
    let own = user.models.values().map(|model| {
        let settings = serde_json::to_value(model).unwrap_or_default();
        model_row(&model.config, settings)
    });
    own.chain(user.built_in_models().map(|config| model_row(config, Value::Null))).collect()
}

fn model_row(config: &ModelConfig, settings: Value) -> ModelRow {
    ModelRow {
        id: None,
        name: config.name.clone(),
        provider: config.provider.to_string(),
        served_name: config.served_name().to_owned(),
        base_url: config.base_url.as_deref().map(plain_url),
        api_key_env: config.api_key_env.clone(),
        roles: config.roles.iter().map(|role| role.as_str().to_owned()).collect(),
        max_concurrent: config.max_concurrent,
        enabled: true,
        settings,
    }
}

fn profile_row(profile: &Profile) -> ProfileRow {
    ProfileRow {
        id: None,
        name: profile.name.clone(),
        description: profile.description.clone(),
        enabled: profile.enabled,
        agentic_verifier_mode: word(&profile.agentic_verifier_mode),
        agentic_verifier_model: profile.agentic_verifier_model.clone(),
        agentic_verifier_max_steps: profile.agentic_verifier_max_steps,
        settings: json!({
            "send_cleared": profile.send_cleared,
            "judge_detector_findings": profile.judge_detector_findings,
            "chunk_tokens": profile.chunk_tokens,
            "context_tokens": profile.context_tokens,
        }),
        analyzers: profile.analyzers.iter().map(analyzer_row).collect(),
        verifiers: profile.verifiers.iter().map(verifier_row).collect(),
    }
}

fn analyzer_row(analyzer: &Analyzer) -> AnalyzerRow {
    AnalyzerRow {
        voter: VerifierRow {
            name: analyzer.name.clone(),
            model: analyzer.model.clone(),
            enabled: analyzer.enabled,
            run_order: analyzer.run_order,
            file_filter: analyzer.file_filter.clone(),
            language_filter: languages(&analyzer.language_filter),
            prompt_template: analyzer.prompt_template.clone(),
            settings: Value::Null,
        },
        output_mode: analyzer.output_mode,
        stop_on_findings: analyzer.stop_on_findings,
    }
}

fn verifier_row(verifier: &Verifier) -> VerifierRow {
    VerifierRow {
        name: verifier.name.clone(),
        model: verifier.model.clone(),
        enabled: verifier.enabled,
        run_order: verifier.run_order,
        file_filter: verifier.file_filter.clone(),
        language_filter: languages(&verifier.language_filter),
        prompt_template: verifier.prompt_template.clone(),
        settings: Value::Null,
    }
}

fn languages(languages: &[Language]) -> Vec<String> {
    languages.iter().map(|language| language.name().to_owned()).collect()
}

/// The word of a value that is one on the wire.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
