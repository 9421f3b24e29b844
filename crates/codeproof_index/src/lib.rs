//! Many files' facts in; resolved imports and calls, callers and callees, entry points and context out.
//!
//! In: what `codeproof_syntax` read from each file, and the texts of manifests. Out: [`Index`], which answers questions
//! and takes changes: after [`Index::put`] and [`Index::remove`] it is equal to one built from the new files, and only
//! what depends on the change is resolved again. Synchronous and deterministic. This crate knows no disk, no database,
//! no finding and no model.
//!
//! ```
//! use codeproof_index::{Index, InputFile};
//! use codeproof_syntax::{facts, parse};
//! use codeproof_types::{Language, RepoPath, Resolution};
//!
//! let file = |path: &str, text: &str| {
//!     let (parsed, _) = parse(text, Language::Python);
//!     let facts = facts(text, &parsed.unwrap());
//!     InputFile { path: RepoPath::new(path).unwrap(), language: Language::Python, facts }
//! };
//! let index = Index::build(
//!     vec![
//!         file("shop/orders.py", "def total(order): ...\n"),
//!         file("shop/views.py", "from .orders import total\n\ndef show(order):\n    return total(order)\n"),
//!     ],
//!     Default::default(),
//! );
//! let total = index.find("total")[0];
//! let caller = &index.callers(total)[0];
//! assert_eq!(index.place(caller.from.unwrap()).name, "shop.views.show");
//! assert_eq!(caller.resolution, Resolution::Import);
//! ```

mod changes;
pub mod context;
mod entity;
mod entry_points;
mod files;
mod graph;
mod index;
mod manifests;
mod modules;
mod paths;
mod resolve;
mod view;

pub use entry_points::EntryKind;
pub use files::{FileId, InputFile, SymbolId};
pub use graph::{CallGraph, Direction, GraphEdge};
pub use index::{Call, Index, IndexStats, Place};
pub use manifests::is_manifest;
