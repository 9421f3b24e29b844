//! Receivers as text: `self.store.items()`, `$this->repo`, `ns::Class`. What is more than a chain of names, calls and
//! indices is not understood. Facts cut receivers at 200 characters, which bounds how deep parentheses are followed.

/// One step of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'t> {
    /// A name, with its sigil.
    Name(&'t str),
    /// A call of what stands before.
    Call,
    /// An element of what stands before.
    Element,
}

/// The chain that `text` is: its first step is a name. `new User(…)` and `(new User)` count as a call of `User`.
pub(super) fn chain(text: &str) -> Option<Vec<Step<'_>>> {
    let mut rest = text.trim();
    for word in ["await ", "yield ", "&", "*", "!"] {
        rest = rest.strip_prefix(word).unwrap_or(rest).trim_start();
    }
    if let Some(inner) = rest.strip_prefix('(')
        && let Some(close) = close_of(rest)
    {
        // `(new User)->name`, `(await x).y`.
        let mut steps = chain(&inner[..close - 1])?;
        follow(&rest[close + 1..], &mut steps)?;
        return Some(steps);
    }
    let mut steps = Vec::new();
    let is_new = rest.strip_prefix("new ").map(str::trim_start);
    rest = is_new.unwrap_or(rest);
    let name = name_at(rest)?;
    steps.push(Step::Name(name));
    rest = rest[name.len()..].trim_start();
    if is_new.is_some() {
        // The name of a class may be qualified: all of it stands before the arguments.
        while let Some(next) = behind_separator(rest) {
            let name = name_at(next)?;
            steps.push(Step::Name(name));
            rest = next[name.len()..].trim_start();
        }
        steps.push(Step::Call);
        rest = match rest.starts_with('(') {
            true => rest[close_of(rest)? + 1..].trim_start(),
            false => rest,
        };
    }
    follow(rest, &mut steps)?;
    Some(steps)
}

/// Reads `.name`, `->name`, `::name`, `(…)` and `[…]` until the end.
fn follow<'t>(mut rest: &'t str, steps: &mut Vec<Step<'t>>) -> Option<()> {
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else { return Some(()) };
        match first {
            '(' => {
                steps.push(Step::Call);
                rest = &rest[close_of(rest)? + 1..];
            }
            '[' => {
                steps.push(Step::Element);
                rest = &rest[close_of(rest)? + 1..];
            }
            '!' | '?' if behind_separator(rest).is_none() => rest = &rest[1..],
            _ => {
                let next = behind_separator(rest)?;
                let name = name_at(next)?;
                steps.push(Step::Name(name));
                rest = &next[name.len()..];
            }
        }
    }
}

/// What stands behind the separator that `text` starts with.
fn behind_separator(text: &str) -> Option<&str> {
    ["?->", "?.", "->", "::", ".", "\\"].into_iter().find_map(|it| text.strip_prefix(it)).map(str::trim_start)
}

/// The name at the start of `text`: letters, digits, `_`, with PHP's, Ruby's and JavaScript's sigils.
fn name_at(text: &str) -> Option<&str> {
    let body = text.trim_start_matches(['$', '@', '#', '\\']);
    let sigil = text.len() - body.len();
    let end = body.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$' || c == '\\')).unwrap_or(body.len());
    (end > 0).then(|| &text[..sigil + end])
}

/// Where the bracket that opens `text` is closed; strings are skipped.
fn close_of(text: &str) -> Option<usize> {
    let mut open = Vec::new();
    let mut quote = None;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match (quote, byte) {
            (Some(_), b'\\') => drop(bytes.next()),
            (Some(mark), byte) if byte == mark => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => open.push(byte),
            (None, b')' | b']' | b'}') => {
                open.pop()?;
                if open.is_empty() {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shown = chain(text).map(|steps| {
            let word = |step: &Step<'_>| match step {
                Step::Name(name) => (*name).to_owned(),
                Step::Call => "()".to_owned(),
                Step::Element => "[]".to_owned(),
            };
            steps.iter().map(word).collect::<Vec<_>>().join(" ")
        });
        assert_eq!(shown.as_deref().unwrap_or("-"), expected, "{text}");
    }

    #[test]
    fn reads_chains() {
        check("self.store", "self store");
        check("super()", "super ()");
        check("$this->repo?->find(1, ')')", "$this repo find ()");
        check("new Foo.Bar(x)", "Foo Bar ()");
        check("(new User)", "User ()");
        check("(await db.connect(1))", "db connect ()");
        check("ns::Class", "ns Class");
        check("rows[0].user", "rows [] user");
        check("@store", "@store");
        check("\\App\\User", "\\App\\User");
        check("a ? b : c", "-");
        check("f(1", "-");
        check("\"text\"", "-");
        check("", "-");
        check("é.x", "é x");
    }
}
