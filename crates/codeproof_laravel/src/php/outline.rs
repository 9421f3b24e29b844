//! Where a class file declares its methods, by a walk over its lines: much cheaper than parsing, and enough to point at
//! a method.

use rustc_hash::FxHashMap;

/// Words that stand in front of `function` in a declaration.
const MODIFIERS: &[&str] = &["public", "protected", "private", "static", "final", "abstract"];

/// The first line (1-based) of each method by its lower-case name. Comments are left out.
pub(super) fn method_lines(text: &str) -> FxHashMap<String, u32> {
    let mut lines = FxHashMap::default();
    let mut in_comment = false;
    for (number, line) in (1u32..).zip(text.lines()) {
        let line = line.trim_start();
        if in_comment || line.starts_with("/*") {
            in_comment = !line.contains("*/");
            continue;
        }
        if let Some(name) = declared(line) {
            lines.entry(name.to_lowercase()).or_insert(number);
        }
    }
    lines
}

/// The name of the method that a line declares.
fn declared(line: &str) -> Option<&str> {
    let mut rest = line;
    loop {
        let end = rest.find(|character: char| !character.is_ascii_alphabetic())?;
        let (word, after) = rest.split_at(end);
        let after = after.trim_start();
        if word.eq_ignore_ascii_case("function") {
            let name = after.trim_start_matches('&').trim_start();
            let end = name.find(|character: char| !(character.is_alphanumeric() || character == '_'))?;
            return (end > 0).then(|| &name[..end]);
        }
        if !MODIFIERS.iter().any(|modifier| word.eq_ignore_ascii_case(modifier)) {
            return None;
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::method_lines;

    #[test]
    fn methods_are_found_and_comments_are_not() {
        let text = "<?php\nclass A {\n    public static function one() {}\n    /*\n    public function two() {}\n    */\n\
                    // public function three() {}\n    function &Four() { $f = function () {}; }\n}\n";
        let mut found: Vec<_> = method_lines(text).into_iter().collect();
        found.sort();
        assert_eq!(found, [("four".to_owned(), 8), ("one".to_owned(), 3)]);
    }
}
