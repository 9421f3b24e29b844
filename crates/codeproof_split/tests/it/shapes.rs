//! Files of many shapes: what their scanners are and what each uses is written beside the code.
//!
//! In `shapes.fixture`, `//- name` begins a file; the lines `#<< name {values}` and `#>>` around a scanner are taken out before
//! the file is split. `inline` lists thresholds without a name. A file without such lines holds no scanner.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::split_text;

/// One scanner that is expected: its name, its lines, its values.
#[derive(Debug, PartialEq)]
struct Expected {
    name: String,
    lines: (u32, u32),
    values: BTreeMap<String, Json>,
}

/// The file without the marks, and what they say.
fn read(text: &str) -> (String, Vec<Expected>) {
    let mut file = Vec::new();
    let mut expected: Vec<Expected> = Vec::new();
    for line in text.lines() {
        let here = u32::try_from(file.len()).expect("a short file");
        match line.trim_start() {
            mark if mark.starts_with("#<< ") => {
                let (name, values) = mark[4..].split_once(' ').expect("a name and values");
                let values = serde_json::from_str(values).expect("values are JSON");
                expected.push(Expected { name: name.to_owned(), lines: (here + 1, 0), values });
            }
            "#>>" => expected.last_mut().expect("a mark that begins").lines.1 = here,
            _ => file.push(line),
        }
    }
    (file.join("\n") + "\n", expected)
}

fn found(text: &str) -> Vec<Expected> {
    let split = split_text(text);
    let of = |scanner: &codeproof_split::Scanner| {
        let mut values: BTreeMap<String, Json> = BTreeMap::new();
        for known in &scanner.parameters {
            if known.kind == codeproof_split::Kind::Inline {
                let list = values.entry("inline".to_owned()).or_insert_with(|| Json::Array(Vec::new()));
                list.as_array_mut().expect("a list").push(known.value.clone());
            } else {
                let name = known.name.rsplit('.').next().unwrap_or_default();
                values.insert(name.to_owned(), known.value.clone());
            }
        }
        let boundary = &scanner.boundary;
        Expected { name: boundary.name.clone(), lines: (boundary.start_line, boundary.end_line), values }
    };
    split.scanners.iter().map(of).collect()
}

#[test]
fn scanners_and_their_values_are_found_in_every_shape() {
    let fixture = include_str!("shapes.fixture");
    let files: Vec<&str> = fixture.split("//- ").skip(1).collect();
    assert!(files.len() >= 20, "the fixture holds its files");
    let mut other = Vec::new();
    for text in files {
        let (title, text) = text.split_once('\n').expect("a title and a file");
        let (file, expected) = read(text);
        let found = found(&file);
        if found != expected {
            other.push(format!("{title}\n  found    {found:?}\n  expected {expected:?}"));
        }
    }
    assert!(other.is_empty(), "{}", other.join("\n"));
}
