//! Which language a file is in.

use codeproof_types::{Language, RepoPath};

use crate::languages;

/// Bytes of a file's head that are read to tell C++ headers from C ones.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// Bytes of one packet of an MPEG transport stream (ISO/IEC 13818-1), whose head is never free of zeros.
const MPEG_PACKET_BYTES: usize = 188;

/// Tells the language of a file from its name and its text; `None` when codeproof does not read it.
///
/// A known extension or name decides; any other file is asked for its `#!` line. `.h` is C unless the text
/// holds words that only C++ has.
pub fn language_of(path: &RepoPath, text: &str) -> Option<Language> {
    let extension = path.extension().map(str::to_ascii_lowercase);
    // `.C` and `.H` are C++ by an old custom of Unix compilers, which know upper case from lower.
    if matches!(path.extension(), Some("C" | "H")) {
        return Some(Language::Cpp);
    }
    if extension.as_deref() == Some("h") || extension.as_deref() == Some("inc") && looks_like_c(text) {
        return Some(if is_cpp(text) { Language::Cpp } else { Language::C });
    }
    let named = |definition: &&languages::Definition| {
        definition.file_names.contains(&path.file_name())
            || extension.as_deref().is_some_and(|extension| definition.extensions.contains(&extension))
    };
    let found = languages::ALL.iter().copied().find(|definition| named(definition));
    if found.is_some_and(|definition| definition.language == Language::TypeScript) && is_no_typescript(text) {
        return None;
    }
    // Scripts with an extension of their own (`tool.in`, `job.cgi`) still say what runs them.
    found.map(|definition| definition.language).or_else(|| by_interpreter(text))
}

/// Whether a `.ts` file is a translation of Qt, which is XML, or a video (MPEG transport stream).
fn is_no_typescript(text: &str) -> bool {
    let head = text.trim_start_matches('\u{feff}').trim_start();
    let is_xml = ["<?xml", "<!DOCTYPE", "<TS"].iter().any(|start| head.starts_with(start));
    is_xml || text.bytes().take(MPEG_PACKET_BYTES).any(|byte| byte == 0)
}

/// The language of a script by its first line, such as `#!/usr/bin/env -S python3 -u`.
fn by_interpreter(text: &str) -> Option<Language> {
    let first = text.trim_start_matches('\u{feff}').lines().next()?.strip_prefix("#!")?;
    let program = first.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word)).find(|word| {
        // `env` and its flags and variables come before the program.
        *word != "env" && !word.starts_with('-') && !word.contains('=')
    })?;
    let program = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    languages::ALL.iter().find(|definition| definition.interpreters.contains(&program)).map(|found| found.language)
}

/// Whether an `.inc` file is C: the extension serves many languages.
fn looks_like_c(text: &str) -> bool {
    !text.contains("<?") && code_lines(text).any(|line| line.starts_with("#include") || line.starts_with("#define"))
}

/// Whether a header holds what only C++ has. Looks at the starts of lines outside comments, and at what `#ifdef
/// __cplusplus` guards as little as a C compiler does.
fn is_cpp(text: &str) -> bool {
    let mut guards = 0_u32;
    for line in code_lines(text) {
        let directive = line.strip_prefix('#').map(str::trim_start);
        match directive {
            Some(directive) if guards > 0 => {
                if directive.starts_with("if") {
                    guards += 1;
                } else if directive.starts_with("endif") {
                    guards -= 1;
                } else if directive.starts_with("el") && guards == 1 {
                    guards = 0;
                }
            }
            Some(directive) if directive.starts_with("if") && is_cpp_guard(directive) => guards = 1,
            Some(directive) if directive.starts_with("include") && is_cpp_header(directive) => return true,
            Some(_) => {}
            None if guards == 0 && is_cpp_line(line) => return true,
            None => {}
        }
    }
    false
}

fn is_cpp_guard(directive: &str) -> bool {
    directive.contains("__cplusplus") && !directive.starts_with("ifndef") && !directive.contains('!')
}

/// Standard C++ headers have no extension; `.hpp` and its like are C++ by name.
fn is_cpp_header(directive: &str) -> bool {
    let Some(target) = directive.split(['<', '"']).nth(1).and_then(|rest| rest.split(['>', '"']).next()) else {
        return false;
    };
    match target.rsplit('/').next().unwrap_or(target).rsplit_once('.') {
        Some((_, extension)) => matches!(extension, "hpp" | "hh" | "hxx" | "tcc" | "ipp"),
        None => directive.contains('<') && !target.contains('/'),
    }
}

