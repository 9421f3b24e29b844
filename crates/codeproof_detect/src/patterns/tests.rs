//! One test for every built-in rule, and the engine on hostile input.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use codeproof_types::{ContentHash, FileFacts, Language, LineIndex, ProblemKind, RepoPath, Tier};

use super::*;

/// What the rules say of `text`: `id line:column "matched text" message`, one per line, then the problems.
fn findings(rules: &PatternRules, language: Language, path: &str, text: &str) -> (Vec<Hit>, Vec<Problem>) {
    let (parsed, _) = codeproof_syntax::parse(text, language);
    let path = RepoPath::new(path).expect("the tests' paths are relative");
    let (lines, facts) = (LineIndex::new(text), FileFacts::default());
    let hash = ContentHash::of(text.as_bytes());
    let file = FileInput {
        path: &path,
        text,
        hash,
        lines: &lines,
        language: Some(language),
        parsed: parsed.as_ref(),
        facts: &facts,
        secrets_only: false,
    };
    let mut problems = Vec::new();
    let hits = rules.hits(&file, &mut problems);
    (hits, problems)
}

/// The built-in rules, each compiled for all its languages.
fn built_in() -> PatternRules {
    let checked = |language| match folders::checked_built_in_rules(language) {
        Ok(folder) => (language, OnceLock::from(folder)),
        Err(error) => panic!("{error}"),
    };
    let built_in = folders::built_in_languages().map(checked).collect();
    PatternRules::new(built_in, Vec::new(), &[]).expect("there are no rules of a user")
}

/// PHP examples may leave out the opening tag.
fn example_text(language: Language, example: &str) -> String {
    match language {
        Language::Php if !example.contains("<?") => format!("<?php\n{example}\n"),
        _ => format!("{example}\n"),
    }
}

/// Everything that is wrong with one rule, a line each.
fn faults(rules: &PatternRules, rule: &RuleInfo) -> Vec<String> {
    let mut faults = text_faults(rule);
    if rule.bad.len() < 2 || rule.good.len() < rule.bad.len() {
        faults.push("needs at least two `bad` examples and as many `good` ones".to_owned());
    }
    for &language in &rule.languages {
        let examples = rule.bad.iter().map(|bad| (true, bad)).chain(rule.good.iter().map(|good| (false, good)));
        for (is_bad, example) in examples {
            let text = example_text(language, example);
            let (hits, problems) = findings(rules, language, "example", &text);
            let fires = hits.iter().any(|hit| hit.rule_id == rule.id);
            let (parsed, _) = codeproof_syntax::parse(&text, language);
            let fault = match (is_bad, fires) {
                (true, false) => "does not fire on `bad`",
                (false, true) => "fires on `good`",
                _ if parsed.is_none_or(|file| file.tree().root_node().has_error()) => {
                    "has a syntax error in its example"
                }
                _ if !problems.is_empty() => "has a problem with its example",
                _ => continue,
            };
            faults.push(format!("{fault} ({language}):\n{example}"));
        }
    }
    faults
}

fn text_faults(rule: &RuleInfo) -> Vec<String> {
    let is_sentence = |text: &str| {
        let text = text.trim();
        text.len() >= 20 && text.contains(' ') && text.ends_with(['.', '`', ')'])
    };
    let mut faults = Vec::new();
    let mut expect = |holds: bool, fault: &str| {
        if !holds {
            faults.push(fault.to_owned());
        }
    };
    let title = rule.title.trim();
    expect((8..=70).contains(&title.len()) && !title.ends_with('.'), "`title` must be a few words without a full stop");
    expect(is_sentence(&rule.message) && !rule.message.trim().contains('\n'), "`message` must be one sentence");
    expect(is_sentence(&rule.why), "`why` must be sentences");
    expect(is_sentence(&rule.remediation), "`fix` must be sentences");
    expect(rule.limits.is_empty() || is_sentence(&rule.limits), "`limits` must be sentences");
    expect(!rule.safe_variants.is_empty(), "`safe_variants` must name what stays quiet");
    expect(rule.cwe.is_some(), "`cwe` is missing");
    expect(rule.title != rule.message, "`title` is missing");
    expect(!rule.definite || rule.tier == Tier::Vulnerability, "`definite` needs the tier vulnerability");
    faults
}

