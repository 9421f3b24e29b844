//! Markdown for pull requests and wikis (CommonMark with GitHub's tables).

mod escape;
mod models;
mod report;
mod rule;

pub(crate) use escape::prose as escaped_prose;
pub(crate) use report::write_report;
pub(crate) use rule::rule_help;
