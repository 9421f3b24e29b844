//! Environment files: which they are, and which of their values are secrets.
//!
//! A name alone says little: of the `.env` files that real pull requests add, most are templates or hold nothing but
//! settings. What counts is a name that speaks of a credential with a value nobody would write into a template.

use std::sync::LazyLock;

use codeproof_types::{RepoPath, Span};
use regex::Regex;

/// One sensitive line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry<'t> {
    /// The variable.
    pub name: &'t str,
    /// Its value without quotes, or the password in its URL.
    pub value: Span,
    /// The line from the name to the end of the value.
    pub span: Span,
}

/// Whether a file holds environment variables for a machine: `.env`, `.env.production`, `docker.env`; never a template
/// such as `.env.example` or `.env.local.dist`.
pub(crate) fn is_environment_file(path: &RepoPath) -> bool {
    const TEMPLATES: &str = "example examples sample samples dist template templates tpl tmpl default defaults stub skeleton \
        schema spec vault";
    let name = path.file_name().to_ascii_lowercase();
    let is_named = name == ".env" || name.starts_with(".env.") || name.ends_with(".env");
    is_named && !name.split(['.', '-', '_']).any(|part| holds(TEMPLATES, part))
}

/// Whether a list of words, kept as text between blanks, holds `word`.
fn holds(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// The sensitive lines of an environment file.
pub(crate) fn sensitive(text: &str) -> impl Iterator<Item = Entry<'_>> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        entry(line, start)
    })
}

/// Reads one line that starts at `offset`; `None` unless it gives a real value to a sensitive name.
fn entry(line: &str, offset: usize) -> Option<Entry<'_>> {
    static LINE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*=[ \t]*(?:"([^"\r\n]*)"?|'([^'\r\n]*)'?|([^\r\n]*))"#)
            .expect("the pattern is a constant of this file")
    });
    let captures = LINE.captures(line)?;
    let name = captures.get(1)?;
    let quoted = captures.get(2).or(captures.get(3));
    let raw = quoted.or(captures.get(4))?;
    let value = if quoted.is_some() { raw.as_str() } else { without_comment(raw.as_str()) };
    let (from, secret) = match url_password(value) {
        Some((from, password)) => (from, password),
        None if is_sensitive_name(name.as_str()) => (0, value),
        None => return None,
    };
    if is_placeholder(name.as_str(), secret) {
        return None;
    }
    let start = offset + raw.start() + from;
    let value = Span { start, end: start + secret.len() };
    Some(Entry { name: name.as_str(), value, span: Span { start: offset + name.start(), end: value.end } })
}

/// A value ends at a blank with a `#` behind it.
fn without_comment(value: &str) -> &str {
    let end = value.find(" #").or_else(|| value.find("\t#")).unwrap_or(value.len());
    value[..end].trim_end()
}

/// The password of a URL and where it starts.
fn url_password(value: &str) -> Option<(usize, &str)> {
    let authority = value.find("://")? + 3;
    let end = value[authority..].find('/').map_or(value.len(), |at| authority + at);
    let user_info = &value[authority..authority + value[authority..end].rfind('@')?];
    let colon = user_info.find(':')?;
    Some((authority + colon + 1, &user_info[colon + 1..]))
}

/// Whether a name ends in a word for a credential and is none of those that are public by design.
fn is_sensitive_name(name: &str) -> bool {
    const SECRET: &str = "PASSWORD PASSWD PASSPHRASE PASS PWD SECRET SECRETS TOKEN TOKENS KEY KEYS APIKEY CREDENTIAL \
        CREDENTIALS SALT PEPPER";
    const PUBLIC: &str = "PUBLIC PUBLISHABLE SITE SITEKEY VITE MIX REACT CACHE FOREIGN PRIMARY SORT IDEMPOTENCY";
    let upper = name.to_ascii_uppercase();
    let mut words: Vec<&str> = upper.split(['_', '.']).filter(|word| !word.is_empty()).collect();
    while words.len() > 1 && words.last().is_some_and(|last| is_suffix(last)) {
        words.pop();
    }
    let Some(last) = words.last() else { return false };
    let is_secret = holds(SECRET, last)
        || ["PASSWORD", "SECRET", "TOKEN", "APIKEY", "APPKEY"].iter().any(|word| last.ends_with(word));
    // The working directory, and what the shell keeps for itself.
    let is_shell = matches!(upper.as_str(), "PWD" | "OLDPWD");
    is_secret && !is_shell && !words.iter().any(|word| holds(PUBLIC, word))
}

