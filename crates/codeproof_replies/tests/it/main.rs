//! Answers of models at the crate's door.

mod fixtures;
mod laws;
mod trust;
