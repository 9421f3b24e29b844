//! Names of the whole program and of its specs as numbers.

use rustc_hash::FxHashMap;

/// A name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Sym(pub(crate) u32);

/// The table of names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    numbers: FxHashMap<Box<str>, Sym>,
    texts: Vec<Box<str>>,
}

impl Names {
    /// The number of `text`, given when it is new.
    pub(crate) fn intern(&mut self, text: &str) -> Sym {
        if let Some(sym) = self.numbers.get(text) {
            return *sym;
        }
        let sym = Sym(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        self.texts.push(text.into());
        self.numbers.insert(text.into(), sym);
        sym
    }

    /// The number of `text`, when it has one.
    pub(crate) fn get(&self, text: &str) -> Option<Sym> {
        self.numbers.get(text).copied()
    }

    /// The text of a number.
    pub(crate) fn text(&self, sym: Sym) -> &str {
        &self.texts[sym.0 as usize]
    }
}
