//! Which addresses prompts may be sent to: code under analysis is often not public.

use std::net::IpAddr;

use url::{Host, Url};

/// Reads a base URL and refuses one that would send prompts and keys readable over a public network.
///
/// `http` is for this machine and private addresses. A name such as `gpu-box` says nothing about where it leads, so it
/// needs the user's word. The reason of a refusal quotes nothing of the URL: parts of it may be a password.
pub(crate) fn checked_base_url(text: &str, allow_http: bool) -> Result<Url, String> {
    let mut url = Url::parse(text).map_err(|error| format!("it is not a URL ({error}); write https://HOST/v1"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it holds a user name or password; name the key's variable in api_key_env instead".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it has a query or a fragment; only scheme, host and path belong here".to_owned());
    }
    let Some(host) = url.host() else {
        return Err("it names no host; write https://HOST/v1".to_owned());
    };
    match url.scheme() {
        "https" => {}
        "http" if allow_http || is_private(&host) => {}
        "http" => {
            return Err(format!(
                "http:// would send code and keys readable to {host}; use https://, or set allow_http = true for a \
                 network that you trust"
            ));
        }
        other => return Err(format!("{other}:// is not spoken here; use https://")),
    }
    // `Url::join` would eat the last segment of a path without a slash.
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

fn is_private(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => is_private_address(IpAddr::V4(*address)),
        Host::Ipv6(address) => is_private_address(IpAddr::V6(*address)),
    }
}

/// Link-local addresses are not among them: cloud machines keep their metadata service there.
fn is_private_address(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::checked_base_url;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, &str>) {
        match (checked_base_url(text, false), expected) {
            (Ok(url), Ok(expected)) => assert_eq!(url.as_str(), expected),
            (Err(why), Err(part)) => assert!(why.contains(part), "{why}"),
            (found, expected) => panic!("{text}: {found:?}, not {expected:?}"),
        }
    }

    #[test]
    fn https_goes_anywhere_and_http_stays_at_home() {
        check("https://api.example.com/v1", Ok("https://api.example.com/v1/"));
        check("http://127.0.0.1:8000/v1/", Ok("http://127.0.0.1:8000/v1/"));
        check("http://localhost:11434", Ok("http://localhost:11434/"));
        check("http://[::1]:8000/v1", Ok("http://[::1]:8000/v1/"));
        check("http://10.1.2.3/v1", Ok("http://10.1.2.3/v1/"));
        check("http://[::ffff:10.1.2.3]/v1", Ok("http://[::ffff:a01:203]/v1/"));
        check("http://gpu-box:8000/v1", Err("allow_http"));
        check("http://localhost.example.com/v1", Err("allow_http"));
        check("http://8.8.8.8/v1", Err("allow_http"));
        check("http://169.254.169.254/latest", Err("allow_http"));
        assert!(checked_base_url("http://gpu-box:8000/v1", true).is_ok());
    }

    #[test]
    fn what_is_no_base_url_is_refused_without_quoting_it() {
        check("api.example.com/v1", Err("not a URL"));
        check("file:///etc/passwd", Err("names no host"));
        check("ftp://example.com/", Err("ftp:// is not spoken"));
        check("https://example.com/v1?key=1", Err("query"));
        let why = checked_base_url("https://me:hidden@example.com/", false).unwrap_err();
        assert!(why.contains("password") && !why.contains("hidden"), "{why}");
    }
}
