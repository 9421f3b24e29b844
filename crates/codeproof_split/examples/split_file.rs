//! Splits one file into a folder: `split_file FILE.py OUT` writes `OUT/<stem>/`; `split_file check CASES.jsonl DIR` judges.

use std::path::Path;

use codeproof_split::{Options, Source, check, document, split};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [word, cases, folder] if word == "check" => judge(Path::new(cases), Path::new(folder)),
        [file, out] => write(Path::new(file), Path::new(out)),
        _ => Err("usage: split_file FILE.py OUT | split_file check CASES.jsonl DIR".into()),
    }
}

fn write(file: &Path, out: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let folder = out.join(file.file_stem().unwrap_or_default());
    let split = split_path(file)?;
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("boundaries.json"), format!("{:#}", document::boundaries(&split)))?;
    std::fs::write(folder.join("parameters.json"), format!("{:#}", document::parameters(&split)))?;
    for file in &split.files {
        std::fs::write(folder.join(&file.name), &file.bytes)?;
    }
    Ok(())
}

fn judge(cases: &Path, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut splits = std::collections::BTreeMap::new();
    for line in std::fs::read_to_string(cases)?.lines() {
        let case: check::Case = serde_json::from_str(line)?;
        let stem = case.file.trim_end_matches(".py").to_owned();
        if !splits.contains_key(&stem) {
            splits.insert(stem.clone(), split_path(&folder.join(format!("{stem}.py")))?);
        }
        println!("{}", serde_json::to_string(&check::check(&case, &splits[&stem]))?);
    }
    Ok(())
}

fn split_path(file: &Path) -> Result<codeproof_split::Split, Box<dyn std::error::Error>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let source = Source::new(name, std::fs::read(file)?);
    let folder = file.parent().unwrap_or(Path::new("."));
    let read = |module: &str| {
        let is_name = module.chars().all(|char| char.is_alphanumeric() || char == '_');
        is_name.then(|| std::fs::read(folder.join(format!("{module}.py"))).ok()).flatten()
    };
    Ok(split(&source, &Options { read_module: Some(&read), ..Default::default() }))
}
