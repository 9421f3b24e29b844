//! The marker formats: lines such as `*DRAFT: …` that name the field they start (S3-S6).
//!
//! A [`Grammar`] names the fields of a format; [`read`] takes an answer apart into [`Record`]s. Which format it is, and
//! what a value means, is decided elsewhere.

mod content;
mod grammar;
mod inline;
mod line;
mod records;

pub(crate) use content::{Shape, first_line, plain_words};
pub(crate) use grammar::{Field, Grammar, Meaning, Opening};
pub(crate) use inline::inline_marks;
pub(crate) use line::mark;
pub(crate) use records::{MarkedText, Record, read};
