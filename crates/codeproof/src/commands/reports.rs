//! Where reports go: planned before the work starts, written after it; and the exit code they end with.

use std::path::PathBuf;

use codeproof_report::{Format, RenderOptions, TextOptions};
use codeproof_types::{BaselineState, ScanReport, ScanStatus, Severity, Snippets, State};

use crate::cli::{FormatName, ReportArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Where a report goes and in which format; `None` is standard output.
pub(crate) type Target = (Option<PathBuf>, Format);

/// How much a report shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Details {
    /// Every path of every list, and the texts of rules.
    pub verbose: bool,
    /// Drafts that were not believed, too.
    pub with_drafts: bool,
}

/// The same flags with their paths made absolute, for who changes the folder.
///
/// # Errors
/// When the working folder is not known.
pub(crate) fn absolute(report: &ReportArguments) -> Result<ReportArguments, Failure> {
    let absolute = |path: &PathBuf| {
        std::path::absolute(path)
            .map_err(|error| Failure::failed(format_args!("cannot tell where {} is: {error}", path.display())))
    };
    let outputs = report.outputs.iter().map(absolute).collect::<Result<_, _>>()?;
    Ok(ReportArguments { outputs, ..report.clone() })
}

/// One `-o`: `--format` rules, else its extension; several: their extensions rule.
///
/// # Errors
/// When one of several files has an extension that names no format.
pub(crate) fn plan(format: Option<FormatName>, outputs: &[PathBuf]) -> Result<Vec<Target>, Failure> {
    let named = format.map(Format::from);
    match outputs {
        [] => Ok(vec![(None, named.unwrap_or(Format::Text))]),
        [one] => {
            let format = named.or_else(|| Format::from_extension(one)).unwrap_or(Format::Text);
            Ok(vec![(Some(one.clone()), format)])
        }
        several => several
            .iter()
            .map(|path| match Format::from_extension(path) {
                Some(format) => Ok((Some(path.clone()), format)),
                None => Err(Failure::usage(format_args!("the extension of {} names no format", path.display()))
                    .help("with several -o, use the extensions .txt, .json, .sarif, .md or .html")),
            })
            .collect(),
    }
}

/// Writes a report to each of its targets, and says so for files.
///
/// # Errors
/// When one of them cannot be written.
pub(crate) fn write(
    report: &ScanReport,
    targets: &[Target],
    snippets: Option<&dyn Snippets>,
    details: Details,
) -> Result<(), Failure> {
    for (file, format) in targets {
        let text = TextOptions {
            color: file.is_none() && output::stdout_is_colored(),
            width: if file.is_none() { output::terminal_width() } else { 100 },
            verbose: details.verbose,
        };
        let options = RenderOptions { text, with_drafts: details.with_drafts };
        let render = |out: &mut dyn std::io::Write| codeproof_report::render(report, *format, snippets, &options, out);
        match file {
            None => output::to_stdout(render)?,
            Some(file) => {
                output::to_file(file, render)?;
                output::to_stderr(&format!("wrote {}\n", file.display()));
            }
        }
    }
    Ok(())
}

/// Interrupted beats findings beats failures. Findings that are in the baseline do not count.
pub(crate) fn exit(report: &ScanReport, threshold: Option<Severity>) -> Exit {
    let fails = |severity: Severity| threshold.is_some_and(|threshold| severity >= threshold);
    let counts = |state: Option<BaselineState>| state != Some(BaselineState::Unchanged);
    let mut open = report.findings.iter().filter(|finding| finding.state == State::Open);
    if matches!(report.scan.status, ScanStatus::Interrupted | ScanStatus::Cancelled) {
        Exit::Interrupted
    } else if open.any(|finding| counts(finding.baseline_state) && fails(finding.severity)) {
        Exit::Findings
    } else if report.problems.iter().any(|problem| problem.kind.is_failure()) {
        Exit::Failed
    } else {
        Exit::Success
    }
}
