//! The declarations of classes in a file, read from its words alone: which class extends which. Far cheaper than parsing,
//! so that every file of an application can be asked.

use rustc_hash::FxHashMap;

/// A class that extends another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Full name.
    pub(super) name: String,
    /// Full name of the parent.
    pub(super) parent: String,
}

/// All classes of a file that extend another and have a name.
pub(super) fn headers(text: &str) -> Vec<Header> {
    let mut words = Words { text, place: 0 };
    let mut file = Names::default();
    let mut found = Vec::new();
    let mut before = "";
    while let Some(word) = words.next() {
        match word {
            // `X::class`, `$class` and `->class` are no declarations.
            _ if matches!(before, ":" | "$" | ">") => {}
            "namespace" => file.enter(words.next().unwrap_or_default()),
            "use" if found.is_empty() => file.import(&mut words),
            "class" => {
                found.extend(file.declared(&mut words));
                if !words.rest().contains("extends") {
                    break;
                }
            }
            _ => {}
        }
        before = word;
    }
    found
}

/// What names mean in a file.
#[derive(Default)]
struct Names {
    namespace: String,
    /// Lower-case alias to full name.
    imports: FxHashMap<String, String>,
}

impl Names {
    fn enter(&mut self, namespace: &str) {
        self.namespace = if namespace == "{" { String::new() } else { namespace.to_owned() };
    }

    /// `A\B;`, `A\B as C, D;`, `A\{B, C as D};`, `function f;`.
    fn import(&mut self, words: &mut Words<'_>) {
        let mut prefix = String::new();
        let mut target = String::new();
        let mut alias = None;
        while let Some(word) = words.next() {
            match word {
                ";" | "," | "}" => {
                    if !target.is_empty() {
                        let short = target.rsplit('\\').next().unwrap_or_default().to_owned();
                        self.imports.insert(alias.take().unwrap_or(short).to_lowercase(), target.clone());
                    }
                    target.clear();
                    alias = None;
                    if word == ";" {
                        return;
                    }
                }
                "{" => prefix = std::mem::take(&mut target),
                "as" => alias = words.next().map(str::to_owned),
                // Of closures: `function () use ($x)`.
                "(" => return,
                name => target = format!("{prefix}{}", name.trim_start_matches('\\')),
            }
        }
    }

    /// Behind the word `class`: a name and its parent.
    fn declared(&self, words: &mut Words<'_>) -> Option<Header> {
        let name = words.next().filter(|word| word.starts_with(|it: char| it.is_alphabetic() || it == '_'))?;
        if name.eq_ignore_ascii_case("extends") || !words.next()?.eq_ignore_ascii_case("extends") {
            return None;
        }
        let parent = self.full(words.next()?);
        Some(Header { name: self.within(name), parent })
    }

    fn within(&self, name: &str) -> String {
        if self.namespace.is_empty() { name.to_owned() } else { format!("{}\\{name}", self.namespace) }
    }

    fn full(&self, written: &str) -> String {
        if let Some(absolute) = written.strip_prefix('\\') {
            return absolute.to_owned();
        }
        let (first, rest) = written.split_at(written.find('\\').unwrap_or(written.len()));
        match self.imports.get(&first.to_lowercase()) {
            Some(target) => format!("{target}{rest}"),
            None => self.within(written),
        }
    }
}

/// The words and signs of a text; comments and quoted texts are left out.
struct Words<'text> {
    text: &'text str,
    /// Bytes read.
    place: usize,
}

impl<'text> Words<'text> {
    fn rest(&self) -> &'text str {
        self.text.get(self.place..).unwrap_or_default()
    }

    fn skip_behind(&mut self, end: &str) {
        let rest = self.rest();
        self.place += rest.find(end).map_or(rest.len(), |place| place + end.len());
    }

    fn skip_quoted(&mut self, quote: char) {
        let mut escaped = false;
        self.place += 1;
        for (place, character) in self.rest().char_indices() {
            if character == quote && !escaped {
                self.place += place + 1;
                return;
            }
            escaped = character == '\\' && !escaped;
        }
        self.place = self.text.len();
    }
}

impl<'text> Iterator for Words<'text> {
    type Item = &'text str;

    fn next(&mut self) -> Option<&'text str> {
        loop {
            let rest = self.rest();
            let first = rest.chars().next()?;
            if first.is_whitespace() {
                self.place += first.len_utf8();
            } else if rest.starts_with("/*") {
                self.place += 2;
                self.skip_behind("*/");
            } else if rest.starts_with("//") || first == '#' && !rest.starts_with("#[") {
                self.skip_behind("\n");
            } else if first == '\'' || first == '"' {
                self.skip_quoted(first);
            } else {
                let is_name = |it: char| it.is_alphanumeric() || it == '_' || it == '\\';
                let end = rest.find(|it| !is_name(it)).filter(|end| *end > 0).unwrap_or(match is_name(first) {
                    true => rest.len(),
                    false => first.len_utf8(),
                });
                self.place += end;
                return rest.get(..end);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::headers;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let found = headers(text);
        let found: Vec<_> = found.iter().map(|header| (&*header.name, &*header.parent)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn names_are_resolved() {
        check(
            "<?php namespace A\\B; use C\\D; use E\\{F, G as H}; use function x\\y; /* class No extends Way */
             // class Not extends This's
             #[Table('extends')] final class One extends D {}
             abstract class Two\n extends H implements I { public $x = 'class Z extends Y'; }
             class Three extends \\Root { function f() { return D::class; $a = new class extends F {}; } }
             class Four {} class Five extends D\\Inner {}",
            &[("A\\B\\One", "C\\D"), ("A\\B\\Two", "E\\G"), ("A\\B\\Three", "Root"), ("A\\B\\Five", "C\\D\\Inner")],
        );
    }

    #[test]
    fn broken_texts_end() {
        for text in
            ["<?php class", "<?php use A\\{", "<?php class A extends", "<?php '\\", "<?php /* ", "ä class ü extends ö"]
        {
            assert!(headers(text).len() <= 1);
        }
    }
}
