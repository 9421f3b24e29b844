//! One program's files in; the values that reach sinks out, each with the chain of places that led there.
//!
//! In: files lowered to the IR ([`lower`]) and [`Specs`], which say what the functions of languages and frameworks do with
//! data. Out: [`Analysis`]: flows from sources to sinks hop by hop, what is known of every other sink, and the functions whose
//! analysis ran out of its budget. Same files, same result, in the same order, on any number of threads. This crate knows no
//! wording of rules, no disk beyond spec folders, and no network; it never executes what it reads.
//!
//! ```
//! use codeproof_dataflow::{SinkKind, SourceFile, Specs, analyse, lower};
//! use codeproof_types::{Language, RepoPath};
//!
//! let text = "import os, sys\nfrom flask import request\n\ndef ping():\n    host = request.args['host']\n    os.system('ping ' + host)\n";
//! let (parsed, _) = codeproof_syntax::parse(text, Language::Python);
//! let module = lower(text, &parsed.unwrap()).unwrap();
//! let path = RepoPath::new("app.py").unwrap();
//! let specs = Specs::load(Language::Python, &[]).unwrap();
//! let analysis = analyse(vec![SourceFile { path, module }], &specs);
//! assert_eq!(analysis.flows[0].kind, SinkKind::Command);
//! assert_eq!(&text[analysis.flows[0].source.spot.range()], "request.args");
//! ```

mod analysis;
mod contexts;
pub mod ir;
mod kinds;
mod lower;
mod names;
mod program;
mod roles;
mod specs;
mod trace;
mod value;
mod walk;

pub use analysis::{Analysis, Flow, FlowSource, Incomplete, Site, Step, Verdict, analyse};
pub use kinds::{SinkKind, SinkKinds, Trust};
pub use lower::{is_template, lower, lower_blade, lower_file, template_language};
pub use program::SourceFile;
pub use roles::{FunctionRole, Role};
pub use specs::{SpecError, SpecFault, Specs};
pub use trace::{Question, Trace, trace};
pub use value::{Move, Reason, Spot};
