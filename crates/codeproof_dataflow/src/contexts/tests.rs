//! Data in its place: texts with a marked place, what is known of the data, and the judgement in words.
//!
//! In the texts `§` is tainted data and `¤` text that is not known. The tables are snapshots in `tests/`; the laws below
//! them hold for any text.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::html::HtmlState;
use super::{Danger, Piece, danger};
use crate::kinds::{SinkKind, SinkKinds};
use crate::value::{Chars, Encoding, Escaped, Facts, Traits};

/// Kinds of data by name: encodings by their words, and what checks tell.
fn facts(name: &str) -> Facts {
    let with = |traits| Facts { traits, ..Facts::raw() };
    match name {
        "raw" => Facts::raw(),
        "html" => Encoding::Html.apply(Facts::raw()),
        "html_double" => Encoding::HtmlDouble.apply(Facts::raw()),
        "html_no_quotes" => Encoding::HtmlNoQuotes.apply(Facts::raw()),
        "html of word" => Encoding::Html.apply(Encoding::Word.apply(Facts::raw())),
        "backslash, html" => Encoding::Html.apply(Encoding::Backslash.apply(Facts::raw())),
        "html, backslash" => Encoding::Backslash.apply(Encoding::Html.apply(Facts::raw())),
        "url" => Encoding::Url.apply(Facts::raw()),
        "url_path" => Encoding::UrlPath.apply(Facts::raw()),
        "number" => Encoding::Number.apply(Facts::raw()),
        "word" => Encoding::Word.apply(Facts::raw()),
        "slug" => Encoding::Slug.apply(Facts::raw()),
        "backslash" => Encoding::Backslash.apply(Facts::raw()),
        "sql_doubled" => Encoding::SqlDoubled.apply(Facts::raw()),
        "sql_literal" => Encoding::SqlLiteral.apply(Facts::raw()),
        "sql_name" => Encoding::SqlName.apply(Facts::raw()),
        "shell_word" => Encoding::ShellWord.apply(Facts::raw()),
        "shell_marks" => Encoding::ShellMarks.apply(Facts::raw()),
        "json" => Encoding::Json.apply(Facts::raw()),
        "json_slashes" => Encoding::JsonSlashes.apply(Facts::raw()),
        "json, html" => Encoding::Html.apply(Encoding::Json.apply(Facts::raw())),
        "base64" => Encoding::Base64.apply(Facts::raw()),
        "basename" => Encoding::Basename.apply(Facts::raw()),
        "canonical_path" => Encoding::CanonicalPath.apply(Facts::raw()),
        "header_line" => Encoding::HeaderLine.apply(Facts::raw()),
        "strip_tags" => Encoding::StripTags.apply(Facts::raw()),
        "ldap_filter" => Encoding::LdapFilter.apply(Facts::raw()),
        "ldap_name" => Encoding::LdapName.apply(Facts::raw()),
        "regex_quote" => Encoding::RegexQuote.apply(Facts::raw()),
        "decimals and commas" => Facts { chars: Chars::range('0', '9').or(Chars::of(", ")), ..Facts::raw() },
        "without quotes" => Facts::raw().removing(Chars::of("'\"")),
        "without dots" => Facts::raw().removing(Chars::of(".")),
        "only the quote escaped" => Facts { backslashed: Escaped(Chars::of("'")), ..Facts::raw() },
        "one literal" => with(Traits::BEGINS_WITH_QUOTE.or(Traits::ONE_QUOTED_LITERAL)),
        "inside" => with(Traits::INSIDE_FOLDER),
        "no parent" => with(Traits::NO_PARENT),
        "no parent, inside" => with(Traits::NO_PARENT.or(Traits::INSIDE_FOLDER)),
        "canonical, inside" => with(Traits::CANONICAL_PATH.or(Traits::INSIDE_FOLDER)),
        "local" => with(Traits::LOCAL_URL),
        "rooted" => with(Traits::BEGINS_WITH_SLASH),
        "rooted, html" => Encoding::Html.apply(with(Traits::BEGINS_WITH_SLASH)),
        "no option" => with(Traits::NO_OPTION),
        _ => unreachable!("no such facts: {name}"),
    }
}

/// The pieces of a text with marks.
fn pieces<'a>(text: &'a str, data: &'a Facts) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    for part in text.split_inclusive(['§', '¤']) {
        let known = part.trim_end_matches(['§', '¤']);
        if !known.is_empty() {
            pieces.push(Piece::Known(known));
        }
        match part.chars().last() {
            Some('§') => pieces.push(Piece::Tainted(data)),
            Some('¤') => pieces.push(Piece::Unknown),
            _ => {}
        }
    }
    pieces
}

