//! `codeproof split check`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Component, Path, PathBuf};

use codeproof_split::{Options, Source, Split, check, split};

use crate::cli::SplitCheckArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Bytes of one case, and of one file of scanners.
const BYTES_MAX: u64 = 64 << 20;

/// Judges each case of the file; prints one verdict per line, in the order of the cases. A line that is no case, or whose
/// file cannot be read, is told on standard error, and the others are judged all the same.
pub(super) fn run(arguments: &SplitCheckArguments) -> Result<Exit, Failure> {
    let failed =
        |error: std::io::Error| Failure::failed(format_args!("cannot read {}: {error}", arguments.cases.display()));
    super::runner::check_folder(&arguments.source)?;
    let file = std::fs::File::open(&arguments.cases).map_err(failed)?;
    let mut splits: BTreeMap<String, Result<Split, String>> = BTreeMap::new();
    let mut exit = Exit::Success;
    for (at, line) in BufReader::new(file).lines().enumerate() {
        let line = line.map_err(failed)?;
        if line.trim().is_empty() {
            continue;
        }
        match verdict(&line, &arguments.source, &mut splits) {
            Ok(verdict) => output::to_stdout(|out| {
                serde_json::to_writer(&mut *out, &verdict)?;
                writeln!(out)
            })?,
            Err(why) => {
                exit = Exit::Failed;
                let place = format!("{}:{}", arguments.cases.display(), at + 1);
                output::to_stderr(&format!("{}\n", codeproof_types::visible(&format!("{place}: {why}"))));
            }
        }
    }
    Ok(exit)
}

fn verdict(
    line: &str,
    source: &Path,
    splits: &mut BTreeMap<String, Result<Split, String>>,
) -> Result<check::Verdict, String> {
    let case: check::Case = serde_json::from_str(line).map_err(|error| format!("this is no case: {error}"))?;
    let split = splits.entry(case.file.clone()).or_insert_with(|| split_of(source, &case.file));
    match split {
        Ok(split) => Ok(check::check(&case, split)),
        Err(why) => Err(why.clone()),
    }
}

/// The split of a file that a case names: inside the folder, with or without `.py`.
fn split_of(folder: &Path, name: &str) -> Result<Split, String> {
    let relative = PathBuf::from(format!("{}.py", name.trim_end_matches(".py")));
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(format!("{name:?} is no path inside of {}", folder.display()));
    }
    let path = folder.join(&relative);
    let read = |path: &Path| -> Result<Vec<u8>, String> {
        let found = path.metadata().map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        if !found.is_file() || found.len() > BYTES_MAX {
            return Err(format!("cannot read {}: it is no file, or too large", path.display()));
        }
        std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
    };
    let bytes = read(&path)?;
    let read_module = |module: &str| codeproof_pipeline::read_sibling(&path, module);
    let split = split(&Source::new(name, bytes), &Options { read_module: Some(&read_module), ..Options::default() });
    match &split.error {
        Some(problem) => Err(format!("{}:{}: {}", path.display(), problem.line, problem.message)),
        None => Ok(split),
    }
}
