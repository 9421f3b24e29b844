//! The list of all rules that are on, and the identity of everything that changes results.

use std::collections::BTreeSet;

use codeproof_types::{RuleInfo, Severity, Tier};

use crate::concerns::ConcernRules;
use crate::flows::FlowRules;
use crate::patterns::PatternRules;
use crate::secrets::SecretRules;
use crate::{Config, Error, RuleError, files, suppress};

/// Raised whenever the engine itself gives other results for the same rules and text, so that caches start anew.
const ENGINE_VERSION: u32 = 1;

/// Where a built-in rule says it is defined.
pub(crate) const BUILT_IN: &str = "built in";

/// All rules that are on, sorted by id, but for the built-in ones for patterns, flows and maps, which are read when
/// somebody asks for them.
///
/// # Errors
/// When two rules share an id, or `rules_off` names a rule that does not exist (with the nearest known id).
pub(crate) fn rule_table(
    patterns: &PatternRules,
    secrets: &SecretRules,
    config: &Config,
) -> Result<Vec<RuleInfo>, Error> {
    let mut rules: Vec<RuleInfo> = patterns.users_rules().cloned().collect();
    rules.extend(secrets.rules());
    rules.extend(files::rules());
    rules.extend(suppress::rules());
    rules.sort_by(|a, b| a.id.cmp(&b.id));

    let mut names: Vec<(&str, &str)> =
        patterns.built_in_ids().chain(FlowRules::ids()).chain(ConcernRules::ids()).map(|id| (id, BUILT_IN)).collect();
    names.extend(rules.iter().map(|rule| (rule.id.as_str(), rule.defined_in.as_str())));
    names.sort_unstable();
    let mut errors = duplicates(&names);
    errors.extend(config.rules_off.iter().filter_map(|id| unknown(id, &names)));
    if !errors.is_empty() {
        return Err(Error::Rules(errors));
    }
    rules.retain(|rule| !config.rules_off.contains(&rule.id));
    Ok(rules)
}

/// All rules that are on, sorted by id: `table` and the built-in ones.
pub(crate) fn whole_table<'r>(
    table: &'r [RuleInfo],
    built_in: impl Iterator<Item = &'r RuleInfo>,
    config: &Config,
) -> Vec<RuleInfo> {
    let is_on = |rule: &&RuleInfo| !config.rules_off.contains(&rule.id);
    let mut rules: Vec<RuleInfo> = built_in.filter(is_on).chain(table).cloned().collect();
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules
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
        defined_in: BUILT_IN.to_owned(),
    }
}

/// One error for each id that stands twice in `names`, sorted pairs of a rule's id and where it is defined.
fn duplicates(names: &[(&str, &str)]) -> Vec<RuleError> {
    names
        .windows(2)
        .filter(|pair| pair[0].0 == pair[1].0)
        .map(|pair| {
            // The user's file is the one that can be mended, so the error stands there.
            let (known, new) = if pair[1].1 == BUILT_IN { (pair[1], pair[0]) } else { (pair[0], pair[1]) };
            RuleError {
                file: new.1.to_owned(),
                line: None,
                message: format!("rule id `{}` is already taken ({}); give this rule another id", new.0, known.1),
            }
        })
        .collect()
}

fn unknown(id: &str, names: &[(&str, &str)]) -> Option<RuleError> {
    if names.iter().any(|(known, _)| *known == id) {
        return None;
    }
    let nearest = names.iter().map(|(known, _)| *known).min_by_key(|known| strsim::levenshtein(known, id));
    let hint = nearest.map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
    Some(RuleError { file: "rules_off".to_owned(), line: None, message: format!("there is no rule `{id}`{hint}") })
}

/// Identity of rules and settings: 32 hexadecimal digits that change when the same file could give other findings.
///
/// `table` is that of [`rule_table`]. What the built-in pattern rules say follows from their texts, which the identity
/// of `patterns` is made of.
pub(crate) fn version(table: &[RuleInfo], patterns: &PatternRules, secrets: &SecretRules, config: &Config) -> String {
    let rules_off: BTreeSet<&String> = config.rules_off.iter().collect();
    let mut hasher = blake3::Hasher::new();
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    hasher.update(&ENGINE_VERSION.to_le_bytes());
    hasher.update(&serde_json::to_vec(&(table, rules_off)).expect("rule infos are plain values with text keys"));
    hasher.update(patterns.identity().as_bytes());
    hasher.update(secrets.identity().as_bytes());
    hasher.update(&config.salt);
    hasher.finalize().to_hex()[..32].to_owned()
}
