//! Where reports go: planned before the work starts, written after it; and the exit code they end with.

use std::path::{Path, PathBuf};

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

/// Where reports of a scan go.
///
/// # Errors
/// When one of several files has an extension that names no format.
pub(crate) fn plan(format: Option<FormatName>, outputs: &[PathBuf]) -> Result<Vec<Target>, Failure> {
    let extensions = ".txt, .json, .sarif, .md or .html";
    plan_files(format.map(Format::from), outputs, (Format::Text, extensions), Format::from_extension)
}

/// One `-o`: `--format` rules, else its extension; several: their extensions rule. `usual` is the format when nothing names
/// one; `extensions` are told when an extension names none.
///
/// # Errors
/// When one of several files has an extension that names no format.
pub(crate) fn plan_files<F: Copy>(
    named: Option<F>,
    outputs: &[PathBuf],
    (usual, extensions): (F, &str),
    of_extension: impl Fn(&Path) -> Option<F>,
) -> Result<Vec<(Option<PathBuf>, F)>, Failure> {
    match outputs {
        [] => Ok(vec![(None, named.unwrap_or(usual))]),
        [one] => Ok(vec![(Some(one.clone()), named.or_else(|| of_extension(one)).unwrap_or(usual))]),
        several => several
            .iter()
            .map(|path| match of_extension(path) {
                Some(format) => Ok((Some(path.clone()), format)),
                None => Err(Failure::usage(format_args!("the extension of {} names no format", path.display()))
                    .help(format!("with several -o, use the extensions {extensions}"))),
            })
            .collect(),
    }
}

/// How a text is laid out on standard output, or in a file.
pub(crate) fn text_options(file: Option<&Path>, verbose: bool) -> TextOptions {
    TextOptions {
        color: file.is_none() && output::stdout_is_colored(),
        width: if file.is_none() { output::terminal_width() } else { 100 },
        verbose,
    }
}

/// Writes to a file, and says so; else to standard output.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_to(
    file: Option<&Path>,
    render: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>,
) -> Result<(), Failure> {
    match file {
        None => output::to_stdout(render),
        Some(file) => {
            output::to_file(file, render)?;
            output::to_stderr(&format!("wrote {}\n", file.display()));
            Ok(())
        }
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
        let text = text_options(file.as_deref(), details.verbose);
        let options = RenderOptions { text, with_drafts: details.with_drafts };
        write_to(file.as_deref(), |out| codeproof_report::render(report, *format, snippets, &options, out))?;
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
