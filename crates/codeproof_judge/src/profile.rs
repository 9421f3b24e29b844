//! Profiles: who drafts, who votes, on which files, with which words (seed 002's ScanProfile, ProfileAnalyzer and
//! ProfileVerifier).

mod builtin;
mod check;
mod filter;

use codeproof_types::{Language, OutputMode};
use serde::{Deserialize, Serialize};

pub use filter::Filter;

use crate::error::{InvalidGlob, ProfileError};

/// How a scan uses models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Unique name.
    #[serde(default)]
    pub name: String,
    /// One sentence for people.
    #[serde(default)]
    pub description: String,
    /// Whether it can be chosen.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Who drafts; none means that no model drafts.
    #[serde(default)]
    pub analyzers: Vec<Analyzer>,
    /// Who votes; none means that drafts stay unverified.
    #[serde(default)]
    pub verifiers: Vec<Verifier>,
    /// Chunks that the rules have cleared are sent, too.
    #[serde(default)]
    pub send_cleared: bool,
    /// Verifiers vote on detectors' findings, too; the votes are shown beside them.
    #[serde(default = "yes")]
    pub judge_detector_findings: bool,
    /// Estimated tokens of one chunk with its imports at most.
    #[serde(default = "chunk_tokens")]
    pub chunk_tokens: u32,
    /// Tokens of the context of one draft at most; less where a model's window is smaller.
    #[serde(default = "context_tokens")]
    pub context_tokens: u32,
    /// When drafts are investigated with tools.
    #[serde(default)]
    pub agentic_verifier_mode: InvestigatorMode,
    /// The model that investigates.
    #[serde(default)]
    pub agentic_verifier_model: Option<String>,
    /// Turns of one investigation at most.
    #[serde(default = "max_steps")]
    pub agentic_verifier_max_steps: u32,
}

impl Profile {
    /// Every reason why the profile cannot be used as it is written; `models` are the names of the settings' models.
    pub fn check(&self, models: &[&str]) -> Vec<ProfileError> {
        check::problems(self, models)
    }

    /// The profile with what was left out filled in: an entry without a name takes its model's, and the lists are in
    /// their order of running (entries of equal order stay as they stand).
    #[must_use]
    pub fn completed(mut self) -> Self {
        for analyzer in self.analyzers.iter_mut().filter(|analyzer| analyzer.name.is_empty()) {
            analyzer.name.clone_from(&analyzer.model);
        }
        for verifier in self.verifiers.iter_mut().filter(|verifier| verifier.name.is_empty()) {
            verifier.name.clone_from(&verifier.model);
        }
        self.analyzers.sort_by_key(|analyzer| analyzer.run_order);
        self.verifiers.sort_by_key(|verifier| verifier.run_order);
        self
    }
}

/// When findings are investigated with tools.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvestigatorMode {
    /// Never.
    #[default]
    Skip,
    /// When the votes leave doubt.
    Hybrid,
    /// Always.
    Full,
}

/// A model that drafts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Analyzer {
    /// Unique in its profile; the model's name when absent.
    #[serde(default)]
    pub name: String,
    /// The user's name of the model.
    pub model: String,
    /// Whether it is asked.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Lower ones are asked first where the order matters: before one with `stop_on_findings`.
    #[serde(default)]
    pub run_order: i32,
    /// Globs of paths it is asked about; all when empty.
    #[serde(default)]
    pub file_filter: Vec<String>,
    /// Languages it is asked about; all when empty.
    #[serde(default)]
    pub language_filter: Vec<Language>,
    /// Its instructions, with placeholders; the built-in ones when absent.
    #[serde(default)]
    pub prompt_template: Option<String>,
    /// The form of its answers; the model's own when absent.
    #[serde(default)]
    pub output_mode: Option<OutputMode>,
    /// Analyzers after it are not asked about a chunk in which it found something.
    #[serde(default)]
    pub stop_on_findings: bool,
}

impl Analyzer {
    /// The model with everything else as it comes.
    pub fn of(model: &str) -> Self {
        Self {
            name: model.to_owned(),
            model: model.to_owned(),
            enabled: true,
            run_order: 0,
            file_filter: Vec::new(),
            language_filter: Vec::new(),
            prompt_template: None,
            output_mode: None,
            stop_on_findings: false,
        }
    }

    /// Its filter, ready to be asked.
    ///
    /// # Errors
    /// The first glob that is none, with the reason.
    pub fn filter(&self) -> Result<Filter, InvalidGlob> {
        Filter::new(&self.file_filter, &self.language_filter)
    }
}

/// A model that votes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verifier {
    /// Unique in its profile; the model's name when absent.
    #[serde(default)]
    pub name: String,
    /// The user's name of the model.
    pub model: String,
    /// Whether it is asked.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Order of its votes in reports.
    #[serde(default)]
    pub run_order: i32,
    /// Globs of paths it is asked about; all when empty.
    #[serde(default)]
    pub file_filter: Vec<String>,
    /// Languages it is asked about; all when empty.
    #[serde(default)]
    pub language_filter: Vec<Language>,
    /// Its instructions, with placeholders; the built-in ones when absent.
    #[serde(default)]
    pub prompt_template: Option<String>,
}

impl Verifier {
    /// The model with everything else as it comes.
    pub fn of(model: &str) -> Self {
        Self {
            name: model.to_owned(),
            model: model.to_owned(),
            enabled: true,
            run_order: 0,
            file_filter: Vec::new(),
            language_filter: Vec::new(),
            prompt_template: None,
        }
    }

    /// Its filter, ready to be asked.
    ///
    /// # Errors
    /// The first glob that is none, with the reason.
    pub fn filter(&self) -> Result<Filter, InvalidGlob> {
        Filter::new(&self.file_filter, &self.language_filter)
    }
}

fn yes() -> bool {
    true
}

fn chunk_tokens() -> u32 {
    2_000
}

fn context_tokens() -> u32 {
    8_000
}

fn max_steps() -> u32 {
    8
}
