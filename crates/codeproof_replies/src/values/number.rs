//! Decimal numbers in prose.

/// A number as it is written in a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Written {
    pub(super) value: f64,
    /// It has decimals: `1.0`, `0,85`.
    pub(super) has_decimals: bool,
    /// A minus touches it and nothing stands before that.
    pub(super) negative: bool,
    /// Byte behind it.
    pub(super) end: usize,
}

/// The first number in `text`; a comma or a point before one or two digits separates decimals.
pub(super) fn first_number(text: &str) -> Option<Written> {
    let bytes = text.as_bytes();
    let start = bytes.iter().position(u8::is_ascii_digit)?;
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = start + digits(start);
    let mut written = text[start..end].to_owned();
    let decimals = if matches!(bytes.get(end), Some(b'.' | b',')) { digits(end + 1) } else { 0 };
    if decimals > 0 {
        written.push('.');
        written.push_str(&text[end + 1..end + 1 + decimals]);
        end += 1 + decimals;
    } else if start > 0 && bytes[start - 1] == b'.' && (start < 2 || !bytes[start - 2].is_ascii_alphanumeric()) {
        written.insert_str(0, "0.");
    }
    let value: f64 = written.parse().ok()?;
    let before = text[..start].trim_end_matches(['.', '0']);
    let negative = before.ends_with(['-', '−']) && before.trim_end_matches(['-', '−']).trim().is_empty();
    let has_decimals = written.contains('.');
    Some(Written { value: if negative { -value } else { value }, has_decimals, negative, end })
}
