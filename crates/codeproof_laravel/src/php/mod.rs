//! A small evaluator of PHP: enough to follow what an application does when it starts, and honest about the rest.
//!
//! Files are asked for by path and read once ([`program`]); [`lower`] turns trees into [`ast`]; [`machine`] holds the
//! state; [`execute`] walks statements, [`evaluate`] expressions, [`call`] calls, [`classes`] and [`include`] what these
//! lead to, and [`functions`] are PHP's own. What the framework's classes do is asked of a [`Framework`]. Every run
//! ends: steps, depth of calls and loops are bounded.

mod array;
mod assign;
pub(crate) mod ast;
mod call;
mod classes;
mod evaluate;
mod execute;
mod functions;
mod harmless;
mod include;
mod lower;
mod lower_expressions;
mod machine;
mod memory;
mod mentions;
mod operators;
mod outline;
mod program;
mod strings;
mod value;
mod versions;

pub(crate) use array::{Key, PhpArray};
pub(crate) use call::Arguments;
pub(crate) use functions::inside;
pub(crate) use machine::{Framework, Machine, Place};
pub(crate) use memory::more_bytes;
pub(crate) use mentions::Mentions;
pub use program::Files;
pub(crate) use program::Program;
pub(crate) use value::{Doubt, Instance, UNKNOWN_PART, Value};
