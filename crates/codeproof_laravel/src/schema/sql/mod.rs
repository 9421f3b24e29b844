//! SQL that migrations write themselves, and squashed dumps: statements ([`tokens`]), and what each does to tables
//! ([`statement`], [`alter`], [`column`]). Only the kinds that make, change or empty tables are understood; the rest is
//! kept as text.

mod alter;
mod column;
mod dump;
mod raw;
mod statement;
mod tokens;

pub(super) use column::Patch;
