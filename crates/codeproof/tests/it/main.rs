//! The program as its users run it: real folders, a real database, real exit codes.

#![expect(clippy::disallowed_methods, reason = "the tests run the program")]

mod ask;
mod bad_input;
mod baseline;
mod chunks;
mod deep;
mod facts;
mod flows;
mod git;
mod git_server;
mod harness;
mod hostile;
mod map;
mod models;
mod postgres;
mod results;
mod scan;
#[path = "../../../codeproof_store/tests/it/server.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "a file of the store's tests, which use all of it")]
mod server;
mod settings;
mod split;
mod store;
mod trace;
