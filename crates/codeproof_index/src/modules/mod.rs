//! From an import to what it names, by each language's own rules.

mod c_family;
mod go;
mod javascript;
mod php;
mod python;
mod ruby;
mod rust;

use codeproof_types::{Import, Language};

use crate::entity::Entity;
use crate::files::FileId;
use crate::view::View;

pub(crate) use c_family::included;
pub(crate) use go::package_of as go_package_of;
pub(crate) use php::preferred as preferred_class;
pub(crate) use python::member_of_package;
pub(crate) use rust::crate_of;

/// How many re-exports are followed from one import.
pub(crate) const RE_EXPORTS_MAX: u32 = 8;

/// What the module of `import` is, without the name taken from it.
pub(crate) fn module(view: &View<'_>, from: FileId, import: &Import) -> Option<Entity> {
    // One module gives many names: it is looked up once.
    let key = (import.level, import.module.clone());
    if from != view.subject || import.name.is_empty() {
        return find_module(view, from, import);
    }
    if let Some(known) = view.modules.borrow().get(&key) {
        return known.clone();
    }
    let found = find_module(view, from, import);
    view.modules.borrow_mut().insert(key, found.clone());
    found
}

fn find_module(view: &View<'_>, from: FileId, import: &Import) -> Option<Entity> {
    match view.file(from).language {
        Language::Python => python::module(view, from, &import.module, import.level),
        Language::C | Language::Cpp => c_family::header(view, from, import).map(Entity::File),
        Language::JavaScript | Language::TypeScript | Language::Tsx => {
            javascript::module(view, from, &import.module).map(Entity::File)
        }
        Language::Go => go::package(view, from, &import.module),
        Language::Rust => rust::module(view, from, import),
        Language::Ruby => ruby::file(view, from, import).map(Entity::File),
        Language::Php if import.name.is_empty() => php::file(view, from, &import.module).map(Entity::File),
        Language::Php | Language::Java | Language::CSharp => Some(Entity::Namespace(import.module.clone())),
    }
}
