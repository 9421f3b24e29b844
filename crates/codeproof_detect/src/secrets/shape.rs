//! Makes good-looking secrets at run time, because none may stand in a file, not even a fake one.
//!
//! A shape is text with parts in braces: `{alnum:30}` are 30 random characters of a class, `{crc32}` GitHub's checksum
//! of the random characters before it, `{pem}` a key block. `«` and `»` set the secret apart from context around it.

use super::checksum::github_checksum;

/// How the random parts are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    /// With pseudo-random characters.
    Random,
    /// With one character, as a template does.
    Same(char),
    /// With the characters of the class in their order.
    Sequence,
}

/// A made secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample {
    /// The secret with the context it needs.
    pub text: String,
    /// The secret.
    pub secret: String,
}

/// A small pseudo-random generator (xorshift*): the same seed gives the same secrets.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % sides
    }
}

/// Makes a secret of a shape.
pub(super) fn sample(shape: &str, fill: Fill, dice: &mut Dice) -> Sample {
    let mut text = String::new();
    let mut random = String::new();
    let mut rest = shape;
    while let Some((before, part)) = rest.split_once('{') {
        let (part, after) = part.split_once('}').expect("a shape closes its braces");
        text.push_str(before);
        let made = match part {
            "crc32" => github_checksum(&random),
            "uuid" => [8, 4, 4, 4, 12].map(|length| characters("hex", length, fill, dice)).join("-"),
            "discord" => encode(characters("digit9", 18, fill, dice).as_bytes()),
            "pem" => pem("PRIVATE KEY", "", fill, dice),
            "encrypted-pem" => {
                pem("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n", fill, dice)
            }
            "putty" => putty(fill, dice),
            part => {
                let (class, length) = part.split_once(':').expect("a part has a class and a length");
                characters(class, length.parse().expect("a length is a number"), fill, dice)
            }
        };
        random.push_str(&made);
        text.push_str(&made);
        rest = after;
    }
    text.push_str(rest);
    match text.split_once('«').and_then(|(before, rest)| Some((before, rest.split_once('»')?))) {
        Some((before, (secret, after))) => {
            Sample { text: format!("{before}{secret}{after}"), secret: secret.to_owned() }
        }
        None => Sample { secret: text.clone(), text },
    }
}

fn characters(class: &str, length: usize, fill: Fill, dice: &mut Dice) -> String {
    const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
    const DIGITS: &str = "0123456789";
    let alphabet = match class {
        "alnum" => format!("{DIGITS}{}{LOWER}", LOWER.to_uppercase()),
        "lower" => format!("{DIGITS}{LOWER}"),
        "upper" => format!("{DIGITS}{}", LOWER.to_uppercase()),
        "hex" => "0123456789abcdef".to_owned(),
        "digit" => DIGITS.to_owned(),
        "digit9" => "123456789".to_owned(),
        "base32" => format!("{}234567", LOWER.to_uppercase()),
        "bech32" => "023456789ACDEFGHJKLMNPQRSTUVWXYZ".to_owned(),
        "b64" => format!("{}{LOWER}{DIGITS}+/", LOWER.to_uppercase()),
        "b64url" => format!("{}{LOWER}{DIGITS}-_", LOWER.to_uppercase()),
        class => panic!("no class of characters is called {class:?}"),
    };
    let alphabet: Vec<char> = alphabet.chars().collect();
    let character = |at: usize| match fill {
        Fill::Random => alphabet[dice.roll(alphabet.len())],
        Fill::Same(same) if alphabet.contains(&same) => same,
        Fill::Same(_) => alphabet[0],
        Fill::Sequence => alphabet[at % alphabet.len()],
    };
    let made: String = (0..length).map(character).collect();
    match (fill, class) {
        // Real base 64 and mixed alphabets of this length hold every kind of character; a die may miss one.
        (Fill::Random, "alnum" | "b64" | "b64url") if length >= 14 => format!("qZ7{}", &made[3..]),
        _ => made,
    }
}

fn pem(label: &str, headers: &str, fill: Fill, dice: &mut Dice) -> String {
    let body: Vec<String> = (0..6).map(|_| characters("b64", 64, fill, dice)).collect();
    let dashes = "-".repeat(5);
    let body = match fill {
        Fill::Random => format!("MIIE{}", &body.join("\n")[4..]),
        _ => body.join("\n"),
    };
    format!("{dashes}BEGIN {label}{dashes}\n{headers}{body}\n{dashes}END {label}{dashes}")
}

fn putty(fill: Fill, dice: &mut Dice) -> String {
    let lines = |count: usize, dice: &mut Dice| -> String {
        (0..count).map(|_| characters("b64", 64, fill, dice) + "\n").collect()
    };
    let (public, private) = (lines(2, dice), lines(3, dice));
    format!(
        "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: x\nPublic-Lines: 2\n{public}Private-Lines: \
         3\n{private}Private-MAC: 00"
    )
}

/// Base 64 without padding.
pub(super) fn encode(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let character = |at: usize| (0..6).fold(0, |value, offset| value << 1 | bit(at * 6 + offset));
    (0..(bytes.len() * 8).div_ceil(6)).map(|at| char::from(ALPHABET[usize::from(character(at))])).collect()
}
