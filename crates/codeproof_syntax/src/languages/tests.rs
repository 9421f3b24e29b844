//! What every language must hold to: a fixture and a snapshot, and survival of whatever a file may hold.

use std::fmt::Write as _;
use std::path::Path;

use codeproof_types::{CallKind, FileFacts, HintSource, Language, LineIndex, Problem};
use proptest::prelude::*;

use super::{ALL, KIND_NAMES};
use crate::{facts, parse};

#[test]
fn the_list_holds_every_language_once() {
    let mut listed: Vec<Language> = ALL.iter().map(|definition| definition.language).collect();
    listed.sort();
    assert_eq!(listed, Language::ALL, "languages! and Language::ALL must name the same languages");
}

#[test]
fn node_kinds_exist_in_the_grammar() {
    for (definition, (name, kinds)) in ALL.iter().zip(KIND_NAMES) {
        let grammar = (definition.grammar)();
        for kind in *kinds {
            assert_ne!(grammar.id_for_node_kind(kind, true), 0, "languages/{name}.rs reads {kind:?}, which is no node");
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "insta is told by the environment whether snapshots are written")]
fn every_language_has_a_fixture_and_a_snapshot() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/languages");
    for (definition, (name, _)) in ALL.iter().zip(KIND_NAMES) {
        let fixture = folder.join(format!("{name}.fixture"));
        let text = std::fs::read_to_string(&fixture).unwrap_or_else(|error| {
            panic!("a language has a fixture, but {} cannot be read: {error}", fixture.display())
        });
        assert!(
            folder.join(format!("{name}.snap")).exists() || std::env::var_os("INSTA_UPDATE").is_some(),
            "a language has a snapshot, but src/languages/{name}.snap is missing; INSTA_UPDATE=always writes it"
        );
        let (found, problems) = read(&text, definition.language);
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(&folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(*name, render(&text, &found, &problems)));
    }
}

#[test]
fn every_prefix_of_a_fixture_survives() {
    for_each_fixture(|language, text| {
        // Every cut that makes a difference to a lexer lies within a few bytes of one of these.
        for end in (0..text.len()).step_by(7).filter(|end| text.is_char_boundary(*end)) {
            check(&text[..end], language);
        }
    });
}

#[test]
fn odd_bytes_survive() {
    for_each_fixture(|language, text| {
        let latin1: String = text.bytes().map(char::from).collect();
        let odd = [
            String::new(),
            "\n".to_owned(),
            "\u{feff}".to_owned(),
            format!("\u{feff}{text}"),
            text.replace('\n', "\r\n"),
            text.replace('\n', "\r"),
            text.replace(' ', "\0"),
            text.replace(' ', "\u{a0}"),
            latin1,
            text.replace('e', "é\u{301}"),
            text.replace('(', "(\u{1f600}"),
            text.trim_end().to_owned(),
        ];
        for text in &odd {
            check(text, language);
        }
    });
}

#[test]
fn line_ends_and_marks_change_no_line() {
    for_each_fixture(|language, text| {
        let lines = |text: &str| {
            let (found, _) = read(text, language);
            found.symbols.iter().map(|it| (it.name.clone(), it.first_line, it.last_line)).collect::<Vec<_>>()
        };
        assert_eq!(lines(text), lines(&text.replace('\n', "\r\n")), "CRLF in {language}");
        assert_eq!(lines(text), lines(&format!("\u{feff}{text}")), "byte order mark in {language}");
    });
}

#[test]
fn deep_nesting_and_long_lines_survive() {
    std::thread::scope(|threads| {
        for definition in ALL {
            threads.spawn(|| deep_texts_survive(definition.language));
        }
    });
}

