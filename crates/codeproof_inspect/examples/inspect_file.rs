//! Inspects a Python file and prints what was found as JSON: `inspect_file FILE.py`.
//!
//! `inspect_file --labelled CASES.json` measures instead: the cases are `{"snippets": [{"code", "label", …}]}`, and the
//! confusion of labels and levels is printed, with every case that is judged otherwise than its label says.

use std::collections::BTreeMap;
use std::error::Error;

use codeproof_inspect::inspect;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--labelled", cases] => labelled(&std::fs::read(cases)?),
        [file] => {
            let module = codeproof_python::read(&std::fs::read(file)?).map_err(|problem| problem.message)?;
            println!("{}", serde_json::to_string_pretty(&inspect(&module))?);
            Ok(())
        }
        _ => Err("usage: inspect_file FILE.py | inspect_file --labelled CASES.json".into()),
    }
}

fn labelled(cases: &[u8]) -> Result<(), Box<dyn Error>> {
    let document: serde_json::Value = serde_json::from_slice(cases)?;
    let mut confusion: BTreeMap<(String, String), u32> = BTreeMap::new();
    for case in document["snippets"].as_array().ok_or("no snippets")? {
        let (code, label) = (case["code"].as_str().unwrap_or_default(), case["label"].as_str().unwrap_or_default());
        let (level, why) = match codeproof_python::read(code.as_bytes()) {
            Ok(module) => {
                let inspection = inspect(&module);
                let why: Vec<String> = inspection.threats_detected.iter().map(|threat| threat.why.clone()).collect();
                (inspection.level.word().to_owned(), why.join("; "))
            }
            Err(problem) => ("unreadable".to_owned(), problem.message),
        };
        if level != label {
            println!("{label} judged {level}: {code}\n    {why}");
        }
        *confusion.entry((label.to_owned(), level)).or_default() += 1;
    }
    for ((label, level), count) in confusion {
        println!("{count:4} labelled {label}, judged {level}");
    }
    Ok(())
}
