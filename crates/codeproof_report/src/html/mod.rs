//! One page of HTML that holds a whole scan: no network, readable without JavaScript, printable.
//!
//! The page is made of `templates/`: `report.html` and the parts it includes, `report.css`, `page.js`, `report.js`. Rust prepares
//! what they show as plain texts; the templates escape every one of them. Three texts go in as they are, because this
//! crate made them: the style sheet, the script, and the list of findings for the filters ([`filters::ScriptJson`]).
//! The page's own policy ([`policy`]) lets the browser load nothing and run nothing but that script.

mod chart;
mod directories;
mod filters;
mod finding;
mod frame;
mod models;
mod page;
pub(crate) mod policy;
mod prose;
mod rule;

pub(crate) use page::{write_report, write_template};
