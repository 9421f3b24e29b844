//! One template and its runs.

use codeproof_sandbox::{Incident, PlacedFile, Policy};
use codeproof_split::{Form, OutputFile, Split};
use serde_json::Value;

use crate::failure::{self, Failure};
use crate::rows::Rows;
use crate::runner::{DATA, Program, Runner, placed};
use crate::{Cost, ProblemKind};

/// The exit code with which a template refuses its command line, as every `argparse` program does.
const REFUSED: &str = "it does not take the parameter";

/// A scanner's program as it would be written.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) form: Form,
    file: OutputFile,
    beside: Vec<OutputFile>,
}

/// What a template found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) rows: Rows,
    pub(crate) cost: Cost,
    pub(crate) incidents: Vec<Incident>,
}

impl Template {
    /// The one the split wrote.
    pub(crate) fn of_split(split: &Split, scanner: usize) -> Option<Self> {
        let of = split.scanners.get(scanner)?;
        let file = split.files.iter().find(|file| file.name == of.template)?;
        let is_template = |file: &&OutputFile| split.scanners.iter().any(|scanner| scanner.template == file.name);
        let beside = split.files.iter().filter(|file| !is_template(file)).cloned().collect();
        Some(Self { form: of.form, file: file.clone(), beside })
    }

    /// The one that runs the original whole.
    pub(crate) fn whole_program(split: &Split, scanner: usize) -> Option<Self> {
        let mut files = split.whole_program(scanner).into_iter();
        let file = files.next()?;
        Some(Self { form: Form::WholeProgram, file, beside: files.collect() })
    }

    /// Its files, to be written.
    pub(crate) fn files(&self) -> impl Iterator<Item = &OutputFile> {
        [&self.file].into_iter().chain(&self.beside)
    }

    /// Runs it, with further arguments.
    pub(crate) fn run(
        &self,
        runner: &mut Runner<'_>,
        name: &str,
        more: &[String],
        policy: &Policy,
    ) -> Result<Found, Failure> {
        let arguments = ["--data", DATA, "--json"].into_iter().map(str::to_owned).chain(more.iter().cloned()).collect();
        let beside: Vec<PlacedFile> = self.beside.iter().map(placed).collect();
        let outcome = runner
            .run(Program { file: &self.file, beside, arguments }, policy)
            .map_err(|error| Failure::of_sandbox(&error))?;
        if outcome.ending == codeproof_sandbox::Ending::Exited(2) && !more.is_empty() {
            return Err(Failure::new(ProblemKind::ParameterIgnored, REFUSED));
        }
        let rows = rows(failure::result(&outcome, policy)?, name)?;
        Ok(Found { rows, cost: failure::cost(&outcome), incidents: outcome.incidents })
    }
}

/// The rows of `{"scanner": name, "rows": [...]}`.
fn rows(mut result: Value, name: &str) -> Result<Rows, Failure> {
    let forged = |what: String| Failure::new(ProblemKind::ForgedResult, what);
    match result.get("scanner").and_then(Value::as_str) {
        Some(told) if told == name => {}
        Some(told) => return Err(forged(format!("the last line is of another scanner: {told}"))),
        None => return Err(forged("the last line names no scanner".to_owned())),
    }
    match result.get_mut("rows").map(Value::take) {
        Some(Value::Array(rows)) => Ok(Rows(rows)),
        _ => Err(forged("the last line has no list of rows".to_owned())),
    }
}
