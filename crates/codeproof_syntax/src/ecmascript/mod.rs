//! What JavaScript, TypeScript and TSX share: one reader for their three grammars.
//!
//! Names are `Class.method`, `outer.inner` and `object.method`, without the file. Functions and classes get the name
//! they are assigned to; `default` is what a module exports without a name. What a module exports is public, what a
//! class does not restrict is public, of the rest the language says nothing. Methods of object literals are symbols
//! when the object is assigned to a name or exported; callbacks are none.

mod calls;
mod classes;
mod declarations;
mod kinds;
mod modules;
mod read;
mod types;

pub(crate) use kinds::Kind;
#[cfg(test)]
pub(crate) use kinds::{JAVASCRIPT_KIND_NAMES, TSX_KIND_NAMES, TYPESCRIPT_KIND_NAMES};
pub(crate) use read::read;
