//! One module per command.

mod ask;
mod baseline;
mod chunks;
mod completions;
mod database;
mod deep;
mod diff;
mod doctor;
mod explain;
mod facts;
mod index;
mod init;
mod inspect;
mod kept_settings;
mod map;
mod models;
pub(crate) mod models_parse;
mod profiles;
mod program;
mod reports;
mod resume;
mod rules;
mod run;
mod runner;
mod scan;
mod scans;
mod show;
mod split;
mod target;
mod trace;

use std::time::{SystemTime, UNIX_EPOCH};

use codeproof_index::Direction;

use crate::cli::{Arguments, Command};
use crate::exit::Exit;
use crate::failure::Failure;

/// Runs the command the user typed.
pub(crate) fn run(arguments: Arguments) -> Result<Exit, Failure> {
    match arguments.command {
        Command::Scan(arguments) => scan::run(&arguments),
        Command::Scans(arguments) => scans::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Symbols(arguments) => facts::run(&arguments, facts::What::Symbols),
        Command::Calls(arguments) => facts::run(&arguments, facts::What::Calls),
        Command::Imports(arguments) => facts::run(&arguments, facts::What::Imports),
        Command::Chunks(arguments) => chunks::run(&arguments),
        Command::Callers(arguments) => ask::references(&arguments, Direction::Callers),
        Command::Callees(arguments) => ask::references(&arguments, Direction::Callees),
        Command::Graph(arguments) => ask::graph(&arguments),
        Command::Context(arguments) => ask::context(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Trace(arguments) => trace::run(&arguments),
        Command::SpecsOf(arguments) => trace::specs_of(&arguments),
        Command::Index(arguments) => index::run(&arguments),
        Command::Map(arguments) => map::run(&arguments),
        Command::Split(arguments) => split::run(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Models(arguments) => models::run(&arguments),
        Command::Profiles(arguments) => profiles::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Completions { shell } => completions::run(shell),
    }
}

/// The time, milliseconds since 1970 UTC.
fn now_ms() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}

/// The runtime for commands that wait for the database or for signals.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format_args!("cannot start the runtime: {error}")))
}
