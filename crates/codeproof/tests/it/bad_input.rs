//! Wrong use: one clear sentence with the place and what to try, and the right exit code.

use std::process::Stdio;

use crate::harness::{Project, Run};

#[test]
fn a_path_that_is_not_there() {
    Project::new(&[]).run(&["scan", "nowhere"]).fails_with(2, &["no file or folder nowhere", "give the path"]);
}

#[test]
fn an_empty_folder_and_a_folder_without_code_are_fine() {
    let empty = Project::new(&[]).run(&["scan", ".", "--no-progress"]);
    assert_eq!(empty.code, Some(0), "{empty:?}");
    assert!(empty.stdout.contains("no text file to scan"), "{}", empty.stdout);
    let prose = Project::new(&[("README.md", "# hello\n")]).run(&["scan", ".", "--no-progress"]);
    assert_eq!(prose.code, Some(0), "{prose:?}");
}

#[test]
fn a_single_file_is_scanned() {
    let project = Project::new(&[("a.c", "void f(char *b) { gets(b); }\n"), ("b.c", "void f(char *b) { gets(b); }\n")]);
    let run = project.run(&["scan", "a.c", "--no-progress"]);
    assert!(run.stdout.contains("a.c") && !run.stdout.contains("b.c"), "{}", run.stdout);
}

#[test]
fn wrong_rules_name_file_line_and_fault() {
    for (name, text, words) in [
        ("bad.yml", "id: x\nlanguage: cobol\nrule:\n  pattern: x\n", vec!["bad.yml", "cobol"]),
        ("bad.yml", "id: x\nlanguage: python\nrule:\n  patern: x\n", vec!["bad.yml", "patern"]),
        ("bad.yml", "id: x\nlanguage: python\nrule:\n  regex: '('\n", vec!["bad.yml"]),
        ("bad.yml", "{{{", vec!["bad.yml"]),
        ("bad.toml", "[[rules]]\nid = 'x'\nregex = '('\n", vec!["bad.toml", "regex"]),
        ("bad.toml", "[[rules]\n", vec!["bad.toml:1"]),
    ] {
        let project = Project::new(&[("a.py", "x = 1\n")]);
        std::fs::create_dir(project.beside("rules")).expect("a folder");
        std::fs::write(project.beside("rules").join(name), text).expect("a rule");
        let rules = project.beside("rules").display().to_string();
        project.run(&["scan", ".", "--rules", &rules]).fails_with(2, &words);
    }
    Project::new(&[]).run(&["scan", ".", "--rules", "nowhere"]).fails_with(2, &["nowhere"]);
}

#[test]
fn unknown_rules_and_findings_say_what_to_try() {
    let project = Project::new(&[("a.c", "int x;\n")]);
    project.run(&["rules", "c-getz"]).fails_with(2, &["c-getz", "did you mean `c-gets`?"]);
    project.run(&["scans"]).fails_with(2, &["holds no scans yet", "codeproof scan"]);
    project.scan_json(&[]);
    project.run(&["show", "99"]).fails_with(2, &["no finding 99"]);
    project.run(&["scans", "99"]).fails_with(2, &["no scan 99"]);
}

#[test]
fn outputs_without_a_format_are_refused_before_the_scan() {
    let project = Project::new(&[("a.c", "int x;\n")]);
    project.run(&["scan", ".", "-o", "a.sarif", "-o", "b.pdf"]).fails_with(2, &["b.pdf", ".sarif"]);
    assert!(!project.database().exists(), "nothing was scanned");
    project.run(&["scan", ".", "-o", "no/such/folder/a.json"]).fails_with(3, &["no/such/folder/a.json"]);
}

#[test]
fn a_reader_that_goes_away_is_not_an_error() {
    let many: String = (0..3000).map(|n| format!("void f{n}(char *b) {{ gets(b); }}\n")).collect();
    let project = Project::new(&[("a.c", &many)]);
    let mut child = project
        .command(&["scan", ".", "--no-progress", "--fail-on", "low"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let run = Run::of(child.wait_with_output().expect("it ends"));
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    let again = project.run(&["scans", "1"]);
    assert!(again.stdout.contains("f2999"), "the scan was stored whole");
}
