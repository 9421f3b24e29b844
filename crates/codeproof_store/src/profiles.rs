//! Models and profiles as rows: what the settings say, by name, so that scans can refer to them after the settings changed.
//!
//! Writing compares first: a program that starts with the settings of the last one writes nothing. Built-in profiles have
//! the ids 1 `offline`, 2 `deep`, 3 `demo`; the user's begin at 100.

mod writing;

use std::collections::HashMap;

use codeproof_types::OutputMode;
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rows::{Cell, model_configs, profile_analyzers, profile_verifiers, scan_profiles};
use crate::{Error, Store};
use writing::{put_models, put_profiles};

/// A model of the settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRow {
    /// Row id; not looked at when written.
    pub id: Option<i64>,
    /// The user's name for it, unique.
    pub name: String,
    /// The wire format's word.
    pub provider: String,
    /// The server's name for it.
    pub served_name: String,
    /// Address of its API, when it is not the provider's own.
    pub base_url: Option<String>,
    /// Name of the environment variable with the key; never the key.
    pub api_key_env: Option<String>,
    /// What it may be asked for: the roles' words.
    pub roles: Vec<String>,
    /// Requests in flight at most.
    pub max_concurrent: u32,
    /// Whether the settings still have it; always true when written.
    pub enabled: bool,
    /// Everything else, without secrets.
    pub settings: Value,
}

/// A profile of the settings, or a built-in one (seed 002's ScanProfile).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileRow {
    /// Row id; not looked at when written.
    pub id: Option<i64>,
    /// Unique name.
    pub name: String,
    /// One sentence for people.
    pub description: String,
    /// Whether it can be chosen; false, too, when the settings no longer have it.
    pub enabled: bool,
    /// `skip`, `hybrid` or `full`.
    pub agentic_verifier_mode: String,
    /// The user's name of the model that investigates. Read back only when it is among the models.
    pub agentic_verifier_model: Option<String>,
    /// Turns of one investigation at most.
    pub agentic_verifier_max_steps: u32,
    /// Everything else.
    pub settings: Value,
    /// Who drafts.
    pub analyzers: Vec<AnalyzerRow>,
    /// Who votes.
    pub verifiers: Vec<VerifierRow>,
}

/// What an analyzer and a verifier of a profile share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerifierRow {
    /// Unique in its profile.
    pub name: String,
    /// The user's name of the model.
    pub model: String,
    /// Whether it is asked.
    pub enabled: bool,
    /// Lower ones come first.
    pub run_order: i32,
    /// Globs of paths it is asked about; all when empty.
    pub file_filter: Vec<String>,
    /// Languages it is asked about, as words; all when empty.
    pub language_filter: Vec<String>,
    /// Its instructions; the built-in ones when absent.
    pub prompt_template: Option<String>,
    /// Everything else.
    pub settings: Value,
}

/// An analyzer of a profile (seed 002's ProfileAnalyzer).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnalyzerRow {
    /// What it shares with a verifier.
    #[serde(flatten)]
    pub voter: VerifierRow,
    /// The form of its answers; the model's own when absent.
    pub output_mode: Option<OutputMode>,
    /// Whether those after it are not asked about a chunk in which it found something.
    pub stop_on_findings: bool,
}

