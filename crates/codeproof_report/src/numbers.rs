//! Counts and sizes as a person reads them.

/// `1,234,567`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 file`, `2,000 files`.
pub(crate) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// A length as a count.
pub(crate) fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

/// `512 bytes`, `1.5 KiB`, `12.0 MiB`.
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if number < 1024 {
        return counted(number, "byte", "bytes");
    }
    let mut tenths = u128::from(number) * 10 / 1024;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

/// Milliseconds as `0.05 s`, `12.3 s`, `2 min 05 s`.
pub(crate) fn duration(ms: u64) -> String {
    match ms {
        0..10_000 => format!("{}.{:02} s", ms / 1000, ms % 1000 / 10),
        10_000..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => format!("{} min {:02} s", grouped(ms / 60_000), ms % 60_000 / 1000),
    }
}

/// Nano-dollars as `$0.0123`; whole cents as `$2.00`, and what is too little for either as `<$0.0001`.
pub(crate) fn money(nano_usd: u64) -> String {
    const NANO_IN_CENT: u64 = 10_000_000;
    if nano_usd.is_multiple_of(NANO_IN_CENT) {
        let cents = nano_usd / NANO_IN_CENT;
        return format!("${}.{:02}", grouped(cents / 100), cents % 100);
    }
    match nano_usd.saturating_add(50_000) / 100_000 {
        0 => "<$0.0001".to_owned(),
        ten_thousandths => format!("${}.{:04}", grouped(ten_thousandths / 10_000), ten_thousandths % 10_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_written_by_hand() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "file", "files"), "1 file");
        assert_eq!(counted(0, "file", "files"), "0 files");
        assert_eq!(
            [1, 1023, 1536, 12 << 20, u64::MAX].map(bytes)[..4],
            ["1 byte", "1,023 bytes", "1.5 KiB", "12.0 MiB"]
        );
        assert_eq!(
            [0, 49_999, 12_345_678, 1_999_999_999, 2_000_000_000, 1_234_500_000_000].map(money),
            ["$0.00", "<$0.0001", "$0.0123", "$2.0000", "$2.00", "$1,234.50"]
        );
        assert_eq!([0, 1234, 59_999, 125_000].map(duration), ["0.00 s", "1.23 s", "59.9 s", "2 min 05 s"]);
    }
}
