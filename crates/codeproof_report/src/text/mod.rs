//! Text for people in a terminal: reports, one finding, one line, rules, scans.

mod finding;
mod frame;
mod models;
mod options;
pub(crate) mod paragraph;
pub(crate) mod problems;
mod provenance;
mod report;
mod rules;
mod scans;
mod sites;
mod source_line;
mod style;
pub(crate) mod summary;
mod table;
mod votes;
pub(crate) mod width;

pub use finding::render_finding;
pub use options::TextOptions;
pub use provenance::{ChunkPlace, ModelCall, Provenance, render_provenance};
pub use rules::{render_rule, render_rules};
pub use scans::{ScanRow, render_scans};
pub use sites::{ExplainedSite, Explanation, SiteVerdict, render_explanation};

pub(crate) use report::{set_aside_reason, write_report};
pub(crate) use style::{Painter, Style};
pub(crate) use table::{Align, Column, Table};
