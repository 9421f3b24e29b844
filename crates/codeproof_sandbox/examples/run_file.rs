//! Runs one Python file in the sandbox and says how it ended:
//! `run_file PYTHON FILE [--data DIR] [--modules DIR] [--support FILE] [--warm TIMES] [--allow-weaker PARTS]
//! [arguments of the file]`; without arguments, what
//! this machine allows. With `--warm`, pandas is imported once and the file runs that many times.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use codeproof_sandbox::{Job, Outcome, Part, PlacedFile, Policy, Python, Sandbox, enter_if_helper};

fn main() -> ExitCode {
    enter_if_helper(std::env::args_os());
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("failed to {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<String>) -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::of_this_program();
    let mut arguments = arguments.into_iter();
    let (Some(python), Some(file)) = (arguments.next(), arguments.next()) else {
        for status in sandbox.parts()? {
            println!("{:9} {:5} {}", status.part.name(), status.available, status.sentence);
        }
        return Ok(());
    };
    let program = placed(&PathBuf::from(file))?;
    let mut job = Job::new(Python::at(python.as_ref())?, &program.name, program.content);
    let (mut times, mut weaker) = (0, Vec::new());
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.len()) {
            ("--data", 1..) => {
                job = job.folder(arguments.next().unwrap_or_default(), "/data").argument("--data").argument("/data");
            }
            ("--warm", 1..) => times = arguments.next().unwrap_or_default().parse()?,
            ("--support", 1..) => job.support.push(placed(&PathBuf::from(arguments.next().unwrap_or_default()))?),
            ("--allow-weaker", 1..) => {
                let parts = arguments.next().unwrap_or_default();
                weaker.extend(parts.split(',').filter_map(Part::from_name));
            }
            ("--modules", 1..) => job = job.modules(arguments.next().unwrap_or_default()),
            _ => job = job.argument(argument),
        }
    }
    let policy = Policy {
        wall_time: std::time::Duration::from_secs(15),
        cpu_seconds: 10,
        memory_bytes: 1 << 30,
        stdout_bytes: 4 << 20,
        allow_weaker: weaker,
        ..Policy::default()
    };
    if times == 0 {
        show(&sandbox.run(&job, &policy)?);
        return Ok(());
    }
    let mut server = sandbox.warm(&job, &policy, &["pandas"])?;
    for _ in 0..times {
        show(&server.run(&job, &policy)?);
    }
    Ok(())
}

fn placed(path: &Path) -> std::io::Result<PlacedFile> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(PlacedFile { name, content: std::fs::read(path)? })
}

fn show(outcome: &Outcome) {
    let kib = outcome.peak_bytes >> 10;
    println!("{:?} wall {:?} cpu {:?} peak {kib} KiB", outcome.ending, outcome.wall_time, outcome.cpu_time);
    println!("stdout {} bytes, last line {:.300?}", outcome.stdout.len(), outcome.last_line());
    println!("stderr {:.600}", String::from_utf8_lossy(&outcome.stderr));
    if !outcome.weaker.is_empty() {
        println!("without {:?}", outcome.weaker);
    }
    outcome.incidents.iter().for_each(|incident| println!("incident {} {}", incident.event, incident.detail));
}
