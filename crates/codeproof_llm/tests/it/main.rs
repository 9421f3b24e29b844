//! The crate at its door: a pool, servers on loopback sockets, scripts.

mod exchanges;
mod fallbacks;
mod limits;
mod money;
mod patience;
mod queueing;
mod server;
mod settings;
mod setup;
