//! Every secret rule, tried in the formats secrets are found in. Secrets are made at run time.

use std::sync::LazyLock;

use codeproof_types::{Finding, RepoPath};

use super::config::SearchName;
use super::rule::SecretRule;
use super::shape::{Dice, Fill, Sample, encode, sample};
use crate::input::with_file;
use crate::{Config, Detector};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(Config::default()).unwrap());

fn detector() -> &'static Detector {
    &DETECTOR
}

fn built_in() -> &'static [SecretRule] {
    &DETECTOR.secrets.rules
}

fn rule(id: &str) -> &'static SecretRule {
    built_in().iter().find(|rule| rule.info.id == id).unwrap()
}

fn findings(detector: &Detector, path: &str, text: &str) -> Vec<Finding> {
    with_file(path, text, true, |file| detector.detect(file)).0
}

/// The place a rule looks at.
fn path_for(rule: &SecretRule, path: &str) -> String {
    if rule.path.is_some() { "deploy/.env".to_owned() } else { path.to_owned() }
}

fn samples(rule: &SecretRule, seed: u64) -> Vec<Sample> {
    rule.shapes.iter().map(|shape| sample(shape, Fill::Random, &mut Dice::new(seed))).collect()
}

fn one_line(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// A format, its file name, and whether it keeps the lines of what is put into it.
type Host = (&'static str, &'static str, bool, fn(&str) -> String);

const HOSTS: &[Host] = &[
    ("php", "config/app.php", false, |s| format!("<?php\nreturn [\n    'value' => \"{}\",\n];\n", one_line(s))),
    ("python", "settings.py", false, |s| format!("import os\nVALUE = \"{}\"\n", one_line(s))),
    ("json on one line", "a.json", false, |s| format!("{{\"a\":1,\"value\":\"{}\",\"b\":[]}}", one_line(s))),
    ("yaml block", "a.yml", true, |s| format!("data:\n  value: |\n{}  next: 1\n", indented(s))),
    ("toml", "a.toml", false, |s| format!("[a]\nvalue = \"{}\"\n", one_line(s))),
    ("environment", "deploy/.env", false, |s| format!("A=1\nVALUE=\"{}\"\n", one_line(s))),
    ("heredoc", "run.sh", true, |s| format!("#!/bin/sh\ncat <<EOF\n{s}\nEOF\n")),
    ("xml comment", "a.xml", true, |s| format!("<a>\n<!-- {s} -->\n</a>\n")),
    ("markdown code", "README.md", true, |s| format!("# Use\n\n```\n{s}\n```\n")),
    ("crlf", "a.txt", true, |s| format!("first\n{s}\nlast\n").replace('\n', "\r\n")),
    ("no line end", "a.txt", true, str::to_owned),
    ("long line", "app.min.js", false, |s| {
        format!("{}t=\"{}\";{}", "a=1;".repeat(60_000), one_line(s), "b=2;".repeat(20_000))
    }),
    ("escaped twice", "log.json", false, |s| format!("{{\"log\":\"{}\"}}", one_line(&format!("\"{}\"", one_line(s))))),
];

#[test]
fn every_rule_fires_in_every_format() {
    let (rules, detector) = (built_in(), detector());
    for (seed, rule) in rules.iter().enumerate() {
        let samples = samples(rule, seed as u64 + 1);
        assert!(!samples.is_empty(), "{} has no `shapes`", rule.info.id);
        for sample in samples {
            for (name, path, keeps_lines, host) in HOSTS {
                if rule.info.id == "putty-private-key" && (!keeps_lines || *name == "xml comment") {
                    continue;
                }
                // Context in quotes that are escaped twice is no longer the context the rule speaks of.
                if *name == "escaped twice" && sample.text != sample.secret {
                    continue;
                }
                let text = host(&sample.text);
                let found = findings(detector, &path_for(rule, path), &text);
                let fired: Vec<&str> = found.iter().map(|finding| finding.rule_id.as_str()).collect();
                assert!(
                    fired.contains(&rule.info.id.as_str()),
                    "{} is quiet in {name}; fired: {fired:?}",
                    rule.info.id
                );
                let of_kind = fired.iter().filter(|id| !matches!(**id, "environment-file")).count();
                assert_eq!(of_kind, 1, "{} in {name}: one secret is one finding, not {fired:?}", rule.info.id);
            }
        }
    }
}

#[test]
fn every_rule_is_quiet_on_what_a_person_made_up() {
    let (rules, detector) = (built_in(), detector());
    let fills = [Fill::Same('x'), Fill::Same('X'), Fill::Same('0'), Fill::Same('a'), Fill::Sequence];
    for rule in rules {
        for (shape, fill) in rule.shapes.iter().flat_map(|shape| fills.iter().map(move |fill| (shape, *fill))) {
            let text = sample(shape, fill, &mut Dice::new(1)).text;
            let found = findings(detector, &path_for(rule, "docs/use.md"), &text);
            let fired: Vec<_> = found.iter().filter(|finding| finding.rule_id == rule.info.id).collect();
            assert!(fired.is_empty(), "{} fires on a {fill:?} placeholder", rule.info.id);
        }
    }
}

#[test]
fn tokens_inside_longer_words_are_none() {
    let (rules, detector) = (built_in(), detector());
    for rule in rules.iter().filter(|rule| rule.search == SearchName::AtKeyword) {
        for sample in samples(rule, 5).iter().filter(|sample| sample.text == sample.secret) {
            for text in [format!("ZZ{}", sample.text), format!("x_{}", sample.text)] {
                let fired = findings(detector, &path_for(rule, "a.txt"), &text);
                assert!(fired.iter().all(|f| f.rule_id != rule.info.id), "{} fires inside a word", rule.info.id);
            }
        }
    }
}

#[test]
fn rules_are_complete() {
    for rule in built_in() {
        let (id, info) = (&rule.info.id, &rule.info);
        assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{id}");
        for (name, text) in [("description", &info.message), ("why", &info.why), ("remediation", &info.remediation)] {
            assert!(
                text.ends_with('.') && text.starts_with(char::is_uppercase) || text.starts_with("An npm"),
                "{id}: {name}"
            );
            assert!(text.len() > 20, "{id}: {name} is no sentence");
        }
        assert_ne!(info.title, info.message, "{id} needs a `title`");
        let seed = id.len() as u64;
        for sample in samples(rule, seed) {
            let lower = sample.text.to_lowercase();
            let has_keyword = rule.keywords.is_empty() || rule.keywords.iter().any(|word| lower.contains(word));
            assert!(has_keyword, "{id}: no keyword is in its own example");
        }
        if rule.search == SearchName::AtKeyword {
            for prefix in &rule.prefixes {
                let is_reached = rule.keywords.iter().any(|word| prefix.to_lowercase().starts_with(word.as_str()));
                assert!(is_reached || rule.secret_group > 0, "{id}: no keyword starts {prefix}");
            }
        }
    }
}

#[test]
fn checksums_are_checked() {
    let detector = detector();
    let rule = rule("github-pat");
    let good = &samples(rule, 3)[0].text;
    let last = if good.ends_with('A') { 'B' } else { 'A' };
    let bad = format!("{}{last}", &good[..good.len() - 1]);
    assert_eq!(findings(detector, "a.txt", good).len(), 1);
    assert_eq!(findings(detector, "a.txt", &bad).len(), 0);
}

#[test]
fn base64_is_read_once() {
    let detector = detector();
    for id in ["github-pat", "stripe-secret-key", "private-key"] {
        let rule = rule(id);
        let secret = &samples(rule, 9)[0].secret;
        for before in ["", "A=", "token: ", "user:"] {
            let inner = format!("{before}{secret}\n");
            let encoded = encode(inner.as_bytes());
            let wrapped: Vec<&str> =
                encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
            for body in [format!("  value: {encoded}"), format!("  value: |\n    {}", wrapped.join("\n    "))] {
                let text = format!("kind: Secret\ndata:\n{body}\n");
                let found = findings(detector, "secret.yml", &text);
                assert_eq!(found.len(), 1, "{id} behind {before:?}: {text}");
                assert_eq!(found[0].rule_id, id);
                let twice = format!("data: {}\n", encode(text.as_bytes()));
                assert_eq!(findings(detector, "twice.yml", &twice).len(), 0, "once is enough");
            }
        }
    }
}

/// Characters of a secret in a row that must not be shown.
const SHOWN_MAX: usize = 5;

/// Fails when a part of the secret's body can be read in `shown`.
#[track_caller]
fn check_hidden(rule: &SecretRule, secret: &str, shown: &str, place: &str) {
    // What another secret of the kind has too is its form.
    let form: String = samples(rule, 4711).into_iter().map(|sample| sample.text).collect();
    let body = &secret[rule.prefix_of(secret).len()..];
    for line in body.lines().filter(|line| !line.contains("--") && !line.contains(": ")) {
        for window in line.as_bytes().windows(SHOWN_MAX) {
            let window = std::str::from_utf8(window).unwrap();
            assert!(!shown.contains(window) || form.contains(window), "{}: {place} shows {window:?}", rule.info.id);
        }
    }
}

/// Findings as they are written, without hashes: their digits may hold five of a secret's by chance.
fn without_hashes(findings: &[Finding]) -> String {
    let mut json = serde_json::to_string(findings).unwrap();
    for finding in findings {
        json = json.replace(finding.fingerprint.as_str(), "").replace(&finding.location.content_hash.to_string(), "");
        if let Some(secret) = &finding.secret {
            json = json.replace(&secret.salted_hash, "");
        }
    }
    json
}

#[test]
fn nothing_of_a_secret_is_ever_shown() {
    let (rules, detector) = (built_in(), detector());
    for (seed, rule) in rules.iter().enumerate() {
        for sample in samples(rule, seed as u64 + 200) {
            let is_putty = rule.info.id == "putty-private-key";
            for (name, path, keeps_lines, host) in HOSTS {
                if (is_putty && !keeps_lines) || (*name == "escaped twice" && sample.text != sample.secret) {
                    continue;
                }
                let path = path_for(rule, path);
                let text = host(&sample.text);
                let found = findings(detector, &path, &text);
                let json = without_hashes(&found);
                // Only the private part of PuTTY's format is secret.
                let secret = match is_putty {
                    true => sample.secret.split("Private-Lines").nth(1).unwrap(),
                    false => &sample.secret,
                };
                check_hidden(rule, secret, &json, &format!("a finding in {name}"));
                let repo_path = RepoPath::new(path).unwrap();
                let masked = detector.mask_file(&repo_path, &text);
                check_hidden(rule, secret, &masked, &format!("the masked file in {name}"));
                assert_eq!(masked.len(), text.len());
                assert_eq!(masked.lines().count(), text.lines().count());
                check_hidden(rule, secret, &detector.mask(&text), &format!("masked text in {name}"));
            }
        }
    }
}

#[test]
fn parts_of_a_key_are_masked_too() {
    let detector = detector();
    let rule = rule("private-key");
    let key = &samples(rule, 77)[0].secret;
    let lines: Vec<&str> = key.lines().collect();
    for (first, last) in [(0, 3), (1, 3), (2, 4), (4, 7), (5, 7)] {
        let part = lines[first..=last].join("\n");
        check_hidden(rule, &part, &detector.mask(&part), "a part of a key");
    }
}

#[test]
fn environment_values_are_masked() {
    let detector = detector();
    let value: String = "kQ8zT4wXn2Lp".chars().rev().collect();
    let text = format!("APP_NAME=shop\nDB_PASSWORD={value}\n");
    let path = RepoPath::new(".env").unwrap();
    assert_eq!(detector.mask_file(&path, &text), "APP_NAME=shop\nDB_PASSWORD=************\n");
    let found = findings(detector, ".env", &text);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].location.first_line, found[0].evidence[0].quote.as_str()), (2, "DB_PASSWORD=************"));
    assert!(found[0].message.starts_with("This environment file holds real values for credentials: DB_PASSWORD."));
}

