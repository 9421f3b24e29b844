//! Rules for what does not fit together in a Laravel application: `rules/laravel/<id>.yml`, one for each kind of concern.
//!
//! ```yaml
//! id: laravel-missing-action
//! kind: missing_action            # the kind of concern, as the map calls it
//! title: A route to a method …    # a few words
//! cwe: CWE-306                    # when there is one
//! severity: medium                # the impact
//! about: …                        # what it finds, one sentence
//! why: …                          # why it matters
//! fix: …                          # what to do instead
//! limits: …                       # when the rule is wrong
//! safe_variants: [ … ]            # forms that look alike and are fine
//! bad: [ … ]                      # applications it speaks of: files, each behind a line `//- path`
//! good: [ … ]                     # applications it is quiet on
//! ```

use codeproof_types::laravel::ConcernKind;
use codeproof_types::{Cwe, Language, RuleInfo, Severity, Tier};
use include_dir::{Dir, include_dir};
use serde::Deserialize;

/// `rules/laravel/` as it was when the program was built.
static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../rules/laravel");

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    id: String,
    kind: ConcernKind,
    title: String,
    #[serde(default)]
    cwe: Option<Cwe>,
    severity: Severity,
    about: String,
    why: String,
    fix: String,
    #[serde(default)]
    limits: String,
    safe_variants: Vec<String>,
    bad: Vec<String>,
    good: Vec<String>,
}

/// The rule for one kind of concern.
#[derive(Debug)]
pub(crate) struct ConcernRule {
    /// Its row of the rule table.
    pub(crate) info: RuleInfo,
    /// What it is about.
    pub(crate) kind: ConcernKind,
}

/// The ids of the rules: the names of their files.
pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    BUILT_IN.files().filter_map(|file| file.path().file_stem()?.to_str())
}

/// All rules, sorted by id.
pub(crate) fn read() -> Vec<ConcernRule> {
    let texts = BUILT_IN.files().filter_map(|file| file.contents_utf8());
    let mut rules: Vec<ConcernRule> = texts.map(|text| rule(text).expect("a test reads the built-in rules")).collect();
    rules.sort_by(|one, other| one.info.id.cmp(&other.info.id));
    rules
}

fn rule(text: &str) -> Result<ConcernRule, serde_saphyr::Error> {
    let file: RuleFile = serde_saphyr::from_str(text)?;
    let info = RuleInfo {
        id: file.id,
        title: file.title,
        severity: file.severity,
        tier: Tier::Weakness,
        cwe: file.cwe,
        category: None,
        languages: vec![Language::Php],
        message: file.about,
        why: file.why,
        remediation: file.fix,
        definite: false,
        safe_variants: file.safe_variants,
        limits: file.limits,
        bad: file.bad,
        good: file.good,
        defined_in: crate::rule_table::BUILT_IN.to_owned(),
    };
    Ok(ConcernRule { info, kind: file.kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_concern_has_one_rule_under_the_name_of_its_file() {
        let rules = read();
        let mut kinds: Vec<_> = rules.iter().map(|rule| rule.kind).collect();
        kinds.sort();
        assert_eq!(kinds, ConcernKind::ALL);
        let mut files: Vec<&str> = ids().collect();
        files.sort_unstable();
        assert_eq!(rules.iter().map(|rule| rule.info.id.as_str()).collect::<Vec<_>>(), files);
        for ConcernRule { info, kind } in rules {
            let word = serde_json::to_value(kind).expect("a kind is a word");
            assert_eq!(info.id, format!("laravel-{}", word.as_str().unwrap_or_default().replace('_', "-")));
            for text in [&info.message, &info.why, &info.remediation] {
                assert!(text.ends_with(['.', ')']) && text.len() > 20, "{}: {text}", info.id);
            }
            assert!(!info.bad.is_empty() && !info.good.is_empty(), "{}: it has examples", info.id);
        }
    }
}
