//! One HTTP request and its whole answer, within limits: no redirects, no proxy unless told, no endless body.

use std::sync::Arc;
use std::time::Duration;

use codeproof_types::Secret;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use rustls_platform_verifier::BuilderVerifierExt;
use url::Url;

use crate::error::Error;
use crate::fault::Fault;

/// Time to reach a server; the official clients allow 5 s, which is short for a machine under load.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Idle connections are dropped before servers drop them (5 s is uvicorn's default), which would look like a failure.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// This machine is reached without a proxy.
const NOT_PROXIED: &str = "localhost,127.0.0.0/8,::1";

/// A request ready to be sent.
#[derive(Debug)]
pub(crate) struct HttpCall {
    pub(crate) url: Url,
    /// Names are written by us or were checked when the pool was opened.
    pub(crate) headers: Vec<(HeaderName, Secret<String>)>,
    pub(crate) body: Vec<u8>,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct HttpAnswer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Makes the client that all models of a pool share.
pub(crate) fn client(proxy: Option<&str>) -> Result<reqwest::Client, Error> {
    let problem = |why: String| Error::Client { why };
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_platform_verifier())
        .map_err(|error| problem(error.to_string()))?
        .with_no_client_auth();
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        // Else the environment's proxies are used: only the binary reads the environment.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        // Retries are counted, spaced and reported by the pool.
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .user_agent("codeproof");
    let builder = match proxy {
        Some(proxy) => {
            let proxy =
                reqwest::Proxy::all(proxy).map_err(|_| problem("the proxy's address is not a URL".to_owned()))?;
            builder.proxy(proxy.no_proxy(reqwest::NoProxy::from_string(NOT_PROXIED)))
        }
        None => builder,
    };
    builder.build().map_err(|error| problem(words_of(&error)))
}

/// Sends `call` and reads the answer to its end, within `timeout` and `bytes_max`.
pub(crate) async fn send(
    client: &reqwest::Client,
    call: HttpCall,
    timeout: Duration,
    bytes_max: usize,
) -> Result<HttpAnswer, Fault> {
    let mut headers = HeaderMap::with_capacity(call.headers.len() + 1);
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    for (name, value) in call.headers {
        let mut value = HeaderValue::from_str(value.expose())
            .map_err(|_| Fault::Broken { why: format!("the value of {name} cannot be sent as a header") })?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    let request = client.post(call.url).headers(headers).timeout(timeout).body(call.body);
    let mut response = request.send().await.map_err(fault_of)?;
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(fault_of)? {
        if body.len() + piece.len() > bytes_max {
            return Err(Fault::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(HttpAnswer { status: response.status().as_u16(), headers: std::mem::take(response.headers_mut()), body })
}

fn fault_of(error: reqwest::Error) -> Fault {
    if error.is_timeout() && !error.is_connect() {
        return Fault::TimedOut;
    }
    Fault::Broken { why: words_of(&error.without_url()) }
}

/// The last cause says it best (`connection refused`), the first only that something failed.
fn words_of(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
