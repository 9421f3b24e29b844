//! `codeproof callers`, `callees`, `graph`, `context`: questions about one place of a program.

use std::path::{Path, PathBuf};

use codeproof_detect::{Config, Detector};
use codeproof_index::context::{self, NamedAt};
use codeproof_index::{Call, CallGraph, Direction, Index, SymbolId};
use codeproof_pipeline::{Program, ProgramText, mentions};
use codeproof_report::{
    ContextPart, ContextView, Definition, GraphLine, GraphNode, GraphView, LeftOutPart, Reference, References,
    TextOptions, render_context, render_graph, render_references,
};
use codeproof_types::{CallKind, RepoPath, Resolution};

use super::{database, program};
use crate::cli::{ContextArguments, GraphArguments, GraphDirection, ReferencesArguments, ReferencesFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Definitions of one name that `callers` and `callees` show.
const DEFINITIONS_MAX: usize = 20;

/// Places without a call that a context shows.
const NAMED_MAX: usize = 5;

/// Names offered when there is none of that name.
const NEAR_NAMES_MAX: usize = 5;

/// Shows who calls the definitions of a name, or what they call.
pub(crate) fn references(arguments: &ReferencesArguments, direction: Direction) -> Result<Exit, Failure> {
    let program = program::read(&arguments.path, &arguments.common)?;
    let detector = masking()?;
    let text = ProgramText::new(&program, &detector);
    let ids = find(&program, &arguments.name)?;
    if ids.len() > DEFINITIONS_MAX {
        let found = format!("{} definitions have the name {}", ids.len(), arguments.name);
        return Err(Failure::usage(found).help(several_help(&program.index, &ids)));
    }
    let found: Vec<References> = ids.iter().map(|id| references_of(&program, &text, *id, direction)).collect();
    let as_json = arguments.format == ReferencesFormat::Json;
    let options = TextOptions { verbose: arguments.verbose, ..text_options() };
    output::to_stdout(|out| render_references(&found, as_json, &options, out))?;
    Ok(program::exit_of(&program))
}

fn references_of(program: &Program, text: &ProgramText<'_>, id: SymbolId, direction: Direction) -> References {
    let index = &program.index;
    let reference = |call: &Call<'_>, other: Option<SymbolId>| Reference {
        path: call.path.clone(),
        line: call.site.position.line,
        column: call.site.position.column,
        kind: Some(call.site.kind),
        other: other.map(|other| definition(index, other)),
        written: written(call),
        resolution: call.resolution,
        quote: text.line(call.path, call.site.position.line),
    };
    let definition = definition(index, id);
    match direction {
        Direction::Callers => {
            let references = index.callers(id).iter().map(|call| reference(call, call.from)).collect();
            let unsure = index.possible_callers(id).iter().map(|call| reference(call, call.from)).collect();
            let mentions = mentions(program, id).into_iter().map(|mention| Reference {
                quote: text.line(&mention.path, mention.position.line),
                line: mention.position.line,
                column: mention.position.column,
                path: mention.path,
                kind: None,
                other: mention.within.map(|within| self::definition(index, within)),
                written: definition.name.clone(),
                resolution: Resolution::Unresolved,
            });
            let mentions = mentions.collect();
            References { definition, direction: "callers", references, unsure, mentions }
        }
        Direction::Callees => {
            let calls = index.callees(id);
            let (known, unknown): (Vec<_>, Vec<_>) = calls.iter().partition(|call| call.to.is_some());
            let references = known.into_iter().map(|call| reference(call, call.to)).collect();
            let calls_only = unknown.into_iter().filter(|call| call.site.kind == CallKind::Call);
            let unsure = calls_only.map(|call| reference(call, None)).collect();
            References { definition, direction: "callees", references, unsure, mentions: Vec::new() }
        }
    }
}

/// The name as it stands in the code, with what is before it.
fn written(call: &Call<'_>) -> String {
    match &call.site.receiver {
        Some(receiver) => format!("{receiver} . {}", call.site.callee),
        None => call.site.callee.clone(),
    }
}

fn definition(index: &Index, id: SymbolId) -> Definition {
    let place = index.place(id);
    Definition {
        path: place.path.clone(),
        line: place.symbol.first_line,
        kind: place.symbol.kind,
        signature: place.symbol.signature.clone(),
        name: place.name,
    }
}

