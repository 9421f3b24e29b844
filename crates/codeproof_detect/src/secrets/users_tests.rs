//! Users' own rules in gitleaks' format, from the file to the finding or the error.

use codeproof_types::RepoPath;

use super::SecretRules;
use crate::input::with_file;
use crate::{Config, Detector, Error};

/// Settings with `toml` as the user's file; the folder it lies in lives as long as the second value.
fn config(toml: &str) -> (Config, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gitleaks.toml");
    std::fs::write(&file, toml).unwrap();
    (Config { gitleaks_config: Some(file), ..Config::default() }, folder)
}

fn secret_rules(toml: &str) -> Result<SecretRules, Error> {
    let (config, _folder) = config(toml);
    SecretRules::load(&config)
}

fn detector(toml: &str) -> Result<Detector, Error> {
    let (config, _folder) = config(toml);
    Detector::new(config)
}

/// One line per hit of a rule that reports: the rule and the masked text.
#[track_caller]
fn check(toml: &str, path: &str, text: &str, expected: &[&str]) {
    let rules = secret_rules(toml).unwrap_or_else(|error| panic!("{error}"));
    let reporting: Vec<String> = rules.rules().into_iter().map(|rule| rule.id).collect();
    let masked = rules.mask_file(&RepoPath::new(path).unwrap(), text);
    let hits =
        with_file(path, text, true, |file| rules.hits(file)).into_iter().filter(|hit| reporting.contains(&hit.rule_id));
    let shown: Vec<String> = hits.map(|hit| format!("{} {}", hit.rule_id, masked.trim_end())).collect();
    assert_eq!(shown, expected, "{text}");
}

#[track_caller]
fn check_error(toml: &str, expected: &[&str]) {
    let Err(Error::Rules(errors)) = secret_rules(toml) else { panic!("{toml} loads") };
    let shown: Vec<String> =
        errors.iter().map(|error| format!("{}: {}", error.line.unwrap_or(0), error.message)).collect();
    assert_eq!(shown.len(), expected.len(), "{shown:#?}");
    for (shown, expected) in shown.iter().zip(expected) {
        assert!(shown.starts_with(expected), "{shown:?} does not start with {expected:?}");
    }
}

const RULE: &str = r#"
[[rules]]
id = "house-token"
description = "A token of the house."
regex = '''(?i)house[_-]token\s*=\s*"(\w{8,})"'''
keywords = ["House"]
"#;

#[test]
fn a_rule_reports_its_group_and_masks_it() {
    check(RULE, "a.txt", "HOUSE_token = \"abcdefgh12\"\n", &["house-token HOUSE_token = \"**********\""]);
    check(RULE, "a.txt", "mouse_token = \"abcdefgh12\"\n", &[]);
}

#[test]
fn entropy_path_and_group_are_honoured() {
    check(&format!("{RULE}entropy = 3.0\n"), "a.txt", "house_token = \"aaaaaaaaaa\"\n", &[]);
    check(&format!("{RULE}path = '''\\.conf$'''\n"), "a.txt", "house_token = \"abcdefgh12\"\n", &[]);
    let second = "[[rules]]\nid = \"two\"\nregex = '''(k)=(\\w+)'''\nsecretGroup = 2\n";
    check(second, "a.txt", "k=v1\n", &["two k=**"]);
    check("[[rules]]\nid = \"kdbx\"\npath = '''\\.kdbx$'''\n", "my.kdbx", "binary\n", &["kdbx binary"]);
}

#[test]
fn allowlists_of_a_rule_and_of_all_rules_are_honoured() {
    let text = "house_token = \"abcdefgh12\"\n";
    for list in [
        "[rules.allowlist]\nregexes = ['''^abc''']\n",
        "[[rules.allowlists]]\nstopwords = [\"DEFGH\"]\n",
        "[[rules.allowlists]]\nregexTarget = \"line\"\nregexes = ['''_token =''']\n",
        "[[rules.allowlists]]\ncondition = \"AND\"\npaths = ['''^a''']\nregexes = ['''12$''']\n",
        "[allowlist]\npaths = ['''\\.txt$''']\n",
        "[[allowlists]]\ntargetRules = [\"house-token\"]\nregexes = ['''h12''']\n",
    ] {
        check(&format!("{RULE}{list}"), "a.txt", text, &[]);
    }
    for list in [
        "[[rules.allowlists]]\ncondition = \"AND\"\npaths = ['''^b''']\nregexes = ['''12$''']\n",
        "[[allowlists]]\ntargetRules = [\"other\"]\nregexes = ['''h12''']\n",
    ] {
        check(&format!("{RULE}{list}"), "a.txt", text, &["house-token house_token = \"**********\""]);
    }
}

#[test]
fn our_rules_stand_for_the_default() {
    let key = format!("AK{}", "IAQ7RT2MZX4KDWN6YB");
    check("[extend]\nuseDefault = true\n", "a.txt", &key, &["aws-access-key-id AKIA****************"]);
    check("[extend]\nuseDefault = true\ndisabledRules = [\"aws-access-key-id\"]\n", "a.txt", &key, &[]);
    let widened = "[[rules]]\nid = \"aws-access-key-id\"\n[[rules.allowlists]]\nregexes = ['''Q7RT''']\n";
    check(widened, "a.txt", &key, &[]);
}

#[test]
fn faults_are_told_with_their_line_and_a_way_out() {
    check_error(
        "[[rules]]\nid = \"a\"\nregex = '''a(?=b)'''\n\n[[rules]]\nid = \"b\"\n\n[[rules]]\nregex = '''x'''\n",
        &[
            "3: rule `a`: the regex does not compile: look-around",
            "5: rule `b` has neither `regex` nor `path`",
            "8: this rule has no `id`",
        ],
    );
    check_error("[[rules]]\nid = 3\n", &["2: invalid type: integer `3`, expected a string"]);
    check_error("rules = [\n", &["1: "]);
    check_error(
        "[[rules]]\nid = \"a\"\nregex = '''(x)'''\nsecretGroup = 2\n",
        &["1: rule `a`: `secretGroup` is 2 but the regex has 1 groups"],
    );
    check_error(
        "[[rules]]\nid = \"a\"\nregex = '''x'''\n[rules.allowlist]\nregexTarget = \"file\"\n",
        &["5: `regexTarget` is \"file\"; use secret, match or line"],
    );
    check_error("[extend]\nurl = \"https://example.test/x.toml\"\n", &["2: `extend.url` is not read"]);
}

#[test]
fn an_id_is_given_once() {
    let Err(error) = detector(&format!("{RULE}{RULE}")) else { panic!("it loads") };
    assert!(error.to_string().contains("rule id `house-token` is already taken"), "{error}");
}

#[test]
fn an_unknown_rule_that_is_off_names_the_nearest() {
    let config = Config { rules_off: vec!["githup-pat".to_owned()], ..Config::default() };
    let Err(error) = Detector::new(config) else { panic!("it loads") };
    assert!(error.to_string().contains("there is no rule `githup-pat`; did you mean `github-pat`?"), "{error}");
}

#[test]
fn the_version_follows_rules_and_salt() {
    let plain = Detector::new(Config::default()).unwrap().version();
    assert_eq!(plain, Detector::new(Config::default()).unwrap().version());
    assert_eq!(plain.len(), 32);
    assert_ne!(plain, detector(RULE).unwrap().version());
    assert_ne!(plain, Detector::new(Config { salt: [1; 32], ..Config::default() }).unwrap().version());
    let off = Config { rules_off: vec!["github-pat".to_owned()], ..Config::default() };
    assert_ne!(plain, Detector::new(off).unwrap().version());
}
