//! The schema of drafts in JSON: within the strict subset that servers know (all keys required, no others).

use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};

/// Its name on the wire.
pub(super) const DRAFTS_NAME: &str = "findings";

/// A list of drafts.
pub(super) fn drafts() -> Arc<Value> {
    Arc::clone(&DRAFTS)
}

static DRAFTS: LazyLock<Arc<Value>> = LazyLock::new(|| {
    let keys = ["title", "type", "severity", "line", "snippet", "reason"];
    Arc::new(json!({
        "type": "object",
        "properties": {
            "findings": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "title": {"type": "string"},
                        "type": {"type": "string"},
                        "severity": {"type": "string", "enum": ["Critical", "High", "Medium", "Low"]},
                        "line": {"type": "integer"},
                        "snippet": {"type": "string"},
                        "reason": {"type": "string"},
                    },
                    "required": keys,
                    "additionalProperties": false,
                },
            },
        },
        "required": ["findings"],
        "additionalProperties": false,
    }))
});