/// Draws the call graph around a definition.
pub(crate) fn graph(arguments: &GraphArguments) -> Result<Exit, Failure> {
    let program = program::read(&arguments.path, &arguments.common)?;
    let index = &program.index;
    let ids = find(&program, &arguments.name)?;
    let [start] = ids[..] else {
        let found = format!("{} definitions have the name {}", ids.len(), arguments.name);
        return Err(Failure::usage(found).help(several_help(index, &ids)));
    };
    let direction = match arguments.direction {
        GraphDirection::Callers => Direction::Callers,
        GraphDirection::Callees => Direction::Callees,
    };
    let found = index.graph(start, direction, arguments.depth, arguments.nodes, arguments.mentions);
    let view = graph_view(index, &found, direction);
    output::to_stdout(|out| render_graph(&view, arguments.format.into(), &text_options(), out))?;
    Ok(program::exit_of(&program))
}

fn graph_view(index: &Index, graph: &CallGraph, direction: Direction) -> GraphView {
    let nodes = graph.nodes.iter().map(|(id, distance)| GraphNode {
        definition: definition(index, *id),
        distance: *distance,
        entry: index.entry_kind(*id).map(|kind| kind.name()),
    });
    let at = |id: SymbolId| graph.nodes.iter().position(|(node, _)| *node == id);
    let edges = graph.edges.iter().filter_map(|edge| {
        let from = match edge.from {
            Some(from) => Some(at(from)?),
            None => None,
        };
        Some(GraphLine { from, to: at(edge.to)?, calls: edge.calls, resolution: edge.resolution })
    });
    GraphView {
        direction: if direction == Direction::Callers { "callers" } else { "callees" },
        nodes: nodes.collect(),
        edges: edges.collect(),
        left_out: graph.left_out,
    }
}

/// Shows what a reader needs to understand one line.
pub(crate) fn context(arguments: &ContextArguments) -> Result<Exit, Failure> {
    let (file, line) = split_place(&arguments.place).ok_or_else(|| {
        Failure::usage(format_args!("{} is no place in a file", arguments.place))
            .help("write PATH:LINE, for example `codeproof context src/main.c:120`")
    })?;
    let (root, path) = root_of(&file, arguments.root.as_deref())?;
    let program = program::read(&root, &arguments.common)?;
    let detector = masking()?;
    let text = ProgramText::new(&program, &detector);
    let read = |path: &RepoPath| text.of(path).map(|text| text.to_string());
    // Who is called by nobody is most often reached through a table or a callback.
    let definition = program.index.symbol_at(&path, line);
    let uncalled = definition.filter(|id| program.index.callers(*id).is_empty());
    let named = uncalled.map(|id| mentions(&program, id)).unwrap_or_default();
    let named: Vec<NamedAt> =
        named.into_iter().take(NAMED_MAX).map(|it| NamedAt { path: it.path, line: it.position.line }).collect();
    let found =
        context::for_location(&program.index, &path, line, arguments.budget, &read, &named).ok_or_else(|| {
            Failure::usage(format_args!("there is no line {line} of {path} among the files that were read"))
                .help("the file must have a grammar, and must not be ignored, minified or larger than the limit")
        })?;
    let view = context_view(&program.index, &found, path, line, arguments.budget);
    output::to_stdout(|out| render_context(&view, arguments.format.into(), &text_options(), out))?;
    Ok(program::exit_of(&program))
}

fn context_view(index: &Index, found: &context::Context, path: RepoPath, line: u32, budget: u32) -> ContextView {
    let parts = found.parts.iter().map(|part| ContextPart {
        kind: part.kind.name(),
        path: part.path.clone(),
        first_line: part.first_line,
        last_line: part.last_line,
        name: part.name.clone(),
        why: part.why.clone(),
        resolution: part.resolution,
        is_whole: part.is_whole,
        tokens: part.tokens,
        text: part.text.clone(),
    });
    let left_out = found.left_out.iter().map(|part| LeftOutPart {
        kind: part.kind.name(),
        path: part.path.clone(),
        line: part.line,
        name: part.name.clone(),
        head_is_shown: part.head_is_shown,
        tokens: part.tokens,
    });
    ContextView {
        path,
        line,
        budget,
        tokens: found.tokens,
        entry: found.entry_path.first().and_then(|id| index.entry_kind(*id)).map(|kind| kind.name()),
        entry_path: found.entry_path.iter().map(|id| definition(index, *id)).collect(),
        parts: parts.collect(),
        left_out: left_out.collect(),
    }
}

