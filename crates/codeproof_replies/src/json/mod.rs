//! JSON in answers: strict where it is strict, mended where it can be, found in whatever stands around it.

mod access;
mod find;
mod reader;
mod string;
mod values;

pub(crate) use access::{first_of, integer_in, list_of, text_in, texts_in};
pub(crate) use find::{First, Found, find, first_at};
pub(crate) use values::items;