/// The judgement of the last mark of a text.
fn judge(kind: SinkKind, text: &str, data: &Facts) -> Danger {
    let pieces = pieces(text, data);
    let at = pieces.iter().rposition(|piece| matches!(piece, Piece::Tainted(_))).expect("a text has a mark");
    danger(kind, &pieces, at)
}

/// For each text the judgements, each with the data it holds for.
fn table(kind: SinkKind, texts: &[&str], names: &[&str]) -> String {
    let mut table = String::new();
    for text in texts {
        writeln!(table, "{text}").expect("a String takes all");
        let mut verdicts: Vec<(Danger, Vec<&str>)> = Vec::new();
        for name in names {
            let verdict = judge(kind, text, &facts(name));
            match verdicts.iter_mut().find(|(known, _)| *known == verdict) {
                Some((_, names)) => names.push(name),
                None => verdicts.push((verdict, vec![name])),
            }
        }
        for (verdict, names) in verdicts {
            let (word, why) = match verdict {
                Danger::Yes(how) => ("DANGER", how),
                Danger::No(why) => ("safe  ", why),
            };
            writeln!(table, "    {word} {}: {why}", names.join(" | ")).expect("a String takes all");
        }
    }
    table
}

/// Compares a table to its snapshot.
#[track_caller]
fn check(name: &str, table: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("tests");
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, table));
}

const PAGE_DATA: &[&str] =
    &["raw", "html", "html_double", "html_no_quotes", "url", "number", "word", "backslash", "json", "json_slashes"];

#[test]
fn pages() {
    let texts = [
        "§",
        "<p>§</p>",
        "<!doctype §",
        "<§>",
        "</§>",
        "<div §>",
        "<div id §>",
        "<div data-§=\"x\">",
        "<input value=\"§\">",
        "<input value='§'>",
        "<input value=§>",
        "<input value=x§>",
        "<input value=\"x\"§>",
        "<!-- § -->",
        "<!-- -- § -->",
        "<!-- --> §",
        "<textarea>§</textarea>",
        "<title>§</title>",
        "<textarea></textarea>§",
        "<TEXTAREA class=x ></TextArea >§",
        "<b><!-- <script> --></b>§",
        "a <é<b §>",
    ];
    check("pages", &table(SinkKind::Html, &texts, PAGE_DATA));
}

#[test]
fn scripts() {
    let texts = [
        "<script>§</script>",
        "<script>var x = §;</script>",
        "<script>var x = '§';</script>",
        "<script>var x = \"§\";</script>",
        "<script>var x = \"it's \" + §;</script>",
        "<script>var x = 'it\\'s §';</script>",
        "<script>var x = `a${ f('}') + `b` }§`;</script>",
        "<script>var x = `${ § }`;</script>",
        "<script>// it's §\n</script>",
        "<script>/* it's § */</script>",
        "<script>var x = 4 / 2; var y = '§'; z / 1;</script>",
        "<script>var x = /['\"]/; var y = '§';</script>",
        "<script>var x = /[/']§/;</script>",
        "<script>setTimeout('§', 10);</script>",
        "<script>window.setInterval( \"f(§)\" );</script>",
        "<script>mySetTimeout('§', 10);</script>",
        "<script>x = '</script>§",
        "<script>x = '</scripts>§'",
        "<script>x = '\n§",
        "<script type=\"application/json\">{\"a\": \"§\"}</script>",
        "<script type='text/x-template'>§</script>",
        "<script type=module>x = §</script>",
        "<script type=\"text/javascript; charset=utf-8\">x = §</script>",
        "<script src=\"x.js\"></script>§",
        "<script>x = ¤§</script>",
        "<script>x = '¤§'</script>",
    ];
    check("scripts", &table(SinkKind::Html, &texts, PAGE_DATA));
}

