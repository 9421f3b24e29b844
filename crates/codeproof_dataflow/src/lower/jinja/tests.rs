//! Templates in, IR as text out: one snapshot beside each fixture.

use codeproof_types::{Language, RepoPath};
use proptest::prelude::*;

use super::super::print::print;
use super::super::{lower_file, soundness};
use crate::ir::Module;

fn lowered(path: &str, text: &str) -> Module {
    let path = RepoPath::new(path).expect("a path");
    let module = lower_file(&path, text, None).expect("it is a template");
    soundness::check(&module, text);
    module
}

#[track_caller]
fn check(name: &str, file: &str) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lower/jinja/fixtures");
    let text = std::fs::read_to_string(folder.join(file)).expect("the fixture is there");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, print(&lowered(file, &text), &text)));
}

#[test]
fn page() {
    check("page", "page.html");
}

#[test]
fn expressions() {
    check("expressions", "expressions.html");
}

#[test]
fn django() {
    check("django", "django.html");
}

#[test]
fn child() {
    check("child", "child.html");
}

#[test]
fn mail() {
    check("mail", "mail.j2");
}

#[test]
fn twig() {
    check("twig", "twig.html.twig");
}

#[test]
fn a_page_without_marks_is_no_template() {
    let path = RepoPath::new("page.html").expect("a path");
    assert!(lower_file(&path, "<p>{ a: 1 }</p>", None).is_none());
    let other = RepoPath::new("page.txt").expect("a path");
    assert!(lower_file(&other, "{{ a }}", None).is_none());
}

#[test]
fn what_is_nested_or_never_closed_is_lowered() {
    for part in [
        "{{ ",
        "{% if a %}",
        "{% for a in b %}",
        "{% block a %}",
        "{% macro a(b) %}",
        "{% raw %}",
        "{{ '",
        "{{ '}}",
        "{%",
        "{% with a=b %}",
        "{# ",
        "{% else %}",
        "{% endif %}",
        "{{ ((a)) }}",
        "{% set a = b %}",
        "{% autoescape off %}",
    ] {
        let text = format!("{{{{ a }}}}{}", part.repeat(3_000));
        lowered("a.html", &text);
    }
    for part in
        ["(", "[", "a(", "not ", "-", "a|b", ".a", "|a", "a if b else ", "a + ", "a - ", "[0]", "{a:", "()", "a is "]
    {
        lowered("a.html", &format!("{{{{ a{} }}}}", part.repeat(3_000)));
        lowered("a.html", &format!("{{{{ {} }}}}", part.repeat(3_000)));
        lowered("a.html", &format!("{{{{ {}a }}}}{{% if {}a %}}{{% endif %}}", part.repeat(3_000), part.repeat(3_000)));
    }
}

/// Pieces of templates, whole and broken.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "{{ a }}",
        "{{ a|safe }}",
        "{{ a.b[0]|f(c, d=e) }}",
        "{% if a %}",
        "{% elif b %}",
        "{% else %}",
        "{% endif %}",
        "{% for a, b in c %}",
        "{% empty %}",
        "{% endfor %}",
        "{% block x %}",
        "{% endblock %}",
        "{% macro m(a, b=1) %}",
        "{{ m(a) }}",
        "{% endmacro %}",
        "{% set a = b ~ c %}",
        "{% set a %}",
        "{% endset %}",
        "{% with a=b as c %}",
        "{% endwith %}",
        "{% extends 'a' %}",
        "{% include 'b' with c=d only %}",
        "{% import 'a' as f %}",
        "{{ f.x(a) }}",
        "{% from 'a' import b, c as d %}",
        "{{ d(1) }}",
        "{% call m(a) %}",
        "{% endcall %}",
        "{% raw %}",
        "{% endraw %}",
        "{% autoescape off %}",
        "{% endautoescape %}",
        "{# c #}",
        "{% comment %}",
        "{% endcomment %}",
        "{{",
        "}}",
        "{%",
        "%}",
        "'",
        "\"",
        "ä",
        "{{ 'ä' ~ \"b\\\"c\" }}",
        "<a href=",
        ">",
        "{%- if a -%}",
        "{{ a if b else c }}",
        "{{ (a, [b, {c: d}]) }}",
        "{% trans a as b %}",
        "{% url 'x' y as z %}",
        "{% ifchanged %}",
        "{% endifchanged %}",
        "{% blocktrans with a=b %}",
        "{% cycle 'a' 'b' %}",
        "{% firstof a b %}",
        "{{ a is not none and b not in c }}",
        "{{ -a ** 2 // 3 % d }}",
        "{{ ä.ö }}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn no_text_breaks_the_lowering(text in pieces()) {
        for path in ["a.html", "a.j2", "a.twig"] {
            let path = RepoPath::new(path).expect("a path");
            if let Some(module) = lower_file(&path, &text, None) {
                soundness::check(&module, &text);
                prop_assert!(matches!(module.language, Language::Python | Language::Php));
            }
        }
    }
}