fn deep_texts_survive(language: Language) {
    let open = if language == Language::Php { "<?php $x = " } else { "x = " };
    for text in [
        // The depth that issue A1 names, for brackets and operators.
        format!("{open}{}", "(".repeat(200_000)),
        format!("{open}{}1{};", "(".repeat(200_000), ")".repeat(200_000)),
        format!("{open}{}{};", "[".repeat(200_000), "]".repeat(200_000)),
        format!("{open}a{};", "+a".repeat(200_000)),
        format!("{open}0;{}", "{".repeat(200_000)),
        // What else nests or grows, less deep: these cost the square of their length when done wrong.
        format!("{open}{}a;", "-".repeat(50_000)),
        format!("{open}a{};", "->b()".repeat(20_000)),
        format!("{open}a{};", ".b()".repeat(20_000)),
        format!("{open}{}1{};", "f(".repeat(20_000), ")".repeat(20_000)),
        format!("{open}'{}';", "x".repeat(300_000)),
        format!("{open}f({});", "g(1), ".repeat(20_000)),
        format!("{open}{{{}}};", "{1, 2}, ".repeat(10_000)),
        format!("{open}0;\n{}", "#if A\n{\n".repeat(10_000)),
        format!("{open}0;\n{}", "#if A\n#else\n#endif\nFOO(1);\n".repeat(5_000)),
        format!("{open}0;\n{}", "struct a { int b; } ".repeat(10_000)),
        format!("{open}0;\n{}", "FOO(1)\n".repeat(20_000)),
        format!("{open}0;\n{}", "if (a)\n".repeat(10_000)),
        format!("{open}{};", "x = ".repeat(20_000)),
    ] {
        check(&text, language);
    }
    for part in nested_parts(language) {
        check(&part.repeat(20_000), language);
    }
}

