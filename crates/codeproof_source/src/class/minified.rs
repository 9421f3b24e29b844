//! Scripts and styles packed for the wire. Only what browsers load can be minified: server code in one long line is
//! more likely to hide something than to save bytes.

use codeproof_types::RepoPath;

/// Extensions of files that are sent to browsers.
const BROWSER_EXTENSIONS: &[&str] = &["js", "mjs", "cjs", "css"];

/// Average bytes in a line above which a script is packed; GitHub's Linguist draws the line here too.
const PACKED_LINE_BYTES: usize = 110;

/// Shorter scripts have too few lines for an average.
const MIN_BYTES: usize = 2048;

pub(super) fn is_minified(path: &RepoPath, text: &str) -> bool {
    let name = path.file_name();
    let Some((stem, extension)) = name.rsplit_once('.') else {
        return false;
    };
    match extension {
        // Source maps of the above.
        "map" => stem.ends_with(".js") || stem.ends_with(".css"),
        _ if !BROWSER_EXTENSIONS.contains(&extension) => false,
        _ => [".min", "-min"].iter().any(|end| stem.ends_with(end)) || is_packed(text),
    }
}

fn is_packed(text: &str) -> bool {
    let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1;
    text.len() >= MIN_BYTES && text.len() / lines > PACKED_LINE_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, text: &str, expected: bool) {
        assert_eq!(is_minified(&RepoPath::new(path).expect("a path"), text), expected, "{path}");
    }

    #[test]
    fn only_what_browsers_load() {
        let long = "var a=1;".repeat(400);
        check("a.min.js", "", true);
        check("a-min.css", "", true);
        check("app.js.map", "{}", true);
        check("bundle.js", &long, true);
        check("bundle.js", &"var a = 1;\n".repeat(400), false);
        check("shell.php", &long, false);
        check("shell.min.php", &long, false);
        check("foo.mapper.ts", "", false);
        check("site.map", "", false);
    }
}
