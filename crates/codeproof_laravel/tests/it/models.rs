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
    for name in ["blog", "attributes"] {
        let text =
            std::fs::read_to_string(folder.join(format!("{name}.php"))).expect("the fixture is in the repository");
        let rows: Vec<String> = models(&files(&text)).iter().map(shown).collect();
        let expected = std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap_or_default();
        assert_eq!(rows.join("\n"), expected.trim_end(), "{name}");
    }
}
