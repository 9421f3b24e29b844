//! What is written for each scanner.

use codeproof_split::{Form, Options, Source, document, split};

use crate::split_text;

const TWO: &str = "\
from vendor import bars
GAP = 1.1
def scan_one(df):
    return df[(df['open'] >= GAP) & (df['close'] >= 5)]
HITS = scan_one(bars())
GAP = -0.25
def scan_two(df):
    return df[df['open'] >= GAP]
OUT = {'two': scan_two(bars())}
";

#[test]
fn each_scanner_is_cut_out_with_its_own_values() {
    let split = split_text(TWO);
    let names: Vec<&str> = split.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["one.py", "two.py"], "a slice needs nothing beside it");
    assert!(
        split.scanners.iter().all(|scanner| scanner.form == Form::Slice && scanner.whole_program_because.is_none())
    );
    let one = String::from_utf8_lossy(&split.files[0].bytes);
    assert!(
        one.contains("    'GAP': 1.1,  # line 2") && one.contains("return HITS") && !one.contains("-0.25"),
        "{one}"
    );
    let two = String::from_utf8_lossy(&split.files[1].bytes);
    assert!(
        two.contains("    'GAP': -0.25,  # line 6") && two.contains("return OUT['two']") && !two.contains("scan_one")
    );
    assert!(codeproof_python::read(two.as_bytes()).is_ok(), "a template is Python");
}

#[test]
fn the_whole_program_of_a_scanner_can_be_had() {
    let split = split_text(TWO);
    let files = split.whole_program(1);
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["two.py", "original_scans.py"]);
    assert_eq!(files[1].bytes, TWO.as_bytes());
    let two = String::from_utf8_lossy(&files[0].bytes);
    assert!(
        two.contains("'GAP': -0.25,  # line 6: assigned on line 6") && two.contains("'GAP': (-0.25, (6, 6, 6, 11)),"),
        "{two}"
    );
    assert!(two.contains("RESULT = ['OUT', 'two']"));
    assert!(codeproof_python::read(two.as_bytes()).is_ok(), "a template is Python");
    assert!(split.whole_program(2).is_empty());
}

#[test]
fn names_of_the_file_never_become_code() {
    let source =
        Source::new("a'\n#{{ x }}.py", "df['x\\'\\n;import os'] = (df['c'] > 1) & (df['o'] > 2) & (df['h'] > 3)\n");
    let split = split(&source, &Options::default());
    assert_eq!(split.scanners.len(), 1);
    for file in split.files.iter().filter(|file| !file.name.starts_with("original")) {
        assert!(file.name.chars().all(|char| char.is_alphanumeric() || "_.".contains(char)), "{}", file.name);
        let text = String::from_utf8_lossy(&file.bytes);
        assert!(!text.lines().any(|line| line.starts_with(";import")), "{text}");
        assert!(codeproof_python::read(&file.bytes).is_ok());
    }
}

#[test]
fn the_documents_say_what_was_found_and_what_was_kept_apart() {
    let split = split_text(TWO);
    let boundaries = document::boundaries(&split);
    assert_eq!(boundaries["status"], "multi");
    assert_eq!(boundaries["scanners"][0]["start_line"], 3);
    assert_eq!(boundaries["scanners"][0]["template"], "one.py");
    let namespace = boundaries["scanners"][0]["namespace"].as_str().unwrap_or_default();
    assert!(namespace.starts_with("ns_one_") && namespace.len() == "ns_one_".len() + 8);
    let parameters = document::parameters(&split);
    assert_eq!(parameters["scanners"]["two"][0]["value"], -0.25);
    assert_eq!(parameters["avoided_contaminations"][0]["belongs_to"], "two");
    assert_eq!(boundaries["scanners"][0]["form"], "slice");
}
