//! What a program's manifests say about names: composer.json, package.json, tsconfig.json, go.mod, Cargo.toml.
//!
//! Manifests are foreign: what cannot be read says nothing.

use std::collections::BTreeMap;

use codeproof_types::RepoPath;
use serde_json::Value;

use crate::paths;

/// A prefix of names and the folder it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// `App\` in composer.json, a module path in go.mod, a pattern such as `@/*` in tsconfig.json.
    pub(crate) prefix: String,
    /// The folder or pattern, relative to the root.
    pub(crate) target: String,
    /// The folder of the manifest: it speaks for files below it.
    pub(crate) scope: String,
}

/// What all manifests say, in the order of their paths.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Manifests {
    /// PSR-4 prefixes.
    pub(crate) php: Vec<Mapping>,
    /// Names of packages in this repository, with their folders.
    pub(crate) javascript_packages: Vec<Mapping>,
    /// `paths` and `baseUrl` of TypeScript.
    pub(crate) javascript_paths: Vec<Mapping>,
    /// Go modules.
    pub(crate) go: Vec<Mapping>,
    /// Rust crates by their names in code.
    pub(crate) rust: Vec<Mapping>,
}

/// Whether the file at `path` is a manifest that the index reads.
pub fn is_manifest(path: &RepoPath) -> bool {
    let name = path.file_name();
    matches!(name, "composer.json" | "package.json" | "go.mod" | "Cargo.toml" | "jsconfig.json")
        || (name.starts_with("tsconfig") && name.ends_with(".json"))
}

impl Manifests {
    /// Reads the manifests among `texts`.
    pub(crate) fn read(texts: &BTreeMap<RepoPath, String>) -> Self {
        let mut found = Self::default();
        for (path, text) in texts {
            let folder = paths::folder(path.as_str());
            match path.file_name() {
                "composer.json" => found.composer(folder, text),
                "package.json" => found.package(folder, text),
                "go.mod" => found.go_module(folder, text),
                "Cargo.toml" => found.cargo(folder, text),
                _ => found.typescript(folder, text),
            }
        }
        // The longest prefix and the nearest manifest speak first.
        for table in [&mut found.php, &mut found.javascript_paths, &mut found.go, &mut found.javascript_packages] {
            table.sort_by_key(|it| std::cmp::Reverse((it.scope.len(), it.prefix.len())));
        }
        found
    }

    fn composer(&mut self, folder: &str, text: &str) {
        let Ok(json) = serde_json::from_str::<Value>(text) else { return };
        for section in ["autoload", "autoload-dev"] {
            let Some(prefixes) = json.get(section).and_then(|it| it.get("psr-4")).and_then(Value::as_object) else {
                continue;
            };
            for (prefix, targets) in prefixes {
                for target in strings(targets) {
                    push(&mut self.php, prefix, folder, target);
                }
            }
        }
    }

    fn package(&mut self, folder: &str, text: &str) {
        let Ok(json) = serde_json::from_str::<Value>(text) else { return };
        if let Some(name) = json.get("name").and_then(Value::as_str) {
            push(&mut self.javascript_packages, name, folder, "");
        }
        let imports = json.get("imports").and_then(Value::as_object);
        for (pattern, target) in imports.into_iter().flatten() {
            if let Some(target) = first_string(target) {
                push(&mut self.javascript_paths, pattern, folder, target);
            }
        }
    }

    fn typescript(&mut self, folder: &str, text: &str) {
        let Ok(json) = serde_json::from_str::<Value>(&without_comments(text)) else { return };
        let Some(options) = json.get("compilerOptions") else { return };
        let base = options.get("baseUrl").and_then(Value::as_str);
        let base_folder = base.map_or(Some(folder.to_owned()), |base| paths::join(folder, base));
        let Some(base_folder) = base_folder else { return };
        for (pattern, targets) in options.get("paths").and_then(Value::as_object).into_iter().flatten() {
            for target in strings(targets) {
                if let Some(target) = paths::join(&base_folder, target) {
                    let (prefix, scope) = (pattern.clone(), folder.to_owned());
                    self.javascript_paths.push(Mapping { prefix, target, scope });
                }
            }
        }
        if base.is_some() {
            push(&mut self.javascript_paths, "*", folder, &format!("{}/*", base.unwrap_or_default()));
        }
    }