#[test]
fn every_built_in_rule_keeps_its_word() {
    let rules = built_in();
    let mut report = String::new();
    for rule in rules.built_in_rules() {
        for fault in faults(&rules, rule) {
            let _ = writeln!(report, "{}: {fault}\n", rule.id);
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn every_rule_file_is_built_in_under_its_own_name() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let mut stems = BTreeSet::new();
    for language in Language::ALL.map(Language::name) {
        let Ok(entries) = std::fs::read_dir(folder.join(language)) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            assert_eq!(path.extension().and_then(|e| e.to_str()), Some("yml"), "{} is no rule file", path.display());
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            assert!(stem.starts_with(&format!("{language}-")), "{stem}: a rule's id starts with its language");
            assert!(stems.insert(stem.clone()), "{stem}: two files of this name");
        }
    }
    let rules = PatternRules::load(&Config::default()).unwrap();
    let ids: Vec<String> = rules.built_in_rules().map(|rule| rule.id.clone()).collect();
    assert_eq!(rules.built_in_ids().collect::<Vec<_>>(), ids, "a rule's id is the stem of its file, one in each");
    assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), stems, "all files are read, and none is forgotten");
    for rule in rules.built_in_rules() {
        assert_eq!(rules.built_in_rule(&rule.id), Some(rule), "a rule is found by its id");
    }
}

#[test]
fn a_built_in_rule_is_for_languages_its_folder_serves() {
    let rules = PatternRules::load(&Config::default()).unwrap();
    for rule in rules.built_in_rules() {
        let folder: Language = rule.id.split_once('-').unwrap().0.parse().unwrap();
        let foreign = rule.languages.iter().find(|&&language| !serves(folder, language));
        assert_eq!(foreign, None, "{}: rules for this language are looked for in other folders", rule.id);
    }
}

#[test]
fn the_rule_table() {
    let rules = PatternRules::load(&Config::default()).unwrap();
    for language in Language::ALL {
        let mut table = String::new();
        let prefix = format!("{language}-");
        let own: BTreeMap<_, _> = rules.built_in_rules().map(|rule| (&rule.id, rule)).collect();
        for rule in own.into_values().filter(|rule| rule.id.starts_with(&prefix)) {
            let cwe = rule.cwe.map(|cwe| cwe.to_string()).unwrap_or_default();
            let _ = writeln!(table, "{} | {} | {} | {cwe} | {}", rule.id, rule.severity, rule.tier, rule.title);
        }
        if !table.is_empty() {
            insta::assert_snapshot!(format!("rule_table_{language}"), table);
        }
    }
}

/// Loads `yaml` as a user's rule file, without the built-in rules, whose loading takes longer than the tests.
fn user_rules(yaml: &str) -> Result<PatternRules, Error> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("nested")).unwrap();
    std::fs::write(folder.path().join("nested/mine.yml"), yaml).unwrap();
    std::fs::write(folder.path().join("nested/notes.txt"), "no rule").unwrap();
    PatternRules::new(BTreeMap::new(), vec![folders::user_rules(folder.path())], &[])
}

/// One line per hit: rule, matched text, message; then the problems.
fn shown(rules: &PatternRules, language: Language, path: &str, text: &str) -> String {
    let (hits, problems) = findings(rules, language, path, text);
    let mut shown = String::new();
    for hit in hits {
        let message = hit.message.as_deref().unwrap_or("-");
        let _ = writeln!(shown, "{} {:?} {message}", hit.rule_id, &text[hit.span.range()]);
    }
    problems.iter().for_each(|problem| shown.push_str(&format!("{problem:?}\n")));
    shown
}

