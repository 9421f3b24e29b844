//! The index at its door: files in, resolved references out.

mod changes;
mod context;
mod hostile;
mod program;
mod references;
