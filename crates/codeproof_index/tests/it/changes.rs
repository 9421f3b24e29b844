//! Changes: an index that took them is equal to one built from the new files.

use proptest::prelude::*;

use crate::program::{Texts, build, files, input, manifests, path, render};
use codeproof_index::Index;

/// Moves `index` from one set of files to another, one file at a time.
fn change(index: &mut Index, old: &Texts, new: &Texts) -> usize {
    let mut resolved = 0;
    for at in old.keys().filter(|at| !new.contains_key(*at)) {
        resolved += index.remove(&path(at));
    }
    for (at, text) in new.iter().filter(|(at, text)| old.get(*at) != Some(text)) {
        resolved += match input(at, text) {
            Some(input) => index.put(input),
            None => index.remove(&path(at)),
        };
    }
    resolved + index.set_manifests(manifests(new))
}

#[track_caller]
fn check(old: &Texts, new: &Texts) -> usize {
    let mut index = build(old);
    let resolved = change(&mut index, old, new);
    assert_eq!(render(&index), render(&build(new)), "after a change from\n{old:#?}\nto\n{new:#?}");
    resolved
}

const SHOP: &str = "\
//- shop/__init__.py
from .orders import total
//- shop/orders.py
class Order:
    def price(self): return 1

def total(order: Order):
    return order.price()
//- shop/views.py
from . import total
from .orders import Order

def show():
    return total(Order())
//- shop/other.py
def lonely():
    return 1
";

#[test]
fn only_what_depends_on_a_change_is_resolved_again() {
    let old = files(SHOP);
    let edit = |at: &str, from: &str, to: &str| {
        let mut new = old.clone();
        let text = new.get_mut(at).expect("the fixture has it");
        assert!(text.contains(from));
        *text = text.replace(from, to);
        check(&old, &new)
    };
    assert_eq!(edit("shop/orders.py", "return 1", "return 2"), 0, "nothing that others see, nor any place, changed");
    assert_eq!(edit("shop/orders.py", "return 1", "return 2\n"), 1, "places moved, in this file");
    assert_eq!(edit("shop/orders.py", "class Order:", "# A comment.\nclass Order:"), 1, "all lines moved");
    assert_eq!(edit("shop/other.py", "lonely", "alone"), 1, "nobody asked for it");
    assert_eq!(edit("shop/orders.py", "def total", "def sum_up"), 3, "the package and the view named it");
    assert_eq!(edit("shop/orders.py", "def price", "def cost"), 1, "others know the class, not the method");
}

#[test]
fn a_new_file_takes_the_place_of_one_outside() {
    let old = files("//- a.py\nfrom lib.b import f\nf()\n");
    let mut new = old.clone();
    new.insert("lib/b.py".to_owned(), "def f(): pass\n".to_owned());
    assert_eq!(check(&old, &new), 2);
    assert_eq!(check(&new, &old), 1);
    let mut renamed = old.clone();
    renamed.insert("lib/c.py".to_owned(), "def f(): pass\n".to_owned());
    check(&new, &renamed);
}

/// Pieces of programs that refer to each other by the same few names.
const LINES: &[&str] = &[
    "from b import f",
    "from c import *",
    "from .a import A as B",
    "import b",
    "from b import A",
    "class A: ",
    "class B(A):",
    "    def f(self): return self.g()",
    "    def g(self): return f()",
    "def f(x: A): return x.f()",
    "def g(): return A().g()",
    "x = A()",
    "x.f()",
    "f(1)",
    "b.f()",
    "A()",
    "y = x",
    "y.g()",
    "def make() -> B: pass",
    "make().f()",
    "",
];

const C_LINES: &[&str] = &[
    "#include \"b.h\"",
    "#include \"c.h\"",
    "#define f(x) g(x)",
    "#define g h",
    "int f(int x) { return g(x); }",
    "static int g(int x) { return h(); }",
    "int h(void) { return f(1); }",
    "struct a { int x; };",
    "int k(void) { g(2); return h(); }",
    "",
];

const PHP_LINES: &[&str] = &[
    "namespace N;",
    "use M\\A;",
    "use N\\B as C;",
    "class A { public function f(): B { return $this->g(); } }",
    "class B extends A { public A $a; public function g() { return $this->a->f(); } }",
    "trait T { public function t() {} }",
    "class D extends B { use T; function h() { $this->t(); parent::g(); self::h(); } }",
    "function f() { return (new A)->f()->g(); }",
    "f(); g();",
    "C::g();",
];

fn program() -> impl Strategy<Value = Texts> {
    let text = |lines: &'static [&'static str], head: &'static str| {
        prop::collection::vec(prop::sample::select(lines), 0..8)
            .prop_map(move |lines| format!("{head}{}\n", lines.join("\n")))
    };
    let file = prop_oneof![
        (prop::sample::select(&["a.py", "b.py", "c.py", "p/a.py", "p/__init__.py"][..]), text(LINES, "")),
        (prop::sample::select(&["a.c", "b.h", "b.c", "d/b.h", "c.h"][..]), text(C_LINES, "")),
        (prop::sample::select(&["a.php", "src/A.php", "b.php"][..]), text(PHP_LINES, "<?php\n")),
        (
            Just("composer.json"),
            prop::sample::select(&["{\"autoload\": {\"psr-4\": {\"N\\\\\": \"src\"}}}", "{}"][..])
                .prop_map(str::to_owned)
        ),
    ];
    prop::collection::vec(file, 0..8)
        .prop_map(|files| files.into_iter().map(|(at, text)| (at.to_owned(), text)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_changed_index_is_the_index_of_the_changed_files(old in program(), new in program()) {
        check(&old, &new);
    }

    #[test]
    fn many_small_changes_end_where_one_large_one_does(programs in prop::collection::vec(program(), 2..5)) {
        let mut index = build(&programs[0]);
        for pair in programs.windows(2) {
            change(&mut index, &pair[0], &pair[1]);
        }
        prop_assert_eq!(render(&index), render(&build(programs.last().expect("there are two"))));
    }
}
