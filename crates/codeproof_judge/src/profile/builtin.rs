//! The profiles that are there without settings.

use super::{Analyzer, Profile, Verifier};

/// The demonstration's models, in the order of their votes.
const DEMO_MODELS: [&str; 3] = ["demo-careful", "demo-keen", "demo-quick"];

impl Profile {
    /// No model at all: what a scan does unless it is told otherwise.
    pub fn offline() -> Self {
        Self::empty("offline", "Rules and data flow only; no model is asked and nothing leaves this machine.")
    }

    /// Every model of the settings in its roles. The lists are empty here: whoever knows the models fills them.
    pub fn deep() -> Self {
        Self::empty("deep", "Every configured analyzer drafts, every configured verifier votes.")
    }

    /// Scripted models on the example: no server, no key, no cost.
    pub fn demo() -> Self {
        let mut profile = Self::empty("demo", "Three scripted models show a deep scan of the example, offline.");
        profile.analyzers = DEMO_MODELS.map(Analyzer::of).to_vec();
        profile.verifiers = DEMO_MODELS.map(Verifier::of).to_vec();
        profile
    }

    fn empty(name: &str, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            description: description.to_owned(),
            enabled: true,
            analyzers: Vec::new(),
            verifiers: Vec::new(),
            send_cleared: false,
            judge_detector_findings: true,
            chunk_tokens: super::chunk_tokens(),
            context_tokens: super::context_tokens(),
            agentic_verifier_mode: super::InvestigatorMode::Skip,
            agentic_verifier_model: None,
            agentic_verifier_max_steps: super::max_steps(),
        }
    }
}
