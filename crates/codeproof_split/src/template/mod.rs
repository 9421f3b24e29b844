//! Complete programs, one per scanner, rendered from `templates/`.
//!
//! The whole-program template keeps the original beside it, unchanged, runs it as Python would, and gives the rows of one
//! scanner: right by construction, whatever the scanner needs. Parameters that are edited replace the literal at their
//! place in the original's tree.

mod around;
mod block;
mod literal;
mod names;
mod observer;
mod parts;
mod projection;
mod recorded;
mod slice;
mod whole_program;

use std::collections::BTreeSet;

use crate::Source;
use crate::boundary::Unit;
use crate::parameters::Parameter;
use crate::split::{Form, Options, OutputFile, Scanner, Split};
use crate::trace::{Kind, Trace, UnitId};
use codeproof_python::Module;
use names::Names;
pub(crate) use names::file_name;

/// Renders all templates of a split into its files.
pub(crate) fn render(
    source: &Source,
    module: &Module,
    trace: &Trace,
    units: &[Unit],
    options: &Options<'_>,
    split: &mut Split,
) {
    let original = format!("original_{}", file_name(source.name.trim_end_matches(".py")));
    let whole_program = whole_program::WholeProgram::new(source, module, options);
    split.beside = siblings(module, options);
    split.beside.insert(0, OutputFile { name: original.clone(), bytes: source.bytes.clone() });
    let mut names = Names::new(module, split.beside.iter().map(|file| file.name.as_str()));
    let mut files = Vec::new();
    let facts = FileFacts {
        original: &original,
        hash: blake3::hash(&source.bytes).to_hex().to_string(),
        own_arguments: reads_arguments(&module.text),
        trace,
        known: &crate::slice::Known::new(&module.parsed.syntax().body),
    };
    let places = projection::places(trace, units);
    let others = split.scanners.iter().enumerate().map(|(at, scanner)| (scanner.boundary.unit, at)).collect();
    let mut projections = Vec::new();
    let mut watch = observer::Watch::default();
    for at in 0..split.scanners.len() {
        let unique = names.unique(&split.scanners[at].template);
        split.scanners[at].template = unique;
        let scanner = &split.scanners[at];
        let projection = projection::find(scanner, split, &others, &places, units);
        let text = whole_program.render(scanner, &projection, &facts);
        watch.watch(scanner, &projection, codeproof_python::line_of_definition(module, scanner.boundary.unit));
        split.whole_programs.push(text);
        projections.push(projection);
    }
    for at in 0..split.scanners.len() {
        let cut = match idle(&split.scanners[at], trace) {
            true => Err("nothing in the program runs it".to_owned()),
            false => cut(source, module, options, split, &projections, at, &facts),
        };
        let (form, because, text) = match cut {
            Ok(text) => (Form::Slice, None, text),
            Err(because) => (Form::WholeProgram, Some(because), split.whole_programs[at].clone()),
        };
        let scanner = &mut split.scanners[at];
        (scanner.form, scanner.whole_program_because) = (form, because);
        files.push(OutputFile { name: scanner.template.clone(), bytes: text.into_bytes() });
    }
    split.observer = Some(watch.render(source, &facts, &split.beside));
    let whole = split.scanners.iter().filter(|scanner| scanner.form == Form::WholeProgram).count();
    if whole > 0 {
        files.extend(split.beside.first().cloned());
        split
            .degraded
            .push(format!("{whole} whole-program templates: each runs the original and gives one scanner's rows"));
    }
    files.extend(split.beside.iter().skip(1).cloned());
    split.files = files;
}

/// The slice of a scanner as a file, or why there is none.
fn cut(
    source: &Source,
    module: &Module,
    options: &Options<'_>,
    split: &Split,
    projections: &[projection::Projection],
    at: usize,
    file: &FileFacts<'_>,
) -> Result<String, String> {
    let scanner = &split.scanners[at];
    let parts = parts(split, at);
    let (mut own_parts, mut others) = (Vec::new(), Vec::new());
    for (other, scanner) in split.scanners.iter().enumerate().filter(|(other, _)| *other != at) {
        if parts.contains(&other) {
            own_parts.push(&scanner.boundary);
        } else {
            others.push(&scanner.boundary);
        }
    }
    let left: Vec<&Parameter> =
        scanner.parameters.iter().filter(|parameter| is_left(scanner, parameter, &others)).collect();
    let question = crate::slice::Question {
        module,
        known: file.known,
        own: &scanner.boundary,
        parts: own_parts,
        others,
        path: &projections[at].path,
        other_keys: keys_beside(projections, at),
        column: projections[at].column.as_deref(),
        engines: engines(file.trace, scanner.boundary.unit),
        left: &left,
    };
    let cut = crate::slice::slice(&question)?;
    let projection = &projections[at];
    let sheet = slice::Sheet { source, module, scanner, globals: &split.globals, projection, file, options };
    let text = slice::render(&sheet, cut).ok_or_else(not_python)?;
    let read = codeproof_python::read(text.as_bytes()).map_err(|_| not_python())?;
    match crate::slice::lost(&module.parsed.syntax().body, &read.parsed.syntax().body) {
        Some(name) => Err(format!("what was cut out reads {name}, and nothing in it says what that is")),
        None => Ok(text),
    }
}

