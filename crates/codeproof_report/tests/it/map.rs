//! Maps at the door: every format of one small application, and hostile names in every format.

use codeproof_report::{MapFormat, MapOptions, MapParts, TextOptions, render_map};
use codeproof_types::laravel::LaravelMap;

use crate::map_fixture;

/// A map as text.
pub(crate) fn written(map: &LaravelMap, format: MapFormat, options: &MapOptions) -> String {
    let mut out = Vec::new();
    render_map(map, format, options, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("text")
}

pub(crate) fn options() -> MapOptions {
    MapOptions {
        target: "shop".to_owned(),
        link_base: Some(String::new()),
        version: "0.1.0".to_owned(),
        ..MapOptions::default()
    }
}

fn columns(width: usize) -> MapOptions {
    MapOptions { text: TextOptions { width, ..TextOptions::default() }, ..options() }
}

#[test]
fn map_as_text() {
    insta::assert_snapshot!(written(&map_fixture::map(), MapFormat::Text, &columns(100)));
}

#[test]
fn json_is_the_map_and_leaves_out_what_was_not_asked_for() {
    let map = map_fixture::map();
    let read: LaravelMap = serde_json::from_str(&written(&map, MapFormat::Json, &options())).unwrap();
    assert_eq!(read, map);
    let keys = |parts| -> Vec<String> {
        let text = written(&map, MapFormat::Json, &MapOptions { parts, ..options() });
        let read: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
        read.keys().cloned().collect()
    };
    assert_eq!(keys(MapParts::ROUTES), ["framework_version", "limits", "middleware", "routes"]);
    assert_eq!(keys(MapParts::MODELS), ["framework_version", "limits", "models"]);
}

#[test]
fn text_keeps_to_the_terminal() {
    for width in [40, 60, 80, 160] {
        for line in written(&map_fixture::map(), MapFormat::Text, &columns(width)).lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn map_as_mermaid() {
    insta::assert_snapshot!(written(&map_fixture::map(), MapFormat::Mermaid, &options()));
}

#[test]
fn the_page_has_what_it_leads_to() {
    let page = written(&map_fixture::map(), MapFormat::Html, &options());
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for link in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.contains(&link), "#{link}");
    }
    let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "each id stands once");
    // From a route to its controller's line, from a model to its table, from a doubt to its line.
    assert!(page.contains("<a href=\"./app/Http/Controllers/OrderController.php#L12\">OrderController@index</a>"));
    assert!(page.contains("table <a href=\"#t-4\">orders</a>"));
    assert!(page.contains("hangs on the environment variable DEBUG_ROUTES (<a href=\"./routes/web.php#L30\">"));
    assert!(page.contains("<b>column users.nickname</b>"));
}

#[test]
fn parts_that_were_not_asked_for_are_not_shown_as_empty() {
    let only = |parts| written(&map_fixture::map(), MapFormat::Html, &MapOptions { parts, ..options() });
    let headings = |page: &str| -> Vec<String> {
        let parts = page.split("class=\"part\"").skip(1);
        parts.filter_map(|part| Some(part.split_once("<h2>")?.1.split(['<', '\n']).next()?.trim().to_owned())).collect()
    };
    let always = ["What could not be followed"];
    let routes = headings(&only(MapParts::ROUTES));
    assert_eq!(routes[..2], ["How requests are answered", "Routes"]);
    assert_eq!(routes[3..], always);
    let models = headings(&only(MapParts::MODELS));
    assert_eq!(models, [&["How tables hang together", "Models"][..], &always].concat());
}

#[test]
fn an_empty_map_says_so_in_every_format() {
    let map = LaravelMap::default();
    for format in MapFormat::ALL {
        let text = written(&map, format, &options());
        let says = text.contains("0 routes") || text.contains("\"routes\": []") || text.contains("No route was found");
        assert!(says, "{format}: {text}");
    }
}

#[test]
fn many_routes_stay_drawable_and_what_is_left_out_is_said() {
    let mut map = map_fixture::map();
    map.routes = (0..6_000)
        .map(|number| {
            let controller = format!("Page{number}Controller");
            map_fixture::route("GET", &format!("/pages/{number}"), &controller, "show")
        })
        .collect();
    let text = written(&map, MapFormat::Mermaid, &options());
    assert!(text.matches("```mermaid").count() < 80, "{}", text.matches("```mermaid").count());
    assert!(text.contains("sections have no diagram; the list of routes has all"), "{}", &text[..2000]);
    let page = written(&map, MapFormat::Html, &options());
    assert!(page.contains("1,000 routes are left out of this page; the JSON has all."));
}

#[test]
fn relations_say_who_points_to_whom() {
    use codeproof_types::laravel::Relationship;
    let with = |name, kind, related, foreign_key: &str, local_key: &str| Relationship {
        foreign_key: Some(foreign_key.to_owned()),
        local_key: Some(local_key.to_owned()),
        ..map_fixture::relationship(name, kind, Some(related))
    };
    let pinned = with("pinned", "hasOne", "Note", "id", "pinned_id");
    let profile = with("profile", "hasOne", "Profile", "user_id", "id");
    let subject = |name| with("notes", "morphMany", "Note", "notable_id", name);
    let map = LaravelMap {
        schema: ["notes", "orders", "pages", "profiles", "users"].map(|it| map_fixture::table(it, &[], &[])).to_vec(),
        models: vec![
            map_fixture::model("Note", "notes", Vec::new()),
            map_fixture::model("Order", "orders", vec![subject("id")]),
            map_fixture::model("Page", "pages", vec![subject("id")]),
            map_fixture::model("Profile", "profiles", Vec::new()),
            map_fixture::model("User", "users", vec![pinned, profile, subject("id")]),
        ],
        ..LaravelMap::default()
    };
    let text = written(&map, MapFormat::Mermaid, &options());
    let relations: Vec<&str> = text.lines().map(str::trim).filter(|line| line.contains("\" : \"")).collect();
    let expected = [
        r#""notes" |o..o{ "users" : "pinned_id""#,
        r#""users" |o..o| "profiles" : "user_id""#,
        // Three tables have notes: they share a box.
        r#""one_of_3_tables" |o..o{ "notes" : "notable_id""#,
    ];
    for relation in expected {
        assert!(relations.contains(&relation), "{relation}\n{text}");
    }
    assert_eq!(relations.len(), expected.len(), "{text}");
}
