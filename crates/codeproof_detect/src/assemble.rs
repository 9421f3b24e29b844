//! From hits to findings: quotes, masks, fingerprints, suppressions, order.

use codeproof_types::{Finding, RuleInfo};

use crate::hit::Hit;
use crate::patterns::PatternRules;
use crate::secrets::SecretRules;
use crate::{Config, Detector, Error, FileInput};

/// All rules that are on, sorted by id.
///
/// # Errors
/// When two rules share an id, or `rules_off` names a rule that does not exist (with the nearest known id).
pub(crate) fn rule_table(
    _patterns: &PatternRules,
    _secrets: &SecretRules,
    _config: &Config,
) -> Result<Vec<RuleInfo>, Error> {
    Ok(Vec::new())
}

/// Identity of rules and settings.
pub(crate) fn version(
    _rules: &[RuleInfo],
    _patterns: &PatternRules,
    _secrets: &SecretRules,
    _config: &Config,
) -> String {
    String::new()
}

/// Turns hits into findings.
pub(crate) fn findings(_hits: Vec<Hit>, _file: &FileInput<'_>, _detector: &Detector) -> Vec<Finding> {
    Vec::new()
}
