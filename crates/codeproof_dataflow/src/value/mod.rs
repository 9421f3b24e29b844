//! Abstract values.

mod facts;

pub use facts::{Chars, Escaped, Facts, Traits};
