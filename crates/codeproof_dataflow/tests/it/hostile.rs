//! Input that nobody writes by hand: it is read to its end in bounded time and space, on the small stack of a test's
//! thread, and what can be known of it is found.

use std::fmt::Write as _;

use codeproof_dataflow::Analysis;
use codeproof_types::Language;

use crate::program::Program;

const HEAD: &str = "import os\nfrom flask import request\n";
const SINK: &str = "    os.system(q)\n";

/// Analyses one Python file.
fn python(text: String) -> Analysis {
    Program::one(Language::Python, text).analyse()
}

/// Analyses one PHP file.
fn php(text: String) -> Analysis {
    Program::one(Language::Php, text).analyse()
}

/// How many flows have a source.
fn chains(analysis: &Analysis) -> usize {
    analysis.flows.iter().filter(|flow| flow.source.trust.is_some()).count()
}

/// The found flow, or the honest word that not all was looked at.
#[track_caller]
fn found_or_told(analysis: &Analysis) {
    assert!(chains(analysis) > 0 || !analysis.incomplete.is_empty(), "nothing found, and nothing said");
}

/// `line(0)`, `line(1)` … in one text.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

#[test]
fn a_function_of_100_000_lines() {
    let body = lines(100_000, |at| format!("    v{at} = 'text {at}' + q\n"));
    found_or_told(&python(format!("{HEAD}def f():\n    q = request.args['q']\n{body}{SINK}")));
}

#[test]
fn a_function_of_100_000_lines_over_few_variables() {
    let body = lines(100_000, |at| format!("    v{} = v{} + '{at}'\n", at % 7, (at + 1) % 7));
    found_or_told(&python(format!("{HEAD}def f():\n    q = request.args['q']\n    v0 = ''\n{body}{SINK}")));
}

#[test]
fn branches_one_after_the_other() {
    let body = lines(10_000, |at| format!("    if a{at}:\n        q = q + 'x'\n        v{at} = q\n"));
    found_or_told(&python(format!("{HEAD}def f():\n    q = request.args['q']\n{body}{SINK}")));
}

#[test]
fn new_objects_in_branches_one_after_the_other() {
    let body = lines(5_000, |at| format!("    if a{at}:\n        l{at} = [q, {{'a': q}}]\n"));
    found_or_told(&python(format!("{HEAD}def f():\n    q = request.args['q']\n{body}{SINK}")));
}

#[test]
fn attempts_of_many_statements() {
    let body = lines(10_000, |at| format!("        v{at} = q\n"));
    let text =
        format!("{HEAD}def f():\n    q = request.args['q']\n    try:\n{body}    except E:\n        pass\n{SINK}");
    found_or_told(&python(text));
}

#[test]
fn functions_that_call_each_other_in_a_circle() {
    let functions =
        lines(5_000, |at| format!("def f{at}(a):\n    os.system('x' + a)\n    return f{}(a)\n", (at + 1) % 5_000));
    found_or_told(&python(format!("{HEAD}{functions}def g():\n    f0(request.args['q'])\n")));
}

#[test]
fn functions_that_all_call_all() {
    let functions = lines(300, |at| {
        let calls = lines(300, |to| format!("    f{to}(a)\n"));
        format!("def f{at}(a):\n{calls}    return a\n")
    });
    python(format!("{HEAD}{functions}def g():\n    os.system(f0(request.args['q']))\n"));
}

#[test]
fn a_chain_of_5_000_functions() {
    let functions = lines(5_000, |at| format!("def f{at}(a):\n    return f{}(a)\n", at + 1));
    let last = "def f5000(a):\n    return a\n";
    found_or_told(&python(format!("{HEAD}{functions}{last}def g():\n    os.system(f0(request.args['q']))\n")));
}

#[test]
fn files_that_import_each_other() {
    let mut files: Vec<(String, String)> = (0..300)
        .map(|at| {
            let next = (at + 1) % 300;
            let text = format!(
                "import m{next}\nfrom m{next} import *\nfrom m{next} import v{next} as v{at}\ndef f{at}(a):\n    return m{next}.f{next}(a)\n"
            );
            (format!("m{at}.py"), text)
        })
        .collect();
    let sink = "import os, m0\nfrom flask import request\ndef g():\n    os.system(m0.f0(request.args['q']))\n    os.system(request.args['q'])\n";
    files.push(("app.py".to_owned(), sink.to_owned()));
    let analysis = Program { language: Language::Python, files }.analyse();
    assert!(chains(&analysis) >= 1);
}

