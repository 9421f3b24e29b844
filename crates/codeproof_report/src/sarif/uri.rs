//! Paths as relative URI references (RFC 3986).

use codeproof_types::RepoPath;

/// `path` percent-encoded, byte by byte of its UTF-8, except for `/` and RFC 3986's unreserved characters.
///
/// A colon in the first component would read as a scheme (section 4.2); being no unreserved character, it is encoded
/// like the rest.
pub(super) fn relative(path: &RepoPath) -> String {
    let mut uri = String::with_capacity(path.as_str().len());
    for byte in path.as_str().bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => uri.push(char::from(byte)),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

/// The reverse of [`relative`]; `None` when it names no path below the root. Bytes that are not UTF-8 become U+FFFD.
pub(crate) fn path_of(uri: &str) -> Option<RepoPath> {
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let encoded = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        bytes.push(encoded.unwrap_or(*first));
        rest = if encoded.is_some() { &after[2..] } else { after };
    }
    RepoPath::new(String::from_utf8_lossy(&bytes)).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_what_a_uri_may_not_hold() {
        let encoded = |path: &str| relative(&RepoPath::new(path).unwrap());
        assert_eq!(encoded("src/a-b_c~1.py"), "src/a-b_c~1.py");
        assert_eq!(encoded("100% [x] #1?.c"), "100%25%20%5Bx%5D%20%231%3F.c");
        assert_eq!(encoded("ünï/漢.php"), "%C3%BCn%C3%AF/%E6%BC%A2.php");
        assert_eq!(encoded("c:\\x\n"), "c%3A%5Cx%0A");
        for path in ["src/a-b_c~1.py", "100% [x] #1?.c", "ünï/漢.php", "c:\\x\n", "%41%"] {
            assert_eq!(path_of(&encoded(path)).unwrap().as_str(), path);
        }
        assert_eq!(path_of("a%2").unwrap().as_str(), "a%2");
        assert_eq!(path_of("a/%2e%2e/b"), None);
        assert_eq!(path_of("/etc/passwd"), None);
    }
}
