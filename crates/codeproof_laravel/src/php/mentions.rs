//! Which classes the methods of a file mention, by a walk over its lines: names are resolved by imports and namespace.

use super::outline::{Outline, outline, without_other_methods};

/// A class file whose methods are asked for what they mention.
pub(crate) struct Mentions<'t> {
    text: &'t str,
    outline: Outline,
    namespace: &'t str,
    /// Alias and full name.
    imports: Vec<(&'t str, String)>,
    /// Lines in front of the first method.
    head: usize,
}

impl<'t> Mentions<'t> {
    /// Reads the head of a class file.
    pub(crate) fn of(text: &'t str) -> Self {
        let outline = outline(text);
        let head = outline.methods.values().min().map_or(0, |line| *line as usize - 1);
        let mut mentions = Self { text, outline, namespace: "", imports: Vec::new(), head };
        for line in text.lines().take_while(|line| !line.trim_start().starts_with("class ")) {
            if let Some(rest) = line.strip_prefix("namespace ") {
                mentions.namespace = rest.trim_end_matches([';', ' ', '{']);
            } else if let Some(rest) = line.strip_prefix("use ") {
                mentions.import(rest.trim_end().trim_end_matches(';'));
            }
        }
        mentions
    }

    /// `A\B`, `A\B as C`, `A\{B, C as D}`.
    fn import(&mut self, written: &'t str) {
        let (start, names) = match written.split_once('{') {
            Some((start, names)) => (start.trim(), names.trim_end_matches('}')),
            None => ("", written),
        };
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let (target, alias) = name.split_once(" as ").unwrap_or((name, name.rsplit('\\').next().unwrap_or(name)));
            self.imports.push((alias.trim(), format!("{start}{}", target.trim()).trim_start_matches('\\').to_owned()));
        }
    }

    /// The full names of what a method, and those it calls on the same object, mention like classes, in order, each once.
    pub(crate) fn of_method(&self, method: &str) -> Vec<String> {
        let wanted = method.to_lowercase();
        let kept = without_other_methods(self.text, &self.outline, &[&wanted]);
        let mut found: Vec<String> = Vec::new();
        let mut in_comment = false;
        for line in kept.lines().skip(self.head) {
            let line = line.trim_start();
            if in_comment || line.starts_with("/*") {
                in_comment = !line.contains("*/");
                continue;
            }
            if line.starts_with("//") || line.starts_with('#') && !line.starts_with("#[") {
                continue;
            }
            let code = line.split(" // ").next().unwrap_or(line);
            let is_name = |character: char| character.is_alphanumeric() || character == '_' || character == '\\';
            for word in code.split(|character| !is_name(character)) {
                let name = self.full_name(word);
                if word.trim_start_matches('\\').starts_with(char::is_uppercase) && !found.contains(&name) {
                    found.push(name);
                }
            }
        }
        found
    }

    fn full_name(&self, written: &str) -> String {
        if let Some(absolute) = written.strip_prefix('\\') {
            return absolute.to_owned();
        }
        let (first, rest) = written.split_at(written.find('\\').unwrap_or(written.len()));
        match self.imports.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(first)) {
            Some((_, target)) => format!("{target}{rest}"),
            None => format!("{}\\{written}", self.namespace).trim_start_matches('\\').to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Mentions;

    const CONTROLLER: &str = "<?php\nnamespace App\\Http;\nuse App\\Models\\{Order, Line as Row};\nuse App\\Models\\User;\n\
        class Orders extends Base\n{\n    public function show(Order $order)\n    {\n        // User is not asked\n        \
        return $this->rows($order);\n    }\n\n    /** @param User $user */\n    public function other(User $user) {}\n\n    \
        private function rows($order) { return Row::where('order', $order)->get(new \\App\\Models\\Page(Local::class)); }\n}\n";

    #[test]
    fn a_method_mentions_what_it_and_its_own_calls_name() {
        let found = Mentions::of(CONTROLLER).of_method("show");
        assert_eq!(found, ["App\\Models\\Order", "App\\Models\\Line", "App\\Models\\Page", "App\\Http\\Local"]);
        assert_eq!(Mentions::of(CONTROLLER).of_method("Other"), ["App\\Models\\User"]);
        assert_eq!(Mentions::of(CONTROLLER).of_method("none"), Vec::<String>::new());
        assert_eq!(Mentions::of("").of_method("none"), Vec::<String>::new());
    }
}
