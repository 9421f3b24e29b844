//! Rules about files as such: environment files and SSH key files.

use codeproof_types::{Category, Cwe, RuleInfo, Severity, Span, Tier};

use crate::FileInput;
use crate::environment;
use crate::hit::Hit;

/// An environment file with real values.
const ENVIRONMENT_FILE: &str = "environment-file";

/// A private key in a file that bears the name `ssh-keygen` gives.
const SSH_KEY_FILE: &str = "ssh-key-file";

/// The names `ssh-keygen` gives to private keys.
const SSH_KEY_NAMES: [&str; 6] = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk"];

/// The rules about files.
pub(crate) fn rules() -> Vec<RuleInfo> {
    let rule = |id: &str, title: &str, category, cwe| RuleInfo {
        id: id.to_owned(),
        title: title.to_owned(),
        severity: Severity::Critical,
        tier: Tier::Vulnerability,
        cwe: Some(Cwe(cwe)),
        category: Some(category),
        languages: Vec::new(),
        message: String::new(),
        why: String::new(),
        remediation: String::new(),
        definite: true,
        safe_variants: Vec::new(),
        limits: String::new(),
        bad: Vec::new(),
        good: Vec::new(),
        defined_in: "built in".to_owned(),
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
