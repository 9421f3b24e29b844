//! Looks for secrets in a folder and prints one JSON row each: `secrets_scan FOLDER [--suppressed]`. Times go to
//! standard error: this measures the secrets pass alone, without parsing and pattern rules.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use codeproof_detect::{Config, Detector, FileInput};
use codeproof_types::{ContentHash, FileFacts, LineIndex, RepoPath, State};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let root = PathBuf::from(arguments.next().expect("usage: secrets_scan FOLDER [--suppressed]"));
    let with_suppressed = arguments.next().is_some();
    let detector = Detector::new(Config::default()).expect("the built-in rules load");
    let facts = FileFacts::default();
    let (mut bytes, mut count, mut spent) = (0, 0, Duration::ZERO);
    for file in files(&root) {
        let Some(text) = std::fs::read(&file).ok().and_then(|bytes| decode(&bytes)) else { continue };
        let relative = file.strip_prefix(&root).expect("the walk stays in its root").to_string_lossy().into_owned();
        let Ok(path) = RepoPath::new(relative) else { continue };
        let lines = LineIndex::new(&text);
        let hash = ContentHash::of(text.as_bytes());
        let input = FileInput {
            path: &path,
            text: &text,
            hash,
            lines: &lines,
            language: None,
            parsed: None,
            facts: &facts,
            secrets_only: true,
        };
        let start = Instant::now();
        let (findings, _) = detector.detect(&input);
        spent += start.elapsed();
        (bytes, count) = (bytes + text.len(), count + 1);
        for finding in findings.iter().filter(|finding| with_suppressed || finding.state != State::Suppressed) {
            let Some(category) = finding.category else { continue };
            let row = serde_json::json!({
                "path": path, "category": category, "start_line": finding.location.first_line,
                "end_line": finding.location.last_line, "kind": finding.rule_id, "state": finding.state,
                "severity": finding.severity, "quote": finding.evidence[0].quote,
            });
            println!("{row}");
        }
    }
    let rate = bytes as f64 / 1e6 / spent.as_secs_f64();
    eprintln!("{count} files, {bytes} bytes, {spent:?} in the detector, {rate:.0} MB/s");
}

/// Every file below `root`, links and `.git` left out.
fn files(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder is readable").flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && entry.file_name() != ".git" => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

/// UTF-8, UTF-16 with a byte-order mark, else Latin-1; `None` for what holds a NUL byte early on.
fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| read([pair[0], pair[1]])).collect();
        Some(String::from_utf16_lossy(&units))
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ if bytes.iter().take(8000).any(|byte| *byte == 0) => None,
        _ => Some(
            String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect()),
        ),
    }
}