impl Store {
    /// Writes the models of the settings by name. Those that the settings no longer have stay, and are no longer enabled.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn upsert_models(&self, models: &[ModelRow]) -> Result<(), Error> {
        let stored = self.models().await?;
        if same(&stored, models, |row| (&row.name, row.enabled), |row| ModelRow { id: None, ..row.clone() }) {
            return Ok(());
        }
        let failed = self.failed("write the models of the settings");
        let transaction = self.begin().await.map_err(&failed)?;
        put_models(models, (self.options.now_ms)(), &transaction).await.map_err(&failed)?;
        transaction.commit().await.map_err(&failed)
    }

    /// Writes profiles by name, the models they name first. Those that are not among them stay, and are no longer enabled.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn upsert_profiles(&self, profiles: &[ProfileRow]) -> Result<(), Error> {
        let stored = self.profiles().await?;
        if same(&stored, profiles, |row| (&row.name, row.enabled), |row| ProfileRow { id: None, ..row.clone() }) {
            return Ok(());
        }
        let failed = self.failed("write the profiles of the settings");
        let transaction = self.begin().await.map_err(&failed)?;
        put_profiles(profiles, (self.options.now_ms)(), &transaction).await.map_err(&failed)?;
        transaction.commit().await.map_err(&failed)
    }

    /// All models that are or were in the settings, by id.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn models(&self) -> Result<Vec<ModelRow>, Error> {
        let rows = model_configs::Entity::find().order_by_asc(model_configs::Column::Id).all(&self.db).await;
        rows.map_err(self.failed("read the models"))?.into_iter().map(model).collect()
    }

    /// All profiles that are or were in the settings, the built-in ones first, by id.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn profiles(&self) -> Result<Vec<ProfileRow>, Error> {
        let failed = self.failed("read the profiles");
        let by_id = scan_profiles::Entity::find().order_by_asc(scan_profiles::Column::Id);
        let rows = by_id.all(&self.db).await.map_err(&failed)?;
        let analyzers = profile_analyzers::Entity::find().order_by_asc(profile_analyzers::Column::Id);
        let analyzers = analyzers.all(&self.db).await.map_err(&failed)?;
        let verifiers = profile_verifiers::Entity::find().order_by_asc(profile_verifiers::Column::Id);
        let verifiers = verifiers.all(&self.db).await.map_err(&failed)?;
        let names = self.models().await?.into_iter().filter_map(|model| Some((model.id?, model.name)));
        let names = names.collect::<HashMap<_, _>>();
        let mut profiles = Vec::with_capacity(rows.len());
        for row in rows {
            let of_this = analyzers.iter().filter(|analyzer| analyzer.profile_id == row.id).cloned();
            let analyzers = of_this.map(analyzer).collect::<Result<_, _>>()?;
            let of_this = verifiers.iter().filter(|verifier| verifier.profile_id == row.id).cloned();
            let verifiers = of_this.map(verifier).collect::<Result<_, _>>()?;
            let max_steps = Cell { table: "scan_profiles", row: row.id, column: "agentic_verifier_max_steps" };
            profiles.push(ProfileRow {
                id: Some(row.id),
                name: row.name,
                description: row.description,
                enabled: row.enabled,
                agentic_verifier_mode: row.agentic_verifier_mode,
                agentic_verifier_model: row.agentic_verifier_model_id.and_then(|id| names.get(&id).cloned()),
                agentic_verifier_max_steps: max_steps.number(row.agentic_verifier_max_steps)?,
                settings: row.settings,
                analyzers,
                verifiers,
            });
        }
        Ok(profiles)
    }
}

/// Whether the stored rows are the wished ones, and all others are off.
fn same<Row: PartialEq>(
    stored: &[Row],
    wished: &[Row],
    facts: impl Fn(&Row) -> (&String, bool),
    without_id: impl Fn(&Row) -> Row,
) -> bool {
    let stored_by_name = stored.iter().map(|row| (facts(row).0, row)).collect::<HashMap<_, _>>();
    let wished_names = wished.iter().map(|row| facts(row).0).collect::<Vec<_>>();
    let there = |row: &Row| stored_by_name.get(facts(row).0).is_some_and(|one| without_id(one) == without_id(row));
    let off = |row: &Row| wished_names.contains(&facts(row).0) || !facts(row).1;
    wished.iter().all(there) && stored.iter().all(off)
}

fn model(row: model_configs::Model) -> Result<ModelRow, Error> {
    let cell = |column| Cell { table: "model_configs", row: row.id, column };
    Ok(ModelRow {
        id: Some(row.id),
        name: row.name,
        provider: row.provider,
        served_name: row.served_name,
        base_url: row.base_url,
        api_key_env: row.api_key_env,
        roles: cell("roles").json(row.roles)?,
        max_concurrent: cell("max_concurrent").number(row.max_concurrent)?,
        enabled: row.enabled,
        settings: row.settings,
    })
}

fn analyzer(row: profile_analyzers::Model) -> Result<AnalyzerRow, Error> {
    let cell = |column| Cell { table: "profile_analyzers", row: row.id, column };
    Ok(AnalyzerRow {
        output_mode: row.output_mode.map(|mode| cell("output_mode").word(mode)).transpose()?,
        stop_on_findings: row.stop_on_findings,
        voter: VerifierRow {
            file_filter: cell("file_filter").json(row.file_filter)?,
            language_filter: cell("language_filter").json(row.language_filter)?,
            name: row.name,
            model: row.model,
            enabled: row.enabled,
            run_order: row.run_order,
            prompt_template: row.prompt_template,
            settings: row.settings,
        },
    })
}

fn verifier(row: profile_verifiers::Model) -> Result<VerifierRow, Error> {
    let cell = |column| Cell { table: "profile_verifiers", row: row.id, column };
    Ok(VerifierRow {
        file_filter: cell("file_filter").json(row.file_filter)?,
        language_filter: cell("language_filter").json(row.language_filter)?,
        name: row.name,
        model: row.model,
        enabled: row.enabled,
        run_order: row.run_order,
        prompt_template: row.prompt_template,
        settings: row.settings,
    })
}
