//! `codeproof inspect`.

use codeproof_inspect::{Inspection, Level};
use console::Style;

use super::runner;
use crate::cli::{InspectArguments, SplitFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Inspects a file; exit code 1 when it is critical.
pub(crate) fn run(arguments: &InspectArguments) -> Result<Exit, Failure> {
    runner::check_file(&arguments.file, "codeproof inspect scans.py")?;
    let path = arguments.file.display();
    let bytes = runner::read_file(&arguments.file)?;
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
    let mut text =
        format!("{}: {} (risk {:.2})\n", output::one_line(path), paint(level, level.word()), inspection.risk_score);
    for threat in &inspection.threats_detected {
        let word = paint(threat.severity, &format!("{:<8}", threat.severity.word()));
        text.push_str(&format!(
            "\n  {word} {}:{}: {}\n",
            output::one_line(path),
            threat.line,
            output::one_line(&threat.why)
        ));
        text.push_str(&format!("           {}\n", output::one_line(&threat.snippet)));
        text.push_str(&format!("           {}\n", output::one_line(&threat.mitigation)));
    }
    if !inspection.execution_allowed {
        text.push_str("\nIt is not run unless --allow-unsafe says so.\n");
    }
    text
}
