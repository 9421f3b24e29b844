//! One program's files in; the values that reach sinks out, each with the chain of places that led there.

mod contexts;
pub mod ir;
mod kinds;
mod lower;
mod value;

pub use kinds::{SinkKind, SinkKinds, Trust};
pub use lower::{lower, lower_blade};
pub use value::{Chars, Escaped, Facts, Traits};
