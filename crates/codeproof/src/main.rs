//! The `codeproof` program: reads flags, files and environment, calls the crates, prints, and picks the exit code.

#![expect(clippy::disallowed_methods, reason = "the binary alone reads the environment and the clock")]

mod cli;
mod commands;
mod exit;
mod failure;
mod folders;
mod interrupt;
mod output;
mod progress;
mod settings;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    codeproof_sandbox::enter_if_helper(std::env::args_os());
    let arguments = cli::Arguments::parse();
    init_log();
    match commands::run(arguments) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.print();
            failure.exit.into()
        }
    }
}

/// Logs to standard error what `RUST_LOG` asks for (`RUST_LOG=codeproof=debug`); nothing by default.
fn init_log() {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
}