const PLAIN_RULES: &str = r#"
id: no-print
language: Python
severity: error
message: Found $ARG in print.
note: Use logging.
url: https://example.com/no-print
files: ["./src/**"]
ignores: ["**/skip_*.py"]
rule:
  pattern: print($ARG)
metadata: {team: platform, 7: odd, cwe: ["CWE-532: Log"]}
---
id: two-equal
language: py
rule:
  any:
    - pattern: $A == $A
    - matches: greeting
utils:
  greeting: {kind: string, regex: hello}
---
id: off
language: python
severity: off
rule: {pattern: print($ARG)}
---
id: no-print
valid: [x]
invalid: [print(x)]
"#;

#[test]
fn plain_ast_grep_rules_work_unchanged() {
    let rules = user_rules(PLAIN_RULES).unwrap();
    let row = |rule: &RuleInfo| {
        format!("{} {} {} {:?} {:?} {:?}", rule.id, rule.severity, rule.tier, rule.cwe, rule.title, rule.remediation)
    };
    assert_eq!(
        rules.users_rules().map(row).collect::<Vec<_>>(),
        [
            "no-print high weakness Some(Cwe(532)) \"Found $ARG in print.\" \"Use logging.\\nSee https://example.com/no-print\"",
            "two-equal info weakness None \"two-equal\" \"\"",
        ]
    );
    // ast-grep's own comments do not hide anything.
    let code = "# ast-grep-ignore\nprint(1)\n\nx.y == x.y\nx == y\nz = 'hello'\n";
    assert_eq!(
        shown(&rules, Language::Python, "src/a.py", code),
        "no-print \"print(1)\" Found 1 in print.\ntwo-equal \"x.y == x.y\" -\ntwo-equal \"'hello'\" -\n"
    );
    assert!(!shown(&rules, Language::Python, "other/a.py", code).contains("no-print"));
    assert!(!shown(&rules, Language::Python, "src/skip_a.py", code).contains("no-print"));
}

#[test]
fn php_rules_run_on_files_with_html_around() {
    let yaml = "id: e\nlanguage: php\nmessage: $A is run\nrule: {pattern: eval($A)}\n---\n\
                id: f\nlanguage: php\nrule: {kind: variable_name, regex: ^\\$_GET$, inside: {kind: echo_statement, stopBy: end}}";
    let code = "<h1><?php if (1): ?><b><?= $x ?></b><?php endif; eval($x[1]); echo $_GET['a'];";
    let rules = user_rules(yaml).unwrap();
    assert_eq!(shown(&rules, Language::Php, "a.php", code), "e \"eval($x[1])\" $x[1] is run\nf \"$_GET\" -\n");
}

#[test]
fn carets_and_lists_of_languages() {
    let yaml = "id: c1\nlanguage: cpp\nmessage: takes $$$REST\nrule: {pattern: 'copy($DST, $$$REST)'}\n\
                metadata: {tier: weakness, title: t, languages: [c, cpp], caret: DST}";
    let rules = user_rules(yaml).unwrap();
    for language in [Language::C, Language::Cpp] {
        assert_eq!(shown(&rules, language, "a", "void f() { copy(a, b, 1); }"), "c1 \"a\" takes b,1\n");
    }
}

#[track_caller]
fn check_error(yaml: &str, line: usize, words: &[&str]) {
    let Err(Error::Rules(errors)) = user_rules(yaml) else { panic!("{yaml} must not load") };
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].file.ends_with("mine.yml"), "{errors:?}");
    assert_eq!(errors[0].line, Some(line), "{errors:?}");
    for word in words {
        assert!(errors[0].message.contains(word), "{word:?} is not in {:?}", errors[0].message);
    }
}

