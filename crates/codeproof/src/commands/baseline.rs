//! Earlier reports, read from files.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use codeproof_pipeline::Baseline;

use crate::failure::Failure;

/// Bytes of a report that are read. A report of 25,000 findings has about 100 MB; whatever is much larger is none.
const REPORT_BYTES_MAX: u64 = 512 << 20;

/// Reads an earlier JSON or SARIF report.
///
/// # Errors
/// When there is no such file, or it is not a report of codeproof; the message says what it is instead.
pub(crate) fn read(path: &Path) -> Result<Baseline, Failure> {
    let name = path.display().to_string();
    let fail = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::usage(format_args!("there is no report {name}"))
            .help("make one with `codeproof scan . -o report.json` (or .sarif)"),
        _ => Failure::failed(format_args!("cannot read {name}: {error}")),
    };
    let file = File::open(path).map_err(fail)?;
    if file.metadata().map_err(fail)?.is_dir() {
        return Err(Failure::usage(format_args!("cannot read {name}: it is a folder"))
            .help("give a JSON or SARIF report of codeproof"));
    }
    let mut bytes = Vec::new();
    file.take(REPORT_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > REPORT_BYTES_MAX {
        return Err(Failure::usage(format_args!("cannot read {name}: it has more than {REPORT_BYTES_MAX} bytes")));
    }
    let report = codeproof_report::read_report(&bytes).map_err(|error| {
        Failure::usage(format_args!("cannot read {name}: {error}"))
            .help("make a report with `codeproof scan . -o report.json` (or .sarif) and give that")
    })?;
    Ok(Baseline { name, report })
}
