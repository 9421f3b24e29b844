//! What a name or an expression can stand for.

use codeproof_types::{Language, SymbolKind};

use crate::files::{FileId, SymbolId};
use crate::view::View;

/// What a name or an expression stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entity {
    /// A file as a module.
    File(FileId),
    /// A folder as a package.
    Folder(String),
    /// A namespace or package by its full name.
    Namespace(String),
    /// A class or another type that has members.
    Class(SymbolId),
    /// A value of such a type.
    Instance(SymbolId),
    /// Anything else that is defined: a function, a method, a macro, a constant.
    Function(SymbolId),
    /// Something that other programs define, and all that comes from it.
    Outside,
}

impl Entity {
    /// What the definition `id` is.
    pub(crate) fn of(id: SymbolId, view: &View<'_>) -> Self {
        let symbol = view.symbol(id);
        match symbol.kind {
            // Ruby's modules have methods, and are mixed into classes.
            SymbolKind::Namespace if view.file(id.file).language == Language::Ruby => Self::Class(id),
            SymbolKind::Namespace => Self::Namespace(symbol.qualified_name.clone()),
            kind if is_class(kind) => Self::Class(id),
            _ => Self::Function(id),
        }
    }

    /// The definition, if it is one.
    pub(crate) fn symbol(&self) -> Option<SymbolId> {
        match self {
            Self::Class(id) | Self::Function(id) => Some(*id),
            _ => None,
        }
    }
}

/// Whether a symbol of this kind has members that are called.
pub(crate) fn is_class(kind: SymbolKind) -> bool {
    use SymbolKind::{Class, Enum, Interface, Struct, Trait, Union};
    matches!(kind, Class | Trait | Interface | Enum | Struct | Union)
}

/// Whether a call can lead to a symbol of this kind.
pub(crate) fn is_callable(kind: SymbolKind) -> bool {
    matches!(kind, SymbolKind::Function | SymbolKind::Method | SymbolKind::Macro)
}
