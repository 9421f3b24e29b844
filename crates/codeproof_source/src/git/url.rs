//! What a person may write for a repository: `https://`, `http://`, `ssh://`, `host:path`, `file://`, or the path of a
//! repository on this machine. Everything else is refused before git is started.
//!
//! git knows more: transports that run programs (`ext::`), and arguments that look like options. A URL is therefore
//! taken apart here, every part is checked, and what git is given is put together again from the checked parts, without
//! user names and passwords of the web transports: those travel in a header.

use std::path::{Path, PathBuf};

use codeproof_types::Secret;

use super::GitError;

/// A repository that may be given to git.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitUrl {
    transport: Transport,
    /// What git gets as its argument.
    argument: String,
    credentials: UrlCredentials,
}

/// The ways to a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Transport {
    /// `https://`, or `http://` when not secure.
    Web {
        secure: bool,
        /// Host in lower case, with the port when one is written.
        host: String,
    },
    /// `ssh://` and `host:path`.
    Ssh,
    /// A folder on this machine.
    Local(PathBuf),
}

/// User name and password that stood in a web URL, decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UrlCredentials {
    pub(crate) user: Option<Secret<String>>,
    pub(crate) password: Option<Secret<String>>,
}

/// What is accepted, for messages.
const ACCEPTED: &str = "give https://HOST/PATH, ssh://HOST/PATH, USER@HOST:PATH, file:///PATH or the path of a folder";

impl GitUrl {
    /// Whether a text is meant as the URL of a repository rather than as a path. Nothing is looked up: whoever has a
    /// folder of that name asks the disk first.
    pub fn looks_like_one(text: &str) -> bool {
        let before_path = text.split('/').next().unwrap_or_default();
        text.contains("://") || before_path.contains(':') && !before_path.starts_with(':')
    }

    /// Reads a URL as a person writes it.
    ///
    /// # Errors
    /// When it is no URL that leads to a repository, with what is wrong with it; passwords in it are not repeated.
    pub fn parse(text: &str) -> Result<Self, GitError> {
        let refuse = |why: &str| GitError::RefusedUrl { url: without_credentials(text), why: why.to_owned() };
        if text.starts_with('-') {
            return Err(refuse(&format!("it starts with a dash; {ACCEPTED}")));
        }
        if let Some((helper, _)) = text.split_once("::")
            && !helper.contains(['/', '[', '@'])
        {
            return Err(refuse(&format!("{helper}:: would run a program named by the URL; {ACCEPTED}")));
        }
        if text.chars().any(|char| char.is_control() || char.is_whitespace()) {
            return Err(refuse("it holds blanks or control characters; write a blank as %20"));
        }
        match text.split_once("://") {
            Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
                "https" => web(true, rest).map_err(|why| refuse(&why)),
                "http" => web(false, rest).map_err(|why| refuse(&why)),
                "ssh" | "git+ssh" | "ssh+git" => ssh(rest).map_err(|why| refuse(&why)),
                "file" => file(rest).map_err(|why| refuse(&why)),
                "git" => Err(refuse("git:// is neither encrypted nor signed; use https:// or ssh://")),
                _ => Err(refuse(&format!("{scheme}:// does not lead to a git repository; {ACCEPTED}"))),
            },
            None => host_and_path(text).map_err(|why| refuse(&why)),
        }
    }

    /// A repository in a folder of this machine, bare or with a work tree. The folder is not looked at.
    ///
    /// # Errors
    /// When the path cannot be given to git.
    pub fn local(folder: &Path) -> Result<Self, GitError> {
        let refuse = |why: &str| GitError::RefusedUrl { url: folder.display().to_string(), why: why.to_owned() };
        if !folder.is_absolute() {
            return Err(refuse("it is not absolute"));
        }
        let argument = folder.to_str().ok_or_else(|| refuse("its name is not UTF-8; rename or link the folder"))?;
        let transport = Transport::Local(folder.to_owned());
        Ok(Self { transport, argument: argument.to_owned(), credentials: UrlCredentials::default() })
    }

    /// The URL without user name and password, to be shown and stored.
    pub fn shown(&self) -> &str {
        &self.argument
    }

    pub(crate) fn argument(&self) -> &str {
        &self.argument
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(crate) fn credentials(&self) -> &UrlCredentials {
        &self.credentials
    }

    /// The host of a web URL, without the port.
    pub fn web_host(&self) -> Option<&str> {
        match &self.transport {
            Transport::Web { host, .. } => Some(name_of(host)),
            _ => None,
        }
    }

    /// The same repository at another place of the same host: where a server says that it has moved to. `None` when
    /// `to` is another host, or the way there is less safe.
    pub(crate) fn moved_to(&self, to: &str) -> Option<Self> {
        let moved = Self::parse(to).ok()?;
        let (Transport::Web { secure, host }, Transport::Web { secure: then, host: there }) =
            (&self.transport, &moved.transport)
        else {
            return None;
        };
        // A default port may be left out on one side; any other change of the port is another server.
        let same_host = host == there || name_of(host) == name_of(there) && has_no_port(host) && has_no_port(there);
        let is_as_safe = *then || !*secure;
        (same_host && is_as_safe).then(|| Self { credentials: self.credentials.clone(), ..moved })
    }

    /// Where a header with a password may be sent to: scheme, host and port, for `http.<url>.extraHeader`.
    pub(crate) fn header_scope(&self) -> Option<String> {
        match &self.transport {
            Transport::Web { secure, host } => Some(format!("{}://{host}/", if *secure { "https" } else { "http" })),
            _ => None,
        }
    }
}

