//! `codeproof symbols`, `calls`, `imports`.

use std::io::{self, Write};
use std::sync::atomic::AtomicBool;

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
            written = write(out, &record, what, format);
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

fn write(out: &mut dyn Write, record: &FileWithFacts, what: What, format: FactsFormat) -> io::Result<()> {
    let FileWithFacts { path, language, facts } = record;
    match what {
        What::Symbols => {
            let qualified: Vec<Symbol> = facts.symbols.iter().map(|symbol| qualify(path, *language, symbol)).collect();
            write_rows(out, qualified.iter().map(|symbol| SymbolRow::new(path, symbol)).collect(), format)
        }
        What::Calls => {
            write_rows(out, facts.calls.iter().map(|call| CallRow::unresolved(path, call)).collect(), format)
        }
        What::Imports => {
            let rows = facts.imports.iter().map(|import| ImportRow::unresolved(path, import));
            write_rows(out, rows.collect(), format)
        }
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
