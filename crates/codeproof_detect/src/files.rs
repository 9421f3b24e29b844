//! Rules about files as such: environment files and SSH key files.

use codeproof_types::{Category, Cwe, RuleInfo, Severity, Span, Tier};

use crate::FileInput;
use crate::environment;
use crate::hit::Hit;
use crate::rule_table::built_in;

/// An environment file with real values.
const ENVIRONMENT_FILE: &str = "environment-file";

/// A private key in a file that bears the name `ssh-keygen` gives.
const SSH_KEY_FILE: &str = "ssh-key-file";

/// The names `ssh-keygen` gives to private keys.
const SSH_KEY_NAMES: [&str; 6] = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk"];

/// The rules about files.
pub(crate) fn rules() -> Vec<RuleInfo> {
    let rule = |id: &str, title: &str, category, cwe| RuleInfo {
        cwe: Some(Cwe(cwe)),
        category: Some(category),
        ..built_in(id, title, Severity::Critical, Tier::Vulnerability)
    };
    vec![
        RuleInfo {
            message: "This environment file holds real values for credentials.".to_owned(),
            why: "Whoever gets a copy of the repository, now or later, gets the passwords and keys of a machine."
                .to_owned(),
            remediation: "Change every credential in it, remove the file from the repository and its history, list it \
                          in .gitignore, and keep a template without values (.env.example) instead."
                .to_owned(),
            safe_variants: vec![
                ".env.example, .env.sample, .env.dist and .env.template".to_owned(),
                "values such as `secret`, `null`, `localhost` or `${OTHER}`".to_owned(),
            ],
            limits: "A test environment whose credentials open nothing is reported too.".to_owned(),
            ..rule(ENVIRONMENT_FILE, "Environment file with real values", Category::EnvLeaked, 312)
        },
        RuleInfo {
            message: "This file is a private SSH key.".to_owned(),
            why: "It opens every account and repository that trusts its public half, without a password unless it is \
                  encrypted."
                .to_owned(),
            remediation:
                "Remove the public half from every server and account that lists it, make a new key pair, and \
                          remove the file from the repository and its history."
                    .to_owned(),
            safe_variants: vec!["public halves (id_rsa.pub)".to_owned()],
            ..rule(SSH_KEY_FILE, "Private SSH key file", Category::PrivateKeyExposed, 321)
        },
    ]
}

/// Adds what the file's name says to the secrets found in it; a key block in a key file becomes the more exact hit.
pub(crate) fn hits(file: &FileInput<'_>, mut hits: Vec<Hit>) -> Vec<Hit> {
    if SSH_KEY_NAMES.contains(&file.path.file_name())
        && let Some(key) = hits.iter_mut().find(|hit| hit.rule_id.starts_with("private-key"))
    {
        key.rule_id = SSH_KEY_FILE.to_owned();
    }
    if environment::is_environment_file(file.path) {
        hits.extend(environment_hit(file, &hits));
    }
    hits
}

/// One hit at the first sensitive line that is not already reported for what its value is.
fn environment_hit(file: &FileInput<'_>, hits: &[Hit]) -> Option<Hit> {
    let entries: Vec<_> = environment::sensitive(file.text).collect();
    let is_reported = |value: Span| hits.iter().any(|hit| hit.rule_id == "laravel-app-key" && value.contains(hit.span));
    let first = entries.iter().find(|entry| !is_reported(entry.value))?;
    let others = match entries.len() - 1 {
        0 => String::new(),
        1 => " and one more".to_owned(),
        count => format!(" and {count} more"),
    };
    let message = format!("This environment file holds real values for credentials: {}{others}.", first.name);
    Some(Hit {
        rule_id: ENVIRONMENT_FILE.to_owned(),
        span: first.span,
        message: Some(message),
        secret: Some(first.value),
    })
}

#[cfg(test)]
mod tests {
    use codeproof_types::RepoPath;

    use crate::input::with_file;
    use crate::{Config, Detector};

    /// One line per finding: its lines and its rule.
    #[track_caller]
    fn check(detector: &Detector, path: &str, text: &str, expected: &[&str]) {
        let (findings, _) = with_file(path, text, true, |file| detector.detect(file));
        let shown: Vec<String> = findings
            .iter()
            .map(|f| format!("{}-{} {}", f.location.first_line, f.location.last_line, f.rule_id))
            .collect();
        assert_eq!(shown, expected, "{path}: {text}");
    }

    /// Random-looking text of letters and digits, the same in every run.
    fn random(length: usize, seed: u32) -> String {
        const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let next = |state: &mut u32| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Some(char::from(LETTERS[(*state >> 16) as usize % 62]))
        };
        std::iter::repeat_n((), length).scan(seed, |state, ()| next(state)).collect()
    }

    #[test]
    fn key_files_are_reported_once_by_name_and_content() {
        let detector = Detector::new(Config::default()).unwrap();
        let dashes = "-".repeat(5);
        let label = "OPENSSH PRIVATE KEY";
        let (first, second) = (random(48, 1), random(70, 2));
        let key = format!(
            "{dashes}BEGIN {label}{dashes}\nb3BlbnNzaC1rZXktdjEA{first}\n{second}\n{dashes}END {label}{dashes}\n"
        );
        check(&detector, ".ssh/id_rsa", &key, &["1-4 ssh-key-file"]);
        check(&detector, "keys/id_ed25519", &format!("\n{key}"), &["2-5 ssh-key-file"]);
        check(&detector, "src/valid_rsa", &key, &["1-4 private-key"]);
        check(&detector, "tests/id_rsa", "this is just a placeholder\n", &[]);
        check(&detector, ".ssh/id_rsa.pub", &format!("ssh-rsa AAAAB3NzaC1yc2E{second} x@y\n"), &[]);
    }

    #[test]
    fn environment_files_need_a_real_value() {
        let detector = Detector::new(Config::default()).unwrap();
        let password = random(14, 3);
        let text = format!("APP_NAME=shop\nDB_PASSWORD={password}\n");
        check(&detector, ".env", &text, &["2-2 environment-file"]);
        check(&detector, "api/.env.production", &text, &["2-2 environment-file"]);
        check(&detector, ".env.example", &text, &[]);
        check(&detector, ".env.local.dist", &text, &[]);
        check(&detector, ".env", "APP_NAME=shop\nDB_PASSWORD=secret\nAPP_KEY=\n", &[]);
        // The application key says more than the file; each line is reported once.
        let key = format!("APP_KEY=base64:{}=\n", random(43, 4));
        check(&detector, ".env", &key, &["1-1 laravel-app-key"]);
        check(&detector, ".env", &format!("{key}{text}"), &["1-1 laravel-app-key", "3-3 environment-file"]);
        check(&detector, "config/app.php", &key, &[]);
    }

    #[test]
    fn rules_that_are_off_say_nothing_and_still_mask() {
        let config = Config { rules_off: vec!["environment-file".to_owned()], ..Config::default() };
        let detector = Detector::new(config).unwrap();
        let text = format!("DB_PASSWORD={}\n", random(14, 3));
        check(&detector, ".env", &text, &[]);
        let path = RepoPath::new(".env").unwrap();
        assert_eq!(detector.mask_file(&path, &text), "DB_PASSWORD=**************\n");
    }
}
