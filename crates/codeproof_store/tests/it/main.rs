//! The store at its door: real SQLite files in temporary folders, a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cache;
mod drafts;
mod fixture;
mod index;
mod killed;
mod killed_models;
mod laravel;
mod models;
mod opening;
mod profiles;
mod round_trip;
mod server;
mod servers;
mod sessions;
mod sharing;
mod stranger;
mod wishes;
mod writing;
