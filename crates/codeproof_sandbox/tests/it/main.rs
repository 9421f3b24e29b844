//! The tests of this crate: small attacks, run for real. They are harmless outside, too.

mod attacks;
mod collected;
mod refused;
mod setting;
mod warm;
mod weaker;
mod work;
