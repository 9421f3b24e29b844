//! Tokens and passwords: how they become a header that git sends to one host and nowhere else.
//!
//! git is given the header through a variable (`GIT_CONFIG_VALUE_…`) under `http.<scheme://host/>.extraHeader`: no
//! argument, URL or file holds it, and git itself leaves it out of requests to another host.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codeproof_types::Secret;

use super::url::Transport;
use super::{GitError, GitUrl};

/// A token and the environment variable that held it.
#[derive(Debug, Clone)]
pub struct GitToken {
    /// The variable, for messages.
    pub variable: String,
    /// A token, or `user:password`.
    pub value: Secret<String>,
}

/// A header for one host.
pub(crate) struct Header {
    /// The setting's name.
    pub(crate) setting: String,
    /// `Authorization: Basic …`.
    pub(crate) value: Secret<String>,
    /// Everything that must not be shown.
    pub(crate) secrets: Vec<Secret<String>>,
}

/// The header for `url`, if there is anything to send: a password in the URL wins over a token. ssh has keys instead.
///
/// # Errors
/// When a token would travel unencrypted over a network. A password in the URL was written for that very URL, so it is
/// sent.
pub(crate) fn header(url: &GitUrl, token: Option<&GitToken>) -> Result<Option<Header>, GitError> {
    let (Some(scope), Some(host)) = (url.header_scope(), url.web_host()) else { return Ok(None) };
    let written = url.credentials();
    let user = written.user.as_ref().map(Secret::expose);
    let (pair, mut secrets) = match (&written.password, token) {
        (Some(password), _) => {
            (format!("{}:{}", user.map_or("", String::as_str), password.expose()), vec![password.clone()])
        }
        (None, Some(token)) => {
            if matches!(url.transport(), Transport::Web { secure: false, .. }) && !is_this_machine(host) {
                let variable = token.variable.clone();
                return Err(GitError::TokenInClearText { variable, url: url.shown().to_owned() });
            }
            (with_user(user, host, token.value.expose()), vec![token.value.clone()])
        }
        // GitHub and others take a token in the place of the user.
        (None, None) => match &written.user {
            Some(user) => (format!("{}:", user.expose()), vec![user.clone()]),
            None => return Ok(None),
        },
    };
    let encoded = STANDARD.encode(&pair);
    secrets.extend([Secret::new(encoded.clone()), Secret::new(pair)]);
    Ok(Some(Header {
        setting: format!("http.{scope}.extraHeader"),
        value: Secret::new(format!("Authorization: Basic {encoded}")),
        secrets,
    }))
}

/// Whether a host is this machine, so that nothing leaves it.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `user:token` with the user that each service wants beside a token: GitHub documents `x-access-token`, Bitbucket
/// `x-token-auth`, GitLab `oauth2` (it takes any for access tokens, and so do Gitea and Azure DevOps).
fn with_user(user: Option<&String>, host: &str, token: &str) -> String {
    if token.contains(':') {
        return token.to_owned();
    }
    let usual = if host.contains("github") {
        "x-access-token"
    } else if host.contains("bitbucket") {
        "x-token-auth"
    } else {
        "oauth2"
    };
    format!("{}:{token}", user.map_or(usual, String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(url: &str, token: Option<&str>) -> Result<Option<(String, String)>, GitError> {
        let token = token.map(|value| GitToken { variable: "NAME".to_owned(), value: Secret::new(value.to_owned()) });
        let header = header(&GitUrl::parse(url).expect("a URL"), token.as_ref())?;
        Ok(header.map(|header| {
            let encoded = header.value.expose().strip_prefix("Authorization: Basic ").expect("a basic header");
            let pair = String::from_utf8(STANDARD.decode(encoded).expect("base64")).expect("text");
            (header.setting, pair)
        }))
    }

    #[track_caller]
    fn check(url: &str, token: Option<&str>, scope: &str, pair: &str) {
        let (setting, sent) = sent(url, token).expect("allowed").expect("a header");
        assert_eq!((setting, sent.as_str()), (format!("http.{scope}.extraHeader"), pair), "{url}");
    }

    #[test]
    fn each_service_gets_the_user_it_wants() {
        check("https://github.com/o/r", Some("t"), "https://github.com/", "x-access-token:t");
        check("https://bitbucket.org/o/r", Some("t"), "https://bitbucket.org/", "x-token-auth:t");
        check("https://gitlab.com/o/r", Some("t"), "https://gitlab.com/", "oauth2:t");
        check("https://me@git.example:8443/r", Some("t"), "https://git.example:8443/", "me:t");
        check("https://git.example/r", Some("me:t"), "https://git.example/", "me:t");
        check("https://a:b@git.example/r", Some("t"), "https://git.example/", "a:b");
        check("https://t@git.example/r", None, "https://git.example/", "t:");
        check("http://127.0.0.1:80/r", Some("t"), "http://127.0.0.1:80/", "oauth2:t");
        check("http://a:b@git.example/r", None, "http://git.example/", "a:b");
    }

    #[test]
    fn nothing_is_sent_where_it_does_not_belong() {
        assert!(sent("https://git.example/r", None).expect("allowed").is_none());
        assert!(sent("git@git.example:r", Some("t")).expect("allowed").is_none());
        assert!(sent("file:///r", Some("t")).expect("allowed").is_none());
        for url in ["http://git.example/r", "http://127.0.0.1.example/r", "http://localhost.example/r"] {
            assert!(matches!(sent(url, Some("t")), Err(GitError::TokenInClearText { .. })), "{url}");
        }
    }
}