/// A text with what might be a password taken out, for messages about URLs that cannot be read.
pub(crate) fn without_credentials(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        shown.push_str(before);
        let end = after.find(['/', '?', '#', ' ', '\'', '"', '\n']).unwrap_or(after.len());
        let host = after[..end].rfind('@').map_or(0, |at| at + 1);
        shown.push_str(&after[host..end]);
        rest = &after[end..];
    }
    shown.push_str(rest);
    shown
}

fn web(secure: bool, rest: &str) -> Result<GitUrl, String> {
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    let host = checked_host(host)?.to_ascii_lowercase();
    if path.trim_matches('/').is_empty() {
        return Err("it names a server and no repository; add its path".to_owned());
    }
    if path.contains(['?', '#']) {
        return Err("a repository's URL has neither ? nor #; a branch is given with --ref".to_owned());
    }
    let credentials = match user {
        None => UrlCredentials::default(),
        Some(user) => user_and_password(user)?,
    };
    let scheme = if secure { "https" } else { "http" };
    let argument = format!("{scheme}://{host}/{}", path.trim_start_matches('/'));
    Ok(GitUrl { transport: Transport::Web { secure, host }, argument, credentials })
}

fn user_and_password(text: &str) -> Result<UrlCredentials, String> {
    let (user, password) = text.split_once(':').map_or((text, None), |(user, password)| (user, Some(password)));
    let decode = |part: &str| {
        let bytes = percent_decoded(part);
        let text = String::from_utf8(bytes).map_err(|_| "its user name or password is not UTF-8".to_owned())?;
        if text.chars().any(char::is_control) {
            return Err("its user name or password holds control characters".to_owned());
        }
        Ok(text)
    };
    let wrap = |text: String| (!text.is_empty()).then(|| Secret::new(text));
    Ok(UrlCredentials { user: wrap(decode(user)?), password: password.map(decode).transpose()?.and_then(wrap) })
}