fn is_cpp_line(line: &str) -> bool {
    const STARTS: &[&str] = &[
        "namespace ",
        "inline namespace ",
        "template <",
        "template<",
        "class ",
        "using ",
        "public:",
        "private:",
        "protected:",
        "friend ",
        "virtual ",
        "explicit ",
        "constexpr ",
        "static constexpr ",
        "typename ",
        "enum class ",
        "final ",
        "extern \"C++\"",
        "export module",
        "concept ",
        "consteval ",
        "constinit ",
    ];
    // `class = x;` is C where somebody named a variable so; a definition or forward declaration of a class is not.
    let starts = STARTS.iter().any(|start| line.starts_with(start)) && !line.contains("class =");
    starts || line.contains("std::") || line.contains(" operator") && line.contains('(') && line.contains("operator=")
}

/// The lines of the head without blanks around them, comment lines left out.
fn code_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut is_comment = false;
    let end = (0..=HEAD_BYTES_MAX.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text[..end].lines().map(str::trim).filter(move |line| {
        let was_comment = is_comment;
        if let Some(start) = line.rfind("/*") {
            is_comment = !line[start..].contains("*/");
        } else if line.contains("*/") {
            is_comment = false;
        }
        !was_comment && !line.starts_with("//") && !line.starts_with("/*") && !line.is_empty()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, head: &str, expected: Option<Language>) {
        assert_eq!(language_of(&RepoPath::new(path).unwrap(), head), expected, "{path} with {head:?}");
    }

    #[test]
    fn names_decide() {
        check("a/b.py", "", Some(Language::Python));
        check("stubs/b.PYI", "", Some(Language::Python));
        check("a.c", "namespace x {}", Some(Language::C));
        check("a.hpp", "", Some(Language::Cpp));
        check("old/A.C", "", Some(Language::Cpp));
        check("x.blade.php", "", Some(Language::Php));
        check("artisan", "#!/usr/bin/env php\n<?php", Some(Language::Php));
        check("x.tar", "", None);
        check("Makefile", "all:", None);
    }

    #[test]
    fn each_language_has_its_names() {
        for (paths, language) in [
            ("a.js a.mjs a.cjs a.jsx", Language::JavaScript),
            ("a.ts a.mts a.cts a.d.ts", Language::TypeScript),
            ("a.tsx", Language::Tsx),
            ("A.java", Language::Java),
            ("a.go", Language::Go),
            ("a.rs", Language::Rust),
            ("a.rb a.rake a.gemspec Rakefile Gemfile config.ru", Language::Ruby),
            ("A.cs a.csx", Language::CSharp),
        ] {
            paths.split(' ').for_each(|path| check(path, "", Some(language)));
        }
    }

    #[test]
    fn translations_and_videos_are_no_typescript() {
        check("de.ts", "<?xml version=\"1.0\"?>\n<!DOCTYPE TS>\n<TS version=\"2.1\">", None);
        check("de.ts", "\u{feff}\n<!DOCTYPE TS><TS>", None);
        check("film.ts", "G@\0\u{10}\0\0", None);
        check("a.ts", "<T>x;", Some(Language::TypeScript));
    }

    #[test]
    fn the_first_line_names_the_interpreter() {
        check("bin/tool", "#!/usr/bin/python3.11 -u\n", Some(Language::Python));
        check("bin/tool", "#!/usr/bin/env -S FOO=1 python3 -u\r\n", Some(Language::Python));
        check("tool.in", "#! /usr/local/bin/php8.3\n", Some(Language::Php));
        check("bin/tool", "#!/usr/bin/env node\n", Some(Language::JavaScript));
        check("bin/tool", "#!/usr/bin/env -S deno run\n", Some(Language::TypeScript));
        check("bin/tool", "#!/usr/bin/ruby3.1 -w\n", Some(Language::Ruby));
        check("bin/tool", "#!/bin/sh\npython3 x.py\n", None);
        check("bin/tool", "import os\n", None);
        check("bin/tool", "", None);
    }

    #[test]
    fn headers_are_cpp_when_they_say_so() {
        check("a.h", "", Some(Language::C));
        check("a.h", "#include <stdio.h>\nstruct a { int class; };\n", Some(Language::C));
        check("a.h", "#ifdef __cplusplus\nextern \"C\" {\nnamespace x {}\n#endif\nint f(void);\n", Some(Language::C));
        check("a.h", "/* class Foo\nnamespace x\n*/\n// std::string\nint f(void);\n", Some(Language::C));
        check("a.h", "#include <vector>\n", Some(Language::Cpp));
        check("a.h", "#pragma once\n\nnamespace x {\n}\n", Some(Language::Cpp));
        check("a.h", "  template<typename T>\n", Some(Language::Cpp));
        check("a.h", "class Foo;\n", Some(Language::Cpp));
        check("a.h", "void f(std::string s);\n", Some(Language::Cpp));
    }

    #[test]
    fn include_files_are_php_unless_they_look_like_c() {
        check("a.inc", "<?php\n#define x\n", Some(Language::Php));
        check("a.inc", "#define X 1\n", Some(Language::C));
    }
}
