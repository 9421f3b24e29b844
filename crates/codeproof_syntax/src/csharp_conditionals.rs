//! Conditionals of C# that cut through a statement or a head, which the grammar cannot read: of each `#if` the first
//! branch stays, everything else of it becomes blanks. Only for texts that cannot be read as they are, because what is
//! blanked out has no facts.

/// `text` with the first branch of each conditional only; `None` when it has none. Same length, same line ends.
pub(crate) fn first_branches(text: &str) -> Option<String> {
    let mut kept = String::with_capacity(text.len());
    // For each open `#if`: whether its branch is the first, and stands in first ones only.
    let mut open: Vec<(bool, bool)> = Vec::new();
    let mut has_any = false;
    for line in text.split_inclusive('\n') {
        let directive = line.trim_start().strip_prefix('#').map(str::trim_start).unwrap_or_default();
        let is_kept_around = open.last().is_none_or(|(_, is_kept)| *is_kept);
        let is_directive = ["if", "el", "endif"].iter().any(|word| directive.starts_with(word));
        if directive.starts_with("if") {
            open.push((true, is_kept_around));
            has_any = true;
        } else if directive.starts_with("endif") {
            open.pop();
        } else if let (true, Some(branch)) = (directive.starts_with("el"), open.last_mut()) {
            *branch = (false, false);
        }
        if is_directive || !is_kept_around {
            kept.extend(line.chars().flat_map(blanks));
        } else {
            kept.push_str(line);
        }
    }
    has_any.then_some(kept)
}

/// As many blanks as `character` has bytes; ends of lines stay.
fn blanks(character: char) -> impl Iterator<Item = char> {
    let blank = if matches!(character, '\r' | '\n') { character } else { ' ' };
    std::iter::repeat_n(blank, character.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::first_branches;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let kept = first_branches(text).unwrap();
        assert_eq!(kept.len(), text.len());
        let lines: Vec<&str> = kept.lines().map(str::trim_end).collect();
        assert_eq!(lines.join("|"), expected);
    }

    #[test]
    fn the_first_branch_stays() {
        check("a\n#if X\nb\n#elif Y\nc\n#else\nd ö\n#endif\ne\n", "a||b||||||e");
        check("#if X\r\n#if Y\r\na\r\n#else\r\nb\r\n#endif\r\nc\r\n#endif\r\n", "||a||||c|");
        check("#if X\na\n#else\n  # if Y\nb\n#endif\nc\n#endif\nd", "|a|||||||d");
        assert_eq!(first_branches("#region a\nb\n#endregion\n"), None);
    }
}
