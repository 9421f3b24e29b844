//! Rules for flows: `rules/flows/<id>.yml`, one for each kind of sink.
//!
//! ```yaml
//! id: sql-injection
//! kind: sql                       # what the sink does, as specs call it
//! title: Data in the text of …    # a few words
//! cwe: CWE-89
//! near: [CWE-564]                 # classes of rules without data flow that point at the same thing
//! severity: critical              # the impact
//! tier: vulnerability             # the highest a flow of this kind can be
//! callers: true                   # a parameter of a function nobody in the program calls is worth telling, too
//! about: …                        # what it finds, one sentence
//! message: …                      # one sentence of one flow; {Source}, {callee} and {danger} are filled in
//! sink: …                         # what happens at the sink; {callee} and {danger} are filled in
//! why: …                          # what an attacker gets
//! fix: …                          # what to do instead
//! limits: …                       # when the rule is wrong
//! safe_variants: [ … ]            # forms that look alike and are safe
//! bad: [ … ]                      # programs with a flow: PHP when they begin with `<?php`, else Python
//! good: [ … ]                     # programs without one
//! ```

use codeproof_dataflow::SinkKind;
use codeproof_types::{Cwe, Language, RuleInfo, Severity, Tier};
use include_dir::{Dir, include_dir};
use serde::Deserialize;

/// `rules/flows/` as it was when the program was built.
static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../rules/flows");

/// Languages whose programs are followed.
const LANGUAGES: [Language; 2] = [Language::Php, Language::Python];

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    id: String,
    kind: SinkKind,
    title: String,
    cwe: Cwe,
    #[serde(default)]
    near: Vec<Cwe>,
    severity: Severity,
    tier: Tier,
    #[serde(default)]
    callers: bool,
    about: String,
    message: String,
    sink: String,
    why: String,
    fix: String,
    #[serde(default)]
    limits: String,
    safe_variants: Vec<String>,
    #[serde(default)]
    bad: Vec<String>,
    #[serde(default)]
    good: Vec<String>,
}

/// The rule for one kind of sink.
#[derive(Debug)]
pub(crate) struct FlowRule {
    /// Its row of the rule table; the tier is the highest a flow can have.
    pub(crate) info: RuleInfo,
    /// What the sink does.
    pub(crate) kind: SinkKind,
    /// Classes of rules without data flow that point at the same thing, its own among them.
    pub(crate) near: Vec<Cwe>,
    /// Whether a parameter that callers outside of the program give is worth telling.
    pub(crate) tells_callers: bool,
    /// What is wrong, with `{Source}`, `{callee}` and `{danger}`.
    pub(crate) message: String,
    /// What happens at the sink, with `{callee}` and `{danger}`.
    pub(crate) sink: String,
}

/// The ids of the rules: the names of their files.
pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    BUILT_IN.files().filter_map(|file| file.path().file_stem()?.to_str())
}

/// All rules, sorted by id.
pub(crate) fn read() -> Vec<FlowRule> {
    let texts = BUILT_IN.files().filter_map(|file| file.contents_utf8());
    let mut rules: Vec<FlowRule> = texts.map(|text| rule(text).expect("a test reads the built-in rules")).collect();
    rules.sort_by(|one, other| one.info.id.cmp(&other.info.id));
    rules
}

fn rule(text: &str) -> Result<FlowRule, serde_saphyr::Error> {
    let file: RuleFile = serde_saphyr::from_str(text)?;
    let info = RuleInfo {
        id: file.id,
        title: file.title,
        severity: file.severity,
        tier: file.tier,
        cwe: Some(file.cwe),
        category: None,
        languages: LANGUAGES.to_vec(),
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
    let near = std::iter::once(file.cwe).chain(file.near).collect();
    Ok(FlowRule { info, kind: file.kind, near, tells_callers: file.callers, message: file.message, sink: file.sink })
}

#[cfg(test)]
mod tests {
    use codeproof_dataflow::{SourceFile, Specs, Trust, analyse, lower};
    use codeproof_types::RepoPath;

    use super::*;

    /// Whether a sink of this kind is reached in a program of one file.
    fn is_reached(text: &str, kind: SinkKind) -> bool {
        let language = if text.starts_with("<?php") { Language::Php } else { Language::Python };
        let parsed = codeproof_syntax::parse(text, language).0.expect("examples are short");
        assert!(!parsed.tree().root_node().has_error(), "{text}");
        let path = RepoPath::new(format!("example.{}", if language == Language::Php { "php" } else { "py" }));
        let module = lower(text, &parsed).expect("both languages are followed");
        let specs = Specs::load(language, &[]).expect("the built-in specs load");
        let file = SourceFile { path: path.expect("a path"), module };
        let is_foreign = |trust: Option<Trust>| trust.is_some_and(|trust| trust != Trust::Operator);
        analyse(vec![file], &specs).flows.iter().any(|flow| flow.kind == kind && is_foreign(flow.source.trust))
    }

    #[test]
    fn every_rule_for_flows_keeps_its_word() {
        let mut wrong = Vec::new();
        for rule in read() {
            let RuleInfo { id, bad, good, .. } = &rule.info;
            wrong.extend(
                bad.iter().filter(|text| !is_reached(text, rule.kind)).map(|text| format!("{id}: no flow in\n{text}")),
            );
            wrong.extend(
                good.iter().filter(|text| is_reached(text, rule.kind)).map(|text| format!("{id}: a flow in\n{text}")),
            );
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_kind_of_sink_has_one_rule_under_its_own_name() {
        let rules = read();
        for kind in SinkKind::ALL {
            assert_eq!(rules.iter().filter(|rule| rule.kind == *kind).count(), 1, "{}", kind.name());
        }
        assert_eq!(rules.iter().map(|rule| rule.info.id.as_str()).collect::<Vec<_>>(), {
            let mut ids: Vec<&str> = ids().collect();
            ids.sort_unstable();
            ids
        });
        for rule in rules {
            let info = &rule.info;
            for (text, words) in
                [(&rule.message, &["{Source}", "{callee}", "{danger}"][..]), (&rule.sink, &["{callee}", "{danger}"])]
            {
                assert!(words.iter().all(|word| text.contains(word)), "{}: {text}", info.id);
            }
            for text in [&info.message, &info.why, &info.remediation] {
                assert!(text.ends_with(['.', ')']) && text.len() > 20, "{}: {text}", info.id);
            }
            let is_low = info.tier == Tier::Weakness;
            assert_eq!(is_low, info.limits.starts_with("A weakness at most"), "{}: say why in `limits`", info.id);
        }
    }
}
