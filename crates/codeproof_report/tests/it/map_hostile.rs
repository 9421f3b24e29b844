//! Names of scanned code that try to be markup, script or syntax, in every format of a map.

use codeproof_report::MapFormat;
use codeproof_types::laravel::{LaravelMap, UnknownPart};
use codeproof_types::visible;
use proptest::prelude::*;

use crate::html::{body, tags};
use crate::map::{options, written};
use crate::map_fixture;

const ATTACKS: [&str; 9] = [
    "<∕script><script>alert(1)<∕script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "<!--<script>&lt;script&gt;<∕title><∕style><∕svg>]]>",
    "{{ script }}{% raw %}",
    "javascript:alert(1)∕∕&#x3c;svg onload=alert(1)&#x3e;",
    "end\"]; click n0 href \"javascript:alert(1)\"",
    "%%{init: {\"securityLevel\": \"loose\"}}%% } ||--o{ x : \"",
    "```\n# heading\n```mermaid\nflowchart LR\n a-->b",
];

/// The fixture with every foreign text replaced.
fn with_text(text: &str) -> LaravelMap {
    let mut map = map_fixture::map();
    let some = || Some(text.to_owned());
    let unknown = || vec![UnknownPart { reason: text.to_owned(), path: text.to_owned(), line: 3 }];
    map.framework_version = some();
    for (number, route) in map.routes.iter_mut().enumerate() {
        route.full_uri = format!("/{text}{number}");
        route.name = some();
        route.controller = Some(format!("App\\Http\\Controllers\\{text}"));
        route.action = some();
        route.controller_symbol = Some(format!("{text}:12"));
        route.middleware = vec![text.to_owned()];
        route.domain = Some(text.to_owned());
        route.source_file = text.to_owned();
        route.models = vec![format!("App\\Models\\{text}")];
        route.wheres = [(text.to_owned(), text.to_owned())].into();
        route.unknown = unknown();
    }
    for operation in &mut map.migrations {
        operation.table_name = text.to_owned();
        operation.file_path = text.to_owned();
        operation.destructive_operations = vec![text.to_owned()];
        operation.unknown = unknown();
    }
    for (number, table) in map.schema.iter_mut().enumerate() {
        table.name = format!("{text}{number}");
        table.file_path = text.to_owned();
        for column in &mut table.columns {
            column.name = text.to_owned();
            column.kind = text.to_owned();
            column.default = Some(text.into());
        }
        for key in &mut table.foreign_keys {
            key.columns = vec![text.to_owned()];
            key.on = Some(format!("{text}{}", (number + 1) % 6));
        }
    }
    for (number, model) in map.models.iter_mut().enumerate() {
        model.name = format!("App\\Models\\{text}{number}");
        model.table_name = Some(format!("{text}{number}"));
        model.fillable = vec![text.to_owned()];
        model.unknown = unknown();
        for relationship in &mut model.relationships {
            relationship.name = text.to_owned();
            relationship.related = Some(format!("App\\Models\\{text}{}", (number + 1) % 4));
            relationship.foreign_key = some();
        }
    }
    map.middleware.aliases = [(text.to_owned(), text.to_owned())].into();
    for concern in &mut map.concerns {
        concern.subject = text.to_owned();
        concern.message = text.to_owned();
        concern.path = text.to_owned();
    }
    map.limits = unknown();
    map
}

/// A text of the same length without any sign.
fn calm(attack: &str) -> String {
    attack.chars().map(|character| if character.is_whitespace() { character } else { 'x' }).collect()
}

/// The blocks between Mermaid's fences.
fn blocks(markdown: &str) -> Vec<String> {
    let parts = markdown.split("```mermaid\n").skip(1);
    parts.map(|part| part.split("\n```").next().unwrap_or_default().to_owned() + "\n").collect()
}

#[test]
fn names_never_become_markup_of_the_page() {
    for attack in ATTACKS {
        let page = |text: &str| {
            let page = written(&with_text(text), MapFormat::Html, &options());
            let (head, rest) = page.split_once("<style>").expect("a style sheet");
            let (_, rest) = rest.split_once("</script>").expect("the end of the script");
            format!("{head}{rest}")
        };
        let (found, calm) = (tags(&page(attack)), tags(&page(&calm(attack))));
        let first_difference = found.iter().zip(&calm).find(|(found, calm)| found != calm);
        assert!(found.len() == calm.len() && first_difference.is_none(), "{attack}: {first_difference:?}");
    }
}

#[test]
fn the_page_of_a_map_loads_nothing() {
    let page = written(&with_text(ATTACKS[0]), MapFormat::Html, &options());
    for tag in tags(&body(&page)) {
        for attribute in tag.split_whitespace().skip(1) {
            let name = attribute.trim_end_matches('=');
            assert!(!matches!(name, "src" | "srcset" | "style" | "action" | "data" | "background"), "{tag}");
            assert!(!name.starts_with("on") || name == "open", "{tag}");
        }
    }
    for link in page.split("href=\"").skip(1) {
        assert!(link.starts_with('#') || link.starts_with("./"), "{}", &link[..40]);
    }
}

#[test]
fn names_never_become_elements_of_a_picture() {
    for attack in ATTACKS {
        let svg = written(&with_text(attack), MapFormat::Svg, &options());
        let (head, rest) = svg.split_once("<style>").expect("a style sheet");
        let (_, rest) = rest.split_once("</style>").expect("its end");
        for tag in tags(&format!("{head}{rest}")) {
            let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap_or_default();
            assert!(["svg", "g", "rect", "path", "circle", "text", "title"].contains(&name), "{attack}: <{tag}>");
            assert!(!tag.contains("href") && !tag.split_whitespace().any(|part| part.starts_with("on")), "{tag}");
        }
        assert_eq!(svg.matches("<g").count(), svg.matches("</g>").count());
    }
}

#[test]
fn names_never_become_syntax_of_a_diagram() {
    for attack in ATTACKS {
        let (found, calm) = (with_text(attack), with_text(&calm(attack)));
        let blocks = |map: &LaravelMap| blocks(&written(map, MapFormat::Mermaid, &options()));
        let shape = |block: &String| {
            let graph = mermaid_rs_renderer::parse_mermaid(block).expect("a diagram").graph;
            (graph.nodes.len(), graph.edges.len(), graph.node_links.len())
        };
        let (found, calm) = (blocks(&found), blocks(&calm));
        assert_eq!(found.iter().map(shape).collect::<Vec<_>>(), calm.iter().map(shape).collect::<Vec<_>>(), "{attack}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_name_can_be_drawn(
        text in "(a|B|9|_|-|\\.|/|\\\\|:|;|\"|'|`|#|%|&|<|>|\\{|\\}|\\[|\\]|\\(|\\)|\\||\\$|end|PK|\n|\u{1b}|\u{202e}|漢|e\u{301}| |style|click){0,30}",
    ) {
        let map = with_text(&text);
        for block in blocks(&written(&map, MapFormat::Mermaid, &options())) {
            let parsed = mermaid_rs_renderer::parse_mermaid(&block);
            prop_assert!(parsed.is_ok(), "{:?}\n{}", parsed.err(), block);
        }
        for format in MapFormat::ALL {
            let text = written(&map, format, &options());
            prop_assert_eq!(visible(&text), text.as_str());
        }
        for line in written(&map, MapFormat::Text, &options()).lines() {
            let columns: usize = line.chars().filter_map(unicode_width::UnicodeWidthChar::width).sum();
            prop_assert!(columns <= 80, "{columns} columns: {line}");
        }
    }
}
