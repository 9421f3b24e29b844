//! The database as the program uses it.

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use crate::harness::{Project, Run};

const C_FILE: &str = "void f(char *b)\n{\n    gets(b);\n}\n";

#[test]
fn scans_and_findings_can_be_shown_again() {
    let project = Project::new(&[("a.c", C_FILE)]);
    let report = project.scan_json(&[]);
    let (scan, finding) = (report["scan"]["id"].to_string(), report["findings"][0]["id"].to_string());
    assert!(project.run(&["scans"]).stdout.contains("completed"));
    let shown = project.run(&["show", &finding]);
    assert!(shown.stdout.contains("gets(b);") && shown.stdout.contains("c-gets"), "{}", shown.stdout);
    let again: serde_json::Value =
        serde_json::from_str(&project.run(&["scans", &scan, "--format", "json"]).stdout).expect("JSON");
    assert_eq!(again["findings"], report["findings"]);
    assert_eq!(again["summary"], report["summary"]);
}

#[test]
fn the_data_folder_is_private() {
    let project = Project::new(&[("a.c", C_FILE)]);
    project.scan_json(&[]);
    let mode = |path: &std::path::Path| path.metadata().expect("it is there").permissions().mode() & 0o777;
    let database = project.database();
    assert_eq!(mode(&database), 0o600);
    assert_eq!(mode(database.parent().expect("a folder")), 0o700);
}

#[test]
fn wrong_databases_are_refused_and_left_alone() {
    let project = Project::new(&[("a.c", C_FILE)]);
    let other = project.beside("notes.txt");
    std::fs::write(
        &other,
        "my notes, not a database, long enough to have had a header of one hundred bytes in it\n".repeat(3),
    )
    .expect("a file");
    let before = std::fs::read(&other).expect("a file");
    let url = format!("sqlite://{}", other.display());
    project.run(&["scan", ".", "--db", &url]).fails_with(2, &["notes.txt", "not a"]);
    assert_eq!(std::fs::read(&other).expect("a file"), before);
    project.run(&["scan", ".", "--db", "mysql://x"]).fails_with(2, &["sqlite://"]);
}

#[test]
fn a_scan_can_be_left_unstored() {
    let project = Project::new(&[("a.c", C_FILE)]);
    let report = project.scan_json(&["--no-store", "--no-cache"]);
    assert!(report["scan"]["id"].is_null() && report["findings"][0]["id"].is_null());
    assert!(!project.database().exists());
}

#[test]
fn an_interrupted_scan_keeps_what_it_found() {
    let many: String = (0..200).map(|n| format!("void f{n}(char *b) {{ gets(b); }}\n")).collect();
    let files: Vec<(String, String)> = (0..400).map(|n| (format!("f{n}.c"), format!("/* {n} */\n{many}"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let project = Project::new(&files);
    let mut child = project
        .command(&["scan", ".", "--jobs", "1", "--format", "json", "-o", "/dev/null"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // The first line of progress says that the walk is over and files are being analysed.
    let mut stderr = std::io::BufReader::new(child.stderr.take().expect("a pipe"));
    let mut line = String::new();
    std::io::BufRead::read_line(&mut stderr, &mut line).expect("a line");
    assert!(line.starts_with("walk:"), "{line}");
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(killed.success());
    std::io::copy(&mut stderr, &mut std::io::sink()).expect("the rest");
    let code = child.wait().expect("it ends").code();
    assert_eq!(code, Some(130));
    let list = Run::of(project.command(&["scans"]).output().expect("it runs"));
    assert!(list.stdout.contains("interrupted"), "{}", list.stdout);
}
