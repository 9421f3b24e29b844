//! The engine from outside: programs in, flows and verdicts out.

mod expectations;
mod fixtures;
mod hostile;
mod program;
mod properties;
mod specs;
