//! How long a server asks to wait: headers, or Google's detail in the body.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use serde_json::Value;

/// Reads the wait that headers or body ask for; the longest if there are several.
///
/// `retry-after-ms`; `retry-after` in seconds or as a date; `x-ratelimit-reset-*` of whatever is used up; `retryDelay`
/// of a `RetryInfo` in the error's details.
pub(crate) fn server_delay(headers: &HeaderMap, body: &Value, now_ms: u64) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let after_ms = text("retry-after-ms").and_then(|text| text.parse().ok()).and_then(|ms: f64| seconds(ms / 1_000.0));
    let after = text("retry-after").and_then(|text| match text.parse::<f64>() {
        Ok(number) => seconds(number),
        Err(_) => until_date(text, now_ms),
    });
    let resets = ["requests", "tokens"].into_iter().filter_map(|what| {
        text(&format!("x-ratelimit-remaining-{what}")).filter(|left| *left == "0")?;
        duration(text(&format!("x-ratelimit-reset-{what}"))?)
    });
    [after_ms, after, in_details(body)].into_iter().flatten().chain(resets).max()
}

fn in_details(body: &Value) -> Option<Duration> {
    let details = body.pointer("/error/details")?.as_array()?;
    details.iter().find_map(|detail| duration(detail.get("retryDelay")?.as_str()?))
}

fn until_date(text: &str, now_ms: u64) -> Option<Duration> {
    let then = httpdate::parse_http_date(text).ok()?;
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(now_ms);
    Some(then.duration_since(now).unwrap_or_default())
}

/// Reads `22s`, `1.5s`, `20ms`, `1m30s`, `1h0m2s`.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(digits);
        let unit = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit);
        let factor = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * factor;
        rest = after;
    }
    if text.trim().is_empty() { None } else { seconds(total) }
}

fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &'static str)], body: Value, expected_ms: Option<u64>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("a header's value"));
        }
        let now_ms = 1_760_000_000_000; // Thu, 09 Oct 2025 08:53:20 GMT
        assert_eq!(server_delay(&map, &body, now_ms).map(|wait| wait.as_millis() as u64), expected_ms);
    }

    #[test]
    fn every_way_of_asking_is_understood() {
        check(&[], Value::Null, None);
        check(&[("retry-after", "7")], Value::Null, Some(7_000));
        check(&[("retry-after", "0.25")], Value::Null, Some(250));
        check(&[("retry-after", "Thu, 09 Oct 2025 08:53:25 GMT")], Value::Null, Some(5_000));
        check(&[("retry-after", "Thu, 09 Oct 2025 08:53:00 GMT")], Value::Null, Some(0));
        check(&[("retry-after", "2"), ("retry-after-ms", "2500")], Value::Null, Some(2_500));
        check(
            &[("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", "1m30s")],
            Value::Null,
            Some(90_000),
        );
        check(&[("x-ratelimit-remaining-tokens", "5"), ("x-ratelimit-reset-tokens", "1m30s")], Value::Null, None);
        check(&[], json!({"error": {"details": [{"@type": "x"}, {"retryDelay": "22s"}]}}), Some(22_000));
    }

    #[test]
    fn nonsense_asks_for_nothing() {
        for text in ["-1", "NaN", "inf", "soon", "1e99", "Mon, 99 Oct 2025 08:53:25 GMT"] {
            let mut map = HeaderMap::new();
            map.insert("retry-after", text.parse().expect("a header's value"));
            assert_eq!(server_delay(&map, &Value::Null, 0), None, "{text}");
        }
        for text in ["s", "1", "1x", "..s", "1m30", "é"] {
            check(&[], json!({"error": {"details": [{"retryDelay": text}]}}), None);
        }
    }
}
