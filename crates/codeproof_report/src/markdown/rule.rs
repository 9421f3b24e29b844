//! A rule explained in Markdown, for the help text SARIF viewers show.

use codeproof_types::RuleInfo;

use super::escape::{fence, prose};

/// Why, what to do instead, safe forms and examples of `rule`.
pub(crate) fn rule_help(rule: &RuleInfo) -> String {
    let hint = rule.languages.first().map_or("", |language| language.name());
    let mut text = format!("# {}\n", prose(&rule.title));
    for (title, body) in [("", &rule.why), ("Instead", &rule.remediation), ("When the rule is wrong", &rule.limits)] {
        push_section(title, &paragraphs(body), &mut text);
    }
    let safe: Vec<String> = rule.safe_variants.iter().map(|form| format!("- {}", prose(form))).collect();
    push_section("Safe forms", &safe.join("\n"), &mut text);
    for (title, examples) in [("Fires on", &rule.bad), ("Stays quiet on", &rule.good)] {
        let fences: Vec<String> = examples.iter().map(|example| fence(example.trim_end(), hint)).collect();
        push_section(title, &fences.join("\n"), &mut text);
    }
    text
}

fn push_section(title: &str, body: &str, text: &mut String) {
    if body.trim().is_empty() {
        return;
    }
    let heading = if title.is_empty() { String::new() } else { format!("\n## {title}\n") };
    text.push_str(&format!("{heading}\n{}\n", body.trim_end()));
}

fn paragraphs(text: &str) -> String {
    text.split("\n\n").map(prose).filter(|paragraph| !paragraph.is_empty()).collect::<Vec<_>>().join("\n\n")
}
