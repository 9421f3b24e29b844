//! Where a class file declares its methods, by a walk over its lines: much cheaper than parsing, and enough to point at
//! a method.

use rustc_hash::FxHashMap;

use super::harmless::{Harmless, harmless};

/// Words that stand in front of `function` in a declaration.
const MODIFIERS: &[&str] = &["public", "protected", "private", "static", "final", "abstract"];

/// What the lines of a class file say.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The first line (1-based) of each method by its lower-case name.
    pub(super) methods: FxHashMap<String, u32>,
    /// The full names of its parent and traits, as far as single lines say them.
    pub(super) ancestors: Vec<String>,
    /// Whether it says anywhere that it wants middleware in front of its methods.
    pub(super) asks_for_middleware: bool,
    /// Whether it does so with attributes, which may stand on any method.
    pub(super) has_attributes: bool,
    /// The full name of its parent.
    pub(super) parent: Option<String>,
    /// What its constructor does, when nothing else asks for middleware and that lets everybody through.
    pub(super) harmless: Option<Harmless>,
}

/// The text of a class file without the methods that nobody wants, its lines where they were: its head, and of its
/// methods those with a wanted name, those that ask for middleware (a parent's constructor may call them), and those
/// that these call on the same object.
pub(super) fn without_other_methods(text: &str, outline: &Outline, wanted: &[&str]) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut starts: Vec<(usize, &str)> = outline.methods.iter().map(|(name, line)| (*line as usize, &**name)).collect();
    starts.sort_unstable();
    let head = starts.first().map_or(lines.len(), |(line, _)| line - 1).min(lines.len());
    let mut kept: Vec<bool> = vec![false; starts.len()];
    let body = |place: usize| {
        let end = starts.get(place + 1).map_or(lines.len(), |(line, _)| line - 1).min(lines.len());
        (starts[place].0 - 1).min(end)..end
    };
    let asks = |place: usize| lines[body(place)].iter().any(|line| line.contains("->middleware("));
    let mut open: Vec<usize> = (0..starts.len()).filter(|it| wanted.contains(&starts[*it].1) || asks(*it)).collect();
    while let Some(place) = open.pop() {
        if std::mem::replace(&mut kept[place], true) {
            continue;
        }
        for line in &lines[body(place)] {
            for called in line.split("$this->").skip(1).chain(line.split("::").skip(1)) {
                let end = called.find(|it: char| !(it.is_alphanumeric() || it == '_')).unwrap_or(called.len());
                let name = called[..end].to_lowercase();
                open.extend(starts.iter().position(|(_, known)| *known == name).filter(|place| !kept[*place]));
            }
        }
    }
    let mut wanted_lines = without_comments(&lines[..head]);
    for place in 0..starts.len() {
        match kept[place] {
            true => wanted_lines.extend(without_comments(&lines[body(place)])),
            false => wanted_lines.extend(body(place).map(|_| "")),
        }
    }
    let mut short = without_idle_imports(&wanted_lines);
    // The last method kept the end of the class, unless it was left out.
    if kept.last().is_some_and(|kept| !kept) {
        short.push_str("\n}\n");
    }
    short
}

/// Lines with those of comments empty.
fn without_comments<'t>(lines: &[&'t str]) -> Vec<&'t str> {
    let mut in_comment = false;
    let mut bare = |line: &&'t str| {
        let start = line.trim_start();
        if in_comment || start.starts_with("/*") {
            in_comment = !line.contains("*/");
            return "";
        }
        if start.starts_with("//") { "" } else { *line }
    };
    lines.iter().map(&mut bare).collect()
}

/// The text of lines without the imports that none of them uses.
fn without_idle_imports(lines: &[&str]) -> String {
    let import = |line: &str| {
        let rest = line.strip_prefix("use ")?.trim_end().strip_suffix(';')?;
        (!rest.contains(['{', ','])).then(|| rest.rsplit(['\\', ' ']).next().unwrap_or(rest).to_owned())
    };
    let code: Vec<&str> = lines.iter().filter(|line| !line.is_empty() && import(line).is_none()).copied().collect();
    let mut text = String::new();
    for line in lines {
        let is_idle = import(line).is_some_and(|alias| !code.iter().any(|line| line.contains(&alias)));
        if !is_idle {
            text.push_str(line);
        }
        text.push('\n');
    }
    text
}

