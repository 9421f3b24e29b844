//! Repositories: one commit of any of them as files, and what changed in a work tree since a commit.
//!
//! git does the network and reads its own formats; it runs as a program that is kept apart from everything a person, a
//! system or a repository has configured (`command.rs`). Nothing that a repository holds can make it run anything.

mod changed_lines;
mod checkout;
mod command;
mod credentials;
mod diff;
mod error;
mod failure;
mod home;
mod local;
mod remote;
mod revision;
mod since;
mod tool;
mod tree;
mod unpack;
mod url;
mod words;

pub use changed_lines::{ChangedLines, LineRange};
pub use checkout::{Checkout, CheckoutRequest};
pub use credentials::GitToken;
pub use error::GitError;
pub use local::is_bare_repository;
pub use since::{ChangedFiles, Since};
pub use tool::{Git, GitLimits, OLDEST_GIT};
pub use url::GitUrl;
