//! Places that look dangerous and are not, with the reason.

use serde::{Deserialize, Serialize};

use crate::{Cwe, Location};

/// A place where foreign data would do harm, and why it does none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SafeSite {
    /// The call, or the statement that emits.
    pub location: Location,
    /// What is called.
    pub callee: String,
    /// The rule that would be broken there.
    pub rule_id: String,
    /// Its weakness class.
    pub cwe: Option<Cwe>,
    /// Why it is not: what is known of the value, and where that was decided.
    pub reason: String,
    /// Rules without data flow that point at the place; their findings were dropped for this reason. Sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
}
