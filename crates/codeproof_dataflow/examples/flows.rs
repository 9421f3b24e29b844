//! Analyses a folder and prints every flow hop by hop: `cargo run --release -p codeproof_dataflow --example flows -- DIR
//! [--json]`.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use codeproof_dataflow::{Analysis, SourceFile, Specs, Spot, analyse, lower_file, template_language};
use codeproof_types::{Language, RepoPath};

/// Files that are read.
const EXTENSIONS: [&str; 8] = ["py", "php", "html", "htm", "jinja", "jinja2", "j2", "twig"];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().expect("the folder to analyse");
    let as_json = arguments.next().is_some();
    let mut texts = Vec::new();
    read(Path::new(&root), Path::new(&root), &mut texts);
    let mut out = String::new();
    for language in [Language::Python, Language::Php] {
        let specs = Specs::load(language, &[]).expect("the built-in specs load");
        let begun = Instant::now();
        let mut files = Vec::new();
        for (path, text) in &texts {
            let is_code = codeproof_syntax::language_of(path, text) == Some(language);
            let parsed = if is_code { codeproof_syntax::parse(text, language).0 } else { None };
            if (is_code || template_language(path) == Some(language))
                && let Some(module) = lower_file(path, text, parsed.as_ref())
            {
                files.push(SourceFile { path: path.clone(), module });
            }
        }
        if files.is_empty() {
            continue;
        }
        let lowered = begun.elapsed();
        let analysis = analyse(files, &specs);
        eprintln!(
            "{language:?}: {} files, {} bodies, {} flows, {} sites, {} incomplete; lowered in {lowered:?}, all in {:?}",
            analysis.paths.len(),
            analysis.bodies,
            analysis.flows.len(),
            analysis.sites.len(),
            analysis.incomplete.len(),
            begun.elapsed()
        );
        print(&analysis, &texts, as_json, &mut out);
    }
    println!("{}", if as_json { format!("[{}]", out.trim_end_matches(",\n")) } else { out });
}

fn read(root: &Path, folder: &Path, texts: &mut Vec<(RepoPath, String)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            read(root, &path, texts);
        } else if path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
            && let Ok(text) = std::fs::read(&path)
            && let Ok(relative) = path.strip_prefix(root)
            && let Ok(relative) = RepoPath::new(relative.to_string_lossy())
        {
            texts.push((relative, String::from_utf8_lossy(&text).into_owned()));
        }
    }
}

fn print(analysis: &Analysis, texts: &[(RepoPath, String)], as_json: bool, out: &mut String) {
    let text_of = |spot: Spot| {
        let path = &analysis.paths[spot.file as usize];
        let text = texts.iter().find(|(known, _)| known == path).map_or("", |(_, text)| text);
        let line = text[..spot.range().start].matches('\n').count() + 1;
        let quote: String =
            text[spot.range()].split_whitespace().collect::<Vec<_>>().join(" ").chars().take(90).collect();
        (path.as_str().to_owned(), line, quote)
    };
    for flow in &analysis.flows {
        let (path, line, quote) = text_of(flow.sink);
        if as_json {
            if flow.source.trust.is_some() && flow.is_certain {
                let kind = flow.kind.name();
                let _ = writeln!(out, "{{\"path\": \"{path}\", \"line\": {line}, \"kind\": \"{kind}\"}},");
            }
            continue;
        }
        let (kind, danger) = (flow.kind.name(), flow.danger);
        let certain = if flow.is_certain { "" } else { " (uncertain)" };
        let _ = writeln!(out, "{path}:{line} [{kind}]{certain} {quote}\n    {} {danger}", flow.callee);
        let (path, line, quote) = text_of(flow.source.spot);
        let _ = writeln!(out, "    source {path}:{line} {quote}   ({:?} {})", flow.source.trust, flow.source.what);
        for step in &flow.steps {
            let (path, line, quote) = text_of(step.spot);
            let _ = writeln!(out, "    {path}:{line} {:?} {quote}", step.what);
        }
    }
    for name in &analysis.incomplete {
        let (path, line, _) = text_of(name.spot);
        let _ = writeln!(out, "incomplete: {path}:{line} {}", name.name);
    }
}
