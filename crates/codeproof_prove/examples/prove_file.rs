//! Splits one file, proves the split and shows what came of it:
//! `prove_file FILE --data DIR [--data2 DIR] [--modules DIR]… [--python P] [--workers N] [--mutants N] [--json]`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use codeproof_prove::{Data, Proof, Request, Settings, prove};
use codeproof_sandbox::{Policy, Python, Sandbox, enter_if_helper};
use codeproof_split::{Options, Source, split};

fn main() -> ExitCode {
    enter_if_helper(std::env::args_os());
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print!("failed to {error}");
            let mut reason = error.source();
            while let Some(error) = reason {
                print!(": {error}");
                reason = error.source();
            }
            println!();
            ExitCode::FAILURE
        }
    }
}

struct Given {
    file: PathBuf,
    data: PathBuf,
    second: Option<PathBuf>,
    modules: Vec<PathBuf>,
    python: PathBuf,
    workers: usize,
    mutants: usize,
    json: bool,
}

fn given(mut arguments: impl Iterator<Item = String>) -> Result<Given, Box<dyn std::error::Error>> {
    let mut given = Given {
        file: PathBuf::new(),
        data: PathBuf::new(),
        second: None,
        modules: Vec::new(),
        python: PathBuf::from("/usr/bin/python3"),
        workers: 2,
        mutants: 200,
        json: false,
    };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("find a value after {argument}"));
        match argument.as_str() {
            "--data" => given.data = std::fs::canonicalize(value()?)?,
            "--data2" => given.second = Some(std::fs::canonicalize(value()?)?),
            "--modules" => given.modules.push(std::fs::canonicalize(value()?)?),
            "--python" => given.python = value()?.into(),
            "--workers" => given.workers = value()?.parse()?,
            "--mutants" => given.mutants = value()?.parse()?,
            "--json" => given.json = true,
            _ => given.file = argument.into(),
        }
    }
    Ok(given)
}

fn run(arguments: impl Iterator<Item = String>) -> Result<(), Box<dyn std::error::Error>> {
    let given = given(arguments)?;
    let name = given.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let source = Source::new(name, std::fs::read(&given.file)?);
    let folder = given.file.parent().unwrap_or(Path::new("."));
    let read = |module: &str| std::fs::read(folder.join(format!("{module}.py"))).ok();
    let split = split(&source, &Options { read_module: Some(&read), ..Options::default() });
    let settings = Settings {
        data: Data { first: &given.data, second: given.second.as_deref() },
        modules: &given.modules,
        sandbox: &Sandbox::of_this_program(),
        python: &Python::at(&given.python)?,
        policy: &Policy::default(),
        workers: given.workers,
        mutants_max: given.mutants,
        time_budget: None,
        only: &[],
    };
    let request = Request { source: &source, split: &split, settings };
    let started = Instant::now();
    let proof = prove(&request, &|_| {}, &AtomicBool::new(false))?;
    if given.json {
        println!("{:#}", serde_json::to_value(&proof)?);
    } else {
        show(&source.name, &proof, started.elapsed().as_millis());
    }
    Ok(())
}

fn show(file: &str, proof: &Proof, wall_ms: u128) {
    let score = |score: Option<f64>| score.map_or_else(|| "-".to_owned(), |score| format!("{score:.3}"));
    println!(
        "{file}: {wall_ms} ms, {} runs, {} mutants, isolation {}, original {} CPU ms",
        proof.runs,
        proof.mutants,
        score(proof.isolation_score),
        proof.original.cpu_ms
    );
    for scanner in &proof.scanners {
        let count = |word: &str| {
            let is_it = |value: serde_json::Value| value.as_str() == Some(word);
            scanner.parameters.iter().filter(|one| serde_json::to_value(one.verdict).is_ok_and(is_it)).count()
        };
        let follows = scanner.parameters.iter().filter(|one| one.template_follows == Some(true)).count();
        println!(
            "  {:24} {:18} {:13} rows {}/{} own {} others {} idle {} not run {} follows {follows} cpu {} ms {}",
            scanner.name,
            format!("{:?}", scanner.verdict),
            format!("{:?}", scanner.form),
            scanner.original_rows,
            scanner.template_rows,
            count("own_rows_only"),
            count("changes_others"),
            count("not_exercised"),
            count("not_run"),
            scanner.cost.cpu_ms,
            scanner.fell_back_because.as_deref().unwrap_or_default(),
        );
        if let Some(problem) = &scanner.problem {
            println!("    {:?} in {:?}: {}", problem.kind, problem.phase, problem.message);
        }
    }
    proof.contamination.iter().for_each(|one| println!("  CONTAMINATION {one:?}"));
    proof.degraded.iter().for_each(|one| println!("  degraded: {one}"));
}
