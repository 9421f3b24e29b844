//! The project's own tests.

use codeproof_types::RepoPath;

/// Folders of tests wherever they stand.
const FOLDERS: &[&str] = &[
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "testdata",
    "test_data",
    "test-data",
    "spec",
    "specs",
    "e2e",
    "cypress",
];

/// Whole file names of tests and their set-up.
const NAMES: &[&str] = &["conftest.py", "tests.py", "phpunit.xml", "phpunit.xml.dist", "TestCase.php"];

/// Starts and ends of file names by extension: pytest and unittest, Go, Google Test, PHPUnit, Codeception, phpspec,
/// RSpec, Jest, JUnit. Ends that start with a capital letter are compared with it: `Latest.php` is no test.
const AFFIXES: &[(&[&str], &[&str], &[&str])] = &[
    (&["py"], &["test_"], &["_test", "_tests"]),
    (&["php"], &[], &["Test", "TestCase", "Cest", "Spec", "_test"]),
    (&["c", "cc", "cpp", "cxx", "h", "hpp"], &["test_"], &["_test", "_tests", "_unittest", "-test", "Test", "Tests"]),
    (&["go", "rs"], &[], &["_test", "_tests"]),
    (&["rb"], &["test_"], &["_test", "_spec"]),
    (&["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "vue"], &[], &[".test", ".spec", ".cy", ".e2e"]),
    (&["java", "kt", "cs", "swift"], &[], &["Test", "Tests", "IT"]),
    (&["t", "phpt", "snap"], &[""], &[]),
];

pub(super) fn is_test(path: &RepoPath) -> bool {
    let mut folders = path.components();
    folders.next_back();
    folders.enumerate().any(|(depth, folder)| {
        // Perl's `t` only at the top; elsewhere one letter says nothing.
        FOLDERS.iter().any(|known| known.eq_ignore_ascii_case(folder)) || depth == 0 && folder == "t"
    }) || is_test_name(path)
}

fn is_test_name(path: &RepoPath) -> bool {
    let name = path.file_name();
    if NAMES.contains(&name) {
        return true;
    }
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return false;
    };
    AFFIXES.iter().filter(|(extensions, ..)| extensions.contains(&extension)).any(|(_, starts, ends)| {
        starts.iter().any(|start| stem.starts_with(start)) || ends.iter().any(|end| stem.ends_with(end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: bool) {
        assert_eq!(is_test(&RepoPath::new(path).expect("a path")), expected, "{path}");
    }

    #[test]
    fn folders_and_names_decide() {
        for path in [
            "tests/unit/a.c",
            "app/__tests__/a.js",
            "test_login.py",
            "pkg/login_test.go",
            "LoginTest.php",
            "a.spec.ts",
            "blog/tests.py",
            "t/basic.pl",
            "Tests/Feature/UserTest.php",
        ] {
            check(path, true);
        }
        for path in [
            "latest.py",
            "Latest.php",
            "contest/app.py",
            "src/t/x.c",
            "inspect.ts",
            "testimony.php",
            "attestations/a.py",
        ] {
            check(path, false);
        }
    }
}
