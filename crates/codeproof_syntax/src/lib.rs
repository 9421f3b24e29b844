//! One file's text in; its tree and facts out. Never fails, never overflows the stack, knows no disk and no other file.

mod parse;

pub use parse::{ParsedFile, parse};
