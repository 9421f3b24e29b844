//! Text in, the IR as text out; and what must hold of any text.

use codeproof_syntax::parse;
use codeproof_types::Language;
use proptest::prelude::*;

use crate::ir::{Expr, Module, StmtKind};
use crate::lower::{lower, print, soundness};

/// One test and one snapshot for each fixture, and the list of their texts.
macro_rules! fixtures {
    ($($name:ident),+ $(,)?) => {
        const FIXTURES: &[&str] = &[$(include_str!(concat!("fixtures/", stringify!($name), ".py"))),+];

        $(
            #[test]
            fn $name() {
                check(stringify!($name), include_str!(concat!("fixtures/", stringify!($name), ".py")));
            }
        )+
    };
}

fixtures! { broken, classes, expressions, names, statements, strings }

/// Compares the text's IR with the snapshot beside the fixture.
#[track_caller]
fn check(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("fixtures");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, print::print(&module(text), text)));
}

fn module(text: &str) -> Module {
    let parsed = parse(text, Language::Python).0.expect("it is within the budget");
    let module = lower(text, &parsed).expect("Python is lowered");
    soundness::check(&module, text);
    module
}

#[test]
fn statements_are_quoted_by_their_heads() {
    let text = "if a and b :  # why\n    x = 1\nfor i in f(\n  y): pass\n@d\ndef g(a): return a\nclass C(D): z = 1\n\
                while x: pass\ntry : pass\nfinally: pass\nwith o as p: pass\nmatch m:\n  case 1: pass\n";
    let module = module(text);
    let quotes: Vec<&str> = module.bodies[0]
        .code
        .iter()
        .map(|statement| &text[statement.bytes.start as usize..statement.bytes.end as usize])
        .collect();
    assert_eq!(
        quotes,
        [
            "if a and b :",
            "for i in f(\n  y):",
            "def g(a):",
            "class C(D):",
            "while x:",
            "try :",
            "with o as p:",
            "match m:"
        ]
    );
}

#[test]
fn expressions_are_quoted_whole() {
    let text = "r = f(a + b + 1 - c)[i].name < (d) < e\n";
    let module = module(text);
    let body = &module.bodies[0];
    let quotes: Vec<&str> =
        body.expr_bytes.iter().map(|bytes| &text[bytes.start as usize..bytes.end as usize]).collect();
    for quote in ["a + b + 1", "a + b + 1 - c", "f(a + b + 1 - c)[i].name", "f(a + b + 1 - c)[i].name < (d)", "(d) < e"]
    {
        assert!(quotes.contains(&quote), "{quote} is not among {quotes:?}");
    }
}

#[test]
fn only_the_body_s_own_variable_is_found_by_its_name() {
    let module = module("[f for f in xs]\ndef f(): pass\n{f: g for f, g in f}\n");
    let named = |name: &str| module.bodies[0].locals.iter().filter(|local| module.name(**local) == name).count();
    assert_eq!((named("f"), named("g")), (1, 0));
}

/// The number of expressions, statements and bodies, so that nothing is optimised away.
fn size(text: &str) -> usize {
    let module = module(text);
    module.bodies.iter().map(|body| body.exprs.len() + body.code.len()).sum()
}

#[test]
fn long_chains_are_flat() {
    let text = format!("x = {}a\n", "a+".repeat(200_000));
    let module = module(&text);
    let StmtKind::Assign(_, value) = &module.bodies[0].code[0].kind else { panic!("an assignment") };
    let Expr::Chain(_, operands) = module.bodies[0].expr(*value) else { panic!("a chain") };
    assert_eq!(operands.len(), 200_001);
}

