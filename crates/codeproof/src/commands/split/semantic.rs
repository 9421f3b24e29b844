//! Asking a model where scanners are. What it says is one more vote: code decides whether there is anything.

use std::path::Path;
use std::sync::Arc;

use codeproof_detect::{Config, Detector};
use codeproof_llm::{Budget, Finish, ModelPool, PoolOptions, Request, Role, Spending};
use codeproof_split::{Source, semantic};
use codeproof_store::ModelRunRow;

use super::super::{database, models};
use crate::failure::Failure;
use crate::settings::UserSettings;

/// Bytes of a file that a model is asked about.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// What a model does here, in its system prompt.
const SYSTEM: &str = "You find the boundaries of trading scanners in Python files.";

/// What came of asking.
pub(super) struct Advice {
    /// What the model said, as far as it could be read.
    pub proposals: Vec<semantic::Proposal>,
    /// What the database keeps of it.
    pub row: ModelRunRow,
    /// Why there is nothing to use.
    pub failed: Option<String>,
}

/// Asks the model of that name. A model that does not answer ends nothing: the split goes on without it and says so.
///
/// # Errors
/// When the settings have no such model, or it may not be asked.
pub(super) async fn ask(name: &str, file: &Path, user: &UserSettings) -> Result<Advice, Failure> {
    let config = models::named(user, name)?;
    if !config.roles.contains(&Role::Analyzer) {
        return Err(Failure::usage(format_args!("the model {name} has not the role analyzer"))
            .help("add \"analyzer\" to its roles in your settings"));
    }
    let prompt = semantic::request(&masked(file)?);
    let input_bytes = prompt.len() as u64;
    let answer = match open(config, user) {
        Ok(pool) => {
            pool.ask(name, Request::new(Role::Analyzer, SYSTEM, prompt)).await.map_err(|error| error.to_string())
        }
        Err(why) => Err(why),
    };
    let mut row = ModelRunRow {
        model_type: "boundary_detection",
        operation: "segments",
        confidence: None,
        accuracy: None,
        duration_ms: 0,
        version: Some(config.served_name().to_owned()),
        input_bytes,
        error: None,
    };
    let mut proposals = Vec::new();
    let mut failed = None;
    match answer {
        Ok(reply) => {
            row.duration_ms = reply.record.latency_ms;
            proposals = semantic::proposals(&reply.text);
            if let Finish::Refused(word) = &reply.finish {
                failed = Some(format!("it declined ({word})"));
            } else if proposals.is_empty() && !reply.text.contains("segments") {
                failed = Some("its answer is not of the form that was asked for".to_owned());
            }
        }
        Err(why) => failed = Some(why),
    }
    row.error.clone_from(&failed);
    if !proposals.is_empty() {
        row.confidence = Some(proposals.iter().map(|it| it.confidence).sum::<f64>() / proposals.len() as f64);
    }
    Ok(Advice { proposals, row, failed: failed.map(|why| format!("no model: {name} was asked and {why}")) })
}

/// The file without its secrets; lines stay where they are.
fn masked(file: &Path) -> Result<Source, Failure> {
    let failed = |error: std::io::Error| Failure::failed(format_args!("cannot read {}: {error}", file.display()));
    if file.metadata().map_err(failed)?.len() > FILE_BYTES_MAX {
        return Err(Failure::usage(format_args!("{} is too large to be shown to a model", file.display()))
            .help("leave out --model"));
    }
    let bytes = std::fs::read(file).map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes);
    let detector = Detector::new(Config { salt: database::salt(), ..Config::default() })
        .map_err(|error| Failure::failed(format_args!("cannot load the rules that find secrets: {error}")))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Source::new(name, detector.mask(&text).into_owned().into_bytes()))
}

fn open(config: &codeproof_llm::ModelConfig, user: &UserSettings) -> Result<ModelPool, String> {
    let prices = models::price_table(user).map_err(|failure| failure.to_string())?;
    let clock = Arc::new(|| u64::try_from(super::super::now_ms()).unwrap_or_default());
    let budget = Budget::new(user.budget.limits(), Spending::default());
    let options = PoolOptions { prices, proxy: user.llm.proxy.clone(), ..PoolOptions::new(budget, clock) };
    ModelPool::open(vec![config.clone()], options, &models::look_up).map_err(|error| error.to_string())
}
