//! `cargo xtask new-rule`: a pattern rule with the blanks marked.

use std::fs;
use std::io::{ErrorKind, Write};

use anyhow::bail;

use crate::repository::Repository;

/// Languages with a folder in `rules/`; C++ shares that of C, TypeScript that of JavaScript.
const LANGUAGES: &[&str] = &["c", "csharp", "go", "java", "javascript", "php", "python", "ruby", "rust"];

/// Writes the rule that the arguments name.
pub(crate) fn run(repository: &Repository, arguments: &[String]) -> anyhow::Result<()> {
    let (id, language) = match arguments {
        [id, flag, language] if flag == "--language" => (id, language),
        [flag, language, id] if flag == "--language" => (id, language),
        _ => bail!("write it as: cargo xtask new-rule python-mktemp --language python"),
    };
    let text = rule(id, language)?;
    let path = format!("rules/{language}/{id}.yml");
    let file = fs::File::create_new(repository.root.join(&path));
    let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => anyhow::anyhow!("{path} is there already; choose another id"),
        ErrorKind::NotFound => anyhow::anyhow!("rules/{language}/ is not there; make the folder first"),
        _ => anyhow::Error::new(error).context(format!("{path} cannot be written")),
    })?;
    println!("{path} is written; fill the blanks marked ___, then run: cargo test -p codeproof_detect");
    Ok(())
}

/// The text of a new rule.
fn rule(id: &str, language: &str) -> anyhow::Result<String> {
    if !LANGUAGES.contains(&language) {
        bail!("{language:?} has no rules here; use one of {}", LANGUAGES.join(", "));
    }
    let words = id.strip_prefix(language).and_then(|rest| rest.strip_prefix('-'));
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !words.is_some_and(|words| words.split('-').all(is_word)) {
        bail!("a rule's id is {language}- and lower-case words with hyphens, such as {language}-mktemp, not {id:?}");
    }
    // C++ and TypeScript have the same misuses under the same names.
    let languages = match language {
        "c" => "\n  languages: [c, cpp]",
        "javascript" => "\n  languages: [javascript, typescript, tsx]",
        _ => "",
    };
    Ok(TEMPLATE.replace("{id}", id).replace("{language}", language).replace("{languages}", languages))
}

/// Every `___` is a blank; the shared test fails as long as one is left, because the rule finds nothing.
const TEMPLATE: &str = "\
id: {id}
language: {language}
message: ___ one sentence, shown with every finding; may use $ARGUMENT.
rule:
  pattern: ___($ARGUMENT)
metadata:
  title: ___ a few words
  cwe: CWE-___
  severity: ___ critical, high, medium, low or info, by the impact if it is real
  tier: weakness{languages}
  definite: false
  why: >-
    ___ What an attacker gains, in plain words.
  fix: ___ What to write instead.
  safe_variants:
    - ___ a form that looks alike and is safe
  keywords: [___]
  bad:
    - ___
    - ___
  good:
    - ___
    - ___
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_rule_has_its_id_and_blanks() {
        let text = rule("c-gets", "c").expect("a rule");
        assert!(text.starts_with("id: c-gets\nlanguage: c\nmessage: ___"), "{text}");
        assert!(text.contains("  tier: weakness\n  languages: [c, cpp]\n"), "{text}");
        assert!(!text.contains('{'), "{text}");
    }

    #[test]
    fn wrong_ids_and_languages_are_refused_with_an_example() {
        for (id, language) in [("gets", "c"), ("c-", "c"), ("c-Gets", "c"), ("c-../x", "c"), ("cobol-x", "cobol")] {
            assert!(rule(id, language).is_err(), "{id}");
        }
        let error = rule("mktemp", "python").expect_err("no language in front");
        assert!(error.to_string().contains("python-mktemp"), "{error}");
    }
}
