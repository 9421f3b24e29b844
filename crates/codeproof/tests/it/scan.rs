//! The main job.

use serde_json::Value;

use crate::harness::{Project, rule_ids};

const C_FILE: &str = "#include <stdio.h>\n\nvoid greet(void)\n{\n\tchar name[16];\n\tgets(name);\n}\n";

#[test]
fn a_finding_is_shown_with_its_lines_and_a_caret() {
    let project = Project::new(&[("src/greet.c", C_FILE)]);
    let run = project.run(&["scan", ".", "--no-progress"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let frame = "    6 │     gets(name);\n      │     ^^^^^^^^^^\n";
    for part in ["src/greet.c", frame, "CWE-242", "critical"] {
        assert!(run.stdout.contains(part), "{part:?} is missing in:\n{}", run.stdout);
    }
    assert!(!run.stdout.contains('\u{1b}'), "no colour in a pipe");
    assert!(run.stderr.is_empty(), "{}", run.stderr);
}

#[test]
fn exit_codes_follow_fail_on() {
    let project = Project::new(&[("greet.c", C_FILE)]);
    for (fail_on, code) in [("none", 0), ("low", 1), ("critical", 1)] {
        assert_eq!(project.run(&["scan", ".", "--fail-on", fail_on]).code, Some(code), "{fail_on}");
    }
    let clean = Project::new(&[("a.py", "print('hello')\n")]);
    assert_eq!(clean.run(&["scan", ".", "--fail-on", "low"]).code, Some(0));
}

#[test]
fn a_suppressed_finding_stays_visible_and_does_not_fail() {
    let accepted = C_FILE.replace("gets(name);", "gets(name); /* codeproof: ignore[c-gets] kept for the museum */");
    let project = Project::new(&[("greet.c", &accepted)]);
    let report = project.scan_json(&["--fail-on", "low"]);
    let finding = &report["findings"][0];
    assert_eq!(finding["state"], "suppressed");
    assert_eq!(finding["suppression"]["reason"], "kept for the museum");
    assert_eq!(report["summary"]["suppressed"], 1);
    assert_eq!(project.run(&["scan", ".", "--fail-on", "low"]).code, Some(0));
    let sarif: Value =
        serde_json::from_str(&project.run(&["scan", ".", "--format", "sarif"]).stdout).expect("SARIF is JSON");
    assert_eq!(sarif["runs"][0]["results"][0]["suppressions"][0]["kind"], "inSource");
}

#[test]
fn same_findings_whatever_the_threads_and_the_cache() {
    let body: String =
        (0..40).map(|n| format!("void f{n}(char *p) {{ char b[8]; strcpy(b, p); gets(b); }}\n")).collect();
    let files: Vec<(String, String)> =
        (0..25).map(|n| (format!("d{}/f{n}.c", n % 3), format!("/* {n} */\n{body}"))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let project = Project::new(&files);
    let stable = |mut report: Value| {
        for finding in report["findings"].as_array_mut().expect("findings") {
            finding["id"] = Value::Null;
        }
        report["findings"].take()
    };
    let first = stable(project.scan_json(&["--jobs", "1", "--no-cache"]));
    assert_eq!(first.as_array().map(Vec::len), Some(25 * 80));
    assert_eq!(stable(project.scan_json(&["--jobs", "4"])), first);
    let cached = project.scan_json(&["--jobs", "3"]);
    assert_eq!(cached["summary"]["cache_hits"], 25);
    assert_eq!(stable(cached), first);
}

#[test]
fn a_changed_file_is_analysed_again() {
    let project = Project::new(&[("a.c", C_FILE), ("b.c", "int x;\n")]);
    project.scan_json(&[]);
    project.write("a.c", "int y;\n");
    let report = project.scan_json(&[]);
    assert_eq!(report["summary"]["cache_hits"], 1);
    assert!(rule_ids(&report).is_empty());
}

#[test]
fn a_fingerprint_survives_moved_lines() {
    let project = Project::new(&[("a.c", C_FILE)]);
    let before = project.scan_json(&[])["findings"][0].clone();
    project.write("a.c", format!("\n\n\n{C_FILE}"));
    let after = project.scan_json(&[])["findings"][0].clone();
    assert_eq!(before["fingerprint"], after["fingerprint"]);
    assert_ne!(before["location"]["first_line"], after["location"]["first_line"]);
}

#[test]
fn several_outputs_take_their_formats_from_their_extensions() {
    let project = Project::new(&[("greet.c", C_FILE)]);
    let (sarif, markdown) = (project.beside("r.sarif"), project.beside("r.md"));
    let run =
        project.run(&["scan", ".", "-o", sarif.to_str().expect("UTF-8"), "-o", markdown.to_str().expect("UTF-8")]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let text = std::fs::read_to_string(sarif).expect("a SARIF file");
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON")["version"], "2.1.0");
    assert!(std::fs::read_to_string(markdown).expect("a Markdown file").starts_with("# "));
}

#[test]
fn vendored_code_is_searched_for_secrets_only_unless_all() {
    let project = Project::new(&[("vendor/lib/greet.c", C_FILE)]);
    assert!(rule_ids(&project.scan_json(&[])).is_empty());
    assert_eq!(rule_ids(&project.scan_json(&["--all"])), ["c-gets"]);
}

#[test]
fn progress_is_plain_when_piped_and_silent_when_unwanted() {
    let project = Project::new(&[("greet.c", C_FILE)]);
    let piped = project.run(&["scan", "."]);
    for phase in ["walk:", "parse:", "detect:"] {
        assert!(piped.stderr.contains(phase), "{phase} is missing in {:?}", piped.stderr);
    }
    assert_eq!(project.run(&["scan", ".", "--no-progress"]).stderr, "");
}

#[test]
fn users_own_rules_work_unchanged() {
    let project = Project::new(&[("a.py", "launch_missiles(1)\n"), ("b.txt", "id = acme-12345678\n")]);
    let rules = project.beside("rules");
    std::fs::create_dir(&rules).expect("a folder");
    std::fs::write(
        rules.join("own.yml"),
        "id: no-missiles\nlanguage: python\nmessage: Do not launch $N missiles\nseverity: error\nrule:\n  pattern: launch_missiles($N)\n",
    )
    .expect("a rule");
    std::fs::write(
        rules.join("own.toml"),
        "[[rules]]\nid = \"acme-id\"\ndescription = \"Acme id\"\nregex = '''acme-[0-9]{8}'''\nkeywords = [\"acme\"]\n",
    )
    .expect("a rule");
    let report = project.scan_json(&["--rules", rules.to_str().expect("UTF-8")]);
    assert_eq!(rule_ids(&report), ["no-missiles", "acme-id"]);
}

#[test]
fn two_rules_for_one_weakness_at_one_place_are_one_finding() {
    let project = Project::new(&[
        ("a.php", "<?php\nsystem($_GET['x']);\nsystem('ls ' . $name); system('du ' . $name);\n"),
        ("b.py", "import hashlib\n\n\ndef f(password):\n    return hashlib.md5(password.encode()).hexdigest()\n"),
    ]);
    let report = project.scan_json(&[]);
    assert_eq!(
        rule_ids(&report),
        ["command-injection", "php-shell-command", "php-shell-command", "python-password-hash"]
    );
}
