//! The map of a Laravel application, and what scans tell of it.

use serde_json::Value;

use crate::git::git;
use crate::harness::{Project, github_token, rule_ids};

/// A shop: one route outside of the group that asks for a sign-in, a link to a name that is not there, a model whose
/// table was renamed.
const SHOP: [(&str, &str); 8] = [
    ("composer.json", r#"{"require": {"laravel/framework": "^11.9"}, "autoload": {"psr-4": {"App\\": "app/"}}}"#),
    (
        "bootstrap/app.php",
        "<?php\nreturn Application::configure(basePath: dirname(__DIR__))\n    \
         ->withRouting(web: __DIR__.'/../routes/web.php', health: '/up')\n    ->create();\n",
    ),
    (
        "routes/web.php",
        "<?php\n\nuse App\\Http\\Controllers\\OrderController;\n\n\
         Route::middleware('auth')->prefix('orders')->name('orders.')->group(function () {\n    \
         Route::get('/', [OrderController::class, 'index'])->name('index');\n    \
         Route::post('/', [OrderController::class, 'store'])->name('store');\n});\n\
         Route::delete('/orders/{order}', [OrderController::class, 'destroy']);\n\
         if (env('WITH_BETA')) {\n    Route::view('/beta', 'beta');\n}\n",
    ),
    (
        "app/Http/Controllers/OrderController.php",
        "<?php\n\nnamespace App\\Http\\Controllers;\n\nuse App\\Models\\Order;\n\nclass OrderController\n{\n    \
         public function index() { return Order::all(); }\n\n    \
         public function store() { return redirect()->route('order.index'); }\n\n    \
         public function destroy(Order $order) { $order->delete(); return to_route('orders.index'); }\n}\n",
    ),
    (
        "app/Models/Order.php",
        "<?php\n\nnamespace App\\Models;\n\nuse Illuminate\\Database\\Eloquent\\Model;\n\nclass Order extends Model\n{\n    \
         protected $fillable = ['number'];\n\n    public function lines() { return $this->hasMany(Line::class); }\n}\n",
    ),
    (
        "app/Models/Line.php",
        "<?php\n\nnamespace App\\Models;\n\nuse Illuminate\\Database\\Eloquent\\Model;\n\nclass Line extends Model\n{\n    \
         protected $table = 'order_lines';\n}\n",
    ),
    (
        "database/migrations/2024_01_01_000000_create_orders_table.php",
        "<?php\n\nreturn new class extends Migration\n{\n    public function up(): void\n    {\n        \
         Schema::create('orders', function (Blueprint $table) {\n            $table->id();\n            \
         $table->string('number')->unique();\n        });\n        \
         Schema::create('lines', function (Blueprint $table) {\n            $table->id();\n            \
         $table->foreignId('order_id')->constrained();\n        });\n    }\n};\n",
    ),
    (
        "database/migrations/2024_02_01_000000_shorten_orders.php",
        "<?php\n\nreturn new class extends Migration\n{\n    public function up(): void\n    {\n        \
         Schema::table('orders', function (Blueprint $table) {\n            $table->dropColumn('number');\n        });\n    \
         }\n};\n",
    ),
];

fn map_json(project: &Project, arguments: &[&str]) -> Value {
    let run = project.run(&[&["map", ".", "--format", "json"], arguments].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// The URIs of the routes, in order.
fn uris(map: &Value) -> Vec<&str> {
    map["routes"].as_array().expect("routes").iter().filter_map(|route| route["full_uri"].as_str()).collect()
}

#[test]
fn routes_tables_and_models_are_told_with_their_certainty() {
    let project = Project::new(&SHOP);
    let map = map_json(&project, &[]);
    assert_eq!(uris(&map), ["/orders", "/orders", "/orders/{order}", "/beta"]);
    let route = &map["routes"][1];
    assert_eq!((&route["name"], &route["method"]), (&Value::from("orders.store"), &Value::from("POST")));
    assert_eq!(route["middleware"], serde_json::json!(["web", "auth"]));
    assert_eq!((&route["authentication"], &route["certainty"]), (&Value::from("required"), &Value::from("exact")));
    assert_eq!(route["controller_symbol"], "app/Http/Controllers/OrderController.php:11");
    assert_eq!(map["routes"][0]["models"], serde_json::json!(["App\\Models\\Order"]));
    let beta = &map["routes"][3];
    assert_eq!((&beta["certainty"], &beta["unknown"][0]["line"]), (&Value::from("conditional"), &Value::from(10)));
    assert_eq!(map["framework_version"], "11.9");

    let operations: Vec<_> = map["migrations"].as_array().expect("rows").iter().collect();
    assert_eq!(operations.len(), 3);
    assert_eq!(operations[2]["destructive_operations"], serde_json::json!(["column orders.number"]));
    let foreign = &operations[1]["foreign_keys"][0];
    assert_eq!((&foreign["columns"][0], &foreign["on"]), (&Value::from("order_id"), &Value::from("orders")));
    let lines = map["models"].as_array().expect("models").iter().find(|model| model["name"] == "App\\Models\\Order");
    let relationship = &lines.expect("the model")["relationships"][0];
    assert_eq!((&relationship["type"], &relationship["foreign_key"]), (&"hasMany".into(), &"order_id".into()));
}

#[test]
fn questions_of_a_team_have_short_answers() {
    let project = Project::new(&SHOP);
    assert_eq!(uris(&map_json(&project, &["--without-middleware", "auth"])), ["/orders/{order}", "/beta"]);
    assert_eq!(uris(&map_json(&project, &["--route", "orders/*"])), ["/orders/{order}"]);
    assert_eq!(uris(&map_json(&project, &["--only", "routes", "--with-framework"])).len(), 5);
    let only = map_json(&project, &["--only", "migrations"]);
    assert_eq!((only.get("routes"), only["migrations"].as_array().map(Vec::len)), (None, Some(3)));
    assert!(!project.database().exists(), "a part is not stored");
    let text = project.run(&["map", ".", "--no-store"]);
    assert!(text.stdout.contains("/orders/{order}") && text.stdout.contains("order_lines"), "{}", text.stdout);
}

#[test]
fn no_secret_of_the_code_is_told() {
    let project = Project::new(&SHOP);
    let token = github_token(7);
    let sql = format!("UPDATE orders SET note = '{token}'");
    let migration = format!(
        "<?php\nreturn new class extends Migration\n{{\n    public function up(): void\n    {{\n        \
         DB::statement(\"{sql}\");\n        Schema::table('orders', function (Blueprint $table) {{\n            \
         $table->string('token')->default('{token}');\n        }});\n    }}\n}};\n"
    );
    project.write("database/migrations/2024_03_01_000000_token.php", migration);
    project.write("routes/web.php", format!("<?php\nRoute::redirect('/x', '/y?token={token}');\n"));
    for format in ["text", "json", "html", "mermaid"] {
        let run = project.run(&["map", ".", "--format", format, "-v"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(!run.stdout.contains(&token), "{format}: {}", run.stdout);
    }
    project.scan_json(&[]);
    let stored = std::fs::read(project.database()).expect("the database");
    assert!(!stored.windows(token.len()).any(|window| window == token.as_bytes()));
    let map = map_json(&project, &["--no-store"]);
    assert!(
        map["raw_statements"][0]["sql"].as_str().is_some_and(|sql| sql.starts_with("UPDATE orders SET note = 'ghp_*"))
    );
}

#[test]
fn every_format_can_be_written() {
    let project = Project::new(&SHOP);
    let run = project.run(&["map", ".", "-o", "map.html", "-o", "map.svg", "-o", "map.md", "-o", "map.json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for (file, start) in [("map.html", "<!"), ("map.svg", "<svg"), ("map.md", "#"), ("map.json", "{")] {
        let text = std::fs::read_to_string(project.root().join(file)).expect("it was written");
        assert!(text.trim_start().to_lowercase().starts_with(start) && text.contains("orders"), "{file}: {text:.100}");
    }
    project.run(&["map", ".", "-o", "a.html", "-o", "b.pdf"]).fails_with(2, &["b.pdf", "names no format"]);
}

#[test]
fn what_is_no_laravel_application_is_refused_with_where_one_is() {
    let project = Project::new(&[("main.py", "x = 1\n")]);
    project.run(&["map", "."]).fails_with(2, &["holds no Laravel application", "composer.json"]);
    for (path, text) in SHOP {
        project.write(&format!("backend/{path}"), text);
    }
    project.run(&["map", "."]).fails_with(2, &["backend does: give that folder"]);
    assert_eq!(project.run(&["map", "backend", "--no-store"]).code, Some(0));
    project.write("lumen/composer.json", r#"{"require": {"laravel/lumen-framework": "^8.0"}}"#);
    project.run(&["map", "lumen"]).fails_with(2, &["Lumen"]);
    project.run(&["map", "nowhere"]).fails_with(2, &["nowhere"]);
}

#[test]
fn a_scan_tells_what_does_not_fit_together() {
    let project = Project::new(&SHOP);
    let report = project.scan_json(&[]);
    let found = rule_ids(&report);
    for rule in ["laravel-unauthenticated-route", "laravel-unknown-route-name", "laravel-model-without-table"] {
        let finding = report["findings"].as_array().expect("findings").iter().find(|it| it["rule_id"] == rule);
        let finding = finding.unwrap_or_else(|| panic!("{rule} is not in {found:?}"));
        assert_eq!(finding["tier"], "weakness");
        assert!(!finding["evidence"][0]["quote"].as_str().expect("a quote").is_empty());
    }
    let open = report["findings"].as_array().expect("findings").iter();
    let open: Vec<_> = open.filter(|it| it["rule_id"] == "laravel-unauthenticated-route").collect();
    assert_eq!((open.len(), &open[0]["location"]["first_line"]), (1, &Value::from(9)));

    // Accepted by a comment, turned off, and in a folder of the tree.
    let routes =
        SHOP[2].1.replace("Route::delete", "// codeproof: ignore[laravel-unauthenticated-route] a demo\nRoute::delete");
    project.write("routes/web.php", routes);
    let report = project.scan_json(&[]);
    let state = report["findings"].as_array().expect("findings").iter();
    let state: Vec<_> =
        state.filter(|it| it["rule_id"] == "laravel-unauthenticated-route").map(|it| &it["state"]).collect();
    assert_eq!(state, ["suppressed"]);
    assert!(!rule_ids(&report).iter().any(|id| id.contains("unused")), "{:?}", rule_ids(&report));
    project.write("codeproof.toml", "rules_off = [\"laravel-unknown-route-name\"]\n");
    assert!(!rule_ids(&project.scan_json(&[])).contains(&"laravel-unknown-route-name".to_owned()));
}

#[test]
fn an_application_in_a_folder_and_only_what_changed() {
    let project = Project::new(&[]);
    for (path, text) in SHOP {
        project.write(&format!("backend/{path}"), text);
    }
    git(&project, &["init", "-q"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "-qm", "one"]);
    let report = project.scan_json(&[]);
    let paths: Vec<_> =
        report["findings"].as_array().expect("findings").iter().map(|it| &it["location"]["path"]).collect();
    assert!(paths.contains(&&Value::from("backend/routes/web.php")), "{paths:?}");
    assert_eq!(rule_ids(&project.scan_json(&["--since", "HEAD"])), Vec::<String>::new());
    let routes = format!("{}Route::put('/orders/{{order}}', [OrderController::class, 'destroy']);\n", SHOP[2].1);
    project.write("backend/routes/web.php", routes);
    let report = project.scan_json(&["--since", "HEAD"]);
    assert_eq!(rule_ids(&report), ["laravel-unauthenticated-route"]);
    assert_eq!(report["findings"][0]["location"]["first_line"], 13);
}
