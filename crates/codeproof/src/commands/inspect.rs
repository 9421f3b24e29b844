//! `codeproof inspect`.

use codeproof_inspect::{Inspection, Level};
use codeproof_types::visible;
use console::Style;

use super::runner;
use crate::cli::{InspectArguments, SplitFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Bytes of a file that is inspected.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// Inspects a file; exit code 1 when it is critical.
pub(crate) fn run(arguments: &InspectArguments) -> Result<Exit, Failure> {
    runner::check_file(&arguments.file, "codeproof inspect scans.py")?;
    let path = arguments.file.display();
    let failed = |error: std::io::Error| Failure::failed(format_args!("cannot read {path}: {error}"));
    let metadata = arguments.file.metadata().map_err(failed)?;
    if !metadata.is_file() || metadata.len() > FILE_BYTES_MAX {
        return Err(Failure::usage(format_args!("cannot inspect {path}: it is no file, or too large")));
    }
    let bytes = std::fs::read(&arguments.file).map_err(failed)?;
    let module = codeproof_python::read(&bytes)
        .map_err(|problem| Failure::failed(format_args!("{path}:{}: {}", problem.line, problem.message)))?;
    let inspection = codeproof_inspect::inspect(&module);
    output::to_stdout(|out| match arguments.format {
        SplitFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &inspection)?;
            writeln!(out)
        }
        SplitFormat::Text => out.write_all(text(&path.to_string(), &inspection).as_bytes()),
    })?;
    Ok(if inspection.execution_allowed { Exit::Success } else { Exit::Findings })
}

fn text(path: &str, inspection: &Inspection) -> String {
    let color = output::stdout_is_colored();
    let paint = |level: Level, text: &str| {
        let style = match level {
            Level::Safe => Style::new().green(),
            Level::Low => Style::new().cyan(),
            Level::Medium => Style::new().yellow(),
            Level::High => Style::new().red(),
            Level::Critical => Style::new().magenta().bold(),
        };
        style.force_styling(color).apply_to(text.to_owned()).to_string()
    };
    let level = inspection.level;
    let mut text = format!("{}: {} (risk {:.2})\n", visible(path), paint(level, level.word()), inspection.risk_score);
    for threat in &inspection.threats_detected {
        let word = paint(threat.severity, &format!("{:<8}", threat.severity.word()));
        text.push_str(&format!("\n  {word} {}:{}: {}\n", visible(path), threat.line, visible(&threat.why)));
        text.push_str(&format!("           {}\n", visible(&threat.snippet)));
        text.push_str(&format!("           {}\n", visible(&threat.mitigation)));
    }
    if !inspection.execution_allowed {
        text.push_str("\nIt is not run unless --allow-unsafe says so.\n");
    }
    text
}
