//! The crate at its door: text in, text out.

mod bad_input;
mod inspect;
