//! Markdown for pull requests and wikis (CommonMark with GitHub's tables).

mod escape;
mod models;
mod report;
mod rule;

pub(crate) use report::write_report;
pub(crate) use rule::rule_help;