#[test]
fn a_choice_of_10_000_ways() {
    let arms = lines(10_000, |at| format!("    elif a == {at}:\n        v = '{at}'\n"));
    found_or_told(&python(format!(
        "{HEAD}def f(a):\n    q = request.args['q']\n    if a == -1:\n        v = ''\n{arms}{SINK}"
    )));
    let cases = lines(10_000, |at| format!("case {at}: $v{at} = $q;\n"));
    found_or_told(&php(format!("<?php\n$q = $_GET['q'];\nswitch ($a) {{\n{cases}}}\nsystem($q);\n")));
}

#[test]
fn a_sum_of_200_000() {
    let sum = "a+".repeat(200_000);
    found_or_told(&python(format!(
        "{HEAD}def f(a):\n    q = request.args['q']\n    b = {sum}q\n    os.system(b)\n{SINK}"
    )));
    let text = "$a.".repeat(200_000);
    found_or_told(&php(format!("<?php\n$q = $_GET['q'];\n$b = {text}$q;\nsystem($q);\n")));
}

#[test]
fn brackets_10_000_deep() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("f(", ")"), ("{1:", "}"), ("not (", ")"), ("lambda: (", ")"), ("a[", "]")]
    {
        let text = format!(
            "{HEAD}def f(a):\n    q = request.args['q']\n    b = {}q{}\n{SINK}",
            open.repeat(10_000),
            close.repeat(10_000)
        );
        python(text);
    }
    for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("!(", ")"), ("fn() => (", ")"), ("$a ? (", ") : 1")] {
        php(format!("<?php\n$q = $_GET['q'];\n$b = {}$q{};\nsystem($q);\n", open.repeat(10_000), close.repeat(10_000)));
    }
}

#[test]
fn blocks_10_000_deep() {
    let mut text = format!("{HEAD}def f():\n    q = request.args['q']\n");
    for depth in 0..1_000 {
        let _ = writeln!(text, "{}if a{depth}:", " ".repeat(4 + depth));
    }
    let _ = writeln!(text, "{}os.system(q)", " ".repeat(1_004));
    python(text);
    let (open, close) = ("if ($a) {\n".repeat(10_000), "}\n".repeat(10_000));
    php(format!("<?php\n$q = $_GET['q'];\n{open}system($q);\n{close}"));
}

#[test]
fn loops_200_deep() {
    let mut text = format!("{HEAD}def f():\n    q = request.args['q']\n");
    for depth in 0..200 {
        let _ = writeln!(text, "{}for v{depth} in w{depth}:", " ".repeat(4 + depth));
    }
    let _ = writeln!(text, "{}os.system(q)", " ".repeat(204));
    python(text);
    let open = lines(200, |at| format!("while ($a{at}) {{ $v{at} = $q;\n"));
    let analysis = php(format!("<?php\n$q = $_GET['q'];\n{open}system($q);{}\n", "}".repeat(200)));
    found_or_told(&analysis);
}

#[test]
fn loops_over_lists_in_each_other() {
    let mut text = format!("{HEAD}def f():\n    q = request.args['q']\n");
    for depth in 0..30 {
        let _ = writeln!(text, "{}for v{depth} in [1, 2, 3, 4, 5, 6, 7, 8]:", " ".repeat(4 + depth));
    }
    let _ = writeln!(text, "{}os.system(q)", " ".repeat(34));
    found_or_told(&python(text));
}

#[test]
fn classes_that_extend_themselves_and_each_other() {
    let text = "class A(A):\n    def f(self, a):\n        return super().f(a)\nclass B(C):\n    pass\nclass C(B):\n    def f(self, a):\n        return super().f(a)\n";
    python(format!(
        "{HEAD}{text}def g():\n    os.system(A().f(request.args['q']))\n    os.system(B().f(request.args['q']))\n"
    ));
    let text = "class A extends A { function f($a) { return parent::f($a); } }\nclass B extends C {}\nclass C extends B { use C; }\n";
    php(format!("<?php\n{text}system((new A)->f($_GET['q']));\nsystem((new B)->f($_GET['q']));\n"));
}

#[test]
fn a_chain_of_2_000_classes() {
    let classes = lines(2_000, |at| {
        let method = format!("    def f{at}(self):\n        return self.a\n");
        if at == 0 { format!("class C0:\n{method}") } else { format!("class C{at}(C{}):\n{method}", at - 1) }
    });
    let text = "def g():\n    c = C1999()\n    c.a = request.args['q']\n    os.system(c.f0())\n    os.system(c.a)\n";
    found_or_told(&python(format!("{HEAD}{classes}{text}")));
}

#[test]
fn mappings_of_100_000_entries() {
    let entries = lines(100_000, |at| format!("'k{at}': q,\n"));
    let text =
        format!("{HEAD}def f():\n    q = request.args['q']\n    t = {{{entries}}}\n    os.system(t['k99999'])\n");
    found_or_told(&python(text));
}

#[test]
fn arrays_of_100_000_entries() {
    let entries = lines(100_000, |at| format!("'k{at}' => $q,\n"));
    found_or_told(&php(format!("<?php\n$q = $_GET['q'];\n$t = [{entries}];\nsystem($t['k99999']);\n")));
}

