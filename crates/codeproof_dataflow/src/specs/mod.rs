//! Specs: what functions and names of languages and frameworks do with data, read from YAML.

mod format;
mod load;
mod tree;

pub(crate) use format::{ArgumentRef, Check, Cleaning, Condition, EntryPoint, Rendering, Scalar, SourceSpec};
pub use load::{SpecError, SpecFault};
pub use tree::Specs;
pub(crate) use tree::{EntryId, NodeId};
