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
    assert_eq!(keys(MapParts::ROUTES), ["concerns", "framework_version", "limits", "middleware", "routes"]);
    assert_eq!(keys(MapParts::MODELS), ["concerns", "framework_version", "limits", "models"]);
}

#[test]
fn text_keeps_to_the_terminal() {
    for width in [40, 60, 80, 160] {
        for line in written(&map_fixture::map(), MapFormat::Text, &columns(width)).lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}
