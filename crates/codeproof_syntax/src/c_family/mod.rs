//! What C and C++ share: the text is prepared before it is parsed (`prepare`), then definitions, calls and directives
//! are read from the tree and the text (`read`).

mod braces;
mod canvas;
mod conditionals;
mod declarators;
mod directives;
mod expressions;
mod heads;
mod macros;
mod names;
mod parts;
mod prepare;
mod read;
mod statements;
mod templates;
mod tokens;
mod words;

pub(crate) use prepare::prepare;
#[cfg(test)]
pub(crate) use read::C_KIND_NAMES;
pub(crate) use read::{Kind, read};

/// Which of the two languages a text is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// C.
    C,
    /// C++.
    Cpp,
}
