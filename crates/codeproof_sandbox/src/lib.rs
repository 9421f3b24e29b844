//! Runs untrusted Python programs under the isolation of the operating system, with limits.
//!
//! A [`Job`] (interpreter, program, arguments, folders to read) and a [`Policy`] (what it may use) go in, an [`Outcome`]
//! comes out: how the program ended, what it printed, what it cost, and what it tried that could be seen. Linux only.
//! This is the only crate that executes foreign code; it must not know what a program is for.
//!
//! The program sees: its interpreter and packages, the system's libraries, the job's folders, all read-only, and a
//! scratch folder with a size. It sees no process but its own, no network, no variable of the caller's environment, no
//! descriptor but 0, 1 and 2. How: the same binary starts again as a helper ([`enter_if_helper`]), gives up its user,
//! enters namespaces of its own, builds a tree of mounts, and then Landlock, limits and a list of allowed system calls
//! are laid over it before the interpreter starts as the first process of its namespace. When that process ends, for
//! whatever reason, the kernel ends all others of the run. A kernel that refuses a part refuses the run
//! ([`Error::Refused`]), unless [`Policy::allow_weaker`] names that part; [`Outcome::weaker`] says what was missing. Where
//! the kernel refuses all namespaces, Landlock, the filter and the limits can hold alone (`docs/sandbox.md`).
//!
//! ```no_run
//! use codeproof_sandbox::{Job, Policy, Python, Sandbox};
//!
//! codeproof_sandbox::enter_if_helper(std::env::args_os()); // first thing in `main`
//! let python = Python::at("/usr/bin/python3".as_ref()).unwrap();
//! let job = Job::new(python, "scan.py", "print('{\"rows\": []}')").argument("--json");
//! let outcome = Sandbox::of_this_program().run(&job, &Policy::default()).unwrap();
//! assert_eq!(outcome.last_line(), Some("{\"rows\": []}"));
//! ```

mod answer;
mod collect;
mod error;
mod group;
mod helper;
mod incident;
mod job;
mod layout;
mod memory;
mod order;
mod outcome;
mod part;
mod policy;
mod process;
mod python;
mod result;
mod run;
mod warm;
mod watch;
mod weaker;

pub use collect::LeftOut;
pub use error::Error;
pub use helper::enter_if_helper;
pub use incident::Incident;
pub use job::{Folder, Job, PlacedFile};
pub use outcome::{Ending, Outcome};
pub use part::{Part, PartStatus};
pub use policy::Policy;
pub use python::Python;
pub use result::ResultProblem;
pub use run::Sandbox;
pub use warm::Warm;
