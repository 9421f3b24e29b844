//! What a failed fetch means, read from what git says in the C locale.

use codeproof_types::Secret;

use super::url::Transport;
use super::{GitError, GitUrl, words};

/// Parts of git's, curl's, ssh's and servers' messages, by what they mean. The first kind that fits counts; those
/// about one ref come before those about the whole repository.
const SIGNS: &[(Sign, &[&str])] = &[
    (Sign::OtherHash, &["mismatched algorithms"]),
    (Sign::NoRevision, &["couldn't find remote ref", "not our ref", "unadvertised object", "no such remote ref"]),
    (Sign::Redirect, &["returned error: 30"]),
    (
        Sign::Untrusted,
        &[
            "SSL certificate problem",
            "certificate verification failed",
            "Host key verification failed",
            "REMOTE HOST IDENTIFICATION HAS CHANGED",
            "SSL: no alternative certificate subject name",
            "certificate subject name",
            "SSL routines",
            "gnutls_handshake() failed",
            "TLS connect error",
            "error setting certificate",
        ],
    ),
    (Sign::UnknownHost, &["Could not resolve host", "Could not resolve hostname", "Name or service not known"]),
    (
        Sign::Unreachable,
        &[
            "Failed to connect",
            "Could not connect",
            "Couldn't connect",
            "Connection refused",
            "Connection timed out",
            "Network is unreachable",
            "No route to host",
            "Operation timed out",
            "Operation too slow",
            "Connection reset",
            "Connection closed by",
            "Could not resolve proxy",
            "Proxy CONNECT aborted",
            "Empty reply from server",
        ],
    ),
    (
        Sign::Denied,
        &[
            "terminal prompts disabled",
            "Authentication failed",
            "could not read Username",
            "could not read Password",
            "Permission denied",
            "returned error: 401",
            "returned error: 403",
            "HTTP Basic: Access denied",
            "Access denied",
        ],
    ),
    (
        Sign::NoRepository,
        &[
            "Repository not found",
            "repository not found",
            "' not found",
            "does not appear to be a git repository",
            "returned error: 404",
            "returned error: 410",
            "not valid: is this a git repository",
            "No such project",
            "could not be found or you don't have permission",
        ],
    ),
];

/// What a message is a sign of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    OtherHash,
    NoRevision,
    Redirect,
    Untrusted,
    UnknownHost,
    Unreachable,
    Denied,
    NoRepository,
    Unknown,
}

pub(super) fn sign(stderr: &[u8]) -> Sign {
    let text = String::from_utf8_lossy(stderr);
    let fits = |(_, parts): &&(Sign, &[&str])| parts.iter().any(|part| text.contains(part));
    SIGNS.iter().find(fits).map_or(Sign::Unknown, |(sign, _)| *sign)
}

/// The error of a fetch from `url`, for which `secrets` were used.
pub(super) fn explain(url: &GitUrl, secrets: &[&Secret<String>], stderr: &[u8]) -> GitError {
    let words = words::last(stderr, secrets);
    let shown = url.shown().to_owned();
    match sign(stderr) {
        Sign::UnknownHost => GitError::UnknownHost { url: shown, words },
        Sign::Unreachable => GitError::Unreachable { url: shown, words },
        Sign::Untrusted => GitError::Untrusted { url: shown, words, advice: trust_advice(url) },
        Sign::Denied => {
            GitError::Denied { url: shown, had_credentials: !secrets.is_empty(), advice: access_advice(url) }
        }
        Sign::NoRepository => GitError::NoRepository { url: shown, advice: access_advice(url) },
        Sign::OtherHash | Sign::NoRevision | Sign::Redirect | Sign::Unknown => {
            GitError::Failed { action: format!("fetch {shown}"), words }
        }
    }
}

fn trust_advice(url: &GitUrl) -> &'static str {
    match url.transport() {
        Transport::Ssh => "connect once with ssh and compare the host key, or add the host to ~/.ssh/known_hosts",
        _ => "if its certificate is signed by your own authority, name that in GIT_SSL_CAINFO",
    }
}

/// How to show who one is.
fn access_advice(url: &GitUrl) -> String {
    match (url.transport(), url.web_host()) {
        (Transport::Ssh, _) => {
            "check that your key is in the ssh agent and known to the server (`ssh-add -l`)".to_owned()
        }
        (_, Some(host)) => {
            let usual = match host {
                _ if host.contains("github") => "GITHUB_TOKEN",
                _ if host.contains("gitlab") => "GITLAB_TOKEN",
                _ if host.contains("bitbucket") => "BITBUCKET_TOKEN",
                _ => "NAME",
            };
            format!("set CODEPROOF_GIT_TOKEN, or name the variable that holds a token: --git-token-env {usual}")
        }
        _ => "check the permissions of the folder".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stderr: &str, expected: Sign) {
        assert_eq!(sign(stderr.as_bytes()), expected, "{stderr}");
    }

    #[test]
    fn messages_are_understood() {
        check("fatal: unable to access 'https://x/': Could not resolve host: x", Sign::UnknownHost);
        check("fatal: unable to access 'http://x/': Failed to connect to x port 1 after 0 ms", Sign::Unreachable);
        check("fatal: could not read Username for 'http://x': terminal prompts disabled", Sign::Denied);
        check("git@github.com: Permission denied (publickey).\nfatal: Could not read from remote", Sign::Denied);
        check("fatal: repository 'https://x/y/' not found", Sign::NoRepository);
        check("remote: Repository not found.\nfatal: repository 'x' not found", Sign::NoRepository);
        check("fatal: unable to access 'http://x/': The requested URL returned error: 302", Sign::Redirect);
        check("fatal: couldn't find remote ref refs/heads/x", Sign::NoRevision);
        check("error: Server does not allow request for unadvertised object 1", Sign::NoRevision);
        check("fatal: remote error: upload-pack: not our ref 0000", Sign::NoRevision);
        check("Host key verification failed.\nfatal: Could not read from remote repository.", Sign::Untrusted);
        check("fatal: unable to access: SSL certificate problem: self-signed certificate", Sign::Untrusted);
        check("fatal: mismatched algorithms: client sha1; server sha256", Sign::OtherHash);
        check("fatal: the remote end hung up unexpectedly", Sign::Unknown);
    }
}
