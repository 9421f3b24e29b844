//! What cannot be read gets one clear problem; what Python reads is read.

use codeproof_python::{ProblemKind, decode, read};

#[track_caller]
fn refused(bytes: &[u8], kind: ProblemKind, line: u32) {
    let problem = read(bytes).expect_err("no Python");
    assert_eq!((problem.kind, problem.line), (kind, line), "{}", problem.message);
    assert!(!problem.message.is_empty());
}

#[track_caller]
fn accepted(bytes: &[u8]) {
    read(bytes).map(|_| ()).expect("Python");
}

#[test]
fn what_python_reads_is_read() {
    accepted(b"");
    accepted(b"\n\n");
    accepted(b"x = 1");
    accepted(b"\xef\xbb\xbfx = 1\n");
    accepted(b"def f():\r\n\treturn 1\r\n");
    accepted(b"def f():\r\treturn 1\r");
    accepted(b"try:\n    x = 1\nexcept (IOError, OSError):\n    pass\n");
    accepted("# coding: latin-1\nx = 'H\u{e4}mmer'\n".chars().map(|char| char as u8).collect::<Vec<u8>>().as_slice());
}

#[track_caller]
fn told(bytes: &[u8], words: &str) {
    let problem = read(bytes).expect_err("no Python");
    assert!(problem.message.contains(words), "{}", problem.message);
}

#[test]
fn notebooks_are_told_from_other_files() {
    let document = b"{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"x = 1\\n\"]}], \"nbformat\": 4}\n";
    refused(document, ProblemKind::Notebook, 1);
    told(document, "export it as a script");
    accepted(b"{'cells': 1}\n");
    for command in ["!pip install vendor", "%matplotlib inline", "%%time", "files = !ls", "frame.head?", "    !ls"] {
        let text = format!("import os\n{command}\n");
        refused(text.as_bytes(), ProblemKind::Syntax, 2);
        told(text.as_bytes(), &format!("`{}` is a notebook's command", command.trim()));
    }
    accepted(b"x = (5\n% 3)\ny = '''\n!pip\n'''\n");
    let other = read(b"x = 5\ny = = 3\n").expect_err("no Python");
    assert!(!other.message.contains("notebook"), "{}", other.message);
}

#[test]
fn a_cookie_says_how_bytes_are_read() {
    let latin = decode(b"#!/usr/bin/python\n# -*- coding: latin-1 -*-\nx = '\xe4\x85'\n").expect("latin-1");
    assert!(latin.text.ends_with("x = '\u{e4}\u{85}'\n"));
    let western = decode(b"# vim: set fileencoding=cp1252 :\nx = '\x80'\n").expect("cp1252");
    assert!(western.text.ends_with("x = '\u{20ac}'\n"));
    assert!(decode(b"x = 1\n\n# coding: latin-1\ny = '\xe4'\n").is_err(), "a cookie in the third line is none");
}

#[test]
fn what_python_does_not_read_is_refused_with_a_line() {
    refused(b"x = 1\ny = '\xe4'\n", ProblemKind::Encoding, 2);
    refused(b"# coding: klingon\nx = 1\n", ProblemKind::Encoding, 1);
    refused(b"\xff\xfex\0", ProblemKind::Encoding, 1);
    refused(b"\x7fELF\n\0\0", ProblemKind::Binary, 2);
    refused(b"def f(:\n    pass\n", ProblemKind::Syntax, 1);
    refused(b"x = (1,\n\n\ndef f():\n    pass\n", ProblemKind::Syntax, 1);
    refused(b"\n  x = 1\n", ProblemKind::Syntax, 2);
}

#[test]
fn python_2_is_called_by_its_name() {
    refused(b"x = 1\nprint 'hits', x\n", ProblemKind::Python2, 2);
    refused(b"if x:\n    print x\n", ProblemKind::Python2, 2);
    refused(b"import sys\nprint >>sys.stderr, 'x'\n", ProblemKind::Python2, 2);
    refused(b"try:\n    pass\nexcept IOError, error:\n    pass\n", ProblemKind::Python2, 3);
    refused(b"exec 'x = 1'\n", ProblemKind::Python2, 1);
    refused(b"if 1 <> 2:\n    pass\n", ProblemKind::Python2, 1);
    refused(b"raise ValueError, 'no bars'\n", ProblemKind::Python2, 1);
}

#[test]
fn what_is_too_deep_is_refused_before_it_is_parsed() {
    for (part, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("{1:", "}")] {
        let text = format!("x = {}1{}\n", part.repeat(100_000), close.repeat(100_000));
        refused(text.as_bytes(), ProblemKind::TooDeep, 1);
    }
    for part in ["a+", "not ", "-", "a.", "x if a else ", "lambda: ", "a**", "await "] {
        refused(format!("y = {}b\n", part.repeat(200_000)).as_bytes(), ProblemKind::TooDeep, 1);
    }
    refused(format!("f{}\n", "()".repeat(200_000)).as_bytes(), ProblemKind::TooDeep, 1);
    let blocks: String = (0..3_000).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
    refused(blocks.as_bytes(), ProblemKind::TooDeep, 102);
    refused(format!("x = {}\n", "f'{".repeat(5_000)).as_bytes(), ProblemKind::TooDeep, 1);
}

#[test]
fn what_is_long_but_flat_is_read() {
    let rows: String = (0..50_000).map(|row| format!("    ('T{row}', {row} + 1),\n")).collect();
    assert!(read(format!("ROWS = [\n{rows}]\n").as_bytes()).is_ok());
    let deep = format!("x = {}1{}\n", "(".repeat(150), ")".repeat(150));
    assert!(read(deep.as_bytes()).is_ok());
    let chain = format!("x = {}1\n", "a + ".repeat(1_000));
    assert!(read(chain.as_bytes()).is_ok());
}
