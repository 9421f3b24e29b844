//! Every folder's models as Eloquent itself would describe them; `models/*.txt` beside each application says how.

use std::fmt::Write as _;
use std::path::Path;

use codeproof_laravel::{FolderOfTexts, Parts, map};
use codeproof_types::laravel::{Certainty, Model, Relationship};

use crate::applications::files;

const MODELS: Parts = Parts { routes: false, migrations: false, models: true, concerns: false };

fn models(files: &FolderOfTexts) -> Vec<Model> {
    map(files, MODELS).models
}

fn doubt(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Exact => "",
        Certainty::Conditional => " ?",
        Certainty::Partial => " ??",
    }
}

fn shown(model: &Model) -> String {
    let mut text = format!("{} {}:{}", model.name, model.file_path, model.line);
    let words =
        [(model.is_abstract, "abstract"), (!model.timestamps, "timeless"), (model.soft_deletes, "keeps deleted")];
    for (_, word) in words.iter().filter(|(is, _)| *is) {
        let _ = write!(text, " | {word}");
    }
    text.push_str(doubt(model.certainty));
    let table = model.table_name.as_deref().unwrap_or("-");
    let connection = model.connection.as_ref().map(|it| format!("{it}.")).unwrap_or_default();
    let _ = write!(text, "\n  table {connection}{table} key {}", model.primary_key.as_deref().unwrap_or("-"));
    let casts: Vec<String> = model.casts.iter().map(|(name, cast)| format!("{name}: {cast}")).collect();
    let lists = [
        ("fill", &model.fillable),
        ("guard", &model.guarded),
        ("hide", &model.hidden),
        ("append", &model.appends),
        ("cast", &casts),
    ];
    for (word, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
        let _ = write!(text, " | {word} {}", list.join(", "));
    }
    for relationship in &model.relationships {
        let _ = write!(text, "\n  {}", shown_relationship(relationship));
    }
    text
}

fn shown_relationship(it: &Relationship) -> String {
    let mut text = format!("{}: {} {}", it.name, it.kind, it.related.as_deref().unwrap_or("-"));
    let pivot_columns = Some(it.pivot_columns.join("+")).filter(|columns| !columns.is_empty());
    let parts = [
        ("foreign", &it.foreign_key),
        ("owner", &it.owner_key),
        ("local", &it.local_key),
        ("pivot", &it.pivot_table),
        ("other", &it.related_pivot_key),
        ("with", &pivot_columns),
        ("type", &it.morph_type),
        ("through", &it.through),
        ("by", &it.through_key),
    ];
    for (word, part) in parts {
        if let Some(part) = part {
            let _ = write!(text, " {word} {part}");
        }
    }
    text.push_str(doubt(it.certainty));
    text
}

#[test]
fn models_say_what_eloquent_would_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/models");
    for name in ["attributes", "blog", "shop"] {
        let text =
            std::fs::read_to_string(folder.join(format!("{name}.php"))).expect("the fixture is in the repository");
        let rows: Vec<String> = models(&files(&text)).iter().map(shown).collect();
        let expected = std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap_or_default();
        assert_eq!(rows.join("\n"), expected.trim_end(), "{name}");
    }
}

fn classes(classes: &[String]) -> FolderOfTexts {
    let composer = r#"{"require": {"laravel/framework": "^11.0"}, "autoload": {"psr-4": {"App\\": "app/"}}}"#;
    let files = classes.iter().enumerate().map(|(number, class)| {
        let name = class.split("class ").nth(1).and_then(|it| it.split(' ').next()).unwrap_or_default();
        let path = if name.is_empty() { format!("app/{number}.php") } else { format!("app/{name}.php") };
        (path, format!("<?php namespace App; use Illuminate\\Database\\Eloquent\\Model; {class}"))
    });
    FolderOfTexts::new(files.chain([("composer.json".to_owned(), composer.to_owned())]))
}

#[test]
fn models_and_traits_in_circles_end() {
    let files = classes(&[
        "class Itself extends Itself { public function a() { return $this->hasMany(self::class); } }".to_owned(),
        "class One extends Two {}".to_owned(),
        "class Two extends One {}".to_owned(),
        "class Good extends Model { use First; public function b() { return $this->belongsTo(One::class); } }
         trait First { use Second; public function c() { return $this->hasMany(Good::class); } }
         trait Second { use First; }"
            .to_owned(),
    ]);
    let models = models(&files);
    assert_eq!(models.len(), 1);
    let names: Vec<_> = models[0].relationships.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["b", "c"]);
}

#[test]
fn relations_that_need_themselves_are_no_facts() {
    let files = classes(&["class Loop extends Model {
        public function __construct() { parent::__construct(); $this->a(); new Loop(); }
        public function a() { return $this->b(); }
        public function b() { return $this->a(); }
        public function c(): \\Illuminate\\Database\\Eloquent\\Relations\\HasMany { return $this->c()->where('x', 1); }
        public function endless() { while (true) { $this->x++; } return $this->hasOne(Loop::class); }
        public function good() { return $this->hasOne(Loop::class); }
        public function getForeignKey() { return $this->getForeignKey(); }
    }"
    .to_owned()]);
    let models = models(&files);
    let relationships = &models[0].relationships;
    assert!(relationships.iter().all(|it| it.certainty != Certainty::Exact), "{relationships:?}");
    let c = relationships.iter().find(|it| it.name == "c").expect("its return type says what it is");
    assert_eq!((c.kind.as_str(), c.certainty), ("hasMany", Certainty::Partial));
    assert!(relationships.iter().any(|it| it.name == "good"), "{relationships:?}");
}

#[test]
fn five_thousand_models_are_all_there() {
    let many: Vec<String> = (0..5_000)
        .map(|number| {
            let next = (number + 1) % 5_000;
            format!("class M{number} extends Model {{ public function next() {{ return $this->hasMany(M{next}::class); }} }}")
        })
        .collect();
    let models = models(&classes(&many));
    assert_eq!(models.len(), 5_000);
    assert!(
        models
            .iter()
            .all(|model| model.relationships.len() == 1 && model.relationships[0].certainty == Certainty::Exact)
    );
}

#[test]
fn what_follows_a_broken_method_counts_and_a_class_that_cannot_be_read_is_told() {
    let files = classes(&[
        "class Broken extends Model {
            public function a() { return $this->hasMany(Broken::class; }
            public function b() { return $this->belongsTo(Broken::class); }
        }"
        .to_owned(),
        "class Half extends Model {".to_owned(),
    ]);
    let map = map(&files, MODELS);
    let broken = map.models.iter().find(|model| model.name == "App\\Broken").expect("it can be read");
    let b = broken.relationships.iter().find(|it| it.name == "b").expect("it is whole");
    assert_eq!(b.foreign_key.as_deref(), Some("b_id"));
    let is_told = map.limits.iter().any(|limit| limit.reason.contains("App\\Half"));
    assert!(is_told || map.models.iter().any(|model| model.name == "App\\Half"), "{:?}", map.limits);
}
