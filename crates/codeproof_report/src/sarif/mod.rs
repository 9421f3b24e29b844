//! SARIF 2.1.0 (OASIS standard, errata 01), within the rules GitHub's upload sets.
//!
//! One run. Rules carry help, CWE tags and `security-severity`; results carry the sink as their only location, a
//! `codeFlow` when there is a trail, fingerprints, suppressions, and in `properties` what design's JSON has and SARIF
//! has no word for. Paths are relative to `SRCROOT` and percent-encoded; nothing absolute is written.

mod limits;
mod locations;
mod notifications;
mod report;
mod results;
mod rules;
mod uri;

pub(crate) use notifications::{DRAFTS, UNSEEN};
pub(crate) use report::write_report;
pub(crate) use results::FINGERPRINT_KEY;
pub(crate) use uri::path_of;
