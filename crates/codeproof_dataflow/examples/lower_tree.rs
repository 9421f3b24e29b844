//! Lowers every file of a language below a folder and says how long parsing and lowering took.
//!
//! `cargo run --release -p codeproof_dataflow --example lower_tree -- FOLDER…`

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use codeproof_dataflow::{lower, lower_blade};
use codeproof_syntax::{language_of, parse};
use codeproof_types::{Language, RepoPath};

fn main() -> std::io::Result<()> {
    let (mut files, mut lines, mut bodies, mut expressions) = (0, 0, 0, 0);
    let (mut parsing, mut lowering, mut slowest) = (Duration::ZERO, Duration::ZERO, (Duration::ZERO, PathBuf::new()));
    for folder in std::env::args().skip(1) {
        for path in files_below(Path::new(&folder))? {
            let Some((text, language)) = read(&path) else { continue };
            let is_template = path.to_string_lossy().ends_with(".blade.php");
            let start = Instant::now();
            let parsed = if is_template { None } else { parse(&text, language).0 };
            parsing += start.elapsed();
            let start = Instant::now();
            let module = match parsed {
                Some(parsed) => lower(&text, &parsed),
                // Its program is parsed inside.
                None => is_template.then(|| lower_blade(&text)),
            };
            let Some(module) = module else { continue };
            let took = start.elapsed();
            lowering += took;
            if took > slowest.0 {
                slowest = (took, path);
            }
            files += 1;
            lines += text.lines().count();
            bodies += module.bodies.len();
            expressions += module.bodies.iter().map(|body| body.exprs.len()).sum::<usize>();
        }
    }
    println!("{files} files, {lines} lines, {bodies} bodies, {expressions} expressions");
    println!("parsing {parsing:?}, lowering {lowering:?}, slowest {slowest:?}");
    #[expect(clippy::cast_precision_loss, reason = "a rough figure")]
    let lines = lines as f64;
    println!("lowering: {:.0} lines per second", lines / lowering.as_secs_f64());
    println!("both: {:.0} lines per second", lines / (parsing + lowering).as_secs_f64());
    Ok(())
}

/// The text of a file in Python or PHP.
fn read(path: &Path) -> Option<(String, Language)> {
    let name = RepoPath::new(path.file_name()?.to_str()?).ok()?;
    let text = String::from_utf8_lossy(&std::fs::read(path).ok()?).into_owned();
    let language = language_of(&name, &text).filter(|it| matches!(it, Language::Python | Language::Php))?;
    Some((text, language))
}

fn files_below(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut rest = vec![folder.to_path_buf()];
    while let Some(next) = rest.pop() {
        for entry in std::fs::read_dir(next)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                rest.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
