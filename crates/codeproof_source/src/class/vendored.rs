//! Somebody else's code, copied or installed into the tree.

use codeproof_types::RepoPath;

/// Folders that hold other people's code wherever they stand, compared without regard to case.
const ANYWHERE: &[&str] = &[
    // Package managers install here.
    "node_modules",
    "bower_components",
    "jspm_packages",
    "site-packages",
    "dist-packages",
    "pods",
    "carthage",
    ".venv",
    ".yarn",
    ".pnpm-store",
    ".eggs",
    ".tox",
    ".nox",
    // People copy here.
    "vendor",
    "vendored",
    "_vendor",
    "_vendored",
    "third_party",
    "third-party",
    "thirdparty",
    "3rdparty",
    "3rd_party",
];

/// Folders that hold other people's code only at the top of the tree; further down they are ordinary words, such as a
/// package of dependency injections.
const AT_THE_TOP: &[&str] = &["deps", "extern", "externals", "venv"];

pub(super) fn is_vendored(path: &RepoPath) -> bool {
    let mut folders = path.components();
    folders.next_back();
    folders
        .enumerate()
        .any(|(depth, folder)| is_one_of(ANYWHERE, folder) || depth == 0 && is_one_of(AT_THE_TOP, folder))
}

fn is_one_of(words: &[&str], folder: &str) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: bool) {
        assert_eq!(is_vendored(&RepoPath::new(path).expect("a path")), expected, "{path}");
    }

    #[test]
    fn whole_components_decide() {
        check("vendor/autoload.php", true);
        check("a/b/node_modules/c/d.js", true);
        check("src/Third_Party/zlib.c", true);
        check("deps/lua/src/lapi.c", true);
        check("src/deps/container.py", false);
        check("src/vendors/list.php", false);
        check("app/vendor.php", false);
        check("vendor", false);
        check("my_node_modules/x.js", false);
    }
}
