//! What git and servers say, cut short and without credentials. Foreign text: whoever prints it takes control
//! characters out as well, as for all text that is not ours; here they are taken out already.

use codeproof_types::{Secret, visible};

use super::url::without_credentials;

/// Lines of git's that are shown; its reason stands in the last ones.
const LINES_MAX: usize = 4;

/// Characters of each line that are shown.
const LINE_CHARS_MAX: usize = 300;

/// The last lines of a standard error as one line of text, without the secrets.
pub(super) fn last(stderr: &[u8], secrets: &[&Secret<String>]) -> String {
    let text = clean(&String::from_utf8_lossy(stderr), secrets);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty() && !is_noise(line)).collect();
    let kept = &lines[lines.len().saturating_sub(LINES_MAX)..];
    let cut: Vec<String> = kept.iter().map(|line| cut(line.strip_prefix("fatal: ").unwrap_or(line))).collect();
    if cut.is_empty() { "it gave no reason".to_owned() } else { cut.join("; ") }
}

/// Takes out secrets, user names and passwords of URLs, and whatever steers a terminal. Progress that git writes over
/// itself (`\r`) becomes lines.
pub(super) fn clean(text: &str, secrets: &[&Secret<String>]) -> String {
    let mut text = without_credentials(&text.replace('\r', "\n"));
    for secret in secrets {
        // An empty secret would be found everywhere.
        if !secret.expose().is_empty() {
            text = text.replace(secret.expose().as_str(), "***");
        }
    }
    visible(&text).into_owned()
}

/// Advice of git's that is about its own options.
fn is_noise(line: &str) -> bool {
    line.starts_with("hint:")
        || line.starts_with("Please make sure you have the correct access rights")
        || line == "and the repository exists."
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LINE_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

/// A number of bytes for a person.
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    match UNITS.iter().find(|(_, size)| bytes >= *size && bytes.is_multiple_of(*size)) {
        Some((unit, size)) => format!("{} {unit}", bytes / size),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stderr: &str, expected: &str) {
        let secret = Secret::new(["s3", "cret"].concat());
        assert_eq!(last(stderr.as_bytes(), &[&secret, &Secret::new(String::new())]), expected);
    }

    #[test]
    fn the_reason_is_kept_and_secrets_are_not() {
        check("fatal: repository 'https://a:b@h/r' not found\n", "repository 'https://h/r' not found");
        check("remote: go away\nfatal: no s3cret\u{1b}[31m\n", "remote: go away; no ***\u{fffd}[31m");
        check("hint: x\n\n", "it gave no reason");
        check("Receiving: 1%\rReceiving: 2%\rfatal: gone", "Receiving: 1%; Receiving: 2%; gone");
        check("a\nb\nc\nd\ne\n", "b; c; d; e");
        assert_eq!(last(b"\xff\xfe", &[]), "\u{fffd}\u{fffd}");
        assert_eq!(last("x".repeat(400).as_bytes(), &[]).chars().count(), LINE_CHARS_MAX + 1);
    }

    #[test]
    fn sizes_are_written_in_the_largest_whole_unit() {
        for (number, text) in [(2 << 30, "2 GiB"), (3 << 20, "3 MiB"), (1024, "1 KiB"), (1500, "1500 bytes")] {
            assert_eq!(bytes(number), text);
        }
    }
}
