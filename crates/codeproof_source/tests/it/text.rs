//! Bytes in, text out: encodings, binary data, and laws that hold for all bytes.

use codeproof_source::{Encoding, SourceText};
use codeproof_types::{LineIndex, RepoPath};
use proptest::prelude::*;

fn decode(path: &str, bytes: &[u8]) -> Option<(String, Encoding)> {
    let path = RepoPath::new(path).expect("a path");
    SourceText::decode(&path, bytes.to_vec()).map(|decoded| (decoded.text, decoded.encoding))
}

#[track_caller]
fn check(bytes: &[u8], text: &str, encoding: Encoding) {
    assert_eq!(decode("notes", bytes), Some((text.to_owned(), encoding)));
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

#[test]
fn encodings_are_told_apart() {
    check(b"", "", Encoding::Utf8);
    check("größe = 1\r\n".as_bytes(), "größe = 1\r\n", Encoding::Utf8);
    check(b"\xef\xbb\xbfa = 1", "a = 1", Encoding::Utf8);
    check(b"gr\xf6\xdfe = \"\x80\"", "größe = \"€\"", Encoding::Windows1252);
    check(
        b"\x81\x8d\x8f\x90\x9d is no character",
        "\u{81}\u{8d}\u{8f}\u{90}\u{9d} is no character",
        Encoding::Windows1252,
    );
    let text = "password = 'größe'\r\n";
    let (little, big) = (utf16(text, u16::to_le_bytes), utf16(text, u16::to_be_bytes));
    check(&[b"\xff\xfe".as_slice(), &little].concat(), text, Encoding::Utf16Le);
    check(&[b"\xfe\xff".as_slice(), &big].concat(), text, Encoding::Utf16Be);
    check(&little, text, Encoding::Utf16Le);
    check(&big, text, Encoding::Utf16Be);
    let cyrillic = "ключ = 1\nпароль 2\n";
    check(&utf16(cyrillic, u16::to_le_bytes), cyrillic, Encoding::Utf16Le);
    check(&utf16(cyrillic, u16::to_be_bytes), cyrillic, Encoding::Utf16Be);
}

#[test]
fn long_utf16_is_not_judged_by_a_pair_cut_in_two() {
    // 4,095 units, then a pair whose halves lie on both sides of the sample's end.
    let text = format!("{}\u{1f600}", "a".repeat(4095));
    check(&utf16(&text, u16::to_le_bytes), &text, Encoding::Utf16Le);
}

#[test]
fn a_stray_nul_hides_no_code() {
    let mut code = b"import os\n".repeat(20);
    code[50] = 0;
    for path in ["a.py", ".env", "Makefile"] {
        let (text, encoding) = decode(path, &code).expect("text");
        assert_eq!((text.len(), encoding), (code.len(), Encoding::Utf8), "{path}");
    }
    // More of them are accepted in code than elsewhere.
    for at in [10, 20, 30, 40] {
        code[at] = 1;
    }
    assert!(decode("a.PY", &code).is_some());
    assert!(decode("a.dat", &code).is_none());
    // A NUL past the sample is no reason either.
    let mut long = b"x = 1\n".repeat(2000);
    long[11_000] = 0;
    assert!(decode("data", &long).is_some());
}

#[test]
fn binary_data_is_told_from_text() {
    let noise: Vec<u8> = (0..9000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let utf32: Vec<u8> = "text".chars().flat_map(|char| u32::from(char).to_le_bytes()).collect();
    for (path, bytes) in [
        ("a.bin", noise.as_slice()),
        ("a.py", noise.as_slice()),
        ("a.o", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0\x01\0\0\0"),
        ("a.txt", utf32.as_slice()),
        ("zeros.c", &[0; 512]),
    ] {
        assert_eq!(decode(path, bytes), None, "{path}");
    }
}

proptest! {
    /// No bytes make it fail, and a binary answer has a reason: control characters.
    #[test]
    fn any_bytes_decode(bytes in prop::collection::vec(any::<u8>(), 0..600), name in "[a-z]{1,3}(\\.(c|py|dat))?") {
        if decode(&name, &bytes).is_none() {
            prop_assert!(bytes.iter().any(|byte| byte.is_ascii_control()));
        }
    }

    #[test]
    fn utf8_comes_back_as_it_is(text in "[^\\p{Cc}\u{feff}][^\\p{Cc}]{0,80}(\r?\n[^\\p{Cc}]{0,80}){0,4}") {
        let decoded = decode("a.txt", text.as_bytes());
        prop_assert_eq!(decoded, Some((text, Encoding::Utf8)));
    }

    #[test]
    fn utf16_with_a_mark_comes_back_as_it_is(text in "\\PC{0,80}", big in any::<bool>()) {
        let (order, mark, encoding): (fn(u16) -> [u8; 2], _, _) = if big {
            (u16::to_be_bytes, [0xfe, 0xff], Encoding::Utf16Be)
        } else {
            (u16::to_le_bytes, [0xff, 0xfe], Encoding::Utf16Le)
        };
        let bytes = [mark.to_vec(), utf16(&text, order)].concat();
        prop_assert_eq!(decode("a.txt", &bytes), Some((text, encoding)));
    }

    /// What is not UTF-8 has one character a byte, none of them lost.
    #[test]
    fn other_bytes_are_one_character_each(bytes in prop::collection::vec((0x20..=0xff_u8).prop_filter("no delete", |byte| *byte != 0x7f), 1..200)) {
        let (text, encoding) = decode("a.txt", &bytes).expect("no control bytes");
        if encoding == Encoding::Windows1252 {
            prop_assert_eq!(text.chars().count(), bytes.len());
            prop_assert!(!text.contains(char::REPLACEMENT_CHARACTER), "{}", text);
        }
    }

    #[test]
    fn lines_are_counted_as_the_line_index_does(text in "(a|\r|\n|é){0,40}") {
        let path = RepoPath::new("a.txt").expect("a path");
        let decoded = SourceText::decode(&path, text.clone().into_bytes()).expect("text");
        prop_assert_eq!(decoded.line_count(), LineIndex::new(&text).line_count());
    }
}
