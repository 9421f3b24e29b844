//! What leaves the program: masked, checked, complete.

use crate::harness::{Project, files_below, github_token, rule_ids};

#[test]
fn no_secret_reaches_the_database_or_a_report() {
    let token = github_token(7);
    let project = Project::new(&[
        ("settings.py", &format!("import os\nTOKEN = \"{token}\"\nDEBUG = True\n")),
        ("x.c", &format!("void f(char *p) {{ /* {token} */ char b[4]; strcpy(b, p); }}\n")),
        (".env", &format!("DB_PASSWORD={}\n", &token[8..28])),
    ]);
    let outputs: Vec<String> = ["r.txt", "r.json", "r.sarif", "r.md", "r.html"]
        .iter()
        .map(|name| project.beside("home").join(name).display().to_string())
        .collect();
    std::fs::create_dir_all(project.beside("home")).expect("a folder");
    let arguments: Vec<&str> = outputs.iter().flat_map(|path| ["-o", path.as_str()]).collect();
    let run = project.run(&[&["scan", "."], arguments.as_slice()].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    let report = project.scan_json(&[]);
    let rules = rule_ids(&report);
    assert!(rules.iter().filter(|rule| rule.contains("github")).count() == 2, "{rules:?}");

    // Reports, database, write-ahead log and cache are all below the home folder.
    let files = files_below(&project.beside("home"));
    assert!(files.iter().any(|(path, _)| path.ends_with("codeproof.db")) && files.len() >= 7, "{files:?}");
    let body = &token.as_bytes()[4..];
    for (path, bytes) in files {
        for part in body.windows(6) {
            let found = bytes.windows(part.len()).any(|window| window == part);
            assert!(!found, "{} holds {:?} of the secret", path.display(), String::from_utf8_lossy(part));
        }
    }
}

#[test]
fn a_changed_file_shows_the_stored_quote_and_says_so() {
    let project = Project::new(&[("greet.c", "void f(char *b)\n{\n    gets(b);\n}\n")]);
    let id = project.scan_json(&[])["scan"]["id"].to_string();
    project.write("greet.c", "int nothing;\n");
    let run = project.run(&["scans", &id]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("gets(b);") && run.stdout.contains("changed since"), "{}", run.stdout);
    assert!(!run.stdout.contains("nothing"), "{}", run.stdout);
}

#[test]
fn what_was_not_read_is_in_every_format() {
    let project = Project::new(&[("a.py", "x = 1\n")]);
    project.write("picture.png", [0x89, b'P', 0, 0, 1]);
    project.write("dump.sql", vec![b'x'; 3 * 1024 * 1024]);
    for format in ["text", "json", "sarif", "markdown", "html"] {
        let run = project.run(&["scan", ".", "--no-progress", "--format", format]);
        assert_eq!(run.code, Some(0), "limits do not fail a scan: {run:?}");
        assert!(run.stdout.contains("dump.sql"), "{format} does not name the file over the limit:\n{}", run.stdout);
    }
    assert_eq!(project.scan_json(&[])["summary"]["files_not_read"], 2);
}

#[test]
fn control_characters_of_scanned_code_are_not_printed() {
    let project =
        Project::new(&[("a\u{202e}b.c", "void f(char *b) { gets(b); } // \u{1b}[31mred\u{1b}[0m \u{202e}\n")]);
    for format in ["text", "json", "sarif", "markdown", "html"] {
        let run = project.run(&["scan", ".", "--no-progress", "--format", format]);
        assert!(!run.stdout.contains('\u{1b}') && !run.stdout.contains('\u{202e}'), "{format}:\n{}", run.stdout);
    }
}

#[test]
fn a_link_out_of_the_tree_is_not_followed() {
    let project = Project::new(&[("a.py", "x = 1\n")]);
    std::fs::create_dir(project.beside("outside")).expect("a folder");
    std::fs::write(project.beside("outside/b.py"), "eval(input())\n").expect("a file");
    std::os::unix::fs::symlink(project.beside("outside"), project.root().join("link")).expect("a link");
    std::os::unix::fs::symlink(project.beside("outside/b.py"), project.root().join("b.py")).expect("a link");
    std::os::unix::fs::symlink(project.root(), project.root().join("loop")).expect("a link");
    let report = project.scan_json(&[]);
    assert_eq!(report["summary"]["files"], 1);
    assert!(rule_ids(&report).is_empty());
}
