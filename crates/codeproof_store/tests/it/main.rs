//! The store at its door: real SQLite files in temporary folders.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod fixture;
mod round_trip;
