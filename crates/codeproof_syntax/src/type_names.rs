//! What a name says about being a type, in languages whose syntax does not tell.

/// The name of a class that has none.
pub(crate) const ANONYMOUS: &str = "class@anonymous";

/// Type variables looked at for one name; more are open at once only in generated code.
const VARIABLES_LOOKED_AT_MAX: usize = 64;

/// Whether `name` is written as classes are: a capital first, and not in capitals only, as constants are.
pub(crate) fn looks_like_class(name: &str) -> bool {
    name.starts_with(|first: char| first.is_uppercase()) && name.contains(|c: char| c.is_lowercase())
}

/// The type variables in sight: `T` in `class List<T>` names no class.
#[derive(Debug, Default)]
pub(crate) struct TypeVariables<'t>(Vec<(&'t str, usize)>);

impl<'t> TypeVariables<'t> {
    /// `name` is one up to the offset `end`.
    pub(crate) fn add(&mut self, name: &'t str, end: usize) {
        self.0.push((name, end));
    }

    /// Forgets those that end at or before `offset`. Called in file order.
    pub(crate) fn reach(&mut self, offset: usize) {
        while self.0.last().is_some_and(|(_, end)| *end <= offset) {
            self.0.pop();
        }
    }

    /// Whether `name` is one here.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.iter().rev().take(VARIABLES_LOOKED_AT_MAX).any(|(variable, _)| *variable == name)
    }
}
