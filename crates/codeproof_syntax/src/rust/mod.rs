//! Rust. Names are qualified with the modules of the file and with the type of their `impl`: `inner::Cart::total`.
//!
//! Macros keep their mark in definitions and calls (`shout!`), so that they are never taken for functions. Inside the
//! arguments of a macro the grammar sees tokens only; calls there are read from the shape of the tokens.

mod paths;
mod read;
mod tokens;

#[cfg(test)]
pub(crate) use read::Kind;
pub(crate) use read::read;
