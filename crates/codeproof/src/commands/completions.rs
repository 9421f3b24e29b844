//! `codeproof completions SHELL`.

use clap::CommandFactory as _;

use crate::cli::Arguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Prints the completion script.
pub(crate) fn run(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "codeproof", &mut script);
    output::to_stdout(|out| out.write_all(&script))?;
    Ok(Exit::Success)
}
