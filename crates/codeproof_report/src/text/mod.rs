//! Text for people in a terminal: reports, one finding, rules, scans.

mod finding;
mod frame;
mod options;
mod paragraph;
pub(crate) mod problems;
mod report;
mod rules;
mod scans;
mod source_line;
mod style;
pub(crate) mod summary;
mod table;
mod width;

pub use finding::render_finding;
pub use options::TextOptions;
pub use rules::{render_rule, render_rules};
pub use scans::render_scans;

pub(crate) use report::{set_aside_reason, write_report};
pub(crate) use style::{Painter, Style};
pub(crate) use table::{Align, Column, Table};