/// The definitions that `name` means: a name, or the place of a definition as FILE:LINE.
fn find(program: &Program, name: &str) -> Result<Vec<SymbolId>, Failure> {
    let index = &program.index;
    if let Some((file, line)) = split_place(name)
        && let Some(path) = file.to_str().and_then(|file| RepoPath::new(file.trim_start_matches("./")).ok())
        && let Some(id) = index.symbol_at(&path, line)
    {
        return Ok(vec![id]);
    }
    let ids = index.find(name);
    if ids.is_empty() {
        let missing = format!("no definition has the name {name}");
        return Err(Failure::usage(missing).help(near_names(index, name)));
    }
    Ok(ids)
}

/// What to type instead, from the names there are.
fn near_names(index: &Index, name: &str) -> String {
    let wanted = name.to_lowercase();
    let mut near: Vec<(u32, String)> = Vec::new();
    for (path, _) in index.paths() {
        for id in index.symbols_of(path) {
            let symbol = index.place(id).symbol;
            let distance = strsim::normalized_damerau_levenshtein(&wanted, &symbol.name.to_lowercase());
            if distance > 0.7 {
                near.push(((1000.0 * (1.0 - distance)) as u32, symbol.name.clone()));
            }
        }
    }
    near.sort();
    near.dedup();
    let names: Vec<String> = near.into_iter().take(NEAR_NAMES_MAX).map(|(_, name)| name).collect();
    match names.is_empty() {
        true => "`codeproof symbols PATH` lists the names there are".to_owned(),
        false => format!("did you mean {}? `codeproof symbols PATH` lists all names", names.join(", ")),
    }
}

fn several_help(index: &Index, ids: &[SymbolId]) -> String {
    let mut help = String::from("name one by its qualified name or its place:");
    for id in ids.iter().take(DEFINITIONS_MAX) {
        let place = index.place(*id);
        help.push_str(&format!("\n  {}  {}:{}", place.name, place.path, place.symbol.first_line));
    }
    if ids.len() > DEFINITIONS_MAX {
        help.push_str(&format!("\n  and {} more", ids.len() - DEFINITIONS_MAX));
    }
    help
}

/// `src/a.c:12` as a file and a line.
pub(super) fn split_place(text: &str) -> Option<(PathBuf, u32)> {
    let (file, line) = text.rsplit_once(':')?;
    let line = line.parse().ok().filter(|line| *line > 0)?;
    (!file.is_empty()).then(|| (PathBuf::from(file), line))
}

/// The program that a file belongs to, and the file's path in it: the folder that was named, else the repository
/// around it, else the working directory when it holds the file, else the file's folder.
pub(super) fn root_of(file: &Path, named: Option<&Path>) -> Result<(PathBuf, RepoPath), Failure> {
    let missing = |error: std::io::Error| {
        Failure::usage(format_args!("cannot find {}: {error}", file.display()))
            .help("give the path of a file that exists, with a line: `codeproof context src/main.c:120`")
    };
    let within_named = named.map(|root| root.join(file)).filter(|path| path.exists());
    let full = within_named.as_deref().unwrap_or(file).canonicalize().map_err(missing)?;
    let folder = full.parent().unwrap_or(Path::new("/"));
    let root = match named {
        Some(root) => root.canonicalize().map_err(missing)?,
        None => {
            let repository = full.ancestors().skip(1).find(|folder| folder.join(".git").exists());
            let here = std::env::current_dir().and_then(|here| here.canonicalize()).ok();
            let here = here.filter(|here| full.starts_with(here) && here.parent().is_some());
            repository.map(Path::to_owned).or(here).unwrap_or_else(|| folder.to_owned())
        }
    };
    let relative = full.strip_prefix(&root).ok().and_then(Path::to_str).and_then(|path| RepoPath::new(path).ok());
    let path = relative.ok_or_else(|| {
        Failure::usage(format_args!("{} is not inside {}", full.display(), root.display()))
            .help("--root names the folder of the whole program")
    })?;
    Ok((root, path))
}

/// Rules for masking secrets in what is shown.
fn masking() -> Result<Detector, Failure> {
    let config = Config { salt: database::salt(), ..Config::default() };
    Detector::new(config).map_err(Failure::failed)
}

pub(super) fn text_options() -> TextOptions {
    TextOptions { color: output::stdout_is_colored(), width: output::terminal_width(), ..TextOptions::default() }
}
