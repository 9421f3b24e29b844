//! Profiles: what is wrong with them, and which files they are about.

use codeproof_judge::{Analyzer, Filter, Profile, Verifier};
use codeproof_types::{Language, RepoPath};

#[track_caller]
fn check(profile: &Profile, expected: &[&str]) {
    let problems: Vec<String> = profile.check(&["fast", "careful"]).iter().map(ToString::to_string).collect();
    assert_eq!(problems, expected);
}

fn mine() -> Profile {
    Profile { name: "mine".to_owned(), ..Profile::deep() }
}

#[test]
fn mistakes_are_named_with_what_to_try() {
    check(&mine(), &[]);
    let bad = Analyzer {
        file_filter: vec!["src/[".to_owned()],
        prompt_template: Some("{lang}".to_owned()),
        ..Analyzer::of("carefull")
    };
    let judge = Verifier { prompt_template: Some("{finding} {contxt}".to_owned()), ..Verifier::of("fast") };
    let profile = Profile {
        enabled: false,
        analyzers: vec![Analyzer::of("fast"), Analyzer { name: String::new(), ..Analyzer::of("fast") }, bad],
        verifiers: vec![judge],
        agentic_verifier_model: Some("gone".to_owned()),
        ..mine()
    };
    check(
        &profile,
        &[
            "profile \"mine\" is not enabled; set `enabled = true`, or choose another profile",
            "profile \"mine\": two analyzers are called \"fast\"; give each its own `name`",
            "profile \"mine\", analyzer \"carefull\": there is no model \"carefull\"; did you mean \"careful\"?",
            "profile \"mine\", analyzer \"carefull\": the file_filter \"src/[\" is not a glob (unclosed character class; \
             missing ']'); write it as \"*.c\" or \"src/**\"",
            "profile \"mine\", analyzer \"carefull\": prompt_template has the placeholder {lang}, which stands for nothing \
             here; did you mean \"language\"?; write {{ for a brace",
            "profile \"mine\", analyzer \"carefull\": prompt_template lacks the placeholder {code}: without it the model \
             does not see the code",
            "profile \"mine\", verifier \"fast\": prompt_template has the placeholder {contxt}, which stands for nothing \
             here; did you mean \"context\"?; write {{ for a brace",
            "profile \"mine\", verifier \"fast\": prompt_template lacks the placeholder {context}: without it the model does \
             not see the code around it",
            "profile \"mine\", agentic_verifier_model: there is no model \"gone\"; add [models.NAME] to your settings",
        ],
    );
}

#[test]
fn what_is_left_out_is_filled_in() {
    let late = Analyzer { run_order: 2, name: String::new(), ..Analyzer::of("fast") };
    let early = Analyzer { run_order: 1, ..Analyzer::of("careful") };
    let profile = Profile { analyzers: vec![late, early], verifiers: vec![Verifier::of("fast")], ..mine() }.completed();
    let names: Vec<&str> = profile.analyzers.iter().map(|analyzer| analyzer.name.as_str()).collect();
    assert_eq!(names, ["careful", "fast"]);
}

#[test]
fn built_in_profiles_are_without_mistakes() {
    assert!(Profile::offline().analyzers.is_empty() && Profile::offline().verifiers.is_empty());
    let demo = Profile::demo();
    let models: Vec<&str> = demo.analyzers.iter().map(|analyzer| analyzer.model.as_str()).collect();
    assert_eq!(models.len(), 3);
    for profile in [Profile::offline(), Profile::deep(), demo.clone()] {
        assert_eq!(profile.check(&models), []);
        let stored = serde_json::to_string(&profile).unwrap();
        assert_eq!(serde_json::from_str::<Profile>(&stored).unwrap(), profile);
    }
}

#[test]
fn filters_are_about_names_paths_and_languages() {
    let globs = ["*.c", "src/**/*.inc", "/tools/*.py"].map(str::to_owned);
    let filter = Filter::new(&globs, &[]).unwrap();
    let matches = |path: &str| filter.matches(&RepoPath::new(path).unwrap(), None);
    assert!(matches("a.c") && matches("deep/down/b.c") && matches("src/x/y.inc") && matches("src/y.inc"));
    assert!(matches("tools/a.py") && !matches("tools/deep/a.py") && !matches("a.cpp") && !matches("lib/y.inc"));

    let only_c = Filter::new(&[], &[Language::C]).unwrap();
    assert!(only_c.matches(&RepoPath::new("a.x").unwrap(), Some(Language::C)));
    assert!(!only_c.matches(&RepoPath::new("a.c").unwrap(), None));
    assert!(Filter::new(&[], &[]).unwrap().matches(&RepoPath::new("a").unwrap(), None));
}
