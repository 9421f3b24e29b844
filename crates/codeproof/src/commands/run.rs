//! `codeproof run`: one template in the sandbox.

mod table;

use std::path::Path;

use codeproof_sandbox::{Ending, Job, Outcome, PlacedFile, Sandbox};
use serde_json::Value;

use super::runner;
use crate::cli::{RunArguments, SplitFormat};
use crate::exit::Exit;
use crate::failure::{self, Failure};
use crate::output;

/// Where the program sees its data.
const DATA_INSIDE: &str = "/data";

/// The file in the scratch folder that comes back.
const CSV_INSIDE: &str = "rows.csv";

/// Bytes of all programs beside a template.
const BESIDE_BYTES_MAX: u64 = 64 << 20;

/// Characters of what a failed program said.
const WORDS_CHARACTERS_MAX: usize = 1500;

/// Runs a template and prints its rows; exit code 3 when it ends badly.
pub(crate) fn run(arguments: &RunArguments) -> Result<Exit, Failure> {
    runner::check_file(&arguments.template, "codeproof run parts/scans/gap.py --data data")?;
    runner::check_folder(&arguments.data)?;
    let runner = runner::Runner::new(&arguments.runner)?;
    let text = runner::read_file(&arguments.template)?;
    let beside = beside(&arguments.template)?;
    if !arguments.runner.allow_unsafe {
        for (name, bytes) in [(file_name(&arguments.template), &text)]
            .into_iter()
            .chain(beside.iter().map(|file| (file.name.clone(), &file.content)))
        {
            check_safe(&name, bytes)?;
        }
    }
    let program = PlacedFile { name: file_name(&arguments.template), content: text };
    let mut job = Job::in_scratch(runner.python, program, beside)
        .folder(absolute(&arguments.data)?, DATA_INSIDE)
        .argument("--data")
        .argument(DATA_INSIDE)
        .argument("--json");
    for folder in &arguments.runner.pythonpath {
        job = job.modules(absolute(folder)?);
    }
    for (flag, value) in [("--symbols", &arguments.symbols), ("--scan-date", &arguments.scan_date)] {
        if let Some(value) = value {
            job = job.argument(format!("{flag}={value}"));
        }
    }
    for parameter in &arguments.parameters {
        job = job.argument(format!("--param={parameter}"));
    }
    if arguments.csv.is_some() {
        job = job.argument(format!("--csv={CSV_INSIDE}"));
        job.collect.push(CSV_INSIDE.to_owned());
    }
    let policy = arguments.runner.policy();
    let outcome = Sandbox::of_this_program().run(&job, &policy).map_err(|error| {
        Failure::failed(format_args!("cannot run {}: {}", arguments.template.display(), failure::chain(&error)))
            .help("`codeproof doctor` says which parts of the isolation this machine has")
    })?;
    tell_incidents(&outcome);
    if !outcome.succeeded() {
        return Err(ended_badly(&arguments.template, &outcome, arguments.runner.timeout));
    }
    let result = outcome
        .result(&policy)
        .map_err(|error| Failure::failed(format_args!("{} gave no rows: {error}", arguments.template.display())))?;
    let Some(rows) = result.get("rows").and_then(Value::as_array) else {
        return Err(Failure::failed(format_args!(
            "the last line of {} is no result: it has no \"rows\"",
            arguments.template.display()
        )));
    };
    if let Some(path) = &arguments.csv {
        let Some(file) = outcome.files.iter().find(|file| file.name == CSV_INSIDE) else {
            return Err(Failure::failed(format_args!("{} wrote no CSV file", arguments.template.display())));
        };
        output::to_file(path, |out| out.write_all(&file.content))?;
    }
    output::to_stdout(|out| match arguments.format {
        SplitFormat::Json => {
            serde_json::to_writer(&mut *out, &result)?;
            writeln!(out)
        }
        SplitFormat::Text => out.write_all(table::text(&result, rows).as_bytes()),
    })?;
    Ok(Exit::Success)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn absolute(path: &Path) -> Result<std::path::PathBuf, Failure> {
    path.canonicalize().map_err(|error| Failure::failed(format_args!("cannot read {}: {error}", path.display())))
}

/// The other Python files of the template's folder: the original, and modules it imports. Links are left out.
fn beside(template: &Path) -> Result<Vec<PlacedFile>, Failure> {
    let folder = template.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error| Failure::failed(format_args!("cannot read {}: {error}", folder.display()));
    let mut files = Vec::new();
    let mut left = BESIDE_BYTES_MAX;
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let metadata = entry.metadata().map_err(failed)?;
        if !metadata.is_file() || !name.ends_with(".py") || name == file_name(template) {
            continue;
        }
        left = left.checked_sub(metadata.len()).ok_or_else(|| {
            Failure::usage(format_args!("the programs beside {} are too large together", template.display()))
                .help("give a folder that `codeproof split` made")
        })?;
        files.push(PlacedFile { name, content: runner::read_file(&entry.path())? });
    }
    Ok(files)
}

/// Critical files need a word: the sandbox holds either way.
fn check_safe(name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let Ok(module) = codeproof_python::read(bytes) else { return Ok(()) };
    let inspection = codeproof_inspect::inspect(&module);
    if inspection.execution_allowed {
        return Ok(());
    }
    let worst = inspection.threats_detected.iter().max_by_key(|threat| threat.severity);
    let why = worst.map(|threat| format!(" (line {}: {})", threat.line, threat.why)).unwrap_or_default();
    Err(Failure::usage(format_args!("the inspection finds {name} critical{why}"))
        .help("read it with `codeproof inspect`, and give --allow-unsafe if you wrote it"))
}

fn tell_incidents(outcome: &Outcome) {
    if !outcome.weaker.is_empty() {
        let parts: Vec<&str> = outcome.weaker.iter().map(|part| part.name()).collect();
        output::to_stderr(&format!("weaker isolation: ran without {}\n", parts.join(", ")));
    }
    for incident in &outcome.incidents {
        let line = format!("blocked: {} {}", incident.event, incident.detail);
        output::to_stderr(&format!("{}\n", output::one_line(&line)));
    }
}

fn ended_badly(template: &Path, outcome: &Outcome, timeout: u32) -> Failure {
    let (what, help) = match outcome.ending {
        Ending::Exited(code) => (format!("ended with code {code}"), ""),
        Ending::Killed(signal) => (format!("was ended by signal {signal}"), ""),
        Ending::WallTime | Ending::CpuTime => {
            (format!("was still running after {timeout} s"), "give it more time with --timeout S")
        }
        Ending::Memory => ("wanted more memory than it may have".to_owned(), "give it more with --memory MB"),
        Ending::Output => ("printed more than it may".to_owned(), "a scanner's output is its rows; print less"),
    };
    let words = String::from_utf8_lossy(&outcome.stderr);
    let words = words.trim();
    let from = words.char_indices().rev().nth(WORDS_CHARACTERS_MAX).map_or(0, |(at, _)| at);
    let said = if words.is_empty() { String::new() } else { format!(":\n{}", &words[from..]) };
    let failure = Failure::failed(format_args!("{} {what}{said}", template.display()));
    if help.is_empty() { failure } else { failure.help(help) }
}
