//! The crate at its door: a file and its data in, a proof out; programs run for real, in the sandbox.

mod faults;
mod hostile;
mod isolation;
mod observed;
mod setting;