#[test]
fn attributes_with_scripts_and_addresses() {
    let texts = [
        "<a onclick=\"f('§')\">",
        "<a onclick='f(\"§\")'>",
        "<a ONCLICK=\"f(§)\">",
        "<a onclick=\"f(&quot;§&quot;)\">",
        "<a onclick=\"f(&quot;it&#39;s&quot;, §)\">",
        "<a onclick=f(§)>",
        "<a href=\"§\">",
        "<a href='/§'>",
        "<a href=\"https://example.org/?q=§\">",
        "<a href=\"¤§\">",
        "<a href=\" java§\">",
        "<a href=\"javascript:f('§')\">",
        "<a href=\"java\nscript:f(§)\">",
        "<a href=§>",
        "<img src=\"§\">",
        "<img src=\"/x.png\" alt=\"§\">",
        "<script src=\"§\"></script>",
        "<iframe src='§'>",
        "<iframe srcdoc=\"§\">",
        "<form action='§'>",
        "<form data='§'>",
        "<object data='§'>",
        "<link rel=stylesheet href=\"§\">",
        "<svg><a xlink:href=\"§\">",
    ];
    let mut data = PAGE_DATA.to_vec();
    data.extend(["local", "rooted, html", "html of word", "backslash, html", "html, backslash", "json, html"]);
    check("attributes", &table(SinkKind::Html, &texts, &data));
}

#[test]
fn styles() {
    let texts = [
        "<style>§</style>",
        "<style>p { color: § }</style>",
        "<style>p { font: '§' }</style>",
        "<style>p { font: \"§\" }</style>",
        "<style>p { background: url(§) }</style>",
        "<style>p { background: URL( '§' ) }</style>",
        "<style>/* § */</style>",
        "<style>p::before { content: '\\'§' }</style>",
        "<style>p {}</style>§",
        "<p style=\"color: §\">",
        "<p style='font: \"§\"'>",
        "<p style=\"background: url(&#39;§&#39;)\">",
    ];
    let mut data = PAGE_DATA.to_vec();
    data.push("slug");
    check("styles", &table(SinkKind::Html, &texts, &data));
}

#[test]
fn queries() {
    let texts = [
        "§",
        "SELECT * FROM t WHERE id = §",
        "SELECT * FROM t WHERE id = § AND x = 'y'",
        "SELECT * FROM t WHERE name = '§'",
        "SELECT * FROM t WHERE name = \"§\"",
        "SELECT * FROM t WHERE name LIKE '%§%'",
        "SELECT * FROM t WHERE name = 'it''s §'",
        "SELECT * FROM t WHERE name = 'it\\'s §'",
        "SELECT * FROM t WHERE name = 'x' AND id = §",
        "SELECT * FROM t WHERE name LIKE ¤ ESCAPE '\\' AND id = §",
        "SELECT * FROM t WHERE name = '\\'' AND id = §",
        "SELECT * FROM `§`",
        "SELECT * FROM [§]",
        "SELECT x[1], ARRAY['§'] FROM t",
        "SELECT * FROM t ORDER BY §",
        "SELECT * FROM t -- it's §\n",
        "SELECT * FROM t /* it's § */",
        "SELECT 1 -- it's\n, '§'",
        "SELECT * FROM t WHERE id IN (§)",
        "SELECT * FROM ¤ WHERE name = '§'",
        "SELECT * FROM t WHERE name = '§' AND id = §",
    ];
    let data = [
        "raw",
        "backslash",
        "only the quote escaped",
        "sql_doubled",
        "html",
        "html_double",
        "number",
        "word",
        "slug",
        "decimals and commas",
        "sql_literal",
        "sql_name",
        "one literal",
        "without quotes",
        "base64",
    ];
    check("queries", &table(SinkKind::Sql, &texts, &data));
    let texts = ["§", "{'name': '§'}", "this.name == §"];
    check("document_queries", &table(SinkKind::NoSql, &texts, &["raw", "backslash", "number", "word", "html"]));
}

#[test]
fn expressions_of_xpath_and_ldap() {
    let data = ["raw", "backslash", "sql_doubled", "html", "html_double", "number", "word", "ldap_filter", "ldap_name"];
    let texts = ["§", "//user[@name='§']", "//user[@name=\"§\"]", "//user[@id=§]", "//user[@name=\"it's\"][@id='§']"];
    check("xpath", &table(SinkKind::Xpath, &texts, &data));
    let texts = ["§", "(uid=§)", "(&(objectClass=person)(cn='§'))", "uid=§,ou=people", "!name=§", "name=§"];
    check("ldap", &table(SinkKind::Ldap, &texts, &data));
}