/// Beginnings that hold each other without end, and lists that go on, in the languages that have them.
fn nested_parts(language: Language) -> &'static [&'static str] {
    match language {
        Language::C | Language::Cpp | Language::Php | Language::Python => &[],
        Language::CSharp => &["namespace A { ", "class A { void f() { ", "class A { int a, b; ", "int f() { ", "[A] "],
        Language::Go => &["func f() { x := func() { ", "type A struct { b ", "var a = func() { ", "const a, "],
        Language::Java => &["class A { int a, b; ", "class A { void f() { new B() { ", "@A ", "class A { int a, "],
        Language::JavaScript | Language::Tsx | Language::TypeScript => {
            &["function f() { ", "const a = () => { const b = { c() { ", "class A { b = class { ", "a = { b: ", "@a "]
        }
        Language::Ruby => &["module A\n", "class A; def f\n", "private def f() = ", "f { |a| ", "A::"],
        Language::Rust => &["mod a { ", "fn f() { ", "impl A { fn f() { ", "use a::{", "m! { a.b( ", "#[a] "],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn token_soup_survives(words in prop::collection::vec(prop::sample::select(SOUP), 0..120)) {
        for language in Language::ALL {
            check(&words.concat(), language);
        }
    }

    #[test]
    fn any_text_survives(text in "\\PC{0,200}") {
        for language in Language::ALL {
            check(&text, language);
        }
    }
}

/// Pieces that meet in ways no person writes.
const SOUP: &[&str] = &[
    "class ",
    "def ",
    "struct ",
    "enum ",
    "union ",
    "typedef ",
    "namespace ",
    "template <class T> ",
    "function ",
    "use ",
    "import ",
    "from ",
    "return ",
    "if ",
    "else ",
    "static ",
    "const ",
    "int ",
    "FOO ",
    "FOO(x)",
    "A",
    "b",
    "$c",
    "é",
    "漢",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    ";",
    ":",
    ",",
    "=",
    "*",
    "&",
    "->",
    "::",
    "\\",
    ".",
    "@",
    "#",
    "~",
    "!",
    "'",
    "\"",
    "\"\"\"",
    "`",
    "/*",
    "*/",
    "//",
    "\n",
    "\r\n",
    "\n    ",
    "\n#if X\n",
    "\n#else\n",
    "\n#endif\n",
    "\n#define M(a) a\n",
    "\n#include <x>\n",
    "<?php ",
    "?>",
    "<<<EOT\n",
    "\nEOT;\n",
    "0x1",
    "1e5",
    "R\"(",
    "operator",
    "\0",
    "\u{feff}",
    "\\\n",
    " ",
];

fn for_each_fixture(check: impl Fn(Language, &str)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/languages");
    for (definition, (name, _)) in ALL.iter().zip(KIND_NAMES) {
        let text = std::fs::read_to_string(folder.join(format!("{name}.fixture")));
        check(definition.language, &text.unwrap_or_else(|error| panic!("languages/{name}.fixture: {error}")));
    }
}

fn read(text: &str, language: Language) -> (FileFacts, Vec<Problem>) {
    let (parsed, problems) = parse(text, language);
    (parsed.map(|parsed| facts(text, &parsed)).unwrap_or_default(), problems)
}

/// Reads `text` and checks what holds for the facts of any text.
#[track_caller]
fn check(text: &str, language: Language) {
    let (found, _) = read(text, language);
    let lines = LineIndex::new(text).line_count().max(1);
    for symbol in &found.symbols {
        let span = symbol.span.expect("facts have spans");
        assert!(text.get(span.range()).is_some(), "{language}: {symbol:?} does not slice");
        let ordered = 1 <= symbol.decorated_first_line
            && symbol.decorated_first_line <= symbol.first_line
            && symbol.first_line <= symbol.last_line
            && symbol.last_line <= lines;
        assert!(ordered, "{language}: lines of {symbol:?} in {lines} lines");
        assert!(!symbol.name.is_empty(), "{language}: {symbol:?} has no name");
    }
    for call in &found.calls {
        assert!(1 <= call.position.line && call.position.line <= lines, "{language}: {call:?} in {lines} lines");
    }
    let indices = found.calls.iter().map(|call| call.caller).chain(found.hints.iter().map(|hint| hint.scope));
    for index in indices.flatten() {
        assert!((index as usize) < found.symbols.len(), "{language}: symbol {index} of {}", found.symbols.len());
    }
    for comment in &found.comments {
        assert!(text.get(comment.span.range()).is_some_and(|it| !it.is_empty()), "{language}: {comment:?}");
        assert!(comment.first_line <= comment.last_line && comment.last_line <= lines, "{language}: {comment:?}");
    }
    assert!(found.comments.is_sorted_by_key(|comment| comment.span.start), "{language}: comments in file order");
}

fn symbol_name(found: &FileFacts, index: Option<u32>) -> &str {
    index.map_or("-", |index| &found.symbols[index as usize].qualified_name)
}

/// Facts as a person reads them, one line each.
fn render(text: &str, found: &FileFacts, problems: &[Problem]) -> String {
    let mut out = String::from("symbols\n");
    for it in &found.symbols {
        let lines = if it.decorated_first_line == it.first_line {
            format!("{}-{}", it.first_line, it.last_line)
        } else {
            format!("({}) {}-{}", it.decorated_first_line, it.first_line, it.last_line)
        };
        let visibility = it.visibility.map_or(String::new(), |visibility| format!(" {visibility:?}").to_lowercase());
        let is_static = if it.is_static { " static" } else { "" };
        let parent = it.parent.as_deref().unwrap_or("-");
        writeln!(out, "  {lines} {}{visibility}{is_static} {} in {parent}", it.kind.name(), it.qualified_name).unwrap();
        writeln!(out, "      {}", it.signature).unwrap();
        for (what, words) in [("bases", &it.bases), ("decorated", &it.decorators)] {
            if !words.is_empty() {
                writeln!(out, "      {what}: {}", words.join(", ")).unwrap();
            }
        }
        if let Some(doc) = &it.doc {
            writeln!(out, "      doc: {doc}").unwrap();
        }
    }
    out.push_str("imports\n");
    for it in &found.imports {
        let alias = it.alias.as_deref().map_or(String::new(), |alias| format!(" as {alias}"));
        writeln!(out, "  {} [{}] {:?} {:?}{alias}", it.line, it.level, it.module, it.name).unwrap();
    }
    out.push_str("calls\n");
    for it in &found.calls {
        let (line, column) = (it.position.line, it.position.column);
        let mark = if it.kind == CallKind::ClassRef { " mentions" } else { "" };
        let receiver = it.receiver.as_deref().map_or(String::new(), |receiver| format!(" on {receiver}"));
        let caller = symbol_name(found, it.caller);
        writeln!(out, "  {line}:{column}{mark} {} ({}){receiver} in {caller}", it.callee, it.arguments).unwrap();
    }
    out.push_str("hints\n");
    for it in &found.hints {
        let name = if it.name.is_empty() { "its result" } else { &it.name };
        let (before, after) = match it.source {
            HintSource::Type => ("", ""),
            HintSource::Call => ("", "()"),
            HintSource::Value => ("what ", " is"),
        };
        writeln!(out, "  {} {}: {name} = {before}{}{after}", it.line, symbol_name(found, it.scope), it.type_name)
            .unwrap();
    }
    out.push_str("comments\n");
    for it in &found.comments {
        writeln!(out, "  {}-{} {:?}", it.first_line, it.last_line, &text[it.span.range()]).unwrap();
    }
    for problem in problems {
        writeln!(out, "problem {:?} {}", problem.line, problem.message).unwrap();
    }
    out
}
