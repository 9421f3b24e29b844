//! What a name means in a PHP file: namespaces and `use` imports, by PHP's name resolution rules
//! (php.net, "Name resolution rules").

use std::collections::HashMap;

/// What an unqualified or qualified name can stand for; PHP keeps an import table for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameKind {
    /// A class, interface, trait or enum; looked up without regard to case.
    Class,
    /// A function; looked up without regard to case.
    Function,
    /// A constant.
    Constant,
}

/// The namespace and imports that are in force at one place of a file.
#[derive(Debug, Default)]
pub(crate) struct Names {
    namespace: String,
    classes: HashMap<String, String>,
    functions: HashMap<String, String>,
}

impl Names {
    /// Enters a namespace, empty for the global one; imports end with the namespace they stand in.
    pub(crate) fn enter(&mut self, namespace: &str) {
        *self = Self { namespace: namespace.to_owned(), ..Self::default() };
    }

    /// The namespace in force; empty for the global one.
    pub(crate) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Adds `use name as alias`.
    pub(crate) fn import(&mut self, kind: NameKind, name: &str, alias: &str) {
        let table = match kind {
            NameKind::Class => &mut self.classes,
            NameKind::Function => &mut self.functions,
            NameKind::Constant => return,
        };
        table.insert(alias.to_lowercase(), name.to_owned());
    }

    /// `name` in the namespace in force, as a declaration names it.
    pub(crate) fn declared(&self, name: &str) -> String {
        if self.namespace.is_empty() { name.to_owned() } else { format!("{}\\{name}", self.namespace) }
    }

    /// The full name that `written` stands for, without leading `\`. An unqualified function that is not imported
    /// stays as written: PHP decides at run time between the namespace's and the global one.
    pub(crate) fn resolve(&self, kind: NameKind, written: &str) -> String {
        if let Some(full) = written.strip_prefix('\\') {
            return full.to_owned();
        }
        if let Some(relative) = strip_namespace_keyword(written) {
            return self.declared(relative);
        }
        let (first, rest) = written.split_once('\\').map_or((written, None), |(first, rest)| (first, Some(rest)));
        if let Some(rest) = rest {
            return match self.classes.get(&first.to_lowercase()) {
                Some(import) => format!("{import}\\{rest}"),
                None => self.declared(written),
            };
        }
        match kind {
            NameKind::Class if is_relative_class(written) => written.to_ascii_lowercase(),
            NameKind::Class => {
                self.classes.get(&first.to_lowercase()).cloned().unwrap_or_else(|| self.declared(written))
            }
            NameKind::Function => {
                self.functions.get(&first.to_lowercase()).cloned().unwrap_or_else(|| written.to_owned())
            }
            NameKind::Constant => written.to_owned(),
        }
    }
}

/// `name` of `namespace\name`, which names what stands in the current namespace.
fn strip_namespace_keyword(written: &str) -> Option<&str> {
    let (keyword, rest) = written.split_once('\\')?;
    keyword.eq_ignore_ascii_case("namespace").then_some(rest)
}

/// Whether `name` means a class by where it stands, not by its name.
pub(crate) fn is_relative_class(name: &str) -> bool {
    ["self", "parent", "static"].iter().any(|word| name.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_as_php_does() {
        let mut names = Names::default();
        names.enter("App\\Http");
        names.import(NameKind::Class, "Illuminate\\Support\\Str", "Str");
        names.import(NameKind::Class, "Carbon\\Carbon", "Date");
        names.import(NameKind::Function, "Illuminate\\Support\\enum_value", "enum_value");
        for (kind, written, full) in [
            (NameKind::Class, "Str", "Illuminate\\Support\\Str"),
            (NameKind::Class, "STR", "Illuminate\\Support\\Str"),
            (NameKind::Class, "Date\\Period", "Carbon\\Carbon\\Period"),
            (NameKind::Class, "Request", "App\\Http\\Request"),
            (NameKind::Class, "Requests\\Login", "App\\Http\\Requests\\Login"),
            (NameKind::Class, "\\Exception", "Exception"),
            (NameKind::Class, "namespace\\Kernel", "App\\Http\\Kernel"),
            (NameKind::Class, "self", "self"),
            (NameKind::Function, "enum_value", "Illuminate\\Support\\enum_value"),
            (NameKind::Function, "strlen", "strlen"),
            (NameKind::Function, "Date\\now", "Carbon\\Carbon\\now"),
        ] {
            assert_eq!(names.resolve(kind, written), full, "{written}");
        }
        names.enter("");
        assert_eq!(names.resolve(NameKind::Class, "Str"), "Str");
    }
}