/// Functions that are called for an entry of a registry, those that are called by them for it left out.
fn engines(trace: &Trace, entry: UnitId) -> BTreeSet<UnitId> {
    let calls = &trace.calls;
    let is_first = |at: usize| {
        let callers = std::iter::successors(Some(calls[at].caller), |at| (*at > 0).then(|| calls[*at].caller));
        !callers.take(calls.len()).any(|caller| caller > 0 && calls[caller].unit == entry)
    };
    let is_run = |call: &&crate::trace::Call| {
        call.caller > 0 && calls[call.caller].unit == entry && is_first(call.caller) && !call.assumed
    };
    calls.iter().skip(1).filter(is_run).map(|call| call.unit).collect()
}

/// Keys of the results that lie in the same dict as a scanner's.
fn keys_beside(projections: &[projection::Projection], own: usize) -> BTreeSet<&str> {
    let Some((key, place)) = projections[own].path.split_last().filter(|(_, place)| !place.is_empty()) else {
        return BTreeSet::new();
    };
    let beside = |other: &'_ projection::Projection| {
        other.path.split_last().is_some_and(|(other, of)| of == place && other != key)
    };
    projections.iter().filter(|other| beside(other)).filter_map(|other| other.path.last()).map(String::as_str).collect()
}

fn not_python() -> String {
    "what was cut out is no Python by itself".to_owned()
}

/// Whether another scanner has left a value in a name of the module, and this scanner reads that one only.
fn is_left(scanner: &Scanner, parameter: &Parameter, others: &[&crate::boundary::Boundary]) -> bool {
    let of_module = parameter.kind == Kind::Global && !parameter.name.contains('.');
    let written = others.iter().any(|other| other.range.0 <= parameter.range.0 && parameter.range.1 <= other.range.1);
    let once = scanner.parameters.iter().filter(|other| other.name == parameter.name).count() == 1;
    of_module && written && once && !parameter.value.is_object() && !parameter.value.is_array()
}

/// Whether the followed program never comes to a scanner: a registry holds it, and a constant picks another one.
fn idle(scanner: &Scanner, trace: &Trace) -> bool {
    let runs = |call: &crate::trace::Call| !call.assumed && call.unit == scanner.boundary.unit;
    scanner.boundary.kind == "function" && !trace.calls.iter().skip(1).any(runs)
}

/// Scanners that run as a part of one, and as parts of these.
fn parts(split: &Split, at: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![at];
    while let Some(next) = waiting.pop() {
        for name in &split.scanners[next].depends_on {
            let part = split.scanners.iter().position(|scanner| scanner.boundary.name == *name);
            waiting.extend(part.filter(|part| found.insert(*part)));
        }
    }
    found.remove(&at);
    found
}

/// The modules of the original's folder that it imports, as far as the caller can read them.
fn siblings(module: &Module, options: &Options<'_>) -> Vec<OutputFile> {
    let Some(read) = options.read_module else { return Vec::new() };
    let is_name = |name: &&str| name.chars().all(|char| char.is_alphanumeric() || char == '_');
    let file = |name: &str| read(name).map(|bytes| OutputFile { name: format!("{name}.py"), bytes });
    names::imported(module).into_iter().filter(is_name).filter_map(file).collect()
}

/// What all templates of a file say.
struct FileFacts<'f> {
    /// The name of the original beside the templates.
    original: &'f str,
    hash: String,
    own_arguments: bool,
    /// The original as it was followed.
    trace: &'f Trace,
    /// What is known of its statements.
    known: &'f crate::slice::Known<'f>,
}

/// Whether the original looks at its own command line; then it must not see the template's, unless it knows `--data`
/// itself.
fn reads_arguments(text: &str) -> bool {
    let knows_data = ["'--data'", "\"--data\""].iter().any(|word| text.contains(word));
    let looks = ["argparse", "sys.argv", "import click", "docopt", "import typer"];
    !knows_data && looks.iter().any(|word| text.contains(word))
}

/// Text inside a comment: one line.
fn comment(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}
