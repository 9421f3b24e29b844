//! Files that do not belong into a repository.

use super::Violation;
use crate::repository::TrackedFile;

/// Larger files are data; data is fetched or made.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Ends of names of what tools leave behind.
const LEFT_BEHIND: &[(&str, &str)] = &[
    (".snap.new", "read it; accept it by renaming it to .snap, or remove it"),
    (".pending-snap", "accept or reject the inline snapshot, and remove it"),
    (".orig", "remove it"),
    (".rej", "remove it"),
];

/// Looks at names and sizes.
pub(super) fn check(files: &[TrackedFile]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in files {
        if file.bytes > MAX_FILE_BYTES {
            let message =
                format!("{} bytes, more than {MAX_FILE_BYTES}; make or fetch it where it is needed", file.bytes);
            violations.push(Violation::file(&file.path, message));
        }
        for (_, advice) in LEFT_BEHIND.iter().filter(|(end, _)| file.path.ends_with(end)) {
            violations.push(Violation::file(&file.path, format!("a tool left this behind: {advice}")));
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::super::tests::{files, shown};
    use super::*;

    #[test]
    fn large_and_left_behind_files_are_found() {
        let large = "x".repeat((1 << 20) + 1);
        let found = shown(&check(&files(&[("a.sql", &large), ("b.snap", ""), ("c.snap.new", "")])));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("a.sql: 1048577 bytes"), "{found:?}");
        assert!(found[1].starts_with("c.snap.new: a tool left this behind"), "{found:?}");
    }
}
