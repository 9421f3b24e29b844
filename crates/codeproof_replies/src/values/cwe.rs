//! Weakness classes: a CWE number in any spelling, or a name.

use codeproof_types::Cwe;

/// Numbers above this are no CWE (the list ends below 2,000; years and ports look alike).
const MAX_CWE: u32 = 9_999;

/// Names, the more special before the more general; words in this order, with any words between that are not letters.
const NAMES: &[(&str, u32)] = &[
    ("second order sql injection", 89),
    ("sql injection", 89),
    ("sqli", 89),
    ("blind sql", 89),
    ("hql injection", 564),
    ("nosql injection", 943),
    ("ldap injection", 90),
    ("xpath injection", 643),
    ("xml injection", 91),
    ("os command injection", 78),
    ("command injection", 78),
    ("shell injection", 78),
    ("argument injection", 88),
    ("template injection", 1336),
    ("ssti", 1336),
    ("expression language injection", 917),
    ("eval injection", 95),
    ("code injection", 94),
    ("remote code execution", 94),
    ("rce", 94),
    ("arbitrary code execution", 94),
    ("log injection", 117),
    ("log forging", 117),
    ("email header injection", 93),
    ("crlf injection", 93),
    ("http response splitting", 113),
    ("http header injection", 113),
    ("header injection", 113),
    ("csv injection", 1236),
    ("object injection", 502),
    ("html injection", 79),
    ("cross site scripting", 79),
    ("xss", 79),
    ("cross site request forgery", 352),
    ("csrf", 352),
    ("server side request forgery", 918),
    ("ssrf", 918),
    ("xml external entity", 611),
    ("xxe", 611),
    ("xml entity expansion", 776),
    ("billion laughs", 776),
    ("path traversal", 22),
    ("directory traversal", 22),
    ("zip slip", 22),
    ("local file inclusion", 98),
    ("remote file inclusion", 98),
    ("file inclusion", 98),
    ("unrestricted file upload", 434),
    ("file upload", 434),
    ("open redirect", 601),
    ("unvalidated redirect", 601),
    ("url redirection", 601),
    ("format string", 134),
    ("stack based buffer overflow", 121),
    ("stack buffer overflow", 121),
    ("stack overflow", 121),
    ("heap based buffer overflow", 122),
    ("heap buffer overflow", 122),
    ("heap overflow", 122),
    ("classic buffer overflow", 120),
    ("buffer overflow", 120),
    ("buffer overrun", 120),
    ("buffer over read", 126),
    ("buffer overread", 126),
    ("buffer underflow", 124),
    ("out of bounds read", 125),
    ("oob read", 125),
    ("out of bounds write", 787),
    ("oob write", 787),
    ("out of bounds", 119),
    ("memory corruption", 119),
    ("off by one", 193),
    ("use after free", 416),
    ("uaf", 416),
    ("double free", 415),
    ("invalid free", 763),
    ("memory leak", 401),
    ("null pointer", 476),
    ("null dereference", 476),
    ("null ptr", 476),
    ("integer overflow", 190),
    ("integer underflow", 191),
    ("integer truncation", 197),
    ("signed to unsigned", 195),
    ("divide by zero", 369),
    ("division by zero", 369),
    ("uninitialized", 457),
    ("uninitialised", 457),
    ("type confusion", 843),
    ("unchecked return value", 252),
    ("toctou", 367),
    ("time of check", 367),
    ("race condition", 362),
    ("deadlock", 833),
    ("infinite loop", 835),
    ("insecure deserialization", 502),
    ("unsafe deserialization", 502),
    ("deserialization", 502),
    ("deserialisation", 502),
    ("prototype pollution", 1321),
    ("mass assignment", 915),
    ("hardcoded", 798),
    ("hard coded", 798),
    ("cleartext storage", 312),
    ("plaintext storage", 256),
    ("cleartext transmission", 319),
    ("weak password hash", 916),
    ("weak hash", 328),
    ("insecure hash", 328),
    ("broken crypto", 327),
    ("weak crypto", 327),
    ("weak encryption", 326),
    ("weak cipher", 327),
    ("broken or risky crypto", 327),
    ("insecure crypto", 327),
    ("weak random", 338),
    ("insecure random", 330),
    ("predictable random", 330),
    ("insufficient entropy", 331),
    ("certificate validation", 295),
    ("certificate verification", 295),
    ("session fixation", 384),
    ("missing authentication", 306),
    ("broken authentication", 287),
    ("improper authentication", 287),
    ("authentication bypass", 287),
    ("missing authorization", 862),
    ("missing authorisation", 862),
    ("incorrect authorization", 863),
    ("insecure direct object", 639),
    ("idor", 639),
    ("broken access control", 284),
    ("improper access control", 284),
    ("privilege escalation", 269),
    ("insecure permissions", 732),
    ("incorrect permission", 732),
    ("information exposure", 200),
    ("information disclosure", 200),
    ("information leak", 200),
    ("sensitive data exposure", 200),
    ("error message", 209),
    ("insecure temporary file", 377),
    ("temp file", 377),
    ("temporary file", 377),
    ("symlink", 59),
    ("link following", 59),
    ("regular expression denial", 1333),
    ("redos", 1333),
    ("resource exhaustion", 400),
    ("uncontrolled resource", 400),
    ("denial of service", 400),
    ("clickjacking", 1021),
    ("debug mode", 489),
    ("improper input validation", 20),
    ("input validation", 20),
    ("dangerous function", 676),
    ("insecure cookie", 614),
    ("untrusted search path", 426),
];

