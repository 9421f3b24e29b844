//! Paths of source files that a text names.

/// Endings of files; a word without `/` is a path only with one of these.
const ENDINGS: &[&str] = &[
    "php", "py", "js", "jsx", "ts", "tsx", "mjs", "vue", "c", "h", "cc", "cpp", "cxx", "hpp", "hh", "java", "kt", "go",
    "rs", "rb", "cs", "swift", "scala", "sql", "json", "yml", "yaml", "toml", "xml", "html", "css", "scss", "sh",
    "env", "ini", "lock", "md", "pl", "lua", "ex", "exs", "erb", "twig", "gradle", "conf",
];

/// Products whose names look like files.
const PRODUCTS: &[&str] = &[
    "node.js",
    "vue.js",
    "next.js",
    "nuxt.js",
    "react.js",
    "express.js",
    "three.js",
    "d3.js",
    "chart.js",
    "alpine.js",
    "angular.js",
    "backbone.js",
    "ember.js",
    "nest.js",
    "socket.io",
    "moment.js",
    "inertia.js",
    "deno.js",
];

/// The paths in `text`, without lines behind them; addresses of the web are none.
pub(crate) fn named_paths(text: &str) -> impl Iterator<Item = &str> {
    let separators = |char: char| {
        char.is_whitespace()
            || matches!(
                char,
                '`' | '"' | '\'' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | ',' | ';' | '|' | '=' | '*'
            )
    };
    text.split(separators).filter(|word| !word.contains("://")).filter_map(path)
}

fn path(word: &str) -> Option<&str> {
    let word = word.split(['#', ':']).next().unwrap_or_default().trim_end_matches(['.', '!', '?']);
    let name = word.rsplit(['/', '\\']).next().unwrap_or_default();
    let (stem, ending) = name.rsplit_once('.')?;
    let is_ending = (1..=6).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let has_folder = word.contains('/') && ending.starts_with(|char: char| char.is_ascii_alphabetic());
    let known = ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) && !stem.is_empty();
    let product = PRODUCTS.contains(&word.to_ascii_lowercase().as_str());
    // A method such as `user.go()` or a version such as `v1.c` is no file: a stem has letters.
    let stem_is_word = stem.chars().any(char::is_alphabetic);
    (is_ending && (has_folder || (known && stem_is_word)) && !product).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_prose() {
        let text =
            "See `app/Models/User.php:12`, routes/web.php. Node.js and/or e.g. https://a.example/x.php (config.yml)";
        assert_eq!(named_paths(text).collect::<Vec<_>>(), ["app/Models/User.php", "routes/web.php", "config.yml"]);
    }
}
