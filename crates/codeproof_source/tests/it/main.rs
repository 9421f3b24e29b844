//! The crate at its door: real trees in, snapshots and text out.

#![expect(clippy::disallowed_methods, reason = "git makes the repositories, mkfifo the pipes; PATH says where git is")]

mod checkout;
mod classes;
mod folder;
mod links;
mod listing;
mod reading;
mod same_as_ripgrep;
mod since;
mod text;
mod tracked;
mod tree;
