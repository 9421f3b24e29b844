//! The crate at its door: small applications in, routes out.

mod applications;
mod concerns;
mod detect;
mod hostile;
mod middleware;
mod migrations;
mod models;