/// The first CWE in a text: by number in any spelling, else by name.
pub(crate) fn cwe_in(text: &str) -> Option<Cwe> {
    by_number(text).or_else(|| by_name(text))
}

fn by_number(text: &str) -> Option<Cwe> {
    let trimmed = text.trim();
    if !trimmed.is_empty() && trimmed.len() <= 5 && trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
        return number(trimmed);
    }
    let lower = text.to_ascii_lowercase();
    for (at, _) in lower.match_indices("cwe") {
        let rest = lower[at + 3..].trim_start_matches(|char: char| !char.is_alphanumeric() && char != '\n');
        let rest = rest.strip_prefix("id").map_or(rest, |rest| rest.trim_start_matches([' ', ':', '-', '#']));
        let rest =
            rest.split_once("definitions/").filter(|(before, _)| before.len() < 32).map_or(rest, |(_, rest)| rest);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0
            && let Some(cwe) = number(&rest[..digits])
        {
            return Some(cwe);
        }
    }
    None
}

fn number(digits: &str) -> Option<Cwe> {
    digits.parse().ok().filter(|number| (1..=MAX_CWE).contains(number)).map(Cwe)
}

fn by_name(text: &str) -> Option<Cwe> {
    let words = format!(" {} ", crate::text::alphanumeric_words(text.get(..400).unwrap_or(text)));
    let found = NAMES.iter().find(|(name, _)| words.match_indices(name).any(|(at, _)| words[..at].ends_with(' ')));
    found.map(|(_, number)| Cwe(*number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names() {
        for (text, expected) in [
            ("CWE-120", Some(120)),
            ("cwe 120", Some(120)),
            ("CWE120", Some(120)),
            ("CWE-0120", Some(120)),
            ("CWE_78: OS", Some(78)),
            ("CWE‑89", Some(89)),
            ("120", Some(120)),
            ("Buffer overflow (CWE-121)", Some(121)),
            ("CWE ID: 22", Some(22)),
            ("https://cwe.mitre.org/data/definitions/79.html", Some(79)),
            ("CWE-120/CWE-121", Some(120)),
            ("SQL Injection", Some(89)),
            ("Use-After-Free", Some(416)),
            ("A03:2021-Injection", None),
            ("CWE-XXX", None),
            ("CWE-0", None),
            ("Resource", None),
            ("", None),
        ] {
            assert_eq!(cwe_in(text).map(|cwe| cwe.0), expected, "{text:?}");
        }
    }
}
