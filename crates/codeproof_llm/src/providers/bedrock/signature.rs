//! Amazon's Signature Version 4 for one kind of request: a POST with a JSON body and no query.
//!
//! Signed are method, path (percent-encoded a second time), the headers `content-type`, `host`, `x-amz-date` and the
//! session's token if there is one, and the SHA-256 of the body. The key of a day, region and service is derived by
//! four HMACs. Source: AWS General Reference, "Signature Version 4 signing process".

use codeproof_types::Secret;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::HeaderName;
use sha2::{Digest, Sha256};
use url::Url;

use super::json::segment;

const SERVICE: &str = "bedrock";

/// Who signs.
pub(super) struct AccessKey {
    pub(super) id: Secret<String>,
    pub(super) secret: Secret<String>,
    pub(super) session_token: Option<Secret<String>>,
}

impl AccessKey {
    /// The headers that make a request this key's own. `now_ms` must be right to five minutes.
    pub(super) fn sign(&self, region: &str, url: &Url, body: &[u8], now_ms: u64) -> Vec<(HeaderName, Secret<String>)> {
        let time = amz_date(now_ms);
        let date = &time[..8];
        let host = match (url.host_str().unwrap_or_default(), url.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        };
        let mut signed = vec![("content-type", "application/json"), ("host", &host), ("x-amz-date", &time)];
        if let Some(token) = &self.session_token {
            signed.push(("x-amz-security-token", token.expose()));
        }
        let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let lines: String = signed.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let path = url.path().split('/').map(segment).collect::<Vec<_>>().join("/");
        let canonical = format!("POST\n{path}\n\n{lines}\n{names}\n{}", hex(&Sha256::digest(body)));
        let scope = format!("{date}/{region}/{SERVICE}/aws4_request");
        let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
        let first = format!("AWS4{}", self.secret.expose()).into_bytes();
        let key = [date, region, SERVICE, "aws4_request"].iter().fold(first, |key, text| hmac(&key, text));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
            self.id.expose(),
            hex(&hmac(&key, &to_sign)),
        );
        let mut headers = vec![
            (HeaderName::from_static("x-amz-date"), Secret::new(time)),
            (HeaderName::from_static("authorization"), Secret::new(authorization)),
        ];
        let token = self.session_token.clone();
        headers.extend(token.map(|token| (HeaderName::from_static("x-amz-security-token"), token)));
        headers
    }
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Unix milliseconds as `20251009T085320Z`.
fn amz_date(now_ms: u64) -> String {
    let (days, seconds) = (now_ms / 86_400_000, now_ms / 1_000 % 86_400);
    // Howard Hinnant's days-to-civil: years begin in March, so the leap day is the last.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected signatures were made by Amazon's own Python library (botocore) for the same request.
    #[test]
    fn signatures_are_those_of_amazons_own_library() {
        let path = "/model/eu.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse";
        let mut key = AccessKey {
            id: Secret::new("key-id".to_owned()),
            secret: Secret::new("signing".repeat(5)),
            session_token: None,
        };
        let signature = |key: &AccessKey, server: &str| {
            let url = Url::parse(&format!("{server}{path}")).expect("it is a URL");
            let headers = key.sign("eu-central-1", &url, br#"{"a":1}"#, 1_760_000_000_000);
            let find = |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.expose().clone());
            assert_eq!(find("x-amz-security-token"), key.session_token.as_ref().map(|token| token.expose().clone()));
            find("authorization").and_then(|text| text.rsplit_once('=').map(|(_, signature)| signature.to_owned()))
        };
        let own = signature(&key, "https://bedrock-runtime.eu-central-1.amazonaws.com");
        assert_eq!(own.as_deref(), Some("fe6b515a7ad26c8c7513a5f826acfc49d0ddc0a26f5ba72f861bd6d89b79a94d"));
        key.session_token = Some(Secret::new("session".repeat(3)));
        let with_token = signature(&key, "http://127.0.0.1:8080");
        assert_eq!(with_token.as_deref(), Some("9b2e0b518f9d5c4066fd2a218564f642f4beaa6cb524c2d867d6befbe39fd34b"));
    }

    #[test]
    fn dates_are_civil() {
        for (now_ms, expected) in [
            (0, "19700101T000000Z"),
            (951_782_399_000, "20000228T235959Z"),
            (951_782_400_000, "20000229T000000Z"),
            (951_868_800_000, "20000301T000000Z"),
            (1_760_000_000_123, "20251009T085320Z"),
            (1_798_761_599_000, "20261231T235959Z"),
        ] {
            assert_eq!(amz_date(now_ms), expected);
        }
    }
}
