//! PHP in, IR as text out: one snapshot beside each fixture.

use codeproof_types::Language;
use proptest::prelude::*;

use super::super::print::print;
use super::super::soundness;
use crate::ir::{Constant, Expr, Module, StmtKind};

fn lowered(text: &str) -> Module {
    let (parsed, _) = codeproof_syntax::parse(text, Language::Php);
    let module = super::super::lower(text, &parsed.expect("within the budget")).expect("PHP is lowered");
    soundness::check(&module, text);
    module
}

#[track_caller]
fn check(name: &str) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lower/php/fixtures");
    let text = std::fs::read_to_string(folder.join(format!("{name}.php"))).expect("the fixture is there");
    snapshot(name, &print(&lowered(&text), &text));
}

fn snapshot(name: &str, rendering: &str) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lower/php/fixtures");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, rendering));
}

/// One test for each fixture.
macro_rules! fixtures {
    ($($name:ident),+ $(,)?) => {$(
        #[test]
        fn $name() {
            check(stringify!($name));
        }
    )+};
}

fixtures! { broken, classes, control, functions, names, operators, pages, strings, variables }

#[test]
fn blade() {
    let text = include_str!("fixtures/page.blade.php");
    let module = super::lower_blade(text);
    soundness::check(&module, text);
    snapshot("page.blade", &print(&module, text));
}

#[test]
fn templates_that_close_nothing_are_lowered() {
    for part in [
        "{{ ",
        "{!! $a ",
        "@if(",
        "@foo(",
        "@if($a) ",
        "@endforeach ",
        "@php ",
        "@{{ ",
        "<? ",
        "@verbatim ",
        "@switch(1) ",
    ] {
        let text = part.repeat(10_000);
        soundness::check(&super::lower_blade(&text), &text);
        let text = ["@if($a) ".repeat(5_000), part.repeat(5_000)].concat();
        soundness::check(&super::lower_blade(&text), &text);
    }
}

#[test]
fn places_in_a_template_are_those_of_the_template() {
    let text = "<p>\n@if($a)\n {!! $b->c('x') !!}\n@endif";
    let module = super::lower_blade(text);
    let file = &module.bodies[0];
    let texts: Vec<&str> = file.expr_bytes.iter().map(|it| &text[it.start as usize..it.end as usize]).collect();
    assert_eq!(texts, ["<p>\n", "$a", "\n ", "$b", "$b->c", "'x'", "$b->c('x')", "\n"]);
    let StmtKind::If(arms, _) = &file.code[1].kind else { panic!("no `if`") };
    let echo = arms[0].1[1].bytes;
    assert_eq!(&text[echo.start as usize..echo.end as usize], "{!! $b->c('x') !!}");
}

const FIXTURES: [&str; 9] = [
    include_str!("fixtures/broken.php"),
    include_str!("fixtures/classes.php"),
    include_str!("fixtures/control.php"),
    include_str!("fixtures/functions.php"),
    include_str!("fixtures/names.php"),
    include_str!("fixtures/operators.php"),
    include_str!("fixtures/pages.php"),
    include_str!("fixtures/strings.php"),
    include_str!("fixtures/variables.php"),
];

#[test]
fn every_beginning_of_a_program_is_lowered() {
    for text in FIXTURES {
        for end in (0..text.len()).step_by(5).filter(|end| text.is_char_boundary(*end)) {
            lowered(&text[..end]);
        }
    }
}

#[test]
fn what_a_file_emits_is_its_text() {
    let text =
        "#!/usr/bin/php\n a\n <b> <?php if (1) { ?>\n\n c<?php } /* ?> */ // d ?>\r\n e <?= 'f' ?> \n<?PHP\n// ?>\ng";
    let module = lowered(text);
    let file = &module.bodies[0];
    let mut emitted = String::new();
    let mut rest: Vec<_> = file.code.iter().rev().collect();
    while let Some(statement) = rest.pop() {
        match &statement.kind {
            StmtKind::If(arms, _) => rest.extend(arms[0].1.iter().rev()),
            StmtKind::Output(value) => match file.expr(*value) {
                Expr::Constant(Constant::Str(text)) => emitted.push_str(text),
                other => panic!("{other:?} is no constant"),
            },
            _ => {}
        }
    }
    // As `php` prints it.
    assert_eq!(emitted, " a\n <b> \n c e f \ng");
}