#[test]
fn the_utilities_of_an_ast_grep_project_are_known_to_its_rules() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(name), text).unwrap();
    };
    write("sgconfig.yml", "ruleDirs: [rules]\nutilDirs: [./utils]\n");
    write("utils/names.yml", "id: a-name\nlanguage: c\nrule: {kind: identifier, regex: ^wanted$}\n");
    write("rules/r.yml", "id: r\nlanguage: c\nrule: {kind: call_expression, has: {matches: a-name}}\n");
    let rules = PatternRules::new(BTreeMap::new(), vec![folders::user_rules(folder.path())], &[]).unwrap();
    assert_eq!(rules.users_rules().count(), 1);
    assert_eq!(shown(&rules, Language::C, "a.c", "int x = wanted(), y = other();"), "r \"wanted()\" -\n");
}

#[test]
fn the_identity_follows_the_text_of_the_rules() {
    let identity = |pattern: &str| {
        let rules = user_rules(&format!("id: a\nlanguage: c\nrule: {{pattern: '{pattern}'}}")).unwrap();
        rules.identity().to_owned()
    };
    assert_eq!(identity("f($A, 1)"), identity("f($A, 1)"));
    assert_ne!(identity("f($A, 1)"), identity("f($A, 2)"));
}

#[test]
fn wrong_rules_are_named_with_their_line() {
    let good = "id: a\nlanguage: c\nrule: {pattern: 'a()'}\n---\n";
    check_error(
        &format!("{good}id: b\nlanguage: kotlin\nrule: {{pattern: a}}"),
        6,
        &["kotlin", "not built", "c, cpp, csharp, go"],
    );
    check_error(&format!("{good}id: b\nlanguage: cobol\nrule: {{pattern: a}}"), 6, &["cobol", "c, cpp, csharp, go"]);
    check_error("id: b\nrule: {pattern: a}", 1, &["language: python"]);
    check_error("language: c\nrule: {pattern: a}", 1, &["has no `id`"]);
    check_error("id: b\nlanguage: c\nrule:\n  any:\n  - kind: nonsense", 5, &["nonsense", "tree-sitter grammar"]);
    check_error("id: b\nlanguage: c\nrule:\n  kind: identifier\n  regex: (?=a)", 5, &["look-around"]);
    check_error("id: b\nlanguage: c\nrule:\n  regex: abc", 3, &["add a `kind`"]);
    check_error("id: b\nlanguage: python\nrule:\n  pattern: |\n    a = 1\n    b = 2", 5, &["context"]);
    check_error("id: b\nlanguage: c\nrule: {pattern: a}\nnonsense: 1", 4, &["nonsense"]);
    check_error("id: b\nlanguage: c\nrule:\n  patern: a", 4, &["patern"]);
    check_error("id: b\n  language: c", 2, &[]);
    check_error("id: b\nlanguage: c\nrule: {pattern: 'a($X)'}\nconstraints: {Y: {regex: a}}", 4, &["`Y`"]);
    check_error("id: b\nlanguage: c\nrule: {pattern: a}\nfiles: ['a[']", 4, &["a["]);
    check_error("id: b\nlanguage: c\nrule: {pattern: a}\nmetadata: {tier: sure}", 4, &["sure"]);
    check_error("id: b\nlanguage: c\nrule: {pattern: a}\nmetadata: {tier: weakness, caret: X}", 4, &["caret"]);
}

#[test]
fn a_rule_folder_that_is_not_there_is_an_error() {
    let config = Config { rule_folders: vec!["no/such/folder".into()], ..Config::default() };
    let error = PatternRules::load(&config).err().expect("there is no such folder");
    assert!(error.to_string().contains("no/such/folder"), "{error}");
}

#[test]
fn rules_that_are_off_stay_in_the_table_and_say_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yml"), "id: a\nlanguage: c\nrule: {pattern: a()}").unwrap();
    let config =
        Config { rule_folders: vec![folder.path().to_owned()], rules_off: vec!["a".to_owned()], ..Config::default() };
    let rules = PatternRules::load(&config).unwrap();
    assert!(rules.users_rules().any(|rule| rule.id == "a"));
    assert!(findings(&rules, Language::C, "a.c", "int x = a();").0.is_empty());
}