#[test]
fn commands() {
    let texts = [
        "§",
        "§ --help",
        "ls §",
        "ls '§'",
        "ls \"§\"",
        "ls \"it's §\"",
        "ls 'it'\\''s §'",
        "ls; §",
        "ls | grep §",
        "echo \"$(ls §)\"",
        "echo \"$(ls)§\"",
        "echo `ls §`",
        "¤ §",
        "ls ¤§",
        "ls \\\"§",
    ];
    let data = [
        "raw",
        "backslash",
        "shell_word",
        "shell_marks",
        "html",
        "url",
        "number",
        "word",
        "slug",
        "base64",
        "without quotes",
    ];
    check("commands", &table(SinkKind::Command, &texts, &data));
    let texts = ["§", "--name=§", "¤§"];
    let data = ["raw", "number", "word", "slug", "no option", "shell_word"];
    check("arguments", &table(SinkKind::Arguments, &texts, &data));
}

#[test]
fn paths() {
    let texts = [
        "§",
        "§.txt",
        "/srv/files/§",
        "/srv/files/¤/§",
        "¤§",
        "file_§",
        "/§",
        "https://example.org/files/§",
        "file:///srv/§",
        "§/§",
    ];
    let data = [
        "raw",
        "basename",
        "canonical_path",
        "inside",
        "no parent",
        "no parent, inside",
        "canonical, inside",
        "without dots",
        "number",
        "word",
        "slug",
        "url",
        "url_path",
        "base64",
        "backslash",
        "html",
    ];
    check("paths", &table(SinkKind::Path, &texts, &data));
    check("inclusions", &table(SinkKind::Inclusion, &["§", "§.php", "pages/§.php", "¤/§.php"], &data));
    check("uploads", &table(SinkKind::Upload, &["§", "uploads/§", "uploads/§.png", "uploads/§.d/x"], &data));
}

#[test]
fn addresses() {
    let texts = [
        "§",
        "Location: §",
        "location:§",
        "Refresh: 5; url=§",
        "X-Name: §",
        "Content-Type:§",
        "/§",
        "/items/§",
        "?next=§",
        "items.php?id=§",
        "https://§",
        "https:§",
        "http§",
        "https://example.org§",
        "https://example.org/§",
        "https://example.org?x=§",
        "https://§.example.org/",
        "https://¤.example.org§",
        "https://§:8080/",
        "https://www.§.example.org/",
        "https://¤/§",
        "https://¤§",
        "//§",
        "¤§",
        "Location: '§'",
        "mailto:§",
    ];
    let data =
        ["raw", "url", "url_path", "number", "word", "slug", "local", "rooted", "html", "without dots", "basename"];
    check("redirects", &table(SinkKind::Redirect, &texts, &data));
    check("requests", &table(SinkKind::Request, &["§", "https://§/", "https://example.org/§", "¤/§"], &data));
}

#[test]
fn code() {
    let texts = [
        "§",
        "return §;",
        "$x = '§';",
        "$x = \"§\";",
        "x = f'§'",
        "x = 'it\\'s §'",
        "# it's §",
        "// it's §\nf('§')",
        "/* it's § */",
        "f('x', §)",
        "`ls §`",
    ];
    let data = ["raw", "backslash", "html", "number", "word", "slug", "json", "one literal", "without quotes"];
    check("code", &table(SinkKind::Code, &texts, &data));
}

#[test]
fn sinks_that_look_for_marks() {
    let data =
        ["raw", "html", "url", "header_line", "number", "word", "backslash", "regex_quote", "strip_tags", "base64"];
    let kinds = [
        SinkKind::Header,
        SinkKind::Log,
        SinkKind::Template,
        SinkKind::Xml,
        SinkKind::Deserialization,
        SinkKind::Regex,
        SinkKind::Format,
    ];
    let table = kinds.map(|kind| format!("{}\n{}", kind.name(), table(kind, &["§"], &data)));
    check("marks", &table.concat());
}

#[test]
fn a_backslash_hands_the_query_to_what_follows() {
    let without_quotes = facts("without quotes");
    let judge_first = |second: &str| {
        let second = facts(second);
        let (one, two, end) =
            (Piece::Known("SELECT * FROM t WHERE x = '"), Piece::Known("' AND y = '"), Piece::Known("'"));
        danger(SinkKind::Sql, &[one, Piece::Tainted(&without_quotes), two, Piece::Tainted(&second), end], 1)
    };
    assert!(matches!(judge_first("without quotes"), Danger::Yes(_)));
    assert!(matches!(judge_first("backslash"), Danger::Yes(_)));
    assert!(matches!(judge_first("word"), Danger::No(_)));
    assert!(matches!(judge_first("number"), Danger::No(_)));
}

