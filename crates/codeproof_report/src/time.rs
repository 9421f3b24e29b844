//! Moments as ISO 8601 text in UTC, without a calendar library.

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// The moment `ms` milliseconds after 1970-01-01 00:00 UTC as `2026-11-21T13:01:38Z`; parts of a second are cut.
///
/// ```
/// assert_eq!(codeproof_report::utc_from_ms(951_782_400_000), "2000-02-29T00:00:00Z");
/// ```
pub fn utc_from_ms(ms: i64) -> String {
    let (date, time) = (date_text(ms), ms.rem_euclid(DAY_MS) / 1000);
    format!("{date}T{:02}:{:02}:{:02}Z", time / 3600, time / 60 % 60, time % 60)
}

/// The same with milliseconds, the form SARIF's date properties take (SARIF 2.1.0, section 3.9).
pub(crate) fn utc_with_ms(ms: i64) -> String {
    let seconds = utc_from_ms(ms);
    format!("{}.{:03}Z", seconds.trim_end_matches('Z'), ms.rem_euclid(1000))
}

/// The reverse of [`utc_with_ms`], for texts of that form with or without parts of a second; `None` for others.
pub(crate) fn ms_from_utc(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time, ':')?;
    let is_date = (0..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    if !(is_date && is_time) {
        return None;
    }
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    let ms: i64 = fraction.parse().ok().filter(|ms| *ms >= 0)?;
    Some(days_from_civil(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + ms)
}

fn numbers(text: &str, separator: char) -> Option<[i64; 3]> {
    let mut parts = text.split(separator).map(|part| part.parse().ok().filter(|number: &i64| *number >= 0));
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

/// The reverse of [`civil_from_days`], by the same method.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// For people: `2026-11-21 13:01 UTC`.
pub(crate) fn utc_for_people(ms: i64) -> String {
    let minutes = ms.rem_euclid(DAY_MS) / 60_000;
    format!("{} {:02}:{:02} UTC", date_text(ms), minutes / 60, minutes % 60)
}

fn date_text(ms: i64) -> String {
    let (year, month, day) = civil_from_days(ms.div_euclid(DAY_MS));
    format!("{year:04}-{month:02}-{day:02}")
}

/// Year, month and day of the Gregorian calendar, `days` after 1970-01-01. The method is Howard Hinnant's
/// `civil_from_days` ("chrono-Compatible Low-Level Date Algorithms"): count from 0000-03-01, so that the leap day is the
/// last of its year, in eras of 400 years (146,097 days).
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_868_799_999, "2000-02-29T23:59:59Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (1_795_266_098_123, "2026-11-21T13:01:38Z"),
        ];
        for (ms, text) in cases {
            assert_eq!(utc_from_ms(ms), text);
        }
        assert_eq!(utc_with_ms(1_795_266_098_007), "2026-11-21T13:01:38.007Z");
        assert_eq!(utc_for_people(1_795_266_098_007), "2026-11-21 13:01 UTC");
    }

    #[test]
    fn moments_are_read_back() {
        for ms in [0, -1, 951_868_799_999, 4_107_542_400_000, 1_795_266_098_007] {
            assert_eq!(ms_from_utc(&utc_with_ms(ms)), Some(ms));
        }
        assert_eq!(ms_from_utc("2026-11-21T13:01:38Z"), Some(1_795_266_098_000));
        assert_eq!(ms_from_utc("2026-11-21T13:01:38.1234567Z"), Some(1_795_266_098_123));
        for odd in ["", "Z", "T", "2026-13-01T00:00:00Z", "2026-11-21T25:00:00Z", "2026-11-21", "2026-11-21T1:2:3.ßZ"]
        {
            assert_eq!(ms_from_utc(odd), None, "{odd:?}");
        }
        assert_eq!(ms_from_utc("99999999999999999-1-1T00:00:00Z"), None);
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut last = civil_from_days(-800_000);
        for days in -799_999..800_000 {
            let (year, month, day) = civil_from_days(days);
            let next_day = (year, month, day) == (last.0, last.1, last.2 + 1);
            let next_month = day == 1 && (year, month) == (last.0, last.1 + 1) && last.2 >= 28;
            let next_year = (month, day) == (1, 1) && last == (year - 1, 12, 31);
            assert!(next_day || next_month || next_year, "{last:?} then {:?}", (year, month, day));
            last = (year, month, day);
        }
    }

    #[test]
    fn extreme_moments_do_not_overflow() {
        for ms in [i64::MIN, i64::MAX] {
            assert!(utc_from_ms(ms).ends_with('Z'));
        }
    }
}
