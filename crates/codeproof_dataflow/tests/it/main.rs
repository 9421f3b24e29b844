//! The engine from outside: programs in, flows and verdicts out.

mod expectations;
mod fixtures;
mod program;
mod specs;
