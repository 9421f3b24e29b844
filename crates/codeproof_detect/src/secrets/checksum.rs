//! Checks that only a token made by its issuer passes.

/// GitHub's and others' alphabet for checksums.
const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Characters of a checksum: enough for 32 bits in base 62.
const CHECKSUM_LENGTH: usize = 6;

/// Whether the last six characters of `body` (a token without its prefix) are the checksum of those before.
pub(super) fn has_github_checksum(body: &str) -> bool {
    match body.len().checked_sub(CHECKSUM_LENGTH).and_then(|at| body.split_at_checked(at)) {
        Some((random, checksum)) => github_checksum(random) == checksum,
        None => false,
    }
}

/// CRC-32 (the one of zip) of `random` in base 62, six characters.
pub(crate) fn github_checksum(random: &str) -> String {
    let mut rest = crc32(random.as_bytes()) as usize;
    let mut digits = [b'0'; CHECKSUM_LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[rest % 62];
        rest /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// ISO 3309 CRC-32, reflected polynomial 0xEDB88320. Bit by bit: tokens are short and rare.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_is_the_one_of_zip() {
        // The check value of the CRC catalogue.
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn checksum_is_padded_and_checked() {
        assert_eq!(github_checksum("").len(), CHECKSUM_LENGTH);
        let body = "k3JvQ0".repeat(5);
        assert!(has_github_checksum(&format!("{body}{}", github_checksum(&body))));
        assert!(!has_github_checksum(&format!("{body}000000")));
        assert!(!has_github_checksum("abc"));
    }
}
