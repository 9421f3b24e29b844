//! The store at its door: real SQLite files in temporary folders.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cache;
mod fixture;
mod killed;
mod opening;
mod round_trip;
mod sharing;
mod writing;