#[test]
fn chains_are_flat_however_long() {
    for (before, link, after) in [
        ("$x = $a", " . $b", ";"),
        ("$x = $a", " + $b", ";"),
        ("$x = $a", " && $b", ";"),
        ("$x = $a", " ?: $b", ";"),
        ("$x = $a", " - $b", ";"),
        ("$x = $a", "->b()", ";"),
        ("$x = $a", "['b']", ";"),
        ("$x = $a", "::b()", ";"),
        ("if ($a) {}", " else if ($b) { f($c); }", ""),
        ("if ($a) {}", " elseif ($b) { f($c); }", ""),
        ("switch ($a) {", " case 1: f($b);", "}"),
        ("echo $a", ", $b", ";"),
        ("", "{", ""),
        ("$x = [$a", ", $b", "];"),
    ] {
        let text = ["<?php ", before, &link.repeat(20_000), after].concat();
        let module = lowered(&text);
        assert!(module.bodies[0].exprs.len() > 1 || link == "{", "{link}");
    }
}

#[test]
fn what_stands_too_deep_passes_on_its_variables() {
    // Less than any thread has.
    let small = std::thread::Builder::new().stack_size(1 << 20).spawn(check_depth);
    small.expect("a thread can be started").join().expect("deep programs are lowered");
}

fn check_depth() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("f(", ")"),
        ("1 + (2 . ", ")"),
        ("!", ""),
        ("@", ""),
        ("$a[", "]"),
        ("$a ? 1 : (", ")"),
        ("fn() => ", ""),
        ("function () { return ", "; }"),
        ("new class(", ") {}"),
        ("\"{$a[", "]}\""),
        ("match ($a) { 1 => ", "}"),
        ("$b = &", ""),
        ("$b .= ", ""),
        ("f(&", ")"),
    ] {
        let text = ["<?php $x = ", &open.repeat(3_000), "$deep", &close.repeat(3_000), ";"].concat();
        let module = lowered(&text);
        let deep = module.names.iter().any(|name| &**name == "deep");
        assert!(deep || open.starts_with("function") || open.starts_with("\""), "the variable is lost in {open}");
    }
    for (open, close) in [
        ("if ($a) {", "}"),
        ("foreach ($a as $b) ", ""),
        ("while ($a):", "endwhile;"),
        ("function f() {", "}"),
        ("class A { function f() {", "}}"),
        ("switch ($a) { case 1: ", "}"),
        ("try {", "} finally {}"),
        ("namespace A {", "}"),
    ] {
        lowered(&["<?php ", &open.repeat(2_000), "f($deep);", &close.repeat(2_000)].concat());
    }
}

const TOKENS: &[&str] = &[
    "$a",
    "$this",
    "$GLOBALS",
    "f",
    "A",
    "'s'",
    "\"s $a {$b->c[0]} ${d}\"",
    "1",
    "0x",
    "=",
    "=>",
    "= >",
    "->",
    "?->",
    "::",
    ".",
    ".=",
    "+",
    "-",
    "++",
    "&",
    "&&",
    "and",
    "||",
    "xor",
    "?",
    ":",
    "??",
    "??=",
    "!",
    "@",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ";",
    ",",
    "...",
    "if",
    "else",
    "elseif",
    "endif",
    "for",
    "foreach",
    "as",
    "while",
    "do",
    "switch",
    "case",
    "default",
    "match",
    "function",
    "fn",
    "class",
    "trait",
    "enum",
    "interface",
    "extends",
    "implements",
    "use",
    "namespace",
    "new",
    "static",
    "public",
    "abstract",
    "const",
    "global",
    "return",
    "echo",
    "print",
    "yield",
    "yield from",
    "throw",
    "try",
    "catch",
    "finally",
    "list",
    "array",
    "isset",
    "unset",
    "exit",
    "include",
    "clone",
    "instanceof",
    "(int)",
    "?>",
    "<?php",
    "<?=",
    "<b>",
    "<<<E\n x $a\n E",
    "<<<'E'\n x\nE\n",
    "`ls $a`",
    "//",
    "#[A]",
    "\\",
    "|>",
    "goto",
    "break",
    "compact('a')",
    "\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn soups_of_tokens_are_lowered(tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..60)) {
        let soup = tokens.join(" ");
        lowered(&format!("<?php {soup}"));
        soundness::check(&super::lower_blade(&soup), &soup);
    }

    #[test]
    fn changed_programs_are_lowered(
        (fixture, from, size, token) in (0..FIXTURES.len(), 0..2_000_usize, 0..40_usize, prop::sample::select(TOKENS)),
    ) {
        let text = FIXTURES[fixture];
        let from = text.floor_char_boundary(from % text.len());
        let to = text.floor_char_boundary((from + size).min(text.len())).max(from);
        lowered(&[&text[..from], token, &text[to..]].concat());
        let template = include_str!("fixtures/page.blade.php");
        let (from, to) = (template.floor_char_boundary(from), template.floor_char_boundary(to));
        let changed = [&template[..from], token, &template[to..]].concat();
        soundness::check(&super::lower_blade(&changed), &changed);
    }
}
