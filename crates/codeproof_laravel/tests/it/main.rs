//! The crate at its door: small applications in, routes out.

mod applications;
mod detect;
mod hostile;
mod models;
