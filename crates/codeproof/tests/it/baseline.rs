//! `codeproof scan --baseline` and `codeproof diff`: what is new, what was fixed, and files that are no reports.

use serde_json::Value;

use crate::harness::Project;

const GETS: &str = "void f(char *b)\n{\n    gets(b);\n}\n";
const EVAL: &str = "def f(x):\n    return eval(x)\n";

/// Scans the project into a report beside it and gives its path.
fn report(project: &Project, name: &str) -> String {
    let path = project.beside(name).display().to_string();
    let run = project.run(&["scan", ".", "--no-progress", "-o", &path]);
    assert_eq!(run.code, Some(0), "{run:?}");
    path
}

/// `path state` of each finding.
fn states(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("findings").iter();
    let word = |value: &Value| value.as_str().expect("a word").to_owned();
    findings.map(|it| format!("{} {}", word(&it["location"]["path"]), word(&it["baseline_state"]))).collect()
}

#[test]
fn only_new_findings_are_shown_and_count() {
    let project = Project::new(&[("a.c", GETS), ("b.py", EVAL)]);
    for name in ["old.json", "old.sarif"] {
        project.write("a.c", GETS);
        project.write("b.py", EVAL);
        let old = report(&project, name);
        // Moved, gone, and new.
        project.write("a.c", format!("/* moved */\n\n{GETS}"));
        project.write("b.py", "x = 1\n");
        let run = project.run(&["scan", ".", "--no-progress", "--baseline", &old, "--fail-on", "low"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(!run.stdout.contains("gets(b)"), "what is known is not shown again:\n{}", run.stdout);
        assert!(run.stdout.contains("1 finding fixed\n  b.py:2"), "{}", run.stdout);
        assert!(run.stdout.contains("No new findings, 1 unchanged, 1 fixed"), "{}", run.stdout);
        project.write("c.c", GETS);
        let arguments = ["--baseline", old.as_str()];
        let json = project.scan_json(&arguments);
        assert_eq!(states(&json), ["a.c unchanged", "b.py absent", "c.c new"]);
        assert_eq!(json["comparison"]["baseline"], old.as_str());
        let run = project.run(&["scan", ".", "--no-progress", "--baseline", &old, "--fail-on", "critical"]);
        assert_eq!(run.code, Some(1), "the new one counts: {run:?}");
        std::fs::remove_file(project.root().join("c.c")).expect("a file");
    }
}

#[test]
fn what_was_left_out_is_not_called_fixed() {
    let project = Project::new(&[("a.c", GETS), ("b.py", EVAL), ("gone.py", EVAL)]);
    let old = report(&project, "old.json");
    std::fs::remove_file(project.root().join("gone.py")).expect("a file");
    let json = project.scan_json(&["--baseline", &old, "--exclude", "*.c"]);
    assert_eq!(states(&json), ["b.py unchanged", "gone.py absent"]);
    assert_eq!(json["comparison"]["not_looked_for"], 1);
    assert!(json["notes"][0].as_str().expect("a note").contains("1 finding of the baseline was not looked for again"));
    let json = project.scan_json(&["--baseline", &old, "--min-severity", "critical"]);
    assert_eq!(states(&json), ["a.c unchanged"], "{json}");
    assert_eq!(json["comparison"]["not_looked_for"], 2);
    project.write("codeproof.toml", "rules_off = [\"c-gets\"]\n");
    let json = project.scan_json(&["--baseline", &old]);
    assert_eq!(states(&json), ["b.py unchanged", "gone.py absent"]);
}

#[test]
fn a_wrong_baseline_names_what_is_wrong_with_it() {
    let project = Project::new(&[("a.c", GETS)]);
    let other =
        r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "OtherScan", "version": "9"}}, "results": []}]}"#;
    let cases = [
        ("missing.json", None, "there is no report"),
        ("report.txt", Some("No findings.\n"), "it is no JSON"),
        ("empty.json", Some(""), "it is empty"),
        ("package.json", Some("{\"name\": \"x\"}"), "it is JSON, but no report of codeproof"),
        (
            "other.sarif",
            Some(other),
            "it was written by OtherScan 9; findings are compared by codeproof's own fingerprints",
        ),
    ];
    for (name, text, words) in cases {
        let path = project.beside(name);
        if let Some(text) = text {
            std::fs::write(&path, text).expect("a file");
        }
        let path = path.display().to_string();
        project.run(&["scan", ".", "--no-progress", "--baseline", &path]).fails_with(2, &[words]);
        project.run(&["diff", &path, &path]).fails_with(2, &[words]);
    }
    project.run(&["scan", ".", "--baseline", "."]).fails_with(2, &["it is a folder"]);
}

#[test]
fn two_scans_and_two_files_are_compared_alike() {
    let project = Project::new(&[("a.c", GETS), ("b.py", EVAL)]);
    let old = report(&project, "old.sarif");
    project.write("b.py", "x = 1\n");
    project.write("c.c", GETS);
    let new = report(&project, "new.json");
    for pair in [["1", "2"], [old.as_str(), new.as_str()], ["1", new.as_str()]] {
        let run = project.run(&[&["diff"], pair.as_slice(), &["--format", "json"]].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        let json: Value = serde_json::from_str(&run.stdout).expect("JSON");
        assert_eq!(states(&json), ["a.c unchanged", "b.py absent", "c.c new"], "{pair:?}");
    }
    let run = project.run(&["diff", "1", "2"]);
    assert!(run.stdout.contains("gets(b);") && run.stdout.contains("1 finding fixed"), "{}", run.stdout);
    assert!(run.stdout.contains("baseline   scan 1, scanned "), "{}", run.stdout);
    assert_eq!(project.run(&["diff", "1", "2", "--fail-on", "high"]).code, Some(1));
    assert_eq!(project.run(&["diff", "2", "2", "--fail-on", "low"]).code, Some(0));
    project.run(&["diff", "1", "77"]).fails_with(2, &["there is no scan 77"]);
    let page = project.beside("diff.html").display().to_string();
    assert_eq!(project.run(&["diff", &old, &new, "-o", &page]).code, Some(0));
    assert!(std::fs::read_to_string(page).expect("a page").contains("It is no longer there."));
}