fn ssh(rest: &str) -> Result<GitUrl, String> {
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    if user.is_some_and(|user| user.contains(':')) {
        return Err("ssh takes no password from a URL; use a key and an ssh agent".to_owned());
    }
    let user = user.map(checked_user).transpose()?;
    let host = checked_host(host)?;
    if path.trim_matches('/').is_empty() {
        return Err("it names a server and no repository; add its path".to_owned());
    }
    let at = user.map(|user| format!("{user}@")).unwrap_or_default();
    Ok(ssh_url(format!("ssh://{at}{host}/{path}")))
}

/// `user@host:path`, as git and scp write it.
fn host_and_path(text: &str) -> Result<GitUrl, String> {
    let (authority, path) = match text.strip_prefix('[').and_then(|rest| rest.split_once("]:")) {
        Some((host, path)) => (host, path),
        None => text.split_once(':').ok_or_else(|| ACCEPTED.to_owned())?,
    };
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(checked_user(user)?), host),
        None => (None, authority),
    };
    let host = checked_host(host)?;
    if path.trim_matches('/').is_empty() {
        return Err("it names a server and no repository; add its path behind the colon".to_owned());
    }
    if path.starts_with('-') {
        return Err("its path starts with a dash".to_owned());
    }
    let at = user.map(|user| format!("{user}@")).unwrap_or_default();
    Ok(ssh_url(format!("{at}{host}:{path}")))
}

fn ssh_url(argument: String) -> GitUrl {
    GitUrl { transport: Transport::Ssh, argument, credentials: UrlCredentials::default() }
}

fn file(rest: &str) -> Result<GitUrl, String> {
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if !matches!(host, "" | "localhost") {
        return Err("it names another machine; file:///PATH has three slashes".to_owned());
    }
    let path = String::from_utf8(percent_decoded(path)).map_err(|_| "its path is not UTF-8".to_owned())?;
    if path.is_empty() || path.contains('\0') {
        return Err("it names no folder".to_owned());
    }
    GitUrl::local(Path::new(&path)).map_err(|error| error.to_string())
}

/// A name, an IPv4 address, or an IPv6 address in brackets, each perhaps with a port.
fn checked_host(host: &str) -> Result<&str, String> {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => {
            if !address.chars().all(|char| char.is_ascii_hexdigit() || matches!(char, ':' | '.')) {
                return Err(format!("[{address}] is not an IPv6 address"));
            }
            (address, port.strip_prefix(':').or_else(|| (!port.is_empty()).then_some("?")))
        }
        None => host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port))),
    };
    if name.is_empty() {
        return Err("it names no host".to_owned());
    }
    if name.starts_with('-') {
        return Err("its host starts with a dash, which a program would take for an option".to_owned());
    }
    if !host.starts_with('[') && !name.chars().all(|char| char.is_ascii_alphanumeric() || "-._".contains(char)) {
        return Err("its host holds other characters than letters, digits, dots and dashes".to_owned());
    }
    match port {
        Some(port) if port.parse::<u16>().is_err() => Err(format!("{port:?} is not a port")),
        _ => Ok(host),
    }
}

fn checked_user(user: &str) -> Result<&str, String> {
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-._+".contains(char);
    if user.is_empty() || user.starts_with('-') || !user.chars().all(is_plain) {
        return Err("its user name is empty, starts with a dash, or holds other characters than letters, digits, \
                    dots, dashes and plus signs"
            .to_owned());
    }
    Ok(user)
}

fn name_of(host: &str) -> &str {
    match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.split(':').next().unwrap_or(host),
    }
}

