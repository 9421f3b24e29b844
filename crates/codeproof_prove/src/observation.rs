//! What the original finds: one run tells the rows of all its scanners.

use std::collections::BTreeSet;

use codeproof_sandbox::{Error, Incident, Policy};
use codeproof_split::Observer;
use serde_json::Value;

use crate::failure::{self, Failure};
use crate::rows::Rows;
use crate::runner::{DATA, Program, Runner, placed};
use crate::{Cost, ProblemKind};

/// What one run of the original told.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    /// By scanner, in the split's order: its rows, or why there are none.
    pub(crate) scanners: Vec<Result<Rows, Failure>>,
    /// How the original failed; then the scanners have what they had found until then.
    pub(crate) failure: Option<Failure>,
    pub(crate) cost: Cost,
    pub(crate) incidents: Vec<Incident>,
}

impl Observation {
    /// Whether some scanner has given rows, or none of them.
    pub(crate) fn has_found(&self) -> bool {
        self.scanners.iter().any(|rows| rows.as_ref().is_ok_and(|rows| rows.len() > 0))
    }

    /// Scanners that have other rows in another run, or rows in one of the runs only.
    pub(crate) fn differing(&self, other: &Self) -> BTreeSet<usize> {
        let mut differing = BTreeSet::new();
        for (at, pair) in self.scanners.iter().zip(&other.scanners).enumerate() {
            let differs = match pair {
                (Ok(left), Ok(right)) => !left.equal(right),
                (left, right) => left.is_ok() != right.is_ok(),
            };
            if differs {
                differing.insert(at);
            }
        }
        differing
    }
}

/// Runs the original, or other bytes in its place. The outer error is the sandbox's, the inner one the program's.
pub(crate) fn observe(
    runner: &mut Runner<'_>,
    observer: &Observer,
    names: &[&str],
    bytes: Option<Vec<u8>>,
    policy: &Policy,
) -> Result<Result<Observation, Failure>, Error> {
    let mut beside: Vec<_> = observer.beside.iter().map(placed).collect();
    if let (Some(bytes), Some(original)) = (bytes, beside.first_mut()) {
        original.content = bytes;
    }
    let arguments = vec![DATA.to_owned(), format!("{:.1}", seconds(policy))];
    let outcome = runner.run(Program { file: &observer.program, beside, arguments }, policy)?;
    Ok(failure::result(&outcome, policy).and_then(|result| {
        let (scanners, failure) = read(result, names)?;
        Ok(Observation { scanners, failure, cost: failure::cost(&outcome), incidents: outcome.incidents })
    }))
}

/// When an original that is still running is left with what was found: before the policy ends it with nothing.
fn seconds(policy: &Policy) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a policy are few")]
    let cpu = policy.cpu_seconds as f64;
    policy.wall_time.as_secs_f64().min(cpu) * 0.8
}

type Told = (Vec<Result<Rows, Failure>>, Option<Failure>);

/// Checks the shape of what was told: exactly these scanners, each with rows or an error.
fn read(mut result: Value, names: &[&str]) -> Result<Told, Failure> {
    let forged =
        |what: &str| Failure::new(ProblemKind::ForgedResult, format!("the last line is not the observer's: {what}"));
    let failure = result.get("error").and_then(Value::as_str).map(|error| {
        let kind = match result.get("type").and_then(Value::as_str) {
            Some("ModuleNotFoundError") => ProblemKind::MissingImport,
            Some("MemoryError") => ProblemKind::MemoryLimit,
            Some("Endless") => ProblemKind::TimeLimit,
            _ => ProblemKind::Failed,
        };
        Failure::new(kind, error)
    });
    let Some(Value::Object(mut told)) = result.get_mut("scanners").map(Value::take) else {
        return Err(forged("it names no scanners"));
    };
    if told.len() != names.len() {
        return Err(forged("it names other scanners"));
    }
    let mut scanners = Vec::with_capacity(names.len());
    for name in names {
        let Some(Value::Object(mut scanner)) = told.remove(*name) else {
            return Err(forged("it names other scanners"));
        };
        scanners.push(match (scanner.remove("rows"), scanner.remove("error")) {
            (Some(Value::Array(rows)), None) => Ok(Rows(rows)),
            (None, Some(Value::String(error))) => {
                let was_called = scanner.remove("was_called") == Some(Value::Bool(true));
                Err(Failure::new(if was_called { ProblemKind::Failed } else { ProblemKind::NotCalled }, error))
            }
            _ => return Err(forged("a scanner has neither rows nor an error")),
        });
    }
    Ok((scanners, failure))
}