#[test]
fn equal_secrets_have_equal_hashes() {
    let detector = detector();
    let rule = rule("private-key");
    let key = &samples(rule, 8)[0].secret;
    let hash = |text: &str| findings(detector, "a.txt", text)[0].secret.clone().unwrap().salted_hash;
    assert_eq!(hash(key), hash(&indented(key)));
    assert_eq!(hash(key), hash(&one_line(key)));
    let other = Detector::new(Config { salt: [7; 32], ..Config::default() }).unwrap();
    let salted = findings(&other, "a.txt", key)[0].secret.clone().unwrap().salted_hash;
    assert_ne!(hash(key), salted);
}

#[test]
fn hostile_files_are_read_in_linear_time() {
    let detector = detector();
    let dashes = "-".repeat(5);
    for unit in [
        format!("{dashes}BEGIN RSA PRIVATE KEY{dashes}\n"),
        "sk_live_".to_owned(),
        "pypi-AgEIcHlwaS5vcmc".to_owned(),
        "Private-Lines: 200\n".to_owned(),
        format!("A{}", "C0123456789abcdef0123456789abcdef "),
        "Z2hwX".to_owned(),
        "LS0tLS1CRUdJTi".to_owned(),
        ":AA".to_owned(),
        "codeproof:allow x ".to_owned(),
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        // A quadratic step would take minutes here.
        let found = findings(detector, "a.txt", &text);
        assert!(found.iter().all(|finding| finding.rule_id == "unused-suppression"), "{unit:?}");
    }
}
