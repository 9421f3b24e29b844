//! The list of all rules that are on, and the identity of everything that changes results.

use codeproof_types::{RuleInfo, Severity, Tier};

use crate::patterns::PatternRules;
use crate::secrets::SecretRules;
use crate::{Config, Error, RuleError, files, suppress};

/// Raised whenever the engine itself gives other results for the same rules and text, so that caches start anew.
const ENGINE_VERSION: u32 = 1;

/// All rules that are on, sorted by id.
///
/// # Errors
/// When two rules share an id, or `rules_off` names a rule that does not exist (with the nearest known id).
pub(crate) fn rule_table(
    patterns: &PatternRules,
    secrets: &SecretRules,
    config: &Config,
) -> Result<Vec<RuleInfo>, Error> {
    let mut rules = patterns.rules();
    rules.extend(secrets.rules());
    rules.extend(files::rules());
    rules.extend(suppress::rules());
    rules.sort_by(|a, b| a.id.cmp(&b.id));

    let mut errors = duplicates(&rules);
    errors.extend(config.rules_off.iter().filter_map(|id| unknown(id, &rules)));
    if !errors.is_empty() {
        return Err(Error::Rules(errors));
    }
    rules.retain(|rule| !config.rules_off.contains(&rule.id));
    Ok(rules)
}

/// A rule whose code is in this crate, true wherever it fires; its texts are still to be filled in.
pub(crate) fn built_in(id: &str, title: &str, severity: Severity, tier: Tier) -> RuleInfo {
    RuleInfo {
        id: id.to_owned(),
        title: title.to_owned(),
        severity,
        tier,
        cwe: None,
        category: None,
        languages: Vec::new(),
        message: String::new(),
        why: String::new(),
        remediation: String::new(),
        definite: true,
        safe_variants: Vec::new(),
        limits: String::new(),
        bad: Vec::new(),
        good: Vec::new(),
        defined_in: "built in".to_owned(),
    }
}

fn duplicates(rules: &[RuleInfo]) -> Vec<RuleError> {
    rules
        .windows(2)
        .filter(|pair| pair[0].id == pair[1].id)
        .map(|pair| {
            // The user's file is the one that can be mended, so the error stands there.
            let (known, new) = if pair[1].defined_in == "built in" { (1, 0) } else { (0, 1) };
            RuleError {
                file: pair[new].defined_in.clone(),
                line: None,
                message: format!(
                    "rule id `{}` is already taken ({}); give this rule another id",
                    pair[new].id, pair[known].defined_in
                ),
            }
        })
        .collect()
}

fn unknown(id: &str, rules: &[RuleInfo]) -> Option<RuleError> {
    if rules.iter().any(|rule| rule.id == id) {
        return None;
    }
    let nearest = rules.iter().map(|rule| rule.id.as_str()).min_by_key(|known| strsim::levenshtein(known, id));
    let hint = nearest.map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
    Some(RuleError { file: "rules_off".to_owned(), line: None, message: format!("there is no rule `{id}`{hint}") })
}

/// Identity of rules and settings: 32 hexadecimal digits that change when the same file could give other findings.
pub(crate) fn version(rules: &[RuleInfo], patterns: &PatternRules, secrets: &SecretRules, config: &Config) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    hasher.update(&ENGINE_VERSION.to_le_bytes());
    hasher.update(&serde_json::to_vec(rules).expect("rule infos are plain values with text keys"));
    hasher.update(patterns.identity().as_bytes());
    hasher.update(secrets.identity().as_bytes());
    hasher.update(&config.salt);
    hasher.finalize().to_hex()[..32].to_owned()
}