/// Words behind the one that says what a variable is: `AWS_ACCESS_KEY_ID`, `JWT_SECRET_BASE64`, `API_TOKEN_2`.
fn is_suffix(word: &str) -> bool {
    matches!(word, "ID" | "BASE64" | "B64" | "HEX" | "OLD" | "NEW" | "CURRENT" | "PREVIOUS" | "DEV" | "PROD")
        || word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Words a value is made of when nobody meant it to be a secret.
const ORDINARY: &str = "secret secrets password passwort passwd pass pwd root admin administrator user username test testing \
    tests tester change changeme changeit me this it please default local localhost homestead laravel \
    forge sail postgres postgresql mysql mariadb redis mongo mongodb minio minioadmin rabbitmq guest \
    example sample demo dummy fake mock foo bar baz foobar qwerty letmein none null nil undefined true \
    false yes no on off todo tbd fixme xxx your my the a an some random string key keys token api app \
    application here goes insert put replace with set value placeholder empty development dev production \
    prod staging db database rootpassword rootpass mypassword mysecret somerandomstring in to of for and \
    or not real super very strong long secure generate generated must be characters char chars minimum \
    at least access private client id auth jwt file memory redacted removed hidden base64 hex docker \
    travis ci github actions ddev lando";

/// Shortest value that can be a credential.
const VALUE_CHARACTERS_MIN: usize = 5;

/// Whether a value was never meant to be secret: empty, a reference, a number, ordinary words, or the name again.
fn is_placeholder(name: &str, value: &str) -> bool {
    let value = value.trim();
    let is_reference = value.starts_with(['$', '<', '[', '{', '%', '#', '@', '(', '*'])
        || value.contains("${")
        || value.contains("{{")
        || value.contains("$(")
        || value.contains("...")
        || value.starts_with('/')
        || value.starts_with("./")
        || value.starts_with("op://")
        || value.starts_with("vault:")
        || value.starts_with("arn:");
    if is_reference || value.chars().count() < VALUE_CHARACTERS_MIN || value.bytes().all(|b| b.is_ascii_digit()) {
        return true;
    }
    let lower = value.to_ascii_lowercase();
    let body = lower.strip_prefix("base64:").unwrap_or(&lower);
    let marked = ["example", "changeme", "change_me", "change-me", "placeholder", "xxxx", "your_", "your-", "****"];
    if marked.iter().any(|mark| lower.contains(mark)) || is_monotonous(body) {
        return true;
    }
    let names = name.to_ascii_lowercase();
    let is_ordinary = |word: &str| {
        let word = word.trim_matches(|c: char| c.is_ascii_digit());
        word.is_empty() || holds(ORDINARY, word) || names.split('_').any(|part| part == word)
    };
    body.split(|c: char| !c.is_ascii_alphanumeric()).all(is_ordinary)
}

/// Few different characters, or the keyboard's own order.
fn is_monotonous(value: &str) -> bool {
    let mut seen: Vec<char> = value.chars().collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len() < 4 || "01234567890".contains(value) || "abcdefghijklmnopqrstuvwxyz".contains(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_name(path: &str, expected: bool) {
        assert_eq!(is_environment_file(&RepoPath::new(path).unwrap()), expected, "{path}");
    }

    #[test]
    fn knows_environment_files_by_name() {
        for path in [".env", "a/.env.production", ".env.local", "docker/app.env", ".ENV", ".env.prod.local"] {
            check_name(path, true);
        }
        for path in [
            ".env.example",
            ".env.local.example",
            ".env.dist",
            ".env.sample",
            ".env.template",
            ".env-example",
            "example.env",
            ".env.production.sample",
            ".envrc",
            "env",
            "environment.ts",
            ".environment",
        ] {
            check_name(path, false);
        }
    }

    /// A value that looks random, the same in every run.
    fn random() -> String {
        (1..=14u32).map(|n| char::from(b'A' + (n * n * 7 % 26) as u8)).chain("q7Zp".chars()).collect()
    }

    #[test]
    fn real_values_of_sensitive_names_count() {
        let value = random();
        for line in [
            format!("DB_PASSWORD={value}"),
            format!("export JWT_SECRET='{value}'\r\n"),
            format!("AWS_ACCESS_KEY_ID = \"{value}\" # live"),
            format!("DATABASE_URL=postgres://app:{value}@db.internal:5432/app"),
            format!("stripeSecret={value}"),
        ] {
            let entries: Vec<Entry<'_>> = sensitive(&line).collect();
            assert_eq!(entries.len(), 1, "{line}");
            assert_eq!(&line[entries[0].value.range()], value, "{line}");
        }
    }

    #[test]
    fn placeholders_and_settings_do_not_count() {
        let value = random();
        for line in [
            "DB_PASSWORD=".to_owned(),
            "DB_PASSWORD=secret".to_owned(),
            "MAIL_PASSWORD=null".to_owned(),
            "DB_PASSWORD=${DB_ROOT_PASSWORD}".to_owned(),
            "DB_PASSWORD=$(cat /run/secrets/db)".to_owned(),
            "REDIS_PASSWORD=redis_password".to_owned(),
            "DB_PASSWORD=changeme123".to_owned(),
            "API_TOKEN=your-token-here".to_owned(),
            "API_KEY=<your key>".to_owned(),
            "SECRET=xxxxxxxxxxxx".to_owned(),
            "TOKEN=1234567890".to_owned(),
            "KEY_PASSPHRASE_FILE=/run/secrets/pass".to_owned(),
            "DATABASE_URL=postgres://postgres:postgres@localhost/app".to_owned(),
            "APP_KEY=base64:".to_owned(),
            format!("APP_NAME={value}"),
            format!("VITE_API_KEY={value}"),
            format!("STRIPE_PUBLIC_KEY={value}"),
            format!("# DB_PASSWORD={value}"),
            "PASSWORD_TIMEOUT=10800x".to_owned(),
        ] {
            assert_eq!(sensitive(&line).count(), 0, "{line}");
        }
    }
}
