//! Every kind of site is checked with its own examples, in every language its file serves.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use codeproof_types::{ContentHash, FileFacts, Language, LineIndex, RepoPath};

use super::*;

/// The sites of `text`.
fn sites(rules: &SiteRules, language: Language, text: &str) -> Vec<Site> {
    let (parsed, _) = codeproof_syntax::parse(text, language);
    let (path, lines, facts) = (RepoPath::new("a").unwrap(), LineIndex::new(text), FileFacts::default());
    rules.sites(&FileInput {
        path: &path,
        text,
        hash: ContentHash::of(text.as_bytes()),
        lines: &lines,
        language: Some(language),
        parsed: parsed.as_ref(),
        facts: &facts,
        secrets_only: false,
    })
}

/// PHP examples may leave out the opening tag.
fn example_text(language: Language, example: &str) -> String {
    match language {
        Language::Php if !example.contains("<?") => format!("<?php\n{example}\n"),
        _ => format!("{example}\n"),
    }
}

/// What is wrong with one kind, a line each.
fn faults(rules: &SiteRules, language: Language, kind: &kinds::Kind) -> Vec<String> {
    let examples = &kind.examples;
    let mut faults = Vec::new();
    let safe_min = if kind.safe.is_empty() { 0 } else { 2 };
    if examples.open.len() < 2 || examples.none.len() < 2 || examples.safe.len() < safe_min {
        faults.push("needs two examples of each sort".to_owned());
    }
    let all = [("open", &examples.open), ("safe", &examples.safe), ("none", &examples.none)];
    for (sort, example) in all.iter().flat_map(|(sort, list)| list.iter().map(move |example| (*sort, example))) {
        let text = example_text(language, example);
        let found = sites(rules, language, &text);
        let here: Vec<bool> = found.iter().filter(|site| site.what == kind.what).map(|site| site.is_safe).collect();
        let holds = match sort {
            "open" => here.contains(&false),
            "safe" => !here.is_empty() && !here.contains(&false),
            _ => here.is_empty(),
        };
        if !holds {
            faults.push(format!("is not `{sort}` ({here:?}):\n{example}"));
        }
        if found.iter().any(|site| site.what.starts_with("place that does not")) {
            faults.push(format!("has a syntax error in its example:\n{example}"));
        }
    }
    faults
}

#[test]
fn every_kind_of_site_keeps_its_word() {
    let rules = SiteRules::default();
    let mut report = String::new();
    for language in Language::ALL {
        match kinds::KindSet::compile(language, true) {
            Ok(set) => drop(rules.sets[&language].set(set)),
            Err(error) => {
                let _ = writeln!(report, "{language}: {error}");
                continue;
            }
        }
        let (_, kinds) = kinds::read(language).unwrap();
        let whats: BTreeSet<&str> = kinds.iter().map(|kind| kind.what.as_str()).collect();
        assert_eq!(whats.len(), kinds.len(), "{language}: two kinds with the same words");
        assert!(kinds.len() >= 8, "{language} has kinds of sites");
        for kind in &kinds {
            for fault in faults(&rules, language, kind) {
                let _ = writeln!(report, "{language}, {}: {fault}\n", kind.what);
            }
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn what_no_rule_can_see_is_an_open_site() {
    let rules = SiteRules::default();
    let found = sites(&rules, Language::Python, "x = 1\n\ndef f(:\n    pass\n");
    assert!(found.iter().any(|site| site.line == 3 && !site.is_safe && site.what.contains("grammar")), "{found:?}");
    let deep = format!("x = 1\ny = {}1{}\nz = 3\n", "(".repeat(3000), ")".repeat(3000));
    let found = sites(&rules, Language::Python, &deep);
    let unseen = found.iter().find(|site| site.what.contains("not looked through")).expect("the nest is too deep");
    assert_eq!((unseen.line, unseen.last_line, unseen.is_safe), (2, 3, false));
}

#[test]
fn what_a_template_writes_is_an_open_site() {
    let rules = SiteRules::default();
    for text in ["<p><?= $x ?></p>\n", "<p>{!! $x !!}</p>\n"] {
        let found = sites(&rules, Language::Php, text);
        assert!(found.iter().any(|site| site.line == 1 && !site.is_safe), "{text}: {found:?}");
    }
    assert_eq!(sites(&rules, Language::Php, "<p>a</p><?php $x = 1; ?><b>c</b>\n"), []);
}

#[test]
fn a_branch_that_the_preprocessor_leaves_out_is_an_open_site() {
    let rules = SiteRules::default();
    let text = "int f(int a\n#ifdef X\n  , int b) { return g(b)\n#else\n  ) { return a\n#endif\n  ; }\n";
    let found = sites(&rules, Language::C, text);
    assert!(found.iter().any(|site| (2..=5).contains(&site.line) && !site.is_safe), "{found:?}");
}
