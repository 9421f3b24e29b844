//! `codeproof chunks`.

use serde_json::Value;

use crate::harness::Project;

#[track_caller]
fn chunks(project: &Project, arguments: &[&str]) -> Vec<Value> {
    let run = project.run(&[&["chunks", ".", "--no-progress"], arguments].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    run.stdout.lines().map(|line| serde_json::from_str(line).expect("a line is an object")).collect()
}

/// The verdict on a file that is one chunk.
#[track_caller]
fn verdict(path: &str, text: &str) -> (bool, String) {
    let found = chunks(&Project::new(&[(path, text)]), &[]);
    let [chunk] = found.as_slice() else { panic!("one chunk: {found:?}") };
    (chunk["needs_model"].as_bool().expect("a truth value"), chunk["reason"].as_str().expect("words").to_owned())
}

#[test]
fn a_line_has_the_keys_that_are_promised() {
    let found = chunks(&Project::new(&[("a.py", "import os\n\ndef one(a):\n    return a + 1\n")]), &[]);
    let keys: Vec<&String> = found[0].as_object().expect("an object").keys().collect();
    let promised = [
        "path",
        "first_line",
        "last_line",
        "symbol",
        "preamble_lines",
        "tokens",
        "content_hash",
        "needs_model",
        "reason",
    ];
    let mut sorted = promised;
    sorted.sort_unstable();
    let mut found_keys: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
    found_keys.sort_unstable();
    assert_eq!(found_keys, sorted);
}

#[test]
fn every_line_is_in_exactly_one_chunk_within_the_limit() {
    let function = |n: u32| format!("def f{n}(a):\n    b = a + {n}\n    return b * a\n\n\n");
    let text: String = (0..200).map(function).collect();
    let project = Project::new(&[("a.py", text.as_str()), ("b.sh", "echo a\n".repeat(400).as_str())]);
    let found = chunks(&project, &["--tokens", "100"]);
    for (path, lines) in [("a.py", 1000), ("b.sh", 400)] {
        let mut next = 1;
        for chunk in found.iter().filter(|chunk| chunk["path"] == path) {
            assert_eq!(chunk["first_line"], next, "{chunk}");
            assert!(chunk["tokens"].as_u64().expect("a number") <= 100, "{chunk}");
            next = chunk["last_line"].as_u64().expect("a number") + 1;
        }
        assert_eq!(next, lines + 1, "{path}");
    }
}

#[test]
fn a_definite_finding_needs_no_model() {
    let text = "#include <stdio.h>\nint reader(void)\n{\n    char line[80];\n    gets(line);\n    return 0;\n}\n";
    assert_eq!(verdict("a.c", text), (false, "definite: c-gets".to_owned()));
    // What else stands in the chunk is not judged by it.
    let beside = text.replace("return 0;", "return system(line);");
    let (needs_model, reason) = verdict("a.c", &beside);
    assert!(needs_model, "{reason}");
}

#[test]
fn a_site_with_a_safe_form_needs_no_model() {
    let text = "def total(cursor, name):\n    cursor.execute('select a from t where b = %s', [name])\n";
    assert_eq!(verdict("a.py", text), (false, "its risky site has a safe form".to_owned()));
    assert_eq!(verdict("a.py", "def one(a):\n    return a + 1\n"), (false, "no risky site".to_owned()));
}

#[test]
fn an_open_site_needs_a_model() {
    let text = "def total(cursor, statement):\n    cursor.execute(statement)\n";
    assert_eq!(verdict("a.py", text), (true, "risky site: SQL statement in line 2".to_owned()));
}

#[test]
fn what_nobody_looked_at_needs_a_model() {
    let (needs_model, reason) = verdict("a.py", "x = 1\n\ndef one(:\n    pass\n");
    assert!(needs_model && reason.contains("does not follow the grammar"), "{reason}");
    assert_eq!(verdict("a.kt", "fun main() {}\n"), (true, "no rules for this language".to_owned()));
    let deep = format!("x = {}1{}\n\n\ny = 2\n", "(".repeat(3000), ")".repeat(3000));
    let found = chunks(&Project::new(&[("a.py", deep.as_str())]), &["--tokens", "50"]);
    assert!(found.iter().all(|chunk| chunk["needs_model"] == true), "{found:?}");
}

#[test]
fn a_finding_that_asks_for_judgement_needs_a_model() {
    let (needs_model, reason) = verdict("a.py", "def one(a):\n    eval(a)\n");
    assert!(needs_model && reason.contains("python-eval"), "{reason}");
}

#[test]
fn the_summary_counts_both_sides() {
    let project = Project::new(&[
        ("a.py", "def one(a):\n    return a + 1\n"),
        ("b.py", "def two(statement):\n    cursor.execute(statement)\n"),
        ("vendor/c.py", "def two(statement):\n    cursor.execute(statement)\n"),
        ("notes.txt", "nothing\n"),
    ]);
    let run = project.run(&["chunks", ".", "--summary", "--no-progress"]);
    let words: Vec<&str> = run.stdout.lines().collect();
    assert!(words[1].trim_start().starts_with("2 100.0 %"), "{run:?}");
    assert!(run.stdout.contains("need no model") && run.stdout.contains("risky site: SQL statement"), "{run:?}");
    assert!(!run.stdout.contains("in line"), "{run:?}");
}

#[test]
fn a_folder_that_is_not_there_is_said() {
    Project::new(&[]).run(&["chunks", "nowhere"]).fails_with(2, &["nowhere"]);
}
