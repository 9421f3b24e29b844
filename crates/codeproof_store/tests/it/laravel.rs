//! Maps of Laravel applications as rows.

use codeproof_store::{MappedApplication, MappedRepository, Store};
use codeproof_types::laravel::{LaravelMap, MigrationOperation, Model, Route};
use serde_json::json;

use crate::fixture::{Place, on_both_databases};

on_both_databases! {
    a_map_becomes_rows,
    another_map_takes_the_place_of_the_first,
    many_routes_and_long_names_are_kept,
}

fn repository(root: &str) -> MappedRepository {
    MappedRepository {
        root: root.to_owned(),
        name: "shop".to_owned(),
        commit: Some("c0ffee".to_owned()),
        files: Some(7),
    }
}

fn route(uri: &str) -> Route {
    serde_json::from_value(json!({
        "method": "GET", "methods": ["GET"], "uri": uri, "full_uri": format!("/{uri}"), "name": "a\u{0}b",
        "controller": "App\\Http\\C", "action": "index", "handler_type": "controller", "middleware": ["web"],
        "excluded_middleware": [], "controller_middleware": [], "middleware_classes": [], "authentication": "none",
        "authenticated_by": null, "domain": null, "where": {}, "defaults": {}, "binding_fields": {}, "group_prefix": "",
        "group_middleware": ["web"], "source_file": "routes/web.php", "start_line": 3, "end_line": 4,
        "registered_through": [], "controller_symbol": null, "framework": false, "certainty": "conditional",
        "conditional": true, "unknown": [{"reason": "why", "path": "routes/web.php", "line": 3}],
    }))
    .unwrap()
}

fn operation(table: &str) -> MigrationOperation {
    serde_json::from_value(json!({
        "file_path": "database/migrations/1_a.php", "file_name": "1_a", "migration_order": 0, "start_line": 9,
        "end_line": 12, "operation": "drop", "table_name": table, "columns": [], "indexes": [], "foreign_keys": [],
        "dropped_columns": [], "dropped": [], "renames": [], "is_destructive": true,
        "destructive_operations": [format!("table {table}")], "raw": false, "certainty": "exact", "conditional": false,
        "unknown": [],
    }))
    .unwrap()
}

fn model(name: &str) -> Model {
    serde_json::from_value(json!({
        "name": name, "file_path": "app/Models/A.php", "line": 5, "is_abstract": false, "parent": null,
        "table_name": "as", "connection": null, "primary_key": "id", "fillable": ["a"], "guarded": ["*"], "casts": {},
        "hidden": [], "appends": [], "timestamps": true, "soft_deletes": false, "traits": [], "relationships": [],
        "certainty": "exact", "unknown": [],
    }))
    .unwrap()
}

fn map(routes: usize) -> LaravelMap {
    LaravelMap {
        framework_version: Some("11.0".to_owned()),
        routes: (0..routes).map(|number| route(&format!("r/{number}"))).collect(),
        migrations: vec![operation("users")],
        rollbacks: vec![operation("users"), operation("orders")],
        models: vec![model("App\\Models\\A")],
        ..LaravelMap::default()
    }
}

async fn put(store: &Store, root: &str, map: &LaravelMap) -> i64 {
    store.replace_maps(&repository(root), &[MappedApplication { subfolder: "", map }]).await.unwrap()
}

async fn count(place: &Place, sql: &'static str) -> i64 {
    let mut stranger = place.stranger().await;
    let count = stranger.ask(sql).await;
    stranger.leave().await;
    count
}

async fn a_map_becomes_rows(place: Place) {
    let store = place.open().await;
    assert_eq!(store.repository("/src/shop").await.unwrap(), None);
    let id = put(&store, "/src/shop", &map(3)).await;
    let found = store.repository("/src/shop").await.unwrap().unwrap();
    assert_eq!((found.id, found.name.as_str(), found.routes, found.migrations, found.models), (id, "shop", 3, 1, 1));
    assert_eq!(found.detected_framework.as_deref(), Some("laravel"));
    assert_eq!(found.framework_version.as_deref(), Some("11.0"));
    assert_eq!(found.last_indexed_commit.as_deref(), Some("c0ffee"));
    assert_eq!(found.public_id.split('-').nth(2).and_then(|part| part.chars().next()), Some('7'), "a UUIDv7");
    assert_eq!(count(&place, "SELECT COUNT(*) FROM migrations WHERE direction = 'down'").await, 2);
    assert_eq!(count(&place, "SELECT COUNT(*) FROM migrations WHERE is_destructive").await, 3);
    assert_eq!(count(&place, "SELECT COUNT(*) FROM eloquent_models WHERE table_name = 'as'").await, 1);
    let routes = "SELECT COUNT(*) FROM routes WHERE name = 'a␀b' AND certainty = 'conditional'";
    assert_eq!(count(&place, routes).await, 3);
}

async fn another_map_takes_the_place_of_the_first(place: Place) {
    let store = place.open().await;
    let id = put(&store, "/src/shop", &map(3)).await;
    let other = put(&store, "/src/other", &map(2)).await;
    let before = store.repository("/src/shop").await.unwrap().unwrap();
    assert_eq!(put(&store, "/src/shop", &map(1)).await, id);
    let after = store.repository("/src/shop").await.unwrap().unwrap();
    assert_eq!((after.public_id, after.routes), (before.public_id, 1));
    assert_ne!(id, other);
    assert_eq!(count(&place, "SELECT COUNT(*) FROM routes").await, 3);
    // No application any more.
    store.replace_maps(&repository("/src/shop"), &[]).await.unwrap();
    let gone = store.repository("/src/shop").await.unwrap().unwrap();
    assert_eq!((gone.detected_framework, gone.framework_version, gone.routes), (None, None, 0));
}

async fn many_routes_and_long_names_are_kept(place: Place) {
    let store = place.open().await;
    let mut large = map(20_000);
    large.routes[0].full_uri = format!("/{}", "é".repeat(5_000));
    large.routes[0].controller = Some("C".repeat(10_000));
    let root = format!("/{}", "x".repeat(4_000));
    put(&store, &root, &large).await;
    assert_eq!(store.repository(&root).await.unwrap().map(|found| found.routes), Some(20_000));
    assert_eq!(count(&place, "SELECT COUNT(*) FROM routes").await, 20_000);
}
