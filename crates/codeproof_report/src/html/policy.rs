//! The page's style sheet and script, and the policy that admits these two and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The style sheet.
pub(crate) const STYLE: &str = include_str!("../../templates/report.css");

/// The script: what every page has, then what this one has.
pub(super) const SCRIPT: &str =
    concat!(include_str!("../../templates/page.js"), include_str!("../../templates/report.js"));

/// The Content Security Policy (level 3) of a page: nothing is loaded from anywhere, nothing is sent anywhere, no
/// script and no style but those whose hash stands here. A finding's text that somehow became markup could still not
/// run, load or send.
pub(crate) fn content_security_policy(scripts: &[&str], styles: &[&str]) -> String {
    let hashes = |texts: &[&str]| texts.iter().map(|text| format!("'{}'", hash(text))).collect::<Vec<_>>().join(" ");
    format!(
        "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
        hashes(scripts),
        hashes(styles)
    )
}

fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

/// A style sheet and a script that neither end their elements nor need a wider policy.
#[cfg(test)]
#[track_caller]
pub(crate) fn assert_harmless(script: &str, style: &str) {
    for text in [style, script] {
        let lower = text.to_ascii_lowercase();
        assert!(!lower.contains("</") && !lower.contains("<!--") && !text.contains('\r'));
    }
    // What would need the policy to be wider, or could turn text into markup.
    for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch("] {
        assert!(!script.contains(word), "{word}");
    }
    assert!(!style.contains("url(") && !style.contains("@import"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assets_stay_inside_their_elements() {
        assert_harmless(SCRIPT, STYLE);
    }

    #[test]
    fn the_policy_names_each_hash() {
        // SHA-256 of the empty text, as RFC 6234's implementations give it.
        assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        let policy = content_security_policy(&[SCRIPT], &[STYLE, ""]);
        assert_eq!(policy.matches("'sha256-").count(), 3);
        assert!(!policy.contains("unsafe"));
    }
}
