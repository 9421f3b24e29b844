//! `codeproof diff OLD NEW`.

use std::path::Path;

use codeproof_pipeline::{Baseline, MaskedSnippets};
use codeproof_types::{ScanId, ScanReport, Snippets};

use super::{baseline, database, reports, scans};
use crate::cli::{DatabaseArguments, DiffArguments};
use crate::exit::Exit;
use crate::failure::Failure;

/// Compares two reports and writes the later one with what the comparison says.
pub(crate) fn run(arguments: &DiffArguments) -> Result<Exit, Failure> {
    let targets = reports::plan(arguments.report.format, &arguments.report.outputs)?;
    let old = Side::read(&arguments.old, &arguments.database)?;
    let new = Side::read(&arguments.new, &arguments.database)?;
    let Baseline { name, mut report } = new.baseline;
    if report.scan.target.is_empty() {
        report.scan.target = name;
    }
    let was_read = codeproof_pipeline::was_read(&report.problems);
    codeproof_pipeline::compare(&mut report, &old.baseline, was_read);
    report.notes.extend(cautions(&old.baseline.report, &report));
    // Only the database knows where the files are; of a file the quotes are shown.
    let detector = scans::masking_detector()?;
    let snippets = new.root.as_deref().map(|root| MaskedSnippets::new(Path::new(root), &detector));
    let snippets = snippets.as_ref().map(|snippets| snippets as &dyn Snippets);
    let details = reports::Details { verbose: arguments.verbose, with_drafts: false };
    reports::write(&report, &targets, snippets, details)?;
    Ok(reports::exit(&report, arguments.fail_on.and_then(|fail_on| fail_on.threshold())))
}

/// One of the two reports.
struct Side {
    baseline: Baseline,
    /// Where the scanned files are, if the database knows.
    root: Option<String>,
}

impl Side {
    /// A number is a scan of the database, everything else a file; `./3` is a file that is called 3.
    fn read(given: &Path, arguments: &DatabaseArguments) -> Result<Self, Failure> {
        let id = given.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        match id.and_then(|text| text.parse().ok()) {
            Some(id) => Self::stored(ScanId(id), arguments),
            None => Ok(Self { baseline: baseline::read(given)?, root: None }),
        }
    }

    fn stored(id: ScanId, arguments: &DatabaseArguments) -> Result<Self, Failure> {
        let runtime = super::runtime()?;
        let store = runtime.block_on(database::open_existing(arguments))?;
        let stored = runtime.block_on(scans::stored_report(&store, id)).map_err(database::store_failure)?;
        let Some((report, root)) = stored else {
            return Err(Failure::usage(format_args!("there is no scan {id}")).help("`codeproof scans` lists them"));
        };
        Ok(Self { baseline: Baseline { name: format!("scan {id}"), report }, root: Some(root) })
    }
}

/// What the reader should know before believing the counts.
fn cautions(old: &ScanReport, new: &ScanReport) -> Vec<String> {
    let mut cautions = Vec::new();
    let targets = [&old.scan.target, &new.scan.target];
    if old.scan.target != new.scan.target && targets.iter().all(|target| !target.is_empty()) {
        let [old, new] = targets;
        cautions.push(format!("the two reports are of different targets: {old} and {new}"));
    }
    let fixed = new.comparison.as_ref().map_or(0, |comparison| comparison.fixed);
    let is_narrowed = new.notes.iter().any(|note| !note.starts_with("of the baseline: "));
    if fixed > 0 && is_narrowed {
        cautions.push("what is called fixed may lie in what the later scan left out: see its notes".to_owned());
    }
    cautions
}
