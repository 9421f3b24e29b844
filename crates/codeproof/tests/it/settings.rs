//! Settings of the user and of the scanned project.

use crate::harness::{Project, rule_ids};

const C_FILE: &str = "void f(char *b)\n{\n    gets(b);\n}\n";

#[test]
fn a_project_narrows_and_the_report_says_so() {
    let project = Project::new(&[
        ("a.c", C_FILE),
        ("old/b.c", C_FILE),
        ("codeproof.toml", "exclude = [\"old/**\"]\n[severity]\nc-gets = \"low\"\n"),
    ]);
    let report = project.scan_json(&[]);
    assert_eq!(rule_ids(&report), ["c-gets"]);
    assert_eq!(report["findings"][0]["severity"], "low");
    assert!(report["notes"].to_string().contains("old/**"), "{}", report["notes"]);
    let text = project.run(&["scan", ".", "--no-progress"]).stdout;
    assert!(text.contains("codeproof.toml"), "{text}");
    assert_eq!(rule_ids(&project.scan_json(&["--no-project-settings"])).len(), 2);
}

#[test]
fn wrong_settings_name_the_place_and_the_nearest_key() {
    for (text, words) in [
        ("exlude = []\n", ["codeproof.toml:1", "did you mean `exclude`?"]),
        ("\ndb = \"sqlite://x\"\n", ["codeproof.toml:2", "belongs into your own settings"]),
        ("exclude = 3\n", ["codeproof.toml:1", "invalid type"]),
        ("[severity]\nc-gets = \"hihg\"\n", ["codeproof.toml:2", "hihg"]),
        ("= =\n", ["codeproof.toml:1", ""]),
    ] {
        let project = Project::new(&[("codeproof.toml", text)]);
        project.run(&["scan", "."]).fails_with(2, &words);
    }
    let project = Project::new(&[("codeproof.toml", "rules_off = [\"c-get\"]\n")]);
    project.run(&["scan", "."]).fails_with(2, &["c-get", "c-gets"]);
    let project = Project::new(&[("codeproof.toml", "[severity]\nc-getz = \"low\"\n")]);
    project.run(&["scan", "."]).fails_with(2, &["c-getz", "codeproof rules"]);
}

#[test]
fn the_users_file_variables_and_flags_are_read_in_this_order() {
    let project = Project::new(&[("a.c", C_FILE)]);
    let config = project.beside("config.toml");
    std::fs::write(&config, "fail_on = \"critical\"\n").expect("a file");
    let config = config.display().to_string();
    assert_eq!(project.run(&["scan", ".", "--config", &config]).code, Some(1));
    let with_variable = |arguments: &[&str]| {
        project.command(arguments).env("CODEPROOF_FAIL_ON", "none").output().expect("it runs").status.code()
    };
    assert_eq!(with_variable(&["scan", ".", "--config", &config]), Some(0));
    assert_eq!(with_variable(&["scan", ".", "--config", &config, "--fail-on", "high"]), Some(1));
}

#[test]
fn wrong_user_settings_are_wrong_use() {
    let project = Project::new(&[("a.c", C_FILE)]);
    let config = project.beside("config.toml");
    std::fs::write(&config, "\nfail_onn = \"critical\"\n").expect("a file");
    let config = config.display().to_string();
    project.run(&["scan", ".", "--config", &config]).fails_with(2, &["config.toml:2", "did you mean `fail_on`?"]);
    project.run(&["scan", ".", "--config", "nowhere.toml"]).fails_with(2, &["nowhere.toml"]);
    let output = project.command(&["scan", "."]).env("CODEPROOF_FAIL_NO", "low").output().expect("it runs");
    crate::harness::Run::of(output).fails_with(2, &["CODEPROOF_FAIL_NO", "did you mean `fail_on`?"]);
    let output = project.command(&["scan", "."]).env("CODEPROOF_JOBS", "many").output().expect("it runs");
    crate::harness::Run::of(output).fails_with(2, &["CODEPROOF_JOBS"]);
}

#[test]
fn init_writes_a_file_that_is_accepted() {
    let project = Project::new(&[("a.c", C_FILE)]);
    assert_eq!(project.run(&["init"]).code, Some(0));
    project.run(&["init"]).fails_with(2, &["already there", "--force"]);
    let report = project.scan_json(&[]);
    assert_eq!(report["notes"].as_array().map(Vec::len), Some(0));
}
