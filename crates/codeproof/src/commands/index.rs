//! `codeproof index`: how much of a program is known, and its rows in the database.

use codeproof_pipeline::Program;
use codeproof_store::NewScan;
use codeproof_types::visible;

use super::{database, program};
use crate::cli::IndexArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{output, settings};

/// Indexes, prints what was found, and keeps it when asked to.
pub(crate) fn run(arguments: &IndexArguments) -> Result<Exit, Failure> {
    let program = program::read(&arguments.path, &arguments.common)?;
    if arguments.entry_points {
        print_entry_points(&program)?;
    } else {
        print_counts(&program)?;
    }
    if arguments.persist {
        persist(arguments, &program)?;
    }
    Ok(program::exit_of(&program))
}

fn print_counts(program: &Program) -> Result<(), Failure> {
    let stats = program.index.stats();
    let [exact, import, unique, ambiguous, unresolved] = stats.calls_by_resolution;
    output::to_stdout(|out| {
        writeln!(out, "{:>9}  files ({} from the cache)", stats.files, program.cached)?;
        writeln!(out, "{:>9}  definitions", stats.symbols)?;
        writeln!(out, "{:>9}  imported names, {} from this program", stats.imports, stats.imports_resolved)?;
        writeln!(out, "{:>9}  calls and mentions of classes", exact + import + unique + ambiguous + unresolved)?;
        writeln!(out, "{exact:>9}    in sight (exact)")?;
        writeln!(out, "{import:>9}    by an import or the package (import)")?;
        writeln!(out, "{unique:>9}    the only one of that name (name_unique)")?;
        writeln!(out, "{ambiguous:>9}    several fit (ambiguous)")?;
        writeln!(out, "{unresolved:>9}    out of this program, or not known (unresolved)")
    })
}

fn print_entry_points(program: &Program) -> Result<(), Failure> {
    let index = &program.index;
    output::to_stdout(|out| {
        for (id, kind) in index.entry_points() {
            let place = index.place(id);
            let line = format!("{:<9} {}  {}:{}", kind.name(), place.name, place.path, place.symbol.first_line);
            writeln!(out, "{}", visible(&line))?;
        }
        Ok(())
    })
}

fn persist(arguments: &IndexArguments, program: &Program) -> Result<(), Failure> {
    let user = settings::load_user(arguments.common.config.as_deref())?;
    let url = database::url(arguments.db.as_deref(), &user)?;
    let new = NewScan {
        target: arguments.path.display().to_string(),
        commit: None,
        root: std::path::absolute(&arguments.path).unwrap_or_else(|_| arguments.path.clone()).display().to_string(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        settings: serde_json::json!({"command": "index"}),
        started_at_ms: super::now_ms(),
        profile: None,
    };
    let (id, counts) = super::runtime()?.block_on(async {
        let store = database::open(&url).await?;
        codeproof_pipeline::persist_index(&store, program, new).await.map_err(super::scan::pipeline_failure)
    })?;
    output::to_stderr(&format!(
        "kept as number {id}: {} symbols, {} references, {} imports\n",
        counts.symbols, counts.references, counts.imports
    ));
    Ok(())
}
