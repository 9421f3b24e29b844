//! Programs that nobody wrote by hand.

use codeproof_index::context::for_location;
use codeproof_types::{RepoPath, Resolution};
use proptest::prelude::*;

use crate::program::{Texts, build, path, render};

fn texts(files: &[(&str, String)]) -> Texts {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.clone())).collect()
}

#[test]
fn imports_in_a_circle_end() {
    let index = build(&texts(&[
        ("a.py", "from b import *\nfrom b import missing\nmissing()\n".to_owned()),
        ("b.py", "from a import *\nfrom a import missing\nmissing()\n".to_owned()),
    ]));
    assert!(index.calls_of(&path("a.py")).iter().all(|call| call.to.is_none()));
}

#[test]
fn classes_that_extend_each_other_end() {
    let index = build(&texts(&[(
        "a.py",
        "class A(B):\n    def f(self): self.g()\nclass B(C): pass\nclass C(A):\n    def g(self): self.h()\n".to_owned(),
    )]));
    let calls = index.calls_of(&path("a.py"));
    let g = calls.iter().find(|call| call.site.callee == "g").expect("it is called");
    assert_eq!(index.place(g.to.expect("it is inherited")).name, "a.C.g");
    let h = calls.iter().find(|call| call.site.callee == "h").expect("it is called");
    assert_eq!(h.resolution, Resolution::Unresolved);
}

#[test]
fn headers_that_include_each_other_end() {
    let index = build(&texts(&[
        ("a.h", "#include \"b.h\"\n#define ONE(x) TWO(x)\n".to_owned()),
        ("b.h", "#include \"a.h\"\n#define TWO(x) ONE(x)\n".to_owned()),
        ("c.c", "#include \"a.h\"\nint main(void) { return ONE(1); }\n".to_owned()),
    ]));
    let names: Vec<_> = index.calls_of(&path("c.c")).iter().map(|call| call.site.callee.clone()).collect();
    assert_eq!(names, ["ONE", "TWO", "ONE"]);
}

#[test]
fn twenty_thousand_definitions_of_one_name() {
    let many = "int twin(void) { return 0; }\n".repeat(10_000);
    let callers: String = (0..2_000).map(|at| format!("int f{at}(void) {{ return twin(); }}\n")).collect();
    let index = build(&texts(&[("a.c", many.clone()), ("b.c", many), ("c.c", callers)]));
    assert_eq!(index.find("twin").len(), 20_000);
    assert!(index.calls_of(&path("c.c")).iter().all(|call| call.resolution == Resolution::Ambiguous));
    // Looking is all that is asked: none of these may take the square of the number.
    assert_eq!(render(&index).lines().count(), 2_003);
}

#[test]
fn a_long_chain_of_calls_ends() {
    let chain = format!("x = a{}\ny = x.b()\n", ".b()".repeat(5_000));
    let aliases: String = (0..500).map(|at| format!("v{} = v{at}\n", at + 1)).collect();
    let index = build(&texts(&[("a.py", chain), ("b.py", format!("{aliases}v500.f()\n"))]));
    assert_eq!(index.stats().files, 2);
}

/// Pieces that meet in ways no person writes.
const SOUP: &[&str] = &[
    "class ",
    "def ",
    "fn ",
    "func ",
    "function ",
    "struct ",
    "impl ",
    "namespace ",
    "package ",
    "use ",
    "import ",
    "from ",
    "module ",
    "interface ",
    "extends ",
    "new ",
    "self",
    "this",
    "$this",
    "super",
    "int ",
    "A",
    "b",
    "$c",
    "é",
    "\u{201d}",
    "漢",
    "(",
    ")",
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
    ".",
    "\\",
    "#",
    "?",
    "!",
    "'",
    "\"",
    "`",
    "\n",
    "\n    ",
    "\n#include \"a.h\"\n",
    "\n#define M(a) a(b)\n",
    "<?php ",
    "@",
    "..",
    "...",
    "../",
    "/",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn programs_of_token_soup_survive(
        files in prop::collection::vec(prop::collection::vec(prop::sample::select(SOUP), 0..80), 1..4),
    ) {
        const EXTENSIONS: [&str; 12] = ["c", "cpp", "cs", "go", "java", "js", "php", "py", "rb", "rs", "ts", "tsx"];
        let mut texts = Texts::new();
        for (number, words) in files.iter().enumerate() {
            for extension in EXTENSIONS {
                texts.insert(format!("d{number}/f{number}.{extension}"), words.concat());
            }
        }
        let manifests = ["package.json", "tsconfig.json", "composer.json", "go.mod", "Cargo.toml"];
        for (manifest, words) in manifests.iter().zip(files.iter().cycle()) {
            texts.insert((*manifest).to_owned(), words.concat());
        }
        let index = build(&texts);
        let read = |path: &RepoPath| texts.get(path.as_str()).cloned();
        for (path, _) in index.paths() {
            for id in index.symbols_of(path) {
                let _ = index.path_from_entry(id);
                let line = index.place(id).symbol.first_line;
                let _ = for_location(&index, path, line, 300, &read, &[]);
            }
        }
        prop_assert!(index.entry_points().len() <= index.stats().symbols);
    }
}