    fn go_module(&mut self, folder: &str, text: &str) {
        let module = text.lines().find_map(|line| line.trim().strip_prefix("module "));
        if let Some(module) = module {
            let module = module.split("//").next().unwrap_or_default().trim().trim_matches('"');
            push(&mut self.go, module, folder, "");
        }
    }

    fn cargo(&mut self, folder: &str, text: &str) {
        let Ok(manifest) = text.parse::<toml::Table>() else { return };
        let Some(package) = manifest.get("package").and_then(toml::Value::as_table) else { return };
        let library = manifest.get("lib").and_then(toml::Value::as_table);
        let text = |table: Option<&toml::Table>, key: &str| {
            table.and_then(|table| table.get(key)).and_then(toml::Value::as_str).map(str::to_owned)
        };
        let Some(name) = text(library, "name").or_else(|| text(Some(package), "name")) else { return };
        let root = text(library, "path").unwrap_or_else(|| "src/lib.rs".to_owned());
        push(&mut self.rust, &name.replace('-', "_"), folder, &root);
    }
}

fn push(table: &mut Vec<Mapping>, prefix: &str, scope: &str, target: &str) {
    if let Some(target) = paths::join(scope, target) {
        table.push(Mapping { prefix: prefix.to_owned(), target, scope: scope.to_owned() });
    }
}

/// A string, or the strings of a list.
fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// A string, or the first string among the values of a conditional export.
fn first_string(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(values) => values.values().find_map(Value::as_str),
        _ => None,
    }
}

/// JSON without the comments and trailing commas that tsconfig.json may have.
fn without_comments(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut at = 0;
    let mut in_string = false;
    while at < bytes.len() {
        let rest = &bytes[at..];
        match rest[0] {
            b'\\' if in_string => {
                out.extend(rest.iter().take(2));
                at += 2;
                continue;
            }
            b'"' => in_string = !in_string,
            b'/' if !in_string && rest.starts_with(b"//") => {
                at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                continue;
            }
            b'/' if !in_string && rest.starts_with(b"/*") => {
                at += rest[2..].windows(2).position(|two| two == b"*/").map_or(rest.len(), |end| end + 4);
                continue;
            }
            b'}' | b']' if !in_string => {
                while out.last().is_some_and(u8::is_ascii_whitespace) {
                    out.pop();
                }
                if out.last() == Some(&b',') {
                    out.pop();
                }
            }
            _ => {}
        }
        out.push(rest[0]);
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Manifests {
        let path = |path: &str| RepoPath::new(path).expect("the tests name good paths");
        Manifests::read(&files.iter().map(|(at, text)| (path(at), (*text).to_owned())).collect())
    }

    #[test]
    fn reads_what_each_manifest_says() {
        let found = read(&[
            ("composer.json", r#"{"autoload": {"psr-4": {"App\\": "app/", "Lib\\": ["lib", "../out"]}}}"#),
            ("web/package.json", r##"{"name": "@shop/web", "imports": {"#x": {"node": "./x.js"}}}"##),
            (
                "web/tsconfig.json",
                "{ // c\n \"compilerOptions\": {\"baseUrl\": \".\", \"paths\": {\"@/*\": [\"src/*\"],},}, /* d */ }",
            ),
            ("go.mod", "// c\nmodule example.org/shop // d\n\ngo 1.22\n"),
            ("core/Cargo.toml", "[package]\nname = \"shop-core\"\n"),
            ("broken/package.json", "{"),
            ("broken/Cargo.toml", "]"),
        ]);
        let targets = |table: &[Mapping]| -> Vec<String> {
            table.iter().map(|it| format!("{} -> {} in {}", it.prefix, it.target, it.scope)).collect()
        };
        assert_eq!(targets(&found.php), ["App\\ -> app in ", "Lib\\ -> lib in "]);
        assert_eq!(targets(&found.javascript_packages), ["@shop/web -> web in web"]);
        assert_eq!(
            targets(&found.javascript_paths),
            ["@/* -> web/src/* in web", "#x -> web/x.js in web", "* -> web/* in web"]
        );
        assert_eq!(targets(&found.go), ["example.org/shop ->  in "]);
        assert_eq!(targets(&found.rust), ["shop_core -> core/src/lib.rs in core"]);
    }
}
