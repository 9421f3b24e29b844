//! Which classes of an application are models: those whose parents lead to a class that Eloquent, or a package, brings.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::bases;
use super::header::headers;
use crate::app::Laravel;
use crate::php::{Machine, Program};

/// Folders whose classes are no part of the running application, wherever they stand.
const SKIPPED_FOLDERS: &[&str] = &["vendor", "node_modules", "tests", "Tests", "stubs", "migrations", ".git"];
/// Folders of that kind at the root.
const SKIPPED_ROOTS: &[&str] = &["storage", "test", "fixtures", "workbench", "bootstrap/cache", "database/factories"];
/// Parents in a row that are followed.
const PARENTS_MAX: usize = 60;

/// Words of a class that is a model, for those whose parents are not known to be.
const WORDS_OF_MODELS: &[&str] = &[
    "$fillable",
    "$guarded",
    "$casts",
    "$table",
    "$hidden",
    "$with",
    "$timestamps",
    "function casts(",
    "SoftDeletes",
    "HasFactory",
    "->hasMany",
    "->hasOne",
    "->belongsTo",
    "->morph",
    "function scope",
    "Illuminate\\Database\\Eloquent",
];

/// Calls that only models make.
const CALLS_OF_MODELS: &[&str] = &[
    "$this->hasMany(",
    "$this->hasOne(",
    "$this->belongsTo(",
    "$this->belongsToMany(",
    "$this->morphTo(",
    "$this->morphMany(",
    "$this->morphToMany(",
];

/// A class that is a model.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) name: String,
    pub(super) path: Rc<str>,
}

struct Declared {
    parent: String,
    path: Rc<str>,
}

/// All models, by name; the program knows their files from here on.
pub(super) fn models(machine: &mut Machine<'_, Laravel>) -> Vec<Found> {
    let mut declared: FxHashMap<String, (String, Declared)> = FxHashMap::default();
    for path in machine.program.code_files() {
        if !is_application_file(&path) {
            continue;
        }
        let Some(text) = machine.program.text(&path) else { continue };
        if !text.contains("extends") {
            continue;
        }
        let path: Rc<str> = Rc::from(path);
        for header in headers(&text) {
            let key = header.name.to_lowercase();
            let is_expected = machine.program.expects(&header.name, &path);
            // Of two files that declare a class, the one composer looks into counts.
            if is_expected || !declared.contains_key(&key) {
                let class = Declared { parent: header.parent, path: path.clone() };
                declared.insert(key, (header.name, class));
            }
        }
    }
    let mut found = Vec::new();
    for (name, class) in declared.values() {
        let Some(base) = model_base(&machine.program, &declared, class) else { continue };
        if bases::base(base).is_none() {
            machine.framework.models.guessed.insert(base.to_lowercase());
        }
        found.push(Found { name: name.clone(), path: class.path.clone() });
    }
    found.sort_by(|left, right| left.name.cmp(&right.name));
    for model in &found {
        machine.program.locate(&model.name, &model.path);
    }
    found
}

fn is_application_file(path: &str) -> bool {
    let Some((folders, name)) = path.rsplit_once('/').or(Some(("", path))).filter(|(_, name)| name.ends_with(".php"))
    else {
        return false;
    };
    // Files for editors declare every model again.
    if name.starts_with("_ide_helper") || name.starts_with(".phpstorm") || name.ends_with(".blade.php") {
        return false;
    }
    let is_below =
        |root: &&str| folders.strip_prefix(*root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    !folders.split('/').any(|folder| SKIPPED_FOLDERS.contains(&folder)) && !SKIPPED_ROOTS.iter().any(is_below)
}

/// The class of the framework or of a package that a model's parents lead to; `None` for what is no model. A base that
/// is not known counts when the classes on the way talk like models: any word will do when its name looks like one.
fn model_base<'a>(
    program: &Program<'_>,
    declared: &'a FxHashMap<String, (String, Declared)>,
    class: &'a Declared,
) -> Option<&'a str> {
    let mut class = class;
    let mut way = Vec::new();
    for _ in 0..PARENTS_MAX {
        way.push(&class.path);
        match declared.get(&class.parent.to_lowercase()) {
            Some((_, parent)) => class = parent,
            None => {
                let talks = |words: &[&str]| {
                    let mut texts = way.iter().filter_map(|path| program.text(path));
                    texts.any(|text| words.iter().any(|word| text.contains(word)))
                };
                let is_model = match bases::base(&class.parent) {
                    Some(base) => base.is_known || talks(WORDS_OF_MODELS),
                    None => !class.parent.starts_with("Illuminate\\") && talks(CALLS_OF_MODELS),
                };
                return is_model.then_some(class.parent.as_str());
            }
        }
    }
    None
}
