//! Input that must neither stop the run nor become a fact that is none.

use codeproof_laravel::{FolderOfTexts, Parts};
use codeproof_types::laravel::{Certainty, LaravelMap};

/// Everything of an application.
fn map(files: &FolderOfTexts) -> LaravelMap {
    codeproof_laravel::map(files, Parts::ALL)
}

const STARTER: &str = "<?php return Application::configure()->withRouting(web: __DIR__.'/../routes/web.php');";

fn with_routes(routes: &str) -> FolderOfTexts {
    FolderOfTexts::new([("bootstrap/app.php", STARTER), ("routes/web.php", routes)])
}

#[test]
fn what_is_no_application_gives_nothing() {
    let nothing: [(&str, &str); 0] = [];
    assert_eq!(map(&FolderOfTexts::new(nothing)).routes, []);
    assert_eq!(map(&FolderOfTexts::new([("main.py", "print(1)")])).routes, []);
}

#[test]
fn requires_in_a_circle_end_and_are_told() {
    let map = map(&with_routes("<?php Route::get('/a', 'A@b'); require __DIR__.'/web.php';"));
    assert_eq!(map.routes.len(), 1);
    assert!(map.limits[0].reason.contains("within itself"), "{:?}", map.limits);
}

#[test]
fn classes_and_constants_that_need_themselves_end() {
    let routes = "<?php class A extends B { const X = self::Y; const Y = self::X; } class B extends A {}
        function f() { return f(); }
        Route::get('/a'.A::X, f()); Route::get('/b', 'C@d');";
    let map = map(&with_routes(routes));
    assert_eq!(map.routes.last().map(|route| (&*route.full_uri, route.certainty)), Some(("/b", Certainty::Exact)));
    assert_eq!(map.routes[0].certainty, Certainty::Partial);
}

#[test]
fn twenty_thousand_routes_of_a_loop_are_all_there() {
    let map =
        map(&with_routes("<?php for ($i = 0; $i < 20000; $i++) { Route::get(\"/r/$i\", 'A@b')->name(\"r.$i\"); }"));
    assert_eq!(map.routes.len(), 20_000);
    assert_eq!(map.routes[19_999].name.as_deref(), Some("r.19999"));
}

#[test]
fn endless_loops_end_and_are_told() {
    let map = map(&with_routes("<?php while (true) { $x = 1; } Route::get('/after', 'A@b');"));
    assert_eq!(map.routes.len(), 1);
    assert!(!map.limits.is_empty());
}

#[test]
fn a_route_file_of_five_megabytes_is_read() {
    let mut routes = String::from("<?php\n");
    let mut number = 0;
    while routes.len() < 5 << 20 {
        routes.push_str(&format!("Route::get('/some/quite/long/path/number/{number}', 'SomeController@action');\n"));
        number += 1;
    }
    assert_eq!(map(&with_routes(&routes)).routes.len(), number);
}

#[test]
fn deep_nesting_neither_overflows_nor_loses_what_follows() {
    let deep = format!("<?php $x = {}1{}; Route::get('/a', 'A@b');", "[".repeat(20_000), "]".repeat(20_000));
    let groups = format!(
        "<?php {}Route::get('/x', 'A@b');{}",
        "Route::prefix('a')->group(function () {".repeat(3_000),
        "});".repeat(3_000)
    );
    let sums = format!("<?php Route::get('/'{}, 'A@b'); Route::get('/z', 'A@b');", ".'a'".repeat(20_000));
    for text in [&deep, &groups, &sums] {
        map(&with_routes(text));
    }
}

