//! The parts of a SARIF log that are read, as they stand in it.

use std::collections::BTreeMap;

use codeproof_types::{Category, Confidence, Cwe, Judgement, Origin, Severity, State, Tier, Votes};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Log {
    pub(super) runs: Vec<Run>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    pub(super) tool: Tool,
    #[serde(default)]
    pub(super) invocations: Vec<Invocation>,
    #[serde(default)]
    pub(super) results: Vec<Outcome>,
    #[serde(default)]
    pub(super) properties: RunProperties,
}

#[derive(Deserialize)]
pub(super) struct Tool {
    pub(super) driver: Driver,
}

#[derive(Deserialize)]
pub(super) struct Driver {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) version: String,
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) short_description: Option<Text>,
}

#[derive(Default, Deserialize)]
pub(super) struct RunProperties {
    pub(super) summary: Option<serde_json::Value>,
    pub(super) models: Option<serde_json::Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub(super) execution_successful: Option<bool>,
    pub(super) start_time_utc: Option<String>,
    pub(super) end_time_utc: Option<String>,
    #[serde(default)]
    pub(super) tool_execution_notifications: Vec<Notification>,
}

#[derive(Deserialize)]
pub(super) struct Notification {
    pub(super) descriptor: Option<Descriptor>,
    pub(super) message: Option<Text>,
    #[serde(default)]
    pub(super) locations: Vec<Place>,
}

#[derive(Deserialize)]
pub(super) struct Descriptor {
    pub(super) id: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Text {
    pub(super) text: Option<String>,
}

/// A result of a log.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcome {
    #[serde(default)]
    pub(super) rule_id: String,
    pub(super) kind: Option<String>,
    pub(super) level: Option<String>,
    pub(super) message: Option<Text>,
    #[serde(default)]
    pub(super) locations: Vec<Place>,
    #[serde(default)]
    pub(super) partial_fingerprints: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) code_flows: Vec<CodeFlow>,
    #[serde(default)]
    pub(super) related_locations: Vec<Place>,
    #[serde(default)]
    pub(super) suppressions: Vec<SuppressionNote>,
    pub(super) baseline_state: Option<String>,
    #[serde(default)]
    pub(super) properties: Properties,
}

#[derive(Default, Deserialize)]
pub(super) struct Properties {
    pub(super) tier: Option<Tier>,
    pub(super) severity: Option<Severity>,
    pub(super) origin: Option<Origin>,
    pub(super) confidence: Option<Confidence>,
    pub(super) state: Option<State>,
    pub(super) cwe: Option<Cwe>,
    pub(super) category: Option<Category>,
    pub(super) votes: Option<Votes>,
    pub(super) judgement: Option<Judgement>,
    #[serde(default)]
    pub(super) source_models: Vec<String>,
    #[serde(default)]
    pub(super) remediation: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeFlow {
    #[serde(default)]
    pub(super) thread_flows: Vec<ThreadFlow>,
}

#[derive(Deserialize)]
pub(super) struct ThreadFlow {
    #[serde(default)]
    pub(super) locations: Vec<FlowPlace>,
}

#[derive(Deserialize)]
pub(super) struct FlowPlace {
    pub(super) location: Option<Place>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    pub(super) physical_location: Option<Physical>,
    pub(super) message: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical {
    pub(super) artifact_location: Option<Artifact>,
    pub(super) region: Option<Region>,
    pub(super) context_region: Option<Region>,
}

#[derive(Deserialize)]
pub(super) struct Artifact {
    pub(super) uri: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) start_line: Option<u32>,
    pub(super) end_line: Option<u32>,
    pub(super) start_column: Option<u32>,
    pub(super) end_column: Option<u32>,
    pub(super) snippet: Option<Text>,
}

#[derive(Deserialize)]
pub(super) struct SuppressionNote {
    pub(super) kind: Option<String>,
    pub(super) justification: Option<String>,
    pub(super) location: Option<Place>,
    #[serde(default)]
    pub(super) properties: BTreeMap<String, serde_json::Value>,
}
