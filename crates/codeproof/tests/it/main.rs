//! The program as its users run it: real folders, a real database, real exit codes.

#![expect(clippy::disallowed_methods, reason = "the tests run the program")]

mod bad_input;
mod facts;
mod git;
mod git_server;
mod harness;
mod hostile;
mod results;
mod scan;
mod settings;
mod store;
