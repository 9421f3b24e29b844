//! `boundaries.json` and `parameters.json`, as the files beside the templates have them.

use serde_json::{Map, Value as Json, json};

use crate::split::Split;

/// The document of the boundaries: status, error, scanners, and what looked like one.
pub fn boundaries(split: &Split) -> Json {
    json!({
        "status": split.status,
        "error": split.error,
        "scanners": split.scanners,
        "rejected": split.rejected,
        "degraded": split.degraded,
    })
}

/// The document of the parameters: shared ones, those of each scanner, and what was kept apart.
pub fn parameters(split: &Split) -> Json {
    let scanners: Map<String, Json> =
        split.scanners.iter().map(|scanner| (scanner.boundary.name.clone(), json!(scanner.parameters))).collect();
    json!({"globals": split.globals, "scanners": scanners, "avoided_contaminations": split.avoided})
}