/// Rules whose matchers climb, search and recurse as much as ast-grep lets them.
const GREEDY_RULES: &str = r#"
id: climbs
language: LANGUAGE
rule: {kind: identifier, inside: {kind: comment, stopBy: end}}
---
id: searches
language: LANGUAGE
rule: {any: [{kind: binary_expression}, {kind: parenthesized_expression}], has: {kind: comment, stopBy: end}}
---
id: recurses
language: LANGUAGE
rule: {any: [{kind: binary_expression}, {kind: parenthesized_expression}], has: {kind: comment, stopBy: {kind: string_literal}}}
---
id: compares
language: LANGUAGE
rule: {pattern: $A + $A}
"#;

#[test]
fn deep_and_hostile_files_end_in_bounded_work() {
    let rules = user_rules(&GREEDY_RULES.replace("LANGUAGE", "c")).unwrap();
    let deep = 200_000;
    let wide: String = (0..3000).map(|i| format!("({}", i)).collect::<String>() + " + f(a, b) * 2" + &")".repeat(3000);
    for code in [
        format!("int x = {}1{};", "(".repeat(deep), ")".repeat(deep)),
        format!("int x = a{};", " + a".repeat(deep)),
        format!("int x = {};", "a[".repeat(deep)),
        format!("int f() {{ {} }}", "{".repeat(deep)),
        format!("int x = ({wide}) + ({wide});"),
        format!("int x[] = {{ {} }};", "(a + b), ".repeat(100_000)),
    ] {
        let (_, first) = findings(&rules, Language::C, "deep.c", &code);
        let (_, second) = findings(&rules, Language::C, "deep.c", &code);
        assert!(first.iter().all(|problem| problem.kind == ProblemKind::Limit), "{first:?}");
        assert_eq!(first, second);
    }
}

/// Deep nests around what the built-in rules look for: their utilities call themselves from level to level.
#[test]
fn built_in_rules_survive_deep_nests() {
    let rules = built_in();
    let nests = [
        (Language::C, "void f(char *a) { printf(", "(", "a", ")", "); }"),
        (Language::C, "void f(char *a) { system(", "a ? a : (", "a", ")", "); }"),
        (Language::Cpp, "void f(char *a) { alloca(", "1 + (", "a", ")", "); }"),
        (Language::Python, "import os\nos.system(", "(", "a", ")", ")\n"),
        (Language::Python, "import os\nos.system(", "'a' + f(", "a", ")", ")\n"),
        (Language::Python, "import subprocess\nsubprocess.run(", "[", "a", "]", ", shell=True)\n"),
        (Language::Php, "<?php system(", "(", "$a", ")", ");"),
        (Language::Php, "<?php eval(", "'a' . trim(", "$_GET['a']", ")", ");"),
        (Language::Php, "<?php ", "if ($a) { echo $_GET['a']; ", "exec($a);", "}", ""),
    ];
    for (language, before, open, core, close, after) in nests {
        for depth in [90, 400, 20_000] {
            let code = format!("{before}{}{core}{}{after}", open.repeat(depth), close.repeat(depth));
            let (_, problems) = findings(&rules, language, "deep", &code);
            assert!(problems.iter().all(|problem| problem.kind == ProblemKind::Limit), "{problems:?}");
        }
    }
}

#[test]
fn work_beyond_the_budget_is_reported() {
    let yaml = "id: quadratic\nlanguage: c\nrule: {kind: number_literal, follows: {kind: comment, stopBy: end}}";
    let code = format!("int x[] = {{ {} }};", "1, ".repeat(20_000));
    let shown = shown(&user_rules(yaml).unwrap(), Language::C, "a.c", &code);
    assert!(shown.contains("budget of steps") && shown.contains("Limit"), "{shown}");
}
