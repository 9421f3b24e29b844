//! The page's style sheet and script, and the policy that admits these two and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The style sheet.
pub(super) const STYLE: &str = include_str!("../../templates/report.css");

/// The script.
pub(super) const SCRIPT: &str = include_str!("../../templates/report.js");

/// The Content Security Policy (level 3) of the page: nothing is loaded from anywhere, nothing is sent anywhere, no
/// script and no style but those whose hash stands here. A finding's text that somehow became markup could still not
/// run, load or send.
pub(super) fn content_security_policy() -> String {
    format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_assets_stay_inside_their_elements() {
        for text in [STYLE, SCRIPT] {
            let lower = text.to_ascii_lowercase();
            assert!(!lower.contains("</") && !lower.contains("<!--") && !text.contains('\r'));
        }
        // What would need the policy to be wider, or could turn text into markup.
        for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "fetch("] {
            assert!(!SCRIPT.contains(word), "{word}");
        }
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    }

    #[test]
    fn the_policy_names_two_hashes() {
        // SHA-256 of the empty text, as RFC 6234's implementations give it.
        assert_eq!(hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(content_security_policy().matches("'sha256-").count(), 2);
        assert!(!content_security_policy().contains("unsafe"));
    }
}
