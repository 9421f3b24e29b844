//! Suppressions at the crate's door: text in, findings with their state out.

use std::sync::LazyLock;

use codeproof_types::State;

use crate::input::with_file;
use crate::{Config, Detector};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(Config::default()).unwrap());

/// One line per finding: line, rule, state, and what suppressed it.
#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) {
    let (findings, _) = with_file(path, text, false, |file| DETECTOR.detect(file));
    let shown: Vec<String> = findings
        .iter()
        .map(|finding| {
            let place = format!("{} {}", finding.location.first_line, finding.rule_id);
            match &finding.suppression {
                Some(why) => format!("{place}: {} ({}) in line {}", why.marker, why.reason, why.line),
                None => {
                    assert_eq!(finding.state, State::Open);
                    place
                }
            }
        })
        .collect();
    assert_eq!(shown, expected, "{text}");
}

/// A GitHub token, made here so that none stands in this file.
fn token() -> String {
    let body = "k3JvQ0wZ1x".repeat(3).replace("0wZ1xk3", "a8Rt5Yb");
    format!("gh{}{body}{}", "p_", crate::secrets::github_checksum(&body))
}

#[test]
fn ours_counts_on_the_line_and_alone_on_the_line_above() {
    check(
        "a.py",
        "def f(code):\n    return eval(code)  # codeproof: ignore[python-eval] input of the owner\n",
        &["2 python-eval: codeproof: ignore (input of the owner) in line 2"],
    );
    check(
        "a.py",
        "def f(code):\n    # codeproof:ignore[python-exec, python-eval]: input of the owner\n    return eval(code)\n",
        &["3 python-eval: codeproof: ignore (input of the owner) in line 2"],
    );
    // Behind code it speaks of that code.
    check(
        "a.py",
        "def f(code):\n    x = 1  # codeproof: ignore[python-eval] reason\n    return eval(code)\n",
        &["2 unused-suppression", "3 python-eval"],
    );
    check(
        "a.php",
        "<?php\nfunction f($code) {\n    /* codeproof: ignore[php-eval]\n       reviewed */\n    eval($code);\n}\n",
        &["3 suppression-without-reason", "5 php-eval: codeproof: ignore () in line 3"],
    );
}

#[test]
fn only_comments_count() {
    check("a.py", "def f(code):\n    s = 'codeproof: ignore[python-eval] no'; return eval(code)\n", &["2 python-eval"]);
    check(
        "a.py",
        "def f(code):\n    return eval(code)  # see `codeproof: ignore[python-eval] reason`\n",
        &["2 python-eval"],
    );
}

#[test]
fn markers_themselves_are_reported() {
    check(
        "a.py",
        "def f(code):\n    return eval(code)  # codeproof: ignore[python-eval]\n",
        &["2 python-eval: codeproof: ignore () in line 2", "2 suppression-without-reason"],
    );
    check("a.py", "x = 1  # codeproof: ignore[python-eval] gone since\n", &["1 unused-suppression"]);
    // A rule nobody knows may be somebody's own, and one of another language cannot fire here.
    check("a.py", "x = 1  # codeproof: ignore[of-another-setup] reason\n", &[]);
    check("a.py", "x = 1  # codeproof: ignore[php-eval] reason\n", &[]);
    // Where no grammar tells, a text about a comment looks like one.
    check("a.rs", "let text = \"x  # codeproof: ignore[github-pat] reason\";\n", &[]);
}

#[test]
fn other_tools_markers_fit_their_rules() {
    check(
        "a.py",
        "def f(code):\n    return eval(code)  # nosec B307 owner only\n",
        &["2 python-eval: nosec (owner only) in line 2"],
    );
    check("a.py", "def f(code):\n    return eval(code)  # nosecure\n", &["2 python-eval"]);
    check(
        "a.php",
        "<?php\nfunction f($code) {\n    // nosemgrep: php.lang.eval-use\n    eval($code); // nosec\n}\n",
        &["4 php-eval: nosemgrep () in line 3"],
    );
}

#[test]
fn secrets_are_allowed_from_anywhere_on_their_line() {
    let token = token();
    for (marker, name) in [
        ("gitleaks:allow", "gitleaks:allow"),
        ("pragma: allowlist secret", "pragma: allowlist secret"),
        ("trufflehog:ignore", "trufflehog:ignore"),
    ] {
        let text = format!("{{\"token\": \"{token}\", \"note\": \"x {marker}\"}}\n");
        check("a.json", &text, &[&format!("1 github-pat: {name} () in line 1")]);
    }
    check(
        "a.yml",
        &format!("# codeproof: allow revoked in May\ntoken: {token}\nagain: {token}\n"),
        &["2 github-pat: codeproof: allow (revoked in May) in line 1", "3 github-pat"],
    );
    check(
        "a.py",
        &format!("T = '{token}'  # codeproof: ignore[github-pat] revoked\n"),
        &["1 github-pat: codeproof: ignore (revoked) in line 1"],
    );
    check(
        "a.ini",
        &format!("; pragma: allowlist nextline secret\ntoken = {token}\n"),
        &["2 github-pat: pragma: allowlist secret () in line 1"],
    );
    check("a.py", &format!("T = '{token}'  # nosec\n"), &["1 github-pat"]);
}

#[test]
fn every_comment_style_is_read() {
    let token = token();
    for (open, close) in [
        ("#", ""),
        ("//", ""),
        ("--", ""),
        (";", ""),
        ("%", ""),
        ("/*", "*/"),
        ("<!--", "-->"),
        ("{{--", "--}}"),
        ("{#", "#}"),
        ("'", ""),
        ("REM", ""),
    ] {
        let text = format!("{open} codeproof: ignore[github-pat] revoked {close}\n{token}\n");
        check("a.unknown", &text, &["2 github-pat: codeproof: ignore (revoked) in line 1"]);
    }
}