#[test]
fn what_is_too_deep_is_cut_and_its_names_are_kept() {
    let deep = [
        format!("x = {}a{}\n", "[".repeat(5_000), "]".repeat(5_000)),
        format!("x = {}a{}\n", "(".repeat(5_000), ")".repeat(5_000)),
        format!("x = {}a{}\n", "f(".repeat(5_000), ")".repeat(5_000)),
        format!("x = a{}\n", ".b()".repeat(20_000)),
        format!("x = a{}\n", "[0]".repeat(20_000)),
        format!("x = {}a\n", "a + a - ".repeat(20_000)),
        format!("x = {}a\n", "not ".repeat(5_000)),
        format!("x = {}a\n", "a ** ".repeat(5_000)),
        format!("x = {}a\n", "b if c else ".repeat(5_000)),
        format!("x = {}a\n", "lambda: ".repeat(2_000)),
        format!("x = {}a\n", "lambda a=lambda: 1: ".repeat(500)),
        format!("x = {}a\n", "y = ".repeat(20_000)),
        format!("{}= a\n", "x, ".repeat(20_000)),
        format!("{}a{} = a\n", "(".repeat(5_000), ",)".repeat(5_000)),
        format!("def f() -> {}a{}: a\n", "List[".repeat(5_000), "]".repeat(5_000)),
        format!("x = f'{}a{}'\n", "{a:".repeat(100), "}".repeat(100)),
        format!("def f(a: {}a): a\n", "a | ".repeat(5_000)),
        format!("class C:\n  x: {}a{}\n", "a[".repeat(5_000), "]".repeat(5_000)),
        format!("match a:\n  case {}a{}: a\n", "[".repeat(2_000), "]".repeat(2_000)),
        format!("x = {}a\n", "(a := ".repeat(2_000) + "b" + &")".repeat(2_000) + " + "),
    ];
    for text in &deep {
        assert!(size(text) > 0);
        assert!(module(text).names.iter().any(|name| &**name == "a"), "{}", &text[..20]);
    }
}

#[test]
fn deep_blocks_are_cut() {
    let nested = |head: &str, depth: usize| -> String {
        let lines = (0..depth).map(|level| format!("{}{head}\n", " ".repeat(level)));
        lines.collect::<String>() + &" ".repeat(depth) + "use(a)\n"
    };
    for head in ["if a:", "def f(a):", "class C:", "for a in a:", "with a:", "while a:", "else:", "match a:"] {
        assert!(size(&nested(head, 300)) > 0);
    }
    assert!(size(&(0..10_000).fold("if a: b\n".to_owned(), |text, n| text + &format!("elif a == {n}: b\n"))) > 10_000);
}

/// Pieces that make and break Python's constructs.
const PIECES: &[&str] = &[
    "def f(a, *b, c=1, **d) -> T:",
    "class C(B, m=1):",
    "if x:",
    "elif y:",
    "else:",
    "for a, *b in c:",
    "while 1:",
    "try:",
    "except (A, B) as e:",
    "except* G:",
    "finally:",
    "with o as p, q:",
    "match x:",
    "case [a, *b] | {'k': v}:",
    "case C(x=1) as y if z:",
    "return",
    "yield",
    "yield from",
    "await",
    "async",
    "lambda x, y=1:",
    "global a",
    "nonlocal a",
    "import a.b as c",
    "from ..a import (b, c as d)",
    "from . import *",
    "print a,",
    "print >>f,",
    "exec a in b",
    "del a",
    "raise X from y",
    "assert",
    "x = ",
    "x += ",
    "x: T = ",
    "type X = ",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "a",
    "b.c",
    "f(",
    "x[1:",
    ":=",
    "=",
    "==",
    "<",
    "not in",
    "is not",
    "and",
    "or",
    "not",
    "+",
    "-",
    "**",
    "@",
    "//",
    "if",
    "for x in",
    "*",
    "**k",
    "'s'",
    "\"",
    "'''",
    "f'{x!r:>{w}}'",
    "f'{",
    "}'",
    "b'\\xff'",
    "1",
    "0x",
    "1e5",
    "...",
    ",",
    ":",
    ";",
    ".",
    "\\\n",
    "#c\n",
    "\n",
    "\n  ",
    "\n    ",
    "\n      ",
    "\n",
    "\n  ",
    "\t",
    "é",
    "\u{1F600}",
    "\0",
    "\r\n",
    "@d\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn soup_of_tokens_is_survived(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..120)) {
        module(&pieces.join(" "));
        module(&pieces.concat());
    }

    #[test]
    fn cut_and_changed_programs_are_survived(
        fixture in 0..FIXTURES.len(),
        from in 0.0..1.0_f64,
        length in 0.0..0.3_f64,
        piece in prop::sample::select(PIECES),
    ) {
        let text = FIXTURES[fixture];
        let place = |part: f64| text.floor_char_boundary((text.len() as f64 * part) as usize);
        let (start, end) = (place(from), place((from + length).min(1.0)));
        module(&format!("{}{piece}{}", &text[..start], &text[end..]));
        module(&text[start..]);
        module(&text[..start]);
    }
}
