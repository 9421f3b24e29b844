//! `codeproof symbols`, `calls`, `imports`.

use std::io::{self, Write};
use std::sync::atomic::AtomicBool;

use codeproof_index::{Call, Place};
use codeproof_pipeline::FileWithFacts;
use codeproof_report::{CallRow, ImportRow, SymbolRow, TableRow, TextOptions, render_json_lines, render_table};
use codeproof_source::WalkConfig;
use codeproof_types::{Language, RepoPath, Symbol, visible};
use serde::Serialize;

use crate::cli::{FactsArguments, FactsFormat};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::{ProgressMode, TerminalProgress};
use crate::{output, settings};

/// Which facts to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// Definitions.
    Symbols,
    /// Calls and class references.
    Calls,
    /// Imported names.
    Imports,
}

/// Prints the facts of every file, sorted by path.
pub(crate) fn run(arguments: &FactsArguments, what: What) -> Result<Exit, Failure> {
    if what != What::Symbols {
        return resolved(arguments, what);
    }
    let user = settings::load_user(arguments.common.config.as_deref())?;
    let jobs = arguments.common.jobs.or(user.jobs).map_or_else(settings::default_jobs, usize::from);
    let progress = TerminalProgress::new(ProgressMode::for_stderr(false));
    let walk = WalkConfig { include: user.include, exclude: user.exclude, max_file_bytes: user.max_file_bytes };
    let format = arguments.format;
    let stop = AtomicBool::new(false);
    let mut result = None;
    output::to_stdout(|out| {
        let mut written = Ok(());
        let deliver = |record: FileWithFacts| {
            written = symbols(out, &record, format);
            written.is_ok()
        };
        result = Some(codeproof_pipeline::each_file(&arguments.path, &walk, jobs, &progress, &stop, deliver));
        written
    })?;
    let problems = result.unwrap_or_else(|| Ok(Vec::new())).map_err(super::scan::pipeline_failure)?;
    let failures: Vec<_> = problems.iter().filter(|problem| problem.kind.is_failure()).collect();
    for problem in &failures {
        let path = problem.path.as_ref().map_or("", |path| path.as_str());
        output::to_stderr(&visible(&format!("{path}: {}\n", problem.message)));
    }
    Ok(if failures.is_empty() { Exit::Success } else { Exit::Failed })
}

fn symbols(out: &mut dyn Write, record: &FileWithFacts, format: FactsFormat) -> io::Result<()> {
    let FileWithFacts { path, language, facts } = record;
    let qualified: Vec<Symbol> = facts.symbols.iter().map(|symbol| qualify(path, *language, symbol)).collect();
    write_rows(out, qualified.iter().map(|symbol| SymbolRow::new(path, symbol)).collect(), format)
}

/// Calls and imports with what they lead to in the program.
fn resolved(arguments: &FactsArguments, what: What) -> Result<Exit, Failure> {
    let program = super::program::read(&arguments.path, &arguments.common)?;
    let index = &program.index;
    output::to_stdout(|out| {
        index.paths().try_for_each(|(path, _)| match what {
            What::Calls => {
                let calls = index.calls_of(path);
                let targets: Vec<_> = calls.iter().map(|call| call.to.map(|to| index.place(to))).collect();
                let rows = calls.iter().zip(&targets).map(|(call, target)| call_row(call, target.as_ref()));
                write_rows(out, rows.collect(), arguments.format)
            }
            _ => {
                let imports = index.imports_of(path);
                let row = |(import, target_path)| ImportRow { target_path, ..ImportRow::unresolved(path, import) };
                write_rows(out, imports.into_iter().map(row).collect(), arguments.format)
            }
        })
    })?;
    Ok(super::program::exit_of(&program))
}

fn call_row<'a>(call: &Call<'a>, target: Option<&'a Place<'a>>) -> CallRow<'a> {
    CallRow {
        target_path: target.map(|target| target.path),
        target_line: target.map(|target| target.symbol.first_line),
        target_name: target.map(|target| target.name.as_str()),
        resolution: call.resolution,
        ..CallRow::unresolved(call.path, call.site)
    }
}

/// Adds to a symbol's names what only its path tells.
fn qualify(path: &RepoPath, language: Language, symbol: &Symbol) -> Symbol {
    let qualified = |name: &str| codeproof_syntax::qualified(path, language, name);
    Symbol {
        qualified_name: qualified(&symbol.qualified_name),
        parent: symbol.parent.as_deref().map(qualified),
        ..symbol.clone()
    }
}

fn write_rows<R: Serialize + TableRow>(out: &mut dyn Write, rows: Vec<R>, format: FactsFormat) -> io::Result<()> {
    match format {
        FactsFormat::Jsonl => render_json_lines(rows, out),
        FactsFormat::Text if rows.is_empty() => Ok(()),
        FactsFormat::Text => {
            let options = TextOptions { width: output::terminal_width(), ..TextOptions::default() };
            render_table(&rows, &options, out)
        }
    }
}
