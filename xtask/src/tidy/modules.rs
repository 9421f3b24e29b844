//! Rust files: each says what it is for, none is a room too many, and nothing is left undone without a reason.

use super::{Violation, rust_files};
use crate::repository::TrackedFile;

/// Lines of a `lib.rs`: a door, not a room.
const MAX_DOOR_LINES: usize = 150;

/// Lines above which a file is probably two ideas.
const MAX_FILE_LINES: usize = 700;

/// Longer files that are one idea all the same: path and why.
const LONG_FILES: &[(&str, &str)] = &[];

/// Checks every Rust file.
pub(super) fn check(files: &[TrackedFile]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in rust_files(files) {
        let lines = text.lines().count();
        if !text.starts_with("//!") {
            violations.push(Violation::line(path, 1, "say in `//!` lines at the top what this file is for"));
        }
        if path.ends_with("/src/lib.rs") && lines > MAX_DOOR_LINES {
            let message = format!("{lines} lines; a door has at most {MAX_DOOR_LINES}, so move the logic into modules");
            violations.push(Violation::file(path, message));
        }
        if lines > MAX_FILE_LINES && !LONG_FILES.iter().any(|(long, _)| *long == path) {
            let message = format!(
                "{lines} lines; over {MAX_FILE_LINES} it is probably two ideas: split it, or list it with the reason in \
                 LONG_FILES of xtask/src/tidy/modules.rs"
            );
            violations.push(Violation::file(path, message));
        }
        violations.extend(undone(path, text));
    }
    violations
}

/// Marks of unfinished work must say why it is unfinished, in at least three words.
fn undone(path: &str, text: &str) -> Vec<Violation> {
    // Put together here so that this file does not find itself.
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat()];
    let mut violations = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for mark in &marks {
            let Some((before, after)) = line.split_once(mark.as_str()) else {
                continue;
            };
            let is_comment = before.contains("//");
            let reason = after.trim_start_matches([':', ' ']).split_whitespace().count();
            if is_comment && reason < 3 {
                violations.push(Violation::line(path, at + 1, format!("say after {mark} why, or do it")));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::super::tests::{files, shown};
    use super::*;

    #[test]
    fn every_file_says_what_it_is_for() {
        let found = shown(&check(&files(&[("crates/a/src/b.rs", "fn main() {}\n"), ("c.rs", "//! Does it.\n")])));
        assert_eq!(found, ["crates/a/src/b.rs:1: say in `//!` lines at the top what this file is for"]);
    }

    #[test]
    fn doors_are_short_and_files_are_one_idea() {
        let text = |lines: usize| "//! a\n".repeat(lines);
        let (door, room) = (text(MAX_DOOR_LINES + 1), text(MAX_FILE_LINES + 1));
        let found = shown(&check(&files(&[("crates/a/src/lib.rs", &door), ("crates/a/src/b.rs", &room)])));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("crates/a/src/lib.rs: 151 lines; a door"), "{found:?}");
        assert!(found[1].starts_with("crates/a/src/b.rs: 701 lines; over 700"), "{found:?}");
    }

    #[test]
    fn unfinished_work_gives_its_reason() {
        let mark = ["FIX", "ME"].concat();
        let text = format!("//! a\n// {mark}\n// {mark}: wrong since the parser drops it\nlet a = \"{mark}\";\n");
        assert_eq!(shown(&check(&files(&[("a.rs", &text)]))), [format!("a.rs:2: say after {mark} why, or do it")]);
    }
}
