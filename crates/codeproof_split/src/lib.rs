//! Several trading scanners in one Python file: where each is, which values it really uses, and each as a program of its own.
//!
//! In comes the bytes of one file; out comes a [`Split`]: boundaries, effective parameters and one template per scanner,
//! or one clear reason why the file cannot be read. Nothing here runs scanned code, touches the disk or knows a clock;
//! a sibling module (`from settings import *`) is read through [`Options::read_module`].
//!
//! ```
//! use codeproof_split::{Options, Source, Status, split};
//!
//! let source = Source::new("empty.py", b"x = 1\n".to_vec());
//! assert_eq!(split(&source, &Options::default()).status, Status::None);
//! ```

mod boundary;
pub mod document;
mod mutant;
mod namespace;
mod parameters;
mod replaced;
mod slice;
mod source;
mod split;
mod template;
mod trace;

pub use boundary::{Boundary, BoundaryStatus, BoundaryType, Context, Dependencies, Rejected, manual, semantic};
pub use mutant::{Change, Mutant, mutants};
pub use parameters::{Avoided, Impact, Parameter, check};
pub use replaced::{Replaced, replaced};
pub use source::Source;
pub use split::{
    Form, Observer, OnStep, Options, OutputFile, ReadModule, Scanner, Split, Status, Step, TemplateStyle, split,
};
pub use trace::Kind;