#[test]
fn what_was_made_harmless_is() {
    for kind in SinkKind::ALL {
        let data = Facts { harmless: SinkKinds::NONE.with(*kind), ..Facts::raw() };
        assert_eq!(judge(*kind, "x§", &data), Danger::No("was made harmless for this use"));
        assert!(matches!(judge(*kind, "§", &Facts::raw()), Danger::Yes(_)), "{} of raw data", kind.name());
    }
}

#[test]
fn only_data_is_judged() {
    assert!(matches!(danger(SinkKind::Sql, &[Piece::Known("x")], 0), Danger::No(_)));
    assert!(matches!(danger(SinkKind::Sql, &[Piece::Unknown], 7), Danger::No(_)));
}

#[test]
fn a_state_stays_small() {
    assert!(size_of::<HtmlState>() <= 8, "{} bytes", size_of::<HtmlState>());
}

/// Texts with many of the marks that lead from state to state.
fn any_text() -> impl Strategy<Value = String> {
    let words = [
        "<",
        ">",
        "/",
        "!",
        "-",
        "--",
        "=",
        "\"",
        "'",
        "`",
        " ",
        "\n",
        "\\",
        "&",
        ";",
        "${",
        "}",
        "{",
        "(",
        ")",
        "[",
        "]",
        "script",
        "style",
        "textarea",
        "title",
        "iframe",
        "a",
        "on",
        "onclick",
        "href",
        "src",
        "type",
        "srcdoc",
        "x",
        "é",
        "javascript:",
        "&quot;",
        "&#39;",
        "url(",
        "setTimeout(",
        "*",
        "</script>",
        "</style>",
        "module",
        "http",
        "://",
        ":",
        "?",
        "$",
        "#",
        ".",
        "SELECT ",
        "Location: ",
        "|",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..24).prop_map(|words| words.concat())
}

fn any_chars() -> impl Strategy<Value = Chars> {
    let marks = "<>\"'`\\/;:(){}[]$&|*+%=#@!?.,- \n\r\0aé0";
    prop::collection::vec(prop::sample::select(marks.chars().collect::<Vec<_>>()), 0..40)
        .prop_map(|chars| Chars::of(&chars.into_iter().collect::<String>()))
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let traits = [
        Traits::NONE,
        Traits::HTML_ENTITIES,
        Traits::SHELL_WORD,
        Traits::SQL_LITERAL,
        Traits::JSON,
        Traits::URL_ENCODED,
        Traits::CANONICAL_PATH,
        Traits::INSIDE_FOLDER,
        Traits::LOCAL_URL,
    ];
    let chars = prop_oneof![Just(Chars::ALL), Just(Chars::word()), any_chars()];
    (chars, any_chars(), any_chars(), prop::sample::select(traits.to_vec())).prop_map(
        |(chars, backslashed, doubled, traits)| Facts {
            chars,
            backslashed: Escaped(backslashed),
            doubled: Escaped(doubled),
            traits,
            harmless: SinkKinds::NONE,
        },
    )
}

proptest! {
    // All four together run in less than a second.
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_page_can_be_read_in_pieces(one in any_text(), other in any_text(), unknown in any::<bool>()) {
        let start = if unknown { HtmlState::default().after("<").after_unknown() } else { HtmlState::default() };
        prop_assert_eq!(start.after(&format!("{one}{other}")), start.after(&one).after(&other));
    }

    #[test]
    fn unknown_text_twice_is_unknown_text(text in any_text()) {
        let state = HtmlState::default().after(&text).after_unknown();
        prop_assert_eq!(state.after_unknown(), state);
    }

    #[test]
    fn fewer_characters_are_never_worse(
        before in any_text(),
        after in any_text(),
        data in any_facts(),
        removed in any_chars(),
        kind in prop::sample::select(SinkKind::ALL.to_vec()),
    ) {
        let text = format!("{before}§{after}");
        if let Danger::No(why) = judge(kind, &text, &data) {
            let fewer = judge(kind, &text, &data.removing(removed));
            prop_assert!(matches!(fewer, Danger::No(_)), "{why}, but then {fewer:?}");
        }
    }

    #[test]
    fn numbers_change_nothing(before in any_text(), after in any_text()) {
        let number = Encoding::Number.apply(Facts::raw());
        for kind in [SinkKind::Sql, SinkKind::Html, SinkKind::Command, SinkKind::Path, SinkKind::Xpath, SinkKind::Code] {
            let text = format!("{before}§{after}");
            prop_assert!(matches!(judge(kind, &text, &number), Danger::No(_)));
        }
    }
}