#[test]
fn the_rest_of_a_broken_file_counts_and_what_is_broken_is_in_doubt() {
    let routes = "<?php Route::get('/a', 'A@a');
        Route::prefix('x')->group(function () {
            Route::get('/broken', [A::class, 'x');
            Route::get('/c', 'A@c');
        });
        Route::get('/open', [ ; Route::get('/d', 'A@d');";
    let map = map(&with_routes(routes));
    let rows: Vec<_> = map.routes.iter().map(|route| (&*route.full_uri, route.certainty)).collect();
    assert!(rows.contains(&("/a", Certainty::Exact)), "{rows:?}");
    assert!(rows.contains(&("/x/c", Certainty::Exact)), "{rows:?}");
    assert!(rows.contains(&("/x/broken", Certainty::Conditional)), "{rows:?}");
    assert!(rows.iter().any(|(uri, _)| *uri == "/d"), "{rows:?}");
}

/// An application with one migration and the tables of a well-behaved one behind it.
fn with_migration(text: &str) -> FolderOfTexts {
    let last = "<?php return new class extends Migration { public function up() {
        Schema::create('last', function (Blueprint $table) { $table->id(); }); } };";
    FolderOfTexts::new([
        ("database/migrations/2024_01_01_000000_hostile.php", text),
        ("database/migrations/2024_01_02_000000_last.php", last),
    ])
}

fn tables(map: &LaravelMap) -> Vec<&str> {
    map.schema.iter().map(|table| &*table.name).collect()
}

#[test]
fn migrations_that_never_end_are_told_and_those_behind_them_run() {
    let bodies = [
        "while (true) { $x = 1; }",
        "$this->up();",
        "for (;;) { for (;;) { Schema::hasTable('x'); } }",
        "foreach ([1, 2] as $x) { $this->up(); $this->up(); }",
    ];
    for body in bodies {
        let map = map(&with_migration(&format!(
            "<?php return new class extends Migration {{ public function up() {{ {body} }} }};"
        )));
        assert_eq!(tables(&map), ["last"], "{body}");
        assert!(!map.limits.is_empty(), "{body}");
    }
}

#[test]
fn what_is_thrown_or_missing_takes_nothing_else_along() {
    let bodies = [
        "<?php return new class extends Missing { public function up() { Schema::create('a', fn ($t) => $t->id()); throw new E; } };",
        "<?php class Hostile extends Nowhere\\Base { public function up() { parent::up(); Schema::create('a', fn ($t) => $t->id()); } }",
        "<?php class A extends B {} class B extends A { public function up() { Schema::create('a', fn ($t) => $t->id()); } }",
        "<?php return new class extends Migration { public function up() { Schema::create('a', function ($t) { $t->id(); $t->string('x', ; }); } };",
    ];
    for text in bodies {
        assert_eq!(tables(&map(&with_migration(text))), ["a", "last"], "{text}");
    }
    for text in [
        "",
        "<?php",
        "<?php class Nothing {}",
        "<?php return 1;",
        "no php at all",
        "<?php class H extends Vendor\\Thing {}",
    ] {
        let map = map(&with_migration(text));
        assert_eq!(tables(&map), ["last"], "{text}");
        assert_eq!(map.limits.len(), 1, "{text}");
    }
}

#[test]
fn twenty_thousand_columns_of_a_loop_are_all_there() {
    let text = "<?php return new class extends Migration { public function up() {
        Schema::create('wide', function ($t) { for ($i = 0; $i < 20000; $i++) { $t->string(\"c$i\")->nullable(); } });
        Schema::table('wide', function ($t) { for ($i = 0; $i < 20000; $i++) { $t->string(\"c$i\", 9)->change(); } }); } };";
    let map = map(&with_migration(text));
    assert_eq!(map.schema[1].columns.len(), 20_000);
    assert_eq!(map.migrations[1].columns.len(), 20_000);
}

#[test]
fn tables_that_point_at_each_other_are_no_trouble() {
    let text = "<?php return new class extends Migration { public function up() {
        Schema::create('a', function ($t) { $t->id(); $t->foreignId('b_id')->constrained('b'); });
        Schema::create('b', function ($t) { $t->id(); $t->foreignId('a_id')->constrained('a'); $t->foreignId('b_id')->constrained('b'); });
        Schema::rename('a', 'a'); Schema::rename('b', 'c'); } };";
    let map = map(&with_migration(text));
    assert_eq!(tables(&map), ["a", "c", "last"]);
    assert_eq!(map.schema[0].foreign_keys[0].on.as_deref(), Some("c"));
}

#[test]
fn sql_without_end_or_sense_is_survived() {
    let texts = [
        "ALTER TABLE `a DROP COLUMN b",
        "DROP TABLE 'x",
        "/* DROP TABLE a",
        "/*!40000 DROP TABLE",
        "$$ $tag$ [ ] [[[[ ((((",
        "CREATE TABLE (((((",
        "CREATE TABLE t (a",
        "ALTER TABLE t ADD ((,,,))",
        "CREATE PROCEDURE p() BEGIN BEGIN BEGIN",
        "DELIMITER \n DELIMITER ;; \n DROP ;;",
        "COPY x FROM stdin;",
        "\\",
        "é\u{1F600} `é\u{1F600}` 'é\u{1F600}\\",
        "ALTER TABLE t RENAME, ADD, DROP, ALTER, CHANGE a, MODIFY",
    ];
    for text in texts {
        let dump = format!("{text}\n");
        let migration = format!(
            "<?php return new class extends Migration {{ public function up() {{ DB::unprepared(<<<'SQL'\n{text}\nSQL); }} }};"
        );
        let files = FolderOfTexts::new([
            ("database/schema/mysql-schema.sql", dump.as_str()),
            ("database/schema/pgsql-schema.sql", dump.as_str()),
            ("database/migrations/2024_01_01_000000_hostile.php", migration.as_str()),
        ]);
        map(&files);
    }
}

#[test]
fn sql_that_is_cut_off_anywhere_is_survived() {
    let text = "CREATE TABLE `t` (`a` enum('x','y\\'') DEFAULT 'é' COMMENT \"q\"\"\", [b] int, PRIMARY KEY (`a`(10)));\n\
        ALTER TABLE ONLY \"p\".t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u(b) ON DELETE SET NULL, DROP COLUMN b;\n\
        DO $x$ BEGIN END $x$; /*!40101 SET a = 1 */; # note\nDELIMITER //\nCREATE TRIGGER t BEGIN IF 1 THEN END IF; END//\n\
        DELIMITER ;\nINSERT INTO migrations VALUES (1,'a',1),(2,'b',1);\nCOPY public.migrations (a) FROM stdin;\n1\tc\n\\.\n";
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        for dialect in ["mysql", "pgsql"] {
            let configuration = format!("<?php return ['default' => '{dialect}'];");
            let dump = format!("database/schema/{dialect}-schema.sql");
            let files = FolderOfTexts::new([("config/database.php", configuration.as_str()), (&dump, &text[..end])]);
            let map = codeproof_laravel::map(
                &files,
                Parts { routes: false, migrations: true, models: false, concerns: false },
            );
            assert!(map.limits.is_empty(), "{end}: {:?}", map.limits);
        }
    }
}

#[test]
fn a_dump_of_ten_megabytes_is_read() {
    let mut dump = String::new();
    let mut number = 0;
    while dump.len() < 10 << 20 {
        dump.push_str(&format!(
            "CREATE TABLE `t{number}` (`id` int NOT NULL, `text` varchar(255) DEFAULT 'it''s', PRIMARY KEY (`id`));\n\
             INSERT INTO `t{number}` VALUES {};\n",
            "(1,'a;b'),".repeat(100)
        ));
        number += 1;
    }
    let files = FolderOfTexts::new([("database/schema/mysql-schema.sql", dump)]);
    let map = map(&files);
    assert_eq!(map.schema.len(), number);
    assert_eq!(map.schema[number / 2].columns.len(), 2);
    assert_eq!(map.schema[1].line, 3);
}

/// A tiny generator: the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap_or(0)
    }
}

/// A place between two characters.
fn place(text: &str, numbers: &mut Numbers) -> usize {
    let mut place = numbers.below(text.len() + 1);
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}

/// The text with some of it taken away, doubled, or replaced by what no parser likes.
fn damaged(text: &str, numbers: &mut Numbers) -> String {
    const STRANGE: &[&str] =
        &["é", "\u{0}", "'", "\"", "{", "}", "(", ")", "[", "%", "$", "->", "::", "/*", "\\", "💥", ":", "?"];
    let mut text = text.to_owned();
    for _ in 0..=numbers.below(4) {
        let (one, other) = (place(&text, numbers), place(&text, numbers));
        let (start, end) = (one.min(other), one.max(other).min(one.min(other) + 60));
        let end = (start..=end).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(start);
        match numbers.below(3) {
            0 => text.replace_range(start..end, ""),
            1 => {
                let doubled = text[start..end].to_owned();
                text.insert_str(start, &doubled);
            }
            _ => text.replace_range(start..end, STRANGE[numbers.below(STRANGE.len())]),
        }
    }
    text
}

#[test]
fn damaged_applications_are_read_to_the_end() {
    /// Enough for every suite; a hundred and fifty of each fixture were tried once.
    const ROUNDS: usize = 12;
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for folder in ["fixtures", "migrations", "middleware"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(folder);
        let mut paths: Vec<_> = std::fs::read_dir(folder).expect("fixtures").flatten().map(|it| it.path()).collect();
        paths.sort();
        for path in paths.into_iter().filter(|path| path.extension().is_some_and(|it| it == "php")) {
            let text = std::fs::read_to_string(&path).expect("a fixture is text");
            for round in 0..ROUNDS {
                let damaged = damaged(&text, &mut numbers);
                let map = map(&crate::applications::files(&damaged));
                let is_cut = map.limits.iter().any(|limit| limit.reason.contains("could not be read to the end"));
                assert!(!is_cut, "{} in round {round}:\n{damaged}", path.display());
            }
        }
    }
}

#[test]
fn what_doubles_with_every_turn_ends_and_is_told() {
    for growth in [
        "$a = [1]; for ($i = 0; $i < 60; $i++) { $a = array_merge($a, $a); }",
        "$a = [1]; for ($i = 0; $i < 60; $i++) { $a = [...$a, ...$a]; }",
        "$x = 'abcdefgh'; for ($i = 0; $i < 15; $i++) { $x .= $x; } for ($i = 0; $i < 99999; $i++) { $a[] = $x . $i; }",
        "for ($i = 0; $i < 999; $i++) { $m[] = \"m$i\"; } for ($i = 0; $i < 9999; $i++) { Route::middleware($m)->prefix('x'); }",
        "for ($i = 0; $i < 999; $i++) { $m[] = \"m$i\"; } for ($i = 0; $i < 9999; $i++) { Route::get(\"/$i\", 'A@b')->middleware($m)->name('n'); Route::middleware($m)->get('x', 'A@b'); }",
    ] {
        let map =
            map(&with_routes(&format!("<?php Route::get('/before', 'A@b'); {growth} Route::get('/after', 'A@b');")));
        assert_eq!(map.routes[0].full_uri, "/before");
        assert!(map.limits.iter().any(|limit| limit.reason.contains("holds more")), "{growth}: {:?}", map.limits);
    }
    let replaced = "$x = 'a'; for ($i = 0; $i < 19; $i++) { $x .= $x; } Route::get(str_replace('a', $x, $x), 'A@b');";
    assert_eq!(map(&with_routes(&format!("<?php {replaced}"))).routes[0].certainty, Certainty::Partial);
}
