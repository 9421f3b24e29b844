//! One file's text in; its tree and facts out. Never fails, never overflows the stack, knows no disk and no other file.
//!
//! ```
//! use codeproof_syntax::{facts, language_of, parse};
//! use codeproof_types::RepoPath;
//!
//! let path = RepoPath::new("app/models.py").unwrap();
//! let text = "class User:\n    def name(self): return self.row.get('name')\n";
//! let language = language_of(&path, text).unwrap();
//! let (parsed, problems) = parse(text, language);
//! let facts = facts(text, &parsed.unwrap());
//! assert_eq!(facts.symbols[1].qualified_name, "User.name");
//! assert_eq!(facts.calls[0].receiver.as_deref(), Some("self.row"));
//! assert!(problems.is_empty());
//! ```

mod budget;
mod c_family;
mod chunks;
mod collector;
mod csharp_conditionals;
mod documentation;
mod ecmascript;
mod facts;
mod languages;
mod nodes;
mod parse;
mod php_names;
mod places;
mod recognise;
mod ruby;
mod rust;
mod tokens;
mod type_names;
mod version;

pub use chunks::{Chunk, chunks};
pub use facts::{facts, qualified};
pub use parse::{ParsedFile, parse};
pub use recognise::language_of;
pub use tokens::estimate_tokens;
pub use version::version;