#[test]
fn lists_of_100_000_items() {
    let items = lines(100_000, |at| format!("{at}, "));
    let text = format!("{HEAD}T = [{items}]\ndef f():\n    for t in T:\n        os.system(request.args['q'])\n");
    found_or_told(&python(text));
}

#[test]
fn closures_1_000_deep() {
    let mut text = format!("{HEAD}def f(q):\n");
    for depth in 0..1_000 {
        let _ = writeln!(text, "{}def g{depth}(a{depth}):", " ".repeat(4 + depth));
    }
    let _ = writeln!(text, "{}return q", " ".repeat(1_004));
    python(text);
    let lambdas = lines(1_000, |at| format!("lambda a{at}: "));
    python(format!("{HEAD}def f():\n    q = request.args['q']\n    g = {lambdas}q\n    os.system(g(1))\n{SINK}"));
    let functions = "function () use ($q) { return ".repeat(1_000);
    php(format!("<?php\n$q = $_GET['q'];\n$f = {functions}$q{};\nsystem($f());\n", "; }".repeat(1_000)));
}

#[test]
fn closures_beside_each_other_in_a_large_function() {
    let body = lines(3_000, |at| format!("    v{at} = lambda a: a + q + v{}\n", at / 2));
    found_or_told(&python(format!("{HEAD}def f():\n    q = request.args['q']\n{body}{SINK}")));
}

#[test]
fn files_that_include_each_other() {
    let files = (0..100)
        .map(|at| {
            let text = format!(
                "<?php\n$v{at} = $_GET['q'];\ninclude 'p{}.php';\ninclude 'p{}.php';\nsystem($v{at});\n",
                (at + 1) % 100,
                (at + 7) % 100
            );
            (format!("p{at}.php"), text)
        })
        .collect();
    let analysis = Program { language: Language::Php, files }.analyse();
    assert_eq!(chains(&analysis), 100);
}

#[test]
fn a_function_with_5_000_parameters() {
    let parameters = lines(5_000, |at| format!("a{at}, "));
    let uses = lines(5_000, |at| format!("    os.system('x' + a{at})\n"));
    let arguments = lines(5_000, |_| "q, ".to_owned());
    found_or_told(&python(format!(
        "{HEAD}def f({parameters}):\n{uses}    return a1\ndef g():\n    q = request.args['q']\n    f({arguments})\n{SINK}"
    )));
}

#[test]
fn one_name_for_10_000_methods() {
    let classes = lines(10_000, |at| format!("class C{at}:\n    def run(self, a):\n        return other.run(a)\n"));
    found_or_told(&python(format!("{HEAD}{classes}def g():\n    q = request.args['q']\n    x.run(q)\n{SINK}")));
}

#[test]
fn fields_and_variables_by_the_thousand() {
    let fields =
        lines(2_000, |at| format!("        self.f{at} = request.args['q']\n        os.system(self.f{})\n", at / 2));
    found_or_told(&python(format!("{HEAD}class A:\n    def f(self):\n{fields}")));
    let globals = lines(2_000, |at| {
        format!("def s{at}():\n    global v{at}\n    v{at} = request.args['q']\ndef r{at}():\n    os.system(v{at})\n")
    });
    found_or_told(&python(format!("{HEAD}{globals}")));
}

#[test]
fn output_by_the_thousand() {
    let parts = lines(20_000, |at| format!("<p class=\"c{at}\"><?= $q ?></p>\n"));
    found_or_told(&php(format!("<?php $q = $_GET['q']; ?>\n{parts}")));
    let line = "echo '<p title=\"' . $q . '\">' . \"$q\";\n".repeat(10_000);
    found_or_told(&php(format!("<?php $q = $_GET['q'];\n{line}")));
}

#[test]
fn a_text_of_ten_million_bytes() {
    let text = "x".repeat(10_000_000);
    found_or_told(&python(format!(
        "{HEAD}def f():\n    q = request.args['q']\n    t = '{text}' + q\n    for i in a:\n        t = t + t\n    os.system(t)\n"
    )));
}

#[test]
fn aliases_and_cells_in_cells() {
    let body = lines(3_000, |at| format!("    v{} = [v{at}, v{at}]\n", at + 1));
    found_or_told(&python(format!(
        "{HEAD}def f():\n    q = request.args['q']\n    v0 = [q]\n{body}    os.system(str(v3000))\n{SINK}"
    )));
    let body = "    l.append(l)\n    l[1] = l\n".repeat(2_000);
    found_or_told(&python(format!(
        "{HEAD}def f():\n    q = request.args['q']\n    l = [q]\n{body}    os.system(str(l))\n    return l\n"
    )));
}
