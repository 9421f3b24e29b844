//! What a proof says. Serialised, these are the words of reports and rows.

use std::collections::BTreeMap;

use codeproof_sandbox::Incident;
use codeproof_split::{Form, OutputFile};
use codeproof_types::ErrorEvent;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Problem;

/// What running showed about one scanner.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Equal rows, at least one, on all data; at least one mutant of its values changed its rows, and none changed
    /// anybody else's; its template finds the mutants' rows when it is given their values.
    Proven,
    /// Equal rows, at least one, on all data; but no mutant was exercised.
    EqualOnThisData,
    /// Its template finds other rows.
    Differs,
    /// Neither the original nor the template finds a row on this data.
    NotExercised,
    /// There is nothing to compare; [`ScannerProof::problem`] says why.
    NotRun,
}

/// What a mutant showed about one value.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterVerdict {
    /// Rows of its scanners changed, and no others.
    OwnRowsOnly,
    /// Rows of a scanner changed that is not said to use it.
    ChangesOthers,
    /// No value that was tried changed a row.
    NotExercised,
    /// There is no mutant of it, or none of them ran to its end.
    NotRun,
}

/// One value of one scanner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterProof {
    /// Its name, as in the split.
    pub name: String,
    /// Where it is written.
    pub line: u32,
    /// What is written.
    pub from: Value,
    /// What the mutant has in its place: the value that changed rows, else the last that was tried.
    pub to: Option<Value>,
    /// What it showed.
    pub verdict: ParameterVerdict,
    /// Scanners whose rows the mutant changed.
    pub changed: Vec<String>,
    /// Whether several scanners use it on purpose; then it does not count in isolation scores.
    pub shared: bool,
    /// Whether the template that is given the value finds the mutant's rows. Where it cannot take it, whether the template
    /// does that the mutant is split into; `None` where the mutant is split in another way.
    pub template_follows: Option<bool>,
    /// Why it was not run, or why the template does not follow.
    pub note: Option<String>,
}

/// A row that only one side has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// A row only the original found, shortened.
    pub only_original: Option<String>,
    /// A row only the template found, shortened.
    pub only_template: Option<String>,
    /// How many rows only the original found.
    pub missing: usize,
    /// How many rows only the template found.
    pub surplus: usize,
}

/// What a run cost.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// CPU time, in milliseconds.
    pub cpu_ms: u64,
    /// From start to end, in milliseconds.
    pub wall_ms: u64,
    /// The most memory that was resident, in bytes.
    pub peak_bytes: u64,
}

/// What running showed about one scanner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScannerProof {
    /// Its name.
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What kind of template stands at the end.
    pub form: Form,
    /// Whether a whole-program template took the place of a slice.
    pub fell_back: bool,
    /// Why it did.
    pub fell_back_because: Option<String>,
    /// Rows the original found on the first data.
    pub original_rows: usize,
    /// Rows the template found there.
    pub template_rows: usize,
    /// Rows the template found on the second data, when it is given.
    pub second_rows: Option<usize>,
    /// The template's rows, the first [`ROWS_MAX`](Self::ROWS_MAX); the original's where there are none of the template.
    pub rows: Vec<Value>,
    /// Fields of the rows that differ between two equal runs of the original, such as a clock: they are in no comparison
    /// and not among the rows.
    pub fields_not_compared: Vec<String>,
    /// Its values.
    pub parameters: Vec<ParameterProof>,
    /// Share of its exercised values whose mutants changed nobody else's rows; `None` when none was exercised.
    pub isolation_score: Option<f64>,
    /// Where the rows differ, when they do. After a fallback: where the slice's did.
    pub first_difference: Option<Difference>,
    /// Why there is no proof; of a fallback that succeeded, what was wrong with the slice.
    pub problem: Option<Problem>,
    /// Where nothing went wrong and the scanner is not proven all the same: why, and what to do.
    pub remark: Option<String>,
    /// What the run of the template that stands cost.
    #[serde(flatten)]
    pub cost: Cost,
    /// What the template tried that the isolation does not allow.
    pub incidents: Vec<Incident>,
}

impl ScannerProof {
    /// Rows that are kept for reports.
    pub const ROWS_MAX: usize = 1000;
}

/// A value that changed the rows of a scanner that is not said to use it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Contamination {
    /// The value's name.
    pub parameter: String,
    /// Where it is written.
    pub line: u32,
    /// Scanners that are said to use it.
    pub owners: Vec<String>,
    /// Scanners whose rows changed all the same.
    pub changed: Vec<String>,
}

/// Hits of all scanners together. A row counts where a column named like `ticker`, `symbol` or `date` is in it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Aggregated {
    /// Rows of all scanners.
    pub rows: usize,
    /// Scanners by symbol, in the order of their names.
    pub symbols: BTreeMap<String, Vec<String>>,
    /// Scanners by day, `YYYY-MM-DD`.
    pub dates: BTreeMap<String, Vec<String>>,
    /// Symbols that more than one scanner hit.
    pub shared_symbols: usize,
    /// Days on which more than one scanner hit something.
    pub shared_dates: usize,
    /// Symbols and days together (the same symbol on the same day) that more than one scanner hit.
    pub shared_hits: usize,
    /// Whether there were more symbols or days than are kept.
    pub truncated: bool,
}

/// What running showed about a split.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// By scanner, in the split's order.
    pub scanners: Vec<ScannerProof>,
    /// Share of exercised literals whose mutants changed only rows of the scanners that are said to use them; shared ones do
    /// not count. `None` when none was exercised.
    pub isolation_score: Option<f64>,
    /// Values that are not as isolated as they are said to be.
    pub contamination: Vec<Contamination>,
    /// Files to be written in place of the split's: whole-program templates of scanners that fell back, and what they need.
    #[serde(skip)]
    pub replaced: Vec<OutputFile>,
    /// Hits of all scanners together.
    pub aggregated: Aggregated,
    /// What went wrong, in the order it was noticed.
    pub events: Vec<ErrorEvent>,
    /// What was done in a lesser way, in words for the user.
    pub degraded: Vec<String>,
    /// What the original's run on the first data cost.
    pub original: Cost,
    /// What it tried that the isolation does not allow.
    pub original_incidents: Vec<Incident>,
    /// Programs that were run.
    pub runs: usize,
    /// Literals that were mutated, and of which some mutant was run.
    pub mutants: usize,
    /// Whether something was not run because the user stopped the proof or its time was over.
    #[serde(default)]
    pub stopped: bool,
}