fn has_no_port(host: &str) -> bool {
    let after_name = host.rsplit(']').next().unwrap_or(host);
    let port = after_name.rsplit_once(':').map(|(_, port)| port);
    port.is_none_or(|port| matches!(port, "80" | "443"))
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = (byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(value) => {
                decoded.push(value);
                at += 3;
            }
            None => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let told = match GitUrl::parse(text) {
            Ok(url) => url.shown().to_owned(),
            Err(error) => error.to_string(),
        };
        assert!(told.contains(expected), "{text:?}: {told}");
    }

    #[test]
    fn urls_are_put_together_from_checked_parts() {
        for (text, shown) in [
            ("https://GitHub.com/o/r.git", "https://github.com/o/r.git"),
            ("HTTPS://host:8443//o/r", "https://host:8443/o/r"),
            ("https://[::1]:80/r", "https://[::1]:80/r"),
            ("ssh://git@host:22/o/r.git", "ssh://git@host:22/o/r.git"),
            ("git@github.com:o/r.git", "git@github.com:o/r.git"),
            ("host:r", "host:r"),
            ("file:///srv/my%20repo.git", "/srv/my repo.git"),
            ("file://localhost/srv/r", "/srv/r"),
        ] {
            assert_eq!(GitUrl::parse(text).map(|url| url.shown().to_owned()).ok().as_deref(), Some(shown), "{text}");
        }
    }

    #[test]
    fn what_could_run_something_is_refused() {
        check("ext::sh -c touch% /x", "would run a program");
        check("ext::sh", "would run a program");
        check("fd::17", "would run a program");
        check("-oProxyCommand=x", "starts with a dash");
        check("--upload-pack=x:y", "starts with a dash");
        check("ssh://-oProxyCommand=x/y", "host starts with a dash");
        check("ssh://-x@host/y", "user name");
        check("-x@host:y", "starts with a dash");
        check("a@-oProxyCommand=x:y", "host starts with a dash");
        check("host:-x", "path starts with a dash");
        check("https://host/a\nb", "control characters");
        check("https://a%0ab@host/r", "control characters");
        check("git://host/r", "neither encrypted nor signed");
        check("ftp://host/r", "does not lead to a git repository");
        check("https://hôst/r", "other characters");
        check("https://host:port/r", "is not a port");
        check("https://host/", "no repository");
        check("https://host/r?token=x", "neither ? nor #");
        check("file://server/r", "another machine");
        check("file://", "names no folder");
        check("nothing", "give https://");
    }

    #[test]
    fn passwords_are_taken_out_and_never_repeated() {
        let password = ["hunter", "2"].concat();
        let url = GitUrl::parse(&format!("https://me:{password}%40@host/r")).expect("a URL");
        assert_eq!(url.shown(), "https://host/r");
        assert_eq!(url.credentials().user.as_ref().map(Secret::expose).map(String::as_str), Some("me"));
        assert_eq!(url.credentials().password.as_ref().map(Secret::expose), Some(&format!("{password}@")));
        assert!(!format!("{url:?}").contains(&password));
        for wrong in ["https://me:PASS@host:x/r", "ftp://me:PASS@host/r", "ssh://me:PASS@host/r", "x://a:PASS@b@c"] {
            let error = GitUrl::parse(&wrong.replace("PASS", &password)).expect_err("refused").to_string();
            assert!(!error.contains(&password), "{error}");
        }
    }

    #[test]
    fn a_move_stays_on_its_host_and_as_safe() {
        let url = GitUrl::parse("https://me@host/old").expect("a URL");
        assert_eq!(url.moved_to("https://host/new").expect("allowed").shown(), "https://host/new");
        assert!(url.moved_to("https://host:443/new").is_some());
        for other in ["https://other/old", "http://host/new", "https://host:8443/new", "https://host.evil/new", "/x"] {
            assert!(url.moved_to(other).is_none(), "{other}");
        }
        let open = GitUrl::parse("http://host/old").expect("a URL");
        assert!(open.moved_to("https://host/new").is_some());
    }

    #[test]
    fn paths_are_told_from_urls() {
        for url in ["https://h/r", "git@h:r", "h:r", "ext::x", "file:///x"] {
            assert!(GitUrl::looks_like_one(url), "{url}");
        }
        for path in [".", "src", "a/b:c", "./a:b", "/x:y", ":x"] {
            assert!(!GitUrl::looks_like_one(path), "{path}");
        }
    }
}
