//! Measures an index over a folder: parse, build, and one changed file after another.
//!
//! `cargo run --release -p codeproof_index --example index_change -- FOLDER [FILES]` prints the CPU milliseconds of each
//! step on one thread. A change adds a function to the end of a file and a line to its start; FILES (default 50) files
//! are changed, spread evenly over the folder.

use std::path::{Path, PathBuf};

use codeproof_index::{Index, InputFile};
use codeproof_syntax::{facts, language_of, parse};
use codeproof_types::RepoPath;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("give a folder"));
    let count: usize = arguments.next().map_or(50, |text| text.parse().expect("a number of files"));
    let mut paths = Vec::new();
    walk(&folder, &mut paths);
    paths.sort();
    let texts: Vec<(RepoPath, String)> = paths
        .iter()
        .filter_map(|path| {
            let relative = path.strip_prefix(&folder).ok()?.to_str()?;
            Some((RepoPath::new(relative).ok()?, std::fs::read_to_string(path).ok()?))
        })
        .collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let start = cpu_ms();
    let inputs: Vec<InputFile> = texts.iter().filter_map(|(path, text)| input(path, text)).collect();
    let files = inputs.len();
    let parsed = cpu_ms();
    let mut index = pool.install(|| Index::build(inputs, Default::default()));
    let built = cpu_ms();
    println!("{files} files: parse {:.0} ms, resolve {:.0} ms, {:?}", parsed - start, built - parsed, index.stats());
    let code: Vec<&(RepoPath, String)> =
        texts.iter().filter(|(path, text)| language_of(path, text).is_some()).collect();
    let mut times: Vec<(f64, usize, &RepoPath)> = Vec::new();
    for (path, text) in code.iter().step_by((code.len() / count.max(1)).max(1)) {
        let comment = if path.as_str().ends_with(".py") { "#" } else { "//" };
        let text = format!("{comment} changed\n{text}\ndef changed_by_hand(): pass\n");
        let start = cpu_ms();
        let Some(input) = input(path, &text) else { continue };
        let resolved = pool.install(|| index.put(input));
        times.push((cpu_ms() - start, resolved, path));
    }
    // The first change also makes the table of questions.
    let first = times.first().copied();
    times.sort_by(|one, other| one.0.total_cmp(&other.0));
    if let (Some(first), Some(median), Some(last)) = (first, times.get(times.len() / 2), times.last()) {
        println!("{} changes: first {:.1} ms, median {:.1} ms", times.len(), first.0, median.0);
        println!("slowest {:.1} ms, which resolved {} files: {}", last.0, last.1, last.2);
    }
}

fn input(path: &RepoPath, text: &str) -> Option<InputFile> {
    let language = language_of(path, text)?;
    let (parsed, _) = parse(text, language);
    Some(InputFile { path: path.clone(), language, facts: facts(text, &parsed?) })
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && entry.file_name() != ".git" => walk(&entry.path(), paths),
            Ok(kind) if kind.is_file() => paths.push(entry.path()),
            _ => {}
        }
    }
}

/// CPU time of this process's threads in milliseconds: the first field of each `/proc/self/task/*/schedstat`.
fn cpu_ms() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux").flatten();
    let texts = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok());
    let nanoseconds: f64 = texts.filter_map(|text| text.split(' ').next()?.parse::<f64>().ok()).sum();
    nanoseconds / 1e6
}