/// Reads the lines of a class file. Comments are left out.
pub(super) fn outline(text: &str) -> Outline {
    let has_attributes = text.contains("Attributes\\Controllers");
    let asks_for_middleware = has_attributes || text.contains("->middleware(") || text.contains("HasMiddleware");
    let mut outline = Outline { asks_for_middleware, has_attributes, ..Outline::default() };
    let mut namespace = "";
    let mut imports: Vec<(&str, &str)> = Vec::new();
    let mut in_comment = false;
    for (number, whole) in (1u32..).zip(text.lines()) {
        let line = whole.trim_start();
        if in_comment || line.starts_with("/*") {
            in_comment = !line.contains("*/");
            continue;
        }
        if let Some(name) = declared(line) {
            outline.methods.entry(name.to_lowercase()).or_insert(number);
        } else if let Some(rest) = line.strip_prefix("namespace ") {
            namespace = rest.trim_end_matches([';', ' ', '{']);
        } else if let Some(rest) = line.strip_prefix("use ") {
            let rest = rest.trim_end().trim_end_matches([';', '{']).trim_end();
            if whole.starts_with(char::is_whitespace) {
                outline.ancestors.extend(rest.split(',').map(|name| full_name(name.trim(), namespace, &imports)));
            } else {
                let (target, alias) =
                    rest.split_once(" as ").unwrap_or((rest, rest.rsplit('\\').next().unwrap_or(rest)));
                imports.push((alias.trim(), target.trim()));
            }
        } else if let Some((_, parent)) = line.split_once(" extends ")
            && line.contains("class ")
        {
            let parent = parent.split([' ', '{']).next().unwrap_or_default();
            let parent = full_name(parent, namespace, &imports);
            outline.parent.get_or_insert_with(|| parent.clone());
            outline.ancestors.push(parent);
        }
    }
    if asks_for_middleware && !has_attributes && !text.contains("HasMiddleware") {
        outline.harmless = harmless_constructor(text, &outline.methods);
    }
    outline
}

/// What the constructor does, when all that asks for middleware stands in it.
fn harmless_constructor(text: &str, methods: &FxHashMap<String, u32>) -> Option<Harmless> {
    let first = *methods.get("__construct")?;
    let next = methods.values().filter(|line| **line > first).min().copied();
    let after = next.unwrap_or(u32::MAX);
    let is_inside = |number: u32| number >= first && number < after;
    let mut numbered = (1u32..).zip(text.lines());
    if numbered.any(|(number, line)| line.contains("->middleware(") && !is_inside(number)) {
        return None;
    }
    harmless((1u32..).zip(text.lines()).filter(|(number, _)| is_inside(*number)).map(|(_, line)| line))
}

fn full_name(written: &str, namespace: &str, imports: &[(&str, &str)]) -> String {
    if let Some(absolute) = written.strip_prefix('\\') {
        return absolute.to_owned();
    }
    let (first, rest) = written.split_at(written.find('\\').unwrap_or(written.len()));
    match imports.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(first)) {
        Some((_, target)) => format!("{}{rest}", target.trim_start_matches('\\')),
        None => format!("{namespace}\\{written}").trim_start_matches('\\').to_owned(),
    }
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
    use super::outline;

    #[test]
    fn other_methods_are_left_out_and_lines_stay() {
        let text = "<?php\nuse A\\B;\nuse C\\Idle;\nclass A extends B\n{\n    /**\n     * Idle\n     */\n    function __construct() {\n        $this->one();\n    }\n    function two() {\n\
                    }\n    function one() {\n    }\n    function three() {}\n}\n";
        let short = super::without_other_methods(text, &outline(text), &["__construct"]);
        let expected = "<?php\nuse A\\B;\n\nclass A extends B\n{\n\n\n\n    function __construct() {\n        $this->one();\n    }\n\n\n\
                        \x20   function one() {\n    }\n\n\n\n}\n";
        assert_eq!(short, expected);
    }

    #[test]
    fn methods_and_ancestors_are_found_and_comments_are_not() {
        let text = "<?php\nnamespace N;\nuse A\\B as C;\nclass D extends C\n{\n    use T, \\U\\V;\n    public static function one() {}\n\
                    /*\n    public function two() {}\n    */\n\
                    // public function three() {}\n    function &Four() { $f = function () {}; }\n}\n";
        let outline = outline(text);
        let mut found: Vec<_> = outline.methods.into_iter().collect();
        found.sort();
        assert_eq!(found, [("four".to_owned(), 12), ("one".to_owned(), 7)]);
        assert_eq!(outline.ancestors, ["A\\B", "N\\T", "U\\V"]);
    }
}
