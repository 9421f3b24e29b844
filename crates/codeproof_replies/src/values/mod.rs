//! What the words and numbers in an answer mean, however they are written.

mod confidence;
mod cvss;
mod cwe;
mod lines;
mod number;
mod severity;
mod vote_word;

pub(crate) use confidence::{confidence_percent, confidence_percent_of_json, confidence_tier};
pub(crate) use cvss::cvss_score;
pub(crate) use cwe::cwe_in;
pub(crate) use lines::{LineRange, line_range, line_range_of_json};
pub(crate) use severity::{capitalised, lower_case, severity_in, severity_or_medium};
pub(crate) use vote_word::{Word, vote_word};
