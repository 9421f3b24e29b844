//! Inspection before any run: what a file could do if nothing held it, by what its names mean and where its values come
//! from, never by words in its lines. Strings and comments are not code; a name that is put together from pieces is the
//! name it becomes.
//!
//! The verdict informs; the sandbox decides. What cannot be seen before running (a module of the user's own, data that
//! turns out to be hostile) is the sandbox's business.

mod compute;
mod names;
mod rules;
mod value;
mod verdict;
mod walk;

pub use verdict::{Inspection, Level, SNIPPET_CHARACTERS_MAX, THREATS_MAX, Threat, ThreatType, risk_score};

use codeproof_python::{Module, on_known_stack};

/// Inspects a file that Python 3 accepts. The same file always gives the same inspection; nothing is run or opened.
///
/// ```
/// use codeproof_inspect::{Level, inspect};
///
/// let module = codeproof_python::read(b"import os\nos.system('rm -rf /')\n").expect("valid Python");
/// let inspection = inspect(&module);
/// assert_eq!(inspection.level, Level::Critical);
/// assert!(!inspection.execution_allowed);
/// ```
pub fn inspect(module: &Module) -> Inspection {
    Inspection::of(on_known_stack(|| walk::threats(module, 0)))
}
