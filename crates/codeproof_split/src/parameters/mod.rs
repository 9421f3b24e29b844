//! Which values each scanner really uses: [`effective`] sorts the reads of the followed program by scanner, [`inline`]
//! lists the thresholds that have no name, [`check`] judges assignments made by somebody else.

pub mod check;
mod describe;
mod effective;
mod handed;
mod inline;
mod leftover;
mod mixed;
mod rebound;
mod repeats;

use serde::Serialize;
use serde_json::Value as Json;

use crate::trace::Kind;

pub(crate) use effective::find;

/// One value a scanner uses.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Parameter {
    /// As written: `MIN_GAP`, `P.min_gap`; thresholds without a name have that of what they are compared
    /// with, and their line: `gap_min_12`.
    pub name: String,
    /// The effective value.
    pub value: Json,
    /// Its type in Python.
    #[serde(rename = "type")]
    pub type_name: &'static str,
    /// The line the value is written on.
    pub line: u32,
    /// What kind of place that is.
    pub kind: Kind,
    /// The expression there.
    pub expression: String,
    /// Why this value is the effective one.
    pub why: String,
    /// How much hangs on it.
    pub impact: Impact,
    /// What its comment says: at the end of its line, or on the line above.
    pub description: Option<String>,
    /// 0 to 1; less where the program gave the name several values.
    pub confidence: f64,
    /// Whether several scanners use the same one on purpose.
    pub shared: bool,
    #[serde(skip)]
    pub(crate) range: (u32, u32),
    /// When it was read first, among all reads.
    #[serde(skip)]
    pub(crate) rank: usize,
}

/// How much hangs on a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Impact {
    /// It is compared with data: which rows are hits hangs on it.
    High,
    /// It sizes a window or takes part in arithmetic.
    Medium,
    /// It labels, limits or formats.
    Low,
}

/// A value of the same name that belongs to somebody else, and is not used here.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Avoided {
    /// The scanner that does not use it.
    pub scanner: String,
    /// The name.
    pub name: String,
    /// The value it does not use.
    pub value: Json,
    /// The scanner that does.
    pub belongs_to: String,
}

pub(crate) fn type_name(value: &Json) -> &'static str {
    match value {
        Json::Null => "NoneType",
        Json::Bool(_) => "bool",
        Json::Number(number) if number.is_f64() => "float",
        Json::Number(_) => "int",
        Json::String(_) => "str",
        Json::Array(_) => "list",
        Json::Object(_) => "dict",
    }
}
